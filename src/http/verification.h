/* SPDX-License-Identifier: Apache-2.0 */
/* One request under judgement: its state, and the steps that it goes through. */
#ifndef SG_HTTP_VERIFICATION_H
#define SG_HTTP_VERIFICATION_H

#include "http/target.h"
#include "http/verifier.h"

struct signet_verification {
    const signet_verifier *verifier;
    signet_verifier_cache *cache;
    signet_verifier_policy policy;
    signet_http_facts facts;
    int64_t now;

    signet_verification_state_kind state;
    size_t step; /* the one that is at work */
    sg_refusal problem;
    signet_error reason;

    sg_proof_header header;
    signet_slice value;   /* of the field */
    signet_buf presented; /* the token as it came with m=full */
    sg_target target;
    bool is_extended; /* x=2 is in force */
    sg_known *known;
    signet_buf text; /* of version 1 */
    signet_replay_entry entry;

    uint8_t room[]; /* SG_PROOF_HEADER_ROOM, never cleared: the header's values point into it */
};

/** A step passes (true), refuses, or stops because the caller must find out something. */
typedef bool sg_verification_step(signet_verification *it);

/** All steps in their order; ends with NULL. */
extern sg_verification_step *const sg_verification_steps[];

/** Take the value that a store had; refuses when it is no record of the token. */
bool sg_verification_take_record(signet_verification *it, signet_slice value) SIGNET_MUST_CHECK;

/** End with a refusal; false. */
bool sg_refuse(signet_verification *it, sg_refusal problem);

#define SG_REFUSE(it, problem, code, ...)                                                          \
    (signet_error_set(&(it)->reason, (code), __VA_ARGS__), sg_refuse((it), (problem)))

#endif
