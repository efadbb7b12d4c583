/* SPDX-License-Identifier: Apache-2.0 */
#include "http/jws.h"
#include "jose.h"

#define ED_HEADER  "eyJhbGciOiJFZERTQSJ9" /* {"alg":"EdDSA"} */
#define ED_PAYLOAD "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
#define ED_SIGNED                                                                                  \
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
#define EC_SIGNED                                                                                  \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define EC_HEADER "eyJhbGciOiJFUzI1NiJ9" /* {"alg":"ES256"} */
#define EC_PAYLOAD                                                                                 \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"     \
    "cnVlfQ"

TEST(verifies_the_examples_of_the_standards)
{
    static const struct {
        const char *name, *jws, *payload;
        const signet_algorithm *algorithm;
    } examples[] = {
        {"RFC 8037 A.5", ED_HEADER "." ED_PAYLOAD "." ED_SIGNED, "Example of Ed25519 signing",
            &signet_ed25519},
        {"RFC 7515 A.3", EC_HEADER "." EC_PAYLOAD "." EC_SIGNED,
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
            &signet_es256},
    };

    for (EACH(row, examples)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(row->algorithm);
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};

        REQUIRE(key && sg_jws_read(jose_text(row->jws), &jws, NULL));
        CHECK(sg_jws_verify(&jws, key, NULL));
        CHECK_BYTES(signet_buf_slice(&jws.payload), jose_text(row->payload));
    }
}

TEST(signs_the_example_of_rfc_8037)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519);
    SIGNET_AUTO(signet_buf_free) signet_buf jws = {0};
    sg_jws_header header = {.algorithm = "EdDSA"};

    REQUIRE(key);
    CHECK(sg_jws_sign(&header, key, jose_text("Example of Ed25519 signing"), &jws, NULL));
    CHECK_BYTES(signet_buf_slice(&jws), jose_text(ED_HEADER "." ED_PAYLOAD "." ED_SIGNED));
}

