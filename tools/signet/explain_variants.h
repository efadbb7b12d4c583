/* SPDX-License-Identifier: Apache-2.0 */
/* What a component may have been when it was signed: what proxies and people are known to change.
 */
#ifndef SG_SIGNET_EXPLAIN_VARIANTS_H
#define SG_SIGNET_EXPLAIN_VARIANTS_H

#include "explain.h"

enum { VARIANTS_MAX = 24 };

typedef enum {
    VARIANT_METHOD,
    VARIANT_AUTHORITY,
    VARIANT_TARGET,
    VARIANT_DIGEST, /* `bd` of Signet-Proof, or the value of Content-Digest */
    VARIANT_TYPE,   /* Content-Type; of a message signature alone, as the next */
    VARIANT_SCHEME, /* of the origin */
    VARIANT_KINDS,
} variant_kind;

/** The first is what was seen; no two are equal.  The bytes are owned. */
typedef struct {
    signet_buf values[VARIANTS_MAX];
    size_t count;
} variants;

/**
 * Fill in those of all kinds; freed with variants_free().  What is signed is a Signet-Proof or,
 * `is_message`, a message (RFC 9421).
 */
bool variants_gather(const explain_case *it, bool is_message, variants ret_all[VARIANT_KINDS],
    signet_error *err) SIGNET_MUST_CHECK;

void variants_free(variants all[VARIANT_KINDS]);

#endif
