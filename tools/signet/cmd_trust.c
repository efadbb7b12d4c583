/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/file.h"
#include "commands.h"
#include "json_out.h"
#include "key_argument.h"
#include "trust_file.h"

static const char usage[] =
    "usage: signet trust COMMAND [OPTION...]\n"
    "\n"
    "Say whose signatures are good: edit trusted_signers in your home.\n"
    "\n"
    "  add NAME KEY [KEY]        trust NAME; KEY is a key id or a file with a public key, and of "
    "a\n"
    "                            hybrid signer there are two\n"
    "  list                      who is trusted\n"
    "  remove NAME               forget NAME; old signatures become those of somebody unknown\n"
    "  revoke NAME --since TIME  from TIME on NAME's key is not NAME's any more; signatures that "
    "are\n"
    "                            older stay good\n"
    "  import FILE               trust everybody in FILE (a trust file), or, on any conflict, "
    "nobody\n"
    "  export [NAME]             print the lines, for somebody else's import\n"
    "\n"
    "      --since TIME   2026-11-25, 2026-11-25T02:00:00Z or @SECONDS\n"
    "      --home DIR     where keys and configuration are; default: ~/.signet\n"
    "      --json         list as JSON\n"
    "      --help         show this\n"
    "\n"
    "exit status: 0 done, 1 refused, 2 could not\n"
    "example:     signet trust add alice@example.com alice.pem\n";

enum { SET_SINCE = OPTION_JSON + 1 };

typedef struct {
    const home *config;
    char *const *words; /* after the name of the command */
    size_t count;
    const char *since;
    bool json;
} choices;

static int
add(const choices *given)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    SIGNET_AUTO(signet_key_free) signet_key *first = NULL, *second = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    const char *name = given->words[0];
    signet_error err = {0};

    first = key_argument_read(given->words[1], &err);
    if (!first)
        return cli_failed(NULL, &err);
    if (given->count > 2) {
        second = key_argument_read(given->words[2], &err);
        if (!second)
            return cli_failed(NULL, &err);
    }
    if (!key_argument_trust_line(
            name, (signet_key *const[]){first, second}, second ? 2 : 1, &line, &err) ||
        !trust_file_open(given->config, true, &file, &err))
        return cli_failed(NULL, &err);
    if (signet_trust_find(file.trust, first) || (second && signet_trust_find(file.trust, second))) {
        const signet_trusted_signer *there = signet_trust_find(file.trust, first);

        there = there ? there : signet_trust_find(file.trust, second);
        signet_error_set(
            &err, SIGNET_E_EXISTS, "that key is %s's already, line %zu", there->name, there->line);
        return cli_failed((const char *)file.path.data, &err);
    }
    if (!trust_file_append(&file, signet_buf_slice(&line), &err) || !trust_file_save(&file, &err))
        return cli_failed(NULL, &err);
    cli_success(stdout, "%s is trusted", name);
    return CLI_OK;
}

static void
print_bound(const char *label, int64_t time, int64_t absent)
{
    char text[32];

    if (time == absent)
        return;
    signet_time_format(time, text);
    cli_print_plain(stdout, "  %s %s\n", label, text);
}

static void
print_signer(const signet_trusted_signer *signer)
{
    signet_error err = {0};

    cli_print(stdout, CLI_VALUE, "%s", signer->name);
    cli_print_plain(stdout, "\n");
    for (size_t i = 0; i < signer->key_count; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf id = {0};

        if (!signet_key_write_id(signer->keys[i], &id, &err))
            continue;
        cli_print_plain(stdout, "  %s %.64s%s\n", signet_key_algorithm(signer->keys[i])->name,
            (const char *)id.data, id.len > 64 ? "..." : "");
    }
    for (size_t i = 0; i < signer->unread_key_count; i++)
        cli_print_plain(stdout, "  %.40s... (needs libsignet-pki)\n", signer->unread_keys[i]);
    print_bound("valid after", signer->valid_after, SIGNET_TIME_MIN);
    print_bound("valid before", signer->valid_before, SIGNET_TIME_MAX);
    print_bound("revoked since", signer->revoked_since, SIGNET_TIME_MAX);
}

