/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A short memory that outlives a process: what unlocks a store is kept outside of all processes,
 * for the same user only, and forgotten after a while.  One file per platform.  It is a comfort:
 * where it does not work, the passphrase is asked each time.
 */
#ifndef SG_KEYSTORE_KEYRING_H
#define SG_KEYSTORE_KEYRING_H

#include <signet/base.h>

/** Keep `secret` under `name` for that many seconds; false when it cannot be kept. */
bool sg_keyring_keep(const char *name, signet_slice secret, int64_t seconds);

/** Write the `size` bytes kept under `name`; false when there is nothing of that size. */
bool sg_keyring_find(const char *name, uint8_t *ret_secret, size_t size);

/** Forget.  True also when there was nothing. */
bool sg_keyring_forget(const char *name, signet_error *err) SIGNET_MUST_CHECK;

/** NULL when it works here, else why not. */
const char *sg_keyring_problem(void);

#endif
