/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "common/pki_loader.h"
#include "explain.h"
#include "explain_log.h"
#include "input.h"
#include "key_argument.h"

static const char usage[] =
    "usage: signet explain [OPTION...] [FILE]\n"
    "\n"
    "Say why a service accepts or refuses a saved request: which step refused it, and what "
    "differs\n"
    "from what was signed.  FILE is the request line, the fields, an empty line and the content;\n"
    "default: standard input.  No service is asked.\n"
    "\n"
    "      --master-key FILE    public key that vouches for tokens; may be repeated\n"
    "      --issuer NAME        whose tokens it vouches for; default: any\n"
    "      --origin URL         scheme and host as clients see the service; may be repeated\n"
    "      --record FILE        the record of the token, as the store has it\n"
    "      --record-key FILE    the key that authenticates records\n"
    "      --record-format NAME v2 or reference; default: v2\n"
    "      --dialect NAME       proof, message-signature, dpop or certificate: what the service\n"
    "                           takes; may be repeated; default: proof\n"
    "      --jwks FILE          keys (JWK Set) of who issues the access tokens of dpop\n"
    "      --jwks-issuer NAME   who that is\n"
    "      --binding NAME       required, if-present or off; default: required\n"
    "      --no-full            tokens may not be presented whole\n"
    "      --unsigned-body      content may be unsigned\n"
    "      --purpose TEXT       purpose that is accepted; may be repeated; default: any\n"
    "      --audience NAME      refuse tokens for another audience\n"
    "      --skew SECONDS       how far clocks may differ, 1 to 60; default: 30\n"
    "      --body-max BYTES     how long content may be; default: 1048576\n"
    "      --now TIME           judge at TIME: 2026-11-25T02:00:00Z or seconds; default: the "
    "second\n"
    "                           of the proof\n"
    "      --log FILE           error log of nginx: show the last refusal in it beside, and judge "
    "by\n"
    "                           the clock of which it speaks\n"
    "      --json               print JSON\n"
    "      --help               show this\n"
    "\n"
    "exit status: 0 accepted, 1 refused, 2 could not tell\n"
    "example:     signet explain --master-key alice.pem --origin https://api.example.com request\n";

enum {
    ADD_KEY = OPTION_JSON + 1,
    SET_ISSUER,
    ADD_ORIGIN,
    SET_RECORD,
    SET_RECORD_KEY,
    SET_RECORD_FORMAT,
    ADD_DIALECT,
    SET_JWKS,
    SET_JWKS_ISSUER,
    SET_BINDING,
    SET_NO_FULL,
    SET_UNSIGNED,
    ADD_PURPOSE,
    SET_AUDIENCE,
    SET_SKEW,
    SET_BODY_MAX,
    SET_NOW,
    SET_LOG,
    PURPOSES_MAX = 32,
    DIALECTS_MAX = 4,
    JWKS_MAX = 64 << 10,
};

typedef struct {
    const char *keys[SIGNET_VERIFIER_KEYS_MAX + 1], *origins[EXPLAIN_ORIGINS_MAX + 1];
    const char *purposes[PURPOSES_MAX + 1], *dialects[DIALECTS_MAX + 1];
    const char *jwks, *jwks_issuer, *log;
    const char *issuer, *record, *record_key, *record_format, *binding, *audience, *skew;
    const char *body_max, *now;
    bool no_full, unsigned_body, json;
} choices;

/* All that a judgement borrows from. */
typedef struct {
    signet_buf bytes, record, record_key, jwks, log_text;
    explain_log log; /* of the service, when it has a code */
    signet_verifier_issuer issuer;
    saved_request request;
    signet_verifier_key keys[SIGNET_VERIFIER_KEYS_MAX];
    signet_key *owned[SIGNET_VERIFIER_KEYS_MAX];
    signet_verifier *verifier;
    explain_case it;
} material;

static void
free_material(material *with)
{
    signet_verifier_free(with->verifier);
    for (size_t i = 0; i < SIGNET_VERIFIER_KEYS_MAX; i++)
        signet_key_free(with->owned[i]);
    signet_buf_free(&with->bytes);
    signet_buf_free(&with->record);
    signet_buf_free(&with->record_key);
    signet_buf_free(&with->jwks);
    signet_buf_free(&with->log_text);
}

/* --- what was asked for --- */

