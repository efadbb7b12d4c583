/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passphrases: from the descriptor that SIGNET_PASSPHRASE_FD names, else from the terminal, without
 * echo.  Never from an argument, a variable or standard input as such.
 */
#ifndef SG_TOOLS_PROMPT_H
#define SG_TOOLS_PROMPT_H

#include <signet/signet.h>

/** A signet_ask_passphrase; `context` is not used. */
bool prompt_passphrase(void *context, const char *path, unsigned attempt,
    signet_buf *ret_passphrase, signet_error *err) SIGNET_MUST_CHECK;

/** Ask for a new passphrase, twice on a terminal. */
bool prompt_new_passphrase(const char *path, signet_buf *ret_passphrase, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
