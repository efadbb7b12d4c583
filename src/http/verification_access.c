/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access tokens (RFC 9068) that a request presents with a DPoP proof (RFC 9449) or on a connection
 * with the client's certificate (RFC 8705), http-pop.md 9.2 and 9.4.  Nothing is looked up for
 * them: the issuers' keys are configured.
 */
#include "base/text.h"
#include "http/verification.h"

static bool
refuse(signet_verification *it, sg_refusal problem)
{
    return sg_refuse(it, it->reason.code == SIGNET_E_NOMEM ? SG_REFUSAL_INTERNAL : problem);
}

/* --- the proof --- */

static bool
write_url(signet_verification *it)
{
    const signet_http_request *request = &it->others->request;

    return signet_buf_printf(
               &it->others->url, &it->reason, "%s://", (const char *)request->scheme.ptr) &&
           signet_buf_append(&it->others->url, request->authority, &it->reason) &&
           signet_buf_append(&it->others->url, request->target, &it->reason);
}

/* A route that goes by the second cannot say so to sg_dpop_check(), whose 0 is another. */
static bool
check_second(const sg_dpop_proof *proof, const signet_verification *it, signet_error *err)
{
    if (it->dpop_skew > 0 || proof->issued_at == it->now)
        return true;
    return signet_fail(err, SIGNET_E_TIME, "iat: %lld, and now is %lld",
        (long long)proof->issued_at, (long long)it->now);
}

static bool
read_proof(signet_verification *it)
{
    sg_others *others = it->others;
    const signet_verifier *verifier = it->verifier;
    const signet_slice secret = {verifier->nonce_key, verifier->nonce_key_len};
    const sg_dpop_nonce_rule rule = {sg_dpop_nonce_check, &secret};
    const sg_dpop_facts facts = {
        .method = it->facts.request.method,
        .url = signet_buf_slice(&others->url),
        .access_token = others->presented.access_token,
        .now = it->now,
        .skew = it->dpop_skew,
        .nonce = verifier->nonce_key ? &rule : NULL,
        .needs_query_hash = it->target.query.len > 0 && !it->policy.allow_unsigned_query,
        .needs_content_hash = it->facts.content_length != 0 && !it->policy.allow_unsigned_body,
    };
    sg_dpop_refusal kind = SG_DPOP_REFUSE_PROOF;

    it->explained = SIGNET_DIALECT_DPOP;
    if (sg_dpop_read(
            verifier->token_algorithms, others->presented.proof, &others->proof, &it->reason) &&
        sg_dpop_check(&others->proof, &facts, &others->verdict, &kind, &it->reason) &&
        check_second(&others->proof, it, &it->reason)) {
        sg_base64url_encode(
            (signet_slice){others->proof.thumbprint, SG_JWK_THUMBPRINT_SIZE}, others->thumbprint);
        return true;
    }
    signet_error_prefix(&it->reason, "DPoP");
    return refuse(it, kind == SG_DPOP_REFUSE_NONCE ? SG_REFUSAL_NONCE : SG_REFUSAL_DPOP);
}

/* --- the token --- */

/* The origin as RFC 9728 writes an identifier without path, unless the route has a name. */
static bool
read_token(signet_verification *it)
{
    const signet_verifier *verifier = it->verifier;
    SIGNET_AUTO(signet_buf_free) signet_buf origin = {0};
    sg_access_rules rules = {.now = it->now,
        .skew = it->policy.skew > 0 ? it->policy.skew : 1,
        .resource = it->policy.audience};

    if (!signet_buf_printf(&origin, &it->reason, "%s://%.*s%c",
            (const char *)it->others->request.scheme.ptr, (int)it->others->request.authority.len,
            it->others->request.authority.ptr, '\0'))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    if (!rules.resource)
        rules.resource = (const char *)origin.data;
    for (size_t i = 0; i < verifier->issuer_count; i++) {
        signet_error problem = {0};

        rules.issuer = (const char *)verifier->issuers[i].name.data;
        rules.keys = verifier->issuers[i].keys;
        it->others->issuer = &verifier->issuers[i];
        if (sg_access_token_read(
                &rules, it->others->presented.access_token, &it->others->token, &problem))
            return true;
        /* the one whose key it was says more than those who do not know it */
        if (i == 0 || problem.code != SIGNET_E_NOT_FOUND)
            it->reason = problem;
        if (problem.code == SIGNET_E_NOMEM)
            break;
    }
    signet_error_prefix(&it->reason, "access token");
    return refuse(it, SG_REFUSAL_ACCESS);
}

