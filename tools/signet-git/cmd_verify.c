/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "history.h"
#include "report.h"
#include "repository.h"
#include "revisions.h"

static const char usage[] =
    "usage: signet-git verify [OPTION...] [REV|RANGE...]\n"
    "\n"
    "Judge the signatures of commits and of annotated tags. A REV stands for everything that can\n"
    "be reached from it, as in git log; default: HEAD. Answers are good, unknown (by somebody\n"
    "who is not trusted), expired, revoked, bad, broken, unsigned, and other (a PGP or SSH\n"
    "signature, which is not judged here).\n"
    "\n"
    "  -n, --max-count N  no more than N commits\n"
    "      --no-walk      a REV stands for itself only\n"
    "      --require-all  unsigned and other ones are failures too\n"
    "      --pre-receive  read the lines of a pre-receive hook, OLD NEW REF, from standard\n"
    "                     input, and judge what the refs do not reach yet\n"
    "      --json         an array of objects\n"
    "  -q, --quiet        do not show the good ones\n"
    "      --home DIR     where your keys and trusted signers are\n"
    "\n"
    "exit status: 0 all good, 1 some are not (unsigned and other count with --require-all only),\n"
    "             2 could not tell\n"
    "example:     signet-git verify --require-all origin/main..HEAD\n";

enum { TAG_DEPTH_MAX = 16 }; /* tags of tags of tags */

typedef struct {
    revisions wanted;
    signet_buf hook_lines;
    report about;
    const char *home;
    char max_count[24];
    bool is_hook;
} request;

static void
request_free_auto(request *asked)
{
    revisions_free(&asked->wanted);
    signet_buf_free(&asked->hook_lines);
    report_free(&asked->about);
}

/** Reports tags, and remembers those that they point to. */
typedef struct {
    report *about;
    signet_buf next; /* names, one a line */
} tag_round;

static bool
report_tag(void *context, const history_result *result, signet_error *err)
{
    tag_round *round = context;
    signet_slice type = result->target_type;

    if (signet_slice_is_equal(type, signet_slice_text("tag")) &&
        !signet_buf_printf(
            &round->next, err, "%.*s\n", (int)result->target.len, (const char *)result->target.ptr))
        return false;
    return report_result(round->about, result, err);
}

static bool
judge_tags(answer_judge *judge, request *asked, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf names = {0};
    tag_round round = {.about = &asked->about};
    const history_reporter reporter = {report_tag, &round};
    bool is_good = revisions_tags(&asked->wanted, &names, err);
    int names_fd = -1;

    for (size_t depth = 0; is_good && names.len > 0; depth++) {
        if (depth == TAG_DEPTH_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "tags point to tags too often");
        is_good = revisions_fd_of(signet_buf_slice(&names), &names_fd, err) &&
                  history_judge(judge, names_fd, &reporter, err);
        signet_buf_free(&names);
        names = round.next;
        round.next = (signet_buf){0};
    }
    signet_buf_free(&round.next);
    return is_good;
}

static bool
judge_commits(answer_judge *judge, request *asked, signet_error *err)
{
    SIGNET_AUTO(process_free) process rev_list = {0, -1, -1};
    const history_reporter reporter = {report_result, &asked->about};
    int names_fd = -1;

    if (!revisions_start(&asked->wanted, &rev_list, err))
        return false;
    names_fd = rev_list.out;
    rev_list.out = -1;
    return history_judge(judge, names_fd, &reporter, err) &&
           process_finish(&rev_list, "git rev-list", err);
}

static bool
open_judge(const char *given_home, answer_judge *ret_judge, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf repository = {0};
    bool has_repository = repository_find(&repository);

    return home_open(given_home, &config, err) &&
           answer_judge_open(
               &config, has_repository ? (const char *)repository.data : NULL, ret_judge, err);
}

static int
verify(request *asked)
{
    SIGNET_AUTO(answer_judge_close) answer_judge judge = {0};
    signet_error err = {0};

    if (asked->is_hook && !revisions_read_hook(stdin, &asked->hook_lines, &asked->wanted, &err))
        return cli_failed(NULL, &err);
    if (!open_judge(asked->home, &judge, &err))
        return cli_failed(NULL, &err);
    report_begin(&asked->about);
    if (asked->wanted.names.count > 0 &&
        (!judge_tags(&judge, asked, &err) || !judge_commits(&judge, asked, &err))) {
        (void)fflush(stdout);
        (void)cli_failed(NULL, &err);
        return CLI_FAILED;
    }
    report_end(&asked->about);
    return report_is_good(&asked->about) ? CLI_OK : CLI_REFUSED;
}

static bool
take_max_count(request *asked, const char *text, signet_error *err)
{
    int64_t number = 0;

    if (!cli_parse_number("--max-count", text, 0, INT32_MAX, &number, err))
        return false;
    (void)snprintf(asked->max_count, sizeof(asked->max_count), "%lld", (long long)number);
    asked->wanted.max_count = asked->max_count;
    return true;
}

static bool
take_names(request *asked, int argc, char **argv, signet_error *err)
{
    if (asked->is_hook)
        return argc == 0 ||
               signet_fail(err, SIGNET_E_USAGE, "--pre-receive takes no revisions as arguments");
    for (int i = 0; i < argc; i++)
        if (!process_words_add(&asked->wanted.names, argv[i], err))
            return false;
    return argc > 0 || process_words_add(&asked->wanted.names, "HEAD", err);
}

int
cmd_verify(int argc, char **argv)
{
    static const struct option options[] = {
        {"max-count", required_argument, NULL, 'n'},
        {"no-walk", no_argument, NULL, 'w'},
        {"require-all", no_argument, NULL, 'r'},
        {"pre-receive", no_argument, NULL, 'p'},
        {"json", no_argument, NULL, 'j'},
        {"quiet", no_argument, NULL, 'q'},
        {"home", required_argument, NULL, 'H'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    SIGNET_AUTO(request_free) request asked = {0};
    signet_error err = {0};
    int option = 0;

    while ((option = cli_next_option(argc, argv, ":n:qh", options)) != -1) {
        switch (option) {
        case 'n':
            if (!take_max_count(&asked, optarg, &err))
                return cli_failed(NULL, &err);
            break;
        case 'w':
            asked.wanted.no_walk = true;
            break;
        case 'r':
            asked.about.require_all = true;
            break;
        case 'p':
            asked.is_hook = asked.wanted.only_new = true;
            break;
        case 'j':
            asked.about.is_json = true;
            break;
        case 'q':
            asked.about.is_quiet = true;
            break;
        case 'H':
            asked.home = optarg;
            break;
        case 'h':
            return cli_help(usage);
        default:
            return cli_misused_option(option, argv, usage);
        }
    }
    if (!take_names(&asked, argc - optind, argv + optind, &err))
        return cli_failed(NULL, &err);
    return verify(&asked);
}
