/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Message Signatures: the examples of RFC 9421 and of the profile, and what is refused. */
#include <signet/pki.h>

#include "document.h"
#include "http/message_signature.h"
#include "json.h"
#include "signed_request.h"

/* --- RFC 9421 appendix B --- */

#define B_DIGEST                                                                                   \
    "sha-512=:WZDPaVn/"                                                                            \
    "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJw"                 \
    "ew==:"
#define CLIENT_CERT                                                                                \
    ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAM" \
    "M"                                                                                            \
    "EkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkw" \
    "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M" \
    "6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAO" \
    "BgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoG" \
    "CCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk" \
    "0wmuydBVoU4hBVZ1yhk=:"

static const char p256_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n"
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n"
    "-----END PUBLIC KEY-----\n";
static const char ed25519_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"
    "-----END PRIVATE KEY-----\n";

/* A signature of no known algorithm of ours, or one that is not checked. */
#define ANY_SIGNATURE ":AAAA:"

static const struct {
    const char *name, *authority, *label, *input, *signature, *base;
    const char *pem; /* NULL: an algorithm that is not ours */
} examples[] = {
    {"B.2.1 minimal, rsa-pss", "example.com", "sig-b21",
        "();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
        ANY_SIGNATURE, "", NULL},
    {"B.2.2 selective, rsa-pss", "example.com", "sig-b22",
        "(\"@authority\" \"content-digest\" \"@query-param\";name=\"Pet\");created=1618884473;"
        "keyid=\"test-key-rsa-pss\";tag=\"header-example\"",
        ANY_SIGNATURE,
        "\"@authority\": example.com\n\"content-digest\": " B_DIGEST
        "\n\"@query-param\";name=\"Pet\": dog\n",
        NULL},
    {"B.2.3 full, rsa-pss", "example.com", "sig-b23",
        "(\"date\" \"@method\" \"@path\" \"@query\" \"@authority\" \"content-type\" "
        "\"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-rsa-pss\"",
        ANY_SIGNATURE,
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@query\": "
        "?param=Value&Pet=dog\n\"@authority\": example.com\n\"content-type\": application/json\n"
        "\"content-digest\": " B_DIGEST "\n\"content-length\": 18\n",
        NULL},
    {"B.2.5 hmac", "example.com", "sig-b25",
        "(\"date\" \"@authority\" "
        "\"content-type\");created=1618884473;keyid=\"test-shared-secret\"",
        ":pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n"
        "\"content-type\": application/json\n",
        NULL},
    {"B.2.6 ed25519", "example.com", "sig-b26",
        "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")"
        ";created=1618884473;keyid=\"test-key-ed25519\"",
        ":wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
        ":",
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n"
        "\"@authority\": example.com\n\"content-type\": application/json\n\"content-length\": 18\n",
        ed25519_private},
    {"B.3 ecdsa-p256, behind a proxy", "service.internal.example", "ttrp",
        "(\"@path\" \"@query\" \"@method\" \"@authority\" \"client-cert\");created=1618884473;"
        "keyid=\"test-key-ecc-p256\"",
        ":xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/"
        "9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:",
        "\"@path\": /foo\n\"@query\": ?param=Value&Pet=dog\n\"@method\": POST\n"
        "\"@authority\": service.internal.example\n\"client-cert\": " CLIENT_CERT "\n",
        p256_public},
};

enum { B_CREATED = 1618884473 };

static signet_slice
text_of(const char *one, const char *two, const char *three)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_buf_printf(&out, NULL, "%s%s%s", one, two, three));
    return harness_keep(signet_buf_slice(&out));
}

static signet_key *
key_of(const char *pem)
{
    return signet_key_from_pem(signet_cose_algorithms, signet_slice_text(pem), NULL);
}

