/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TOOLS_GIT_REPOSITORY_H
#define SG_TOOLS_GIT_REPOSITORY_H

#include <signet/base.h>

/**
 * Append the path of the work tree around the working directory, with a terminator: the nearest
 * directory upwards that holds `.git`.  False when there is none.  No git process is asked.
 */
bool repository_find(signet_buf *out) SIGNET_MUST_CHECK;

#endif
