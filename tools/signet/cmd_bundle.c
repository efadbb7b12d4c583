/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "input.h"
#include "key_argument.h"
#include "report.h"

static const char usage[] =
    "usage: signet bundle show [--json] [FILE]\n"
    "       signet bundle verify --anchor KEY [OPTION...] [FILE]\n"
    "\n"
    "Look at a revocation bundle (in FILE or on standard input): which epoch and which keys of an\n"
    "issuer are current.  show believes nothing and says so; verify says whether it is signed by\n"
    "the anchor and fresh.  KEY is a public key: its id, or a file.\n"
    "\n"
    "      --anchor KEY      the key that signs bundles of this issuer\n"
    "      --hybrid KEY      a second key that must have signed, too\n"
    "      --issuer NAME     the issuer that the bundle must name\n"
    "      --min-seqno N     the number that it must have at least\n"
    "      --max-age SECONDS how old it may be; default: 3600\n"
    "      --at TIME         judge as of 2026-11-25T02:00:00Z or @SECONDS; default: now\n"
    "      --json            report as JSON\n"
    "      --help            show this\n"
    "\n"
    "exit status: 0 genuine and fresh, 1 not, 2 could not tell\n"
    "example:     signet bundle verify --anchor bundle.pub --issuer auth.example bundle.json\n";

enum {
    SET_ANCHOR = OPTION_JSON + 1,
    SET_HYBRID,
    SET_ISSUER,
    SET_MIN_SEQNO,
    SET_MAX_AGE,
    SET_AT,
};

typedef struct {
    const char *anchor, *hybrid, *issuer, *min_seqno, *max_age, *at;
    bool json;
} choices;

static int
read_options(int argc, char **argv, choices *given)
{
    static const struct option options[] = {
        {"anchor", required_argument, NULL, SET_ANCHOR},
        {"hybrid", required_argument, NULL, SET_HYBRID},
        {"issuer", required_argument, NULL, SET_ISSUER},
        {"min-seqno", required_argument, NULL, SET_MIN_SEQNO},
        {"max-age", required_argument, NULL, SET_MAX_AGE},
        {"at", required_argument, NULL, SET_AT},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const command_option targets[] = {
        {SET_ANCHOR, &given->anchor, NULL},
        {SET_HYBRID, &given->hybrid, NULL},
        {SET_ISSUER, &given->issuer, NULL},
        {SET_MIN_SEQNO, &given->min_seqno, NULL},
        {SET_MAX_AGE, &given->max_age, NULL},
        {SET_AT, &given->at, NULL},
        {OPTION_JSON, NULL, &given->json},
        {0, NULL, NULL},
    };

    return command_options(argc, argv, options, targets);
}

static signet_bundle *
read_bundle(const char *path, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    if (!input_read(path, SIGNET_BUNDLE_MAX, &text, err))
        return NULL;
    return signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, err);
}

static void
show_keys(report *to, const signet_bundle_content *said)
{
    report_open_list(to, "keys", NULL);
    for (size_t i = 0; i < said->key_count; i++) {
        report_open(to, NULL, NULL);
        report_text(to, "id", said->keys[i].id, NULL);
        report_hex(to, "key", said->keys[i].value, NULL);
        report_close(to);
    }
    report_close_list(to);
}

static void
show(report *to, const signet_bundle *bundle)
{
    const signet_bundle_content *said = signet_bundle_said(bundle);

    report_unsigned(to, "epoch", said->epoch, "tokens of lower ones are revoked");
    report_unsigned(to, "seqno", said->seqno, "grows with each publication");
    report_text(to, "key_id", said->key_id, "the current key");
    if (said->previous_key_id.len > 0)
        report_text(to, "previous_key_id", said->previous_key_id, "the key before, in its grace");
    if (said->issued > 0)
        report_time(to, "issued", said->issued, NULL);
    if (said->has_extension) {
        report_text(to, "issuer", said->issuer, NULL);
        report_time(to, "expires", said->expires, "last second it may be used");
        report_bool(to, "hybrid", said->hybrid_signature.len > 0, "whether a second key signed");
    }
    show_keys(to, said);
    report_hex(to, "signed_bytes", signet_bundle_signed_bytes(bundle), "canonical CBOR");
}

