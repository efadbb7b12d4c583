/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of thing was refused?  A second look at bytes that the strict reader did not take, by
 * the wider rules of the reference (tokens.md 3.4 and 3.5), so that a retired token is told from
 * garbage.  Nothing that is found here is ever accepted.
 */
#include "codec/cbor.h"

enum { LENIENT_DEPTH = 32, INDEFINITE = 31 };

typedef struct {
    const uint8_t *at, *end;
    bool is_bad;
} scanner;

typedef struct {
    sg_cbor_type type;
    uint8_t info;
    uint64_t value;
} head;

static head
bad(scanner *in)
{
    in->is_bad = true;
    in->at = in->end;
    return (head){.type = SG_CBOR_NOTHING};
}

static head
next_head(scanner *in)
{
    head item = {.type = SG_CBOR_NOTHING};
    size_t octets = 0;

    if (in->is_bad || in->at == in->end)
        return bad(in);
    item.type = (sg_cbor_type)(*in->at >> 5);
    item.info = *in->at & 0x1f;
    item.value = item.info;
    in->at++;
    if (item.info < 24)
        return item;
    if (item.info == INDEFINITE) {
        bool may_be = item.type == SG_CBOR_BYTES || item.type == SG_CBOR_TEXT ||
                      item.type == SG_CBOR_ARRAY || item.type == SG_CBOR_MAP ||
                      item.type == SG_CBOR_SIMPLE;

        return may_be ? item : bad(in);
    }
    if (item.info > 27)
        return bad(in);
    octets = (size_t)1 << (item.info - 24);
    if ((size_t)(in->end - in->at) < octets)
        return bad(in);
    item.value = 0;
    for (size_t i = 0; i < octets; i++)
        item.value = item.value << 8 | *in->at++;
    if (item.type == SG_CBOR_SIMPLE && item.info == 24 && item.value < 32)
        return bad(in);
    return item;
}

static bool
is_break(const scanner *in)
{
    return !in->is_bad && in->at < in->end && *in->at == 0xff;
}

static void scan(scanner *in, size_t depth);

static void
scan_string(scanner *in, const head *item)
{
    if (item->info != INDEFINITE) {
        if (item->value > (uint64_t)(in->end - in->at))
            (void)bad(in);
        else
            in->at += item->value;
        return;
    }
    while (!in->is_bad && !is_break(in)) {
        head chunk = next_head(in);

        if (chunk.type != item->type || chunk.info == INDEFINITE)
            (void)bad(in);
        else
            scan_string(in, &chunk);
    }
    in->at += !in->is_bad;
}

static void
scan_elements(scanner *in, const head *item, size_t depth)
{
    uint64_t each = item->type == SG_CBOR_MAP ? 2 : 1, count = 0;

    if (depth > LENIENT_DEPTH || (item->info != INDEFINITE && item->value > SG_CBOR_ITEMS_MAX)) {
        (void)bad(in);
        return;
    }
    for (; !in->is_bad && (item->info == INDEFINITE ? !is_break(in) : count < item->value);
         count++) {
        if (count == SG_CBOR_ITEMS_MAX)
            (void)bad(in);
        for (uint64_t i = 0; i < each; i++)
            scan(in, depth);
    }
    in->at += !in->is_bad && item->info == INDEFINITE;
}

static void
scan(scanner *in, size_t depth)
{
    head item = next_head(in);

    /* tags may follow each other without end; a loop does not run out of stack */
    while (item.type == SG_CBOR_TAG)
        item = next_head(in);
    switch (item.type) {
    case SG_CBOR_BYTES:
    case SG_CBOR_TEXT:
        scan_string(in, &item);
        break;
    case SG_CBOR_ARRAY:
    case SG_CBOR_MAP:
        scan_elements(in, &item, depth + 1);
        break;
    case SG_CBOR_SIMPLE:
        if (item.info == INDEFINITE) /* a break where nothing is open */
            (void)bad(in);
        break;
    case SG_CBOR_UINT:
    case SG_CBOR_NINT:
    case SG_CBOR_TAG:
    case SG_CBOR_NOTHING:
        break;
    }
}

bool
sg_cbor_is_well_formed(signet_slice bytes)
{
    scanner in = {0};

    if (bytes.len == 0)
        return false; /* its pointer may be NULL, to which nothing can be added */
    in = (scanner){bytes.ptr, bytes.ptr + bytes.len, false};
    scan(&in, 0);
    return !in.is_bad && in.at == in.end;
}

/* An integer by its value, whatever its encoding; any other key by its bytes. */
typedef struct {
    bool is_int;
    int64_t number;
    signet_slice bytes;
} map_key;

/* Keys seen so far; a token has few, so looking through them is quick. */
typedef struct {
    map_key keys[64];
    size_t count;
} key_list;

static bool
is_same_key(const map_key *a, const map_key *b)
{
    return a->is_int == b->is_int &&
           (a->is_int ? a->number == b->number : signet_slice_is_equal(a->bytes, b->bytes));
}

static map_key
next_key(scanner *in)
{
    scanner ahead = *in;
    head item = next_head(&ahead);
    map_key key = {
        .is_int =
            (item.type == SG_CBOR_UINT || item.type == SG_CBOR_NINT) && item.value <= INT64_MAX,
    };

    if (key.is_int)
        key.number = item.type == SG_CBOR_NINT ? -1 - (int64_t)item.value : (int64_t)item.value;
    key.bytes.ptr = in->at;
    scan(in, 1);
    key.bytes.len = (size_t)(in->at - key.bytes.ptr);
    return key;
}

static void
note_key(scanner *in, key_list *seen, sg_cbor_probe *probe)
{
    map_key key = next_key(in);

    for (size_t i = 0; i < seen->count; i++) {
        if (is_same_key(&seen->keys[i], &key))
            probe->has_duplicate_key = true;
    }
    if (seen->count < sizeof(seen->keys) / sizeof(seen->keys[0]))
        seen->keys[seen->count++] = key;
    if (!key.is_int)
        probe->has_other_key = true;
    else if (key.number >= 0 && key.number < 64)
        probe->seen |= 1ULL << key.number;
}

sg_cbor_probe
sg_cbor_probe_map(signet_slice bytes)
{
    scanner in = {bytes.ptr, bytes.ptr + bytes.len, false};
    sg_cbor_probe probe = {0};
    key_list seen = {.count = 0};
    head item = next_head(&in);

    while (item.type == SG_CBOR_TAG)
        item = next_head(&in);
    probe.is_map = item.type == SG_CBOR_MAP;
    for (uint64_t i = 0;
         probe.is_map && !in.is_bad && (item.info == INDEFINITE ? !is_break(&in) : i < item.value);
         i++) {
        note_key(&in, &seen, &probe);
        scan(&in, 1);
    }
    return probe;
}
