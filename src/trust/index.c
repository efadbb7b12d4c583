/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in the order of their identifiers, SHA-1 over the raw key: what a certificate calls the
 * authority key identifier, so one array answers "whose key is this" and "which keys may have
 * issued that".  Sorted rather than hashed: nobody can fill a bucket.  The identifier is a hint;
 * whoever looks a key up compares the key itself.
 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "trust/trust.h"

static int
compare_entries(const void *a, const void *b)
{
    const sg_trust_entry *left = a, *right = b;
    int order = memcmp(left->ski, right->ski, sizeof(left->ski));

    return order != 0 ? order : (left->signer > right->signer) - (left->signer < right->signer);
}

static bool
is_same_key(const signet_trust *trust, const sg_trust_entry *a, const sg_trust_entry *b)
{
    if (memcmp(a->ski, b->ski, sizeof(a->ski)) != 0)
        return false;
    if (a->is_unread || b->is_unread)
        return true; /* the identifier is all that can be compared */
    return signet_key_is_same(
        trust->signers[a->signer].keys[a->place], trust->signers[b->signer].keys[b->place]);
}

/* The entry before number `at` that is of the same key, or NULL. */
static const sg_trust_entry *
earlier_entry(const signet_trust *trust, const sg_trust_entry *entries, size_t at)
{
    for (size_t i = at; i-- > 0;) {
        if (memcmp(entries[i].ski, entries[at].ski, SG_TRUST_SKI_SIZE) != 0)
            return NULL;
        if (is_same_key(trust, &entries[i], &entries[at]))
            return &entries[i];
    }
    return NULL;
}

/* Of all keys that stand twice, report the one whose second place comes first. */
static bool
check_twice(
    const signet_trust *trust, const sg_trust_entry *entries, size_t count, signet_error *err)
{
    const sg_trust_entry *first = NULL, *second = NULL;

    for (size_t i = 1; i < count; i++) {
        const sg_trust_entry *earlier = earlier_entry(trust, entries, i);

        if (earlier && (!second || entries[i].signer < second->signer)) {
            first = earlier;
            second = &entries[i];
        }
    }
    if (!second)
        return true;
    return signet_fail(err, SIGNET_E_EXISTS, "line %zu: the key of line %zu again (%s)",
        trust->signers[second->signer].line, trust->signers[first->signer].line,
        trust->signers[first->signer].name);
}

static bool
fill_entry(const signet_trust *trust, sg_trust_entry *entry, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
    const signet_trusted_signer *signer = &trust->signers[entry->signer];

    if (!entry->is_unread) {
        signet_key_ski(signer->keys[entry->place], entry->ski);
        return true;
    }
    if (!sg_trust_unread_raw(signer->unread_keys[entry->place], &raw, err))
        return false;
    sg_sha1(signet_buf_slice(&raw), entry->ski);
    return true;
}

static bool
fill_entries(const signet_trust *trust, size_t first, sg_trust_entry *entries, size_t *ret_count,
    signet_error *err)
{
    for (size_t i = first; i < trust->count; i++) {
        const signet_trusted_signer *signer = &trust->signers[i];

        for (size_t j = 0; j < signer->key_count + signer->unread_key_count; j++) {
            bool is_unread = j >= signer->key_count;
            sg_trust_entry *entry = &entries[(*ret_count)++];

            *entry = (sg_trust_entry){.signer = (uint32_t)i,
                .place = (uint8_t)(is_unread ? j - signer->key_count : j),
                .is_unread = is_unread};
            if (!fill_entry(trust, entry, err))
                return false;
        }
    }
    return true;
}

bool
sg_trust_index(signet_trust *trust, size_t first, signet_error *err)
{
    size_t capacity = trust->entry_count + (trust->count - first) * SG_TRUST_KEYS_MAX;
    size_t count = trust->entry_count;
    sg_trust_entry *entries = calloc(capacity + 1, sizeof(*entries));

    if (!entries)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %zu keys", capacity);
    if (count > 0)
        memcpy(entries, trust->entries, count * sizeof(*entries));
    if (!fill_entries(trust, first, entries, &count, err)) {
        free(entries);
        return false;
    }
    qsort(entries, count, sizeof(*entries), compare_entries);
    if (!check_twice(trust, entries, count, err)) {
        free(entries);
        return false;
    }
    free(trust->entries);
    trust->entries = entries;
    trust->entry_count = count;
    return true;
}

const sg_trust_entry *
sg_trust_entries_of(const signet_trust *trust, signet_slice ski, size_t *ret_count)
{
    size_t low = 0, high = trust->entry_count, end = 0;

    *ret_count = 0;
    if (ski.len != SG_TRUST_SKI_SIZE)
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(trust->entries[middle].ski, ski.ptr, ski.len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < trust->entry_count; end++) {
        if (memcmp(trust->entries[end].ski, ski.ptr, ski.len) != 0)
            break;
    }
    *ret_count = end - low;
    return *ret_count > 0 ? &trust->entries[low] : NULL;
}

const signet_trusted_signer *
signet_trust_find(const signet_trust *trust, const signet_key *key)
{
    uint8_t ski[SG_TRUST_SKI_SIZE];
    size_t count = 0;
    const sg_trust_entry *entry = NULL;

    signet_key_ski(key, ski);
    entry = sg_trust_entries_of(trust, (signet_slice){ski, sizeof(ski)}, &count);
    for (; count > 0; count--, entry++) {
        const signet_trusted_signer *signer = &trust->signers[entry->signer];

        if (!entry->is_unread && signet_key_is_same(signer->keys[entry->place], key))
            return signer;
    }
    return NULL;
}