TEST(agrees_with_appendix_B_of_RFC_9421)
{
    for (EACH(row, examples)) {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        signet_http_field fields[] = {
            {S("Date"), S("Tue, 20 Apr 2021 02:07:55 GMT")},
            {S("Content-Type"), S("application/json")},
            {S("Content-Digest"), S(B_DIGEST)},
            {S("Content-Length"), S("18")},
            {S("Client-Cert"), S(CLIENT_CERT)},
            {S("Signature-Input"), text_of(row->label, "=", row->input)},
            {S("Signature"), text_of(row->label, "=", row->signature)},
        };
        signet_http_request request = {S("POST"), S("https"), signet_slice_text(row->authority),
            S("/foo?param=Value&Pet=dog"), fields, sizeof(fields) / sizeof(fields[0])};
        signet_error err = {0};

        if (!sg_message_signature_read(&request, &sg_signature_plain, B_CREATED, 0, &read, &err))
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        CHECK_BYTES(signet_buf_slice(&read.base),
            text_of(row->base, "\"@signature-params\": ", row->input));
        CHECK_INT(read.created, B_CREATED);
        CHECK(!read.has_expires && read.keyid_kind == SG_KEYID_OTHER);
        if (!row->pem)
            continue;
        key = key_of(row->pem);
        REQUIRE(key);
        CHECK(sg_message_signature_verify(&read, key, NULL));
        read.base.data[0] ^= 1;
        CHECK(!sg_message_signature_verify(&read, key, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    }
}

/* B.2.4 is a response, which is not read here; its base and key agree all the same. */
TEST(agrees_with_the_response_of_appendix_B)
{
    static const char base[] =
        "\"@status\": 200\n\"content-type\": application/json\n\"content-digest\": "
        "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5"
        "aGgfLQ==:\n\"content-length\": 23\n\"@signature-params\": (\"@status\" \"content-type\" "
        "\"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
    static const char text[] = "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy"
                               "5eCdlYUEkLIj+32oiasw==";
    SIGNET_AUTO(signet_key_free) signet_key *key = key_of(p256_public);
    uint8_t signature[64];
    size_t len = 0;

    REQUIRE(key && sg_base64_read(signet_slice_text(text), signature, sizeof(signature), &len));
    CHECK(signet_key_verify(key, signet_slice_text(base), (signet_slice){signature, len}, NULL));
}

/* --- signet-pop: the example of the specification --- */

TEST(reads_the_example_byte_for_byte)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(&good, fields);

    harness_row = "10.5";
    REQUIRE(sg_message_signature_read(&request, &sg_signature_pop, NOW, SKEW, &read, NULL));
    CHECK_TEXT(
        (const char *)harness_keep((signet_slice){(const uint8_t *)read.keyid, 33}).ptr, KEYID);
    CHECK_TEXT(read.nonce, NONCE);
    CHECK_TEXT(read.alg, "ed25519");
    CHECK_INT(read.keyid_kind, SG_KEYID_TOKEN);
    CHECK_INT(read.covers, SG_COVERS_METHOD | SG_COVERS_TARGET_URI | SG_COVERS_CONTENT_DIGEST);
    CHECK(read.has_digest && read.digest.has_sha256 && !read.digest.has_sha512);
    CHECK_INT(read.signature_len, 64);
    CHECK_BYTES(signet_buf_slice(&read.base),
        signet_slice_text("\"@method\": POST\n"
                          "\"@target-uri\": https://api.example.com/a%2Fb/c%20d?x=%7C\n"
                          "\"content-digest\": " HELLO_DIGEST "\n"
                          "\"@signature-params\": " COVERED ";" TIMES REST));
    REQUIRE(key);
    CHECK(sg_message_signature_verify(&read, key, NULL));
}

TEST(documents_the_example)
{
    static const char path[] = DOCUMENTS "/message-signature.md";

    CHECK_BYTES(document_text(path, "content-digest"), signet_slice_text(HELLO_DIGEST));
    CHECK_BYTES(document_text(path, "signature-input"), signet_slice_text(GOOD_INPUT));
    CHECK_BYTES(document_text(path, "signature"), signet_slice_text(GOOD_SIGNATURE));
}

static sg_signature_plan
plan_of(const signet_key *key)
{
    return (sg_signature_plan){.profile = &sg_signature_pop,
        .key = key,
        .keyid = KEYID,
        .nonce = S("request-nonce123"),
        .created = NOW,
        .expires = NOW + 30};
}

TEST(writes_the_example_byte_for_byte)
{
    SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(&good, fields);
    sg_signature_plan plan = plan_of(key);
    signet_error err = {0};

    harness_row = "10.5";
    request.field_count = 1;
    if (!sg_message_signature_sign(&request, &plan, &input, &signature, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    CHECK_BYTES(signet_buf_slice(&input), signet_slice_text(GOOD_INPUT));
    CHECK_BYTES(signet_buf_slice(&signature), signet_slice_text(GOOD_SIGNATURE));
    CHECK_TEXT(sg_accept_signature, "signet=(\"@method\" \"@target-uri\" \"content-digest\");"
                                    "created;expires;alg=\"ed25519\";tag=\"signet-pop\"");
}

TEST(wants_a_digest_where_there_is_content)
{
    static const struct {
        const char *name, *method, *field, *value;
        bool is_wanted;
    } contents[] = {
        {"GET", "GET", "accept", "*/*", false},
        {"DELETE", "DELETE", "accept", "*/*", false},
        {"POST", "POST", "accept", "*/*", true},
        {"PUT", "PUT", "accept", "*/*", true},
        {"PATCH", "PATCH", "accept", "*/*", true},
        {"GET with content", "GET", "Content-Length", "1", true},
        {"GET with no content", "GET", "Content-Length", "0", false},
        {"GET with nonsense", "GET", "Content-Length", "x", true},
        {"GET in chunks", "GET", "Transfer-Encoding", "chunked", true},
    };
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();

    for (EACH(row, contents)) {
        message one = {
            row->method, "https", "api.example.com", "/", NULL, NULL, {row->field, row->value}};
        SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0};
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&one, fields);
        sg_signature_plan plan = plan_of(key);
        signet_error err = {0};

        CHECK_INT(
            sg_message_signature_sign(&request, &plan, &input, &signature, &err), !row->is_wanted);
        CHECK_INT(err.code, row->is_wanted ? SIGNET_E_EPR : SIGNET_OK);
        CHECK_INT(input.len == 0, row->is_wanted);
        CHECK_INT(signature.len == 0, row->is_wanted);
    }
}

/* --- signing --- */

TEST(verifies_what_it_signs)
{
    static const struct {
        const char *name;
        const signet_algorithm *algorithm;
        const sg_signature_profile *profile;
        bool is_signed;
    } makers[] = {
        {"Ed25519", &signet_ed25519, &sg_signature_pop, true},
        {"ES256", &signet_es256, &sg_signature_pop, true},
        {"ML-DSA-44 without the switch", &signet_mldsa44, &sg_signature_pop, false},
        {"ML-DSA-44", &signet_mldsa44, &sg_signature_pop_hybrid, true},
        {"Ed25519 with the switch", &signet_ed25519, &sg_signature_pop_hybrid, true},
    };
    static const message all = {"PATCH", "http", "Example.COM:80", "/?", NULL, NULL,
        {"Content-Digest", HELLO_DIGEST, "Content-Type", "text/plain", "Content-Encoding", "gzip",
            "Authorization", "Bearer x", "DPoP", "y", "Signet-Proof", "v1", "Accept", "*/*"}};

    for (EACH(row, makers)) {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0};
        SIGNET_AUTO(signet_key_free) signet_key *key = signet_key_generate(row->algorithm, NULL);
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&all, fields);
        sg_signature_plan plan = plan_of(key);
        signet_error err = {0};

        plan.profile = row->profile;
        plan.nonce = (signet_slice){0};
        CHECK_INT(
            sg_message_signature_sign(&request, &plan, &input, &signature, &err), row->is_signed);
        if (!row->is_signed) {
            CHECK_INT(err.code, SIGNET_E_ALGORITHM);
            continue;
        }
        fields[request.field_count++] =
            (signet_http_field){S("signature-input"), signet_buf_slice(&input)};
        fields[request.field_count++] =
            (signet_http_field){S("signature"), signet_buf_slice(&signature)};
        REQUIRE(sg_message_signature_read(&request, row->profile, NOW + 5, SKEW, &read, NULL));
        CHECK(sg_message_signature_verify(&read, key, NULL));
        CHECK_INT(read.covers, SG_COVERS_METHOD | SG_COVERS_TARGET_URI | SG_COVERS_CONTENT_DIGEST |
                                   SG_COVERS_CONTENT_TYPE | SG_COVERS_CONTENT_ENCODING |
                                   SG_COVERS_AUTHORIZATION | SG_COVERS_DPOP |
                                   SG_COVERS_SIGNET_PROOF);
        CHECK_INT(strlen(read.nonce), 24);
        CHECK(memmem(read.base.data, read.base.len, "http://example.com/?\n", 21) != NULL);
    }
}

