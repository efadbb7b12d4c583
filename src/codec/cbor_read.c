/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "codec/cbor.h"

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22, HEAD_MAX = 9 };

/* The head of an item, taken apart. */
typedef struct {
    sg_cbor_type type;
    uint8_t info;   /* the low five bits */
    uint64_t value; /* the argument */
} head;

sg_cbor_reader
sg_cbor_reader_of(signet_slice bytes)
{
    return (sg_cbor_reader){.left = bytes};
}

void
sg_cbor_refuse(sg_cbor_reader *in, const char *problem)
{
    if (in->problem)
        return;
    in->problem = problem;
    in->left.len = 0;
}

sg_cbor_type
sg_cbor_next(const sg_cbor_reader *in)
{
    return in->problem || in->left.len == 0 ? SG_CBOR_NOTHING
                                            : (sg_cbor_type)(in->left.ptr[0] >> 5);
}

/* Floats have their own idea of what is shortest. */
static bool
is_shortest(const head *item, size_t octets)
{
    static const uint64_t smallest[] = {0, 24, 0x100, 0, 0x10000, 0, 0, 0, 0x100000000};

    return item->type == SG_CBOR_SIMPLE ? octets != 1 || item->value >= 32
                                        : item->value >= smallest[octets];
}

static head
read_head(sg_cbor_reader *in)
{
    head item = {.type = SG_CBOR_NOTHING};
    size_t octets = 0;

    if (in->problem)
        return item;
    if (in->left.len == 0) {
        sg_cbor_refuse(in, "is cut short");
        return item;
    }
    item.type = (sg_cbor_type)(in->left.ptr[0] >> 5);
    item.info = in->left.ptr[0] & 0x1f;
    item.value = item.info;
    if (item.info > 27) {
        sg_cbor_refuse(in, item.info == 31 ? "has no definite length" : "has a reserved head");
        return (head){.type = SG_CBOR_NOTHING};
    }
    octets = item.info < 24 ? 0 : (size_t)1 << (item.info - 24);
    if (in->left.len < 1 + octets) {
        sg_cbor_refuse(in, "is cut short");
        return (head){.type = SG_CBOR_NOTHING};
    }
    if (octets > 0) {
        item.value = 0;
        for (size_t i = 1; i <= octets; i++)
            item.value = item.value << 8 | in->left.ptr[i];
        if (!is_shortest(&item, octets)) {
            sg_cbor_refuse(in, "is not in its shortest form");
            return (head){.type = SG_CBOR_NOTHING};
        }
    }
    in->left = (signet_slice){in->left.ptr + 1 + octets, in->left.len - 1 - octets};
    return item;
}

static head
read_typed(sg_cbor_reader *in, sg_cbor_type type)
{
    head item = {.type = SG_CBOR_NOTHING};

    if (in->problem)
        return item;
    if (in->left.len > 0 && sg_cbor_next(in) != type) {
        sg_cbor_refuse(in, "is of another type");
        return item;
    }
    return read_head(in);
}

bool
sg_cbor_read_null(sg_cbor_reader *in)
{
    if (in->problem || in->left.len == 0 || in->left.ptr[0] != (7 << 5 | SIMPLE_NULL))
        return false;
    in->left = (signet_slice){in->left.ptr + 1, in->left.len - 1};
    return true;
}

bool
sg_cbor_read_bool(sg_cbor_reader *in)
{
    head item = read_typed(in, SG_CBOR_SIMPLE);

    if (!in->problem && item.info != SIMPLE_FALSE && item.info != SIMPLE_TRUE)
        sg_cbor_refuse(in, "is neither true nor false");
    return !in->problem && item.info == SIMPLE_TRUE;
}

uint64_t
sg_cbor_read_uint(sg_cbor_reader *in)
{
    head item = read_typed(in, SG_CBOR_UINT);

    return in->problem ? 0 : item.value;
}

