/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parse stage of docs/formats/http.md 1.  A value is first cut at its semicolons, which tells
 * repeated names, then decoded by the one table that also writes it.  Nothing of it is trusted yet,
 * so nothing is allocated and messages repeat no value.
 */
#include "base/text.h"
#include "http/header.h"
#include "http/token.h"

typedef enum { VALUE_TEXT, VALUE_BYTES, VALUE_TIME } value_type;

/* When a parameter means something; else it is one of the names that nobody knows. */
typedef enum { MEANT_ALWAYS, MEANT_IF_EXTENDED, MEANT_IF_FULL } value_meaning;

typedef struct {
    const char *name;
    value_type type;
    value_meaning meaning;
    bool is_required;
    size_t offset;   /* in sg_proof_header */
    size_t min, max; /* bytes of the value, decoded */
} parameter;

#define FIELD(name) offsetof(sg_proof_header, name)

enum { ANY = SG_PROOF_HEADER_MAX, SIGNATURE = SG_PROOF_SIGNATURE_MIN, ID = SG_PROOF_ID_SIZE };

/* clang-format off */
static const parameter parameters[] = {
    {"m",   VALUE_TEXT,  MEANT_ALWAYS,      false, FIELD(mode),             0,         ANY},
    {"jti", VALUE_BYTES, MEANT_ALWAYS,      true,  FIELD(token_id),         ID,        ID},
    {"cap", VALUE_BYTES, MEANT_ALWAYS,      false, FIELD(capability_id),    0,         ANY},
    {"s",   VALUE_BYTES, MEANT_ALWAYS,      true,  FIELD(signature),        SIGNATURE, ANY},
    {"n",   VALUE_BYTES, MEANT_ALWAYS,      false, FIELD(nonce),            ID,        ID},
    {"ts",  VALUE_TIME,  MEANT_ALWAYS,      true,  FIELD(time),             1,         19},
    {"x",   VALUE_TEXT,  MEANT_ALWAYS,      false, FIELD(extension),        0,         ANY},
    {"bd",  VALUE_BYTES, MEANT_IF_EXTENDED, false, FIELD(digest),           32,        32},
    {"s2",  VALUE_BYTES, MEANT_IF_EXTENDED, false, FIELD(strong_signature), SIGNATURE, ANY},
    {"t",   VALUE_TEXT,  MEANT_ALWAYS,      false, FIELD(token),            0, SG_PROOF_TOKEN_MAX},
    {"ek",  VALUE_BYTES, MEANT_IF_FULL,     false, FIELD(ephemeral_key),    1,         ANY},
    {"p",   VALUE_BYTES, MEANT_IF_FULL,     false, FIELD(binding),          SIGNATURE, ANY},
    {"pu",  VALUE_BYTES, MEANT_IF_FULL,     false, FIELD(purpose),  1, SIGNET_PROOF_PURPOSE_MAX},
    {"k",   VALUE_BYTES, MEANT_IF_FULL,     false, FIELD(key_hash),         32,        32},
};
/* clang-format on */

enum { PARAMETERS = sizeof(parameters) / sizeof(parameters[0]) };

/* A value cut at its semicolons. */
typedef struct {
    signet_slice names[SG_PROOF_PARAMETERS_MAX];
    size_t count;
    signet_slice values[PARAMETERS]; /* of the names of the table */
} cut_header;

static bool
is_text(signet_slice text, const char *expected)
{
    return signet_slice_is_equal(text, signet_slice_text(expected));
}

bool
sg_proof_header_is_extended(const sg_proof_header *header)
{
    return is_text(header->extension, "2");
}

bool
sg_proof_header_is_full(const sg_proof_header *header)
{
    return is_text(header->mode, "full");
}

/* Visible ASCII, and no `;`, which cannot be written.  Without a branch, for many bytes at once. */
static bool
is_value(signet_slice text)
{
    uint8_t wrong = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];

        wrong |= (uint8_t)((byte <= 0x20) | (byte >= 0x7f) | (byte == ';'));
    }
    return wrong == 0;
}

static bool
is_name(signet_slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        bool is_letter = name.ptr[i] >= 'a' && name.ptr[i] <= 'z';

        if (!is_letter && !(name.ptr[i] >= '0' && name.ptr[i] <= '9'))
            return false;
    }
    return name.len > 0;
}

