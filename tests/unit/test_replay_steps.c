/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One insertion into a replay store, interrupted after every third of its instructions in turn:
 * what others do meanwhile comes out right, and what the interrupted one does afterwards, if it
 * still can.  The store is so small that all share one chain and one cursor and every block is one
 * entry.
 */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <signet/replay.h>

#include "harness.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#define IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define IS_SANITIZED 0
#endif

enum {
    NOW = 1700000000,
    LATER = NOW + 50,
    SAME_SLOT = NOW + 64, /* of the ring */
    CAPACITY = 8,
    LONGEST = 20000,
    STRIDE = 3, /* a read and the swap that goes with it are further apart */
};

typedef struct {
    _Atomic int answer; /* of the interrupted one; 0: none yet */
    signet_replay *store;
    int fresh; /* answers of that kind, of all */
} scene;

static signet_replay_answer
add(scene *at, uint8_t number, int64_t until, int64_t now)
{
    signet_replay_entry entry = {.token = number, .until = until};
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;

    memset(entry.key, number, sizeof(entry.key));
    if (signet_replay_insert(at->store, &entry, now, &answer, NULL))
        at->fresh++;
    return answer;
}

static void
fill(scene *at, int64_t until, int64_t now, signet_replay_answer expected)
{
    for (int i = 0; i < CAPACITY; i++)
        CHECK_INT(add(at, (uint8_t)(100 + i), until, now), expected);
}

/* --- what happens meanwhile, and what is true afterwards --- */

static void
use_all_memory_anew(scene *at)
{
    fill(at, SAME_SLOT, LATER, SIGNET_REPLAY_FRESH);
}

static void
all_of_it_is_there(scene *at)
{
    fill(at, SAME_SLOT, LATER, SIGNET_REPLAY_SEEN);
    CHECK_INT(add(at, 1, NOW, NOW), SIGNET_REPLAY_FORGOTTEN);
}

static void
add_the_same(scene *at)
{
    signet_replay_answer answer = add(at, 1, NOW, NOW);

    CHECK(answer == SIGNET_REPLAY_FRESH || answer == SIGNET_REPLAY_SEEN);
}

static void
one_was_fresh(scene *at)
{
    CHECK_INT(at->fresh + (at->answer == SIGNET_REPLAY_FRESH), 1);
    CHECK_INT(add(at, 1, NOW, NOW), SIGNET_REPLAY_SEEN);
}

static void
add_others(scene *at) /* room for two more; the interrupted one may hold one of them */
{
    CHECK_INT(add(at, 2, NOW, NOW), SIGNET_REPLAY_FRESH);
    (void)add(at, 3, NOW, NOW);
}

static void
all_room_is_used(scene *at)
{
    at->fresh += at->answer == SIGNET_REPLAY_FRESH;
    for (uint8_t i = 4; i < 8; i++)
        (void)add(at, i, NOW, NOW);
    CHECK_INT(at->fresh, CAPACITY);
}

static void
add_the_same_twice(scene *at)
{
    signet_replay_answer answer = add(at, 1, NOW, NOW);

    CHECK(answer == SIGNET_REPLAY_FRESH || answer == SIGNET_REPLAY_SEEN);
    CHECK_INT(add(at, 1, NOW, NOW), SIGNET_REPLAY_SEEN);
    use_all_memory_anew(at);
}

static const struct {
    const char *name;
    uint8_t before; /* entries of the same second */
    bool is_killed;
    void (*meanwhile)(scene *at);
    void (*afterwards)(scene *at);
} scenes[] = {
    {"its second passes", 4, false, use_all_memory_anew, all_of_it_is_there},
    {"its second passes, of the empty store", 0, false, use_all_memory_anew, all_of_it_is_there},
    {"the same entry", 0, false, add_the_same, one_was_fresh},
    {"other entries", CAPACITY - 2, false, add_others, all_room_is_used},
    {"it is killed", 3, true, add_the_same_twice, all_of_it_is_there},
};

/* --- one after the other --- */

static void *
share(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    REQUIRE(memory != MAP_FAILED);
    return memory;
}

static pid_t
start(scene *at)
{
    pid_t child = fork();
    int status = 0;

    REQUIRE(child >= 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(1);
        (void)raise(SIGSTOP);
        atomic_store(&at->answer, (int)add(&(scene){.store = at->store}, 1, NOW, NOW));
        _exit(0);
    }
    REQUIRE(waitpid(child, &status, 0) == child);
    if (!WIFSTOPPED(status))
        skip(); /* nobody may trace here */
    return child;
}

/* Whether it is still at it after so many instructions. */
static bool
step(pid_t child, const scene *at, int instructions)
{
    int status = 0;

    for (int i = 0; i < instructions && !at->answer; i++) {
        REQUIRE(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0);
        REQUIRE(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
    }
    return !at->answer;
}

static void
let_go(pid_t child, bool is_killed)
{
    int status = 0;

    if (is_killed)
        REQUIRE(kill(child, SIGKILL) == 0);
    else
        REQUIRE(ptrace(PTRACE_CONT, child, NULL, NULL) == 0);
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(is_killed ? WIFSIGNALED(status) : WIFEXITED(status));
}

/* False when the insertion was over before. */
static bool
interrupt(__typeof__(&scenes[0]) row, scene *at, size_t size, int instructions)
{
    signet_replay_options options = {.capacity = CAPACITY};
    void *memory = at->store;
    bool is_at_it = false;
    pid_t child;

    memset(memory, 0, size); /* else keys of the round before would come again, as hashes do not */
    at->store = signet_replay_init(memory, size, &options, NULL);
    at->answer = at->fresh = 0;
    for (uint8_t i = 0; i < row->before; i++)
        REQUIRE(add(at, (uint8_t)(50 + i), NOW, NOW) == SIGNET_REPLAY_FRESH);
    at->fresh = row->meanwhile == add_others ? at->fresh : 0;
    child = start(at);
    is_at_it = step(child, at, instructions);
    if (is_at_it)
        row->meanwhile(at);
    let_go(child, row->is_killed);
    if (is_at_it)
        row->afterwards(at);
    return is_at_it;
}

TEST(whatever_happens_after_any_instruction_comes_out_right)
{
    signet_replay_options options = {.capacity = CAPACITY};
    size_t size = 0;
    scene *at = share(sizeof(*at));

    if (IS_SANITIZED)
        skip(); /* too many instructions */
    REQUIRE(signet_replay_size(&options, &size, NULL));
    at->store = share(size);
    for (EACH(row, scenes)) {
        int instructions = 0;

        while (instructions < LONGEST && interrupt(row, at, size, instructions))
            instructions += STRIDE;
        CHECK(instructions > 100); /* it was interrupted indeed */
        CHECK(instructions < LONGEST);
    }
}

TESTS(TEST_OF(whatever_happens_after_any_instruction_comes_out_right))
