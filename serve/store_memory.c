/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table with chains.  Holders may choose their token ids, hence a keyed hash. */
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "serve/store.h"

typedef struct entry {
    struct entry *next;
    int64_t expires;
    size_t len;
    char id[SG_STORE_ID_SIZE + 1];
    uint8_t value[];
} entry;

typedef struct {
    pthread_mutex_t lock;
    size_t count, count_max, bucket_count;
    uint8_t hash_key[crypto_shorthash_KEYBYTES];
    entry *buckets[];
} memory;

/* Where the pointer to that entry is, or would be appended. */
static entry **
place_of(memory *store, const char *id)
{
    uint8_t digest[crypto_shorthash_BYTES];
    uint64_t hash = 0;
    entry **at = NULL;

    (void)crypto_shorthash(digest, (const uint8_t *)id, SG_STORE_ID_SIZE, store->hash_key);
    memcpy(&hash, digest, sizeof(hash));
    at = &store->buckets[hash % store->bucket_count];
    while (*at && strcmp((*at)->id, id) != 0)
        at = &(*at)->next;
    return at;
}

static void
drop(memory *store, entry **at)
{
    entry *gone = *at;

    *at = gone->next;
    sodium_memzero(gone->value, gone->len);
    free(gone);
    store->count--;
}

static bool
get(void *context, const char *id, int64_t now, signet_buf *out, signet_error *err)
{
    memory *store = context;
    const entry *found = NULL;
    bool done = false;

    if (!sg_store_check_id(id, err))
        return false;
    (void)pthread_mutex_lock(&store->lock);
    found = *place_of(store, id);
    if (!found || sg_store_is_over(found->expires, now))
        done = signet_fail(err, SIGNET_E_NOT_FOUND, "there is no record of that token");
    else
        done = signet_buf_append(out, (signet_slice){found->value, found->len}, err);
    (void)pthread_mutex_unlock(&store->lock);
    return done;
}

static void
sweep_locked(memory *store, int64_t now)
{
    for (size_t i = 0; i < store->bucket_count; i++) {
        entry **at = &store->buckets[i];

        while (*at) {
            if (sg_store_is_over((*at)->expires, now))
                drop(store, at);
            else
                at = &(*at)->next;
        }
    }
}

static bool
sweep(void *context, int64_t now, signet_error *err __attribute__((unused)))
{
    memory *store = context;

    (void)pthread_mutex_lock(&store->lock);
    sweep_locked(store, now);
    (void)pthread_mutex_unlock(&store->lock);
    return true;
}

/* False: full, also without what has expired. */
static bool
insert_locked(memory *store, entry *one, int64_t now)
{
    entry **at = place_of(store, one->id);

    if (*at)
        drop(store, at);
    else if (store->count >= store->count_max)
        sweep_locked(store, now);
    if (store->count >= store->count_max)
        return false;
    at = place_of(store, one->id);
    one->next = *at;
    *at = one;
    store->count++;
    return true;
}

static bool
put(void *context, const char *id, signet_slice value, int64_t expires, int64_t now,
    signet_error *err)
{
    memory *store = context;
    entry *one = NULL;
    bool done = false;

    if (!sg_store_check_value(id, value, err))
        return false;
    one = calloc(1, sizeof(*one) + value.len);
    if (!one)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a record");
    one->expires = expires;
    one->len = value.len;
    memcpy(one->id, id, SG_STORE_ID_SIZE);
    memcpy(one->value, value.ptr, value.len);
    (void)pthread_mutex_lock(&store->lock);
    done = insert_locked(store, one, now);
    (void)pthread_mutex_unlock(&store->lock);
    if (done)
        return true;
    free(one);
    return signet_fail(
        err, SIGNET_E_NOMEM, "the store holds %zu records and no more", store->count_max);
}

static bool
forget(void *context, const char *id, signet_error *err)
{
    memory *store = context;
    entry **at = NULL;

    if (!sg_store_check_id(id, err))
        return false;
    (void)pthread_mutex_lock(&store->lock);
    at = place_of(store, id);
    if (*at)
        drop(store, at);
    (void)pthread_mutex_unlock(&store->lock);
    return true;
}

static void
free_all(void *context)
{
    memory *store = context;

    for (size_t i = 0; i < store->bucket_count; i++) {
        while (store->buckets[i])
            drop(store, &store->buckets[i]);
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

bool
sg_store_memory_new(size_t count_max, sg_store *ret_store, signet_error *err)
{
    size_t buckets = count_max < 4 ? 4 : count_max;
    memory *store = NULL;

    if (count_max == 0 || count_max > SIGNET_BUF_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a store of %zu records", count_max);
    store = calloc(1, sizeof(*store) + buckets * sizeof(entry *));
    if (!store)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a store");
    if (!sg_random(store->hash_key, sizeof(store->hash_key), err)) {
        free(store);
        return false;
    }
    store->bucket_count = buckets;
    store->count_max = count_max;
    (void)pthread_mutex_init(&store->lock, NULL);
    *ret_store = (sg_store){store, get, put, forget, sweep, free_all};
    return true;
}