static bool
check_presenter(signet_verification *it)
{
    const bool has_proof = sg_uses(it, SIGNET_DIALECT_DPOP);
    const sg_access_presentation presentation = {
        .scheme = it->others->presented.scheme,
        .proof = has_proof ? &it->others->proof : NULL,
        .certificate_hash =
            it->facts.certificate.len == SG_DPOP_HASH_SIZE ? it->facts.certificate.ptr : NULL,
    };

    if (sg_access_token_check(&it->others->token, &presentation, &it->reason))
        return true;
    signet_error_prefix(&it->reason, "access token");
    return refuse(it, SG_REFUSAL_ACCESS);
}

bool
sg_read_access(signet_verification *it)
{
    const bool is_bearer = sg_uses(it, SIGNET_DIALECT_CERTIFICATE);
    const bool is_dpop = sg_uses(it, SIGNET_DIALECT_DPOP);

    if (!is_bearer && !is_dpop)
        return true;
    if (is_bearer && !(it->policy.dialects & SIGNET_DIALECT_CERTIFICATE))
        return SG_REFUSE(it, SG_REFUSAL_ACCESS, SIGNET_E_TRUST,
            "Authorization: a Bearer token proves nothing, and certificates are not asked for");
    if (is_dpop && it->others->presented.scheme != SG_DPOP_SCHEME_DPOP)
        return SG_REFUSE(
            it, SG_REFUSAL_DPOP, SIGNET_E_DECODE, "DPoP: a proof, and no access token with it");
    if (!write_url(it))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    return (!is_dpop || read_proof(it)) && read_token(it) && check_presenter(it);
}

/* The key has jti, htu and the client's key; `until` follows from the proof alone. */
bool
sg_check_access_fresh(signet_verification *it)
{
    const sg_others *others = it->others;

    if (!sg_uses(it, SIGNET_DIALECT_DPOP))
        return true;
    memcpy(it->entry.key, others->verdict.replay_key, sizeof(it->entry.key));
    memcpy(&it->entry.token, others->proof.token_hash, sizeof(it->entry.token));
    it->entry.until = others->proof.issued_at + SIGNET_VERIFIER_SKEW_MAX + 1;
    return sg_verification_need(it, SIGNET_VERIFICATION_NEEDS_FRESH);
}

static bool
has_scope(signet_slice scopes, signet_slice wanted)
{
    for (size_t at = 0; at < scopes.len;) {
        size_t end = at;

        while (end < scopes.len && scopes.ptr[end] != ' ')
            end++;
        if (signet_slice_is_equal((signet_slice){scopes.ptr + at, end - at}, wanted))
            return true;
        at = end + 1;
    }
    return false;
}

/* A Signet token beside it says what it is for itself, and more reliably. */
bool
sg_check_scope(signet_verification *it)
{
    const char *const *purpose = it->policy.purposes;

    if (it->known || !it->others || !it->others->token.claims || !purpose)
        return true;
    for (; *purpose; purpose++) {
        if (has_scope(it->others->token.scope, signet_slice_text(*purpose)))
            return true;
    }
    return SG_REFUSE(it, SG_REFUSAL_SCOPE, SIGNET_E_TRUST, "scope: none that is accepted here");
}
