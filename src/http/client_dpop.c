/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/client.h>

#include "http/credential.h"
#include "http/dpop.h"

static signet_slice
optional(const char *text)
{
    return text ? signet_slice_text(text) : (signet_slice){NULL, 0};
}

/* token68 (RFC 9110 11.2): it stands in a field of its own. */
static bool
check_access_token(const char *token, signet_error *err)
{
    static const char others[] = "-._~+/";
    size_t len = 0;

    for (; token[len]; len++) {
        char byte = token[len];

        if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                (byte >= 'A' && byte <= 'Z') || strchr(others, byte)))
            break;
    }
    return (len > 0 && token[len + strspn(token + len, "=")] == '\0') ||
           signet_fail(err, SIGNET_E_DECODE, "access token: not a token68");
}

bool
signet_dpop_proof_new(const signet_dpop_request *request, signet_buf *out, signet_error *err)
{
    uint8_t hash[32];
    signet_slice digest = {NULL, 0};
    const signet_sign_order order = {.body_kind = request->body_kind, .body = request->body};
    sg_dpop_request made = {.key = request->key,
        .method = request->method,
        .access_token = optional(request->access_token),
        .nonce = optional(request->nonce),
        .now = request->now,
        .covers_query = request->covers_request};

    if (!request->key || !request->url || !request->algorithms)
        return signet_fail(err, SIGNET_E_USAGE, "dpop: needs a key, a URL and names of algorithms");
    if (!signet_key_has_private(request->key))
        return signet_fail(err, SIGNET_E_KEY, "dpop: the key has no private half");
    if (request->access_token && !check_access_token(request->access_token, err))
        return false;
    made.url = signet_slice_text(request->url);
    made.algorithm = sg_dpop_choose_algorithm(request->key, signet_slice_text(request->algorithms));
    if (!made.algorithm)
        return signet_fail(err, SIGNET_E_ALGORITHM, "dpop: a key of %s signs none of %s",
            signet_key_algorithm(request->key)->name, request->algorithms);
    if (request->covers_request && !sg_order_read_body(&order, hash, &digest, err))
        return false;
    made.content_hash = digest.ptr;
    return sg_dpop_make(&made, out, err);
}
