/* SPDX-License-Identifier: Apache-2.0 */
/* Signed responses: the examples of RFC 9421, the profile signet-resp, and what is refused. */
#include <signet/pki.h>

#include "document.h"
#include "signed_response.h"

/* --- RFC 9421 2.4 and B.2.4 --- */

#define REQUEST_DIGEST                                                                             \
    "sha-512=:WZDPaVn/"                                                                            \
    "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJw"                 \
    "ew==:"
#define BUSY_DIGEST                                                                                \
    "sha-512=:"                                                                                    \
    "0Y6iCBzGg5rZtoXS95Ijz03mslf6KAMCloESHObfwnHJDbkkWWQz6PhhU9kxsTbARtY2PTBOzq24uJFpHsMu"         \
    "Ag==:"
#define DOG_DIGEST                                                                                 \
    "sha-512=:"                                                                                    \
    "mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgf"         \
    "LQ==:"

static const char p256_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n"
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n"
    "-----END PUBLIC KEY-----\n";

static const struct {
    const char *name;
    int status;
    const char *digest, *length, *label, *input, *signature, *base;
} examples[] = {
    {"2.4, with req", 503, BUSY_DIGEST, "62", "reqres",
        "(\"@status\" \"content-digest\" \"content-type\" \"@authority\";req \"@method\";req "
        "\"@path\";req \"content-digest\";req);created=1618884479;keyid=\"test-key-ecc-p256\"",
        ":dMT/A/76ehrdBTD/2Xx8QuKV6FoyzEP/I9hdzKN8LQJLNgzU4W767HK05rx1i8meNQQgQPgQp8wq2ive3tV5Ag=="
        ":",
        "\"@status\": 503\n\"content-digest\": " BUSY_DIGEST
        "\n\"content-type\": application/json\n"
        "\"@authority\";req: example.com\n\"@method\";req: POST\n\"@path\";req: /foo\n"
        "\"content-digest\";req: " REQUEST_DIGEST "\n"},
    {"B.2.4", 200, DOG_DIGEST, "23", "sig-b24",
        "(\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;"
        "keyid=\"test-key-ecc-p256\"",
        ":wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw=="
        ":",
        "\"@status\": 200\n\"content-type\": application/json\n\"content-digest\": " DOG_DIGEST
        "\n\"content-length\": 23\n"},
};

static signet_slice
text_of(const char *one, const char *two, const char *three)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_buf_printf(&out, NULL, "%s%s%s", one, two, three));
    return harness_keep(signet_buf_slice(&out));
}

TEST(agrees_with_the_responses_of_RFC_9421)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const signet_http_field asked[] = {{S("Date"), S("Tue, 20 Apr 2021 02:07:55 GMT")},
        {S("Content-Type"), S("application/json")}, {S("Content-Digest"), S(REQUEST_DIGEST)},
        {S("Content-Length"), S("18")}};
    const signet_http_request request = {
        S("POST"), S("https"), S("example.com"), S("/foo?param=Value&Pet=dog"), asked, 4};

    key = signet_key_from_pem(signet_cose_algorithms, signet_slice_text(p256_public), NULL);
    REQUIRE(key);
    for (EACH(row, examples)) {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        const signet_http_field fields[] = {{S("Date"), S("Tue, 20 Apr 2021 02:07:56 GMT")},
            {S("Content-Type"), S("application/json")},
            {S("Content-Digest"), signet_slice_text(row->digest)},
            {S("Content-Length"), signet_slice_text(row->length)},
            {S("Signature-Input"), text_of(row->label, "=", row->input)},
            {S("Signature"), text_of(row->label, "=", row->signature)}};
        const sg_message about = {.itself = {.fields = fields, .field_count = 6},
            .answered = &request,
            .status = row->status};
        signet_error err = {0};

        if (!sg_message_signature_take_from(&about, &sg_signature_plain, &read, &err))
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        CHECK_BYTES(signet_buf_slice(&read.base),
            text_of(row->base, "\"@signature-params\": ", row->input));
        CHECK(sg_message_signature_verify(&read, key, NULL));
        read.base.data[12] ^= 1; /* the status */
        CHECK(!sg_message_signature_verify(&read, key, NULL));
    }
}

