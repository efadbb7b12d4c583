/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adding to a replay store, without locks.
 *
 * Why exactly one of many equal entries is fresh: a key has one chain, that of its second and its
 * hash, and joins it by one compare-and-swap of the chain's head.  That succeeds only if the head
 * is still the one whose chain was searched; else whatever came in between is searched too.  An
 * entry is complete before its chain leads to it.
 *
 * Why no lock: whoever is killed holding one, even a robust one, leaves something half done for
 * others to repair, and who is merely slow makes all others wait.  Here a step is one word.  Killed
 * before the last one, an inserter leaves at worst an entry or a block that belongs to its second
 * and is nobody's: it comes back with the rest of that second.  Killed after it, the entry stands.
 *
 * Why seconds: nothing is ever deleted.  When a block is needed, one whose second has passed is
 * taken as it is; a slot of the ring changes to a later second by that second's era in its words.
 * Before either, the floor rises to the second that is thereby forgotten, and whoever wants to add
 * to that second or an earlier one (a clock that went back, a process that slept) is refused.
 *
 * Everybody keeps to one order: READ a word, see that the floor is STILL BELOW the second, then
 * compare-and-swap against what was read.  Who takes over memory raises the floor before the first
 * write.  So a read that saw the new owner's value is followed by a floor that says so, and one
 * that did not makes the swap fail once the new owner wrote: a process that slept through the end
 * of its second harms nobody, and a search through memory that changed hands is never believed.
 * (Equal values do not deceive this: keys are hashes and come once; a link of 0 that is overwritten
 * by a sleeper's bears that one's era, which ends a chain as 0 does.)
 *
 * An era comes again after 2^20 turns of the ring: two years with the default window, 48 days with
 * the shortest.  A head that was not touched in all that time leads to entries of other chains, or
 * that are not written yet.  That is harmless: what bears another era ends the chain, places are
 * checked, steps are counted, and a block of another second is never written to, for its owner is
 * asked.
 *
 * Keys are the output of SHA-256 over a signature, so chains are even without a key of our own: to
 * choose one's chain costs a signature per try, and a long chain delays by a cache miss per entry.
 */
#include "http/replay.h"

#define LOW(bits) ((UINT64_C(1) << (bits)) - 1)

enum {
    ERA_AT = SG_REPLAY_FILTER_BITS,
    PLACE_AT = ERA_AT + SG_REPLAY_ERA_BITS,
    QUOTA_TRIES = 64, /* when others change the same line all the time */
    AHEAD = 2,        /* seconds that the clocks of two workers may be apart */
};

/* One call of signet_replay_insert(). */
typedef struct {
    signet_replay *store;
    const sg_replay_layout *layout;
    uint64_t key[2];
    uint64_t second, now, token;
    uint64_t era, filter; /* of the second; two bits of the key */
    sg_replay_word *head, *cursor, *owners, *quotas;
    sg_replay_slot *slots;
} insertion;

static bool
swap(sg_replay_word *word, uint64_t *expected, uint64_t value)
{
    return atomic_compare_exchange_strong_explicit(
        word, expected, value, memory_order_acq_rel, memory_order_acquire);
}

static uint64_t
era_of(uint64_t word)
{
    return word >> ERA_AT & LOW(SG_REPLAY_ERA_BITS);
}

static uint64_t
place_of(uint64_t word)
{
    return word >> PLACE_AT;
}

static uint64_t
count_of(uint64_t word) /* the filter's place in a cursor */
{
    return word & LOW(SG_REPLAY_FILTER_BITS);
}

static uint64_t
second_of(uint64_t owner)
{
    return owner >> SG_REPLAY_ORDINAL_BITS;
}

static uint64_t
pack(uint64_t place, uint64_t era, uint64_t low)
{
    return place << PLACE_AT | era << ERA_AT | low;
}

static void
raise_floor(signet_replay *store, uint64_t second)
{
    uint64_t floor = sg_replay_load(&store->floor);

    while (floor < second && !swap(&store->floor, &floor, second))
        continue;
}

static bool
is_forgotten(const insertion *in)
{
    return sg_replay_load(&in->store->floor) >= in->second;
}

