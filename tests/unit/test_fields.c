/* SPDX-License-Identifier: Apache-2.0 */
/* Structured fields: the working group's cases, and the limits and choices that are ours. */
#include <dirent.h>
#include <math.h>

#include "http/fields.h"
#include "json.h"

enum { ROOM = 4096 };

static sg_field_node nodes[ROOM];

/* --- the working group's cases --- */

static signet_slice
base32(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t bytes[512];
    uint32_t bits = 0;
    unsigned held = 0;
    size_t len = 0;

    for (; *text && *text != '='; text++) {
        const char *digit = strchr(digits, *text);

        REQUIRE(digit);
        bits = bits << 5 | (uint32_t)(digit - digits);
        held += 5;
        if (held < 8)
            continue;
        held -= 8;
        bytes[len++] = (uint8_t)(bits >> held);
        REQUIRE(len < sizeof(bytes));
    }
    return harness_keep((signet_slice){bytes, len});
}

static void
check_text(const sg_field_node *node, sg_value_type type, signet_slice expected)
{
    static uint8_t bytes[SG_FIELD_SIZE_MAX];
    size_t len = 0;

    CHECK_INT(node->type, type);
    REQUIRE(sg_value_decode(node, bytes, sizeof(bytes), &len));
    CHECK_BYTES(((signet_slice){bytes, len}), expected);
    CHECK(len == 0 || !sg_value_decode(node, bytes, len - 1, &len));
}

static void
check_typed(const sg_field_node *node, const json_t *expected)
{
    const char *type = json_text(expected, "__type"), *value = json_text(expected, "value");

    if (strcmp(type, "date") == 0) {
        CHECK_INT(node->type, SG_VALUE_DATE);
        CHECK_INT(node->number, json_integer_value(json_object_get(expected, "value")));
    } else if (strcmp(type, "binary") == 0) {
        check_text(node, SG_VALUE_BYTES, base32(value));
    } else if (strcmp(type, "token") == 0) {
        check_text(node, SG_VALUE_TOKEN, signet_slice_text(value));
    } else {
        CHECK_TEXT(type, "displaystring");
        check_text(node, SG_VALUE_DISPLAY, signet_slice_text(value));
    }
}

static void
check_bare(const sg_field_node *node, const json_t *expected)
{
    switch (json_typeof(expected)) {
    case JSON_INTEGER: /* JSON writers drop a fraction of 0 */
        CHECK(node->type == SG_VALUE_INTEGER || node->type == SG_VALUE_DECIMAL);
        CHECK_INT(node->number,
            json_integer_value(expected) * (node->type == SG_VALUE_DECIMAL ? 1000 : 1));
        return;
    case JSON_REAL:
        CHECK_INT(node->type, SG_VALUE_DECIMAL);
        CHECK_INT(node->number, llround(json_real_value(expected) * 1000));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        CHECK_INT(node->type, SG_VALUE_BOOLEAN);
        CHECK_INT(node->number, json_is_true(expected));
        return;
    case JSON_STRING:
        check_text(node, SG_VALUE_STRING,
            (signet_slice){
                (const uint8_t *)json_string_value(expected), json_string_length(expected)});
        return;
    case JSON_OBJECT:
        check_typed(node, expected);
        return;
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
    harness_fail(__FILE__, __LINE__, "not a bare item");
}

static void
check_parameters(const sg_field *field, size_t *at, const json_t *expected)
{
    json_t *one = NULL;
    size_t i = 0;

    json_array_foreach(expected, i, one)
    {
        REQUIRE(*at < field->count);
        CHECK_INT(field->nodes[*at].kind, SG_NODE_PARAMETER);
        CHECK_BYTES(
            field->nodes[*at].key, signet_slice_text(json_string_value(json_array_get(one, 0))));
        check_bare(&field->nodes[(*at)++], json_array_get(one, 1));
    }
}

/* An item or inner list with its parameters. */
static void
check_value(const sg_field *field, size_t *at, const json_t *expected)
{
    const json_t *value = json_array_get(expected, 0);
    json_t *one = NULL;
    size_t i = 0;

    REQUIRE(*at < field->count);
    if (json_is_array(value)) {
        CHECK_INT(field->nodes[(*at)++].type, SG_VALUE_INNER_LIST);
        json_array_foreach(value, i, one)
        {
            CHECK_INT(field->nodes[*at].kind, SG_NODE_ELEMENT);
            check_value(field, at, one);
        }
        CHECK_INT(field->nodes[(*at)++].kind, SG_NODE_END);
    } else {
        check_bare(&field->nodes[(*at)++], value);
    }
    check_parameters(field, at, json_array_get(expected, 1));
}

static void
check_member(const sg_field *field, size_t *at, const json_t *expected)
{
    REQUIRE(*at < field->count);
    CHECK_INT(field->nodes[*at].kind, SG_NODE_MEMBER);
    if (field->shape != SG_FIELD_DICTIONARY) {
        check_value(field, at, expected);
        return;
    }
    CHECK_BYTES(
        field->nodes[*at].key, signet_slice_text(json_string_value(json_array_get(expected, 0))));
    check_value(field, at, json_array_get(expected, 1));
}

static void
check_field(const sg_field *field, const json_t *expected)
{
    size_t at = 0, i = 0;
    json_t *one = NULL;

    if (field->shape == SG_FIELD_ITEM) {
        check_member(field, &at, expected);
    } else {
        json_array_foreach(expected, i, one) check_member(field, &at, one);
    }
    CHECK_INT(at, field->count);
}

static signet_slice
joined(const json_t *lines)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    json_t *line = NULL;
    size_t i = 0;

    json_array_foreach(lines, i, line)
    {
        REQUIRE(signet_buf_append(&out, signet_slice_text(i ? ", " : ""), NULL));
        REQUIRE(signet_buf_append(&out,
            (signet_slice){(const uint8_t *)json_string_value(line), json_string_length(line)},
            NULL));
    }
    return harness_keep(signet_buf_slice(&out));
}

