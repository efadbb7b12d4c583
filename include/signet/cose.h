/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COSE_Sign1 (RFC 9052) in the one encoding that Signet writes: tag 18, the algorithm alone in the
 * protected header, nothing unprotected, the payload inside.  Format: docs/formats/cose.md.
 */
#ifndef SIGNET_COSE_H
#define SIGNET_COSE_H

#include <signet/key.h>

SIGNET_BEGIN_DECLS

enum { SIGNET_COSE_MAX = 1 << 20 /**< bytes of a payload */ };

/** A message taken apart; slices are borrowed from it. */
typedef struct {
    const signet_algorithm *algorithm;
    signet_slice protected_header; /**< content of the byte string, as received */
    signet_slice payload;
    signet_slice signature;
} signet_cose;

/** Append a message that `key` signs.  An empty payload is fine. */
SIGNET_API bool signet_cose_sign(const signet_key *key, signet_slice payload, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/**
 * Take a message apart: only the bytes that signet_cose_sign() writes pass (tokens.md 4.6).
 * SIGNET_E_COSE for the form, among it an unprotected header, `crit` and a detached payload;
 * SIGNET_E_ALGORITHM when the algorithm is none of `accepted`.  Says nothing about the signature.
 */
SIGNET_API bool signet_cose_read(signet_algorithms accepted, signet_slice message,
    signet_cose *ret_cose, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether `key` signed a message, whose algorithm must be that of the key and among `accepted`. The
 * payload is borrowed from the message.  SIGNET_E_COSE, SIGNET_E_ALGORITHM, SIGNET_E_SIGNATURE.
 */
SIGNET_API bool signet_cose_verify(signet_algorithms accepted, signet_slice message,
    const signet_key *key, signet_slice *ret_payload, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
