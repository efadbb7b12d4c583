/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and judging proofs, RFC 9449 4.3 in its order where the order can be seen. */
#include "base/secret.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/dpop.h"
#include "http/htu.h"
#include "http/jws.h"

static bool
read_texts(sg_dpop_proof *proof, signet_error *err)
{
    const struct {
        const char *name;
        sg_json_presence presence;
        size_t max;
        signet_slice *ret_text;
    } claims[] = {
        {"jti", SG_JSON_NEEDED, SG_DPOP_ID_MAX, &proof->id},
        {"htm", SG_JSON_NEEDED, SG_DPOP_METHOD_MAX, &proof->method},
        {"htu", SG_JSON_NEEDED, SG_HTU_MAX, &proof->url},
        {"nonce", SG_JSON_OPTIONAL, SG_DPOP_NONCE_MAX, &proof->nonce},
    };

    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        if (!sg_json_read_text(proof->claims, claims[i].name, claims[i].presence, claims[i].max,
                claims[i].ret_text, err))
            return false;
        if (!sg_is_printable(*claims[i].ret_text))
            return signet_fail(err, SIGNET_E_DECODE, "%s: not printable ASCII", claims[i].name);
    }
    if (proof->id.len < SG_DPOP_ID_MIN)
        return signet_fail(
            err, SIGNET_E_DECODE, "jti: %zu bytes, at least %d", proof->id.len, SG_DPOP_ID_MIN);
    return true;
}

static bool
read_times(sg_dpop_proof *proof, signet_error *err)
{
    proof->not_before = INT64_MIN;
    proof->expires = INT64_MAX;
    return sg_json_read_int(proof->claims, "iat", SG_JSON_NEEDED, &proof->issued_at, err) &&
           sg_json_read_int(proof->claims, "nbf", SG_JSON_OPTIONAL, &proof->not_before, err) &&
           sg_json_read_int(proof->claims, "exp", SG_JSON_OPTIONAL, &proof->expires, err);
}

static bool
read_hashes(sg_dpop_proof *proof, signet_error *err)
{
    return sg_json_read_bytes(proof->claims, "ath", proof->token_hash, SG_DPOP_HASH_SIZE,
               &proof->has_token_hash, err) &&
           sg_json_read_bytes(proof->claims, "htq", proof->query_hash, SG_DPOP_HASH_SIZE,
               &proof->has_query_hash, err) &&
           sg_json_read_bytes(proof->claims, "htd", proof->content_hash, SG_DPOP_HASH_SIZE,
               &proof->has_content_hash, err);
}

bool
sg_dpop_read(
    signet_algorithms accepted, signet_slice compact, sg_dpop_proof *ret_proof, signet_error *err)
{
    SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};

    if (!sg_jws_read(compact, &jws, err))
        return false;
    if (!sg_jws_has_type(&jws, "dpop+jwt"))
        return signet_fail(err, SIGNET_E_DECODE, "typ: not dpop+jwt");
    proof.key = sg_jws_own_key(accepted, &jws, err);
    if (!proof.key || !sg_jwk_thumbprint(proof.key, proof.thumbprint, err))
        return false;
    proof.claims = sg_jws_open(&jws, proof.key, err);
    if (!proof.claims || !read_texts(&proof, err) || !read_times(&proof, err) ||
        !read_hashes(&proof, err))
        return false;
    *ret_proof = proof;
    proof = (sg_dpop_proof){0};
    return true;
}

void
sg_dpop_free(sg_dpop_proof *proof)
{
    if (!proof)
        return;
    sg_json_free(proof->claims);
    signet_key_free(proof->key);
    *proof = (sg_dpop_proof){0};
}

/* --- of this request? --- */

/* Two normalised URLs, where each needs 2 KiB. */
typedef struct {
    sg_htu claimed, requested;
} targets;

/* How much of a URL stands in a reason. */
static int
shown(size_t len)
{
    return len < 80 ? (int)len : 80;
}

static bool
check_target(
    const sg_dpop_proof *proof, const sg_dpop_facts *facts, targets *urls, signet_error *err)
{
    if (!signet_slice_is_equal(proof->method, facts->method)) {
        return signet_fail(err, SIGNET_E_TOKEN,
            "htm: not the method of the request: signed is "
            "%.*s, seen %.*s",
            (int)proof->method.len, proof->method.ptr,
            (int)(facts->method.len < SG_DPOP_METHOD_MAX ? facts->method.len : SG_DPOP_METHOD_MAX),
            facts->method.ptr);
    }
    if (!sg_htu_read(facts->url, &urls->requested, err)) {
        signet_error_prefix(err, "request");
        return false;
    }
    if (!sg_htu_read(proof->url, &urls->claimed, err)) {
        signet_error_prefix(err, "htu");
        return false;
    }
    if (!signet_slice_is_equal(sg_htu_slice(&urls->claimed), sg_htu_slice(&urls->requested)))
        return signet_fail(err, SIGNET_E_TOKEN,
            "htu: not the target of the request: signed is %.*s, seen %.*s",
            shown(urls->claimed.len), urls->claimed.text, shown(urls->requested.len),
            urls->requested.text);
    return true;
}

