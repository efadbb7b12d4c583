/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tables need on top of cmocka: rows, checks that name the failing row, hex.
 *
 * TEST(a_sentence) { for (EACH(row, table)) CHECK_INT(f(row->input), row->expected); }
 * TESTS(TEST_OF(a_sentence), ...)
 */
#ifndef SG_TESTS_HARNESS_H
#define SG_TESTS_HARNESS_H

/* cmocka.h needs the others before it */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
/* clang-format on */

#include <signet/base.h>

/** The row at work; every failure names it. */
extern const char *harness_row;

/** Loop over a table whose rows begin with `const char *name`. */
#define EACH(row, table)                                                                           \
    __typeof__(&(table)[0]) row = (table);                                                         \
    row < (table) + sizeof(table) / sizeof((table)[0]) && (harness_row = row->name);               \
    row++

#define TEST(sentence)    static void sentence(void **state __attribute__((unused)))
#define TEST_OF(sentence) cmocka_unit_test(sentence)
#define TESTS(...)                                                                                 \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
                                                                                                   \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            harness_fail(__FILE__, __LINE__, "%s is false", #condition);                           \
    } while (0)
#define CHECK(condition) REQUIRE(condition)
#define CHECK_INT(value, expected)                                                                 \
    harness_int(__FILE__, __LINE__, #value, (long long)(value), (long long)(expected))
#define CHECK_TEXT(value, expected)                                                                \
    harness_bytes(__FILE__, __LINE__, #value, signet_slice_text(value), signet_slice_text(expected))
#define CHECK_BYTES(value, expected) harness_bytes(__FILE__, __LINE__, #value, (value), (expected))

/** End the test, naming the place and the row. */
_Noreturn void harness_fail(const char *file, int line, const char *format, ...)
    SIGNET_PRINTF(3, 4);
void harness_int(const char *file, int line, const char *what, long long value, long long expected);
void harness_bytes(
    const char *file, int line, const char *what, signet_slice value, signet_slice expected);

/** Bytes of hex digits (white space is skipped), in memory that lives until the program ends. */
signet_slice unhex(const char *digits);

/** A copy of bytes in memory that lives until the program ends. */
signet_slice harness_keep(signet_slice bytes);

/** A whole file, in memory that lives until the program ends; fails the test when it cannot. */
signet_slice harness_file(const char *path);

#endif
