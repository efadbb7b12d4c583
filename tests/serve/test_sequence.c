/* SPDX-License-Identifier: Apache-2.0 */
/* Stores of sequence numbers: order, files of the reference, damage, processes, kill -9. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"
#include "serve/sequence.h"

enum { NOW = 1700000000, KILLS = 1000 };

static const signet_slice mac_key = {(const uint8_t *)"test-hmac-key-32-bytes-long!!!", 30};
static const signet_revocation_rules strict = {0}, reference = {.as_reference = true};

static signet_revocation_outcome
advance_as(const signet_sequence_store *store, const char *issuer, uint64_t seqno, uint8_t digest,
    uint32_t generation)
{
    signet_bundle_state seen = {.seqno = seqno,
        .has_digest = true,
        .digest = {digest},
        .generation = generation,
        .accepted = NOW};
    signet_error err = {0};

    return store->advance(store->context, signet_slice_text(issuer), &seen, &strict, &err);
}

static signet_revocation_outcome
advance(const signet_sequence_store *store, uint64_t seqno)
{
    return advance_as(store, "issuer", seqno, (uint8_t)seqno, 0);
}

static void
open_files(const char *directory, signet_sequence_store *ret_store)
{
    REQUIRE(sg_sequence_file_new(directory, mac_key, ret_store, NULL));
}

static void
check_order(const signet_sequence_store *store)
{
    CHECK_INT(advance(store, 100), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance(store, 100), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance(store, 99), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance(store, 101), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance(store, 100), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance_as(store, "issuer", 101, 7, 0), SIGNET_REVOCATION_EQUIVOCATION);
    CHECK_INT(advance_as(store, "another", 1, 1, 0), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance(store, UINT64_MAX), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance(store, 102), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance_as(store, "issuer", 102, 1, 1), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance_as(store, "issuer", 102, 1, 1), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance_as(store, "issuer", 101, 1, 1), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance(store, UINT64_MAX), SIGNET_REVOCATION_RETIRED_ANCHOR);
}

TEST(both_stores_keep_the_order)
{
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store memory = {0}, files = {0};

    REQUIRE(sg_sequence_memory_new(2, &memory, NULL));
    check_order(&memory);
    CHECK_INT(advance_as(&memory, "third", 1, 1, 0), SIGNET_REVOCATION_STORE_WRITE);
    open_files(scratch_path(scratch_directory(), "s"), &files);
    check_order(&files);
}

TEST(files_survive_and_are_those_of_the_reference)
{
    const char *directory = scratch_path(scratch_directory(), "s");
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store once = {0}, twice = {0};
    const char *path = scratch_path(directory, "697373756572.seqno");
    uint64_t seqno = 0;

    open_files(directory, &once);
    CHECK_INT(advance(&once, 123), SIGNET_REVOCATION_GOOD);
    CHECK_INT(scratch_mode(path), 0600);
    CHECK(sg_sequence_file_read(
        harness_file(path), mac_key, signet_slice_text("issuer"), &seqno, NULL));
    CHECK_INT(seqno, 123);
    open_files(directory, &twice);
    CHECK_INT(advance(&twice, 122), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance_as(&twice, "issuer", 123, 9, 0), SIGNET_REVOCATION_EQUIVOCATION);
}

static const struct {
    const char *name, *file;
    size_t keep, flip; /* bytes to keep; byte to change, or none: SIZE_MAX */
} damages[] = {
    {"number cut", "697373756572.seqno", 39, SIZE_MAX},
    {"number empty", "697373756572.seqno", 0, SIZE_MAX},
    {"number lowered", "697373756572.seqno", 40, 7},
    {"number, MAC", "697373756572.seqno", 40, 39},
    {"state cut", "697373756572.state", 83, SIZE_MAX},
    {"state, digest", "697373756572.state", 84, 8},
    {"state, generation", "697373756572.state", 84, 43},
    {"state, MAC", "697373756572.state", 84, 83},
    {"index cut", "index", 31, SIZE_MAX},
    {"index, name", "index", 45, 40},
};