static bool
has_hash(signet_slice bytes, const uint8_t hash[SG_DPOP_HASH_SIZE])
{
    uint8_t actual[SG_DPOP_HASH_SIZE];

    sg_sha256(bytes, actual);
    return sg_equal((signet_slice){actual, sizeof(actual)}, (signet_slice){hash, sizeof(actual)});
}

static bool
check_hashes(
    const sg_dpop_proof *proof, const sg_dpop_facts *facts, signet_slice query, signet_error *err)
{
    if (!facts->access_token.ptr && proof->has_token_hash)
        return signet_fail(err, SIGNET_E_TOKEN, "ath: there is no access token");
    if (facts->access_token.ptr &&
        (!proof->has_token_hash || !has_hash(facts->access_token, proof->token_hash)))
        return signet_fail(err, SIGNET_E_TOKEN, "ath: missing, or not of this access token");
    if (!proof->has_query_hash && facts->needs_query_hash)
        return signet_fail(err, SIGNET_E_TOKEN, "htq: missing, and demanded here");
    if (proof->has_query_hash && !has_hash(query, proof->query_hash))
        return signet_fail(err, SIGNET_E_TOKEN, "htq: not of this query");
    if (!proof->has_content_hash && facts->needs_content_hash)
        return signet_fail(err, SIGNET_E_TOKEN, "htd: missing, and demanded here");
    if (proof->has_content_hash && facts->content_hash &&
        memcmp(proof->content_hash, facts->content_hash, SG_DPOP_HASH_SIZE) != 0)
        return signet_fail(err, SIGNET_E_TOKEN, "htd: not of this content");
    return true;
}

/* --- of now? --- */

static int64_t
plus(int64_t a, int64_t b)
{
    int64_t sum = 0;

    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static bool
check_times(const sg_dpop_proof *proof, int64_t now, int64_t skew, signet_error *err)
{
    if (proof->issued_at > plus(now, skew))
        return signet_fail(err, SIGNET_E_TIME, "iat: in the future: %lld, now is %lld",
            (long long)proof->issued_at, (long long)now);
    if (proof->issued_at < plus(now, -skew))
        return signet_fail(err, SIGNET_E_TIME, "iat: too long ago: %lld, now is %lld",
            (long long)proof->issued_at, (long long)now);
    if (proof->not_before > plus(now, skew))
        return signet_fail(err, SIGNET_E_TIME, "nbf: in the future");
    if (proof->expires <= plus(now, -skew))
        return signet_fail(err, SIGNET_E_TIME, "exp: in the past");
    return true;
}

static bool
check_nonce(const sg_dpop_proof *proof, const sg_dpop_facts *facts, signet_error *err)
{
    if (!facts->nonce)
        return true;
    if (!proof->nonce.ptr)
        return signet_fail(err, SIGNET_E_TOKEN, "nonce: missing");
    return facts->nonce->check(facts->nonce->context, proof->nonce, facts->now, err);
}

/* SHA-256(jti || htu || jkt): a client can only collide with itself, because jkt is last. */
static bool
write_replay_key(const sg_dpop_proof *proof, const sg_htu *target,
    uint8_t ret_key[SG_DPOP_HASH_SIZE], signet_error *err)
{
    uint8_t bytes[SG_DPOP_ID_MAX + SG_HTU_MAX + 1 + SG_JWK_THUMBPRINT_LEN + 1];
    signet_buf all = {.data = bytes, .capacity = sizeof(bytes)};
    char thumbprint[SG_JWK_THUMBPRINT_LEN];

    sg_base64url_encode((signet_slice){proof->thumbprint, sizeof(proof->thumbprint)}, thumbprint);
    if (!signet_buf_append(&all, proof->id, err) ||
        !signet_buf_append(&all, sg_htu_slice(target), err) ||
        !signet_buf_append(
            &all, (signet_slice){(const uint8_t *)thumbprint, sizeof(thumbprint)}, err))
        return false;
    sg_sha256(signet_buf_slice(&all), ret_key);
    return true;
}

bool
sg_dpop_check(const sg_dpop_proof *proof, const sg_dpop_facts *facts, sg_dpop_verdict *ret_verdict,
    sg_dpop_refusal *ret_refusal, signet_error *err)
{
    int64_t skew = facts->skew ? facts->skew : SG_DPOP_SKEW;
    sg_dpop_verdict verdict = {
        .covers_query = proof->has_query_hash, .covers_content = proof->has_content_hash};
    targets urls;

    *ret_refusal = SG_DPOP_REFUSE_PROOF;
    if (skew < 0)
        return signet_fail(err, SIGNET_E_USAGE, "skew: negative");
    if (!check_target(proof, facts, &urls, err) ||
        !check_hashes(proof, facts, urls.requested.query, err) ||
        !check_times(proof, facts->now, skew, err) ||
        !write_replay_key(proof, &urls.claimed, verdict.replay_key, err))
        return false;
    *ret_refusal = SG_DPOP_REFUSE_NONCE;
    if (!check_nonce(proof, facts, err))
        return false;
    /* a proof from the future outlives the two skews; a clock that steps back does not bring an old
     * one back */
    verdict.keep_until = plus(plus(proof->issued_at, skew), 1);
    if (verdict.keep_until < plus(facts->now, plus(skew, skew)))
        verdict.keep_until = plus(facts->now, plus(skew, skew));
    memcpy(verdict.content_hash, proof->content_hash, sizeof(verdict.content_hash));
    *ret_verdict = verdict;
    return true;
}
