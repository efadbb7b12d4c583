/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request in lines: method, scheme, authority, target, then fields as "name: value".  Any bytes,
 * and a good signed request changed as they say: what is genuine signs the same base.
 */
#include "change.h"
#include "http/message_signature.h"

enum { NOW = 1700000000, ROOM = 2048, FIELDS_MAX = 16 };

static const char unsigned_request[] = "POST\nhttps\napi.example.com\n/a%2Fb?x=%7C\n"
                                       "Content-Digest: "
                                       "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:\n"
                                       "Content-Type: text/plain\n";

static signet_key *key;
static signet_buf good, good_base;

static signet_http_request
request_of(signet_slice text, signet_http_field fields[FIELDS_MAX])
{
    signet_http_request request = {.fields = fields};

    request.method = fuzz_cut(&text, "\n");
    request.scheme = fuzz_cut(&text, "\n");
    request.authority = fuzz_cut(&text, "\n");
    request.target = fuzz_cut(&text, "\n");
    while (text.len > 0 && request.field_count < FIELDS_MAX) {
        signet_slice value = fuzz_cut(&text, "\n"), name = fuzz_cut(&value, ": ");

        fields[request.field_count++] = (signet_http_field){name, value};
    }
    return request;
}

static void
prepare(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {7}, nonce[16] = {1};
    SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0};
    sg_message_signature read = {0};
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(signet_slice_text(unsigned_request), fields);
    sg_signature_plan plan = {.profile = &sg_signature_pop,
        .keyid = "31323334353637383930313233343536",
        .nonce = {nonce, sizeof(nonce)},
        .created = NOW,
        .expires = NOW + 30};

    if (key)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    plan.key = key;
    PROPERTY(key && sg_message_signature_sign(&request, &plan, &input, &signature, NULL));
    PROPERTY(signet_buf_printf(&good, NULL, "%sSignature-Input: %.*s\nSignature: %.*s",
        unsigned_request, (int)input.len, (const char *)input.data, (int)signature.len,
        (const char *)signature.data));
    request = request_of(signet_buf_slice(&good), fields);
    PROPERTY(sg_message_signature_read(&request, &sg_signature_pop, NOW, 30, &read, NULL));
    PROPERTY(sg_message_signature_verify(&read, key, NULL));
    good_base = read.base;
}

static size_t
count_of(signet_slice text, uint8_t wanted)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == wanted;
    return count;
}

/* Only what a proof needs is read as one, and a base has one line for each component. */
static void
check_read(const sg_message_signature *read)
{
    unsigned parts = SG_COVERS_AUTHORITY | SG_COVERS_PATH | SG_COVERS_QUERY;
    size_t len = 0;

    PROPERTY(read->covers & SG_COVERS_METHOD);
    PROPERTY(read->covers & SG_COVERS_TARGET_URI || (read->covers & parts) == parts);
    PROPERTY(read->has_digest == ((read->covers & SG_COVERS_CONTENT_DIGEST) != 0));
    PROPERTY(read->expires > NOW && read->expires <= read->created + SG_SIGNATURE_LIFE_MAX);
    PROPERTY(read->created >= NOW - 30 && read->created <= NOW + 30);
    PROPERTY(read->keyid_kind != SG_KEYID_OTHER);
    PROPERTY(sg_base64_read(signet_slice_text(read->nonce), NULL, 0, &len) && len >= 16);
    PROPERTY(count_of(signet_buf_slice(&read->base), '\n') <= 32);
    for (size_t i = 0; i < read->base.len; i++)
        PROPERTY(read->base.data[i] < 0x7f &&
                 (read->base.data[i] >= 0x20 || strchr("\t\n", read->base.data[i])));
}

static void
check_request(signet_slice text)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0}, plain = {0};
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(text, fields);
    signet_error err = {0};

    if (!sg_message_signature_read(&request, &sg_signature_plain, NOW, 30, &plain, &err))
        PROPERTY(err.code != SIGNET_OK && err.code != SIGNET_E_SIGNATURE && !plain.base.data);
    if (!sg_message_signature_read(&request, &sg_signature_pop, NOW, 30, &read, &err)) {
        PROPERTY(err.code != SIGNET_OK && err.code != SIGNET_E_SIGNATURE && !read.base.data);
        return;
    }
    check_read(&read);
    if (plain.base.data)
        PROPERTY(
            signet_slice_is_equal(signet_buf_slice(&plain.base), signet_buf_slice(&read.base)));
    if (sg_message_signature_verify(&read, key, NULL))
        PROPERTY(signet_slice_is_equal(signet_buf_slice(&read.base), signet_buf_slice(&good_base)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];

    prepare();
    check_request((signet_slice){data, size});
    check_request(fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes)));
    return 0;
}
