/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/signet.h>

#include "base/text.h"
#include "explain_variants.h"

static bool
add(variants *to, signet_slice value, signet_error *err)
{
    if (to->count > 0 && value.len == 0)
        return true;
    for (size_t i = 0; i < to->count; i++) {
        if (signet_slice_is_equal(signet_buf_slice(&to->values[i]), value))
            return true;
    }
    if (to->count == VARIANTS_MAX)
        return true;
    if (!signet_buf_append(&to->values[to->count], value, err))
        return false;
    to->count++;
    return true;
}

static bool
add_fields(variants *to, const saved_request *request, const char *const *names, signet_error *err)
{
    for (; *names; names++) {
        if (!add(to, saved_request_field(request, *names), err))
            return false;
    }
    return true;
}

static bool
gather_methods(const explain_case *it, variants *to, signet_error *err)
{
    static const char *const usual[] = {
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", NULL};
    static const char *const fields[] = {"x-http-method-override", "x-original-method", NULL};

    if (!add(to, it->request->facts.request.method, err))
        return false;
    for (const char *const *name = usual; *name; name++) {
        if (!add(to, signet_slice_text(*name), err))
            return false;
    }
    return add_fields(to, it->request, fields, err);
}

/* --- authorities --- */

static signet_slice
without_port(signet_slice authority)
{
    size_t len = authority.len;

    while (len > 0 && authority.ptr[len - 1] >= '0' && authority.ptr[len - 1] <= '9')
        len--;
    return len > 1 && authority.ptr[len - 1] == ':' ? (signet_slice){authority.ptr, len - 1}
                                                    : authority;
}

static bool
add_with_port(variants *to, signet_slice authority, const char *port, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    return authority.len == 0 || (signet_buf_append(&text, without_port(authority), err) &&
                                     signet_buf_append(&text, signet_slice_text(port), err) &&
                                     add(to, signet_buf_slice(&text), err));
}

/* As it is, without port, and with those that are usual. */
static bool
add_authority(variants *to, signet_slice authority, signet_error *err)
{
    static const char *const ports[] = {":80", ":443", ":8080", ":8443"};

    if (!add(to, authority, err) || !add(to, without_port(authority), err))
        return false;
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        if (!add_with_port(to, authority, ports[i], err))
            return false;
    }
    return true;
}

static bool
gather_authorities(const explain_case *it, variants *to, signet_error *err)
{
    static const char *const fields[] = {"x-forwarded-host", "x-original-host", NULL};
    signet_slice host = it->request->facts.request.authority;

    if (!add(to, host, err) || !add_fields(to, it->request, fields, err))
        return false;
    for (const char *const *origin = it->options.origins; *origin; origin++) {
        const char *behind = strstr(*origin, "://");

        if (behind && !add(to, signet_slice_text(behind + 3), err))
            return false;
    }
    if (!add_authority(to, host, err))
        return false;
    for (const char *const *origin = it->options.origins; *origin; origin++) {
        const char *behind = strstr(*origin, "://");

        if (behind && !add_authority(to, signet_slice_text(behind + 3), err))
            return false;
    }
    return true;
}

/* --- targets --- */

static bool
is_unreserved(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || (byte != 0 && strchr("-._~", byte));
}

static int
digit(uint8_t byte)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = byte ? strchr(digits, byte) : NULL;

    return at ? (int)(at - digits) & 15 : -1;
}

/* The same path otherwise escaped: which escapes are undone, and the case of the others. */
static bool
add_escaped(variants *to, signet_slice target, bool undo_all, bool is_upper, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    bool is_path = true;

    for (size_t i = 0; i < target.len; i++) {
        uint8_t byte = target.ptr[i];
        int high = i + 2 < target.len ? digit(target.ptr[i + 1]) : -1;
        int low = i + 2 < target.len ? digit(target.ptr[i + 2]) : -1;
        uint8_t decoded = high >= 0 && low >= 0 ? (uint8_t)(high * 16 + low) : 0;
        bool is_escape = is_path && byte == '%' && high >= 0 && low >= 0;

        is_path = is_path && byte != '?';
        if (!is_escape && !signet_buf_append(&text, (signet_slice){&byte, 1}, err))
            return false;
        if (!is_escape)
            continue;
        i += 2;
        if (is_unreserved(decoded) || (undo_all && decoded > ' ' && decoded < 0x7f)) {
            if (!signet_buf_append(&text, (signet_slice){&decoded, 1}, err))
                return false;
        } else if (!signet_buf_printf(&text, err, is_upper ? "%%%02X" : "%%%02x", decoded)) {
            return false;
        }
    }
    return add(to, signet_buf_slice(&text), err);
}

static size_t
path_length(signet_slice target)
{
    const uint8_t *mark = target.len > 0 ? memchr(target.ptr, '?', target.len) : NULL;

    return mark ? (size_t)(mark - target.ptr) : target.len;
}

static bool
add_joined(
    variants *to, signet_slice path, const char *middle, signet_slice rest, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    return signet_buf_append(&text, path, err) &&
           signet_buf_append(&text, signet_slice_text(middle), err) &&
           signet_buf_append(&text, rest, err) && add(to, signet_buf_slice(&text), err);
}

