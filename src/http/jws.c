/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "http/jws.h"

enum { ALGORITHM_MAX = 32, SIGNATURE_LEN = 86 };

/* The three parts, as characters. */
typedef struct {
    signet_slice header, payload, signature;
} compact_parts;

/* What is before the next dot; what is after it stays in `left`. */
static bool
take_part(signet_slice *left, signet_slice *ret_part)
{
    const uint8_t *dot = left->len ? memchr(left->ptr, '.', left->len) : NULL;
    size_t len = 0;

    if (!dot)
        return false;
    len = (size_t)(dot - left->ptr);
    *ret_part = (signet_slice){left->ptr, len};
    *left = (signet_slice){dot + 1, left->len - len - 1};
    return true;
}

static bool
split(signet_slice compact, compact_parts *ret_parts, signet_error *err)
{
    signet_slice left = compact;

    if (compact.len > SG_JWS_MAX)
        return signet_fail(
            err, SIGNET_E_DECODE, "jws: %zu characters, at most %d", compact.len, SG_JWS_MAX);
    if (!take_part(&left, &ret_parts->header) || !take_part(&left, &ret_parts->payload) ||
        (left.len && memchr(left.ptr, '.', left.len)))
        return signet_fail(err, SIGNET_E_DECODE, "jws: not three parts");
    ret_parts->signature = left;
    if (ret_parts->payload.len == 0)
        return signet_fail(err, SIGNET_E_DECODE, "jws: without a payload");
    return true;
}

static bool
decode(signet_slice text, const char *what, signet_buf *out, signet_error *err)
{
    static const uint8_t zeros[SG_JWS_MAX] = {0};
    size_t room = text.len / 4 * 3 + 2, len = 0; /* text.len is at most SG_JWS_MAX */

    if (!signet_buf_append(out, (signet_slice){zeros, room}, err))
        return false;
    if (!sg_base64url_decode(text, out->data, room, &len))
        return signet_fail(err, SIGNET_E_DECODE, "jws: %s: not canonical base64url", what);
    out->len = len;
    return true;
}

/* Members that change what is signed or where a key is from: none is understood here. */
static bool
refuse_extensions(const sg_json *header, signet_error *err)
{
    static const char *const names[] = {"crit", "b64", "x5u", "jku"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (sg_json_get(header, names[i]))
            return signet_fail(err, SIGNET_E_DECODE, "%s: not accepted here", names[i]);
    }
    return true;
}

static bool
read_header(signet_slice text, sg_jws *jws, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    if (!decode(text, "header", &bytes, err))
        return false;
    if (bytes.len > SG_JWS_HEADER_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "jws: header: %zu bytes, at most %d", bytes.len,
            SG_JWS_HEADER_MAX);
    jws->header = sg_json_read_object(signet_buf_slice(&bytes), "jws: header", err);
    if (!jws->header || !refuse_extensions(jws->header, err) ||
        !sg_json_read_text(
            jws->header, "alg", SG_JSON_NEEDED, ALGORITHM_MAX, &jws->algorithm, err) ||
        !sg_json_read_text(
            jws->header, "typ", SG_JSON_OPTIONAL, SG_JWS_TYPE_MAX, &jws->type, err) ||
        !sg_json_read_text(jws->header, "kid", SG_JSON_OPTIONAL, SG_JWK_KID_MAX, &jws->kid, err))
        return false;
    if (!sg_jwk_is_algorithm(jws->algorithm))
        return signet_fail(err, SIGNET_E_ALGORITHM, "alg: not Ed25519, EdDSA or ES256");
    return true;
}

static bool
read_signature(signet_slice text, sg_jws *jws, signet_error *err)
{
    size_t len = 0;

    if (text.len != SIGNATURE_LEN ||
        !sg_base64url_decode(text, jws->signature, sizeof(jws->signature), &len))
        return signet_fail(err, SIGNET_E_DECODE, "jws: signature: not base64url of %d bytes",
            SG_JWS_SIGNATURE_SIZE);
    return true;
}

