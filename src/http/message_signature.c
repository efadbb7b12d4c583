/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and verifying.  Signature-Input must be in its canonical form where it counts: the base
 * has the parameters "as serialised" (RFC 9421 2.5), and a text with one spelling leaves nothing to
 * argue about.
 */
#include "http/message_signature.h"

/* A dictionary of the request in memory of the caller; no key twice. */
static bool
read_dictionary(const signet_http_request *request, const char *name, signet_buf *text,
    sg_field *field, signet_error *err)
{
    if (!sg_http_field_write(request, signet_slice_text(name), text, err))
        return false;
    if (!sg_field_read(signet_buf_slice(text), SG_FIELD_DICTIONARY, field, err)) {
        signet_error_prefix(err, name);
        return false;
    }
    if (field->has_repeated)
        return signet_fail(err, SIGNET_E_DECODE, "%s: a label or parameter stands twice", name);
    return true;
}

/* RFC 9421 4.2: a label in one of the two alone is an error. */
static bool
check_labels(const sg_field *input, const sg_field *signatures, signet_error *err)
{
    for (size_t i = 0; i < input->count; i = sg_field_next(input, i)) {
        if (sg_field_find(signatures, input->nodes[i].key) == signatures->count)
            return signet_fail(
                err, SIGNET_E_DECODE, "a label of signature-input is not in signature");
        if (input->nodes[i].type != SG_VALUE_INNER_LIST)
            return signet_fail(
                err, SIGNET_E_DECODE, "signature-input: a member that is no inner list");
    }
    for (size_t i = 0; i < signatures->count; i = sg_field_next(signatures, i)) {
        if (sg_field_find(input, signatures->nodes[i].key) == input->count)
            return signet_fail(
                err, SIGNET_E_DECODE, "a label of signature is not in signature-input");
        if (signatures->nodes[i].type != SG_VALUE_BYTES ||
            (i + 1 < signatures->count && signatures->nodes[i + 1].kind == SG_NODE_PARAMETER))
            return signet_fail(
                err, SIGNET_E_DECODE, "signature: a member that is no plain byte sequence");
    }
    return true;
}

static bool
has_tag(const sg_field *input, size_t member, const char *tag)
{
    const sg_field_node *node = sg_field_parameter(input, member, "tag");

    return node && node->type == SG_VALUE_STRING &&
           signet_slice_is_equal(node->text, signet_slice_text(tag));
}

static bool
select_member(const sg_field *input, const char *tag, size_t *ret_member, signet_error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < input->count; i = sg_field_next(input, i)) {
        if (tag && !has_tag(input, i, tag))
            continue;
        *ret_member = i;
        count++;
    }
    if (count == 1)
        return true;
    return signet_fail(err, count == 0 ? SIGNET_E_NOT_FOUND : SIGNET_E_DECODE,
        "%zu signatures with tag \"%s\", exactly one is read", count, tag ? tag : "");
}

/* The base ends in the canonical text of the member. */
static bool
check_spelling(const sg_field_node *member, const signet_buf *base, signet_error *err)
{
    signet_slice text = member->text;

    if (text.len <= base->len && memcmp(base->data + base->len - text.len, text.ptr, text.len) == 0)
        return true;
    return signet_fail(err, SIGNET_E_DECODE, "signature-input: not in its canonical form");
}

bool
sg_message_signature_check_clock(
    const sg_message_signature *signature, int64_t now, int64_t skew, signet_error *err)
{
    bool is_fresh = (signature->profile->needs & SG_NEEDS_FRESH) != 0;
    int64_t age = 0;

    if (__builtin_sub_overflow(now, signature->created, &age) || skew < 0)
        return signet_fail(err, SIGNET_E_TIME, "the time or the skew makes no sense");
    if (signature->has_created && age < -skew)
        return signet_fail(
            err, SIGNET_E_TIME, "created %lld seconds ahead of now", (long long)-age);
    if (is_fresh && age > skew)
        return signet_fail(err, SIGNET_E_TIME, "created %lld seconds ago, at most %lld",
            (long long)age, (long long)skew);
    if (signature->has_expires && signature->expires <= now)
        return signet_fail(err, SIGNET_E_TIME, "expired at %lld", (long long)signature->expires);
    return true;
}

static bool
read_digest(const signet_http_request *request, sg_message_signature *signature, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};

    if (!(signature->covers & SG_COVERS_CONTENT_DIGEST))
        return true;
    signature->has_digest = true;
    return sg_http_field_write(request, signet_slice_text("content-digest"), &value, err) &&
           sg_content_digest_read(signet_buf_slice(&value), &signature->digest, err);
}