static sg_field_shape
shape_of(const char *name)
{
    if (strcmp(name, "item") == 0)
        return SG_FIELD_ITEM;
    return strcmp(name, "list") == 0 ? SG_FIELD_LIST : SG_FIELD_DICTIONARY;
}

/* Returns whether it was accepted. */
static bool
run_case(const json_t *one)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_field field = {.nodes = nodes, .room = ROOM};
    const json_t *canonical = json_object_get(one, "canonical");
    signet_error err = {0};
    bool must_fail = json_is_true(json_object_get(one, "must_fail"));

    harness_row = json_text(one, "name");
    if (!sg_field_read(joined(json_object_get(one, "raw")), shape_of(json_text(one, "header_type")),
            &field, &err)) {
        CHECK_INT(err.code, SIGNET_E_DECODE);
        CHECK(strncmp(err.message, "at ", 3) == 0);
        CHECK(must_fail || json_is_true(json_object_get(one, "can_fail")));
        return false;
    }
    CHECK(!must_fail);
    check_field(&field, json_object_get(one, "expected"));
    REQUIRE(sg_field_write(&field, &out, NULL));
    CHECK_BYTES(
        signet_buf_slice(&out), joined(canonical ? canonical : json_object_get(one, "raw")));
    return true;
}

static const struct {
    const char *name;
    size_t cases, accepted;
} files[] = {
    {"binary", 15, 3},
    {"boolean", 12, 2},
    {"dictionary", 26, 19},
    {"display-string", 22, 7},
    {"examples", 21, 21},
    {"item", 5, 2},
    {"list", 11, 8},
    {"listlist", 12, 5},
    {"number", 37, 19},
    {"param-dict", 14, 9},
    {"param-list", 20, 10},
    {"param-listlist", 3, 3},
    {"string", 14, 6},
    {"token", 6, 6},
};

TEST(passes_every_case_of_the_working_group)
{
    for (EACH(row, files)) {
        char path[512];
        json_t *root = NULL, *one = NULL;
        size_t i = 0, accepted = 0;

        REQUIRE((size_t)snprintf(path, sizeof(path),
                    VECTORS "/conformance/structured-fields/%s.json", row->name) < sizeof(path));
        root = json_of(path);
        json_array_foreach(root, i, one)
        {
            accepted += run_case(one);
        }
        harness_row = row->name;
        CHECK_INT(i, row->cases);
        CHECK_INT(accepted, row->accepted);
        json_decref(root);
    }
}

TEST(leaves_out_no_file_of_the_working_group)
{
    struct dirent **entries = NULL;
    int count = scandir(VECTORS "/conformance/structured-fields", &entries, NULL, alphasort);
    size_t found = 0;

    for (int i = 0; i < count; i++) {
        found += strstr(entries[i]->d_name, ".json") != NULL;
        free(entries[i]);
    }
    free(entries);
    CHECK_INT(found, sizeof(files) / sizeof(files[0]));
}

/* --- ours --- */

