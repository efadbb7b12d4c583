/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "commands.h"
#include "fields.h"
#include "input.h"
#include "key_argument.h"
#include "token_order.h"

static const char usage[] =
    "usage: signet token verify --issuer NAME --key KEY --audience NAME [OPTION...] [FILE]\n"
    "       signet token verify --holder --master KEY --ephemeral KEY --binding HEX\n"
    "                           --purpose TEXT [OPTION...] [FILE]\n"
    "\n"
    "Check a token (one SIG1 text in FILE or on standard input) and say what it says.  KEY is a\n"
    "public key: its id, a file, or own for your own.\n"
    "\n"
    "  The issuer signed it; everything that it says is the issuer's word:\n"
    "      --issuer NAME        it must be of this issuer\n"
    "      --key KEY            the key of that issuer\n"
    "      --is-master          the token must also be bound to that key (cnf)\n"
    "      --audience NAME      it must be for this audience: you\n"
    "      --allow-no-audience  it may be for nobody in particular\n"
    "\n"
    "  Its holder signed it, and a master key vouches for the holder's key; nothing else is said:\n"
    "      --holder             verify that\n"
    "      --master KEY         the master key\n"
    "      --ephemeral KEY      the holder's key\n"
    "      --binding HEX        the master key's signature over it\n"
    "      --purpose TEXT       what the holder's key is for\n"
    "\n"
    "      --accept LIST        algorithms: ed25519, es256, ml-dsa-44; default: ed25519\n"
    "      --skew SECONDS       tolerance of its times, 0 to 60; default: 0\n"
    "      --at TIME            judge as of 2026-11-25T02:00:00Z or @SECONDS; default: now\n"
    "      --home DIR           where keys and configuration are; default: ~/.signet\n"
    "      --json               report as JSON\n"
    "      --help               show this\n"
    "\n"
    "exit status: 0 genuine and valid, 1 not, 2 could not tell\n"
    "example:     signet token verify --issuer auth.example --key auth.pem --audience api t.sig1\n";

enum {
    SET_ISSUER = OPTION_JSON + 1,
    SET_KEY,
    SET_IS_MASTER,
    SET_AUDIENCE,
    SET_NO_AUDIENCE,
    SET_HOLDER,
    SET_MASTER,
    SET_EPHEMERAL,
    SET_BINDING,
    SET_PURPOSE,
    SET_ACCEPT,
    SET_SKEW,
    SET_AT,
};

typedef struct {
    token_order order;
    const char *master, *ephemeral, *binding, *purpose, *home;
    bool holder, json;
} choices;

