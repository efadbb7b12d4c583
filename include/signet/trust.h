/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is trusted, and was the key good when it signed.
 *
 * A trust file (docs/formats/trusted_signers.md, trusted_signers(5)) has one signer a line:
 *
 *     NAME [ed25519=HEX] [ml-dsa-44=BASE64] [spki=BASE64] [algorithms=LIST]
 *          [valid-after=TIME] [valid-before=TIME] [revoked-since=TIME] [require=both|any]
 *
 * Blank lines and lines that begin with '#' are kept as they are.  NAME is one word of UTF-8
 * without control characters or white space, usually an e-mail address, or a text in double quotes.
 * A line has one key or, of a hybrid signer, one of each algorithm.
 */
#ifndef SIGNET_TRUST_H
#define SIGNET_TRUST_H

#include <signet/cms.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_TRUST_FILE_MAX = 16 << 20, /**< bytes of a trust file */
    SIGNET_TRUST_SIGNERS_MAX = 100000,
    SIGNET_TRUST_NAME_MAX = 256, /**< bytes of a name */
    SIGNET_TRUST_LINE_MAX = 8192,
};

/** No bound, for the times below. */
#define SIGNET_TIME_MIN INT64_MIN
#define SIGNET_TIME_MAX INT64_MAX

/**
 * One signer.  The keys are public; Ed25519 first.  A hybrid signer has two, of which those by an
 * algorithm that was not accepted when the line was read stand in `unread_keys`, as
 * "ALGORITHM=VALUE".  They match nothing, but they count: who has two keys must sign with both.
 */
typedef struct {
    char name[SIGNET_TRUST_NAME_MAX + 1];
    signet_key *keys[2];
    size_t key_count;
    char *unread_keys[2];
    size_t unread_key_count;
    int64_t valid_after;   /**< trusted from this second on; SIGNET_TIME_MIN */
    int64_t valid_before;  /**< trusted before this second; SIGNET_TIME_MAX */
    int64_t revoked_since; /**< revoked from this second on; SIGNET_TIME_MAX: never */
    bool any_is_enough;    /**< of two keys one signature is enough; default: both are required */
    size_t line;           /**< where it stands in its text, from 1; not written */
} signet_trusted_signer;

/** The signers of one or more files. */
typedef struct signet_trust signet_trust;

/** Nobody. */
SIGNET_API signet_trust *signet_trust_new(signet_error *err) SIGNET_MUST_CHECK;

/**
 * Add all signers of a file's text, or none.  `accepted` lists the algorithms whose keys are read;
 * a key of another known algorithm name is kept as text and never matches.  One name may stand on
 * several lines with different keys; one key stands once, over all texts.  Fails with
 * SIGNET_E_DECODE, SIGNET_E_KEY or SIGNET_E_EXISTS (a key twice) and "line N: ...", or with
 * SIGNET_E_NOMEM.  Signers found before are to be looked up again afterwards.
 */
