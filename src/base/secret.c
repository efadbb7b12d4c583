/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sodium_malloc() and sodium_free() are a dozen system calls for each secret, and signing one
 * commit needs three seeds and keys.  So small secrets share one such page, in slots of their own:
 * locked, left out of core dumps, between guard pages, and wiped one by one when they are freed.
 * The page itself stays until the process ends.  Large secrets, and those that find no free slot,
 * have pages of their own.
 */
#include <pthread.h>
#include <sodium.h>

#include "base/secret.h"

enum { SLOT_SIZE = 128, SLOT_COUNT = 31 }; /* one page, with what sodium_malloc() adds */

static struct {
    pthread_mutex_t lock;
    uint8_t *page;
    uint32_t used; /* slot n: bit n */
} shared = {PTHREAD_MUTEX_INITIALIZER, NULL, 0};

bool
sg_sodium_ready(signet_error *err)
{
    if (sodium_init() < 0)
        return signet_fail(err, SIGNET_E_CRYPTO, "libsodium cannot start: no randomness");
    return true;
}

/* A free slot, or NULL. */
static void *
take_slot(void)
{
    void *slot = NULL;

    (void)pthread_mutex_lock(&shared.lock);
    if (!shared.page)
        shared.page = sodium_malloc((size_t)SLOT_SIZE * SLOT_COUNT);
    for (size_t i = 0; i < SLOT_COUNT && shared.page && !slot; i++) {
        if (shared.used & 1U << i)
            continue;
        shared.used |= 1U << i;
        slot = shared.page + i * SLOT_SIZE;
    }
    (void)pthread_mutex_unlock(&shared.lock);
    return slot;
}

/* False when `secret` has pages of its own. */
static bool
give_slot_back(uint8_t *secret)
{
    bool is_slot = false;

    (void)pthread_mutex_lock(&shared.lock);
    if (shared.page && secret >= shared.page &&
        secret < shared.page + (size_t)SLOT_SIZE * SLOT_COUNT) {
        is_slot = true;
        sodium_memzero(secret, SLOT_SIZE);
        shared.used &= ~(1U << (size_t)(secret - shared.page) / SLOT_SIZE);
    }
    (void)pthread_mutex_unlock(&shared.lock);
    return is_slot;
}

void *
sg_secret_new(size_t size, signet_error *err)
{
    void *secret = NULL;

    if (!sg_sodium_ready(err))
        return NULL;
    if (size <= SLOT_SIZE)
        secret = take_slot();
    if (!secret)
        secret = sodium_malloc(size);
    if (!secret)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of locked memory for a secret");
    sodium_memzero(secret, size); /* sodium_malloc() fills with 0xdb */
    return secret;
}

void
sg_secret_free(void *secret)
{
    if (secret && !give_slot_back(secret))
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