static bool
read_binding(const char *text, signet_binding_policy *ret_binding, signet_error *err)
{
    static const char *const names[] = {"required", "if-present", "off"};

    for (size_t i = 0; text && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i]) != 0)
            continue;
        *ret_binding = (signet_binding_policy)i;
        return true;
    }
    return !text || signet_fail(err, SIGNET_E_USAGE,
                        "--binding must be required, if-present or off, not %s", text);
}

static bool
read_format(const char *text, bool *ret_is_reference, signet_error *err)
{
    *ret_is_reference = text && strcmp(text, "reference") == 0;
    return !text || *ret_is_reference || strcmp(text, "v2") == 0 ||
           signet_fail(
               err, SIGNET_E_USAGE, "--record-format must be v2 or reference, not %s", text);
}

static bool
read_dialects(const choices *given, unsigned *ret_dialects, signet_error *err)
{
    static const char *const names[] = {"proof", "message-signature", "dpop", "certificate"};
    enum { NAMES = sizeof(names) / sizeof(names[0]) }; /* in the order of the bits */

    for (size_t i = 0; given->dialects[i]; i++) {
        unsigned bit = 0;

        while (bit < NAMES && strcmp(given->dialects[i], names[bit]) != 0)
            bit++;
        if (bit == NAMES)
            return signet_fail(err, SIGNET_E_USAGE,
                "--dialect must be proof, message-signature, dpop or certificate, not %s",
                given->dialects[i]);
        *ret_dialects |= 1U << bit;
    }
    return true;
}

static bool
read_jwks(const choices *given, material *with, signet_error *err)
{
    if (!given->jwks != !given->jwks_issuer)
        return signet_fail(err, SIGNET_E_USAGE, "--jwks and --jwks-issuer go together");
    if (!given->jwks)
        return true;
    if (!sg_file_read(given->jwks, JWKS_MAX, SG_FILE_ANY, &with->jwks, err))
        return false;
    with->issuer = (signet_verifier_issuer){given->jwks_issuer, signet_buf_slice(&with->jwks)};
    with->it.options.issuers = &with->issuer;
    with->it.options.issuer_count = 1;
    return true;
}

static bool
read_log(const choices *given, material *with, signet_error *err)
{
    if (!given->log)
        return true;
    if (!sg_file_read(given->log, EXPLAIN_LOG_MAX, SG_FILE_ANY, &with->log_text, err))
        return false;
    return explain_log_read(signet_buf_slice(&with->log_text), &with->log) ||
           signet_fail(err, SIGNET_E_DECODE, "%s: holds no refusal of signet", given->log);
}

static bool
read_now(const choices *given, material *with, signet_error *err)
{
    int64_t proof = explain_proof_time(&with->request);

    with->it.now = proof > 0 ? proof : cli_now();
    if (proof > 0 && with->log.has_clock)
        with->it.now = proof - with->log.ahead;
    if (!given->now)
        return true;
    if (given->now[strspn(given->now, "0123456789")] == '\0')
        return cli_parse_number("--now", given->now, 1, INT64_MAX, &with->it.now, err);
    if (signet_time_parse(signet_slice_text(given->now), &with->it.now, err))
        return true;
    err->code = SIGNET_E_USAGE;
    signet_error_prefix(err, "--now");
    return false;
}

static bool
read_policy(const choices *given, material *with, signet_error *err)
{
    signet_verifier_policy *policy = &with->it.policy;

    policy->allow_full = !given->no_full;
    policy->allow_unsigned_body = given->unsigned_body;
    policy->audience = given->audience;
    policy->purposes = given->purposes[0] ? given->purposes : NULL;
    return read_binding(given->binding, &policy->binding, err) &&
           read_dialects(given, &policy->dialects, err) &&
           (!given->skew || cli_parse_number("--skew", given->skew, 1, SIGNET_VERIFIER_SKEW_MAX,
                                &policy->skew, err)) &&
           (!given->body_max || cli_parse_number("--body-max", given->body_max, 1, INT64_MAX,
                                    &policy->body_max, err));
}

static bool
read_keys(const choices *given, material *with, signet_error *err)
{
    signet_verifier_options *options = &with->it.options;

    options->accepted = input_all_algorithms();
    for (size_t i = 0; given->keys[i]; i++) {
        with->owned[i] = key_argument_read_accepted(options->accepted, given->keys[i], err);
        if (!with->owned[i]) {
            signet_error_prefix(err, given->keys[i]);
            return false;
        }
        with->keys[i] = (signet_verifier_key){.issuer = given->issuer, .key = with->owned[i]};
        options->key_count++;
    }
    options->keys = with->keys;
    options->origins = given->origins;
    return true;
}

