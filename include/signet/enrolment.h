/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolment: a request that presents its token whole (m=full), once, so that the next ones need
 * only name it.  What was accepted becomes a token record (docs/formats/record.md), which a store
 * keeps under the hex of signet_verification_token_id().
 */
#ifndef SIGNET_ENROLMENT_H
#define SIGNET_ENROLMENT_H

#include <signet/verifier.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_ENROLMENT_BODY_MAX = 4096,   /**< bytes of the content */
    SIGNET_ENROLMENT_ANSWER_MAX = 32768 /**< bytes of the answer, and more than it can have */
};

/**
 * Whether an accepted request may be enrolled: it presents its token whole, binds authority and
 * content, and its content is empty or a JSON object whose `purpose` and `audience`, each of which
 * may be missing, are those of the token.
 *
 * SIGNET_E_USAGE: not accepted, or not such a proof; SIGNET_E_DECODE: content that cannot be read;
 * SIGNET_E_TOKEN: content that says something else than the token.
 */
SIGNET_API bool signet_enrolment_check(const signet_verification *verification, signet_slice body,
    signet_error *err) SIGNET_MUST_CHECK;

/**
 * Append the value of the record, as the verifier reads it.  From then on no weaker proof than x=2
 * is accepted with that token.  SIGNET_E_USAGE also when the verifier has no key for records.
 */
SIGNET_API bool signet_enrolment_record(
    const signet_verification *verification, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append the JSON that answers it, one line: http-pop 4.1, without a private key. */
SIGNET_API bool signet_enrolment_answer(
    const signet_verification *verification, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
