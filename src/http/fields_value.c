/* SPDX-License-Identifier: Apache-2.0 */
/* Walking over the nodes of a field, and what its values stand for. */
#include "http/fields.h"

size_t
sg_field_next(const sg_field *field, size_t index)
{
    for (index++; index < field->count; index++) {
        if (field->nodes[index].kind == SG_NODE_MEMBER)
            return index;
    }
    return field->count;
}

size_t
sg_field_find(const sg_field *field, signet_slice key)
{
    for (size_t i = 0; i < field->count; i++) {
        if (field->nodes[i].kind == SG_NODE_MEMBER &&
            signet_slice_is_equal(field->nodes[i].key, key))
            return i;
    }
    return field->count;
}

size_t
sg_field_end(const sg_field *field, size_t index)
{
    if (field->nodes[index].type != SG_VALUE_INNER_LIST)
        return index;
    while (field->nodes[index].kind != SG_NODE_END)
        index++;
    return index;
}

const sg_field_node *
sg_field_parameter(const sg_field *field, size_t index, const char *name)
{
    signet_slice key = signet_slice_text(name);

    for (size_t i = sg_field_end(field, index) + 1; i < field->count; i++) {
        if (field->nodes[i].kind != SG_NODE_PARAMETER)
            return NULL;
        if (signet_slice_is_equal(field->nodes[i].key, key))
            return &field->nodes[i];
    }
    return NULL;
}

static int
sextet(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* `ret_bytes` may be NULL: then the text is only judged. */
bool
sg_base64_read(signet_slice text, uint8_t *ret_bytes, size_t room, size_t *ret_len)
{
    size_t padding = 0, len = 0;
    uint32_t bits = 0;
    unsigned held = 0;

    if (text.len % 4 != 0)
        return false;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < text.len - padding; i++) {
        int value = sextet(text.ptr[i]);

        if (value < 0)
            return false;
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (ret_bytes && len == room)
            return false;
        if (ret_bytes)
            ret_bytes[len] = (uint8_t)(bits >> held);
        len++;
    }
    if ((bits & ((1U << held) - 1)) != 0)
        return false;
    *ret_len = len;
    return true;
}

static uint8_t
hex_value(uint8_t c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

bool
sg_value_decode(const sg_field_node *node, uint8_t *ret_bytes, size_t room, size_t *ret_len)
{
    signet_slice text = node->text;
    size_t len = 0;

    if (node->type == SG_VALUE_BYTES)
        return sg_base64_read(text, ret_bytes, room, ret_len);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        if (node->type == SG_VALUE_STRING && c == '\\')
            c = text.ptr[++i];
        if (node->type == SG_VALUE_DISPLAY && c == '%') {
            c = (uint8_t)(hex_value(text.ptr[i + 1]) << 4 | hex_value(text.ptr[i + 2]));
            i += 2;
        }
        if (len == room)
            return false;
        ret_bytes[len++] = c;
    }
    *ret_len = len;
    return true;
}
