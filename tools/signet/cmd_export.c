/* SPDX-License-Identifier: Apache-2.0 */
/* What others need of one's key: its certificate, the public key, its id. */
#include "commands.h"
#include "common/identity.h"

static const char usage_of_ca[] =
    "usage: signet export-ca [--algorithm NAME] [--home DIR]\n"
    "\n"
    "Print a certificate of your master key as PEM, made now, valid for ten years: what openssl "
    "cms\n"
    "and other programs take as the CA of your signatures.  Needs the private key.\n"
    "\n"
    "      --algorithm NAME  ed25519, ml-dsa-44 or hybrid (both); default: all you have\n"
    "      --home DIR        where keys and configuration are; default: ~/.signet\n"
    "      --help            show this\n"
    "\n"
    "exit status: 0 printed, 1 refused, 2 could not\n"
    "example:     signet export-ca > ca.pem\n";

static const char usage_of_key[] =
    "usage: signet export-key [--algorithm NAME] [--home DIR]\n"
    "\n"
    "Print your public key as PEM, for signet trust add.\n"
    "\n"
    "      --algorithm NAME  ed25519, ml-dsa-44 or hybrid (both); default: ed25519 if you have it\n"
    "      --home DIR        where keys and configuration are; default: ~/.signet\n"
    "      --help            show this\n"
    "\n"
    "exit status: 0 printed, 1 refused, 2 could not\n"
    "example:     signet export-key > me.pem\n";

static const char usage_of_id[] =
    "usage: signet export-key-id [--algorithm NAME] [--home DIR]\n"
    "\n"
    "Print your key id: the public key in hex.\n"
    "\n"
    "      --algorithm NAME  ed25519, ml-dsa-44 or hybrid (both); default: ed25519 if you have it\n"
    "      --home DIR        where keys and configuration are; default: ~/.signet\n"
    "      --help            show this\n"
    "\n"
    "exit status: 0 printed, 1 refused, 2 could not\n"
    "example:     signet export-key-id\n";

/* Append the text of one public key. */
typedef bool (*write_key)(const signet_key *key, signet_buf *out, signet_error *err);

/* The home and the algorithm; a status other than CLI_OK, or `ret_is_done`, ends the command. */
typedef struct {
    home config;
    bool has_algorithm;
    identity_algorithm algorithm;
    bool has_ed25519, has_mldsa; /* in the store */
} choices;

static void
free_choices(choices *given)
{
    home_free(&given->config);
}

static bool
look_at_store(choices *given, signet_error *err)
{
    const signet_keystore_options options = {
        .directory = given->config.key_directory, .accepted = signet_only_ed25519};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = signet_keystore_open(&options, err);

    if (!store)
        return false;
    if (signet_keystore_protection(store) == SIGNET_STORE_NONE)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "%s: there is no key yet (signet sign --init)",
            signet_keystore_path(store));
    given->has_ed25519 = signet_keystore_has(store, "ed25519");
    given->has_mldsa = signet_keystore_has(store, "ml-dsa-44");
    return true;
}

static int
prepare(int argc, char **argv, const char *usage, choices *given, bool *ret_is_done)
{
    static const struct option options[] = {
        {"algorithm", required_argument, NULL, 'a'},
        {"home", required_argument, NULL, OPTION_HOME},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const char *directory = NULL;
    signet_error err = {0};
    int option;

    *ret_is_done = true;
    while ((option = cli_next_option(argc, argv, ":", options)) != -1) {
        if (option == OPTION_HELP)
            return cli_help(usage);
        if (option != 'a' && option != OPTION_HOME)
            return cli_misused_option(option, argv, usage);
        if (option == OPTION_HOME)
            directory = optarg;
        else if (!identity_algorithm_parse(optarg, &given->algorithm, &err))
            return cli_misused_because(usage, "--algorithm: %s", err.message);
        given->has_algorithm = given->has_algorithm || option == 'a';
    }
    if (optind < argc)
        return cli_misused(usage);
    if (!command_home(directory, &given->config, &err) || !look_at_store(given, &err))
        return cli_failed(NULL, &err);
    *ret_is_done = false;
    return CLI_OK;
}

static bool
write_public(const choices *given, const signet_algorithm *algorithm, write_key write,
    signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = identity_public(&given->config, algorithm, err);

    return key && write(key, out, err);
}

static int
export_public(int argc, char **argv, const char *usage, write_key write)
{
    __attribute__((cleanup(free_choices))) choices given = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const pki_functions *pki = NULL;
    signet_error err = {0};
    bool is_done = false;
    int status = prepare(argc, argv, usage, &given, &is_done);

    if (is_done)
        return status;
    if (!given.has_algorithm)
        given.algorithm = given.has_ed25519 ? IDENTITY_ED25519 : IDENTITY_MLDSA44;
    if (given.algorithm != IDENTITY_MLDSA44 &&
        !write_public(&given, &signet_ed25519, write, &out, &err))
        return cli_failed(NULL, &err);
    if (given.algorithm != IDENTITY_ED25519) {
        pki = pki_load(&err);
        if (!pki || !write_public(&given, pki->mldsa44, write, &out, &err))
            return cli_failed(NULL, &err);
    }
    (void)fwrite(out.data, 1, out.len, stdout);
    return CLI_OK;
}

static bool
write_id(const signet_key *key, signet_buf *out, signet_error *err)
{
    return signet_key_write_id(key, out, err) && signet_buf_printf(out, err, "\n");
}

int
cmd_export_key(int argc, char **argv)
{
    return export_public(argc, argv, usage_of_key, signet_key_write_pem);
}

int
cmd_export_key_id(int argc, char **argv)
{
    return export_public(argc, argv, usage_of_id, write_id);
}

static bool
write_ca(const signet_cms_signer *signer, int64_t now, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    const signet_cert_template wanted = {
        .kind = SIGNET_CERT_CA, .issuer = signer->master, .did = signer->did, .now = now};

    return signet_cert_issue(&wanted, &der, err) &&
           signet_cert_write_pem(signet_buf_slice(&der), out, err);
}

int
cmd_export_ca(int argc, char **argv)
{
    __attribute__((cleanup(free_choices))) choices given = {0};
    SIGNET_AUTO(identity_free) identity who = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};
    bool is_done = false;
    int status = prepare(argc, argv, usage_of_ca, &given, &is_done);

    if (is_done)
        return status;
    if (!given.has_algorithm && given.has_mldsa)
        given.algorithm = given.has_ed25519 ? IDENTITY_HYBRID : IDENTITY_MLDSA44;
    if (!identity_load(&given.config, given.algorithm, false, cli_now(), &who, &err))
        return cli_failed(NULL, &err);
    for (size_t i = 0; i < who.signer_count; i++) {
        if (!write_ca(&who.signers[i], cli_now(), &out, &err))
            return cli_failed(NULL, &err);
    }
    (void)fwrite(out.data, 1, out.len, stdout);
    return CLI_OK;
}