int64_t
sg_cbor_read_int(sg_cbor_reader *in)
{
    head item = read_typed(in, sg_cbor_next(in) == SG_CBOR_NINT ? SG_CBOR_NINT : SG_CBOR_UINT);

    if (!in->problem && item.value > INT64_MAX)
        sg_cbor_refuse(in, "is an integer of more than 64 bits");
    if (in->problem)
        return 0;
    return item.type == SG_CBOR_NINT ? -1 - (int64_t)item.value : (int64_t)item.value;
}

static signet_slice
read_string(sg_cbor_reader *in, sg_cbor_type type)
{
    head item = read_typed(in, type);
    signet_slice content = {0};

    if (!in->problem && item.value > in->left.len)
        sg_cbor_refuse(in, "is cut short");
    if (in->problem)
        return content;
    content = (signet_slice){in->left.ptr, (size_t)item.value};
    in->left = (signet_slice){in->left.ptr + content.len, in->left.len - content.len};
    return content;
}

signet_slice
sg_cbor_read_bytes(sg_cbor_reader *in)
{
    return read_string(in, SG_CBOR_BYTES);
}

signet_slice
sg_cbor_read_text(sg_cbor_reader *in)
{
    signet_slice text = read_string(in, SG_CBOR_TEXT);

    if (in->problem || sg_is_utf8(text))
        return text;
    sg_cbor_refuse(in, "is not UTF-8");
    return (signet_slice){NULL, 0};
}

/* Every element takes a byte at least, so a count can be held against the bytes that are there. */
static size_t
read_count(sg_cbor_reader *in, sg_cbor_type type)
{
    head item = read_typed(in, type);
    size_t least = type == SG_CBOR_MAP ? 2 : 1;

    if (!in->problem && (item.value > SG_CBOR_ITEMS_MAX || item.value > in->left.len / least))
        sg_cbor_refuse(in, "has more elements than bytes, or too many");
    return in->problem ? 0 : (size_t)item.value;
}

size_t
sg_cbor_read_array(sg_cbor_reader *in)
{
    return read_count(in, SG_CBOR_ARRAY);
}

size_t
sg_cbor_read_map(sg_cbor_reader *in)
{
    return read_count(in, SG_CBOR_MAP);
}

uint64_t
sg_cbor_read_tag(sg_cbor_reader *in)
{
    head item = read_typed(in, SG_CBOR_TAG);

    return in->problem ? 0 : item.value;
}

bool
sg_cbor_is_before(signet_slice a, signet_slice b)
{
    if (a.len != b.len)
        return a.len < b.len;
    return a.len > 0 && memcmp(a.ptr, b.ptr, a.len) < 0;
}

/* Whether half precision, or single for `is_double`, would hold the very same number. */
static bool
is_float_shortest(uint64_t bits, bool is_double)
{
    uint64_t mantissa_bits = is_double ? 52 : 23, bias = is_double ? 1023 : 127;
    uint64_t short_bits = is_double ? 23 : 10, short_bias = is_double ? 127 : 15;
    uint64_t mantissa = bits & ((1ULL << mantissa_bits) - 1);
    uint64_t exponent = bits >> mantissa_bits & (2 * bias + 1);
    uint64_t dropped = mantissa_bits - short_bits;
    int64_t power = (int64_t)exponent - (int64_t)bias;

    if (exponent == 2 * bias + 1) /* infinity and NaN have a half form */
        return false;
    if (exponent == 0) /* zero has one too; our subnormals are too small for theirs */
        return mantissa != 0;
    if (power > (int64_t)short_bias)
        return true;
    if (power < 1 - (int64_t)short_bias) /* a subnormal of the shorter form loses more bits */
        dropped += (uint64_t)(1 - (int64_t)short_bias - power);
    if (dropped > mantissa_bits)
        return true;
    return (mantissa & ((1ULL << dropped) - 1)) != 0;
}