bool
sg_jws_read(signet_slice compact, sg_jws *ret_jws, signet_error *err)
{
    SIGNET_AUTO(sg_jws_free) sg_jws jws = {0};
    compact_parts parts = {0};

    if (!split(compact, &parts, err) || !read_signature(parts.signature, &jws, err) ||
        !read_header(parts.header, &jws, err) ||
        !decode(parts.payload, "payload", &jws.payload, err))
        return false;
    jws.to_verify = (signet_slice){compact.ptr, parts.header.len + 1 + parts.payload.len};
    *ret_jws = jws;
    jws = (sg_jws){0};
    return true;
}

bool
sg_jws_has_type(const sg_jws *jws, const char *type)
{
    return jws->type.ptr && signet_slice_is_equal(jws->type, signet_slice_text(type));
}

signet_key *
sg_jws_own_key(signet_algorithms accepted, const sg_jws *jws, signet_error *err)
{
    const sg_json *object = sg_json_get(jws->header, "jwk");
    signet_key *key = NULL;

    if (!object)
        return signet_fail_null(err, SIGNET_E_DECODE, "jwk: missing");
    key = sg_jwk_from_object(accepted, object, err);
    if (!key)
        signet_error_prefix(err, "jwk");
    return key;
}

bool
sg_jws_verify(const sg_jws *jws, const signet_key *key, signet_error *err)
{
    signet_slice signature = {jws->signature, sizeof(jws->signature)};

    if (!sg_jwk_is_algorithm_of(key, jws->algorithm))
        return signet_fail(err, SIGNET_E_ALGORITHM, "alg: not one of a key of %s",
            signet_key_algorithm(key)->name);
    return signet_key_verify(key, jws->to_verify, signature, err);
}

sg_json *
sg_jws_open(const sg_jws *jws, const signet_key *key, signet_error *err)
{
    if (!sg_jws_verify(jws, key, err))
        return NULL;
    return sg_json_read_object(signet_buf_slice(&jws->payload), "jws: payload", err);
}

void
sg_jws_free(sg_jws *jws)
{
    if (!jws)
        return;
    sg_json_free(jws->header);
    signet_buf_free(&jws->payload);
    *jws = (sg_jws){0};
}

/* --- the other direction --- */

static bool
append_encoded(signet_buf *out, signet_slice bytes, signet_error *err)
{
    char text[SG_JWS_MAX];

    if (bytes.len > SG_JWS_MAX / 4 * 3)
        return signet_fail(err, SIGNET_E_USAGE, "jws: a part of %zu bytes", bytes.len);
    sg_base64url_encode(bytes, text);
    return signet_buf_append(
        out, (signet_slice){(const uint8_t *)text, sg_base64url_size(bytes.len)}, err);
}

static bool
append_key(signet_buf *out, const signet_key *key, signet_error *err)
{
    return signet_buf_append(out, signet_slice_text(",\"jwk\":"), err) &&
           sg_jwk_write(key, out, err);
}

static bool
write_header(const sg_jws_header *header, const signet_key *key, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf json = {0};

    return sg_json_append_string(&json, "{\"alg\":", signet_slice_text(header->algorithm), err) &&
           (!header->type ||
               sg_json_append_string(&json, ",\"typ\":", signet_slice_text(header->type), err)) &&
           (!header->kid ||
               sg_json_append_string(&json, ",\"kid\":", signet_slice_text(header->kid), err)) &&
           (!header->has_key || append_key(&json, key, err)) &&
           signet_buf_append(&json, signet_slice_text("}"), err) &&
           append_encoded(out, signet_buf_slice(&json), err);
}

bool
sg_jws_sign(const sg_jws_header *header, const signet_key *key, signet_slice payload,
    signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, signature = {0};

    if (!header->algorithm || !sg_jwk_is_algorithm_of(key, signet_slice_text(header->algorithm)))
        return signet_fail(err, SIGNET_E_ALGORITHM, "alg: not one of a key of %s",
            signet_key_algorithm(key)->name);
    if (!write_header(header, key, &text, err) ||
        !signet_buf_append(&text, signet_slice_text("."), err) ||
        !append_encoded(&text, payload, err) ||
        !signet_key_sign(key, signet_buf_slice(&text), &signature, err) ||
        !signet_buf_append(&text, signet_slice_text("."), err) ||
        !append_encoded(&text, signet_buf_slice(&signature), err))
        return false;
    if (text.len > SG_JWS_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "jws: %zu characters, at most %d", text.len, SG_JWS_MAX);
    return signet_buf_append(out, signet_buf_slice(&text), err);
}
