/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as a tree and as a straight list; what is refused of keys and records is in their tests,
 * too. */
#include "codec/json.h"
#include "harness.h"

/* clang-format off */
static const struct {
    const char *name, *json, *problem; /* NULL: it is an object */
} objects[] = {
    {"empty", "{}", NULL},
    {"white space", " \t\r\n{ \"a\" : [ 1 , 2 ] } \n", NULL},
    {"all kinds", "{\"a\":null,\"b\":true,\"c\":false,\"d\":-0,\"e\":[],\"f\":{},\"g\":\"\",\"\":0}", NULL},
    {"fractions", "{\"a\":[0.5,-1e9,1E+3,12345678901234567890123.5e-7]}", NULL},
    {"the same name elsewhere", "{\"a\":{\"a\":[{\"a\":1}]}}", NULL},
    {"8 levels", "{\"a\":[[[[[[[]]]]]]]}", NULL},
    {"9 levels", "{\"a\":[[[[[[[[]]]]]]]]}", "too deep"},
    {"9 levels of objects", "{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{\"\":{}}}}}}}}}", "too deep"},
    {"an escaped NUL", "{\"a\":\"\\u0000\"}", "no character of a text"},
    {"an escaped NUL in a name", "{\"a\\u0000\":1}", "no character of a text"},
    {"no UTF-8 in a name", "{\"\xff\":1}", "not UTF-8"},
    {"nothing", "", "line 1: another value, or none"},
    {"white space only", " \n ", "line 2: another value, or none"},
    {"an array", "[]", "line 1: another value, or none"},
    {"two", "{}\n{}", "line 2: something after its end"},
    {"cut short", "{\"a\":1,\n\n\"b\":2", "line 3: an object or array without end"},
    {"the wrong end", "{\"a\":1]", "without end"},
    {"no end inside", "{\"a\":[1}", "without end"},
    {"a member twice", "{\"a\":1,\n\"b\":2,\n\"a\":3}", "line 3: a member twice"},
    {"twice, by an escape", "{\"a\":1,\"\\u0061\":2}", "a member twice"},
    {"an empty name twice", "{\"\":1,\"\":2}", "a member twice"},
    {"twice, deep inside", "{\"b\":[{\"a\":[1,2],\"a\":{}}]}", "a member twice"},
    {"no colon", "{\"a\" 1}", "no colon"},
    {"no name", "{1:1}", "not a string"},
    {"no value", "{\"a\":}", "a value is missing"},
    {"a comma too many", "{\"a\":1,}", "not a string"},
    {"a comma too many in an array", "{\"a\":[1,]}", "a value is missing"},
    {"no comma", "{\"a\":[1 2]}", "without end"},
    {"a word", "{\"a\":nul}", "a value is missing"},
    {"a longer word", "{\"a\":nulls}", "without end"},
    {"NaN", "{\"a\":NaN}", "a value is missing"},
    {"single quotes", "{'a':1}", "not a string"},
    {"a comment", "{/**/}", "not a string"},
    {"a byte order mark", "\xef\xbb\xbf{}", "another value, or none"},
    {"other white space", "{\v}", "not a string"},
    {"plus", "{\"a\":+1}", "a value is missing"},
    {"a leading zero", "{\"a\":01}", "an integer as the format writes it"},
    {"a leading zero behind minus", "{\"a\":-01}", "without end"},
    {"hexadecimal", "{\"a\":0x1}", "without end"},
    {"minus alone", "{\"a\":-}", "a value is missing"},
    {"no digit before the point", "{\"a\":.5}", "a value is missing"},
    {"no digit after it", "{\"a\":1.}", "a value is missing"},
    {"no digit in the exponent", "{\"a\":1e+}", "a value is missing"},
    {"a point in the exponent", "{\"a\":1e1.5}", "without end"},
};
/* clang-format on */

TEST(reads_objects_and_nothing_else)
{
    for (EACH(row, objects)) {
        SIGNET_AUTO(sg_json_free) sg_json *object = NULL;
        signet_error err = {0};

        object = sg_json_read_object(signet_slice_text(row->json), "it", &err);
        CHECK_INT(object != NULL, row->problem == NULL);
        CHECK_INT(err.code, row->problem ? SIGNET_E_DECODE : SIGNET_OK);
        if (row->problem && !strstr(err.message, row->problem))
            harness_fail(__FILE__, __LINE__, "%s: says: %s", row->name, err.message);
    }
}

/* Whatever byte is a NUL, none is passed over. */
TEST(takes_a_NUL_nowhere)
{
    static const char text[] = " { \"a\" : [ 12 , -3.5e6 , true , \"b\\n\" , { } ] } ";

    for (size_t i = 0; i <= sizeof(text) - 1; i++) {
        SIGNET_AUTO(sg_json_free) sg_json *object = NULL;
        char with[sizeof(text) + 1] = {0};

        memcpy(with, text, i);
        memcpy(with + i + 1, text + i, sizeof(text) - 1 - i);
        object =
            sg_json_read_object((signet_slice){(const uint8_t *)with, sizeof(text)}, "it", NULL);
        CHECK(!object);
    }
}

