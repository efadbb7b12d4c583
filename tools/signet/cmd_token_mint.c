/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "commands.h"
#include "input.h"
#include "json_out.h"
#include "key_argument.h"
#include "master_key.h"
#include "mint.h"

static const char usage[] =
    "usage: signet token mint --issuer NAME [OPTION...]\n"
    "       signet token mint --holder --issuer NAME --purpose TEXT --ephemeral-out FILE --json\n"
    "\n"
    "Make a token, sign it with your master key, and print it as one line of SIG1 text.\n"
    "\n"
    "      --issuer NAME         who makes it\n"
    "      --audience NAME       for whom it is\n"
    "      --subject-of USER     whom it is about, as a pseudonym; needs --ppid-secret-fd\n"
    "      --ppid-secret-fd N    descriptor with the secret of pseudonyms, 32 bytes or more\n"
    "      --ephemeral KEY       public key (a file, or 64 hex digits of its SHA-256) that will\n"
    "                            sign requests\n"
    "      --confirmation KEY    master public key of whom it is for, in the same forms; default:\n"
    "                            the key that signs\n"
    "      --capability NAME     what it allows, a name or a number; may be repeated\n"
    "      --actor ID            who acts\n"
    "      --delegator ID        on whose behalf\n"
    "      --validity SECONDS    how long it is valid, 1 to 600; default: 300\n"
    "      --nonce HEX           16 bytes that the client sent\n"
    "      --epoch NUMBER        epoch of revocation\n"
    "      --kid TEXT            id of the key that signs; default: its canonical id\n"
    "      --key FILE            sign with the private key in FILE (PEM) instead\n"
    "      --algorithm NAME      which of your keys: ed25519 or ml-dsa-44; default: the first\n"
    "      --holder              make an ephemeral key that signs the token, and let the master\n"
    "                            key vouch for it\n"
    "      --purpose TEXT        with --holder: what the ephemeral key is for\n"
    "      --ephemeral-out FILE  with --holder: where its private key goes; a new file\n"
    "      --home DIR            where keys and configuration are; default: ~/.signet\n"
    "      --json                print JSON; with --holder also the proof\n"
    "      --help                show this\n"
    "\n"
    "exit status: 0 made, 1 refused, 2 could not\n"
    "example:     signet token mint --issuer auth.example --audience api --capability read \\\n"
    "                 --ephemeral session.pem\n";

enum {
    SET_ISSUER = OPTION_JSON + 1,
    SET_AUDIENCE,
    SET_SUBJECT,
    SET_SECRET,
    SET_EPHEMERAL,
    SET_CONFIRMATION,
    ADD_CAPABILITY,
    SET_ACTOR,
    SET_DELEGATOR,
    SET_VALIDITY,
    SET_NONCE,
    SET_EPOCH,
    SET_KID,
    SET_KEY,
    SET_ALGORITHM,
    SET_HOLDER,
    SET_PURPOSE,
    SET_OUT,
};

enum { VALIDITY = 300 };

typedef struct {
    mint_order order;
    const char *secret, *ephemeral, *confirmation, *validity, *nonce, *epoch;
    const char *key, *algorithm, *purpose, *out, *home;
    bool holder, json;
} choices;

/* What the order borrows from. */
typedef struct {
    signet_buf secret;
    uint8_t ephemeral[32], confirmation[32], nonce[16];
} material;

static void
free_material(material *bytes)
{
    signet_buf_free(&bytes->secret);
}

