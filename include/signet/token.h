/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: one deterministic CBOR map with integer keys, and SIG1, its signed text form.
 * Formats: docs/formats/token.md and docs/formats/sig1.md.
 */
#ifndef SIGNET_TOKEN_H
#define SIGNET_TOKEN_H

#include <signet/cose.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_TOKEN_MAX = 4096,            /**< bytes of a token */
    SIGNET_TOKEN_TEXT_MAX = 256,        /**< bytes of issuer, audience and audience text */
    SIGNET_TOKEN_KEY_ID_MAX = 64,       /**< bytes of the key id claim */
    SIGNET_TOKEN_CAPABILITIES_MAX = 64, /**< capability numbers in a token */
    SIGNET_TOKEN_LIFETIME_MAX = 600,    /**< seconds from not_before to expires */
    SIGNET_TOKEN_SKEW_MAX = 60,         /**< seconds of tolerance a caller may ask for */
    SIGNET_SIG1_MAX = 8192,             /**< characters of a SIG1 text */
    SIGNET_SIG1_COSE_MAX = 6144,        /**< bytes of the COSE message in one */
    SIGNET_CAPABILITY_ID_SIZE = 16,
};

/**
 * What a token says.  A claim that is absent is 0, or a slice of length 0.  Read by
 * signet_token_decode(), the slices are borrowed from its input.
 */
typedef struct {
    signet_slice issuer;         /**<  1 iss_id, text, never empty */
    signet_slice audience;       /**<  2 aud_id, text */
    signet_slice subject;        /**<  3 sub_ppid, 32 bytes: pairwise pseudonym */
    int64_t expires;             /**<  4 exp, last second it is valid */
    int64_t not_before;          /**<  5 nbf, first second it is valid */
    int64_t issued;              /**<  6 iat */
    signet_slice capability_id;  /**<  7 cap_id, 16 bytes */
    uint64_t capability_version; /**<  8 cap_ver, fits 32 bits */
    signet_slice confirmation;   /**<  9 cnf, 32 bytes: SHA-256 of the master public key */
    signet_slice key_id;         /**< 10 kid, bytes */
    uint64_t capabilities[SIGNET_TOKEN_CAPABILITIES_MAX]; /**< 11 cap_tokens */
    size_t capability_count;
    signet_slice custom;        /**< 12 cap_custom, CBOR map with text keys */
    signet_slice token_id;      /**< 13 jti, 16 bytes */
    signet_slice actor;         /**< 14 act, CBOR map with text keys */
    signet_slice delegator;     /**< 15 del, CBOR map with text keys */
    signet_slice audience_text; /**< 16 aud_str, text, for people */
    signet_slice nonce;         /**< 17, 16 bytes or absent */
    signet_slice
        ephemeral_id;   /**< 18 eph_kid, 32 bytes or absent: SHA-256 of the ephemeral public key */
    uint64_t epoch;     /**< 19 of revocation */
    signet_slice chain; /**< 20, CBOR array of cells, see <signet/identity.h> */
    signet_slice environment;  /**< 21, CBOR map */
    signet_slice boundary;     /**< 22, CBOR map */
    signet_slice attestations; /**< 23, CBOR, reserved */
} signet_claims;

/**
 * Decode one token: exactly one deterministic CBOR map of at most SIGNET_TOKEN_MAX bytes that obeys
 * every rule on the form of a claim (tokens.md 3.6, STRICT).  Allocates nothing; slices are
 * borrowed from `wire`.  Whether it is valid *now* is for signet_token_check_time() to say, whether
 * it is *genuine* for signet_sig1_verify().
 *
 * SIGNET_E_DECODE  not deterministic CBOR, or a claim of another type;
 * SIGNET_E_LEGACY  the retired layout of v0.0.1, or a map that is no token;
 * SIGNET_E_TOKEN   a claim is missing, of another size, or breaks a rule; the message begins with
 * its name.
 */
