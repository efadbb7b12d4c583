/* SPDX-License-Identifier: Apache-2.0 */
/* Field lines of a request: by name, trimmed, joined (RFC 9110 5.3, RFC 9421 2.1). */
#include "http/fields.h"

bool
sg_http_name_is(signet_slice name, signet_slice lower)
{
    if (name.len != lower.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];

        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if (c != lower.ptr[i])
            return false;
    }
    return true;
}

bool
sg_http_has_field(const signet_http_request *request, signet_slice lower)
{
    for (size_t i = 0; i < request->field_count; i++) {
        if (sg_http_name_is(request->fields[i].name, lower))
            return true;
    }
    return false;
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static signet_slice
trim(signet_slice value)
{
    while (value.len > 0 && is_blank(value.ptr[value.len - 1]))
        value.len--;
    for (; value.len > 0 && is_blank(value.ptr[0]); value.len--)
        value.ptr++;
    return value;
}

/* A line end inside would make two lines of a signature base out of one. */
static bool
check_value(signet_slice value, signet_slice name, signet_error *err)
{
    for (size_t i = 0; i < value.len; i++) {
        if ((value.ptr[i] < 0x20 && value.ptr[i] != '\t') || value.ptr[i] > 0x7e)
            return signet_fail(err, SIGNET_E_DECODE, "%.*s: byte %02x at %zu", (int)name.len,
                (const char *)name.ptr, value.ptr[i], i);
    }
    return true;
}

bool
sg_http_field_write(
    const signet_http_request *request, signet_slice lower, signet_buf *out, signet_error *err)
{
    size_t before = out->len, lines = 0;
    bool is_good = true;

    for (size_t i = 0; is_good && i < request->field_count; i++) {
        signet_slice value = {0};

        if (!sg_http_name_is(request->fields[i].name, lower))
            continue;
        value = trim(request->fields[i].value);
        if (value.len > SG_FIELD_SIZE_MAX || out->len - before + 2 + value.len > SG_FIELD_SIZE_MAX)
            is_good = signet_fail(err, SIGNET_E_DECODE, "%.*s: more than %d bytes", (int)lower.len,
                (const char *)lower.ptr, SG_FIELD_SIZE_MAX);
        else
            is_good = check_value(value, lower, err) &&
                      signet_buf_append(out, signet_slice_text(lines == 0 ? "" : ", "), err) &&
                      signet_buf_append(out, value, err);
        lines++;
    }
    if (is_good && lines == 0)
        is_good = signet_fail(err, SIGNET_E_NOT_FOUND, "there is no field %.*s", (int)lower.len,
            (const char *)lower.ptr);
    if (!is_good)
        out->len = before;
    return is_good;
}
