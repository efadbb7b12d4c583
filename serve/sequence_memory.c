/* SPDX-License-Identifier: Apache-2.0 */
/* A list: issuers are configured, so they are few. */
#include <pthread.h>
#include <stdlib.h>

#include "serve/sequence.h"

typedef struct entry {
    struct entry *next;
    signet_bundle_state state;
    size_t len;
    uint8_t issuer[];
} entry;

typedef struct {
    pthread_mutex_t lock;
    size_t count, count_max;
    entry *first;
} memory;

static entry *
find(const memory *store, signet_slice issuer)
{
    entry *one = store->first;

    while (one && !signet_slice_is_equal((signet_slice){one->issuer, one->len}, issuer))
        one = one->next;
    return one;
}

static entry *
add(memory *store, signet_slice issuer, signet_error *err)
{
    entry *one = NULL;

    if (store->count >= store->count_max || issuer.len > SG_SEQUENCE_ISSUER_MAX)
        return signet_fail_null(err, SIGNET_E_NOMEM, "no room for another issuer");
    one = calloc(1, sizeof(*one) + issuer.len);
    if (!one)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for an issuer");
    if (issuer.len > 0)
        memcpy(one->issuer, issuer.ptr, issuer.len);
    one->len = issuer.len;
    one->next = store->first;
    store->first = one;
    store->count++;
    return one;
}

static signet_revocation_outcome
advance_locked(memory *store, signet_slice issuer, const signet_bundle_state *seen,
    const signet_revocation_rules *rules, signet_error *err)
{
    static const signet_bundle_state nothing = {0};
    entry *one = find(store, issuer);
    const signet_bundle_state *stored = one ? &one->state : &nothing;
    signet_revocation_outcome outcome = signet_bundle_compare(stored, seen, rules);

    if (outcome != SIGNET_REVOCATION_GOOD || !signet_bundle_is_newer(stored, seen, rules))
        return outcome;
    if (!one)
        one = add(store, issuer, err);
    if (!one)
        return SIGNET_REVOCATION_STORE_WRITE;
    one->state = *seen;
    return SIGNET_REVOCATION_GOOD;
}

static signet_revocation_outcome
advance(void *context, signet_slice issuer, const signet_bundle_state *seen,
    const signet_revocation_rules *rules, signet_error *err)
{
    memory *store = context;
    signet_revocation_outcome outcome = SIGNET_REVOCATION_STORE_READ;

    (void)pthread_mutex_lock(&store->lock);
    outcome = advance_locked(store, issuer, seen, rules, err);
    (void)pthread_mutex_unlock(&store->lock);
    return outcome;
}

static void
free_all(void *context)
{
    memory *store = context;

    while (store->first) {
        entry *next = store->first->next;

        free(store->first);
        store->first = next;
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

bool
sg_sequence_memory_new(size_t issuers_max, signet_sequence_store *ret_store, signet_error *err)
{
    memory *store = calloc(1, sizeof(*store));

    if (!store)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a store");
    store->count_max = issuers_max;
    (void)pthread_mutex_init(&store->lock, NULL);
    *ret_store = (signet_sequence_store){store, advance, free_all};
    return true;
}

void
sg_sequence_free(signet_sequence_store *store)
{
    if (store->free)
        store->free(store->context);
    *store = (signet_sequence_store){0};
}
