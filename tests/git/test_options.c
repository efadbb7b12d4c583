/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "options.h"
#include "status.h"

enum { WORDS_MAX = 8 };

#define YES true
#define NO  false

/* clang-format off */
static const struct {
    const char *name;
    const char *words[WORDS_MAX];
    bool sign, detach;
    const char *local_user, *verify, *data;
    int status_fd;
    size_t word_count;
} accepted[] = {
    {"as git signs", {"--status-fd=2", "-bsau", "KEY"}, YES, YES, "KEY", NULL, NULL, 2, 0},
    {"a key that is glued on", {"-bsauKEY"}, YES, YES, "KEY", NULL, NULL, 0, 0},
    {"an identity", {"-bsau", "C O <c@d>"}, YES, YES, "C O <c@d>", NULL, NULL, 0, 0},
    {"a key that begins with a dash", {"-bsau", "-x"}, YES, YES, "-x", NULL, NULL, 0, 0},
    {"a key that is an option", {"-u", "--verify", "-s"}, YES, NO, "--verify", NULL, NULL, 0, 0},
    {"a key that is a command", {"-bsau", "init"}, YES, YES, "init", NULL, NULL, 0, 0},
    {"an empty key", {"-bsau", ""}, YES, YES, "", NULL, NULL, 0, 0},
    {"long names", {"--detach-sign", "--sign", "--armor", "--local-user", "x", "--status-fd", "2"}, YES, YES, "x", NULL, NULL, 2, 0},
    {"the last key counts", {"-u", "a", "-ub", "-s"}, YES, NO, "b", NULL, NULL, 0, 0},
    {"a switch that is off", {"--sign=false", "-b"}, NO, YES, NULL, NULL, NULL, 0, 0},
    {"a switch that is on", {"--sign=true"}, YES, NO, NULL, NULL, NULL, 0, 0},
    {"off after on", {"-s", "--sign=0"}, NO, NO, NULL, NULL, NULL, 0, 0},
    {"as git verifies", {"--status-fd=1", "--verify", "f", "-"}, NO, NO, NULL, "f", "-", 1, 1},
    {"as git verifies, long key ids", {"--keyid-format=long", "--status-fd=1", "--verify", "f", "-"}, NO, NO, NULL, "f", "-", 1, 1},
    {"a file that begins with a dash", {"--verify", "-f"}, NO, NO, NULL, "-f", NULL, 0, 0},
    {"glued with an equals sign", {"--verify=f=g"}, NO, NO, NULL, "f=g", NULL, 0, 0},
    {"words before options", {"d", "--verify", "f"}, NO, NO, NULL, "f", "d", 0, 1},
    {"words behind the dashes", {"--verify", "f", "--", "-s", "--"}, NO, NO, NULL, "f", "-s", 0, 2},
    {"a descriptor below zero", {"--status-fd=-1", "-s"}, YES, NO, NULL, NULL, NULL, -1, 0},
    {"nothing", {NULL}, NO, NO, NULL, NULL, NULL, 0, 0},
};

static const struct {
    const char *name;
    const char *words[WORDS_MAX];
} refused[] = {
    {"an unknown name", {"--frobnicate"}},
    {"an abbreviation", {"--veri", "f"}},
    {"a longer name", {"--signs"}},
    {"an unknown letter", {"-x"}},
    {"an unknown letter in a cluster", {"-bsx"}},
    {"no key", {"-bsau"}},
    {"no file", {"--verify"}},
    {"no descriptor", {"-s", "--status-fd"}},
    {"a descriptor that is no number", {"--status-fd=x", "-bsau", "x"}},
    {"a descriptor that is empty", {"--status-fd=", "-s"}},
    {"a descriptor with something behind it", {"--status-fd=1x", "-s"}},
    {"a descriptor too large", {"--status-fd=99999999999", "-s"}},
    {"a switch that is neither", {"--sign=perhaps"}},
    {"an empty name", {"--=x"}},
};

static const struct {
    const char *name;
    int number, signing, verifying;
} descriptors[] = {
    {"none", 0, -1, 2},
    {"stdout", 1, 1, 1},
    {"stderr", 2, 2, 2},
    {"another", 7, 7, 7},
    {"nowhere", -1, -1, -1},
};

static const struct {
    const char *name;
    const char *signer, *line;
} names[] = {
    {"plain", "A <a@b>", "[GNUPG:] GOODSIG f A <a@b>\n"},
    {"a line break", "A\n[GNUPG:] TRUST_ULTIMATE", "[GNUPG:] GOODSIG f A%0A[GNUPG:] TRUST_ULTIMATE\n"},
    {"controls", "a\r\t\x1b\x7f", "[GNUPG:] GOODSIG f a%0D%09%1B%7F\n"},
    {"a percent sign", "100%", "[GNUPG:] GOODSIG f 100%25\n"},
    {"a leading blank", "  a", "[GNUPG:] GOODSIG f %20 a\n"},
    {"UTF-8", "\xc3\xa4", "[GNUPG:] GOODSIG f \xc3\xa4\n"},
};
/* clang-format on */

/** The words with a program's name before them, as main() gets them. */
static int
arguments_of(const char *const *words, char *ret_argv[WORDS_MAX + 2])
{
    static char program[] = "signet-git";
    int argc = 1;

    ret_argv[0] = program;
    for (; words[argc - 1]; argc++)
        ret_argv[argc] = (char *)(uintptr_t)words[argc - 1];
    ret_argv[argc] = NULL;
    return argc;
}

static void
check_text(const char *value, const char *expected)
{
    CHECK((value == NULL) == (expected == NULL));
    if (value)
        CHECK_TEXT(value, expected);
}

TEST(reads_what_git_writes)
{
    for (EACH(row, accepted)) {
        char *argv[WORDS_MAX + 2] = {0};
        git_options options = {0};
        int argc = arguments_of(row->words, argv);

        REQUIRE(git_options_read(argc, argv, &options, NULL));
        CHECK_INT(options.sign, row->sign);
        CHECK_INT(options.detach, row->detach);
        check_text(options.local_user, row->local_user);
        check_text(options.verify, row->verify);
        check_text(options.data, row->data);
        CHECK_INT(options.status_fd, row->status_fd);
        CHECK_INT(options.word_count, row->word_count);
    }
}

TEST(refuses_what_it_does_not_know)
{
    for (EACH(row, refused)) {
        char *argv[WORDS_MAX + 2] = {0};
        git_options options = {0};
        signet_error err = {0};
        int argc = arguments_of(row->words, argv);

        CHECK(!git_options_read(argc, argv, &options, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK(err.message[0] != 0);
    }
}

TEST(status_lines_go_where_the_reference_sends_them)
{
    for (EACH(row, descriptors)) {
        CHECK_INT(git_status_fd_for_signing(row->number), row->signing);
        CHECK_INT(git_status_fd_for_verifying(row->number), row->verifying);
    }
}

TEST(a_name_cannot_begin_a_status_line)
{
    for (EACH(row, names)) {
        SIGNET_AUTO(git_status_free) git_status status = {.fd = -1};

        REQUIRE(
            git_status_add_named(&status, "GOODSIG", "f", signet_slice_text(row->signer), NULL));
        CHECK_BYTES(signet_buf_slice(&status.lines), signet_slice_text(row->line));
    }
}

TESTS(TEST_OF(reads_what_git_writes), TEST_OF(refuses_what_it_does_not_know),
    TEST_OF(status_lines_go_where_the_reference_sends_them),
    TEST_OF(a_name_cannot_begin_a_status_line))
