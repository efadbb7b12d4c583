/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/cbor.h"
#include "wire.h"

enum { MOST_ELEMENTS = 64 };

/* --- keys --- */

static struct {
    const signet_algorithm *algorithm;
    uint8_t byte;
    signet_key *key;
} keys[32];

static void
free_keys(void)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && keys[i].key; i++)
        signet_key_free(keys[i].key);
}

const signet_key *
wire_key(const signet_algorithm *algorithm, uint8_t byte)
{
    uint8_t seed[SIGNET_SEED_SIZE];
    size_t i = 0;

    for (; i < sizeof(keys) / sizeof(keys[0]) && keys[i].key; i++) {
        if (keys[i].algorithm == algorithm && keys[i].byte == byte)
            return keys[i].key;
    }
    REQUIRE(i < sizeof(keys) / sizeof(keys[0]));
    if (i == 0)
        (void)atexit(free_keys);
    memset(seed, byte, sizeof(seed));
    keys[i].algorithm = algorithm;
    keys[i].byte = byte;
    keys[i].key = signet_key_from_seed(algorithm, (signet_slice){seed, sizeof(seed)}, NULL);
    REQUIRE(keys[i].key);
    return keys[i].key;
}

/* --- bytes --- */

static void
give(wire_visit *visit, void *context, wire_mutant mutant)
{
    static const char *const names[] = {"bit", "truncated", "longer", "removed", "doubled", "moved",
        "retyped", "long head", "indefinite", "tagged", "counted"};
    static char name[64];

    (void)snprintf(name, sizeof(name), "%s at %zu%s, %zu bytes", names[mutant.kind], mutant.index,
        mutant.is_key ? " (key)" : "", mutant.bytes.len);
    harness_row = name;
    visit(context, &mutant);
}

