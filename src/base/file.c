/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever checks a file checks the descriptor that is read, never the path again: between two looks
 * at a path somebody else can change what it names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { PIECE = 4 << 10 }; /* each page costs a process that reads one small file */

static bool
fail_system(const char *path, const char *what, signet_error *err)
{
    char reason[128];
    int number = errno;

    /* the GNU form, which may answer with a constant of its own */
    return signet_fail(err, number == ENOENT ? SIGNET_E_NOT_FOUND : SIGNET_E_IO, "%s: %s%s%s", path,
        what, *what ? ": " : "", strerror_r(number, reason, sizeof(reason)));
}

static void
close_file(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static bool
check_rule(const char *path, int fd, sg_file_rule rule, signet_error *err)
{
    struct stat status;

    if (rule == SG_FILE_ANY)
        return true;
    if (fstat(fd, &status) != 0)
        return fail_system(path, "", err);
    if (!S_ISREG(status.st_mode))
        return signet_fail(err, SIGNET_E_IO, "%s: not a regular file", path);
    if (rule == SG_FILE_REGULAR)
        return true;
    if (status.st_uid != geteuid())
        return signet_fail(err, SIGNET_E_IO, "%s: belongs to user %lu, not to us", path,
            (unsigned long)status.st_uid);
    if (status.st_mode & 077)
        return signet_fail(err, SIGNET_E_IO,
            "%s: insecure permissions %04o, expected 0600 (chmod 600 mends it)", path,
            (unsigned)status.st_mode & 07777);
    return true;
}

static bool
read_all(const char *path, int fd, size_t max, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    SIGNET_AUTO(signet_buf_free) signet_buf piece = {0};

    piece.data = malloc(PIECE);
    if (!piece.data)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %s", path);
    piece.capacity = PIECE;
    for (;;) {
        ssize_t got = read(fd, piece.data, PIECE);

        if (got == 0)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            (void)fail_system(path, "", err);
        else if ((size_t)got > max - (out->len - before))
            signet_error_set(err, SIGNET_E_DECODE, "%s: larger than %zu bytes", path, max);
        else if (signet_buf_append(out, (signet_slice){piece.data, (size_t)got}, err))
            continue;
        out->len = before;
        return false;
    }
}

bool
sg_file_read(const char *path, size_t max, sg_file_rule rule, signet_buf *out, signet_error *err)
{
    /* without O_NONBLOCK a FIFO put in the place of a key file would make us wait for ever */
    int flags = O_RDONLY | O_CLOEXEC | (rule == SG_FILE_ANY ? 0 : O_NONBLOCK) |
                (rule == SG_FILE_PRIVATE ? O_NOFOLLOW : 0);
    __attribute__((cleanup(close_file))) int fd = open(path, flags);

    if (fd < 0 && errno == ELOOP && rule == SG_FILE_PRIVATE)
        return signet_fail(err, SIGNET_E_IO, "%s: a symbolic link, refused", path);
    if (fd < 0)
        return fail_system(path, "", err);
    return check_rule(path, fd, rule, err) && read_all(path, fd, max, out, err);
}

static bool
write_all(const char *path, int fd, signet_slice bytes, signet_error *err)
{
    while (bytes.len > 0) {
        ssize_t done = write(fd, bytes.ptr, bytes.len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail_system(path, "cannot write", err);
        bytes.ptr += done;
        bytes.len -= (size_t)done;
    }
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
        return fail_system(path, "cannot write", err);
    return true;
}

static void
sync_directory(const char *directory)
{
    __attribute__((cleanup(close_file))) int fd =
        open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        (void)fsync(fd); /* the file itself is synced; not every file system can do this */
}

/* The directory part of a path, as text that opens it. */
static bool
directory_of(const char *path, signet_buf *out, signet_error *err)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return signet_buf_printf(out, err, ".%c", '\0');
    if (slash == path)
        return signet_buf_printf(out, err, "/%c", '\0');
    return signet_buf_printf(out, err, "%.*s%c", (int)(slash - path), path, '\0');
}

/* An existing file stays, under another name. */
static bool
keep_old(const char *path, bool all, signet_error *err)
{
    enum { MOST_OLD = 9999 };
    SIGNET_AUTO(signet_buf_free) signet_buf old = {0};
    size_t len = strlen(path) + strlen(".old");

    if (!signet_buf_printf(&old, err, "%s.old%c.9999%c", path, '\0', '\0'))
        return false;
    for (int number = 1; number <= (all ? MOST_OLD : 1); number++) {
        if (number > 1)
            (void)snprintf((char *)old.data + len, old.len - len, ".%d", number);
        if (!all)
            (void)unlink((const char *)old.data);
        if (link(path, (const char *)old.data) == 0 || errno == ENOENT)
            return true;
        if (errno != EEXIST)
            return fail_system((const char *)old.data, "cannot keep the old file", err);
    }
    return signet_fail(err, SIGNET_E_EXISTS, "%s.old: there are too many old files", path);
}

/* The last step: everything is on the disk under the temporary name. */
static bool
put_in_place(
    const char *temporary, const char *path, const sg_file_write_rules *rules, signet_error *err)
{
    if (rules->must_be_new) { /* link() is rename() that refuses to replace */
        if (link(temporary, path) != 0)
            return errno == EEXIST ? signet_fail(err, SIGNET_E_EXISTS, "%s: exists already", path)
                                   : fail_system(path, "cannot write", err);
        (void)unlink(temporary);
        return true;
    }
    if (rules->keep_old && !keep_old(path, rules->keep_all, err))
        return false;
    if (rename(temporary, path) != 0)
        return fail_system(path, "cannot write", err);
    return true;
}

bool
sg_file_write(
    const char *path, signet_slice bytes, const sg_file_write_rules *rules, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf directory = {0}, name = {0};
    __attribute__((cleanup(close_file))) int fd = -1;
    char *temporary = NULL;
    mode_t mask = 0;

    if (!directory_of(path, &directory, err) ||
        !signet_buf_printf(&name, err, "%s.XXXXXX%c", path, '\0'))
        return false;
    temporary = (char *)name.data;
    fd = mkostemp(temporary, O_CLOEXEC); /* made with 0600 */
    if (fd < 0)
        return fail_system(path, "cannot write", err);
    mask = umask(077);
    (void)umask(mask);
    if (fchmod(fd, rules->mode & ~mask) != 0) {
        (void)fail_system(path, "cannot write", err);
    } else if (write_all(path, fd, bytes, err) && put_in_place(temporary, path, rules, err)) {
        sync_directory((const char *)directory.data);
        return true;
    }
    (void)unlink(temporary);
    return false;
}

bool
sg_directory_make(const char *path, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf copy = {0};
    char *text = NULL;

    if (!signet_buf_printf(&copy, err, "%s%c", path, '\0'))
        return false;
    text = (char *)copy.data;
    for (char *at = text + 1; *text && *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(text, 0700) != 0 && errno != EEXIST)
            return fail_system(text, "cannot make the directory", err);
        *at = '/';
    }
    if (mkdir(text, 0700) != 0 && errno != EEXIST)
        return fail_system(text, "cannot make the directory", err);
    return true;
}

bool
sg_directory_check(const char *path, signet_error *err)
{
    __attribute__((cleanup(close_file))) int fd =
        open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0)
        return fail_system(path, "", err);
    if (status.st_uid != geteuid())
        return signet_fail(err, SIGNET_E_IO, "%s: belongs to user %lu, not to us", path,
            (unsigned long)status.st_uid);
    if (status.st_mode & 022)
        return signet_fail(err, SIGNET_E_IO,
            "%s: others can write in this directory (mode %04o; chmod go-w mends it)", path,
            (unsigned)status.st_mode & 07777);
    return true;
}

bool
sg_file_lock(const char *path, int *ret_fd, signet_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return fail_system(path, "cannot lock", err);
    while (flock(fd, LOCK_EX) != 0) {
        if (errno == EINTR)
            continue;
        (void)fail_system(path, "cannot lock", err);
        (void)close(fd);
        return false;
    }
    *ret_fd = fd;
    return true;
}

void
sg_file_unlock(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}
