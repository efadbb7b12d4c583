/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pem.h"
#include "fuzz.h"

/*
 * Any text: a block that is read
 *   - lies within the text, so that reading on ends, and
 *   - written again under its label reads back as the same label and bytes, with nothing left.
 */
static void
check_block(const sg_pem_block *block)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block again = {0};

    PROPERTY(sg_pem_write(&text, block->label, signet_buf_slice(&block->bytes), NULL));
    PROPERTY(sg_pem_read(signet_buf_slice(&text), &again, NULL));
    PROPERTY(strcmp(block->label, again.label) == 0);
    PROPERTY(
        signet_slice_is_equal(signet_buf_slice(&block->bytes), signet_buf_slice(&again.bytes)));
    PROPERTY(again.rest.len == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_slice text = {data, size};

    for (;;) {
        SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

        if (!sg_pem_read(text, &block, NULL))
            return 0;
        check_block(&block);
        PROPERTY(block.rest.len < text.len);
        PROPERTY(block.rest.len == 0 || block.rest.ptr + block.rest.len == data + size);
        text = block.rest;
    }
}