static void
write_bound(json_out *json, const char *name, int64_t time, int64_t absent)
{
    if (time != absent)
        json_time(json, name, time);
}

static void
write_signer(json_out *json, const signet_trusted_signer *signer)
{
    json_open(json, NULL, '{');
    json_text(json, "name", signer->name);
    json_number(json, "line", (int64_t)signer->line);
    json_open(json, "keys", '[');
    for (size_t i = 0; i < signer->key_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "algorithm", signet_key_algorithm(signer->keys[i])->name);
        json_hex(json, "id", signet_key_public(signer->keys[i]));
        json_close(json, '}');
    }
    json_close(json, ']');
    json_bool(json, "any_is_enough", signer->any_is_enough);
    write_bound(json, "valid_after", signer->valid_after, SIGNET_TIME_MIN);
    write_bound(json, "valid_before", signer->valid_before, SIGNET_TIME_MAX);
    write_bound(json, "revoked_since", signer->revoked_since, SIGNET_TIME_MAX);
    json_close(json, '}');
}

static int
list(const choices *given)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    SIGNET_AUTO(json_free) json_out json = {0};
    signet_error err = {0};

    if (!trust_file_open(given->config, false, &file, &err))
        return cli_failed(NULL, &err);
    json_open(&json, NULL, '{');
    json_open(&json, "signers", '[');
    for (size_t i = 0; i < signet_trust_count(file.trust); i++) {
        if (given->json)
            write_signer(&json, signet_trust_at(file.trust, i));
        else
            print_signer(signet_trust_at(file.trust, i));
    }
    json_close(&json, ']');
    json_close(&json, '}');
    return given->json ? json_print(&json, CLI_OK) : CLI_OK;
}

static int
remove_signer(const choices *given)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    signet_error err = {0};
    size_t count = 0;

    if (!trust_file_open(given->config, true, &file, &err) ||
        !trust_file_remove(&file, given->words[0], &count, &err) || !trust_file_save(&file, &err))
        return cli_failed(NULL, &err);
    cli_success(stdout, "%s is not trusted any more", given->words[0]);
    return CLI_OK;
}

static int
revoke(const choices *given)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    signet_error err = {0};
    int64_t since = 0;
    size_t count = 0;
    char text[32];

    if (!given->since)
        return cli_misused_because(usage, "revoke needs --since TIME");
    if (!signet_time_parse(signet_slice_text(given->since), &since, &err))
        return cli_misused_because(usage, "--since: %s", err.message);
    if (!trust_file_open(given->config, true, &file, &err) ||
        !trust_file_revoke(&file, given->words[0], since, &count, &err) ||
        !trust_file_save(&file, &err))
        return cli_failed(NULL, &err);
    signet_time_format(since, text);
    cli_success(stdout, "%s is revoked since %s", given->words[0], text);
    return CLI_OK;
}

/* What is new in somebody's file; a key that we know under another name is a conflict. */
typedef struct {
    size_t added, known, conflicts;
    signet_buf lines;
} import_plan;

static bool
plan_import(
    const trust_file *file, const signet_trust *theirs, import_plan *plan, signet_error *err)
{
    for (size_t i = 0; i < signet_trust_count(theirs); i++) {
        const signet_trusted_signer *signer = signet_trust_at(theirs, i), *there = NULL;

        for (size_t j = 0; j < signer->key_count && !there; j++)
            there = signet_trust_find(file->trust, signer->keys[j]);
        if (!there) {
            plan->added++;
            if (!signet_trust_write(signer, &plan->lines, err))
                return false;
        } else if (strcmp(there->name, signer->name) == 0) {
            plan->known++;
        } else {
            plan->conflicts++;
            cli_error(
                "line %zu: the key of %s is %s's here", signer->line, signer->name, there->name);
        }
    }
    return true;
}

