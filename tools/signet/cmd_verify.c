/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "verify.h"

static const char usage[] =
    "usage: signet verify [OPTION...] FILE [SIGNATURE]\n"
    "       signet verify --cert CERT [--ca FILE]\n"
    "\n"
    "Check the signature of FILE (- is standard input), in SIGNATURE or FILE.sig, and say whose "
    "it\n"
    "is.  Judged at its signing time, by your own key and those in your trusted_signers.\n"
    "\n"
    "      --at TIME         judge as if signed at TIME: 2026-11-25, 2026-11-25T02:00:00Z or\n"
    "                        @SECONDS\n"
    "      --require WHAT    hybrid, ed25519 or ml-dsa-44 must have signed; default: what the\n"
    "                        signer's line asks for\n"
    "      --signer NAME     it must be this signer\n"
    "      --trust FILE      trust the signers in FILE too\n"
    "      --key KEY         trust this key and no other: a key id, or a file with a public key\n"
    "      --ca FILE         trust the certificates in FILE (PEM) and no other; signatures of "
    "other\n"
    "                        programs need it\n"
    "      --cert CERT       check a client certificate (PEM) instead; --ca is then ca.pem of "
    "home\n"
    "      --home DIR        where keys and configuration are; default: ~/.signet\n"
    "      --json            report everything as JSON\n"
    "      --help            show this\n"
    "\n"
    "exit status: 0 good, 1 not good, 2 could not tell\n"
    "example:     signet verify --signer alice@example.com release.tar.gz\n";

enum { SET_AT = OPTION_JSON + 1, SET_REQUIRE, SET_SIGNER, ADD_TRUST, ADD_KEY, SET_CA, SET_CERT };

typedef struct {
    verify_order order;
    const char *home, *cert;
} choices;

static bool
parse_requirement(const char *name, signet_requirement *ret_requirement, signet_error *err)
{
    static const struct {
        const char *name;
        signet_requirement requirement;
    } names[] = {
        {"hybrid", SIGNET_REQUIRE_HYBRID},
        {"ed25519", SIGNET_REQUIRE_ED25519},
        {"ml-dsa-44", SIGNET_REQUIRE_MLDSA44},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *ret_requirement = names[i].requirement;
            return true;
        }
    }
    return signet_fail(
        err, SIGNET_E_USAGE, "--require is hybrid, ed25519 or ml-dsa-44, not '%s'", name);
}

static bool
add(const char **list, size_t *count, const char *what, const char *value, signet_error *err)
{
    if (*count == VERIFY_KEYS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%s: at most %d times", what, VERIFY_KEYS_MAX);
    list[(*count)++] = value;
    return true;
}

static bool
take_option(int option, choices *given, signet_error *err)
{
    verify_order *order = &given->order;

    switch (option) {
    case SET_AT:
        order->rules.has_at = true;
        if (signet_time_parse(signet_slice_text(optarg), &order->rules.at, err))
            return true;
        err->code = SIGNET_E_USAGE;
        signet_error_prefix(err, "--at");
        return false;
    case SET_REQUIRE:
        return parse_requirement(optarg, &order->rules.require, err);
    case SET_SIGNER:
        order->rules.signer = optarg;
        return true;
    case ADD_TRUST:
        return add(order->trust_paths, &order->trust_count, "--trust", optarg, err);
    case ADD_KEY:
        return add(order->keys, &order->key_count, "--key", optarg, err);
    case SET_CA:
        order->ca_path = optarg;
        return true;
    case SET_CERT:
        given->cert = optarg;
        return true;
    case OPTION_HOME:
        given->home = optarg;
        return true;
    default:
        order->json = true;
        return true;
    }
}

static int
verify(const choices *given, char *const *paths, size_t count)
{
    SIGNET_AUTO(home_free) home config = {0};
    verify_order order = given->order;
    signet_error err = {0};

    if (!command_home(given->home, &config, &err))
        return cli_failed(NULL, &err);
    if (given->cert)
        return verify_certificate(&config, given->cert, order.ca_path,
            order.rules.has_at ? order.rules.at : cli_now(), order.json);
    order.config = &config;
    order.path = paths[0];
    order.signature_path = count > 1 ? paths[1] : NULL;
    return verify_file(&order);
}

static const char *
contradiction(const choices *given, char *const *paths, size_t count)
{
    if (given->cert)
        return count > 0 ? "--cert checks a certificate and no file" : NULL;
    if (count == 0)
        return "a file to verify is missing";
    if (count > 2)
        return "one file and its signature are verified at a time";
    if (strcmp(paths[0], "-") == 0 && (count == 1 || strcmp(paths[1], "-") == 0))
        return "content from standard input needs the name of its signature";
    if (given->order.key_count > 0 && given->order.ca_path)
        return "--key and --ca name the only trust there is; give one of them";
    return NULL;
}

int
cmd_verify(int argc, char **argv)
{
    static const struct option options[] = {
        {"at", required_argument, NULL, SET_AT},
        {"require", required_argument, NULL, SET_REQUIRE},
        {"signer", required_argument, NULL, SET_SIGNER},
        {"trust", required_argument, NULL, ADD_TRUST},
        {"key", required_argument, NULL, ADD_KEY},
        {"ca", required_argument, NULL, SET_CA},
        {"cert", required_argument, NULL, SET_CERT},
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    choices given = {0};
    signet_error err = {0};
    const char *problem = NULL;
    int option;

    while ((option = cli_next_option(argc, argv, ":", options)) != -1) {
        if (option == OPTION_HELP)
            return cli_help(usage);
        if (option < OPTION_HELP)
            return cli_misused_option(option, argv, usage);
        if (!take_option(option, &given, &err))
            return cli_misused_because(usage, "%s", err.message);
    }
    problem = contradiction(&given, argv + optind, (size_t)(argc - optind));
    if (problem)
        return cli_misused_because(usage, "%s", problem);
    return verify(&given, argv + optind, (size_t)(argc - optind));
}