/* clang-format off */
static const struct {
    const char *name, *text;
    sg_field_shape shape;
    const char *message; /* NULL: accepted */
} rows[] = {
    {"says where and what",         "a=1, b=\"x",       SG_FIELD_DICTIONARY, "at 9: a string without an end"},
    {"a value is missing",          "a=",               SG_FIELD_DICTIONARY, "at 2: a value is missing"},
    {"no comma",                    "a b",              SG_FIELD_LIST,       "at 2: no comma between two members"},
    {"a comma at the end",          "a,",               SG_FIELD_LIST,       "at 2: a comma at the end"},
    {"two commas",                  "a,,b",             SG_FIELD_LIST,       "at 2: not a value"},
    {"behind the end",              "1 2",              SG_FIELD_ITEM,       "at 1: something behind the end"},
    {"a list as an item",           "(1)",              SG_FIELD_ITEM,       "at 0: not a value"},
    {"a list in a list",            "((1))",            SG_FIELD_LIST,       "at 1: not a value"},
    {"a list as a parameter",       "a;b=(1)",          SG_FIELD_LIST,       "at 4: not a value"},
    {"an inner list without end",   "(1",               SG_FIELD_LIST,       "at 2: an inner list without an end"},
    {"a tab in an inner list",      "(1\t2)",           SG_FIELD_LIST,       "at 2: no blank between two elements"},
    {"elements without a blank",    "(\"a\"\"b\")",     SG_FIELD_LIST,       "at 4: no blank between two elements"},
    {"a blank before a semicolon",  "a ;b",             SG_FIELD_ITEM,       "at 1: something behind the end"},
    {"a tab after a semicolon",     "a;\tb",            SG_FIELD_ITEM,       "at 2: not a key"},
    {"a blank before =",            "a;b =1",           SG_FIELD_ITEM,       "at 3: something behind the end"},
    {"a key in capitals",           "A=1",              SG_FIELD_DICTIONARY, "at 0: not a key"},
    {"an escape that is none",      "\"\\n\"",          SG_FIELD_ITEM,       "at 2: not an escape"},
    {"a string in UTF-8",           "\"\xc3\xbc\"",     SG_FIELD_ITEM,       "at 1: not a character of a string"},
    {"a token in UTF-8",            "\xc3\xbc",         SG_FIELD_ITEM,       "at 0: not a value"},
    {"a line end",                  "a,\nb",            SG_FIELD_LIST,       "at 2: not a value"},
    {"base64 without padding",      ":YQ:",             SG_FIELD_ITEM,       "at 3: not canonical base64"},
    {"stray bits",                  ":YR==:",           SG_FIELD_ITEM,       "at 5: not canonical base64"},
    {"base64url",                   ":-_-_:",           SG_FIELD_ITEM,       "at 5: not canonical base64"},
    {"padding alone",               ":====:",           SG_FIELD_ITEM,       "at 5: not canonical base64"},
    {"three of padding",            ":Y===:",           SG_FIELD_ITEM,       "at 5: not canonical base64"},
    {"padding inside",              ":YQ==YQ==:",       SG_FIELD_ITEM,       "at 9: not canonical base64"},
    {"no bytes",                    "::",               SG_FIELD_ITEM,       NULL},
    {"a surrogate",                 "%\"%ed%a0%80\"",   SG_FIELD_ITEM,       "at 11: not a character of a display string"},
    {"overlong UTF-8",              "%\"%c0%af\"",      SG_FIELD_ITEM,       "at 8: not a character of a display string"},
    {"UTF-8 cut by the end",        "%\"%e2%82\"",      SG_FIELD_ITEM,       "at 9: not a character of a display string"},
    {"a date with places",          "@1.0",             SG_FIELD_ITEM,       "at 4: a date that is no integer"},
    {"16 digits",                   "1234567890123456", SG_FIELD_ITEM,       "at 15: a number of more than 15 digits"},
    {"13 digits and a place",       "1234567890123.1",  SG_FIELD_ITEM,       "at 14: a decimal of more than 12 digits"},
    {"4 places",                    "1.1234",           SG_FIELD_ITEM,       "at 5: a decimal of more than 3 places"},
};
/* clang-format on */

TEST(says_where_a_field_is_wrong)
{
    for (EACH(row, rows)) {
        sg_field field = {.nodes = nodes, .room = ROOM};
        signet_error err = {0};
        bool is_good = sg_field_read(signet_slice_text(row->text), row->shape, &field, &err);

        CHECK_INT(is_good, row->message == NULL);
        CHECK_TEXT(err.message, row->message ? row->message : "");
    }
}

