/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a signature costs once the process runs: signet_cms_sign() beside the three Ed25519
 * operations that it contains, by the same functions over messages of the same size.  Both sides in
 * turn, each input another one; prints the two medians in nanoseconds.
 */
#include <stdio.h>

#include <signet/signet.h>

#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "measure.h"

enum {
    ROUNDS = 401,
    BATCH = 25,
    LEAF_SIZE = 347,       /* what the leaf's signature covers */
    ATTRIBUTES_SIZE = 140, /* what the message's signature covers */
};

static bool
ours(const signet_cms_signer *signer, uint64_t *counter, signet_error *err)
{
    for (int i = 0; i < BATCH; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
        uint8_t digest[SIGNET_SHA512_SIZE] = {0};

        memcpy(digest, counter, sizeof(*counter));
        *counter += 1;
        if (!signet_cms_sign(
                signer, 1, (signet_slice){digest, sizeof(digest)}, 1700000000, &message, err))
            return false;
    }
    return true;
}

static bool
floor_of(uint64_t *counter, signet_error *err)
{
    for (int i = 0; i < BATCH; i++) {
        uint8_t seed[SIGNET_SEED_SIZE], secret[64], signature[64];
        uint8_t leaf[LEAF_SIZE] = {0}, attributes[ATTRIBUTES_SIZE] = {0};

        memcpy(leaf, counter, sizeof(*counter));
        memcpy(attributes, counter, sizeof(*counter));
        *counter += 1;
        if (!sg_random(seed, sizeof(seed), err) || !sg_ed25519_expand(seed, secret, err) ||
            !sg_ed25519_sign(secret, (signet_slice){leaf, sizeof(leaf)}, signature, err) ||
            !sg_ed25519_sign(
                secret, (signet_slice){attributes, sizeof(attributes)}, signature, err))
            return false;
    }
    return true;
}

int
main(void)
{
    static int64_t times[2][ROUNDS];
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    signet_cms_signer signer = {0};
    signet_error err = {0};
    uint64_t counter = 0;

    master = signet_key_generate(&signet_ed25519, &err);
    signer.master = master;
    for (int round = 0; master && round < ROUNDS; round++) {
        int64_t start = measure_now(), middle = 0;

        if (!ours(&signer, &counter, &err))
            break;
        middle = measure_now();
        if (!floor_of(&counter, &err))
            break;
        times[0][round] = middle - start;
        times[1][round] = measure_now() - middle;
    }
    if (err.code != SIGNET_OK) {
        fprintf(stderr, "inprocess: %s\n", err.message);
        return 1;
    }
    printf("%lld\t%lld\n", (long long)measure_median(times[0], ROUNDS) / BATCH,
        (long long)measure_median(times[1], ROUNDS) / BATCH);
    return 0;
}
