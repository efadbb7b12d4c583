/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our reader and writer against libcbor's, over random items and broken ones: what ours takes,
 * libcbor takes with the same values; what libcbor makes of these values is what ours writes.
 * libcbor knows no simple values but four, and not the tags 6 to 20; items with others are counted
 * and left out.
 */
#include <cbor.h>
#include <math.h>

#include "codec/cbor.h"
#include "harness.h"

enum { VALID = 10000, CHANGES_EACH = 6, MOST_BYTES = 4096, MOST_KEYS = 12 };

SIGNET_DEFINE_AUTO(free, void *);

/* xorshift64*, from a fixed seed: a failure can be repeated. */
static uint64_t random_state = 88172645463325252U;

static uint64_t
draw(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 2685821657736338717U;
}

static uint64_t
below(uint64_t limit)
{
    return draw() % limit;
}

/* Of all sizes alike. */
static uint64_t
any_number(void)
{
    return draw() >> below(64);
}

/* --- making items --- */

static void make_item(sg_cbor_writer *to, size_t depth);

static void
make_text(sg_cbor_writer *to)
{
    static const char *const pieces[] = {
        "a", "b", "z", "\xc3\xbc", "\xe6\xb0\xb4", "\xf0\x90\x85\x91", " ", ""};
    char text[64] = "";

    for (uint64_t i = below(10); i > 0; i--)
        strcat(text, pieces[below(8)]);
    sg_cbor_write_text(to, signet_slice_text(text));
}

static void
make_scalar(sg_cbor_writer *to)
{
    uint8_t bytes[300];

    switch (below(6)) {
    case 0:
        sg_cbor_write_uint(to, any_number());
        break;
    case 1:
        sg_cbor_write_int(to, -1 - (int64_t)(any_number() >> 1));
        break;
    case 2:
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)draw();
        sg_cbor_write_bytes(to, (signet_slice){bytes, below(below(2) ? 30 : sizeof(bytes))});
        break;
    case 3:
        sg_cbor_write_null(to);
        break;
    case 4:
        bytes[0] = below(2) ? 0xf4 : 0xf5;
        sg_cbor_write_raw(to, (signet_slice){bytes, 1});
        break;
    default:
        make_text(to);
    }
}

/*
 * The shortest that our reader takes of random bits.  No subnormal half: libcbor 0.8 drops digits
 * of those when it writes; it reads them rightly (below, in changed items).
 */
static void
make_float(sg_cbor_writer *to)
{
    uint64_t bits = draw() & ~(below(2) ? 0 : 0x1fffffffffffffULL >> below(30));

    for (uint8_t info = 25; info <= 27; info++) {
        size_t size = (size_t)1 << (info - 24);
        uint8_t bytes[9] = {(uint8_t)(0xe0 | info)};
        sg_cbor_reader in = {0};

        for (size_t i = 0; i < size; i++)
            bytes[1 + i] = (uint8_t)(bits >> (8 * (7 - i)));
        in = sg_cbor_reader_of((signet_slice){bytes, 1 + size});
        (void)sg_cbor_read_any(&in);
        if (!in.problem && (info > 25 || (bytes[1] & 0x7c)) && below(3) > 0) {
            sg_cbor_write_raw(to, (signet_slice){bytes, 1 + size});
            return;
        }
    }
    sg_cbor_write_null(to);
}

static int
compare_keys(const void *a, const void *b)
{
    const signet_slice *x = a, *y = b;

    return sg_cbor_is_before(*y, *x) - sg_cbor_is_before(*x, *y);
}

static void
make_map(sg_cbor_writer *to, size_t depth)
{
    signet_buf storage[MOST_KEYS] = {0};
    signet_slice keys[MOST_KEYS];
    size_t count = below(MOST_KEYS), unique = 0;

    for (size_t i = 0; i < count; i++) {
        sg_cbor_writer key = sg_cbor_writer_to(&storage[i]);

        make_scalar(&key);
        REQUIRE(sg_cbor_write_end(&key, NULL));
        keys[i] = signet_buf_slice(&storage[i]);
    }
    qsort(keys, count, sizeof(keys[0]), compare_keys);
    for (size_t i = 0; i < count; i++) {
        if (unique == 0 || !signet_slice_is_equal(keys[unique - 1], keys[i]))
            keys[unique++] = keys[i];
    }
    sg_cbor_write_map(to, unique);
    for (size_t i = 0; i < unique; i++) {
        sg_cbor_write_raw(to, keys[i]);
        make_item(to, depth + 1);
    }
    for (size_t i = 0; i < count; i++)
        signet_buf_free(&storage[i]);
}

