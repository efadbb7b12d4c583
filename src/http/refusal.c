/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "http/refusal.h"

#define AGAIN    "An internal error occurred. Please try again later."
#define INTERNAL "INTERNAL_ERROR", "internal server error", AGAIN
#define STORE    "STORE_UNAVAILABLE", "store unavailable", "The service is temporarily unavailable."
#define FORGED                                                                                     \
    "INVALID_SIGNATURE", "invalid signature", "The cryptographic signature could not be verified."
#define SKEW "Request timestamp is outside acceptable bounds. Please sync your clock."

/* In the order: status, retry; code, text, message; label, stage, challenge, authorization. */
static const signet_refusal rows[SG_REFUSALS] = {
    [SG_REFUSAL_MISSING] = {401, 0, "MISSING_PROOF", "missing Signet-Proof header",
        "Authentication required. Please provide a Signet-Proof header.", "missing_header",
        "header_missing", NULL, NULL},
    [SG_REFUSAL_SYNTAX] = {400, 0, "INVALID_PROOF", "invalid proof format",
        "The provided proof format is invalid.", "invalid_format", "proof_parsing", "invalid_proof",
        NULL},
    [SG_REFUSAL_TARGET] = {400, 0, "INVALID_REQUEST", "invalid request target",
        "The method or target of the request is not acceptable.", "invalid_format",
        "canonical_request", NULL, NULL},
    [SG_REFUSAL_SIZE] = {413, 0, "REQUEST_TOO_LARGE", "request too large",
        "The request payload exceeds the maximum allowed size.", "request_too_large",
        "request_size", NULL, NULL},
    [SG_REFUSAL_UNKNOWN] = {401, 0, "TOKEN_NOT_FOUND", "token not found",
        "The token is not recognized or has been revoked.", "token_not_found", "token_lookup",
        "invalid_token", NULL},
    [SG_REFUSAL_REVOKED] = {401, 0, "TOKEN_REVOKED", "token revoked", "The token has been revoked.",
        "token_revoked", "token_revoked", "revoked_token", NULL},
    [SG_REFUSAL_EXPIRED] = {401, 0, "TOKEN_EXPIRED", "token expired",
        "The token has expired. Please obtain a new token.", "token_invalid_time", "token_time",
        "expired_token", NULL},
    [SG_REFUSAL_EARLY] = {401, 0, "TOKEN_NOT_YET_VALID", "token not yet valid",
        "The token is not yet valid. Please check your system time.", "token_invalid_time",
        "token_time", "invalid_token", NULL},
    [SG_REFUSAL_TOO_OLD] = {401, 0, "CLOCK_SKEW", "clock skew detected: request too old", SKEW,
        "clock_skew", "clock_skew", "clock_skew", NULL},
    [SG_REFUSAL_TOO_NEW] = {401, 0, "CLOCK_SKEW", "clock skew detected: request from future", SKEW,
        "clock_skew", "clock_skew", "clock_skew", NULL},
    [SG_REFUSAL_REPLAY] = {401, 0, "REPLAY_DETECTED", "replay attack detected",
        "This request has already been processed.", "replay_detected", "replay_check", "replayed",
        "invalid_dpop_proof"},
    [SG_REFUSAL_KEY] = {401, 0, FORGED, "invalid_signature", "signature_verification",
        "invalid_token", NULL},
    [SG_REFUSAL_FORGED] = {401, 0, FORGED, "invalid_signature", "signature_verification",
        "invalid_signature", NULL},
    [SG_REFUSAL_DIGEST] = {401, 0, FORGED, "digest_mismatch", "signature_verification",
        "invalid_signature", "invalid_dpop_proof"},
    [SG_REFUSAL_UNBOUND] = {401, 0, "BINDING_REQUIRED", "request binding required",
        "The proof must bind the whole request.", "binding_required", "signature_verification",
        "binding_required", NULL},
    [SG_REFUSAL_PURPOSE] = {403, 0, "PURPOSE_MISMATCH", "token purpose mismatch",
        "The token is not authorized for this operation.", "purpose_mismatch", "purpose_check",
        "insufficient_purpose", NULL},
    [SG_REFUSAL_POLICY] = {403, 0, "POLICY_MISMATCH", "token not authorized",
        "The token is not authorized for this operation.", "purpose_mismatch", "purpose_check",
        "insufficient_purpose", NULL},
    [SG_REFUSAL_NO_KEY] = {500, 0, "KEY_NOT_FOUND", "master key not found",
        "Unable to verify the issuer's identity.", "key_provider_error", "key_provider", NULL,
        NULL},
    [SG_REFUSAL_KEYS] = {500, 0, INTERNAL, "key_provider_error", "key_provider", NULL, NULL},
    [SG_REFUSAL_CHECKER] = {500, 0, INTERNAL, "revocation_error", "revocation_check", NULL, NULL},
    [SG_REFUSAL_OUTDATED] = {503, 1, STORE, "revocation_error", "revocation_check", NULL, NULL},
    [SG_REFUSAL_BUILDER] = {500, 0, INTERNAL, "canonical_error", "canonical_request", NULL, NULL},
    [SG_REFUSAL_TOKENS] = {503, 1, STORE, "store_unavailable", "token_lookup", NULL, NULL},
    [SG_REFUSAL_REPLAYS] = {503, 1, STORE, "store_unavailable", "replay_check", NULL, NULL},
    [SG_REFUSAL_NO_PROOF] = {401, 0, "MISSING_PROOF", "missing proof of possession",
        "Authentication required. Please provide a proof of possession.", "missing_header",
        "header_missing", NULL, NULL},
    [SG_REFUSAL_DPOP] = {401, 0, "INVALID_DPOP_PROOF", "invalid DPoP proof",
        "The DPoP proof could not be verified.", "invalid_signature", "signature_verification",
        NULL, "invalid_dpop_proof"},
    [SG_REFUSAL_NONCE] = {401, 0, "USE_DPOP_NONCE", "DPoP nonce required",
        "The DPoP proof must hold the nonce of this answer.", "nonce_required",
        "signature_verification", NULL, "use_dpop_nonce"},
    [SG_REFUSAL_ACCESS] = {401, 0, "INVALID_TOKEN", "invalid access token",
        "The access token is not acceptable, or not bound to who presents it.", "invalid_token",
        "token_lookup", NULL, "invalid_token"},
    [SG_REFUSAL_SCOPE] = {403, 0, "INSUFFICIENT_SCOPE", "insufficient scope",
        "The token is not authorized for this operation.", "purpose_mismatch", "purpose_check",
        NULL, "insufficient_scope"},
    [SG_REFUSAL_MIXED] = {401, 0, "PROOFS_DIFFER", "proofs of different keys",
        "The proofs of this request are not of one key.", "invalid_signature",
        "signature_verification", "invalid_signature", "invalid_token"},
    [SG_REFUSAL_INTERNAL] = {500, 0, INTERNAL, "canonical_error", "canonical_request", NULL, NULL},
};

