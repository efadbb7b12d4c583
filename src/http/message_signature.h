/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP Message Signatures (RFC 9421) of requests, under a profile.  Reading judges everything that
 * needs no key and says whose key is needed; verifying is one signature check.  What remains for
 * the caller: the key of `keyid`, the replay store, and the digest of the content, since a
 * signature over a Content-Digest alone says nothing about the content (7.2.8).
 */
#ifndef SG_HTTP_MESSAGE_SIGNATURE_H
#define SG_HTTP_MESSAGE_SIGNATURE_H

#include <signet/http.h>
#include <signet/key.h>

#include "http/component.h"
#include "http/content_digest.h"

enum {
    SG_SIGNATURE_KEYID_MAX = 128,
    SG_SIGNATURE_NONCE_MAX = 128, /* characters, base64 */
    SG_SIGNATURE_NONCE_BYTES_MIN = 16,
    SG_SIGNATURE_LIFE_MAX = 60,     /* seconds from created to expires in signet-pop */
    SG_SIGNATURE_INPUT_NODES = 256, /* values in one Signature-Input */
    SG_SIGNATURE_LABELS = 32,       /* values in one Signature */
};

/** What a profile asks for. */
enum {
    SG_NEEDS_REQUEST = 1 << 0, /* method, target, content and credentials are covered */
    SG_NEEDS_ORIGIN = 1 << 1,  /* authority or target is covered, and signature-agent */
    SG_NEEDS_TIMES = 1 << 2,   /* created and expires */
    SG_NEEDS_FRESH = 1 << 3,   /* made within the skew, and lives SG_SIGNATURE_LIFE_MAX at most */
    SG_NEEDS_NONCE = 1 << 4,
    SG_NEEDS_KEYID = 1 << 5,    /* in a known form */
    SG_NEEDS_RESPONSE = 1 << 6, /* status, content, and the request with its signature */
};

typedef struct {
    const char *tag;               /* that selects the signature; NULL: the only one there is */
    const char *const *algorithms; /* names of key algorithms, ended by NULL */
    unsigned needs;
    bool is_proof; /* of possession: false is identification only */
} sg_signature_profile;

/** `signet-pop`: Ed25519, and ES256 for certificate keys.  The second also takes ML-DSA-44. */
extern const sg_signature_profile sg_signature_pop, sg_signature_pop_hybrid;

/** Web Bot Auth: says who an agent is; binds neither method nor content, and never is a proof. */
extern const sg_signature_profile sg_signature_web_bot_auth;

/** `signet-resp`: what a service answers to a request under `signet-pop`. */
extern const sg_signature_profile sg_signature_response;

/** No rule but those of RFC 9421 itself. */
extern const sg_signature_profile sg_signature_plain;

typedef enum {
    SG_KEYID_OTHER,
    SG_KEYID_TOKEN,      /* a token id: 32 lower-case hex digits */
    SG_KEYID_THUMBPRINT, /* RFC 7638, base64url of 32 bytes */
} sg_keyid_kind;

/** A signature that was read, not yet verified. */
typedef struct {
    const sg_signature_profile *profile;
    sg_keyid_kind keyid_kind;
    char keyid[SG_SIGNATURE_KEYID_MAX + 1]; /* empty: absent */
    char nonce[SG_SIGNATURE_NONCE_MAX + 1]; /* as written; under signet-pop its only spelling */
    char alg[32];
    bool has_created, has_expires;
    int64_t created, expires;
    unsigned covers; /* SG_COVERS_... */
    bool has_digest; /* content-digest is covered, and `digest` says what the content must have */
    sg_content_digest digest;
    signet_buf base; /* what is signed */
    uint8_t signature[SIGNET_SIGNATURE_MAX];
    size_t signature_len;
} sg_message_signature;

/**
 * Read the one signature of `request` that is of `profile` and judge it at `now`, give or take
 * `skew` seconds.  SIGNET_E_NOT_FOUND: there is none (or a covered field is absent);
 * SIGNET_E_DECODE: form, or two of them; SIGNET_E_EPR: a rule of the profile; SIGNET_E_TIME;
 * SIGNET_E_ALGORITHM.  Written on success only, freed with sg_message_signature_free().
 *
 * Content is known by the method, Content-Length and Transfer-Encoding; when `has_digest` is false,
 * content that comes nevertheless must be refused.
 */
