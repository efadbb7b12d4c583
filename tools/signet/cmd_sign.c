/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "commands.h"
#include "sign.h"

static const char usage[] =
    "usage: signet sign [OPTION...] FILE...\n"
    "       signet sign --init [--algorithm NAME] [--force] [--insecure]\n"
    "\n"
    "Sign files: FILE.sig gets a detached CMS signature by a key that lives for this one "
    "signature,\n"
    "under a certificate of five minutes, issued by your master key.  FILE may be - for standard\n"
    "input; its signature goes to standard output.\n"
    "\n"
    "  -o, --output FILE         where the signature goes, - is standard output; for one FILE\n"
    "      --algorithm NAME      ed25519, ml-dsa-44 or hybrid (both); default: config.json, else\n"
    "                            what the keys you have can do\n"
    "  -f, --format FORMAT       pem (default), der, or raw-mldsa: the bare ML-DSA-44 signature\n"
    "                            of the master key (cms is der, raw is raw-mldsa if possible)\n"
    "      --signer-module NAME  where the signing key is made: software\n"
    "      --init                make the master key instead of signing\n"
    "      --force               with --init: replace the key there is (kept as master.key.old)\n"
    "      --insecure            with --init: no passphrase, the key can be read in its file\n"
    "      --home DIR            where keys and configuration are; default: ~/.signet\n"
    "      --json                report as JSON\n"
    "      --help                show this\n"
    "\n"
    "exit status: 0 all signed, 1 refused, 2 could not; of several files the worst\n"
    "example:     signet sign --algorithm hybrid release.tar.gz\n";

typedef struct {
    const char *algorithm, *format, *output, *home, *module;
    bool init, force, insecure, json;
} choices;

enum { SET_ALGORITHM = OPTION_JSON + 1, SET_MODULE, SET_INIT, SET_FORCE, SET_INSECURE };

/* The value of the last option, or -1 when all are read. */
static int
read_options(int argc, char **argv, choices *given)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"algorithm", required_argument, NULL, SET_ALGORITHM},
        {"format", required_argument, NULL, 'f'},
        {"signer-module", required_argument, NULL, SET_MODULE},
        {"init", no_argument, NULL, SET_INIT},
        {"force", no_argument, NULL, SET_FORCE},
        {"insecure", no_argument, NULL, SET_INSECURE},
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const struct {
        int option;
        const char **text;
        bool *flag;
    } targets[] = {
        {'o', &given->output, NULL},
        {SET_ALGORITHM, &given->algorithm, NULL},
        {'f', &given->format, NULL},
        {SET_MODULE, &given->module, NULL},
        {OPTION_HOME, &given->home, NULL},
        {SET_INIT, NULL, &given->init},
        {SET_FORCE, NULL, &given->force},
        {SET_INSECURE, NULL, &given->insecure},
        {OPTION_JSON, NULL, &given->json},
    };
    int option;

    while ((option = cli_next_option(argc, argv, ":o:f:", options)) != -1) {
        size_t i = 0;

        while (i < sizeof(targets) / sizeof(targets[0]) && targets[i].option != option)
            i++;
        if (i == sizeof(targets) / sizeof(targets[0]))
            return option;
        if (targets[i].text)
            *targets[i].text = optarg;
        else
            *targets[i].flag = true;
    }
    return -1;
}

static int
init(const choices *given, const home *config)
{
    identity_init_options wanted = {.force = given->force, .insecure = given->insecure};
    const char *algorithm = given->algorithm ? given->algorithm : config->algorithm;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf id = {0};
    const pki_functions *pki = NULL;
    signet_error err = {0};

    if (algorithm && !identity_algorithm_parse(algorithm, &wanted.algorithm, &err))
        return cli_failed("--algorithm", &err);
    if (!identity_init(config, &wanted, cli_now(), &err))
        return cli_failed("initialization failed", &err);
    if (wanted.algorithm == IDENTITY_MLDSA44)
        pki = pki_load(&err);
    key = identity_public(config, pki ? pki->mldsa44 : &signet_ed25519, &err);
    if (!key || !signet_key_write_id(key, &id, &err))
        return cli_failed("initialization failed", &err);
    cli_success(stdout, "Signet initialized successfully");
    cli_print_plain(stdout, "  Key ID: %.8s...\n\n", (const char *)id.data);
    cli_print(stdout, CLI_INFO, "\u2192");
    cli_print_plain(stdout, " Next: signet sign <file>\n");
    return CLI_OK;
}

