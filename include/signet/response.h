/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed responses (RFC 9421 2.4): what a service answered to which signed request.  A service that
 * verified a request signs its answer; who sent the request verifies it.  None of it does I/O.
 * Format: docs/formats/message-signature.md.
 */
#ifndef SIGNET_RESPONSE_H
#define SIGNET_RESPONSE_H

#include <signet/dialect.h>
#include <signet/signer.h>

SIGNET_BEGIN_DECLS

/** A response, borrowed.  It has no Content-Digest before it is signed. */
typedef struct {
    int status; /**< 100 to 599 */
    const signet_http_field *fields;
    size_t field_count;
} signet_http_response;

/** One response to sign.  All is borrowed. */
typedef struct {
    /** As the client sent it, with Signature-Input and Signature; one of them is of signet-pop. */
    const signet_http_request *request;
    signet_http_response response;
    const signet_key *key;      /**< private, Ed25519 or ES256, of the service */
    signet_body_kind body_kind; /**< of the response; SIGNET_BODY_UNSIGNED is refused */
    signet_slice body;
    int64_t now; /**< seconds since 1970 */
} signet_response_order;

/**
 * Sign one response as the profile signet-resp has it, for half a minute: make the values of its
 * fields Content-Digest, Signature-Input and Signature.  Covered are the status, the digest,
 * content-type and content-encoding if they are there, and of the request method, target and
 * signature.  `keyid` is the RFC 7638 thumbprint of the key.  Whether the request is genuine is not
 * asked here: verify it before.
 *
 * SIGNET_E_USAGE for what makes no sense; SIGNET_E_NOT_FOUND, SIGNET_E_DECODE when the request has
 * no one signature of signet-pop; SIGNET_E_ALGORITHM, SIGNET_E_KEY.
 */
SIGNET_API bool signet_response_sign(const signet_response_order *order,
    signet_message_fields *ret_fields, signet_error *err) SIGNET_MUST_CHECK;

/** One response to judge.  All is borrowed. */
typedef struct {
    const signet_http_request *request; /**< as it was sent, with the fields of its signature */
    signet_http_response response;      /**< as it came */
    const signet_key *const *keys;      /**< public ones of the service: `keyid` chooses one */
    size_t key_count;
    const signet_body_digests *content; /**< both digests of all content that came */
    int64_t now;                        /**< seconds since 1970 */
    int64_t skew; /**< seconds, to 60; 0: 30; SIGNET_RESPONSE_NO_SKEW: to the second */
} signet_response_check;

enum { SIGNET_RESPONSE_NO_SKEW = -1, SIGNET_RESPONSE_SKEW = 30, SIGNET_RESPONSE_SKEW_MAX = 60 };

/**
 * Whether one of the keys signed this response to this request, with this content, just now.
 * A response may be verified as often as one likes: it says what was answered, once, to a request
 * that is good once.
 *
 * SIGNET_E_USAGE; SIGNET_E_NOT_FOUND: there is no signature of signet-resp, or none of the keys is
 * that of `keyid`; SIGNET_E_DECODE: its form; SIGNET_E_EPR: it does not cover what it must;
 * SIGNET_E_TIME; SIGNET_E_ALGORITHM; SIGNET_E_SIGNATURE: it is not genuine, or of other content.
 */
SIGNET_API bool signet_response_verify(const signet_response_check *check, signet_error *err)
    SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