TEST(signs_nothing_that_would_be_refused)
{
    static const struct {
        const char *name, *label, *keyid;
        const char *nonce;
        int64_t created, expires;
        signet_code code;
    } plans[] = {
        {"good", "a", KEYID, "request-nonce123", NOW, NOW + 60, SIGNET_OK},
        {"too long a life", "a", KEYID, "request-nonce123", NOW, NOW + 61, SIGNET_E_EPR},
        {"no life", "a", KEYID, "request-nonce123", NOW, NOW, SIGNET_E_EPR},
        {"before 1970", "a", KEYID, "request-nonce123", -2, -1, SIGNET_E_DECODE},
        {"beyond 15 digits", "a", KEYID, "request-nonce123", 1000000000000000, 1000000000000001,
            SIGNET_E_DECODE},
        {"a short nonce", "a", KEYID, "request-nonce12", NOW, NOW + 60, SIGNET_E_EPR},
        {"a long nonce", "a", KEYID,
            "request-nonce123request-nonce123request-nonce123request-nonce123request-nonce123"
            "request-nonce123request-nonce123",
            NOW, NOW + 60, SIGNET_E_DECODE},
        {"no keyid", "a", NULL, "request-nonce123", NOW, NOW + 60, SIGNET_E_USAGE},
        {"another keyid", "a", "me", "request-nonce123", NOW, NOW + 60, SIGNET_E_EPR},
        {"a parameter in the keyid", "a", KEYID "\";x=\"y", "request-nonce123", NOW, NOW + 60,
            SIGNET_E_DECODE},
        {"a parameter in the label", "a=();x, b", KEYID, "request-nonce123", NOW, NOW + 60,
            SIGNET_E_DECODE},
        {"a tag in the keyid", "a", KEYID "\";tag=\"x", "request-nonce123", NOW, NOW + 60,
            SIGNET_E_DECODE},
        {"a label in capitals", "A", KEYID, "request-nonce123", NOW, NOW + 60, SIGNET_E_DECODE},
        {"two labels", "b, a", KEYID, "request-nonce123", NOW, NOW + 60, SIGNET_E_DECODE},
        {"no label", "", KEYID, "request-nonce123", NOW, NOW + 60, SIGNET_E_DECODE},
    };
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();

    for (EACH(row, plans)) {
        SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0};
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&good, fields);
        sg_signature_plan plan = {&sg_signature_pop, key, row->label, row->keyid,
            signet_slice_text(row->nonce), row->created, row->expires};
        signet_error err = {0};

        request.field_count = 1;
        CHECK_INT(sg_message_signature_sign(&request, &plan, &input, &signature, &err),
            row->code == SIGNET_OK);
        CHECK_INT(err.code, row->code);
        CHECK_INT(input.len == 0 && signature.len == 0, row->code != SIGNET_OK);
    }
}

