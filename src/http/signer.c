/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One proof: what the request is, a fresh nonce, and the ephemeral key's signature over both.  The
 * client is as strict as a verifier, so that it learns here and not there what would be refused.
 */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/binding_text.h"
#include "http/credential.h"
#include "http/header.h"
#include "http/target.h"
#include "http/url.h"

/* SHA-256 of no bytes at all. */
static const uint8_t of_nothing[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb,
    0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95,
    0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

/* What a proof borrows from while it is written. */
typedef struct {
    signet_buf authority, target, text, plain, strong;
    sg_target read; /* borrowed from `target` */
    uint8_t nonce[SG_PROOF_ID_SIZE], digest[32];
} material;

static void
free_material(material *it)
{
    signet_buf *const bufs[] = {&it->authority, &it->target, &it->text, &it->plain, &it->strong};

    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        signet_buf_free(bufs[i]);
}

/* A URL, and nothing of the parts. */
static bool
read_url(const signet_sign_order *order, material *it, signet_error *err)
{
    const signet_http_request *parts = &order->request;
    sg_url url = {0};

    if (parts->scheme.len > 0 || parts->authority.len > 0 || parts->target.len > 0)
        return signet_fail(err, SIGNET_E_USAGE, "request: a URL, and parts of one");
    return sg_url_split(signet_slice_text(order->url), &url, &it->authority, err) &&
           sg_url_write_target(&url, &it->target, err);
}

static bool
read_parts(const signet_sign_order *order, material *it, signet_error *err)
{
    const signet_http_request *parts = &order->request;
    sg_url url = {0};

    return sg_url_read_scheme(parts->scheme, &url, err) &&
           sg_authority_normalise(parts->authority, url.default_port, &it->authority, err) &&
           signet_buf_append(&it->target, parts->target, err);
}

static bool
read_request(const signet_sign_order *order, material *it, signet_error *err)
{
    static const sg_target_rules strict = {0};

    return sg_http_method_check(order->request.method, err) &&
           (order->url ? read_url(order, it, err) : read_parts(order, it, err)) &&
           sg_target_read(signet_buf_slice(&it->target), &strict, &it->read, err);
}

bool
sg_order_read_body(
    const signet_sign_order *order, uint8_t digest[32], signet_slice *ret_digest, signet_error *err)
{
    enum { SIZE = 32 };
    signet_slice body = order->body;
    bool is_empty =
        order->body_kind == SIGNET_BODY_NONE || order->body_kind == SIGNET_BODY_UNSIGNED;

    if (is_empty && body.len > 0)
        return signet_fail(err, SIGNET_E_USAGE, "body: %zu bytes, and said to be none", body.len);
    if (order->body_kind == SIGNET_BODY_SHA256 && body.len != SIZE)
        return signet_fail(err, SIGNET_E_USAGE, "body: a digest of %zu bytes", body.len);
    *ret_digest = (signet_slice){digest, SIZE};
    switch (order->body_kind) {
    case SIGNET_BODY_NONE:
        *ret_digest = (signet_slice){of_nothing, sizeof(of_nothing)};
        return true;
    case SIGNET_BODY_BYTES:
        sg_sha256(body, digest);
        return true;
    case SIGNET_BODY_SHA256:
        memcpy(digest, body.ptr, SIZE);
        return true;
    case SIGNET_BODY_UNSIGNED:
        *ret_digest = (signet_slice){0};
        return true;
    }
    return signet_fail(err, SIGNET_E_USAGE, "body: of no kind that there is");
}

bool
sg_credential_check_life(const signet_credential *credential, int64_t now, signet_error *err)
{
    if (now < credential->claims.not_before)
        return signet_fail(err, SIGNET_E_TIME, "credential: not valid yet");
    if (now > credential->claims.expires)
        return signet_fail(err, SIGNET_E_TIME, "credential: has expired");
    return true;
}

static bool
sign_strong(const signet_credential *credential, const signet_sign_order *order,
    const sg_proof_header *header, material *it, signet_error *err)
{
    const sg_binding_text text = {
        .method = order->request.method,
        .authority = signet_buf_slice(&it->authority),
        .target = it->read.raw,
        .digest = header->digest,
        .token_id = header->token_id,
        .nonce = header->nonce,
        .time = header->time,
        .token_hash = {credential->token_hash, sizeof(credential->token_hash)},
    };

    it->text.len = 0;
    return sg_binding_text_write(&text, &it->text, err) &&
           signet_key_sign(credential->ephemeral, signet_buf_slice(&it->text), &it->strong, err);
}

static bool
sign_plain(const signet_credential *credential, const signet_sign_order *order,
    const sg_proof_header *header, material *it, signet_error *err)
{
    const sg_request_text text = {order->request.method, &it->read, header->time, header->nonce};

    it->text.len = 0;
    return sg_request_text_write(&text, &it->text, err) &&
           signet_key_sign(credential->ephemeral, signet_buf_slice(&it->text), &it->plain, err);
}

static void
present(const signet_credential *credential, sg_proof_header *header)
{
    header->mode = signet_slice_text("full");
    header->token = signet_buf_slice(&credential->sig1);
    header->ephemeral_key = signet_key_public(credential->ephemeral);
    header->binding = signet_buf_slice(&credential->binding);
    header->purpose = signet_buf_slice(&credential->purpose);
}

bool
signet_credential_sign(const signet_credential *credential, const signet_sign_order *order,
    int64_t now, signet_buf *out, signet_error *err)
{
    __attribute__((cleanup(free_material))) material it = {0};
    sg_proof_header header = {
        .mode = signet_slice_text("compact"),
        .token_id = credential->claims.token_id,
        .capability_id = credential->claims.capability_id,
        .nonce = {it.nonce, sizeof(it.nonce)},
        .time = now,
        .extension = signet_slice_text("2"),
    };

    if (!sg_credential_check_life(credential, now, err) || !read_request(order, &it, err) ||
        !sg_order_read_body(order, it.digest, &header.digest, err) ||
        !sg_random(it.nonce, sizeof(it.nonce), err) ||
        !sign_strong(credential, order, &header, &it, err))
        return false;
    if (!order->is_strong_only && !sign_plain(credential, order, &header, &it, err))
        return false;
    header.strong_signature = signet_buf_slice(&it.strong);
    header.signature =
        order->is_strong_only ? header.strong_signature : signet_buf_slice(&it.plain);
    if (!order->is_compact)
        present(credential, &header);
    return sg_proof_header_write(&header, out, err);
}
