/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ephemeral proofs: a master key vouches for a key that lives minutes, and that key signs requests.
 * Format: docs/formats/proof.md.
 */
#ifndef SIGNET_PROOF_H
#define SIGNET_PROOF_H

#include <signet/token.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_PROOF_PURPOSE_MAX = 256,  /**< bytes of a purpose */
    SIGNET_PROOF_VALIDITY_MAX = 600, /**< seconds that a binding lasts at most (W-33) */
    SIGNET_PROOF_SKEW = 60,          /**< seconds that a maker's clock may be ahead of ours */
};

/**
 * Append the bytes that a master key signs (tokens.md 6.2).  They name neither algorithm nor key
 * size (W-31).  So that no bytes are a binding of two keys, a purpose has at most
 * SIGNET_PROOF_PURPOSE_MAX bytes, and a key of another algorithm whose bytes also read as a binding
 * of an Ed25519 key is refused.  SIGNET_E_EPR; SIGNET_E_ALGORITHM for a key that is neither Ed25519
 * nor ML-DSA-44 (W-40).
 */
SIGNET_API bool signet_binding_write(const signet_key *ephemeral, int64_t expires,
    signet_slice purpose, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** What signet_proof_new() needs. */
typedef struct {
    const signet_key *master; /**< private, Ed25519 or ML-DSA-44 */
    const char *purpose;      /**< UTF-8, not empty */
    int64_t now;              /**< seconds since 1970 */
    int64_t validity_ms;      /**< milliseconds, 1,000 to 600,000 */
} signet_proof_request;

/** A proof as its maker has it.  Freed with signet_proof_free(). */
typedef struct {
    signet_key *ephemeral; /**< private, Ed25519 */
    int64_t expires;       /**< the second that was signed (W-32) */
    signet_buf binding;    /**< signature of the master key */
} signet_proof;

/** Make an Ed25519 key and let the master key vouch for it. */
SIGNET_API bool signet_proof_new(const signet_proof_request *request, signet_proof *ret_proof,
    signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API void signet_proof_free(signet_proof *proof);

__attribute__((unused)) static inline void
signet_proof_free_auto(signet_proof *proof)
{
    signet_proof_free(proof);
}

/** A binding as its verifier sees it. */
typedef struct {
    const signet_key *ephemeral; /**< public */
    const signet_key *master;    /**< public */
    int64_t expires;             /**< the second that was signed */
    signet_slice purpose;
    signet_slice signature; /**< of the master key */
} signet_binding;

/**
 * Whether the master key vouches for the ephemeral key at the second `now`, `expires` included. The
 * ephemeral key must be of one of `accepted`.  SIGNET_E_TIME (before any cryptography),
 * SIGNET_E_ALGORITHM, SIGNET_E_EPR (a rule), SIGNET_E_SIGNATURE.
 */
SIGNET_API bool signet_binding_check(signet_algorithms accepted, const signet_binding *binding,
    int64_t now, signet_error *err) SIGNET_MUST_CHECK;

/** Whether the ephemeral key signed `message`.  SIGNET_E_SIGNATURE. */
SIGNET_API bool signet_request_check(const signet_key *ephemeral, signet_slice message,
    signet_slice signature, signet_error *err) SIGNET_MUST_CHECK;

/** Both, in this order; the message begins with "binding" or "request". */
SIGNET_API bool signet_proof_check(signet_algorithms accepted, const signet_binding *binding,
    signet_slice message, signet_slice signature, int64_t now, signet_error *err) SIGNET_MUST_CHECK;

/** What holder mode attests, and nothing else of the token. */
typedef struct {
    uint8_t confirmation[32];
    uint8_t ephemeral_id[32];
    uint8_t token_id[16];
    int64_t not_before, expires;
} signet_holder_claims;

/** The two keys of holder mode and what binds them. */
typedef struct {
    const signet_key *ephemeral; /**< public; signed the token */
    const signet_key *master;    /**< public; signed the binding */
    signet_slice binding;        /**< the binding signature */
    const char *purpose;         /**< that was bound */
} signet_holder;

/**
 * Holder mode (tokens.md 5.7): the ephemeral key signed the token, and the master key vouches for
 * that key until the token's expiry and for that purpose.  Capabilities, actor, delegator, subject,
 * issuer and audience are the holder's own words and are not given out.
 */
SIGNET_API bool signet_sig1_verify_by_holder(signet_algorithms accepted, signet_slice text,
    const signet_holder *holder, int64_t now, int64_t skew, signet_holder_claims *ret_claims,
    signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
