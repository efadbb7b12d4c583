/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a Signet-Proof header, http-pop.md 1: v1 and parameters, each at most once. */
#include <stdio.h>

#include <signet/signet.h>

#include "input.h"
#include "inspect.h"

enum { PROOF_MAX = 8192, TOKEN_MAX = 4096, ID_SIZE = 16, SIGNATURE_MIN = 64, PARAMETERS_MAX = 64 };

typedef enum { VALUE_WORD, VALUE_BYTES, VALUE_TIME, VALUE_TOKEN } value_kind;

/* Rows in the order in which those that are missing are named. */
static const struct parameter {
    const char *name;
    value_kind kind;
    size_t least, most; /* bytes */
    bool is_required;
    const char *meaning;
} parameters[] = {
    {"jti", VALUE_BYTES, ID_SIZE, ID_SIZE, true, "id of the token"},
    {"ts", VALUE_TIME, 0, 0, true, "when the request was signed"},
    {"s", VALUE_BYTES, SIGNATURE_MIN, PROOF_MAX, true, "signature of the request; not checked"},
    {"n", VALUE_BYTES, ID_SIZE, ID_SIZE, false, "nonce"},
    {"cap", VALUE_BYTES, 0, PROOF_MAX, false, "hash of what the token allows"},
    {"m", VALUE_WORD, 0, PROOF_MAX, false, "mode: compact, or full"},
    {"t", VALUE_TOKEN, 0, TOKEN_MAX, false, "the token itself"},
    {"p", VALUE_BYTES, 0, PROOF_MAX, false, "binding by the master key; of the demo client"},
    {"k", VALUE_BYTES, 0, PROOF_MAX, false, "hash of the ephemeral key; of the demo client"},
};

enum { KNOWN = sizeof(parameters) / sizeof(parameters[0]) };

typedef struct {
    report *to;
    signet_slice names[PARAMETERS_MAX]; /* that were there */
    size_t count;
} reading;

bool
inspect_is_proof(signet_slice text)
{
    static const char field[] = "Signet-Proof:";

    return (text.len >= 2 && text.ptr[0] == 'v' && memchr("0123456789=", text.ptr[1], 11)) ||
           inspect_contains((signet_slice){text.ptr, text.len < 64 ? text.len : 64}, ";jti=") ||
           (text.len >= sizeof(field) - 1 &&
               strncasecmp((const char *)text.ptr, field, sizeof(field) - 1) == 0);
}

static void fail(report *to, const char *format, ...) SIGNET_PRINTF(2, 3);

static void
fail(report *to, const char *format, ...)
{
    signet_error err = {0};
    char text[160];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    signet_error_set(&err, SIGNET_E_DECODE, "%s", text);
    report_break(to, NULL, &err);
}

static void
show_bytes(report *to, const struct parameter *row, signet_slice value)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    signet_error err = {0};

    if (!input_base64url(value, &bytes, &err)) {
        report_text(to, row->name, value, row->meaning);
        report_break(to, row->name, &err);
        return;
    }
    report_hex(to, row->name, signet_buf_slice(&bytes), row->meaning);
    if (bytes.len < row->least || bytes.len > row->most)
        fail(to, "%s: %zu bytes, %s%zu", row->name, bytes.len,
            row->least == row->most ? "not " : "at least ", row->least);
}

/* NZDIGIT *18DIGIT, to the end of the year 9999. */
static void
show_time(report *to, const struct parameter *row, signet_slice value)
{
    static const int64_t last = 253402300799;
    int64_t seconds = 0;
    bool is_number = value.len > 0 && value.len <= 12 && value.ptr[0] != '0';

    for (size_t i = 0; i < value.len && is_number; i++) {
        is_number = value.ptr[i] >= '0' && value.ptr[i] <= '9';
        seconds = seconds * 10 + (value.ptr[i] - '0');
    }
    if (is_number && seconds <= last) {
        report_time(to, row->name, seconds, row->meaning);
        return;
    }
    report_text(to, row->name, value, row->meaning);
    fail(to, "%s: not a number of seconds from 1 to %lld", row->name, (long long)last);
}

