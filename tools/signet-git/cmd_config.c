/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "common/identity.h"
#include "process.h"

static const char usage[] =
    "usage: signet-git config [--global|--local] [--yes]\n"
    "\n"
    "Show git's three options that make it sign with Signet, what they are now and what they will\n"
    "be, ask, and set them. Without a terminal to ask on, and without --yes, only show them.\n"
    "\n"
    "      --global    for all repositories (default)\n"
    "      --local     for the repository around the working directory\n"
    "  -y, --yes       do not ask\n"
    "      --home DIR  where your key is\n"
    "\n"
    "example:     signet-git config --global\n";

enum { SETTING_COUNT = 3, VALUE_MAX = 4096 };

typedef struct {
    const char *name;
    const char *wanted;
    char now[VALUE_MAX]; /* empty: not set */
} setting;

typedef struct {
    const char *scope; /* "--global" or "--local" */
    setting settings[SETTING_COUNT];
    char program[PATH_MAX];
    signet_buf key_id;
} plan;

static void
plan_free_auto(plan *made)
{
    signet_buf_free(&made->key_id);
}

/** Run `git config SCOPE ...`; its output, up to `size` bytes with a terminator. */
static bool
run_git_config(const char *const *more, const char *scope, char *ret_output, size_t size,
    bool *ret_is_set, signet_error *err)
{
    SIGNET_AUTO(process_words_free) process_words words = {0};
    SIGNET_AUTO(process_free) process git = {0, -1, -1};
    size_t len = 0;
    ssize_t count = 0;

    if (!process_words_add(&words, "git", err) || !process_words_add(&words, "config", err) ||
        !process_words_add(&words, scope, err))
        return false;
    for (; *more; more++)
        if (!process_words_add(&words, *more, err))
            return false;
    if (!process_start(&words, PROCESS_READS_NOTHING, &git, err))
        return false;
    while (len + 1 < size && ((count = read(git.out, ret_output + len, size - len - 1)) > 0 ||
                                 (count < 0 && errno == EINTR)))
        len += count > 0 ? (size_t)count : 0;
    ret_output[len] = 0;
    *ret_is_set = process_finish(&git, "git config", err);
    return true;
}

/** What it is now; an unset option and one that git cannot read are both empty. */
static bool
read_setting(setting *at, const char *scope, signet_error *err)
{
    const char *const words[] = {"--get", at->name, NULL};
    bool is_set = false;

    if (!run_git_config(words, scope, at->now, sizeof(at->now), &is_set, err))
        return false;
    at->now[is_set ? strcspn(at->now, "\n") : 0] = 0;
    return true;
}

static bool
write_setting(const setting *at, const char *scope, signet_error *err)
{
    const char *const words[] = {at->name, at->wanted, NULL};
    char output[VALUE_MAX];
    bool is_set = false;

    return run_git_config(words, scope, output, sizeof(output), &is_set, err) && is_set;
}

static bool
find_program(char ret_path[PATH_MAX], signet_error *err)
{
    char reason[64];
    ssize_t len = readlink("/proc/self/exe", ret_path, PATH_MAX - 1);

    if (len < 0)
        return signet_fail(err, SIGNET_E_IO, "cannot tell where this program is: %s",
            strerror_r(errno, reason, sizeof(reason)));
    ret_path[len] = 0;
    return true;
}

static bool
make_plan(const char *given_home, plan *ret_plan, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (!home_open(given_home, &config, err))
        return false;
    key = identity_public(&config, &signet_ed25519, err);
    if (!key || !signet_key_write_id(key, &ret_plan->key_id, err) ||
        !signet_buf_append(&ret_plan->key_id, (signet_slice){(const uint8_t *)"", 1}, err) ||
        !find_program(ret_plan->program, err))
        return false;
    ret_plan->settings[0] = (setting){.name = "gpg.format", .wanted = "x509"};
    ret_plan->settings[1] = (setting){.name = "gpg.x509.program", .wanted = ret_plan->program};
    ret_plan->settings[2] =
        (setting){.name = "user.signingKey", .wanted = (const char *)ret_plan->key_id.data};
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (!read_setting(&ret_plan->settings[i], ret_plan->scope, err))
            return false;
    return true;
}

/** Show the plan; whether it changes anything. */
static bool
show(const plan *made)
{
    bool changes = false;

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const setting *at = &made->settings[i];
        bool is_same = strcmp(at->now, at->wanted) == 0;

        changes = changes || !is_same;
        cli_print_plain(stdout, "git config %s %s ", made->scope, at->name);
        cli_print(stdout, CLI_CODE, "%s", at->wanted);
        if (is_same)
            cli_print_plain(stdout, "    (as it is)\n");
        else if (at->now[0])
            cli_print_plain(stdout, "    (now: %s)\n", at->now);
        else
            cli_print_plain(stdout, "\n");
    }
    (void)fflush(stdout);
    return changes;
}

static bool
ask(void)
{
    char answer[16] = "";

    (void)fputs("Set these? [y/N] ", stderr);
    (void)fflush(stderr);
    return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int
configure(plan *made, const char *given_home, bool is_agreed)
{
    signet_error err = {0};

    if (!make_plan(given_home, made, &err))
        return cli_failed(NULL, &err);
    if (!show(made)) {
        cli_success(stdout, "git signs with Signet already");
        return CLI_OK;
    }
    if (!is_agreed && !isatty(STDIN_FILENO)) {
        cli_hint("nothing was changed; --yes sets them");
        return CLI_OK;
    }
    if (!is_agreed && !ask()) {
        cli_hint("nothing was changed");
        return CLI_REFUSED;
    }
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (!write_setting(&made->settings[i], made->scope, &err))
            return cli_failed(made->settings[i].name, &err);
    cli_success(stdout, "git signs with Signet: git commit -S, git tag -s");
    cli_hint("git config %s commit.gpgSign true signs every commit", made->scope);
    return CLI_OK;
}

int
cmd_config(int argc, char **argv)
{
    static const struct option options[] = {
        {"global", no_argument, NULL, 'g'},
        {"local", no_argument, NULL, 'l'},
        {"yes", no_argument, NULL, 'y'},
        {"home", required_argument, NULL, 'H'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    SIGNET_AUTO(plan_free) plan made = {.scope = "--global"};
    const char *given_home = NULL;
    bool is_agreed = false;
    int option = 0;

    while ((option = cli_next_option(argc, argv, ":yh", options)) != -1) {
        switch (option) {
        case 'g':
            made.scope = "--global";
            break;
        case 'l':
            made.scope = "--local";
            break;
        case 'y':
            is_agreed = true;
            break;
        case 'H':
            given_home = optarg;
            break;
        case 'h':
            return cli_help(usage);
        default:
            return cli_misused_option(option, argv, usage);
        }
    }
    if (optind < argc)
        return cli_misused_because(usage, "unexpected word %s", argv[optind]);
    return configure(&made, given_home, is_agreed);
}
