/* SPDX-License-Identifier: Apache-2.0 */
/* Making, finding and describing a replay store.  What happens in it: replay_insert.c. */
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "http/replay.h"

#define MAGIC UINT64_C(0x70657254656e6753) /* read in the other byte order it is another one */

enum {
    VERSION = 1,
    BLOCK_BITS_MAX = 6,
    LARGE_PAGE = 2 << 20,
    /* 24 bytes an entry, 6 for heads, half a one for quotas: the rest up to 32 is for what follows
     */
    HEADS_OF_8_ENTRIES = 6,
    ENTRIES_OF_A_QUOTA_LINE = 128,
    BLOCKS_OF_A_SECOND = 32, /* with fewer, half-used blocks would be more than a thirtieth */
};

static uint64_t
default_of(uint64_t value, uint64_t otherwise)
{
    return value ? value : otherwise;
}

/* Place `count` things of `size` bytes behind what there is, on cache lines of their own. */
static uint64_t
place(sg_replay_layout *layout, uint64_t count, uint64_t size)
{
    uint64_t at = layout->size;

    layout->size += (count * size + 63) & ~UINT64_C(63);
    return at;
}

static void
lay_out(sg_replay_layout *layout)
{
    uint64_t ring, spare;

    /* two more than the window, so that clocks a second apart never want one slot for two seconds
     */
    while ((UINT64_C(1) << layout->ring_bits) < layout->window + 3)
        layout->ring_bits++;
    ring = UINT64_C(1) << layout->ring_bits;
    while (layout->block_bits < BLOCK_BITS_MAX &&
           ring * BLOCKS_OF_A_SECOND << (layout->block_bits + 1) <= layout->capacity)
        layout->block_bits++;
    spare = layout->block_bits ? layout->window + 1 : 0; /* each live second has one half-used */
    layout->blocks =
        ((layout->capacity + (UINT64_C(1) << layout->block_bits) - 1) >> layout->block_bits) +
        spare;
    layout->heads = layout->capacity * HEADS_OF_8_ENTRIES / 8 / ring + 1;
    layout->quota_lines = layout->capacity / ENTRIES_OF_A_QUOTA_LINE + 1;
    layout->size = (sizeof(signet_replay) + 63) & ~UINT64_C(63);
    layout->seconds_at = place(layout, ring, sizeof(sg_replay_second));
    layout->heads_at = place(layout, ring * layout->heads, sizeof(sg_replay_word));
    layout->owners_at = place(layout, layout->blocks, sizeof(sg_replay_word));
    layout->quotas_at =
        place(layout, layout->quota_lines * SG_REPLAY_QUOTA_WAYS, sizeof(sg_replay_word));
    layout->entries_at =
        place(layout, layout->blocks << layout->block_bits, sizeof(sg_replay_slot));
}

static bool
read_options(const signet_replay_options *options, sg_replay_layout *ret_layout, signet_error *err)
{
    static const signet_replay_options defaults;
    const signet_replay_options *given = options ? options : &defaults;
    sg_replay_layout layout = {
        .capacity = default_of(given->capacity, SIGNET_REPLAY_CAPACITY_DEFAULT),
        .window = default_of(given->window, SIGNET_REPLAY_WINDOW_DEFAULT),
        .quota = default_of(given->quota, SIGNET_REPLAY_QUOTA_DEFAULT),
    };

    if (layout.capacity > SIGNET_REPLAY_CAPACITY_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "capacity: at most %d entries", SIGNET_REPLAY_CAPACITY_MAX);
    if (layout.window > SIGNET_REPLAY_WINDOW_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "window: at most %d seconds", SIGNET_REPLAY_WINDOW_MAX);
    if (layout.quota > SIGNET_REPLAY_UNLIMITED)
        return signet_fail(err, SIGNET_E_USAGE,
            "quota: at most %d entries a second, or %d for none", SIGNET_REPLAY_QUOTA_MAX,
            SIGNET_REPLAY_UNLIMITED);
    lay_out(&layout);
    if (layout.size > SIZE_MAX / 2)
        return signet_fail(err, SIGNET_E_USAGE, "capacity: no room for it on this machine");
    *ret_layout = layout;
    return true;
}

static bool
check_memory(const void *memory, size_t size, size_t needed, signet_error *err)
{
    if ((uintptr_t)memory % SIGNET_REPLAY_ALIGNMENT != 0 || !memory)
        return signet_fail(err, SIGNET_E_USAGE, "memory: its address is no multiple of %d",
            SIGNET_REPLAY_ALIGNMENT);
    if (size < needed)
        return signet_fail(
            err, SIGNET_E_USAGE, "memory: %zu bytes, and the store needs %zu", size, needed);
    return true;
}

