/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation: a signed bundle says which epoch and which key ids of an issuer are current, and
 * every token of an older epoch or of another key is refused.  The format: docs/formats/bundle.md.
 *
 *     bundle = signet_bundle_read(text, SIGNET_BUNDLE_STRICT, &err);
 *     signet_bundle_verify(bundle, &issuer, &rules, now, &trusted, &outcome)
 *         && signet_bundle_advance(&trusted, store, &rules, &outcome, &err)
 *         && signet_revocation_check(&trusted, &claims, &rules, now, &outcome, &err)
 *
 * The first two are for a bundle that has just arrived, the last for every token.  Each is false
 * unless all is well, so a caller who looks no further fails closed.
 */
#ifndef SIGNET_REVOCATION_H
#define SIGNET_REVOCATION_H

#include <signet/key.h>
#include <signet/token.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_BUNDLE_MAX = 1 << 20,    /**< bytes of the transport form */
    SIGNET_BUNDLE_KEYS_MAX = 64,    /**< keys in a bundle */
    SIGNET_BUNDLE_KEY_ID_MAX = 128, /**< bytes of a key id */
    SIGNET_BUNDLE_AGE_MAX = 3600,   /**< seconds: the reference's limit, and the default */
    SIGNET_BUNDLE_AHEAD_MAX = 60,   /**< seconds by which an issuer's clock may be ahead */
};

/** A key by its id.  A `value` whose `ptr` is NULL is null in the transport form. */
typedef struct {
    signet_slice id;    /**< text */
    signet_slice value; /**< raw public key */
} signet_bundle_key;

/**
 * What a bundle says.  A text that is absent is a slice of length 0.  A signature whose `ptr` is
 * NULL is null.
 */
typedef struct {
    uint64_t epoch;
    uint64_t seqno;
    const signet_bundle_key
        *keys; /**< NULL: no map at all, which is not the same as an empty one */
    size_t key_count;
    signet_slice key_id;
    signet_slice previous_key_id;
    int64_t issued; /**< seconds since 1970; 0: absent */
    signet_slice signature;
    /* The extension of version 1, which the reference ignores. */
    bool has_extension;
    signet_slice issuer;              /**< text */
    int64_t expires;                  /**< last second it may be used */
    signet_slice extension_signature; /**< by the key that made `signature` */
    signet_slice hybrid_signature;    /**< by a second key of another algorithm, or absent */
} signet_bundle_content;

/** How keys are judged when a bundle is read; the syntax is strict either way. */
typedef enum {
    SIGNET_BUNDLE_STRICT,   /**< ids of 1 to 128 bytes, values of 32 or 1312 bytes */
    SIGNET_BUNDLE_ANY_KEYS, /**< any, also null: what the reference's tests have */
} signet_bundle_form;

/** A bundle that was read.  Never changes. */
typedef struct signet_bundle signet_bundle;

/**
 * Read the transport form: one JSON object of at most SIGNET_BUNDLE_MAX bytes.  Member names are
 * exact and stand once; unknown ones are ignored; nothing but white space follows.
 * SIGNET_E_DECODE.
 */
SIGNET_API signet_bundle *signet_bundle_read(
    signet_slice text, signet_bundle_form form, signet_error *err) SIGNET_MUST_CHECK;

/** What it says, borrowed from `bundle`. */
SIGNET_API const signet_bundle_content *signet_bundle_said(const signet_bundle *bundle);

/** The bytes that its signature is over, borrowed from `bundle`. */
SIGNET_API signet_slice signet_bundle_signed_bytes(const signet_bundle *bundle);

SIGNET_API void signet_bundle_free(signet_bundle *bundle);
SIGNET_DEFINE_AUTO(signet_bundle_free, signet_bundle *);

/** Append the canonical CBOR that is signed: a map of six.  Keys in any order; SIGNET_E_USAGE: one
 * twice, too many, or a text that is not UTF-8. */
