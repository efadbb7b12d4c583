/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_KEYSTORE_KEYSTORE_H
#define SG_KEYSTORE_KEYSTORE_H

#include "keystore/keyfile.h"

/** signet_keystore_create() with another cost than the usual one; tests have no second to spare. */
bool sg_keystore_create(const signet_keystore_options *options,
    const signet_keystore_new_keys *wanted, const sg_keyfile_cost *cost, signet_error *err)
    SIGNET_MUST_CHECK;

enum { SG_KEYRING_NAME_SIZE = 7 + 64 + 1 };

/** Under which name the kernel keeps what unlocks a file: "signet:" and a hash of its header. */
void sg_keystore_keyring_name(const sg_keyfile *file, char ret_name[SG_KEYRING_NAME_SIZE]);

#endif