void
wire_each_bit(signet_slice whole, size_t all_before, size_t step, wire_visit *visit, void *context)
{
    uint8_t *copy = malloc(whole.len);

    REQUIRE(copy);
    if (!getenv("SIGNET_FEWER_BITS"))
        step = 1;
    memcpy(copy, whole.ptr, whole.len);
    for (size_t i = 0; i < 8 * whole.len; i += i / 8 < all_before ? 1 : step) {
        copy[i / 8] ^= (uint8_t)(1U << i % 8);
        give(visit, context,
            (wire_mutant){WIRE_BIT, i / 8, .first = copy[i / 8], .bytes = {copy, whole.len}});
        copy[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    free(copy);
}

void
wire_each_truncation(signet_slice whole, wire_visit *visit, void *context)
{
    for (size_t len = 0; len <= whole.len + 1; len++) {
        uint8_t *copy = malloc(len + 1); /* of this size, so that an overread is seen */

        REQUIRE(copy);
        memset(copy, '0', len + 1);
        memcpy(copy, whole.ptr, len < whole.len ? len : whole.len);
        if (len != whole.len)
            give(visit, context,
                (wire_mutant){
                    len < whole.len ? WIRE_TRUNCATED : WIRE_LONGER, len, .bytes = {copy, len}});
        free(copy);
    }
}

/* --- elements --- */

typedef struct {
    signet_slice before, after; /* around the array or map */
    bool is_map;
    size_t count; /* of items: two for each pair */
    signet_slice items[2 * MOST_ELEMENTS];
    wire_visit *visit;
    void *context;
} container;

/* The bytes of `kept`, in order, with a head of `pairs` elements or pairs. */
static void
give_items(const container *in, const signet_slice *kept, size_t count, size_t elements,
    wire_mutant mutant)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_cbor_writer to = sg_cbor_writer_to(&out);

    sg_cbor_write_raw(&to, in->before);
    if (in->is_map)
        sg_cbor_write_map(&to, elements);
    else
        sg_cbor_write_array(&to, elements);
    for (size_t i = 0; i < count; i++)
        sg_cbor_write_raw(&to, kept[i]);
    sg_cbor_write_raw(&to, in->after);
    REQUIRE(sg_cbor_write_end(&to, NULL));
    mutant.bytes = signet_buf_slice(&out);
    give(in->visit, in->context, mutant);
}

/* Removed, doubled, moved: whole elements, which are pairs in a map. */
static void
give_arrangements(const container *in)
{
    size_t each = in->is_map ? 2 : 1, elements = in->count / each;
    signet_slice kept[2 * MOST_ELEMENTS + 2];

    for (size_t i = 0; i < elements; i++) {
        size_t n = 0;

        for (size_t k = 0; k < in->count; k++) {
            if (k / each != i)
                kept[n++] = in->items[k];
        }
        give_items(in, kept, n, elements - 1, (wire_mutant){WIRE_REMOVED, i});
        memcpy(kept, in->items, sizeof(in->items));
        memmove(
            kept + (i + 1) * each, in->items + i * each, (in->count - i * each) * sizeof(kept[0]));
        give_items(in, kept, in->count + each, elements + 1, (wire_mutant){WIRE_DOUBLED, i});
        if (i + 1 == elements)
            continue;
        memcpy(kept, in->items, sizeof(in->items));
        memcpy(kept + i * each, in->items + (i + 1) * each, each * sizeof(kept[0]));
        memcpy(kept + (i + 1) * each, in->items + i * each, each * sizeof(kept[0]));
        give_items(in, kept, in->count, elements, (wire_mutant){WIRE_MOVED, i});
    }
    give_items(in, in->items, in->count, elements + 1, (wire_mutant){WIRE_COUNTED, elements + 1});
    if (elements > 0)
        give_items(
            in, in->items, in->count, elements - 1, (wire_mutant){WIRE_COUNTED, elements - 1});
}

static void
give_in_place(const container *in, size_t i, wire_kind kind, signet_slice item)
{
    signet_slice kept[2 * MOST_ELEMENTS];

    memcpy(kept, in->items, sizeof(in->items));
    kept[i] = item;
    give_items(in, kept, in->count, in->count / (in->is_map ? 2 : 1),
        (wire_mutant){kind, in->is_map ? i / 2 : i, in->is_map && i % 2 == 0, item.ptr[0]});
}

/* Of another major type, or another simple value. */
static void
give_types(const container *in, size_t i)
{
    static const char *const samples[] = {
        "01", "20", "4101", "6161", "8101", "a10101", "c101", "f5", "f6", "f7", "f93c00", "e0"};

    for (size_t k = 0; k < sizeof(samples) / sizeof(samples[0]); k++) {
        signet_slice sample = unhex(samples[k]);
        bool is_simple = sample.ptr[0] >> 5 == SG_CBOR_SIMPLE;

        if (is_simple ? sample.ptr[0] != in->items[i].ptr[0]
                      : sample.ptr[0] >> 5 != in->items[i].ptr[0] >> 5)
            give_in_place(in, i, WIRE_RETYPED, sample);
    }
}

/* The same item with a head of every longer size. */
static void
give_long_heads(const container *in, size_t i)
{
    signet_slice item = in->items[i];
    uint8_t info = item.ptr[0] & 0x1f, bytes[8192];
    size_t octets = info < 24 ? 0 : (size_t)1 << (info - 24);

    REQUIRE(item.len + 8 < sizeof(bytes));
    if (item.ptr[0] >> 5 == SG_CBOR_SIMPLE)
        return;
    for (uint8_t longer = octets ? info + 1 : 24; longer <= 27; longer++) {
        size_t size = (size_t)1 << (longer - 24);

        memset(bytes, 0, sizeof(bytes));
        bytes[0] = (uint8_t)((item.ptr[0] & 0xe0) | longer);
        if (octets)
            memcpy(bytes + 1 + size - octets, item.ptr + 1, octets);
        else
            bytes[size] = info;
        memcpy(bytes + 1 + size, item.ptr + 1 + octets, item.len - 1 - octets);
        give_in_place(in, i, WIRE_LONG_HEAD, (signet_slice){bytes, item.len + size - octets});
    }
}

static void
give_indefinite(const container *in, size_t i)
{
    signet_slice item = in->items[i];
    uint8_t type = item.ptr[0] >> 5, bytes[8192];
    size_t octets = (item.ptr[0] & 0x1f) < 24 ? 0 : (size_t)1 << ((item.ptr[0] & 0x1f) - 24);

    if (type < SG_CBOR_BYTES || type > SG_CBOR_MAP)
        return;
    bytes[0] = (uint8_t)(type << 5 | 31);
    if (type >= SG_CBOR_ARRAY) { /* its elements, a break */
        memcpy(bytes + 1, item.ptr + 1 + octets, item.len - 1 - octets);
        item.len -= 1 + octets;
    } else { /* itself as the one chunk, a break */
        memcpy(bytes + 1, item.ptr, item.len);
    }
    bytes[1 + item.len] = 0xff;
    give_in_place(in, i, WIRE_INDEFINITE, (signet_slice){bytes, item.len + 2});
}

static void
give_tagged(const container *in, size_t i)
{
    static const uint8_t tag[] = {0xd8, 0x18};
    uint8_t bytes[8192];

    memcpy(bytes, tag, sizeof(tag));
    memcpy(bytes + sizeof(tag), in->items[i].ptr, in->items[i].len);
    give_in_place(in, i, WIRE_TAGGED, (signet_slice){bytes, in->items[i].len + sizeof(tag)});
}

void
wire_each_element(signet_slice whole, size_t offset, wire_visit *visit, void *context)
{
    container in = {.before = {whole.ptr, offset}, .visit = visit, .context = context};
    sg_cbor_reader from = sg_cbor_reader_of((signet_slice){whole.ptr + offset, whole.len - offset});
    size_t elements = 0;

    in.is_map = sg_cbor_next(&from) == SG_CBOR_MAP;
    elements = in.is_map ? sg_cbor_read_map(&from) : sg_cbor_read_array(&from);
    REQUIRE(elements <= MOST_ELEMENTS && !from.problem);
    in.count = elements * (in.is_map ? 2 : 1);
    for (size_t i = 0; i < in.count; i++)
        in.items[i] = sg_cbor_read_any(&from);
    REQUIRE(!from.problem);
    in.after = from.left;
    give_arrangements(&in);
    for (size_t i = 0; i < in.count; i++) {
        give_types(&in, i);
        give_long_heads(&in, i);
        give_indefinite(&in, i);
        give_tagged(&in, i);
    }
}

void
wire_each_change(signet_slice whole, size_t offset, wire_visit *visit, void *context)
{
    wire_each_bit(whole, whole.len, 1, visit, context);
    wire_each_truncation(whole, visit, context);
    wire_each_element(whole, offset, visit, context);
}
