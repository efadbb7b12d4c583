/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-git: what git runs as gpg.x509.program, and a few commands for people.
 *
 * A command is the first word (options of ours, --home, may stand before it) and only that; git
 * always begins with an option, so a key id that reads "init" is no danger.
 */
#include <string.h>

#include "commands.h"

static const cli_command commands[] = {
    {"init", cmd_init, "make your key, and on request an e-mail certificate"},
    {"config", cmd_config, "make git use this program"},
    {"verify", cmd_verify, "judge the signatures of commits and tags, many at once"},
    {"export-key-id", cmd_export_key_id, "print the id for user.signingKey"},
    {"export-bridge-cert", cmd_export_bridge_cert, "print your e-mail certificate"},
    {NULL, NULL, NULL},
};

static const char usage[] =
    "usage: signet-git COMMAND [ARGUMENT...]\n"
    "       signet-git [--status-fd N] -bsau KEY             (as git calls it, to sign)\n"
    "       signet-git [--status-fd N] --verify FILE [DATA]  (as git calls it, to verify)\n"
    "\n"
    "Sign git commits and tags with your Signet key: each signature has a certificate of its\n"
    "own, which lives five minutes.\n"
    "\n";

static const char more[] =
    "\n"
    "      --home DIR  where your keys are; default: $SIGNET_HOME or ~/.signet\n"
    "      --version   print the version\n"
    "  -h, --help      print this help; signet-git COMMAND --help tells more\n"
    "\n"
    "exit status: 0 good, 1 not good or refused, 2 misused or could not tell\n"
    "example:     signet-git init && signet-git config --global && git commit -S\n";

static int
help(void)
{
    fputs(usage, stdout);
    cli_list(stdout, commands);
    fputs(more, stdout);
    return CLI_OK;
}

/** `signet-git help [COMMAND]` */
static int
cmd_help(int argc, char **argv)
{
    char option[] = "--help";
    char *words[] = {NULL, option, NULL};
    const cli_command *command = NULL;

    if (argc < 2)
        return help();
    command = cli_find(commands, argv[1]);
    if (!command)
        return cli_misused(usage);
    words[0] = argv[1];
    return command->run(2, words);
}

static int
misused(const char *what, const char *word)
{
    fprintf(stderr, "signet-git: %s", what);
    cli_print_plain(stderr, "%s", word ? word : "");
    fputs("; signet-git --help tells more\n", stderr);
    return CLI_FAILED;
}

/** What the options ask for when there is no command. */
static int
run_for_git(int argc, char **argv)
{
    git_options options = {0};
    signet_error err = {0};
    bool is_signing = false;

    if (!git_options_read(argc, argv, &options, &err))
        return misused(err.message, NULL);
    is_signing = options.sign || options.detach;
    if (options.help)
        return help();
    if (options.version) {
        printf("signet-git %s\n", signet_version());
        return CLI_OK;
    }
    if (options.verify && options.verify[0]) {
        if (is_signing)
            return misused("signing and --verify exclude each other", NULL);
        if (options.word_count > 1)
            return misused("--verify takes one file of data", NULL);
        return git_verify(&options);
    }
    if (is_signing)
        return git_sign(&options);
    if (options.word_count > 0)
        return misused("there is no command ", options.data);
    return help();
}

/** The index of the command's word: behind --home DIR or --home=DIR; 0: there is none. */
static int
command_index(int argc, char **argv)
{
    int index = 1;

    while (index < argc && strncmp(argv[index], "--home", 6) == 0 &&
           (argv[index][6] == 0 || argv[index][6] == '='))
        index += argv[index][6] == 0 ? 2 : 1;
    return index < argc && argv[index][0] != '-' ? index : 0;
}

/** Give the command a --home that stood before it: turn the words so that its name comes first. */
static int
run_command(const cli_command *command, int argc, char **argv, int index)
{
    char *name = argv[index];

    memmove(argv + 2, argv + 1, (size_t)(index - 1) * sizeof(*argv));
    argv[1] = name;
    return command->run(argc - 1, argv + 1);
}

static int
run(int argc, char **argv)
{
    int index = command_index(argc, argv);
    const cli_command *command = index > 0 ? cli_find(commands, argv[index]) : NULL;

    if (command)
        return run_command(command, argc, argv, index);
    if (index == 1 && strcmp(argv[1], "help") == 0)
        return cmd_help(argc - 1, argv + 1);
    return run_for_git(argc, argv);
}

int
main(int argc, char **argv)
{
    cli_start("signet-git");
    return cli_end(run(argc, argv));
}
