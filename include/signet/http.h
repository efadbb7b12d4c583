/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP proof of possession: what the verifier and the client see of a request.  Format:
 * docs/formats/message-signature.md.
 */
#ifndef SIGNET_HTTP_H
#define SIGNET_HTTP_H

#include <signet/base.h>

SIGNET_BEGIN_DECLS

/**
 * One field line: a name in any case and the value as received, borrowed.  A field that was sent in
 * two lines is two of these, in their order.
 */
typedef struct {
    signet_slice name, value;
} signet_http_field;

/**
 * A request, borrowed.  `scheme` and `authority` are those that the client used: behind a proxy
 * they come from configuration, never from fields that a client can set.
 */
typedef struct {
    signet_slice method;    /**< as received: methods are case-sensitive */
    signet_slice scheme;    /**< "http" or "https" */
    signet_slice authority; /**< host and perhaps port, in any case */
    signet_slice target;    /**< path and perhaps query, raw: what stands in the request line */
    const signet_http_field *fields;
    size_t field_count;
} signet_http_request;

SIGNET_END_DECLS

#endif