/* A slash more or less, no query, the first folder taken away, the prefix that was. */
static bool
add_cut(variants *to, const saved_request *request, signet_error *err)
{
    signet_slice target = request->facts.request.target;
    size_t len = path_length(target);
    signet_slice path = {target.ptr, len}, query = {target.ptr + len, target.len - len};
    const uint8_t *second = len > 1 ? memchr(target.ptr + 1, '/', len - 1) : NULL;

    if (!add(to, path, err) || !add_joined(to, path, "/", query, err))
        return false;
    if (len > 1 && path.ptr[len - 1] == '/' &&
        !add_joined(to, (signet_slice){path.ptr, len - 1}, "", query, err))
        return false;
    if (second && !add(to, (signet_slice){second, target.len - (size_t)(second - target.ptr)}, err))
        return false;
    return add_joined(to, saved_request_field(request, "x-forwarded-prefix"), "", target, err);
}

static bool
gather_targets(const explain_case *it, variants *to, signet_error *err)
{
    static const char *const fields[] = {"x-original-uri", "x-original-url", "x-forwarded-uri",
        "x-rewrite-url", "x-envoy-original-path", "x-replaced-path", NULL};
    signet_slice target = it->request->facts.request.target;

    return add(to, target, err) && add_fields(to, it->request, fields, err) &&
           add_escaped(to, target, false, true, err) &&
           add_escaped(to, target, false, false, err) && add_escaped(to, target, true, true, err) &&
           add_cut(to, it->request, err);
}

/* --- the signed digest, as text of `bd` --- */

static bool
add_digest(variants *to, signet_slice content, signet_error *err)
{
    uint8_t digest[SIGNET_SHA256_SIZE];
    char text[2 * SIGNET_SHA256_SIZE];
    signet_slice bytes = {digest, sizeof(digest)};
    signet_sha256 hash;

    signet_sha256_init(&hash);
    signet_sha256_update(&hash, content);
    signet_sha256_final(&hash, digest);
    sg_base64url_encode(bytes, text);
    return add(to, (signet_slice){(const uint8_t *)text, sg_base64url_size(bytes.len)}, err);
}

static bool
gather_digests(const explain_case *it, variants *to, signet_error *err)
{
    static const signet_slice nothing = {NULL, 0};

    return add(to, explain_parameter(it->request, "bd"), err) &&
           add_digest(to, it->request->content, err) && add_digest(to, nothing, err);
}

/* --- of a message signature: fields that it covers, and the scheme --- */

static bool
add_content_digest(variants *to, signet_slice content, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    uint8_t digest[SIGNET_SHA256_SIZE];
    signet_sha256 hash;

    signet_sha256_init(&hash);
    signet_sha256_update(&hash, content);
    signet_sha256_final(&hash, digest);
    return signet_buf_printf(&text, err, "sha-256=:") &&
           sg_base64_append(&text, (signet_slice){digest, sizeof(digest)}, 0, err) &&
           signet_buf_printf(&text, err, ":") && add(to, signet_buf_slice(&text), err);
}

static bool
gather_content_digests(const explain_case *it, variants *to, signet_error *err)
{
    static const signet_slice nothing = {NULL, 0};

    return add(to, saved_request_field(it->request, "content-digest"), err) &&
           add_content_digest(to, it->request->content, err) &&
           add_content_digest(to, nothing, err);
}

/* With a charset that somebody added or took away. */
static bool
gather_types(const explain_case *it, variants *to, signet_error *err)
{
    signet_slice type = saved_request_field(it->request, "content-type");
    const uint8_t *mark = type.len > 0 ? memchr(type.ptr, ';', type.len) : NULL;
    signet_slice bare = {type.ptr, mark ? (size_t)(mark - type.ptr) : type.len};
    static const signet_slice nothing = {NULL, 0};

    return add(to, type, err) && add(to, bare, err) &&
           (bare.len == 0 || (add_joined(to, bare, "; charset=utf-8", nothing, err) &&
                                 add_joined(to, bare, ";charset=utf-8", nothing, err) &&
                                 add_joined(to, bare, "; charset=UTF-8", nothing, err)));
}

static bool
gather_schemes(const explain_case *it, variants *to, signet_error *err)
{
    bool is_http = strncmp(it->options.origins[0], "http://", 7) == 0;

    return add(to, signet_slice_text(is_http ? "http" : "https"), err) &&
           add(to, signet_slice_text(is_http ? "https" : "http"), err);
}

static bool
gather_of_message(const explain_case *it, variants ret_all[VARIANT_KINDS], signet_error *err)
{
    return gather_content_digests(it, &ret_all[VARIANT_DIGEST], err) &&
           gather_types(it, &ret_all[VARIANT_TYPE], err) &&
           gather_schemes(it, &ret_all[VARIANT_SCHEME], err);
}

static bool
gather_of_proof(const explain_case *it, variants ret_all[VARIANT_KINDS], signet_error *err)
{
    return gather_digests(it, &ret_all[VARIANT_DIGEST], err) &&
           add(&ret_all[VARIANT_TYPE], saved_request_field(it->request, "content-type"), err) &&
           add(&ret_all[VARIANT_SCHEME], signet_slice_text("https"), err);
}

bool
variants_gather(
    const explain_case *it, bool is_message, variants ret_all[VARIANT_KINDS], signet_error *err)
{
    return gather_methods(it, &ret_all[VARIANT_METHOD], err) &&
           gather_authorities(it, &ret_all[VARIANT_AUTHORITY], err) &&
           gather_targets(it, &ret_all[VARIANT_TARGET], err) &&
           (is_message ? gather_of_message(it, ret_all, err) : gather_of_proof(it, ret_all, err));
}

void
variants_free(variants all[VARIANT_KINDS])
{
    for (size_t kind = 0; kind < VARIANT_KINDS; kind++) {
        for (size_t i = 0; i < all[kind].count; i++)
            signet_buf_free(&all[kind].values[i]);
    }
}
