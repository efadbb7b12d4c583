/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields that go with the answer to a request that was judged: the challenges of a refusal
 * (RFC 9110 11.6.1, RFC 9449, RFC 6750, RFC 9421 5.1), and DPoP's nonces.
 */
#ifndef SIGNET_CHALLENGE_H
#define SIGNET_CHALLENGE_H

#include <signet/verifier.h>

SIGNET_BEGIN_DECLS

/** What the challenges of a deployment say beside what the verifier knows.  NULL: not said. */
typedef struct {
    const char *realm;    /**< of the Signet challenge; NULL: "signet" */
    const char *metadata; /**< URL of the protected-resource metadata (RFC 9728) */
    const char *scope;    /**< of the Bearer challenge, with a blank between */
    bool has_cors;        /**< scripts of other origins may read the challenge and the date */
    bool as_reference;    /**< the Bearer line alone, with 401 alone, as the Go reference does */
} signet_challenge;

enum { SIGNET_ANSWER_FIELDS_MAX = 10 };

/** Field lines in their order.  Starts as {0}; freed with signet_answer_fields_free(). */
typedef struct {
    signet_http_field fields[SIGNET_ANSWER_FIELDS_MAX]; /**< borrowed from here */
    size_t count;
    signet_buf room;
} signet_answer_fields;

/**
 * The fields of an answer, for `ret_fields` that is empty.  REFUSED: Retry-After, WWW-Authenticate
 * for each way that is open (Bearer, DPoP, Signet), DPoP-Nonce, Accept-Signature.  ACCEPTED: with
 * DPoP the next nonce, and Cache-Control: no-store.  SIGNET_E_NOMEM; SIGNET_E_USAGE for a text
 * that no field can hold, or while the verification still waits.
 */
SIGNET_API bool signet_verification_fields(const signet_verification *verification,
    const signet_challenge *challenge, signet_answer_fields *ret_fields, signet_error *err)
    SIGNET_MUST_CHECK;

SIGNET_API void signet_answer_fields_free(signet_answer_fields *fields);

__attribute__((unused)) static inline void
signet_answer_fields_free_auto(signet_answer_fields *fields)
{
    signet_answer_fields_free(fields);
}

SIGNET_END_DECLS

#endif
