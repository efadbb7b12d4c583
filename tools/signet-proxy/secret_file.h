/* SPDX-License-Identifier: Apache-2.0 */
/* The credential of the upstream. */
#ifndef SG_PROXY_SECRET_FILE_H
#define SG_PROXY_SECRET_FILE_H

#include <signet/base.h>

/**
 * Append the credential in `path`, trimmed, which nobody but its owner may read; SIGNET_E_USAGE for
 * a file that others can read, SIGNET_E_DECODE for what no field could carry.
 */
bool proxy_secret_read(const char *path, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** The same for a credential that was given as text. */
bool proxy_secret_take(const char *text, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

#endif