/* --- @query-param, RFC 9421 2.2.8 --- */

TEST(encodes_query_parameters_anew)
{
    static const struct {
        const char *name, *target, *parameter, *value;
    } parameters[] = {
        {"plain", "/?a=b", "a", "b"},
        {"no value", "/?a", "a", ""},
        {"an empty value", "/?a=", "a", ""},
        {"a second =", "/?a=b=c", "a", "b%3Dc"},
        {"of the RFC: lines", "/p?var=this%20is%20a%20big%0Amultiline%20value", "var",
            "this%20is%20a%20big%0Amultiline%20value"},
        {"of the RFC: plus", "/p?bar=with+plus+whitespace", "bar", "with%20plus%20whitespace"},
        {"of the RFC: a name", "/p?fa%C3%A7ade%22%3A%20=something", "fa%C3%A7ade%22%3A%20",
            "something"},
        {"lower-case escapes", "/?a=%c3%a7", "a", "%C3%A7"},
        {"an escape of nothing special", "/?%61=%62", "a", "b"},
        {"a broken escape", "/?a=%4", "a", "%254"},
        {"twice", "/?a=1&a=2", "a", NULL},
        {"twice, spelled otherwise", "/?a=1&%61=2", "a", NULL},
        {"not there", "/?b=1", "a", NULL},
        {"no query", "/", "a", NULL},
        {"a name that is not encoded", "/?a%20b=1", "a b", NULL},
    };

    for (EACH(row, parameters)) {
        SIGNET_AUTO(signet_buf_free) signet_buf base = {0};
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        signet_slice input = text_of("a=(\"@query-param\";name=\"", row->parameter, "\")");
        signet_http_field fields[] = {
            {S("signature-input"), input}, {S("signature"), S("a=:AAAA:")}};
        signet_http_request request = {
            S("GET"), S("https"), S("a"), signet_slice_text(row->target), fields, 2};
        signet_slice expected = {0};

        CHECK_INT(sg_message_signature_read(&request, &sg_signature_plain, NOW, 0, &read, NULL),
            row->value != NULL);
        if (!row->value)
            continue;
        REQUIRE(signet_buf_printf(
            &base, NULL, "\"@query-param\";name=\"%s\": %s\n", row->parameter, row->value));
        expected = signet_buf_slice(&base);
        REQUIRE(read.base.len > expected.len);
        CHECK_BYTES(((signet_slice){read.base.data, expected.len}), expected);
    }
}

