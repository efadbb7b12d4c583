/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an HTTP request proves possession of the key of a token.  The verifier does no I/O: it
 * takes the facts of a request, names what the caller must still find out, and ends with a verdict.
 * Formats: docs/formats/http.md; the order of the checks: ARCHITECTURE.md.
 *
 *     verification = signet_verification_new(verifier, &policy, &facts, now, &err);
 *     for (;;)
 *         switch (signet_verification_state(verification)) {
 *         case SIGNET_VERIFICATION_NEEDS_RECORD: ... signet_verification_give_record(...); break;
 *         case SIGNET_VERIFICATION_NEEDS_FRESH:  ... signet_verification_give_fresh(...); break;
 *         case SIGNET_VERIFICATION_NEEDS_BODY:   ... signet_verification_give_body(...); break;
 *         case SIGNET_VERIFICATION_ACCEPTED: case SIGNET_VERIFICATION_REFUSED: return;
 *         }
 */
#ifndef SIGNET_VERIFIER_H
#define SIGNET_VERIFIER_H

#include <signet/dialect.h>
#include <signet/proof.h>
#include <signet/replay.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_VERIFIER_SKEW = 30,           /**< seconds, default of a policy */
    SIGNET_VERIFIER_SKEW_MAX = 60,       /**< seconds */
    SIGNET_VERIFIER_NO_SKEW = -1,        /**< as a skew: to the second */
    SIGNET_VERIFIER_REPLAY_WINDOW = 121, /**< seconds, for the replay store: 2 x skew max + 1 */
    SIGNET_VERIFIER_BODY_MAX = 1 << 20,  /**< bytes, default of a policy */
    SIGNET_VERIFIER_KEYS_MAX = 64,
    SIGNET_VERIFIER_ORIGINS_MAX = 64,
    SIGNET_VERIFIER_CACHE = 1024, /**< entries, default */
    SIGNET_VERIFIER_CACHE_MAX = 1 << 20,
    SIGNET_RECORD_MAX = 16 << 10, /**< bytes of the value of a token record */
};

/** A master key, and whose tokens it vouches for. */
typedef struct {
    const char *issuer;    /**< NULL: whatever issuer a token names (a risk: H-21) */
    const signet_key *key; /**< public; must outlive the verifier */
    int64_t not_before;    /**< first second it counts; 0: always did */
    int64_t not_after;     /**< last second it counts; 0: no end */
} signet_verifier_key;

/** What signet_verifier_new() needs.  Texts and slices are copied. */
typedef struct {
    const signet_verifier_key *keys; /**< two of one issuer while it changes keys */
    size_t key_count;
    const char *const
        *origins; /**< NULL-terminated: "https://api.example.com", as clients see us */
    signet_algorithms accepted; /**< of master and ephemeral keys; NULL: Ed25519 */
    signet_slice record_key;    /**< authenticates records, 32 bytes or more */
    bool has_reference_records; /**< records have the form of the Go reference instead (H-20) */
    const signet_verifier_issuer *issuers; /**< of access tokens; without `keys` at least one */
    size_t issuer_count;
    signet_algorithms
        token_algorithms;        /**< of access tokens, DPoP proofs, agents; NULL: as above */
    signet_slice dpop_nonce_key; /**< DPoP proofs must bear a nonce made with it; empty: need not */
    signet_slice agents; /**< JWK Set of Web Bot Auth: who an agent is, which never is a proof */
} signet_verifier_options;

/** Never changes; any number of threads. */
typedef struct signet_verifier signet_verifier;

/** SIGNET_E_USAGE for what makes no sense, SIGNET_E_NOMEM. */
SIGNET_API signet_verifier *signet_verifier_new(
    const signet_verifier_options *options, signet_error *err) SIGNET_MUST_CHECK;
SIGNET_API void signet_verifier_free(signet_verifier *verifier);
SIGNET_DEFINE_AUTO(signet_verifier_free, signet_verifier *);

