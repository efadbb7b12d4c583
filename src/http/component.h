/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components of a message that a signature covers (RFC 9421 section 2), and the signature base
 * (2.5).  What could be read in two ways is refused: a component twice, a name or parameter that
 * is not known, a target that is not an origin-form, bytes that are not visible ASCII.
 */
#ifndef SG_HTTP_COMPONENT_H
#define SG_HTTP_COMPONENT_H

#include "http/fields.h"

/** Bits of what is covered as a whole, without component parameters. */
enum {
    SG_COVERS_METHOD = 1 << 0,
    SG_COVERS_TARGET_URI = 1 << 1,
    SG_COVERS_AUTHORITY = 1 << 2,
    SG_COVERS_SCHEME = 1 << 3,
    SG_COVERS_PATH = 1 << 4,
    SG_COVERS_QUERY = 1 << 5,
    SG_COVERS_CONTENT_DIGEST = 1 << 6,
    SG_COVERS_CONTENT_TYPE = 1 << 7,
    SG_COVERS_CONTENT_ENCODING = 1 << 8,
    SG_COVERS_AUTHORIZATION = 1 << 9,
    SG_COVERS_DPOP = 1 << 10,
    SG_COVERS_SIGNET_PROOF = 1 << 11,
    SG_COVERS_SIGNATURE_AGENT = 1 << 12,
    SG_COVERS_STATUS = 1 << 13,
    SG_COVERS_REQUEST_SIGNATURE = 1 << 14, /* of a response: the one labelled as the message says */
    SG_COVERS_OF_REQUEST = 16, /* shift: of a response, the same bits of its request (2.4) */
};

/** A request; or a response, and the request that it answers. */
typedef struct {
    signet_http_request itself;          /* of a response its fields alone */
    const signet_http_request *answered; /* NULL: it is a request */
    int status;                          /* of a response */
    signet_slice label; /* of a response: of the signature of its request that counts */
} sg_message;

/**
 * Append the signature base of the inner list at `member` of `input`, and say what it covers.
 * SIGNET_E_DECODE (form, or what is said above), SIGNET_E_NOT_FOUND (a covered field is absent).
 */
bool sg_signature_base_write(const sg_message *message, const sg_field *input, size_t member,
    signet_buf *out, unsigned *ret_covers, signet_error *err) SIGNET_MUST_CHECK;

#endif
