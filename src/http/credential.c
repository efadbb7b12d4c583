/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both ways to a credential end in the same checks.  One made here ends with its token and its
 * binding on the same second (W-32), and begins a little early, for verifiers whose clock is
 * behind.
 */
#include <stdlib.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "http/credential.h"
#include "http/header.h"
#include "token/claim.h"

static bool
check_sizes(const signet_credential *it, signet_error *err)
{
    signet_slice purpose = signet_buf_slice(&it->purpose);

    if (purpose.len == 0 || purpose.len > SIGNET_PROOF_PURPOSE_MAX || !sg_is_utf8(purpose))
        return signet_fail(
            err, SIGNET_E_EPR, "purpose: must be 1 to %d bytes of UTF-8", SIGNET_PROOF_PURPOSE_MAX);
    if (it->binding.len < SG_PROOF_SIGNATURE_MIN)
        return signet_fail(err, SIGNET_E_EPR, "binding: %zu bytes", it->binding.len);
    if (it->sig1.len > SG_PROOF_TOKEN_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "token: %zu characters, must be at most %d",
            it->sig1.len, SG_PROOF_TOKEN_MAX);
    return true;
}

static bool
complete(signet_credential *it, signet_error *err)
{
    if (!check_sizes(it, err) ||
        !signet_token_decode(signet_buf_slice(&it->token), &it->claims, err) ||
        !sg_claim_check_key("eph_kid", it->claims.ephemeral_id, it->ephemeral, err))
        return false;
    sg_sha256(signet_buf_slice(&it->token), it->token_hash);
    return true;
}

static bool
make_token(const signet_credential_request *asked, int64_t expires, signet_credential *it,
    signet_error *err)
{
    uint8_t confirmation[32], ephemeral_id[32];
    signet_token_bytes bytes = {0};
    signet_claims claims = {0};
    const signet_token_request request = {
        .issuer = signet_slice_text(asked->issuer),
        .confirmation = {confirmation, sizeof(confirmation)},
        .ephemeral_id = {ephemeral_id, sizeof(ephemeral_id)},
        .now = asked->now,
        .validity_ms = (expires - asked->now) * 1000,
    };
    int64_t room = SIGNET_CREDENTIAL_VALIDITY_MAX - (expires - asked->now);

    signet_key_confirmation(asked->master, confirmation);
    signet_key_confirmation(it->ephemeral, ephemeral_id);
    if (!signet_token_new(&request, &bytes, &claims, err))
        return false;
    claims.expires = expires;
    claims.not_before =
        asked->now - (room < SIGNET_CREDENTIAL_BACKDATE ? room : SIGNET_CREDENTIAL_BACKDATE);
    claims.issued = claims.not_before;
    if (asked->audience)
        claims.audience = signet_slice_text(asked->audience);
    return signet_token_encode(&claims, &it->token, err) &&
           signet_sig1_encode_token(signet_buf_slice(&it->token), it->ephemeral, &it->sig1, err);
}

static bool
check_request(const signet_credential_request *request, signet_error *err)
{
    if (!request->master || !request->issuer || !request->purpose)
        return signet_fail(err, SIGNET_E_USAGE, "credential: needs a key, an issuer and a purpose");
    if (request->audience && !*request->audience)
        return signet_fail(err, SIGNET_E_USAGE, "audience: empty");
    if (request->validity < 0 || request->validity > SIGNET_CREDENTIAL_VALIDITY_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "validity: must be 1 to %d seconds",
            SIGNET_CREDENTIAL_VALIDITY_MAX);
    return true;
}

