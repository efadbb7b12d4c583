/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record is a file that is called like its id: the second it expires, a line feed, the value.
 * Files are written beside their place and renamed, so a reader needs no lock; whoever writes or
 * deletes holds the lock of the directory, so that a sweep cannot delete what was just renewed.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/store.h"

enum { PATH_SIZE = 4096, EXPIRES_DIGITS_MAX = 20 };

typedef struct {
    pthread_mutex_t lock; /* of this process's threads; ".lock" is that of processes */
    size_t count_max;
    char directory[];
} files;

static bool
path_of(const files *store, const char *name, char ret_path[PATH_SIZE], signet_error *err)
{
    int len = snprintf(ret_path, PATH_SIZE, "%s/%s", store->directory, name);

    if (len < 0 || len >= PATH_SIZE)
        return signet_fail(err, SIGNET_E_USAGE, "the store's path is too long");
    return true;
}

/* Split "expires LF value". */
static bool
split(signet_slice file, int64_t *ret_expires, signet_slice *ret_value, signet_error *err)
{
    int64_t expires = 0;
    size_t len = 0;

    while (len < file.len && len < EXPIRES_DIGITS_MAX && file.ptr[len] >= '0' &&
           file.ptr[len] <= '9' && !__builtin_mul_overflow(expires, 10, &expires) &&
           !__builtin_add_overflow(expires, file.ptr[len] - '0', &expires))
        len++;
    if (len == 0 || len >= file.len || file.ptr[len] != '\n')
        return signet_fail(err, SIGNET_E_IO, "a file of the store is damaged");
    *ret_expires = expires;
    *ret_value = (signet_slice){file.ptr + len + 1, file.len - len - 1};
    return true;
}

static bool
get(void *context, const char *id, int64_t now, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf file = {0};
    char path[PATH_SIZE];
    int64_t expires = 0;
    signet_slice value = {0};
    signet_error why = {0};

    if (!sg_store_check_id(id, err) || !path_of(context, id, path, err))
        return false;
    if (!sg_file_read(
            path, SG_STORE_VALUE_MAX + EXPIRES_DIGITS_MAX + 1, SG_FILE_PRIVATE, &file, &why))
        return signet_fail(err, why.code == SIGNET_E_NOT_FOUND ? why.code : SIGNET_E_IO, "%s",
            why.code == SIGNET_E_NOT_FOUND ? "there is no record of that token" : why.message);
    if (!split(signet_buf_slice(&file), &expires, &value, err))
        return false;
    if (sg_store_is_over(expires, now))
        return signet_fail(err, SIGNET_E_NOT_FOUND, "there is no record of that token");
    return signet_buf_append(out, value, err);
}

static bool
lock(files *store, int *ret_fd, signet_error *err)
{
    char path[PATH_SIZE];

    if (!path_of(store, ".lock", path, err))
        return false;
    (void)pthread_mutex_lock(&store->lock);
    if (sg_file_lock(path, ret_fd, err))
        return true;
    (void)pthread_mutex_unlock(&store->lock);
    return false;
}

static void
unlock(files *store, int fd)
{
    sg_file_unlock(fd);
    (void)pthread_mutex_unlock(&store->lock);
}

static bool
remove_file(const files *store, const char *id, signet_error *err)
{
    char path[PATH_SIZE];

    if (!path_of(store, id, path, err))
        return false;
    if (unlink(path) != 0 && errno != ENOENT)
        return signet_fail(err, SIGNET_E_IO, "cannot delete a record");
    return true;
}

static bool
is_file_over(const files *store, const char *id, int64_t now)
{
    SIGNET_AUTO(signet_buf_free) signet_buf file = {0};
    char path[PATH_SIZE];
    int64_t expires = 0;
    signet_slice value = {0};

    return path_of(store, id, path, NULL) &&
           sg_file_read(
               path, SG_STORE_VALUE_MAX + EXPIRES_DIGITS_MAX + 1, SG_FILE_PRIVATE, &file, NULL) &&
           split(signet_buf_slice(&file), &expires, &value, NULL) && sg_store_is_over(expires, now);
}

