/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "cbor_copy.h"
#include "json.h"
#include "wire.h"

#define F16 "ffffffffffffffff"

/* One item, whole, and nothing behind it. */
static bool
is_taken(signet_slice bytes, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(bytes);
    signet_slice item = sg_cbor_read_any(&in);

    if (!sg_cbor_read_end(&in, "item", err))
        return false;
    CHECK_BYTES(item, bytes);
    return true;
}

/* clang-format off */
static const struct {
    const char *name, *wire;
    const char *problem; /* NULL: none */
} items[] = {
    {"0",                              "00",                 NULL},
    {"23, the last without an octet",  "17",                 NULL},
    {"23 with one",                    "1817",               "is not in its shortest form"},
    {"24, the first with one",         "1818",               NULL},
    {"255, the last with one",         "18ff",               NULL},
    {"255 with two",                   "1900ff",             "is not in its shortest form"},
    {"256, the first with two",        "190100",             NULL},
    {"65535, the last with two",       "19ffff",             NULL},
    {"65535 with four",                "1a0000ffff",         "is not in its shortest form"},
    {"65536, the first with four",     "1a00010000",         NULL},
    {"2^32-1, the last with four",     "1affffffff",         NULL},
    {"2^32-1 with eight",              "1b00000000ffffffff", "is not in its shortest form"},
    {"2^32, the first with eight",     "1b0000000100000000", NULL},
    {"2^64-1",                         "1b" F16,             NULL},
    {"-1",                             "20",                 NULL},
    {"-24 with an octet",              "3817",               "is not in its shortest form"},
    {"-2^64",                          "3b" F16,             NULL},
    {"nothing",                        "",                   "is cut short"},
    {"a head without its octets",      "18",                 "is cut short"},
    {"a head without its last octet",  "1b00000001000000",   "is cut short"},
    {"two items",                      "0000",               "1 bytes after its end"},
    {"reserved 28",                    "1c",                 "has a reserved head"},
    {"reserved 29",                    "5d",                 "has a reserved head"},
    {"reserved 30",                    "fe",                 "has a reserved head"},
    {"an integer of no length",        "1f",                 "has no definite length"},
    {"a tag of no length",             "df00",               "has no definite length"},
    {"a break",                        "ff",                 "has no definite length"},
    {"no bytes",                       "40",                 NULL},
    {"a byte",                         "4101",               NULL},
    {"a byte that is not there",       "41",                 "is cut short"},
    {"a byte, long head",              "580101",             "is not in its shortest form"},
    {"2^64-1 bytes",                   "5b" F16 "00",        "is cut short"},
    {"bytes in chunks",                "5f4101ff",           "has no definite length"},
    {"no text",                        "60",                 NULL},
    {"text of one character",          "62c3bc",             NULL},
    {"text of the last character",     "64f48fbfbf",         NULL},
    {"text behind the last character", "64f4908080",         "is not UTF-8"},
    {"text with a surrogate",          "63eda080",           "is not UTF-8"},
    {"text in an overlong form",       "62c0af",             "is not UTF-8"},
    {"text cut inside a character",    "61c3",               "is not UTF-8"},
    {"text that ends early",           "6261",               "is cut short"},
    {"text in chunks",                 "7f6161ff",           "has no definite length"},
    {"an empty array",                 "80",                 NULL},
    {"an array of two",                "820102",             NULL},
    {"an array that ends early",       "8201",               "has more elements than bytes, or too many"},
    {"an array of 131073",             "9a00020001",         "has more elements than bytes, or too many"},
    {"an array of 2^64-1",             "9b" F16,             "has more elements than bytes, or too many"},
    {"an array of no length",          "9f01ff",             "has no definite length"},
    {"an empty map",                   "a0",                 NULL},
    {"a map of one",                   "a10102",             NULL},
    {"a map without a value",          "a101",               "has more elements than bytes, or too many"},
    {"a map of no length",             "bf0102ff",           "has no definite length"},
    {"keys in order",                  "a201000200",         NULL},
    {"keys the other way",             "a202000100",         "has keys that are doubled or not in order"},
    {"a key twice",                    "a201000100",         "has keys that are doubled or not in order"},
    {"-1 before 100, the shorter first", "a22000186400",     NULL},
    {"100 before -1, RFC 8949's order",  "a21864002000",     "has keys that are doubled or not in order"},
    {"b before aa",                    "a2616200626161" "00", NULL},
    {"aa before b",                    "a262616100616200",   "has keys that are doubled or not in order"},
    {"an array as key",                "a1800000",           "has a key that is no scalar"},
    {"a map as key",                   "a1a000",             "has a key that is no scalar"},
    {"bytes as key",                   "a1410100",           NULL},
    {"null as key",                    "a1f600",             NULL},
    {"a key that is not UTF-8",        "a161ff00",           "is not UTF-8"},
    {"a doubled key deep inside",      "81a16161a201000100", "has keys that are doubled or not in order"},
    {"a tag",                          "d818" "00",          NULL},
    {"a tag, long head",               "d80500",             "is not in its shortest form"},
    {"a tag of nothing",               "d818",               "is cut short"},
    {"a time in text",                 "c06161",             "has a time"},
    {"a time in seconds",              "c101",               "has a time"},
    {"a big number that fits",         "c24101",             "has a big number not in its shortest form"},
    {"a big number of 8 bytes",        "c248" F16,           "has a big number not in its shortest form"},
    {"a big number of 9 bytes",        "c249010000000000000000", NULL},
    {"a big number with a zero in front", "c24900" F16,      "has a big number not in its shortest form"},
    {"a big number that is text",      "c26161",             "is of another type"},
    {"a negative big number that fits", "c34101",            "has a big number not in its shortest form"},
    {"a negative big number",          "c349010000000000000000", NULL},
    {"false",                          "f4",                 NULL},
    {"true",                           "f5",                 NULL},
    {"null",                           "f6",                 NULL},
    {"undefined",                      "f7",                 "is undefined"},
    {"simple 0",                       "e0",                 NULL},
    {"simple 19",                      "f3",                 NULL},
    {"simple 31 in two bytes",         "f81f",               "is not in its shortest form"},
    {"simple 32",                      "f820",               NULL},
    {"simple 255",                     "f8ff",               NULL},
    {"half 0",                         "f90000",             NULL},
    {"half -0",                        "f98000",             NULL},
    {"single 0",                       "fa00000000",         "is a float not in its shortest form"},
    {"double -0",                      "fb8000000000000000", "is a float not in its shortest form"},
    {"half NaN",                       "f97e00",             NULL},
    {"another half NaN",               "f97e01",             "is not the one NaN"},
    {"negative NaN",                   "f9fe00",             "is not the one NaN"},
    {"single NaN",                     "fa7fc00000",         "is a float not in its shortest form"},
    {"double NaN",                     "fb7ff8000000000000", "is a float not in its shortest form"},
    {"half infinity",                  "f97c00",             NULL},
    {"single infinity",                "fa7f800000",         "is a float not in its shortest form"},
    {"65504, the largest half",        "f97bff",             NULL},
    {"65504 as single",                "fa477fe000",         "is a float not in its shortest form"},
    {"65505 as single",                "fa477fe100",         NULL},
    {"65536 as single",                "fa47800000",         NULL},
    {"2^-24, the smallest half",       "f90001",             NULL},
    {"2^-24 as single",                "fa33800000",         "is a float not in its shortest form"},
    {"2^-25 as single",                "fa33000000",         NULL},
    {"2^-14 as single",                "fa38800000",         "is a float not in its shortest form"},
    {"2^-15 + 2^-25 as single",        "fa38002000",         NULL},
    {"2^-15 + 2^-24 as single",        "fa38004000",         "is a float not in its shortest form"},
    {"2^-149, the smallest single",    "fa00000001",         NULL},
    {"2^-149 as double",               "fb36a0000000000000", "is a float not in its shortest form"},
    {"2^-150 as double",               "fb3690000000000000", NULL},
    {"the largest single as double",   "fb47efffffe0000000", "is a float not in its shortest form"},
    {"a little more as double",        "fb47efffffe0000001", NULL},
    {"2^128 as double",                "fb47f0000000000000", NULL},
    {"1.5 as double",                  "fb3ff8000000000000", "is a float not in its shortest form"},
    {"1.1 as double",                  "fb3ff199999999999a", NULL},
    {"the smallest double",            "fb0000000000000001", NULL},
};
/* clang-format on */

