/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "base/text.h"
#include "codec/json.h"

sg_json_reader
sg_json_reader_of(signet_slice text, uint8_t *room, size_t size)
{
    return (sg_json_reader){.left = text, .room = room, .room_left = size};
}

void
sg_json_refuse(sg_json_reader *in, const char *problem)
{
    if (!in->problem)
        in->problem = problem;
}

char
sg_json_peek(const sg_json_reader *in)
{
    return in->problem || in->left.len == 0 ? '\0' : (char)in->left.ptr[0];
}

static void
advance(sg_json_reader *in, size_t count)
{
    in->left.ptr += count;
    in->left.len -= count;
}

bool
sg_json_has(sg_json_reader *in, const char *literal)
{
    size_t len = strlen(literal);

    if (in->problem || in->left.len < len || memcmp(in->left.ptr, literal, len) != 0)
        return false;
    advance(in, len);
    return true;
}

void
sg_json_expect(sg_json_reader *in, const char *literal)
{
    if (!sg_json_has(in, literal))
        sg_json_refuse(in, "another member, or none, or another order than the format has");
}

/* --- strings --- */

/* The characters between quotes, escapes and all. */
static signet_slice
quoted(sg_json_reader *in)
{
    signet_slice text = {0};
    size_t len = 0;

    if (!sg_json_has(in, "\"")) {
        sg_json_refuse(in, "not a string");
        return text;
    }
    while (len < in->left.len && in->left.ptr[len] != '"')
        len += in->left.ptr[len] == '\\' ? 2 : 1;
    if (len >= in->left.len) {
        sg_json_refuse(in, "a string without end");
        return text;
    }
    text = (signet_slice){in->left.ptr, len};
    advance(in, len + 1);
    return text;
}

static bool
has_room(sg_json_reader *in, size_t count)
{
    if (count <= in->room_left)
        return true;
    sg_json_refuse(in, "no room for a string");
    return false;
}

static void
put(sg_json_reader *in, uint8_t byte)
{
    if (!has_room(in, 1))
        return;
    *in->room++ = byte;
    in->room_left--;
}

static void
put_point(sg_json_reader *in, uint32_t point)
{
    size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const uint8_t first[] = {0x00, 0xc0, 0xe0, 0xf0};

    put(in, (uint8_t)(first[more] | point >> (6 * more)));
    while (more-- > 0)
        put(in, (uint8_t)(0x80 | (point >> (6 * more) & 0x3f)));
}

/* Four hex digits after \u, which were not looked at; -1: there are none. */
static int32_t
hex_unit(signet_slice *text)
{
    int32_t unit = 0;

    if (text->len < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = text->ptr[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    text->ptr += 4;
    text->len -= 4;
    return unit;
}

static void
unescape_unicode(sg_json_reader *in, signet_slice *text)
{
    int32_t unit = hex_unit(text), low = 0;

    if (unit >= 0xd800 && unit < 0xdc00) {
        if (text->len >= 6 && text->ptr[0] == '\\' && text->ptr[1] == 'u') {
            text->ptr += 2;
            text->len -= 2;
            low = hex_unit(text);
        }
        unit =
            low >= 0xdc00 && low < 0xe000 ? 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00) : -1;
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        unit = -1;
    }
    if (unit <= 0)
        sg_json_refuse(in, "an escape that is no character of a text");
    else
        put_point(in, (uint32_t)unit);
}

static void
unescape(sg_json_reader *in, signet_slice *text)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *at = NULL;
    char name = '\0';

    if (text->len > 0)
        name = (char)text->ptr[0];
    at = name ? strchr(names, name) : NULL;
    if (!at && name != 'u') {
        sg_json_refuse(in, "an escape that JSON does not have");
        return;
    }
    text->ptr++;
    text->len--;
    if (at)
        put(in, (uint8_t)meanings[at - names]);
    else
        unescape_unicode(in, text);
}

signet_slice
sg_json_string(sg_json_reader *in)
{
    signet_slice text = quoted(in), decoded = {0};

    decoded.ptr = in->room;
    while (text.len > 0 && !in->problem) {
        uint8_t c = text.ptr[0];

        text.ptr++;
        text.len--;
        if (c == '\\')
            unescape(in, &text);
        else if (c < 0x20)
            sg_json_refuse(in, "a control character in a string");
        else
            put(in, c);
    }
    if (in->problem)
        return (signet_slice){0};
    decoded.len = (size_t)(in->room - decoded.ptr);
    if (!sg_is_utf8(decoded))
        sg_json_refuse(in, "a string that is not UTF-8");
    return decoded;
}

