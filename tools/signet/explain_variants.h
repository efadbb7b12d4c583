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
    VARIANT_DIGEST,
    VARIANT_KINDS,
} variant_kind;

/** The first is what was seen; no two are equal.  The bytes are owned. */
typedef struct {
    signet_buf values[VARIANTS_MAX];
    size_t count;
} variants;

/** Fill in those of all kinds; freed with variants_free(). */
bool variants_gather(const explain_case *it, variants ret_all[VARIANT_KINDS], signet_error *err)
    SIGNET_MUST_CHECK;

void variants_free(variants all[VARIANT_KINDS]);

#endif
