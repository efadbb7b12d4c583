/* SPDX-License-Identifier: Apache-2.0 */
/* PEM (RFC 7468): strict on the way out, on the way in one block without headers. */
#ifndef SG_CODEC_PEM_H
#define SG_CODEC_PEM_H

#include <signet/base.h>

enum { SG_PEM_LABEL_MAX = 64 };

/** One block of a text: what it is called, its bytes, and the text after it. */
typedef struct {
    char label[SG_PEM_LABEL_MAX + 1];
    signet_buf bytes;
    signet_slice rest; /* borrowed from the text */
} sg_pem_block;

/** Append a block: lines of 64 characters, LF, a final newline, no headers. */
bool sg_pem_write(signet_buf *out, const char *label, signet_slice bytes, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * The first block of `text`.  Text before it is skipped; CR LF is read as LF; blank lines inside
 * are skipped; headers, other white space and a label that differs at the end are refused.
 * SIGNET_E_NOT_FOUND when there is no `-----BEGIN` line, SIGNET_E_DECODE when the block is broken.
 * `ret_block` is written only on success, and freed with sg_pem_block_free().
 */
bool sg_pem_read(signet_slice text, sg_pem_block *ret_block, signet_error *err) SIGNET_MUST_CHECK;

void sg_pem_block_free(sg_pem_block *block);

__attribute__((unused)) static inline void
sg_pem_block_free_auto(sg_pem_block *block)
{
    sg_pem_block_free(block);
}

#endif
