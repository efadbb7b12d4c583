/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may have certificates: trust policy bundles, their compiler, the checker and the evaluator.
 * Format and rules: docs/formats/policy.md.
 *
 * What nothing allows is denied, and every decision names the rule that made it.
 */
#ifndef SIGNET_POLICY_H
#define SIGNET_POLICY_H

#include <signet/identity.h>
#include <signet/key.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_POLICY_MAX = 8 << 20,          /**< bytes of one bundle */
    SIGNET_POLICY_ENTRIES_MAX = 131072,   /**< subjects, and groups */
    SIGNET_POLICY_NAME_MAX = 1024,        /**< bytes of the name of a subject or group */
    SIGNET_POLICY_MEMBERSHIPS_MAX = 64,   /**< groups of one subject */
    SIGNET_POLICY_CAPABILITIES_MAX = 256, /**< capabilities of one group, and of one subject */
    SIGNET_POLICY_CACHE = 30,             /**< seconds that a fetched bundle is used */
    SIGNET_POLICY_AGE_MAX = 3600,         /**< seconds since a bundle was issued */
    SIGNET_POLICY_EARLY = 60,             /**< seconds that the issuer's clock may be ahead */
    SIGNET_POLICY_LISTS_MAX = 16,         /**< lists of one evaluator */
};

/** One subject.  Everything is borrowed. */
typedef struct {
    signet_slice name; /**< the `sub` of its identity provider, text, exact */
    bool is_null;      /**< stands in the bundle without a value: not provisioned */
    bool is_active;
    bool has_groups; /**< absent (null) and empty are two encodings */
    const signet_slice *groups;
    size_t group_count;
    signet_slice algorithm; /**< text, or empty */
    uint64_t max_cert_ttl;  /**< seconds; 0: what the groups say */
} signet_policy_subject;

/** One group.  Everything is borrowed. */
typedef struct {
    signet_slice name;
    bool is_null; /**< stands in the bundle without a value: unknown */
    bool has_capabilities;
    const uint64_t *capabilities; /**< ids of the semantic registry: 1 read, 2 write, ... */
    size_t capability_count;
    uint64_t max_cert_ttl; /**< seconds; 0: no limit */
} signet_policy_group;

/** What stands in a bundle. */
typedef struct {
    uint64_t epoch, sequence;
    uint64_t issued; /**< seconds since 1970 */
    bool has_subjects, has_groups;
    const signet_policy_subject *subjects;
    size_t subject_count;
    const signet_policy_group *groups;
    size_t group_count;
} signet_policy_fields;

/** A bundle that was read.  Never changes. */
typedef struct signet_policy signet_policy;

/**
 * Append a bundle in its one encoding, signed by `signer` (Ed25519).  The entries may stand in any
 * order.  SIGNET_E_USAGE: beyond a limit, a name twice, or text that is not UTF-8.
 */
