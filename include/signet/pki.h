/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsignet-pki: what needs OpenSSL (3.5 or later).  ML-DSA-44, certificate chains, and CMS of
 * others.  OpenSSL is linked statically with hidden symbols where the system's is older.
 */
#ifndef SIGNET_PKI_H
#define SIGNET_PKI_H

#include <signet/cms.h>

SIGNET_BEGIN_DECLS

/** ML-DSA-44, FIPS 204, pure, empty context, deterministic.  Private state: seed or expanded key.
 */
SIGNET_API extern const signet_algorithm signet_mldsa44;

/**
 * ES256: ECDSA on P-256 with SHA-256, for COSE.  The public key is the uncompressed point (65
 * bytes), the seed is the scalar, a signature is r and s of 32 bytes each, with a random nonce; low
 * s is written, both are read.
 */
SIGNET_API extern const signet_algorithm signet_es256;

/** All three, for tokens and COSE. */
SIGNET_API extern const signet_algorithm *const signet_cose_algorithms[4];

/** Ed25519 and ML-DSA-44, for functions that take a list. */
SIGNET_API extern const signet_algorithm *const signet_all_algorithms[3];

/*
 * ML-DSA-44 over files of any size: the message goes through mu (FIPS 204 section 6.2, "external
 * mu"), so memory stays constant.
 */
typedef struct signet_mldsa44_message signet_mldsa44_message;

/** Begin a message under a public key of SIGNET_MLDSA44_PUBLIC_SIZE bytes. */
SIGNET_API signet_mldsa44_message *signet_mldsa44_begin(signet_slice public_key, signet_error *err)
    SIGNET_MUST_CHECK;
SIGNET_API bool signet_mldsa44_update(
    signet_mldsa44_message *message, signet_slice bytes, signet_error *err) SIGNET_MUST_CHECK;

/** End the message with a signature by `key`, a private ML-DSA-44 key: appends 2420 bytes. */
SIGNET_API bool signet_mldsa44_sign_end(signet_mldsa44_message *message, const signet_key *key,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** End the message and judge a signature.  SIGNET_E_SIGNATURE: not genuine. */
SIGNET_API bool signet_mldsa44_verify_end(
    signet_mldsa44_message *message, signet_slice signature, signet_error *err) SIGNET_MUST_CHECK;
SIGNET_API void signet_mldsa44_free(signet_mldsa44_message *message);
SIGNET_DEFINE_AUTO(signet_mldsa44_free, signet_mldsa44_message *);

/** What a chain must prove. */
typedef struct {
    const signet_slice *anchors; /**< DER certificates that are trusted */
    size_t anchor_count;
    const signet_slice *intermediates; /**< DER certificates that may help */
    size_t intermediate_count;
    unsigned purpose; /**< SIGNET_PURPOSE_CODE_SIGNING, _CLIENT_AUTH, _SERVER_AUTH or _ANY */
    int64_t at;       /**< seconds since 1970 */
} signet_chain_rules;

/**
 * RFC 5280 path validation of a certificate (spec 1.9): Ed25519, Ed448, ML-DSA, ECDSA on P-256,
 * P-384 and P-521, and RSA from 2048 bits.  A path has at most ten certificates.  A key or
 * signature that is weaker, a name constraint, a policy or a path length in the way is
 * SIGNET_E_CERT.  Fails with SIGNET_E_DECODE, SIGNET_E_TIME (expired), SIGNET_E_TRUST (no path),
 * SIGNET_E_CERT (a rule).
 */
SIGNET_API bool signet_chain_verify(
    signet_slice leaf, const signet_chain_rules *rules, signet_error *err) SIGNET_MUST_CHECK;

/** What signet_cms_verify_general() found about a signer.  Borrowed from nothing: copies. */
typedef struct {
    char name[257];       /**< subject common name or e-mail */
    char fingerprint[41]; /**< SHA-1 of the certificate */
    char key_type[33];    /**< "RSA", "ECDSA P-256", "Ed25519", ... */
    bool has_signing_time;
    int64_t signing_time;
    int64_t not_before, not_after;
} signet_general_signer;

/** What was signed, for CMS of others: their digest is not known before the message is read. */
typedef struct {
    bool (*read)(
        void *context, uint8_t *ret_bytes, size_t size, size_t *ret_len, signet_error *err);
    void *context; /**< `read` writes 0 bytes at the end */
} signet_content_source;

enum { SIGNET_GENERAL_SIGNERS_MAX = 8 };

/**
 * Verify a detached CMS message that is not Signet's, with OpenSSL: any number of signers (all must
 * be genuine, at most SIGNET_GENERAL_SIGNERS_MAX), each with a chain to an anchor of `rules`,
 * judged at `rules->at`, or, when that is negative, at each signer's signing time.  Certificates in
 * the message help, as `rules->intermediates` do.  Content that the message carries must be the
 * same. Refuses a message for which signet_cms_is_signet() is true (SIGNET_E_USAGE).
 * SIGNET_E_SIGNATURE, _TRUST, _TIME, _CERT, _DECODE, _ALGORITHM.
 *
 * `ret_signers` (SIGNET_GENERAL_SIGNERS_MAX of them) and `ret_count` are written also when a chain
 * is refused (_TRUST, _TIME, _CERT): then all signatures are genuine, and these made them.  In
 * every other case `ret_count` is 0.
 */
SIGNET_API bool signet_cms_verify_general(signet_slice message,
    const signet_content_source *content, const signet_chain_rules *rules,
    signet_general_signer *ret_signers, size_t *ret_count, signet_error *err) SIGNET_MUST_CHECK;

/** The version of the OpenSSL that is linked. */
SIGNET_API const char *signet_pki_openssl_version(void);

SIGNET_END_DECLS

#endif