/* --- signet-resp --- */

TEST(verifies_what_it_signs)
{
    static const struct {
        const char *name;
        const signet_algorithm *algorithm;
        signet_code code; /* of signing */
    } rows[] = {{"Ed25519", &signet_ed25519, SIGNET_OK}, {"ES256", &signet_es256, SIGNET_OK}};

    for (EACH(row, rows)) {
        __attribute__((cleanup(close_service))) service it = {0};
        __attribute__((cleanup(free_answer)))
        answer one = {.fields = {{S("Content-Type"), S("application/json")}}, .count = 1};
        signet_body_digests content;
        signet_response_check check;
        const signet_key *key = NULL;
        signet_error err = {0};

        open_service(&it, row->algorithm);
        sign_answer(&it, &one);
        key = it.key;
        check = check_of(&it, &one, &key, &content);
        if (!signet_response_verify(&check, &err))
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        CHECK(memmem(one.made.input.data, one.made.input.len, "\"content-type\"", 14));
    }
}

TEST(writes_the_documented_example)
{
    static const char path[] = DOCUMENTS "/message-signature.md";
    __attribute__((cleanup(close_service))) service it = {0};
    __attribute__((cleanup(free_answer)))
    answer one = {.fields = {{S("Content-Type"), S("application/json")}}, .count = 1};

    open_service(&it, &signet_ed25519);
    sign_answer(&it, &one);
    CHECK_BYTES(signet_buf_slice(&one.made.digest), document_text(path, "response-digest"));
    CHECK_BYTES(signet_buf_slice(&one.made.input), document_text(path, "response-input"));
    CHECK_BYTES(signet_buf_slice(&one.made.signature), document_text(path, "response-signature"));
}

/* --- what was changed on the way --- */

typedef struct {
    signet_http_request request;
    signet_http_field asked[FIELDS_MAX];
    answer one;
    signet_response_check check;
    signet_body_digests content;
    const signet_key *key, *other;
} change;

static void
other_status(change *it)
{
    it->check.response.status = 404;
}
static void
no_status(change *it)
{
    it->check.response.status = 0;
}
static void
other_type(change *it)
{
    it->one.fields[0].value = signet_slice_text("text/html");
}
static void
no_type(change *it)
{
    it->one.fields[0].name = signet_slice_text("x");
}
static void
other_method(change *it)
{
    it->request.method = signet_slice_text("PUT");
}
static void
other_target(change *it)
{
    it->request.target = signet_slice_text("/b");
}
static void
other_host(change *it)
{
    it->request.authority = signet_slice_text("b.example");
}
static void
other_scheme(change *it)
{
    it->request.scheme = signet_slice_text("http");
}
static void
no_request(change *it)
{
    it->check.request = NULL;
}
static void
unsigned_request(change *it)
{
    it->request.field_count = 1;
}
static void
no_signature(change *it)
{
    it->check.response.field_count = 1;
}
static void
other_digest(change *it)
{
    it->one.fields[1].value = signet_slice_text("sha-256=:AAAA:");
}
static void
other_key(change *it)
{
    it->key = it->other;
}
static void
no_key(change *it)
{
    it->key = NULL;
}
static void
no_keys(change *it)
{
    it->check.key_count = 0;
}
static void
late(change *it)
{
    it->check.now = NOW + 30;
}
static void
late_but_alive(change *it)
{
    it->check.now = NOW + 29;
}
static void
early(change *it)
{
    it->check.now = NOW - 31;
}
static void
early_within_skew(change *it)
{
    it->check.now = NOW - 30;
}
static void
no_content(change *it)
{
    it->check.content = NULL;
}
static void
no_sha256(change *it)
{
    it->content.sha256 = NULL;
}
static void
other_content(change *it)
{
    it->content.sha256 = it->content.sha512;
}
static void
no_sha512(change *it)
{
    it->content.sha512 = NULL;
}
static void
skew_of_an_hour(change *it)
{
    it->check.skew = 3600;
}
static void
negative_skew(change *it)
{
    it->check.skew = -2;
}
static void
no_skew(change *it)
{
    it->check.skew = SIGNET_RESPONSE_NO_SKEW;
    it->check.now = NOW - 1;
}
static void
relabelled(change *it)
{
    it->asked[it->request.field_count - 2].value = text_of("other=" COVERED ";" TIMES REST, "", "");
}
static void
twice_signed_request(change *it)
{
    it->asked[it->request.field_count - 2].value = text_of(GOOD_INPUT, ", b=" COVERED, REST);
}
static void
other_request_signature(change *it)
{
    it->asked[it->request.field_count - 1].value = signet_slice_text("signet=:AAAA:");
}
static void
other_request_parameters(change *it)
{
    it->asked[it->request.field_count - 2].value =
        text_of("signet=" COVERED ";created=1700000001;expires=1700000030", REST, "");
}
static void
forged(change *it)
{
    signet_buf *text = &it->one.made.signature;

    text->data[text->len - 10] = text->data[text->len - 10] == 'A' ? 'B' : 'A';
}