static int
print(const choices *given, const char *path, const signet_bundle *bundle, bool is_verified)
{
    SIGNET_AUTO(report_free) report to = {.json = given->json};

    report_begin(&to);
    if (given->json)
        report_bool(&to, "verified", is_verified, NULL);
    else if (is_verified)
        cli_success(stdout, "%s: genuine and fresh; it says:", input_name(path));
    else
        report_note(&to, "%s: nothing was verified; it says:", input_name(path));
    show(&to, bundle);
    return report_end(&to);
}

/* What the options say, in numbers. */
typedef struct {
    signet_revocation_rules rules;
    int64_t min_seqno, now;
} limits;

static bool
read_limits(const choices *given, limits *ret_limits, signet_error *err)
{
    ret_limits->now = cli_now();
    if (given->at && !signet_time_parse(signet_slice_text(given->at), &ret_limits->now, err))
        return false;
    if (given->max_age && !cli_parse_number("--max-age", given->max_age, 1, INT32_MAX,
                              &ret_limits->rules.age_max, err))
        return false;
    return !given->min_seqno || cli_parse_number("--min-seqno", given->min_seqno, 0, INT64_MAX,
                                    &ret_limits->min_seqno, err);
}

static bool
judge(const choices *given, const signet_bundle *bundle, const limits *within, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *anchor_key = NULL, *hybrid = NULL;
    const signet_bundle_content *said = signet_bundle_said(bundle);
    signet_bundle_anchor anchor = {.needs_extension = given->issuer != NULL};
    signet_bundle_issuer issuer = {.name = said->issuer, .anchors = &anchor, .anchor_count = 1};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
    signet_trusted_bundle trusted = {0};

    anchor_key = key_argument_read_accepted(input_all_algorithms(), given->anchor, err);
    if (!anchor_key)
        return false;
    if (given->hybrid)
        hybrid = key_argument_read_accepted(input_all_algorithms(), given->hybrid, err);
    if (given->hybrid && !hybrid)
        return false;
    anchor.key = anchor_key;
    anchor.hybrid = hybrid;
    if (given->issuer)
        issuer.name = signet_slice_text(given->issuer);
    if (signet_bundle_verify(bundle, &issuer, &within->rules, within->now, &trusted, &outcome)) {
        if (said->seqno >= (uint64_t)within->min_seqno)
            return true;
        outcome = SIGNET_REVOCATION_ROLLBACK;
    }
    signet_revocation_explain(outcome, err);
    return false;
}

static int
verify(const choices *given, const char *path)
{
    SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;
    signet_error err = {0};
    limits within = {0};

    if (!read_limits(given, &within, &err))
        return cli_misused_because(usage, "%s", err.message);
    bundle = read_bundle(path, &err);
    if (!bundle || !judge(given, bundle, &within, &err))
        return report_refusal(input_name(path), given->json, &err);
    return print(given, path, bundle, true);
}

static int
show_only(const choices *given, const char *path)
{
    SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;
    signet_error err = {0};

    bundle = read_bundle(path, &err);
    return bundle ? print(given, path, bundle, false) : cli_failed(input_name(path), &err);
}

int
cmd_bundle(int argc, char **argv)
{
    choices given = {0};
    int option = read_options(argc, argv, &given);
    const char *word = optind < argc ? argv[optind] : NULL;
    const char *path = word && optind + 1 < argc ? argv[optind + 1] : NULL;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (!word)
        return cli_misused(usage);
    if (argc - optind > 2)
        return cli_misused_because(usage, "one bundle at a time");
    if (strcmp(word, "show") == 0)
        return given.anchor || given.hybrid || given.issuer || given.min_seqno || given.max_age ||
                       given.at
                   ? cli_misused_because(usage, "bundle show verifies nothing; see bundle verify")
                   : show_only(&given, path);
    if (strcmp(word, "verify") != 0)
        return cli_misused_because(usage, "unknown command: bundle %s", word);
    if (!given.anchor)
        return cli_misused_because(usage, "bundle verify needs --anchor");
    return verify(&given, path);
}