TEST(damage_is_seen)
{
    for (EACH(row, damages)) {
        const char *directory = scratch_path(scratch_directory(), "s");
        const char *path = scratch_path(directory, row->file);
        SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};
        signet_slice good = {0};
        uint8_t bytes[128];

        open_files(directory, &store);
        CHECK_INT(advance(&store, 5), SIGNET_REVOCATION_GOOD);
        good = harness_file(path);
        REQUIRE(good.len >= row->keep && good.len < sizeof(bytes));
        memcpy(bytes, good.ptr, good.len);
        if (row->flip < row->keep)
            bytes[row->flip] ^= 1;
        scratch_write(path, (signet_slice){bytes, row->keep}, 0600);
        CHECK_INT(advance(&store, 6), SIGNET_REVOCATION_STORE_CORRUPT);
        scratch_write(path, good, 0600);
        CHECK_INT(advance(&store, 6), SIGNET_REVOCATION_GOOD);
    }
}

TEST(a_file_that_is_gone_is_missed)
{
    static const char *const names[] = {"697373756572.seqno", "697373756572.state"};

    for (size_t i = 0; i < 2; i++) {
        const char *directory = scratch_path(scratch_directory(), "s");
        SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};

        open_files(directory, &store);
        CHECK_INT(advance(&store, 5), SIGNET_REVOCATION_GOOD);
        REQUIRE(unlink(scratch_path(directory, names[i])) == 0);
        CHECK_INT(advance(&store, 6), SIGNET_REVOCATION_STORE_CORRUPT);
        (void)unlink(scratch_path(directory, names[1 - i]));
        CHECK_INT(advance(&store, 6), SIGNET_REVOCATION_STORE_CORRUPT);
    }
}

TEST(a_file_of_the_reference_is_taken_over)
{
    const char *directory = scratch_path(scratch_directory(), "s"), *path = NULL;
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};
    signet_bundle_state seen = {.seqno = 50};
    signet_error err = {0};

    open_files(directory, &store);
    CHECK_INT(store.advance(store.context, signet_slice_text("issuer"), &seen, &reference, &err),
        SIGNET_REVOCATION_GOOD);
    path = scratch_path(directory, "697373756572.state");
    CHECK(!scratch_exists(path));
    CHECK_INT(advance(&store, 49), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance(&store, 50), SIGNET_REVOCATION_GOOD);
    CHECK(scratch_exists(path));
    CHECK_INT(advance_as(&store, "issuer", 50, 1, 0), SIGNET_REVOCATION_EQUIVOCATION);
    seen.seqno = 60; /* the reference goes on */
    REQUIRE(store.advance(store.context, signet_slice_text("issuer"), &seen, &reference, &err) ==
            SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance(&store, 59), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance(&store, 60), SIGNET_REVOCATION_GOOD);
}

TEST(what_cannot_be_trusted_is_refused)
{
    const char *directory = scratch_path(scratch_directory(), "s");
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0}, other = {0};
    const char *path = scratch_path(directory, "697373756572.seqno");
    char issuer[1026];

    CHECK(!sg_sequence_file_new(directory, (signet_slice){0}, &store, NULL));
    open_files(directory, &store);
    CHECK_INT(advance(&store, 5), SIGNET_REVOCATION_GOOD);
    REQUIRE(sg_sequence_file_new(directory, signet_slice_text("another key"), &other, NULL));
    CHECK_INT(advance(&other, 6), SIGNET_REVOCATION_STORE_CORRUPT);
    REQUIRE(rename(path, scratch_path(directory, "moved")) == 0);
    REQUIRE(symlink("moved", path) == 0);
    CHECK_INT(advance(&store, 6), SIGNET_REVOCATION_STORE_READ);
    memset(issuer, 'i', sizeof(issuer) - 1);
    issuer[sizeof(issuer) - 1] = '\0';
    CHECK_INT(advance_as(&store, issuer, 6, 1, 0), SIGNET_REVOCATION_GOOD);
    CHECK_INT(advance_as(&store, issuer, 5, 1, 0), SIGNET_REVOCATION_ROLLBACK);
    issuer[127] = '\0';
    CHECK_INT(advance_as(&store, issuer, 6, 1, 0), SIGNET_REVOCATION_GOOD);
}

