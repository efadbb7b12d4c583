/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bare ML-DSA-44 signatures of whole files, as the Go reference writes them (--format raw-mldsa):
 * 2420 bytes, by the master key itself.
 */
#ifndef SG_SIGNET_RAW_H
#define SG_SIGNET_RAW_H

#include "content.h"

/** Whether the bytes of a signature file are of this kind, rather than DER, PEM or base64. */
bool raw_is_signature(signet_slice bytes);

/** Sign all of `from` with a private ML-DSA-44 key; appends the signature. */
bool raw_sign(content *from, const signet_key *key, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

enum { RAW_CANDIDATES_MAX = 16 };

/**
 * Which of `count` public keys made `signature` over all of `from`, in one reading.
 * SIGNET_E_SIGNATURE: none.
 */
bool raw_verify(content *from, signet_slice signature, const signet_key *const *keys, size_t count,
    size_t *ret_index, signet_error *err) SIGNET_MUST_CHECK;

#endif
