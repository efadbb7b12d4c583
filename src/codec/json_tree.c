/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text is read twice: to check its form and count its values, and to store them.  (jansson is
 * not used here: when it cannot allocate while it reads a text, it goes on with a shorter one.)
 */
#include <stdlib.h>

#include "base/text.h"
#include "codec/json.h"

typedef struct {
    signet_slice left;
    sg_json *values; /* NULL while they are counted */
    uint8_t *texts;  /* where the next text goes */
    size_t count;
    int depth; /* levels that may still be entered */
} reader;

static bool read_value(reader *in, signet_slice name);

static uint8_t
next(const reader *in)
{
    return in->left.len ? *in->left.ptr : 0;
}

static void
skip(reader *in, size_t len)
{
    in->left.ptr += len;
    in->left.len -= len;
}

static void
skip_space(reader *in)
{
    while (in->left.len && memchr(" \t\n\r", *in->left.ptr, 4))
        skip(in, 1);
}

static bool
take_byte(reader *in, uint8_t byte)
{
    if (in->left.len == 0 || *in->left.ptr != byte)
        return false;
    skip(in, 1);
    return true;
}

static bool
take_word(reader *in, const char *word)
{
    size_t len = strlen(word);

    if (in->left.len < len || memcmp(in->left.ptr, word, len) != 0)
        return false;
    skip(in, len);
    return true;
}

/* --- texts --- */

/* The four digits after \u, or -1. */
static int32_t
take_unit(reader *in)
{
    int32_t unit = 0;

    for (int i = 0; i < 4; i++) {
        uint8_t byte = next(in), lower = (uint8_t)(byte | 0x20);

        if (byte >= '0' && byte <= '9')
            unit = unit * 16 + (byte - '0');
        else if (lower >= 'a' && lower <= 'f')
            unit = unit * 16 + (lower - 'a' + 10);
        else
            return -1;
        skip(in, 1);
    }
    return unit;
}

/* Surrogates come in pairs; NUL does not come: -1. */
static int32_t
take_character(reader *in)
{
    int32_t high = take_unit(in), low = 0;

    if (high < 0xd800 || high > 0xdfff)
        return high > 0 ? high : -1;
    if (high > 0xdbff || !take_word(in, "\\u"))
        return -1;
    low = take_unit(in);
    if (low < 0xdc00 || low > 0xdfff)
        return -1;
    return 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00);
}

static size_t
to_utf8(uint32_t character, uint8_t ret_bytes[4])
{
    static const uint8_t heads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; character >>= 6)
        ret_bytes[i] = (uint8_t)(0x80 | (character & 0x3f));
    ret_bytes[0] = (uint8_t)(heads[len] | character);
    return len;
}

/* After the backslash; what was meant, as UTF-8 of `*ret_len` bytes. */
static bool
take_escape(reader *in, uint8_t ret_bytes[4], size_t *ret_len)
{
    static const char kinds[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    uint8_t kind = next(in);
    const char *found = kind ? strchr(kinds, kind) : NULL;
    int32_t character = 0;

    skip(in, in->left.len ? 1 : 0);
    if (found) {
        ret_bytes[0] = (uint8_t)meanings[found - kinds];
        *ret_len = 1;
        return true;
    }
    character = kind == 'u' ? take_character(in) : -1;
    if (character < 0)
        return false;
    *ret_len = to_utf8((uint32_t)character, ret_bytes);
    return true;
}

static void
store(reader *in, const uint8_t *bytes, size_t len)
{
    if (!in->values)
        return;
    memcpy(in->texts, bytes, len);
    in->texts += len;
}

/* What is stored is never longer than what it is made of. */
static bool
take_text(reader *in, signet_slice *ret_text)
{
    const uint8_t *start = in->texts;

    if (!take_byte(in, '"'))
        return false;
    while (in->left.len) {
        uint8_t bytes[4] = {next(in)};
        size_t len = 1;

        skip(in, 1);
        if (bytes[0] == '"') {
            *ret_text = (signet_slice){start, in->values ? (size_t)(in->texts - start) : 0};
            return true;
        }
        if (bytes[0] < ' ' || (bytes[0] == '\\' && !take_escape(in, bytes, &len)))
            return false;
        store(in, bytes, len);
    }
    return false;
}

/* --- numbers --- */

static bool
take_digits(reader *in)
{
    size_t before = in->left.len;

    while (next(in) >= '0' && next(in) <= '9')
        skip(in, 1);
    return in->left.len < before;
}

/* Whether they are an integer of 64 bits; the digits were checked. */
static bool
to_integer(signet_slice digits, int64_t *ret_number)
{
    bool is_negative = digits.ptr[0] == '-';
    int64_t number = 0;

    for (size_t i = is_negative ? 1 : 0; i < digits.len; i++) {
        int digit = digits.ptr[i] - '0';

        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, is_negative ? -digit : digit, &number))
            return false;
    }
    *ret_number = number;
    return true;
}

