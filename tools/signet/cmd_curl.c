/* SPDX-License-Identifier: Apache-2.0 */
#include "curl_retry.h"
#include "curl_run.h"
#include "proof_maker.h"

static const char usage[] =
    "usage: signet curl [OPTION...] -- CURL-ARGUMENT...\n"
    "\n"
    "Run curl for one request, with the proof that you have your master key.\n"
    "What could change the request behind the proof (redirects, forms, several URLs) is refused.\n"
    "\n" PROOF_USAGE PROOF_SESSION_USAGE "      --retry-signed      send the request once more, "
    "with another proof, when the clock or the\n"
    "                          token was the reason; of what is refused no content is shown\n"
    "      --help              show this\n"
    "\n"
    "exit status: that of curl; 1 refused, 2 could not, before curl was run\n"
    "example:     signet curl --purpose reports -- -sS https://api.example.com/reports\n";

enum { SET_RETRY = PROOF_NEXT };

static int
run(const proof_terms *terms, curl_request *request)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    proof_made made = {0};
    signet_error err = {0};
    bool is_made = false;
    const signet_sign_order order = {
        .url = request->url,
        .request.method = signet_slice_text(curl_request_method(request)),
        .body_kind = request->has_data || request->is_upload ? SIGNET_BODY_BYTES : SIGNET_BODY_NONE,
        .body = signet_buf_slice(&request->body),
    };

    is_made = proof_make(terms, &order, &made, &err);
    value = made.value;
    if (!is_made || !curl_run(request, signet_buf_slice(&value), NULL, &err))
        return cli_failed(NULL, &err);
    return CLI_OK;
}

int
cmd_curl(int argc, char **argv)
{
    static const struct option options[] = {
        PROOF_OPTIONS,
        PROOF_SESSION_OPTION,
        {"retry-signed", no_argument, NULL, SET_RETRY},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    proof_terms terms = {0};
    bool has_retry = false;
    const command_option targets[] = {{SET_RETRY, NULL, &has_retry}, PROOF_TARGETS(&terms),
        {PROOF_SESSION, &terms.session, NULL}, {0, NULL, NULL}};
    int option = command_options(argc, argv, options, targets);
    signet_error err = {0};
    static curl_request request; /* large */
    int status = CLI_FAILED;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (optind == argc)
        return cli_misused_because(usage, "arguments of curl are missing");
    if (!proof_terms_check(&terms, &err))
        return cli_misused_because(usage, "%s", err.message);
    if (!curl_arguments_read(argc - optind, argv + optind, &request, &err) ||
        (has_retry && !curl_retry_check(&request, &err)))
        status = cli_failed(NULL, &err);
    else
        status = has_retry ? curl_retry(&terms, &request) : run(&terms, &request);
    curl_request_free(&request);
    return status;
}
