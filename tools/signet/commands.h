/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of `signet`; each has a file of its own, and main.c the table. */
#ifndef SG_SIGNET_COMMANDS_H
#define SG_SIGNET_COMMANDS_H

#include "common/cli.h"
#include "common/home.h"

/** Options that several commands have, as values of getopt_long(); above every character. */
enum { OPTION_HELP = 256, OPTION_HOME, OPTION_JSON };

int cmd_sign(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_trust(int argc, char **argv);
int cmd_token(int argc, char **argv);
int cmd_token_mint(int argc, char **argv);
int cmd_token_verify(int argc, char **argv);
int cmd_token_inspect(int argc, char **argv);
int cmd_capability(int argc, char **argv);
int cmd_identity(int argc, char **argv);
int cmd_proof(int argc, char **argv);
int cmd_curl(int argc, char **argv);
int cmd_session(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_bundle(int argc, char **argv);
int cmd_lock(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_export_ca(int argc, char **argv);
int cmd_export_key(int argc, char **argv);
int cmd_export_key_id(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_help(int argc, char **argv);

/** Where the argument of an option goes, or that it was given; a table of them ends with zeros. */
typedef struct {
    int option;
    const char **text;
    bool *flag;
} command_option;

/** Read all options that have a target; the value of the first that has none, -1 behind the last.
 */
int command_options(
    int argc, char **argv, const struct option *options, const command_option *targets);

/** What stood before the command in --home, or NULL; a command's own --home wins. */
extern const char *home_before_command;

/** home_open() with the --home of the command, else that before it. */
bool command_home(const char *given, home *ret_home, signet_error *err) SIGNET_MUST_CHECK;

#endif
