/* SPDX-License-Identifier: Apache-2.0 */
/* Examples in docs/formats, so that tests can hold them against what the code makes. */
#ifndef SG_TESTS_DOCUMENT_H
#define SG_TESTS_DOCUMENT_H

#include "harness.h"

/**
 * The bytes of a block that opens with "```hex NAME": each line is hex digits, and two spaces and a
 * comment behind them.  LEAF stands for `leaf`.
 */
signet_slice document_hex(const char *path, const char *name, signet_slice leaf);

/** The lines of a block that opens with "```text NAME", joined without their ends. */
signet_slice document_text(const char *path, const char *name);

#endif
