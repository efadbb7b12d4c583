/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load generator for one HTTP/1.1 server: one thread, connections that stay open, requests that
 * were written down before.  It is bounded in count and time, and every answer must be the one that
 * is expected.
 */
#ifndef BENCH_HTTP_LOAD_H
#define BENCH_HTTP_LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <signet/base.h>

enum { HTTP_LOAD_CONNECTIONS_MAX = 256, HTTP_LOAD_REQUESTS_MAX = 1 << 16 };

typedef struct http_load http_load;

/** What to send, and what to expect. */
typedef struct {
    const signet_slice *requests; /**< whole requests; after the last comes the first again */
    size_t request_count;
    size_t total;  /**< so many are sent, at most HTTP_LOAD_REQUESTS_MAX */
    int64_t every; /**< nanoseconds from one to the next; 0: each as soon as there was an answer */
    /**
     * Sleep while there is nothing to do, for who shares the processor.  Otherwise whoever answers
     * pays for no wake-up, which costs a virtual machine as much as the request.
     */
    bool is_idle;
    int status; /**< of every answer */
} http_load_order;

/** What came of it. */
typedef struct {
    int64_t elapsed;    /**< nanoseconds from the first request to the last answer */
    int64_t *latencies; /**< nanoseconds, `total` of them; from when a request was due */
} http_load_result;

/**
 * Connect `count` times to `address`: a port of 127.0.0.1, or the path of a socket, which begins
 * with a slash.  SIGNET_E_IO, SIGNET_E_NOMEM, SIGNET_E_USAGE.
 */
http_load *http_load_open(const char *address, size_t count, signet_error *err) SIGNET_MUST_CHECK;

void http_load_close(http_load *load);

/**
 * Send all and wait for the answers, at most ten seconds.  The latencies are borrowed from `load`,
 * and may be sorted.  SIGNET_E_IO: the server went away, was too slow, or answered something else.
 */
bool http_load_run(http_load *load, const http_load_order *order, http_load_result *ret_result,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
