/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a replay store: header, seconds, heads, owners, quotas, entries.  Every word that
 * changes is 64 bits wide and atomic; places are numbers, never addresses.
 *
 *     second u --- ring slot u mod `ring` ---+--- cursor: the block that its new entries go to
 *                                            `--- heads: a chain of entries each
 *     block --- so many entries, all of one second; its owner word says which
 *     entry --- 16 bytes of key, and a link: what the head was before
 *
 * A head or link: place + 1 of an entry (28 bits), era of the second (20), filter (16).  The era is
 * u / `ring`: what bears another one is of a second long gone and counts as empty, so a slot of the
 * ring changes to a new second without being cleared.  The filter has two bits of each key further
 * down the chain; without them a fresh key is known as such at the head.
 * A cursor: block (28), era (20), entries used (16).  An owner: second (38), how many blocks that
 * second had before (26).
 */
#ifndef SG_HTTP_REPLAY_H
#define SG_HTTP_REPLAY_H

#include <stdatomic.h>

#include <signet/replay.h>

typedef _Atomic uint64_t sg_replay_word;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && sizeof(sg_replay_word) == 8,
    "a lock hidden in the C library would not work between processes");

enum {
    SG_REPLAY_ERA_BITS = 20,
    SG_REPLAY_FILTER_BITS = 16,
    SG_REPLAY_ORDINAL_BITS = 26,
    SG_REPLAY_QUOTA_WAYS = 8, /* words of a cache line */
};

#define SG_REPLAY_SECOND_MAX ((INT64_C(1) << 38) - 1)

/* All of it follows from the first three. */
typedef struct {
    uint64_t capacity, window, quota;
    uint64_t ring_bits, block_bits; /* as powers of two */
    uint64_t heads;                 /* of a second */
    uint64_t blocks, quota_lines;
    uint64_t seconds_at, heads_at, owners_at, quotas_at, entries_at; /* offsets */
    uint64_t size;
} sg_replay_layout;

typedef struct {
    _Alignas(64) sg_replay_word cursor;
} sg_replay_second;

typedef struct {
    sg_replay_word key[2];
    sg_replay_word link;
} sg_replay_slot;

struct signet_replay {
    sg_replay_word magic; /* written last */
    uint64_t version;
    sg_replay_layout layout;
    uint64_t behind; /* bytes between the start of a heap block and this */
    /* Seconds up to here are forgotten: their entries may be gone.  Only grows. */
    _Alignas(64) sg_replay_word floor;
    /* Where to look for a block; until when there is none, and how many were released before. */
    _Alignas(64) sg_replay_word next_block;
    sg_replay_word exhausted, released;
};

static inline sg_replay_word *
sg_replay_words(const signet_replay *store, uint64_t offset)
{
    return (sg_replay_word *)((uintptr_t)store + offset);
}

static inline uint64_t
sg_replay_load(const sg_replay_word *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

#endif
