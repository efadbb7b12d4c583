/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many who add to one replay store at once, threads and processes, some of them killed or stopped
 * in the middle.  SIGNET_REPLAY_ROUNDS sets how often the races are run; a million takes a minute.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <signet/replay.h>

#include "harness.h"

enum {
    NOW = 1700000000,
    ROUNDS = 100000,
    RACERS = 4,
    CROWD = 1000,
    KILLED = 40,  /* processes, and stopped */
    KEYS = 30000, /* of a process that is killed */
    KILL_CAPACITY = 32768,
    RACE_CAPACITY = 1024,
};

/* As even as a hash: splitmix64. */
static uint64_t
scramble(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static signet_replay_answer
add(signet_replay *store, uint64_t number, int64_t until, int64_t now)
{
    signet_replay_entry entry = {.token = scramble(number >> 6), .until = until};
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;
    uint64_t key[2] = {scramble(2 * number), scramble(2 * number + 1)};

    memcpy(entry.key, key, sizeof(key));
    if (signet_replay_insert(store, &entry, now, &answer, NULL) != (answer == SIGNET_REPLAY_FRESH))
        abort();
    return answer;
}

static uint64_t
rounds(void)
{
    const char *text = getenv("SIGNET_REPLAY_ROUNDS"); /* NOLINT(concurrency-mt-unsafe) */
    unsigned long count = text ? strtoul(text, NULL, 10) : 0;

    return count ? count : ROUNDS;
}

/* As many as there are rounds for. */
static uint64_t
processes(void)
{
    uint64_t count = rounds() / (ROUNDS / KILLED);

    return count < 3 ? 3 : count > KILLED ? KILLED : count;
}

/* What the racers have in common, in memory that processes share too. */
typedef struct {
    _Alignas(64) _Atomic uint64_t arrived;
    _Alignas(64) _Atomic uint64_t wrong;
    _Atomic uint64_t progress; /* of the process that is killed */
    _Atomic uint8_t *wins;     /* of each round; mapped alike in all */
    signet_replay *store;
} shared;

static void *
share(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    REQUIRE(memory != MAP_FAILED);
    return memory;
}

static void *
store_memory(uint32_t capacity, size_t *ret_size)
{
    signet_replay_options options = {.capacity = capacity};
    void *memory = NULL;

    REQUIRE(signet_replay_size(&options, ret_size, NULL));
    memory = share(*ret_size);
    REQUIRE(signet_replay_init(memory, *ret_size, &options, NULL));
    return memory;
}

static shared *
shared_new(uint32_t capacity)
{
    shared *all = share(sizeof(*all));
    size_t size = 0;
    void *memory = store_memory(capacity, &size);

    all->wins = share(rounds());
    all->store = signet_replay_attach(memory, size, NULL);
    REQUIRE(all->store);
    return all;
}

/* Wait until all racers have come here for the `turn`th time. */
static void
meet(shared *all, uint64_t turn)
{
    (void)atomic_fetch_add(&all->arrived, 1);
    while (atomic_load(&all->arrived) < RACERS * (turn + 1))
        (void)sched_yield();
}

/*
 * In each round all add the same key at once, and exactly one may win.  A hundred rounds are a
 * second, and entries last for two, so the memory is used over and over.
 */
static void
race(shared *all)
{
    uint64_t count = rounds();

    for (uint64_t round = 0; round < count; round++) {
        int64_t now = NOW + (int64_t)round / 100;
        signet_replay_answer answer;

        meet(all, round);
        answer = add(all->store, round, now + 1, now);
        if (answer == SIGNET_REPLAY_FRESH)
            (void)atomic_fetch_add(&all->wins[round], 1);
        else if (answer != SIGNET_REPLAY_SEEN)
            (void)atomic_fetch_add(&all->wrong, 1);
    }
}

static void
check_race(const shared *all)
{
    CHECK_INT(all->wrong, 0);
    for (uint64_t round = 0; round < rounds(); round++)
        CHECK_INT(all->wins[round], 1);
}

static void *
race_thread(void *argument)
{
    race(argument);
    return NULL;
}

TEST(of_equal_entries_of_many_threads_one_wins)
{
    shared *all = shared_new(RACE_CAPACITY);
    pthread_t threads[RACERS];

    for (size_t i = 0; i < RACERS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, race_thread, all) == 0);
    for (size_t i = 0; i < RACERS; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    check_race(all);
}

static pid_t
start(void (*run)(shared *all), shared *all)
{
    pid_t child = fork();

    REQUIRE(child >= 0);
    if (child == 0) {
        run(all);
        _exit(0);
    }
    return child;
}

static int
end(pid_t child)
{
    int status = -1;

    REQUIRE(waitpid(child, &status, 0) == child);
    return status;
}

TEST(of_equal_entries_of_many_processes_one_wins)
{
    shared *all = shared_new(RACE_CAPACITY);
    pid_t children[RACERS];

    for (size_t i = 0; i < RACERS; i++)
        children[i] = start(race, all);
    for (size_t i = 0; i < RACERS; i++)
        CHECK_INT(end(children[i]), 0);
    check_race(all);
}

static void *
crowd_thread(void *argument)
{
    shared *all = argument;

    while (!atomic_load(&all->progress))
        (void)sched_yield();
    if (add(all->store, 1, NOW + 1, NOW) == SIGNET_REPLAY_FRESH)
        (void)atomic_fetch_add(&all->wins[0], 1);
    return NULL;
}

TEST(of_a_thousand_threads_one_wins)
{
    static pthread_t threads[CROWD];
    signet_replay_options options = {.capacity = RACE_CAPACITY, .quota = SIGNET_REPLAY_UNLIMITED};
    shared *all = shared_new(RACE_CAPACITY);
    pthread_attr_t attributes;

    all->store = signet_replay_new(&options, NULL);
    REQUIRE(all->store && pthread_attr_init(&attributes) == 0);
    REQUIRE(pthread_attr_setstacksize(&attributes, 128 << 10) == 0);
    for (size_t i = 0; i < CROWD; i++)
        REQUIRE(pthread_create(&threads[i], &attributes, crowd_thread, all) == 0);
    atomic_store(&all->progress, 1);
    for (size_t i = 0; i < CROWD; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    (void)pthread_attr_destroy(&attributes);
    CHECK_INT(all->wins[0], 1);
    signet_replay_free(all->store);
}

/* --- killed and stopped --- */

static uint64_t generation; /* of processes; each has keys and a second of its own */

static uint64_t
number_of(uint64_t i)
{
    return generation * KEYS + i;
}

static int64_t
second_of_generation(void)
{
    return NOW + (int64_t)generation;
}

/* Add one key after the other, and say how many were answered. */
static void
add_until_killed(shared *all)
{
    for (uint64_t i = 0; i < KEYS; i++) {
        if (add(all->store, number_of(i), second_of_generation(), second_of_generation()) !=
            SIGNET_REPLAY_FRESH)
            (void)atomic_fetch_add(&all->wrong, 1);
        atomic_store(&all->progress, i + 1);
    }
    for (;;)
        (void)pause();
}

static void
wait_for(const shared *all, uint64_t progress)
{
    while (atomic_load(&all->progress) < progress)
        (void)sched_yield();
}

TEST(a_killed_process_loses_and_holds_nothing)
{
    shared *all = shared_new(KILL_CAPACITY);

    for (generation = 1; generation <= processes(); generation++) {
        int64_t now = second_of_generation();
        uint64_t answered = 0, first = 0;
        pid_t child;

        atomic_store(&all->progress, 0);
        child = start(add_until_killed, all);
        wait_for(all, 1 + scramble(generation) % (KEYS - 1));
        REQUIRE(kill(child, SIGKILL) == 0);
        CHECK(WIFSIGNALED(end(child)));
        answered = atomic_load(&all->progress);
        for (uint64_t i = 0; i < answered; i++)
            CHECK_INT(add(all->store, number_of(i), now, now), SIGNET_REPLAY_SEEN);
        first = add(all->store, number_of(answered), now, now);
        CHECK(first == SIGNET_REPLAY_FRESH || first == SIGNET_REPLAY_SEEN);
        CHECK_INT(add(all->store, number_of(answered), now, now), SIGNET_REPLAY_SEEN);
        for (uint64_t i = answered + 1; i < KEYS; i++)
            CHECK_INT(add(all->store, number_of(i), now, now), SIGNET_REPLAY_FRESH);
    }
    CHECK_INT(all->wrong, 0);
    /* and whatever they left half done came back with its second */
    for (uint64_t i = 0; i < KILL_CAPACITY; i++)
        REQUIRE(add(all->store, UINT64_C(1) << 40 | i, NOW + KILLED + 50, NOW + KILLED + 1) ==
                SIGNET_REPLAY_FRESH);
    generation = 0;
}

/*
 * A process is stopped somewhere in the middle, perhaps of an insertion; its second passes, and all
 * of the memory is used for another.  When it goes on, it harms none of that.
 */
TEST(a_process_that_sleeps_through_its_second_harms_nobody)
{
    for (generation = 1; generation <= processes(); generation++) {
        shared *all = shared_new(KILL_CAPACITY);
        int64_t later = second_of_generation() + 50;
        uint64_t stopped_at = 0;
        pid_t child = start(add_until_killed, all);

        wait_for(all, 1 + scramble(generation) % 3000);
        REQUIRE(kill(child, SIGSTOP) == 0);
        REQUIRE(waitpid(child, NULL, WUNTRACED) == child);
        stopped_at = atomic_load(&all->progress);
        for (uint64_t i = 0; i < KILL_CAPACITY; i++)
            REQUIRE(
                add(all->store, UINT64_C(1) << 40 | i, later + 9, later) == SIGNET_REPLAY_FRESH);
        REQUIRE(kill(child, SIGCONT) == 0);
        wait_for(all, KEYS);
        REQUIRE(kill(child, SIGKILL) == 0);
        (void)end(child);
        for (uint64_t i = 0; i < KILL_CAPACITY; i++)
            REQUIRE(add(all->store, UINT64_C(1) << 40 | i, later + 9, later) == SIGNET_REPLAY_SEEN);
        CHECK(stopped_at + 1 >= KEYS || all->wrong > 0); /* it was refused from there on */
    }
    generation = 0;
}

TESTS(TEST_OF(of_equal_entries_of_many_threads_one_wins),
    TEST_OF(of_equal_entries_of_many_processes_one_wins), TEST_OF(of_a_thousand_threads_one_wins),
    TEST_OF(a_killed_process_loses_and_holds_nothing),
    TEST_OF(a_process_that_sleeps_through_its_second_harms_nobody))
