/* SPDX-License-Identifier: Apache-2.0 */
/* Making a token, once it is clear what it says. */
#ifndef SG_SIGNET_MINT_H
#define SG_SIGNET_MINT_H

#include <signet/signet.h>

/** What the token says.  Texts are borrowed; absent ones are NULL. */
typedef struct {
    const char *issuer, *audience, *user, *actor, *delegator;
    const char *key_id;     /* NULL: K1 of the key that signs; empty: none */
    signet_slice secret;    /* of the issuer, for the pseudonym of `user` */
    signet_slice ephemeral; /* 32 bytes of an id, or empty */
    signet_slice confirmation;
    signet_slice nonce; /* 16 bytes or empty */
    uint64_t capabilities[SIGNET_TOKEN_CAPABILITIES_MAX];
    size_t capability_count;
    int64_t now, validity; /* seconds */
    uint64_t epoch;
} mint_order;

/** What was made. */
typedef struct {
    signet_buf sig1; /* text */
    uint8_t token_id[16];
    int64_t expires;
} minted;

/** Add a capability in its place; one that is there already is dropped. */
bool mint_add_capability(mint_order *order, uint64_t number, signet_error *err) SIGNET_MUST_CHECK;

/** Make a token that `key` signs. */
bool mint_token(const mint_order *order, const signet_key *key, minted *ret_minted,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
