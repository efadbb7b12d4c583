/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs to remember a proof, with 0, 1 and 10 million live ones, beside one raw Ed25519
 * verification by the same library.  The entries are either spread evenly over the whole window,
 * the hardest case for caches ("spread"), or of the second that it is, as honest clients' are
 * ("in turn"). Prints "name, tab, median in nanoseconds" lines; bytes for those that begin with
 * "bytes".
 */
#include <pthread.h>
#include <stdio.h>

#include <signet/signet.h>

#include "measure.h"

enum {
    MILLION = 1000 * 1000,
    WINDOW = SIGNET_REPLAY_WINDOW_DEFAULT,
    NOW = 1700000000,
    ROUNDS = 101,
    BATCH = 1000,
    VERIFICATIONS = 20, /* of a round */
    CONTENDED = 1000 * 1000,
};

/* As even as a hash, and far cheaper: splitmix64. */
static uint64_t
scramble(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static bool
add(signet_replay *store, uint64_t number, int64_t until, signet_error *err)
{
    signet_replay_entry entry = {.token = scramble(number >> 6), .until = until};
    uint64_t key[2] = {scramble(2 * number), scramble(2 * number + 1)};

    memcpy(entry.key, key, sizeof(key));
    return signet_replay_insert(store, &entry, NOW, NULL, err);
}

/* Somewhere in the window, or for `done` of `all` of it. */
static int64_t
until_of(uint64_t number, bool is_spread, uint64_t done, uint64_t all)
{
    uint64_t ahead = is_spread ? scramble(~number) % WINDOW : WINDOW * done / all;

    return NOW + 1 + (int64_t)ahead;
}

static void
print(const char *what, const char *how, uint64_t live, int64_t value)
{
    printf("%s %s %llu M\t%lld\n", what, how, (unsigned long long)live / MILLION, (long long)value);
}

/* How long `count` insertions take, each of another key; a share of them is measured. */
static bool
measure(uint64_t live, bool is_spread, uint64_t *number, signet_error *err)
{
    static int64_t times[ROUNDS];
    signet_replay_options options = {.capacity = 0, .quota = SIGNET_REPLAY_UNLIMITED - 1};
    SIGNET_AUTO(signet_replay_free) signet_replay *store = NULL;
    size_t size = 0;

    options.capacity = (uint32_t)(live + (uint64_t)ROUNDS * BATCH);
    store = signet_replay_new(&options, err);
    if (!store || !signet_replay_size(&options, &size, err))
        return false;
    for (uint64_t i = 0; i < live; i++, *number += 1) {
        if (!add(store, *number, until_of(*number, true, 0, 1), err))
            return false;
    }
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = measure_now();

        for (int i = 0; i < BATCH; i++, *number += 1) {
            if (!add(store, *number, until_of(*number, is_spread, (uint64_t)round, ROUNDS), err))
                return false;
        }
        times[round] = (measure_now() - begin) / BATCH;
    }
    print("replay", is_spread ? "spread" : "in turn", live, measure_median(times, ROUNDS));
    if (is_spread)
        print("bytes", "of", live, (int64_t)size);
    return true;
}

static bool
measure_verification(signet_error *err)
{
    static int64_t times[ROUNDS];
    static const char request[] = "GET|/protected/resource?and=query|1700000000|0123456789abcdef";
    SIGNET_AUTO(signet_key_free) signet_key *key = signet_key_generate(&signet_ed25519, err);
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    if (!key || !signet_key_sign(key, signet_slice_text(request), &signature, err))
        return false;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = measure_now();

        for (int i = 0; i < VERIFICATIONS; i++) {
            if (!signet_key_verify(
                    key, signet_slice_text(request), signet_buf_slice(&signature), err))
                return false;
        }
        times[round] = (measure_now() - begin) / VERIFICATIONS;
    }
    printf("raw verify, replay\t%lld\n", (long long)measure_median(times, ROUNDS));
    return true;
}

typedef struct {
    signet_replay *store;
    uint64_t first;
    bool done;
} half;

static void *
add_half(void *argument)
{
    half *mine = argument;

    mine->done = true;
    for (uint64_t i = 0; mine->done && i < CONTENDED; i++)
        mine->done = add(mine->store, mine->first + i, until_of(0, false, i, CONTENDED), NULL);
    return NULL;
}

/* Both at the same second all the time: every insertion moves the same cursor. */
static bool
measure_threads(size_t count, uint64_t *number, signet_error *err)
{
    signet_replay_options options = {
        .capacity = 2 * CONTENDED, .quota = SIGNET_REPLAY_UNLIMITED - 1};
    SIGNET_AUTO(signet_replay_free) signet_replay *store = signet_replay_new(&options, err);
    half halves[2] = {0};
    pthread_t threads[2];
    int64_t begin = measure_now();
    bool done = true;

    if (!store)
        return false;
    for (size_t i = 0; i < count; i++, *number += CONTENDED) {
        halves[i] = (half){store, *number, false};
        if (pthread_create(&threads[i], NULL, add_half, &halves[i]) != 0)
            return signet_fail(err, SIGNET_E_IO, "cannot start a thread");
    }
    for (size_t i = 0; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
        done = done && halves[i].done;
    }
    printf("replay %zu threads\t%lld\n", count, (long long)(measure_now() - begin) / CONTENDED);
    return done || signet_fail(err, SIGNET_E_NOMEM, "a thread was refused");
}

int
main(void)
{
    signet_error err = {0};
    uint64_t number = 0;
    bool done = measure_verification(&err);

    for (uint64_t live = 0; done && live <= (uint64_t)10 * MILLION;
         live = live ? live * 10 : MILLION)
        done = measure(live, true, &number, &err) && measure(live, false, &number, &err);
    for (size_t threads = 1; done && threads <= 2; threads++)
        done = measure_threads(threads, &number, &err);
    if (!done) {
        fprintf(stderr, "replay: %s\n", err.message);
        return 1;
    }
    return 0;
}
