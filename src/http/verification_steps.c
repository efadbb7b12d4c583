/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request under judgement: a list of small steps in the order of http-pop.md 3.13, for all
 * dialects at once; a step of a dialect that the request does not use passes.  What costs
 * nothing comes first, what needs a look-up later, and nothing is remembered of a request that is
 * not genuine.  A step passes, refuses, or stops because the caller must find out something; the
 * next call goes on behind it.
 *
 * With x=2 in force, s2 alone is verified: it covers all that s does and more.  The replay key is
 * made of the text that s signs and not of s itself, so that a copy whose s was changed or whose
 * x=2 was stripped is still the same request.
 */
#include "base/secret.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/binding_text.h"
#include "http/verification.h"

enum { SEEN_MAX = 80 }; /* bytes of a target in a reason */

bool
sg_verification_need(signet_verification *it, signet_verification_state_kind state)
{
    it->state = state;
    return false;
}

/* --- before anything is looked up --- */

/* Exactly one: who reads the last of two sees another proof than who reads the first (H-32). */
static bool
read_header(signet_verification *it)
{
    const signet_http_request *request = &it->facts.request;
    size_t count = 0;

    if (!sg_uses(it, SIGNET_DIALECT_PROOF))
        return true;
    for (size_t i = 0; i < request->field_count; i++) {
        if (!sg_http_name_is(request->fields[i].name, signet_slice_text("signet-proof")))
            continue;
        it->value = request->fields[i].value;
        count++;
    }
    if (count > 1)
        return SG_REFUSE(it, SG_REFUSAL_SYNTAX, SIGNET_E_DECODE, "Signet-Proof: %zu fields", count);
    if (it->value.len == 0)
        return SG_REFUSE(it, SG_REFUSAL_MISSING, SIGNET_E_NOT_FOUND, "Signet-Proof: missing");
    if (!sg_proof_header_parse(it->value, it->room, &it->header, &it->reason))
        return sg_refuse(it, SG_REFUSAL_SYNTAX);
    it->token_id = it->header.token_id;
    return true;
}

static bool
read_target(signet_verification *it)
{
    const sg_target_rules rules = {.allow_ambiguous = it->policy.allow_ambiguous_target};

    if (!sg_http_method_check(it->facts.request.method, &it->reason) ||
        !sg_target_read(it->facts.request.target, &rules, &it->target, &it->reason))
        return sg_refuse(it, SG_REFUSAL_TARGET);
    return true;
}

static bool
check_size(signet_verification *it)
{
    if (it->facts.content_length > it->policy.body_max)
        return SG_REFUSE(it, SG_REFUSAL_SIZE, SIGNET_E_USAGE, "content of %lld bytes, at most %lld",
            (long long)it->facts.content_length, (long long)it->policy.body_max);
    return true;
}

static bool
check_skew(signet_verification *it)
{
    if (!sg_uses(it, SIGNET_DIALECT_PROOF))
        return true;
    if (!sg_proof_check_window(it->header.time, it->now, it->policy.skew, 0, &it->reason))
        return sg_refuse(it, it->header.time < it->now ? SG_REFUSAL_TOO_OLD : SG_REFUSAL_TOO_NEW);
    return true;
}

/* --- the token --- */

static bool
is_presented(const signet_verification *it)
{
    return sg_uses(it, SIGNET_DIALECT_PROOF) && it->policy.allow_full &&
           sg_proof_header_is_full(&it->header);
}

/* What is presented again with the next request: all but what belongs to this one. */
static bool
gather_presented(signet_verification *it)
{
    const signet_slice parts[] = {
        it->header.token, it->header.ephemeral_key, it->header.binding, it->header.purpose};
    const size_t sizes[] = {parts[0].len, parts[1].len, parts[2].len, parts[3].len};
    const signet_slice head = {(const uint8_t *)sizes, sizeof(sizes)};

    if (!signet_buf_append(&it->presented, signet_slice_text("m=full"), &it->reason) ||
        !signet_buf_append(&it->presented, head, &it->reason))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!signet_buf_append(&it->presented, parts[i], &it->reason))
            return sg_refuse(it, SG_REFUSAL_INTERNAL);
    }
    return true;
}

static bool
find_token(signet_verification *it)
{
    if (!it->token_id.ptr)
        return true;
    if (!is_presented(it))
        return sg_verification_need(it, SIGNET_VERIFICATION_NEEDS_RECORD);
    if (!gather_presented(it))
        return false;
    it->known = sg_cache_find(it->cache, it->header.token_id, signet_buf_slice(&it->presented));
    return true;
}

