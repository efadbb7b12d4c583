/* SPDX-License-Identifier: Apache-2.0 */
/* What lies behind signet_key, for the parts of the library that make keys. */
#ifndef SG_CRYPTO_KEY_H
#define SG_CRYPTO_KEY_H

#include <signet/key.h>

struct signet_key {
    const signet_algorithm *algorithm;
    void *private_state;  /* made by the algorithm; NULL for a public key */
    uint8_t *seed;        /* SIGNET_SEED_SIZE bytes in locked memory, or NULL */
    uint8_t public_key[]; /* of the algorithm's size: a trust file may hold 100,000 of these */
};

/** A key pair of an expanded private key; SIGNET_E_ALGORITHM when the algorithm has no such form.
 */
signet_key *sg_key_from_expanded(
    const signet_algorithm *algorithm, signet_slice expanded, signet_error *err) SIGNET_MUST_CHECK;

/** What `algorithm->private_from_seed` made, borrowed; NULL for a public key. */
const void *sg_key_private(const signet_key *key);

#endif