/**
 * Records and presentations that were read and whose binding was verified, so that the next request
 * costs one signature.  For one thread and one verifier; must outlive the verifications with it.
 */
typedef struct signet_verifier_cache signet_verifier_cache;

/** `entries`: 0 is SIGNET_VERIFIER_CACHE. */
SIGNET_API signet_verifier_cache *signet_verifier_cache_new(size_t entries, signet_error *err)
    SIGNET_MUST_CHECK;
SIGNET_API void signet_verifier_cache_free(signet_verifier_cache *cache);
SIGNET_DEFINE_AUTO(signet_verifier_cache_free, signet_verifier_cache *);

/** Whether a proof must bind authority, raw target and body (x=2).  The zero is the safe one. */
typedef enum {
    SIGNET_BINDING_REQUIRED = 0,
    SIGNET_BINDING_IF_PRESENT,
    SIGNET_BINDING_OFF,
} signet_binding_policy;

/** What a route demands.  Zero is the strict default everywhere. */
typedef struct {
    signet_binding_policy binding;
    const char *const *purposes; /**< NULL-terminated; NULL: any */
    const char *audience;        /**< a token that names another one is refused; NULL: any, and of
                             access tokens `aud` has the origin */
    int64_t skew;     /**< seconds, to SIGNET_VERIFIER_SKEW_MAX, or _NO_SKEW; 0: the default */
    int64_t body_max; /**< bytes; 0: the default */
    bool allow_full;  /**< a token that is presented whole (m=full) */
    bool allow_unsigned_body;    /**< content without `bd` or `htd` */
    bool allow_missing_nonce;    /**< H-06; never with x=2 */
    bool allow_ambiguous_target; /**< H-04 */
    unsigned dialects;           /**< SIGNET_DIALECT_...; 0: Signet-Proof alone */
    bool allow_unsigned_query;   /**< DPoP with a query and without `htq`, which is ours */
    bool allow_hybrid;           /**< message signatures of ML-DSA-44 (C2SP httpsig-pq) */
} signet_verifier_policy;

/** A request and what the caller knows of its connection.  All is borrowed. */
typedef struct {
    signet_http_request request;
    int64_t content_length;   /**< bytes; 0: no content; -1: some, not known how much */
    signet_slice certificate; /**< SHA-256 of the client's certificate, when there is one */
} signet_http_facts;

/** One request under judgement.  For one thread. */
typedef struct signet_verification signet_verification;

typedef enum {
    SIGNET_VERIFICATION_REFUSED = 0,
    SIGNET_VERIFICATION_NEEDS_RECORD, /**< the record of signet_verification_token_id() */
    SIGNET_VERIFICATION_NEEDS_FRESH,  /**< is signet_verification_entry() new?  Once a proof */
    SIGNET_VERIFICATION_NEEDS_BODY,   /**< signet_verification_body_wants() of all content */
    SIGNET_VERIFICATION_ACCEPTED,
} signet_verification_state_kind;

/** Begin.  NULL only for SIGNET_E_NOMEM and SIGNET_E_USAGE; a bad request is REFUSED. */
SIGNET_API signet_verification *signet_verification_new(const signet_verifier *verifier,
    signet_verifier_cache *cache, const signet_verifier_policy *policy,
    const signet_http_facts *facts, int64_t now, signet_error *err) SIGNET_MUST_CHECK;
SIGNET_API void signet_verification_free(signet_verification *verification);
SIGNET_DEFINE_AUTO(signet_verification_free, signet_verification *);

SIGNET_API signet_verification_state_kind signet_verification_state(
    const signet_verification *verification);

/** NEEDS_RECORD: the 16 bytes under whose hex a store has the record. */
SIGNET_API signet_slice signet_verification_token_id(const signet_verification *verification);

/** How looking for something ended. */
typedef enum {
    SIGNET_LOOKUP_FAILED = 0, /**< could not tell: the request is refused, 503 */
    SIGNET_LOOKUP_NONE,
    SIGNET_LOOKUP_FOUND,
} signet_lookup;

