/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates that Signet writes, and those it reads.
 *
 * The owner of a master key is a certificate authority of their own.  A leaf lives five minutes
 * and signs one thing; a bridge stands between master and leaf and carries an e-mail address.
 * Formats: docs/formats/certificate.md.
 */
#ifndef SIGNET_CERT_H
#define SIGNET_CERT_H

#include <signet/key.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_CERT_MAX = 65535,        /**< bytes of DER that signet_cert_read() takes */
    SIGNET_DID_MAX = 1024,          /**< bytes of an identifier */
    SIGNET_SPIFFE_MAX = 2048,       /**< bytes of a SPIFFE ID */
    SIGNET_SPIFFE_DOMAIN_MAX = 255, /**< bytes of its trust domain */
    SIGNET_CAPABILITIES_MAX = 64,   /**< capabilities in a certificate */
    SIGNET_CAPABILITY_MAX = 1024,   /**< bytes of one capability */
    SIGNET_LEAF_VALIDITY = 300,     /**< seconds that a leaf lives */
};

/** The identifier of a signer who has not chosen one. */
#define SIGNET_DEFAULT_DID "did:key:signet"

/** What a key usage extension allows, RFC 5280 section 4.2.1.3; bit n of the BIT STRING is 1 << n.
 */
enum {
    SIGNET_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    SIGNET_USAGE_CERT_SIGN = 1 << 5,
};

/** What an extended key usage extension allows. */
enum {
    SIGNET_PURPOSE_ANY = 1 << 0,
    SIGNET_PURPOSE_CODE_SIGNING = 1 << 1,
    SIGNET_PURPOSE_CLIENT_AUTH = 1 << 2,
    SIGNET_PURPOSE_SERVER_AUTH = 1 << 3,
    SIGNET_PURPOSE_OTHER = 1 << 4,
};

/** What a certificate says.  All slices are borrowed from its DER.  Absent: length 0. */
typedef struct {
    signet_slice der;
    signet_slice tbs;         /**< the bytes under the signature */
    signet_slice serial;      /**< content of the INTEGER */
    signet_slice issuer;      /**< Name, DER */
    signet_slice subject;     /**< Name, DER */
    signet_slice spki;        /**< SubjectPublicKeyInfo, DER */
    signet_slice key_oid;     /**< algorithm of the subject's key, OID content */
    signet_slice key;         /**< the subject's key: content of the BIT STRING */
    signet_slice sign_oid;    /**< algorithm of the signature, OID content */
    signet_slice signature;   /**< content of the BIT STRING */
    int64_t not_before;       /**< first second it is valid */
    int64_t not_after;        /**< last second it is valid */
    signet_slice common_name; /**< of the subject, UTF-8 */
    signet_slice issuer_common_name;
    signet_slice email; /**< first rfc822Name of the subject alternative name */
    signet_slice uri;   /**< first URI of the subject alternative name */
    signet_slice ski;   /**< subject key identifier */
    signet_slice aki;   /**< key identifier of the issuer's key */
    signet_slice
        capabilities; /**< value of the capability extension, DER; see signet_capabilities_read() */
    signet_slice issued_text;  /**< 1.3.6.1.4.1.99999.1.2, RFC 3339 */
    signet_slice subject_text; /**< 1.3.6.1.4.1.99999.1.1, see signet_cert_text() */
    signet_slice agent_text;   /**< 1.3.6.1.4.1.99999.1.5 */
    signet_slice scope_text;   /**< 1.3.6.1.4.1.99999.1.6 */
    bool sign_has_parameters, key_has_parameters; /**< in their AlgorithmIdentifiers */
    bool has_usage, has_purposes, has_basic_constraints, is_ca, has_path_length;
    bool has_capabilities;
    bool has_unknown_critical; /**< a critical extension that this reader does not know */
    unsigned usage;            /**< SIGNET_USAGE_..., when has_usage */
    unsigned purposes;         /**< SIGNET_PURPOSE_..., when has_purposes */
    uint32_t path_length;      /**< when has_path_length */
} signet_cert;

/**
 * Read one X.509 v3 certificate: strict DER, nothing after it, at most SIGNET_CERT_MAX bytes.  The
 * form is judged here, the signature and the time are not.  Fails with SIGNET_E_DECODE or
 * SIGNET_E_CERT (an extension twice, a name that is not text).
 */