/* clang-format off */
static const struct {
    const char *name;
    void (*make)(change *it);
    signet_code code;
} changes[] = {
    {"at its last second", late_but_alive, SIGNET_OK},
    {"early, within the skew", early_within_skew, SIGNET_OK},
    {"without SHA-512, which it does not name", no_sha512, SIGNET_OK},
    {"expired", late, SIGNET_E_TIME},
    {"too early", early, SIGNET_E_TIME},
    {"early, without skew", no_skew, SIGNET_E_TIME},
    {"too much skew", skew_of_an_hour, SIGNET_E_USAGE},
    {"a negative skew", negative_skew, SIGNET_E_USAGE},
    {"another status", other_status, SIGNET_E_SIGNATURE},
    {"no status", no_status, SIGNET_E_USAGE},
    {"another type", other_type, SIGNET_E_SIGNATURE},
    {"no type", no_type, SIGNET_E_NOT_FOUND},
    {"to another method", other_method, SIGNET_E_SIGNATURE},
    {"to another target", other_target, SIGNET_E_SIGNATURE},
    {"to another host", other_host, SIGNET_E_SIGNATURE},
    {"to another scheme", other_scheme, SIGNET_E_SIGNATURE},
    {"to no request", no_request, SIGNET_E_USAGE},
    {"to an unsigned request", unsigned_request, SIGNET_E_NOT_FOUND},
    {"to a request with another signature", other_request_signature, SIGNET_E_SIGNATURE},
    {"to a request with other parameters", other_request_parameters, SIGNET_E_SIGNATURE},
    {"to a request with another label", relabelled, SIGNET_E_NOT_FOUND},
    {"to a request that was signed twice", twice_signed_request, SIGNET_E_DECODE},
    {"no signature", no_signature, SIGNET_E_NOT_FOUND},
    {"forged", forged, SIGNET_E_SIGNATURE},
    {"of another key", other_key, SIGNET_E_NOT_FOUND},
    {"of a key that is not there", no_key, SIGNET_E_USAGE},
    {"of no keys", no_keys, SIGNET_E_NOT_FOUND},
    {"another digest", other_digest, SIGNET_E_DECODE},
    {"other content", other_content, SIGNET_E_SIGNATURE},
    {"content that nobody looked at", no_content, SIGNET_E_USAGE},
    {"content with another digest alone", no_sha256, SIGNET_E_USAGE},
};
/* clang-format on */

TEST(refuses_what_was_changed)
{
    __attribute__((cleanup(close_service))) service it = {0};
    SIGNET_AUTO(signet_key_free) signet_key *other = signet_key_generate(&signet_ed25519, NULL);

    open_service(&it, &signet_ed25519);
    REQUIRE(other);
    for (EACH(row, changes)) {
        __attribute__((cleanup(free_answer)))
        answer one = {.fields = {{S("Content-Type"), S("application/json")}}, .count = 1};
        change made = {.request = it.request, .key = it.key, .other = other};
        signet_error err = {0};
        bool is_good = false;

        sign_answer(&it, &one);
        memcpy(made.asked, it.asked, sizeof(made.asked));
        made.one = one;
        made.check = check_of(&it, &made.one, &made.key, &made.content);
        made.request.fields = made.asked;
        made.check.request = &made.request;
        row->make(&made);
        is_good = signet_response_verify(&made.check, &err);
        if (is_good != (row->code == SIGNET_OK) || err.code != row->code)
            harness_fail(__FILE__, __LINE__, "%s: %s", signet_code_name(err.code), err.message);
    }
}