/* clang-format off */
static const struct {
    const char *name, *compact;
} forms[] = {
    {"nothing",                   ""},
    {"a dot",                     "."},
    {"two dots",                  ".."},
    {"two parts",                 ED_HEADER "." ED_PAYLOAD},
    {"four parts",                ED_HEADER "." ED_PAYLOAD "." ED_SIGNED ".AA"},
    {"five parts, a JWE",         ED_HEADER ".AA.AA.AA.AA"},
    {"a dot at the end",          ED_HEADER "." ED_PAYLOAD "." ED_SIGNED "."},
    {"a dot at the start",        "." ED_HEADER "." ED_PAYLOAD "." ED_SIGNED},
    {"without a header",          "." ED_PAYLOAD "." ED_SIGNED},
    {"without a payload",         ED_HEADER ".." ED_SIGNED},
    {"without a signature",       ED_HEADER "." ED_PAYLOAD "."},
    {"a padded header",           ED_HEADER "==." ED_PAYLOAD "." ED_SIGNED},
    {"a padded payload",          ED_HEADER "." ED_PAYLOAD "=." ED_SIGNED},
    {"a padded signature",        ED_HEADER "." ED_PAYLOAD "." ED_SIGNED "=="},
    {"a blank before",            " " ED_HEADER "." ED_PAYLOAD "." ED_SIGNED},
    {"a blank after",             ED_HEADER "." ED_PAYLOAD "." ED_SIGNED " "},
    {"a line feed after",         ED_HEADER "." ED_PAYLOAD "." ED_SIGNED "\n"},
    {"a line feed within",        ED_HEADER ".\n" ED_PAYLOAD "." ED_SIGNED},
    {"two in a list",             ED_HEADER "." ED_PAYLOAD "." ED_SIGNED ", " ED_HEADER},
    {"plain base64",              ED_HEADER ".+/+/." ED_SIGNED},
    {"stray bits in the payload", ED_HEADER ".RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd." ED_SIGNED},
    {"stray bits, signature",     ED_HEADER "." ED_PAYLOAD ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAh"},
    {"a signature of 63 bytes",   ED_HEADER "." ED_PAYLOAD ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0K"},
    {"a signature of 65 bytes",   ED_HEADER "." ED_PAYLOAD "." ED_SIGNED "A"},
    {"a header that is no JSON",  "AAAA." ED_PAYLOAD "." ED_SIGNED},
    {"JSON serialization",        "{\"payload\":\"AA\",\"signatures\":[]}"},
};

static const struct {
    const char *name, *header;
    signet_code expected; /* of reading; what reads is genuine */
} headers[] = {
    {"EdDSA",                  "{\"alg\":\"EdDSA\"}",                              SIGNET_OK},
    {"Ed25519",                "{\"alg\":\"Ed25519\"}",                            SIGNET_OK},
    {"white space",            " {\"alg\" :\t\"EdDSA\" }\n",                       SIGNET_OK},
    {"what may be there",      "{\"alg\":\"EdDSA\",\"typ\":\"a\",\"kid\":\"b\",\"cty\":\"c\",\"x\":[1.5]}", SIGNET_OK},
    {"no alg",                 "{}",                                               SIGNET_E_DECODE},
    {"alg is null",            "{\"alg\":null}",                                   SIGNET_E_DECODE},
    {"alg is a list",          "{\"alg\":[\"EdDSA\"]}",                            SIGNET_E_DECODE},
    {"alg is empty",           "{\"alg\":\"\"}",                                   SIGNET_E_DECODE},
    {"alg twice",              "{\"alg\":\"none\",\"alg\":\"EdDSA\"}",             SIGNET_E_DECODE},
    {"alg twice, escaped",     "{\"alg\":\"none\",\"\\u0061lg\":\"EdDSA\"}",       SIGNET_E_DECODE},
    {"alg with a NUL",         "{\"alg\":\"EdDSA\\u0000\"}",                       SIGNET_E_DECODE},
    {"typ twice",              "{\"alg\":\"EdDSA\",\"typ\":\"a\",\"typ\":\"a\"}",  SIGNET_E_DECODE},
    {"typ is a number",        "{\"alg\":\"EdDSA\",\"typ\":1}",                    SIGNET_E_DECODE},
    {"kid is a number",        "{\"alg\":\"EdDSA\",\"kid\":1}",                    SIGNET_E_DECODE},
    {"kid is empty",           "{\"alg\":\"EdDSA\",\"kid\":\"\"}",                 SIGNET_E_DECODE},
    {"crit",                   "{\"alg\":\"EdDSA\",\"crit\":[\"exp\"],\"exp\":1}", SIGNET_E_DECODE},
    {"an empty crit",          "{\"alg\":\"EdDSA\",\"crit\":[]}",                  SIGNET_E_DECODE},
    {"b64 false",              "{\"alg\":\"EdDSA\",\"b64\":false,\"crit\":[\"b64\"]}", SIGNET_E_DECODE},
    {"b64 true",               "{\"alg\":\"EdDSA\",\"b64\":true}",                 SIGNET_E_DECODE},
    {"x5u",                    "{\"alg\":\"EdDSA\",\"x5u\":\"https://a\"}",        SIGNET_E_DECODE},
    {"jku",                    "{\"alg\":\"EdDSA\",\"jku\":\"https://a\"}",        SIGNET_E_DECODE},
    {"jku is null",            "{\"alg\":\"EdDSA\",\"jku\":null}",                 SIGNET_E_DECODE},
    {"a list",                 "[\"alg\",\"EdDSA\"]",                              SIGNET_E_DECODE},
    {"a text",                 "\"EdDSA\"",                                        SIGNET_E_DECODE},
    {"a byte more",            "{\"alg\":\"EdDSA\"}x",                             SIGNET_E_DECODE},
    {"two",                    "{\"alg\":\"EdDSA\"}{}",                            SIGNET_E_DECODE},
    {"not UTF-8",              "{\"alg\":\"EdDSA\",\"a\":\"\xc0\x80\"}",           SIGNET_E_DECODE},
    {"9 levels",               "{\"alg\":\"EdDSA\",\"a\":[[[[[[[[]]]]]]]]}",       SIGNET_E_DECODE},
    {"none",                   "{\"alg\":\"none\"}",                               SIGNET_E_ALGORITHM},
    {"NONE",                   "{\"alg\":\"NONE\"}",                               SIGNET_E_ALGORITHM},
    {"HS256",                  "{\"alg\":\"HS256\"}",                              SIGNET_E_ALGORITHM},
    {"HS512",                  "{\"alg\":\"HS512\"}",                              SIGNET_E_ALGORITHM},
    {"RS256",                  "{\"alg\":\"RS256\"}",                              SIGNET_E_ALGORITHM},
    {"PS256",                  "{\"alg\":\"PS256\"}",                              SIGNET_E_ALGORITHM},
    {"ES384",                  "{\"alg\":\"ES384\"}",                              SIGNET_E_ALGORITHM},
    {"ES256K",                 "{\"alg\":\"ES256K\"}",                             SIGNET_E_ALGORITHM},
    {"Ed448",                  "{\"alg\":\"Ed448\"}",                              SIGNET_E_ALGORITHM},
    {"ML-DSA-44",              "{\"alg\":\"ML-DSA-44\"}",                          SIGNET_E_ALGORITHM},
    {"another case",           "{\"alg\":\"eddsa\"}",                              SIGNET_E_ALGORITHM},
    {"a blank",                "{\"alg\":\"EdDSA \"}",                             SIGNET_E_ALGORITHM},
    {"the name of the other",  "{\"alg\":\"ed25519\"}",                            SIGNET_E_ALGORITHM},
};
/* clang-format on */

TEST(refuses_other_forms)
{
    for (EACH(row, forms)) {
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
        signet_error err = {0};

        CHECK(!sg_jws_read(jose_text(row->compact), &jws, &err));
        CHECK_INT(err.code, SIGNET_E_DECODE);
        CHECK(!jws.header);
    }
}

TEST(takes_few_headers)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519);

    REQUIRE(key);
    for (EACH(row, headers)) {
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
        signet_error err = {0};

        CHECK_INT(sg_jws_read(jose_sign(jose_text(row->header), jose_text("{}"), key), &jws, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        if (row->expected == SIGNET_OK)
            CHECK(sg_jws_verify(&jws, key, NULL));
    }
}

TEST(takes_the_algorithm_from_the_key)
{
    static const struct {
        const char *name, *alg;
        const signet_algorithm *algorithm;
        bool is_of_key;
    } pairs[] = {
        {"EdDSA with Ed25519", "EdDSA", &signet_ed25519, true},
        {"Ed25519 with Ed25519", "Ed25519", &signet_ed25519, true},
        {"ES256 with Ed25519", "ES256", &signet_ed25519, false},
        {"ES256 with P-256", "ES256", &signet_es256, true},
        {"EdDSA with P-256", "EdDSA", &signet_es256, false},
        {"Ed25519 with P-256", "Ed25519", &signet_es256, false},
    };

    for (EACH(row, pairs)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(row->algorithm);
        SIGNET_AUTO(signet_buf_free) signet_buf header = {0}, made = {0};
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
        sg_jws_header wanted = {.algorithm = row->alg, .has_key = true};
        signet_error err = {0};

        REQUIRE(key && signet_buf_printf(&header, NULL, "{\"alg\":\"%s\"}", row->alg));
        REQUIRE(
            sg_jws_read(jose_sign(signet_buf_slice(&header), jose_text("{}"), key), &jws, NULL));
        CHECK_INT(sg_jws_verify(&jws, key, &err), row->is_of_key);
        CHECK_INT(err.code, row->is_of_key ? SIGNET_OK : SIGNET_E_ALGORITHM);
        CHECK_INT(sg_jws_sign(&wanted, key, jose_text("{}"), &made, NULL), row->is_of_key);
    }
}

TEST(verifies_before_it_looks_into_the_payload)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519), *other = NULL;
    static const struct {
        const char *name, *payload;
        bool is_object;
    } payloads[] = {
        {"an object", "{\"a\":1}", true},
        {"a list", "[]", false},
        {"no JSON", "a", false},
        {"a member twice", "{\"a\":1,\"a\":1}", false},
        {"a byte more", "{}x", false},
        {"9 levels", "{\"a\":[[[[[[[[]]]]]]]]}", false},
    };

    other = signet_key_generate(&signet_ed25519, NULL);
    REQUIRE(key && other);
    for (EACH(row, payloads)) {
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
        SIGNET_AUTO(sg_json_free) sg_json *claims = NULL;
        signet_error err = {0};

        REQUIRE(sg_jws_read(
            jose_sign(jose_text("{\"alg\":\"EdDSA\"}"), jose_text(row->payload), key), &jws, NULL));
        CHECK(!sg_jws_open(&jws, other, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
        err = (signet_error){0};
        claims = sg_jws_open(&jws, key, &err);
        CHECK_INT(claims != NULL, row->is_object);
        CHECK_INT(err.code, row->is_object ? SIGNET_OK : SIGNET_E_DECODE);
    }
}

/* Every bit of every example counts. */
TEST(notices_every_change)
{
    static const char jws_text[] = ED_HEADER "." ED_PAYLOAD "." ED_SIGNED;
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519);
    uint8_t bytes[sizeof(jws_text)];

    REQUIRE(key);
    for (size_t i = 0; i < 8 * (sizeof(jws_text) - 1); i++) {
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};

        memcpy(bytes, jws_text, sizeof(bytes));
        bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK(!sg_jws_read((signet_slice){bytes, sizeof(bytes) - 1}, &jws, NULL) ||
              !sg_jws_verify(&jws, key, NULL));
    }
    for (size_t len = 0; len < sizeof(jws_text) - 1; len++) {
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};

        CHECK(!sg_jws_read((signet_slice){(const uint8_t *)jws_text, len}, &jws, NULL));
    }
}

