/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of HTTP proof of possession: a credential of minutes, and the value of the field
 * `Signet-Proof` for one request.  The signer does no I/O.  Format: docs/formats/http.md.
 *
 *     credential = signet_credential_new(&request, &err);     once in minutes
 *     signet_credential_sign(credential, &order, now, &value, &err);     for every request
 *
 * Each call makes another value.  A value is good once: sign again for a retry, and for a redirect
 * to the same origin; never send one to another origin.
 */
#ifndef SIGNET_SIGNER_H
#define SIGNET_SIGNER_H

#include <signet/http.h>
#include <signet/proof.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_CREDENTIAL_VALIDITY = 300,     /**< seconds, default */
    SIGNET_CREDENTIAL_VALIDITY_MAX = 600, /**< seconds */
    SIGNET_CREDENTIAL_BACKDATE = 30,  /**< seconds that a verifier's clock may be behind, where the
                                         validity leaves room for them */
    SIGNET_SIGNER_URL_MAX = 16 << 10, /**< bytes of a URL */
};

/** An ephemeral private key, its token, and a master key's word for it.  Never changes. */
typedef struct signet_credential signet_credential;

/** What signet_credential_new() needs. */
typedef struct {
    const signet_key *master; /**< private, Ed25519 or ML-DSA-44 */
    const char *issuer;       /**< as whose the verifier knows the master key */
    const char *audience;     /**< for which verifier; NULL: for any */
    const char *purpose;      /**< UTF-8, not empty */
    int64_t now;              /**< seconds since 1970 */
    int64_t validity;         /**< seconds; 0: SIGNET_CREDENTIAL_VALIDITY */
} signet_credential_request;

/**
 * Offline: make an ephemeral Ed25519 key and its token, and let the master key vouch for both until
 * one and the same second.  SIGNET_E_USAGE, SIGNET_E_KEY, and those of signet_proof_new().
 */
SIGNET_API signet_credential *signet_credential_new(
    const signet_credential_request *request, signet_error *err) SIGNET_MUST_CHECK;

/** A credential that an issuer made. */
typedef struct {
    const signet_key *ephemeral; /**< private, with a seed */
    signet_slice token;          /**< SIG1 text */
    signet_slice binding;        /**< signature of the master key */
    const char *purpose;         /**< that was bound */
    const signet_key *master;    /**< public; NULL: whose the binding is stays unchecked */
    int64_t now;                 /**< seconds since 1970; read only with `master` */
} signet_credential_parts;

/**
 * Put one together; all is copied.  SIGNET_E_TOKEN when the token is not that of the key,
 * SIGNET_E_KEY for a key without seed, SIGNET_E_EPR for a purpose or binding of another size, and
 * those of signet_sig1_inspect() and signet_binding_check().
 */
SIGNET_API signet_credential *signet_credential_from_parts(
    const signet_credential_parts *parts, signet_error *err) SIGNET_MUST_CHECK;

/** What a credential says; borrowed from it. */
typedef struct {
    signet_slice token_id;  /**< 16 bytes */
    signet_slice token;     /**< SIG1 text */
    signet_slice ephemeral; /**< raw public key */
    signet_slice binding;   /**< signature of the master key */
    signet_slice purpose;   /**< text */
    int64_t not_before;     /**< first second it is good */
    int64_t expires;        /**< last one */
    const signet_key *key;  /**< the ephemeral one, private: for who keeps the credential */
} signet_credential_facts;

SIGNET_API signet_credential_facts signet_credential_describe(const signet_credential *credential);

/** Wipe and free.  NULL is fine. */
SIGNET_API void signet_credential_free(signet_credential *credential);
SIGNET_DEFINE_AUTO(signet_credential_free, signet_credential *);

/** What a proof says of the content of a request. */
typedef enum {
    SIGNET_BODY_NONE = 0, /**< there is none */
    SIGNET_BODY_BYTES,    /**< `body` is all of it */
    SIGNET_BODY_SHA256,   /**< `body` is its SHA-256, 32 bytes */
    SIGNET_BODY_UNSIGNED, /**< nothing: only for a verifier that takes unsigned content */
} signet_body_kind;

/** One request to sign.  All is borrowed. */
typedef struct {
    const char *url; /**< absolute, http or https; NULL: the parts are in `request` */
    /** Method; without `url` also scheme, authority and target.  Its fields are not read. */
    signet_http_request request;
    signet_body_kind body_kind;
    signet_slice body;
    bool is_compact; /**< the verifier has a record of the token: do not present it */
    /**
     * The verifier goes by the strong signature: make no other, in half the time.  One that does
     * not know it refuses such a proof.
     */
    bool is_strong_only;
} signet_sign_order;

/**
 * Append the value of the field `Signet-Proof` (x=2) for one request at the second `now`.
 * SIGNET_E_TIME outside of the life of the credential; SIGNET_E_USAGE for a request that makes no
 * sense, SIGNET_E_DECODE for a method, URL, authority or target that a verifier would refuse.
 */
SIGNET_API bool signet_credential_sign(const signet_credential *credential,
    const signet_sign_order *order, int64_t now, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Values of the fields of a signed message (RFC 9421, RFC 9530); freed as below. */
typedef struct {
    signet_buf digest; /**< Content-Digest; empty: no such field */
    signet_buf input;  /**< Signature-Input */
    signet_buf signature;
} signet_message_fields;

/**
 * Sign one request as the profile signet-pop has it (docs/formats/message-signature.md), for half a
 * minute.  For a verifier that has a record of the token, which is named by its id.  Of the fields
 * of `request` those are covered that the profile names, like content-type and authorization; the
 * content too, and never left unsigned.  Errors as above, and SIGNET_E_EPR.
 */
SIGNET_API bool signet_credential_sign_message(const signet_credential *credential,
    const signet_sign_order *order, int64_t now, signet_message_fields *ret_fields,
    signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API void signet_message_fields_free(signet_message_fields *fields);

__attribute__((unused)) static inline void
signet_message_fields_free_auto(signet_message_fields *fields)
{
    signet_message_fields_free(fields);
}

SIGNET_END_DECLS

#endif
