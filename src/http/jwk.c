/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "crypto/digest.h"
#include "http/jwk.h"

enum { COORDINATE_SIZE = 32, COORDINATE_LEN = 43, UNCOMPRESSED = 0x04 };

/* What of JOSE belongs to what of ours. */
typedef struct {
    const char *algorithm, *kty, *crv;
    bool has_y; /* a point of two coordinates; else the raw key is x */
    const char *names[3];
} key_type;

static const key_type key_types[] = {
    {"ed25519", "OKP", "Ed25519", false, {"Ed25519", "EdDSA", NULL}},
    {"es256", "EC", "P-256", true, {"ES256", NULL, NULL}},
};

enum { KEY_TYPES = sizeof(key_types) / sizeof(key_types[0]) };

static bool
is_text(signet_slice slice, const char *text)
{
    return slice.ptr && signet_slice_is_equal(slice, signet_slice_text(text));
}

static const key_type *
type_of_algorithm(const signet_algorithm *algorithm)
{
    for (size_t i = 0; i < KEY_TYPES; i++) {
        if (strcmp(algorithm->name, key_types[i].algorithm) == 0)
            return &key_types[i];
    }
    return NULL;
}

static bool
is_name_of(const key_type *type, signet_slice name)
{
    for (const char *const *known = type->names; *known; known++) {
        if (is_text(name, *known))
            return true;
    }
    return false;
}

bool
sg_jwk_is_algorithm_of(const signet_key *key, signet_slice name)
{
    const key_type *type = type_of_algorithm(signet_key_algorithm(key));

    return type && is_name_of(type, name);
}

const char *const *
sg_jwk_algorithm_names(const signet_algorithm *algorithm)
{
    const key_type *type = type_of_algorithm(algorithm);

    return type ? type->names : NULL;
}

bool
sg_jwk_is_algorithm(signet_slice name)
{
    for (size_t i = 0; i < KEY_TYPES; i++) {
        if (is_name_of(&key_types[i], name))
            return true;
    }
    return false;
}

static bool
refuse_private(const sg_json *object, signet_error *err)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "k", "oth"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (sg_json_get(object, names[i]))
            return signet_fail(err, SIGNET_E_KEY, "%s: a private member", names[i]);
    }
    return true;
}

/* Types that are known, whether they are accepted or not. */
static bool
find_type(const sg_json *object, const key_type **ret_type, signet_error *err)
{
    signet_slice kty = {0}, crv = {0};

    if (!sg_json_read_text(object, "kty", SG_JSON_NEEDED, SG_JWK_MAX, &kty, err) ||
        !sg_json_read_text(object, "crv", SG_JSON_OPTIONAL, SG_JWK_MAX, &crv, err))
        return false;
    for (size_t i = 0; i < KEY_TYPES; i++) {
        if (is_text(kty, key_types[i].kty) && is_text(crv, key_types[i].crv)) {
            *ret_type = &key_types[i];
            return true;
        }
    }
    return signet_fail(err, SIGNET_E_ALGORITHM, "kty and crv: not OKP of Ed25519 or EC of P-256");
}

static bool
lists_verify(const sg_json *operations)
{
    if (operations->type != SG_JSON_ARRAY)
        return false;
    for (const sg_json *one = sg_json_first(operations); one; one = sg_json_next(operations, one)) {
        if (sg_json_is_text(one, "verify"))
            return true;
    }
    return false;
}

/* RFC 7517 4.2 to 4.4: what a key says of itself, if anything. */
static bool
check_purpose(const sg_json *object, const key_type *type, signet_error *err)
{
    const sg_json *operations = sg_json_get(object, "key_ops");
    signet_slice use = {0}, alg = {0};

    if (!sg_json_read_text(object, "use", SG_JSON_OPTIONAL, SG_JWK_MAX, &use, err) ||
        !sg_json_read_text(object, "alg", SG_JSON_OPTIONAL, SG_JWK_MAX, &alg, err))
        return false;
    if (use.ptr && !is_text(use, "sig"))
        return signet_fail(err, SIGNET_E_ALGORITHM, "use: not sig");
    if (operations && !lists_verify(operations))
        return signet_fail(err, SIGNET_E_ALGORITHM, "key_ops: without verify");
    if (alg.ptr && !is_name_of(type, alg))
        return signet_fail(err, SIGNET_E_ALGORITHM, "alg: not one of this key");
    return true;
}

