/* SPDX-License-Identifier: Apache-2.0 */
/* What nginx prints: lines out of pipes, and its complaints as lines of ours. */
#ifndef SG_PROXY_LINES_H
#define SG_PROXY_LINES_H

#include <signet/base.h>

enum { PROXY_LINE_MAX = 16 << 10 };

typedef struct {
    int fd;
    size_t len;
    bool is_cut; /* the rest of a line that was too long is left out */
    uint8_t bytes[PROXY_LINE_MAX];
} proxy_lines;

typedef void proxy_use_line(signet_slice line, void *context);

/** Read what is there; false when there will be no more. */
bool proxy_lines_read(proxy_lines *lines, proxy_use_line *use, void *context);

/** Log a line of the error log of nginx. */
void proxy_log_complaint(signet_slice line);

#endif
