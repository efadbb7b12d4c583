/* SPDX-License-Identifier: Apache-2.0 */
#include <float.h>

#include "base/text.h"
#include "cbor_view.h"
#include "common/cli.h"

enum {
    DEPTH_SHOWN = 32,  /* deeper is not looked at */
    DEPTH_ALLOWED = 8, /* of the deterministic encoding */
    INDEFINITE = 31,
    SIMPLE_UNDEFINED = 23,
    BREAK = 0xff,
};

cbor_view
cbor_view_of(signet_slice bytes)
{
    return (cbor_view){.all = bytes};
}

static void
note(cbor_view *in, size_t at, const char *problem)
{
    if (in->problem)
        return;
    in->problem = problem;
    in->problem_at = at;
}

static bool
stop(cbor_view *in, size_t at, const char *problem)
{
    note(in, at, problem);
    in->is_over = true;
    return false;
}

static bool
is_shortest(const cbor_head *head, size_t octets)
{
    static const uint64_t smallest[] = {0, 24, 0x100, 0, 0x10000, 0, 0, 0, 0x100000000};

    return head->type == CBOR_SIMPLE ? octets != 1 || head->value >= 32
                                     : head->value >= smallest[octets];
}

static bool
check_indefinite(cbor_view *in, cbor_head *head)
{
    bool may_be = head->type == CBOR_BYTES || head->type == CBOR_TEXT || head->type == CBOR_ARRAY ||
                  head->type == CBOR_MAP;

    if (!may_be)
        return stop(
            in, in->at, head->type == CBOR_SIMPLE ? "has a stray break" : "has a reserved head");
    note(in, in->at, "has no definite length");
    head->is_indefinite = true;
    head->value = 0;
    in->at++;
    return true;
}

bool
cbor_view_head(cbor_view *in, cbor_head *ret_head)
{
    cbor_head head = {0};
    size_t octets = 0, left = in->all.len - in->at;

    if (in->is_over)
        return false;
    if (left == 0)
        return stop(in, in->at, "is cut short");
    head.type = (cbor_type)(in->all.ptr[in->at] >> 5);
    head.info = in->all.ptr[in->at] & 0x1f;
    head.value = head.info;
    if (head.info == INDEFINITE) {
        *ret_head = head;
        return check_indefinite(in, ret_head);
    }
    if (head.info > 27)
        return stop(in, in->at, "has a reserved head");
    octets = head.info < 24 ? 0 : (size_t)1 << (head.info - 24);
    if (left < 1 + octets)
        return stop(in, in->at, "is cut short");
    for (size_t i = 1; i <= octets; i++)
        head.value = (i == 1 ? 0 : head.value << 8) | in->all.ptr[in->at + i];
    if (octets > 0 && !is_shortest(&head, octets))
        note(in, in->at, "is not in its shortest form");
    in->at += 1 + octets;
    *ret_head = head;
    return true;
}

/* --- what an item looks like --- */

/* Where an item is written to, if anywhere. */
typedef struct {
    signet_buf *out; /* NULL: it is only looked at */
    cbor_form form;
    bool is_lost;
    signet_error err;
} sink;

static void write_value(cbor_view *in, sink *to, size_t depth);

static void
put_slice(sink *to, signet_slice text)
{
    if (to->out)
        to->is_lost = to->is_lost || !signet_buf_append(to->out, text, &to->err);
}

static void
put(sink *to, const char *text)
{
    put_slice(to, signet_slice_text(text));
}

static void put_format(sink *to, const char *format, ...) SIGNET_PRINTF(2, 3);

static void
put_format(sink *to, const char *format, ...)
{
    char text[64];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    put(to, text);
}

/* What JSON has not is a string. */
static void
put_special(sink *to, const char *text)
{
    put_format(to, to->form == CBOR_AS_JSON ? "\"%s\"" : "%s", text);
}

static void
put_hex(sink *to, signet_slice bytes)
{
    put(to, to->form == CBOR_AS_JSON ? "\"" : "h'");
    if (to->out)
        to->is_lost = to->is_lost || !sg_hex_append(to->out, bytes, &to->err);
    put(to, to->form == CBOR_AS_JSON ? "\"" : "'");
}

static void
put_text(sink *to, signet_slice text)
{
    if (to->out)
        to->is_lost = to->is_lost || !cli_json_string(to->out, text, &to->err);
}

