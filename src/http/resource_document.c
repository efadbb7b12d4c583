/* SPDX-License-Identifier: Apache-2.0 */
/* The document, and what is answered to a request for it. */
#include "base/text.h"
#include "http/resource.h"
#include "http/resource_member.h"

/* --- JSON --- */

static bool
append(const char *text, signet_buf *out, signet_error *err)
{
    return signet_buf_append(out, signet_slice_text(text), err);
}

/* U+2028 and U+2029 end lines in JavaScript; the reference escapes them as it does < > &. */
static bool
is_line_end(signet_slice text, size_t at)
{
    return text.len - at >= 3 && text.ptr[at] == 0xe2 && text.ptr[at + 1] == 0x80 &&
           (text.ptr[at + 2] | 1) == 0xa9;
}

static bool
write_byte(uint8_t byte, signet_buf *out, signet_error *err)
{
    static const struct {
        uint8_t byte;
        const char *escape;
    } short_forms[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\b', "\\b"}, {'\f', "\\f"}, {'\n', "\\n"},
        {'\r', "\\r"}, {'\t', "\\t"}};

    for (size_t i = 0; i < sizeof(short_forms) / sizeof(short_forms[0]); i++) {
        if (short_forms[i].byte == byte)
            return append(short_forms[i].escape, out, err);
    }
    if (byte < 0x20 || byte == '<' || byte == '>' || byte == '&')
        return signet_buf_printf(out, err, "\\u%04x", byte);
    return signet_buf_append(out, (signet_slice){&byte, 1}, err);
}

static bool
write_string(signet_slice text, signet_buf *out, signet_error *err)
{
    if (!sg_is_utf8(text))
        return signet_fail(err, SIGNET_E_USAGE, "a member of the document is not UTF-8");
    if (!append("\"", out, err))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (is_line_end(text, i)) {
            if (!signet_buf_printf(out, err, "\\u20%02x", text.ptr[i + 2] & 0x7f))
                return false;
            i += 2;
        } else if (!write_byte(text.ptr[i], out, err)) {
            return false;
        }
    }
    return append("\"", out, err);
}

static bool
write_list(const sg_resource_list *list, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!append(i == 0 ? "[" : ",", out, err) || !write_string(list->items[i], out, err))
            return false;
    }
    return append("]", out, err);
}

static bool
write_value(const sg_resource_member *member, const void *value, signet_buf *out, signet_error *err)
{
    switch (member->kind) {
    case SG_RESOURCE_TEXT:
        return write_string(*(const signet_slice *)value, out, err);
    case SG_RESOURCE_LIST:
        return write_list(value, out, err);
    case SG_RESOURCE_FLAG:
        return append("true", out, err);
    case SG_RESOURCE_NUMBER:
        return signet_buf_printf(out, err, "%lld", (long long)*(const int64_t *)value);
    }
    return signet_fail(err, SIGNET_E_USAGE, "%s: of no kind", member->name);
}

static bool
write_members(const sg_resource *resource, signet_buf *out, signet_error *err)
{
    bool is_first = true;

    for (const sg_resource_member *member = sg_resource_members; member->name; member++) {
        if (!sg_resource_has(resource, member) && member != sg_resource_members)
            continue;
        if (!signet_buf_printf(out, err, "%s\"%s\":", is_first ? "{" : ",", member->name) ||
            !write_value(member, sg_resource_value(resource, member), out, err))
            return false;
        is_first = false;
    }
    return append("}\n", out, err);
}

bool
sg_resource_write(const sg_resource *resource, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (write_members(resource, out, err))
        return true;
    out->len = before;
    return false;
}

/* --- the answer --- */

typedef struct {
    const char *name, *value;
} field;

static const field of_document[] = {{"Content-Type", "application/json"},
    {"Cache-Control", "public, max-age=3600"}, {"Access-Control-Allow-Origin", "*"}, {0}};
static const field of_preflight[] = {{"Access-Control-Allow-Origin", "*"},
    {"Access-Control-Allow-Methods", "GET, HEAD"}, {"Access-Control-Allow-Headers", "*"},
    {"Access-Control-Max-Age", "3600"}, {0}};
static const field of_refusal[] = {{"Allow", "GET, HEAD"},
    {"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}, {0}};

/* Methods are case-sensitive. */
static bool
is_method(const sg_resource_request *request, const char *name)
{
    return signet_slice_is_equal(request->method, signet_slice_text(name));
}

static bool
write_answer(const sg_resource *resource, const sg_resource_request *request, sg_answer *answer,
    signet_error *err)
{
    bool is_get = is_method(request, "GET"), is_head = is_method(request, "HEAD");
    bool is_preflight = is_method(request, "OPTIONS") && request->asks_method.len > 0;
    const field *fields = is_get || is_head ? of_document
                          : is_preflight    ? of_preflight
                                            : of_refusal;

    answer->status = is_get || is_head ? 200 : is_preflight ? 204 : 405;
    for (; fields->name; fields++) {
        if (!sg_answer_add(answer, fields->name, signet_slice_text(fields->value), err))
            return false;
    }
    if (is_get)
        return sg_resource_write(resource, &answer->body, err);
    return is_head || is_preflight || append("method not allowed\n", &answer->body, err);
}

bool
sg_resource_answer(const sg_resource *resource, const sg_resource_request *request,
    sg_answer *ret_answer, signet_error *err)
{
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};

    if (!write_answer(resource, request, &answer, err))
        return false;
    *ret_answer = answer;
    answer = (sg_answer){0};
    return true;
}
