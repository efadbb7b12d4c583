/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a request is refused, and what is said about it to whom.  One table: a verifier names the
 * class, and everything else follows from the row.  All texts are constants: nothing that a client
 * sent comes back (H-26); details are for the log.
 */
#ifndef SG_HTTP_REFUSAL_H
#define SG_HTTP_REFUSAL_H

#include <signet/verifier.h>

#include "http/answer.h"

typedef enum {
    SG_REFUSAL_MISSING,  /* no proof */
    SG_REFUSAL_SYNTAX,   /* a proof that cannot be read, or two of them */
    SG_REFUSAL_TARGET,   /* a method or target that cannot be signed unambiguously */
    SG_REFUSAL_SIZE,     /* content longer than is allowed */
    SG_REFUSAL_UNKNOWN,  /* no such token */
    SG_REFUSAL_REVOKED,  /* a token that was taken back */
    SG_REFUSAL_EXPIRED,  /* a token, too late */
    SG_REFUSAL_EARLY,    /* a token, too early */
    SG_REFUSAL_TOO_OLD,  /* the time of the request, beyond the skew */
    SG_REFUSAL_TOO_NEW,  /* the same, in the future */
    SG_REFUSAL_REPLAY,   /* a request that was there before */
    SG_REFUSAL_KEY,      /* the master key is not the token's */
    SG_REFUSAL_FORGED,   /* a signature that is not genuine */
    SG_REFUSAL_DIGEST,   /* content that is not what was signed */
    SG_REFUSAL_UNBOUND,  /* the whole request must be bound and is not */
    SG_REFUSAL_PURPOSE,  /* a purpose that is not served here */
    SG_REFUSAL_POLICY,   /* an audience or capability that is not */
    SG_REFUSAL_NO_KEY,   /* the issuer's key is not there */
    SG_REFUSAL_KEYS,     /* keys could not be looked up */
    SG_REFUSAL_CHECKER,  /* revocation could not be checked */
    SG_REFUSAL_OUTDATED, /* the same, said as a failure that passes */
    SG_REFUSAL_BUILDER,  /* what was signed could not be built */
    SG_REFUSAL_TOKENS,   /* the store of tokens could not tell */
    SG_REFUSAL_REPLAYS,  /* the store of replays could not tell, or is full */
    SG_REFUSAL_NO_PROOF, /* no proof, where Signet-Proof is not the only way, or none */
    SG_REFUSAL_DPOP,     /* a DPoP proof that is not of this request, or not genuine */
    SG_REFUSAL_NONCE,    /* a DPoP proof without a nonce that was handed out */
    SG_REFUSAL_ACCESS,   /* an access token that is not acceptable, or another's */
    SG_REFUSAL_SCOPE,    /* an access token without a scope that is served here */
    SG_REFUSAL_MIXED,    /* proofs that are not of one key or token */
    SG_REFUSAL_INTERNAL, /* anything else */
    SG_REFUSALS,         /* how many there are */
} sg_refusal;

/** The row of a class; that of SG_REFUSAL_INTERNAL for a number that is none. */
const signet_refusal *sg_refusal_find(sg_refusal refusal);

/** Whether an answer of this class carries a challenge: each 401 does, and some others. */
bool sg_refusal_has_challenge(sg_refusal refusal);

typedef enum { SG_REFUSAL_AS_TEXT, SG_REFUSAL_AS_JSON } sg_refusal_form;

/** Append the body. */
bool sg_refusal_write(sg_refusal refusal, sg_refusal_form form, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Make the whole answer, but for challenges.  `is_head`: without the body. */
bool sg_refusal_answer(sg_refusal refusal, sg_refusal_form form, bool is_head,
    sg_answer *ret_answer, signet_error *err) SIGNET_MUST_CHECK;

#endif
