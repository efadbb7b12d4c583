/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths of time as Go writes them: 30s, 1m30s, 1.5h, 250ms. */
#ifndef SG_PROXY_DURATION_H
#define SG_PROXY_DURATION_H

#include <signet/base.h>

/** Milliseconds, rounded down; at most 24 days.  A number needs a unit, but for 0. */
bool proxy_duration_parse(const char *text, int64_t *ret_ms) SIGNET_MUST_CHECK;

#endif
