/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access tokens as JWTs (RFC 9068) that are bound to a key (RFC 9449 section 6) or to a certificate
 * (RFC 8705 section 3).  One that is bound to nothing is refused: it proves nothing.
 */
#ifndef SG_HTTP_ACCESS_TOKEN_H
#define SG_HTTP_ACCESS_TOKEN_H

#include "http/dpop.h"

enum { SG_ACCESS_TOKEN_TEXT_MAX = 1024, SG_ACCESS_TOKEN_SCOPE_MAX = 4096 }; /* bytes of claims */

/** Whose tokens are taken, and for what. */
typedef struct {
    const char *issuer;
    const sg_jwks *keys;  /* of the issuer */
    const char *resource; /* what `aud` must contain */
    int64_t now, skew;    /* a skew of 0 is SG_DPOP_SKEW */
} sg_access_rules;

/** A genuine token that is valid now.  Freed with sg_access_token_free(). */
typedef struct {
    sg_json *claims; /* owned; what follows is borrowed from it */
    signet_slice subject, id;
    signet_slice client, scope; /* {NULL, 0}: none */
    int64_t issued_at, expires;
    bool has_key, has_certificate; /* what it is bound to, at least one */
    uint8_t key_thumbprint[SG_JWK_THUMBPRINT_SIZE];
    uint8_t certificate_hash[SG_DPOP_HASH_SIZE];
} sg_access_token;

/**
 * Read and verify.  SIGNET_E_DECODE, SIGNET_E_ALGORITHM, SIGNET_E_NOT_FOUND for a key that the
 * issuer does not have, SIGNET_E_SIGNATURE, SIGNET_E_TRUST for another issuer, SIGNET_E_TOKEN,
 * SIGNET_E_TIME.
 */
bool sg_access_token_read(const sg_access_rules *rules, signet_slice compact,
    sg_access_token *ret_token, signet_error *err) SIGNET_MUST_CHECK;

/** How it came. */
typedef struct {
    sg_dpop_scheme scheme;
    const sg_dpop_proof *proof;      /* checked already; NULL: none */
    const uint8_t *certificate_hash; /* SHA-256 of the client's certificate in TLS; NULL: none */
} sg_access_presentation;

/**
 * Whether it is the presenter's: the proof's key is that of `cnf.jkt`, the certificate that of
 * `cnf.x5t#S256`, both when there are both.  SIGNET_E_TRUST.
 */
bool sg_access_token_check(const sg_access_token *token, const sg_access_presentation *presentation,
    signet_error *err) SIGNET_MUST_CHECK;

void sg_access_token_free(sg_access_token *token);

__attribute__((unused)) static inline void
sg_access_token_free_auto(sg_access_token *token)
{
    sg_access_token_free(token);
}

#endif