/* All but the clock, into a signature that the caller frees. */
static bool
read_signature(const sg_message *message, sg_message_signature *signature, signet_error *err)
{
    const signet_http_request *request = &message->itself;
    SIGNET_AUTO(signet_buf_free) signet_buf input_text = {0}, text = {0};
    sg_field_node input_nodes[SG_SIGNATURE_INPUT_NODES], nodes[SG_SIGNATURE_LABELS];
    sg_field input = {.nodes = input_nodes, .room = SG_SIGNATURE_INPUT_NODES};
    sg_field signatures = {.nodes = nodes, .room = SG_SIGNATURE_LABELS};
    size_t member = 0, index = 0;

    if (!read_dictionary(request, "signature-input", &input_text, &input, err) ||
        !read_dictionary(request, "signature", &text, &signatures, err) ||
        !check_labels(&input, &signatures, err) ||
        !select_member(&input, signature->profile->tag, &member, err) ||
        !sg_signature_base_write(
            message, &input, member, &signature->base, &signature->covers, err) ||
        !check_spelling(&input.nodes[member], &signature->base, err) ||
        !sg_signature_parameters_read(&input, member, signature, err))
        return false;
    index = sg_field_find(&signatures, input.nodes[member].key);
    if (!sg_value_decode(&signatures.nodes[index], signature->signature,
            sizeof(signature->signature), &signature->signature_len))
        return signet_fail(
            err, SIGNET_E_DECODE, "signature: more than %zu bytes", sizeof(signature->signature));
    return sg_signature_profile_check(request, signature, err) &&
           read_digest(request, signature, err);
}

bool
sg_message_signature_take_from(const sg_message *message, const sg_signature_profile *profile,
    sg_message_signature *ret_signature, signet_error *err)
{
    sg_message_signature signature = {.profile = profile};

    if (!read_signature(message, &signature, err)) {
        sg_message_signature_free(&signature);
        return false;
    }
    *ret_signature = signature;
    return true;
}

bool
sg_message_signature_take(const signet_http_request *request, const sg_signature_profile *profile,
    sg_message_signature *ret_signature, signet_error *err)
{
    const sg_message message = {.itself = *request};

    return sg_message_signature_take_from(&message, profile, ret_signature, err);
}

bool
sg_message_signature_read(const signet_http_request *request, const sg_signature_profile *profile,
    int64_t now, int64_t skew, sg_message_signature *ret_signature, signet_error *err)
{
    sg_message_signature signature = {0};

    if (!sg_message_signature_take(request, profile, &signature, err))
        return false;
    if (!sg_message_signature_check_clock(&signature, now, skew, err)) {
        sg_message_signature_free(&signature);
        return false;
    }
    *ret_signature = signature;
    return true;
}

bool
sg_message_signature_find(
    const signet_http_request *request, const char *tag, bool *ret_is_there, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    sg_field_node nodes[SG_SIGNATURE_INPUT_NODES];
    sg_field input = {.nodes = nodes, .room = SG_SIGNATURE_INPUT_NODES};
    signet_error problem = {0};
    bool is_there = false;

    if (!sg_http_has_field(request, signet_slice_text("signature-input"))) {
        *ret_is_there = false;
        return true;
    }
    if (!read_dictionary(request, "signature-input", &text, &input, &problem)) {
        if (problem.code == SIGNET_E_NOMEM)
            return signet_fail(err, SIGNET_E_NOMEM, "%s", problem.message);
        *ret_is_there = true;
        return true;
    }
    for (size_t i = 0; i < input.count; i = sg_field_next(&input, i))
        is_there = is_there || has_tag(&input, i, tag);
    *ret_is_there = is_there;
    return true;
}

bool
sg_message_signature_label(
    const signet_http_request *request, const char *tag, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    sg_field_node nodes[SG_SIGNATURE_INPUT_NODES];
    sg_field input = {.nodes = nodes, .room = SG_SIGNATURE_INPUT_NODES};
    size_t member = 0;

    return read_dictionary(request, "signature-input", &text, &input, err) &&
           select_member(&input, tag, &member, err) &&
           signet_buf_append(out, input.nodes[member].key, err);
}

bool
sg_message_signature_verify(
    const sg_message_signature *signature, const signet_key *key, signet_error *err)
{
    return sg_signature_algorithm_check(signature, key, err) &&
           signet_key_verify(key, signet_buf_slice(&signature->base),
               (signet_slice){signature->signature, signature->signature_len}, err);
}

void
sg_message_signature_free(sg_message_signature *signature)
{
    if (signature)
        signet_buf_free(&signature->base);
}
