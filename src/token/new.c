/* SPDX-License-Identifier: Apache-2.0 */
/* Making a token, tokens.md 3.3: the checks in its order, then the defaults. */
#include <signet/token.h>

#include "crypto/random.h"

/* floor(now + validity), which may be negative. */
static bool
add_milliseconds(int64_t now, int64_t milliseconds, int64_t *ret_seconds)
{
    int64_t seconds = milliseconds / 1000 - (milliseconds % 1000 < 0);

    return !__builtin_add_overflow(now, seconds, ret_seconds);
}

bool
signet_token_new(const signet_token_request *request, signet_token_bytes *ret_bytes,
    signet_claims *ret_claims, signet_error *err)
{
    signet_claims claims = {
        .issuer = request->issuer,
        .subject = request->ephemeral_id,
        .not_before = request->now,
        .issued = request->now,
        .confirmation = request->confirmation,
        .nonce = request->nonce,
        .ephemeral_id = request->ephemeral_id,
    };

    if (request->confirmation.len != 32)
        return signet_fail(
            err, SIGNET_E_USAGE, "cnf: %zu bytes, not 32", request->confirmation.len);
    if (request->ephemeral_id.len != 32)
        return signet_fail(
            err, SIGNET_E_USAGE, "eph_kid: %zu bytes, not 32", request->ephemeral_id.len);
    if (request->nonce.len != 0 && request->nonce.len != 16)
        return signet_fail(err, SIGNET_E_USAGE, "nonce: %zu bytes, not 16", request->nonce.len);
    if (!add_milliseconds(request->now, request->validity_ms, &claims.expires))
        return signet_fail(err, SIGNET_E_USAGE, "exp: beyond all time");
    if (!sg_random(ret_bytes->token_id, sizeof(ret_bytes->token_id), err) ||
        !signet_capability_id_of_keys(
            request->ephemeral_id, request->confirmation, ret_bytes->capability_id, err))
        return false;
    claims.token_id = (signet_slice){ret_bytes->token_id, sizeof(ret_bytes->token_id)};
    claims.capability_id =
        (signet_slice){ret_bytes->capability_id, sizeof(ret_bytes->capability_id)};
    if (!signet_token_check(&claims, err))
        return false;
    *ret_claims = claims;
    return true;
}
