/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "metrics.h"

/* The text behind the first `name`; what comes before it in a line is ours alone. */
static signet_slice
behind(signet_slice line, const char *name)
{
    size_t len = strlen(name);
    const uint8_t *found = line.len >= len ? memmem(line.ptr, line.len, name, len) : NULL;

    if (!found)
        return (signet_slice){NULL, 0};
    return (signet_slice){found + len, line.len - (size_t)(found - line.ptr) - len};
}

static void
count_verdict(proxy_metrics *metrics, signet_slice word)
{
    for (size_t i = 0; i < PROXY_VERDICTS_MAX; i++) {
        char *known = metrics->verdicts[i].word;

        if (known[0] == '\0')
            memcpy(known, word.ptr, word.len);
        if (strlen(known) == word.len && memcmp(known, word.ptr, word.len) == 0) {
            metrics->verdicts[i].count++;
            return;
        }
    }
}

bool
proxy_metrics_count(proxy_metrics *metrics, signet_slice line)
{
    signet_slice status = behind(line, "\"status\":"), verdict = {NULL, 0};
    size_t code = 0, len = 0;

    if (line.len == 0 || line.ptr[0] != '{' || status.len < 4)
        return false;
    while (len < 3 && status.ptr[len] >= '0' && status.ptr[len] <= '9')
        code = code * 10 + (size_t)(status.ptr[len++] - '0');
    if (code < 600)
        metrics->statuses[code]++;
    metrics->is_changed = true;
    verdict = behind(status, ",\"verdict\":\"");
    len = 0;
    while (len < verdict.len && len < PROXY_VERDICT_SIZE && verdict.ptr[len] != '"')
        len++;
    if (len > 0 && len < PROXY_VERDICT_SIZE)
        count_verdict(metrics, (signet_slice){verdict.ptr, len});
    return true;
}

bool
proxy_metrics_write(const proxy_metrics *metrics, signet_buf *out, signet_error *err)
{
    if (!signet_buf_printf(out, err,
            "# HELP signet_http_auth_total Requests judged, by verdict.\n"
            "# TYPE signet_http_auth_total counter\n"))
        return false;
    for (size_t i = 0; i < PROXY_VERDICTS_MAX && metrics->verdicts[i].word[0] != '\0'; i++) {
        if (!signet_buf_printf(out, err, "signet_http_auth_total{result=\"%s\"} %" PRIu64 "\n",
                metrics->verdicts[i].word, metrics->verdicts[i].count))
            return false;
    }
    if (!signet_buf_printf(out, err,
            "# HELP signet_proxy_responses_total Responses, by status.\n"
            "# TYPE signet_proxy_responses_total counter\n"))
        return false;
    for (size_t i = 0; i < 600; i++) {
        if (metrics->statuses[i] > 0 &&
            !signet_buf_printf(out, err, "signet_proxy_responses_total{code=\"%zu\"} %" PRIu64 "\n",
                i, metrics->statuses[i]))
            return false;
    }
    return signet_buf_printf(out, err,
        "# TYPE signet_proxy_reloads_total counter\n"
        "signet_proxy_reloads_total{result=\"success\"} %" PRIu64 "\n"
        "signet_proxy_reloads_total{result=\"failure\"} %" PRIu64 "\n"
        "# TYPE signet_proxy_ready gauge\n"
        "signet_proxy_ready %d\n",
        metrics->reloads, metrics->failed_reloads, metrics->is_ready ? 1 : 0);
}
