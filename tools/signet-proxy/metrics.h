/* SPDX-License-Identifier: Apache-2.0 */
/* What the access log says, counted, as text that Prometheus reads. */
#ifndef SG_PROXY_METRICS_H
#define SG_PROXY_METRICS_H

#include <signet/base.h>

enum { PROXY_VERDICTS_MAX = 64, PROXY_VERDICT_SIZE = 40 };

typedef struct {
    struct {
        char word[PROXY_VERDICT_SIZE];
        uint64_t count;
    } verdicts[PROXY_VERDICTS_MAX];
    uint64_t statuses[600];
    uint64_t reloads, failed_reloads;
    bool is_ready, is_changed;
} proxy_metrics;

/** Count one line of the access log; false when it is none. */
bool proxy_metrics_count(proxy_metrics *metrics, signet_slice line);

bool proxy_metrics_write(const proxy_metrics *metrics, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