TEST(takes_the_one_encoding_of_an_item)
{
    size_t refused = 0;

    for (EACH(row, items)) {
        signet_error err = {0};
        bool taken = is_taken(unhex(row->wire), &err);

        CHECK_INT(taken, !row->problem);
        CHECK_INT(err.code, row->problem ? SIGNET_E_DECODE : SIGNET_OK);
        if (row->problem && !strstr(err.message, row->problem))
            harness_fail(__FILE__, __LINE__, "says %s", err.message);
        refused += !taken;
    }
    CHECK(2 * refused > sizeof(items) / sizeof(items[0]));
}

/* `depth` levels of one kind around an empty one or a number. */
static bool
takes_nesting(const char *level, const char *innermost, int depth)
{
    char wire[256] = "";

    for (int i = 0; i < depth; i++)
        strcat(wire, level);
    strcat(wire, innermost);
    return is_taken(unhex(wire), NULL);
}

TEST(nests_eight_levels_and_no_more)
{
    static const struct {
        const char *name, *level, *innermost;
    } kinds[] = {
        {"arrays", "81", "00"},
        {"arrays, the last one empty", "81", "80"},
        {"maps", "a100", "f6"},
        {"maps, the last one empty", "a100", "a0"},
        {"tags", "d818", "00"},
        {"maps in arrays", "81a100", "00"},
    };

    for (EACH(kind, kinds)) {
        int each = strlen(kind->level) == 6 ? 2 : 1,
            own = kind->innermost[1] == '0' && kind->innermost[0] != '0';

        CHECK(takes_nesting(kind->level, kind->innermost, (8 - own) / each));
        CHECK(!takes_nesting(kind->level, kind->innermost, (8 - own) / each + 1));
        CHECK(!takes_nesting(kind->level, kind->innermost, 30));
    }
}

