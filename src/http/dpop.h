/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DPoP (RFC 9449) as a resource server sees it, and as a client makes it.  docs/formats/dpop.md.
 *
 * A request passes sg_dpop_credentials(), sg_dpop_read(), sg_dpop_check(), then
 * sg_access_token_read() and sg_access_token_check() of http/access_token.h; and last the caller
 * makes sure that the replay key is fresh.  What a function refuses is answered with one challenge.
 */
#ifndef SG_HTTP_DPOP_H
#define SG_HTTP_DPOP_H

#include <signet/http.h>

#include "http/jwk.h"

enum {
    SG_DPOP_SKEW = 60,          /* seconds between the clocks, unless the caller says otherwise */
    SG_DPOP_ID_MIN = 16,        /* bytes of `jti`: 96 bits in base64url */
    SG_DPOP_ID_MAX = 256,       /* bytes of `jti` */
    SG_DPOP_METHOD_MAX = 32,    /* bytes of `htm` */
    SG_DPOP_NONCE_MAX = 256,    /* bytes of `nonce` */
    SG_DPOP_NONCE_LEN = 43,     /* characters of a nonce that is made here */
    SG_DPOP_NONCE_WINDOW = 300, /* seconds for which one nonce is handed out */
    SG_DPOP_HASH_SIZE = 32,     /* SHA-256, everywhere */
};

/* --- what came with the request --- */

/** A header field. */
typedef signet_http_field sg_dpop_field;

typedef enum { SG_DPOP_SCHEME_NONE, SG_DPOP_SCHEME_DPOP, SG_DPOP_SCHEME_BEARER } sg_dpop_scheme;

/** What a request presents, borrowed.  Absent: {NULL, 0}. */
typedef struct {
    sg_dpop_scheme scheme; /* of `Authorization`; another scheme is none */
    signet_slice access_token;
    signet_slice proof;
} sg_dpop_presented;

/**
 * Find the `Authorization` and `DPoP` fields.  SIGNET_E_DECODE for two of one name, a token that is
 * no token68, the scheme DPoP without a proof, or an empty proof.
 */
bool sg_dpop_credentials(const sg_dpop_field *fields, size_t count,
    sg_dpop_presented *ret_presented, signet_error *err) SIGNET_MUST_CHECK;

/* --- the proof --- */

/** A proof whose signature is genuine.  Freed with sg_dpop_free(). */
typedef struct {
    sg_json *claims; /* owned; what follows is borrowed from it */
    signet_key *key; /* owned; public */
    uint8_t thumbprint[SG_JWK_THUMBPRINT_SIZE];
    signet_slice id, method, url; /* jti, htm, htu */
    signet_slice nonce;           /* {NULL, 0}: none */
    int64_t issued_at;
    int64_t not_before, expires; /* INT64_MIN and INT64_MAX when it has no such claims */
    bool has_token_hash, has_query_hash, has_content_hash; /* ath, htq, htd */
    uint8_t token_hash[SG_DPOP_HASH_SIZE];
    uint8_t query_hash[SG_DPOP_HASH_SIZE];
    uint8_t content_hash[SG_DPOP_HASH_SIZE];
} sg_dpop_proof;

/** Read a proof and verify it with the key in it.  SIGNET_E_DECODE, _ALGORITHM, _KEY, _SIGNATURE.
 */
bool sg_dpop_read(signet_algorithms accepted, signet_slice compact, sg_dpop_proof *ret_proof,
    signet_error *err) SIGNET_MUST_CHECK;

void sg_dpop_free(sg_dpop_proof *proof);

__attribute__((unused)) static inline void
sg_dpop_free_auto(sg_dpop_proof *proof)
{
    sg_dpop_free(proof);
}

/** Says whether a nonce is one that was handed out lately; SIGNET_E_TIME or what it likes. */
typedef struct {
    bool (*check)(const void *context, signet_slice nonce, int64_t now, signet_error *err);
    const void *context;
} sg_dpop_nonce_rule;

/** What the server knows of the request. */
typedef struct {
    signet_slice method;
    signet_slice url;                /* as the client sees it, with the raw query */
    signet_slice access_token;       /* as presented; {NULL, 0}: none */
    int64_t now, skew;               /* a skew of 0 is SG_DPOP_SKEW */
    const sg_dpop_nonce_rule *nonce; /* NULL: none is demanded, and any is fine */
    const uint8_t *content_hash;     /* SHA-256 of the content; NULL: not known yet */
    bool needs_query_hash, needs_content_hash;
} sg_dpop_facts;

/** Which challenge goes with a refusal. */
typedef enum {
    SG_DPOP_REFUSE_NO_CREDENTIALS,
    SG_DPOP_REFUSE_PROOF,
    SG_DPOP_REFUSE_TOKEN,
    SG_DPOP_REFUSE_NONCE, /* with a `DPoP-Nonce` field */
} sg_dpop_refusal;

/** What the caller must still do. */
typedef struct {
    uint8_t replay_key[SG_DPOP_HASH_SIZE]; /* must be new ... */
    int64_t keep_until;                    /* ... and stay known until this second */
    bool covers_query;
    bool covers_content;                     /* then the content must have this hash */
    uint8_t content_hash[SG_DPOP_HASH_SIZE]; /* compared already if it was known */
} sg_dpop_verdict;

/**
 * Whether the proof is of this request and of now.  SIGNET_E_TIME, SIGNET_E_TOKEN; SIGNET_E_DECODE
 * for a URL that is none.  `ret_refusal` is written when it fails, `ret_verdict` when it does not.
 */
bool sg_dpop_check(const sg_dpop_proof *proof, const sg_dpop_facts *facts,
    sg_dpop_verdict *ret_verdict, sg_dpop_refusal *ret_refusal, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append the value of `WWW-Authenticate`. */
bool sg_dpop_challenge(sg_dpop_refusal refusal, signet_algorithms accepted, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/* --- nonces, without state --- */

/** The nonce of the second `now`, terminated, under a secret of at least 32 bytes. */
bool sg_dpop_nonce_make(signet_slice secret, int64_t now, char ret_nonce[SG_DPOP_NONCE_LEN + 1],
    signet_error *err) SIGNET_MUST_CHECK;

/** Whether it is the nonce of this window or the one before; `context` is a signet_slice. */
bool sg_dpop_nonce_check(const void *context, signet_slice nonce, int64_t now, signet_error *err)
    SIGNET_MUST_CHECK;

/* --- the client --- */

/** What a proof is made of. */
typedef struct {
    const signet_key *key;     /* private */
    const char *algorithm;     /* of sg_dpop_choose_algorithm() or known otherwise */
    signet_slice method, url;  /* of the request, with its query */
    signet_slice access_token; /* {NULL, 0}: none */
    signet_slice nonce;        /* that the server handed out last; {NULL, 0}: none */
    int64_t now;
    bool covers_query;           /* add `htq` */
    const uint8_t *content_hash; /* add `htd`; NULL: do not */
} sg_dpop_request;

/** Append a proof with a new `jti`.  SIGNET_E_USAGE, _KEY, _ALGORITHM, _DECODE for the URL. */
bool sg_dpop_make(const sg_dpop_request *request, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** The first of the space-separated names that the key can sign with, a constant; NULL: none. */
const char *sg_dpop_choose_algorithm(const signet_key *key, signet_slice names);

#endif
