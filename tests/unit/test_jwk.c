/* SPDX-License-Identifier: Apache-2.0 */
#include "http/jwk.h"
#include "jose.h"

#define OKP    "\"kty\":\"OKP\",\"crv\":\"Ed25519\""
#define EC     "\"kty\":\"EC\",\"crv\":\"P-256\""
#define X      "\"x\":\"" JOSE_ED_X "\""
#define ZERO43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define D      ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\""

/* clang-format off */
static const struct {
    const char *name, *json;
    signet_code expected;
} keys[] = {
    {"RFC 8037 A.2",                JOSE_ED,                                             SIGNET_OK},
    {"RFC 7515 A.3",                JOSE_EC,                                             SIGNET_OK},
    {"another order, white space",  " { " X ", \"crv\" : \"Ed25519\",\n\"kty\":\"OKP\"}\r\n", SIGNET_OK},
    {"members that are unknown",    "{" OKP "," X ",\"kid\":\"a\",\"ext\":true,\"x5t\":[]}", SIGNET_OK},
    {"all that it may say",         "{" OKP "," X ",\"use\":\"sig\",\"alg\":\"EdDSA\",\"key_ops\":[\"verify\"]}", SIGNET_OK},
    {"alg Ed25519",                 "{" OKP "," X ",\"alg\":\"Ed25519\"}",               SIGNET_OK},
    {"alg ES256",                   "{" EC "," JOSE_EC_XY ",\"alg\":\"ES256\"}",         SIGNET_OK},
    {"an escaped name and value",   "{\"k\\u0074y\":\"\\u004fKP\",\"crv\":\"Ed25519\"," X "}", SIGNET_OK},

    {"nothing",                     "",                                                  SIGNET_E_DECODE},
    {"white space",                 "  ",                                                SIGNET_E_DECODE},
    {"a text",                      "\"" JOSE_ED_X "\"",                                 SIGNET_E_DECODE},
    {"null",                        "null",                                              SIGNET_E_DECODE},
    {"a list",                      "[" JOSE_ED "]",                                     SIGNET_E_DECODE},
    {"two",                         JOSE_ED JOSE_ED,                                     SIGNET_E_DECODE},
    {"a byte more",                 JOSE_ED "x",                                         SIGNET_E_DECODE},
    {"a comment",                   JOSE_ED "//",                                        SIGNET_E_DECODE},
    {"a comma at the end",          "{" OKP "," X ",}",                                  SIGNET_E_DECODE},
    {"a BOM",                       "\xef\xbb\xbf" JOSE_ED,                              SIGNET_E_DECODE},
    {"cut",                         "{" OKP "," X,                                       SIGNET_E_DECODE},
    {"single quotes",               "{'kty':'OKP'}",                                     SIGNET_E_DECODE},
    {"not UTF-8",                   "{" OKP "," X ",\"a\":\"\xff\"}",                    SIGNET_E_DECODE},
    {"a surrogate alone",           "{" OKP "," X ",\"a\":\"\\ud800\"}",                 SIGNET_E_DECODE},
    {"a NUL in a text",             "{" OKP "," X ",\"a\":\"\\u0000\"}",                 SIGNET_E_DECODE},
    {"a NUL in a name",             "{" OKP "," X ",\"x\\u0000\":1}",                    SIGNET_E_DECODE},
    {"NaN",                         "{" OKP "," X ",\"a\":NaN}",                         SIGNET_E_DECODE},
    {"a number too large",          "{" OKP "," X ",\"a\":99999999999999999999}",        SIGNET_E_DECODE},
    {"x twice",                     "{" OKP "," X "," X "}",                             SIGNET_E_DECODE},
    {"kty twice, once escaped",     "{" OKP "," X ",\"k\\u0074y\":\"OKP\"}",             SIGNET_E_DECODE},
    {"an unknown member twice",     "{" OKP "," X ",\"a\":1,\"a\":2}",                   SIGNET_E_DECODE},
    {"twice, further down",         "{" OKP "," X ",\"a\":{\"b\":1,\"b\":2}}",           SIGNET_E_DECODE},
    {"no kty",                      "{\"crv\":\"Ed25519\"," X "}",                       SIGNET_E_DECODE},
    {"kty is null",                 "{\"kty\":null,\"crv\":\"Ed25519\"," X "}",          SIGNET_E_DECODE},
    {"kty is a list",               "{\"kty\":[\"OKP\"],\"crv\":\"Ed25519\"," X "}",     SIGNET_E_DECODE},
    {"crv is a number",             "{\"kty\":\"OKP\",\"crv\":6," X "}",                 SIGNET_E_DECODE},
    {"crv is empty",                "{\"kty\":\"OKP\",\"crv\":\"\"," X "}",              SIGNET_E_DECODE},
    {"no x",                        "{" OKP "}",                                         SIGNET_E_DECODE},
    {"x is a number",               "{" OKP ",\"x\":11}",                                SIGNET_E_DECODE},
    {"x is null",                   "{" OKP ",\"x\":null}",                              SIGNET_E_DECODE},
    {"x is empty",                  "{" OKP ",\"x\":\"\"}",                              SIGNET_E_DECODE},
    {"x is padded",                 "{" OKP ",\"x\":\"" JOSE_ED_X "=\"}",                SIGNET_E_DECODE},
    {"x of 31 bytes",               "{" OKP ",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"}", SIGNET_E_DECODE},
    {"x of 33 bytes",               "{" OKP ",\"x\":\"" JOSE_ED_X "A\"}",                SIGNET_E_DECODE},
    {"x with stray bits",           "{" OKP ",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp\"}", SIGNET_E_DECODE},
    {"x in plain base64",           "{" OKP ",\"x\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}", SIGNET_E_DECODE},
    {"x with a blank",              "{" OKP ",\"x\":\" " JOSE_ED_X "\"}",                SIGNET_E_DECODE},
    {"x with a line feed",          "{" OKP ",\"x\":\"" JOSE_ED_X "\\n\"}",              SIGNET_E_DECODE},
    {"no y",                        "{" EC ",\"x\":\"" JOSE_EC_X "\"}",                  SIGNET_E_DECODE},
    {"y of 31 bytes",               "{" EC ",\"x\":\"" JOSE_EC_X "\",\"y\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"}", SIGNET_E_DECODE},
    {"use is a number",             "{" OKP "," X ",\"use\":1}",                         SIGNET_E_DECODE},
    {"alg is a list",               "{" OKP "," X ",\"alg\":[\"EdDSA\"]}",               SIGNET_E_DECODE},

    {"kty of another case",         "{\"kty\":\"okp\",\"crv\":\"Ed25519\"," X "}",       SIGNET_E_ALGORITHM},
    {"crv of another case",         "{\"kty\":\"OKP\",\"crv\":\"ed25519\"," X "}",       SIGNET_E_ALGORITHM},
    {"no crv",                      "{\"kty\":\"OKP\"," X "}",                           SIGNET_E_ALGORITHM},
    {"EC of Ed25519",               "{\"kty\":\"EC\",\"crv\":\"Ed25519\"," X "}",        SIGNET_E_ALGORITHM},
    {"OKP of P-256",                "{\"kty\":\"OKP\",\"crv\":\"P-256\"," JOSE_EC_XY "}", SIGNET_E_ALGORITHM},
    {"X25519",                      "{\"kty\":\"OKP\",\"crv\":\"X25519\"," X "}",        SIGNET_E_ALGORITHM},
    {"Ed448",                       "{\"kty\":\"OKP\",\"crv\":\"Ed448\"," X "}",         SIGNET_E_ALGORITHM},
    {"P-384",                       "{\"kty\":\"EC\",\"crv\":\"P-384\"," JOSE_EC_XY "}", SIGNET_E_ALGORITHM},
    {"secp256k1",                   "{\"kty\":\"EC\",\"crv\":\"secp256k1\"," JOSE_EC_XY "}", SIGNET_E_ALGORITHM},
    {"RSA",                         "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",   SIGNET_E_ALGORITHM},
    {"oct without k",               "{\"kty\":\"oct\"}",                                 SIGNET_E_ALGORITHM},
    {"use enc",                     "{" OKP "," X ",\"use\":\"enc\"}",                   SIGNET_E_ALGORITHM},
    {"key_ops sign",                "{" OKP "," X ",\"key_ops\":[\"sign\"]}",            SIGNET_E_ALGORITHM},
    {"key_ops is a text",           "{" OKP "," X ",\"key_ops\":\"verify\"}",            SIGNET_E_ALGORITHM},
    {"alg of the other key",        "{" OKP "," X ",\"alg\":\"ES256\"}",                 SIGNET_E_ALGORITHM},
    {"alg none",                    "{" OKP "," X ",\"alg\":\"none\"}",                  SIGNET_E_ALGORITHM},
    {"alg ES384",                   "{" EC "," JOSE_EC_XY ",\"alg\":\"ES384\"}",         SIGNET_E_ALGORITHM},

    {"oct, a secret",               "{\"kty\":\"oct\",\"k\":\"AAAA\"}",                  SIGNET_E_KEY},
    {"RFC 8037 A.1, private",       "{" OKP "," X D "}",                                 SIGNET_E_KEY},
    {"d is null",                   "{" OKP "," X ",\"d\":null}",                        SIGNET_E_KEY},
    {"d, escaped",                  "{" OKP "," X ",\"\\u0064\":\"\"}",                  SIGNET_E_KEY},
    {"p",                           "{" OKP "," X ",\"p\":1}",                           SIGNET_E_KEY},
    {"q",                           "{" OKP "," X ",\"q\":1}",                           SIGNET_E_KEY},
    {"dp",                          "{" OKP "," X ",\"dp\":1}",                          SIGNET_E_KEY},
    {"dq",                          "{" OKP "," X ",\"dq\":1}",                          SIGNET_E_KEY},
    {"qi",                          "{" OKP "," X ",\"qi\":1}",                          SIGNET_E_KEY},
    {"k",                           "{" OKP "," X ",\"k\":1}",                           SIGNET_E_KEY},
    {"oth",                         "{" OKP "," X ",\"oth\":[]}",                        SIGNET_E_KEY},
    {"a small order",               "{" OKP ",\"x\":\"" ZERO43 "\"}",                    SIGNET_E_KEY},
    {"the neutral element",         "{" OKP ",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", SIGNET_E_KEY},
    {"not canonical",               "{" OKP ",\"x\":\"__________________________________________8\"}", SIGNET_E_KEY},
    {"not on the curve",            "{" EC ",\"x\":\"" JOSE_EC_X "\",\"y\":\"" JOSE_EC_X "\"}", SIGNET_E_KEY},
    {"infinity",                    "{" EC ",\"x\":\"" ZERO43 "\",\"y\":\"" ZERO43 "\"}", SIGNET_E_KEY},
};
/* clang-format on */

