/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens: RFC 9068, and whose they are: RFC 9449 6 and 7.2, RFC 8705 3. */
#include "http/access_token.h"
#include "jose.h"

enum { NOW = 1700000000 };

#define HEAD    "{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}"
#define HASH    "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU" /* 32 bytes, of anything */
#define ISS     "\"iss\":\"https://as.example\""
#define AUD     "\"aud\":\"https://rs.example\""
#define SUB     "\"sub\":\"alice\",\"jti\":\"1\""
#define TIMES   "\"iat\":1700000000,\"nbf\":1700000000,\"exp\":1700000300"
#define JKT     "\"cnf\":{\"jkt\":\"" JOSE_ED_JKT "\"}"
#define X5T     "\"cnf\":{\"x5t#S256\":\"" HASH "\"}"
#define BOTH    "\"cnf\":{\"jkt\":\"" JOSE_ED_JKT "\",\"x5t#S256\":\"" HASH "\"}"
#define GOOD    "{" ISS "," AUD "," SUB "," TIMES "," JKT "}"
#define WITH(x) "{" ISS "," AUD "," SUB "," TIMES "," JKT "," x "}"
#define AUD_(x) "{" ISS ",\"aud\":" x "," SUB "," TIMES "," JKT "}"
#define CNF(x)  "{" ISS "," AUD "," SUB "," TIMES ",\"cnf\":" x "}"
#define AT(x)   "{" ISS "," AUD "," SUB "," JKT "," x "}"
#define SET                                                                                        \
    "{\"keys\":[{\"kid\":\"k1\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" JOSE_ED_X "\"},"     \
    "{\"kid\":\"k2\",\"kty\":\"EC\",\"crv\":\"P-256\"," JOSE_EC_XY "}]}"

