/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's side.  Signature-Input is written as text and then read back by the same functions
 * that a verifier uses, so what it would refuse is never signed.
 */
#include "base/text.h"
#include "crypto/random.h"
#include "http/message_signature.h"

/* Covered when the request has them, in this order. */
static const char *const covered_if_present[] = {
    "content-digest", "content-type", "content-encoding", "authorization", "dpop", "signet-proof"};

static bool
write_those_there(
    const signet_http_request *itself, size_t count, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (sg_http_has_field(itself, signet_slice_text(covered_if_present[i])) &&
            !signet_buf_printf(out, err, " \"%s\"", covered_if_present[i]))
            return false;
    }
    return true;
}

/* The parameters of the request's signature too: under another key they would say something else.
 */
static bool
write_components_of_response(const sg_message *message, signet_buf *out, signet_error *err)
{
    enum { OF_CONTENT = 3 }; /* of covered_if_present */
    const int len = (int)message->label.len;
    const char *label = (const char *)message->label.ptr;

    return signet_buf_printf(out, err, "(\"@status\"") &&
           write_those_there(&message->itself, OF_CONTENT, out, err) &&
           signet_buf_printf(out, err,
               " \"@method\";req \"@target-uri\";req \"signature\";req;key=\"%.*s\""
               " \"signature-input\";req;key=\"%.*s\")",
               len, label, len, label);
}

static bool
write_components(const sg_message *message, signet_buf *out, signet_error *err)
{
    const size_t all = sizeof(covered_if_present) / sizeof(covered_if_present[0]);

    if (message->answered)
        return write_components_of_response(message, out, err);
    return signet_buf_printf(out, err, "(\"@method\" \"@target-uri\"") &&
           write_those_there(&message->itself, all, out, err) && signet_buf_printf(out, err, ")");
}

static bool
write_nonce(const sg_signature_plan *plan, signet_buf *out, signet_error *err)
{
    uint8_t fresh[SG_SIGNATURE_NONCE_BYTES_MIN];
    signet_slice nonce = plan->nonce;

    if (nonce.len == 0) {
        if (!sg_random(fresh, sizeof(fresh), err))
            return false;
        nonce = (signet_slice){fresh, sizeof(fresh)};
    }
    return signet_buf_printf(out, err, ";nonce=\"") && sg_base64_append(out, nonce, 0, err) &&
           signet_buf_printf(out, err, "\"");
}

static bool
write_input(
    const sg_message *message, const sg_signature_plan *plan, signet_buf *out, signet_error *err)
{
    return signet_buf_printf(out, err, "%s=", plan->label ? plan->label : "signet") &&
           write_components(message, out, err) &&
           signet_buf_printf(out, err, ";created=%lld;expires=%lld", (long long)plan->created,
               (long long)plan->expires) &&
           (message->answered || write_nonce(plan, out, err)) &&
           signet_buf_printf(out, err, ";alg=\"%s\";keyid=\"%s\";tag=\"%s\"",
               sg_signature_algorithm_name(plan->key), plan->keyid, plan->profile->tag);
}

/* What is read back is what was meant: a label or keyid with a quote or comma in it ends here. */
static bool
check_input(const sg_field *field, const sg_signature_plan *plan, const sg_message_signature *made,
    signet_error *err)
{
    signet_slice label = signet_slice_text(plan->label ? plan->label : "signet");

    if (field->has_repeated || sg_field_next(field, 0) != field->count ||
        !signet_slice_is_equal(field->nodes[0].key, label))
        return signet_fail(err, SIGNET_E_DECODE, "the label is not a key");
    return strcmp(made->keyid, plan->keyid) == 0 ||
           signet_fail(err, SIGNET_E_DECODE, "the keyid is more than that");
}

static bool
make_base(const sg_message *message, const sg_signature_plan *plan, signet_slice text,
    sg_message_signature *made, signet_error *err)
{
    sg_field_node nodes[SG_SIGNATURE_INPUT_NODES];
    sg_field field = {.nodes = nodes, .room = SG_SIGNATURE_INPUT_NODES};

    return sg_field_read(text, SG_FIELD_DICTIONARY, &field, err) &&
           sg_signature_base_write(message, &field, 0, &made->base, &made->covers, err) &&
           sg_signature_parameters_read(&field, 0, made, err) &&
           check_input(&field, plan, made, err) &&
           sg_signature_profile_check(&message->itself, made, err);
}

static bool
write_signature(const sg_signature_plan *plan, const sg_message_signature *made, signet_buf *out,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    return signet_key_sign(plan->key, signet_buf_slice(&made->base), &bytes, err) &&
           signet_buf_printf(out, err, "%s=:", plan->label ? plan->label : "signet") &&
           sg_base64_append(out, signet_buf_slice(&bytes), 0, err) &&
           signet_buf_printf(out, err, ":");
}

bool
sg_message_signature_sign_response(const sg_message *message, const sg_signature_plan *plan,
    signet_buf *input, signet_buf *signature, signet_error *err)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature made = {.profile = plan->profile};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    size_t before = signature->len;

    if (!plan->profile->tag || !plan->keyid)
        return signet_fail(err, SIGNET_E_USAGE, "a profile with a tag, and a keyid, are needed");
    if (!sg_signature_algorithm_check(&made, plan->key, err) ||
        !write_input(message, plan, &text, err) ||
        !make_base(message, plan, signet_buf_slice(&text), &made, err))
        return false;
    if (!write_signature(plan, &made, signature, err) ||
        !signet_buf_append(input, signet_buf_slice(&text), err)) {
        signature->len = before;
        return false;
    }
    return true;
}

bool
sg_message_signature_sign(const signet_http_request *request, const sg_signature_plan *plan,
    signet_buf *input, signet_buf *signature, signet_error *err)
{
    const sg_message message = {.itself = *request};

    return sg_message_signature_sign_response(&message, plan, input, signature, err);
}
