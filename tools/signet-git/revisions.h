/* SPDX-License-Identifier: Apache-2.0 */
/* Which objects a command line or a hook means.  git resolves the names; we never parse revision
 * syntax. */
#ifndef SG_TOOLS_GIT_REVISIONS_H
#define SG_TOOLS_GIT_REVISIONS_H

#include <stdio.h>

#include "process.h"

/** What to look at. */
typedef struct {
    process_words names;   /* revisions and ranges, as given */
    bool no_walk;          /* a revision is one commit, not its history */
    const char *max_count; /* of commits, decimal; NULL: all */
    bool only_new;         /* leave out what the repository's refs reach: for a pre-receive hook */
} revisions;

/** Append the names of the annotated tag objects among the names, one a line. */
bool revisions_tags(const revisions *wanted, signet_buf *ret_names, signet_error *err)
    SIGNET_MUST_CHECK;

/** Start the process that writes the names of the commits, one a line. */
bool revisions_start(const revisions *wanted, process *ret_process, signet_error *err)
    SIGNET_MUST_CHECK;

/** A descriptor from which `bytes` can be read, in any amount. */
bool revisions_fd_of(signet_slice bytes, int *ret_fd, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Read the lines that git gives a pre-receive hook, "OLD NEW REF": append the NEW names to
 * `ret_text`, each with a terminator, and add them to `ret_wanted`.  A deleted ref is skipped.
 */
bool revisions_read_hook(
    FILE *lines, signet_buf *ret_text, revisions *ret_wanted, signet_error *err) SIGNET_MUST_CHECK;

void revisions_free(revisions *wanted);

__attribute__((unused)) static inline void
revisions_free_auto(revisions *wanted)
{
    revisions_free(wanted);
}

#endif
