/* SPDX-License-Identifier: Apache-2.0 */
/* What signet-git can do; each function answers with an exit status. */
#ifndef SG_TOOLS_GIT_COMMANDS_H
#define SG_TOOLS_GIT_COMMANDS_H

#include "common/cli.h"
#include "options.h"

/** For git: sign standard input, the armour goes to standard output. */
int git_sign(const git_options *options);

/** For git: judge a signature file over standard input or a file. */
int git_verify(const git_options *options);

/** For people. */
int cmd_init(int argc, char **argv);
int cmd_export_key_id(int argc, char **argv);
int cmd_export_bridge_cert(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_config(int argc, char **argv);

#endif