static int
read_options(int argc, char **argv, choices *given)
{
    static const struct option options[] = {
        {"issuer", required_argument, NULL, SET_ISSUER},
        {"key", required_argument, NULL, SET_KEY},
        {"is-master", no_argument, NULL, SET_IS_MASTER},
        {"audience", required_argument, NULL, SET_AUDIENCE},
        {"allow-no-audience", no_argument, NULL, SET_NO_AUDIENCE},
        {"holder", no_argument, NULL, SET_HOLDER},
        {"master", required_argument, NULL, SET_MASTER},
        {"ephemeral", required_argument, NULL, SET_EPHEMERAL},
        {"binding", required_argument, NULL, SET_BINDING},
        {"purpose", required_argument, NULL, SET_PURPOSE},
        {"accept", required_argument, NULL, SET_ACCEPT},
        {"skew", required_argument, NULL, SET_SKEW},
        {"at", required_argument, NULL, SET_AT},
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const command_option targets[] = {
        {SET_ISSUER, &given->order.issuer, NULL},
        {SET_KEY, &given->order.key, NULL},
        {SET_IS_MASTER, NULL, &given->order.is_master},
        {SET_AUDIENCE, &given->order.audience, NULL},
        {SET_NO_AUDIENCE, NULL, &given->order.allow_no_audience},
        {SET_HOLDER, NULL, &given->holder},
        {SET_MASTER, &given->master, NULL},
        {SET_EPHEMERAL, &given->ephemeral, NULL},
        {SET_BINDING, &given->binding, NULL},
        {SET_PURPOSE, &given->purpose, NULL},
        {SET_ACCEPT, &given->order.accept, NULL},
        {SET_SKEW, &given->order.skew, NULL},
        {SET_AT, &given->order.at, NULL},
        {OPTION_HOME, &given->home, NULL},
        {OPTION_JSON, NULL, &given->json},
        {0, NULL, NULL},
    };

    return command_options(argc, argv, options, targets);
}

static void
begin(report *to, const char *path, const char *mode, const char *words)
{
    report_begin(to);
    if (!to->json)
        cli_success(stdout, "%s: %s", input_name(path), words);
    else
        report_bool(to, "verified", true, NULL);
    if (to->json)
        report_word(to, "mode", mode, NULL);
    report_open(to, "claims", NULL);
}

static int
end(report *to)
{
    report_close(to);
    return report_end(to);
}

static int
verify_issued(const choices *given, const token_rules *rules, const home *config, const char *path)
{
    SIGNET_AUTO(signet_buf_free) signet_buf buf = {0};
    SIGNET_AUTO(report_free) report to = {.json = given->json};
    signet_slice text = {0};
    signet_sig1 sig1 = {0};
    signet_error err = {0};

    if (!input_sig1(path, &buf, &text, &err) ||
        !token_order_verify(&given->order, rules, config, text, &sig1, &err))
        return report_refusal(input_name(path), given->json, &err);
    begin(&to, path, "issuer", "genuine and valid; the issuer says:");
    fields_show_claims(&to, (signet_slice){sig1.token, sig1.token_len});
    return end(&to);
}

static bool
verify_held(const choices *given, const token_rules *rules, const home *config, signet_slice text,
    signet_holder_claims *ret_claims, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL, *ephemeral = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf binding = {0};
    signet_holder holder = {.purpose = given->purpose};
    const signet_slice unknown = {0};

    if (!sg_hex_decode(signet_slice_text(given->binding), &binding, err)) {
        err->code = SIGNET_E_USAGE;
        signet_error_prefix(err, "--binding");
        return false;
    }
    master = token_order_key(rules, config, given->master, unknown, err);
    ephemeral = master ? key_argument_read_accepted(rules->accepted, given->ephemeral, err) : NULL;
    if (!ephemeral)
        return false;
    holder.master = master;
    holder.ephemeral = ephemeral;
    holder.binding = signet_buf_slice(&binding);
    return signet_sig1_verify_by_holder(
        rules->accepted, text, &holder, rules->now, rules->skew, ret_claims, err);
}

static int
verify_holder(const choices *given, const token_rules *rules, const home *config, const char *path)
{
    SIGNET_AUTO(signet_buf_free) signet_buf buf = {0};
    SIGNET_AUTO(report_free) report to = {.json = given->json};
    signet_holder_claims claims = {0};
    signet_slice text = {0};
    signet_error err = {0};

    if (!input_sig1(path, &buf, &text, &err) ||
        !verify_held(given, rules, config, text, &claims, &err))
        return report_refusal(input_name(path), given->json, &err);
    begin(&to, path, "holder", "genuine and valid; the master key vouches for this, and no more:");
    report_hex(&to, "cnf", (signet_slice){claims.confirmation, sizeof(claims.confirmation)},
        "SHA-256 of the master public key");
    report_hex(&to, "eph_kid", (signet_slice){claims.ephemeral_id, sizeof(claims.ephemeral_id)},
        "SHA-256 of the ephemeral public key");
    report_hex(
        &to, "jti", (signet_slice){claims.token_id, sizeof(claims.token_id)}, "id of this token");
    report_time(&to, "nbf", claims.not_before, "first second it is valid");
    report_time(&to, "exp", claims.expires, "last second it is valid");
    report_text(&to, "purpose", signet_slice_text(given->purpose), "what the key is for");
    return end(&to);
}

static const char *
contradiction(const choices *given, int words)
{
    const token_order *order = &given->order;

    if (words > 1)
        return "one token is verified at a time";
    if (!given->holder)
        return given->master || given->ephemeral || given->binding || given->purpose
                   ? "--master, --ephemeral, --binding and --purpose belong to --holder"
                   : token_order_problem(order);
    if (order->issuer || order->key || order->is_master || order->audience ||
        order->allow_no_audience)
        return "with --holder nothing is known about issuer and audience";
    if (!given->master || !given->ephemeral || !given->binding || !given->purpose)
        return "--holder needs --master, --ephemeral, --binding and --purpose";
    return NULL;
}

int
cmd_token_verify(int argc, char **argv)
{
    SIGNET_AUTO(home_free) home config = {0};
    choices given = {0};
    token_rules rules = {0};
    signet_error err = {0};
    int option = read_options(argc, argv, &given);
    const char *path = optind < argc ? argv[optind] : NULL;
    const char *problem = NULL;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    problem = contradiction(&given, argc - optind);
    if (problem)
        return cli_misused_because(usage, "%s", problem);
    if (!token_order_rules(&given.order, &rules, &err))
        return err.code == SIGNET_E_USAGE ? cli_misused_because(usage, "%s", err.message)
                                          : cli_failed(NULL, &err);
    if (!command_home(given.home, &config, &err))
        return cli_failed(NULL, &err);
    return given.holder ? verify_holder(&given, &rules, &config, path)
                        : verify_issued(&given, &rules, &config, path);
}
