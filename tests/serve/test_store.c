/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "harness.h"
#include "scratch.h"
#include "serve/store.h"

enum { NOW = 1700000000, EXPIRES = NOW + 300, MOST = 4 };

static const char *
id_of(int number)
{
    static char id[SG_STORE_ID_SIZE + 1];

    (void)snprintf(id, sizeof(id), "%032x", (unsigned)number);
    return id;
}

static signet_code
get(const sg_store *store, const char *id, int64_t now, const char *expected)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    if (store->get(store->context, id, now, &out, &err))
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(expected));
    return err.code;
}

static signet_code
put(const sg_store *store, const char *id, const char *value, int64_t expires, int64_t now)
{
    signet_error err = {0};
    bool done = store->put(store->context, id, signet_slice_text(value), expires, now, &err);

    CHECK_INT(done, err.code == SIGNET_OK);
    return err.code;
}

static void
check_life(const sg_store *store)
{
    CHECK_INT(get(store, id_of(1), NOW, ""), SIGNET_E_NOT_FOUND);
    CHECK_INT(put(store, id_of(1), "one", EXPIRES, NOW), SIGNET_OK);
    CHECK_INT(put(store, id_of(1), "another", EXPIRES, NOW), SIGNET_OK);
    CHECK_INT(get(store, id_of(1), NOW, "another"), SIGNET_OK);
    CHECK_INT(get(store, id_of(1), EXPIRES + SG_STORE_GRACE, "another"), SIGNET_OK);
    CHECK_INT(get(store, id_of(1), EXPIRES + SG_STORE_GRACE + 1, ""), SIGNET_E_NOT_FOUND);
    CHECK(store->sweep(store->context, EXPIRES + SG_STORE_GRACE, NULL));
    CHECK_INT(get(store, id_of(1), NOW, "another"), SIGNET_OK);
    CHECK(store->sweep(store->context, EXPIRES + SG_STORE_GRACE + 1, NULL));
    CHECK_INT(get(store, id_of(1), NOW, ""), SIGNET_E_NOT_FOUND);
    CHECK_INT(put(store, id_of(2), "two", EXPIRES, NOW), SIGNET_OK);
    CHECK(store->remove(store->context, id_of(2), NULL));
    CHECK(store->remove(store->context, id_of(2), NULL));
    CHECK_INT(get(store, id_of(2), NOW, ""), SIGNET_E_NOT_FOUND);
}

/* Full is refused, a renewal is none more, and what is over makes room. */
static void
check_bound(const sg_store *store)
{
    for (int i = 0; i < MOST; i++)
        CHECK_INT(put(store, id_of(i), "x", EXPIRES, NOW), SIGNET_OK);
    CHECK_INT(put(store, id_of(MOST), "x", EXPIRES, NOW), SIGNET_E_NOMEM);
    CHECK_INT(put(store, id_of(0), "renewed", EXPIRES + 1000, NOW), SIGNET_OK);
    CHECK_INT(get(store, id_of(MOST), NOW, ""), SIGNET_E_NOT_FOUND);
    CHECK_INT(
        put(store, id_of(MOST), "y", EXPIRES + 1000, EXPIRES + SG_STORE_GRACE + 1), SIGNET_OK);
    CHECK_INT(get(store, id_of(0), NOW, "renewed"), SIGNET_OK);
    CHECK_INT(get(store, id_of(1), NOW, ""), SIGNET_E_NOT_FOUND);
}

static const struct {
    const char *name, *id;
} strange_ids[] = {
    {"empty", ""},
    {"short", "0123456789abcdef0123456789abcde"},
    {"long", "0123456789abcdef0123456789abcdef0"},
    {"capitals", "0123456789ABCDEF0123456789ABCDEF"},
    {"a path", "../../../../../../../../etc/shad"},
    {"a dot", "0123456789abcdef0123456789abcde."},
    {"a line feed", "0123456789abcdef0123456789abcde\n"},
};

