/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which proofs a request brings, and whether they are of one mind.  A proof of a dialect that is
 * enabled is never passed over: when it fails, no other one counts (http-pop.md 9.1).
 */
#include <stdlib.h>

#include "base/secret.h"
#include "base/text.h"
#include "http/verification.h"

sg_others *
sg_others_need(signet_verification *it)
{
    signet_http_request *request = NULL;

    if (it->others)
        return it->others;
    it->origin = sg_verifier_find_origin(it->verifier, it->facts.request.authority, &it->reason);
    if (!it->origin) {
        (void)sg_refuse(it, SG_REFUSAL_FORGED);
        return NULL;
    }
    it->others = calloc(1, sizeof(*it->others));
    if (!it->others) {
        (void)SG_REFUSE(it, SG_REFUSAL_INTERNAL, SIGNET_E_NOMEM, "out of memory");
        return NULL;
    }
    request = &it->others->request;
    *request = it->facts.request;
    request->scheme = signet_slice_text(it->origin->default_port == 443 ? "https" : "http");
    request->authority = signet_buf_slice(&it->origin->authority);
    return it->others;
}

void
sg_others_free(sg_others *others)
{
    if (!others)
        return;
    sg_message_signature_free(&others->signature);
    signet_buf_free(&others->url);
    sg_dpop_free(&others->proof);
    sg_access_token_free(&others->token);
    free(others);
}

/* --- what is there --- */

static bool
has(const signet_verification *it, const char *lower)
{
    return sg_http_has_field(&it->facts.request, signet_slice_text(lower));
}

static bool
find_access(signet_verification *it)
{
    const unsigned enabled =
        it->policy.dialects & (SIGNET_DIALECT_DPOP | SIGNET_DIALECT_CERTIFICATE);
    const bool has_dpop = (enabled & SIGNET_DIALECT_DPOP) != 0;
    const signet_http_request *request = &it->facts.request;
    sg_dpop_presented presented = {0};

    if (!enabled || (!has(it, "authorization") && !(has_dpop && has(it, "dpop"))))
        return true;
    if (!sg_dpop_credentials(request->fields, request->field_count, &presented, &it->reason))
        return sg_refuse(it, has_dpop ? SG_REFUSAL_DPOP : SG_REFUSAL_ACCESS);
    if (presented.scheme == SG_DPOP_SCHEME_BEARER)
        it->used |= SIGNET_DIALECT_CERTIFICATE;
    else if (has_dpop && (presented.scheme == SG_DPOP_SCHEME_DPOP || presented.proof.ptr))
        it->used |= SIGNET_DIALECT_DPOP;
    else
        return true;
    if (!sg_others_need(it))
        return false;
    it->others->presented = presented;
    return true;
}

static bool
find_signature(signet_verification *it)
{
    bool is_there = false;

    if (!(it->policy.dialects & SIGNET_DIALECT_MESSAGE_SIGNATURE))
        return true;
    if (!sg_message_signature_find(
            &it->facts.request, sg_signature_pop.tag, &is_there, &it->reason))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    if (!is_there)
        return true;
    it->used |= SIGNET_DIALECT_MESSAGE_SIGNATURE;
    return sg_others_need(it) != NULL;
}

bool
sg_find_proofs(signet_verification *it)
{
    const unsigned enabled = it->policy.dialects;

    if ((enabled & SIGNET_DIALECT_PROOF) && has(it, "signet-proof"))
        it->used |= SIGNET_DIALECT_PROOF;
    if (!find_signature(it) || !find_access(it))
        return false;
    if (it->used)
        return true;
    if (enabled & SIGNET_DIALECT_PROOF)
        return SG_REFUSE(it, SG_REFUSAL_MISSING, SIGNET_E_NOT_FOUND, "Signet-Proof: missing%s",
            enabled == SIGNET_DIALECT_PROOF ? "" : ", and so is every other proof");
    return SG_REFUSE(
        it, SG_REFUSAL_NO_PROOF, SIGNET_E_NOT_FOUND, "no proof of a dialect that is enabled");
}

/* --- of one mind --- */

static bool
check_same_key(signet_verification *it)
{
    const char *text = it->others->thumbprint;

    if (strcmp(text, it->known->thumbprint) == 0)
        return true;
    return SG_REFUSE(it, SG_REFUSAL_MIXED, SIGNET_E_TRUST,
        "DPoP: of the key %s, and the Signet token is of %s", text,
        it->known->thumbprint[0] ? it->known->thumbprint : "one without thumbprint");
}

static bool
check_same_certificate(signet_verification *it)
{
    signet_slice bound = sg_record_metadata(&it->known->record, SG_RECORD_CERTIFICATE);
    char text[SG_JWK_THUMBPRINT_LEN + 1] = {0};

    sg_base64url_encode(
        (signet_slice){it->others->token.certificate_hash, SG_DPOP_HASH_SIZE}, text);
    if (sg_equal(bound, signet_slice_text(text)))
        return true;
    return SG_REFUSE(it, SG_REFUSAL_MIXED, SIGNET_E_TRUST,
        "Bearer: bound to a certificate that the record of the Signet token does not name");
}

/* A Signet token that two proofs name was compared by its id, or by the thumbprint of its key. */
bool
sg_check_same(signet_verification *it)
{
    if (!it->known || !it->others)
        return true;
    if (sg_uses(it, SIGNET_DIALECT_DPOP))
        return check_same_key(it);
    return !sg_uses(it, SIGNET_DIALECT_CERTIFICATE) || check_same_certificate(it);
}

/* --- who the agent is --- */

/* A key that is not in the directory names nobody, and that is no offence. */
bool
sg_identify_agent(signet_verification *it)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature signature = {0};
    const sg_signature_profile *profile = &sg_signature_web_bot_auth;
    const signet_key *key = NULL;
    bool is_there = false;

    if (!it->verifier->agents)
        return true;
    if (!sg_message_signature_find(&it->facts.request, profile->tag, &is_there, &it->reason))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    if (!is_there)
        return true;
    if (!sg_others_need(it))
        return false;
    if (!sg_message_signature_read(
            &it->others->request, profile, it->now, it->policy.skew, &signature, &it->reason)) {
        signet_error_prefix(&it->reason, "web-bot-auth");
        return sg_refuse(
            it, it->reason.code == SIGNET_E_NOMEM ? SG_REFUSAL_INTERNAL : SG_REFUSAL_FORGED);
    }
    if (signature.keyid_kind == SG_KEYID_THUMBPRINT)
        key = sg_jwks_find_thumbprint(it->verifier->agents, signature.keyid);
    if (!key)
        return true;
    if (!sg_message_signature_verify(&signature, key, &it->reason)) {
        signet_error_prefix(&it->reason, "web-bot-auth");
        return sg_refuse(it, SG_REFUSAL_FORGED);
    }
    memcpy(it->others->agent, signature.keyid, sizeof(it->others->agent));
    return true;
}
