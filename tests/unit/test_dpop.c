/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs as RFC 9449 4.3 wants them, appendix D 11 of the specification, and what is neither. */
#include "crypto/digest.h"
#include "http/dpop.h"
#include "jose.h"

/* RFC 9449 4.1 and 7.1 */
#define RFC_HEADER                                                                                 \
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNo" \
    "UklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERW" \
    "clUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
#define RFC_TOKEN_PROOF                                                                            \
    RFC_HEADER                                                                                     \
    ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGU" \
    "uY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbd" \
    "LXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
#define RFC_RESOURCE_PROOF                                                                         \
    RFC_HEADER                                                                                     \
    ".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGx" \
    "lLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0"  \
    "JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yq" \
    "yVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
#define RFC_TOKEN "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
#define RFC_JKT   "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
#define RFC_ATH   "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"

static bool
check(const sg_dpop_proof *proof, const sg_dpop_facts *facts, sg_dpop_verdict *ret_verdict,
    signet_error *err)
{
    sg_dpop_refusal refusal = SG_DPOP_REFUSE_NO_CREDENTIALS;
    bool is_good = sg_dpop_check(proof, facts, ret_verdict, &refusal, err);

    if (!is_good)
        CHECK_INT(refusal, SG_DPOP_REFUSE_PROOF);
    return is_good;
}

TEST(accepts_the_proofs_of_rfc_9449)
{
    static const struct {
        const char *name, *proof, *method, *url, *token;
        int64_t now;
    } figures[] = {
        {"figure of 4.1", RFC_TOKEN_PROOF, "POST", "https://server.example.com/token", NULL,
            1562262616},
        {"figure of 7.1", RFC_RESOURCE_PROOF, "GET",
            "https://resource.example.org/protectedresource", RFC_TOKEN, 1562262618},
    };

    for (EACH(row, figures)) {
        SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
        sg_dpop_facts facts = {
            .method = jose_text(row->method), .url = jose_text(row->url), .now = row->now};
        sg_dpop_verdict verdict = {0};
        char text[64] = {0};

        if (row->token)
            facts.access_token = jose_text(row->token);
        REQUIRE(sg_dpop_read(jose_both, jose_text(row->proof), &proof, NULL));
        CHECK(check(&proof, &facts, &verdict, NULL));
        sg_base64url_encode((signet_slice){proof.thumbprint, 32}, text);
        CHECK_TEXT(text, RFC_JKT);
        memset(text, 0, sizeof(text));
        sg_base64url_encode((signet_slice){proof.token_hash, 32}, text);
        if (row->token)
            CHECK_TEXT(text, RFC_ATH);
    }
}

/* --- reading --- */

#define HEAD    "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}"
#define HEAD_EC "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":" JOSE_EC "}"
#define JTI     "\"jti\":\"e1j3V_bKic8-LAEB\""
#define HTM     "\"htm\":\"GET\""
#define HTU     "\"htu\":\"https://a.example/b\""
#define IAT     "\"iat\":1700000000"
#define MINIMAL JTI "," HTM "," HTU "," IAT
#define ALL(x)  "{" MINIMAL x "}"
#define HASH    "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" /* of nothing */
#define JTI_256                                                                                    \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum { NOW = 1700000000 };