static bool
read_file(const char *path, size_t max, signet_buf *out, signet_error *err)
{
    return !path || sg_file_read(path, max, SG_FILE_ANY, out, err);
}

static bool
read_record(const choices *given, material *with, signet_error *err)
{
    enum { RECORD_KEY_MAX = 4096 };

    if (!read_format(given->record_format, &with->it.options.has_reference_records, err) ||
        !read_file(given->record, SIGNET_RECORD_MAX + 2, &with->record, err) ||
        !read_file(given->record_key, RECORD_KEY_MAX, &with->record_key, err))
        return false;
    if (given->record)
        with->it.record = input_line(signet_buf_slice(&with->record));
    with->it.options.record_key = signet_buf_slice(&with->record_key);
    return true;
}

static bool
read_request(const char *path, material *with, signet_error *err)
{
    if (!input_read(path, SAVED_MAX, &with->bytes, err))
        return false;
    with->it.request = &with->request;
    if (saved_request_read(signet_buf_slice(&with->bytes), &with->request, err))
        return true;
    signet_error_prefix(err, input_name(path));
    return false;
}

/* --- what is said --- */

static void
report_request(report *to, const material *with)
{
    const signet_http_request *request = &with->request.facts.request;
    int64_t time = explain_proof_time(&with->request);

    report_open(to, "request", "as it was saved");
    report_text(to, "method", request->method, NULL);
    report_text(to, "target", request->target, NULL);
    report_text(to, "authority", request->authority, NULL);
    report_number(to, "content", (int64_t)with->request.content.len, "bytes");
    if (time > 0)
        report_time(to, "signed", time, NULL);
    report_time(
        to, "judged", with->it.now, with->it.now == time ? "the second of the proof" : NULL);
    report_close(to);
}

static bool
report_why(report *to, const material *with, const signet_verification *verification,
    const signet_refusal *refusal, signet_error *err)
{
    const signet_explanation built = signet_verification_explanation(verification);
    bool is_message = false;

    if (built.dialect)
        report_word(to, "dialect", built.dialect, NULL);
    if (built.authority.len > 0)
        report_text(to, "origin", built.authority, "the one of yours that the request is for");
    if (built.text.len > 0)
        report_hex(to, "text", built.text, "what the client must have signed");
    if (strcmp(refusal->label, "digest_mismatch") == 0)
        return explain_report_digest(to, &with->request, err);
    is_message = built.dialect && strcmp(built.dialect, "message-signature") == 0;
    return strcmp(refusal->stage, "signature_verification") != 0 ||
           (!is_message && !saved_request_field(&with->request, "signet-proof").ptr) ||
           explain_report_differences(to, &with->it, is_message, err);
}

static void
report_log(report *to, const explain_log *log, const signet_refusal *refusal)
{
    signet_slice here = refusal ? signet_slice_text(refusal->code) : (signet_slice){NULL, 0};

    if (!log->code.ptr)
        return;
    report_open(to, "service", "the last refusal in its log");
    report_text(to, "code", log->code, NULL);
    report_text(to, "reason", log->reason, NULL);
    report_bool(to, "agrees", signet_slice_is_equal(log->code, here),
        "if not, it is configured otherwise, or this is another request");
    report_close(to);
}

static void
report_verdict(report *to, const signet_verification *verification, const signet_refusal *refusal)
{
    signet_http_identity who = signet_verification_identity(verification);

    report_word(to, "verdict", refusal ? "refused" : "accepted", NULL);
    if (!refusal) {
        report_hex(to, "token", who.token_id, NULL);
        report_text(to, "issuer", who.issuer, NULL);
        report_text(to, "purpose", who.purpose, NULL);
        return;
    }
    report_word(to, "code", refusal->code, NULL);
    report_number(to, "status", refusal->status, "what the client sees");
    report_word(to, "reason", signet_verification_reason(verification)->message, NULL);
}

static int
explain(const choices *given, material *with, signet_error *err)
{
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(report_free) report to = {.json = given->json};
    const signet_refusal *refusal = NULL;

    verification = explain_judge(with->verifier, NULL, &with->it, &with->request.facts, err);
    if (!verification)
        return CLI_FAILED;
    refusal = signet_verification_refusal(verification);
    report_begin(&to);
    report_request(&to, with);
    explain_report_steps(&to, verification);
    report_verdict(&to, verification, refusal);
    report_log(&to, &with->log, refusal);
    if (refusal && !report_why(&to, with, verification, refusal, err))
        return CLI_FAILED;
    (void)report_end(&to);
    return refusal ? CLI_REFUSED : CLI_OK;
}