/* A string of definite length. */
static void
write_string(cbor_view *in, sink *to, const cbor_head *head)
{
    size_t left = in->all.len - in->at;
    signet_slice content = {in->all.ptr + in->at, head->value < left ? (size_t)head->value : left};

    if (head->type == CBOR_BYTES) {
        put_hex(to, content);
    } else {
        put_text(to, content);
        if (!sg_is_utf8(content))
            note(in, in->at, "is not UTF-8");
    }
    if (head->value > left)
        (void)stop(in, in->at, "is cut short");
    in->at += content.len;
}

static bool
read_break(cbor_view *in)
{
    if (in->is_over || in->at == in->all.len || in->all.ptr[in->at] != BREAK)
        return false;
    in->at++;
    return true;
}

/* RFC 8949 section 3.2.3: pieces of the same type. */
static void
write_pieces(cbor_view *in, sink *to, cbor_type type)
{
    sink nowhere = {0};
    size_t start = in->at;

    put(to, to->form == CBOR_AS_JSON ? "\"" : "(_ ");
    for (size_t i = 0; !in->is_over && !read_break(in); i++) {
        cbor_head head = {0};
        size_t at = in->at;

        if (!cbor_view_head(in, &head))
            break;
        if (head.type != type || head.is_indefinite) {
            (void)stop(in, at, "has a piece of another type");
            break;
        }
        put(to, i > 0 && to->form == CBOR_AS_NOTATION ? ", " : "");
        write_string(in, to->form == CBOR_AS_JSON ? &nowhere : to, &head);
    }
    if (to->form == CBOR_AS_JSON)
        put_format(to, "%zu bytes in pieces", in->at - start);
    put(to, to->form == CBOR_AS_JSON ? "\"" : ")");
}

static void
write_array(cbor_view *in, sink *to, const cbor_head *head, size_t depth)
{
    put(to, head->is_indefinite && to->form == CBOR_AS_NOTATION ? "[_ " : "[");
    for (uint64_t i = 0; !in->is_over && (head->is_indefinite || i < head->value); i++) {
        if (head->is_indefinite && read_break(in))
            break;
        if (in->at == in->all.len) {
            (void)stop(in, in->at, "is cut short");
            break;
        }
        put(to, i > 0 ? ", " : "");
        write_value(in, to, depth + 1);
    }
    put(to, "]");
}

/* A key; JSON has text only, so others are their notation as text. */
static void
write_key(cbor_view *in, sink *to, size_t depth)
{
    SIGNET_AUTO(signet_buf_free) signet_buf notation = {0};
    cbor_type type = (cbor_type)(in->all.ptr[in->at] >> 5);
    sink aside = {.out = to->out ? &notation : NULL};

    if (type == CBOR_ARRAY || type == CBOR_MAP)
        note(in, in->at, "has a key that is no scalar");
    if (to->form == CBOR_AS_NOTATION || type == CBOR_TEXT) {
        write_value(in, to, depth);
        return;
    }
    write_value(in, &aside, depth);
    to->is_lost = to->is_lost || aside.is_lost;
    put_text(to, signet_buf_slice(&notation));
}

/* The order of RFC 7049 section 3.9: the shorter encoding first, then bytewise. */
static bool
is_before(signet_slice a, signet_slice b)
{
    return a.len != b.len ? a.len < b.len : a.len > 0 && memcmp(a.ptr, b.ptr, a.len) < 0;
}

static void
write_map(cbor_view *in, sink *to, const cbor_head *head, size_t depth)
{
    signet_slice previous = {0};

    put(to, head->is_indefinite && to->form == CBOR_AS_NOTATION ? "{_ " : "{");
    for (uint64_t i = 0; !in->is_over && (head->is_indefinite || i < head->value); i++) {
        size_t start = in->at;
        signet_slice key = {0};

        if (head->is_indefinite && read_break(in))
            break;
        if (in->at == in->all.len) {
            (void)stop(in, in->at, "is cut short");
            break;
        }
        put(to, i > 0 ? ", " : "");
        write_key(in, to, depth + 1);
        key = (signet_slice){in->all.ptr + start, in->at - start};
        if (previous.ptr && !is_before(previous, key))
            note(in, start, "has keys that are doubled or not in order");
        previous = key;
        put(to, ": ");
        if (in->is_over)
            put_special(to, "...");
        else
            write_value(in, to, depth + 1);
    }
    put(to, "}");
}