/* What the keys in the store can do, without unlocking it. */
static bool
algorithm_of_store(const home *config, identity_algorithm *ret_algorithm, signet_error *err)
{
    const signet_keystore_options options = {
        .directory = config->key_directory, .accepted = signet_only_ed25519, .cache_seconds = -1};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    bool has_ed25519 = false, has_mldsa = false;

    store = signet_keystore_open(&options, err);
    if (!store)
        return false;
    has_ed25519 = signet_keystore_has(store, "ed25519");
    has_mldsa = signet_keystore_has(store, "ml-dsa-44");
    if (!has_mldsa)
        *ret_algorithm = IDENTITY_ED25519;
    else
        *ret_algorithm = has_ed25519 ? IDENTITY_HYBRID : IDENTITY_MLDSA44;
    return true;
}

static bool
choose_algorithm(
    const choices *given, const home *config, identity_algorithm *ret_algorithm, signet_error *err)
{
    if (given->algorithm)
        return identity_algorithm_parse(given->algorithm, ret_algorithm, err);
    if (given->format && strcmp(given->format, "raw-mldsa") == 0) {
        *ret_algorithm = IDENTITY_MLDSA44;
        return true;
    }
    if (config->algorithm)
        return identity_algorithm_parse(config->algorithm, ret_algorithm, err);
    return algorithm_of_store(config, ret_algorithm, err);
}

static bool
choose_format(
    const choices *given, identity_algorithm algorithm, sign_format *ret_format, signet_error *err)
{
    static const struct {
        const char *name;
        sign_format format;
    } formats[] = {
        {"pem", FORMAT_PEM},
        {"der", FORMAT_DER},
        {"cms", FORMAT_DER}, /* what the reference calls it */
        {"raw", FORMAT_RAW_MLDSA},
        {"raw-mldsa", FORMAT_RAW_MLDSA},
    };
    const char *name = given->format ? given->format : "pem";
    size_t i = 0;

    while (i < sizeof(formats) / sizeof(formats[0]) && strcmp(formats[i].name, name) != 0)
        i++;
    if (i == sizeof(formats) / sizeof(formats[0]))
        return signet_fail(
            err, SIGNET_E_USAGE, "unsupported format: %s (pem, der or raw-mldsa)", name);
    if (formats[i].format == FORMAT_RAW_MLDSA && algorithm == IDENTITY_ED25519)
        return signet_fail(err, SIGNET_E_ALGORITHM,
            "a raw signature by the Ed25519 master key could be a certificate of yours for "
            "somebody else's key; use --format pem, which signs with a key of its own");
    if (formats[i].format == FORMAT_RAW_MLDSA && algorithm == IDENTITY_HYBRID)
        return signet_fail(err, SIGNET_E_USAGE,
            "a raw signature is one signature; say --algorithm ml-dsa-44, or use --format pem");
    *ret_format = formats[i].format;
    return true;
}

static int
sign(const choices *given, const home *config, char *const *paths, size_t count)
{
    sign_order order = {.config = config, .output = given->output, .json = given->json};
    signet_error err = {0};

    if (!choose_algorithm(given, config, &order.algorithm, &err) ||
        !choose_format(given, order.algorithm, &order.format, &err))
        return cli_failed(NULL, &err);
    return sign_files(&order, paths, count);
}

/* Why these choices make no sense together, or NULL. */
static const char *
contradiction(const choices *given, char *const *paths, size_t count)
{
    size_t streams = given->output && strcmp(given->output, "-") == 0;

    for (size_t i = 0; i < count; i++)
        streams += strcmp(paths[i], "-") == 0 && !given->output;
    if (given->module && strcmp(given->module, "software") != 0)
        return "--signer-module: only 'software' is built in";
    if (given->init)
        return count > 0 ? "--init makes a key and signs no file" : NULL;
    if (given->force || given->insecure)
        return "--force and --insecure belong to --init";
    if (count == 0)
        return "a file to sign is missing";
    if (given->output && count > 1)
        return "--output takes the signature of one file";
    if (streams > 1)
        return "standard input can be signed once";
    if (streams > 0 && given->json)
        return "--json and the signature cannot both go to standard output";
    return NULL;
}

int
cmd_sign(int argc, char **argv)
{
    SIGNET_AUTO(home_free) home config = {0};
    choices given = {0};
    signet_error err = {0};
    int option = read_options(argc, argv, &given);
    char *const *paths = argv + optind;
    size_t count = (size_t)(argc - optind);
    const char *problem = NULL;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    problem = contradiction(&given, paths, count);
    if (problem)
        return cli_misused_because(usage, "%s", problem);
    if (!command_home(given.home, &config, &err))
        return cli_failed(NULL, &err);
    return given.init ? init(&given, &config) : sign(&given, &config, paths, count);
}
