/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP request by the curl program, with a proof that is in nobody's list of processes. */
#ifndef SG_SIGNET_HTTP_CALL_H
#define SG_SIGNET_HTTP_CALL_H

#include <signet/base.h>

enum { HTTP_ANSWER_MAX = 64 << 10 }; /* bytes of head and of content */

typedef struct {
    const char *method, *url;
    const char *ca_file;  /* NULL: curl's own */
    signet_slice proof;   /* value of Signet-Proof */
    signet_slice content; /* JSON; NULL: none */
} http_call;

typedef struct {
    int64_t status;
    signet_buf head, content; /* of the last response */
} http_answer;

/**
 * Send it; SIGNET_E_NETWORK when no answer came within half a minute.  Redirects are not followed.
 * curl's own words go to standard error.  Freed with http_answer_free().
 */
bool http_call_run(const http_call *call, http_answer *ret_answer, signet_error *err)
    SIGNET_MUST_CHECK;

void http_answer_free(http_answer *answer);

__attribute__((unused)) static inline void
http_answer_free_auto(http_answer *answer)
{
    http_answer_free(answer);
}

#endif
