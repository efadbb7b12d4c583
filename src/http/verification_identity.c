/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a request that was judged: for whom it speaks, and what was looked at. */
#include "http/verification.h"

static void
add_known(const signet_verification *it, signet_http_identity *identity)
{
    const sg_known *known = it->known;
    const signet_claims *claims = &known->record.claims;

    identity->token_id = claims->token_id;
    identity->issuer = claims->issuer;
    identity->audience = claims->audience;
    identity->purpose = known->record.purpose;
    identity->confirmation = claims->confirmation;
    identity->key_hash = (signet_slice){known->key_hash, sizeof(known->key_hash)};
    identity->thumbprint = signet_slice_text(known->thumbprint);
    identity->expires = claims->expires;
    identity->is_attested = known->is_attested;
    if (known->is_attested) {
        identity->capabilities = claims->capabilities;
        identity->capability_count = claims->capability_count;
    }
}

/* What a Signet token says too, it says more reliably: its issuer signed it, or its master did. */
static void
add_access(const signet_verification *it, signet_http_identity *identity)
{
    const sg_others *others = it->others;
    const sg_access_token *token = &others->token;

    identity->subject = token->subject;
    identity->scopes = token->scope;
    if (it->known) {
        if (token->expires < identity->expires)
            identity->expires = token->expires;
        return;
    }
    identity->issuer = signet_slice_text((const char *)others->issuer->name.data);
    identity->expires = token->expires;
    if (it->policy.audience)
        identity->audience = signet_slice_text(it->policy.audience);
    if (token->has_key)
        identity->thumbprint = signet_slice_text(others->thumbprint);
}

/* The connection carries all of a request; a proof, what it signs. */
static void
add_coverage(const signet_verification *it, signet_http_identity *identity)
{
    const bool has_content = it->facts.content_length != 0;
    const bool is_proof = sg_uses(it, SIGNET_DIALECT_PROOF);
    const bool is_strong = is_proof && it->is_extended;
    const bool is_signed = it->others && sg_uses(it, SIGNET_DIALECT_MESSAGE_SIGNATURE);
    const bool is_dpop = it->others && sg_uses(it, SIGNET_DIALECT_DPOP);
    const bool is_channel = sg_uses(it, SIGNET_DIALECT_CERTIFICATE);

    identity->covers_authority = is_strong || is_signed || is_dpop || is_channel;
    identity->covers_query =
        is_proof || is_signed || is_channel || (is_dpop && it->others->verdict.covers_query);
    identity->covers_body =
        is_channel || (!it->is_body_unseen &&
                          ((is_strong && (it->header.digest.len > 0 || !has_content)) ||
                              (is_signed && (it->others->signature.has_digest || !has_content)) ||
                              (is_dpop && (it->others->verdict.covers_content || !has_content))));
}

signet_http_identity
signet_verification_identity(const signet_verification *verification)
{
    const signet_verification *it = verification;
    signet_http_identity identity = {0};

    if (it->state != SIGNET_VERIFICATION_ACCEPTED || !it->used)
        return identity;
    identity.dialects = it->used;
    if (it->known)
        add_known(it, &identity);
    if (it->others && it->others->token.claims)
        add_access(it, &identity);
    if (it->others)
        identity.agent = signet_slice_text(it->others->agent);
    add_coverage(it, &identity);
    return identity;
}

/* The part of a JWS that is signed: all before its last dot. */
static signet_slice
signed_part(signet_slice compact)
{
    while (compact.len > 0 && compact.ptr[compact.len - 1] != '.')
        compact.len--;
    if (compact.len > 0)
        compact.len--;
    return compact;
}

signet_explanation
signet_verification_explanation(const signet_verification *verification)
{
    const signet_verification *it = verification;
    signet_explanation explanation = {0};

    if (it->origin)
        explanation.authority = signet_buf_slice(&it->origin->authority);
    if (it->explained == SIGNET_DIALECT_PROOF) {
        explanation.dialect = "signet-proof";
        explanation.text = signet_buf_slice(it->strong_text.len > 0 ? &it->strong_text : &it->text);
    } else if (it->explained == SIGNET_DIALECT_MESSAGE_SIGNATURE) {
        explanation.dialect = "message-signature";
        explanation.text = signet_buf_slice(&it->others->signature.base);
    } else if (it->explained == SIGNET_DIALECT_DPOP) {
        explanation.dialect = "dpop";
        explanation.text = signed_part(it->others->presented.proof);
    }
    return explanation;
}
