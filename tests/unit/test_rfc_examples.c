/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What RFC 9421 B.4 says of transformations, and the digests of RFC 9530 B.  The other examples of
 * RFC 9421 are in test_message_signature.c, of RFC 9449 in test_dpop.c, of RFC 8037 in test_jws.c.
 */
#include "crypto/digest.h"
#include "signed_request.h"

#define TRANSFORM_INPUT                                                                            \
    "transform=(\"@method\" \"@path\" \"@authority\" \"accept\");created=1618884473;"              \
    "keyid=\"test-key-ed25519\""
#define TRANSFORM_SIGNATURE                                                                        \
    "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pm" \
    "j3NDA==:"
#define HOST   "Host", "example.org"
#define DATE   "Date", "Fri, 15 Jul 2022 14:24:55 GMT"
#define JSON   "Accept", "application/json"
#define ANY    "Accept", "*/*"
#define TARGET "/demo?name1=Value1&Name2=value2"

/* RFC 9421 B.1.4 */
#define TEST_KEY_ED25519 "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb"

static const struct {
    message request;
    const char *name;
    bool is_genuine;
} transformed[] = {
    {{"GET", "https", "example.org", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, JSON, ANY}},
        "B.4 as signed", true},
    {{"GET", "https", "example.org", TARGET "&param=added", TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, JSON, ANY, "Accept-Language", "en-US,en;q=0.5"}},
        "B.4 a field and a query parameter added", true},
    {{"GET", "https", "example.org", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, "Referer", "https://developer.example.org/demo", "Accept",
             "application/json, */*"}},
        "B.4 lines joined, a field in place of another", true},
    {{"GET", "https", "example.org", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {JSON, ANY, DATE, HOST}},
        "B.4 fields in another order", true},
    {{"POST", "https", "example.com", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {"Host", "example.com", DATE, JSON, ANY}},
        "B.4 another method and authority", false},
    {{"GET", "https", "example.org", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, ANY, JSON}},
        "B.4 values of one field in another order", false},
    {{"POST", "https", "example.org", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, JSON, ANY}},
        "another method alone", false},
    {{"GET", "https", "example.com", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, JSON, ANY}},
        "another authority alone", false},
    {{"GET", "https", "example.org", "/Demo", TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, JSON, ANY}},
        "another path", false},
    {{"GET", "https", "example.org", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, "Accept", "application/json,*/*"}},
        "lines joined without a blank", false},
    {{"GET", "https", "EXAMPLE.org:443", TARGET, TRANSFORM_INPUT, TRANSFORM_SIGNATURE,
         {HOST, DATE, "accept", " application/json\t", "ACCEPT", "*/*  "}},
        "case, blanks around values and the port of the scheme", true},
};

TEST(survives_the_transformations_of_rfc_9421_b4)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_public(&signet_ed25519, unhex(TEST_KEY_ED25519), NULL);
    REQUIRE(key);
    for (EACH(row, transformed)) {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&row->request, fields);
        signet_error err = {0};

        REQUIRE(
            sg_message_signature_read(&request, &sg_signature_plain, 1618884473, 0, &read, &err));
        CHECK_INT(sg_message_signature_verify(&read, key, &err), row->is_genuine);
        CHECK_INT(err.code, row->is_genuine ? SIGNET_OK : SIGNET_E_SIGNATURE);
    }
}

TEST(writes_the_base_of_rfc_9421_b4)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(&transformed[0].request, fields);

    harness_row = "B.4";
    REQUIRE(sg_message_signature_read(&request, &sg_signature_plain, 1618884473, 0, &read, NULL));
    CHECK_BYTES(signet_buf_slice(&read.base),
        signet_slice_text("\"@method\": GET\n\"@path\": /demo\n\"@authority\": example.org\n"
                          "\"accept\": application/json, */*\n\"@signature-params\": "
                          "(\"@method\" \"@path\" \"@authority\" \"accept\");created=1618884473;"
                          "keyid=\"test-key-ed25519\""));
}

/* --- RFC 9530 --- */

#define HELLO_LINE "{\"hello\": \"world\"}\n"
#define LINE_256   "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
#define LINE_512                                                                                   \
    "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/"          \
    "WkppmM44T3qg==:"

static const struct {
    const char *name, *content, *value;
    signet_code code;
} digests[] = {
    {"B.1 the whole representation", HELLO_LINE, LINE_256, SIGNET_OK},
    {"B.2 no content", "", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", SIGNET_OK},
    {"B.3 a part of it", "\"world\"}\n",
        "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:", SIGNET_OK},
    {"D sha-512", HELLO_LINE, LINE_512, SIGNET_OK},
    {"both", HELLO_LINE, LINE_256 ", " LINE_512, SIGNET_OK},
    {"B.1 without the line feed", "{\"hello\": \"world\"}", LINE_256, SIGNET_E_SIGNATURE},
    {"another content", "{\"hello\": \"woXYZ\"}\n", LINE_256, SIGNET_E_SIGNATURE},
    {"another content, sha-512", "{\"hello\": \"woXYZ\"}\n", LINE_512, SIGNET_E_SIGNATURE},
    {"content where there is none", "x",
        "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", SIGNET_E_SIGNATURE},
};

TEST(agrees_with_the_digests_of_rfc_9530)
{
    for (EACH(row, digests)) {
        sg_content_digest wanted = {0}, computed = {.has_sha256 = true, .has_sha512 = true};
        signet_error err = {0};

        sg_sha256(signet_slice_text(row->content), computed.sha256);
        sg_sha512(signet_slice_text(row->content), computed.sha512);
        REQUIRE(sg_content_digest_read(signet_slice_text(row->value), &wanted, &err));
        CHECK_INT(sg_content_digest_check(&wanted, &computed, &err), row->code == SIGNET_OK);
        CHECK_INT(err.code, row->code);
    }
}

TESTS(TEST_OF(survives_the_transformations_of_rfc_9421_b4), TEST_OF(writes_the_base_of_rfc_9421_b4),
    TEST_OF(agrees_with_the_digests_of_rfc_9530))
