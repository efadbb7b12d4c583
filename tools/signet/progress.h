/* SPDX-License-Identifier: Apache-2.0 */
/* A bar on stderr, when that is a terminal and the work takes longer than a second. */
#ifndef SG_SIGNET_PROGRESS_H
#define SG_SIGNET_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *name; /* borrowed; NULL: nothing is shown */
    uint64_t size;    /* 0: unknown */
    int64_t begun_ms, shown_ms;
    bool is_shown;
} progress;

void progress_begin(progress *shown, const char *name, uint64_t size);
void progress_show(progress *shown, uint64_t done);

/** Take the bar away. */
void progress_end(progress *shown);

#endif
