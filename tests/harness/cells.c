/* SPDX-License-Identifier: Apache-2.0 */
#include "cells.h"

/* "a b" as a list of two. */
static signet_slice
list_of(const char *texts)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice patterns[SIGNET_CELL_ACTIONS_MAX];
    size_t count = 0;

    while (texts && *texts) {
        size_t len = strcspn(texts, " ");

        patterns[count++] = (signet_slice){(const uint8_t *)texts, len};
        texts += len + (texts[len] == ' ');
    }
    REQUIRE(signet_cell_write_list(patterns, count, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

signet_slice
cells_cell(const cell_row *row)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_cell cell = {
        .resource = signet_slice_text(row->resource),
        .owner = signet_key_public(wire_key(&signet_ed25519, row->owner)),
        .owner_permissions = {row->allow != NULL, row->deny != NULL, list_of(row->allow),
            list_of(row->deny)},
    };

    REQUIRE(signet_cell_sign(&cell, wire_key(&signet_ed25519, row->signer), &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

signet_slice
cells_chain(const cell_row *rows, size_t count)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    uint8_t head = (uint8_t)(0x80 | count);

    REQUIRE(count < 24 && signet_buf_append(&out, (signet_slice){&head, 1}, NULL));
    for (size_t i = 0; i < count; i++)
        REQUIRE(signet_buf_append(&out, cells_cell(&rows[i]), NULL));
    return harness_keep(signet_buf_slice(&out));
}
