/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict: https (http on loopback only), a host in lower case that has no odd characters, a path
 * that no client rewrites, and nothing else.  As the reference: what its URL parser lets through,
 * http-pop.md 5.2, in its order.
 */
#include <stdlib.h>

#include "base/text.h"
#include "http/resource_identifier.h"

/* A URL in parts; what is absent has a NULL `ptr`. */
typedef struct {
    signet_slice scheme, authority, path, query, fragment;
} url_parts;

/* --- ASCII, whatever the locale --- */

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static uint8_t
lower_case(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static bool
is_hex_digit(uint8_t byte)
{
    return is_digit(byte) || (lower_case(byte) >= 'a' && lower_case(byte) <= 'f');
}

static bool
is_letter_or_digit(uint8_t byte)
{
    return is_digit(byte) || (lower_case(byte) >= 'a' && lower_case(byte) <= 'z');
}

/* --- taking apart --- */

/* Cut `text` at the first of `stops` and return what was before it. */
static signet_slice
cut(signet_slice *text, const char *stops)
{
    size_t len = 0;
    signet_slice head = {0};

    while (len < text->len && (text->ptr[len] == 0 || !strchr(stops, text->ptr[len])))
        len++;
    head = (signet_slice){text->ptr, len};
    *text = (signet_slice){text->ptr + len, text->len - len};
    return head;
}

/* RFC 3986 appendix B. */
static url_parts
split(signet_slice text)
{
    url_parts parts = {0};
    signet_slice head = {0}, rest = text;

    head = cut(&rest, ":/?#");
    if (rest.len > 0 && rest.ptr[0] == ':') {
        parts.scheme = head;
        rest = (signet_slice){rest.ptr + 1, rest.len - 1};
    } else {
        rest = text;
    }
    if (rest.len >= 2 && rest.ptr[0] == '/' && rest.ptr[1] == '/') {
        rest = (signet_slice){rest.ptr + 2, rest.len - 2};
        parts.authority = cut(&rest, "/?#");
    }
    parts.path = cut(&rest, "?#");
    if (rest.len > 0 && rest.ptr[0] == '?') {
        rest = (signet_slice){rest.ptr + 1, rest.len - 1};
        parts.query = cut(&rest, "#");
    }
    if (rest.len > 0)
        parts.fragment = (signet_slice){rest.ptr + 1, rest.len - 1};
    return parts;
}

static bool
has(signet_slice text, uint8_t byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len);
}

static bool
is_text(signet_slice text, const char *expected)
{
    return signet_slice_is_equal(text, signet_slice_text(expected));
}

static bool
is_text_in_any_case(signet_slice text, const char *expected)
{
    if (text.len != strlen(expected))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (lower_case(text.ptr[i]) != (uint8_t)expected[i])
            return false;
    }
    return true;
}

/* Whether each byte is a letter, a digit or one of `more`. */
static bool
consists_of(signet_slice text, const char *more)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == 0 || (!is_letter_or_digit(text.ptr[i]) && !strchr(more, text.ptr[i])))
            return false;
    }
    return true;
}

/* Whether each % begins an escape. */
static bool
has_whole_escapes(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' &&
            (text.len - i < 3 || !is_hex_digit(text.ptr[i + 1]) || !is_hex_digit(text.ptr[i + 2])))
            return false;
    }
    return true;
}

/* Host and port; false when what stands behind the host is no port.  An IPv6 host has brackets. */
static bool
split_authority(
    signet_slice authority, signet_slice *ret_host, signet_slice *ret_port, bool *ret_has_port)
{
    signet_slice rest = authority, host = {0};

    if (rest.len > 0 && rest.ptr[0] == '[') {
        host = cut(&rest, "]");
        if (rest.len == 0)
            return false;
        host.len++;
        rest = (signet_slice){rest.ptr + 1, rest.len - 1};
    } else {
        host = cut(&rest, ":");
    }
    if (rest.len > 0 && rest.ptr[0] != ':')
        return false;
    *ret_has_port = rest.len > 0;
    *ret_port = rest.len > 0 ? (signet_slice){rest.ptr + 1, rest.len - 1} : rest;
    *ret_host = host;
    return true;
}

static bool
is_digits(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return false;
    }
    return true;
}

/* --- as the reference --- */

static bool
is_blank(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != ' ' && (text.ptr[i] < '\t' || text.ptr[i] > '\r'))
            return false;
    }
    return true;
}

static bool
has_control(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return true;
    }
    return false;
}

/* What a host may be made of; bytes from 0x80 on are its too. */
static bool
is_loose_authority(signet_slice authority)
{
    signet_slice host = {0}, port = {0};
    bool has_port = false;

    for (size_t i = 0; i < authority.len; i++) {
        signet_slice one = {authority.ptr + i, 1};

        if (authority.ptr[i] < 0x80 && !consists_of(one, "-_.~!$&'()*+,;=:[]<>\"@"))
            return false;
    }
    return split_authority(authority, &host, &port, &has_port) && is_digits(port);
}

