/* SPDX-License-Identifier: Apache-2.0 */
/* Holder mode of SIG1, tokens.md 5.7: what a master key attests of a token that its holder made. */
#include <signet/proof.h>

#include "token/claim.h"

bool
signet_sig1_verify_by_holder(signet_algorithms accepted, signet_slice text,
    const signet_holder *holder, int64_t now, int64_t skew, signet_holder_claims *ret_claims,
    signet_error *err)
{
    signet_sig1 sig1;
    signet_binding binding = {
        .ephemeral = holder->ephemeral,
        .master = holder->master,
        .purpose = signet_slice_text(holder->purpose ? holder->purpose : ""),
        .signature = holder->binding,
    };

    if (!holder->master)
        return signet_fail(err, SIGNET_E_USAGE, "holder mode needs the master key");
    if (!signet_sig1_verify(accepted, text, holder->ephemeral, &sig1, err) ||
        !sg_claim_check_key("eph_kid", sig1.claims.ephemeral_id, holder->ephemeral, err) ||
        !sg_claim_check_key("cnf", sig1.claims.confirmation, holder->master, err) ||
        !signet_token_check_time(&sig1.claims, now, skew, err))
        return false;
    binding.expires = sig1.claims.expires;
    /* the token's own times were judged with the skew; the binding ends with the token */
    if (!signet_binding_check(
            accepted, &binding, now > binding.expires ? binding.expires : now, err)) {
        signet_error_prefix(err, "binding");
        return false;
    }
    memcpy(ret_claims->confirmation, sig1.claims.confirmation.ptr, 32);
    memcpy(ret_claims->ephemeral_id, sig1.claims.ephemeral_id.ptr, 32);
    memcpy(ret_claims->token_id, sig1.claims.token_id.ptr, 16);
    ret_claims->not_before = sig1.claims.not_before;
    ret_claims->expires = sig1.claims.expires;
    return true;
}
