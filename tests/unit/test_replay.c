/* SPDX-License-Identifier: Apache-2.0 */
/* What a replay store answers, rule by rule; many at once: test_replay_race.c. */
#include <signet/replay.h>

#include "harness.h"

enum { NOW = 1700000000, WINDOW = SIGNET_REPLAY_WINDOW_DEFAULT };

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
add_of(signet_replay *store, uint64_t token, uint64_t number, int64_t until, int64_t now)
{
    static const signet_code codes[] = {
        [SIGNET_REPLAY_FRESH] = SIGNET_OK,
        [SIGNET_REPLAY_SEEN] = SIGNET_E_EXISTS,
        [SIGNET_REPLAY_FULL] = SIGNET_E_NOMEM,
        [SIGNET_REPLAY_QUOTA] = SIGNET_E_NOMEM,
        [SIGNET_REPLAY_FORGOTTEN] = SIGNET_E_TIME,
    };
    signet_replay_entry entry = {.token = scramble(token), .until = until};
    signet_replay_answer answer = SIGNET_REPLAY_FRESH;
    uint64_t key[2] = {scramble(2 * number), scramble(2 * number + 1)};
    signet_error err = {0};
    bool done = false;

    memcpy(entry.key, key, sizeof(key));
    done = signet_replay_insert(store, &entry, now, &answer, &err);
    CHECK_INT(done, err.code == SIGNET_OK);
    CHECK_INT(answer == SIGNET_REPLAY_FRESH, err.code == SIGNET_OK);
    if (answer != SIGNET_REPLAY_REFUSED)
        CHECK_INT(err.code, codes[answer]);
    return answer;
}

static signet_replay_answer
add(signet_replay *store, uint64_t number, int64_t until, int64_t now)
{
    return add_of(store, number, number, until, now);
}

static signet_replay *
store_of(uint32_t capacity)
{
    signet_replay_options options = {.capacity = capacity};
    signet_replay *store = signet_replay_new(&options, NULL);

    REQUIRE(store);
    return store;
}