static void
show_value(report *to, const struct parameter *row, signet_slice value)
{
    switch (row->kind) {
    case VALUE_BYTES:
        show_bytes(to, row, value);
        return;
    case VALUE_TIME:
        show_time(to, row, value);
        return;
    case VALUE_TOKEN:
        if (value.len > row->most)
            fail(to, "%s: %zu characters, at most %zu", row->name, value.len, row->most);
        if (inspect_is_sig1(value)) {
            report_open(to, row->name, row->meaning);
            inspect_sig1(to, value);
            report_close(to);
            return;
        }
        break;
    case VALUE_WORD:
        break;
    }
    report_text(to, row->name, value, row->meaning);
}

static bool
is_name(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') ||
                (text.ptr[i] >= '0' && text.ptr[i] <= '9')))
            return false;
    }
    return text.len > 0;
}

static bool
is_there(const reading *from, signet_slice name)
{
    for (size_t i = 0; i < from->count; i++) {
        if (signet_slice_is_equal(from->names[i], name))
            return true;
    }
    return false;
}

static void
show_part(reading *from, signet_slice part, size_t number)
{
    const uint8_t *equals = part.len > 0 ? memchr(part.ptr, '=', part.len) : NULL;
    signet_slice name = {part.ptr, equals ? (size_t)(equals - part.ptr) : 0};
    signet_slice value = {0};
    size_t i = 0;

    if (!equals) {
        report_text(from->to, "part", part, "not a parameter");
        fail(from->to, "part %zu: is not NAME=VALUE", number);
        return;
    }
    value = (signet_slice){equals + 1, part.len - name.len - 1};
    if (!is_name(name))
        fail(from->to, "part %zu: its name is not of lower-case letters and digits", number);
    else if (is_there(from, name))
        fail(from->to, "%.*s: stands twice", (int)name.len, (const char *)name.ptr);
    else if (from->count < PARAMETERS_MAX)
        from->names[from->count++] = name;
    while (i < KNOWN && !signet_slice_is_equal(name, signet_slice_text(parameters[i].name)))
        i++;
    if (i < KNOWN)
        show_value(from->to, &parameters[i], value);
    else
        report_text(from->to, "other", part, "a parameter not known here");
}

static signet_slice
without_field_name(signet_slice text)
{
    const uint8_t *colon = memchr(text.ptr, ':', text.len < 16 ? text.len : 16);

    if (text.len > 0 && (text.ptr[0] == 'S' || text.ptr[0] == 's') && colon) {
        text.len -= (size_t)(colon + 1 - text.ptr);
        text.ptr = colon + 1;
    }
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = (signet_slice){text.ptr + 1, text.len - 1};
    return text;
}

static signet_slice
take_part(signet_slice *text)
{
    const uint8_t *end = text->len > 0 ? memchr(text->ptr, ';', text->len) : NULL;
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    signet_slice part = {text->ptr, len};

    text->ptr += len;
    text->len -= len;
    return part;
}

static void
check_characters(report *to, signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x21 || text.ptr[i] > 0x7e) {
            fail(to, "character %zu: is not visible ASCII", i + 1);
            return;
        }
    }
}

void
inspect_proof(report *to, signet_slice text)
{
    reading from = {.to = to};
    signet_slice left = without_field_name(text), version = {0};

    if (left.len > PROOF_MAX)
        fail(to, "proof: %zu characters, at most %d", left.len, PROOF_MAX);
    version = take_part(&left);
    report_text(to, "version", version, "of the header");
    if (!signet_slice_is_equal(version, signet_slice_text("v1")))
        fail(to, "version: not v1");
    for (size_t number = 1; left.len > 0; number++) {
        left = (signet_slice){left.ptr + 1, left.len - 1};
        show_part(&from, take_part(&left), number);
    }
    check_characters(to, without_field_name(text));
    for (size_t i = 0; i < KNOWN; i++) {
        if (parameters[i].is_required && !is_there(&from, signet_slice_text(parameters[i].name)))
            fail(to, "%s: missing", parameters[i].name);
    }
    if (!is_there(&from, signet_slice_text("n")))
        fail(to, "n: missing; accepted only where a missing nonce is");
}