bool
sg_verification_take_record(signet_verification *it, signet_slice value)
{
    it->known = sg_cache_find(it->cache, it->token_id, value);
    if (it->known)
        return true;
    it->known = sg_known_new(value, &it->reason);
    if (!it->known)
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    if (!sg_record_read(signet_buf_slice(&it->known->source), it->token_id, &it->verifier->rules,
            &it->known->record, &it->reason)) {
        signet_error_prefix(&it->reason, "record");
        return sg_refuse(it, SG_REFUSAL_TOKENS);
    }
    return sg_known_hash(it->known, &it->reason) ? true : sg_refuse(it, SG_REFUSAL_INTERNAL);
}

static bool
admit(signet_verification *it)
{
    const sg_record *record = it->known ? &it->known->record : NULL;
    bool is_strong = record && signet_slice_is_equal(sg_record_metadata(record, SG_RECORD_POP_MIN),
                                   signet_slice_text("x2"));
    const sg_proof_admission admission = {
        .signature_size = record ? signet_key_algorithm(record->ephemeral)->signature_size
                                 : it->header.signature.len,
        .capability_id = record ? record->claims.capability_id : it->header.capability_id,
        .binding = is_strong ? SG_BINDING_REQUIRED : (sg_binding_policy)it->policy.binding,
        .allow_missing_nonce = it->policy.allow_missing_nonce,
        .allow_full = it->policy.allow_full,
    };

    if (!sg_uses(it, SIGNET_DIALECT_PROOF) ||
        sg_proof_header_admit(&it->header, &admission, &it->is_extended, &it->reason))
        return true;
    return sg_refuse(it, it->reason.code == SIGNET_E_SIGNATURE ? SG_REFUSAL_FORGED
                         : it->reason.code == SIGNET_E_EPR     ? SG_REFUSAL_UNBOUND
                                                               : SG_REFUSAL_SYNTAX);
}

/* The form of what is presented was judged by admit(); its sizes are judged again with its key. */
static bool
read_presented(signet_verification *it)
{
    sg_refusal problem = SG_REFUSAL_INTERNAL;

    if (it->known || !it->token_id.ptr)
        return true;
    it->known = sg_present(
        it->verifier, &it->header, signet_buf_slice(&it->presented), &problem, &it->reason);
    return it->known ? admit(it) : sg_refuse(it, problem);
}

static bool
check_token_time(signet_verification *it)
{
    const signet_claims *claims = it->known ? &it->known->record.claims : NULL;

    if (!claims)
        return true;
    if (it->now > claims->expires)
        return SG_REFUSE(it, SG_REFUSAL_EXPIRED, SIGNET_E_TIME, "exp: %lld seconds ago",
            (long long)(it->now - claims->expires));
    if (it->now < claims->not_before)
        return SG_REFUSE(it, SG_REFUSAL_EARLY, SIGNET_E_TIME, "nbf: in %lld seconds",
            (long long)(claims->not_before - it->now));
    return true;
}

/* RFC 8705: base64url of SHA-256. */
static bool
is_certificate(signet_slice wanted, signet_slice hash)
{
    char text[64];
    signet_slice given = {(const uint8_t *)text, sg_base64url_size(hash.len)};

    if (hash.len != 32)
        return false;
    sg_base64url_encode(hash, text);
    return sg_equal(wanted, given);
}

static bool
check_known(signet_verification *it, sg_known *known)
{
    const sg_record *record = &known->record;
    signet_slice hash = {known->key_hash, sizeof(known->key_hash)};
    signet_slice certificate = sg_record_metadata(record, SG_RECORD_CERTIFICATE);
    signet_binding binding = {
        record->ephemeral, NULL, record->claims.expires, record->purpose, record->binding};
    sg_refusal problem = SG_REFUSAL_INTERNAL;

    binding.master =
        sg_verifier_find_master(it->verifier, &record->claims, it->now, &problem, &it->reason);
    if (!binding.master)
        return sg_refuse(it, problem);
    if (record->claims.ephemeral_id.len > 0 && !sg_equal(record->claims.ephemeral_id, hash))
        return SG_REFUSE(
            it, SG_REFUSAL_FORGED, SIGNET_E_TOKEN, "eph_kid: not the hash of the ephemeral key");
    if (certificate.len > 0 && !is_certificate(certificate, it->facts.certificate))
        return SG_REFUSE(it, SG_REFUSAL_FORGED, SIGNET_E_TRUST,
            "x5t#S256: not the certificate of this connection");
    if (known->master == binding.master)
        return true;
    if (!signet_binding_check(it->verifier->accepted, &binding, it->now, &it->reason))
        return sg_refuse(it, SG_REFUSAL_FORGED);
    known->master = binding.master;
    sg_cache_keep(it->cache, known);
    return true;
}

