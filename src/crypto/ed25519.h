/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is behind signet_ed25519.  Keys and signatures are libsodium's; verification has two
 * backends, chosen in meson.build: ed25519_lib25519.c when lib25519 was found, else
 * ed25519_sodium.c. Keys that live for one signature use these directly, with the 64-byte secret on
 * the stack.
 */
#ifndef SG_CRYPTO_ED25519_H
#define SG_CRYPTO_ED25519_H

#include <signet/key.h>

/** Expand a 32-byte seed to the 64-byte secret key seed || public.  Wipe it after use. */
bool sg_ed25519_expand(const uint8_t seed[32], uint8_t ret_secret[64], signet_error *err)
    SIGNET_MUST_CHECK;

/** Sign with seed || public. */
bool sg_ed25519_sign(const uint8_t secret[64], signet_slice message, uint8_t ret_signature[64],
    signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether [S]B - [k]A encodes to R; `public_key` was checked by signet_ed25519.check_public(), and
 * S < L was checked too.
 */
bool sg_ed25519_is_genuine(
    const uint8_t public_key[32], signet_slice message, const uint8_t signature[64]);

/** Whether a canonical encoding is that of a point whose order divides 8. */
bool sg_ed25519_has_small_order(const uint8_t point[32]);

#endif
