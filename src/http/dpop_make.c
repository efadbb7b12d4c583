/* SPDX-License-Identifier: Apache-2.0 */
/* The client's half of DPoP. */
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/dpop.h"
#include "http/htu.h"
#include "http/jws.h"

enum { ID_BYTES = 16 };

/* `name` comes with what stands before it. */
static bool
append_encoded(signet_buf *out, const char *name, signet_slice bytes, signet_error *err)
{
    char text[SG_JWK_THUMBPRINT_LEN]; /* 32 bytes at most */

    sg_base64url_encode(bytes, text);
    return sg_json_append_string(
        out, name, (signet_slice){(const uint8_t *)text, sg_base64url_size(bytes.len)}, err);
}

static bool
append_hash_of(signet_buf *out, const char *name, signet_slice bytes, signet_error *err)
{
    uint8_t hash[SG_DPOP_HASH_SIZE];

    sg_sha256(bytes, hash);
    return append_encoded(out, name, (signet_slice){hash, sizeof(hash)}, err);
}

static bool
write_claims(const sg_dpop_request *request, signet_buf *out, signet_error *err)
{
    signet_slice content = {request->content_hash, SG_DPOP_HASH_SIZE};
    uint8_t id[ID_BYTES];
    sg_htu target;

    return sg_htu_read(request->url, &target, err) && sg_random(id, sizeof(id), err) &&
           append_encoded(out, "{\"jti\":", (signet_slice){id, sizeof(id)}, err) &&
           sg_json_append_string(out, ",\"htm\":", request->method, err) &&
           sg_json_append_string(out, ",\"htu\":", sg_htu_slice(&target), err) &&
           signet_buf_printf(out, err, ",\"iat\":%lld", (long long)request->now) &&
           (!request->access_token.ptr ||
               append_hash_of(out, ",\"ath\":", request->access_token, err)) &&
           (!request->nonce.ptr ||
               sg_json_append_string(out, ",\"nonce\":", request->nonce, err)) &&
           (!request->covers_query || append_hash_of(out, ",\"htq\":", target.query, err)) &&
           (!content.ptr || append_encoded(out, ",\"htd\":", content, err)) &&
           signet_buf_append(out, signet_slice_text("}"), err);
}

bool
sg_dpop_make(const sg_dpop_request *request, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf payload = {0};
    sg_jws_header header = {.algorithm = request->algorithm, .type = "dpop+jwt", .has_key = true};

    if (request->method.len == 0 || request->method.len > SG_DPOP_METHOD_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "method: 1 to %d bytes", SG_DPOP_METHOD_MAX);
    if (request->nonce.len > SG_DPOP_NONCE_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "nonce: at most %d bytes", SG_DPOP_NONCE_MAX);
    return write_claims(request, &payload, err) &&
           sg_jws_sign(&header, request->key, signet_buf_slice(&payload), out, err);
}

const char *
sg_dpop_choose_algorithm(const signet_key *key, signet_slice names)
{
    const char *const *known = sg_jwk_algorithm_names(signet_key_algorithm(key));
    size_t start = 0, end = 0;

    for (; known && start < names.len; start = end + 1) {
        for (end = start; end < names.len && names.ptr[end] != ' ';)
            end++;
        for (const char *const *name = known; *name; name++) {
            if (signet_slice_is_equal(
                    (signet_slice){names.ptr + start, end - start}, signet_slice_text(*name)))
                return *name;
        }
    }
    return NULL;
}