/* --- typed reading --- */

typedef enum { AS_UINT, AS_INT, AS_BOOL, AS_BYTES, AS_TEXT, AS_ARRAY, AS_MAP, AS_TAG } kind;

/* The value as a number: itself, or a length or count. */
static long long
read_as(sg_cbor_reader *in, kind as)
{
    switch (as) {
    case AS_UINT:
        return (long long)sg_cbor_read_uint(in);
    case AS_INT:
        return sg_cbor_read_int(in);
    case AS_BOOL:
        return sg_cbor_read_bool(in);
    case AS_BYTES:
        return (long long)sg_cbor_read_bytes(in).len;
    case AS_TEXT:
        return (long long)sg_cbor_read_text(in).len;
    case AS_ARRAY:
        return (long long)sg_cbor_read_array(in);
    case AS_MAP:
        return (long long)sg_cbor_read_map(in);
    case AS_TAG:
        return (long long)sg_cbor_read_tag(in);
    }
    return 0;
}

/* clang-format off */
static const struct {
    const char *name, *wire;
    kind as;
    bool is_taken;
    long long value;
} typed[] = {
    {"an unsigned number",            "1864",                AS_UINT,  true,  100},
    {"a negative one as unsigned",    "20",                  AS_UINT,  false, 0},
    {"bytes as unsigned",             "40",                  AS_UINT,  false, 0},
    {"nothing as unsigned",           "",                    AS_UINT,  false, 0},
    {"2^63-1",                        "1b7fffffffffffffff",  AS_INT,   true,  INT64_MAX},
    {"2^63",                          "1b8000000000000000",  AS_INT,   false, 0},
    {"-2^63",                         "3b7fffffffffffffff",  AS_INT,   true,  INT64_MIN},
    {"-2^63-1",                       "3b8000000000000000",  AS_INT,   false, 0},
    {"a float as integer",            "f93c00",              AS_INT,   false, 0},
    {"text as integer",               "60",                  AS_INT,   false, 0},
    {"true",                          "f5",                  AS_BOOL,  true,  1},
    {"false",                         "f4",                  AS_BOOL,  true,  0},
    {"null as a truth",               "f6",                  AS_BOOL,  false, 0},
    {"1 as a truth",                  "01",                  AS_BOOL,  false, 0},
    {"simple 32 as a truth",          "f820",                AS_BOOL,  false, 0},
    {"bytes",                         "420102",              AS_BYTES, true,  2},
    {"text as bytes",                 "626162",              AS_BYTES, false, 0},
    {"an array as bytes",             "820102",              AS_BYTES, false, 0},
    {"text",                          "626162",              AS_TEXT,  true,  2},
    {"bytes as text",                 "426162",              AS_TEXT,  false, 0},
    {"what is not UTF-8 as text",     "61ff",                AS_TEXT,  false, 0},
    {"an array of two",               "820102",              AS_ARRAY, true,  2},
    {"an array that cannot be whole", "8301",                AS_ARRAY, false, 0},
    {"a map as array",                "a10102",              AS_ARRAY, false, 0},
    {"a map of one",                  "a10102",              AS_MAP,   true,  1},
    {"a map that cannot be whole",    "a2010203",            AS_MAP,   false, 0},
    {"an array as map",               "80",                  AS_MAP,   false, 0},
    {"tag 18",                        "d200",                AS_TAG,   true,  18},
    {"tag 18, long head",             "d81200",              AS_TAG,   false, 0},
    {"a number as tag",               "12",                  AS_TAG,   false, 0},
};
/* clang-format on */