SIGNET_API bool signet_token_decode(signet_slice wire, signet_claims *ret_claims, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append the one encoding of a token.  The claims are checked as by signet_token_decode(). */
SIGNET_API bool signet_token_encode(const signet_claims *claims, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** The 14 rules of tokens.md 3.6 in their order, with STRICT times. */
SIGNET_API bool signet_token_check(const signet_claims *claims, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Say whether a token is valid at the second `now`, both ends included, give or take `skew` seconds
 * (0 to SIGNET_TOKEN_SKEW_MAX).  SIGNET_E_TIME.
 */
SIGNET_API bool signet_token_check_time(
    const signet_claims *claims, int64_t now, int64_t skew, signet_error *err) SIGNET_MUST_CHECK;

/** What signet_token_new() needs. */
typedef struct {
    signet_slice issuer;       /**< text */
    signet_slice confirmation; /**< 32 bytes */
    signet_slice ephemeral_id; /**< 32 bytes */
    signet_slice nonce;        /**< 16 bytes or empty */
    int64_t now;               /**< seconds since 1970 */
    int64_t validity_ms;       /**< milliseconds; 0 to 600,000 */
} signet_token_request;

/** The bytes behind the claims of a token made here. */
typedef struct {
    uint8_t token_id[16];
    uint8_t capability_id[SIGNET_CAPABILITY_ID_SIZE];
} signet_token_bytes;

/**
 * The claims of a new token (tokens.md 3.3): random token id, capability id by formula B, subject
 * equal to the ephemeral id.  Slices are borrowed from `request` and `ret_bytes`.  Callers may
 * change claims before encoding.
 */
SIGNET_API bool signet_token_new(const signet_token_request *request, signet_token_bytes *ret_bytes,
    signet_claims *ret_claims, signet_error *err) SIGNET_MUST_CHECK;

/*
 * Capability ids (tokens.md 3.10).
 */

/** Formula A: of a list of numbers, in any order, doubles dropped; at most 4096. */
SIGNET_API bool signet_capability_id(const uint64_t *numbers, size_t count,
    uint8_t ret_id[SIGNET_CAPABILITY_ID_SIZE], signet_error *err) SIGNET_MUST_CHECK;

/** Whether `id` is that of the list, compared in constant time.  SIGNET_E_TOKEN. */
SIGNET_API bool signet_capability_id_check(
    signet_slice id, const uint64_t *numbers, size_t count, signet_error *err) SIGNET_MUST_CHECK;

/** Formula B: of an ephemeral key id and a confirmation id, 32 bytes each. */
SIGNET_API bool signet_capability_id_of_keys(signet_slice ephemeral_id, signet_slice confirmation,
    uint8_t ret_id[SIGNET_CAPABILITY_ID_SIZE], signet_error *err) SIGNET_MUST_CHECK;

/**
 * The STRICT relation of cap_id and cap_tokens (W-06): a list that is there is ascending, without
 * doubles, and gives the id by formula A; without one the id is formula A of the empty list or
 * formula B.
 */
SIGNET_API bool signet_token_check_capabilities(const signet_claims *claims, signet_error *err)
    SIGNET_MUST_CHECK;

/** A named capability number of the registry (tokens.md 3.11). */
typedef struct {
    uint64_t number;
    const char *name;
} signet_capability;

/** The registry's rows; ends with a NULL name. */
SIGNET_API const signet_capability *signet_capability_registry(void);

/** The name of a number, or NULL. */
SIGNET_API const char *signet_capability_name(uint64_t number);

/** The range of a number: "action", "resource", "constraint", "special", "reserved" or "custom". */
SIGNET_API const char *signet_capability_range(uint64_t number);

/** The number of a name in the registry, or of a decimal or 0x text.  SIGNET_E_NOT_FOUND. */
SIGNET_API bool signet_capability_parse(const char *text, uint64_t *ret_number, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * The pairwise pseudonym (tokens.md 3.12 STRICT, W-07): HMAC-SHA256 over user, audience and token
 * id (16 bytes) under the issuer's secret of 32 bytes or more.
 */
SIGNET_API bool signet_token_pseudonym(signet_slice secret, signet_slice user,
    signet_slice audience, signet_slice token_id, uint8_t ret_pseudonym[32], signet_error *err)
    SIGNET_MUST_CHECK;

/*
 * SIG1: "SIG1." base64url(token) "." base64url(COSE_Sign1 that holds the token again).
 */

/** Append the SIG1 text of a token, signed by `key`. */
SIGNET_API bool signet_sig1_encode(const signet_claims *claims, const signet_key *key,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** The same of an encoded token, which is checked first. */
SIGNET_API bool signet_sig1_encode_token(signet_slice token, const signet_key *key, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** A SIG1 text taken apart; the claims are borrowed from `token`. */
typedef struct {
    uint8_t token[SIGNET_TOKEN_MAX];
    size_t token_len;
    signet_claims claims;
} signet_sig1;

/**
 * Verify a SIG1 text in the STRICT order of tokens.md 5.6, steps 1 to 6 without the clock: form,
 * base64, both copies equal, signature by `key` whose algorithm is in `accepted`, and only then the
 * token.  Allocates nothing.  `ret_sig1` holds a copy of the token; on failure it says nothing.
 *
 * SIGNET_E_SIG1 (form), SIGNET_E_COSE, SIGNET_E_ALGORITHM, SIGNET_E_SIGNATURE, and those of
 * signet_token_decode().
 *
 * This says only that `key` signed.  Who that is: signet_sig1_verify_by_issuer(), or
 * signet_sig1_verify_by_holder() of <signet/proof.h>.
 */
SIGNET_API bool signet_sig1_verify(signet_algorithms accepted, signet_slice text,
    const signet_key *key, signet_sig1 *ret_sig1, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Take a SIG1 text apart without judging its signature: for looking at, never for believing.
 * `ret_cose_bytes` has SIGNET_SIG1_COSE_MAX bytes; `ret_cose` are those of them that are used.
 */
SIGNET_API bool signet_sig1_inspect(signet_slice text, signet_sig1 *ret_sig1,
    signet_slice *ret_cose, uint8_t *ret_cose_bytes, signet_error *err) SIGNET_MUST_CHECK;

/** What the caller expects of a token.  Zero means: not asked. */
typedef struct {
    int64_t now;            /**< seconds since 1970; always judged */
    int64_t skew;           /**< 0 to SIGNET_TOKEN_SKEW_MAX */
    signet_slice issuer;    /**< the issuer it must have */
    signet_slice audience;  /**< the audience it must have ... */
    bool may_lack_audience; /**< ... or have none at all */
} signet_sig1_expectations;

/**
 * Issuer mode (tokens.md 5.7): `issuer_key` is the authenticated key of the expected issuer, which
 * must be named; with `is_master` the token's confirmation must be that key's.  All claims are
 * attested.
 */
SIGNET_API bool signet_sig1_verify_by_issuer(signet_algorithms accepted, signet_slice text,
    const signet_key *issuer_key, bool is_master, const signet_sig1_expectations *expected,
    signet_sig1 *ret_sig1, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