/* How many records there are; those that are over are deleted if `must_sweep`. */
static bool
count_locked(const files *store, bool must_sweep, int64_t now, size_t *ret_count, signet_error *err)
{
    DIR *directory = opendir(store->directory);
    const struct dirent *one = NULL;
    bool done = true;

    *ret_count = 0;
    if (!directory)
        return signet_fail(err, SIGNET_E_IO, "cannot look into the store's directory");
    /* one reader for each DIR, so readdir() is safe with threads */
    while (done && (one = readdir(directory)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        if (!sg_store_check_id(one->d_name, NULL))
            continue;
        if (must_sweep && is_file_over(store, one->d_name, now))
            done = remove_file(store, one->d_name, err);
        else
            (*ret_count)++;
    }
    (void)closedir(directory);
    return done;
}

/* Room for one more, also when what is over has to go first. */
static bool
make_room(const files *store, const char *id, int64_t now, signet_error *err)
{
    char path[PATH_SIZE];
    size_t count = 0;

    if (!path_of(store, id, path, err))
        return false;
    if (access(path, F_OK) == 0)
        return true;
    if (!count_locked(store, false, now, &count, err))
        return false;
    if (count >= store->count_max && !count_locked(store, true, now, &count, err))
        return false;
    if (count >= store->count_max)
        return signet_fail(
            err, SIGNET_E_NOMEM, "the store holds %zu records and no more", store->count_max);
    return true;
}

static bool
put(void *context, const char *id, signet_slice value, int64_t expires, int64_t now,
    signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600};
    SIGNET_AUTO(signet_buf_free) signet_buf file = {0};
    files *store = context;
    char path[PATH_SIZE];
    bool done = false;
    int fd = -1;

    if (!sg_store_check_value(id, value, err) || !path_of(store, id, path, err))
        return false;
    if (expires < 0)
        return signet_fail(err, SIGNET_E_USAGE, "a record that expired before 1970");
    if (!signet_buf_printf(&file, err, "%lld\n", (long long)expires) ||
        !signet_buf_append(&file, value, err) || !lock(store, &fd, err))
        return false;
    done =
        make_room(store, id, now, err) && sg_file_write(path, signet_buf_slice(&file), &rules, err);
    unlock(store, fd);
    return done;
}

static bool
forget(void *context, const char *id, signet_error *err)
{
    files *store = context;
    bool done = false;
    int fd = -1;

    if (!sg_store_check_id(id, err) || !lock(store, &fd, err))
        return false;
    done = remove_file(store, id, err);
    unlock(store, fd);
    return done;
}

static bool
sweep(void *context, int64_t now, signet_error *err)
{
    files *store = context;
    size_t count = 0;
    bool done = false;
    int fd = -1;

    if (!lock(store, &fd, err))
        return false;
    done = count_locked(store, true, now, &count, err);
    unlock(store, fd);
    return done;
}

static void
free_all(void *context)
{
    files *store = context;

    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

bool
sg_store_file_new(const char *directory, size_t count_max, sg_store *ret_store, signet_error *err)
{
    size_t size = strlen(directory) + 1;
    files *store = NULL;

    if (count_max == 0 || size == 1)
        return signet_fail(
            err, SIGNET_E_USAGE, "a store of %zu records in \"%s\"", count_max, directory);
    if (!sg_directory_make(directory, err) || !sg_directory_check(directory, err))
        return false;
    store = calloc(1, sizeof(*store) + size);
    if (!store)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a store");
    memcpy(store->directory, directory, size);
    store->count_max = count_max;
    (void)pthread_mutex_init(&store->lock, NULL);
    *ret_store = (sg_store){store, get, put, forget, sweep, free_all};
    return true;
}
