/* SPDX-License-Identifier: Apache-2.0 */
#include "http/htu.h"

enum { PORT_MAX = 65535, HOST_MAX = 255 };

/* A URL in its parts, all borrowed. */
typedef struct {
    bool is_https;
    signet_slice host, port, path, query;
} url_parts;

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool
is_letter(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_one_of(uint8_t byte, const char *set)
{
    return byte != 0 && strchr(set, byte) != NULL;
}

static bool
is_unreserved(uint8_t byte)
{
    return is_digit(byte) || is_letter(byte) || is_one_of(byte, "-._~");
}

/* sub-delims, ":" and "@" of RFC 3986 3.3 */
static bool
is_path_byte(uint8_t byte)
{
    return is_unreserved(byte) || is_one_of(byte, "!$&'()*+,;=:@/");
}

static uint8_t
to_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static int
hex_value(uint8_t byte)
{
    if (is_digit(byte))
        return byte - '0';
    byte = to_lower(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static signet_slice
take(signet_slice *left, size_t len)
{
    signet_slice part = {left->ptr, len};

    left->ptr += len;
    left->len -= len;
    return part;
}

/* How many bytes stand before the first of `set`. */
static size_t
until(signet_slice text, const char *set)
{
    size_t i = 0;

    while (i < text.len && !is_one_of(text.ptr[i], set))
        i++;
    return i;
}

static bool
begins_with(signet_slice text, const char *start)
{
    size_t len = strlen(start);

    if (text.len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (to_lower(text.ptr[i]) != (uint8_t)start[i])
            return false;
    }
    return true;
}

static bool
take_scheme(signet_slice *left, bool *ret_is_https)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (size_t i = 0; i < 2; i++) {
        if (!begins_with(*left, schemes[i]))
            continue;
        (void)take(left, strlen(schemes[i]));
        *ret_is_https = i == 1;
        return true;
    }
    return false;
}

/* A name, an IPv4 address, or what stands in brackets: an IPv6 address without a zone. */
static bool
is_host(signet_slice host)
{
    bool is_literal = host.len > 2 && host.ptr[0] == '[';

    if (host.len == 0 || host.len > HOST_MAX || (is_literal && host.ptr[host.len - 1] != ']'))
        return false;
    for (size_t i = is_literal ? 1 : 0; i < host.len - (is_literal ? 1 : 0); i++) {
        uint8_t byte = host.ptr[i];

        if (is_literal ? hex_value(byte) < 0 && !is_one_of(byte, ":.")
                       : !is_unreserved(byte) && !is_one_of(byte, "!$&'()*+,;="))
            return false;
    }
    return true;
}

/* An empty port is the same as none; one that begins with 0 is none that anybody uses. */
static bool
is_port(signet_slice port)
{
    uint32_t value = 0;

    for (size_t i = 0; i < port.len; i++) {
        if (!is_digit(port.ptr[i]) || port.ptr[0] == '0')
            return false;
        value = value * 10 + (uint32_t)(port.ptr[i] - '0');
        if (value > PORT_MAX)
            return false;
    }
    return true;
}

static bool
split_authority(signet_slice authority, url_parts *parts)
{
    size_t end = until(authority, "]");

    /* a colon inside brackets is of the address */
    end = authority.len && authority.ptr[0] == '[' && end < authority.len ? end + 1
                                                                          : until(authority, ":");
    parts->host = take(&authority, end);
    if (authority.len == 0)
        return true;
    if (authority.ptr[0] != ':')
        return false;
    (void)take(&authority, 1);
    parts->port = authority;
    return true;
}

static bool
split(signet_slice url, url_parts *parts)
{
    signet_slice left = url;

    for (size_t i = 0; i < url.len; i++) {
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || is_one_of(url.ptr[i], "\"<>\\^`{|}"))
            return false;
    }
    if (!take_scheme(&left, &parts->is_https) ||
        !split_authority(take(&left, until(left, "/?#")), parts))
        return false;
    parts->path = take(&left, until(left, "?#"));
    if (left.len && left.ptr[0] == '?') {
        (void)take(&left, 1);
        parts->query = take(&left, until(left, "#"));
    }
    return is_host(parts->host) && is_port(parts->port);
}

static void
put(sg_htu *htu, uint8_t byte)
{
    htu->text[htu->len++] = (char)byte;
}

static void
put_text(sg_htu *htu, const char *text)
{
    for (; *text; text++)
        put(htu, (uint8_t)*text);
}

static void
put_origin(const url_parts *parts, sg_htu *htu)
{
    const char *usual = parts->is_https ? "443" : "80";

    put_text(htu, parts->is_https ? "https://" : "http://");
    for (size_t i = 0; i < parts->host.len; i++)
        put(htu, to_lower(parts->host.ptr[i]));
    if (parts->port.len == 0 || signet_slice_is_equal(parts->port, signet_slice_text(usual)))
        return;
    put(htu, ':');
    for (size_t i = 0; i < parts->port.len; i++)
        put(htu, parts->port.ptr[i]);
}

/* Escapes as they should be; false when there is a byte that cannot be in a path. */
static bool
put_path(signet_slice path, sg_htu *htu)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < path.len; i++) {
        int high = 0, low = 0;

        if (path.ptr[i] != '%') {
            if (!is_path_byte(path.ptr[i]))
                return false;
            put(htu, path.ptr[i]);
            continue;
        }
        high = i + 2 < path.len ? hex_value(path.ptr[i + 1]) : -1;
        low = i + 2 < path.len ? hex_value(path.ptr[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        i += 2;
        if (is_unreserved((uint8_t)(high << 4 | low))) {
            put(htu, (uint8_t)(high << 4 | low));
            continue;
        }
        put(htu, '%');
        put(htu, (uint8_t)digits[high]);
        put(htu, (uint8_t)digits[low]);
    }
    return true;
}

/* RFC 3986 5.2.4 in place, for a path that begins with a slash at `start`. */
static void
remove_dot_segments(sg_htu *htu, size_t start)
{
    size_t from = start, to = start;

    while (from < htu->len) {
        signet_slice left = {(const uint8_t *)htu->text + from + 1, htu->len - from - 1};
        size_t len = until(left, "/");
        bool is_last = len == left.len;
        bool is_up = len == 2 && left.ptr[0] == '.' && left.ptr[1] == '.';

        from += 1 + len;
        if (is_up || (len == 1 && left.ptr[0] == '.')) {
            while (is_up && to > start && htu->text[--to] != '/')
                continue;
            if (is_last)
                htu->text[to++] = '/';
            continue;
        }
        memmove(htu->text + to, left.ptr - 1, 1 + len);
        to += 1 + len;
    }
    htu->len = to;
}

bool
sg_htu_read(signet_slice url, sg_htu *ret_htu, signet_error *err)
{
    url_parts parts = {0};
    sg_htu htu = {.len = 0};
    size_t start = 0;

    if (url.len > SG_HTU_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "url: %zu bytes, at most %d", url.len, SG_HTU_MAX);
    if (!split(url, &parts))
        return signet_fail(err, SIGNET_E_DECODE, "url: not one of http or https, or malformed");
    put_origin(&parts, &htu);
    start = htu.len;
    if (parts.path.len == 0)
        put(&htu, '/');
    if (!put_path(parts.path, &htu))
        return signet_fail(err, SIGNET_E_DECODE, "url: a malformed path");
    remove_dot_segments(&htu, start);
    htu.query = parts.query;
    *ret_htu = htu;
    return true;
}