bool
signet_replay_size(const signet_replay_options *options, size_t *ret_size, signet_error *err)
{
    sg_replay_layout layout;

    if (!read_options(options, &layout, err))
        return false;
    *ret_size = (size_t)layout.size;
    return true;
}

signet_replay *
signet_replay_init(
    void *memory, size_t size, const signet_replay_options *options, signet_error *err)
{
    signet_replay *store = memory;
    sg_replay_layout layout;

    if (!read_options(options, &layout, err) ||
        !check_memory(memory, size, (size_t)layout.size, err))
        return NULL;
    memset(
        memory, 0, (size_t)layout.entries_at); /* entries are read through heads and links only */
    store->version = VERSION;
    store->layout = layout;
    atomic_store_explicit(&store->magic, MAGIC, memory_order_release);
    return store;
}

/* Whatever the memory says, what is used afterwards lies inside it. */
signet_replay *
signet_replay_attach(void *memory, size_t size, signet_error *err)
{
    signet_replay *store = memory;
    signet_replay_options options;
    sg_replay_layout layout;

    if (!check_memory(memory, size, 0, err))
        return NULL;
    if (size < sizeof(*store) || sg_replay_load(&store->magic) != MAGIC)
        return signet_fail_null(err, SIGNET_E_DECODE, "memory: there is no replay store in it");
    if (store->version != VERSION)
        return signet_fail_null(err, SIGNET_E_DECODE,
            "memory: a replay store of version %llu, not %d", (unsigned long long)store->version,
            VERSION);
    options = signet_replay_settings(store);
    if (!options.capacity || !options.window || !options.quota ||
        !read_options(&options, &layout, NULL) ||
        memcmp(&layout, &store->layout, sizeof(layout)) != 0)
        return signet_fail_null(err, SIGNET_E_DECODE, "memory: the replay store in it is damaged");
    if (layout.size > size)
        return signet_fail_null(err, SIGNET_E_DECODE, "memory: %zu bytes of a replay store of %llu",
            size, (unsigned long long)layout.size);
    return store;
}

signet_replay_options
signet_replay_settings(const signet_replay *store)
{
    signet_replay_options options = {
        .capacity = (uint32_t)store->layout.capacity,
        .window = (uint32_t)store->layout.window,
        .quota = (uint32_t)store->layout.quota,
    };

    return options;
}

/* Large stores are visited here and there: a quarter faster when the pages are large too. */
static void
ask_for_large_pages(uint8_t *block, size_t size)
{
#ifdef MADV_HUGEPAGE
    size_t before = LARGE_PAGE - (uintptr_t)block % LARGE_PAGE;

    if (size >= (size_t)4 * LARGE_PAGE)
        (void)madvise(block + before, (size - before) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#else
    (void)block, (void)size;
#endif
}

signet_replay *
signet_replay_new(const signet_replay_options *options, signet_error *err)
{
    sg_replay_layout layout;
    signet_replay *store = NULL;
    uint8_t *block = NULL;
    size_t behind;

    if (!read_options(options, &layout, err))
        return NULL;
    block = calloc(1, (size_t)layout.size + SIGNET_REPLAY_ALIGNMENT);
    if (!block)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for %llu bytes of replay store",
            (unsigned long long)layout.size);
    ask_for_large_pages(block, (size_t)layout.size);
    behind = SIGNET_REPLAY_ALIGNMENT - (uintptr_t)block % SIGNET_REPLAY_ALIGNMENT;
    store = signet_replay_init(block + behind, (size_t)layout.size, options, err);
    store->behind = behind;
    return store;
}

void
signet_replay_free(signet_replay *store)
{
    if (store)
        free((uint8_t *)store - store->behind);
}

void
signet_replay_key(const uint8_t token_id[16], int64_t timestamp, signet_slice signature,
    uint8_t ret_key[SIGNET_REPLAY_KEY_SIZE])
{
    static const uint8_t separator[] = {
        's', 'i', 'g', 'n', 'e', 't', '-', 'r', 'e', 'p', 'l', 'a', 'y', '-', 'v', '1'};
    uint8_t time[8], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;

    for (size_t i = 0; i < sizeof(time); i++)
        time[i] = (uint8_t)((uint64_t)timestamp >> (56 - 8 * i));
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, separator, sizeof(separator));
    (void)crypto_hash_sha256_update(&state, token_id, 16);
    (void)crypto_hash_sha256_update(&state, time, sizeof(time));
    if (signature.len)
        (void)crypto_hash_sha256_update(&state, signature.ptr, signature.len);
    (void)crypto_hash_sha256_final(&state, digest);
    memcpy(ret_key, digest, SIGNET_REPLAY_KEY_SIZE);
}
