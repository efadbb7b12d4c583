/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "crypto/random.h"
#include "replay.h"

/* The classes of tokens.md 0.4 that one of our codes stands for. */
static const char *
class_of(signet_code code)
{
    switch ((int)code) {
    case SIGNET_E_LEGACY:
        return "LEGACY_LAYOUT";
    case SIGNET_E_DECODE:
        return "DECODE";
    case SIGNET_E_TOKEN:
        return "INVALID_TOKEN";
    case SIGNET_E_USAGE:
        return "BAD_INPUT";
    case SIGNET_E_TIME:
        return "EXPIRED NOT_YET_VALID";
    default:
        return signet_code_name(code);
    }
}

static replay_verdict
reject(const replay_case *one, signet_buf *differences, const signet_error *err)
{
    replay_compare_class(one, differences, class_of(err->code));
    return REPLAY_REJECT;
}

static signet_slice
text_of(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);

    return (signet_slice){
        (const uint8_t *)json_string_value(text), text ? json_string_length(text) : 0};
}

/* The fields of a token as the vectors have them. */
typedef struct {
    const char *name;
    enum { FIELD_TEXT, FIELD_HEX, FIELD_INT } type;
    size_t offset;
} field_row;

#define CLAIM(name) offsetof(signet_claims, name)