SIGNET_API bool signet_policy_sign(const signet_policy_fields *fields, const signet_key *signer,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Read a bundle: deterministic, every key there, no other.  Judges no signature.  SIGNET_E_DECODE;
 * SIGNET_E_SIGNATURE when it has none of 64 bytes.
 */
SIGNET_API signet_policy *signet_policy_decode(signet_slice cbor, signet_error *err)
    SIGNET_MUST_CHECK;

/** The same of a bundle that `signer` signed; nothing else is read or kept.  SIGNET_E_SIGNATURE. */
SIGNET_API signet_policy *signet_policy_open(
    signet_slice cbor, const signet_key *signer, signet_error *err) SIGNET_MUST_CHECK;

/** What stands in it, borrowed.  Entries are in the order of the encoding. */
SIGNET_API const signet_policy_fields *signet_policy_fields_of(const signet_policy *policy);

/** A subject, or NULL: it is not provisioned. */
SIGNET_API const signet_policy_subject *signet_policy_find(
    const signet_policy *policy, signet_slice name);

/**
 * The capabilities of a subject of `policy`: of its groups in their order, each once.  Answers how
 * many there are, SIGNET_POLICY_CAPABILITIES_MAX at most: decoding refuses a subject with more.
 */
SIGNET_API size_t signet_policy_capabilities(const signet_policy *policy,
    const signet_policy_subject *subject, uint64_t ret_ids[SIGNET_POLICY_CAPABILITIES_MAX]);

/** The longest life of its certificates in seconds: its own, else the least of its groups; 0: no
 * limit. */
SIGNET_API uint64_t signet_policy_cert_ttl(
    const signet_policy *policy, const signet_policy_subject *subject);

/** Free.  NULL is fine. */
SIGNET_API void signet_policy_free(signet_policy *policy);
SIGNET_DEFINE_AUTO(signet_policy_free, signet_policy *);

/**
 * Collects subjects and groups and writes numbered bundles of them.  To be used by one thread.
 * SCIM's operations map to these: POST /Users put_subject, PATCH set_active and set_groups, DELETE
 * remove_subject, and so on.
 */
typedef struct signet_policy_compiler signet_policy_compiler;

/** Where it goes on: the numbers of the last bundle.  They must be kept, or verifiers see a
 * rollback. */
typedef struct {
    uint64_t epoch;    /**< 0: 1 */
    uint64_t sequence; /**< of the last bundle; 0: there was none */
    bool as_reference; /**< removing whom nobody knows ends the epoch too (P3) */
} signet_policy_compiler_options;

/** Nobody yet. */
SIGNET_API signet_policy_compiler *signet_policy_compiler_new(
    const signet_policy_compiler_options *options, signet_error *err) SIGNET_MUST_CHECK;

/** Add or replace; everything is copied.  An empty list becomes an absent one.  SIGNET_E_USAGE. */
SIGNET_API bool signet_policy_compiler_put_subject(signet_policy_compiler *compiler,
    const signet_policy_subject *subject, signet_error *err) SIGNET_MUST_CHECK;
SIGNET_API bool signet_policy_compiler_put_group(signet_policy_compiler *compiler,
    const signet_policy_group *group, signet_error *err) SIGNET_MUST_CHECK;

/** Begin this epoch, which ends all before.  SIGNET_E_USAGE: it is below the one there is. */
SIGNET_API bool signet_policy_compiler_begin_epoch(
    signet_policy_compiler *compiler, uint64_t epoch, signet_error *err) SIGNET_MUST_CHECK;

/** Change a subject.  SIGNET_E_NOT_FOUND. */
SIGNET_API bool signet_policy_compiler_set_active(signet_policy_compiler *compiler,
    signet_slice name, bool is_active, signet_error *err) SIGNET_MUST_CHECK;
SIGNET_API bool signet_policy_compiler_set_groups(signet_policy_compiler *compiler,
    signet_slice name, const signet_slice *groups, size_t count, signet_error *err)
    SIGNET_MUST_CHECK;

/** Remove; a subject ends the epoch.  SIGNET_E_NOT_FOUND, and then nothing changes. */
SIGNET_API bool signet_policy_compiler_remove_subject(
    signet_policy_compiler *compiler, signet_slice name, signet_error *err) SIGNET_MUST_CHECK;
SIGNET_API bool signet_policy_compiler_remove_group(
    signet_policy_compiler *compiler, signet_slice name, signet_error *err) SIGNET_MUST_CHECK;

/** What is collected, borrowed until the next change, or NULL. */
SIGNET_API const signet_policy_subject *signet_policy_compiler_subject(
    const signet_policy_compiler *compiler, signet_slice name);
SIGNET_API const signet_policy_group *signet_policy_compiler_group(
    const signet_policy_compiler *compiler, signet_slice name);

/** Append a bundle of all with the next sequence number, issued at `now`. */
SIGNET_API bool signet_policy_compile(signet_policy_compiler *compiler, const signet_key *signer,
    int64_t now, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Free.  NULL is fine. */
SIGNET_API void signet_policy_compiler_free(signet_policy_compiler *compiler);
SIGNET_DEFINE_AUTO(signet_policy_compiler_free, signet_policy_compiler *);

/** The rules that decide. */
typedef enum {
    SIGNET_POLICY_NOTHING_ALLOWS,   /**< denied: no rule allows it */
    SIGNET_POLICY_NO_BUNDLE,        /**< denied: no bundle was accepted yet */
    SIGNET_POLICY_BUNDLE_NOT_FRESH, /**< denied: fetched too long ago */
    SIGNET_POLICY_BUNDLE_TOO_OLD,   /**< denied: issued too long ago */
    SIGNET_POLICY_NOT_PROVISIONED,  /**< denied: no such subject */
    SIGNET_POLICY_DEACTIVATED,      /**< denied: the subject is not active */
    SIGNET_POLICY_SUBJECT_ACTIVE,   /**< allowed */
    SIGNET_POLICY_OPEN_GATE,        /**< allowed: as the reference, before the first bundle */
    SIGNET_POLICY_CLAIM_MISSING,    /**< denied: a claim with a list is absent, empty or no text */
    SIGNET_POLICY_CLAIM_NOT_LISTED, /**< denied: its value is not in the list */
    SIGNET_POLICY_CLAIMS_LISTED,    /**< allowed: every list has its claim */
    SIGNET_POLICY_ALL_ALLOWED,      /**< allowed: there are no lists, and that was said */
    SIGNET_POLICY_DENY_PATTERN,     /**< denied by a pattern of a cell */
    SIGNET_POLICY_ALLOW_PATTERN,    /**< allowed by a pattern of a cell */
} signet_policy_rule;

/** The name of a rule, like "not-provisioned"; never NULL. */
SIGNET_API const char *signet_policy_rule_name(signet_policy_rule rule);

/** A decision, and why.  Borrowed from whatever decided. */
typedef struct {
    bool is_allowed;
    signet_policy_rule rule;
    const signet_policy_subject *subject; /**< of the bundle, or NULL */
    const signet_policy *policy;          /**< the bundle that decided, or NULL */
    signet_slice what;                    /**< the claim or pattern that decided, or empty */
    int64_t validity;                     /**< seconds that an evaluator gives; 0: none */
} signet_policy_decision;

/** What was last accepted: it must outlive the process, or an old bundle passes after a restart. */
typedef struct {
    uint64_t epoch, sequence;
    uint8_t digest[SIGNET_SHA256_SIZE]; /**< of the whole bundle */
} signet_policy_seen;

/** How to check. */
typedef struct {
    const signet_key *anchor;       /**< whose bundles count; must outlive the checker */
    int64_t cache;                  /**< seconds; 0: SIGNET_POLICY_CACHE */
    int64_t age_max;                /**< seconds; 0: SIGNET_POLICY_AGE_MAX */
    const signet_policy_seen *seen; /**< what was kept of the last run, or NULL */
    /**
     * Keep this, durably, before the bundle is used; failing keeps the bundle out.  Where several
     * processes share a store, it refuses what is older than what another one kept.  NULL: the
     * checker remembers only as long as it lives.
     */
    bool (*keep)(void *context, const signet_policy_seen *seen, signet_error *err);
    void *context;
    /** For comparison only: the verdicts of the reference, with its open gate. */
    bool as_reference;
} signet_policy_checker_options;

/**
 * Decides whether a subject is provisioned and active.  Fetches nothing: when it is due, the caller
 * fetches a bundle and hands it over.  signet_policy_checker_take() needs the checker for itself;
 * otherwise it may be asked from many threads.
 */
typedef struct signet_policy_checker signet_policy_checker;

/** A checker without a bundle.  SIGNET_E_USAGE: no anchor, or a time below 0. */
SIGNET_API signet_policy_checker *signet_policy_checker_new(
    const signet_policy_checker_options *options, signet_error *err) SIGNET_MUST_CHECK;

/** Whether a bundle must be fetched before it can allow anything. */
SIGNET_API bool signet_policy_checker_is_due(const signet_policy_checker *checker, int64_t now);

/**
 * Take a bundle that was fetched at `now`.  Refused and the one before stays: SIGNET_E_DECODE,
 * SIGNET_E_SIGNATURE, SIGNET_E_TIME (too old, or issued in the future), SIGNET_E_REVOKED (older
 * than one seen before, or another of the same number).
 */
SIGNET_API bool signet_policy_checker_take(signet_policy_checker *checker, signet_slice cbor,
    int64_t now, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Decide on a subject.  Answers `ret_decision->is_allowed`; the decision is always written, without
 * allocating, and is good until the next take.
 */
SIGNET_API bool signet_policy_check(const signet_policy_checker *checker, signet_slice subject,
    int64_t now, signet_policy_decision *ret_decision) SIGNET_MUST_CHECK;

/** Free.  NULL is fine. */
SIGNET_API void signet_policy_checker_free(signet_policy_checker *checker);
SIGNET_DEFINE_AUTO(signet_policy_checker_free, signet_policy_checker *);

/** The values that a claim may have. */
typedef struct {
    const char *claim; /**< "repository", "workflow", ... */
    const signet_slice *values;
    size_t count;
} signet_policy_list;

/** What an evaluator is made of; it copies everything. */
typedef struct {
    const signet_policy_list *lists; /**< one without values counts as none */
    size_t list_count;
    bool allow_all;   /**< without a list allow everything; else nothing */
    int64_t validity; /**< seconds to give; 0: none */
} signet_policy_evaluator_options;

/** One claim of a verified token. */
typedef struct {
    const char *name;
    signet_slice value; /**< of a text; empty otherwise */
} signet_policy_claim;

/** Decides on claims.  Never changes. */
typedef struct signet_policy_evaluator signet_policy_evaluator;

/** Copy and sort the lists.  SIGNET_E_USAGE: beyond a limit. */
SIGNET_API signet_policy_evaluator *signet_policy_evaluator_new(
    const signet_policy_evaluator_options *options, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Decide: every list must have the value of its claim, exactly.  Answers
 * `ret_decision->is_allowed`; the decision is always written, without allocating.
 */
SIGNET_API bool signet_policy_evaluate(const signet_policy_evaluator *evaluator,
    const signet_policy_claim *claims, size_t count, signet_policy_decision *ret_decision)
    SIGNET_MUST_CHECK;

/** Free.  NULL is fine. */
SIGNET_API void signet_policy_evaluator_free(signet_policy_evaluator *evaluator);
SIGNET_DEFINE_AUTO(signet_policy_evaluator_free, signet_policy_evaluator *);

/** Decide by the permissions of a cell: signet_permissions_allow(), naming the pattern. */
SIGNET_API bool signet_policy_permit(const signet_permissions *permissions, signet_slice action,
    signet_policy_decision *ret_decision) SIGNET_MUST_CHECK;

/** Append one line that tells a person what was decided about `whom` and why. */
SIGNET_API bool signet_policy_explain(const signet_policy_decision *decision, signet_slice whom,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
