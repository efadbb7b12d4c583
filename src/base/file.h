/* SPDX-License-Identifier: Apache-2.0 */
/* Files: bounded reads, atomic writes.  Nothing is ever half written. */
#ifndef SG_BASE_FILE_H
#define SG_BASE_FILE_H

#include <sys/types.h>

#include <signet/base.h>

/** How a file is opened for reading. */
typedef enum {
    SG_FILE_ANY,     /* whatever can be read: a link, a pipe */
    SG_FILE_REGULAR, /* a regular file, perhaps behind a link; never waits for a pipe */
    SG_FILE_PRIVATE, /* a regular file of ours, not a link, that nobody else can read or write */
} sg_file_rule;

/**
 * Append a file's bytes.  SIGNET_E_NOT_FOUND when it does not exist, SIGNET_E_IO with the system's
 * reason, SIGNET_E_DECODE when it is larger than `max` bytes.  Messages begin with the path.
 */
bool sg_file_read(const char *path, size_t max, sg_file_rule rule, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** How a file is written. */
typedef struct {
    mode_t mode;      /* of the new file, before umask */
    bool must_be_new; /* SIGNET_E_EXISTS when there is one already */
    bool keep_old;    /* an existing file becomes PATH.old */
    bool keep_all;    /* with keep_old: or PATH.old.2 and so on; none is ever replaced */
} sg_file_write_rules;

/**
 * Write a file: a temporary file beside it, synced, renamed, the directory synced.  On failure
 * what was there is untouched and the temporary file is gone.
 */
bool sg_file_write(const char *path, signet_slice bytes, const sg_file_write_rules *rules,
    signet_error *err) SIGNET_MUST_CHECK;

/** Make a directory with mode 0700 and its missing parents; fine when it exists. */
bool sg_directory_make(const char *path, signet_error *err) SIGNET_MUST_CHECK;

/** Whether a directory is ours (or root's, when we are root) and writable by nobody else. */
bool sg_directory_check(const char *path, signet_error *err) SIGNET_MUST_CHECK;

/** An advisory lock on PATH (created 0600), held until sg_file_unlock(); waits. */
bool sg_file_lock(const char *path, int *ret_fd, signet_error *err) SIGNET_MUST_CHECK;
void sg_file_unlock(int fd);

#endif
