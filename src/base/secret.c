/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "base/secret.h"

bool
sg_sodium_ready(signet_error *err)
{
    if (sodium_init() < 0)
        return signet_fail(err, SIGNET_E_CRYPTO, "libsodium cannot start: no randomness");
    return true;
}

void *
sg_secret_new(size_t size, signet_error *err)
{
    void *secret = NULL;

    if (!sg_sodium_ready(err))
        return NULL;
    secret = sodium_malloc(size);
    if (!secret)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of locked memory for a secret");
    sodium_memzero(secret, size); /* sodium_malloc() fills with 0xdb */
    return secret;
}

void
sg_secret_free(void *secret)
{
    sodium_free(secret);
}

void
sg_wipe(void *ptr, size_t len)
{
    sodium_memzero(ptr, len);
}

bool
sg_equal(signet_slice a, signet_slice b)
{
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}