/* clang-format off */
static const struct {
    const char *name;
    const char *token_id;
    int64_t timestamp;
    const char *signature, *key;
} keys[] = {
    {"a proof",          "31323334353637383930313233343536", 1700000000,
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f", "3f4b4abac0e80e80c52da364eb30ee82"},
    {"nothing signed",   "00000000000000000000000000000000", 0,  "",   "d7073d65d56c6cdba71b76f6d7638667"},
    {"before all time",  "ffffffffffffffffffffffffffffffff", -1, "ab", "07512b6eb8af6ebcab6eb5387b23c983"},
};
/* clang-format on */

TEST(makes_a_key_of_token_time_and_signature)
{
    for (EACH(row, keys)) {
        uint8_t key[SIGNET_REPLAY_KEY_SIZE];

        signet_replay_key(unhex(row->token_id).ptr, row->timestamp, unhex(row->signature), key);
        CHECK_BYTES(((signet_slice){key, sizeof(key)}), unhex(row->key));
    }
}

/* clang-format off */
static const struct {
    const char *name;
    int64_t now, until;
    signet_code expected;
} times[] = {
    {"of this very second",       NOW, NOW,                SIGNET_OK},
    {"of the next",               NOW, NOW + 1,            SIGNET_OK},
    {"at the end of the window",  NOW, NOW + WINDOW,       SIGNET_OK},
    {"past the window",           NOW, NOW + WINDOW + 1,   SIGNET_E_TIME},
    {"of the second before",      NOW, NOW - 1,            SIGNET_E_TIME},
    {"at the end of time",        NOW, INT64_MAX,          SIGNET_E_TIME},
    {"before all time",           NOW, INT64_MIN,          SIGNET_E_TIME},
    {"of the first second",       1, 1,                    SIGNET_OK},
    {"a clock that never ran",    0, 1,                    SIGNET_E_USAGE},
    {"a clock before the epoch",  -1, 1,                   SIGNET_E_USAGE},
    {"a clock past all time",     INT64_MAX, INT64_MAX,    SIGNET_E_USAGE},
    {"a clock before all time",   INT64_MIN, INT64_MIN,    SIGNET_E_USAGE},
    {"the year 9999",             253402300799, 253402300799 + WINDOW, SIGNET_OK},
};
/* clang-format on */

TEST(takes_what_ends_within_the_window)
{
    for (EACH(row, times)) {
        SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(100);
        signet_replay_entry entry = {.until = row->until};
        signet_replay_answer answer = SIGNET_REPLAY_FULL;
        signet_error err = {0};
        bool done = signet_replay_insert(store, &entry, row->now, &answer, &err);

        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        CHECK_INT(answer, done ? SIGNET_REPLAY_FRESH : SIGNET_REPLAY_REFUSED);
        CHECK_INT(signet_replay_count(store, row->now), done);
    }
}

TEST(remembers_until_the_last_second_and_not_longer)
{
    SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(0);

    CHECK_INT(add(store, 1, NOW + 9, NOW), SIGNET_REPLAY_FRESH);
    CHECK_INT(add(store, 1, NOW + 9, NOW), SIGNET_REPLAY_SEEN);
    CHECK_INT(add(store, 1, NOW + 9, NOW + 8), SIGNET_REPLAY_SEEN);
    CHECK_INT(signet_replay_count(store, NOW + 9), 1);
    CHECK_INT(add(store, 1, NOW + 9, NOW + 9), SIGNET_REPLAY_SEEN);
    CHECK_INT(add(store, 1, NOW + 9, NOW + 10), SIGNET_REPLAY_REFUSED);
    CHECK_INT(signet_replay_count(store, NOW + 10), 0);
    CHECK_INT(add(store, 2, NOW + 9, NOW + 9), SIGNET_REPLAY_FRESH);
}

TEST(tells_keys_apart_by_every_bit)
{
    SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(1000);
    signet_replay_entry entry = {.until = NOW + 1};

    for (int bit = -1; bit < 128; bit++) {
        memset(entry.key, 0, sizeof(entry.key));
        if (bit >= 0)
            entry.key[bit / 8] = (uint8_t)(1 << bit % 8);
        REQUIRE(signet_replay_insert(store, &entry, NOW, NULL, NULL));
        REQUIRE(!signet_replay_insert(store, &entry, NOW, NULL, NULL));
    }
    CHECK_INT(signet_replay_count(store, NOW), 129);
}

TEST(refuses_when_full_and_recovers_second_by_second)
{
    SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(100);

    for (uint64_t i = 0; i < 100; i++)
        CHECK_INT(add(store, i, NOW + 10 + (int64_t)i / 50, NOW), SIGNET_REPLAY_FRESH);
    for (uint64_t i = 100; i < 103; i++)
        CHECK_INT(add(store, i, NOW + 30, NOW), SIGNET_REPLAY_FULL);
    for (uint64_t i = 0; i < 100; i++)
        CHECK_INT(add(store, i, NOW + 10 + (int64_t)i / 50, NOW + 10), SIGNET_REPLAY_SEEN);
    CHECK_INT(add(store, 100, NOW + 30, NOW + 10), SIGNET_REPLAY_FULL);
    CHECK_INT(signet_replay_count(store, NOW + 10), 100);
    for (uint64_t i = 100; i < 150; i++)
        CHECK_INT(add(store, i, NOW + 30, NOW + 11), SIGNET_REPLAY_FRESH);
    CHECK_INT(add(store, 150, NOW + 30, NOW + 11), SIGNET_REPLAY_FULL);
    for (uint64_t i = 50; i < 100; i++)
        CHECK_INT(add(store, i, NOW + 11, NOW + 11), SIGNET_REPLAY_SEEN);
    CHECK_INT(add(store, 150, NOW + 30, NOW + 12), SIGNET_REPLAY_FRESH);
}

static void
fill(signet_replay *store, uint64_t first, uint64_t count, int64_t seconds, int64_t now)
{
    for (uint64_t i = 0; i < count; i++)
        CHECK_INT(add(store, first + i, now + (int64_t)i % seconds, now), SIGNET_REPLAY_FRESH);
    CHECK_INT(signet_replay_count(store, now), count);
}

TEST(has_room_for_its_capacity_however_it_is_spread)
{
    enum { CAPACITY = 20000 };
    static const struct {
        const char *name;
        int64_t seconds;
    } rows[] = {{"one second", 1}, {"two", 2}, {"all of the window", WINDOW + 1}};

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(CAPACITY);

        for (uint64_t round = 0; round < 4; round++) /* again and again */
            fill(store, round * CAPACITY, CAPACITY, row->seconds,
                NOW + (int64_t)round * (WINDOW + 1));
    }
}