SIGNET_API bool signet_bundle_write_canonical(
    const signet_bundle_content *content, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append the transport form, byte for byte as the reference writes it, without a line feed. */
SIGNET_API bool signet_bundle_write(
    const signet_bundle_content *content, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Append the transport form of `content`, signed by `key`, and by `hybrid` unless it is NULL.  The
 * signatures in `content` are ignored.  With an extension it is signed, too; a `hybrid` needs one.
 * SIGNET_E_USAGE: a number of 2^32 or more, which the sibling of the reference cannot verify.
 */
SIGNET_API bool signet_bundle_sign(const signet_bundle_content *content, const signet_key *key,
    const signet_key *hybrid, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Why a token passes or not.  0 is no answer, and no token passes by it. */
typedef enum {
    SIGNET_REVOCATION_NO_BUNDLE = 0, /**< unknown: none could be had or read */
    SIGNET_REVOCATION_GOOD,          /**< not revoked */
    SIGNET_REVOCATION_OLD_EPOCH,     /**< revoked */
    SIGNET_REVOCATION_UNKNOWN_KEY,   /**< revoked */
    SIGNET_REVOCATION_NO_KEY_ID,     /**< revoked: the token names no key */
    SIGNET_REVOCATION_NO_ANCHOR,     /**< unknown, as are all that follow */
    SIGNET_REVOCATION_NO_SIGNATURE,
    SIGNET_REVOCATION_BAD_SIGNATURE,
    SIGNET_REVOCATION_NO_EXTENSION, /**< the anchor demands one */
    SIGNET_REVOCATION_OTHER_ISSUER,
    SIGNET_REVOCATION_NO_TIME, /**< it does not say when it was issued */
    SIGNET_REVOCATION_STALE,
    SIGNET_REVOCATION_FUTURE,
    SIGNET_REVOCATION_EXPIRED,
    SIGNET_REVOCATION_CLOCK, /**< the clock went back */
    SIGNET_REVOCATION_STORE_READ,
    SIGNET_REVOCATION_STORE_CORRUPT,
    SIGNET_REVOCATION_STORE_WRITE,
    SIGNET_REVOCATION_ROLLBACK,
    SIGNET_REVOCATION_RETIRED_ANCHOR, /**< a bundle of a newer anchor was seen */
    SIGNET_REVOCATION_EQUIVOCATION,   /**< another bundle had this number */
    SIGNET_REVOCATION_OUTCOMES,
} signet_revocation_outcome;

/** Not an outcome's order but its consequence. */
typedef enum {
    SIGNET_REVOCATION_SAYS_UNKNOWN = 0, /**< the token must be refused */
    SIGNET_REVOCATION_SAYS_REVOKED,
    SIGNET_REVOCATION_SAYS_NOT_REVOKED,
} signet_revocation_verdict;

SIGNET_API signet_revocation_verdict signet_revocation_verdict_of(
    signet_revocation_outcome outcome);

/** Like "old_epoch", for logs and metrics; never NULL. */
SIGNET_API const char *signet_revocation_outcome_name(signet_revocation_outcome outcome);

/** How strictly is judged.  Zero means the default. */
typedef struct {
    int64_t age_max;      /**< seconds a bundle may be old; default SIGNET_BUNDLE_AGE_MAX */
    bool may_lack_key_id; /**< a token without key id passes the rule on keys */
    bool as_reference; /**< for comparisons only: the weaknesses R1, R2, R4, R8 and R24 are back */
} signet_revocation_rules;

/** A key under which an issuer's bundles are verified.  Keys are borrowed. */
typedef struct {
    const signet_key *key;
    const signet_key *hybrid; /**< NULL, or a second key whose signature is needed, too */
    /**
     * Grows with each new anchor.  A bundle of a higher generation starts a new count, and then
     * those of lower ones are refused: the way back after a stolen key spent all numbers.
     */
    uint32_t generation;
    int64_t not_before;   /**< first second it counts; 0: always did */
    int64_t expires;      /**< last second it counts; 0: for ever */
    bool needs_extension; /**< bundles must name their issuer and expire */
} signet_bundle_anchor;

/** An issuer and its anchors; borrowed. */
typedef struct {
    signet_slice name;
    const signet_bundle_anchor *anchors;
    size_t anchor_count;
} signet_bundle_issuer;

/** What is remembered about an issuer.  Plain data. */
typedef struct {
    uint64_t seqno;      /**< highest that was accepted; 0: none */
    bool has_digest;     /**< false: the record is one of the reference, which knows numbers only */
    uint8_t digest[32];  /**< SHA-256 of the canonical bytes */
    uint32_t generation; /**< of the anchor */
    int64_t accepted;    /**< second in which a bundle was last accepted; 0: unknown */
} signet_bundle_state;

/** A bundle that `issuer` signed.  Plain data; all is borrowed. */
typedef struct {
    const signet_bundle *bundle;
    signet_slice issuer;
    signet_bundle_state state; /**< as it is to be remembered */
} signet_trusted_bundle;

/**
 * Whether the bundle is genuine and fresh (specification 1.10, steps 2 and 3).  `ret_trusted` is
 * written on success only, `ret_outcome` always.
 */
SIGNET_API bool signet_bundle_verify(const signet_bundle *bundle,
    const signet_bundle_issuer *issuer, const signet_revocation_rules *rules, int64_t now,
    signet_trusted_bundle *ret_trusted, signet_revocation_outcome *ret_outcome) SIGNET_MUST_CHECK;

/**
 * Whether what was seen may follow what is stored: GOOD, ROLLBACK, RETIRED_ANCHOR, EQUIVOCATION or
 * CLOCK.  For stores, which ask this under their lock.
 */
SIGNET_API signet_revocation_outcome signet_bundle_compare(const signet_bundle_state *stored,
    const signet_bundle_state *seen, const signet_revocation_rules *rules) SIGNET_MUST_CHECK;

/** Where numbers are remembered.  Any thread may use one. */
typedef struct {
    void *context;
    /**
     * In one step: read what is stored for `issuer` (all zero when there is nothing), ask
     * signet_bundle_compare(), and store `seen` if that is newer.  The answer is the comparison's,
     * or STORE_READ, STORE_CORRUPT or STORE_WRITE.
     */
    signet_revocation_outcome (*advance)(void *context, signet_slice issuer,
        const signet_bundle_state *seen, const signet_revocation_rules *rules, signet_error *err);
    void (*free)(void *context);
} signet_sequence_store;

/** Whether `seen`, which may follow `stored`, is to be stored. */
SIGNET_API bool signet_bundle_is_newer(const signet_bundle_state *stored,
    const signet_bundle_state *seen, const signet_revocation_rules *rules);

/** Steps 4 to 6.  `err` has the store's own words, if it had any. */
SIGNET_API bool signet_bundle_advance(const signet_trusted_bundle *trusted,
    const signet_sequence_store *store, const signet_revocation_rules *rules,
    signet_revocation_outcome *ret_outcome, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether a token of that issuer is not revoked (steps 3 and 7 to 10).  Allocates nothing and
 * verifies no signature.  SIGNET_E_REVOKED, or another code when it cannot be told.
 */
SIGNET_API bool signet_revocation_check(const signet_trusted_bundle *trusted,
    const signet_claims *claims, const signet_revocation_rules *rules, int64_t now,
    signet_revocation_outcome *ret_outcome, signet_error *err) SIGNET_MUST_CHECK;

/** Fill in `err` with an outcome's code and what to do about it. */
SIGNET_API void signet_revocation_explain(signet_revocation_outcome outcome, signet_error *err);

SIGNET_END_DECLS

#endif