static bool
take_number(reader *in, sg_json *value)
{
    signet_slice start = in->left;

    (void)take_byte(in, '-');
    if (!take_byte(in, '0') && !take_digits(in))
        return false;
    value->type = SG_JSON_INT;
    if (next(in) != '.' && next(in) != 'e' && next(in) != 'E')
        return to_integer((signet_slice){start.ptr, start.len - in->left.len}, &value->number);
    value->type = SG_JSON_NUMBER;
    if (take_byte(in, '.') && !take_digits(in))
        return false;
    if (!take_byte(in, 'e') && !take_byte(in, 'E'))
        return true;
    if (!take_byte(in, '+'))
        (void)take_byte(in, '-');
    return take_digits(in);
}

/* --- values --- */

static bool
take_name(reader *in, signet_slice *ret_name)
{
    skip_space(in);
    if (!take_text(in, ret_name))
        return false;
    skip_space(in);
    return take_byte(in, ':');
}

/* Whether the last member of an object, which is not finished yet, has a name of its own. */
static bool
is_new_name(const reader *in, size_t object, signet_slice name)
{
    size_t members = 0;

    if (!in->values)
        return true;
    for (size_t i = object + 1; i < in->count; i += in->values[i].size, members++) {
        if (signet_slice_is_equal(in->values[i].name, name))
            return false;
    }
    return members < SG_JSON_MEMBERS_MAX;
}

/* What is in an object or an array; `close` is its last byte. */
static bool
take_inside(reader *in, size_t self, uint8_t close)
{
    signet_slice name = {0};

    skip(in, 1);
    if (in->depth == 0)
        return false;
    in->depth--;
    skip_space(in);
    if (!take_byte(in, close)) {
        do {
            if (close == '}' && (!take_name(in, &name) || !is_new_name(in, self, name)))
                return false;
            if (!read_value(in, name))
                return false;
        } while (take_byte(in, ','));
        if (!take_byte(in, close))
            return false;
    }
    in->depth++;
    return true;
}

static bool
take_value(reader *in, size_t self, sg_json *value)
{
    switch (next(in)) {
    case '{':
        value->type = SG_JSON_OBJECT;
        return take_inside(in, self, '}');
    case '[':
        value->type = SG_JSON_ARRAY;
        return take_inside(in, self, ']');
    case '"':
        value->type = SG_JSON_TEXT;
        return take_text(in, &value->text);
    case 'n':
        return take_word(in, "null");
    case 't':
    case 'f':
        value->type = SG_JSON_BOOL;
        value->is_true = next(in) == 't';
        return take_word(in, value->is_true ? "true" : "false");
    default:
        return take_number(in, value);
    }
}

/* A value and the white space around it; as deep in itself as `depth` says. */
static bool
read_value(reader *in, signet_slice name)
{
    size_t self = in->count;
    sg_json value = {.type = SG_JSON_NULL, .name = name};

    if (in->count == SG_JSON_VALUES_MAX)
        return false;
    in->count++;
    skip_space(in);
    if (!take_value(in, self, &value))
        return false;
    skip_space(in);
    value.size = in->count - self;
    if (in->values)
        in->values[self] = value;
    return true;
}

static bool
read_all(reader *in, uint8_t open)
{
    skip_space(in);
    return next(in) == open && read_value(in, (signet_slice){NULL, 0}) && in->left.len == 0;
}

static sg_json *
read_text(signet_slice text, uint8_t open, const char *what, signet_error *err)
{
    reader counter = {.left = text, .depth = SG_JSON_DEPTH_MAX}, storer = counter;
    SIGNET_AUTO(sg_json_free) sg_json *values = NULL;

    if (text.len > SG_JSON_MAX)
        return signet_fail_null(
            err, SIGNET_E_DECODE, "%s: %zu bytes, at most %d", what, text.len, SG_JSON_MAX);
    if (!sg_is_utf8(text) || !read_all(&counter, open))
        return signet_fail_null(
            err, SIGNET_E_DECODE, "%s: not a JSON %s", what, open == '{' ? "object" : "array");
    values = calloc(1, counter.count * sizeof(*values) + text.len);
    if (!values)
        return signet_fail_null(err, SIGNET_E_NOMEM, "%s: out of memory", what);
    storer.values = values;
    storer.texts = (uint8_t *)(values + counter.count);
    if (!read_all(&storer, open))
        return signet_fail_null(err, SIGNET_E_DECODE, "%s: a member twice, or too many", what);
    return SIGNET_TAKE(values);
}

sg_json *
sg_json_read_object(signet_slice text, const char *what, signet_error *err)
{
    return read_text(text, '{', what, err);
}

sg_json *
sg_json_read_array(signet_slice text, const char *what, signet_error *err)
{
    return read_text(text, '[', what, err);
}

void
sg_json_free(sg_json *value)
{
    free(value);
}