TEST(reads_public_signing_keys_and_nothing_else)
{
    for (EACH(row, keys)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        signet_error err = {0};

        key = sg_jwk_read(jose_both, jose_text(row->json), &err);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(key != NULL, row->expected == SIGNET_OK);
    }
}

TEST(accepts_only_the_algorithms_of_the_caller)
{
    static const signet_algorithm *const only_es256[] = {&signet_es256, NULL};
    static const signet_algorithm *const none[] = {NULL};
    static const struct {
        const char *name, *json;
        signet_algorithms accepted;
        bool is_accepted;
    } lists[] = {
        {"Ed25519 of Ed25519", JOSE_ED, signet_only_ed25519, true},
        {"P-256 of Ed25519", JOSE_EC, signet_only_ed25519, false},
        {"P-256 of ES256", JOSE_EC, only_es256, true},
        {"Ed25519 of ES256", JOSE_ED, only_es256, false},
        {"Ed25519 of nothing", JOSE_ED, none, false},
    };

    for (EACH(row, lists)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        signet_error err = {0};

        key = sg_jwk_read(row->accepted, jose_text(row->json), &err);
        CHECK_INT(key != NULL, row->is_accepted);
        CHECK_INT(err.code, row->is_accepted ? SIGNET_OK : SIGNET_E_ALGORITHM);
    }
}

