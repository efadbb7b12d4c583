/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Algorithms and keys.
 *
 * An algorithm is a value, not a switch: a row of operations.  Whoever parses a key or checks a
 * signature passes the list of algorithms that it accepts, so confusing one with another cannot be
 * expressed.  `signet_ed25519` is here; `signet_mldsa44` is in <signet/pki.h>.
 */
#ifndef SIGNET_KEY_H
#define SIGNET_KEY_H

#include <signet/base.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_ED25519_PUBLIC_SIZE = 32,
    SIGNET_ED25519_SIGNATURE_SIZE = 64,
    SIGNET_MLDSA44_PUBLIC_SIZE = 1312,
    SIGNET_MLDSA44_SIGNATURE_SIZE = 2420,
    SIGNET_SEED_SIZE = 32,          /**< of both algorithms */
    SIGNET_PUBLIC_MAX = 1312,       /**< the largest public key, raw */
    SIGNET_SIGNATURE_MAX = 2420,    /**< the largest signature */
    SIGNET_KEY_FILE_MAX = 64 << 10, /**< the largest text that signet_key_from_pem() reads */
    SIGNET_KID_SIZE = 32,           /**< hex digits of a canonical key id, without terminator */
    SIGNET_FINGERPRINT_SIZE = 64    /**< hex digits of a fingerprint, without terminator */
};

/**
 * One signature algorithm.  Rows are constants; libsignet never changes or frees one.
 *
 * `private_from_seed` and `private_from_expanded` make the private state that `sign` takes and
 * `private_free` wipes and frees; they also write `public_size` bytes.  `private_from_expanded` is
 * NULL for an algorithm without such a form, and so is `is_same_private`, which tells whether two
 * private states are of one key in all their parts.  `verify` fails with SIGNET_E_SIGNATURE when
 * the signature is not genuine.  `check_public` fails with SIGNET_E_KEY.
 */
typedef struct signet_algorithm {
    const char *name; /**< registry id, exact: "ed25519", "ml-dsa-44" */
    signet_slice oid; /**< content of the OBJECT IDENTIFIER, for SPKI, PKCS#8, X.509 and CMS */
    signet_slice parameters; /**< DER in their AlgorithmIdentifier; absent for all but ES256 */
    int64_t cose;            /**< COSE algorithm, RFC 9053 or RFC 9964; 0: none */
    size_t public_size;      /**< bytes of a raw public key */
    size_t signature_size;   /**< bytes of a signature */
    bool (*check_public)(signet_slice public_key, signet_error *err);
    void *(*private_from_seed)(signet_slice seed, uint8_t *ret_public, signet_error *err);
    void *(*private_from_expanded)(signet_slice expanded, uint8_t *ret_public, signet_error *err);
    bool (*is_same_private)(const void *private_a, const void *private_b);
    void (*private_free)(void *private_state);
    bool (*sign)(
        const void *private_state, signet_slice message, uint8_t *ret_signature, signet_error *err);
    bool (*verify)(
        signet_slice public_key, signet_slice message, signet_slice signature, signet_error *err);
} signet_algorithm;

/**
 * Ed25519, RFC 8032, pure.  Verification is pinned: S < L, the public key canonical and not of
 * small order, and the encoding of [S]B - [k]A equal to R byte by byte (no cofactor).
 */
SIGNET_API extern const signet_algorithm signet_ed25519;

/** What verifies Ed25519 here: "lib25519" or "libsodium". */
SIGNET_API const char *signet_ed25519_backend(void);

/** The algorithms of a NULL-terminated list, as functions that parse keys take it. */
typedef const signet_algorithm *const *signet_algorithms;

/** The list of Ed25519 alone. */
SIGNET_API extern const signet_algorithm *const signet_only_ed25519[2];

/** The algorithm of that name in `accepted`, or NULL. */
SIGNET_API const signet_algorithm *signet_algorithm_named(
    signet_algorithms accepted, const char *name);

/** The algorithm with that OBJECT IDENTIFIER content in `accepted`, or NULL. */
SIGNET_API const signet_algorithm *signet_algorithm_with_oid(
    signet_algorithms accepted, signet_slice oid);

/** A public key, with or without its private half.  Never changes. */
typedef struct signet_key signet_key;

/** A new random key pair. */
SIGNET_API signet_key *signet_key_generate(const signet_algorithm *algorithm, signet_error *err)
    SIGNET_MUST_CHECK;

