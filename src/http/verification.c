/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state machine around the steps (verification_steps.c), as its caller sees it.  Whatever goes
 * wrong in here, a verification that was not accepted is refused.
 */
#include <stdlib.h>

#include "http/verification.h"

bool
sg_refuse(signet_verification *it, sg_refusal problem)
{
    it->state = SIGNET_VERIFICATION_REFUSED;
    it->problem = problem;
    return false;
}

static void
run(signet_verification *it)
{
    (void)sg_refuse(it, SG_REFUSAL_INTERNAL); /* until the last step passed */
    while (sg_verification_steps[it->step]) {
        if (!sg_verification_steps[it->step++](it))
            return;
    }
    it->state = SIGNET_VERIFICATION_ACCEPTED;
}

/* As much work as for a token that is known, so that the time does not tell (H-35). */
static void
work_in_vain(const signet_verification *it)
{
    const signet_key *key = it->verifier->stand_in;
    signet_slice signature = {sg_uses(it, SIGNET_DIALECT_PROOF) ? it->header.signature.ptr
                                                                : it->others->signature.signature,
        SIGNET_ED25519_SIGNATURE_SIZE};

    for (int i = 0; i < 2; i++)
        (void)!signet_key_verify(key, it->facts.request.target, signature, NULL);
}

static bool
check_dialects(const signet_verifier *verifier, signet_verifier_policy *policy, signet_error *err)
{
    const unsigned access = SIGNET_DIALECT_DPOP | SIGNET_DIALECT_CERTIFICATE;

    if (policy->dialects == 0)
        policy->dialects = SIGNET_DIALECT_PROOF;
    if (policy->dialects & ~(unsigned)SIGNET_DIALECTS)
        return signet_fail(err, SIGNET_E_USAGE, "a dialect that is not known");
    if ((policy->dialects & access) && verifier->issuer_count == 0)
        return signet_fail(
            err, SIGNET_E_USAGE, "a verifier without issuers cannot judge access tokens");
    if ((policy->dialects & (access | SIGNET_DIALECT_MESSAGE_SIGNATURE)) &&
        verifier->origin_count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "a verifier without origins cannot judge targets");
    return true;
}

static bool
check_policy(const signet_verifier *verifier, signet_verifier_policy *policy, signet_error *err)
{
    if (policy->skew == 0)
        policy->skew = SIGNET_VERIFIER_SKEW;
    else if (policy->skew == SIGNET_VERIFIER_NO_SKEW)
        policy->skew = 0;
    if (policy->body_max == 0)
        policy->body_max = SIGNET_VERIFIER_BODY_MAX;
    if (policy->skew < 0 || policy->skew > SIGNET_VERIFIER_SKEW_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a skew of %lld seconds, at most %d",
            (long long)policy->skew, SIGNET_VERIFIER_SKEW_MAX);
    if (policy->body_max < 0)
        return signet_fail(err, SIGNET_E_USAGE, "the limit on content is negative");
    if (verifier->origin_count == 0 && policy->binding != SIGNET_BINDING_OFF)
        return signet_fail(
            err, SIGNET_E_USAGE, "a verifier without origins cannot judge what x=2 binds");
    return check_dialects(verifier, policy, err);
}

signet_verification *
signet_verification_new(const signet_verifier *verifier, signet_verifier_cache *cache,
    const signet_verifier_policy *policy, const signet_http_facts *facts, int64_t now,
    signet_error *err)
{
    SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;
    signet_verifier_policy filled = *policy;

    if (!check_policy(verifier, &filled, err))
        return NULL;
    it = malloc(sizeof(*it) + SG_PROOF_HEADER_ROOM);
    if (!it)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    *it = (signet_verification){.verifier = verifier};
    it->cache = cache;
    it->policy = filled;
    it->facts = *facts;
    it->now = now;
    it->dpop_skew = policy->skew == 0 ? SG_DPOP_SKEW : filled.skew;
    run(it);
    return SIGNET_TAKE(it);
}

signet_verification_state_kind
signet_verification_state(const signet_verification *verification)
{
    return verification->state;
}

signet_slice
signet_verification_token_id(const signet_verification *verification)
{
    return verification->token_id;
}

signet_replay_entry
signet_verification_entry(const signet_verification *verification)
{
    return verification->entry;
}

/* An answer that was not asked for is a mistake of the caller, and no way in. */
static bool
is_asked(signet_verification *it, signet_verification_state_kind state)
{
    if (it->state == state)
        return true;
    return SG_REFUSE(
        it, SG_REFUSAL_INTERNAL, SIGNET_E_USAGE, "the verifier was given what it did not ask for");
}

