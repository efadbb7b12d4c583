/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs are used once: an exact, bounded store of what was seen lately, in memory that the caller
 * gives.  One process has it on its heap, the workers of a server share it: it holds no address,
 * needs no lock, and whoever uses it may be killed at any instruction.
 *
 * Unlike other objects, one store may be changed from many threads and processes at once.  Whoever
 * can write to its memory is trusted.
 */
#ifndef SIGNET_REPLAY_H
#define SIGNET_REPLAY_H

#include <signet/base.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_REPLAY_KEY_SIZE = 16,
    SIGNET_REPLAY_CAPACITY_DEFAULT = 1 << 20,
    SIGNET_REPLAY_CAPACITY_MAX = 1 << 27,
    SIGNET_REPLAY_WINDOW_DEFAULT = 61, /**< 2 x 30 s of skew + 1 */
    SIGNET_REPLAY_WINDOW_MAX = 3600,
    SIGNET_REPLAY_QUOTA_DEFAULT = 256,
    SIGNET_REPLAY_QUOTA_MAX = 65535,
    SIGNET_REPLAY_UNLIMITED = 65536, /**< as a quota: none */
    SIGNET_REPLAY_ALIGNMENT = 64,    /**< of the memory of a store */
};

/** How large a store is.  0 stands for the default. */
typedef struct {
    uint32_t capacity; /**< live entries that always have room; a few more may find it */
    uint32_t window;   /**< seconds that the `until` of an entry may be ahead: 2 x skew + 1 */
    uint32_t quota;    /**< entries that one token may add in a second */
} signet_replay_options;

typedef struct signet_replay signet_replay;

/** How many bytes of memory a store needs; at most 32 an entry from 65,536 entries on. */
SIGNET_API bool signet_replay_size(
    const signet_replay_options *options, size_t *ret_size, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Make an empty store in `size` bytes at `memory`, which begin at a multiple of
 * SIGNET_REPLAY_ALIGNMENT and stay the caller's.  Nobody else may use them meanwhile.
 * SIGNET_E_USAGE.
 */
SIGNET_API signet_replay *signet_replay_init(void *memory, size_t size,
    const signet_replay_options *options, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The store that is in `size` bytes at `memory`: made by another process, mapped elsewhere, or left
 * from before a reload.  SIGNET_E_DECODE when there is none, or one of another version or size;
 * SIGNET_E_USAGE for an address that is not aligned.
 */
SIGNET_API signet_replay *signet_replay_attach(void *memory, size_t size, signet_error *err)
    SIGNET_MUST_CHECK;

/** What the store was made with, defaults filled in. */
SIGNET_API signet_replay_options signet_replay_settings(const signet_replay *store);

/** A store on the heap.  SIGNET_E_USAGE, SIGNET_E_NOMEM.  Freed with signet_replay_free(). */
SIGNET_API signet_replay *signet_replay_new(const signet_replay_options *options, signet_error *err)
    SIGNET_MUST_CHECK;

/** Only for stores of signet_replay_new(). */
SIGNET_API void signet_replay_free(signet_replay *store);

SIGNET_DEFINE_AUTO(signet_replay_free, signet_replay *);

/** The key of a proof: 16 bytes of SHA-256("signet-replay-v1" || token id || timestamp || s). */
SIGNET_API void signet_replay_key(const uint8_t token_id[16], int64_t timestamp,
    signet_slice signature, uint8_t ret_key[SIGNET_REPLAY_KEY_SIZE]);

/** A proof that was found genuine. */
typedef struct {
    uint8_t key[SIGNET_REPLAY_KEY_SIZE]; /**< beginning of a cryptographic hash */
    uint64_t token;                      /**< beginning of a hash of the token id: whose quota */
    /**
     * The last second of the entry: timestamp + skew + 1.  It must follow from the proof alone, so
     * all who share a store use one skew, the largest: the same key with another `until` is new.
     */
    int64_t until;
} signet_replay_entry;

typedef enum {
    SIGNET_REPLAY_REFUSED = 0, /**< the arguments make no sense: SIGNET_E_USAGE, SIGNET_E_TIME */
    SIGNET_REPLAY_FRESH,       /**< never seen, and remembered from now on */
    SIGNET_REPLAY_SEEN,        /**< SIGNET_E_EXISTS */
    SIGNET_REPLAY_FULL,        /**< no room until entries expire: SIGNET_E_NOMEM */
    SIGNET_REPLAY_QUOTA,       /**< the token had its share of this second: SIGNET_E_NOMEM */
    SIGNET_REPLAY_FORGOTTEN,   /**< the clock was past `until` before: SIGNET_E_TIME */
} signet_replay_answer;

/**
 * Remember an entry at the second `now`: true when it is fresh, and of all who add the same one,
 * whenever and wherever, exactly one is told so.  Everything else is false, and nothing was stored.
 * `until` is from `now` to `now` + window.  `ret_answer` may be NULL; it is always written.
 */
SIGNET_API bool signet_replay_insert(signet_replay *store, const signet_replay_entry *entry,
    int64_t now, signet_replay_answer *ret_answer, signet_error *err) SIGNET_MUST_CHECK;

/** How many entries are live at `now`; while others add, a few more or less. */
SIGNET_API uint64_t signet_replay_count(const signet_replay *store, int64_t now);

SIGNET_END_DECLS

#endif