TEST(reads_values_of_the_asked_type)
{
    for (EACH(row, typed)) {
        sg_cbor_reader in = sg_cbor_reader_of(unhex(row->wire));

        CHECK_INT(read_as(&in, row->as), row->value);
        CHECK_INT(!in.problem, row->is_taken);
        if (row->is_taken)
            continue;
        /* sticky: what follows does not matter, and the first reason stays */
        const char *first = in.problem;

        CHECK_INT(sg_cbor_read_uint(&in), 0);
        CHECK(!sg_cbor_read_null(&in));
        CHECK_INT(sg_cbor_next(&in), SG_CBOR_NOTHING);
        CHECK_INT(sg_cbor_read_any(&in).len, 0);
        sg_cbor_refuse(&in, "another");
        CHECK(in.problem == first);
        CHECK(!sg_cbor_read_end(&in, "item", NULL));
    }
}

/* --- looking at what was refused --- */

/* clang-format off */
static const struct {
    const char *name, *wire;
    bool is_well_formed;
} forms[] = {
    {"nothing",                      "",                     false},
    {"a number",                     "00",                   true},
    {"a long head",                  "1800",                 true},
    {"two items",                    "0000",                 false},
    {"a map of no length",           "bf0102ff",             true},
    {"a map of no length, odd",      "bf01ff",               false},
    {"no break",                     "bf0102",               false},
    {"chunks",                       "5f41014102ff",         true},
    {"chunks of another type",       "5f4101616101ff",       false},
    {"a chunk of no length",         "5f5f4101ffff",         false},
    {"a stray break",                "82ff01",               false},
    {"reserved 28",                  "1c",                   false},
    {"two-byte simple below 32",     "f81f",                 false},
    {"two-byte simple 32",           "f820",                 true},
    {"a tag of no length",           "df00",                 false},
    {"tags without end",             "c0c0c0c0c0c0c0c0c0",   false},
    {"tags around a number",         "c0c0c0c0c0c0c0c000",   true},
    {"text that is not UTF-8",       "61ff",                 true},
    {"bytes that end early",         "4201",                 false},
    {"a length of 2^64-1",           "5b" F16,               false},
    {"131073 elements promised",     "9a00020001",           false},
};

static const struct {
    const char *name, *wire;
    bool is_map, has_other_key, has_duplicate_key;
    uint64_t seen;
} maps[] = {
    {"no map",                        "00",                   false, false, false, 0},
    {"an empty map",                  "a0",                   true,  false, false, 0},
    {"a tagged map",                  "d9d9f7a10100",         true,  false, false, 1 << 1},
    {"a map of no length",            "bf07000900ff",         true,  false, false, 1 << 7 | 1 << 9},
    {"a key in a long head",          "a1180700",             true,  false, false, 1 << 7},
    {"a key twice, in two forms",     "a20700180700",         true,  false, true,  1 << 7},
    {"a text key",                    "a1616100",             true,  true,  false, 0},
    {"a text key twice",              "a2616100616100",       true,  true,  true,  0},
    {"an array as key",               "a1800000",             true,  true,  false, 0},
    {"2^63",                          "a11b800000000000000000", true, true, false, 0},
    {"2^63-1",                        "a11b7fffffffffffffff00", true, false, false, 0},
    {"-1",                            "a12000",               true,  false, false, 0},
    {"64, which has no bit",          "a1184000",             true,  false, false, 0},
    {"63, the last with one",         "a1183f00",             true,  false, false, 1ULL << 63},
};
/* clang-format on */