static bool
check_keys(signet_verification *it)
{
    return !it->known || check_known(it, it->known);
}

/* --- the request --- */

/* What was seen, beside the reason why it is not what was signed; the parts are visible ASCII. */
static bool
refuse_signature(signet_verification *it, const char *name)
{
    const signet_http_request *request = &it->facts.request;
    const char *authority = it->origin ? (const char *)it->origin->authority.data : "any";
    size_t len = it->origin ? it->origin->authority.len : strlen(authority);
    signet_error cause = it->reason;

    return SG_REFUSE(it, SG_REFUSAL_FORGED, cause.code, "%s: %s; seen: %.*s %.*s at %.*s, ts %lld",
        name, cause.message, (int)request->method.len, request->method.ptr,
        (int)(request->target.len < SEEN_MAX ? request->target.len : SEEN_MAX), request->target.ptr,
        (int)len, authority, (long long)it->header.time);
}

static bool
check_strong(signet_verification *it)
{
    sg_binding_text m2 = {
        .method = it->facts.request.method,
        .target = it->target.raw,
        .digest = it->header.digest,
        .token_id = it->header.token_id,
        .nonce = it->header.nonce,
        .time = it->header.time,
        .token_hash = {it->known->token_hash, sizeof(it->known->token_hash)},
    };

    if (!it->origin)
        it->origin =
            sg_verifier_find_origin(it->verifier, it->facts.request.authority, &it->reason);
    if (!it->origin)
        return sg_refuse(it, SG_REFUSAL_FORGED);
    m2.authority = signet_buf_slice(&it->origin->authority);
    if (!sg_binding_text_write(&m2, &it->strong_text, &it->reason))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    if (!signet_request_check(it->known->record.ephemeral, signet_buf_slice(&it->strong_text),
            it->header.strong_signature, &it->reason))
        return refuse_signature(it, "s2");
    return true;
}

static bool
check_request(signet_verification *it)
{
    const sg_request_text text = {
        it->facts.request.method, &it->target, it->header.time, it->header.nonce};

    if (!sg_uses(it, SIGNET_DIALECT_PROOF))
        return true;
    it->explained = SIGNET_DIALECT_PROOF;
    if (!sg_request_text_write(&text, &it->text, &it->reason))
        return sg_refuse(it, SG_REFUSAL_INTERNAL);
    if (it->is_extended)
        return check_strong(it);
    if (!signet_request_check(it->known->record.ephemeral, signet_buf_slice(&it->text),
            it->header.signature, &it->reason))
        return refuse_signature(it, "s");
    return true;
}

static bool
check_fresh(signet_verification *it)
{
    if (!sg_uses(it, SIGNET_DIALECT_PROOF))
        return true;
    memcpy(&it->entry.token, it->known->token_hash, sizeof(it->entry.token));
    signet_replay_key(
        it->header.token_id.ptr, it->header.time, signet_buf_slice(&it->text), it->entry.key);
    /* the largest skew, not the route's: all who share a store, before and after a reload, agree */
    it->entry.until = it->header.time + SIGNET_VERIFIER_SKEW_MAX + 1;
    return sg_verification_need(it, SIGNET_VERIFICATION_NEEDS_FRESH);
}

static bool
check_purpose(signet_verification *it)
{
    const sg_record *record = it->known ? &it->known->record : NULL;
    const char *const *purpose = it->policy.purposes;

    if (!record)
        return true;
    while (
        purpose && *purpose && !signet_slice_is_equal(record->purpose, signet_slice_text(*purpose)))
        purpose++;
    if (purpose && !*purpose)
        return SG_REFUSE(it, SG_REFUSAL_PURPOSE, SIGNET_E_TRUST, "purpose %.*s: not accepted here",
            (int)record->purpose.len, record->purpose.ptr);
    if (it->policy.audience && record->claims.audience.len > 0 &&
        !signet_slice_is_equal(record->claims.audience, signet_slice_text(it->policy.audience)))
        return SG_REFUSE(
            it, SG_REFUSAL_POLICY, SIGNET_E_TRUST, "aud_id: the token is for another audience");
    return true;
}

sg_verification_step *const sg_verification_steps[] = {
    sg_find_proofs,
    read_header,
    read_target,
    check_size,
    check_skew,
    sg_read_signature,
    sg_read_access,
    find_token,
    admit,
    read_presented,
    check_token_time,
    check_keys,
    check_request,
    sg_check_signature,
    sg_check_same,
    sg_identify_agent,
    sg_check_digest_is_there,
    check_fresh,
    sg_check_signature_fresh,
    sg_check_access_fresh,
    check_purpose,
    sg_check_scope,
    sg_check_body,
    NULL,
};
