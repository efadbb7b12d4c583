/* SPDX-License-Identifier: Apache-2.0 */
/* What a service says to an enrolment (docs/formats/http.md): all of it must be what was sent. */
#include <signet/signet.h>

#include "base/text.h"
#include "codec/json.h"
#include "session.h"

enum { ANSWER_MAX = 32 << 10, ENCODED_MAX = 4096 };

static bool
check_text(const sg_json *answer, const char *name, signet_slice wanted, signet_error *err)
{
    const sg_json *member = sg_json_get(answer, name);

    if (!member || member->type != SG_JSON_TEXT)
        return signet_fail(err, SIGNET_E_DECODE, "answer: %s is missing, or no text", name);
    return signet_slice_is_equal(member->text, wanted) ||
           signet_fail(err, SIGNET_E_TOKEN, "answer: %s is not that of our token", name);
}

static bool
check_bytes(const sg_json *answer, const char *name, signet_slice wanted, signet_error *err)
{
    char text[ENCODED_MAX];

    if (sg_base64url_size(wanted.len) > sizeof(text))
        return signet_fail(err, SIGNET_E_USAGE, "%s: %zu bytes", name, wanted.len);
    sg_base64url_encode(wanted, text);
    return check_text(
        answer, name, (signet_slice){(const uint8_t *)text, sg_base64url_size(wanted.len)}, err);
}

static bool
check_id(const sg_json *answer, signet_slice id, signet_error *err)
{
    char text[2 * 16 + 1];

    sg_hex(text, id);
    return check_text(answer, "token_id", signet_slice_text(text), err) &&
           (!sg_json_get(answer, "token_jti") || check_bytes(answer, "token_jti", id, err));
}

static bool
check_expiry(const sg_json *answer, int64_t expires, signet_error *err)
{
    const sg_json *member = sg_json_get(answer, "expires_at");

    if (!member || member->type != SG_JSON_INT)
        return signet_fail(err, SIGNET_E_DECODE, "answer: expires_at is missing, or no number");
    return member->number == expires ||
           signet_fail(err, SIGNET_E_TOKEN, "answer: expires_at is not that of our token");
}

bool
session_check_answer(signet_slice json, const signet_credential *credential,
    const signet_key *master, signet_error *err)
{
    const signet_credential_facts facts = signet_credential_describe(credential);
    SIGNET_AUTO(sg_json_free) sg_json *answer = NULL;

    if (json.len > ANSWER_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "answer: larger than %d bytes", ANSWER_MAX);
    answer = sg_json_read_object(json, "answer", err);
    if (!answer)
        return false;
    if (sg_json_get(answer, "ephemeral_private"))
        return signet_fail(
            err, SIGNET_E_KEY, "answer: has a private key; a service must not make it");
    return check_id(answer, facts.token_id, err) && check_text(answer, "token", facts.token, err) &&
           check_text(answer, "purpose", facts.purpose, err) &&
           check_bytes(answer, "ephemeral_public", facts.ephemeral, err) &&
           check_bytes(answer, "binding_signature", facts.binding, err) &&
           check_bytes(answer, "master_public", signet_key_public(master), err) &&
           check_expiry(answer, facts.expires, err);
}