static void
check_ids(const sg_store *store)
{
    char large[SG_STORE_VALUE_MAX + 2];

    for (EACH(row, strange_ids)) {
        CHECK_INT(put(store, row->id, "x", EXPIRES, NOW), SIGNET_E_USAGE);
        CHECK_INT(get(store, row->id, NOW, ""), SIGNET_E_USAGE);
        CHECK(!store->remove(store->context, row->id, NULL));
    }
    memset(large, 'x', sizeof(large));
    large[SG_STORE_VALUE_MAX + 1] = '\0';
    CHECK_INT(put(store, id_of(1), large, EXPIRES, NOW), SIGNET_E_USAGE);
    CHECK_INT(put(store, id_of(1), "", EXPIRES, NOW), SIGNET_E_USAGE);
    large[SG_STORE_VALUE_MAX] = '\0';
    CHECK_INT(put(store, id_of(1), large, EXPIRES, NOW), SIGNET_OK);
    CHECK_INT(get(store, id_of(1), NOW, large), SIGNET_OK);
    CHECK(store->remove(store->context, id_of(1), NULL));
}

TEST(memory)
{
    SIGNET_AUTO(sg_store_free) sg_store store = {0};

    CHECK(!sg_store_memory_new(0, &store, NULL));
    REQUIRE(sg_store_memory_new(MOST, &store, NULL));
    check_ids(&store);
    check_life(&store);
    check_bound(&store);
}

TEST(files)
{
    SIGNET_AUTO(sg_store_free) sg_store store = {0};
    const char *directory = scratch_path(scratch_directory(), "records");

    CHECK(!sg_store_file_new(directory, 0, &store, NULL));
    REQUIRE(sg_store_file_new(directory, MOST, &store, NULL));
    CHECK_INT(scratch_mode(directory), 0700);
    check_ids(&store);
    check_life(&store);
    check_bound(&store);
    CHECK_INT(scratch_mode(scratch_path(directory, id_of(0))), 0600);
    CHECK_INT(scratch_count(directory), 3); /* two records and the lock: nothing was left behind */
}

TEST(files_survive_and_damage_is_no_absence)
{
    static const struct {
        const char *name, *file;
    } damages[] = {{"empty", ""}, {"no line feed", "1700000300"}, {"no number", "\nvalue"},
        {"a sign", "-1\nvalue"}, {"a large number", "99999999999999999999\nvalue"}};
    SIGNET_AUTO(sg_store_free) sg_store store = {0}, again = {0};
    const char *directory = scratch_directory();
    const char *path = scratch_path(directory, id_of(7));

    REQUIRE(sg_store_file_new(directory, MOST, &store, NULL));
    CHECK_INT(put(&store, id_of(7), "seven", EXPIRES, NOW), SIGNET_OK);
    REQUIRE(sg_store_file_new(directory, MOST, &again, NULL));
    CHECK_INT(get(&again, id_of(7), NOW, "seven"), SIGNET_OK);
    for (EACH(row, damages)) {
        scratch_write(path, signet_slice_text(row->file), 0600);
        CHECK_INT(get(&store, id_of(7), NOW, ""), SIGNET_E_IO);
        CHECK(store.sweep(store.context, NOW, NULL));
    }
    scratch_write(path, signet_slice_text("1700000300\nvalue"), 0644);
    CHECK_INT(get(&store, id_of(7), NOW, ""), SIGNET_E_IO);
    scratch_write(path, signet_slice_text("1700000300\nvalue"), 0600);
    CHECK_INT(get(&store, id_of(7), NOW, "value"), SIGNET_OK);
}

enum { THREADS = 4, ROUNDS = 300 };

static void *
work(void *context)
{
    const sg_store *store = context;

    for (int i = 0; i < ROUNDS; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        char id[SG_STORE_ID_SIZE + 1];

        (void)snprintf(id, sizeof(id), "%032x", (unsigned)i % MOST);
        (void)store->put(store->context, id, signet_slice_text("value"), EXPIRES, NOW, NULL);
        (void)store->get(store->context, id, NOW, &out, NULL);
        if (i % 7 == 0)
            (void)store->remove(store->context, id, NULL);
    }
    return NULL;
}

TEST(memory_from_many_threads)
{
    SIGNET_AUTO(sg_store_free) sg_store store = {0};
    pthread_t threads[THREADS];

    REQUIRE(sg_store_memory_new(MOST, &store, NULL));
    for (size_t i = 0; i < THREADS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, work, &store) == 0);
    for (size_t i = 0; i < THREADS; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    CHECK_INT(put(&store, id_of(0), "x", EXPIRES, NOW), SIGNET_OK);
}

TESTS(TEST_OF(memory), TEST_OF(files), TEST_OF(files_survive_and_damage_is_no_absence),
    TEST_OF(memory_from_many_threads))
