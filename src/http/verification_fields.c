/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the answer: which ways are open on this route, and which was tried in vain.  An
 * `error` stands in the challenge of the dialect that the request used, in no other.
 */
#include <stdio.h>

#include <signet/challenge.h>

#include "http/challenge.h"
#include "http/verification.h"

static signet_slice
or_nothing(const char *text)
{
    return text ? signet_slice_text(text) : (signet_slice){NULL, 0};
}

/* The JWS names of what is accepted. */
static bool
write_algorithms(signet_algorithms accepted, signet_buf *out, signet_error *err)
{
    for (; *accepted; accepted++) {
        const char *const *names = sg_jwk_algorithm_names(*accepted);

        for (; names && *names; names++) {
            if (!signet_buf_printf(out, err, "%s%s", out->len > 0 ? " " : "", *names))
                return false;
        }
    }
    return true;
}

static bool
add(sg_answer *answer, const char *name, const char *value, signet_error *err)
{
    return sg_answer_add(answer, name, signet_slice_text(value), err);
}

static bool
add_nonce(const signet_verification *it, sg_answer *answer, signet_error *err)
{
    const signet_slice secret = {it->verifier->nonce_key, it->verifier->nonce_key_len};
    char nonce[SG_DPOP_NONCE_LEN + 1];

    if (secret.len == 0)
        return true;
    return sg_dpop_nonce_make(secret, it->now, nonce, err) &&
           add(answer, "DPoP-Nonce", nonce, err) && add(answer, "Cache-Control", "no-store", err);
}

static sg_challenge_rules
rules_of(const signet_verification *it, const signet_challenge *challenge, signet_slice algorithms)
{
    const unsigned open = it->policy.dialects;
    const unsigned own = SIGNET_DIALECT_PROOF | SIGNET_DIALECT_MESSAGE_SIGNATURE;
    const unsigned access = SIGNET_DIALECT_DPOP | SIGNET_DIALECT_CERTIFICATE;
    const char *error = sg_refusal_find(it->problem)->authorization;
    sg_challenge_rules rules = {
        .scope = or_nothing(challenge->scope),
        .realm = or_nothing(challenge->realm),
        .bearer = challenge->bearer,
        .versions =
            signet_slice_text(it->policy.binding == SIGNET_BINDING_REQUIRED ? "v1+x2" : "v1 v1+x2"),
        .max_skew = it->policy.skew,
        .has_cors = challenge->has_cors,
        .has_bearer = (open & SIGNET_DIALECT_CERTIFICATE) != 0,
        .is_signet_silent = !(open & own),
        .as_reference = challenge->as_reference,
    };

    if (open & access || challenge->as_reference)
        rules.metadata = or_nothing(challenge->metadata);
    if (open & SIGNET_DIALECT_DPOP)
        rules.dpop = algorithms;
    if (sg_uses(it, SIGNET_DIALECT_DPOP))
        rules.dpop_error = error;
    /* a Bearer token where only DPoP is accepted: RFC 9449 7.2 */
    if (sg_uses(it, SIGNET_DIALECT_CERTIFICATE)) {
        if (rules.has_bearer)
            rules.bearer_error = error;
        else
            rules.dpop_error = error;
    }
    return rules;
}

static bool
add_retry(const signet_refusal *row, sg_answer *answer, signet_error *err)
{
    char seconds[12];

    if (row->retry_after == 0)
        return true;
    (void)snprintf(seconds, sizeof(seconds), "%d", row->retry_after);
    return add(answer, "Retry-After", seconds, err);
}

static bool
add_refusal(const signet_verification *it, const signet_challenge *challenge, sg_answer *answer,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf algorithms = {0};
    const signet_refusal *row = sg_refusal_find(it->problem);
    const unsigned open = it->policy.dialects;
    sg_challenge_rules rules;

    if (!write_algorithms(it->verifier->token_algorithms, &algorithms, err))
        return false;
    rules = rules_of(it, challenge, signet_buf_slice(&algorithms));
    if (!add_retry(row, answer, err) ||
        !sg_challenge_add(&rules, it->problem, it->now, answer, err))
        return false;
    if (row->status != 401 || challenge->as_reference)
        return true;
    if ((open & SIGNET_DIALECT_DPOP) && !add_nonce(it, answer, err))
        return false;
    return !(open & SIGNET_DIALECT_MESSAGE_SIGNATURE) ||
           add(answer, "Accept-Signature", sg_accept_signature, err);
}

static bool
gather(const signet_verification *it, const signet_challenge *challenge, sg_answer *answer,
    signet_error *err)
{
    if (it->state == SIGNET_VERIFICATION_REFUSED)
        return add_refusal(it, challenge, answer, err);
    if (it->state != SIGNET_VERIFICATION_ACCEPTED)
        return signet_fail(err, SIGNET_E_USAGE, "the request is not judged yet");
    return !sg_uses(it, SIGNET_DIALECT_DPOP) || add_nonce(it, answer, err);
}

bool
signet_verification_fields(const signet_verification *verification,
    const signet_challenge *challenge, signet_answer_fields *ret_fields, signet_error *err)
{
    static const signet_challenge nothing = {0};
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};

    _Static_assert((int)SIGNET_ANSWER_FIELDS_MAX == (int)SG_ANSWER_FIELDS_MAX, "all have room");
    if (!gather(verification, challenge ? challenge : &nothing, &answer, err))
        return false;
    *ret_fields = (signet_answer_fields){.count = answer.field_count, .room = answer.values};
    answer.values = (signet_buf){0};
    for (size_t i = 0; i < ret_fields->count; i++) {
        const char *name = answer.fields[i].name;

        ret_fields->fields[i] = (signet_http_field){
            or_nothing(name), {ret_fields->room.data + answer.fields[i].at, answer.fields[i].len}};
    }
    return true;
}

void
signet_answer_fields_free(signet_answer_fields *fields)
{
    if (!fields)
        return;
    signet_buf_free(&fields->room);
    *fields = (signet_answer_fields){0};
}
