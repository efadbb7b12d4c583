/* SPDX-License-Identifier: Apache-2.0 */
/* The commands about one's own key: init, export-key-id, export-bridge-cert. */

#include "commands.h"
#include "common/identity.h"

enum { BRIDGE_DAYS_MAX = 3650 };

static const char init_usage[] =
    "usage: signet-git init [OPTION...]\n"
    "\n"
    "Make your key, protected by a passphrase, and trust it. With --email, make a certificate\n"
    "that puts your address into each signature too; when there is a key already, only that.\n"
    "\n"
    "      --email ADDRESS            your address\n"
    "      --bridge-validity-days N   how long the e-mail certificate lives; default: 365\n"
    "      --algorithm NAME           ed25519 (default) or hybrid: a second signature with\n"
    "                                 ML-DSA-44\n"
    "      --insecure                 store the key without passphrase\n"
    "      --force                    replace an existing key; it is kept as master.key.old\n"
    "      --home DIR                 where to put all this\n"
    "\n"
    "example:     signet-git init --email you@example.com\n";

static bool
take_algorithm(const char *name, identity_init_options *options, signet_error *err)
{
    if (!identity_algorithm_parse(name, &options->algorithm, err))
        return false;
    return options->algorithm != IDENTITY_MLDSA44 ||
           signet_fail(err, SIGNET_E_USAGE,
               "git signing requires Ed25519: --algorithm is ed25519 or hybrid; signet sign --init "
               "makes an ML-DSA-44 key");
}

static int
init(const char *given_home, const identity_init_options *options)
{
    SIGNET_AUTO(home_free) home config = {0};
    signet_error err = {0};

    if (!home_open(given_home, &config, &err) || !identity_init(&config, options, cli_now(), &err))
        return cli_failed(NULL, &err);
    (void)fflush(stdout);
    cli_hint("next: signet-git config --global, and git commit -S");
    return CLI_OK;
}

int
cmd_init(int argc, char **argv)
{
    static const struct option words[] = {
        {"email", required_argument, NULL, 'e'},
        {"bridge-validity-days", required_argument, NULL, 'd'},
        {"algorithm", required_argument, NULL, 'a'},
        {"insecure", no_argument, NULL, 'i'},
        {"force", no_argument, NULL, 'f'},
        {"home", required_argument, NULL, 'H'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    identity_init_options options = {0};
    const char *given_home = NULL;
    signet_error err = {0};
    int option = 0;

    while ((option = cli_next_option(argc, argv, ":h", words)) != -1) {
        switch (option) {
        case 'e':
            options.email = optarg;
            break;
        case 'd':
            if (!cli_parse_number("--bridge-validity-days", optarg, 1, BRIDGE_DAYS_MAX,
                    &options.bridge_days, &err))
                return cli_failed(NULL, &err);
            break;
        case 'a':
            if (!take_algorithm(optarg, &options, &err))
                return cli_failed(NULL, &err);
            break;
        case 'i':
            options.insecure = true;
            break;
        case 'f':
            options.force = true;
            break;
        case 'H':
            given_home = optarg;
            break;
        case 'h':
            return cli_help(init_usage);
        default:
            return cli_misused_option(option, argv, init_usage);
        }
    }
    if (optind < argc)
        return cli_misused_because(init_usage, "unexpected word %s", argv[optind]);
    return init(given_home, &options);
}

/** An export has no options but --home.  False: `ret_status` is the exit status already. */
static bool
read_export_words(int argc, char **argv, const char *usage, const char **ret_home, int *ret_status)
{
    static const struct option words[] = {
        {"home", required_argument, NULL, 'H'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option = 0;

    *ret_status = CLI_OK;
    while ((option = cli_next_option(argc, argv, ":h", words)) != -1) {
        if (option == 'H') {
            *ret_home = optarg;
            continue;
        }
        *ret_status = option == 'h' ? cli_help(usage) : cli_misused_option(option, argv, usage);
        return false;
    }
    if (optind == argc)
        return true;
    *ret_status = cli_misused_because(usage, "unexpected word %s", argv[optind]);
    return false;
}

static bool
write_key_id(const home *config, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = identity_public(config, &signet_ed25519, err);
    return key && signet_key_write_id(key, out, err) &&
           signet_buf_append(out, signet_slice_text("\n"), err);
}

typedef bool (*export_function)(const home *config, signet_buf *out, signet_error *err);

static int
export_text(int argc, char **argv, const char *usage, export_function write)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    const char *given_home = NULL;
    signet_error err = {0};
    int status = CLI_OK;

    if (!read_export_words(argc, argv, usage, &given_home, &status))
        return status;
    if (!home_open(given_home, &config, &err) || !write(&config, &text, &err))
        return cli_failed(NULL, &err);
    (void)fwrite(text.data, 1, text.len, stdout);
    return CLI_OK;
}

int
cmd_export_key_id(int argc, char **argv)
{
    static const char usage[] =
        "usage: signet-git export-key-id [--home DIR]\n"
        "\n"
        "Print the id of your key, the raw public key in hex, for git's user.signingKey. Needs no\n"
        "passphrase.\n"
        "\n"
        "example:     git config --global user.signingKey \"$(signet-git export-key-id)\"\n";

    return export_text(argc, argv, usage, write_key_id);
}

int
cmd_export_bridge_cert(int argc, char **argv)
{
    static const char usage[] =
        "usage: signet-git export-bridge-cert [--home DIR]\n"
        "\n"
        "Print your e-mail certificate, PEM, as signet-git init --email made it.\n"
        "\n"
        "example:     signet-git export-bridge-cert > bridge.pem\n";

    return export_text(argc, argv, usage, identity_bridge_certificate);
}
