/* SPDX-License-Identifier: Apache-2.0 */
/* Path validation over certificates that have been read, for chain.c and cms_general.c. */
#ifndef SG_PKI_CHAIN_H
#define SG_PKI_CHAIN_H

#include "x509.h"

typedef struct {
    const STACK_OF(X509) * anchors;
    const STACK_OF(X509) * intermediates; /* given with the rules */
    const STACK_OF(X509) * embedded;      /* found in the message, or NULL */
    unsigned purpose;
    int64_t at;
} sg_chain_rules;

/** As signet_chain_verify(). */
bool sg_chain_verify(X509 *leaf, const sg_chain_rules *rules, signet_error *err) SIGNET_MUST_CHECK;

#endif