TEST(charges_a_token_for_what_is_stored)
{
    signet_replay_options options = {.capacity = 1000, .quota = 3};
    SIGNET_AUTO(signet_replay_free) signet_replay *store = signet_replay_new(&options, NULL);

    for (uint64_t i = 0; i < 3; i++)
        CHECK_INT(add_of(store, 7, i, NOW + 5, NOW), SIGNET_REPLAY_FRESH);
    CHECK_INT(add_of(store, 7, 3, NOW + 5, NOW), SIGNET_REPLAY_QUOTA);
    CHECK_INT(add_of(store, 7, 3, NOW + 9, NOW), SIGNET_REPLAY_QUOTA);
    CHECK_INT(add_of(store, 7, 2, NOW + 5, NOW), SIGNET_REPLAY_SEEN);
    CHECK_INT(add_of(store, 8, 3, NOW + 5, NOW), SIGNET_REPLAY_FRESH);
    CHECK_INT(add_of(store, 7, 4, NOW + 5, NOW + 1), SIGNET_REPLAY_FRESH);
    CHECK_INT(add_of(store, 7, 4, NOW + 5, NOW + 1), SIGNET_REPLAY_SEEN);
    CHECK_INT(add_of(store, 7, 5, NOW + 5, NOW), SIGNET_REPLAY_FRESH); /* a slower clock */
    CHECK_INT(add_of(store, 7, 6, NOW + 5, NOW + 1), SIGNET_REPLAY_FRESH);
    CHECK_INT(add_of(store, 7, 7, NOW + 5, NOW), SIGNET_REPLAY_QUOTA);
    CHECK_INT(add_of(store, 7, 7, NOW + 5, NOW + 1), SIGNET_REPLAY_QUOTA);
    CHECK_INT(add_of(store, 7, 7, NOW + 5, NOW - 30), SIGNET_REPLAY_FRESH); /* one that stepped */
}

TEST(knows_the_quota_that_it_was_given)
{
    static const struct {
        const char *name;
        uint32_t quota, allowed;
    } rows[] = {{"default", 0, 256}, {"one", 1, 1}, {"largest", 65535, 65535},
        {"none", SIGNET_REPLAY_UNLIMITED, 66000}};

    for (EACH(row, rows)) {
        signet_replay_options options = {.capacity = 70000, .quota = row->quota};
        SIGNET_AUTO(signet_replay_free) signet_replay *store = signet_replay_new(&options, NULL);
        uint64_t i = 0;

        while (i < 66000 && add_of(store, 7, i, NOW + 5, NOW) == SIGNET_REPLAY_FRESH)
            i++;
        CHECK_INT(i, row->allowed);
    }
}

TEST(never_charges_one_token_for_another)
{
    signet_replay_options options = {.capacity = 1000, .quota = 1}; /* 8 lines of 8 */
    SIGNET_AUTO(signet_replay_free) signet_replay *store = signet_replay_new(&options, NULL);

    for (uint64_t i = 0; i < 1000; i++)
        CHECK_INT(add_of(store, i, i, NOW + 5, NOW), SIGNET_REPLAY_FRESH);
}

/* --- memory --- */