static const field_row fields[] = {
    {"iss_id", FIELD_TEXT, CLAIM(issuer)},
    {"aud_id", FIELD_TEXT, CLAIM(audience)},
    {"sub_ppid", FIELD_HEX, CLAIM(subject)},
    {"exp", FIELD_INT, CLAIM(expires)},
    {"nbf", FIELD_INT, CLAIM(not_before)},
    {"iat", FIELD_INT, CLAIM(issued)},
    {"cap_id", FIELD_HEX, CLAIM(capability_id)},
    {"cap_ver", FIELD_INT, CLAIM(capability_version)},
    {"cnf", FIELD_HEX, CLAIM(confirmation)},
    {"kid", FIELD_HEX, CLAIM(key_id)},
    {"cap_custom_cbor", FIELD_HEX, CLAIM(custom)},
    {"jti", FIELD_HEX, CLAIM(token_id)},
    {"act_cbor", FIELD_HEX, CLAIM(actor)},
    {"del_cbor", FIELD_HEX, CLAIM(delegator)},
    {"aud_str", FIELD_TEXT, CLAIM(audience_text)},
    {"nonce", FIELD_HEX, CLAIM(nonce)},
    {"eph_kid", FIELD_HEX, CLAIM(ephemeral_id)},
    {"epoch", FIELD_INT, CLAIM(epoch)},
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static bool
claims_of(const json_t *object, signet_claims *ret_claims)
{
    const json_t *numbers = json_object_get(object, "cap_tokens");

    for (size_t i = 0; i < FIELDS; i++) {
        void *field = (char *)ret_claims + fields[i].offset;

        if (fields[i].type == FIELD_INT) {
            const char *digits = json_string_value(json_object_get(object, fields[i].name));
            bool is_negative = digits && *digits == '-';

            *(uint64_t *)field = digits ? strtoull(digits, NULL, 10) : 0;
            if (is_negative)
                *(int64_t *)field = strtoll(digits, NULL, 10);
        } else {
            *(signet_slice *)field = fields[i].type == FIELD_HEX
                                         ? replay_hex(object, fields[i].name, NULL)
                                         : text_of(object, fields[i].name);
        }
    }
    if (json_array_size(numbers) > SIGNET_TOKEN_CAPABILITIES_MAX)
        return false;
    ret_claims->capability_count = json_array_size(numbers);
    for (size_t i = 0; i < ret_claims->capability_count; i++)
        ret_claims->capabilities[i] =
            strtoull(json_string_value(json_array_get(numbers, i)), NULL, 10);
    return true;
}

static void
compare_claims(const signet_claims *is, const json_t *token, signet_buf *differences)
{
    signet_claims expected = {0};

    if (!token || !claims_of(token, &expected))
        return;
    for (size_t i = 0; i < FIELDS; i++) {
        const void *a = (const char *)is + fields[i].offset;
        const void *b = (const char *)&expected + fields[i].offset;

        if (fields[i].type == FIELD_INT)
            replay_compare(differences, fields[i].name, (signet_slice){a, 8}, (signet_slice){b, 8});
        else
            replay_compare(
                differences, fields[i].name, *(const signet_slice *)a, *(const signet_slice *)b);
    }
    if (is->capability_count != expected.capability_count ||
        memcmp(is->capabilities, expected.capabilities,
            is->capability_count * sizeof(is->capabilities[0])) != 0)
        replay_compare(differences, "cap_tokens", (signet_slice){NULL, 0},
            (signet_slice){(const uint8_t *)"?", 1});
}

static replay_verdict
run_encode(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims = {0}, back = {0};

    if (!claims_of(one->inputs, &claims)) {
        signet_error_set(err, SIGNET_E_TOKEN, "cap_tokens: too many");
        return reject(one, differences, err);
    }
    if (!signet_token_encode(&claims, &out, err))
        return reject(one, differences, err);
    replay_compare(
        differences, "cbor", signet_buf_slice(&out), replay_hex(one->outputs, "cbor", NULL));
    if (!signet_token_decode(signet_buf_slice(&out), &back, err) &&
        !signet_buf_printf(differences, NULL, " it does not read back: %s", err->message))
        abort();
    return REPLAY_ACCEPT;
}

static signet_slice drawn; /* what the reference drew */

static bool
draw(uint8_t *ret_bytes, size_t len)
{
    memset(ret_bytes, 0, len);
    memcpy(ret_bytes, drawn.ptr, drawn.len < len ? drawn.len : len);
    return true;
}

static replay_verdict
run_new(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_token_bytes bytes = {0};
    signet_claims claims = {0};
    signet_token_request request = {
        .issuer = text_of(one->inputs, "iss_id"),
        .confirmation = replay_hex(one->inputs, "cnf", NULL),
        .ephemeral_id = replay_hex(one->inputs, "eph_kid", NULL),
        .nonce = replay_hex(one->inputs, "nonce", NULL),
        .now = replay_number(one->inputs, "now", 0),
        .validity_ms = replay_number(one->inputs, "validity_ms", 0),
    };
    bool done = false;

    drawn = replay_hex(one->outputs, "jti", NULL);
    sg_random_set_source(draw);
    done = signet_token_new(&request, &bytes, &claims, err);
    sg_random_set_source(NULL);
    if (!done)
        return reject(one, differences, err);
    if (!signet_token_encode(&claims, &out, err))
        return reject(one, differences, err);
    compare_claims(&claims, json_object_get(one->outputs, "token"), differences);
    replay_compare(
        differences, "cbor", signet_buf_slice(&out), replay_hex(one->outputs, "cbor", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_decode(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice wire = replay_hex(one->inputs, "cbor", NULL);
    signet_claims claims = {0};

    if (!signet_token_decode(wire, &claims, err))
        return reject(one, differences, err);
    compare_claims(&claims, json_object_get(one->outputs, "token"), differences);
    if (!signet_token_encode(&claims, &out, err))
        return reject(one, differences, err);
    replay_compare(differences, "re-encoding", signet_buf_slice(&out), wire);
    return REPLAY_ACCEPT;
}

static replay_verdict
run_time(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_claims claims = {0};

    if (!claims_of(one->inputs, &claims) ||
        !signet_token_check_time(&claims, replay_number(one->inputs, "now", 0), 0, err))
        return reject(one, differences, err);
    return REPLAY_ACCEPT;
}

const replay_group replay_token[] = {
    {"token_encode", run_encode},
    {"token_new", run_new},
    {"token_decode", run_decode},
    {"token_legacy", run_decode},
    {"token_mutations", run_decode},
    {"token_time", run_time},
    {NULL, NULL},
};
