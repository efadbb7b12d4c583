/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A response in lines: status, then fields as "name: value", to a request that is always the same.
 * Any bytes, and a good signed response changed as they say: what is genuine is what was signed.
 */
#include <signet/response.h>

#include "change.h"
#include "crypto/digest.h"

enum { NOW = 1700000000, ROOM = 4096, FIELDS_MAX = 16 };

static signet_key *key;
static signet_message_fields asked;
static signet_http_field asked_fields[3];
static signet_http_request request;
static signet_buf good;
static uint8_t sha256[SIGNET_SHA256_SIZE];

static signet_http_response
response_of(signet_slice text, signet_http_field fields[FIELDS_MAX])
{
    signet_http_response response = {.fields = fields};
    signet_slice status = fuzz_cut(&text, "\n");

    for (size_t i = 0; i < status.len && i < 4; i++)
        response.status = response.status * 10 + (status.ptr[i] - '0');
    while (text.len > 0 && response.field_count < FIELDS_MAX) {
        signet_slice value = fuzz_cut(&text, "\n"), name = fuzz_cut(&value, ": ");

        fields[response.field_count++] = (signet_http_field){name, value};
    }
    return response;
}

/* A request that is signed anew in each run: only its signature's form counts here. */
static void
prepare_request(void)
{
    const signet_credential_request wanted = {
        .master = key, .issuer = "me", .purpose = "fuzz", .now = NOW};
    const signet_sign_order order = {.url = "https://api.example.com/a%2Fb?x=%7C",
        .request.method = signet_slice_text("POST"),
        .body_kind = SIGNET_BODY_BYTES,
        .body = signet_slice_text("x")};
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;

    credential = signet_credential_new(&wanted, NULL);
    PROPERTY(credential && signet_credential_sign_message(credential, &order, NOW, &asked, NULL));
    asked_fields[0] =
        (signet_http_field){signet_slice_text("content-digest"), signet_buf_slice(&asked.digest)};
    asked_fields[1] =
        (signet_http_field){signet_slice_text("signature-input"), signet_buf_slice(&asked.input)};
    asked_fields[2] =
        (signet_http_field){signet_slice_text("signature"), signet_buf_slice(&asked.signature)};
    request = (signet_http_request){signet_slice_text("POST"), signet_slice_text("https"),
        signet_slice_text("api.example.com"), signet_slice_text("/a%2Fb?x=%7C"), asked_fields, 3};
}

static void
prepare(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {7};
    const signet_http_field type = {signet_slice_text("Content-Type"), signet_slice_text("a/b")};
    SIGNET_AUTO(signet_message_fields_free) signet_message_fields made = {0};
    signet_response_order order = {.request = &request,
        .response = {200, &type, 1},
        .body_kind = SIGNET_BODY_BYTES,
        .body = signet_slice_text("y"),
        .now = NOW};

    if (key)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    PROPERTY(key != NULL);
    prepare_request();
    sg_sha256(signet_slice_text("y"), sha256);
    order.key = key;
    PROPERTY(signet_response_sign(&order, &made, NULL));
    PROPERTY(signet_buf_printf(&good, NULL,
        "200\nContent-Type: a/b\nContent-Digest: %.*s\nSignature-Input: %.*s\nSignature: %.*s",
        (int)made.digest.len, (const char *)made.digest.data, (int)made.input.len,
        (const char *)made.input.data, (int)made.signature.len, (const char *)made.signature.data));
}

static bool
has_line(const signet_http_response *response, const char *name, signet_slice value)
{
    for (size_t i = 0; i < response->field_count; i++) {
        const signet_http_field *field = &response->fields[i];

        if (field->value.len > 0 && field->name.len == strlen(name) &&
            strncasecmp((const char *)field->name.ptr, name, field->name.len) == 0 &&
            memmem(field->value.ptr, field->value.len, value.ptr, value.len))
            return true;
    }
    return false;
}

/* Without any other key there is no other good response: status and type are what was signed. */
static void
check_response(signet_slice text)
{
    signet_http_field fields[FIELDS_MAX];
    const signet_body_digests content = {.sha256 = sha256};
    const signet_key *keys[] = {key};
    const signet_response_check check = {.request = &request,
        .response = response_of(text, fields),
        .keys = keys,
        .key_count = 1,
        .content = &content,
        .now = NOW};
    signet_error err = {0};

    if (!signet_response_verify(&check, &err)) {
        PROPERTY(err.code != SIGNET_OK);
        return;
    }
    PROPERTY(check.response.status == 200);
    PROPERTY(has_line(&check.response, "content-type", signet_slice_text("a/b")));
    PROPERTY(has_line(&check.response, "content-digest", signet_slice_text("sha-256=:")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];
    signet_http_field fields[FIELDS_MAX];
    const signet_body_digests content = {.sha256 = sha256};
    const signet_key *keys[1];
    signet_response_check check = {
        .request = &request, .keys = keys, .key_count = 1, .content = &content, .now = NOW};

    prepare();
    keys[0] = key;
    check.response = response_of(signet_buf_slice(&good), fields);
    PROPERTY(signet_response_verify(&check, NULL));
    check_response((signet_slice){data, size});
    check_response(fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes)));
    return 0;
}