static void *
memory_for(const signet_replay_options *options, size_t *ret_size)
{
    void *memory = NULL;

    REQUIRE(signet_replay_size(options, ret_size, NULL));
    memory = aligned_alloc(SIGNET_REPLAY_ALIGNMENT, *ret_size + SIGNET_REPLAY_ALIGNMENT);
    REQUIRE(memory);
    memset(memory, 0xa5, *ret_size + SIGNET_REPLAY_ALIGNMENT);
    return memory;
}

TEST(is_found_again_wherever_its_memory_is)
{
    signet_replay_options options = {.capacity = 5000, .window = 121, .quota = 9}, found;
    size_t size = 0;
    void *here = memory_for(&options, &size), *there = memory_for(&options, &size);
    signet_replay *store = signet_replay_init(here, size, &options, NULL), *again = NULL;

    REQUIRE(store);
    for (uint64_t i = 0; i < 1000; i++)
        CHECK_INT(add(store, i, NOW + (int64_t)i % 122, NOW), SIGNET_REPLAY_FRESH);
    memcpy(there, here, size);
    memset(here, 0x5a, size);
    again = signet_replay_attach(there, size + 1, NULL);
    REQUIRE(again);
    CHECK_INT(signet_replay_count(again, NOW), 1000);
    for (uint64_t i = 0; i < 1000; i++)
        CHECK_INT(add(again, i, NOW + (int64_t)i % 122, NOW), SIGNET_REPLAY_SEEN);
    CHECK_INT(add(again, 1000, NOW, NOW), SIGNET_REPLAY_FRESH);
    found = signet_replay_settings(again);
    CHECK(memcmp(&found, &options, sizeof(found)) == 0);
    free(here);
    free(there);
}

static void
check_every_bit(void *memory, size_t size, uint64_t *word)
{
    for (int bit = 0; bit < 64; bit++) {
        signet_error err = {0};

        *word ^= UINT64_C(1) << bit;
        CHECK(!signet_replay_attach(memory, size, &err));
        CHECK_INT(err.code, SIGNET_E_DECODE);
        *word ^= UINT64_C(1) << bit;
    }
}

