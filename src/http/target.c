/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version 1 signs the decoded path, so two targets that a router tells apart can have one text
 * (H-04).  Here whatever makes that possible is refused, but for switches; what is left of it,
 * `/a%2Fb` and `/a/b`, only x=2 tells apart.  Paths are decoded byte by byte as they are compared:
 * nothing is copied to judge a target.
 */
#include "base/text.h"
#include "http/target.h"
#include "http/token.h"

/* RFC 3986 2.1, either case; -1: not a digit. */
static int
hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* A byte of a path, and whether it was written as an escape. */
typedef struct {
    uint8_t value;
    bool is_escaped;
} path_byte;

/* Take one byte; false at the end, and at a broken escape, where `rest` stays. */
static bool
next_byte(signet_slice *rest, path_byte *ret_byte)
{
    int high = 0, low = 0;

    if (rest->len == 0)
        return false;
    if (rest->ptr[0] != '%') {
        *ret_byte = (path_byte){rest->ptr[0], false};
        *rest = (signet_slice){rest->ptr + 1, rest->len - 1};
        return true;
    }
    high = rest->len >= 3 ? hex_value(rest->ptr[1]) : -1;
    low = rest->len >= 3 ? hex_value(rest->ptr[2]) : -1;
    if (high < 0 || low < 0)
        return false;
    *ret_byte = (path_byte){(uint8_t)(high << 4 | low), true};
    *rest = (signet_slice){rest->ptr + 3, rest->len - 3};
    return true;
}

bool
sg_http_method_check(signet_slice method, signet_error *err)
{
    if (!sg_http_is_token(method))
        return signet_fail(err, SIGNET_E_DECODE, "method: not a token");
    return true;
}

static bool
check_characters(signet_slice raw, signet_error *err)
{
    if (raw.len == 0 || raw.ptr[0] != '/')
        return signet_fail(err, SIGNET_E_DECODE, "target: does not begin with a slash");
    if (raw.len > SG_TARGET_MAX)
        return signet_fail(
            err, SIGNET_E_DECODE, "target: %zu bytes, must be at most %d", raw.len, SG_TARGET_MAX);
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] <= 0x20 || raw.ptr[i] >= 0x7f)
            return signet_fail(
                err, SIGNET_E_DECODE, "target: byte %02x at %zu", (unsigned)raw.ptr[i], i);
    }
    return true;
}

/* H-04. */
static bool
is_ambiguous(uint8_t byte)
{
    static const bool is_so[256] = {
        ['\0'] = true, ['|'] = true, ['?'] = true, ['#'] = true, ['\r'] = true, ['\n'] = true};

    return is_so[byte];
}

/* What a router may take for another path. */
static bool
is_unclean(path_byte byte)
{
    return byte.value == '\\' || (byte.value == '/' && byte.is_escaped);
}

static bool
check_bytes(signet_slice path, const sg_target_rules *rules, signet_error *err)
{
    path_byte byte = {0};

    while (next_byte(&path, &byte)) {
        if (!rules->allow_ambiguous && is_ambiguous(byte.value))
            return signet_fail(err, SIGNET_E_DECODE, "target: byte %02x in the decoded path",
                (unsigned)byte.value);
        if (rules->must_be_clean && is_unclean(byte))
            return signet_fail(err, SIGNET_E_DECODE, "target: an escaped slash, or a backslash");
    }
    if (path.len > 0)
        return signet_fail(err, SIGNET_E_DECODE, "target: a broken escape");
    return true;
}

/* A segment as it goes by.  Some servers cut `..;x` to `..`, so what is behind a `;` is not it. */
typedef struct {
    size_t len, dots;
    bool has_parameter;
} segment;

static bool
check_segment(const segment *seen, bool is_last, signet_error *err)
{
    if (seen->len == 0 && !is_last)
        return signet_fail(err, SIGNET_E_DECODE, "target: an empty segment");
    if (seen->dots == seen->len && (seen->len == 1 || seen->len == 2))
        return signet_fail(err, SIGNET_E_DECODE, "target: a dot segment");
    return true;
}

/* H-15.  The empty segment behind a slash at the end is the only one that is clean. */
static bool
check_segments(signet_slice path, signet_error *err)
{
    path_byte byte = {0};
    segment seen = {0};
    bool is_first = true;

    while (next_byte(&path, &byte)) {
        if (byte.value == '/') {
            if (!is_first && !check_segment(&seen, false, err))
                return false;
            is_first = false;
            seen = (segment){0};
            continue;
        }
        seen.has_parameter = seen.has_parameter || byte.value == ';';
        if (seen.has_parameter)
            continue;
        seen.len++;
        seen.dots += byte.value == '.';
    }
    return check_segment(&seen, !seen.has_parameter, err);
}

