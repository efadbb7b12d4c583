/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification by libsodium.  It is the pinned rule but for one thing: it refuses every
 * R of small order.  No honest signer makes such an R, yet the verdict must not depend on the
 * backend, so for those the equation is computed with libsodium's point addition, slowly.
 */
#include <sodium.h>

#include "crypto/ed25519.h"

static bool
bit(const uint8_t scalar[32], unsigned index)
{
    return scalar[index / 8] >> (index % 8) & 1;
}

/* [S]B - [k]A by doubling and adding; variable time, all inputs are public. */
static bool
compute_point(
    const uint8_t s[32], const uint8_t k[32], const uint8_t public_key[32], uint8_t ret_point[32])
{
    static const uint8_t one[32] = {1};
    uint8_t base[32], point[32] = {1}; /* the neutral element */

    if (crypto_scalarmult_ed25519_base_noclamp(base, one) != 0)
        return false;
    for (unsigned i = 253; i-- > 0;) {
        if (crypto_core_ed25519_add(point, point, point) != 0 ||
            (bit(s, i) && crypto_core_ed25519_add(point, point, base) != 0) ||
            (bit(k, i) && crypto_core_ed25519_sub(point, point, public_key) != 0))
            return false;
    }
    memcpy(ret_point, point, sizeof(point));
    return true;
}

static bool
is_genuine_with_small_order_point(
    const uint8_t public_key[32], signet_slice message, const uint8_t signature[64])
{
    crypto_hash_sha512_state state;
    uint8_t hash[64], k[32], point[32];

    (void)crypto_hash_sha512_init(&state);
    (void)crypto_hash_sha512_update(&state, signature, 32);
    (void)crypto_hash_sha512_update(&state, public_key, 32);
    if (message.len > 0)
        (void)crypto_hash_sha512_update(&state, message.ptr, message.len);
    (void)crypto_hash_sha512_final(&state, hash);
    crypto_core_ed25519_scalar_reduce(k, hash);
    return compute_point(signature + 32, k, public_key, point) && memcmp(point, signature, 32) == 0;
}

bool
sg_ed25519_is_genuine(
    const uint8_t public_key[32], signet_slice message, const uint8_t signature[64])
{
    static const uint8_t nothing = 0;

    if (sg_ed25519_has_small_order(signature))
        return is_genuine_with_small_order_point(public_key, message, signature);
    return crypto_sign_verify_detached(
               signature, message.ptr ? message.ptr : &nothing, message.len, public_key) == 0;
}

const char *
signet_ed25519_backend(void)
{
    return "libsodium";
}
