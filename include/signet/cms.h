/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Detached CMS signatures (RFC 5652) of the Signet profile: Ed25519 (RFC 8419), ML-DSA-44
 * (RFC 9882), or one of each.  Every signer has a leaf certificate of its own in the message.
 * Formats: docs/formats/cms.md.
 *
 * Reading is strict, one encoding only.  A message that is not Signet's goes to
 * signet_cms_verify_general() of <signet/pki.h>; signet_cms_is_signet() says which it is, by
 * content, before anything is judged.
 */
#ifndef SIGNET_CMS_H
#define SIGNET_CMS_H

#include <signet/cert.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_CMS_MAX = 1 << 20, /**< bytes of a message */
    SIGNET_CMS_SIGNERS_MAX = 2,
    SIGNET_CMS_CERTS_MAX = 8,
    SIGNET_CMS_ATTRIBUTES_MAX = 16,
};

/** Who signs. */
typedef struct {
    const signet_key *master; /**< the private master key, issues the leaf */
    const char *did;          /**< NULL: SIGNET_DEFAULT_DID */
    signet_slice bridge; /**< DER of a bridge certificate that issues the leaf instead, or empty */
    const signet_key *bridge_key; /**< its private key */
    int64_t validity;             /**< seconds that the leaf lives; 0: SIGNET_LEAF_VALIDITY */
} signet_cms_signer;

/**
 * Sign content whose SHA-512 is `digest` (64 bytes): make a fresh key and leaf for each of the
 * `count` signers (1, or 2 with Ed25519 first and ML-DSA-44 second), sign, forget the keys.
 * Appends the message, DER.  `now` is the signing time.
 */
SIGNET_API bool signet_cms_sign(const signet_cms_signer *signers, size_t count, signet_slice digest,
    int64_t now, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** A signer whose leaf and key exist already, for signet_cms_encode(). */
typedef struct {
    signet_slice leaf;                 /**< DER */
    const signet_key *key;             /**< the leaf's private key */
    const signet_slice *intermediates; /**< DER, put behind the leaf */
    size_t intermediate_count;
} signet_cms_leaf;

/** As signet_cms_sign(), with leaves given.  The leaf must be valid at `now` and match its key. */
SIGNET_API bool signet_cms_encode(const signet_cms_leaf *leaves, size_t count, signet_slice digest,
    int64_t now, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Form P: without signed attributes, Ed25519 over the content itself. */
SIGNET_API bool signet_cms_encode_plain(const signet_cms_leaf *leaf, signet_slice content,
    int64_t now, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Whether a message claims to be Signet's: somewhere in it an issuer has the organisation Signet.
 */
SIGNET_API bool signet_cms_is_signet(signet_slice message);

/** One signer of a message.  All slices are borrowed from the message. */
typedef struct {
    const signet_algorithm *algorithm;
    signet_cert leaf;        /**< the certificate that the signer identifier names */
    signet_slice attributes; /**< content of the signed attributes; empty: form P */
    signet_slice digest;     /**< of the content, as signed; empty: form P */
    bool has_signing_time;
    int64_t signing_time; /**< when has_signing_time */
    signet_slice signature;
} signet_cms_signer_info;

/** A message taken apart.  Plain data, borrowed from the message. */
typedef struct {
    size_t signer_count;
    signet_cms_signer_info signers[SIGNET_CMS_SIGNERS_MAX];
    size_t cert_count;
    signet_cert certs[SIGNET_CMS_CERTS_MAX];
    bool has_content;     /**< the content is in the message */
    signet_slice content; /**< when has_content */
} signet_cms;

/**
 * Take a message of the Signet profile apart.  Everything about its form is judged here; nothing is
 * known about its being genuine.  Fails with SIGNET_E_DECODE (not DER), SIGNET_E_CERT,
 * SIGNET_E_ALGORITHM (none of `accepted`, or a digest other than SHA-512); the message begins with
 * the name of the field.
 */
SIGNET_API bool signet_cms_read(signet_algorithms accepted, signet_slice message,
    signet_cms *ret_cms, signet_error *err) SIGNET_MUST_CHECK;

/** What was signed.  `bytes` is needed for form P only. */
typedef struct {
    signet_slice digest; /**< SHA-512 of the content, 64 bytes */
    bool has_bytes;
    signet_slice bytes; /**< the content itself, when has_bytes */
} signet_cms_content;

/**
 * Whether the leaf of signer number `index` made this signature over `content`.  Says nothing about
 * whose leaf it is.  SIGNET_E_SIGNATURE; SIGNET_E_USAGE when form P needs bytes that are not there.
 */
SIGNET_API bool signet_cms_check_signature(const signet_cms *cms, size_t index,
    const signet_cms_content *content, signet_error *err) SIGNET_MUST_CHECK;

/** What signet_cms_check_chain() demands of a leaf.  Zero is the rule for Signet's own. */
typedef struct {
    unsigned purpose;                  /**< SIGNET_PURPOSE_...; 0: SIGNET_PURPOSE_CODE_SIGNING */
    const signet_slice *intermediates; /**< more certificates, DER, beside those in the message */
    size_t intermediate_count;
    int64_t skew; /**< seconds of tolerance on validity */
    bool lenient; /**< as the reference: key usage, CA leaf and missing purpose pass */
} signet_cms_chain_rules;

/**
 * Whether `anchor` issued the leaf of signer number `index`, itself or through one bridge, and
 * every certificate on the way is valid at `at`.  The anchor is a key: it has no name and no age.
 * The bridge, if any, is written to `ret_bridge` (may be NULL), else its `der` is empty.
 * SIGNET_E_TRUST: `anchor` did not issue it; SIGNET_E_TIME; SIGNET_E_CERT: it may not do this.
 */
SIGNET_API bool signet_cms_check_chain(const signet_cms *cms, size_t index,
    const signet_key *anchor, int64_t at, const signet_cms_chain_rules *rules,
    signet_cert *ret_bridge, signet_error *err) SIGNET_MUST_CHECK;

/** Append the armour of a message, as PEM with that label: "SIGNED MESSAGE" for git, "CMS" for
 * files. */
SIGNET_API bool signet_cms_armor(
    signet_slice message, const char *label, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Append the DER of a message that is PEM (labels CMS, PKCS7, SIGNED MESSAGE), base64 without
 * armour, or DER already.
 */
SIGNET_API bool signet_cms_dearmor(signet_slice text, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** The fingerprint of a certificate as git's status lines have it: SHA-1 of the DER, 40 hex digits.
 */
SIGNET_API void signet_cert_sha1(signet_slice der, char ret_fingerprint[41]);

SIGNET_END_DECLS

#endif
