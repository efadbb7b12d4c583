/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests that signet_cert_issue() would not make: part by part, signed rightly. */
#ifndef SG_TESTS_CERTIFICATE_H
#define SG_TESTS_CERTIFICATE_H

#include "message.h"

/** Each part is a whole element or several; an empty one is left out. */
typedef struct {
    signet_slice version, serial, inner_algorithm, issuer, validity, subject, spki;
    signet_slice usage, purposes, constraints, key_ids, names, more; /**< whole extensions */
    signet_slice extensions;      /**< [3] and all; instead of those above, when not empty */
    signet_slice in_tbs;          /**< behind the extensions */
    signet_slice outer_algorithm; /**< behind tbs */
    signet_slice in_certificate;  /**< behind the signature */
    const signet_key *issuer_key; /**< signs; MASTER_KEY */
} certificate_parts;

/** The parts of a leaf of LEAF_KEY: certificate_build() makes message_leaf() of them. */
certificate_parts certificate_good(void);

/** An extension: `value_hex` is what its OCTET STRING holds. */
signet_slice certificate_extension(const char *oid_hex, bool is_critical, const char *value_hex);

signet_slice certificate_build(const certificate_parts *parts);

#endif
