/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "json_out.h"
#include "proof_maker.h"

static const char usage[] =
    "usage: signet proof [OPTION...] METHOD URL\n"
    "\n"
    "Print the header field that proves, for one request, that you have your master key.\n"
    "It is good once, and for half a minute.\n"
    "\n"
    "      --body FILE         the content of the request, `-` for standard input; default: none\n"
    "      --unsigned-body     leave the content unsigned, for a service that takes "
    "such\n" PROOF_USAGE PROOF_SESSION_USAGE "      --json              print JSON\n"
    "      --help              show this\n"
    "\n"
    "exit status: 0 made, 1 refused, 2 could not\n"
    "example:     signet proof GET https://api.example.com/reports\n";

enum { SET_BODY = PROOF_NEXT, SET_UNSIGNED };

typedef struct {
    proof_terms terms;
    const char *body;
    bool unsigned_body, json;
} choices;

static int
print(const choices *given, const proof_made *made)
{
    SIGNET_AUTO(json_free) json_out json = {0};
    signet_slice value = signet_buf_slice(&made->value);

    if (!given->json) {
        (void)printf("Signet-Proof: %.*s\n", (int)value.len, (const char *)value.ptr);
        return CLI_OK;
    }
    json_open(&json, NULL, '{');
    json_text(&json, "name", "Signet-Proof");
    json_slice(&json, "value", value);
    json_hex(&json, "jti", (signet_slice){made->token_id, sizeof(made->token_id)});
    json_number(&json, "ts", made->now);
    json_number(&json, "exp", made->expires);
    json_close(&json, '}');
    return json_print(&json, CLI_OK);
}

static int
prove(const choices *given, const char *method, const char *url)
{
    SIGNET_AUTO(signet_buf_free) signet_buf body = {0}, value = {0};
    proof_made made = {0};
    signet_error err = {0};
    bool is_made = false;
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
    is_made = proof_make(&given->terms, &order, &made, &err);
    value = made.value;
    return is_made ? print(given, &made) : cli_failed(NULL, &err);
}

int
cmd_proof(int argc, char **argv)
{
    static const struct option options[] = {
        PROOF_OPTIONS,
        PROOF_SESSION_OPTION,
        {"body", required_argument, NULL, SET_BODY},
        {"unsigned-body", no_argument, NULL, SET_UNSIGNED},
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
    if (!proof_terms_check(&given.terms, &err))
        return cli_misused_because(usage, "%s", err.message);
    return prove(&given, argv[optind], argv[optind + 1]);
}