static void
check_simple(sg_cbor_reader *in, const head *item)
{
    if (item->info == 25 && (item->value & 0x7c00) == 0x7c00 && (item->value & 0x3ff) &&
        item->value != 0x7e00)
        sg_cbor_refuse(in, "is not the one NaN");
    else if ((item->info == 26 || item->info == 27) &&
             !is_float_shortest(item->value, item->info == 27))
        sg_cbor_refuse(in, "is a float not in its shortest form");
    else if (item->info == 23)
        sg_cbor_refuse(in, "is undefined");
}

static void skip(sg_cbor_reader *in, size_t depth);

static void
skip_map(sg_cbor_reader *in, size_t depth)
{
    signet_slice previous = {0};

    for (size_t pairs = sg_cbor_read_map(in); pairs > 0 && !in->problem; pairs--) {
        const uint8_t *start = in->left.ptr;
        sg_cbor_type type = sg_cbor_next(in);
        signet_slice key = {0};

        if (type == SG_CBOR_ARRAY || type == SG_CBOR_MAP)
            sg_cbor_refuse(in, "has a key that is no scalar");
        skip(in, depth + 1);
        if (in->problem)
            return;
        key = (signet_slice){start, (size_t)(in->left.ptr - start)};
        if (previous.ptr && !sg_cbor_is_before(previous, key))
            sg_cbor_refuse(in, "has keys that are doubled or not in order");
        previous = key;
        skip(in, depth + 1);
    }
}

/*
 * Times (tags 0 and 1) have no one encoding in the reference, and a big number (2 and 3) only when
 * it fits no plain integer and has no leading zero.
 */
static void
skip_tag(sg_cbor_reader *in, size_t depth)
{
    uint64_t tag = sg_cbor_read_tag(in);
    signet_slice number = {0};

    if (in->problem)
        return;
    if (tag < 2) {
        sg_cbor_refuse(in, "has a time");
    } else if (tag < 4) {
        number = sg_cbor_read_bytes(in);
        if (!in->problem && (number.len <= sizeof(uint64_t) || number.ptr[0] == 0))
            sg_cbor_refuse(in, "has a big number not in its shortest form");
    } else {
        skip(in, depth + 1);
    }
}

static void
skip(sg_cbor_reader *in, size_t depth)
{
    sg_cbor_type type = sg_cbor_next(in);
    head item = {0};

    if (depth >= SG_CBOR_DEPTH_MAX &&
        (type == SG_CBOR_ARRAY || type == SG_CBOR_MAP || type == SG_CBOR_TAG)) {
        sg_cbor_refuse(in, "is nested too deeply");
        return;
    }
    switch (type) {
    case SG_CBOR_UINT:
    case SG_CBOR_NINT:
    case SG_CBOR_NOTHING:
        (void)read_head(in);
        break;
    case SG_CBOR_BYTES:
        (void)sg_cbor_read_bytes(in);
        break;
    case SG_CBOR_TEXT:
        (void)sg_cbor_read_text(in);
        break;
    case SG_CBOR_ARRAY:
        for (size_t count = sg_cbor_read_array(in); count > 0 && !in->problem; count--)
            skip(in, depth + 1);
        break;
    case SG_CBOR_MAP:
        skip_map(in, depth);
        break;
    case SG_CBOR_TAG:
        skip_tag(in, depth);
        break;
    case SG_CBOR_SIMPLE:
        item = read_head(in);
        if (!in->problem)
            check_simple(in, &item);
        break;
    }
}

signet_slice
sg_cbor_read_any(sg_cbor_reader *in)
{
    const uint8_t *start = in->left.ptr;

    skip(in, 0);
    return in->problem ? (signet_slice){NULL, 0}
                       : (signet_slice){start, (size_t)(in->left.ptr - start)};
}

bool
sg_cbor_read_end(const sg_cbor_reader *in, const char *what, signet_error *err)
{
    if (in->problem)
        return signet_fail(err, SIGNET_E_DECODE, "%s: CBOR %s", what, in->problem);
    if (in->left.len > 0)
        return signet_fail(err, SIGNET_E_DECODE, "%s: %zu bytes after its end", what, in->left.len);
    return true;
}