/* Times (tags 0 and 1) have no one encoding; big numbers (2 and 3) must need their bytes. */
static void
check_tag(cbor_view *in, size_t at, uint64_t tag)
{
    cbor_view ahead = *in;
    cbor_head head = {0};

    if (tag < 2)
        note(in, at, "has a time");
    if (tag < 2 || tag > 3 || !cbor_view_head(&ahead, &head))
        return;
    if (head.type != CBOR_BYTES || head.value <= sizeof(uint64_t) ||
        (ahead.at < ahead.all.len && ahead.all.ptr[ahead.at] == 0))
        note(in, at, "has a big number not in its shortest form");
}

static void
write_tag(cbor_view *in, sink *to, uint64_t tag, size_t at, size_t depth)
{
    SIGNET_AUTO(signet_buf_free) signet_buf notation = {0};
    sink aside = {.out = to->out ? &notation : NULL};

    check_tag(in, at, tag);
    put_format(&aside, "%llu(", (unsigned long long)tag);
    write_value(in, &aside, depth + 1);
    put(&aside, ")");
    to->is_lost = to->is_lost || aside.is_lost;
    if (to->form == CBOR_AS_JSON)
        put_text(to, signet_buf_slice(&notation));
    else
        put_slice(to, signet_buf_slice(&notation));
}

/* --- floats --- */