static int
run(const choices *given, const char *path)
{
    static material with; /* large */
    signet_error err = {0};
    int status = CLI_FAILED;

    if (read_request(path, &with, &err) && read_policy(given, &with, &err) &&
        read_keys(given, &with, &err) && read_jwks(given, &with, &err) &&
        read_record(given, &with, &err) && read_log(given, &with, &err) &&
        read_now(given, &with, &err)) {
        with.verifier = signet_verifier_new(&with.it.options, &err);
        if (with.verifier)
            status = explain(given, &with, &err);
    }
    free_material(&with);
    if (status == CLI_FAILED && err.code != SIGNET_OK)
        (void)cli_failed(NULL, &err); /* whatever it is: no answer */
    return status;
}

static bool
take(const char **list, size_t room, const char *value)
{
    size_t count = 0;

    while (list[count])
        count++;
    if (count + 1 >= room)
        return false;
    list[count] = value;
    return true;
}

/* Options that may come more than once go on lists, which `targets` cannot. */
static int
read_options(int argc, char **argv, const struct option *options, choices *given)
{
    const command_option targets[] = {
        {SET_ISSUER, &given->issuer, NULL},
        {SET_RECORD, &given->record, NULL},
        {SET_RECORD_KEY, &given->record_key, NULL},
        {SET_RECORD_FORMAT, &given->record_format, NULL},
        {SET_JWKS, &given->jwks, NULL},
        {SET_JWKS_ISSUER, &given->jwks_issuer, NULL},
        {SET_BINDING, &given->binding, NULL},
        {SET_NO_FULL, NULL, &given->no_full},
        {SET_UNSIGNED, NULL, &given->unsigned_body},
        {SET_AUDIENCE, &given->audience, NULL},
        {SET_SKEW, &given->skew, NULL},
        {SET_BODY_MAX, &given->body_max, NULL},
        {SET_NOW, &given->now, NULL},
        {SET_LOG, &given->log, NULL},
        {OPTION_JSON, NULL, &given->json},
        {0, NULL, NULL},
    };

    for (;;) {
        int option = command_options(argc, argv, options, targets);
        bool fits = true;

        if (option == ADD_KEY)
            fits = take(given->keys, sizeof(given->keys) / sizeof(given->keys[0]), optarg);
        else if (option == ADD_ORIGIN)
            fits = take(given->origins, sizeof(given->origins) / sizeof(given->origins[0]), optarg);
        else if (option == ADD_PURPOSE)
            fits =
                take(given->purposes, sizeof(given->purposes) / sizeof(given->purposes[0]), optarg);
        else if (option == ADD_DIALECT)
            fits =
                take(given->dialects, sizeof(given->dialects) / sizeof(given->dialects[0]), optarg);
        else
            return option;
        if (!fits)
            return '?';
    }
}

int
cmd_explain(int argc, char **argv)
{
    static const struct option options[] = {
        {"master-key", required_argument, NULL, ADD_KEY},
        {"issuer", required_argument, NULL, SET_ISSUER},
        {"origin", required_argument, NULL, ADD_ORIGIN},
        {"record", required_argument, NULL, SET_RECORD},
        {"record-key", required_argument, NULL, SET_RECORD_KEY},
        {"record-format", required_argument, NULL, SET_RECORD_FORMAT},
        {"dialect", required_argument, NULL, ADD_DIALECT},
        {"jwks", required_argument, NULL, SET_JWKS},
        {"jwks-issuer", required_argument, NULL, SET_JWKS_ISSUER},
        {"binding", required_argument, NULL, SET_BINDING},
        {"no-full", no_argument, NULL, SET_NO_FULL},
        {"unsigned-body", no_argument, NULL, SET_UNSIGNED},
        {"purpose", required_argument, NULL, ADD_PURPOSE},
        {"audience", required_argument, NULL, SET_AUDIENCE},
        {"skew", required_argument, NULL, SET_SKEW},
        {"body-max", required_argument, NULL, SET_BODY_MAX},
        {"now", required_argument, NULL, SET_NOW},
        {"log", required_argument, NULL, SET_LOG},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    static choices given; /* large */
    int option = read_options(argc, argv, options, &given);

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (argc - optind > 1)
        return cli_misused_because(usage, "one request at a time");
    if ((!given.keys[0] && !given.jwks) || !given.origins[0])
        return cli_misused_because(usage, "--master-key and --origin are needed");
    return run(&given, optind < argc ? argv[optind] : NULL);
}
