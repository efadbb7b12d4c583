/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Web Signatures (RFC 7515) in compact form, with Ed25519 and ES256 only (RFC 8037, RFC 9864).
 * Taken apart, then verified over the bytes that came, and only then is the payload looked into.
 */
#ifndef SG_HTTP_JWS_H
#define SG_HTTP_JWS_H

#include "http/jwk.h"

enum {
    SG_JWS_MAX = 8192,          /* characters of a compact JWS */
    SG_JWS_HEADER_MAX = 4096,   /* bytes of its header, decoded */
    SG_JWS_SIGNATURE_SIZE = 64, /* of both algorithms */
    SG_JWS_TYPE_MAX = 64,       /* bytes of `typ` */
};

/** A JWS that was taken apart and proves nothing yet.  Freed with sg_jws_free(). */
typedef struct {
    sg_json *header;        /* owned */
    signet_slice algorithm; /* `alg`, borrowed from `header` */
    signet_slice type;      /* `typ` likewise; {NULL, 0}: none */
    signet_slice kid;       /* likewise */
    signet_slice to_verify; /* borrowed from the text: header, dot, payload */
    signet_buf payload;     /* not to be looked into before sg_jws_verify() */
    uint8_t signature[SG_JWS_SIGNATURE_SIZE];
} sg_jws;

/**
 * Take a compact JWS apart: three parts of canonical base64url, a header without duplicates, an
 * algorithm of asymmetric keys that is known here; `crit`, `b64`, `x5u` and `jku` are refused.
 * SIGNET_E_DECODE, SIGNET_E_ALGORITHM.
 */
bool sg_jws_read(signet_slice compact, sg_jws *ret_jws, signet_error *err) SIGNET_MUST_CHECK;

/** Whether the type is that one, byte for byte. */
bool sg_jws_has_type(const sg_jws *jws, const char *type);

/** The public key in its `jwk`.  Codes as sg_jwk_read(). */
signet_key *sg_jws_own_key(signet_algorithms accepted, const sg_jws *jws, signet_error *err)
    SIGNET_MUST_CHECK;

/** SIGNET_E_ALGORITHM when `alg` is not of this key, SIGNET_E_SIGNATURE. */
bool sg_jws_verify(const sg_jws *jws, const signet_key *key, signet_error *err) SIGNET_MUST_CHECK;

/** Verify, then read the payload as an object of claims; sg_json_free() it. */
sg_json *sg_jws_open(const sg_jws *jws, const signet_key *key, signet_error *err) SIGNET_MUST_CHECK;

void sg_jws_free(sg_jws *jws);

__attribute__((unused)) static inline void
sg_jws_free_auto(sg_jws *jws)
{
    sg_jws_free(jws);
}

/** What a new JWS says in its header. */
typedef struct {
    const char *algorithm; /* one of the key's; never guessed here */
    const char *type;      /* NULL: none */
    const char *kid;       /* NULL: none */
    bool has_key;          /* the public key as `jwk` */
} sg_jws_header;

/** Sign: append a compact JWS.  SIGNET_E_USAGE, SIGNET_E_KEY, SIGNET_E_ALGORITHM. */
bool sg_jws_sign(const sg_jws_header *header, const signet_key *key, signet_slice payload,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

#endif