TEST(integers_are_exact_or_refused)
{
    static const struct {
        const char *name, *json;
        sg_json_type type;
        int64_t number;
    } numbers[] = {
        {"the largest", "{\"a\":9223372036854775807}", SG_JSON_INT, INT64_MAX},
        {"the smallest", "{\"a\":-9223372036854775808}", SG_JSON_INT, INT64_MIN},
        {"beyond a double", "{\"a\":9007199254740993}", SG_JSON_INT, 9007199254740993},
        {"zero", "{\"a\":0}", SG_JSON_INT, 0},
        {"zero with a sign", "{\"a\":-0}", SG_JSON_INT, 0},
        {"a fraction", "{\"a\":1.0}", SG_JSON_NUMBER, 0},
        {"an exponent", "{\"a\":1e0}", SG_JSON_NUMBER, 0},
        {"one too large", "{\"a\":9223372036854775808}", SG_JSON_NULL, 0},
        {"one too small", "{\"a\":-9223372036854775809}", SG_JSON_NULL, 0},
        {"64 bits", "{\"a\":18446744073709551615}", SG_JSON_NULL, 0},
        {"65 bits", "{\"a\":18446744073709551616}", SG_JSON_NULL, 0},
        {"it would be 1", "{\"a\":18446744073709551617}", SG_JSON_NULL, 0},
    };

    for (EACH(row, numbers)) {
        SIGNET_AUTO(sg_json_free) sg_json *object = NULL;

        object = sg_json_read_object(signet_slice_text(row->json), "it", NULL);
        CHECK_INT(object != NULL, row->type != SG_JSON_NULL);
        if (!object)
            continue;
        CHECK_INT(sg_json_get(object, "a")->type, row->type);
        CHECK_INT(sg_json_get(object, "a")->number, row->number);
    }
}

TEST(says_where_a_value_stands)
{
    static const char text[] = "{ \"a\" : [1, {}] ,\"b\":-5 , \"c\":\"\\u0041\"}";
    static const char *const expected[] = {"[1, {}]", "-5", "\"\\u0041\""};
    SIGNET_AUTO(sg_json_free) sg_json *object = NULL;
    size_t i = 0;

    object = sg_json_read_object(signet_slice_text(text), "it", NULL);
    REQUIRE(object);
    for (const sg_json *one = sg_json_first(object); one; one = sg_json_next(object, one))
        CHECK_BYTES(((signet_slice){(const uint8_t *)text + one->at, one->len}),
            signet_slice_text(expected[i++]));
    CHECK_INT(i, 3);
}

/* `count` members with names of their own, or `count` elements of one list. */
static bool
reads_many(size_t count, bool are_members)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_json_free) sg_json *object = NULL;
    signet_error err = {0};

    REQUIRE(signet_buf_printf(&text, NULL, are_members ? "{" : "{\"a\":["));
    for (size_t i = 0; i < count; i++)
        REQUIRE(are_members ? signet_buf_printf(&text, NULL, "%s\"%zu\":1", i ? "," : "", i)
                            : signet_buf_printf(&text, NULL, "%s1", i ? "," : ""));
    REQUIRE(signet_buf_printf(&text, NULL, are_members ? "}" : "]}"));
    object = sg_json_read_object(signet_buf_slice(&text), "many", &err);
    CHECK(object || err.code == SIGNET_E_DECODE);
    return object != NULL;
}

TEST(is_bounded_in_count)
{
    CHECK(reads_many(SG_JSON_MEMBERS_MAX, true));
    CHECK(!reads_many(SG_JSON_MEMBERS_MAX + 1, true));
    CHECK(reads_many(SG_JSON_VALUES_MAX - 2, false)); /* the object and the list count too */
    CHECK(!reads_many(SG_JSON_VALUES_MAX - 1, false));
}

