/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message signatures (RFC 9421) under the profile signet-pop, http-pop.md 9.3.  The key is that of
 * the Signet token whose id is `keyid`, or of another proof of the same request whose thumbprint
 * it is: no key comes from elsewhere.
 */
#include <sodium.h>

#include "http/verification.h"

static sg_refusal
problem_of(signet_code code)
{
    static const struct {
        signet_code code;
        sg_refusal problem;
    } problems[] = {
        {SIGNET_E_NOMEM, SG_REFUSAL_INTERNAL},
        {SIGNET_E_EPR, SG_REFUSAL_UNBOUND},
        {SIGNET_E_ALGORITHM, SG_REFUSAL_FORGED},
        {SIGNET_E_SIGNATURE, SG_REFUSAL_FORGED},
    };

    for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
        if (problems[i].code == code)
            return problems[i].problem;
    }
    return SG_REFUSAL_SYNTAX;
}

static bool
refuse(signet_verification *it, sg_refusal problem)
{
    signet_error_prefix(&it->reason, "Signature-Input");
    return sg_refuse(it, problem);
}

/* Whose record is needed; with a Signet-Proof it must be that of the same token. */
static bool
take_token_id(signet_verification *it)
{
    const char *keyid = it->others->signature.keyid;

    if (it->others->signature.keyid_kind != SG_KEYID_TOKEN)
        return true;
    if (sodium_hex2bin(it->token_id_room, sizeof(it->token_id_room), keyid, strlen(keyid), NULL,
            NULL, NULL) != 0)
        return SG_REFUSE(it, SG_REFUSAL_SYNTAX, SIGNET_E_DECODE, "Signature-Input: keyid");
    if (!it->token_id.ptr)
        it->token_id = (signet_slice){it->token_id_room, sizeof(it->token_id_room)};
    else if (memcmp(it->token_id.ptr, it->token_id_room, sizeof(it->token_id_room)) != 0)
        return SG_REFUSE(it, SG_REFUSAL_MIXED, SIGNET_E_TRUST,
            "keyid: %s is not the token of the Signet-Proof", keyid);
    return true;
}

bool
sg_read_signature(signet_verification *it)
{
    const sg_signature_profile *profile =
        it->policy.allow_hybrid ? &sg_signature_pop_hybrid : &sg_signature_pop;

    if (!sg_uses(it, SIGNET_DIALECT_MESSAGE_SIGNATURE))
        return true;
    it->explained = SIGNET_DIALECT_MESSAGE_SIGNATURE;
    if (!sg_message_signature_take(
            &it->others->request, profile, &it->others->signature, &it->reason))
        return refuse(it, problem_of(it->reason.code));
    if (!sg_message_signature_check_clock(
            &it->others->signature, it->now, it->policy.skew, &it->reason))
        return refuse(
            it, it->others->signature.created > it->now ? SG_REFUSAL_TOO_NEW : SG_REFUSAL_TOO_OLD);
    return take_token_id(it);
}

/* A token that is known stands before the key of a DPoP proof; that the two agree is for later. */
static const signet_key *
find_key(const signet_verification *it)
{
    const sg_message_signature *signature = &it->others->signature;

    if (it->known)
        return signature->keyid_kind == SG_KEYID_TOKEN ||
                       strcmp(signature->keyid, it->known->thumbprint) == 0
                   ? it->known->record.ephemeral
                   : NULL;
    if (sg_uses(it, SIGNET_DIALECT_DPOP) && strcmp(signature->keyid, it->others->thumbprint) == 0)
        return it->others->proof.key;
    return NULL;
}

bool
sg_check_signature(signet_verification *it)
{
    const signet_http_request *request = NULL;
    const signet_key *key = NULL;

    if (!sg_uses(it, SIGNET_DIALECT_MESSAGE_SIGNATURE))
        return true;
    it->explained = SIGNET_DIALECT_MESSAGE_SIGNATURE;
    request = &it->others->request;
    key = find_key(it);
    if (!key)
        return SG_REFUSE(it,
            it->known || sg_uses(it, SIGNET_DIALECT_DPOP) ? SG_REFUSAL_MIXED : SG_REFUSAL_UNKNOWN,
            SIGNET_E_NOT_FOUND, "keyid: %s is the key of no other proof here",
            it->others->signature.keyid);
    if (!sg_message_signature_verify(&it->others->signature, key, &it->reason)) {
        signet_error cause = it->reason;

        return SG_REFUSE(it, SG_REFUSAL_FORGED, cause.code,
            "Signature: %s; seen: %.*s %s://%.*s%.*s", cause.message, (int)request->method.len,
            request->method.ptr, (const char *)request->scheme.ptr, (int)request->authority.len,
            request->authority.ptr, (int)(request->target.len < 80 ? request->target.len : 80),
            request->target.ptr);
    }
    return true;
}

/* The base has all that the signer chose, nonce and keyid too; a signature may have two forms. */
bool
sg_check_signature_fresh(signet_verification *it)
{
    const sg_message_signature *signature = NULL;
    const uint8_t *owner = NULL;
    uint8_t id[SG_PROOF_ID_SIZE] = {0};

    if (!sg_uses(it, SIGNET_DIALECT_MESSAGE_SIGNATURE))
        return true;
    signature = &it->others->signature;
    owner = it->known ? it->known->token_hash : it->others->proof.thumbprint;
    memcpy(id, it->token_id.ptr ? it->token_id.ptr : owner, sizeof(id));
    signet_replay_key(id, signature->created, signet_buf_slice(&signature->base), it->entry.key);
    memcpy(&it->entry.token, owner, sizeof(it->entry.token));
    it->entry.until = signature->created + SIGNET_VERIFIER_SKEW_MAX + 1;
    return sg_verification_need(it, SIGNET_VERIFICATION_NEEDS_FRESH);
}
