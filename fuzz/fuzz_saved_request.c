/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A saved request: all that is read lies within the bytes, and written down again it reads the
 * same. The head of a response, which is read by curl's side, rides along: it never reads outside
 * either.
 */
#include "answer_head.h"
#include "explain_log.h"
#include "fuzz.h"
#include "saved_request.h"

static bool
has_control(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] < ' ' && text.ptr[i] != '\t') || text.ptr[i] == 0x7f)
            return true;
    }
    return false;
}

static void
write_field(const signet_http_field *field, signet_buf *out)
{
    PROPERTY(signet_buf_append(out, field->name, NULL));
    PROPERTY(signet_buf_append(out, signet_slice_text(":"), NULL));
    PROPERTY(signet_buf_append(out, field->value, NULL));
    PROPERTY(signet_buf_append(out, signet_slice_text("\r\n"), NULL));
}

static void
check_again(const saved_request *request)
{
    static saved_request again;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    const signet_http_request *facts = &request->facts.request;

    PROPERTY(signet_buf_append(&text, facts->method, NULL));
    PROPERTY(signet_buf_append(&text, signet_slice_text(" "), NULL));
    PROPERTY(signet_buf_append(&text, facts->target, NULL));
    PROPERTY(signet_buf_append(&text, signet_slice_text(" HTTP/1.1\r\n"), NULL));
    for (size_t i = 0; i < facts->field_count; i++)
        write_field(&facts->fields[i], &text);
    PROPERTY(signet_buf_append(&text, signet_slice_text("\r\n"), NULL));
    if (text.len > SAVED_HEAD_MAX) /* by the line ends */
        return;
    PROPERTY(signet_buf_append(&text, request->content, NULL));
    PROPERTY(saved_request_read(signet_buf_slice(&text), &again, NULL));
    PROPERTY(again.facts.request.field_count == facts->field_count);
    PROPERTY(again.facts.content_length == request->facts.content_length);
    PROPERTY(signet_slice_is_equal(again.content, request->content));
    PROPERTY(signet_slice_is_equal(again.facts.request.target, facts->target));
    PROPERTY(signet_slice_is_equal(again.facts.request.authority, facts->authority));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static saved_request request;
    signet_slice bytes = {data, size};
    signet_error err = {0};
    answer_head head = answer_head_read(bytes);
    explain_log log = {0};

    if (explain_log_read(bytes, &log))
        PROPERTY(log.code.len > 0 && fuzz_is_within(log.code, bytes) &&
                 fuzz_is_within(log.reason, bytes));
    PROPERTY(fuzz_is_within(head.date, bytes) && fuzz_is_within(head.challenge, bytes));
    PROPERTY(head.status >= 0 && head.status <= 999);
    if (!saved_request_read(bytes, &request, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE);
        return 0;
    }
    PROPERTY(request.facts.request.field_count <= SAVED_FIELDS_MAX);
    PROPERTY(request.facts.content_length >= 0 && request.facts.request.method.len > 0);
    PROPERTY(fuzz_is_within(request.content, bytes));
    for (size_t i = 0; i < request.facts.request.field_count; i++) {
        const signet_http_field *field = &request.fields[i];

        PROPERTY(fuzz_is_within(field->name, bytes) && fuzz_is_within(field->value, bytes));
        PROPERTY(field->name.len > 0 && !has_control(field->name) && !has_control(field->value));
    }
    PROPERTY(saved_request_field(&request, "host").ptr == request.facts.request.authority.ptr);
    check_again(&request);
    return 0;
}
