/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Web Keys (RFC 7517, RFC 8037): public signing keys of Ed25519 and P-256 only, among the
 * algorithms that the caller accepts.  P-256 is reached in no other way.  docs/formats/dpop.md.
 */
#ifndef SG_HTTP_JWK_H
#define SG_HTTP_JWK_H

#include <signet/key.h>

#include "codec/json.h"

enum {
    SG_JWK_MAX = 4096,           /* bytes of one key in JSON */
    SG_JWK_KID_MAX = 256,        /* bytes of a key's name */
    SG_JWK_THUMBPRINT_SIZE = 32, /* SHA-256 */
    SG_JWK_THUMBPRINT_LEN = 43,  /* its base64url */
    SG_JWKS_MAX = 64 << 10,      /* bytes of a set in JSON */
    SG_JWKS_KEYS_MAX = 64,       /* members of a set, those that are skipped included */
};

/**
 * The public key of one JWK.  SIGNET_E_DECODE for its form, SIGNET_E_KEY for a private one and one
 * that is not sound, SIGNET_E_ALGORITHM for a type or a use that is unknown or not accepted.
 */
signet_key *sg_jwk_read(signet_algorithms accepted, signet_slice json, signet_error *err)
    SIGNET_MUST_CHECK;

/** The same of an object that was read already. */
signet_key *sg_jwk_from_object(signet_algorithms accepted, const sg_json *object, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Append the public JWK with the required members alone, in the order of RFC 7638: what a
 * thumbprint is the digest of.  SIGNET_E_ALGORITHM for a key that has no JWK.
 */
bool sg_jwk_write(const signet_key *key, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** The thumbprint of RFC 7638 with SHA-256. */
bool sg_jwk_thumbprint(const signet_key *key, uint8_t ret_thumbprint[SG_JWK_THUMBPRINT_SIZE],
    signet_error *err) SIGNET_MUST_CHECK;

/** The same as text, terminated. */
bool sg_jwk_thumbprint_text(const signet_key *key, char ret_text[SG_JWK_THUMBPRINT_LEN + 1],
    signet_error *err) SIGNET_MUST_CHECK;

/** Whether a JWS algorithm name is one of this key. */
bool sg_jwk_is_algorithm_of(const signet_key *key, signet_slice name);

/** The JWS algorithm names of an algorithm, NULL-terminated; NULL when it has none. */
const char *const *sg_jwk_algorithm_names(const signet_algorithm *algorithm);

/** Whether there is any algorithm here with that JWS name. */
bool sg_jwk_is_algorithm(signet_slice name);

/** Public keys with names.  Never changes. */
typedef struct sg_jwks sg_jwks;

/**
 * A JWK Set.  Keys of unknown types or purposes, or of none of `accepted`, are skipped; a broken
 * key of a known type, a private member anywhere and two keys of one name are refused.
 */
sg_jwks *sg_jwks_read(signet_algorithms accepted, signet_slice json, signet_error *err)
    SIGNET_MUST_CHECK;

/** How many keys it has. */
size_t sg_jwks_count(const sg_jwks *set);

/**
 * The key of that name, borrowed, or NULL.  Without a name (`kid.ptr` is NULL) the only key of a
 * set of one.
 */
const signet_key *sg_jwks_find(const sg_jwks *set, signet_slice kid);

/** The key with that thumbprint, borrowed, or NULL. */
const signet_key *sg_jwks_find_thumbprint(const sg_jwks *set, const char *text);

void sg_jwks_free(sg_jwks *set);
SIGNET_DEFINE_AUTO(sg_jwks_free, sg_jwks *);

#endif
