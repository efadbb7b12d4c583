/* SPDX-License-Identifier: Apache-2.0 */
/* What the nginx module wrote into its error log of a request that it refused. */
#ifndef SG_SIGNET_EXPLAIN_LOG_H
#define SG_SIGNET_EXPLAIN_LOG_H

#include <signet/base.h>

enum { EXPLAIN_LOG_MAX = 16 << 20 }; /* bytes */

/** Borrowed from the text. */
typedef struct {
    signet_slice code, reason;
    int64_t ahead; /* seconds that the proof was ahead of the service's clock, if `has_clock` */
    bool has_clock;
} explain_log;

/** Read the last refusal; false when there is none. */
bool explain_log_read(signet_slice text, explain_log *ret_log) SIGNET_MUST_CHECK;

#endif
