/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token that a request presents whole (m=full, docs/formats/http.md): no store is asked.  The
 * ephemeral key or the issuer must have signed the token; whether a master key vouches for the
 * ephemeral key is checked afterwards, as for a record.
 */
#include <stdlib.h>

#include "base/secret.h"
#include "http/verifier.h"

static bool
refuse(sg_refusal problem, sg_refusal *ret_problem)
{
    *ret_problem = problem;
    return false;
}

/* Keys come raw; their size tells which algorithm they are of. */
static signet_key *
read_key(signet_algorithms accepted, signet_slice raw, signet_error *err)
{
    for (; *accepted; accepted++) {
        if ((*accepted)->public_size == raw.len)
            return signet_key_from_public(*accepted, raw, err);
    }
    return signet_fail_null(
        err, SIGNET_E_KEY, "ek: a key of %zu bytes is of no algorithm here", raw.len);
}

/* Holder mode first: it is what clients without an issuer of their own send. */
static bool
verify_token(const signet_verifier *verifier, const sg_proof_header *header, sg_known *known,
    signet_sig1 *ret_sig1, signet_error *err)
{
    signet_error problem = {0};

    if (signet_sig1_verify(
            verifier->accepted, header->token, known->record.ephemeral, ret_sig1, err))
        return true;
    for (size_t i = 0; i < verifier->master_count; i++) {
        const sg_master *master = &verifier->masters[i];

        if (!signet_sig1_verify(
                verifier->accepted, header->token, master->given.key, ret_sig1, &problem))
            continue;
        known->is_attested = sg_master_is_of(master, ret_sig1->claims.issuer);
        return known->is_attested || signet_fail(err, SIGNET_E_TRUST,
                                         "iss_id: not the issuer whose key signed the token");
    }
    return false;
}

static bool
read(const signet_verifier *verifier, const sg_proof_header *header, sg_known *known,
    sg_refusal *ret_problem, signet_error *err)
{
    sg_record *record = &known->record;
    signet_sig1 sig1 = {0};

    record->ephemeral = read_key(verifier->accepted, header->ephemeral_key, err);
    if (!record->ephemeral)
        return refuse(SG_REFUSAL_SYNTAX, ret_problem);
    if (!verify_token(verifier, header, known, &sig1, err))
        return refuse(SG_REFUSAL_FORGED, ret_problem);
    if (!signet_buf_append(&record->token_bytes, (signet_slice){sig1.token, sig1.token_len}, err) ||
        !signet_buf_append(&record->strings, header->binding, err) ||
        !signet_buf_append(&record->strings, header->purpose, err))
        return refuse(SG_REFUSAL_INTERNAL, ret_problem);
    record->token = signet_buf_slice(&record->token_bytes);
    record->binding = (signet_slice){record->strings.data, header->binding.len};
    record->purpose =
        (signet_slice){record->strings.data + header->binding.len, header->purpose.len};
    if (!signet_token_decode(record->token, &record->claims, err))
        return refuse(SG_REFUSAL_SYNTAX, ret_problem);
    if (known->is_attested && !signet_token_check_capabilities(&record->claims, err))
        return refuse(
            SG_REFUSAL_FORGED, ret_problem); /* whoever believes the numbers relies on it */
    if (!sg_equal(record->claims.token_id, header->token_id)) {
        signet_error_set(err, SIGNET_E_TOKEN, "jti: not that of the token");
        return refuse(SG_REFUSAL_FORGED, ret_problem);
    }
    return true;
}

sg_known *
sg_present(const signet_verifier *verifier, const sg_proof_header *header, signet_slice source,
    sg_refusal *ret_problem, signet_error *err)
{
    SIGNET_AUTO(sg_known_drop) sg_known *known = sg_known_new(source, err);

    if (!known) {
        *ret_problem = SG_REFUSAL_INTERNAL;
        return NULL;
    }
    if (!read(verifier, header, known, ret_problem, err))
        return NULL;
    if (!sg_known_hash(known, err)) {
        *ret_problem = SG_REFUSAL_INTERNAL;
        return NULL;
    }
    return SIGNET_TAKE(known);
}
