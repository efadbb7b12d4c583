/* SPDX-License-Identifier: Apache-2.0 */
/* What the one-shot and the streaming form of ML-DSA-44 share. */
#ifndef SG_PKI_MLDSA44_H
#define SG_PKI_MLDSA44_H

#include <signet/pki.h>

#include "openssl.h"

/** What signet_mldsa44.private_from_seed() makes. */
typedef struct {
    EVP_PKEY *key;
} sg_mldsa44_private;

/** The bytes to sign or verify: a message, or its mu (64 bytes) computed outside. */
typedef struct {
    signet_slice bytes;
    bool is_mu;
} sg_mldsa44_input;

bool sg_mldsa44_sign(const sg_mldsa44_private *with, const sg_mldsa44_input *input,
    uint8_t *ret_signature, signet_error *err) SIGNET_MUST_CHECK;

/** SIGNET_E_SIGNATURE: not genuine. */
bool sg_mldsa44_verify(signet_slice public_key, const sg_mldsa44_input *input,
    signet_slice signature, signet_error *err) SIGNET_MUST_CHECK;

#endif
