/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The row of Ed25519: keys and signatures by libsodium, and the part of the rule of verification
 * that is the same for both backends: what a public key may be, and S < L (tokens.md 1.3 STRICT).
 */
#include <sodium.h>

#include "base/secret.h"
#include "crypto/ed25519.h"

/*
 * The y coordinates, without the sign bit, of the eight points whose order divides 8.  Any sign bit
 * on one of them is refused: what is not such a point is then not canonical.
 */
static const uint8_t small_order[][32] = {
    {0x01}, /* order 1 */
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x7f}, /* order 2 */
    {0x00},    /* order 4, both */
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
        0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc,
        0x05}, /* order 8, two of four */
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
        0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03,
        0x7a}, /* order 8, the other two */
};

/* y < p = 2^255 - 19, the sign bit aside. */
static bool
is_canonical(const uint8_t key[32])
{
    if ((key[31] & 0x7f) != 0x7f || key[0] < 0xed)
        return true;
    for (size_t i = 1; i < 31; i++) {
        if (key[i] != 0xff)
            return true;
    }
    return false;
}

static bool
has_small_order(const uint8_t key[32])
{
    uint8_t y[32];

    memcpy(y, key, sizeof(y));
    y[31] &= 0x7f;
    for (size_t i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++) {
        if (memcmp(y, small_order[i], sizeof(y)) == 0)
            return true;
    }
    return false;
}

bool
sg_ed25519_has_small_order(const uint8_t point[32])
{
    return is_canonical(point) && has_small_order(point);
}

/* S < L, the order of the base point; S is little-endian. */
static bool
is_scalar_canonical(const uint8_t s[32])
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c,
        0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

    for (size_t i = 32; i-- > 0;) {
        if (s[i] != order[i])
            return s[i] < order[i];
    }
    return false;
}

bool
sg_ed25519_expand(const uint8_t seed[32], uint8_t ret_secret[64], signet_error *err)
{
    uint8_t public_key[32];

    if (crypto_sign_seed_keypair(public_key, ret_secret, seed) != 0)
        return signet_fail(err, SIGNET_E_CRYPTO, "libsodium could not make a key");
    return true;
}

bool
sg_ed25519_sign(
    const uint8_t secret[64], signet_slice message, uint8_t ret_signature[64], signet_error *err)
{
    static const uint8_t nothing = 0;

    if (crypto_sign_detached(
            ret_signature, NULL, message.ptr ? message.ptr : &nothing, message.len, secret) != 0)
        return signet_fail(err, SIGNET_E_CRYPTO, "libsodium could not sign");
    return true;
}

static bool
check_public(signet_slice public_key, signet_error *err)
{
    if (public_key.len != SIGNET_ED25519_PUBLIC_SIZE)
        return signet_fail(err, SIGNET_E_KEY, "an Ed25519 public key of %zu bytes, not %d",
            public_key.len, SIGNET_ED25519_PUBLIC_SIZE);
    if (!is_canonical(public_key.ptr))
        return signet_fail(err, SIGNET_E_KEY, "the Ed25519 public key is not canonical");
    if (has_small_order(public_key.ptr))
        return signet_fail(err, SIGNET_E_KEY, "the Ed25519 public key has small order");
    return true;
}

static void *
private_from_seed(signet_slice seed, uint8_t *ret_public, signet_error *err)
{
    SIGNET_AUTO(sg_secret_free) uint8_t *secret = NULL;

    if (seed.len != SIGNET_SEED_SIZE)
        return signet_fail_null(
            err, SIGNET_E_KEY, "an Ed25519 seed of %zu bytes, not %d", seed.len, SIGNET_SEED_SIZE);
    secret = sg_secret_new(64, err);
    if (!secret || !sg_ed25519_expand(seed.ptr, secret, err))
        return NULL;
    memcpy(ret_public, secret + SIGNET_SEED_SIZE, SIGNET_ED25519_PUBLIC_SIZE);
    return SIGNET_TAKE(secret);
}

static bool
sign(const void *secret, signet_slice message, uint8_t *ret_signature, signet_error *err)
{
    return sg_ed25519_sign(secret, message, ret_signature, err);
}

static bool
verify(signet_slice public_key, signet_slice message, signet_slice signature, signet_error *err)
{
    if (!check_public(public_key, err))
        return false;
    if (signature.len != SIGNET_ED25519_SIGNATURE_SIZE)
        return signet_fail(err, SIGNET_E_SIGNATURE, "an Ed25519 signature of %zu bytes, not %d",
            signature.len, SIGNET_ED25519_SIGNATURE_SIZE);
    if (!is_scalar_canonical(signature.ptr + 32) ||
        !sg_ed25519_is_genuine(public_key.ptr, message, signature.ptr))
        return signet_fail(err, SIGNET_E_SIGNATURE, "the Ed25519 signature is not genuine");
    return true;
}

static const uint8_t oid[] = {0x2b, 0x65, 0x70}; /* 1.3.101.112, RFC 8410 */

const signet_algorithm signet_ed25519 = {
    .name = "ed25519",
    .oid = {oid, sizeof(oid)},
    .cose = -8,
    .public_size = SIGNET_ED25519_PUBLIC_SIZE,
    .signature_size = SIGNET_ED25519_SIGNATURE_SIZE,
    .check_public = check_public,
    .private_from_seed = private_from_seed,
    .private_free = sg_secret_free,
    .sign = sign,
    .verify = verify,
};
