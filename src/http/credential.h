/* SPDX-License-Identifier: Apache-2.0 */
/* What a credential holds, for the files that make it and that sign with it. */
#ifndef SG_HTTP_CREDENTIAL_H
#define SG_HTTP_CREDENTIAL_H

#include <signet/signer.h>

struct signet_credential {
    signet_key *ephemeral; /* private */
    signet_buf token;      /* CBOR */
    signet_buf sig1, binding, purpose;
    signet_claims claims; /* borrowed from `token` */
    uint8_t token_hash[32];
};

/** Whether it is good at the second `now`.  SIGNET_E_TIME. */
bool sg_credential_check_life(const signet_credential *credential, int64_t now, signet_error *err)
    SIGNET_MUST_CHECK;

/** SHA-256 of the content of an order, in `digest` or a constant; absent when it is not signed. */
bool sg_order_read_body(const signet_sign_order *order, uint8_t digest[32],
    signet_slice *ret_digest, signet_error *err) SIGNET_MUST_CHECK;

#endif
