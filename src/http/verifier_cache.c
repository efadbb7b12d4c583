/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was verified before, found by token id and believed only if it was made of the very same
 * bytes: a record that changed in its store is another record.
 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "http/verifier.h"

enum { WAYS = 4 };

struct signet_verifier_cache {
    size_t sets, turn;
    sg_known **entries; /* WAYS for each set */
};

sg_known *
sg_known_new(signet_slice source, signet_error *err)
{
    SIGNET_AUTO(sg_known_drop) sg_known *known = calloc(1, sizeof(*known));

    if (!known)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    known->users = 1;
    return signet_buf_append(&known->source, source, err) ? SIGNET_TAKE(known) : NULL;
}

bool
sg_known_hash(sg_known *known, signet_error *err)
{
    sg_sha256(known->record.token, known->token_hash);
    signet_key_confirmation(known->record.ephemeral, known->key_hash);
    if (!sg_jwk_algorithm_names(signet_key_algorithm(known->record.ephemeral)))
        return true;
    return sg_jwk_thumbprint_text(known->record.ephemeral, known->thumbprint, err);
}

void
sg_known_drop(sg_known *known)
{
    if (!known || --known->users > 0)
        return;
    signet_buf_free(&known->source);
    sg_record_free(&known->record);
    free(known);
}

signet_verifier_cache *
signet_verifier_cache_new(size_t entries, signet_error *err)
{
    size_t wanted = entries == 0 ? SIGNET_VERIFIER_CACHE : entries;
    SIGNET_AUTO(signet_verifier_cache_free) signet_verifier_cache *cache = NULL;

    if (wanted > SIGNET_VERIFIER_CACHE_MAX)
        return signet_fail_null(err, SIGNET_E_USAGE, "a cache has at most %d entries, not %zu",
            SIGNET_VERIFIER_CACHE_MAX, wanted);
    cache = calloc(1, sizeof(*cache));
    if (!cache)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    cache->sets = (wanted + WAYS - 1) / WAYS;
    cache->entries = calloc(cache->sets, WAYS * sizeof(void *));
    if (!cache->entries)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    return SIGNET_TAKE(cache);
}

/* Token ids are random, and an id costs its issuer's signature. */
static sg_known **
set_of(signet_verifier_cache *cache, signet_slice token_id)
{
    uint64_t number = 0;

    memcpy(&number, token_id.ptr, sizeof(number));
    return &cache->entries[number % cache->sets * WAYS];
}

sg_known *
sg_cache_find(signet_verifier_cache *cache, signet_slice token_id, signet_slice source)
{
    sg_known **set = cache ? set_of(cache, token_id) : NULL;

    for (size_t i = 0; set && i < WAYS; i++) {
        if (set[i] && signet_slice_is_equal(set[i]->record.claims.token_id, token_id) &&
            signet_slice_is_equal(signet_buf_slice(&set[i]->source), source)) {
            set[i]->users++;
            return set[i];
        }
    }
    return NULL;
}

void
sg_cache_keep(signet_verifier_cache *cache, sg_known *known)
{
    signet_slice token_id = known->record.claims.token_id;
    sg_known **set = cache ? set_of(cache, token_id) : NULL;
    size_t victim = 0;

    if (!set)
        return;
    victim = cache->turn++ % WAYS;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i] && signet_slice_is_equal(set[i]->record.claims.token_id, token_id)) {
            victim = i; /* what was stored under this id before */
            break;
        }
        if (!set[i])
            victim = i;
    }
    sg_known_drop(set[victim]);
    set[victim] = known;
    known->users++;
}

void
signet_verifier_cache_free(signet_verifier_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; cache->entries && i < cache->sets * WAYS; i++)
        sg_known_drop(cache->entries[i]);
    free(cache->entries);
    free(cache);
}
