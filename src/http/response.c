/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Responses under the profile signet-resp.  The signature of the request that is covered must be
 * the one that counted there, of signet-pop: its nonce makes the response one to this request.
 */
#include <stdlib.h>

#include <signet/response.h>

#include "http/credential.h"
#include "http/jwk.h"
#include "http/message_signature.h"

enum { LIFE = 30, FIELDS_MAX = 256 };

/* The message that a signature is about; `label` holds the text it borrows. */
static bool
read_message(const signet_http_request *request, const signet_http_response *response,
    signet_buf *label, sg_message *ret_message, signet_error *err)
{
    if (!request)
        return signet_fail(err, SIGNET_E_USAGE, "there is no request");
    if (response->status < 100 || response->status > 599)
        return signet_fail(err, SIGNET_E_USAGE, "the status: %d", response->status);
    if (!sg_message_signature_label(request, sg_signature_pop.tag, label, err)) {
        signet_error_prefix(err, "the request");
        return false;
    }
    *ret_message = (sg_message){
        .itself = {.fields = response->fields, .field_count = response->field_count},
        .answered = request,
        .status = response->status,
        .label = signet_buf_slice(label),
    };
    return true;
}

/* --- signing --- */

static bool
write_digest(const signet_response_order *order, signet_buf *out, signet_error *err)
{
    const signet_sign_order content = {.body_kind = order->body_kind, .body = order->body};
    sg_content_digest digest = {.has_sha256 = true};
    signet_slice made = {0};

    if (order->body_kind == SIGNET_BODY_UNSIGNED)
        return signet_fail(err, SIGNET_E_USAGE, "body: a response does not leave content unsigned");
    if (!sg_order_read_body(&content, digest.sha256, &made, err))
        return false;
    if (made.ptr != digest.sha256)
        memcpy(digest.sha256, made.ptr, sizeof(digest.sha256));
    return sg_content_digest_write(&digest, out, err);
}

/* The fields of the response and its digest; the caller frees them. */
static signet_http_field *
add_digest(const signet_response_order *order, signet_slice digest, signet_error *err)
{
    const signet_http_response *response = &order->response;
    size_t count = response->field_count;
    signet_http_field *fields = NULL;

    if (count > FIELDS_MAX)
        return signet_fail_null(err, SIGNET_E_USAGE, "response: more than %d fields", FIELDS_MAX);
    fields = calloc(count + 1, sizeof(*fields));
    if (!fields)
        return signet_fail_null(err, SIGNET_E_NOMEM, "response: out of memory");
    if (count > 0)
        memcpy(fields, response->fields, count * sizeof(*fields));
    fields[count] = (signet_http_field){signet_slice_text("content-digest"), digest};
    return fields;
}

static bool
check_order(const signet_response_order *order, const sg_message *message, signet_error *err)
{
    static const char *const ours[] = {"content-digest", "signature-input", "signature"};

    if (!order->key || !signet_key_has_private(order->key))
        return signet_fail(err, SIGNET_E_KEY, "there is no private key");
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (sg_http_has_field(&message->itself, signet_slice_text(ours[i])))
            return signet_fail(err, SIGNET_E_USAGE, "response: it has a %s already", ours[i]);
    }
    return true;
}

static bool
sign(const signet_response_order *order, sg_message *message, signet_message_fields *made,
    signet_error *err)
{
    char keyid[SG_JWK_THUMBPRINT_LEN + 1] = {0};
    const sg_signature_plan plan = {
        .profile = &sg_signature_response,
        .key = order->key,
        .label = sg_signature_response.tag,
        .keyid = keyid,
        .created = order->now,
        .expires = order->now + LIFE,
    };
    signet_http_field *fields = NULL;
    bool is_done = false;

    if (!check_order(order, message, err) || !sg_jwk_thumbprint_text(order->key, keyid, err) ||
        !write_digest(order, &made->digest, err))
        return false;
    fields = add_digest(order, signet_buf_slice(&made->digest), err);
    if (!fields)
        return false;
    message->itself.fields = fields;
    message->itself.field_count++;
    is_done =
        sg_message_signature_sign_response(message, &plan, &made->input, &made->signature, err);
    free(fields);
    return is_done;
}

bool
signet_response_sign(
    const signet_response_order *order, signet_message_fields *ret_fields, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf label = {0};
    signet_message_fields made = {0};
    sg_message message = {0};

    if (order->now < 0 || order->now > INT64_MAX - LIFE)
        return signet_fail(err, SIGNET_E_USAGE, "the time makes no sense");
    if (!read_message(order->request, &order->response, &label, &message, err) ||
        !sign(order, &message, &made, err)) {
        signet_message_fields_free(&made);
        return false;
    }
    *ret_fields = made;
    return true;
}

/* --- verifying --- */

static bool
read_skew(int64_t given, int64_t *ret_skew, signet_error *err)
{
    if (given < SIGNET_RESPONSE_NO_SKEW || given > SIGNET_RESPONSE_SKEW_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "skew: %lld seconds", (long long)given);
    *ret_skew = given == 0 ? SIGNET_RESPONSE_SKEW : given;
    if (given == SIGNET_RESPONSE_NO_SKEW)
        *ret_skew = 0;
    return true;
}

static bool
find_key(const signet_response_check *check, const char *keyid, const signet_key **ret_key,
    signet_error *err)
{
    for (size_t i = 0; i < check->key_count; i++) {
        char thumbprint[SG_JWK_THUMBPRINT_LEN + 1] = {0};

        if (!check->keys[i])
            return signet_fail(err, SIGNET_E_USAGE, "a key is not there");
        if (!sg_jwk_thumbprint_text(check->keys[i], thumbprint, err))
            return false;
        if (strcmp(thumbprint, keyid) != 0)
            continue;
        *ret_key = check->keys[i];
        return true;
    }
    return signet_fail(
        err, SIGNET_E_NOT_FOUND, "keyid: %s is none of the %zu keys", keyid, check->key_count);
}

static bool
check_content(
    const signet_body_digests *content, const sg_content_digest *wanted, signet_error *err)
{
    sg_content_digest came = {
        .has_sha256 = content->sha256 != NULL, .has_sha512 = content->sha512 != NULL};

    if (content->sha256)
        memcpy(came.sha256, content->sha256, sizeof(came.sha256));
    if (content->sha512)
        memcpy(came.sha512, content->sha512, sizeof(came.sha512));
    return sg_content_digest_check(wanted, &came, err);
}

static bool
judge(const signet_response_check *check, const sg_message *message,
    sg_message_signature *signature, signet_error *err)
{
    const signet_key *key = NULL;
    int64_t skew = 0;

    return read_skew(check->skew, &skew, err) &&
           sg_message_signature_take_from(message, &sg_signature_response, signature, err) &&
           sg_message_signature_check_clock(signature, check->now, skew, err) &&
           find_key(check, signature->keyid, &key, err) &&
           sg_message_signature_verify(signature, key, err) &&
           check_content(check->content, &signature->digest, err);
}

bool
signet_response_verify(const signet_response_check *check, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf label = {0};
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature signature = {0};
    sg_message message = {0};

    if (!check->content)
        return signet_fail(err, SIGNET_E_USAGE, "there are no digests of the content");
    return read_message(check->request, &check->response, &label, &message, err) &&
           judge(check, &message, &signature, err);
}
