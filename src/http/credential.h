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

#endif
