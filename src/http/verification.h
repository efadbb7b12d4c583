/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request under judgement: its state, and the steps that it goes through.  Signet-Proof costs
 * the most requests, so what the other dialects need lies apart and is made only for them.
 */
#ifndef SG_HTTP_VERIFICATION_H
#define SG_HTTP_VERIFICATION_H

#include "http/access_token.h"
#include "http/message_signature.h"
#include "http/target.h"
#include "http/verifier.h"

/* What a request brings beside Signet-Proof. */
typedef struct {
    signet_http_request request;    /* with scheme and authority of our origin */
    sg_message_signature signature; /* SIGNET_DIALECT_MESSAGE_SIGNATURE */
    sg_dpop_presented presented;    /* the two others */
    signet_buf url;
    sg_dpop_proof proof;
    char thumbprint[SG_JWK_THUMBPRINT_LEN + 1]; /* of the proof */
    sg_dpop_verdict verdict;
    sg_access_token token;
    const sg_issuer *issuer; /* of the token */
    char agent[SG_JWK_THUMBPRINT_LEN + 1];
} sg_others;

struct signet_verification {
    const signet_verifier *verifier;
    signet_verifier_cache *cache;
    signet_verifier_policy policy;
    signet_http_facts facts;
    int64_t now;
    int64_t dpop_skew; /* seconds */

    signet_verification_state_kind state;
    size_t step; /* the one that is at work */
    sg_refusal problem;
    signet_error reason;

    unsigned used;      /* dialects that the request brings and the route enables */
    unsigned explained; /* the one whose signature was looked at last */
    sg_others *others;  /* NULL: nothing beside Signet-Proof */
    uint8_t token_id_room[SG_PROOF_ID_SIZE];
    signet_slice token_id; /* of the record that is needed */

    sg_proof_header header;
    signet_slice value;   /* of the field */
    signet_buf presented; /* the token as it came with m=full */
    sg_target target;
    bool is_extended;    /* x=2 is in force */
    bool is_body_unseen; /* whoever asked has the content, and must compare its digest */
    sg_known *known;
    signet_buf text;        /* of version 1 */
    signet_buf strong_text; /* of x=2, once it was verified */
    const sg_origin
        *origin; /* that the request's authority was found to be; NULL: not yet, or none */
    signet_replay_entry entry;

    uint8_t room[]; /* SG_PROOF_HEADER_ROOM, never cleared: the header's values point into it */
};

/** A step passes (true), refuses, or stops because the caller must find out something. */
typedef bool sg_verification_step(signet_verification *it);

/** All steps in their order; ends with NULL. */
extern sg_verification_step *const sg_verification_steps[];

/** The memory for other dialects, or NULL: then it was refused. */
sg_others *sg_others_need(signet_verification *it);
void sg_others_free(sg_others *others);

static inline bool
sg_uses(const signet_verification *it, unsigned dialect)
{
    return (it->used & dialect) != 0;
}

/** Stop until the caller found something out; false. */
bool sg_verification_need(signet_verification *it, signet_verification_state_kind state);

/** Which proofs there are (verification_proofs.c). */
sg_verification_step sg_find_proofs;
/** Whether all proofs are of one key or token; each alone was verified. */
sg_verification_step sg_check_same;
/** Web Bot Auth: who the agent is. */
sg_verification_step sg_identify_agent;

/** Message signatures (verification_signature.c). */
sg_verification_step sg_read_signature, sg_check_signature, sg_check_signature_fresh;

/** Access tokens, with DPoP or a certificate (verification_access.c). */
sg_verification_step sg_read_access, sg_check_access_fresh, sg_check_scope;

/** Content (verification_body.c). */
sg_verification_step sg_check_digest_is_there, sg_check_body;
/* The one SHA-256 that all proofs name; empty when they name none, another, or SHA-512 alone. */
signet_slice sg_verification_told_digest(const signet_verification *it);
unsigned sg_verification_wants(const signet_verification *it);
bool sg_verification_check_digests(signet_verification *it, const sg_content_digest *computed)
    SIGNET_MUST_CHECK;

/** Take the value that a store had; refuses when it is no record of the token. */
bool sg_verification_take_record(signet_verification *it, signet_slice value) SIGNET_MUST_CHECK;

/** End with a refusal; false. */
bool sg_refuse(signet_verification *it, sg_refusal problem);

#define SG_REFUSE(it, problem, code, ...)                                                          \
    (signet_error_set(&(it)->reason, (code), __VA_ARGS__), sg_refuse((it), (problem)))

#endif