static bool
read_coordinate(
    const sg_json *object, const char *name, uint8_t ret_bytes[COORDINATE_SIZE], signet_error *err)
{
    bool is_there = false;

    if (!sg_json_read_bytes(object, name, ret_bytes, COORDINATE_SIZE, &is_there, err))
        return false;
    return is_there ? true : signet_fail(err, SIGNET_E_DECODE, "%s: missing", name);
}

static signet_key *
make_key(const signet_algorithm *algorithm, const key_type *type, const sg_json *object,
    signet_error *err)
{
    uint8_t point[1 + 2 * COORDINATE_SIZE] = {UNCOMPRESSED};
    signet_slice raw = {point + 1, COORDINATE_SIZE};

    if (!read_coordinate(object, "x", point + 1, err) ||
        (type->has_y && !read_coordinate(object, "y", point + 1 + COORDINATE_SIZE, err)))
        return NULL;
    if (type->has_y)
        raw = (signet_slice){point, sizeof(point)};
    return signet_key_from_public(algorithm, raw, err);
}

signet_key *
sg_jwk_from_object(signet_algorithms accepted, const sg_json *object, signet_error *err)
{
    const signet_algorithm *algorithm = NULL;
    const key_type *type = NULL;

    if (!object || object->type != SG_JSON_OBJECT)
        return signet_fail_null(err, SIGNET_E_DECODE, "not an object");
    if (!refuse_private(object, err) || !find_type(object, &type, err))
        return NULL;
    algorithm = signet_algorithm_named(accepted, type->algorithm);
    if (!algorithm)
        return signet_fail_null(
            err, SIGNET_E_ALGORITHM, "a key of %s, which is not accepted here", type->crv);
    return check_purpose(object, type, err) ? make_key(algorithm, type, object, err) : NULL;
}

signet_key *
sg_jwk_read(signet_algorithms accepted, signet_slice json, signet_error *err)
{
    SIGNET_AUTO(sg_json_free) sg_json *object = NULL;

    if (json.len > SG_JWK_MAX)
        return signet_fail_null(
            err, SIGNET_E_DECODE, "jwk: %zu bytes, at most %d", json.len, SG_JWK_MAX);
    object = sg_json_read_object(json, "jwk", err);
    return object ? sg_jwk_from_object(accepted, object, err) : NULL;
}

bool
sg_jwk_write(const signet_key *key, signet_buf *out, signet_error *err)
{
    const key_type *type = type_of_algorithm(signet_key_algorithm(key));
    char x[COORDINATE_LEN + 1] = {0}, y[COORDINATE_LEN + 1] = {0};
    const uint8_t *raw = signet_key_public(key).ptr;

    if (!type)
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "a key of %s has no JWK", signet_key_algorithm(key)->name);
    if (!type->has_y) {
        sg_base64url_encode((signet_slice){raw, COORDINATE_SIZE}, x);
        return signet_buf_printf(
            out, err, "{\"crv\":\"%s\",\"kty\":\"%s\",\"x\":\"%s\"}", type->crv, type->kty, x);
    }
    sg_base64url_encode((signet_slice){raw + 1, COORDINATE_SIZE}, x);
    sg_base64url_encode((signet_slice){raw + 1 + COORDINATE_SIZE, COORDINATE_SIZE}, y);
    return signet_buf_printf(out, err, "{\"crv\":\"%s\",\"kty\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
        type->crv, type->kty, x, y);
}

bool
sg_jwk_thumbprint(
    const signet_key *key, uint8_t ret_thumbprint[SG_JWK_THUMBPRINT_SIZE], signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf json = {0};

    if (!sg_jwk_write(key, &json, err))
        return false;
    sg_sha256(signet_buf_slice(&json), ret_thumbprint);
    return true;
}

bool
sg_jwk_thumbprint_text(
    const signet_key *key, char ret_text[SG_JWK_THUMBPRINT_LEN + 1], signet_error *err)
{
    uint8_t thumbprint[SG_JWK_THUMBPRINT_SIZE];

    if (!sg_jwk_thumbprint(key, thumbprint, err))
        return false;
    sg_base64url_encode((signet_slice){thumbprint, sizeof(thumbprint)}, ret_text);
    ret_text[SG_JWK_THUMBPRINT_LEN] = '\0';
    return true;
}
