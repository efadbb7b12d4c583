/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JOSE and DPoP.  The first byte says what the rest is: a compact JWS, a JWK, a JWK Set, a URL, a
 * header and a payload that are signed first, so that what is behind a signature is reached too,
 * or how a good proof is changed.  ES256 is left out: it is one more row of the same
 * table, and slow.
 */
#include "base/text.h"
#include "change.h"
#include "codec/json.h"
#include "http/access_token.h"
#include "http/dpop.h"
#include "http/htu.h"
#include "http/jws.h"

enum { NOW = 1700000000, ROOM = 2048, PART_MAX = 2048 };

static const char head[] = "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":{\"crv\":\"Ed25519\","
                           "\"kty\":\"OKP\",\"x\":\"";
static const char claims[] =
    "{\"jti\":\"0123456789abcdef\",\"htm\":\"GET\",\"htu\":\"https://a.example/"
    "b\",\"iat\":1700000000,\"ath\":\"PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A\"}";

static signet_key *key;
static sg_jwks *keys;
static signet_buf good, good_header;

static signet_slice
text(const char *characters)
{
    return signet_slice_text(characters);
}

static void
append_encoded(signet_buf *out, signet_slice bytes)
{
    char encoded[ROOM * 2];

    sg_base64url_encode(bytes, encoded);
    PROPERTY(signet_buf_append(
        out, (signet_slice){(const uint8_t *)encoded, sg_base64url_size(bytes.len)}, NULL));
}

static void
sign(signet_slice header, signet_slice payload, signet_buf *out)
{
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    append_encoded(out, header);
    PROPERTY(signet_buf_append(out, text("."), NULL));
    append_encoded(out, payload);
    PROPERTY(signet_key_sign(key, signet_buf_slice(out), &signature, NULL));
    PROPERTY(signet_buf_append(out, text("."), NULL));
    append_encoded(out, signet_buf_slice(&signature));
}

static void
prepare(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {9};
    SIGNET_AUTO(signet_buf_free) signet_buf set = {0};
    char x[44] = {0};

    if (key)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    PROPERTY(key);
    sg_base64url_encode(signet_key_public(key), x);
    PROPERTY(signet_buf_printf(&good_header, NULL, "%s%s\"}}", head, x));
    sign(signet_buf_slice(&good_header), text(claims), &good);
    PROPERTY(signet_buf_printf(&set, NULL,
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\",\"kid\":\"k\"}]}", x));
    keys = sg_jwks_read(signet_only_ed25519, signet_buf_slice(&set), NULL);
    PROPERTY(keys && sg_jwks_count(keys) == 1);
}

/* What a failure may be called: nothing else ends here. */
static void
check_code(const signet_error *err)
{
    PROPERTY(err->code == SIGNET_E_DECODE || err->code == SIGNET_E_ALGORITHM ||
             err->code == SIGNET_E_KEY || err->code == SIGNET_E_SIGNATURE ||
             err->code == SIGNET_E_TOKEN || err->code == SIGNET_E_TIME ||
             err->code == SIGNET_E_TRUST || err->code == SIGNET_E_NOT_FOUND);
}

/* A key that is read is written, and the same one is read back. */
static void
check_jwk(signet_slice json)
{
    SIGNET_AUTO(signet_key_free) signet_key *one = NULL, *again = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    signet_error err = {0};

    one = sg_jwk_read(signet_only_ed25519, json, &err);
    if (!one) {
        check_code(&err);
        return;
    }
    PROPERTY(sg_jwk_write(one, &once, NULL));
    again = sg_jwk_read(signet_only_ed25519, signet_buf_slice(&once), NULL);
    PROPERTY(again && signet_key_is_same(one, again) && !signet_key_has_private(one));
    PROPERTY(sg_jwk_write(again, &twice, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
}

static void
check_jwks(signet_slice json)
{
    SIGNET_AUTO(sg_jwks_free) sg_jwks *set = NULL;
    signet_error err = {0};

    set = sg_jwks_read(signet_only_ed25519, json, &err);
    if (!set) {
        check_code(&err);
        return;
    }
    PROPERTY(sg_jwks_count(set) <= SG_JWKS_KEYS_MAX);
    PROPERTY(!sg_jwks_find(set, (signet_slice){NULL, 0}) == (sg_jwks_count(set) != 1));
}

/* Normalising is a fixed point, and what comes out is plain. */
static void
check_url(signet_slice url)
{
    sg_htu once = {.len = 0}, twice = {.len = 0};
    const char *path = NULL;
    size_t len = 0;
    signet_error err = {0};

    if (!sg_htu_read(url, &once, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE);
        return;
    }
    PROPERTY(once.len <= SG_HTU_MAX + 1 && fuzz_is_within(once.query, url));
    PROPERTY(sg_is_printable(sg_htu_slice(&once)));
    path = memchr(once.text + 8, '/', once.len - 8); /* a host may be ".." */
    PROPERTY(path);
    len = once.len - (size_t)(path - once.text);
    PROPERTY(!memchr(path, '?', len) && !memchr(path, '#', len) && !memmem(path, len, "/../", 4) &&
             !memmem(path, len, "/./", 3));
    PROPERTY(once.len > SG_HTU_MAX ||
             (sg_htu_read(sg_htu_slice(&once), &twice, NULL) &&
                 signet_slice_is_equal(sg_htu_slice(&once), sg_htu_slice(&twice))));
}

static void
check_token(signet_slice compact)
{
    SIGNET_AUTO(sg_access_token_free) sg_access_token token = {0};
    const sg_access_rules rules = {.issuer = "i", .keys = keys, .resource = "r", .now = NOW};
    const sg_access_presentation bearer = {.scheme = SG_DPOP_SCHEME_BEARER};
    signet_error err = {0};

    if (!sg_access_token_read(&rules, compact, &token, &err)) {
        check_code(&err);
        return;
    }
    PROPERTY(token.has_key || token.has_certificate);
    PROPERTY(token.expires > NOW - SG_DPOP_SKEW && token.subject.len > 0);
    PROPERTY(!sg_access_token_check(&token, &bearer, NULL));
}

static bool
is_good_proof(signet_slice compact)
{
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
    const sg_dpop_facts facts = {.method = text("GET"),
        .url = text("https://a.example/b?c"),
        .access_token = text("token"),
        .now = NOW};
    sg_dpop_verdict verdict = {.keep_until = 0};
    sg_dpop_refusal refusal = SG_DPOP_REFUSE_NO_CREDENTIALS;
    signet_error err = {0};

    if (!sg_dpop_read(signet_only_ed25519, compact, &proof, &err)) {
        check_code(&err);
        return false;
    }
    PROPERTY(proof.id.len >= SG_DPOP_ID_MIN && proof.id.len <= SG_DPOP_ID_MAX);
    if (!sg_dpop_check(&proof, &facts, &verdict, &refusal, &err)) {
        PROPERTY(refusal == SG_DPOP_REFUSE_PROOF);
        check_code(&err);
        return false;
    }
    PROPERTY(proof.has_token_hash && signet_slice_is_equal(proof.method, facts.method));
    PROPERTY(proof.issued_at >= NOW - SG_DPOP_SKEW && proof.issued_at <= NOW + SG_DPOP_SKEW);
    PROPERTY(verdict.keep_until > proof.issued_at + SG_DPOP_SKEW);
    PROPERTY(verdict.keep_until <= NOW + 2 * SG_DPOP_SKEW + 1);
    return true;
}

/* What is read as a JWS is made of exactly these bytes. */
static void
check_jws(signet_slice compact)
{
    SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};
    signet_slice payload = {0};
    const uint8_t *dot = NULL;
    signet_error err = {0};

    if (!sg_jws_read(compact, &jws, &err)) {
        check_code(&err);
        return;
    }
    dot = memchr(compact.ptr, '.', compact.len);
    PROPERTY(dot && fuzz_is_within(jws.to_verify, compact));
    payload = signet_buf_slice(&jws.payload);
    PROPERTY(signet_buf_append(
        &again, (signet_slice){compact.ptr, (size_t)(dot - compact.ptr) + 1}, NULL));
    if (payload.len < ROOM) {
        append_encoded(&again, payload);
        PROPERTY(signet_slice_is_equal(signet_buf_slice(&again), jws.to_verify));
    }
    PROPERTY(!sg_json_get(jws.header, "crit") && !sg_json_get(jws.header, "b64"));
    PROPERTY(!sg_jws_verify(&jws, key, &err) ||
             signet_slice_is_equal(jws.algorithm, text("EdDSA")) ||
             signet_slice_is_equal(jws.algorithm, text("Ed25519")));
}

/* Up to the first NUL the header (none: the good one), after it the payload; both signed. */
static void
check_signed(signet_slice parts)
{
    SIGNET_AUTO(signet_buf_free) signet_buf compact = {0};
    const uint8_t *end = parts.len ? memchr(parts.ptr, 0, parts.len) : NULL;
    signet_slice header = {parts.ptr, end ? (size_t)(end - parts.ptr) : 0};
    signet_slice payload = parts;

    if (end)
        payload = (signet_slice){end + 1, parts.len - header.len - 1};
    if (header.len == 0)
        header = signet_buf_slice(&good_header);
    if (header.len > PART_MAX || payload.len > PART_MAX)
        return;
    sign(header, payload, &compact);
    check_jws(signet_buf_slice(&compact));
    check_token(signet_buf_slice(&compact));
    (void)is_good_proof(signet_buf_slice(&compact));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(signet_slice) = {
        check_jws, check_jwk, check_jwks, check_url, check_signed};
    uint8_t bytes[ROOM];
    signet_slice changed = {0};

    prepare();
    if (size == 0)
        return 0;
    if (data[0] % 6 < 5) {
        checks[data[0] % 6]((signet_slice){data + 1, size - 1});
        return 0;
    }
    changed = fuzz_change(signet_buf_slice(&good), data + 1, size - 1, bytes, sizeof(bytes));
    check_jws(changed);
    PROPERTY(is_good_proof(changed) == signet_slice_is_equal(changed, signet_buf_slice(&good)));
    return 0;
}
