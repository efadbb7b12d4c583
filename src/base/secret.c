/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sodium_malloc() gives each secret pages of its own, and making and ending those costs thirty
 * microseconds: more than signing.  A process that signs once has three secrets; so small ones
 * share one such allocation, in slots of equal size.  It stays until the process ends (which is
 * cheaper, and no leak: it is one, however many secrets there were); each slot is wiped when freed.
 */
#include <pthread.h>
#include <sodium.h>

#include "base/secret.h"

enum { SLOT_SIZE = 64, SLOT_COUNT = 62 }; /* one page, with what sodium_malloc() adds */

static const uint64_t all_slots = ((uint64_t)1 << SLOT_COUNT) - 1;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t *slots; /* NULL: none was taken yet */
static uint64_t taken; /* bit n: slot n */

bool
sg_sodium_ready(signet_error *err)
{
    if (sodium_init() < 0)
        return signet_fail(err, SIGNET_E_CRYPTO, "libsodium cannot start: no randomness");
    return true;
}

/* When all slots are taken, memory of its own. */
static void *
take_slot(void)
{
    void *slot = NULL;

    (void)pthread_mutex_lock(&lock);
    if (!slots)
        slots = sodium_malloc((size_t)SLOT_SIZE * SLOT_COUNT);
    if (taken == all_slots) {
        slot = sodium_malloc(SLOT_SIZE);
    } else if (slots) {
        int index = __builtin_ctzll(~taken);

        taken |= (uint64_t)1 << index;
        slot = slots + (size_t)index * SLOT_SIZE;
    }
    (void)pthread_mutex_unlock(&lock);
    return slot;
}

/* False: it is no slot. */
static bool
give_slot_back(uint8_t *secret)
{
    size_t offset = 0;
    bool is_slot = false;

    (void)pthread_mutex_lock(&lock);
    offset = (uintptr_t)secret - (uintptr_t)slots;
    is_slot = slots && offset < (size_t)SLOT_SIZE * SLOT_COUNT;
    if (is_slot) {
        sodium_memzero(secret, SLOT_SIZE);
        taken &= ~((uint64_t)1 << (offset / SLOT_SIZE));
    }
    (void)pthread_mutex_unlock(&lock);
    return is_slot;
}

void *
sg_secret_new(size_t size, signet_error *err)
{
    void *secret = NULL;

    if (!sg_sodium_ready(err))
        return NULL;
    secret = size <= SLOT_SIZE ? take_slot() : sodium_malloc(size);
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