/** The key pair of a seed of SIGNET_SEED_SIZE bytes, which is copied into locked memory. */
SIGNET_API signet_key *signet_key_from_seed(
    const signet_algorithm *algorithm, signet_slice seed, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The public key of exactly `algorithm->public_size` raw bytes, which are copied.  Fails with
 * SIGNET_E_KEY for a wrong size, and for Ed25519 when it is not canonical or of small order.
 */
SIGNET_API signet_key *signet_key_from_public(
    const signet_algorithm *algorithm, signet_slice raw, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The public key of a SubjectPublicKeyInfo: DER, parameters absent, nothing after it (RFC 8410,
 * RFC 9881).  SIGNET_E_DECODE, SIGNET_E_ALGORITHM when none of `accepted`, SIGNET_E_KEY.
 */
SIGNET_API signet_key *signet_key_from_spki(
    signet_algorithms accepted, signet_slice der, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The key pair of a PKCS#8 PrivateKeyInfo version 1 without attributes: Ed25519 as RFC 8410,
 * ML-DSA-44 in the three forms of RFC 9881 (seed, expandedKey, both, which must agree).
 */
SIGNET_API signet_key *signet_key_from_pkcs8(
    signet_algorithms accepted, signet_slice der, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The key of the first PEM block: `PUBLIC KEY` (SPKI), `PRIVATE KEY` (PKCS#8) or
 * `ED25519 PRIVATE KEY` (a bare 32-byte seed, the master key file of Signet).  The label decides.
 */
SIGNET_API signet_key *signet_key_from_pem(
    signet_algorithms accepted, signet_slice text, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API const signet_algorithm *signet_key_algorithm(const signet_key *key);

/** The raw public key, borrowed from `key`. */
SIGNET_API signet_slice signet_key_public(const signet_key *key);

/** Whether `key` can sign. */
SIGNET_API bool signet_key_has_private(const signet_key *key);

/** Whether both have the same algorithm and public key. */
SIGNET_API bool signet_key_is_same(const signet_key *a, const signet_key *b);

/** The seed in locked memory, borrowed; empty for a public key or one made of an expanded form. */
SIGNET_API signet_slice signet_key_seed(const signet_key *key);

/** Sign: append `signature_size` bytes.  SIGNET_E_KEY when `key` has no private half. */
SIGNET_API bool signet_key_sign(const signet_key *key, signet_slice message, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** Whether `signature` is genuine.  SIGNET_E_SIGNATURE: it is not. */
SIGNET_API bool signet_key_verify(const signet_key *key, signet_slice message,
    signet_slice signature, signet_error *err) SIGNET_MUST_CHECK;

/** Append the SubjectPublicKeyInfo, DER. */
SIGNET_API bool signet_key_write_spki(const signet_key *key, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append the PrivateKeyInfo, DER, with the seed (RFC 8410, RFC 9881).  SIGNET_E_KEY: no seed. */
SIGNET_API bool signet_key_write_pkcs8(const signet_key *key, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Append PEM: `PRIVATE KEY` (PKCS#8) when there is a private half with a seed, else `PUBLIC KEY`
 * (SPKI).
 */
SIGNET_API bool signet_key_write_pem(const signet_key *key, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/*
 * The identifiers of a key (tokens.md 2.6).  They are never compared across kinds.
 */

/** K1, the canonical key id: the first 16 bytes of SHA-256 over the SPKI, 32 hex digits. */
SIGNET_API bool signet_key_kid(
    const signet_key *key, char ret_kid[SIGNET_KID_SIZE + 1], signet_error *err) SIGNET_MUST_CHECK;

/** K2, the machine fingerprint: SHA-256 over the SPKI, 64 hex digits. */
SIGNET_API bool signet_key_fingerprint(const signet_key *key,
    char ret_fingerprint[SIGNET_FINGERPRINT_SIZE + 1], signet_error *err) SIGNET_MUST_CHECK;

/** K4 and K5, confirmation id and ephemeral key id: SHA-256 over the raw public key. */
SIGNET_API void signet_key_confirmation(const signet_key *key, uint8_t ret_digest[32]);

/** K7, the subject key identifier of certificates: SHA-1 over the raw public key. */
SIGNET_API void signet_key_ski(const signet_key *key, uint8_t ret_ski[20]);

/** K8, the key id of the commands: append the raw public key in hex. */
SIGNET_API bool signet_key_write_id(const signet_key *key, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Whether `text` has the form of a canonical key id: 32 lower-case hex digits. */
SIGNET_API bool signet_kid_is_valid(signet_slice text);

/** Wipe and free.  NULL is fine. */
SIGNET_API void signet_key_free(signet_key *key);
SIGNET_DEFINE_AUTO(signet_key_free, signet_key *);

/** SHA-512 of bytes that come in pieces (a file).  Plain data; nothing to free. */
typedef struct {
    uint64_t state[40];
} signet_sha512;

enum { SIGNET_SHA512_SIZE = 64 };

SIGNET_API void signet_sha512_init(signet_sha512 *digest);
SIGNET_API void signet_sha512_update(signet_sha512 *digest, signet_slice bytes);
SIGNET_API void signet_sha512_final(signet_sha512 *digest, uint8_t ret_digest[SIGNET_SHA512_SIZE]);

/** SHA-256 likewise (the content of a request). */
typedef struct {
    uint64_t state[16];
} signet_sha256;

enum { SIGNET_SHA256_SIZE = 32 };

SIGNET_API void signet_sha256_init(signet_sha256 *digest);
SIGNET_API void signet_sha256_update(signet_sha256 *digest, signet_slice bytes);
SIGNET_API void signet_sha256_final(signet_sha256 *digest, uint8_t ret_digest[SIGNET_SHA256_SIZE]);

SIGNET_END_DECLS

#endif