static int
import(const choices *given)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    SIGNET_AUTO(signet_trust_free) signet_trust *theirs = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, lines = {0};
    const char *path = given->words[0];
    import_plan plan = {0};
    signet_error err = {0};
    bool is_planned = false;

    if (!sg_file_read(path, SIGNET_TRUST_FILE_MAX, SG_FILE_ANY, &text, &err))
        return cli_failed(path, &err);
    theirs = trust_file_parse(signet_buf_slice(&text), &err);
    if (!theirs)
        return cli_failed(path, &err);
    if (!trust_file_open(given->config, true, &file, &err))
        return cli_failed(NULL, &err);
    is_planned = plan_import(&file, theirs, &plan, &err);
    lines = plan.lines;
    if (!is_planned)
        return cli_failed(path, &err);
    if (plan.conflicts > 0) {
        signet_error_set(
            &err, SIGNET_E_EXISTS, "%zu conflicts, nobody was imported", plan.conflicts);
        return cli_failed(path, &err);
    }
    if (plan.added > 0 && (!trust_file_append(&file, signet_buf_slice(&lines), &err) ||
                              !trust_file_save(&file, &err)))
        return cli_failed(NULL, &err);
    cli_success(stdout, "%zu new, %zu known already", plan.added, plan.known);
    return CLI_OK;
}

static int
export_signers(const choices *given)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    SIGNET_AUTO(signet_buf_free) signet_buf lines = {0};
    const char *name = given->count > 0 ? given->words[0] : NULL;
    signet_error err = {0};

    if (!trust_file_open(given->config, false, &file, &err))
        return cli_failed(NULL, &err);
    for (size_t i = 0; i < signet_trust_count(file.trust); i++) {
        const signet_trusted_signer *signer = signet_trust_at(file.trust, i);

        if ((!name || strcmp(signer->name, name) == 0) && !signet_trust_write(signer, &lines, &err))
            return cli_failed(NULL, &err);
    }
    if (name && lines.len == 0) {
        signet_error_set(&err, SIGNET_E_NOT_FOUND, "nobody is called %s", name);
        return cli_failed((const char *)file.path.data, &err);
    }
    (void)fwrite(lines.data, 1, lines.len, stdout);
    return CLI_OK;
}

static const struct {
    const char *name;
    int (*run)(const choices *given);
    size_t least, most; /* words */
} commands[] = {
    {"add", add, 2, 3},
    {"list", list, 0, 0},
    {"remove", remove_signer, 1, 1},
    {"revoke", revoke, 1, 1},
    {"import", import, 1, 1},
    {"export", export_signers, 0, 1},
};

static int
run(choices *given, const char *name)
{
    size_t i = 0;

    while (i < sizeof(commands) / sizeof(commands[0]) && strcmp(commands[i].name, name) != 0)
        i++;
    if (i == sizeof(commands) / sizeof(commands[0]))
        return cli_misused_because(usage, "unknown command: trust %s", name);
    if (given->count < commands[i].least || given->count > commands[i].most)
        return cli_misused_because(usage, "trust %s does not take %zu words", name, given->count);
    return commands[i].run(given);
}

int
cmd_trust(int argc, char **argv)
{
    static const struct option options[] = {
        {"since", required_argument, NULL, SET_SINCE},
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    SIGNET_AUTO(home_free) home config = {0};
    choices given = {.config = &config};
    const char *directory = NULL;
    signet_error err = {0};
    int option;

    while ((option = cli_next_option(argc, argv, ":", options)) != -1) {
        if (option == OPTION_HELP)
            return cli_help(usage);
        if (option < OPTION_HELP)
            return cli_misused_option(option, argv, usage);
        if (option == SET_SINCE)
            given.since = optarg;
        else if (option == OPTION_HOME)
            directory = optarg;
        else
            given.json = true;
    }
    if (optind == argc)
        return cli_misused(usage);
    given.words = argv + optind + 1;
    given.count = (size_t)(argc - optind - 1);
    if (!command_home(directory, &config, &err))
        return cli_failed(NULL, &err);
    return run(&given, argv[optind]);
}
