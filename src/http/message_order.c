/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A credential signing as RFC 9421 has it, under the profile signet-pop (message-signature.md): the
 * key is named by the id of the token.
 */
#include <stdlib.h>

#include "base/text.h"
#include "http/credential.h"
#include "http/message_signature.h"
#include "http/url.h"

enum { LIFE = 30, FIELDS_MAX = 256 };

/* The request as it is signed; borrowed from the order and from the buffers. */
typedef struct {
    signet_http_request request;
    signet_http_field *fields;
    signet_buf authority, target;
} signed_request;

static void
free_signed_request(signed_request *it)
{
    free(it->fields);
    signet_buf_free(&it->authority);
    signet_buf_free(&it->target);
}

static bool
read_url(const signet_sign_order *order, signed_request *it, signet_error *err)
{
    sg_url url = {0};

    if (it->request.scheme.len > 0 || it->request.authority.len > 0 || it->request.target.len > 0)
        return signet_fail(err, SIGNET_E_USAGE, "request: a URL, and parts of one");
    if (!sg_url_split(signet_slice_text(order->url), &url, &it->authority, err) ||
        !sg_url_write_target(&url, &it->target, err))
        return false;
    it->request.scheme = url.scheme;
    it->request.authority = signet_buf_slice(&it->authority);
    it->request.target = signet_buf_slice(&it->target);
    return true;
}

static bool
is_expected(signet_slice method)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH"};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (signet_slice_is_equal(method, signet_slice_text(methods[i])))
            return true;
    }
    return false;
}

/* Content-Digest, where there is content or a method that has some. */
static bool
write_digest(const signet_sign_order *order, signet_buf *out, signet_error *err)
{
    sg_content_digest digest = {.has_sha256 = true};
    signet_slice made = {0};

    if (order->body_kind == SIGNET_BODY_UNSIGNED)
        return signet_fail(
            err, SIGNET_E_USAGE, "body: a message signature does not leave content unsigned");
    if (!sg_order_read_body(order, digest.sha256, &made, err))
        return false;
    if (order->body_kind == SIGNET_BODY_NONE && !is_expected(order->request.method))
        return true;
    if (made.ptr != digest.sha256)
        memcpy(digest.sha256, made.ptr, sizeof(digest.sha256));
    return sg_content_digest_write(&digest, out, err);
}

static bool
add_digest(
    const signet_sign_order *order, const signet_buf *digest, signed_request *it, signet_error *err)
{
    size_t count = order->request.field_count;

    if (digest->len == 0)
        return true;
    if (count > FIELDS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "request: more than %d fields", FIELDS_MAX);
    it->fields = calloc(count + 1, sizeof(*it->fields));
    if (!it->fields)
        return signet_fail(err, SIGNET_E_NOMEM, "request: out of memory");
    if (count > 0)
        memcpy(it->fields, order->request.fields, count * sizeof(*it->fields));
    it->fields[count] =
        (signet_http_field){signet_slice_text("content-digest"), signet_buf_slice(digest)};
    it->request.fields = it->fields;
    it->request.field_count = count + 1;
    return true;
}

static bool
sign(const signet_credential *credential, const signed_request *it, int64_t now,
    signet_message_fields *made, signet_error *err)
{
    char keyid[2 * 16 + 1];
    const sg_signature_plan plan = {
        .profile = &sg_signature_pop,
        .key = credential->ephemeral,
        .keyid = keyid,
        .created = now,
        .expires = now + LIFE,
    };

    sg_hex(keyid, credential->claims.token_id);
    return sg_message_signature_sign(&it->request, &plan, &made->input, &made->signature, err);
}

bool
signet_credential_sign_message(const signet_credential *credential, const signet_sign_order *order,
    int64_t now, signet_message_fields *ret_fields, signet_error *err)
{
    __attribute__((cleanup(free_signed_request))) signed_request it = {.request = order->request};
    SIGNET_AUTO(signet_message_fields_free) signet_message_fields made = {0};

    if (!sg_credential_check_life(credential, now, err) ||
        (order->url && !read_url(order, &it, err)) || !write_digest(order, &made.digest, err) ||
        !add_digest(order, &made.digest, &it, err) || !sign(credential, &it, now, &made, err))
        return false;
    *ret_fields = made;
    made = (signet_message_fields){0};
    return true;
}

void
signet_message_fields_free(signet_message_fields *fields)
{
    signet_buf_free(&fields->digest);
    signet_buf_free(&fields->input);
    signet_buf_free(&fields->signature);
}
