/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "json_out.h"
#include "proof_dialect.h"

static const char usage[] =
    "usage: signet proof [OPTION...] METHOD URL\n"
    "\n"
    "Print the header fields that prove, for one request, that you have your master key.\n"
    "They are good once, and for half a minute.\n"
    "\n"
    "      --dialect NAME      proof, message-signature (RFC 9421) or dpop (RFC 9449); default:\n"
    "                          proof\n"
    "      --access-token FILE the access token of dpop, bound to your key; `-` for standard "
    "input\n"
    "      --nonce TEXT        the DPoP-Nonce that the service sent last\n"
    "      --algs TEXT         signatures that the service of dpop takes; default: EdDSA ES256\n"
    "      --cover-request     sign query and content with dpop too, for a service of Signet\n"
    "      --body FILE         the content of the request, `-` for standard input; default: none\n"
    "      --unsigned-body     leave the content unsigned, for a service that takes "
    "such\n" PROOF_USAGE PROOF_SESSION_USAGE "      --json              print JSON\n"
    "      --help              show this\n"
    "\n"
    "exit status: 0 made, 1 refused, 2 could not\n"
    "example:     signet proof GET https://api.example.com/reports\n";

enum {
    SET_BODY = PROOF_NEXT,
    SET_UNSIGNED,
    SET_DIALECT,
    SET_ACCESS_TOKEN,
    SET_NONCE,
    SET_ALGS,
    SET_COVER,
};

typedef struct {
    proof_terms terms;
    dialect_terms dialect;
    const char *body;
    bool unsigned_body, json;
} choices;

static int
print(const proof_made *made)
{
    SIGNET_AUTO(json_free) json_out json = {0};

    json_open(&json, NULL, '{');
    json_text(&json, "name", "Signet-Proof");
    json_slice(&json, "value", signet_buf_slice(&made->value));
    json_hex(&json, "jti", (signet_slice){made->token_id, sizeof(made->token_id)});
    json_number(&json, "ts", made->now);
    json_number(&json, "exp", made->expires);
    json_close(&json, '}');
    return json_print(&json, CLI_OK);
}

/* An object whose members are the fields. */
static int
print_fields(const choices *given, const dialect_made *made)
{
    SIGNET_AUTO(json_free) json_out json = {0};

    if (given->json)
        json_open(&json, NULL, '{');
    for (size_t i = 0; i < made->count; i++) {
        signet_slice value = signet_buf_slice(&made->fields[i].value);

        if (given->json)
            json_slice(&json, made->fields[i].name, value);
        else
            (void)printf(
                "%s: %.*s\n", made->fields[i].name, (int)value.len, (const char *)value.ptr);
    }
    if (!given->json)
        return CLI_OK;
    json_close(&json, '}');
    return json_print(&json, CLI_OK);
}

static int
prove_as_json(const choices *given, const signet_sign_order *order)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    proof_made made = {0};
    signet_error err = {0};
    bool is_made = proof_make(&given->terms, order, &made, &err);

    value = made.value;
    return is_made ? print(&made) : cli_failed(NULL, &err);
}

static int
prove(const choices *given, const char *method, const char *url)
{
    SIGNET_AUTO(signet_buf_free) signet_buf body = {0};
    dialect_made made = {0};
    signet_error err = {0};
    int status = CLI_OK;
    signet_sign_order order = {
        .url = url,
        .request.method = signet_slice_text(method),
        .body_kind = given->unsigned_body ? SIGNET_BODY_UNSIGNED : SIGNET_BODY_NONE,
    };

    if (given->body) {
        if (!input_read(given->body, SIGNET_BUF_MAX - 1, &body, &err))
            return cli_failed(input_name(given->body), &err);
        order.body_kind = SIGNET_BODY_BYTES;
        order.body = signet_buf_slice(&body);
    }
    if (given->json && !given->dialect.dialect)
        return prove_as_json(given, &order);
    if (!dialect_make(&given->dialect, &given->terms, &order, &made, &err))
        return cli_failed(NULL, &err);
    status = print_fields(given, &made);
    dialect_made_free(&made);
    return status;
}

int
cmd_proof(int argc, char **argv)
{
    static const struct option options[] = {
        PROOF_OPTIONS,
        PROOF_SESSION_OPTION,
        {"body", required_argument, NULL, SET_BODY},
        {"unsigned-body", no_argument, NULL, SET_UNSIGNED},
        {"dialect", required_argument, NULL, SET_DIALECT},
        {"access-token", required_argument, NULL, SET_ACCESS_TOKEN},
        {"nonce", required_argument, NULL, SET_NONCE},
        {"algs", required_argument, NULL, SET_ALGS},
        {"cover-request", no_argument, NULL, SET_COVER},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    choices given = {0};
    const command_option targets[] = {
        PROOF_TARGETS(&given.terms),
        {PROOF_SESSION, &given.terms.session, NULL},
        {SET_BODY, &given.body, NULL},
        {SET_UNSIGNED, NULL, &given.unsigned_body},
        {SET_DIALECT, &given.dialect.dialect, NULL},
        {SET_ACCESS_TOKEN, &given.dialect.access_token, NULL},
        {SET_NONCE, &given.dialect.nonce, NULL},
        {SET_ALGS, &given.dialect.algorithms, NULL},
        {SET_COVER, NULL, &given.dialect.covers_request},
        {OPTION_JSON, NULL, &given.json},
        {0, NULL, NULL},
    };
    int option = command_options(argc, argv, options, targets);
    signet_error err = {0};

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (argc - optind != 2)
        return cli_misused_because(usage, "a proof is for one METHOD and one URL");
    if (given.body && given.unsigned_body)
        return cli_misused_because(usage, "--body is signed; --unsigned-body leaves it out");
    if (!proof_terms_check(&given.terms, &err) || !dialect_check(&given.dialect, &err))
        return cli_misused_because(usage, "%s", err.message);
    return prove(&given, argv[optind], argv[optind + 1]);
}
