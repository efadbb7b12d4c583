/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

static const cli_command commands[] = {
    {"sign", cmd_sign, "sign files"},
    {"verify", cmd_verify, "check the signature of a file, and say whose it is"},
    {"trust", cmd_trust, "say whose signatures are good"},
    {"token", cmd_token, "make, check and explain tokens"},
    {"capability", cmd_capability, "name what tokens allow"},
    {"identity", cmd_identity, "say for whom a token or certificate speaks"},
    {"proof", cmd_proof, "prove to a service, for one request, that you have your key"},
    {"curl", cmd_curl, "run curl with such a proof"},
    {"session", cmd_session, "obtain a token of minutes, for programs that sign requests"},
    {"explain", cmd_explain, "say why a service refuses a request"},
    {"policy", cmd_policy, "say who may have certificates"},
    {"bundle", cmd_bundle, "look at a revocation bundle, and check it"},
    {"lock", cmd_lock, "forget the passphrase now"},
    {"doctor", cmd_doctor, "find what is wrong, and the command that mends it"},
    {"export-ca", cmd_export_ca, "print a certificate of your key, for other programs"},
    {"export-key", cmd_export_key, "print your public key as PEM"},
    {"export-key-id", cmd_export_key_id, "print your key id"},
    {"version", cmd_version, "print the version"},
    {"help", cmd_help, "explain a command"},
    {NULL, NULL, NULL},
};

static const char usage[] =
    "usage: signet [--home DIR] COMMAND [OPTION...]\n"
    "\n"
    "Sign files with keys that live for one signature, and check who signed.\n"
    "\n"
    "      --home DIR  where keys and configuration are; default: ~/.signet\n"
    "      --version   print the version\n"
    "      --help      show this\n"
    "\n";

static const char usage_end[] =
    "\n"
    "signet help COMMAND explains a command; signet-git(1) signs commits.\n"
    "example: signet sign --init && signet sign release.tar.gz && signet verify release.tar.gz\n";

static const char usage_of_help[] = "usage: signet help [COMMAND]\n"
                                    "\n"
                                    "Explain a command.\n"
                                    "\n"
                                    "      --help  show this\n"
                                    "\n"
                                    "example: signet help verify\n";

static const char usage_of_version[] = "usage: signet version\n"
                                       "\n"
                                       "Print the version.\n"
                                       "\n"
                                       "      --help  show this\n"
                                       "\n"
                                       "example: signet version\n";

const char *home_before_command;

bool
command_home(const char *given, home *ret_home, signet_error *err)
{
    return home_open(given ? given : home_before_command, ret_home, err);
}

int
command_options(int argc, char **argv, const struct option *options, const command_option *targets)
{
    int option;

    while ((option = cli_next_option(argc, argv, ":", options)) != -1) {
        const command_option *target = targets;

        while (target->option != 0 && target->option != option)
            target++;
        if (target->option == 0)
            return option;
        if (target->text)
            *target->text = optarg ? optarg : ""; /* an argument that may be left out */
        else
            *target->flag = true;
    }
    return -1;
}

static int
overview(void)
{
    (void)fputs(usage, stdout);
    cli_list(stdout, commands);
    (void)fputs(usage_end, stdout);
    return CLI_OK;
}

static int
run(int argc, char **argv)
{
    const cli_command *command = cli_find(commands, argv[0]);

    optind = 0; /* GNU: scan anew, from argv[1] of the command */
    if (command)
        return command->run(argc, argv);
    return cli_misused_because(usage, "unknown command %s", argv[0]);
}

/* The options of a command that has none but --help. */
static int
only_help(int argc, char **argv, const char *text, bool *ret_is_done)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    int option = cli_next_option(argc, argv, ":", options);

    *ret_is_done = option != -1;
    if (option == OPTION_HELP)
        return cli_help(text);
    return option == -1 ? CLI_OK : cli_misused_option(option, argv, text);
}

int
cmd_help(int argc, char **argv)
{
    static char help[] = "--help";
    bool is_done = false;
    int status = only_help(argc, argv, usage_of_help, &is_done);

    if (is_done)
        return status;
    if (optind == argc)
        return overview();
    return run(2, (char *[]){argv[optind], help, NULL});
}

int
cmd_version(int argc, char **argv)
{
    bool is_done = false;
    int status = only_help(argc, argv, usage_of_version, &is_done);

    if (is_done)
        return status;
    if (optind < argc)
        return cli_misused(usage_of_version);
    (void)printf("signet version %s\n", signet_version());
    return CLI_OK;
}

static int
start(int argc, char **argv)
{
    static const struct option options[] = {
        {"home", required_argument, NULL, OPTION_HOME},
        {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = cli_next_option(argc, argv, "+:hV", options)) != -1) {
        switch (option) {
        case OPTION_HOME:
            home_before_command = optarg;
            break;
        case OPTION_HELP:
        case 'h':
            return overview();
        case 'V':
            (void)printf("signet version %s\n", signet_version());
            return CLI_OK;
        default:
            return cli_misused_option(option, argv, usage);
        }
    }
    if (optind == argc)
        return cli_misused(usage);
    return run(argc - optind, argv + optind);
}

int
main(int argc, char **argv)
{
    cli_start("signet");
    return cli_end(start(argc, argv));
}