/* What stands before the next `;`, which is taken too; false when nothing is left. */
static bool
next_part(signet_slice *rest, signet_slice *ret_part)
{
    const uint8_t *end = NULL;

    if (!rest->ptr)
        return false;
    end = rest->len > 0 ? memchr(rest->ptr, ';', rest->len) : NULL;
    *ret_part = (signet_slice){rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    *rest = end ? (signet_slice){end + 1, rest->len - ret_part->len - 1} : (signet_slice){NULL, 0};
    return true;
}

static const parameter *
parameter_named(signet_slice name)
{
    for (size_t i = 0; i < PARAMETERS; i++) {
        if ((uint8_t)parameters[i].name[0] == name.ptr[0] && is_text(name, parameters[i].name))
            return &parameters[i];
    }
    return NULL;
}

static bool
cut_part(signet_slice part, cut_header *cut, signet_error *err)
{
    size_t number = cut->count + 1;
    const uint8_t *equals = part.len > 0 ? memchr(part.ptr, '=', part.len) : NULL;
    signet_slice name = {part.ptr, equals ? (size_t)(equals - part.ptr) : 0};
    const parameter *known = NULL;

    if (!equals)
        return signet_fail(err, SIGNET_E_DECODE, "parameter %zu: no name and value", number);
    if (!is_name(name))
        return signet_fail(err, SIGNET_E_DECODE, "parameter %zu: not a name", number);
    if (cut->count == SG_PROOF_PARAMETERS_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "parameter %zu: at most %d are read", number,
            SG_PROOF_PARAMETERS_MAX);
    known = parameter_named(name);
    for (size_t i = 0; i < cut->count; i++) {
        if (signet_slice_is_equal(cut->names[i], name))
            return known ? signet_fail(err, SIGNET_E_DECODE, "%s: twice", known->name)
                         : signet_fail(err, SIGNET_E_DECODE,
                               "parameter %zu: the name of parameter %zu again", number, i + 1);
    }
    cut->names[cut->count++] = name;
    if (known)
        cut->values[known - parameters] = (signet_slice){equals + 1, part.len - name.len - 1};
    return true;
}

/* NZDIGIT *18DIGIT that fit in 63 bits: the form that is signed. */
static bool
read_time(signet_slice text, int64_t *ret_time, signet_error *err)
{
    int64_t time = 0;

    if (text.len == 0 || text.len > 19 || text.ptr[0] == '0')
        return signet_fail(err, SIGNET_E_DECODE, "ts: not a number of seconds in plain decimal");
    for (size_t i = 0; i < text.len; i++) {
        int digit = text.ptr[i] - '0';

        if (digit < 0 || digit > 9)
            return signet_fail(
                err, SIGNET_E_DECODE, "ts: not a number of seconds in plain decimal");
        if (__builtin_mul_overflow(time, 10, &time) || __builtin_add_overflow(time, digit, &time))
            return signet_fail(err, SIGNET_E_DECODE, "ts: beyond all time");
    }
    *ret_time = time;
    return true;
}

static bool
check_size(const parameter *row, size_t len, signet_code code, signet_error *err)
{
    if (len >= row->min && len <= row->max)
        return true;
    if (row->min == row->max)
        return signet_fail(err, code, "%s: %zu bytes, must be %zu", row->name, len, row->min);
    return len < row->min ? signet_fail(err, code, "%s: %zu bytes, must be at least %zu", row->name,
                                len, row->min)
                          : signet_fail(err, code, "%s: %zu bytes, must be at most %zu", row->name,
                                len, row->max);
}

/* The end of the room, in which bytes come one after the other. */
typedef struct {
    uint8_t *at;
    size_t left;
} room_left;

static bool
read_value(const parameter *row, signet_slice text, room_left *room, sg_proof_header *header,
    signet_error *err)
{
    void *field = (uint8_t *)header + row->offset;
    signet_slice value = text;

    if (row->type == VALUE_TIME)
        return read_time(text, field, err);
    if (row->type == VALUE_BYTES) {
        value.ptr = room->at;
        if (!sg_base64url_decode(text, room->at, room->left, &value.len))
            return signet_fail(err, SIGNET_E_DECODE, "%s: not canonical base64url", row->name);
        room->at += value.len;
        room->left -= value.len;
    }
    if (!check_size(row, value.len, SIGNET_E_DECODE, err))
        return false;
    memcpy(field, &value, sizeof(value));
    return true;
}

/* `m` and `x` are known before what they give a meaning to is looked at. */
static bool
is_meant(const parameter *row, bool is_extended, bool is_full)
{
    const bool is_so[] = {
        [MEANT_ALWAYS] = true,
        [MEANT_IF_EXTENDED] = is_extended,
        [MEANT_IF_FULL] = is_full,
    };

    return is_so[row->meaning];
}

static bool
check_version(signet_slice version, signet_error *err)
{
    if (!sg_http_is_token(version))
        return signet_fail(err, SIGNET_E_DECODE, "version: not a token");
    return true;
}

static bool
cut_value(signet_slice value, cut_header *cut, signet_slice *ret_version, signet_error *err)
{
    signet_slice rest = value, part = {0};

    if (!next_part(&rest, ret_version) || !check_version(*ret_version, err))
        return false;
    while (next_part(&rest, &part)) {
        if (!is_value(part))
            return signet_fail(
                err, SIGNET_E_DECODE, "parameter %zu: not visible ASCII", cut->count + 1);
        if (!cut_part(part, cut, err))
            return false;
    }
    return true;
}

bool
sg_proof_header_parse(signet_slice value, uint8_t room[SG_PROOF_HEADER_ROOM],
    sg_proof_header *ret_header, signet_error *err)
{
    sg_proof_header header = {0};
    cut_header cut = {0};
    room_left left = {room, SG_PROOF_HEADER_ROOM};

    if (value.len == 0)
        return signet_fail(err, SIGNET_E_DECODE, "header: empty");
    if (value.len > SG_PROOF_HEADER_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "header: %zu bytes, must be at most %d", value.len,
            SG_PROOF_HEADER_MAX);
    if (!cut_value(value, &cut, &header.version, err))
        return false;
    for (size_t i = 0; i < PARAMETERS; i++) {
        const parameter *row = &parameters[i];

        if (!cut.values[i].ptr && row->is_required)
            return signet_fail(err, SIGNET_E_DECODE, "%s: missing", row->name);
        if (!cut.values[i].ptr ||
            !is_meant(row, sg_proof_header_is_extended(&header), sg_proof_header_is_full(&header)))
            continue;
        if (!read_value(row, cut.values[i], &left, &header, err))
            return false;
    }
    *ret_header = header;
    return true;
}

static bool
write_bytes(signet_slice bytes, signet_buf *out, signet_error *err)
{
    char text[SG_PROOF_HEADER_MAX];
    size_t len = sg_base64url_size(bytes.len);

    sg_base64url_encode(bytes, text);
    return signet_buf_append(out, (signet_slice){(const uint8_t *)text, len}, err);
}

static bool
write_time(int64_t time, signet_buf *out, signet_error *err)
{
    if (time <= 0)
        return signet_fail(err, SIGNET_E_USAGE, "ts: %lld, must be positive", (long long)time);
    return signet_buf_printf(out, err, ";ts=%lld", (long long)time);
}

static bool
write_value(const parameter *row, const sg_proof_header *header, signet_buf *out, signet_error *err)
{
    const void *field = (const uint8_t *)header + row->offset;
    signet_slice value = {0};

    if (row->type == VALUE_TIME)
        return write_time(header->time, out, err);
    memcpy(&value, field, sizeof(value));
    if (!value.ptr)
        return !row->is_required || signet_fail(err, SIGNET_E_USAGE, "%s: missing", row->name);
    if (!is_meant(row, sg_proof_header_is_extended(header), sg_proof_header_is_full(header)))
        return signet_fail(err, SIGNET_E_USAGE, "%s: needs %s", row->name,
            row->meaning == MEANT_IF_FULL ? "m=full" : "x=2");
    if (row->type == VALUE_TEXT && !is_value(value))
        return signet_fail(
            err, SIGNET_E_USAGE, "%s: not visible ASCII without semicolon", row->name);
    if (!check_size(row, value.len, SIGNET_E_USAGE, err))
        return false;
    if (value.len > SG_PROOF_HEADER_ROOM)
        return signet_fail(err, SIGNET_E_USAGE, "%s: %zu bytes, must be at most %d", row->name,
            value.len, SG_PROOF_HEADER_ROOM);
    if (!signet_buf_append(out, signet_slice_text(";"), err) ||
        !signet_buf_append(out, signet_slice_text(row->name), err) ||
        !signet_buf_append(out, signet_slice_text("="), err))
        return false;
    return row->type == VALUE_TEXT ? signet_buf_append(out, value, err)
                                   : write_bytes(value, out, err);
}

static bool
write_all(const sg_proof_header *header, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    signet_slice version = header->version.ptr ? header->version : signet_slice_text("v1");

    if (!sg_http_is_token(version))
        return signet_fail(err, SIGNET_E_USAGE, "version: not a token");
    if (!signet_buf_append(out, version, err))
        return false;
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (!write_value(&parameters[i], header, out, err))
            return false;
    }
    if (out->len - before > SG_PROOF_HEADER_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "header: %zu bytes, must be at most %d",
            out->len - before, SG_PROOF_HEADER_MAX);
    return true;
}

bool
sg_proof_header_write(const sg_proof_header *header, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (write_all(header, out, err))
        return true;
    out->len = before;
    return false;
}
