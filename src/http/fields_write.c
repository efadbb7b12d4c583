/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 9651 section 4.1.  Strings, tokens and byte sequences were read in their only spelling, so
 * their text is written as it was; numbers and display strings are spelled anew.
 */
#include "http/fields.h"

static bool
put(signet_buf *out, const char *text, signet_error *err)
{
    return signet_buf_append(out, signet_slice_text(text), err);
}

static bool
put_between(
    signet_buf *out, const char *before, signet_slice text, const char *after, signet_error *err)
{
    return put(out, before, err) && signet_buf_append(out, text, err) && put(out, after, err);
}

static bool
put_decimal(signet_buf *out, int64_t thousandths, signet_error *err)
{
    int64_t size = thousandths < 0 ? -thousandths : thousandths;
    int places = 3, fraction = (int)(size % 1000);

    while (places > 1 && fraction % 10 == 0) {
        fraction /= 10;
        places--;
    }
    return signet_buf_printf(out, err, "%s%lld.%0*d", thousandths < 0 ? "-" : "",
        (long long)(size / 1000), places, fraction);
}

/* Only what must be escaped is. */
static bool
put_display(signet_buf *out, const sg_field_node *node, signet_error *err)
{
    if (!put(out, "%\"", err))
        return false;
    for (size_t i = 0; i < node->text.len;) {
        bool is_escape = node->text.ptr[i] == '%';
        sg_field_node one = {
            .type = SG_VALUE_DISPLAY, .text = {node->text.ptr + i, is_escape ? 3 : 1}};
        uint8_t c = 0;
        size_t len = 0;

        if (!sg_value_decode(&one, &c, 1, &len))
            return signet_fail(err, SIGNET_E_USAGE, "not a display string");
        if (c < 0x20 || c > 0x7e || c == '"' || c == '%') {
            if (!signet_buf_printf(out, err, "%%%02x", c))
                return false;
        } else if (!signet_buf_append(out, (signet_slice){&c, 1}, err)) {
            return false;
        }
        i += one.text.len;
    }
    return put(out, "\"", err);
}

static bool
put_bare_item(signet_buf *out, const sg_field_node *node, signet_error *err)
{
    switch (node->type) {
    case SG_VALUE_INTEGER:
        return signet_buf_printf(out, err, "%lld", (long long)node->number);
    case SG_VALUE_DATE:
        return signet_buf_printf(out, err, "@%lld", (long long)node->number);
    case SG_VALUE_DECIMAL:
        return put_decimal(out, node->number, err);
    case SG_VALUE_STRING:
        return put_between(out, "\"", node->text, "\"", err);
    case SG_VALUE_TOKEN:
        return signet_buf_append(out, node->text, err);
    case SG_VALUE_BYTES:
        return put_between(out, ":", node->text, ":", err);
    case SG_VALUE_BOOLEAN:
        return put(out, node->number ? "?1" : "?0", err);
    case SG_VALUE_DISPLAY:
        return put_display(out, node, err);
    case SG_VALUE_INNER_LIST:
        break;
    }
    return signet_fail(err, SIGNET_E_USAGE, "an inner list inside another");
}

static bool
is_true(const sg_field_node *node)
{
    return node->type == SG_VALUE_BOOLEAN && node->number;
}

static bool
put_parameters(const sg_field *field, size_t owner, signet_buf *out, signet_error *err)
{
    for (size_t i = owner + 1; i < field->count; i++) {
        const sg_field_node *node = &field->nodes[i];

        if (node->kind != SG_NODE_PARAMETER)
            return true;
        if (!put_between(out, ";", node->key, is_true(node) ? "" : "=", err) ||
            (!is_true(node) && !put_bare_item(out, node, err)))
            return false;
    }
    return true;
}

bool
sg_field_write_one(const sg_field *field, size_t index, signet_buf *out, signet_error *err)
{
    size_t end = sg_field_end(field, index);
    bool is_first = true;

    if (end == index)
        return put_bare_item(out, &field->nodes[index], err) &&
               put_parameters(field, index, out, err);
    if (!put(out, "(", err))
        return false;
    for (size_t i = index + 1; i < end; i++) {
        if (field->nodes[i].kind != SG_NODE_ELEMENT)
            continue;
        if (!put(out, is_first ? "" : " ", err) || !put_bare_item(out, &field->nodes[i], err) ||
            !put_parameters(field, i, out, err))
            return false;
        is_first = false;
    }
    return put(out, ")", err) && put_parameters(field, end, out, err);
}

static bool
put_member(const sg_field *field, size_t index, signet_buf *out, signet_error *err)
{
    const sg_field_node *node = &field->nodes[index];

    if (field->shape != SG_FIELD_DICTIONARY)
        return sg_field_write_one(field, index, out, err);
    if (!signet_buf_append(out, node->key, err))
        return false;
    if (is_true(node))
        return put_parameters(field, index, out, err);
    return put(out, "=", err) && sg_field_write_one(field, index, out, err);
}

bool
sg_field_write(const sg_field *field, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    for (size_t i = 0; i < field->count; i = sg_field_next(field, i)) {
        if (!put(out, i == 0 ? "" : ", ", err) || !put_member(field, i, out, err)) {
            out->len = before;
            return false;
        }
    }
    return true;
}
