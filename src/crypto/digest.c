/* SPDX-License-Identifier: Apache-2.0 */
#include <sha1.h>
#include <sodium.h>

#include "crypto/digest.h"

_Static_assert(sizeof(crypto_hash_sha512_state) <= sizeof(signet_sha512), "room for the state");
_Static_assert(_Alignof(crypto_hash_sha512_state) <= _Alignof(signet_sha512), "and aligned");
_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(signet_sha256), "room for the state");
_Static_assert(_Alignof(crypto_hash_sha256_state) <= _Alignof(signet_sha256), "and aligned");

/* An empty slice may have no address, and libsodium's functions are declared to need one. */
static const uint8_t *
address(signet_slice bytes)
{
    static const uint8_t nothing = 0;

    return bytes.ptr ? bytes.ptr : &nothing;
}

void
sg_sha1(signet_slice bytes, uint8_t ret_digest[20])
{
    SHA1_CTX state;

    SHA1Init(&state);
    SHA1Update(&state, address(bytes), bytes.len);
    SHA1Final(ret_digest, &state);
}

void
sg_sha256(signet_slice bytes, uint8_t ret_digest[32])
{
    (void)crypto_hash_sha256(ret_digest, address(bytes), bytes.len);
}

void
sg_sha512(signet_slice bytes, uint8_t ret_digest[64])
{
    (void)crypto_hash_sha512(ret_digest, address(bytes), bytes.len);
}

void
signet_sha512_init(signet_sha512 *digest)
{
    (void)crypto_hash_sha512_init((crypto_hash_sha512_state *)digest);
}

void
signet_sha512_update(signet_sha512 *digest, signet_slice bytes)
{
    (void)crypto_hash_sha512_update((crypto_hash_sha512_state *)digest, address(bytes), bytes.len);
}

void
signet_sha512_final(signet_sha512 *digest, uint8_t ret_digest[SIGNET_SHA512_SIZE])
{
    (void)crypto_hash_sha512_final((crypto_hash_sha512_state *)digest, ret_digest);
}

void
signet_sha256_init(signet_sha256 *digest)
{
    (void)crypto_hash_sha256_init((crypto_hash_sha256_state *)digest);
}

void
signet_sha256_update(signet_sha256 *digest, signet_slice bytes)
{
    (void)crypto_hash_sha256_update((crypto_hash_sha256_state *)digest, address(bytes), bytes.len);
}

void
signet_sha256_final(signet_sha256 *digest, uint8_t ret_digest[SIGNET_SHA256_SIZE])
{
    (void)crypto_hash_sha256_final((crypto_hash_sha256_state *)digest, ret_digest);
}