bool sg_message_signature_read(const signet_http_request *request,
    const sg_signature_profile *profile, int64_t now, int64_t skew,
    sg_message_signature *ret_signature, signet_error *err) SIGNET_MUST_CHECK;

/** The same in two steps, for who must know which of them failed: all but the clock ... */
bool sg_message_signature_take(const signet_http_request *request,
    const sg_signature_profile *profile, sg_message_signature *ret_signature, signet_error *err)
    SIGNET_MUST_CHECK;

/** The same of a response, whose profile is sg_signature_response. */
bool sg_message_signature_take_from(const sg_message *message, const sg_signature_profile *profile,
    sg_message_signature *ret_signature, signet_error *err) SIGNET_MUST_CHECK;

/** ... and the clock: SIGNET_E_TIME. */
bool sg_message_signature_check_clock(const sg_message_signature *signature, int64_t now,
    int64_t skew, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether a request has a signature with that tag, or signatures that cannot be told.  Nothing of
 * it is judged.  SIGNET_E_NOMEM.
 */
bool sg_message_signature_find(const signet_http_request *request, const char *tag,
    bool *ret_is_there, signet_error *err) SIGNET_MUST_CHECK;

/** Append the label of the one signature with that tag.  SIGNET_E_NOT_FOUND, SIGNET_E_DECODE. */
bool sg_message_signature_label(const signet_http_request *request, const char *tag,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether `key` signed.  SIGNET_E_ALGORITHM: not an algorithm of the profile, or another than `alg`
 * names; SIGNET_E_SIGNATURE.
 */
bool sg_message_signature_verify(const sg_message_signature *signature, const signet_key *key,
    signet_error *err) SIGNET_MUST_CHECK;

void sg_message_signature_free(sg_message_signature *signature);

__attribute__((unused)) static inline void
sg_message_signature_free_auto(sg_message_signature *signature)
{
    sg_message_signature_free(signature);
}

/** What a client signs with. */
typedef struct {
    const sg_signature_profile *profile; /* with a tag */
    const signet_key *key;               /* private */
    const char *label;                   /* NULL: "signet" */
    const char *keyid;
    signet_slice nonce; /* 16 bytes or more; none: 16 random ones are made */
    int64_t created, expires;
} sg_signature_plan;

/**
 * Sign `request`: append the values of Signature-Input and Signature.  Covers method, target and
 * those of content-digest, content-type, content-encoding, authorization, dpop and signet-proof
 * that are there.  What the profile would refuse is not signed: SIGNET_E_EPR, _ALGORITHM, _DECODE.
 */
bool sg_message_signature_sign(const signet_http_request *request, const sg_signature_plan *plan,
    signet_buf *input, signet_buf *signature, signet_error *err) SIGNET_MUST_CHECK;

/** The same of a response, which must have its content-digest and label; a nonce is not made. */
bool sg_message_signature_sign_response(const sg_message *message, const sg_signature_plan *plan,
    signet_buf *input, signet_buf *signature, signet_error *err) SIGNET_MUST_CHECK;

/** The value of Accept-Signature that asks for signet-pop (RFC 9421 5.1). */
extern const char sg_accept_signature[];

/* What reading and signing share: read parameters of the member, then hold it against the profile,
 * but for the clock. */
bool sg_signature_parameters_read(const sg_field *input, size_t member,
    sg_message_signature *signature, signet_error *err) SIGNET_MUST_CHECK;
bool sg_signature_profile_check(const signet_http_request *request,
    const sg_message_signature *signature, signet_error *err) SIGNET_MUST_CHECK;
bool sg_signature_algorithm_check(const sg_message_signature *signature, const signet_key *key,
    signet_error *err) SIGNET_MUST_CHECK;

/** The name that RFC 9421 has for the algorithm of a key, or NULL. */
const char *sg_signature_algorithm_name(const signet_key *key);

#endif
