/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for secrets: nobody's bytes are anybody else's, however many there are. */
#include "base/secret.h"
#include "harness.h"

enum { MANY = 200 }; /* more than share one block */

static const struct {
    const char *name;
    size_t size;
} sizes[] = {
    {"a byte", 1},
    {"a seed", 32},
    {"a slot", 64},
    {"one more than a slot", 65},
    {"a large one", 5000},
};

static bool
is_all(const uint8_t *bytes, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != value)
            return false;
    }
    return true;
}

TEST(is_zero_and_writable_to_its_end)
{
    for (EACH(row, sizes)) {
        uint8_t *secret = sg_secret_new(row->size, NULL);

        REQUIRE(secret);
        CHECK(is_all(secret, row->size, 0));
        memset(secret, 0xa5, row->size);
        CHECK(is_all(secret, row->size, 0xa5));
        sg_secret_free(secret);
    }
}

TEST(does_not_overlap_another)
{
    for (EACH(row, sizes)) {
        uint8_t *secrets[MANY];

        for (size_t i = 0; i < MANY; i++) {
            secrets[i] = sg_secret_new(row->size, NULL);
            REQUIRE(secrets[i]);
            memset(secrets[i], (int)i, row->size);
        }
        for (size_t i = 0; i < MANY; i++)
            CHECK(is_all(secrets[i], row->size, (uint8_t)i));
        for (size_t i = 0; i < MANY; i++)
            sg_secret_free(secrets[i]);
    }
}

TEST(is_wiped_before_it_is_anothers)
{
    for (EACH(row, sizes)) {
        uint8_t *keeper = sg_secret_new(row->size, NULL), *first = sg_secret_new(row->size, NULL);
        uint8_t *second = NULL;

        REQUIRE(keeper && first);
        memset(keeper, 0x11, row->size);
        memset(first, 0xa5, row->size);
        sg_secret_free(first);
        second = sg_secret_new(row->size, NULL);
        REQUIRE(second);
        CHECK(is_all(second, row->size, 0));
        CHECK(is_all(keeper, row->size, 0x11));
        sg_secret_free(second);
        sg_secret_free(keeper);
    }
}

TEST(is_nothing_that_cannot_be_had)
{
    signet_error err = {0};

    CHECK(!sg_secret_new(SIZE_MAX - 1, &err));
    CHECK_INT(err.code, SIGNET_E_NOMEM);
    sg_secret_free(NULL);
}

TESTS(TEST_OF(is_zero_and_writable_to_its_end), TEST_OF(does_not_overlap_another),
    TEST_OF(is_wiped_before_it_is_anothers), TEST_OF(is_nothing_that_cannot_be_had))