/* clang-format off */
static const struct {
    const char *name, *header, *claims;
    signet_code expected;
} proofs[] = {
    {"Ed25519, EdDSA",           HEAD, ALL(""),                                              SIGNET_OK},
    {"Ed25519, Ed25519",         "{\"typ\":\"dpop+jwt\",\"alg\":\"Ed25519\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_OK},
    {"P-256, ES256",             HEAD_EC, ALL(""),                                           SIGNET_OK},
    {"unknown claims",           HEAD, ALL(",\"a\":1.5,\"b\":[{}],\"c\":null"),              SIGNET_OK},
    {"all claims",               HEAD, ALL(",\"ath\":\"" HASH "\",\"htq\":\"" HASH "\",\"htd\":\"" HASH "\",\"nonce\":\"n\",\"exp\":1,\"nbf\":-1"), SIGNET_OK},
    {"jti of 256 bytes",         HEAD, "{\"jti\":\"" JTI_256 "\"," HTM "," HTU "," IAT "}",  SIGNET_OK},

    {"no typ",                   "{\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""),         SIGNET_E_DECODE},
    {"typ JWT",                  "{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"typ at+jwt",               "{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"typ of another case",      "{\"typ\":\"DPoP+JWT\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"typ with application/",    "{\"typ\":\"application/dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"typ is a list",            "{\"typ\":[\"dpop+jwt\"],\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"typ twice",                "{\"typ\":\"dpop+jwt\",\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"no alg",                   "{\"typ\":\"dpop+jwt\",\"jwk\":" JOSE_ED "}", ALL(""),      SIGNET_E_DECODE},
    {"alg none",                 "{\"typ\":\"dpop+jwt\",\"alg\":\"none\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_ALGORITHM},
    {"HS256",                    "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_ALGORITHM},
    {"HS256 with a secret",      "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}", ALL(""), SIGNET_E_ALGORITHM},
    {"EdDSA with a secret",      "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}", ALL(""), SIGNET_E_KEY},
    {"RS256",                    "{\"typ\":\"dpop+jwt\",\"alg\":\"RS256\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_ALGORITHM},
    {"ES256 with Ed25519",       "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_ALGORITHM},
    {"EdDSA with P-256",         "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_EC "}", ALL(""), SIGNET_E_ALGORITHM},
    {"EdDSA with Ed448",         "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"" JOSE_ED_X "\"}}", ALL(""), SIGNET_E_ALGORITHM},
    {"no jwk",                   "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\"}", ALL(""),        SIGNET_E_DECODE},
    {"kid instead",              "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"kid\":\"a\"}", ALL(""), SIGNET_E_DECODE},
    {"jwk is a text",            "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":\"a\"}", ALL(""), SIGNET_E_DECODE},
    {"jwk is null",              "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":null}", ALL(""), SIGNET_E_DECODE},
    {"jwk is a list",            "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":[" JOSE_ED "]}", ALL(""), SIGNET_E_DECODE},
    {"jwk twice",                "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_EC ",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"a private jwk",            "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":{\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" JOSE_ED_X "\"}}", ALL(""), SIGNET_E_KEY},
    {"crit",                     "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"crit\":[\"a\"],\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"x5u",                      "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"x5u\":\"https://a\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"jku",                      "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jku\":\"https://a\",\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"b64",                      "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"b64\":true,\"jwk\":" JOSE_ED "}", ALL(""), SIGNET_E_DECODE},
    {"the key of another",       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs\"}}", ALL(""), SIGNET_E_SIGNATURE},

    {"no claims",                HEAD, "{}",                                                 SIGNET_E_DECODE},
    {"no jti",                   HEAD, "{" HTM "," HTU "," IAT "}",                          SIGNET_E_DECODE},
    {"jti is a number",          HEAD, "{\"jti\":1234567890123456," HTM "," HTU "," IAT "}", SIGNET_E_DECODE},
    {"jti is empty",             HEAD, "{\"jti\":\"\"," HTM "," HTU "," IAT "}",             SIGNET_E_DECODE},
    {"jti of 15 bytes",          HEAD, "{\"jti\":\"e1j3V_bKic8-LAE\"," HTM "," HTU "," IAT "}", SIGNET_E_DECODE},
    {"jti of 257 bytes",         HEAD, "{\"jti\":\"" JTI_256 "0\"," HTM "," HTU "," IAT "}", SIGNET_E_DECODE},
    {"jti with a NUL",           HEAD, "{\"jti\":\"e1j3V_bKic8-LAEB\\u0000\"," HTM "," HTU "," IAT "}", SIGNET_E_DECODE},
    {"jti with a line feed",     HEAD, "{\"jti\":\"e1j3V_bKic8-LAEB\\n\"," HTM "," HTU "," IAT "}", SIGNET_E_DECODE},
    {"jti not in ASCII",         HEAD, "{\"jti\":\"e1j3V_bKic8-LAEB\xc3\xa4\"," HTM "," HTU "," IAT "}", SIGNET_E_DECODE},
    {"jti twice",                HEAD, ALL("," JTI),                                         SIGNET_E_DECODE},
    {"no htm",                   HEAD, "{" JTI "," HTU "," IAT "}",                          SIGNET_E_DECODE},
    {"htm is null",              HEAD, "{" JTI ",\"htm\":null," HTU "," IAT "}",             SIGNET_E_DECODE},
    {"htm is too long",          HEAD, "{" JTI ",\"htm\":\"GETGETGETGETGETGETGETGETGETGETGET\"," HTU "," IAT "}", SIGNET_E_DECODE},
    {"no htu",                   HEAD, "{" JTI "," HTM "," IAT "}",                          SIGNET_E_DECODE},
    {"htu is a list",            HEAD, "{" JTI "," HTM ",\"htu\":[\"https://a.example/b\"]," IAT "}", SIGNET_E_DECODE},
    {"htu twice",                HEAD, ALL("," HTU),                                         SIGNET_E_DECODE},
    {"no iat",                   HEAD, "{" JTI "," HTM "," HTU "}",                          SIGNET_E_DECODE},
    {"iat with a fraction",      HEAD, "{" JTI "," HTM "," HTU ",\"iat\":1700000000.0}",     SIGNET_E_DECODE},
    {"iat with an exponent",     HEAD, "{" JTI "," HTM "," HTU ",\"iat\":17e8}",             SIGNET_E_DECODE},
    {"iat is a text",            HEAD, "{" JTI "," HTM "," HTU ",\"iat\":\"1700000000\"}",   SIGNET_E_DECODE},
    {"iat is null",              HEAD, "{" JTI "," HTM "," HTU ",\"iat\":null}",             SIGNET_E_DECODE},
    {"iat is true",              HEAD, "{" JTI "," HTM "," HTU ",\"iat\":true}",             SIGNET_E_DECODE},
    {"iat with a zero before",   HEAD, "{" JTI "," HTM "," HTU ",\"iat\":01700000000}",      SIGNET_E_DECODE},
    {"iat with a sign",          HEAD, "{" JTI "," HTM "," HTU ",\"iat\":+1700000000}",      SIGNET_E_DECODE},
    {"iat in hex",               HEAD, "{" JTI "," HTM "," HTU ",\"iat\":0x6553f100}",       SIGNET_E_DECODE},
    {"iat of 65 bits",           HEAD, "{" JTI "," HTM "," HTU ",\"iat\":18446744073709551616}", SIGNET_E_DECODE},
    {"iat twice",                HEAD, ALL("," IAT),                                         SIGNET_E_DECODE},
    {"exp is a text",            HEAD, ALL(",\"exp\":\"1800000000\""),                       SIGNET_E_DECODE},
    {"exp with a fraction",      HEAD, ALL(",\"exp\":1800000000.5"),                         SIGNET_E_DECODE},
    {"nbf is null",              HEAD, ALL(",\"nbf\":null"),                                 SIGNET_E_DECODE},
    {"ath is a number",          HEAD, ALL(",\"ath\":1"),                                    SIGNET_E_DECODE},
    {"ath is empty",             HEAD, ALL(",\"ath\":\"\""),                                 SIGNET_E_DECODE},
    {"ath is padded",            HEAD, ALL(",\"ath\":\"" HASH "=\""),                        SIGNET_E_DECODE},
    {"ath of 31 bytes",          HEAD, ALL(",\"ath\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\""), SIGNET_E_DECODE},
    {"ath with stray bits",      HEAD, ALL(",\"ath\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV\""), SIGNET_E_DECODE},
    {"ath in plain base64",      HEAD, ALL(",\"ath\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\""), SIGNET_E_DECODE},
    {"ath twice",                HEAD, ALL(",\"ath\":\"" HASH "\",\"ath\":\"" HASH "\""),    SIGNET_E_DECODE},
    {"htq is null",              HEAD, ALL(",\"htq\":null"),                                 SIGNET_E_DECODE},
    {"htd is a list",            HEAD, ALL(",\"htd\":[]"),                                   SIGNET_E_DECODE},
    {"nonce is a number",        HEAD, ALL(",\"nonce\":1"),                                  SIGNET_E_DECODE},
    {"nonce is empty",           HEAD, ALL(",\"nonce\":\"\""),                               SIGNET_E_DECODE},
    {"nonce is too long",        HEAD, ALL(",\"nonce\":\"" JTI_256 "0\""),                   SIGNET_E_DECODE},
    {"a list",                   HEAD, "[" ALL("") "]",                                      SIGNET_E_DECODE},
    {"a byte more",              HEAD, ALL("") "x",                                          SIGNET_E_DECODE},
    {"deep",                     HEAD, ALL(",\"a\":[[[[[[[[]]]]]]]]"),                       SIGNET_E_DECODE},
    {"no JSON",                  HEAD, "jti",                                                SIGNET_E_DECODE},
};
/* clang-format on */

TEST(reads_proofs)
{
    SIGNET_AUTO(signet_key_free) signet_key *ed = jose_key(&signet_ed25519);
    SIGNET_AUTO(signet_key_free) signet_key *ec = jose_key(&signet_es256);

    REQUIRE(ed && ec);
    for (EACH(row, proofs)) {
        SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
        const signet_key *key = strstr(row->header, "P-256") ? ec : ed;
        signet_error err = {0};

        CHECK_INT(sg_dpop_read(jose_both,
                      jose_sign(jose_text(row->header), jose_text(row->claims), key), &proof, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(proof.claims != NULL, row->expected == SIGNET_OK);
    }
}

TEST(accepts_only_the_algorithms_of_the_caller)
{
    SIGNET_AUTO(signet_key_free) signet_key *ec = jose_key(&signet_es256);
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
    signet_error err = {0};

    REQUIRE(ec);
    CHECK(!sg_dpop_read(
        signet_only_ed25519, jose_sign(jose_text(HEAD_EC), jose_text(ALL("")), ec), &proof, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
}

/* --- judging --- */

#define TOKEN_HASH "\"ath\":\"" RFC_ATH "\""
#define URL        "https://a.example/b"
#define AT(t)      "{" JTI "," HTM "," HTU ",\"iat\":" t "}"
#define TO(u)      "{" JTI "," HTM ",\"htu\":\"" u "\"," IAT "}"
#define BY(m)      "{" JTI ",\"htm\":\"" m "\"," HTU "," IAT "}"

/* clang-format off */
static const struct {
    const char *name, *claims, *method, *url, *token;
    int64_t now;
    signet_code expected;
} judgements[] = {
    {"good",                      ALL(""),                   "GET",  URL,                      NULL,      NOW, SIGNET_OK},
    {"good, of this token",       ALL("," TOKEN_HASH),       "GET",  URL,                      RFC_TOKEN, NOW, SIGNET_OK},
    {"the query is not in it",    ALL(""),                   "GET",  URL "?a=1",               NULL,      NOW, SIGNET_OK},
    {"and ignored if it is",      TO(URL "?b=2#c"),          "GET",  URL "?a=1",               NULL,      NOW, SIGNET_OK},
    {"host in another case",      TO("HTTPS://A.Example/b"), "GET",  URL,                      NULL,      NOW, SIGNET_OK},
    {"the port of the scheme",    TO("https://a.example:443/b"), "GET", URL,                   NULL,      NOW, SIGNET_OK},
    {"an empty port",             TO("https://a.example:/b"), "GET", URL,                      NULL,      NOW, SIGNET_OK},
    {"escaped without need",      TO("https://a.example/%62"), "GET", URL,                     NULL,      NOW, SIGNET_OK},
    {"dot segments",              TO("https://a.example/c/.././b"), "GET", URL,                NULL,      NOW, SIGNET_OK},
    {"nonce, though not wanted",  ALL(",\"nonce\":\"n\""),   "GET",  URL,                      NULL,      NOW, SIGNET_OK},
    {"60 seconds old",            ALL(""),                   "GET",  URL,                      NULL,      NOW + 60, SIGNET_OK},
    {"60 seconds early",          ALL(""),                   "GET",  URL,                      NULL,      NOW - 60, SIGNET_OK},
    {"exp within the skew",       ALL(",\"exp\":1699999941"), "GET", URL,                      NULL,      NOW, SIGNET_OK},
    {"nbf within the skew",       ALL(",\"nbf\":1700000060"), "GET", URL,                      NULL,      NOW, SIGNET_OK},
    {"at the end of time",        AT("9223372036854775807"), "GET",  URL,                      NULL,      INT64_MAX, SIGNET_OK},
    {"at its start",              AT("-9223372036854775808"), "GET", URL,                      NULL,      INT64_MIN, SIGNET_OK},

    {"61 seconds old",            ALL(""),                   "GET",  URL,                      NULL,      NOW + 61, SIGNET_E_TIME},
    {"61 seconds early",          ALL(""),                   "GET",  URL,                      NULL,      NOW - 61, SIGNET_E_TIME},
    {"iat is 0",                  AT("0"),                   "GET",  URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"iat is negative",           AT("-1700000000"),         "GET",  URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"iat in milliseconds",       AT("1700000000000"),       "GET",  URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"iat is the largest",        AT("9223372036854775807"), "GET",  URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"iat is the smallest",       AT("-9223372036854775808"), "GET", URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"the end and the start",     AT("9223372036854775807"), "GET",  URL,                      NULL,      INT64_MIN, SIGNET_E_TIME},
    {"exp in the past",           ALL(",\"exp\":1699999940"), "GET", URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"nbf in the future",         ALL(",\"nbf\":1700000061"), "GET", URL,                      NULL,      NOW, SIGNET_E_TIME},
    {"another method",            ALL(""),                   "POST", URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"method of another case",    BY("get"),                 "GET",  URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"a method with a blank",     BY("GET "),                "GET",  URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"HEAD for GET",              ALL(""),                   "HEAD", URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"another path",              ALL(""),                   "GET",  "https://a.example/c",    NULL,      NOW, SIGNET_E_TOKEN},
    {"a path that goes on",       ALL(""),                   "GET",  URL "/c",                 NULL,      NOW, SIGNET_E_TOKEN},
    {"a slash more",              ALL(""),                   "GET",  URL "/",                  NULL,      NOW, SIGNET_E_TOKEN},
    {"path of another case",      TO("https://a.example/B"), "GET",  URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"an escaped slash",          TO("https://a.example/b%2Fc"), "GET", URL "/c",              NULL,      NOW, SIGNET_E_TOKEN},
    {"another host",              ALL(""),                   "GET",  "https://b.example/b",    NULL,      NOW, SIGNET_E_TOKEN},
    {"a host that goes on",       TO("https://a.example.b.example/b"), "GET", URL,             NULL,      NOW, SIGNET_E_TOKEN},
    {"a dot after the host",      TO("https://a.example./b"), "GET", URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"another port",              TO("https://a.example:8443/b"), "GET", URL,                  NULL,      NOW, SIGNET_E_TOKEN},
    {"the port of http",          TO("https://a.example:80/b"), "GET", URL,                    NULL,      NOW, SIGNET_E_TOKEN},
    {"another scheme",            TO("http://a.example/b"),  "GET",  URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"a path only",               TO("/b"),                  "GET",  URL,                      NULL,      NOW, SIGNET_E_DECODE},
    {"a user",                    TO("https://u@a.example/b"), "GET", URL,                     NULL,      NOW, SIGNET_E_DECODE},
    {"a user as the host",        TO("https://a.example/b@evil.example"), "GET", URL,          NULL,      NOW, SIGNET_E_TOKEN},
    {"a backslash",               TO("https://a.example\\\\b"), "GET", URL,                    NULL,      NOW, SIGNET_E_DECODE},
    {"a broken escape",           TO("https://a.example/%6"), "GET", URL,                      NULL,      NOW, SIGNET_E_DECODE},
    {"no ath",                    ALL(""),                   "GET",  URL,                      RFC_TOKEN, NOW, SIGNET_E_TOKEN},
    {"ath of another token",      ALL("," TOKEN_HASH),       "GET",  URL,                      RFC_TOKEN "a", NOW, SIGNET_E_TOKEN},
    {"ath without a token",       ALL("," TOKEN_HASH),       "GET",  URL,                      NULL,      NOW, SIGNET_E_TOKEN},
    {"htq of another query",      ALL(",\"htq\":\"" HASH "\""), "GET", URL "?a=1",             NULL,      NOW, SIGNET_E_TOKEN},
    {"htq of no query",           ALL(",\"htq\":\"" HASH "\""), "GET", URL,                    NULL,      NOW, SIGNET_OK},
    {"htq of an empty query",     ALL(",\"htq\":\"" HASH "\""), "GET", URL "?",                NULL,      NOW, SIGNET_OK},
};
/* clang-format on */

static sg_dpop_proof
proof_of(const char *claims)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519);
    sg_dpop_proof proof = {0};

    REQUIRE(key && sg_dpop_read(jose_both, jose_sign(jose_text(HEAD), jose_text(claims), key),
                       &proof, NULL));
    return proof;
}

TEST(judges_proofs)
{
    for (EACH(row, judgements)) {
        SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = proof_of(row->claims);
        sg_dpop_facts facts = {
            .method = jose_text(row->method), .url = jose_text(row->url), .now = row->now};
        sg_dpop_verdict verdict = {0};
        signet_error err = {0};

        if (row->token)
            facts.access_token = jose_text(row->token);
        CHECK_INT(check(&proof, &facts, &verdict, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
    }
}

TEST(keeps_replay_keys_as_long_as_a_proof_is_good)
{
    static const struct {
        const char *name;
        int64_t now, keep_until;
    } times[] = {
        {"at once", NOW, NOW + 120},
        {"late", NOW + 60, NOW + 180},
        {"early", NOW - 60, NOW + 61},
        {"a second early", NOW - 1, NOW + 119},
    };
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = proof_of(ALL(""));

    for (EACH(row, times)) {
        sg_dpop_facts facts = {.method = jose_text("GET"), .url = jose_text(URL), .now = row->now};
        sg_dpop_verdict verdict = {0};

        CHECK(check(&proof, &facts, &verdict, NULL));
        CHECK_INT(verdict.keep_until, row->keep_until);
    }
}

TEST(has_one_replay_key_for_each_target_and_id)
{
    static const struct {
        const char *name, *claims;
        bool is_same;
    } others[] = {
        {"the same, later", "{" JTI "," HTM "," HTU ",\"iat\":1700000001}", true},
        {"the same target, written differently", TO("https://A.example:443/./b?q"), true},
        {"another id", "{\"jti\":\"e1j3V_bKic8-LAEC\"," HTM "," HTU "," IAT "}", false},
    };
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof first = proof_of(ALL(""));
    sg_dpop_facts facts = {.method = jose_text("GET"), .url = jose_text(URL), .now = NOW};
    sg_dpop_verdict verdict = {0}, other = {0};
    uint8_t expected[32];

    REQUIRE(check(&first, &facts, &verdict, NULL));
    sg_sha256(jose_text("e1j3V_bKic8-LAEB" URL JOSE_ED_JKT), expected);
    CHECK_BYTES(((signet_slice){verdict.replay_key, 32}), ((signet_slice){expected, 32}));
    for (EACH(row, others)) {
        SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = proof_of(row->claims);

        REQUIRE(check(&proof, &facts, &other, NULL));
        CHECK_INT(memcmp(verdict.replay_key, other.replay_key, 32) == 0, row->is_same);
    }
}

TEST(covers_query_and_content_on_demand)
{
    static const uint8_t other[32] = {1};
    uint8_t nothing[32];
    const struct {
        const char *name, *claims;
        const uint8_t *content_hash;
        bool needs_query, needs_content, is_accepted;
    } demands[] = {
        {"neither demanded nor there", ALL(""), other, false, false, true},
        {"query demanded and there", ALL(",\"htq\":\"" HASH "\""), NULL, true, false, true},
        {"content demanded, not known", ALL(",\"htd\":\"" HASH "\""), NULL, false, true, true},
        {"content demanded and the same", ALL(",\"htd\":\"" HASH "\""), nothing, false, true, true},
        {"content the other", ALL(",\"htd\":\"" HASH "\""), other, false, true, false},
        {"content the other, not demanded", ALL(",\"htd\":\"" HASH "\""), other, false, false,
            false},
        {"query missing", ALL(",\"htd\":\"" HASH "\""), nothing, true, true, false},
        {"content missing", ALL(",\"htq\":\"" HASH "\""), nothing, true, true, false},
    };

    sg_sha256((signet_slice){NULL, 0}, nothing);
    for (EACH(row, demands)) {
        SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = proof_of(row->claims);
        sg_dpop_facts facts = {.method = jose_text("GET"),
            .url = jose_text(URL),
            .now = NOW,
            .content_hash = row->content_hash,
            .needs_query_hash = row->needs_query,
            .needs_content_hash = row->needs_content};
        sg_dpop_verdict verdict = {0};

        CHECK_INT(check(&proof, &facts, &verdict, NULL), row->is_accepted);
        if (row->is_accepted && verdict.covers_content)
            CHECK(memcmp(verdict.content_hash, nothing, 32) == 0);
        CHECK(!row->is_accepted || verdict.covers_query == row->needs_query);
    }
}

TESTS(TEST_OF(accepts_the_proofs_of_rfc_9449), TEST_OF(reads_proofs),
    TEST_OF(accepts_only_the_algorithms_of_the_caller), TEST_OF(judges_proofs),
    TEST_OF(keeps_replay_keys_as_long_as_a_proof_is_good),
    TEST_OF(has_one_replay_key_for_each_target_and_id), TEST_OF(covers_query_and_content_on_demand))