TEST(tells_what_it_refused)
{
    char nested[256] = "";

    for (EACH(row, forms))
        CHECK_INT(sg_cbor_is_well_formed(unhex(row->wire)), row->is_well_formed);
    for (EACH(row, maps)) {
        sg_cbor_probe probe = sg_cbor_probe_map(unhex(row->wire));

        CHECK_INT(probe.is_map, row->is_map);
        CHECK_INT(probe.has_other_key, row->has_other_key);
        CHECK_INT(probe.has_duplicate_key, row->has_duplicate_key);
        CHECK_INT(probe.seen, row->seen);
    }
    harness_row = "32 levels";
    for (int i = 0; i < 31; i++)
        strcat(nested, "81");
    CHECK(sg_cbor_is_well_formed(unhex(strcat(nested, "80"))));
    harness_row = "33 levels";
    memcpy(nested + 62, "8180", sizeof("8180"));
    CHECK(!sg_cbor_is_well_formed(unhex(nested)));
}

/* --- writing --- */

TEST(writes_what_it_reads)
{
    size_t copied = 0;

    for (EACH(row, items)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_slice wire = unhex(row->wire);
        sg_cbor_reader in = sg_cbor_reader_of(wire);
        sg_cbor_writer to = sg_cbor_writer_to(&out);

        if (row->problem)
            continue;
        cbor_copy(&in, &to);
        CHECK(sg_cbor_read_end(&in, "item", NULL) && sg_cbor_write_end(&to, NULL));
        CHECK_BYTES(signet_buf_slice(&out), wire);
        copied++;
    }
    CHECK_INT(copied, 52);
}

