/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIG1, tokens.md 5.  The order is the point: form, then both copies of the token held against each
 * other as bytes, then the signature, and only then is anything parsed (W-01, W-29).
 */
#include <signet/token.h>

#include "base/secret.h"
#include "base/text.h"
#include "token/claim.h"

static const char prefix[] = "SIG1.";

/* The three parts, as text. */
typedef struct {
    signet_slice payload, signature;
} sig1_parts;

static bool
split(signet_slice text, sig1_parts *ret_parts, signet_error *err)
{
    signet_slice rest = {0};
    const uint8_t *dot = NULL;

    if (text.len == 0)
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 text is empty");
    if (text.len > SIGNET_SIG1_MAX)
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 text of %zu characters is too long", text.len);
    if (text.len < sizeof(prefix) - 1 || memcmp(text.ptr, prefix, sizeof(prefix) - 1) != 0)
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 text does not begin with %s", prefix);
    rest = (signet_slice){text.ptr + sizeof(prefix) - 1, text.len - (sizeof(prefix) - 1)};
    dot = memchr(rest.ptr, '.', rest.len);
    if (!dot)
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 text has no third part");
    ret_parts->payload = (signet_slice){rest.ptr, (size_t)(dot - rest.ptr)};
    ret_parts->signature = (signet_slice){dot + 1, rest.len - ret_parts->payload.len - 1};
    if (ret_parts->payload.len == 0)
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 payload is empty");
    if (ret_parts->signature.len == 0)
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 signature is empty");
    return true;
}

/* Canonical base64url without padding: no stray bits. */
static bool
decode_part(signet_slice text, const char *name, uint8_t *ret_bytes, size_t size, size_t *ret_len,
    signet_error *err)
{
    if (!sg_base64url_decode(text, ret_bytes, size, ret_len))
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 %s is not base64url, or too long", name);
    return true;
}

/* Nothing that was not verified is left for a caller who does not look at the answer. */
static bool
forget(signet_sig1 *sig1)
{
    sig1->token_len = 0;
    sig1->claims = (signet_claims){0};
    return false;
}

bool
signet_sig1_inspect(signet_slice text, signet_sig1 *ret_sig1, signet_slice *ret_cose,
    uint8_t *ret_cose_bytes, signet_error *err)
{
    sig1_parts parts = {0};
    size_t len = 0;

    if (!split(text, &parts, err) ||
        !decode_part(parts.payload, "payload", ret_sig1->token, sizeof(ret_sig1->token),
            &ret_sig1->token_len, err) ||
        !decode_part(parts.signature, "signature", ret_cose_bytes, SIGNET_SIG1_COSE_MAX, &len, err))
        return forget(ret_sig1);
    *ret_cose = (signet_slice){ret_cose_bytes, len};
    return signet_token_decode(
               (signet_slice){ret_sig1->token, ret_sig1->token_len}, &ret_sig1->claims, err) ||
           forget(ret_sig1);
}

static bool
verify(signet_algorithms accepted, signet_slice text, const signet_key *key, signet_sig1 *ret_sig1,
    signet_error *err)
{
    uint8_t cose[SIGNET_SIG1_COSE_MAX];
    size_t cose_len = 0;
    sig1_parts parts = {0};
    signet_cose message = {0};
    signet_slice token = {0}, payload = {0};

    if (!key)
        return signet_fail(err, SIGNET_E_USAGE, "SIG1 text cannot be verified without a key");
    if (!split(text, &parts, err) ||
        !decode_part(parts.payload, "payload", ret_sig1->token, sizeof(ret_sig1->token),
            &ret_sig1->token_len, err) ||
        !decode_part(parts.signature, "signature", cose, sizeof(cose), &cose_len, err) ||
        !signet_cose_read(accepted, (signet_slice){cose, cose_len}, &message, err))
        return false;
    token = (signet_slice){ret_sig1->token, ret_sig1->token_len};
    if (!sg_equal(token, message.payload))
        return signet_fail(err, SIGNET_E_SIG1, "SIG1 payload is not the token that was signed");
    if (!signet_cose_verify(accepted, (signet_slice){cose, cose_len}, key, &payload, err))
        return false;
    return signet_token_decode(token, &ret_sig1->claims, err);
}

