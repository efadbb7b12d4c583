/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

static const char usage[] =
    "usage: signet lock [--home DIR]\n"
    "\n"
    "Make the kernel forget what unlocks your keys; the next signature asks for the passphrase.\n"
    "\n"
    "      --home DIR  where keys and configuration are; default: ~/.signet\n"
    "      --help      show this\n"
    "\n"
    "exit status: 0 locked, 2 could not\n"
    "example:     signet lock\n";

static int
lock(const char *directory)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_keystore_options options = {.accepted = signet_only_ed25519};
    signet_error err = {0};

    if (!command_home(directory, &config, &err))
        return cli_failed(NULL, &err);
    options.directory = config.key_directory;
    store = signet_keystore_open(&options, &err);
    if (!store)
        return cli_failed(NULL, &err);
    switch (signet_keystore_protection(store)) {
    case SIGNET_STORE_NONE:
        signet_error_set(&err, SIGNET_E_NOT_FOUND, "there is no key yet (signet sign --init)");
        return cli_failed(signet_keystore_path(store), &err);
    case SIGNET_STORE_PLAINTEXT:
        cli_warning("%s: has no passphrase; there is nothing to lock", signet_keystore_path(store));
        return CLI_OK;
    case SIGNET_STORE_ENCRYPTED:
        break;
    }
    if (!signet_keystore_lock(store, &err))
        return cli_failed(signet_keystore_path(store), &err);
    cli_success(stdout, "%s: locked", signet_keystore_path(store));
    return CLI_OK;
}

int
cmd_lock(int argc, char **argv)
{
    static const struct option options[] = {
        {"home", required_argument, NULL, OPTION_HOME},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const char *directory = NULL;
    int option;

    while ((option = cli_next_option(argc, argv, ":", options)) != -1) {
        if (option == OPTION_HELP)
            return cli_help(usage);
        if (option != OPTION_HOME)
            return cli_misused_option(option, argv, usage);
        directory = optarg;
    }
    if (optind < argc)
        return cli_misused(usage);
    return lock(directory);
}