static bool
has_key(const insertion *in, uint64_t word)
{
    uint64_t most = in->layout->blocks << in->layout->block_bits;

    for (uint64_t steps = 0; steps < most; steps++) {
        const sg_replay_slot *slot = NULL;

        if (era_of(word) != in->era || (word & in->filter) != in->filter ||
            place_of(word) - 1 >= most) /* 0 too: an empty head */
            return false;
        slot = &in->slots[place_of(word) - 1];
        if (sg_replay_load(&slot->key[0]) == in->key[0] &&
            sg_replay_load(&slot->key[1]) == in->key[1])
            return true;
        word = sg_replay_load(&slot->link);
    }
    return false;
}

/* --- blocks --- */

/* Take a block that never had a second, or whose second has passed; else say who has it. */
static bool
try_block(const insertion *in, uint64_t block, uint64_t owner, uint64_t *ret_second)
{
    uint64_t old = sg_replay_load(&in->owners[block]);
    bool is_taken = false;

    if (second_of(old) < in->now) {
        raise_floor(in->store, second_of(old));
        is_taken = swap(&in->owners[block], &old, owner);
    }
    *ret_second = second_of(old);
    return is_taken;
}

static bool
claim_block(const insertion *in, uint64_t owner, uint64_t *ret_block)
{
    signet_replay *store = in->store;
    uint64_t released = sg_replay_load(&store->released) & LOW(SG_REPLAY_ORDINAL_BITS);
    uint64_t exhausted = sg_replay_load(&store->exhausted);
    uint64_t block = sg_replay_load(&store->next_block), earliest = UINT64_MAX;

    if (in->now <= second_of(exhausted) && (exhausted & LOW(SG_REPLAY_ORDINAL_BITS)) == released)
        return false;
    for (uint64_t i = 0; i < in->layout->blocks; i++, block++) {
        uint64_t second = 0;

        if (block >= in->layout->blocks)
            block = 0;
        if (try_block(in, block, owner, &second)) {
            atomic_store_explicit(&store->next_block, block + 1, memory_order_relaxed);
            *ret_block = block;
            return true;
        }
        earliest = second < earliest ? second : earliest;
    }
    /* nobody searches again before that second has passed, or a block is released */
    atomic_store_explicit(
        &store->exhausted, earliest << SG_REPLAY_ORDINAL_BITS | released, memory_order_release);
    return false;
}

static void
release_block(const insertion *in, uint64_t block, uint64_t owner)
{
    if (swap(&in->owners[block], &owner, 0))
        (void)atomic_fetch_add(&in->store->released, 1);
}

/* Whether the cursor is that of our second, and how its block is owned. */
static bool
has_block(const insertion *in, uint64_t cursor, uint64_t *ret_owner)
{
    if (era_of(cursor) != in->era || place_of(cursor) >= in->layout->blocks)
        return false;
    *ret_owner = sg_replay_load(&in->owners[place_of(cursor)]);
    return second_of(*ret_owner) == in->second;
}

static signet_replay_answer
allocate(const insertion *in, uint64_t *ret_place)
{
    uint64_t bits = in->layout->block_bits;

    for (;;) {
        uint64_t cursor = sg_replay_load(in->cursor), owner = 0, block = 0;
        bool has = has_block(in, cursor, &owner);

        if (is_forgotten(in))
            return SIGNET_REPLAY_FORGOTTEN;
        if (has && count_of(cursor) < UINT64_C(1) << bits) {
            *ret_place = (place_of(cursor) << bits) + count_of(cursor);
            if (swap(in->cursor, &cursor, cursor + 1))
                return SIGNET_REPLAY_FRESH;
            continue;
        }
        owner = has ? owner + 1 : in->second << SG_REPLAY_ORDINAL_BITS;
        if (!claim_block(in, owner, &block))
            return SIGNET_REPLAY_FULL;
        *ret_place = block << bits;
        if (swap(in->cursor, &cursor, pack(block, in->era, 1)))
            return SIGNET_REPLAY_FRESH;
        release_block(in, block, owner);
    }
}

/* An entry that lost the race; wasted until its second has passed if it is not the newest. */
static void
give_back(const insertion *in, uint64_t place)
{
    uint64_t bits = in->layout->block_bits;
    uint64_t cursor = pack(place >> bits, in->era, (place & LOW(bits)) + 1);

    (void)swap(in->cursor, &cursor, cursor - 1);
}