static void
make_item(sg_cbor_writer *to, size_t depth)
{
    uint64_t count = 0;

    switch (depth < 5 ? below(8) : 0) {
    case 1:
    case 2:
        make_map(to, depth);
        break;
    case 3:
    case 4:
        count = below(9);
        sg_cbor_write_array(to, count);
        for (; count > 0; count--)
            make_item(to, depth + 1);
        break;
    case 5:
        sg_cbor_write_tag(to, 21 + any_number() / 2);
        make_item(to, depth + 1);
        break;
    case 6:
        make_float(to);
        break;
    default:
        make_scalar(to);
    }
}

/* --- comparing --- */

static double
half(unsigned bits)
{
    int exponent = bits >> 10 & 0x1f;
    double mantissa = bits & 0x3ff;
    double value = exponent == 0    ? ldexp(mantissa, -24)
                   : exponent == 31 ? (mantissa > 0 ? (double)NAN : (double)INFINITY)
                                    : ldexp(mantissa + 1024, exponent - 25);

    return bits & 0x8000 ? -value : value;
}

static double
value_of_float(signet_slice item)
{
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

static void
compare_simple(sg_cbor_reader *in, const cbor_item_t *item)
{
    signet_slice ours = sg_cbor_read_any(in);
    double value = 0;

    CHECK(cbor_isa_float_ctrl(item));
    if (!cbor_is_float(item)) {
        CHECK_INT(cbor_ctrl_value(item), ours.ptr[0] & 0x1f);
        return;
    }
    value = value_of_float(ours);
    CHECK(isnan(value) ? isnan(cbor_float_get_float(item)) : cbor_float_get_float(item) == value);
}

/* Step by step through both; libcbor's getters of parts give a reference of ours to drop. */
static void
compare(sg_cbor_reader *in, cbor_item_t *item)
{
    size_t count = 0;
    signet_slice bytes = {0};

    switch (sg_cbor_next(in)) {
    case SG_CBOR_UINT:
        CHECK(cbor_isa_uint(item) && cbor_get_int(item) == sg_cbor_read_uint(in));
        break;
    case SG_CBOR_NINT:
        CHECK(cbor_isa_negint(item));
        if (cbor_get_int(item) > INT64_MAX)
            (void)sg_cbor_read_any(in);
        else
            CHECK_INT(sg_cbor_read_int(in), -1 - (int64_t)cbor_get_int(item));
        break;
    case SG_CBOR_BYTES:
        bytes = sg_cbor_read_bytes(in);
        CHECK(cbor_isa_bytestring(item) && cbor_bytestring_is_definite(item));
        CHECK_BYTES(
            ((signet_slice){cbor_bytestring_handle(item), cbor_bytestring_length(item)}), bytes);
        break;
    case SG_CBOR_TEXT:
        bytes = sg_cbor_read_text(in);
        CHECK(cbor_isa_string(item) && cbor_string_is_definite(item));
        CHECK_BYTES(((signet_slice){cbor_string_handle(item), cbor_string_length(item)}), bytes);
        break;
    case SG_CBOR_ARRAY:
        count = sg_cbor_read_array(in);
        CHECK(cbor_isa_array(item) && cbor_array_is_definite(item));
        CHECK_INT(cbor_array_size(item), count);
        for (size_t i = 0; i < count; i++)
            compare(in, cbor_array_handle(item)[i]);
        break;
    case SG_CBOR_MAP:
        count = sg_cbor_read_map(in);
        CHECK(cbor_isa_map(item) && cbor_map_is_definite(item));
        CHECK_INT(cbor_map_size(item), count);
        for (size_t i = 0; i < count; i++) {
            compare(in, cbor_map_handle(item)[i].key);
            compare(in, cbor_map_handle(item)[i].value);
        }
        break;
    case SG_CBOR_TAG:
        CHECK(cbor_isa_tag(item) && cbor_tag_value(item) == sg_cbor_read_tag(in));
        compare(in, item->metadata.tag_metadata.tagged_item);
        break;
    case SG_CBOR_SIMPLE:
        compare_simple(in, item);
        break;
    case SG_CBOR_NOTHING:
        harness_fail(__FILE__, __LINE__, "libcbor has more than ours");
    }
    CHECK(!in->problem);
}

/* --- libcbor's own item of the values, each in the smallest width it has --- */

static cbor_item_t *
build_number(uint64_t value, bool is_negative)
{
    cbor_item_t *item = value > UINT32_MAX   ? cbor_build_uint64(value)
                        : value > UINT16_MAX ? cbor_build_uint32((uint32_t)value)
                        : value > UINT8_MAX  ? cbor_build_uint16((uint16_t)value)
                                             : cbor_build_uint8((uint8_t)value);

    if (is_negative)
        cbor_mark_negint(item);
    return item;
}

static cbor_item_t *build(sg_cbor_reader *in);

static cbor_item_t *
build_simple(signet_slice bytes)
{
    double value = value_of_float(bytes);

    switch (bytes.len) {
    case 1:
        return cbor_build_ctrl(bytes.ptr[0] & 0x1f);
    case 3:
        return cbor_build_float2((float)value);
    case 5:
        return cbor_build_float4((float)value);
    default:
        return cbor_build_float8(value);
    }
}

static cbor_item_t *
build_map(sg_cbor_reader *in)
{
    size_t count = sg_cbor_read_map(in);
    cbor_item_t *map = cbor_new_definite_map(count);

    for (; count > 0; count--) {
        cbor_item_t *key = build(in), *value = build(in);

        REQUIRE(cbor_map_add(map, (struct cbor_pair){cbor_move(key), cbor_move(value)}));
    }
    return map;
}

static cbor_item_t *
build(sg_cbor_reader *in)
{
    cbor_item_t *item = NULL;
    signet_slice bytes = {0};
    uint64_t number = 0;

    switch (sg_cbor_next(in)) {
    case SG_CBOR_UINT:
        return build_number(sg_cbor_read_uint(in), false);
    case SG_CBOR_NINT:
        number = (uint64_t)(-1 - sg_cbor_read_int(in));
        return build_number(number, true);
    case SG_CBOR_BYTES:
        bytes = sg_cbor_read_bytes(in);
        return cbor_build_bytestring(bytes.ptr, bytes.len);
    case SG_CBOR_TEXT:
        bytes = sg_cbor_read_text(in);
        return cbor_build_stringn((const char *)bytes.ptr, bytes.len);
    case SG_CBOR_ARRAY:
        number = sg_cbor_read_array(in);
        item = cbor_new_definite_array(number);
        for (; number > 0; number--)
            REQUIRE(cbor_array_push(item, cbor_move(build(in))));
        return item;
    case SG_CBOR_MAP:
        return build_map(in);
    case SG_CBOR_TAG:
        number = sg_cbor_read_tag(in);
        return cbor_build_tag(number, cbor_move(build(in)));
    case SG_CBOR_SIMPLE:
        return build_simple(sg_cbor_read_any(in));
    case SG_CBOR_NOTHING:
        break;
    }
    harness_fail(__FILE__, __LINE__, "nothing to build");
}

/* --- the tests --- */

static struct {
    size_t taken, refused, unknown;
} counts;

/* A simple value or tag that libcbor does not know stands somewhere; strings are stepped over. */
static bool
has_unknown(sg_cbor_reader *in)
{
    size_t count = 0;
    bool found = false;

    switch (sg_cbor_next(in)) {
    case SG_CBOR_ARRAY:
        for (count = sg_cbor_read_array(in); count > 0; count--)
            found = has_unknown(in) || found;
        return found;
    case SG_CBOR_MAP:
        for (count = 2 * sg_cbor_read_map(in); count > 0; count--)
            found = has_unknown(in) || found;
        return found;
    case SG_CBOR_TAG:
        found = in->left.ptr[0] > 0xc5 && in->left.ptr[0] < 0xd5;
        (void)sg_cbor_read_tag(in);
        return has_unknown(in) || found;
    case SG_CBOR_SIMPLE:
        found = in->left.ptr[0] < 0xf4 || in->left.ptr[0] == 0xf8;
        (void)sg_cbor_read_any(in);
        return found;
    case SG_CBOR_UINT:
    case SG_CBOR_NINT:
    case SG_CBOR_BYTES:
    case SG_CBOR_TEXT:
    case SG_CBOR_NOTHING:
        (void)sg_cbor_read_any(in);
        break;
    }
    return false;
}

/* What ours takes, libcbor takes, with the same values. */
static bool
check_agreement(signet_slice bytes)
{
    sg_cbor_reader whole = sg_cbor_reader_of(bytes), in = whole, look = whole;
    struct cbor_load_result result = {0};
    cbor_item_t *item = NULL;

    (void)sg_cbor_read_any(&whole);
    if (!sg_cbor_read_end(&whole, "item", NULL)) {
        counts.refused++;
        return false;
    }
    CHECK(sg_cbor_is_well_formed(bytes));
    if (has_unknown(&look)) {
        counts.unknown++;
        return false;
    }
    item = cbor_load(bytes.ptr, bytes.len, &result);
    if (!item)
        CHECK_BYTES(bytes, signet_slice_text("something that libcbor takes"));
    CHECK_INT(result.read, bytes.len);
    compare(&in, item);
    CHECK_INT(in.left.len, 0);
    cbor_decref(&item);
    counts.taken++;
    return true;
}

/* What libcbor writes of the values is the very same. */
static void
check_encoding(signet_slice bytes)
{
    sg_cbor_reader in = sg_cbor_reader_of(bytes);
    cbor_item_t *item = build(&in);
    SIGNET_AUTO(free) void *copy = NULL;
    unsigned char *out = NULL;
    size_t size = 0, len = 0;

    len = cbor_serialize_alloc(item, &out, &size);
    copy = out;
    CHECK_BYTES(((signet_slice){out, len}), bytes);
    cbor_decref(&item);
}

static void
change(signet_buf *bytes)
{
    size_t at = below(bytes->len);

    switch (below(5)) {
    case 0:
        bytes->data[at] ^= (uint8_t)(1U << below(8));
        break;
    case 1:
        bytes->data[at] = (uint8_t)draw();
        break;
    case 2:
        bytes->len = at;
        break;
    case 3: /* a byte less */
        memmove(bytes->data + at, bytes->data + at + 1, bytes->len - at - 1);
        bytes->len--;
        break;
    default: /* a byte more */
        REQUIRE(signet_buf_append(bytes, (signet_slice){(const uint8_t[]){0}, 1}, NULL));
        memmove(bytes->data + at + 1, bytes->data + at, bytes->len - at - 1);
        bytes->data[at] = (uint8_t)draw();
    }
}

TEST(agrees_with_libcbor_on_every_value)
{
    for (int i = 0; i < VALID; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
        sg_cbor_writer to = sg_cbor_writer_to(&bytes);
        char name[32];

        (void)snprintf(name, sizeof(name), "item %d", i);
        harness_row = name;
        make_item(&to, 0);
        REQUIRE(sg_cbor_write_end(&to, NULL));
        CHECK(check_agreement(signet_buf_slice(&bytes)));
        check_encoding(signet_buf_slice(&bytes));
        for (int k = 0; k < CHANGES_EACH && bytes.len > 0; k++) {
            change(&bytes);
            (void)check_agreement(signet_buf_slice(&bytes));
        }
    }
    harness_row = "all";
    print_message("# %zu items taken by both, %zu refused by ours, %zu left out\n", counts.taken,
        counts.refused, counts.unknown);
    CHECK(counts.taken > VALID + VALID / 10);
    CHECK(counts.refused > VALID);
    CHECK(counts.unknown < VALID);
}

TESTS(TEST_OF(agrees_with_libcbor_on_every_value))