const signet_refusal *
sg_refusal_find(sg_refusal refusal)
{
    return &rows[(size_t)refusal < SG_REFUSALS ? refusal : SG_REFUSAL_INTERNAL];
}

bool
sg_refusal_has_challenge(sg_refusal refusal)
{
    const signet_refusal *row = sg_refusal_find(refusal);

    return row->status == 401 || row->challenge;
}

bool
sg_refusal_write(sg_refusal refusal, sg_refusal_form form, signet_buf *out, signet_error *err)
{
    const signet_refusal *row = sg_refusal_find(refusal);

    if (form == SG_REFUSAL_AS_TEXT)
        return signet_buf_printf(out, err, "%s\n", row->text);
    return signet_buf_printf(
        out, err, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n", row->code, row->message);
}

static bool
add(sg_answer *answer, const char *name, const char *value, signet_error *err)
{
    return sg_answer_add(answer, name, signet_slice_text(value), err);
}

static bool
add_fields(const signet_refusal *row, sg_refusal_form form, sg_answer *answer, signet_error *err)
{
    char seconds[12];

    if (form == SG_REFUSAL_AS_JSON && !add(answer, "Content-Type", "application/json", err))
        return false;
    if (form == SG_REFUSAL_AS_TEXT &&
        (!add(answer, "Content-Type", "text/plain; charset=utf-8", err) ||
            !add(answer, "X-Content-Type-Options", "nosniff", err)))
        return false;
    if (row->retry_after == 0)
        return true;
    (void)snprintf(seconds, sizeof(seconds), "%d", row->retry_after);
    return add(answer, "Retry-After", seconds, err);
}

bool
sg_refusal_answer(sg_refusal refusal, sg_refusal_form form, bool is_head, sg_answer *ret_answer,
    signet_error *err)
{
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
    const signet_refusal *row = sg_refusal_find(refusal);

    answer.status = row->status;
    if (!add_fields(row, form, &answer, err) ||
        (!is_head && !sg_refusal_write(refusal, form, &answer.body, err)))
        return false;
    *ret_answer = answer;
    answer = (sg_answer){0};
    return true;
}
