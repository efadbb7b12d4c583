/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `Signet-Proof` header, docs/formats/http.md: reading it, writing it, and whether it fits the
 * record of its token.  What a header says is judged in two stages because some of it can only be
 * judged once the record is known.
 */
#ifndef SG_HTTP_HEADER_H
#define SG_HTTP_HEADER_H

#include <signet/proof.h>

enum {
    SG_PROOF_HEADER_MAX = 8192,    /* bytes of the value */
    SG_PROOF_HEADER_ROOM = 6144,   /* bytes that base64url in the longest value can stand for */
    SG_PROOF_PARAMETERS_MAX = 32,  /* so that looking for a repeated name stays cheap */
    SG_PROOF_TOKEN_MAX = 4096,     /* characters of `t` */
    SG_PROOF_ID_SIZE = 16,         /* jti, n, cap */
    SG_PROOF_SIGNATURE_MIN = 64,   /* of any algorithm */
    SG_PROOF_HELPER_SKEW_MAX = 60, /* seconds, sg_proof_check_window() */
};

/** The last second of the year 9999. */
#define SG_PROOF_TIME_MAX INT64_C(253402300799)

/**
 * The parameters by name; what is absent has a NULL `ptr`, what is there and empty has not.  Text
 * is borrowed from the value, bytes lie in the room that the caller gave.
 */
typedef struct {
    signet_slice version;          /* before the first `;`, a token */
    signet_slice mode;             /* m, text */
    signet_slice token_id;         /* jti, 16 bytes, always there */
    signet_slice capability_id;    /* cap, any length */
    signet_slice signature;        /* s, 64 bytes or more, always there */
    signet_slice nonce;            /* n, 16 bytes */
    int64_t time;                  /* ts, 1 or more, always there */
    signet_slice extension;        /* x, text */
    signet_slice digest;           /* bd, 32 bytes; only if x is 2, as the next */
    signet_slice strong_signature; /* s2, 64 bytes or more */
    signet_slice token;            /* t, text */
    signet_slice ephemeral_key;    /* ek; only if m is full, as the following */
    signet_slice binding;          /* p, 64 bytes or more */
    signet_slice purpose;          /* pu, 1 to 256 bytes */
    signet_slice key_hash;         /* k, 32 bytes */
} sg_proof_header;

/** Whether `x` is 2, and whether `m` is full. */
bool sg_proof_header_is_extended(const sg_proof_header *header);
bool sg_proof_header_is_full(const sg_proof_header *header);

/**
 * Take a value apart.  Allocates nothing.  SIGNET_E_DECODE; the message begins with the name of the
 * parameter, and `ret_header` is as it was.
 */
bool sg_proof_header_parse(signet_slice value, uint8_t room[SG_PROOF_HEADER_ROOM],
    sg_proof_header *ret_header, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Append a value: `v1` if there is no version, then what is there, in the order of the struct.
 * SIGNET_E_USAGE for what could not be read back.
 */
bool sg_proof_header_write(const sg_proof_header *header, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Whether a proof must bind the whole request (x=2).  The zero is the safe one. */
typedef enum {
    SG_BINDING_REQUIRED,
    SG_BINDING_IF_PRESENT,
    SG_BINDING_OFF,
} sg_binding_policy;

/** What the record and the route say about a header. */
typedef struct {
    size_t signature_size;      /* of the ephemeral key's algorithm */
    signet_slice capability_id; /* of the token */
    sg_binding_policy binding;  /* SG_BINDING_REQUIRED also for a record with pop_min=x2 */
    bool allow_missing_nonce;   /* H-06 */
    bool allow_full;            /* m=full, stateless presentation */
} sg_proof_admission;

/**
 * Whether a header fits.  `ret_is_extended` tells whether `s2` must be verified too.
 * SIGNET_E_DECODE: the header (400); SIGNET_E_SIGNATURE: `cap` is another's (401); SIGNET_E_EPR:
 * x=2 is required and absent.
 */
bool sg_proof_header_admit(const sg_proof_header *header, const sg_proof_admission *admission,
    bool *ret_is_extended, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether `time` is within `skew` seconds of `now`; never more than 60, and, if `cap` is positive,
 * never more than that.  SIGNET_E_TIME.
 */
bool sg_proof_check_window(int64_t time, int64_t now, int64_t skew, int64_t cap, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