TEST(leaves_the_buffer_as_it_was_when_it_cannot_write)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_cbor_writer to = {0};
    signet_error err = {0};

    REQUIRE(signet_buf_append(&out, signet_slice_text("before"), NULL));
    to = sg_cbor_writer_to(&out);
    sg_cbor_write_uint(&to, 1);
    sg_cbor_write_text(&to, unhex("ff"));
    sg_cbor_write_uint(&to, 2);
    CHECK(!sg_cbor_write_end(&to, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK_BYTES(signet_buf_slice(&out), signet_slice_text("before"));
}

/* --- RFC 8949, appendix A --- */

static double
half(unsigned bits)
{
    int exponent = bits >> 10 & 0x1f;
    double mantissa = bits & 0x3ff;
    double value = exponent == 0    ? ldexp(mantissa, -24)
                   : exponent == 31 ? (double)INFINITY
                                    : ldexp(mantissa + 1024, exponent - 25);

    return bits & 0x8000 ? -value : value;
}

static double
read_float(sg_cbor_reader *in)
{
    signet_slice item = sg_cbor_read_any(in);
    uint64_t bits = 0;
    uint32_t low = 0;
    float single = 0;
    double value = 0;

    for (size_t i = 1; i < item.len; i++)
        bits = bits << 8 | item.ptr[i];
    low = (uint32_t)bits;
    memcpy(&single, &low, sizeof(single));
    memcpy(&value, &bits, sizeof(value));
    return item.len == 3 ? half(low) : item.len == 5 ? (double)single : value;
}

/* Whether the next item has the value that the vectors have in JSON, numbers as doubles. */
static void
check_value(sg_cbor_reader *in, const json_t *expected)
{
    json_t *value = NULL;
    size_t i = 0;
    sg_cbor_type type = sg_cbor_next(in);

    if (json_is_array(expected)) {
        CHECK_INT(sg_cbor_read_array(in), json_array_size(expected));
        json_array_foreach(expected, i, value) check_value(in, value);
    } else if (json_is_object(expected)) {
        for (size_t pairs = sg_cbor_read_map(in); pairs > 0; pairs--, i++) {
            signet_slice key = sg_cbor_read_text(in);

            check_value(in, json_object_getn(expected, (const char *)key.ptr, key.len));
        }
        CHECK_INT(i, json_object_size(expected));
    } else if (json_is_string(expected)) {
        CHECK_BYTES(sg_cbor_read_text(in), signet_slice_text(json_string_value(expected)));
    } else if (json_is_boolean(expected)) {
        CHECK_INT(sg_cbor_read_bool(in), json_is_true(expected));
    } else if (json_is_null(expected)) {
        CHECK(sg_cbor_read_null(in));
    } else if (type == SG_CBOR_UINT) {
        CHECK((double)sg_cbor_read_uint(in) == json_real_value(expected));
    } else if (type == SG_CBOR_NINT) {
        CHECK(in->left.ptr[0] == 0x3b || (double)sg_cbor_read_int(in) == json_real_value(expected));
    } else if (type == SG_CBOR_SIMPLE) {
        CHECK(read_float(in) == json_real_value(expected));
    } else {
        CHECK_INT(type, SG_CBOR_TAG); /* numbers of more than 64 bits */
    }
}

/* What is in the appendix and not deterministic, or nothing that Signet writes. */
static bool
must_be_refused(const json_t *one)
{
    static const char *const ours[] = {"f7", "f818", "c074323031332d30332d32315432303a30343a30305a",
        "c11a514b67b0", "c1fb41d452d9ec200000"};
    bool is_listed = false;

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        is_listed = is_listed || strcmp(json_text(one, "hex"), ours[i]) == 0;
    return is_listed || !json_is_true(json_object_get(one, "roundtrip"));
}

TEST(agrees_with_appendix_a)
{
    json_t *root =
        json_load_file(VECTORS "/conformance/cbor/appendix_a.json", JSON_DECODE_INT_AS_REAL, NULL);
    json_t *one = NULL;
    size_t i = 0, taken = 0, refused = 0, valued = 0;

    REQUIRE(root);
    json_array_foreach(root, i, one)
    {
        signet_slice wire = json_hex(one, "hex");
        sg_cbor_reader in = sg_cbor_reader_of(wire);

        harness_row = json_text(one, "hex");
        CHECK_INT(is_taken(wire, NULL), !must_be_refused(one));
        if (must_be_refused(one)) {
            refused++;
            continue;
        }
        taken++;
        if (!json_object_get(one, "decoded"))
            continue;
        check_value(&in, json_object_get(one, "decoded"));
        valued++;
    }
    json_decref(root);
    harness_row = "all";
    CHECK_INT(taken, 60);
    CHECK_INT(refused, 22);
    CHECK_INT(valued, 49);
}

/* --- changes --- */

/* What is taken after all is in its one encoding: copying it gives the same bytes. */
static void
check_mutant(void *context, const wire_mutant *mutant)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_cbor_reader in = sg_cbor_reader_of(mutant->bytes);
    sg_cbor_writer to = sg_cbor_writer_to(&out);
    bool taken = is_taken(mutant->bytes, NULL);

    *(size_t *)context += taken;
    if (mutant->kind == WIRE_TRUNCATED || mutant->kind == WIRE_LONGER ||
        mutant->kind == WIRE_DOUBLED || mutant->kind == WIRE_MOVED ||
        mutant->kind == WIRE_LONG_HEAD || mutant->kind == WIRE_INDEFINITE ||
        mutant->kind == WIRE_COUNTED)
        CHECK(!taken);
    if (!taken)
        return;
    cbor_copy(&in, &to);
    CHECK(sg_cbor_read_end(&in, "item", NULL) && sg_cbor_write_end(&to, NULL));
    CHECK_BYTES(signet_buf_slice(&out), mutant->bytes);
}

TEST(takes_a_changed_item_only_in_its_one_encoding)
{
    size_t taken = 0;

    wire_each_change(unhex(T_FULL), 0, check_mutant, &taken);
    CHECK(taken > 1000); /* most bits are inside of strings */
}

TESTS(TEST_OF(takes_the_one_encoding_of_an_item), TEST_OF(nests_eight_levels_and_no_more),
    TEST_OF(reads_values_of_the_asked_type), TEST_OF(tells_what_it_refused),
    TEST_OF(writes_what_it_reads), TEST_OF(leaves_the_buffer_as_it_was_when_it_cannot_write),
    TEST_OF(agrees_with_appendix_a), TEST_OF(takes_a_changed_item_only_in_its_one_encoding))
