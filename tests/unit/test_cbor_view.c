/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What inspect shows of CBOR: diagnostic notation, JSON, the first broken rule and its byte.  That
 * it finds a rule broken exactly when the strict reader does is tried with very many inputs.
 */
#include <signet/signet.h>

#include "base/text.h"
#include "codec/cbor.h"
#include "harness.h"
#include "signet/cbor_view.h"

/* clang-format off */
static const struct {
    const char *name, *hex, *notation, *json;
    const char *problem; /* NULL: none */
    size_t at;
} items[] = {
    {"a number", "1864", "100", "100", NULL, 0},
    {"the largest", "1bffffffffffffffff", "18446744073709551615", "18446744073709551615", NULL, 0},
    {"a negative one", "3903e7", "-1000", "-1000", NULL, 0},
    {"the smallest", "3bffffffffffffffff", "-18446744073709551616", "-18446744073709551616", NULL, 0},
    {"bytes", "4401020304", "h'01020304'", "\"01020304\"", NULL, 0},
    {"no bytes", "40", "h''", "\"\"", NULL, 0},
    {"text", "6161", "\"a\"", "\"a\"", NULL, 0},
    {"text with quotes", "62225c", "\"\\\"\\\\\"", "\"\\\"\\\\\"", NULL, 0},
    {"text that acts on a terminal", "641b5b316d", "\"\\u001b[1m\"", "\"\\u001b[1m\"", NULL, 0},
    {"an array", "83010203", "[1, 2, 3]", "[1, 2, 3]", NULL, 0},
    {"arrays in it", "8301820203820405", "[1, [2, 3], [4, 5]]", "[1, [2, 3], [4, 5]]", NULL, 0},
    {"a map", "a201020304", "{1: 2, 3: 4}", "{\"1\": 2, \"3\": 4}", NULL, 0},
    {"a map with text keys", "a26161016162820203", "{\"a\": 1, \"b\": [2, 3]}", "{\"a\": 1, \"b\": [2, 3]}", NULL, 0},
    {"false, true, null", "83f4f5f6", "[false, true, null]", "[false, true, null]", NULL, 0},
    {"another simple value", "f0", "simple(16)", "\"simple(16)\"", NULL, 0},
    {"half precision", "f93e00", "1.5", "1.5", NULL, 0},
    {"its smallest", "f90001", "5.9604644775390625e-08", "5.9604644775390625e-08", NULL, 0},
    {"a whole float", "f93c00", "1.0", "1.0", NULL, 0},
    {"minus nothing", "f98000", "-0.0", "-0.0", NULL, 0},
    {"single precision", "fa47c35000", "100000.0", "100000.0", NULL, 0},
    {"double precision", "fb3ff199999999999a", "1.1000000000000001", "1.1000000000000001", NULL, 0},
    {"infinity", "f97c00", "Infinity", "\"Infinity\"", NULL, 0},
    {"minus infinity", "f9fc00", "-Infinity", "\"-Infinity\"", NULL, 0},
    {"no number", "f97e00", "NaN", "\"NaN\"", NULL, 0},
    {"a tag", "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "32(\"http://www.example.com\")", "\"32(\\\"http://www.example.com\\\")\"", NULL, 0},
    {"a big number", "c249010000000000000000", "2(h'010000000000000000')", "\"2(h'010000000000000000')\"", NULL, 0},

    {"nothing", "", "...", "\"...\"", "is cut short", 0},
    {"a long number", "1817", "23", "23", "is not in its shortest form", 0},
    {"one in an array", "8201190001", "[1, 1]", "[1, 1]", "is not in its shortest form", 2},
    {"bytes without length", "5f42010243030405ff", "(_ h'0102', h'030405')", "\"8 bytes in pieces\"", "has no definite length", 0},
    {"a piece of another type", "5f6161ff", "(_ )", "\"1 bytes in pieces\"", "has no definite length", 0},
    {"an array without length", "9f01ff", "[_ 1]", "[1]", "has no definite length", 0},
    {"one without end", "9f01", "[_ 1]", NULL, "has no definite length", 0},
    {"a stray break", "ff", "...", "\"...\"", "has a stray break", 0},
    {"a reserved head", "1c", "...", "\"...\"", "has a reserved head", 0},
    {"bytes cut short", "440102", "h'0102'", "\"0102\"", "is cut short", 1},
    {"a length beyond all", "5bffffffffffffffff01", "h'01'", "\"01\"", "is cut short", 9},
    {"a map cut short", "a2010203", "{1: 2, 3: ...}", "{\"1\": 2, \"3\": \"...\"}", "is cut short", 4},
    {"a key without value", "a101", "{1: ...}", "{\"1\": \"...\"}", "is cut short", 2},
    {"keys not in order", "a202000100", "{2: 0, 1: 0}", "{\"2\": 0, \"1\": 0}", "has keys that are doubled or not in order", 3},
    {"a key twice", "a201000100", "{1: 0, 1: 0}", NULL, "has keys that are doubled or not in order", 3},
    {"a longer key before a shorter", "a21864002000", "{100: 0, -1: 0}", NULL, "has keys that are doubled or not in order", 4},
    {"a key that is an array", "a18001", "{[]: 1}", "{\"[]\": 1}", "has a key that is no scalar", 1},
    {"text that is not UTF-8", "61ff", NULL, "\"\\ufffd\"", "is not UTF-8", 1},
    {"undefined", "f7", "undefined", "\"undefined\"", "is undefined", 0},
    {"a simple value of two bytes", "f814", NULL, NULL, "is not in its shortest form", 0},
    {"a time", "c11a514b67b0", "1(1363896240)", NULL, "has a time", 0},
    {"a big number that is small", "c24101", "2(h'01')", NULL, "has a big number not in its shortest form", 0},
    {"a float that fits half", "fa3f800000", "1.0", "1.0", "is a float not in its shortest form", 0},
    {"a double that fits single", "fb40f86a0000000000", "100000.0", NULL, "is a float not in its shortest form", 0},
    {"infinity in single", "fa7f800000", "Infinity", NULL, "is a float not in its shortest form", 0},
    {"another NaN", "f97e01", "NaN", NULL, "is not the one NaN", 0},
    {"something behind it", "0001", "0", "0", "has something after its end", 1},
    {"nine levels", "81818181818181818100", "[[[[[[[[[0]]]]]]]]]", NULL, "is nested too deeply", 8},
    {"eight levels", "818181818181818100", "[[[[[[[[0]]]]]]]]", NULL, NULL, 0},
};
/* clang-format on */

static void
check_written(signet_slice bytes, cbor_form form, const char *expected)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    if (!expected)
        return;
    REQUIRE(cbor_view_write(bytes, form, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(expected));
}

TEST(items_are_written_and_rules_named)
{
    for (EACH(row, items)) {
        signet_slice bytes = unhex(row->hex);
        cbor_view in = cbor_view_of(bytes);

        (void)cbor_view_item(&in);
        CHECK(cbor_view_end(&in) == !row->problem);
        if (row->problem) {
            CHECK_TEXT(in.problem, row->problem);
            CHECK_INT(in.problem_at, row->at);
        }
        check_written(bytes, CBOR_AS_NOTATION, row->notation);
        check_written(bytes, CBOR_AS_JSON, row->json);
    }
}

TEST(very_deep_input_ends)
{
    SIGNET_AUTO(signet_buf_free) signet_buf deep = {0}, out = {0};
    cbor_view in = {0};

    for (int i = 0; i < 100000; i++)
        REQUIRE(signet_buf_append(&deep, (signet_slice){(const uint8_t *)"\x81", 1}, NULL));
    in = cbor_view_of(signet_buf_slice(&deep));
    (void)cbor_view_item(&in);
    CHECK(in.is_over);
    CHECK(!cbor_view_end(&in));
    REQUIRE(cbor_view_write(signet_buf_slice(&deep), CBOR_AS_NOTATION, &out, NULL));
    CHECK(out.len < 200);
}

static bool
strict_reads(signet_slice bytes)
{
    sg_cbor_reader in = sg_cbor_reader_of(bytes);

    (void)sg_cbor_read_any(&in);
    return sg_cbor_read_end(&in, "item", NULL);
}

static const char *
hex_of(signet_slice bytes)
{
    static char hex[64];

    sg_hex(hex, bytes);
    return hex;
}

static uint32_t
next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* Bytes that are likely to be CBOR: small heads, and those at the edges. */
static uint8_t
likely_byte(uint32_t *state)
{
    static const uint8_t edges[] = {0x00, 0x17, 0x18, 0x19, 0x1b, 0x38, 0x40, 0x41, 0x58, 0x60,
        0x61, 0x80, 0x81, 0x82, 0xa0, 0xa1, 0xa2, 0xc0, 0xc2, 0xc4, 0xf4, 0xf6, 0xf7, 0xf8, 0xf9,
        0xfa, 0xfb, 0xff, 0x7c, 0x7e};
    uint32_t random = next_random(state);

    return random % 3 == 0 ? (uint8_t)(random >> 8) : edges[(random >> 8) % sizeof(edges)];
}

TEST(breaks_a_rule_exactly_when_the_strict_reader_refuses)
{
    uint32_t random = 1;
    size_t accepted = 0;

    for (size_t i = 0; i < 400000; i++) {
        uint8_t bytes[24];
        size_t len = 1 + next_random(&random) % (i % 2 ? sizeof(bytes) : 5);
        signet_slice input = {bytes, len};
        cbor_view in = cbor_view_of(input);
        bool is_strict = false, is_kept = false;

        for (size_t j = 0; j < len; j++)
            bytes[j] = likely_byte(&random);
        is_strict = strict_reads(input);
        (void)cbor_view_item(&in);
        is_kept = cbor_view_end(&in);
        if (is_strict != is_kept)
            harness_fail(__FILE__, __LINE__, "input %s: strict %d, view %d (%s at %zu)",
                hex_of(input), is_strict, is_kept, in.problem ? in.problem : "-", in.problem_at);
        accepted += is_strict;
    }
    CHECK(accepted > 10000);
}

TESTS(TEST_OF(items_are_written_and_rules_named), TEST_OF(very_deep_input_ends),
    TEST_OF(breaks_a_rule_exactly_when_the_strict_reader_refuses))
