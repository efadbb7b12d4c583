/* SPDX-License-Identifier: Apache-2.0 */
/* Cells and chains of the wire harness's Ed25519 keys. */
#ifndef SG_TESTS_CELLS_H
#define SG_TESTS_CELLS_H

#include "wire.h"

/** One cell; owner and signer are the bytes of seeds.  A list is texts with blanks between, NULL:
 * null. */
typedef struct {
    const char *resource;
    uint8_t owner, signer;
    const char *allow, *deny;
} cell_row;

/** The bytes of a chain, kept until the program ends. */
signet_slice cells_chain(const cell_row *rows, size_t count);

/** The bytes of one cell without the array around it. */
signet_slice cells_cell(const cell_row *row);

#endif
