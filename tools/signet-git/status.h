/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines that git reads, "[GNUPG:] KEYWORD ...".  They are collected and written at once, so
 * that a reader never sees half of an answer.  docs/formats/signet-git.md has the table.
 */
#ifndef SG_TOOLS_GIT_STATUS_H
#define SG_TOOLS_GIT_STATUS_H

#include <signet/base.h>

typedef struct {
    int fd; /* negative: nowhere */
    signet_buf lines;
} git_status;

/** Where the lines go: `number` as --status-fd gave it, 0 when it did not (spec 4.4, 4.5). */
int git_status_fd_for_signing(int number);
int git_status_fd_for_verifying(int number);

/** Add a line: the keyword and what follows, without newline. */
bool git_status_add(git_status *status, signet_error *err, const char *format, ...)
    SIGNET_PRINTF(3, 4) SIGNET_MUST_CHECK;

/** Add a line that ends in a name; '%', a leading blank and control characters are percent-escaped
 * (S-17). */
bool git_status_add_named(git_status *status, const char *keyword, const char *fingerprint,
    signet_slice name, signet_error *err) SIGNET_MUST_CHECK;

/** Write what was added, and forget it. */
bool git_status_write(git_status *status, signet_error *err) SIGNET_MUST_CHECK;

void git_status_free(git_status *status);

__attribute__((unused)) static inline void
git_status_free_auto(git_status *status)
{
    git_status_free(status);
}

#endif