/* `before`, `count` times `filler`, `after`; lives until the program ends. */
static signet_slice
long_text(const char *before, const char *filler, size_t count, const char *after)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    REQUIRE(signet_buf_append(&text, jose_text(before), NULL));
    for (size_t i = 0; i < count; i++)
        REQUIRE(signet_buf_append(&text, jose_text(filler), NULL));
    REQUIRE(signet_buf_append(&text, jose_text(after), NULL));
    return harness_keep(signet_buf_slice(&text));
}

TEST(is_bounded_in_size_and_depth)
{
    const struct {
        const char *name;
        signet_slice json;
        bool is_accepted;
    } texts[] = {
        {"8 levels", long_text("{" OKP "," X ",\"a\":[[[[[[[", "", 0, "]]]]]]]}"), true},
        {"9 levels", long_text("{" OKP "," X ",\"a\":[[[[[[[[", "", 0, "]]]]]]]]}"), false},
        {"brackets in a text", long_text("{" OKP "," X ",\"a\":\"\\\"", "[{", 50, "\"}"), true},
        {"3000 levels", long_text("{" OKP "," X ",\"a\":", "[", 1000, ""), false},
        {"a megabyte of levels", long_text("", "[", 1 << 20, ""), false},
        {"a megabyte of white space", long_text(JOSE_ED, " ", 1 << 20, ""), false},
        {"at the limit", long_text(JOSE_ED, " ", SG_JWK_MAX - strlen(JOSE_ED), ""), true},
        {"a byte above it", long_text(JOSE_ED, " ", SG_JWK_MAX - strlen(JOSE_ED) + 1, ""), false},
        {"a NUL at the end", {(const uint8_t *)JOSE_ED, sizeof(JOSE_ED)}, false},
        {"a NUL at the start", {(const uint8_t *)"\0{}", 3}, false},
        {"a NUL in a text", {(const uint8_t *)"{\"a\":\"\0\"}", 9}, false},
        {"a NUL after a number", {(const uint8_t *)"{\"a\":1\0}", 8}, false},
    };

    for (EACH(row, texts)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        signet_error err = {0};

        key = sg_jwk_read(jose_both, row->json, &err);
        CHECK_INT(key != NULL, row->is_accepted);
        CHECK_INT(err.code, row->is_accepted ? SIGNET_OK : SIGNET_E_DECODE);
    }
}

