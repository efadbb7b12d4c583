/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsignet-pki, loaded only by who needs it: a process that loads libcrypto costs two milliseconds
 * more, and git starts one for each commit.  Memory of sodium_malloc() never crosses the border:
 * each side has its own copy.
 */
#ifndef SG_TOOLS_PKI_LOADER_H
#define SG_TOOLS_PKI_LOADER_H

#include <signet/pki.h>

/** The functions of <signet/pki.h> that programs use. */
typedef struct {
    const signet_algorithm *mldsa44;
    const signet_algorithm *es256;
    const signet_algorithm *algorithms[3];      /* our own Ed25519, ML-DSA-44, NULL */
    const signet_algorithm *cose_algorithms[4]; /* our own Ed25519, ES256, ML-DSA-44, NULL */
    __typeof__(&signet_mldsa44_begin) mldsa44_begin;
    __typeof__(&signet_mldsa44_update) mldsa44_update;
    __typeof__(&signet_mldsa44_sign_end) mldsa44_sign_end;
    __typeof__(&signet_mldsa44_verify_end) mldsa44_verify_end;
    __typeof__(&signet_mldsa44_free) mldsa44_free;
    __typeof__(&signet_chain_verify) chain_verify;
    __typeof__(&signet_cms_verify_general) cms_verify_general;
    __typeof__(&signet_pki_openssl_version) openssl_version;
} pki_functions;

/** Load once, before the first thread; NULL with SIGNET_E_NOT_FOUND and the loader's reason when it
 * cannot be had. */
const pki_functions *pki_load(signet_error *err) SIGNET_MUST_CHECK;

/**
 * The algorithms that a signature or key text needs: Ed25519 alone, or both (and then the library
 * is loaded) when `bytes` contains the identifier or name of ML-DSA-44.
 */
signet_algorithms pki_algorithms_for(signet_slice bytes, signet_error *err) SIGNET_MUST_CHECK;

#endif
