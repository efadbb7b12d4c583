/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The free maps of a token (custom capabilities, actor, delegator) as JSON.  The way there loses
 * what JSON does not have: bytes become base64 text.  Floats, tags and undefined are refused, as
 * they would come back as something else.  Keys are in bytewise order in JSON and in CBOR's order
 * in CBOR.
 */
#include "base/text.h"
#include "codec/cbor.h"
#include "http/record_token.h"

enum { PAIRS_MAX = 64 }; /* of one map */

typedef struct {
    signet_slice key, value;
} pair;

typedef struct {
    pair of[PAIRS_MAX];
    size_t count;
} pairs;

static bool
is_before_bytewise(signet_slice a, signet_slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

    return order < 0 || (order == 0 && a.len < b.len);
}

/* Shorter first: a text's head grows with its length. */
static bool
is_before_in_cbor(signet_slice a, signet_slice b)
{
    return a.len != b.len ? a.len < b.len : is_before_bytewise(a, b);
}

/* Insert in order.  False: the map is full or has the key already. */
static bool
insert(pairs *all, pair one, bool (*is_before)(signet_slice a, signet_slice b))
{
    size_t at = all->count;

    if (all->count == PAIRS_MAX)
        return false;
    while (at > 0 && is_before(one.key, all->of[at - 1].key))
        at--;
    if (at > 0 && signet_slice_is_equal(all->of[at - 1].key, one.key))
        return false;
    memmove(all->of + at + 1, all->of + at, (all->count - at) * sizeof(pair));
    all->of[at] = one;
    all->count++;
    return true;
}

/* --- CBOR to JSON --- */

static void
refuse_write(sg_json_writer *to, const char *problem)
{
    if (to->problem.code == SIGNET_OK)
        signet_error_set(&to->problem, SIGNET_E_USAGE, "record: %s", problem);
}

static void write_value(sg_json_writer *to, sg_cbor_reader *in, unsigned depth);

static void
write_map(sg_json_writer *to, sg_cbor_reader *in, unsigned depth)
{
    pairs all = {.count = 0};

    for (size_t count = sg_cbor_read_map(in); count > 0 && !in->problem; count--) {
        signet_slice key = sg_cbor_read_text(in), value = sg_cbor_read_any(in);

        if (!insert(&all, (pair){key, value}, is_before_bytewise)) {
            refuse_write(to, "a map of the token has too many keys");
            return;
        }
    }
    sg_json_write(to, "{");
    for (size_t i = 0; i < all.count; i++) {
        sg_cbor_reader value = sg_cbor_reader_of(all.of[i].value);

        sg_json_write(to, i == 0 ? "" : ",");
        sg_json_write_string(to, all.of[i].key);
        sg_json_write(to, ":");
        write_value(to, &value, depth + 1);
    }
    sg_json_write(to, "}");
}

static void
write_array(sg_json_writer *to, sg_cbor_reader *in, unsigned depth)
{
    size_t count = sg_cbor_read_array(in);

    sg_json_write(to, "[");
    for (size_t i = 0; i < count && !in->problem; i++) {
        sg_json_write(to, i == 0 ? "" : ",");
        write_value(to, in, depth + 1);
    }
    sg_json_write(to, "]");
}

static void
write_simple(sg_json_writer *to, sg_cbor_reader *in)
{
    bool is_bool = in->left.len > 0 && (in->left.ptr[0] == 0xf4 || in->left.ptr[0] == 0xf5);

    if (sg_cbor_read_null(in))
        sg_json_write(to, "null");
    else if (is_bool)
        sg_json_write(to, sg_cbor_read_bool(in) ? "true" : "false");
    else
        refuse_write(to, "a map of the token has a value that JSON does not have");
}

