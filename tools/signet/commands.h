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
int cmd_lock(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_export_ca(int argc, char **argv);
int cmd_export_key(int argc, char **argv);
int cmd_export_key_id(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_help(int argc, char **argv);

/** What stood before the command in --home, or NULL; a command's own --home wins. */
extern const char *home_before_command;

/** home_open() with the --home of the command, else that before it. */
bool command_home(const char *given, home *ret_home, signet_error *err) SIGNET_MUST_CHECK;

#endif
