/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing is repaired: a byte that another program would escape, drop or read otherwise is refused,
 * because what is signed must be what is sent.
 */
#include "http/binding_text.h"
#include "http/url.h"

static const struct {
    const char *name;
    unsigned port;
} schemes[] = {{"https", 443}, {"http", 80}};

static bool
is_scheme(signet_slice text, const char *name)
{
    if (text.len != strlen(name))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] | 0x20) != (uint8_t)name[i])
            return false;
    }
    return true;
}

bool
sg_url_read_scheme(signet_slice scheme, sg_url *ret_url, signet_error *err)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (is_scheme(scheme, schemes[i].name)) {
            ret_url->scheme = signet_slice_text(schemes[i].name);
            ret_url->default_port = schemes[i].port;
            return true;
        }
    }
    return signet_fail(err, SIGNET_E_DECODE, "URL: the scheme is neither http nor https");
}

/* What stands in a URL only as an escape, RFC 3986 2; brackets in queries are common. */
static bool
check_characters(signet_slice text, signet_error *err)
{
    static const char never[] = "\"<>\\^`{|}";

    if (text.len > SIGNET_SIGNER_URL_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "URL: %zu bytes, must be at most %d", text.len,
            SIGNET_SIGNER_URL_MAX);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];

        if (byte <= 0x20 || byte >= 0x7f || memchr(never, byte, sizeof(never) - 1))
            return signet_fail(err, SIGNET_E_DECODE,
                "URL: byte %02x at %zu must be written as an escape", (unsigned)byte, i);
    }
    return true;
}

/* How many bytes stand before the first of `ends`. */
static size_t
length_before(signet_slice text, const char *ends)
{
    size_t len = 0;

    while (len < text.len && !memchr(ends, text.ptr[len], strlen(ends)))
        len++;
    return len;
}

static signet_slice
behind(signet_slice text, size_t len)
{
    return (signet_slice){text.ptr + len, text.len - len};
}

bool
sg_url_split(signet_slice text, sg_url *ret_url, signet_buf *out_authority, signet_error *err)
{
    sg_url url = {0};
    signet_slice rest = {0};
    size_t len = 0;

    if (!check_characters(text, err))
        return false;
    len = length_before(text, ":/?#");
    rest = behind(text, len);
    if (rest.len < 3 || memcmp(rest.ptr, "://", 3) != 0)
        return signet_fail(err, SIGNET_E_DECODE, "URL: does not begin with http:// or https://");
    if (!sg_url_read_scheme((signet_slice){text.ptr, len}, &url, err))
        return false;
    rest = behind(rest, 3);
    len = length_before(rest, "/?#");
    url.authority = (signet_slice){rest.ptr, len};
    if (memchr(rest.ptr, '@', len))
        return signet_fail(err, SIGNET_E_DECODE, "URL: has a user name, which is not sent");
    if (!sg_authority_normalise(url.authority, url.default_port, out_authority, err)) {
        signet_error_prefix(err, "URL");
        return false;
    }
    rest = behind(rest, len);
    url.target = (signet_slice){rest.ptr, length_before(rest, "#")};
    *ret_url = url;
    return true;
}

bool
sg_url_write_target(const sg_url *url, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    bool has_path = url->target.len > 0 && url->target.ptr[0] == '/';

    if ((has_path || signet_buf_append(out, signet_slice_text("/"), err)) &&
        signet_buf_append(out, url->target, err))
        return true;
    out->len = before;
    return false;
}
