/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>

#include "base/text.h"

void
sg_hex(char *out, signet_slice bytes)
{
    sodium_bin2hex(out, 2 * bytes.len + 1, bytes.ptr, bytes.len);
}

bool
sg_hex_append(signet_buf *out, signet_slice bytes, signet_error *err)
{
    char pair[3];
    size_t before = out->len;

    for (size_t i = 0; i < bytes.len; i++) {
        sg_hex(pair, (signet_slice){bytes.ptr + i, 1});
        if (!signet_buf_append(out, signet_slice_text(pair), err)) {
            out->len = before;
            return false;
        }
    }
    sodium_memzero(pair, sizeof(pair));
    return true;
}

bool
sg_hex_decode(signet_slice text, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (text.len % 2 != 0)
        return signet_fail(err, SIGNET_E_DECODE, "an odd number of hex digits");
    for (size_t i = 0; i < text.len; i += 2) {
        uint8_t byte = 0;
        size_t written = 0;
        const char *end = NULL;

        if (sodium_hex2bin(&byte, 1, (const char *)text.ptr + i, 2, NULL, &written, &end) != 0 ||
            written != 1 || end != (const char *)text.ptr + i + 2) {
            out->len = before;
            return signet_fail(err, SIGNET_E_DECODE, "not a hex digit at position %zu", i);
        }
        if (!signet_buf_append(out, (signet_slice){&byte, 1}, err)) {
            out->len = before;
            return false;
        }
    }
    return true;
}

bool
sg_base64_append(signet_buf *out, signet_slice bytes, size_t width, signet_error *err)
{
    size_t before = out->len, chunk = width ? width / 4 * 3 : 48;

    for (size_t at = 0; at < bytes.len; at += chunk) {
        size_t len = bytes.len - at < chunk ? bytes.len - at : chunk;
        char line[128];

        if (chunk > 90)
            return signet_fail(err, SIGNET_E_USAGE, "base64 lines of %zu characters", width);
        sodium_bin2base64(line, sizeof(line), bytes.ptr + at, len, sodium_base64_VARIANT_ORIGINAL);
        if (!signet_buf_append(out, signet_slice_text(line), err) ||
            (width && !signet_buf_append(out, signet_slice_text("\n"), err))) {
            out->len = before;
            return false;
        }
    }
    return true;
}

/* libsodium 1.0.18 takes any of the others for a digit (its characters are signed). */
static bool
is_ascii(signet_slice text)
{
    uint8_t all = 0;

    for (size_t i = 0; i < text.len; i++)
        all |= text.ptr[i];
    return all < 0x80;
}

bool
sg_base64_decode(signet_slice text, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    size_t capacity = text.len / 4 * 3 + 3, len = 0;
    const char *end = NULL;

    if (text.len == 0)
        return true;
    if (capacity > SIGNET_BUF_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "base64 of %zu characters is too long", text.len);
    if (!is_ascii(text))
        return signet_fail(err, SIGNET_E_DECODE, "not base64");
    bytes.data = malloc(capacity);
    if (!bytes.data)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %zu bytes", capacity);
    bytes.capacity = capacity;
    if (sodium_base642bin(bytes.data, capacity, (const char *)text.ptr, text.len, "\r\n", &len,
            &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != (const char *)text.ptr + text.len)
        return signet_fail(err, SIGNET_E_DECODE, "not base64");
    bytes.len = len;
    return signet_buf_append(out, signet_buf_slice(&bytes), err);
}

/* How many bytes the sequence at `at` takes; 0 when it is not UTF-8. */
static size_t
utf8_length(const uint8_t *at, size_t left)
{
    uint32_t point = 0;
    size_t len = 0;
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

    if (at[0] < 0x80)
        return 1;
    if ((at[0] & 0xe0) == 0xc0)
        len = 2;
    else if ((at[0] & 0xf0) == 0xe0)
        len = 3;
    else if ((at[0] & 0xf8) == 0xf0)
        len = 4;
    if (len == 0 || len > left)
        return 0;
    point = at[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3fU);
    }
    if (point < smallest[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    return len;
}

bool
sg_is_utf8(signet_slice text)
{
    for (size_t at = 0; at < text.len;) {
        size_t len = utf8_length(text.ptr + at, text.len - at);

        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

bool
sg_is_printable(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] > 0x7e)
            return false;
    }
    return true;
}