typedef struct {
    const signet_sequence_store *store;
    uint64_t seqno;
} race;

static void *
run_race(void *context)
{
    const race *one = context;

    (void)advance(one->store, one->seqno);
    return NULL;
}

TEST(fifty_at_once_leave_the_highest)
{
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};
    pthread_t threads[50];
    race races[50];

    open_files(scratch_path(scratch_directory(), "s"), &store);
    CHECK_INT(advance(&store, 10), SIGNET_REVOCATION_GOOD);
    for (size_t i = 0; i < 50; i++) {
        races[i] = (race){&store, 11 + i};
        REQUIRE(pthread_create(&threads[i], NULL, run_race, &races[i]) == 0);
    }
    for (size_t i = 0; i < 50; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    CHECK_INT(advance(&store, 59), SIGNET_REVOCATION_ROLLBACK);
    CHECK_INT(advance(&store, 60), SIGNET_REVOCATION_GOOD);
}

/* A child goes up from `from`, and says each number that was stored. */
static _Noreturn void
climb(const char *directory, uint64_t from, int out)
{
    signet_sequence_store store = {0};

    open_files(directory, &store);
    for (uint64_t seqno = from;; seqno++) {
        if (advance(&store, seqno) != SIGNET_REVOCATION_GOOD ||
            write(out, &seqno, sizeof(seqno)) != sizeof(seqno))
            _exit(1);
    }
}

TEST(kill_9_loses_nothing)
{
    const char *directory = scratch_path(scratch_directory(), "s");
    uint64_t highest = 0, said = 0;

    for (unsigned round = 0; round < KILLS; round++) {
        SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};
        struct timespec pause = {0, 1000L * (long)(round * 7919U % 1500U)};
        uint64_t seqno = 0;
        int ends[2], status = 0;
        pid_t child = 0;

        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        child = fork();
        REQUIRE(child >= 0);
        if (child == 0)
            climb(directory, highest + 1, ends[1]);
        (void)close(ends[1]);
        if (round % 2 == 1) { /* at work, also on a machine with much else to do */
            REQUIRE(read(ends[0], &seqno, sizeof(seqno)) == sizeof(seqno));
            highest = seqno;
            said++;
        }
        (void)nanosleep(&pause, NULL);
        REQUIRE(kill(child, SIGKILL) == 0);
        REQUIRE(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
        for (; read(ends[0], &seqno, sizeof(seqno)) == sizeof(seqno); said++)
            highest = seqno;
        (void)close(ends[0]);
        open_files(directory, &store);
        if (highest > 0)
            CHECK_INT(advance(&store, highest - 1), SIGNET_REVOCATION_ROLLBACK);
        highest += 1; /* one more may have been stored without having been said */
        CHECK_INT(advance(&store, highest), SIGNET_REVOCATION_GOOD);
    }
    print_message("# %llu numbers stored by those that were killed\n", (unsigned long long)said);
    CHECK(said >= KILLS / 2);
}

TESTS(TEST_OF(both_stores_keep_the_order), TEST_OF(files_survive_and_are_those_of_the_reference),
    TEST_OF(damage_is_seen), TEST_OF(a_file_that_is_gone_is_missed),
    TEST_OF(a_file_of_the_reference_is_taken_over), TEST_OF(what_cannot_be_trusted_is_refused),
    TEST_OF(fifty_at_once_leave_the_highest), TEST_OF(kill_9_loses_nothing))
