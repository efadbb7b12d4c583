/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof of m=full is the master key's word for the ephemeral key, fresh and bound to this very
 * request: nothing else is needed to let the token be named by its id from now on.
 */
#include <signet/enrolment.h>

#include "base/text.h"
#include "codec/json.h"
#include "http/verification.h"

static bool
check_proof(const signet_verification *it, signet_error *err)
{
    if (it->state != SIGNET_VERIFICATION_ACCEPTED || !it->known || !it->known->master)
        return signet_fail(err, SIGNET_E_USAGE, "enrolment: the request was not accepted");
    if (!sg_proof_header_is_full(&it->header) || !it->is_extended)
        return signet_fail(err, SIGNET_E_USAGE, "enrolment: the token is not presented whole");
    if (it->header.digest.len == 0 && it->facts.content_length != 0)
        return signet_fail(err, SIGNET_E_USAGE, "enrolment: the content is not signed");
    return true;
}

static bool
check_member(const sg_json *body, const char *name, signet_slice expected, signet_error *err)
{
    const sg_json *member = sg_json_get(body, name);

    if (!member)
        return true;
    if (member->type != SG_JSON_TEXT)
        return signet_fail(err, SIGNET_E_DECODE, "enrolment: %s: not a text", name);
    if (!signet_slice_is_equal(member->text, expected))
        return signet_fail(err, SIGNET_E_TOKEN, "enrolment: %s: not that of the token", name);
    return true;
}

bool
signet_enrolment_check(
    const signet_verification *verification, signet_slice body, signet_error *err)
{
    SIGNET_AUTO(sg_json_free) sg_json *wanted = NULL;
    const sg_record *record = NULL;

    if (!check_proof(verification, err))
        return false;
    if (body.len == 0)
        return true;
    if (body.len > SIGNET_ENROLMENT_BODY_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "enrolment: content of %zu bytes, at most %d",
            body.len, SIGNET_ENROLMENT_BODY_MAX);
    wanted = sg_json_read_object(body, "enrolment", err);
    if (!wanted)
        return false;
    for (const sg_json *one = sg_json_first(wanted); one; one = sg_json_next(wanted, one)) {
        if (!signet_slice_is_equal(one->name, signet_slice_text("purpose")) &&
            !signet_slice_is_equal(one->name, signet_slice_text("audience")))
            return signet_fail(err, SIGNET_E_DECODE, "enrolment: a member that is not known");
    }
    record = &verification->known->record;
    return check_member(wanted, "purpose", record->purpose, err) &&
           check_member(wanted, "audience", record->claims.audience, err);
}

bool
signet_enrolment_record(const signet_verification *verification, signet_buf *out, signet_error *err)
{
    const sg_known *known = verification->known;
    sg_record record = {0};

    if (!check_proof(verification, err))
        return false;
    record = (sg_record){
        .token = known->record.token,
        .master = (signet_key *)(uintptr_t)known->master, /* only read */
        .ephemeral = known->record.ephemeral,
        .binding = known->record.binding,
        .issued_at = verification->now,
        .purpose = known->record.purpose,
        .metadata = {{signet_slice_text(SG_RECORD_POP_MIN), signet_slice_text("x2")}},
        .metadata_count = 1,
    };
    return sg_record_write(&record, &verification->verifier->rules, out, err);
}

static void
write_bytes(sg_json_writer *to, const char *before, signet_slice bytes)
{
    sg_json_write(to, before);
    sg_json_write_base64url(to, bytes);
}

bool
signet_enrolment_answer(const signet_verification *verification, signet_buf *out, signet_error *err)
{
    const sg_record *record = NULL;
    sg_json_writer to = sg_json_writer_to(out);
    char id[2 * SG_PROOF_ID_SIZE + 1];

    if (!check_proof(verification, err))
        return false;
    record = &verification->known->record;
    sg_hex(id, record->claims.token_id);
    write_bytes(&to, "{\"binding_signature\":", record->binding);
    write_bytes(&to, ",\"capability_id\":", record->claims.capability_id);
    write_bytes(&to, ",\"ephemeral_public\":", signet_key_public(record->ephemeral));
    sg_json_write(&to, ",\"expires_at\":");
    sg_json_write_integer(&to, record->claims.expires);
    write_bytes(&to, ",\"master_public\":", signet_key_public(verification->known->master));
    sg_json_write(&to, ",\"purpose\":");
    sg_json_write_string(&to, record->purpose);
    sg_json_write(&to, ",\"token\":");
    sg_json_write_string(&to, verification->header.token);
    sg_json_write(&to, ",\"token_id\":\"");
    sg_json_write(&to, id);
    write_bytes(&to, "\",\"token_jti\":", record->claims.token_id);
    sg_json_write(&to, "}\n");
    return sg_json_write_end(&to, err);
}