static double
double_of_half(uint64_t bits)
{
    uint64_t sign = bits >> 15, exponent = bits >> 10 & 0x1f, mantissa = bits & 0x3ff;
    double value = (double)mantissa / 16777216.0; /* a subnormal */

    if (exponent == 0)
        return sign ? -value : value;
    bits = sign << 63 | (exponent == 0x1f ? 0x7ffULL : exponent - 15 + 1023) << 52 | mantissa << 42;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static double
double_of_single(uint64_t bits)
{
    uint32_t narrow = (uint32_t)bits;
    float value = 0;

    memcpy(&value, &narrow, sizeof(value));
    return (double)value;
}

/* Whether half precision holds a finite number: 10 bits of mantissa, fewer below 2^-14. */
static bool
fits_half(double value)
{
    uint64_t bits = 0, dropped = 42;
    int exponent = 0;

    memcpy(&bits, &value, sizeof(bits));
    exponent = (int)(bits >> 52 & 0x7ff) - 1023;
    if (bits << 1 == 0)
        return true;
    if (exponent > 15 || exponent < -24)
        return false;
    if (exponent < -14)
        dropped += (uint64_t)(-14 - exponent);
    return (bits & ((1ULL << dropped) - 1) & ((1ULL << 52) - 1)) == 0;
}

static bool
fits_single(double value)
{
    if (value > (double)FLT_MAX || value < -(double)FLT_MAX)
        return false;
    return (double)(float)value == value;
}

static void
check_float(cbor_view *in, size_t at, const cbor_head *head, double value)
{
    bool is_infinite = value - value != 0, is_long = head->info == 27;

    if (value != value) {
        if (head->info != 25 || head->value != 0x7e00)
            note(in, at,
                head->info == 25 ? "is not the one NaN" : "is a float not in its shortest form");
        return;
    }
    if (is_infinite ? head->info > 25
                    : (head->info > 25 && fits_half(value)) || (is_long && fits_single(value)))
        note(in, at, "is a float not in its shortest form");
}

static void
write_float(cbor_view *in, sink *to, const cbor_head *head, size_t at)
{
    double value = 0;
    char text[40];

    if (head->info == 25)
        value = double_of_half(head->value);
    else if (head->info == 26)
        value = double_of_single(head->value);
    else
        memcpy(&value, &head->value, sizeof(value));
    check_float(in, at, head, value);
    if (value != value) {
        put_special(to, "NaN");
    } else if (value - value != 0) {
        put_special(to, value > 0 ? "Infinity" : "-Infinity");
    } else {
        (void)snprintf(text, sizeof(text), "%.17g", value);
        put(to, text);
        if (!strpbrk(text, ".e"))
            put(to, ".0");
    }
}

static void
write_simple(cbor_view *in, sink *to, const cbor_head *head, size_t at)
{
    static const char *const names[] = {
        [20] = "false", [21] = "true", [22] = "null", [SIMPLE_UNDEFINED] = "undefined"};
    char text[32];

    if (head->info >= 25) {
        write_float(in, to, head, at);
    } else if (head->info == SIMPLE_UNDEFINED) {
        note(in, at, "is undefined");
        put_special(to, names[SIMPLE_UNDEFINED]);
    } else if (head->info >= 20 && head->info < 23) {
        put(to, names[head->info]);
    } else {
        (void)snprintf(text, sizeof(text), "simple(%u)", (unsigned)head->value);
        put_special(to, text);
    }
}

static void
write_integer(sink *to, const cbor_head *head)
{
    if (head->type == CBOR_UNSIGNED)
        put_format(to, "%llu", (unsigned long long)head->value);
    else if (head->value == UINT64_MAX)
        put(to, "-18446744073709551616");
    else
        put_format(to, "-%llu", (unsigned long long)head->value + 1);
}

static void
write_value(cbor_view *in, sink *to, size_t depth)
{
    size_t at = in->at;
    cbor_head head = {0};

    if (!cbor_view_head(in, &head)) {
        put_special(to, "...");
        return;
    }
    if (head.type == CBOR_ARRAY || head.type == CBOR_MAP || head.type == CBOR_TAG) {
        if (depth >= DEPTH_ALLOWED)
            note(in, at, "is nested too deeply");
        if (depth >= DEPTH_SHOWN) {
            (void)stop(in, at, "is nested too deeply");
            put_special(to, "...");
            return;
        }
    }
    switch (head.type) {
    case CBOR_UNSIGNED:
    case CBOR_NEGATIVE:
        write_integer(to, &head);
        break;
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (head.is_indefinite)
            write_pieces(in, to, head.type);
        else
            write_string(in, to, &head);
        break;
    case CBOR_ARRAY:
        write_array(in, to, &head, depth);
        break;
    case CBOR_MAP:
        write_map(in, to, &head, depth);
        break;
    case CBOR_TAG:
        write_tag(in, to, head.value, at, depth);
        break;
    case CBOR_SIMPLE:
        write_simple(in, to, &head, at);
        break;
    }
}

/* --- for callers --- */

signet_slice
cbor_view_item(cbor_view *in)
{
    sink nowhere = {0};
    size_t start = in->at;

    write_value(in, &nowhere, 0);
    return (signet_slice){in->all.ptr + start, in->at - start};
}

bool
cbor_view_end(cbor_view *in)
{
    if (!in->is_over && in->at < in->all.len)
        note(in, in->at, "has something after its end");
    return !in->problem;
}

bool
cbor_view_string(signet_slice item, cbor_type type, signet_slice *ret_content)
{
    cbor_view in = cbor_view_of(item);
    cbor_head head = {0};

    if (!cbor_view_head(&in, &head) || head.type != type || head.is_indefinite ||
        head.value != item.len - in.at)
        return false;
    *ret_content = (signet_slice){item.ptr + in.at, (size_t)head.value};
    return true;
}

bool
cbor_view_integer(signet_slice item, int64_t *ret_value)
{
    cbor_view in = cbor_view_of(item);
    cbor_head head = {0};

    if (!cbor_view_head(&in, &head) || head.type > CBOR_NEGATIVE || head.value > INT64_MAX)
        return false;
    *ret_value = head.type == CBOR_NEGATIVE ? -1 - (int64_t)head.value : (int64_t)head.value;
    return true;
}

bool
cbor_view_unsigned(signet_slice item, uint64_t *ret_value)
{
    cbor_view in = cbor_view_of(item);
    cbor_head head = {0};

    if (!cbor_view_head(&in, &head) || head.type != CBOR_UNSIGNED)
        return false;
    *ret_value = head.value;
    return true;
}

bool
cbor_view_write(signet_slice item, cbor_form form, signet_buf *out, signet_error *err)
{
    cbor_view in = cbor_view_of(item);
    sink to = {.out = out, .form = form};
    size_t before = out->len;

    write_value(&in, &to, 0);
    if (!to.is_lost)
        return true;
    out->len = before;
    if (err)
        *err = to.err;
    return false;
}