/* --- Web Bot Auth --- */

TEST(identifies_web_bots)
{
    json_t *root = json_of(VECTORS "/conformance/web-bot-auth/web_bot_auth_architecture_v1.json"),
           *one = NULL;
    size_t i = 0, verified = 0;

    json_array_foreach(root, i, one)
    {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0}, other = {0};
        SIGNET_AUTO(signet_key_free) signet_key *key = key_of(ed25519_private);
        const char *agent = json_text(one, "signature_agent");
        message bot = {"GET", "https", "example.com", "/path/to/resource",
            json_text(one, "signature_input"), json_text(one, "signature"),
            {agent ? "Signature-Agent" : NULL, agent}};
        int64_t created = json_integer_value(json_object_get(one, "created_ms")) / 1000,
                expires = json_integer_value(json_object_get(one, "expires_ms")) / 1000;
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&bot, fields);
        signet_error err = {0};

        harness_row = json_text(one, "signature_input");
        CHECK_TEXT(json_text(one, "target_url"), "https://example.com/path/to/resource");
        REQUIRE(sg_message_signature_read(
            &request, &sg_signature_web_bot_auth, expires - 1, 0, &read, &err));
        CHECK_TEXT(read.nonce, json_text(one, "nonce"));
        CHECK_INT(read.created, created);
        CHECK_INT(read.expires, expires);
        CHECK_INT(read.keyid_kind, SG_KEYID_THUMBPRINT);
        CHECK(!read.profile->is_proof);
        CHECK_INT((read.covers & SG_COVERS_SIGNATURE_AGENT) != 0, agent != NULL);
        CHECK_INT(sg_message_signature_verify(&read, key, &err),
            strcmp(json_text(json_object_get(one, "key"), "kty"), "OKP") == 0);
        verified += err.code == SIGNET_OK;
        CHECK(!sg_message_signature_read(
            &request, &sg_signature_web_bot_auth, expires, 0, &other, &err));
        CHECK_INT(err.code, SIGNET_E_TIME);
        CHECK(!sg_message_signature_read(
            &request, &sg_signature_web_bot_auth, created - 1, 0, &other, &err));
        CHECK_INT(err.code, SIGNET_E_TIME);
        CHECK(!sg_message_signature_read(&request, &sg_signature_pop, created, 0, &other, &err));
        CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
        fields[request.field_count++] = (signet_http_field){S("signature-agent"), S("\"x\"")};
        CHECK_INT(sg_message_signature_read(
                      &request, &sg_signature_web_bot_auth, created, 0, &other, &err),
            agent != NULL);
        if (agent)
            CHECK(!sg_message_signature_verify(&other, key, NULL));
    }
    CHECK_INT(i, 4);
    CHECK_INT(verified, 2);
    json_decref(root);
}

TESTS(TEST_OF(agrees_with_appendix_B_of_RFC_9421), TEST_OF(agrees_with_the_response_of_appendix_B),
    TEST_OF(reads_the_example_byte_for_byte), TEST_OF(writes_the_example_byte_for_byte),
    TEST_OF(documents_the_example), TEST_OF(wants_a_digest_where_there_is_content),
    TEST_OF(verifies_what_it_signs), TEST_OF(signs_nothing_that_would_be_refused),
    TEST_OF(encodes_query_parameters_anew), TEST_OF(identifies_web_bots))