/* clang-format off */
static const struct {
    const char *name, *header, *claims;
    signet_code expected;
} tokens[] = {
    {"good",                     HEAD, GOOD,                                               SIGNET_OK},
    {"typ with application/",    "{\"typ\":\"application/at+jwt\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}", GOOD, SIGNET_OK},
    {"of the P-256 key",         "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"k2\"}", GOOD, SIGNET_OK},
    {"with client and scope",    HEAD, WITH("\"client_id\":\"c\",\"scope\":\"a b\""),      SIGNET_OK},
    {"bound to a certificate",   HEAD, CNF("{\"x5t#S256\":\"" HASH "\"}"),                 SIGNET_OK},
    {"bound to both",            HEAD, "{" ISS "," AUD "," SUB "," TIMES "," BOTH "}",     SIGNET_OK},
    {"bound in another way too", HEAD, CNF("{\"jkt\":\"" JOSE_ED_JKT "\",\"kid\":\"a\"}"), SIGNET_OK},
    {"aud is a list",            HEAD, AUD_("[\"https://other.example\",\"https://rs.example\"]"), SIGNET_OK},
    {"no nbf",                   HEAD, AT("\"iat\":1700000000,\"exp\":1700000300"),        SIGNET_OK},
    {"59 seconds after exp",     HEAD, AT("\"iat\":1699999000,\"exp\":1699999941"),        SIGNET_OK},
    {"60 seconds before nbf",    HEAD, AT("\"iat\":1700000060,\"nbf\":1700000060,\"exp\":1700000300"), SIGNET_OK},

    {"60 seconds after exp",     HEAD, AT("\"iat\":1699999000,\"exp\":1699999940"),        SIGNET_E_TIME},
    {"exp is 0",                 HEAD, AT("\"iat\":1699999000,\"exp\":0"),                 SIGNET_E_TIME},
    {"exp is the smallest",      HEAD, AT("\"iat\":0,\"exp\":-9223372036854775808"),       SIGNET_E_TIME},
    {"61 seconds before nbf",    HEAD, AT("\"iat\":1700000000,\"nbf\":1700000061,\"exp\":1700000300"), SIGNET_E_TIME},
    {"issued in the future",     HEAD, AT("\"iat\":1700000061,\"exp\":1700000300"),        SIGNET_E_TIME},
    {"no typ",                   "{\"alg\":\"EdDSA\",\"kid\":\"k1\"}", GOOD,               SIGNET_E_DECODE},
    {"typ JWT",                  "{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}", GOOD, SIGNET_E_DECODE},
    {"a proof as a token",       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}", GOOD, SIGNET_E_DECODE},
    {"typ of another case",      "{\"typ\":\"AT+JWT\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}", GOOD, SIGNET_E_DECODE},
    {"alg none",                 "{\"typ\":\"at+jwt\",\"alg\":\"none\",\"kid\":\"k1\"}", GOOD, SIGNET_E_ALGORITHM},
    {"HS256",                    "{\"typ\":\"at+jwt\",\"alg\":\"HS256\",\"kid\":\"k1\"}", GOOD, SIGNET_E_ALGORITHM},
    {"ES256 with the other key", "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"k1\"}", GOOD, SIGNET_E_ALGORITHM},
    {"an unknown key",           "{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"kid\":\"k3\"}", GOOD, SIGNET_E_NOT_FOUND},
    {"no kid",                   "{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\"}", GOOD,           SIGNET_E_NOT_FOUND},
    {"its own key",              "{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JOSE_ED "}", GOOD, SIGNET_E_NOT_FOUND},
    {"the signature of the other", "{\"typ\":\"at+jwt\",\"alg\":\"ES256\",\"kid\":\"k2\",\"x\":1}", GOOD, SIGNET_E_SIGNATURE},
    {"no iss",                   HEAD, "{" AUD "," SUB "," TIMES "," JKT "}",              SIGNET_E_DECODE},
    {"iss is a list",            HEAD, "{\"iss\":[\"https://as.example\"]," AUD "," SUB "," TIMES "," JKT "}", SIGNET_E_DECODE},
    {"another iss",              HEAD, "{\"iss\":\"https://as.example.evil\"," AUD "," SUB "," TIMES "," JKT "}", SIGNET_E_TRUST},
    {"a slash after iss",        HEAD, "{\"iss\":\"https://as.example/\"," AUD "," SUB "," TIMES "," JKT "}", SIGNET_E_TRUST},
    {"iss twice",                HEAD, WITH(ISS),                                          SIGNET_E_DECODE},
    {"no aud",                   HEAD, "{" ISS "," SUB "," TIMES "," JKT "}",              SIGNET_E_TOKEN},
    {"another aud",              HEAD, AUD_("\"https://rs.example.evil\""),                SIGNET_E_TOKEN},
    {"aud is empty",             HEAD, AUD_("\"\""),                                       SIGNET_E_TOKEN},
    {"aud is null",              HEAD, AUD_("null"),                                       SIGNET_E_TOKEN},
    {"aud is an object",         HEAD, AUD_("{\"https://rs.example\":1}"),                 SIGNET_E_TOKEN},
    {"aud is an empty list",     HEAD, AUD_("[]"),                                         SIGNET_E_TOKEN},
    {"aud is a list of lists",   HEAD, AUD_("[[\"https://rs.example\"]]"),                 SIGNET_E_DECODE},
    {"a number in aud",          HEAD, AUD_("[\"https://rs.example\",1]"),                 SIGNET_E_DECODE},
    {"no sub",                   HEAD, "{" ISS "," AUD ",\"jti\":\"1\"," TIMES "," JKT "}", SIGNET_E_DECODE},
    {"no jti",                   HEAD, "{" ISS "," AUD ",\"sub\":\"a\"," TIMES "," JKT "}", SIGNET_E_DECODE},
    {"client_id is a number",    HEAD, WITH("\"client_id\":1"),                            SIGNET_E_DECODE},
    {"scope is a list",          HEAD, WITH("\"scope\":[\"a\"]"),                          SIGNET_E_DECODE},
    {"no exp",                   HEAD, AT("\"iat\":1700000000"),                           SIGNET_E_DECODE},
    {"no iat",                   HEAD, AT("\"exp\":1700000300"),                           SIGNET_E_DECODE},
    {"exp is a text",            HEAD, AT("\"iat\":1700000000,\"exp\":\"1700000300\""),    SIGNET_E_DECODE},
    {"exp with a fraction",      HEAD, AT("\"iat\":1700000000,\"exp\":1700000300.5"),      SIGNET_E_DECODE},
    {"exp with an exponent",     HEAD, AT("\"iat\":1700000000,\"exp\":1e300"),             SIGNET_E_DECODE},
    {"exp is null",              HEAD, AT("\"iat\":1700000000,\"exp\":null"),              SIGNET_E_DECODE},
    {"nbf is a text",            HEAD, AT("\"iat\":1700000000,\"nbf\":\"0\",\"exp\":1700000300"), SIGNET_E_DECODE},
    {"exp twice",                HEAD, WITH("\"exp\":1700000300"),                         SIGNET_E_DECODE},
    {"no cnf",                   HEAD, "{" ISS "," AUD "," SUB "," TIMES "}",              SIGNET_E_TOKEN},
    {"cnf is empty",             HEAD, CNF("{}"),                                          SIGNET_E_TOKEN},
    {"cnf is a text",            HEAD, CNF("\"" JOSE_ED_JKT "\""),                         SIGNET_E_TOKEN},
    {"cnf of another kind",      HEAD, CNF("{\"kid\":\"a\"}"),                             SIGNET_E_TOKEN},
    {"jkt is a number",          HEAD, CNF("{\"jkt\":1}"),                                 SIGNET_E_DECODE},
    {"jkt is padded",            HEAD, CNF("{\"jkt\":\"" JOSE_ED_JKT "=\"}"),              SIGNET_E_DECODE},
    {"jkt of 16 bytes",          HEAD, CNF("{\"jkt\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"),        SIGNET_E_DECODE},
    {"x5t#S256 in hex",          HEAD, CNF("{\"x5t#S256\":\"00000000000000000000000000000000\"}"), SIGNET_E_DECODE},
    {"jkt null beside x5t#S256", HEAD, CNF("{\"jkt\":null,\"x5t#S256\":\"" HASH "\"}"),    SIGNET_E_DECODE},
    {"a list of claims",         HEAD, "[" GOOD "]",                                       SIGNET_E_DECODE},
    {"a byte more",              HEAD, GOOD "x",                                           SIGNET_E_DECODE},
};
/* clang-format on */

