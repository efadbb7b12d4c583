/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "commands.h"
#include "input.h"
#include "key_argument.h"
#include "master_key.h"
#include "output.h"
#include "policy_source.h"

static const char usage[] =
    "usage: signet policy COMMAND [OPTION...]\n"
    "\n"
    "Say who may have certificates: a policy is written, compiled to a signed bundle, and asked.\n"
    "\n"
    "  compile SOURCE          make a bundle of SOURCE, a file of YAML\n"
    "  verify BUNDLE           check a bundle, and say what is in it\n"
    "  eval BUNDLE SUBJECT     say whether SUBJECT is allowed now\n"
    "  explain BUNDLE SUBJECT  the same, with the groups and what they give\n"
    "\n"
    "      --scim         SOURCE is a list of SCIM 2.0 users and groups, as JSON\n"
    "      --after FILE   the bundle that this one follows; without it this is the first\n"
    "      --key FILE     sign with the private key in FILE; default: your own\n"
    "      --out FILE     write the bundle there; default: standard output\n"
    "      --signer KEY   whose bundles count; a key id or a file with a public key\n"
    "      --home DIR     where keys and configuration are; default: ~/.signet\n"
    "      --help         show this\n"
    "\n"
    "exit status: 0 done or allowed, 1 refused or denied, 2 could not tell\n"
    "example:     signet policy compile --after policy.cbor --out policy.cbor policy.yaml\n";

enum { SET_AFTER = OPTION_JSON + 1, SET_KEY, SET_OUT, SET_SIGNER, SET_SCIM };

typedef struct {
    char *const *words; /* after the name of the command */
    const char *after, *key, *out, *signer, *home;
    bool is_scim;
} choices;

/* The bundle in a file, signed by `signer`. */
static signet_policy *
read_bundle(const char *path, const signet_key *signer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    if (!input_read(path, SIGNET_POLICY_MAX, &bytes, err))
        return NULL;
    return signet_policy_open(signet_buf_slice(&bytes), signer, err);
}

/* Whoever was in the bundle before and is not any more ends its epoch. */
static bool
follow(const signet_policy *before, signet_policy_compiler *compiler, signet_error *err)
{
    const signet_policy_fields *fields = signet_policy_fields_of(before);

    for (size_t i = 0; i < fields->subject_count; i++) {
        if (signet_policy_compiler_subject(compiler, fields->subjects[i].name))
            continue;
        if (fields->epoch == UINT64_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "there is no later epoch");
        return signet_policy_compiler_begin_epoch(compiler, fields->epoch + 1, err);
    }
    return true;
}

static bool
make(const choices *given, const signet_key *key, const signet_policy *before, signet_buf *out,
    signet_error *err)
{
    signet_policy_compiler_options options = {0};
    SIGNET_AUTO(signet_policy_compiler_free) signet_policy_compiler *compiler = NULL;
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    if (before) {
        options.epoch = signet_policy_fields_of(before)->epoch;
        options.sequence = signet_policy_fields_of(before)->sequence;
    }
    compiler = signet_policy_compiler_new(&options, err);
    if (!compiler || !input_read(given->words[0], POLICY_SOURCE_MAX, &text, err) ||
        !(given->is_scim ? policy_source_scim : policy_source_yaml)(
            signet_buf_slice(&text), compiler, err) ||
        (before && !follow(before, compiler, err)) ||
        !signet_policy_compile(compiler, key, cli_now(), out, err))
        return false;
    policy = signet_policy_open(signet_buf_slice(out), key, err);
    return policy && policy_source_check_groups(policy, compiler, err);
}

static int
compile(const choices *given)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_policy_free) signet_policy *before = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    key = master_key_load(given->key, "ed25519", given->home, &err);
    if (!key)
        return cli_failed(given->key, &err);
    if (given->after) {
        before = read_bundle(given->after, key, &err);
        if (!before)
            return cli_failed(given->after, &err);
    }
    if (!make(given, key, before, &out, &err))
        return cli_failed(input_name(given->words[0]), &err);
    if (!output_write(given->out ? given->out : "-", signet_buf_slice(&out), &err))
        return cli_failed(given->out, &err);
    return CLI_OK;
}

/* A checker that has taken the bundle in a file, or NULL. */
static signet_policy_checker *
take(const choices *given, const signet_key *signer, signet_error *err)
{
    const signet_policy_checker_options options = {.anchor = signer};
    SIGNET_AUTO(signet_policy_checker_free) signet_policy_checker *checker = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    checker = signet_policy_checker_new(&options, err);
    if (!checker || !input_read(given->words[0], SIGNET_POLICY_MAX, &bytes, err) ||
        !signet_policy_checker_take(checker, signet_buf_slice(&bytes), cli_now(), err))
        return NULL;
    return SIGNET_TAKE(checker);
}

static signet_key *
signer_of(const choices *given, signet_error *err)
{
    if (!given->signer)
        return signet_fail_null(err, SIGNET_E_USAGE, "--signer is needed: whose bundles count");
    return key_argument_read(given->signer, err);
}

