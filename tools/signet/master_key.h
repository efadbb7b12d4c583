/* SPDX-License-Identifier: Apache-2.0 */
/* The private key that tokens and proofs rest on: one's own, or one in a file. */
#ifndef SG_SIGNET_MASTER_KEY_H
#define SG_SIGNET_MASTER_KEY_H

#include <signet/signet.h>

/**
 * The key in `file`; without one, the own key of `algorithm`, or the first there is.  `given_home`
 * is the
 * --home of the command.  All may be NULL.  The caller frees it.
 */
signet_key *master_key_load(const char *file, const char *algorithm, const char *given_home,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
