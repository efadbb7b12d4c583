/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "http/content_digest.h"
#include "http/fields.h"

enum { ROOM = 512 };

/* Nodes stand in an order that the walkers rely on. */
static void
check_order(const sg_field *field)
{
    bool is_inside = false;

    PROPERTY(field->count == 0 || field->nodes[0].kind == SG_NODE_MEMBER);
    for (size_t i = 0; i < field->count; i++) {
        const sg_field_node *node = &field->nodes[i];

        if (node->kind == SG_NODE_MEMBER) {
            PROPERTY(!is_inside);
            is_inside = node->type == SG_VALUE_INNER_LIST;
            PROPERTY(field->nodes[sg_field_end(field, i)].kind ==
                     (is_inside ? SG_NODE_END : SG_NODE_MEMBER));
            PROPERTY(field->shape != SG_FIELD_DICTIONARY || sg_field_find(field, node->key) == i);
        } else if (node->kind == SG_NODE_END) {
            PROPERTY(is_inside);
            is_inside = false;
        } else {
            PROPERTY(node->kind == SG_NODE_PARAMETER || is_inside);
            PROPERTY(node->type != SG_VALUE_INNER_LIST);
        }
    }
    PROPERTY(!is_inside);
}

static void
check_values(const sg_field *field, signet_slice whole)
{
    static uint8_t bytes[SG_FIELD_SIZE_MAX];
    size_t len = 0;

    for (size_t i = 0; i < field->count; i++) {
        const sg_field_node *node = &field->nodes[i];

        PROPERTY(fuzz_is_within(node->text, whole) && fuzz_is_within(node->key, whole));
        PROPERTY(node->number > -1000000000000000 && node->number < 1000000000000000);
        PROPERTY(sg_value_decode(node, bytes, sizeof(bytes), &len) && len <= node->text.len);
    }
}

/* What is accepted is written in a form that reads as the same, and that form is a fixed point. */
static void
check_shape(signet_slice text, sg_field_shape shape)
{
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    sg_field_node nodes[ROOM], again_nodes[ROOM];
    sg_field field = {.nodes = nodes, .room = ROOM}, again = {.nodes = again_nodes, .room = ROOM};
    signet_error err = {0};

    if (!sg_field_read(text, shape, &field, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE);
        return;
    }
    check_order(&field);
    check_values(&field, text);
    PROPERTY(sg_field_write(&field, &once, NULL));
    PROPERTY(sg_field_read(signet_buf_slice(&once), shape, &again, NULL));
    PROPERTY(again.count == field.count && !again.has_repeated);
    for (size_t i = 0; i < field.count; i++) {
        PROPERTY(again.nodes[i].kind == field.nodes[i].kind);
        PROPERTY(again.nodes[i].type == field.nodes[i].type);
        PROPERTY(again.nodes[i].number == field.nodes[i].number);
        PROPERTY(signet_slice_is_equal(again.nodes[i].key, field.nodes[i].key));
    }
    PROPERTY(sg_field_write(&again, &twice, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
}

static void
check_digest(signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_content_digest digest = {0}, again = {0};

    if (!sg_content_digest_read(text, &digest, NULL))
        return;
    PROPERTY(digest.has_sha256 || digest.has_sha512);
    PROPERTY(sg_content_digest_write(&digest, &out, NULL));
    PROPERTY(sg_content_digest_read(signet_buf_slice(&out), &again, NULL));
    PROPERTY(sg_content_digest_check(&digest, &again, NULL));
    PROPERTY(sg_content_digest_check(&again, &digest, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_slice text = {data, size};

    check_shape(text, SG_FIELD_ITEM);
    check_shape(text, SG_FIELD_LIST);
    check_shape(text, SG_FIELD_DICTIONARY);
    check_digest(text);
    return 0;
}
