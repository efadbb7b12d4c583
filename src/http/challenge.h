/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WWW-Authenticate: which ways of proving possession are open here (RFC 9110 11.6.1), and what was
 * wrong with the last try.  The Bearer line is first, because simple clients read only one.
 */
#ifndef SG_HTTP_CHALLENGE_H
#define SG_HTTP_CHALLENGE_H

#include "http/refusal.h"

/** What this deployment accepts.  Texts that are empty are not there. */
typedef struct {
    signet_slice metadata;    /* URL of the metadata document: OAuth tokens are accepted */
    signet_slice scope;       /* of the Bearer challenge, scopes with a blank between */
    signet_slice dpop;        /* algorithms with a blank between: DPoP is accepted */
    signet_slice realm;       /* empty: "signet" */
    signet_slice versions;    /* of Signet-Proof, with a blank between; empty: "v1" */
    int64_t max_skew;         /* seconds */
    bool has_cors;            /* scripts of other origins may read the challenge and the date */
    bool has_bearer;          /* Bearer tokens are accepted, with or without metadata */
    const char *bearer_error; /* what was wrong with the token of the request; NULL: nothing */
    const char *dpop_error;   /* the same, or of its proof */
    bool is_signet_silent;    /* Signet-Proof and message signatures are not accepted */
    bool as_reference;        /* the Bearer line and nothing else, on 401 and on nothing else */
} sg_challenge_rules;

/** Append `text` as a quoted-string (RFC 9110 5.6.4).  SIGNET_E_USAGE for a control character. */
bool sg_challenge_quote(signet_slice text, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append the value of one line; SIGNET_E_USAGE when a rule cannot be said. */
bool sg_challenge_write_bearer(const sg_challenge_rules *rules, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;
bool sg_challenge_write_dpop(const sg_challenge_rules *rules, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;
bool sg_challenge_write_signet(const sg_challenge_rules *rules, sg_refusal refusal, int64_t now,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Add the lines that go with a refusal to its answer. */
bool sg_challenge_add(const sg_challenge_rules *rules, sg_refusal refusal, int64_t now,
    sg_answer *answer, signet_error *err) SIGNET_MUST_CHECK;

#endif
