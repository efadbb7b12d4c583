/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"
#include "http/access_token.h"
#include "http/jws.h"

/* One text, or a list of texts (RFC 7519 4.1.3). */
static bool
check_audience(const sg_json *claims, const char *resource, signet_error *err)
{
    const sg_json *audience = sg_json_get(claims, "aud");
    bool is_there = sg_json_is_text(audience, resource);

    if (!is_there && (!audience || audience->type != SG_JSON_ARRAY))
        return signet_fail(err, SIGNET_E_TOKEN, "aud: not this resource");
    for (const sg_json *one = sg_json_first(audience); one; one = sg_json_next(audience, one)) {
        if (one->type != SG_JSON_TEXT)
            return signet_fail(err, SIGNET_E_DECODE, "aud: not a list of texts");
        is_there = is_there || sg_json_is_text(one, resource);
    }
    return is_there ? true : signet_fail(err, SIGNET_E_TOKEN, "aud: without this resource");
}

static bool
check_times(
    const sg_json *claims, const sg_access_rules *rules, sg_access_token *token, signet_error *err)
{
    int64_t skew = rules->skew ? rules->skew : SG_DPOP_SKEW, not_before = INT64_MIN;
    int64_t early = 0, late = 0;

    if (!sg_json_read_int(claims, "exp", SG_JSON_NEEDED, &token->expires, err) ||
        !sg_json_read_int(claims, "iat", SG_JSON_NEEDED, &token->issued_at, err) ||
        !sg_json_read_int(claims, "nbf", SG_JSON_OPTIONAL, &not_before, err))
        return false;
    if (skew < 0 || __builtin_sub_overflow(rules->now, skew, &early) ||
        __builtin_add_overflow(rules->now, skew, &late))
        return signet_fail(err, SIGNET_E_USAGE, "time: out of range");
    if (token->expires <= early)
        return signet_fail(err, SIGNET_E_TIME, "exp: in the past");
    if (not_before > late)
        return signet_fail(err, SIGNET_E_TIME, "nbf: in the future");
    if (token->issued_at > late)
        return signet_fail(err, SIGNET_E_TIME, "iat: in the future");
    return true;
}

static bool
read_binding(const sg_json *claims, sg_access_token *token, signet_error *err)
{
    const sg_json *confirmation = sg_json_get(claims, "cnf");

    if (!confirmation || confirmation->type != SG_JSON_OBJECT)
        return signet_fail(err, SIGNET_E_TOKEN, "cnf: missing, or not an object");
    if (!sg_json_read_bytes(confirmation, "jkt", token->key_thumbprint, SG_JWK_THUMBPRINT_SIZE,
            &token->has_key, err) ||
        !sg_json_read_bytes(confirmation, "x5t#S256", token->certificate_hash, SG_DPOP_HASH_SIZE,
            &token->has_certificate, err))
        return false;
    if (!token->has_key && !token->has_certificate)
        return signet_fail(err, SIGNET_E_TOKEN, "cnf: neither jkt nor x5t#S256");
    return true;
}

static bool
read_texts(const sg_json *claims, sg_access_token *token, signet_error *err)
{
    return sg_json_read_text(
               claims, "sub", SG_JSON_NEEDED, SG_ACCESS_TOKEN_TEXT_MAX, &token->subject, err) &&
           sg_json_read_text(
               claims, "jti", SG_JSON_NEEDED, SG_ACCESS_TOKEN_TEXT_MAX, &token->id, err) &&
           sg_json_read_text(claims, "client_id", SG_JSON_OPTIONAL, SG_ACCESS_TOKEN_TEXT_MAX,
               &token->client, err) &&
           sg_json_read_text(
               claims, "scope", SG_JSON_OPTIONAL, SG_ACCESS_TOKEN_SCOPE_MAX, &token->scope, err);
}

static bool
read_claims(const sg_access_rules *rules, sg_access_token *token, signet_error *err)
{
    signet_slice issuer = {0};

    if (!sg_json_read_text(
            token->claims, "iss", SG_JSON_NEEDED, SG_ACCESS_TOKEN_TEXT_MAX, &issuer, err))
        return false;
    if (!signet_slice_is_equal(issuer, signet_slice_text(rules->issuer)))
        return signet_fail(err, SIGNET_E_TRUST, "iss: not the issuer that is trusted here");
    return check_audience(token->claims, rules->resource, err) &&
           read_texts(token->claims, token, err) && check_times(token->claims, rules, token, err) &&
           read_binding(token->claims, token, err);
}

bool
sg_access_token_read(const sg_access_rules *rules, signet_slice compact, sg_access_token *ret_token,
    signet_error *err)
{
    SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
    SIGNET_AUTO(sg_access_token_free) sg_access_token token = {0};
    const signet_key *key = NULL;

    if (!sg_jws_read(compact, &jws, err))
        return false;
    if (!sg_jws_has_type(&jws, "at+jwt") && !sg_jws_has_type(&jws, "application/at+jwt"))
        return signet_fail(err, SIGNET_E_DECODE, "typ: not at+jwt");
    key = sg_jwks_find(rules->keys, jws.kid);
    if (!key)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "kid: no key of the issuer");
    token.claims = sg_jws_open(&jws, key, err);
    if (!token.claims || !read_claims(rules, &token, err))
        return false;
    *ret_token = token;
    token = (sg_access_token){0};
    return true;
}

static bool
is_same(const uint8_t *a, const uint8_t *b)
{
    return a && b &&
           sg_equal((signet_slice){a, SG_DPOP_HASH_SIZE}, (signet_slice){b, SG_DPOP_HASH_SIZE});
}

bool
sg_access_token_check(
    const sg_access_token *token, const sg_access_presentation *presentation, signet_error *err)
{
    const sg_dpop_proof *proof = presentation->proof;

    if (presentation->scheme == SG_DPOP_SCHEME_NONE)
        return signet_fail(err, SIGNET_E_USAGE, "no token was presented");
    if (!token->has_key && !token->has_certificate)
        return signet_fail(err, SIGNET_E_TRUST, "cnf: bound to nothing");
    if (token->has_key && presentation->scheme != SG_DPOP_SCHEME_DPOP)
        return signet_fail(err, SIGNET_E_TRUST, "cnf: bound to a key, and presented as Bearer");
    if (!token->has_key && presentation->scheme == SG_DPOP_SCHEME_DPOP)
        return signet_fail(err, SIGNET_E_TRUST, "cnf: presented as DPoP, and bound to no key");
    if (token->has_key && !is_same(token->key_thumbprint, proof ? proof->thumbprint : NULL))
        return signet_fail(err, SIGNET_E_TRUST, "cnf: jkt: not the key of the proof");
    if (token->has_certificate && !is_same(token->certificate_hash, presentation->certificate_hash))
        return signet_fail(err, SIGNET_E_TRUST, "cnf: x5t#S256: not the client's certificate");
    return true;
}

void
sg_access_token_free(sg_access_token *token)
{
    if (!token)
        return;
    sg_json_free(token->claims);
    *token = (sg_access_token){0};
}
