/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TOKEN_CLAIM_H
#define SG_TOKEN_CLAIM_H

#include <signet/token.h>

/** Whether a claim is the confirmation id (K4) or ephemeral key id (K5) of `key`.  SIGNET_E_KEY. */
bool sg_claim_check_key(const char *name, signet_slice claim, const signet_key *key,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