/* Write a word of an entry, unless the entry has become another second's. */
static bool
put(const insertion *in, sg_replay_word *word, uint64_t value)
{
    uint64_t old = sg_replay_load(word);

    return !is_forgotten(in) && swap(word, &old, value);
}

/* An entry with our key in it, in no chain yet. */
static signet_replay_answer
prepare(const insertion *in, uint64_t *ret_place)
{
    for (;;) {
        signet_replay_answer answer = allocate(in, ret_place);
        sg_replay_slot *slot = NULL;

        if (answer != SIGNET_REPLAY_FRESH)
            return answer;
        slot = &in->slots[*ret_place];
        __builtin_prefetch(slot + 4, 1); /* the entry after the next, on the next line */
        if (put(in, &slot->key[0], in->key[0]) && put(in, &slot->key[1], in->key[1]))
            return answer;
    }
}

/* --- quotas --- */

/*
 * A line of 8 words for the tokens of a like hash, each with 32 bits of the hash, the second, and
 * how many entries.  In a second in which more than 8 tokens share a line, some of them go
 * uncounted: a quota keeps one token from filling the store, and many tokens are not one.
 */
static bool
is_current(uint64_t word, uint64_t now)
{
    return word && (uint16_t)((word >> 16) - now) <= AHEAD;
}

static sg_replay_word *
find_quota(sg_replay_word *line, uint64_t token, uint64_t now, uint64_t *ret_word)
{
    sg_replay_word *vacant = NULL;

    for (size_t i = 0; i < SG_REPLAY_QUOTA_WAYS; i++) {
        uint64_t word = sg_replay_load(&line[i]);
        bool ours = word && word >> 32 == (token & LOW(32));

        if (ours || (!vacant && !is_current(word, now))) {
            *ret_word = word;
            vacant = &line[i];
        }
        if (ours)
            break;
    }
    return vacant;
}

static bool
take_quota(const insertion *in)
{
    for (int i = 0; i < QUOTA_TRIES; i++) {
        uint64_t word = 0, next = in->token << 32 | (in->now & LOW(16)) << 16;
        sg_replay_word *found = find_quota(in->quotas, in->token, in->now, &word);

        if (!found)
            return true;
        if (is_current(word, in->now) && word >> 32 == (in->token & LOW(32)))
            next = word;
        if ((next & LOW(16)) >= in->layout->quota)
            return false;
        if (swap(found, &word, next + 1))
            return true;
    }
    return true;
}

/* --- the whole --- */

static signet_replay_answer
insert(const insertion *in)
{
    uint64_t head = sg_replay_load(in->head), place = 0, filter;
    bool is_prepared = false;

    for (;;) {
        bool is_old = era_of(head) != in->era || !place_of(head);
        signet_replay_answer answer = SIGNET_REPLAY_SEEN;

        if (has_key(in, head)) {
            if (is_prepared)
                give_back(in, place);
            return SIGNET_REPLAY_SEEN;
        }
        if (is_forgotten(in))
            return SIGNET_REPLAY_FORGOTTEN;
        if (!is_prepared && in->layout->quota != SIGNET_REPLAY_UNLIMITED && !take_quota(in))
            return SIGNET_REPLAY_QUOTA;
        if (!is_prepared && (answer = prepare(in, &place)) != SIGNET_REPLAY_FRESH)
            return answer;
        is_prepared = true;
        if (!put(in, &in->slots[place].link, is_old ? 0 : head)) {
            is_prepared = false;
            continue;
        }
        filter = is_old ? in->filter : (head & LOW(SG_REPLAY_FILTER_BITS)) | in->filter;
        if (swap(in->head, &head, pack(place + 1, in->era, filter)))
            return SIGNET_REPLAY_FRESH;
    }
}

