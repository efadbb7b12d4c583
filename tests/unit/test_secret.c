/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <string.h>

#include "base/secret.h"
#include "harness.h"

enum { MANY = 100, ROUNDS = 2000 };

static const struct {
    const char *name;
    size_t size;
} sizes[] = {
    {"one byte", 1},
    {"a seed", 32},
    {"the largest that shares a page", 128},
    {"the smallest with pages of its own", 129},
    {"more than a page", 5000},
};

static bool
is_all(const uint8_t *bytes, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

TEST(begins_as_zeros_also_in_memory_that_held_another)
{
    for (EACH(row, sizes)) {
        for (size_t round = 0; round < 3; round++) {
            uint8_t *secret = sg_secret_new(row->size, NULL);

            REQUIRE(secret);
            CHECK(is_all(secret, row->size, 0));
            memset(secret, 0x5a, row->size);
            sg_secret_free(secret);
        }
    }
}

TEST(is_wiped_when_freed)
{
    uint8_t *neighbour = sg_secret_new(32, NULL), *secret = sg_secret_new(32, NULL);

    REQUIRE(neighbour && secret);
    memset(neighbour, 1, 32);
    memset(secret, 2, 32);
    sg_secret_free(secret);
    CHECK(is_all(secret, 32, 0)); /* the page they share is still there */
    CHECK(is_all(neighbour, 32, 1));
    sg_secret_free(neighbour);
}

TEST(many_at_once_do_not_touch_each_other)
{
    uint8_t *secrets[MANY] = {NULL};

    for (size_t i = 0; i < MANY; i++) {
        secrets[i] = sg_secret_new(100, NULL);
        REQUIRE(secrets[i]);
        memset(secrets[i], (int)i, 100);
    }
    for (size_t i = 0; i < MANY; i++)
        CHECK(is_all(secrets[i], 100, (uint8_t)i));
    for (size_t i = 0; i < MANY; i += 2)
        sg_secret_free(secrets[i]);
    for (size_t i = 1; i < MANY; i += 2) {
        CHECK(is_all(secrets[i], 100, (uint8_t)i));
        sg_secret_free(secrets[i]);
    }
    sg_secret_free(NULL);
}

static void *
use_secrets(void *context)
{
    uint8_t mine = *(const uint8_t *)context;
    bool is_good = true;

    for (size_t i = 0; i < ROUNDS && is_good; i++) {
        uint8_t *secret = sg_secret_new(64, NULL);

        is_good = secret && is_all(secret, 64, 0);
        if (is_good) {
            memset(secret, mine, 64);
            is_good = is_all(secret, 64, mine);
        }
        sg_secret_free(secret);
    }
    return is_good ? context : NULL;
}

TEST(threads_do_not_get_the_same)
{
    static uint8_t values[] = {1, 2, 3, 4};
    pthread_t threads[sizeof(values)];

    for (size_t i = 0; i < sizeof(values); i++)
        REQUIRE(pthread_create(&threads[i], NULL, use_secrets, &values[i]) == 0);
    for (size_t i = 0; i < sizeof(values); i++) {
        void *result = NULL;

        REQUIRE(pthread_join(threads[i], &result) == 0);
        CHECK(result == &values[i]);
    }
}

TESTS(TEST_OF(begins_as_zeros_also_in_memory_that_held_another), TEST_OF(is_wiped_when_freed),
    TEST_OF(many_at_once_do_not_touch_each_other), TEST_OF(threads_do_not_get_the_same))
