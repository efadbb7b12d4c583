/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identifier of a protected resource: a URL, taken apart but never changed.  Clients compare it
 * with the URL that they asked for, code point by code point (RFC 9728 3.3).
 */
#ifndef SG_HTTP_RESOURCE_IDENTIFIER_H
#define SG_HTTP_RESOURCE_IDENTIFIER_H

#include <signet/base.h>

enum { SG_RESOURCE_IDENTIFIER_MAX = 2048 };

typedef enum {
    SG_RESOURCE_STRICT,       /* an identifier that a request can equal */
    SG_RESOURCE_AS_REFERENCE, /* whatever the Go reference takes */
} sg_resource_rule;

/** The parts, borrowed. */
typedef struct {
    signet_slice scheme;    /* http or https, in any case */
    signet_slice authority; /* host and perhaps port */
    signet_slice path;      /* empty, or from its slash on */
} sg_resource_identifier;

/** Take an identifier apart, or say why it is none (SIGNET_E_USAGE). */
bool sg_resource_identifier_read(sg_resource_rule rule, signet_slice text,
    sg_resource_identifier *ret_identifier, signet_error *err) SIGNET_MUST_CHECK;

#endif