static int
verify(const choices *given)
{
    SIGNET_AUTO(signet_key_free) signet_key *signer = NULL;
    SIGNET_AUTO(signet_policy_checker_free) signet_policy_checker *checker = NULL;
    const signet_policy_fields *fields = NULL;
    signet_policy_decision decision = {0};
    signet_error err = {0};
    char issued[32];

    signer = signer_of(given, &err);
    if (!signer)
        return cli_failed(NULL, &err);
    checker = take(given, signer, &err);
    if (!checker)
        return cli_failed(input_name(given->words[0]), &err);
    (void)!signet_policy_check(checker, signet_slice_text(""), cli_now(), &decision);
    fields = signet_policy_fields_of(decision.policy);
    signet_time_format((int64_t)fields->issued, issued);
    cli_print_plain(stdout, "epoch     %" PRIu64 "\n", fields->epoch);
    cli_print_plain(stdout, "sequence  %" PRIu64 "\n", fields->sequence);
    cli_print_plain(stdout, "issued    %s\n", issued);
    cli_print_plain(stdout, "subjects  %zu\n", fields->subject_count);
    cli_print_plain(stdout, "groups    %zu\n", fields->group_count);
    return CLI_OK;
}

static void
print_details(const signet_policy_decision *decision)
{
    uint64_t ids[SIGNET_POLICY_CAPABILITIES_MAX];
    const signet_policy_subject *subject = decision->subject;
    size_t count = subject ? signet_policy_capabilities(decision->policy, subject, ids) : 0;
    uint64_t seconds = subject ? signet_policy_cert_ttl(decision->policy, subject) : 0;

    for (size_t i = 0; subject && i < subject->group_count; i++)
        cli_print_plain(stdout, "group         %.*s\n", (int)subject->groups[i].len,
            (const char *)subject->groups[i].ptr);
    for (size_t i = 0; i < count; i++)
        cli_print_plain(stdout, "capability    %" PRIu64 "\n", ids[i]);
    if (seconds > 0)
        cli_print_plain(stdout, "certificates  at most %" PRIu64 " seconds\n", seconds);
}

static int
decide(const choices *given, bool with_details)
{
    SIGNET_AUTO(signet_key_free) signet_key *signer = NULL;
    SIGNET_AUTO(signet_policy_checker_free) signet_policy_checker *checker = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    signet_slice subject = signet_slice_text(given->words[1]);
    signet_policy_decision decision = {0};
    signet_error err = {0};
    bool is_allowed = false;

    signer = signer_of(given, &err);
    if (!signer)
        return cli_failed(NULL, &err);
    checker = take(given, signer, &err);
    if (!checker)
        return cli_failed(input_name(given->words[0]), &err);
    is_allowed = signet_policy_check(checker, subject, cli_now(), &decision);
    if (!signet_policy_explain(&decision, subject, &line, &err))
        return cli_failed(NULL, &err);
    cli_print_plain(stdout, "%.*s\n", (int)line.len, (const char *)line.data);
    if (with_details)
        print_details(&decision);
    return is_allowed ? CLI_OK : CLI_REFUSED;
}

static int
eval(const choices *given)
{
    return decide(given, false);
}

static int
explain(const choices *given)
{
    return decide(given, true);
}

static const struct {
    const char *name;
    int (*run)(const choices *given);
    int words;
} commands[] = {
    {"compile", compile, 1},
    {"verify", verify, 1},
    {"eval", eval, 2},
    {"explain", explain, 2},
};

int
cmd_policy(int argc, char **argv)
{
    static const struct option options[] = {
        {"scim", no_argument, NULL, SET_SCIM},
        {"after", required_argument, NULL, SET_AFTER},
        {"key", required_argument, NULL, SET_KEY},
        {"out", required_argument, NULL, SET_OUT},
        {"signer", required_argument, NULL, SET_SIGNER},
        {"home", required_argument, NULL, OPTION_HOME},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    choices given = {0};
    const command_option targets[] = {
        {SET_SCIM, NULL, &given.is_scim},
        {SET_AFTER, &given.after, NULL},
        {SET_KEY, &given.key, NULL},
        {SET_OUT, &given.out, NULL},
        {SET_SIGNER, &given.signer, NULL},
        {OPTION_HOME, &given.home, NULL},
        {0, NULL, NULL},
    };
    int option = command_options(argc, argv, options, targets);
    int words = argc - optind - 1;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (words < 0)
        return cli_misused_because(usage, "which command?");
    given.words = argv + optind + 1;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(commands[i].name, argv[optind]) != 0)
            continue;
        if (words != commands[i].words)
            return cli_misused_because(
                usage, "policy %s does not take %d words", commands[i].name, words);
        return commands[i].run(&given);
    }
    return cli_misused_because(usage, "unknown command: policy %s", argv[optind]);
}
