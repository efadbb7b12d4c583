/* SPDX-License-Identifier: Apache-2.0 */
/* JOSE and DPoP: each with every allocation refused once. */
#include "faults.h"
#include "http/access_token.h"
#include "http/jws.h"
#include "jose.h"

enum { NOW = 1700000000 };

#define SET                                                                                        \
    "{\"keys\":[{\"kid\":\"a\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" JOSE_ED_X "\"},"      \
    "{\"kty\":\"RSA\",\"n\":\"AQAB\"}]}"
#define CLAIMS                                                                                     \
    "{\"iss\":\"i\",\"aud\":[\"r\"],\"sub\":\"s\",\"jti\":\"1\",\"iat\":1700000000,"               \
    "\"exp\":1700000300,\"cnf\":{\"jkt\":\"" JOSE_ED_JKT "\"}}"

/* Made while there was memory. */
static signet_key *key;
static sg_jwks *keys;
static signet_slice proof_text, token_text;

static bool
keeps(const signet_buf *out, bool done)
{
    REQUIRE(done || out->len == 0); /* a buffer is as it was */
    return done;
}

static bool
read_key(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *read = NULL;

    read = sg_jwk_read(signet_only_ed25519, jose_text(JOSE_ED), err);
    return read != NULL;
}

static bool
read_set(signet_error *err)
{
    SIGNET_AUTO(sg_jwks_free) sg_jwks *set = NULL;

    set = sg_jwks_read(signet_only_ed25519, jose_text(SET), err);
    REQUIRE(!set || sg_jwks_count(set) == 1);
    return set != NULL;
}

static bool
write_thumbprint(signet_error *err)
{
    char text[SG_JWK_THUMBPRINT_LEN + 1];

    return sg_jwk_thumbprint_text(key, text, err);
}

static bool
make_proof(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    static const uint8_t hash[32] = {1};
    const sg_dpop_request request = {.key = key,
        .algorithm = "EdDSA",
        .method = jose_text("GET"),
        .url = jose_text("https://a.example"),
        .access_token = token_text,
        .now = NOW,
        .nonce = jose_text("n"),
        .covers_query = true,
        .content_hash = hash};

    return keeps(&out, sg_dpop_make(&request, &out, err));
}

static bool
judge_proof(signet_error *err)
{
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
    const sg_dpop_facts facts = {.method = jose_text("GET"),
        .url = jose_text("https://a.example/"),
        .access_token = token_text,
        .now = NOW};
    sg_dpop_verdict verdict = {.keep_until = 0};
    sg_dpop_refusal refusal = SG_DPOP_REFUSE_NO_CREDENTIALS;

    return sg_dpop_read(signet_only_ed25519, proof_text, &proof, err) &&
           sg_dpop_check(&proof, &facts, &verdict, &refusal, err);
}

static bool
read_token(signet_error *err)
{
    SIGNET_AUTO(sg_access_token_free) sg_access_token token = {0};
    const sg_access_rules rules = {.issuer = "i", .keys = keys, .resource = "r", .now = NOW};

    return sg_access_token_read(&rules, token_text, &token, err);
}

static bool
write_challenge(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    return keeps(&out, sg_dpop_challenge(SG_DPOP_REFUSE_PROOF, jose_both, &out, err));
}

static const faults_row rows[] = {
    {"a key", read_key, 2},
    {"a set of keys", read_set, 3},
    {"a thumbprint", write_thumbprint, 1},
    {"a proof made", make_proof, 4},
    {"a proof judged", judge_proof, 5},
    {"an access token", read_token, 4},
    {"a challenge", write_challenge, 1},
};

TEST(survives_every_refused_allocation)
{
    SIGNET_AUTO(signet_buf_free) signet_buf proof = {0};
    sg_dpop_request request = {.algorithm = "EdDSA",
        .method = jose_text("GET"),
        .url = jose_text("https://a.example"),
        .now = NOW};

    key = jose_key(&signet_ed25519);
    keys = sg_jwks_read(signet_only_ed25519, jose_text(SET), NULL);
    REQUIRE(key && keys);
    token_text = jose_sign(
        jose_text("{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"kid\":\"a\"}"), jose_text(CLAIMS), key);
    request.key = key;
    request.access_token = token_text;
    REQUIRE(sg_dpop_make(&request, &proof, NULL));
    proof_text = harness_keep(signet_buf_slice(&proof));
    for (EACH(row, rows))
        faults_exhaust(row);
    sg_jwks_free(keys);
    signet_key_free(key);
}

TESTS(TEST_OF(survives_every_refused_allocation))