static int
read_options(int argc, char **argv, choices *given, signet_error *err)
{
    static const struct option options[] = {
        {"issuer", required_argument, NULL, SET_ISSUER},
        {"audience", required_argument, NULL, SET_AUDIENCE},
        {"subject-of", required_argument, NULL, SET_SUBJECT},
        {"ppid-secret-fd", required_argument, NULL, SET_SECRET},
        {"ephemeral", required_argument, NULL, SET_EPHEMERAL},
        {"confirmation", required_argument, NULL, SET_CONFIRMATION},
        {"capability", required_argument, NULL, ADD_CAPABILITY},
        {"actor", required_argument, NULL, SET_ACTOR},
        {"delegator", required_argument, NULL, SET_DELEGATOR},
        {"validity", required_argument, NULL, SET_VALIDITY},
        {"nonce", required_argument, NULL, SET_NONCE},
        {"epoch", required_argument, NULL, SET_EPOCH},
        {"kid", required_argument, NULL, SET_KID},
        {"key", required_argument, NULL, SET_KEY},
        {"algorithm", required_argument, NULL, SET_ALGORITHM},
        {"holder", no_argument, NULL, SET_HOLDER},
        {"purpose", required_argument, NULL, SET_PURPOSE},
        {"ephemeral-out", required_argument, NULL, SET_OUT},
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const command_option targets[] = {
        {SET_ISSUER, &given->order.issuer, NULL},
        {SET_AUDIENCE, &given->order.audience, NULL},
        {SET_SUBJECT, &given->order.user, NULL},
        {SET_SECRET, &given->secret, NULL},
        {SET_EPHEMERAL, &given->ephemeral, NULL},
        {SET_CONFIRMATION, &given->confirmation, NULL},
        {SET_ACTOR, &given->order.actor, NULL},
        {SET_DELEGATOR, &given->order.delegator, NULL},
        {SET_VALIDITY, &given->validity, NULL},
        {SET_NONCE, &given->nonce, NULL},
        {SET_EPOCH, &given->epoch, NULL},
        {SET_KID, &given->order.key_id, NULL},
        {SET_KEY, &given->key, NULL},
        {SET_ALGORITHM, &given->algorithm, NULL},
        {SET_HOLDER, NULL, &given->holder},
        {SET_PURPOSE, &given->purpose, NULL},
        {SET_OUT, &given->out, NULL},
        {OPTION_HOME, &given->home, NULL},
        {OPTION_JSON, NULL, &given->json},
        {0, NULL, NULL},
    };
    int option = 0;
    uint64_t number = 0;

    while ((option = command_options(argc, argv, options, targets)) == ADD_CAPABILITY) {
        if (err->code != SIGNET_OK || !signet_capability_parse(optarg, &number, err) ||
            !mint_add_capability(&given->order, number, err))
            continue; /* the first problem is reported once all options are read */
    }
    return option;
}

/* The id of a public key: 64 hex digits, or the hash of the key in a file. */
static bool
read_key_hash(const char *option, const char *text, uint8_t ret_hash[32], signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (strlen(text) == 64 && strspn(text, "0123456789abcdefABCDEF") == 64)
        return input_hex(option, text, 32, ret_hash, err);
    key = key_argument_read_accepted(input_all_algorithms(), text, err);
    if (!key) {
        signet_error_prefix(err, option);
        return false;
    }
    signet_key_confirmation(key, ret_hash);
    return true;
}

static bool
read_numbers(choices *given, material *bytes, signet_error *err)
{
    mint_order *order = &given->order;
    int64_t epoch = 0;

    order->now = cli_now();
    order->validity = VALIDITY;
    if (given->validity && !cli_parse_number("--validity", given->validity, 1,
                               SIGNET_TOKEN_LIFETIME_MAX, &order->validity, err))
        return false;
    if (given->epoch && !cli_parse_number("--epoch", given->epoch, 0, INT64_MAX, &epoch, err))
        return false;
    order->epoch = (uint64_t)epoch;
    if (!given->nonce)
        return true;
    order->nonce = (signet_slice){bytes->nonce, sizeof(bytes->nonce)};
    return input_hex("--nonce", given->nonce, sizeof(bytes->nonce), bytes->nonce, err);
}

static bool
read_keys(choices *given, material *bytes, signet_error *err)
{
    mint_order *order = &given->order;

    if (given->ephemeral) {
        if (!read_key_hash("--ephemeral", given->ephemeral, bytes->ephemeral, err))
            return false;
        order->ephemeral = (signet_slice){bytes->ephemeral, sizeof(bytes->ephemeral)};
    }
    order->confirmation = (signet_slice){bytes->confirmation, sizeof(bytes->confirmation)};
    if (given->confirmation &&
        !read_key_hash("--confirmation", given->confirmation, bytes->confirmation, err))
        return false;
    if (given->secret && !input_secret("--ppid-secret-fd", given->secret, &bytes->secret, err))
        return false;
    order->secret = signet_buf_slice(&bytes->secret);
    return true;
}

/* The private key of the holder: a new file that nobody else can read. */
static bool
save_ephemeral(const signet_key *key, const char *path, signet_error *err)
{
    const sg_file_write_rules rules = {.mode = 0600, .must_be_new = true};
    SIGNET_AUTO(signet_buf_free) signet_buf pem = {0};

    return signet_key_write_pem(key, &pem, err) &&
           sg_file_write(path, signet_buf_slice(&pem), &rules, err);
}

static int
print_json(const choices *given, const minted *made, const signet_proof *proof)
{
    SIGNET_AUTO(json_free) json_out json = {0};

    json_open(&json, NULL, '{');
    json_slice(&json, "sig1", signet_buf_slice(&made->sig1));
    json_hex(&json, "jti", (signet_slice){made->token_id, sizeof(made->token_id)});
    json_number(&json, "exp", made->expires);
    if (proof) {
        json_open(&json, "proof", '{');
        json_hex(&json, "ephemeral", signet_key_public(proof->ephemeral));
        json_hex(&json, "binding", signet_buf_slice(&proof->binding));
        json_number(&json, "exp", proof->expires);
        json_text(&json, "purpose", given->purpose);
        json_close(&json, '}');
    }
    json_close(&json, '}');
    return json_print(&json, CLI_OK);
}

/* The binding ends with the token, on the same second (W-32). */
static bool
hold(choices *given, const signet_key *master, material *bytes, signet_proof *ret_proof,
    signet_error *err)
{
    mint_order *order = &given->order;
    const signet_proof_request request = {
        .master = master,
        .purpose = given->purpose,
        .now = order->now,
        .validity_ms = order->validity * 1000,
    };

    if (!signet_proof_new(&request, ret_proof, err))
        return false;
    signet_key_confirmation(ret_proof->ephemeral, bytes->ephemeral);
    order->ephemeral = (signet_slice){bytes->ephemeral, sizeof(bytes->ephemeral)};
    return true;
}

static int
mint(const choices *asked)
{
    choices given = *asked; /* whose order borrows from here */
    __attribute__((cleanup(free_material))) material bytes = {0};
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    SIGNET_AUTO(signet_proof_free) signet_proof proof = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    const signet_key *signer = NULL;
    minted made = {0};
    signet_error err = {0};
    bool is_made = false;

    if (!read_numbers(&given, &bytes, &err))
        return cli_misused_because(usage, "%s", err.message);
    if (!read_keys(&given, &bytes, &err))
        return cli_failed(NULL, &err);
    master = master_key_load(given.key, given.algorithm, given.home, &err);
    if (!master || (given.holder && !hold(&given, master, &bytes, &proof, &err)))
        return cli_failed(NULL, &err);
    if (!given.confirmation)
        signet_key_confirmation(master, bytes.confirmation);
    signer = given.holder ? proof.ephemeral : master;
    is_made = mint_token(&given.order, signer, &made, &err);
    text = made.sig1;
    if (!is_made || (given.holder && !save_ephemeral(signer, given.out, &err)))
        return cli_failed(NULL, &err);
    if (given.json)
        return print_json(&given, &made, given.holder ? &proof : NULL);
    (void)fwrite(text.data, 1, text.len, stdout);
    (void)putchar('\n');
    return CLI_OK;
}

static const char *
contradiction(const choices *given, int words)
{
    const mint_order *order = &given->order;

    if (words > 0)
        return "token mint takes options only";
    if (!order->issuer || !*order->issuer)
        return "--issuer NAME is missing";
    if (given->key && given->algorithm)
        return "--algorithm is of your own keys; --key names one";
    if (!order->user != !given->secret)
        return "--subject-of and --ppid-secret-fd belong together";
    if (order->user && !*order->user)
        return "--subject-of must not be empty";
    if (!given->holder && (given->purpose || given->out))
        return "--purpose and --ephemeral-out belong to --holder";
    if (!given->holder && !order->user && !given->ephemeral)
        return "say whom it is about: --subject-of USER, or --ephemeral KEY";
    if (given->holder && (given->ephemeral || given->confirmation))
        return "--holder makes the ephemeral key, and confirms the key that vouches for it";
    if (given->holder && (!given->purpose || !given->out || !given->json))
        return "--holder needs --purpose, --ephemeral-out and --json";
    return NULL;
}

int
cmd_token_mint(int argc, char **argv)
{
    choices given = {0};
    signet_error err = {0};
    int option = read_options(argc, argv, &given, &err);
    const char *problem = NULL;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (err.code != SIGNET_OK)
        return cli_misused_because(usage, "%s", err.message);
    problem = contradiction(&given, argc - optind);
    if (problem)
        return cli_misused_because(usage, "%s", problem);
    return mint(&given);
}