static void
write_value(sg_json_writer *to, sg_cbor_reader *in, unsigned depth)
{
    sg_cbor_type type = sg_cbor_next(in);

    if (depth > SG_JSON_DEPTH_MAX)
        refuse_write(to, "a map of the token is too deep");
    else if (type == SG_CBOR_UINT)
        sg_json_write_unsigned(to, sg_cbor_read_uint(in));
    else if (type == SG_CBOR_NINT)
        sg_json_write_integer(to, sg_cbor_read_int(in));
    else if (type == SG_CBOR_BYTES)
        sg_json_write_base64(to, sg_cbor_read_bytes(in));
    else if (type == SG_CBOR_TEXT)
        sg_json_write_string(to, sg_cbor_read_text(in));
    else if (type == SG_CBOR_ARRAY)
        write_array(to, in, depth);
    else if (type == SG_CBOR_MAP)
        write_map(to, in, depth);
    else
        write_simple(to, in);
    if (in->problem)
        refuse_write(to, in->problem);
}

void
sg_record_map_write(sg_json_writer *to, signet_slice map)
{
    sg_cbor_reader in = sg_cbor_reader_of(map);

    write_value(to, &in, 1);
}

/* --- JSON to CBOR --- */

static void read_value(sg_json_reader *in, sg_cbor_writer *to, unsigned depth);

static void
read_object(sg_json_reader *in, sg_cbor_writer *to, unsigned depth)
{
    pairs all = {.count = 0};
    signet_slice after = {0};

    sg_json_expect(in, "{");
    if (!sg_json_has(in, "}")) {
        do {
            pair one = {.key = sg_json_string(in)};

            sg_json_expect(in, ":");
            one.value = sg_json_any(in);
            if (!in->problem && !insert(&all, one, is_before_in_cbor))
                sg_json_refuse(in, "an object with a doubled key, or too many");
        } while (sg_json_has(in, ","));
        sg_json_expect(in, "}");
    }
    after = in->left;
    sg_cbor_write_map(to, all.count);
    for (size_t i = 0; i < all.count && !in->problem; i++) {
        sg_cbor_write_text(to, all.of[i].key);
        in->left = all.of[i].value;
        read_value(in, to, depth + 1);
        if (in->left.len > 0)
            sg_json_refuse(in, "something after a value");
    }
    in->left = after;
}

static void
read_array(sg_json_reader *in, sg_cbor_writer *to, unsigned depth)
{
    sg_json_reader ahead = {0};
    size_t count = 0;

    sg_json_expect(in, "[");
    ahead = *in;
    if (!sg_json_has(&ahead, "]")) {
        do {
            (void)sg_json_any(&ahead);
            count++;
        } while (sg_json_has(&ahead, ","));
    }
    sg_cbor_write_array(to, count);
    for (size_t i = 0; i < count && !in->problem; i++) {
        if (i > 0)
            sg_json_expect(in, ",");
        read_value(in, to, depth + 1);
    }
    sg_json_expect(in, "]");
}

static void
read_value(sg_json_reader *in, sg_cbor_writer *to, unsigned depth)
{
    static const uint8_t no = 0xf4, yes = 0xf5;
    char c = sg_json_peek(in);

    if (depth > SG_JSON_DEPTH_MAX)
        sg_json_refuse(in, "a value that is too deep");
    else if (c == '{')
        read_object(in, to, depth);
    else if (c == '[')
        read_array(in, to, depth);
    else if (c == '"')
        sg_cbor_write_text(to, sg_json_string(in));
    else if (c == '-')
        sg_cbor_write_int(to, sg_json_integer(in));
    else if (sg_json_has(in, "null"))
        sg_cbor_write_null(to);
    else if (sg_json_has(in, "true"))
        sg_cbor_write_raw(to, (signet_slice){&yes, 1});
    else if (sg_json_has(in, "false"))
        sg_cbor_write_raw(to, (signet_slice){&no, 1});
    else
        sg_cbor_write_uint(to, sg_json_unsigned(in));
}

bool
sg_record_map_read(sg_json_reader *in, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);

    if (sg_json_peek(in) == '{')
        read_value(in, &to, 1);
    else
        sg_json_refuse(in, "not an object");
    if (in->problem) /* it is what is reported, with its place */
        to.problem = (signet_error){0};
    return sg_cbor_write_end(&to, err);
}