/** NEEDS_RECORD: its value as stored; read only when FOUND, and copied. */
SIGNET_API void signet_verification_give_record(
    signet_verification *verification, signet_lookup lookup, signet_slice value);

/** NEEDS_FRESH: what must not have been seen. */
SIGNET_API signet_replay_entry signet_verification_entry(const signet_verification *verification);

/** NEEDS_FRESH: the answer of a replay store; what is neither FRESH nor SEEN is refused with 503.
 */
SIGNET_API void signet_verification_give_fresh(
    signet_verification *verification, signet_replay_answer answer);

/** NEEDS_BODY: the digests that are wanted, SIGNET_DIGEST_...; else 0. */
SIGNET_API unsigned signet_verification_body_wants(const signet_verification *verification);

/** NEEDS_BODY: of all content.  A digest that is wanted and missing is no match. */
SIGNET_API void signet_verification_give_digests(
    signet_verification *verification, const signet_body_digests *digests);

/** NEEDS_BODY where SHA-256 alone is wanted: of all content, and its length in bytes. */
SIGNET_API void signet_verification_give_body(
    signet_verification *verification, const uint8_t sha256[32], uint64_t length);

/**
 * For whom an accepted request speaks.  Borrowed from the verification.  Without a Signet token, so
 * with an access token alone, token_id, purpose, confirmation and key_hash are empty.
 */
typedef struct {
    unsigned dialects;            /**< those that were verified */
    signet_slice token_id;        /**< 16 bytes */
    signet_slice issuer;          /**< text */
    signet_slice subject, scopes; /**< text, of an access token; else empty */
    signet_slice thumbprint;      /**< text, RFC 7638, of the key; empty: it has none */
    signet_slice agent;    /**< text: thumbprint of the key of an agent that signed; else empty */
    signet_slice audience; /**< text, may be empty; attested only with `is_attested` */
    signet_slice purpose;  /**< text, signed by the master key */
    signet_slice confirmation;    /**< 32 bytes: SHA-256 of the master public key */
    signet_slice key_hash;        /**< 32 bytes: SHA-256 of the ephemeral public key */
    int64_t expires;              /**< last second of token and binding */
    bool is_attested;             /**< the issuer signed the token: capabilities may be believed */
    const uint64_t *capabilities; /**< only with `is_attested` */
    size_t capability_count;
    bool covers_authority, covers_query, covers_body; /**< what is bound beside method and path */
} signet_http_identity;

/** ACCEPTED only; else all zero. */
SIGNET_API signet_http_identity signet_verification_identity(
    const signet_verification *verification);

/** What is said of a refusal.  All are constants; nothing of them comes from the client. */
typedef struct {
    int status;
    int retry_after;       /**< seconds; 0: no such field */
    const char *code;      /**< for programs, in a JSON body */
    const char *text;      /**< a text body */
    const char *message;   /**< for people, in a JSON body */
    const char *label;     /**< the `result` of metrics */
    const char *stage;     /**< where it happened */
    const char *challenge; /**< the `error` of the Signet challenge; NULL: there is none in it */
    const char *authorization; /**< the same of the DPoP or Bearer challenge */
} signet_refusal;

/** Why a request is REFUSED, for its client; else NULL. */
SIGNET_API const signet_refusal *signet_verification_refusal(
    const signet_verification *verification);

/** The whole reason, for the operator's log; never for the client. */
SIGNET_API const signet_error *signet_verification_reason(const signet_verification *verification);

/** What a signature was held against, as far as it came.  Borrowed from the verification. */
typedef struct {
    const char *dialect;    /**< "signet-proof", "message-signature" or "dpop"; NULL: none came */
    signet_slice text;      /**< what the client must have signed, as it is built here; any bytes */
    signet_slice authority; /**< the configured one that the request's is; empty: none */
} signet_explanation;

/** For people who ask why: of the signature that failed, or else of the last that was verified. */
SIGNET_API signet_explanation signet_verification_explanation(
    const signet_verification *verification);

SIGNET_END_DECLS

#endif
