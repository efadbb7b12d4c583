/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unlike the text of version 1 nothing is decoded or joined here: each field has its length before
 * it or is of one length, so no two requests have one text.
 */
#include <arpa/inet.h>

#include "http/binding_text.h"

static const char separator[] = "signet-http-proof-v2:";

enum { HOST_MAX = 255, PORT_DIGITS_MAX = 5, PORT_MAX = 65535 };

static bool
append_number(uint64_t value, size_t size, signet_buf *out, signet_error *err)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    return signet_buf_append(out, (signet_slice){bytes, size}, err);
}

static bool
append_counted(signet_slice bytes, signet_buf *out, signet_error *err)
{
    return append_number(bytes.len, 4, out, err) && signet_buf_append(out, bytes, err);
}

static bool
check_lengths(const sg_binding_text *text, signet_error *err)
{
    const struct {
        const char *name;
        size_t len;
        bool is_right;
    } rows[] = {
        {"method", text->method.len, text->method.len > 0},
        {"authority", text->authority.len, text->authority.len > 0},
        {"target", text->target.len, text->target.len > 0},
        {"digest", text->digest.len, text->digest.len == 0 || text->digest.len == 32},
        {"token id", text->token_id.len, text->token_id.len == 16},
        {"nonce", text->nonce.len, text->nonce.len == 16},
        {"token hash", text->token_hash.len, text->token_hash.len == 32},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!rows[i].is_right || rows[i].len > SIGNET_BUF_MAX)
            return signet_fail(
                err, SIGNET_E_USAGE, "%s: cannot have %zu bytes", rows[i].name, rows[i].len);
    }
    return true;
}

static bool
append_all(const sg_binding_text *text, signet_buf *out, signet_error *err)
{
    return signet_buf_append(out, signet_slice_text(separator), err) &&
           append_counted(text->method, out, err) && append_counted(text->authority, out, err) &&
           append_counted(text->target, out, err) &&
           append_number(text->digest.len > 0, 1, out, err) &&
           signet_buf_append(out, text->digest, err) &&
           signet_buf_append(out, text->token_id, err) &&
           signet_buf_append(out, text->nonce, err) &&
           append_number((uint64_t)text->time, 8, out, err) &&
           signet_buf_append(out, text->token_hash, err);
}

bool
sg_binding_text_write(const sg_binding_text *text, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (!check_lengths(text, err))
        return false;
    if (append_all(text, out, err))
        return true;
    out->len = before;
    return false;
}

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Letters, digits, `-`, `.` and `_`: what names in DNS and addresses of version 4 are made of. */
static bool
is_name(signet_slice host)
{
    for (size_t i = 0; i < host.len; i++) {
        uint8_t lower = host.ptr[i] | 0x20;
        bool is_letter = lower >= 'a' && lower <= 'z';

        if (!is_letter && !is_digit(host.ptr[i]) && host.ptr[i] != '-' && host.ptr[i] != '.' &&
            host.ptr[i] != '_')
            return false;
    }
    return host.len > 0 && host.ptr[0] != '.';
}

/* An address of version 6 in its brackets. */
static bool
is_address(signet_slice host)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;

    if (host.len < 4 || host.len - 2 >= sizeof(text) || host.ptr[host.len - 1] != ']')
        return false;
    memcpy(text, host.ptr + 1, host.len - 2);
    return strlen(text) == host.len - 2 && inet_pton(AF_INET6, text, &address) == 1;
}

/* The port behind the colon: plain decimal, 1 to 65535. */
static bool
read_port(signet_slice digits, unsigned *ret_port, signet_error *err)
{
    unsigned port = 0;
    bool is_plain = digits.len > 0 && digits.len <= PORT_DIGITS_MAX && digits.ptr[0] != '0';

    for (size_t i = 0; is_plain && i < digits.len; i++) {
        is_plain = is_digit(digits.ptr[i]);
        port = port * 10 + (unsigned)(digits.ptr[i] - '0');
    }
    if (!is_plain || port > PORT_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "authority: not a port");
    *ret_port = port;
    return true;
}

static bool
append_lower(signet_slice host, signet_buf *out, signet_error *err)
{
    uint8_t lower[HOST_MAX];

    for (size_t i = 0; i < host.len; i++) {
        bool is_capital = host.ptr[i] >= 'A' && host.ptr[i] <= 'Z';

        lower[i] = (uint8_t)(host.ptr[i] | (is_capital ? 0x20 : 0));
    }
    return signet_buf_append(out, (signet_slice){lower, host.len}, err);
}

bool
sg_authority_normalise(
    signet_slice authority, unsigned default_port, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    bool has_brackets = authority.len > 0 && authority.ptr[0] == '[';
    const uint8_t *end =
        authority.len > 0 ? memchr(authority.ptr, has_brackets ? ']' : ':', authority.len) : NULL;
    signet_slice host = authority;
    unsigned port = default_port;

    if (end)
        host.len = (size_t)(end - authority.ptr) + has_brackets;
    if (host.len > HOST_MAX || !(has_brackets ? is_address(host) : is_name(host)))
        return signet_fail(err, SIGNET_E_DECODE, "authority: not a host");
    if (host.len < authority.len) {
        signet_slice behind = {host.ptr + host.len + 1, authority.len - host.len - 1};

        if (host.ptr[host.len] != ':')
            return signet_fail(err, SIGNET_E_DECODE, "authority: not a port");
        if (!read_port(behind, &port, err))
            return false;
    }
    if (append_lower(host, out, err) &&
        (port == default_port || signet_buf_printf(out, err, ":%u", port)))
        return true;
    out->len = before;
    return false;
}