TEST(is_bounded)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519);
    static uint8_t blanks[1 << 20];
    static const struct {
        const char *name;
        size_t payload;
        bool is_accepted;
    } lengths[] = {
        /* 15 + 20 characters, two dots, 86 of the signature */
        {"at the limit", 6063, true},
        {"above it", 6064, false},
        {"a megabyte", sizeof(blanks), false},
    };

    REQUIRE(key);
    memset(blanks, ' ', sizeof(blanks));
    for (EACH(row, lengths)) {
        SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
        SIGNET_AUTO(signet_buf_free) signet_buf made = {0};
        sg_jws_header header = {.algorithm = "EdDSA"};
        signet_slice payload = {blanks, row->payload};

        CHECK_INT(
            sg_jws_read(jose_sign(jose_text("{\"alg\":\"EdDSA\"}"), payload, key), &jws, NULL),
            row->is_accepted);
        CHECK_INT(sg_jws_sign(&header, key, payload, &made, NULL), row->is_accepted);
        CHECK_INT(made.len > 0, row->is_accepted);
    }
    harness_row = "a megabyte of dots";
    memset(blanks, '.', sizeof(blanks));
    SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
    CHECK(!sg_jws_read((signet_slice){blanks, sizeof(blanks)}, &jws, NULL));
}

TESTS(TEST_OF(verifies_the_examples_of_the_standards), TEST_OF(signs_the_example_of_rfc_8037),
    TEST_OF(refuses_other_forms), TEST_OF(takes_few_headers),
    TEST_OF(takes_the_algorithm_from_the_key), TEST_OF(verifies_before_it_looks_into_the_payload),
    TEST_OF(notices_every_change), TEST_OF(is_bounded))
