/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "identity_show.h"

static const char usage[] =
    "usage: signet identity show --issuer NAME --key KEY --audience NAME [OPTION...] [FILE]\n"
    "       signet identity show --key KEY [OPTION...] CERT\n"
    "       signet identity show --unverified [OPTION...] [FILE]\n"
    "\n"
    "Say for whom a token (SIG1, in FILE or on standard input) or a certificate speaks, after\n"
    "verifying it.  KEY is a public key: its id, a file, or own for your own.\n"
    "\n"
    "      --issuer NAME        the token must be of this issuer\n"
    "      --key KEY            the key of that issuer, or of the issuer of the certificate\n"
    "      --is-master          the token must also be bound to that key (cnf)\n"
    "      --audience NAME      the token must be for this audience: you\n"
    "      --allow-no-audience  it may be for nobody in particular\n"
    "      --unverified         show what it claims, whoever made it\n"
    "      --root KEY           who may begin a chain of cells; may be repeated\n"
    "      --secret-fd N        descriptor with the secret of pseudonyms, 16 bytes or more\n"
    "      --reference          as the reference does it: pseudonyms need no secret\n"
    "      --accept LIST        algorithms: ed25519, es256, ml-dsa-44; default: ed25519\n"
    "      --skew SECONDS       tolerance of times, 0 to 60; default: 0\n"
    "      --at TIME            judge as of 2026-11-25T02:00:00Z or @SECONDS; default: now\n"
    "      --home DIR           where keys and configuration are; default: ~/.signet\n"
    "      --json               report as JSON\n"
    "      --help               show this\n"
    "\n"
    "exit status: 0 shown, 1 refused, 2 could not tell\n"
    "example:     signet identity show --key ca.pub --reference cert.pem\n";

enum {
    SET_ISSUER = OPTION_JSON + 1,
    SET_KEY,
    SET_IS_MASTER,
    SET_AUDIENCE,
    SET_NO_AUDIENCE,
    SET_UNVERIFIED,
    ADD_ROOT,
    SET_SECRET,
    SET_REFERENCE,
    SET_ACCEPT,
    SET_SKEW,
    SET_AT,
};

static int
read_options(int argc, char **argv, identity_order *order, const char **ret_home, signet_error *err)
{
    static const struct option options[] = {
        {"issuer", required_argument, NULL, SET_ISSUER},
        {"key", required_argument, NULL, SET_KEY},
        {"is-master", no_argument, NULL, SET_IS_MASTER},
        {"audience", required_argument, NULL, SET_AUDIENCE},
        {"allow-no-audience", no_argument, NULL, SET_NO_AUDIENCE},
        {"unverified", no_argument, NULL, SET_UNVERIFIED},
        {"root", required_argument, NULL, ADD_ROOT},
        {"secret-fd", required_argument, NULL, SET_SECRET},
        {"reference", no_argument, NULL, SET_REFERENCE},
        {"accept", required_argument, NULL, SET_ACCEPT},
        {"skew", required_argument, NULL, SET_SKEW},
        {"at", required_argument, NULL, SET_AT},
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const command_option targets[] = {
        {SET_ISSUER, &order->token.issuer, NULL},
        {SET_KEY, &order->token.key, NULL},
        {SET_IS_MASTER, NULL, &order->token.is_master},
        {SET_AUDIENCE, &order->token.audience, NULL},
        {SET_NO_AUDIENCE, NULL, &order->token.allow_no_audience},
        {SET_UNVERIFIED, NULL, &order->is_unverified},
        {SET_SECRET, &order->secret_fd, NULL},
        {SET_REFERENCE, NULL, &order->as_reference},
        {SET_ACCEPT, &order->token.accept, NULL},
        {SET_SKEW, &order->token.skew, NULL},
        {SET_AT, &order->token.at, NULL},
        {OPTION_HOME, ret_home, NULL},
        {OPTION_JSON, NULL, &order->json},
        {0, NULL, NULL},
    };
    int option = 0;

    while ((option = command_options(argc, argv, options, targets)) == ADD_ROOT) {
        if (order->root_count == IDENTITY_ROOTS_MAX)
            signet_error_set(err, SIGNET_E_USAGE, "--root: at most %d times", IDENTITY_ROOTS_MAX);
        else
            order->roots[order->root_count++] = optarg;
    }
    return option;
}

static const char *
contradiction(const identity_order *order, int words)
{
    if (words > 1)
        return "one token or certificate is shown at a time";
    if (order->is_unverified && (order->token.key || order->token.issuer || order->token.audience ||
                                    order->token.is_master || order->token.allow_no_audience))
        return "--unverified believes anybody; a key or issuer would not be looked at";
    if (!order->is_unverified && !order->token.key)
        return "say whose word it must be with --key KEY, or --unverified";
    return NULL;
}

static int
show(int argc, char **argv)
{
    SIGNET_AUTO(home_free) home config = {0};
    identity_order order = {.config = &config};
    const char *directory = NULL, *problem = NULL;
    signet_error err = {0};
    int option = read_options(argc, argv, &order, &directory, &err);

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    problem = err.code != SIGNET_OK ? err.message : contradiction(&order, argc - optind);
    if (problem)
        return cli_misused_because(usage, "%s", problem);
    if (!token_order_rules(&order.token, &order.rules, &err))
        return err.code == SIGNET_E_USAGE ? cli_misused_because(usage, "%s", err.message)
                                          : cli_failed(NULL, &err);
    if (!command_home(directory, &config, &err))
        return cli_failed(NULL, &err);
    order.path = optind < argc ? argv[optind] : NULL;
    return identity_show(&order);
}

int
cmd_identity(int argc, char **argv)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    int option = cli_next_option(argc, argv, "+:", options);

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (optind == argc)
        return cli_misused(usage);
    if (strcmp(argv[optind], "show") != 0)
        return cli_misused_because(usage, "unknown command: identity %s", argv[optind]);
    argc -= optind;
    argv += optind;
    optind = 0; /* GNU: scan anew */
    return show(argc, argv);
}
