/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways in which a request may prove possession, and what a verifier must know to judge them.
 * Formats: docs/formats/http.md, message-signature.md, dpop.md.
 */
#ifndef SIGNET_DIALECT_H
#define SIGNET_DIALECT_H

#include <signet/http.h>

SIGNET_BEGIN_DECLS

/**
 * Dialects, a set of bits.  Of those that a route enables, every one that a request brings must
 * verify, and all must name the same key or token; what is not enabled is not looked at.  Where
 * one of the last two is enabled, `Authorization: Bearer` must hold an access token bound to the
 * certificate of the connection.
 */
enum {
    SIGNET_DIALECT_PROOF = 1 << 0,             /**< `Signet-Proof` */
    SIGNET_DIALECT_MESSAGE_SIGNATURE = 1 << 1, /**< RFC 9421 with tag="signet-pop" */
    SIGNET_DIALECT_DPOP = 1 << 2,              /**< RFC 9449, access tokens of RFC 9068 */
    SIGNET_DIALECT_CERTIFICATE = 1 << 3,       /**< RFC 8705: Bearer, bound to a certificate */
    SIGNET_DIALECTS = (1 << 4) - 1,
};

enum {
    SIGNET_VERIFIER_ISSUERS_MAX = 16,
    SIGNET_DPOP_NONCE_KEY_MIN = 32, /**< bytes */
};

/** Whose access tokens are believed. */
typedef struct {
    const char *issuer; /**< `iss`, byte for byte */
    signet_slice jwks;  /**< its public keys: a JWK Set, JSON */
} signet_verifier_issuer;

/** Digests over the content that may be wanted, a set of bits. */
enum {
    SIGNET_DIGEST_SHA256 = 1 << 0,
    SIGNET_DIGEST_SHA512 = 1 << 1,
};

/** What the caller found of the content: as received, before any transfer coding is put on it. */
typedef struct {
    const uint8_t *sha256; /**< 32 bytes, or NULL when it was not wanted */
    const uint8_t *sha512; /**< 64 bytes, likewise */
    uint64_t length;       /**< bytes */
} signet_body_digests;

SIGNET_END_DECLS

#endif
