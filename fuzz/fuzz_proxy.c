/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What signet-proxy reads: the first byte says as what.  Lines of nginx, in which clients have a
 * say; policies, addresses and values of a configuration, which no byte may leave.
 */
#include <string.h>

#include "fuzz.h"
#include "signet-proxy/config_words.h"
#include "signet-proxy/duration.h"
#include "signet-proxy/lines.h"
#include "signet-proxy/log.h"
#include "signet-proxy/metrics.h"
#include "signet-proxy/policy.h"
#include "signet-proxy/url.h"

enum { TEXT_MAX = 4096 };

static void
try_policy(signet_slice text)
{
    static proxy_policy policy;

    memset(&policy, 0, sizeof(policy));
    if (proxy_policy_parse(text, &policy, NULL)) {
        PROPERTY(policy.count > 0);
        for (size_t i = 0; i < policy.count; i++) {
            PROPERTY(policy.rules[i].purpose[0] != '\0' && policy.rules[i].methods[0]);
            PROPERTY(policy.rules[i].prefixes[0] && policy.rules[i].prefixes[0][0] == '/');
            PROPERTY(!strpbrk(policy.rules[i].purpose, " \"\\;{}$'"));
            PROPERTY(!strpbrk(policy.rules[i].prefixes[0], " \"\\;{}$'"));
        }
    }
    proxy_policy_free(&policy);
}

/* One quoted word: between its quotes no quote without a backslash, nor a dollar or a control. */
static void
try_word(const char *text)
{
    config_writer writer = {0};
    bool is_escaped = false;
    size_t len = 0;

    CONFIG(&writer, "x", text);
    len = writer.text.len;
    for (size_t i = 3; writer.err.code == SIGNET_OK && i + 3 < len; i++) {
        uint8_t byte = writer.text.data[i];

        PROPERTY(byte >= 0x20 && byte != '$' && (is_escaped || byte != '"'));
        is_escaped = !is_escaped && byte == '\\';
    }
    PROPERTY(writer.err.code != SIGNET_OK || (!is_escaped && writer.text.data[len - 3] == '"'));
    signet_buf_free(&writer.text);
}

static void
try_addresses(const char *text)
{
    proxy_upstream upstream = {0};
    proxy_listen listen = {0};
    int64_t ms = 0;

    if (proxy_upstream_parse(text, &upstream, NULL))
        PROPERTY(!strpbrk(upstream.path, " \"\\;{}$?#\n") && upstream.port > 0 && upstream.host[0]);
    if (proxy_listen_parse(text, &listen, NULL))
        PROPERTY(!strpbrk(listen.address, " \"\\;{}$\n") && (listen.is_unix || listen.port > 0));
    if (proxy_duration_parse(text, &ms))
        PROPERTY(ms >= 0 && ms <= INT64_C(24) * 24 * 3600 * 1000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static proxy_metrics metrics;
    char text[TEXT_MAX] = "";
    signet_slice rest = {data + 1, size - 1};

    if (size == 0)
        return 0;
    proxy_log_start(PROXY_ERROR + 1); /* nothing is printed */
    memcpy(text, rest.ptr, rest.len < TEXT_MAX ? rest.len : TEXT_MAX - 1);
    switch (data[0] % 5) {
    case 0:
        proxy_log_complaint(rest);
        break;
    case 1:
        (void)proxy_metrics_count(&metrics, rest);
        break;
    case 2:
        try_policy(rest);
        break;
    case 3:
        try_word(text);
        break;
    default:
        try_addresses(text);
        break;
    }
    return 0;
}
