/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate by itself: reading it, what it may be, what to call it. */
#ifndef SG_PKI_X509_H
#define SG_PKI_X509_H

#include <signet/pki.h>

#include "openssl.h"

/** Bits of strength below which keys and digests are refused: RSA of 2048 bits has 112, SHA-1 63.
 */
enum { SG_STRENGTH_BITS_MIN = 112 };

/** Read one certificate, DER, with nothing after it.  SIGNET_E_DECODE. */
X509 *sg_x509_read(signet_slice der, signet_error *err) SIGNET_MUST_CHECK;

/** Read a list of them into a new stack. */
STACK_OF(X509) * sg_x509_read_all(const signet_slice *ders, size_t count, const char *what,
                     signet_error *err) SIGNET_MUST_CHECK;

/** The name of its key's type, or NULL with SIGNET_E_CERT when it is unknown or too weak. */
const char *sg_x509_key_type(const X509 *cert, signet_error *err) SIGNET_MUST_CHECK;

/**
 * What holds wherever it stands in a chain: its extensions make sense, none is critical and
 * unknown, its key is strong, and it is valid at `at`.  SIGNET_E_DECODE, SIGNET_E_CERT,
 * SIGNET_E_TIME.
 */
bool sg_x509_check(X509 *cert, int64_t at, signet_error *err) SIGNET_MUST_CHECK;

/** Whether the signature on it uses a digest of our time.  SIGNET_E_CERT. */
bool sg_x509_check_signature_strength(X509 *cert, signet_error *err) SIGNET_MUST_CHECK;

/** Whom to call it: common name, e-mail, or URI; with '?' for control characters; cut to fit. */
void sg_x509_name(const X509 *cert, char *ret_name, size_t size);

#endif
