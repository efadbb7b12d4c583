/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the verifier share: its configuration, and what was verified before. */
#ifndef SG_HTTP_VERIFIER_H
#define SG_HTTP_VERIFIER_H

#include <signet/verifier.h>

#include "http/header.h"
#include "http/jwk.h"
#include "http/record.h"
#include "http/refusal.h"

/* An origin, as it was configured. */
typedef struct {
    signet_buf authority; /* normalised */
    signet_buf shown;     /* as configured, terminated */
    unsigned default_port;
} sg_origin;

/* A master key; the issuer is borrowed from the buffer. */
typedef struct {
    signet_verifier_key given;
    signet_buf issuer;
    uint8_t confirmation[32];
} sg_master;

/* Who issues access tokens. */
typedef struct {
    signet_buf name; /* terminated */
    sg_jwks *keys;
} sg_issuer;

struct signet_verifier {
    sg_master masters[SIGNET_VERIFIER_KEYS_MAX];
    size_t master_count;
    sg_origin origins[SIGNET_VERIFIER_ORIGINS_MAX];
    size_t origin_count;
    const signet_algorithm *accepted[8]; /* ends with NULL */
    sg_record_rules rules;
    uint8_t *record_key;  /* locked memory */
    signet_key *stand_in; /* verifies in place of a token that is not known */
    sg_issuer issuers[SIGNET_VERIFIER_ISSUERS_MAX];
    size_t issuer_count;
    const signet_algorithm *token_algorithms[8]; /* ends with NULL */
    uint8_t *nonce_key;                          /* locked memory */
    size_t nonce_key_len;
    sg_jwks *agents; /* NULL: none are known */
};

/** Whether a master key vouches for tokens of that issuer. */
bool sg_master_is_of(const sg_master *master, signet_slice issuer);

/** The master key that a token names by its hash, if it counts at `now`; NULL and why. */
const signet_key *sg_verifier_find_master(const signet_verifier *verifier,
    const signet_claims *claims, int64_t now, sg_refusal *ret_problem, signet_error *err);

/** The configured authority that the request's is, or NULL. */
const sg_origin *sg_verifier_find_origin(
    const signet_verifier *verifier, signet_slice authority, signet_error *err);

/**
 * A record, or a token that was presented whole, and what it was read from.  Counted, because a
 * request may still need what the cache gave up.
 */
typedef struct {
    size_t users;
    signet_buf source; /* the value of the store, or all that was presented */
    sg_record record;
    uint8_t token_hash[32];                     /* SHA-256 of the token's CBOR */
    uint8_t key_hash[32];                       /* SHA-256 of the ephemeral public key */
    char thumbprint[SG_JWK_THUMBPRINT_LEN + 1]; /* of the same; empty: it has none */
    bool is_attested;                           /* the issuer signed the token */
    const signet_key *master; /* under which the binding was verified; NULL: not yet */
} sg_known;

/* Once its record or token was read: the hashes. */
bool sg_known_hash(sg_known *known, signet_error *err) SIGNET_MUST_CHECK;

sg_known *sg_known_new(signet_slice source, signet_error *err) SIGNET_MUST_CHECK;
void sg_known_drop(sg_known *known);
SIGNET_DEFINE_AUTO(sg_known_drop, sg_known *);

/** The entry of that token made of that very source, now used once more; or NULL. */
sg_known *sg_cache_find(signet_verifier_cache *cache, signet_slice token_id, signet_slice source);

/** Keep an entry, which the cache then uses too, in place of another. */
void sg_cache_keep(signet_verifier_cache *cache, sg_known *known);

/** Read what the header presents (m=full) into a new entry; the token is verified, not its binding.
 */
sg_known *sg_present(const signet_verifier *verifier, const sg_proof_header *header,
    signet_slice source, sg_refusal *ret_problem, signet_error *err) SIGNET_MUST_CHECK;

#endif