/* --- what is not signed --- */

TEST(signs_nothing_that_makes_no_sense)
{
    __attribute__((cleanup(close_service))) service it = {0};
    SIGNET_AUTO(signet_key_free) signet_key *public = NULL, *mldsa44 = NULL;
    const signet_http_field digest = {S("Content-Digest"), S(HELLO_DIGEST)},
                            input = {S("signature-input"), S("a=()")};
    signet_http_request bare;

    open_service(&it, &signet_ed25519);
    bare = it.request;
    bare.field_count = 1;
    public = signet_key_from_public(&signet_ed25519, signet_key_public(it.key), NULL);
    mldsa44 = signet_key_generate(&signet_mldsa44, NULL);
    REQUIRE(public && mldsa44);
    const signet_response_order fine = {
        .request = &it.request, .response = {204, NULL, 0}, .key = it.key, .now = NOW};
    const struct {
        const char *name;
        signet_response_order order;
        signet_code code;
    } rows[] = {
        {"without content", fine, SIGNET_OK},
        {"without request", {.response = {204, NULL, 0}, .key = it.key, .now = NOW},
            SIGNET_E_USAGE},
        {"to an unsigned request",
            {.request = &bare, .response = {204, NULL, 0}, .key = it.key, .now = NOW},
            SIGNET_E_NOT_FOUND},
        {"a status of two digits",
            {.request = &it.request, .response = {99, NULL, 0}, .key = it.key, .now = NOW},
            SIGNET_E_USAGE},
        {"a status of 600",
            {.request = &it.request, .response = {600, NULL, 0}, .key = it.key, .now = NOW},
            SIGNET_E_USAGE},
        {"a public key",
            {.request = &it.request, .response = {204, NULL, 0}, .key = public, .now = NOW},
            SIGNET_E_KEY},
        {"no key", {.request = &it.request, .response = {204, NULL, 0}, .now = NOW}, SIGNET_E_KEY},
        {"a key without a registered name",
            {.request = &it.request, .response = {204, NULL, 0}, .key = mldsa44, .now = NOW},
            SIGNET_E_ALGORITHM},
        {"unsigned content",
            {.request = &it.request,
                .response = {200, NULL, 0},
                .key = it.key,
                .now = NOW,
                .body_kind = SIGNET_BODY_UNSIGNED},
            SIGNET_E_USAGE},
        {"a short digest",
            {.request = &it.request,
                .response = {200, NULL, 0},
                .key = it.key,
                .now = NOW,
                .body_kind = SIGNET_BODY_SHA256,
                .body = S("x")},
            SIGNET_E_USAGE},
        {"a digest that is there",
            {.request = &it.request, .response = {200, &digest, 1}, .key = it.key, .now = NOW},
            SIGNET_E_USAGE},
        {"a signature that is there",
            {.request = &it.request, .response = {200, &input, 1}, .key = it.key, .now = NOW},
            SIGNET_E_USAGE},
        {"before 1970",
            {.request = &it.request, .response = {204, NULL, 0}, .key = it.key, .now = -1},
            SIGNET_E_USAGE},
        {"at the end of time",
            {.request = &it.request, .response = {204, NULL, 0}, .key = it.key, .now = INT64_MAX},
            SIGNET_E_USAGE},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_message_fields_free) signet_message_fields made = {0};
        signet_error err = {0};
        bool is_done = signet_response_sign(&row->order, &made, &err);

        if (is_done != (row->code == SIGNET_OK) || err.code != row->code)
            harness_fail(__FILE__, __LINE__, "%s: %s", signet_code_name(err.code), err.message);
        CHECK(is_done || (!made.digest.data && !made.input.data && !made.signature.data));
    }
}

TESTS(TEST_OF(agrees_with_the_responses_of_RFC_9421), TEST_OF(verifies_what_it_signs),
    TEST_OF(writes_the_documented_example), TEST_OF(refuses_what_was_changed),
    TEST_OF(signs_nothing_that_makes_no_sense))