SIGNET_API bool signet_trust_parse(signet_trust *trust, signet_algorithms accepted,
    signet_slice text, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API size_t signet_trust_count(const signet_trust *trust);

/** The signer with that index, below signet_trust_count(). */
SIGNET_API const signet_trusted_signer *signet_trust_at(const signet_trust *trust, size_t index);

/** The signer who has that key, or NULL.  Quick among many. */
SIGNET_API const signet_trusted_signer *signet_trust_find(
    const signet_trust *trust, const signet_key *key);

/**
 * Append the line of one signer, with its newline: what signet_trust_parse() reads as the same.
 * SIGNET_E_USAGE names the member that makes no sense.
 */
SIGNET_API bool signet_trust_write(
    const signet_trusted_signer *signer, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Whether `name` can stand in a trust file: 1 to SIGNET_TRUST_NAME_MAX bytes of visible UTF-8. */
SIGNET_API bool signet_trust_name_check(const char *name, signet_error *err) SIGNET_MUST_CHECK;

/** Seconds of "YYYY-MM-DD" (its first), "YYYY-MM-DDThh:mm:ssZ" or "@SECONDS"; to the year 9999. */
SIGNET_API bool signet_time_parse(signet_slice text, int64_t *ret_seconds, signet_error *err)
    SIGNET_MUST_CHECK;

/** "YYYY-MM-DDThh:mm:ssZ", or "@SECONDS" outside the years 0 to 9999, and a terminator. */
SIGNET_API void signet_time_format(int64_t seconds, char ret_text[32]);

SIGNET_API void signet_trust_free(signet_trust *trust);
SIGNET_DEFINE_AUTO(signet_trust_free, signet_trust *);

/** The answer. */
typedef enum {
    SIGNET_VERDICT_GOOD,    /**< genuine, by a signer who was trusted when it was made */
    SIGNET_VERDICT_UNKNOWN, /**< genuine, but nobody's who is trusted */
    SIGNET_VERDICT_EXPIRED, /**< signed outside the leaf's window, or outside the signer's validity
                             */
    SIGNET_VERDICT_REVOKED, /**< signed at or after the signer's revocation */
    SIGNET_VERDICT_BAD,     /**< not genuine, or breaks a rule */
    SIGNET_VERDICT_BROKEN,  /**< cannot be read, or by an algorithm that is not accepted */
} signet_verdict;

/** The name of a verdict, one word in lower case. */
SIGNET_API const char *signet_verdict_name(signet_verdict verdict);

/** Which signatures a message must have. */
typedef enum {
    SIGNET_REQUIRE_SIGNER,  /**< what the signer's line says; unknown signer: all in the message */
    SIGNET_REQUIRE_ED25519, /**< at least a good Ed25519 signature */
    SIGNET_REQUIRE_MLDSA44, /**< at least a good ML-DSA-44 signature */
    SIGNET_REQUIRE_HYBRID,  /**< both */
} signet_requirement;

enum {
    SIGNET_JUDGE_EARLY = 60,     /**< seconds of tolerance before a leaf's first */
    SIGNET_JUDGE_KEYS_MAX = 256, /**< keys that are tried when a message does not say which */
};

/** How to judge. */
typedef struct {
    int64_t at; /**< with has_at: judge as if signed at this second */
    bool has_at;
    signet_requirement require;
    const char *signer; /**< the name that the signer must have; NULL: any */
} signet_judge_rules;

/** What was found.  Plain data; slices and keys are borrowed from the message and the trust. */
typedef struct {
    signet_verdict verdict;
    signet_error reason;                 /**< why not good */
    const signet_trusted_signer *signer; /**< whose keys issued the leaves; NULL: unknown, or two
                                              people's */
    signet_cms cms;     /**< when the message could be read, else signer_count is 0 */
    signet_cert bridge; /**< between the first signer and the leaf; `der` empty: none */
    int64_t signed_at;  /**< signing time, or the leaf's first second + 1 */
    bool has_signing_time;
    bool is_revoked_later; /**< good, but the signer was revoked since */
    bool is_hybrid;        /**< two good signatures */
} signet_judgement;

/**
 * Judge a message of the Signet profile over `content`.  Always answers: everything that can go
 * wrong is a verdict, and the least good one of what was found, with its reason.  Answers true when
 * the verdict is SIGNET_VERDICT_GOOD.
 *
 * A signature is judged at its signing time, else at the leaf's first second + 1; it may be up to
 * SIGNET_JUDGE_EARLY seconds before the leaf's first second.  That time is the signer's own word.
 * `rules` may be NULL.  Two signatures must be by one signer.  `rules->require` adds to what the
 * signer's line demands and takes nothing away.  A signer who is not `rules->signer` is unknown.
 */
SIGNET_API bool signet_judge(const signet_trust *trust, signet_algorithms accepted,
    signet_slice message, const signet_cms_content *content, const signet_judge_rules *rules,
    signet_judgement *ret_judgement) SIGNET_MUST_CHECK;

/**
 * The name to show: the signer's, else the bridge's e-mail, else the leaf's common name, else
 * nothing; borrowed.  Only the signer's own name is checked: the others are what whoever made the
 * message wrote there, and are to be escaped.
 */
SIGNET_API signet_slice signet_judgement_name(const signet_judgement *judgement);

SIGNET_END_DECLS

#endif
