/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verification over lib25519's double-base multiplication, with SHA-512 of libsodium.  lib25519's
 * own verification wants signature and message in one piece and copies them; and its signing is not
 * used at all, because it is randomized and ours must give the bytes of RFC 8032.
 */
#include <lib25519.h>
#include <sodium.h>

#include "crypto/ed25519.h"

bool
sg_ed25519_is_genuine(
    const uint8_t public_key[32], signet_slice message, const uint8_t signature[64])
{
    crypto_hash_sha512_state state;
    uint8_t hash[64], point[33]; /* the point, and whether `public_key` is on the curve */

    (void)crypto_hash_sha512_init(&state);
    (void)crypto_hash_sha512_update(&state, signature, 32);
    (void)crypto_hash_sha512_update(&state, public_key, 32);
    if (message.len > 0)
        (void)crypto_hash_sha512_update(&state, message.ptr, message.len);
    (void)crypto_hash_sha512_final(&state, hash);
    lib25519_mGnP_ed25519(point, signature + 32, hash, public_key);
    return point[32] == 1 && memcmp(point, signature, 32) == 0;
}

const char *
signet_ed25519_backend(void)
{
    return "lib25519";
}