signet_credential *
signet_credential_new(const signet_credential_request *request, signet_error *err)
{
    SIGNET_AUTO(signet_credential_free) signet_credential *it = NULL;
    SIGNET_AUTO(signet_proof_free) signet_proof proof = {0};
    signet_proof_request binding = {
        .master = request->master, .purpose = request->purpose, .now = request->now};
    int64_t validity = request->validity ? request->validity : SIGNET_CREDENTIAL_VALIDITY;

    binding.validity_ms = validity * 1000;
    if (!check_request(request, err) || !signet_proof_new(&binding, &proof, err))
        return NULL;
    it = calloc(1, sizeof(*it));
    if (!it)
        return signet_fail_null(err, SIGNET_E_NOMEM, "credential: out of memory");
    it->ephemeral = SIGNET_TAKE(proof.ephemeral);
    it->binding = proof.binding;
    proof.binding = (signet_buf){0};
    if (!signet_buf_append(&it->purpose, signet_slice_text(request->purpose), err) ||
        !make_token(request, proof.expires, it, err) || !complete(it, err))
        return NULL;
    return SIGNET_TAKE(it);
}

static bool
copy_parts(const signet_credential_parts *parts, signet_credential *it, signet_error *err)
{
    signet_sig1 sig1 = {0};
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice cose = {0};

    it->ephemeral = signet_key_from_seed(
        signet_key_algorithm(parts->ephemeral), signet_key_seed(parts->ephemeral), err);
    return it->ephemeral && signet_sig1_inspect(parts->token, &sig1, &cose, bytes, err) &&
           signet_buf_append(&it->token, (signet_slice){sig1.token, sig1.token_len}, err) &&
           signet_buf_append(&it->sig1, parts->token, err) &&
           signet_buf_append(&it->binding, parts->binding, err) &&
           signet_buf_append(&it->purpose, signet_slice_text(parts->purpose), err);
}

static bool
check_master(const signet_credential_parts *parts, const signet_credential *it, signet_error *err)
{
    const signet_algorithm *const accepted[] = {signet_key_algorithm(it->ephemeral), NULL};
    const signet_binding binding = {
        .ephemeral = it->ephemeral,
        .master = parts->master,
        .expires = it->claims.expires,
        .purpose = signet_buf_slice(&it->purpose),
        .signature = signet_buf_slice(&it->binding),
    };

    return !parts->master ||
           (sg_claim_check_key("cnf", it->claims.confirmation, parts->master, err) &&
               signet_binding_check(accepted, &binding, parts->now, err));
}

signet_credential *
signet_credential_from_parts(const signet_credential_parts *parts, signet_error *err)
{
    SIGNET_AUTO(signet_credential_free) signet_credential *it = NULL;

    if (!parts->ephemeral || !parts->purpose)
        return signet_fail_null(err, SIGNET_E_USAGE, "credential: needs a key and a purpose");
    if (signet_key_seed(parts->ephemeral).len == 0)
        return signet_fail_null(err, SIGNET_E_KEY, "ephemeral key: has no seed");
    it = calloc(1, sizeof(*it));
    if (!it)
        return signet_fail_null(err, SIGNET_E_NOMEM, "credential: out of memory");
    if (!copy_parts(parts, it, err) || !complete(it, err) || !check_master(parts, it, err))
        return NULL;
    return SIGNET_TAKE(it);
}

signet_credential_facts
signet_credential_describe(const signet_credential *credential)
{
    return (signet_credential_facts){
        .token_id = credential->claims.token_id,
        .token = signet_buf_slice(&credential->sig1),
        .ephemeral = signet_key_public(credential->ephemeral),
        .binding = signet_buf_slice(&credential->binding),
        .purpose = signet_buf_slice(&credential->purpose),
        .not_before = credential->claims.not_before,
        .expires = credential->claims.expires,
        .key = credential->ephemeral,
    };
}

void
signet_credential_free(signet_credential *credential)
{
    if (!credential)
        return;
    signet_key_free(credential->ephemeral);
    signet_buf_free(&credential->token);
    signet_buf_free(&credential->sig1);
    signet_buf_free(&credential->binding);
    signet_buf_free(&credential->purpose);
    free(credential);
}