SIGNET_API bool signet_cert_read(signet_slice der, signet_cert *ret_cert, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Append the DER of the first certificate of a text: PEM `CERTIFICATE`, or DER already.
 * SIGNET_E_DECODE; SIGNET_E_NOT_FOUND when it is neither.
 */
SIGNET_API bool signet_cert_from_pem(signet_slice text, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append a certificate as PEM. */
SIGNET_API bool signet_cert_write_pem(signet_slice der, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** The subject's public key.  SIGNET_E_ALGORITHM when it is none of `accepted`. */
SIGNET_API signet_key *signet_cert_key(
    signet_algorithms accepted, const signet_cert *cert, signet_error *err) SIGNET_MUST_CHECK;

/** Whether `issuer` signed `cert`: its algorithm, and its signature over `tbs`. */
SIGNET_API bool signet_cert_check_signature(
    const signet_cert *cert, const signet_key *issuer, signet_error *err) SIGNET_MUST_CHECK;

/** Whether `cert` is valid at the second `at`, both ends included.  SIGNET_E_TIME. */
SIGNET_API bool signet_cert_check_time(
    const signet_cert *cert, int64_t at, int64_t skew, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Text of an identity extension: a UTF8String that fills `value`, else the raw bytes; empty when
 * `value` is empty or longer than 4096 bytes.  Borrowed, not checked for UTF-8.
 */
SIGNET_API signet_slice signet_cert_text(signet_slice value);

/** As signet_cert_text(), of any string type that the field has seen, without a limit
 * (tokens.md 7.6). */
SIGNET_API signet_slice signet_cert_text_any(signet_slice value);

/** What a certificate is for. */
typedef enum {
    SIGNET_CERT_CA,                /**< the master key's own */
    SIGNET_CERT_LEAF,              /**< signs one thing, under the master key or a bridge */
    SIGNET_CERT_EPHEMERAL,         /**< a leaf without authority key identifier */
    SIGNET_CERT_BRIDGE,            /**< e-mail bridge: issues leaves, carries an address */
    SIGNET_CERT_CAPABILITY_BRIDGE, /**< issues leaves, carries capabilities */
} signet_cert_kind;

/** What signet_cert_issue() writes.  Zero means default or absent. */
typedef struct {
    signet_cert_kind kind;
    const signet_key *issuer;  /**< signs; the master key, or the bridge's for a leaf below one */
    const char *did;           /**< of the master key; NULL: SIGNET_DEFAULT_DID */
    const signet_cert *parent; /**< the bridge, for a leaf below one */
    signet_slice subject_spki; /**< of the certified key; absent for SIGNET_CERT_CA */
    int64_t now;               /**< seconds since 1970 */
    int64_t validity;          /**< seconds; 0: SIGNET_LEAF_VALIDITY, or ten years for a CA */
    signet_slice serial;       /**< unsigned, at most 16 bytes; empty: random */
    const char *email;         /**< of an e-mail bridge */
    const char *spiffe_id;     /**< one more URI in the subject alternative name of a leaf or CA */
    const signet_slice *capabilities; /**< of a capability bridge, texts */
    size_t capability_count;
} signet_cert_template;

/** Append a certificate, DER.  SIGNET_E_USAGE names the member that makes no sense. */
SIGNET_API bool signet_cert_issue(
    const signet_cert_template *wanted, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Whether `did` can stand in a certificate: 1 to SIGNET_DID_MAX bytes, printable ASCII, a URL. */
SIGNET_API bool signet_did_check(const char *did, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether `id` is a SPIFFE ID: spiffe://, a trust domain of lower-case letters, digits and "._-",
 * and a path whose segments are letters, digits and "._-".
 */
SIGNET_API bool signet_spiffe_check(const char *id, signet_error *err) SIGNET_MUST_CHECK;

/** Append the DER of a capability list: SEQUENCE OF UTF8String. */
SIGNET_API bool signet_capabilities_write(const signet_slice *capabilities, size_t count,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Read a capability list into `ret_capabilities` (SIGNET_CAPABILITIES_MAX slices, borrowed). */
SIGNET_API bool signet_capabilities_read(signet_slice der, signet_slice *ret_capabilities,
    size_t *ret_count, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