/* RFC 8037 A.3, RFC 7638 with P-256, RFC 9449 6.1, RFC 9421 B.1.4. */
static const struct {
    const char *name, *json, *thumbprint;
} thumbprints[] = {
    {"RFC 8037 A.3", JOSE_ED, JOSE_ED_JKT},
    {"RFC 9449 6.1",
        "{\"kty\":\"EC\",\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
        "\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\",\"crv\":\"P-256\"}",
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
    {"RFC 9421 B.1.4",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
        "\"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs\",\"kid\":\"test-key-ed25519\"}",
        "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"},
};

TEST(has_the_thumbprints_of_the_standards)
{
    for (EACH(row, thumbprints)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *again = NULL;
        SIGNET_AUTO(signet_buf_free) signet_buf json = {0};
        char text[SG_JWK_THUMBPRINT_LEN + 1];
        uint8_t bytes[SG_JWK_THUMBPRINT_SIZE], decoded[SG_JWK_THUMBPRINT_SIZE];
        size_t len = 0;

        key = sg_jwk_read(jose_both, jose_text(row->json), NULL);
        REQUIRE(key && sg_jwk_thumbprint_text(key, text, NULL));
        CHECK_TEXT(text, row->thumbprint);
        CHECK(sg_jwk_thumbprint(key, bytes, NULL));
        CHECK(sg_base64url_decode(jose_text(text), decoded, sizeof(decoded), &len));
        CHECK_BYTES(((signet_slice){bytes, 32}), ((signet_slice){decoded, len}));
        CHECK(sg_jwk_write(key, &json, NULL));
        again = sg_jwk_read(jose_both, signet_buf_slice(&json), NULL);
        CHECK(again && signet_key_is_same(key, again));
    }
}

TEST(writes_the_canonical_form)
{
    SIGNET_AUTO(signet_key_free) signet_key *ed = NULL, *ec = NULL, *other = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf json = {0};
    signet_error err = {0};

    ed = jose_key(&signet_ed25519);
    ec = jose_key(&signet_es256);
    other = signet_key_generate(&signet_mldsa44, NULL);
    REQUIRE(ed && ec && other);
    CHECK(sg_jwk_write(ed, &json, NULL) && sg_jwk_write(ec, &json, NULL));
    CHECK_BYTES(
        signet_buf_slice(&json), jose_text("{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" JOSE_ED_X
                                           "\"}{\"crv\":\"P-256\",\"kty\":\"EC\"," JOSE_EC_XY "}"));
    CHECK(!sg_jwk_write(other, &json, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
}

/* --- sets --- */

#define NAMED(kid) "{" OKP "," X ",\"kid\":\"" kid "\"}"
#define EC_B       "{" EC "," JOSE_EC_XY ",\"kid\":\"b\"}"
#define SET(keys)  "{\"keys\":[" keys "]}"

/* clang-format off */
static const struct {
    const char *name, *json;
    signet_code expected;
    int count;
} sets[] = {
    {"none",                        SET(""),                                        SIGNET_OK, 0},
    {"one",                         SET(JOSE_ED),                                   SIGNET_OK, 1},
    {"two",                         SET(NAMED("a") "," EC_B),                       SIGNET_OK, 2},
    {"RSA is skipped",              SET("{\"kty\":\"RSA\",\"n\":\"AQAB\"}," EC_B),  SIGNET_OK, 1},
    {"X25519 is skipped",           SET("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" JOSE_ED_X "\"}"), SIGNET_OK, 0},
    {"encryption is skipped",       SET("{" EC "," JOSE_EC_XY ",\"use\":\"enc\"}," NAMED("a")), SIGNET_OK, 1},
    {"ECDH is skipped",             SET("{" EC "," JOSE_EC_XY ",\"alg\":\"ECDH-ES\"}"), SIGNET_OK, 0},
    {"other members",               "{\"keys\":[],\"a\":1}",                        SIGNET_OK, 0},
    {"no keys",                     "{}",                                           SIGNET_E_DECODE, 0},
    {"keys is an object",           "{\"keys\":{}}",                                SIGNET_E_DECODE, 0},
    {"keys is null",                "{\"keys\":null}",                              SIGNET_E_DECODE, 0},
    {"keys twice",                  "{\"keys\":[],\"keys\":[]}",                    SIGNET_E_DECODE, 0},
    {"a list",                      "[" JOSE_ED "]",                                SIGNET_E_DECODE, 0},
    {"a text in it",                SET("\"a\""),                                   SIGNET_E_DECODE, 0},
    {"null in it",                  SET("null"),                                    SIGNET_E_DECODE, 0},
    {"a key without kty",           SET("{" X "}"),                                 SIGNET_E_DECODE, 0},
    {"a broken key",                SET("{" OKP ",\"x\":\"AA\"}"),                  SIGNET_E_DECODE, 0},
    {"one name twice",              SET(NAMED("b") "," EC_B),                       SIGNET_E_DECODE, 0},
    {"kid is a number",             SET("{" OKP "," X ",\"kid\":1}"),               SIGNET_E_DECODE, 0},
    {"kid is empty",                SET(NAMED("")),                                 SIGNET_E_DECODE, 0},
    {"a private key",               SET(EC_B ",{" OKP "," X D "}"),                 SIGNET_E_KEY, 0},
    {"a private RSA key",           SET("{\"kty\":\"RSA\",\"d\":\"AQAB\"}"),        SIGNET_E_KEY, 0},
    {"a secret",                    SET("{\"kty\":\"oct\",\"k\":\"AQAB\"}"),        SIGNET_E_KEY, 0},
    {"a weak key",                  SET("{" OKP ",\"x\":\"" ZERO43 "\"}"),          SIGNET_E_KEY, 0},
};
/* clang-format on */

TEST(reads_sets)
{
    for (EACH(row, sets)) {
        SIGNET_AUTO(sg_jwks_free) sg_jwks *set = NULL;
        signet_error err = {0};

        set = sg_jwks_read(jose_both, jose_text(row->json), &err);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(set != NULL, row->expected == SIGNET_OK);
        if (set)
            CHECK_INT(sg_jwks_count(set), row->count);
    }
}

TEST(bounds_sets)
{
    SIGNET_AUTO(sg_jwks_free) sg_jwks *full = NULL;
    const struct {
        const char *name;
        signet_slice json;
    } broken[] = {
        {"a key more", long_text("{\"keys\":[{\"kty\":\"a\"}", ",{\"kty\":\"a\"}", 64, "]}")},
        {"a megabyte", long_text("{\"keys\":[", " ", 1 << 20, "]}")},
    };

    full = sg_jwks_read(jose_both, long_text("{\"keys\":[" JOSE_ED, "," JOSE_ED, 63, "]}"), NULL);
    REQUIRE(full);
    CHECK_INT(sg_jwks_count(full), 64);
    for (EACH(row, broken)) {
        signet_error err = {0};

        CHECK(!sg_jwks_read(jose_both, row->json, &err));
        CHECK_INT(err.code, SIGNET_E_DECODE);
    }
}

TEST(finds_keys_by_name)
{
    SIGNET_AUTO(sg_jwks_free) sg_jwks *two = NULL, *one = NULL;
    const signet_key *found = NULL;

    two = sg_jwks_read(jose_both, jose_text(SET(NAMED("a") "," EC_B)), NULL);
    one = sg_jwks_read(jose_both, jose_text(SET(JOSE_ED)), NULL);
    REQUIRE(two && one);
    found = sg_jwks_find(two, jose_text("b"));
    CHECK(found && signet_key_algorithm(found) == &signet_es256);
    found = sg_jwks_find(two, jose_text("a"));
    CHECK(found && signet_key_algorithm(found) == &signet_ed25519);
    CHECK(!sg_jwks_find(two, jose_text("c")));
    CHECK(!sg_jwks_find(two, jose_text("A")));
    CHECK(!sg_jwks_find(two, (signet_slice){NULL, 0}));
    CHECK(sg_jwks_find(one, (signet_slice){NULL, 0}) != NULL);
    CHECK(!sg_jwks_find(one, jose_text("a")));
}

TESTS(TEST_OF(reads_public_signing_keys_and_nothing_else),
    TEST_OF(accepts_only_the_algorithms_of_the_caller), TEST_OF(is_bounded_in_size_and_depth),
    TEST_OF(has_the_thumbprints_of_the_standards), TEST_OF(writes_the_canonical_form),
    TEST_OF(reads_sets), TEST_OF(bounds_sets), TEST_OF(finds_keys_by_name))
