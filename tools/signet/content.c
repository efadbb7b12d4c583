/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file is opened once and everything about it is asked of that descriptor, so what was looked at
 * is what was read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "content.h"

static bool
fail_system(signet_error *err)
{
    char reason[128];
    int number = errno;

    return signet_fail(err, number == ENOENT ? SIGNET_E_NOT_FOUND : SIGNET_E_IO, "%s",
        strerror_r(number, reason, sizeof(reason)));
}

const char *
content_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

bool
content_open(const char *path, content *ret_content, signet_error *err)
{
    bool is_stream = strcmp(path, "-") == 0;
    SIGNET_AUTO(content_close) content opened = {.fd = -1};
    uint64_t size = 0;

    opened.fd =
        is_stream ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
    if (opened.fd < 0 || fstat(opened.fd, &opened.before) != 0)
        return fail_system(err);
    if (S_ISDIR(opened.before.st_mode))
        return signet_fail(err, SIGNET_E_IO, "is a directory");
    opened.piece = malloc(CONTENT_PIECE);
    if (!opened.piece)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory");
    if (S_ISREG(opened.before.st_mode))
        size = (uint64_t)opened.before.st_size;
    (void)posix_fadvise(opened.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    progress_begin(&opened.shown, content_name(path), size);
    *ret_content = opened;
    opened = (content){.fd = -1};
    return true;
}

static bool
check_unchanged(const content *from, signet_error *err)
{
    struct stat now;

    if (!S_ISREG(from->before.st_mode))
        return true;
    if (fstat(from->fd, &now) != 0)
        return fail_system(err);
    if (now.st_size != from->before.st_size || now.st_mtim.tv_sec != from->before.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != from->before.st_mtim.tv_nsec)
        return signet_fail(err, SIGNET_E_IO, "changed while it was read");
    return true;
}

bool
content_next(content *from, signet_slice *ret_piece, signet_error *err)
{
    ssize_t got = 0;

    do
        got = read(from->fd, from->piece, CONTENT_PIECE);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail_system(err);
    from->done += (uint64_t)got;
    progress_show(&from->shown, from->done);
    if (got == 0) {
        progress_end(&from->shown);
        if (!check_unchanged(from, err))
            return false;
    }
    *ret_piece = (signet_slice){from->piece, (size_t)got};
    return true;
}

bool
content_digest(content *from, uint8_t ret_digest[SIGNET_SHA512_SIZE], signet_error *err)
{
    signet_sha512 digest;
    signet_slice piece = {0};

    signet_sha512_init(&digest);
    do {
        if (!content_next(from, &piece, err))
            return false;
        signet_sha512_update(&digest, piece);
    } while (piece.len > 0);
    signet_sha512_final(&digest, ret_digest);
    return true;
}

static bool
fail_large(signet_error *err)
{
    return signet_fail(err, SIGNET_E_NOMEM,
        "a signature without signed attributes needs the content in memory, %d MiB at most",
        CONTENT_IN_MEMORY_MAX >> 20);
}

static bool
copy_all(content *from, signet_error *err)
{
    signet_slice piece = {0};

    do {
        if (!content_next(from, &piece, err))
            return false;
        if (piece.len > CONTENT_IN_MEMORY_MAX - from->copy.len)
            return fail_large(err);
        if (!signet_buf_append(&from->copy, piece, err))
            return false;
    } while (piece.len > 0);
    return true;
}

bool
content_all(content *from, signet_slice *ret_bytes, signet_error *err)
{
    if (S_ISREG(from->before.st_mode) && from->before.st_size > CONTENT_IN_MEMORY_MAX)
        return fail_large(err);
    if (from->copy.len == 0 && !copy_all(from, err))
        return false;
    *ret_bytes = signet_buf_slice(&from->copy);
    return true;
}

void
content_close(content *from)
{
    if (!from)
        return;
    progress_end(&from->shown);
    free(from->piece);
    signet_buf_free(&from->copy);
    if (from->fd >= 0)
        (void)close(from->fd);
    *from = (content){.fd = -1};
}
