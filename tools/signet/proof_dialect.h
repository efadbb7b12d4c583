/* SPDX-License-Identifier: Apache-2.0 */
/* The header fields of a proof, in the dialect that is asked for. */
#ifndef SG_SIGNET_PROOF_DIALECT_H
#define SG_SIGNET_PROOF_DIALECT_H

#include "proof_maker.h"

/** What the dialects take beside the terms; absent texts are NULL. */
typedef struct {
    const char *dialect;                           /* NULL: proof */
    const char *access_token, *nonce, *algorithms; /* of dpop; the first names a file */
    bool covers_request;                           /* dpop: query and content too */
} dialect_terms;

enum { DIALECT_FIELDS_MAX = 4 };

/** Fields to send, in this order. */
typedef struct {
    struct {
        const char *name;
        signet_buf value;
    } fields[DIALECT_FIELDS_MAX];
    size_t count;
} dialect_made;

/** What makes no sense in the terms. */
bool dialect_check(const dialect_terms *terms, signet_error *err) SIGNET_MUST_CHECK;

/** Make the fields for one request.  Freed with dialect_made_free(). */
bool dialect_make(const dialect_terms *terms, const proof_terms *with,
    const signet_sign_order *order, dialect_made *ret_made, signet_error *err) SIGNET_MUST_CHECK;

void dialect_made_free(dialect_made *made);

#endif
