/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

static const char usage[] =
    "usage: signet token COMMAND [OPTION...]\n"
    "\n"
    "Make, check and look at tokens: what somebody may do, signed, for minutes.\n"
    "\n";

static const char usage_end[] =
    "\n"
    "      --help  show this; of a command: signet token COMMAND --help\n"
    "\n"
    "example:     signet token mint --issuer me --audience api --capability read \\\n"
    "                 --ephemeral session.pem |\n"
    "             signet token verify --issuer me --audience api --key own\n";

static const cli_command commands[] = {
    {"mint", cmd_token_mint, "make a token and sign it"},
    {"verify", cmd_token_verify, "check a token, and say what it says"},
    {"inspect", cmd_token_inspect, "explain anything of Signet's, without believing it"},
    {NULL, NULL, NULL},
};

static int
overview(void)
{
    (void)fputs(usage, stdout);
    cli_list(stdout, commands);
    (void)fputs(usage_end, stdout);
    return CLI_OK;
}

int
cmd_token(int argc, char **argv)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const cli_command *command = NULL;
    int option = cli_next_option(argc, argv, "+:", options);

    if (option == OPTION_HELP)
        return overview();
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (optind == argc)
        return cli_misused(usage);
    command = cli_find(commands, argv[optind]);
    if (!command)
        return cli_misused_because(usage, "unknown command: token %s", argv[optind]);
    argc -= optind;
    argv += optind;
    optind = 0; /* GNU: scan anew */
    return command->run(argc, argv);
}
