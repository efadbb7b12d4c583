/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of HTTP proof of possession, beyond the field Signet-Proof (signer.h): what to do with
 * an answer, and proofs of DPoP (RFC 9449).  None of it does I/O.  Formats: docs/formats/http.md,
 * dpop.md.
 */
#ifndef SIGNET_CLIENT_H
#define SIGNET_CLIENT_H

#include <signet/signer.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_CLIENT_ATTEMPTS = 2,     /**< requests for one that is wanted */
    SIGNET_CLIENT_OFFSET_MAX = 300, /**< seconds that a clock is corrected at most */
};

/** What came back for a request that was signed.  All is borrowed; what is not known is empty. */
typedef struct {
    int status;
    signet_slice code;      /**< `code` of the JSON error, like "CLOCK_SKEW" */
    signet_slice challenge; /**< value of WWW-Authenticate */
    signet_slice date;      /**< value of Date */
    signet_slice method;    /**< of the request */
    bool is_authentic;      /**< nobody in between can have made it up: TLS, or this machine */
    unsigned attempt;       /**< how many requests were sent for the one that is wanted: from 1 */
    int64_t now;            /**< seconds since 1970, by the clock of the client */
} signet_client_answer;

/** What to do next. */
typedef enum {
    SIGNET_CLIENT_DONE = 0,   /**< hand the answer over; also of what is not understood */
    SIGNET_CLIENT_SIGN_AGAIN, /**< send it once more, with another proof */
    SIGNET_CLIENT_SET_CLOCK,  /**< the same, with the clock corrected by the offset */
    SIGNET_CLIENT_RENEW,      /**< the same, with another credential */
} signet_client_step;

/**
 * Judge an answer.  A request is sent once more at most, never after a signature was refused, and
 * after a replay only when its method is idempotent (RFC 9110 9.2.2).  `code` counts, and without
 * one the `error` of the Signet challenge.  `ret_offset` is how many seconds the clock of the
 * server is ahead; it is written for SIGNET_CLIENT_SET_CLOCK, and may be NULL.
 */
SIGNET_API signet_client_step signet_client_next(
    const signet_client_answer *answer, int64_t *ret_offset);

/** What a DPoP proof is made of. */
typedef struct {
    const signet_key *key;  /**< private, Ed25519 or ES256: the one the access token is bound to */
    const char *algorithms; /**< names that the server takes, as the `algs` of its challenge has
                               them: "EdDSA ES256" */
    const char *access_token; /**< NULL: none */
    const char *nonce;        /**< the last DPoP-Nonce of this origin; NULL: none */
    signet_slice method;
    const char *url;            /**< absolute, with its query */
    bool covers_request;        /**< also the query, and the content: both sides are Signet */
    signet_body_kind body_kind; /**< read only with covers_request, as the next */
    signet_slice body;
    int64_t now; /**< seconds since 1970 */
} signet_dpop_request;

/**
 * Append the value of the field `DPoP`; the access token goes into `Authorization: DPoP ...`.  It
 * is good once.  SIGNET_E_ALGORITHM when the server takes none that the key can; SIGNET_E_USAGE,
 * SIGNET_E_KEY; SIGNET_E_DECODE for the URL.
 */
SIGNET_API bool signet_dpop_proof_new(
    const signet_dpop_request *request, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
