/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request of HTTP/1.1 that somebody saved: request line, field lines, an empty line, and the
 * content as bytes.  Lines end with LF or CRLF, because editors change that; nothing else is
 * lenient.
 */
#ifndef SG_SIGNET_SAVED_REQUEST_H
#define SG_SIGNET_SAVED_REQUEST_H

#include <signet/verifier.h>

enum {
    SAVED_MAX = 16 << 20,      /* bytes in all */
    SAVED_HEAD_MAX = 64 << 10, /* bytes to the empty line */
    SAVED_FIELDS_MAX = 128,
};

/** What was read, borrowed from the bytes. */
typedef struct {
    signet_http_facts facts; /* scheme is not known; authority is that of Host */
    signet_http_field fields[SAVED_FIELDS_MAX];
    signet_slice content; /* all bytes behind the empty line */
} saved_request;

/**
 * Take it apart; `facts` points into `ret_request`, which therefore stays where it is.
 * SIGNET_E_DECODE names the line.  Content in chunks is refused: it was not saved as it was signed.
 */
bool saved_request_read(signet_slice bytes, saved_request *ret_request, signet_error *err)
    SIGNET_MUST_CHECK;

/** The value of the only field of that name (lower case), or an empty slice. */
signet_slice saved_request_field(const saved_request *request, const char *name);

#endif