static sg_jwks *
issuer_keys(void)
{
    sg_jwks *set = sg_jwks_read(jose_both, jose_text(SET), NULL);

    REQUIRE(set);
    return set;
}

TEST(reads_tokens_of_the_issuer)
{
    SIGNET_AUTO(signet_key_free) signet_key *ed = jose_key(&signet_ed25519);
    SIGNET_AUTO(signet_key_free) signet_key *ec = jose_key(&signet_es256);
    SIGNET_AUTO(sg_jwks_free) sg_jwks *set = issuer_keys();
    const sg_access_rules rules = {
        .issuer = "https://as.example", .keys = set, .resource = "https://rs.example", .now = NOW};

    REQUIRE(ed && ec);
    for (EACH(row, tokens)) {
        SIGNET_AUTO(sg_access_token_free) sg_access_token token = {0};
        bool is_ec = strstr(row->header, "\"k2\"}") != NULL;
        signet_error err = {0};

        CHECK_INT(sg_access_token_read(&rules,
                      jose_sign(jose_text(row->header), jose_text(row->claims), is_ec ? ec : ed),
                      &token, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(token.claims != NULL, row->expected == SIGNET_OK);
    }
}

/* --- presenting --- */

/* clang-format off */
static const struct {
    const char *name, *cnf;
    sg_dpop_scheme scheme;
    char proof, certificate; /* s: the same, o: another, 0: none */
    bool is_accepted;
} presentations[] = {
    {"DPoP with its key",              JKT,  SG_DPOP_SCHEME_DPOP,   's', 0,   true},
    {"and any certificate",            JKT,  SG_DPOP_SCHEME_DPOP,   's', 'o', true},
    {"Bearer with its certificate",    X5T,  SG_DPOP_SCHEME_BEARER, 0,   's', true},
    {"both with both",                 BOTH, SG_DPOP_SCHEME_DPOP,   's', 's', true},
    {"a stolen token",                 JKT,  SG_DPOP_SCHEME_DPOP,   'o', 0,   false},
    {"without a proof",                JKT,  SG_DPOP_SCHEME_DPOP,   0,   0,   false},
    {"Bearer of a key",                JKT,  SG_DPOP_SCHEME_BEARER, 0,   0,   false},
    {"Bearer of a key, with proof",    JKT,  SG_DPOP_SCHEME_BEARER, 's', 0,   false},
    {"Bearer of a key, certificate",   JKT,  SG_DPOP_SCHEME_BEARER, 0,   's', false},
    {"no scheme",                      JKT,  SG_DPOP_SCHEME_NONE,   's', 's', false},
    {"Bearer without certificate",     X5T,  SG_DPOP_SCHEME_BEARER, 0,   0,   false},
    {"Bearer with another certificate", X5T, SG_DPOP_SCHEME_BEARER, 0,   'o', false},
    {"a proof for a certificate",      X5T,  SG_DPOP_SCHEME_BEARER, 's', 0,   false},
    {"DPoP of a certificate",          X5T,  SG_DPOP_SCHEME_DPOP,   's', 's', false},
    {"both without certificate",       BOTH, SG_DPOP_SCHEME_DPOP,   's', 0,   false},
    {"both, another certificate",      BOTH, SG_DPOP_SCHEME_DPOP,   's', 'o', false},
    {"both, another key",              BOTH, SG_DPOP_SCHEME_DPOP,   'o', 's', false},
    {"both as Bearer",                 BOTH, SG_DPOP_SCHEME_BEARER, 's', 's', false},
};
/* clang-format on */

static void
make_proof(const signet_key *key, sg_dpop_proof *ret_proof)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    const sg_dpop_request request = {.key = key,
        .algorithm = "EdDSA",
        .method = jose_text("GET"),
        .url = jose_text("https://rs.example"),
        .now = NOW};

    REQUIRE(sg_dpop_make(&request, &text, NULL) &&
            sg_dpop_read(signet_only_ed25519, signet_buf_slice(&text), ret_proof, NULL));
}

static signet_slice
token_with(const char *cnf, const signet_key *key)
{
    SIGNET_AUTO(signet_buf_free) signet_buf claims = {0};

    REQUIRE(signet_buf_printf(&claims, NULL, "{" ISS "," AUD "," SUB "," TIMES ",%s}", cnf));
    return jose_sign(jose_text(HEAD), signet_buf_slice(&claims), key);
}

TEST(belongs_to_whom_it_is_bound)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519), *other = NULL;
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof same_proof = {0}, other_proof = {0};
    SIGNET_AUTO(sg_jwks_free) sg_jwks *set = issuer_keys();
    const sg_access_rules rules = {
        .issuer = "https://as.example", .keys = set, .resource = "https://rs.example", .now = NOW};
    uint8_t same_hash[32], other_hash[32] = {1};
    size_t len = 0;

    other = signet_key_generate(&signet_ed25519, NULL);
    REQUIRE(key && other && sg_base64url_decode(jose_text(HASH), same_hash, 32, &len));
    make_proof(key, &same_proof);
    make_proof(other, &other_proof);
    for (EACH(row, presentations)) {
        SIGNET_AUTO(sg_access_token_free) sg_access_token token = {0};
        sg_access_presentation presentation = {.scheme = row->scheme};
        signet_error err = {0};

        if (row->proof)
            presentation.proof = row->proof == 's' ? &same_proof : &other_proof;
        if (row->certificate)
            presentation.certificate_hash = row->certificate == 's' ? same_hash : other_hash;
        REQUIRE(sg_access_token_read(&rules, token_with(row->cnf, key), &token, NULL));
        CHECK_INT(sg_access_token_check(&token, &presentation, &err), row->is_accepted);
        CHECK_INT(err.code != SIGNET_OK, !row->is_accepted);
    }
}

TESTS(TEST_OF(reads_tokens_of_the_issuer), TEST_OF(belongs_to_whom_it_is_bound))
