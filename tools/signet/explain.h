/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `signet explain` share: one judgement, and what else would have been accepted.
 */
#ifndef SG_SIGNET_EXPLAIN_H
#define SG_SIGNET_EXPLAIN_H

#include "report.h"
#include "saved_request.h"

enum { EXPLAIN_ORIGINS_MAX = SIGNET_VERIFIER_ORIGINS_MAX };

/** What a request is judged with. */
typedef struct {
    const saved_request *request;
    signet_verifier_options options;
    signet_verifier_policy policy;
    signet_slice record; /* value of the store; NULL: none was given */
    int64_t now;
} explain_case;

/** Run the verifier to its end; NULL with `err` when it cannot tell.  The caller frees it. */
signet_verification *explain_judge(const signet_verifier *verifier, signet_verifier_cache *cache,
    const explain_case *it, const signet_http_facts *facts, signet_error *err) SIGNET_MUST_CHECK;

/** Whether the signature was held against the request, and is genuine. */
bool explain_has_passed_signature(const signet_verification *verification);

/** Report each step that passed, and the one that did not. */
void explain_report_steps(report *to, const signet_verification *verification);

/**
 * Report which other request the signature is of: the one with the fewest components that differ.
 * Only for a signature that is not genuine: that of Signet-Proof or, `is_message`, of the message.
 */
bool explain_report_differences(
    report *to, const explain_case *it, bool is_message, signet_error *err) SIGNET_MUST_CHECK;

/** Report the digest that came against the one that was signed. */
bool explain_report_digest(report *to, const saved_request *request, signet_error *err)
    SIGNET_MUST_CHECK;

/** The text of a parameter of Signet-Proof; empty when it is not there. */
signet_slice explain_parameter(const saved_request *request, const char *name);

/** The second in `ts`, or else in `created` of the first message signature; -1: there is none. */
int64_t explain_proof_time(const saved_request *request);

#endif