static signet_slice
took_room(sg_json_reader *in, size_t len)
{
    signet_slice bytes = {in->room, len};

    in->room += len;
    in->room_left -= len;
    return bytes;
}

signet_slice
sg_json_base64(sg_json_reader *in)
{
    signet_slice text = quoted(in);
    const char *end = NULL;
    size_t len = 0;

    if (in->problem || text.len == 0)
        return took_room(in, 0);
    /* libsodium 1.0.18 takes what is not ASCII for digits */
    if (!sg_is_printable(text) ||
        sodium_base642bin(in->room, in->room_left, (const char *)text.ptr, text.len, NULL, &len,
            &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != (const char *)text.ptr + text.len) {
        sg_json_refuse(in, "not canonical base64");
        return (signet_slice){0};
    }
    return took_room(in, len);
}

signet_slice
sg_json_base64url(sg_json_reader *in)
{
    signet_slice text = quoted(in);
    size_t len = 0;

    if (in->problem || text.len == 0)
        return took_room(in, 0);
    if (!sg_base64url_decode(text, in->room, in->room_left, &len)) {
        sg_json_refuse(in, "not canonical base64url");
        return (signet_slice){0};
    }
    return took_room(in, len);
}

/* --- numbers and the rest --- */

uint64_t
sg_json_unsigned(sg_json_reader *in)
{
    uint64_t value = 0;
    size_t len = 0;

    while (!in->problem && len < in->left.len && in->left.ptr[len] >= '0' &&
           in->left.ptr[len] <= '9') {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(in->left.ptr[len] - '0'), &value)) {
            sg_json_refuse(in, "a number beyond 64 bits");
            return 0;
        }
        len++;
    }
    if (in->problem || len == 0 || (len > 1 && in->left.ptr[0] == '0')) {
        sg_json_refuse(in, "not an integer as the format writes it");
        return 0;
    }
    advance(in, len);
    return value;
}

int64_t
sg_json_integer(sg_json_reader *in)
{
    bool is_negative = sg_json_has(in, "-");
    uint64_t value = sg_json_unsigned(in), most = (uint64_t)INT64_MAX + is_negative;

    if (value > most || (is_negative && value == 0)) {
        sg_json_refuse(in, "not an integer of 63 bits and sign");
        return 0;
    }
    return is_negative ? (int64_t)(~value + 1) : (int64_t)value;
}

/* The end of an object or array: brackets are counted, strings stepped over. */
static void
skip_nested(sg_json_reader *in)
{
    size_t depth = 0;

    do {
        char c = sg_json_peek(in);

        if (c == '"') {
            (void)quoted(in);
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        if (c == '\0' || depth > SG_JSON_DEPTH_MAX)
            sg_json_refuse(in, "a value without end, or too deep");
        else
            advance(in, 1);
    } while (depth > 0 && !in->problem);
}

signet_slice
sg_json_any(sg_json_reader *in)
{
    signet_slice value = {in->left.ptr, 0};
    const uint8_t *start = in->left.ptr;
    char c = sg_json_peek(in);

    if (c == '"') {
        (void)quoted(in);
    } else if (c == '{' || c == '[') {
        skip_nested(in);
    } else {
        while ((c = sg_json_peek(in)) != '\0' && !strchr(",]}", c))
            advance(in, 1);
    }
    if (!in->problem && in->left.ptr == start)
        sg_json_refuse(in, "a value is missing");
    if (in->problem)
        return (signet_slice){0};
    value.len = (size_t)(in->left.ptr - start);
    return value;
}

bool
sg_json_end(const sg_json_reader *in, const char *what, signet_error *err)
{
    if (in->problem)
        return signet_fail(err, SIGNET_E_DECODE, "%s: %s (%zu bytes before its end)", what,
            in->problem, in->left.len);
    if (in->left.len > 0)
        return signet_fail(err, SIGNET_E_DECODE, "%s: something after its end", what);
    return true;
}