void
signet_verification_give_record(
    signet_verification *verification, signet_lookup lookup, signet_slice value)
{
    signet_verification *it = verification;

    if (!is_asked(it, SIGNET_VERIFICATION_NEEDS_RECORD))
        return;
    if (lookup == SIGNET_LOOKUP_NONE) {
        work_in_vain(it);
        (void)SG_REFUSE(it, SG_REFUSAL_UNKNOWN, SIGNET_E_NOT_FOUND, "%s: no such token",
            sg_uses(it, SIGNET_DIALECT_PROOF) ? "jti" : "keyid");
    } else if (lookup != SIGNET_LOOKUP_FOUND) {
        (void)SG_REFUSE(
            it, SG_REFUSAL_TOKENS, SIGNET_E_NETWORK, "the store of token records cannot tell");
    } else {
        if (sg_verification_take_record(it, value))
            run(it);
    }
}

void
signet_verification_give_fresh(signet_verification *verification, signet_replay_answer answer)
{
    signet_verification *it = verification;

    if (!is_asked(it, SIGNET_VERIFICATION_NEEDS_FRESH))
        return;
    if (answer == SIGNET_REPLAY_FRESH)
        run(it);
    else if (answer == SIGNET_REPLAY_SEEN)
        (void)SG_REFUSE(it, SG_REFUSAL_REPLAY, SIGNET_E_EXISTS, "the proof was used before");
    else
        (void)SG_REFUSE(
            it, SG_REFUSAL_REPLAYS, SIGNET_E_NETWORK, "the replay store cannot tell, or is full");
}

unsigned
signet_verification_body_wants(const signet_verification *verification)
{
    return verification->state == SIGNET_VERIFICATION_NEEDS_BODY
               ? sg_verification_wants(verification)
               : 0;
}

void
signet_verification_give_digests(
    signet_verification *verification, const signet_body_digests *digests)
{
    signet_verification *it = verification;
    sg_content_digest computed = {.has_sha256 = digests->sha256, .has_sha512 = digests->sha512};

    if (!is_asked(it, SIGNET_VERIFICATION_NEEDS_BODY))
        return;
    if (digests->sha256)
        memcpy(computed.sha256, digests->sha256, sizeof(computed.sha256));
    if (digests->sha512)
        memcpy(computed.sha512, digests->sha512, sizeof(computed.sha512));
    if (digests->length > (uint64_t)it->policy.body_max)
        (void)SG_REFUSE(it, SG_REFUSAL_SIZE, SIGNET_E_USAGE, "content of %llu bytes, at most %lld",
            (unsigned long long)digests->length, (long long)it->policy.body_max);
    else if (it->facts.content_length > 0 && digests->length != (uint64_t)it->facts.content_length)
        (void)SG_REFUSE(it, SG_REFUSAL_DIGEST, SIGNET_E_SIGNATURE,
            "content of %llu bytes, not the %lld that were announced",
            (unsigned long long)digests->length, (long long)it->facts.content_length);
    else if (sg_verification_check_digests(it, &computed))
        run(it);
}

void
signet_verification_give_body(
    signet_verification *verification, const uint8_t sha256[32], uint64_t length)
{
    const signet_body_digests digests = {.sha256 = sha256, .length = length};

    signet_verification_give_digests(verification, &digests);
}

signet_slice
signet_verification_body_digest(const signet_verification *verification)
{
    return sg_verification_told_digest(verification);
}

void
signet_verification_leave_body(signet_verification *verification, bool is_allowed)
{
    signet_verification *it = verification;

    if (!is_asked(it, SIGNET_VERIFICATION_NEEDS_BODY))
        return;
    it->is_body_unseen = true;
    if (is_allowed && sg_verification_told_digest(it).len > 0)
        run(it);
    else
        (void)SG_REFUSE(it, SG_REFUSAL_POLICY, SIGNET_E_USAGE,
            "%s: there is content, which cannot be seen here",
            sg_uses(it, SIGNET_DIALECT_PROOF) ? "bd" : "digest");
}

const signet_refusal *
signet_verification_refusal(const signet_verification *verification)
{
    return verification->state == SIGNET_VERIFICATION_REFUSED
               ? sg_refusal_find(verification->problem)
               : NULL;
}

const signet_error *
signet_verification_reason(const signet_verification *verification)
{
    return &verification->reason;
}

void
signet_verification_free(signet_verification *verification)
{
    if (!verification)
        return;
    sg_known_drop(verification->known);
    sg_others_free(verification->others);
    signet_buf_free(&verification->presented);
    signet_buf_free(&verification->text);
    signet_buf_free(&verification->strong_text);
    free(verification);
}