static signet_replay_answer
start(signet_replay *store, const signet_replay_entry *entry, int64_t now)
{
    const sg_replay_layout *layout = &store->layout;
    uint64_t second = (uint64_t)entry->until, ring = UINT64_C(1) << layout->ring_bits;
    uint64_t turn = second & (ring - 1), line = 0;
    insertion in = {
        .store = store,
        .layout = layout,
        .second = second,
        .now = (uint64_t)now,
        .token = entry->token,
        .era = second >> layout->ring_bits & LOW(SG_REPLAY_ERA_BITS),
        .owners = sg_replay_words(store, layout->owners_at),
        .slots = (sg_replay_slot *)((uintptr_t)store + layout->entries_at),
    };

    memcpy(in.key, entry->key, sizeof(in.key));
    in.filter = UINT64_C(1) << (in.key[1] & 15) | UINT64_C(1) << (in.key[1] >> 4 & 15);
    in.head = sg_replay_words(store, layout->heads_at) + turn * layout->heads +
              ((in.key[0] & LOW(32)) * layout->heads >> 32);
    __builtin_prefetch(in.head, 1);
    in.cursor = sg_replay_words(store, layout->seconds_at) +
                turn * sizeof(sg_replay_second) / sizeof(*in.head);
    line = (in.token >> 32) * layout->quota_lines >> 32;
    in.quotas = sg_replay_words(store, layout->quotas_at) + line * SG_REPLAY_QUOTA_WAYS;
    __builtin_prefetch(in.quotas, 1);
    if (second > ring)
        raise_floor(store, second - ring); /* which had this slot of the ring */
    return is_forgotten(&in) ? SIGNET_REPLAY_FORGOTTEN : insert(&in);
}

static bool
check_times(const signet_replay *store, int64_t until, int64_t now, signet_error *err)
{
    if (now < 1 || now > SG_REPLAY_SECOND_MAX - SIGNET_REPLAY_WINDOW_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "the clock is out of range");
    if (until < now)
        return signet_fail(err, SIGNET_E_TIME, "the proof is too old to be remembered");
    if (until - now > (int64_t)store->layout.window)
        return signet_fail(err, SIGNET_E_TIME,
            "the proof is to be remembered for %lld s, at most %llu", (long long)(until - now),
            (unsigned long long)store->layout.window);
    return true;
}

bool
signet_replay_insert(signet_replay *store, const signet_replay_entry *entry, int64_t now,
    signet_replay_answer *ret_answer, signet_error *err)
{
    static const struct {
        signet_code code;
        const char *text;
    } refusals[] = {
        [SIGNET_REPLAY_SEEN] = {SIGNET_E_EXISTS, "the proof was used before"},
        [SIGNET_REPLAY_FULL] = {SIGNET_E_NOMEM, "the replay store is full"},
        [SIGNET_REPLAY_QUOTA] = {SIGNET_E_NOMEM,
            "the token had its share of proofs of this second"},
        [SIGNET_REPLAY_FORGOTTEN] = {SIGNET_E_TIME,
            "the clock went back to a second that the replay store has forgotten"},
    };
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;

    if (check_times(store, entry->until, now, err)) {
        answer = start(store, entry, now);
        if (answer != SIGNET_REPLAY_FRESH)
            signet_error_set(err, refusals[answer].code, "%s", refusals[answer].text);
    }
    if (ret_answer)
        *ret_answer = answer;
    return answer == SIGNET_REPLAY_FRESH;
}

uint64_t
signet_replay_count(const signet_replay *store, int64_t now)
{
    const sg_replay_layout *layout = &store->layout;
    const sg_replay_word *owners = sg_replay_words(store, layout->owners_at);
    uint64_t count = 0;

    for (uint64_t turn = 0; turn >> layout->ring_bits == 0; turn++) {
        const sg_replay_word *word =
            sg_replay_words(store, layout->seconds_at + turn * sizeof(sg_replay_second));
        uint64_t cursor = sg_replay_load(word), owner = 0, second = 0;

        if (place_of(cursor) >= layout->blocks)
            continue;
        owner = sg_replay_load(&owners[place_of(cursor)]);
        second = second_of(owner);
        if ((now > 0 && second < (uint64_t)now) || !second ||
            (second & LOW(layout->ring_bits)) != turn ||
            (second >> layout->ring_bits & LOW(SG_REPLAY_ERA_BITS)) != era_of(cursor))
            continue;
        count += ((owner & LOW(SG_REPLAY_ORDINAL_BITS)) << layout->block_bits) + count_of(cursor);
    }
    return count;
}