static bool
check_loose(signet_slice text, const url_parts *parts, signet_error *err)
{
    if (is_blank(text))
        return signet_fail(err, SIGNET_E_USAGE, "resource: empty");
    if (has_control(text) || text.ptr[0] == ' ' || !has_whole_escapes(parts->path) ||
        !has_whole_escapes(parts->fragment))
        return signet_fail(err, SIGNET_E_USAGE, "resource: not a URL");
    if (!is_text_in_any_case(parts->scheme, "https") && !is_text_in_any_case(parts->scheme, "http"))
        return signet_fail(err, SIGNET_E_USAGE, "resource: not an http or https URL");
    if (parts->authority.len == 0)
        return signet_fail(err, SIGNET_E_USAGE, "resource: has no host");
    if (parts->query.len > 0 || parts->fragment.len > 0)
        return signet_fail(err, SIGNET_E_USAGE, "resource: has a query or a fragment");
    if (has(parts->authority, '@'))
        return signet_fail(err, SIGNET_E_USAGE, "resource: has user information");
    return is_loose_authority(parts->authority) ||
           signet_fail(err, SIGNET_E_USAGE, "resource: its host is no host");
}

/* --- strict --- */

static bool
has_upper_case(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
            return true;
    }
    return false;
}

static bool
is_host(signet_slice host)
{
    if (host.len > 2 && host.ptr[0] == '[') {
        signet_slice address = {host.ptr + 1, host.len - 2};

        for (size_t i = 0; i < address.len; i++) {
            if (!is_hex_digit(address.ptr[i]) && address.ptr[i] != ':' && address.ptr[i] != '.')
                return false;
        }
        return has(address, ':');
    }
    return host.len > 0 && is_letter_or_digit(host.ptr[0]) && consists_of(host, "-._");
}

static bool
is_port(signet_slice port)
{
    char digits[6] = {0};

    if (port.len == 0 || port.len >= sizeof(digits) || port.ptr[0] == '0' || !is_digits(port))
        return false;
    memcpy(digits, port.ptr, port.len);
    return strtoul(digits, NULL, 10) <= 65535;
}

static bool
is_loopback(signet_slice host)
{
    static const char first[] = "127.";

    if (is_text(host, "localhost") || is_text(host, "[::1]"))
        return true;
    if (host.len < sizeof(first) || memcmp(host.ptr, first, sizeof(first) - 1) != 0)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        if (!is_digit(host.ptr[i]) && host.ptr[i] != '.')
            return false;
    }
    return true;
}

/* No `.` and `..`, which a client takes away before it asks. */
static bool
has_dots(signet_slice path)
{
    while (path.len > 0) {
        signet_slice segment = {0};

        path = (signet_slice){path.ptr + 1, path.len - 1};
        segment = cut(&path, "/");
        if (is_text(segment, ".") || is_text(segment, ".."))
            return true;
    }
    return false;
}

static bool
is_path(signet_slice path)
{
    return consists_of(path, "/-._~!$&'()*+,;=:@%") && has_whole_escapes(path) && !has_dots(path);
}

static bool
check_strict_host(const url_parts *parts, signet_error *err)
{
    signet_slice host = {0}, port = {0};
    bool has_port = false;

    if (has(parts->authority, '@'))
        return signet_fail(err, SIGNET_E_USAGE, "resource: has user information");
    if (has_upper_case(parts->scheme) || has_upper_case(parts->authority))
        return signet_fail(err, SIGNET_E_USAGE, "resource: scheme and host must be in lower case");
    if (!split_authority(parts->authority, &host, &port, &has_port) || !is_host(host))
        return signet_fail(err, SIGNET_E_USAGE, "resource: its host is no host");
    if (has_port && !is_port(port))
        return signet_fail(err, SIGNET_E_USAGE, "resource: its port is no port");
    return is_text(parts->scheme, "https") || is_loopback(host) ||
           signet_fail(err, SIGNET_E_USAGE, "resource: http is for loopback hosts only");
}

static bool
check_strict(signet_slice text, const url_parts *parts, signet_error *err)
{
    if (!sg_is_printable(text) || has(text, ' '))
        return signet_fail(err, SIGNET_E_USAGE, "resource: not a URL");
    if (parts->query.ptr || parts->fragment.ptr)
        return signet_fail(err, SIGNET_E_USAGE, "resource: has a query or a fragment");
    return check_strict_host(parts, err) &&
           (is_path(parts->path) ||
               signet_fail(err, SIGNET_E_USAGE, "resource: its path is not as clients send it"));
}

bool
sg_resource_identifier_read(sg_resource_rule rule, signet_slice text,
    sg_resource_identifier *ret_identifier, signet_error *err)
{
    url_parts parts = {0};

    if (text.len == 0)
        return signet_fail(err, SIGNET_E_USAGE, "resource: empty");
    if (text.len > SG_RESOURCE_IDENTIFIER_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "resource: %zu bytes, at most %d", text.len,
            SG_RESOURCE_IDENTIFIER_MAX);
    parts = split(text);
    if (!check_loose(text, &parts, err) ||
        (rule == SG_RESOURCE_STRICT && !check_strict(text, &parts, err)))
        return false;
    *ret_identifier = (sg_resource_identifier){parts.scheme, parts.authority, parts.path};
    return true;
}