bool
signet_sig1_verify(signet_algorithms accepted, signet_slice text, const signet_key *key,
    signet_sig1 *ret_sig1, signet_error *err)
{
    return verify(accepted, text, key, ret_sig1, err) || forget(ret_sig1);
}

/* --- writing --- */

static bool
write_sig1(signet_slice token, const signet_key *key, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf cose = {0};
    char text[SIGNET_SIG1_MAX];
    size_t len = 0, token_len = sg_base64url_size(token.len);

    if (!signet_cose_sign(key, token, &cose, err))
        return false;
    len = sizeof(prefix) - 1 + token_len + 1 + sg_base64url_size(cose.len);
    if (len > sizeof(text))
        return signet_fail(
            err, SIGNET_E_SIG1, "SIG1 text of %zu characters would be too long", len);
    memcpy(text, prefix, sizeof(prefix) - 1);
    sg_base64url_encode(token, text + sizeof(prefix) - 1);
    text[sizeof(prefix) - 1 + token_len] = '.';
    sg_base64url_encode(signet_buf_slice(&cose), text + sizeof(prefix) + token_len);
    return signet_buf_append(out, (signet_slice){(const uint8_t *)text, len}, err);
}

bool
signet_sig1_encode(
    const signet_claims *claims, const signet_key *key, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0};

    return signet_token_encode(claims, &token, err) &&
           write_sig1(signet_buf_slice(&token), key, out, err);
}

bool
signet_sig1_encode_token(
    signet_slice token, const signet_key *key, signet_buf *out, signet_error *err)
{
    signet_claims claims = {0};

    return signet_token_decode(token, &claims, err) && write_sig1(token, key, out, err);
}

/* --- who signed --- */

static bool
check_audience(
    const signet_claims *claims, const signet_sig1_expectations *expected, signet_error *err)
{
    if (expected->audience.len == 0)
        return true;
    if (claims->audience.len == 0)
        return expected->may_lack_audience
                   ? true
                   : signet_fail(err, SIGNET_E_TOKEN, "aud_id: the token is for no audience");
    if (!signet_slice_is_equal(claims->audience, expected->audience))
        return signet_fail(err, SIGNET_E_TOKEN, "aud_id: the token is for another audience");
    return true;
}

/* K4 and K5 are the same function of a key, kept apart by the name of the claim. */
bool
sg_claim_check_key(const char *name, signet_slice claim, const signet_key *key, signet_error *err)
{
    uint8_t id[32];

    signet_key_confirmation(key, id);
    if (!sg_equal(claim, (signet_slice){id, sizeof(id)}))
        return signet_fail(err, SIGNET_E_KEY, "%s: the token names another key", name);
    return true;
}

static bool
check_issued(const signet_claims *claims, const signet_key *master,
    const signet_sig1_expectations *expected, signet_error *err)
{
    if (!signet_slice_is_equal(claims->issuer, expected->issuer))
        return signet_fail(err, SIGNET_E_TOKEN, "iss_id: the token is of another issuer");
    return (!master || sg_claim_check_key("cnf", claims->confirmation, master, err)) &&
           check_audience(claims, expected, err) && signet_token_check_capabilities(claims, err) &&
           signet_token_check_time(claims, expected->now, expected->skew, err);
}

bool
signet_sig1_verify_by_issuer(signet_algorithms accepted, signet_slice text,
    const signet_key *issuer_key, bool is_master, const signet_sig1_expectations *expected,
    signet_sig1 *ret_sig1, signet_error *err)
{
    if (expected->issuer.len == 0) {
        signet_error_set(err, SIGNET_E_USAGE, "iss_id: the expected issuer must be named");
        return forget(ret_sig1);
    }
    if (!signet_sig1_verify(accepted, text, issuer_key, ret_sig1, err))
        return false;
    return check_issued(&ret_sig1->claims, is_master ? issuer_key : NULL, expected, err) ||
           forget(ret_sig1);
}