TEST(is_not_found_where_there_is_none)
{
    signet_replay_options options = {.capacity = 100};
    size_t size = 0;
    uint8_t *memory = memory_for(&options, &size);
    uint64_t *words = (void *)memory;
    signet_error err = {0};

    CHECK(!signet_replay_attach(memory, size, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    REQUIRE(signet_replay_init(memory, size, &options, NULL));
    CHECK(signet_replay_attach(memory, size, NULL));
    CHECK(!signet_replay_attach(memory, size - 1, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    CHECK(!signet_replay_attach(memory, 8, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    CHECK(!signet_replay_attach(memory + 8, size, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(!signet_replay_attach(NULL, size, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    for (size_t i = 0; i < 16; i++) {
        if (i != 3 && i != 4) /* another window or quota may be laid out alike */
            check_every_bit(memory, size, &words[i]);
    }
    CHECK(signet_replay_attach(memory, size, NULL));
    CHECK(!signet_replay_init(memory, size - 1, &options, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(!signet_replay_init(memory + 32, size, &options, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    free(memory);
}

TEST(has_sizes_within_bounds)
{
    static const struct {
        const char *name;
        signet_replay_options options;
        bool is_fine;
        size_t most;
    } rows[] = {
        {"default", {0}, true, 32 << 20},
        {"1", {.capacity = 1}, true, 40 + (8 << 10)},
        {"1000", {.capacity = 1000}, true, 1000 * 40 + (8 << 10)},
        {"4095", {.capacity = 4095}, true, 4095 * 40 + (8 << 10)},
        {"65,535", {.capacity = 65535}, true, 65535 * 32 + (8 << 10)},
        {"65,536", {.capacity = 65536}, true, 65536 * 32},
        {"10 million", {.capacity = 10000000}, true, 320000000},
        {"largest", {.capacity = 1 << 27}, true, (size_t)32 << 27},
        {"too many", {.capacity = (1 << 27) + 1}, false, 0},
        {"largest window", {.window = 3600}, true, 34 << 20},
        {"too long a window", {.window = 3601}, false, 0},
        {"no quota", {.quota = SIGNET_REPLAY_UNLIMITED}, true, 32 << 20},
        {"too large a quota", {.quota = SIGNET_REPLAY_UNLIMITED + 1}, false, 0},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};
        size_t size = 0;

        CHECK_INT(signet_replay_size(&row->options, &size, &err), row->is_fine);
        CHECK_INT(err.code, row->is_fine ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK(size <= row->most);
        if (!row->is_fine)
            CHECK(!signet_replay_new(&row->options, NULL));
    }
    signet_replay_free(NULL);
}

/* --- against a model --- */

enum { MODEL_CAPACITY = 64, MODEL_QUOTA = 20, MODEL_TOKENS = 5, MODEL_STEPS = 200000 };

/* The same as a plain list. */
static struct {
    size_t count;
    struct {
        uint64_t number;
        int64_t until;
    } entries[MODEL_CAPACITY];
    int64_t second;
    int charged[MODEL_TOKENS];
} model;

static signet_replay_answer
model_add(uint64_t token, uint64_t number, int64_t until, int64_t now)
{
    size_t kept = 0;

    for (size_t i = 0; i < model.count; i++) {
        if (model.entries[i].until >= now)
            model.entries[kept++] = model.entries[i];
    }
    model.count = kept;
    if (model.second != now)
        memset(model.charged, 0, sizeof(model.charged));
    model.second = now;
    if (until < now || until > now + WINDOW)
        return SIGNET_REPLAY_REFUSED;
    for (size_t i = 0; i < model.count; i++) {
        if (model.entries[i].number == number && model.entries[i].until == until)
            return SIGNET_REPLAY_SEEN;
    }
    if (model.charged[token] == MODEL_QUOTA)
        return SIGNET_REPLAY_QUOTA;
    model.charged[token]++;
    if (model.count == MODEL_CAPACITY)
        return SIGNET_REPLAY_FULL;
    model.entries[model.count].number = number;
    model.entries[model.count++].until = until;
    return SIGNET_REPLAY_FRESH;
}

TEST(answers_as_a_simple_model_does)
{
    signet_replay_options options = {.capacity = MODEL_CAPACITY, .quota = MODEL_QUOTA};
    SIGNET_AUTO(signet_replay_free) signet_replay *store = signet_replay_new(&options, NULL);
    int answers[SIGNET_REPLAY_FORGOTTEN + 1] = {0};
    int64_t now = NOW;

    for (uint64_t step = 0; step < MODEL_STEPS; step++) {
        uint64_t random = scramble(step);
        uint64_t token = random % MODEL_TOKENS, number = (random >> 8) % 40;
        int64_t until = now - 1 + (int64_t)((random >> 16) % (random >> 63 ? 4 : WINDOW + 3));
        signet_replay_answer expected = model_add(token, number, until, now), answer;

        answer = add_of(store, token, number, until, now);
        CHECK_INT(answer, expected);
        CHECK_INT(signet_replay_count(store, now), model.count);
        answers[answer]++;
        if ((random >> 32) % 64 == 0)
            now += (random >> 40) % 32 == 0 ? (int64_t)((random >> 48) % 200) : 1;
    }
    for (size_t i = 0; i < SIGNET_REPLAY_FORGOTTEN; i++)
        CHECK(answers[i] > 1000);
}

/* --- clocks that step --- */

TEST(works_on_after_a_step_back)
{
    SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(100000);
    uint64_t number = 0;

    for (int64_t now = NOW; now < NOW + 200; now++)
        CHECK_INT(add(store, number++, now + 31, now), SIGNET_REPLAY_FRESH);
    for (int64_t now = NOW + 140; now < NOW + 200; now++) {
        CHECK_INT(add(store, (uint64_t)(now - NOW), now + 31, now), SIGNET_REPLAY_SEEN);
        CHECK_INT(add(store, number++, now + 31, now), SIGNET_REPLAY_FRESH);
    }
}

TEST(refuses_what_it_forgot_while_the_clock_was_ahead)
{
    SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(10);

    for (uint64_t i = 0; i < 10; i++)
        CHECK_INT(add(store, i, NOW + 31, NOW), SIGNET_REPLAY_FRESH);
    CHECK_INT(add(store, 10, NOW + 91, NOW + 60), SIGNET_REPLAY_FRESH); /* takes memory */
    for (uint64_t i = 0; i < 10; i++)
        CHECK_INT(add(store, i, NOW + 31, NOW), SIGNET_REPLAY_FORGOTTEN);
    CHECK_INT(add(store, 11, NOW + 31, NOW), SIGNET_REPLAY_FORGOTTEN);
    CHECK_INT(add(store, 11, NOW + 32, NOW + 1), SIGNET_REPLAY_FULL);
    CHECK_INT(add(store, 12, NOW + 32, NOW + 32), SIGNET_REPLAY_FRESH);
    CHECK_INT(add(store, 10, NOW + 91, NOW + 60), SIGNET_REPLAY_SEEN);
}

enum { PROOFS = 2000, SKEW = 30, SPAN = 400 };

static bool accepted[PROOFS];

static signet_replay_answer
use(signet_replay *store, uint64_t proof, int64_t now)
{
    int64_t timestamp = NOW + (int64_t)(scramble(proof) % SPAN);
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;

    if (timestamp < now - SKEW || timestamp > now + SKEW)
        return answer;
    answer = add(store, proof, timestamp + SKEW + 1, now);
    CHECK(answer != SIGNET_REPLAY_REFUSED);
    CHECK(answer != SIGNET_REPLAY_FRESH || !accepted[proof]);
    CHECK(answer != SIGNET_REPLAY_SEEN || accepted[proof]);
    accepted[proof] = accepted[proof] || answer == SIGNET_REPLAY_FRESH;
    return answer;
}

/* Proofs are made ahead, and tried again and again while the clock jumps: accepted once at most. */
TEST(accepts_no_replay_however_the_clock_steps)
{
    static const uint32_t capacities[] = {200, 1000, 100000};

    for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]); i++) {
        SIGNET_AUTO(signet_replay_free) signet_replay *store = store_of(capacities[i]);
        int answers[SIGNET_REPLAY_FORGOTTEN + 1] = {0};
        int64_t now = NOW + SPAN / 2;

        memset(accepted, 0, sizeof(accepted));
        for (uint64_t step = 0; step < 300000; step++) {
            uint64_t random = scramble(step * 3 + i);

            if ((random >> 20) % 1000 == 0)
                now += (int64_t)((random >> 32) % 121) - 60 + (now < NOW ? 60 : 0) -
                       (now > NOW + SPAN ? 60 : 0);
            answers[use(store, random % PROOFS, now)]++;
        }
        CHECK(answers[SIGNET_REPLAY_FRESH] > 100);
        CHECK(answers[SIGNET_REPLAY_SEEN] > 1000);
        CHECK(answers[SIGNET_REPLAY_FORGOTTEN] > 100);
    }
}

TESTS(TEST_OF(makes_a_key_of_token_time_and_signature), TEST_OF(takes_what_ends_within_the_window),
    TEST_OF(remembers_until_the_last_second_and_not_longer), TEST_OF(tells_keys_apart_by_every_bit),
    TEST_OF(refuses_when_full_and_recovers_second_by_second),
    TEST_OF(has_room_for_its_capacity_however_it_is_spread),
    TEST_OF(charges_a_token_for_what_is_stored), TEST_OF(knows_the_quota_that_it_was_given),
    TEST_OF(never_charges_one_token_for_another), TEST_OF(is_found_again_wherever_its_memory_is),
    TEST_OF(is_not_found_where_there_is_none), TEST_OF(has_sizes_within_bounds),
    TEST_OF(answers_as_a_simple_model_does), TEST_OF(works_on_after_a_step_back),
    TEST_OF(refuses_what_it_forgot_while_the_clock_was_ahead),
    TEST_OF(accepts_no_replay_however_the_clock_steps))
