/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "saved_request.h"

/* The bytes that are not read yet, and which line they begin. */
typedef struct {
    signet_slice rest;
    size_t head_left;
    unsigned line;
} cursor;

static bool
is_token_byte(uint8_t byte)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || (byte != 0 && strchr(marks, byte));
}

static bool
is_token(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_token_byte(text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

/* The next line without its end; a head that does not end is no request. */
static bool
read_line(cursor *at, signet_slice *ret_line, signet_error *err)
{
    const uint8_t *end = at->rest.len > 0 ? memchr(at->rest.ptr, '\n', at->rest.len) : NULL;
    size_t len = end ? (size_t)(end - at->rest.ptr) : 0;

    at->line++;
    if (!end)
        return signet_fail(err, SIGNET_E_DECODE, "line %u: has no end", at->line);
    if (len + 1 > at->head_left)
        return signet_fail(
            err, SIGNET_E_DECODE, "line %u: the head is larger than %d", at->line, SAVED_HEAD_MAX);
    at->head_left -= len + 1;
    *ret_line = (signet_slice){at->rest.ptr, len};
    at->rest.ptr += len + 1;
    at->rest.len -= len + 1;
    if (ret_line->len > 0 && ret_line->ptr[ret_line->len - 1] == '\r')
        ret_line->len--;
    for (size_t i = 0; i < ret_line->len; i++) {
        uint8_t byte = ret_line->ptr[i];

        if ((byte < ' ' && byte != '\t') || byte == 0x7f)
            return signet_fail(
                err, SIGNET_E_DECODE, "line %u: byte %02x", at->line, (unsigned)byte);
    }
    return true;
}

static signet_slice
take_word(signet_slice *rest)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, ' ', rest->len) : NULL;
    signet_slice word = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    size_t used = word.len + (end ? 1 : 0);

    if (used > 0) {
        rest->ptr += used;
        rest->len -= used;
    }
    return word;
}

/* METHOD SP TARGET SP VERSION; what the target may be is for the verifier to say. */
static bool
read_request_line(cursor *at, signet_http_request *request, signet_error *err)
{
    static const char *const versions[] = {"HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/2.0", "HTTP/3"};
    signet_slice line = {0};

    if (!read_line(at, &line, err))
        return false;
    request->method = take_word(&line);
    request->target = take_word(&line);
    if (!is_token(request->method) || request->target.len == 0)
        return signet_fail(
            err, SIGNET_E_DECODE, "line 1: must be a method, a target and a version");
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        if (signet_slice_is_equal(line, signet_slice_text(versions[i])))
            return true;
    }
    return signet_fail(err, SIGNET_E_DECODE, "line 1: does not end with a version of HTTP");
}

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static bool
read_field(const cursor *at, signet_slice line, signet_http_field *ret_field, signet_error *err)
{
    const uint8_t *colon = memchr(line.ptr, ':', line.len);
    signet_slice value = {0};

    ret_field->name = (signet_slice){line.ptr, colon ? (size_t)(colon - line.ptr) : 0};
    if (!colon || !is_token(ret_field->name))
        return signet_fail(
            err, SIGNET_E_DECODE, "line %u: must be the name of a field and a colon", at->line);
    value = (signet_slice){colon + 1, line.len - ret_field->name.len - 1};
    while (value.len > 0 && is_blank(value.ptr[0])) {
        value.ptr++;
        value.len--;
    }
    while (value.len > 0 && is_blank(value.ptr[value.len - 1]))
        value.len--;
    ret_field->value = value;
    return true;
}

static bool
read_fields(cursor *at, saved_request *request, signet_error *err)
{
    signet_http_request *facts = &request->facts.request;
    signet_slice line = {0};

    for (;;) {
        if (!read_line(at, &line, err))
            return false;
        if (line.len == 0)
            return true;
        if (facts->field_count == SAVED_FIELDS_MAX)
            return signet_fail(
                err, SIGNET_E_DECODE, "line %u: more than %d fields", at->line, SAVED_FIELDS_MAX);
        if (!read_field(at, line, &request->fields[facts->field_count], err))
            return false;
        facts->field_count++;
    }
}

static const signet_http_field *
find(const saved_request *request, const char *name, size_t *ret_count)
{
    const signet_http_field *found = NULL;

    *ret_count = 0;
    for (size_t i = 0; i < request->facts.request.field_count; i++) {
        const signet_http_field *field = &request->fields[i];

        if (field->name.len != strlen(name) ||
            strncasecmp((const char *)field->name.ptr, name, field->name.len) != 0)
            continue;
        found = field;
        *ret_count += 1;
    }
    return found;
}

signet_slice
saved_request_field(const saved_request *request, const char *name)
{
    static const signet_slice nothing = {NULL, 0};
    size_t count = 0;
    const signet_http_field *field = find(request, name, &count);

    return count == 1 ? field->value : nothing;
}

static bool
read_authority(saved_request *request, signet_error *err)
{
    size_t count = 0;
    const signet_http_field *host = find(request, "host", &count);

    if (count != 1)
        return signet_fail(err, SIGNET_E_DECODE, "Host: %zu fields, must be one", count);
    request->facts.request.authority = host->value;
    return true;
}

static bool
read_length(saved_request *request, signet_error *err)
{
    enum { DIGITS_MAX = 15 };
    size_t count = 0;
    const signet_http_field *field = find(request, "transfer-encoding", &count);
    int64_t length = 0;

    if (count > 0)
        return signet_fail(err, SIGNET_E_DECODE,
            "Transfer-Encoding: save the content as it is without, and drop the field");
    field = find(request, "content-length", &count);
    request->facts.content_length = (int64_t)request->content.len;
    if (count == 0)
        return true;
    if (count > 1 || field->value.len == 0 || field->value.len > DIGITS_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "Content-Length: not one number");
    for (size_t i = 0; i < field->value.len; i++) {
        if (field->value.ptr[i] < '0' || field->value.ptr[i] > '9')
            return signet_fail(err, SIGNET_E_DECODE, "Content-Length: not one number");
        length = length * 10 + (field->value.ptr[i] - '0');
    }
    request->facts.content_length = length;
    return true;
}

bool
saved_request_read(signet_slice bytes, saved_request *ret_request, signet_error *err)
{
    cursor at = {bytes, SAVED_HEAD_MAX, 0};

    *ret_request = (saved_request){0};
    ret_request->facts.request.fields = ret_request->fields;
    if (!read_request_line(&at, &ret_request->facts.request, err) ||
        !read_fields(&at, ret_request, err))
        return false;
    ret_request->content = at.rest;
    return read_authority(ret_request, err) && read_length(ret_request, err);
}
