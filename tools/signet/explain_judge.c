/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier, run offline on a saved request.  It is asked whether the proof is fresh: no store
 * is there, so it is.
 */
#include <signet/signet.h>

#include "explain.h"

/* In the order of the verifier; what it says of a refusal is `stage`, and of some also `label`. */
static const struct step {
    const char *name, *stage, *label, *meaning;
} steps[] = {
    {"proof", "header_missing", NULL, "there is one"},
    {"form", "proof_parsing", NULL, "it can be read, and says what it must"},
    {"target", "canonical_request", NULL, "method and target can be read in one way only"},
    {"size", "request_size", NULL, "the content is not too long"},
    {"clock", "clock_skew", NULL, "the proof was made just now"},
    {"token", "token_lookup", NULL, "the token is known"},
    {"revocation", "token_revoked", NULL, "the token was not revoked"},
    {"validity", "token_time", NULL, "the token is valid now"},
    {"issuer", "key_provider", NULL, "a master key of its issuer is known"},
    {"signature", "signature_verification", NULL, "method, target, authority, time are as signed"},
    {"fresh", "replay_check", NULL, "the proof was not used before; offline, this is assumed"},
    {"purpose", "purpose_check", NULL, "purpose and audience are accepted here"},
    {"content", "signature_verification", "digest_mismatch", "the content is as signed"},
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static void
give_body(signet_verification *verification, signet_slice content)
{
    uint8_t short_digest[SIGNET_SHA256_SIZE], long_digest[SIGNET_SHA512_SIZE];
    signet_sha256 sha256;
    signet_sha512 sha512;
    const signet_body_digests digests = {short_digest, long_digest, content.len};

    signet_sha256_init(&sha256);
    signet_sha256_update(&sha256, content);
    signet_sha256_final(&sha256, short_digest);
    signet_sha512_init(&sha512);
    signet_sha512_update(&sha512, content);
    signet_sha512_final(&sha512, long_digest);
    signet_verification_give_digests(verification, &digests);
}

/* One answer to what the verifier asks; false when there is none, or it asks nothing more. */
static bool
answer(signet_verification *verification, const explain_case *it, signet_error *err)
{
    switch (signet_verification_state(verification)) {
    case SIGNET_VERIFICATION_NEEDS_RECORD:
        if (!it->record.ptr)
            return signet_fail(err, SIGNET_E_NOT_FOUND,
                "the proof names its token by id only; give the record of the store (--record)");
        signet_verification_give_record(verification, SIGNET_LOOKUP_FOUND, it->record);
        return true;
    case SIGNET_VERIFICATION_NEEDS_FRESH:
        signet_verification_give_fresh(verification, SIGNET_REPLAY_FRESH);
        return true;
    case SIGNET_VERIFICATION_NEEDS_BODY:
        give_body(verification, it->request->content);
        return true;
    case SIGNET_VERIFICATION_ACCEPTED:
    case SIGNET_VERIFICATION_REFUSED:
        break;
    }
    return false;
}

static bool
is_over(const signet_verification *verification)
{
    signet_verification_state_kind state = signet_verification_state(verification);

    return state == SIGNET_VERIFICATION_ACCEPTED || state == SIGNET_VERIFICATION_REFUSED;
}

signet_verification *
explain_judge(const signet_verifier *verifier, signet_verifier_cache *cache, const explain_case *it,
    const signet_http_facts *facts, signet_error *err)
{
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;

    verification = signet_verification_new(verifier, cache, &it->policy, facts, it->now, err);
    if (!verification)
        return NULL;
    while (!is_over(verification)) {
        if (!answer(verification, it, err))
            return NULL;
    }
    return SIGNET_TAKE(verification);
}

static size_t
refused_step(const signet_refusal *refusal)
{
    size_t found = STEPS;

    for (size_t i = 0; refusal && i < STEPS; i++) {
        if (strcmp(steps[i].stage, refusal->stage) != 0)
            continue;
        if (steps[i].label ? strcmp(steps[i].label, refusal->label) == 0 : found == STEPS)
            found = i;
    }
    return found;
}

bool
explain_has_passed_signature(const signet_verification *verification)
{
    const signet_refusal *refusal = signet_verification_refusal(verification);
    size_t at = refused_step(refusal);

    return !refusal ||
           (at < STEPS && strcmp(steps[at].name, "signature") != 0 &&
               strcmp(steps[at].stage, "signature_verification") == 0) ||
           (at < STEPS && strcmp(steps[at].name, "purpose") == 0);
}

void
explain_report_steps(report *to, const signet_verification *verification)
{
    const signet_refusal *refusal = signet_verification_refusal(verification);
    size_t at = refused_step(refusal);

    report_open(to, "steps", NULL);
    for (size_t i = 0; i < STEPS && i < at; i++)
        report_word(to, steps[i].name, "passed", steps[i].meaning);
    if (at < STEPS)
        report_word(
            to, steps[at].name, "refused", signet_verification_reason(verification)->message);
    report_close(to);
}