bool
sg_target_read(
    signet_slice raw, const sg_target_rules *rules, sg_target *ret_target, signet_error *err)
{
    sg_target target = {.raw = raw, .path = raw, .is_clean = rules->must_be_clean};
    const uint8_t *mark = NULL;

    if (!check_characters(raw, err))
        return false;
    mark = memchr(raw.ptr, '?', raw.len);
    if (mark) {
        target.path.len = (size_t)(mark - raw.ptr);
        target.query = (signet_slice){mark + 1, raw.len - target.path.len - 1};
    }
    if (!rules->allow_ambiguous && memchr(raw.ptr, '#', raw.len))
        return signet_fail(err, SIGNET_E_DECODE, "target: a fragment");
    if (!check_bytes(target.path, rules, err) ||
        (rules->must_be_clean && !check_segments(target.path, err)))
        return false;
    *ret_target = target;
    return true;
}

/* Append what stands before the next escape, and that escape. */
static bool
write_run(signet_slice *rest, signet_buf *out, signet_error *err)
{
    const uint8_t *escape = memchr(rest->ptr, '%', rest->len);
    signet_slice plain = {rest->ptr, escape ? (size_t)(escape - rest->ptr) : rest->len};
    path_byte byte = {0};

    *rest = (signet_slice){rest->ptr + plain.len, rest->len - plain.len};
    if (!signet_buf_append(out, plain, err))
        return false;
    if (rest->len == 0)
        return true;
    if (!next_byte(rest, &byte))
        return signet_fail(err, SIGNET_E_USAGE, "target: a broken escape");
    return signet_buf_append(out, (signet_slice){&byte.value, 1}, err);
}

bool
sg_target_write_path(const sg_target *target, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    signet_slice rest = target->path;

    while (rest.len > 0) {
        if (!write_run(&rest, out, err)) {
            out->len = before;
            return false;
        }
    }
    return true;
}

static bool
write_text(const sg_request_text *text, signet_buf *out, signet_error *err)
{
    char nonce[sizeof("0123456789abcdef012345")] = "";

    if (text->nonce.len != 0 && text->nonce.len != 16)
        return signet_fail(err, SIGNET_E_USAGE, "nonce: %zu bytes, must be 16", text->nonce.len);
    sg_base64url_encode(text->nonce, nonce);
    if (!sg_http_method_check(text->method, err) || !signet_buf_append(out, text->method, err) ||
        !signet_buf_append(out, signet_slice_text("|"), err) ||
        !sg_target_write_path(text->target, out, err))
        return false;
    if (text->target->query.len > 0 && (!signet_buf_append(out, signet_slice_text("?"), err) ||
                                           !signet_buf_append(out, text->target->query, err)))
        return false;
    return signet_buf_printf(out, err, "|%lld|%s", (long long)text->time, nonce);
}

bool
sg_request_text_write(const sg_request_text *text, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (write_text(text, out, err))
        return true;
    out->len = before;
    return false;
}

/* Whether the rest of a path begins with `prefix`, which is then taken. */
static bool
take_prefix(signet_slice *rest, signet_slice prefix)
{
    path_byte byte = {0};

    for (size_t i = 0; i < prefix.len; i++) {
        if (!next_byte(rest, &byte) || byte.value != prefix.ptr[i])
            return false;
    }
    return true;
}

/* `/` is the root alone, since nothing clean has a second slash behind it. */
static bool
is_below(signet_slice path, const sg_skip_path *skip)
{
    signet_slice prefix = signet_slice_text(skip->path ? skip->path : ""), rest = path;
    path_byte byte = {0};

    if (prefix.len == 0 || prefix.ptr[0] != '/')
        return false;
    while (prefix.len > 1 && prefix.ptr[prefix.len - 1] == '/')
        prefix.len--;
    if (!take_prefix(&rest, prefix))
        return false;
    if (rest.len == 0)
        return true;
    if (!next_byte(&rest, &byte) || byte.value != '/')
        return false;
    return !skip->is_exact || rest.len == 0;
}

bool
sg_target_is_skipped(const sg_target *target, const sg_skip_path *paths, size_t count)
{
    if (!target->is_clean)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (is_below(target->path, &paths[i]))
            return true;
    }
    return false;
}