TEST(stops_at_the_room_it_is_given)
{
    static const struct {
        const char *name, *text;
        size_t needs;
    } limits[] = {
        {"an item", "1", 1},
        {"a parameter", "1;a", 2},
        {"an inner list", "(1 2);a", 5},
        {"members", "1, 2, 3", 3},
    };

    for (EACH(row, limits)) {
        size_t accepted = 0;

        for (size_t room = 0; room <= row->needs; room++) {
            sg_field field = {.nodes = nodes, .room = room};

            accepted += sg_field_read(signet_slice_text(row->text), SG_FIELD_LIST, &field, NULL);
        }
        CHECK_INT(accepted, 1);
    }
}

TEST(reads_no_field_above_64_KiB)
{
    static uint8_t bytes[1 << 20];

    memset(bytes, 'a', sizeof(bytes));
    for (size_t len = SG_FIELD_SIZE_MAX - 1; len <= SG_FIELD_SIZE_MAX + 1; len++) {
        sg_field field = {.nodes = nodes, .room = ROOM};

        harness_row = "around the limit";
        CHECK_INT(sg_field_read((signet_slice){bytes, len}, SG_FIELD_ITEM, &field, NULL),
            len <= SG_FIELD_SIZE_MAX);
    }
    sg_field field = {.nodes = nodes, .room = ROOM};

    harness_row = "1 MB";
    CHECK(!sg_field_read((signet_slice){bytes, sizeof(bytes)}, SG_FIELD_ITEM, &field, NULL));
}

TEST(tells_of_a_key_that_stands_twice)
{
    static const struct {
        const char *name, *text, *canonical;
        bool is_repeated;
    } keys[] = {
        {"no key twice", "a=1, b=2", "a=1, b=2", false},
        {"a member", "a=1, b=2, a=3", "a=3, b=2", true},
        {"a longer one for a shorter", "a, b;x=1, a=(1 2);y", "a=(1 2);y, b;x=1", true},
        {"a shorter one for a longer", "a=(1 2);y, b;x=1, a", "a, b;x=1", true},
        {"the last", "a=1, a=2", "a=2", true},
        {"three times", "a, b, a=1, c, a=2", "a=2, b, c", true},
        {"a parameter", "a;x=1;y;x=2", "a;x=2;y", true},
        {"a parameter of an element", "a=(b;x;x=1)", "a=(b;x=1)", true},
        {"parameters of two elements", "a=(b;x c;x)", "a=(b;x c;x)", false},
    };

    for (EACH(row, keys)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        sg_field field = {.nodes = nodes, .room = ROOM};

        REQUIRE(sg_field_read(signet_slice_text(row->text), SG_FIELD_DICTIONARY, &field, NULL));
        CHECK_INT(field.has_repeated, row->is_repeated);
        REQUIRE(sg_field_write(&field, &out, NULL));
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(row->canonical));
    }
}

#define LINE(name, value)                                                                          \
    {                                                                                              \
        {(const uint8_t *)(name), sizeof(name) - 1},                                               \
        {                                                                                          \
            (const uint8_t *)(value), sizeof(value) - 1                                            \
        }                                                                                          \
    }

TEST(joins_the_lines_of_a_field)
{
    static const signet_http_field lines[] = {LINE("X-One", "  a \t"), LINE("x-two", ""),
        LINE("x-ONE", "b, c"), LINE("x-line", "a\r\n b"), LINE("x-nul", "a\0b"),
        LINE("x-utf8", "\xc3\xbc"), LINE("x-tab", "a\tb"), LINE("x-del", "\x7f")};
    static const struct {
        const char *name, *value;
    } values[] = {{"x-one", "a, b, c"}, {"x-two", ""}, {"x-tab", "a\tb"}, {"x-line", NULL},
        {"x-nul", NULL}, {"x-utf8", NULL}, {"x-del", NULL}, {"x-on", NULL}, {"x-one1", NULL}};
    signet_http_request request = {
        .fields = lines, .field_count = sizeof(lines) / sizeof(lines[0])};

    for (EACH(row, values)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

        CHECK_INT(sg_http_field_write(&request, signet_slice_text(row->name), &out, NULL),
            row->value != NULL);
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(row->value ? row->value : ""));
    }
}

TESTS(TEST_OF(passes_every_case_of_the_working_group),
    TEST_OF(leaves_out_no_file_of_the_working_group), TEST_OF(says_where_a_field_is_wrong),
    TEST_OF(stops_at_the_room_it_is_given), TEST_OF(reads_no_field_above_64_KiB),
    TEST_OF(tells_of_a_key_that_stands_twice), TEST_OF(joins_the_lines_of_a_field))