TEST(decodes_texts)
{
    static const struct {
        const char *name, *json, *text; /* of the member a; NULL: refused */
    } texts[] = {
        {"plain", "{\"a\":\"b\"}", "b"},
        {"escapes", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t"},
        {"of one to four bytes", "{\"a\":\"\\u0041\\u00E4\\u20ac\\ud83d\\uDE00\"}",
            "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"UTF-8 as it is", "{\"a\":\"\xc3\xa4\"}", "\xc3\xa4"},
        {"the longest name first", "{\"aa\":\"c\",\"a\":\"b\"}", "b"},
        {"not the inner one", "{\"b\":{\"a\":\"c\"},\"a\":\"b\"}", "b"},
        {"an unknown escape", "{\"a\":\"\\x41\"}", NULL},
        {"three digits", "{\"a\":\"\\u004\"}", NULL},
        {"a low surrogate", "{\"a\":\"\\ude00\"}", NULL},
        {"two high surrogates", "{\"a\":\"\\ud83d\\ud83d\"}", NULL},
        {"a high surrogate at the end", "{\"a\":\"\\ud83d\"}", NULL},
        {"half an escape", "{\"a\":\"\\", NULL},
        {"a tab", "{\"a\":\"\t\"}", NULL},
        {"an open text", "{\"a\":\"b", NULL},
        {"a surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", NULL},
    };

    for (EACH(row, texts)) {
        SIGNET_AUTO(sg_json_free) sg_json *object = NULL;

        object = sg_json_read_object(signet_slice_text(row->json), "text", NULL);
        CHECK_INT(object != NULL, row->text != NULL);
        if (object)
            CHECK_BYTES(sg_json_get(object, "a")->text, signet_slice_text(row->text));
    }
}

TEST(the_straight_reader_keeps_64_bits_and_its_first_problem)
{
    static const struct {
        const char *name, *json;
        uint64_t number;
        const char *problem; /* NULL: it is one */
    } numbers[] = {
        {"zero", "[0]", 0, NULL},
        {"the largest", "[18446744073709551615]", UINT64_MAX, NULL},
        {"one more", "[18446744073709551616]", 0, "beyond 64 bits"},
        {"twenty nines", "[99999999999999999999]", 0, "beyond 64 bits"},
        {"a sign", "[-1]", 0, "not an integer"},
        {"a leading zero", "[00]", 0, "not an integer"},
        {"a fraction", "[1.0]", 0, "another member"},
        {"an exponent", "[1e3]", 0, "another member"},
        {"white space", "[ 1]", 0, "not an integer"},
        {"none", "[]", 0, "not an integer"},
        {"more", "[1]]", 1, "something after its end"},
        {"nothing", "", 0, "another member"},
    };

    for (EACH(row, numbers)) {
        sg_json_reader in = sg_json_reader_of(signet_slice_text(row->json), NULL, 0);
        signet_error err = {0};
        uint64_t number = 0;

        sg_json_expect(&in, "[");
        number = sg_json_unsigned(&in);
        sg_json_expect(&in, "]");
        CHECK_INT(sg_json_end(&in, "it", &err), row->problem == NULL);
        if (row->problem && !strstr(err.message, row->problem))
            harness_fail(__FILE__, __LINE__, "%s: says: %s", row->name, err.message);
        CHECK(row->problem || number == row->number);
    }
}

TEST(a_string_that_does_not_fit_is_refused)
{
    uint8_t room[3];
    sg_json_reader fits = sg_json_reader_of(signet_slice_text("\"abc\""), room, sizeof(room));
    sg_json_reader is_longer = sg_json_reader_of(signet_slice_text("\"abcd\""), room, sizeof(room));

    CHECK_BYTES(sg_json_string(&fits), signet_slice_text("abc"));
    CHECK(sg_json_end(&fits, "it", NULL));
    CHECK_INT(sg_json_string(&is_longer).len, 0);
    CHECK(!sg_json_end(&is_longer, "it", NULL));
}

TEST(writes_strings_or_nothing)
{
    static const struct {
        const char *name;
        signet_slice text;
        const char *json; /* NULL: refused */
    } strings[] = {
        {"empty", {NULL, 0}, "[\"\""},
        {"escapes", {(const uint8_t *)"\"\\\b\f\n\r\t\x1f<>&", 11},
            "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\\u003c\\u003e\\u0026\""},
        {"separators", {(const uint8_t *)"\xe2\x80\xa8\xe2\x80\xa7", 6},
            "[\"\\u2028\xe2\x80\xa7\""},
        {"a NUL", {(const uint8_t *)"a\0b", 3}, NULL},
        {"no UTF-8", {(const uint8_t *)"\xc3", 1}, NULL},
        {"a surrogate", {(const uint8_t *)"\xed\xa0\x80", 3}, NULL},
    };

    for (EACH(row, strings)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        REQUIRE(signet_buf_append(&out, signet_slice_text("x"), NULL));
        CHECK_INT(sg_json_append_string(&out, "[", row->text, &err), row->json != NULL);
        CHECK_INT(err.code, row->json ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_INT(out.len, 1 + (row->json ? strlen(row->json) : 0)); /* else as it was */
        CHECK(!row->json || memcmp(out.data + 1, row->json, strlen(row->json)) == 0);
    }
}

TESTS(TEST_OF(reads_objects_and_nothing_else), TEST_OF(takes_a_NUL_nowhere),
    TEST_OF(integers_are_exact_or_refused), TEST_OF(says_where_a_value_stands),
    TEST_OF(is_bounded_in_count), TEST_OF(decodes_texts),
    TEST_OF(the_straight_reader_keeps_64_bits_and_its_first_problem),
    TEST_OF(a_string_that_does_not_fit_is_refused), TEST_OF(writes_strings_or_nothing))
