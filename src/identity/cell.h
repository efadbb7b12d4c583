/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_IDENTITY_CELL_H
#define SG_IDENTITY_CELL_H

#include <signet/identity.h>

/** Whether the owner of the raw key `signer` signed a cell.  SIGNET_E_SIGNATURE. */
bool sg_cell_check_signature(const signet_cell *cell, signet_slice signer, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
