/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed: a file of any size, read once, in constant memory, or standard input. */
#ifndef SG_SIGNET_CONTENT_H
#define SG_SIGNET_CONTENT_H

#include <sys/stat.h>

#include <signet/signet.h>

#include "progress.h"

enum {
    CONTENT_PIECE = 256 << 10,
    CONTENT_IN_MEMORY_MAX = 64 << 20, /* for signatures over the content itself, form P */
};

typedef struct {
    int fd;
    struct stat before; /* as it was when it was opened */
    uint64_t done;      /* bytes read */
    uint8_t *piece;     /* CONTENT_PIECE bytes */
    signet_buf copy;    /* all of it, for content_all() */
    progress shown;
} content;

/** What messages call the content at `path`: "standard input" for "-". */
const char *content_name(const char *path);

/**
 * Open a file, or standard input for "-".  SIGNET_E_NOT_FOUND, SIGNET_E_IO.  No message here names
 * the file, which may be longer than a message: the caller does.
 */
bool content_open(const char *path, content *ret_content, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The next piece, borrowed until the next call; empty at the end.  Refuses a file that changed
 * since it was opened, at the end at the latest: a signature over a mixture would be over nothing
 * that ever was.
 */
bool content_next(content *from, signet_slice *ret_piece, signet_error *err) SIGNET_MUST_CHECK;

/** SHA-512 of all of it. */
bool content_digest(content *from, uint8_t ret_digest[SIGNET_SHA512_SIZE], signet_error *err)
    SIGNET_MUST_CHECK;

/** All of it at once, borrowed; SIGNET_E_NOMEM above CONTENT_IN_MEMORY_MAX. */
bool content_all(content *from, signet_slice *ret_bytes, signet_error *err) SIGNET_MUST_CHECK;

void content_close(content *from);

__attribute__((unused)) static inline void
content_close_auto(content *from)
{
    content_close(from);
}

#endif
