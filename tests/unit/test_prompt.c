/* SPDX-License-Identifier: Apache-2.0 */
/* Passphrases of descriptors, and of a real terminal: a child whose controlling terminal we play.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/prompt.h"
#include "harness.h"

enum { PATIENCE_MS = 5000 };

/* Put `text` into a descriptor and name it in the variable. */
static void
give(const char *text)
{
    int ends[2];
    char number[16];

    REQUIRE(pipe(ends) == 0);
    REQUIRE(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text) && close(ends[1]) == 0);
    (void)snprintf(number, sizeof(number), "%d", ends[0]);
    REQUIRE(setenv("SIGNET_PASSPHRASE_FD", number, 1) == 0);
}

/* Run in a process of its own, because the passphrase of a descriptor is read once in a process. */
static bool
in_child(int (*run)(const void *), const void *context)
{
    int status = 0;
    pid_t child = fork();

    REQUIRE(child >= 0);
    if (child == 0)
        _exit(run(context));
    REQUIRE(waitpid(child, &status, 0) == child);
    return status == 0;
}

typedef struct {
    const char *name;
    const char *given, *expected; /* NULL: refused */
    signet_code code;
} line;

static int
ask_descriptor(const void *context)
{
    const line *row = context;
    SIGNET_AUTO(signet_buf_free) signet_buf first = {0}, second = {0}, again = {0};
    signet_error err = {0};

    give(row->given);
    if (!row->expected)
        return prompt_passphrase(NULL, "/x", 1, &first, &err) || err.code != row->code;
    return !prompt_new_passphrase("/x", &first, &err) ||
           !prompt_passphrase(NULL, "/x", 1, &second, &err) ||
           prompt_passphrase(NULL, "/x", 2, &again, &err) || err.code != SIGNET_E_LOCKED ||
           !signet_slice_is_equal(signet_buf_slice(&first), signet_slice_text(row->expected)) ||
           !signet_slice_is_equal(signet_buf_slice(&second), signet_slice_text(row->expected));
}

TEST(a_descriptor_has_the_passphrase)
{
    char longest[SIGNET_PASSPHRASE_MAX + 2];

    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    const line rows[] = {
        {"a line", "secret\nnot this\n", "secret", SIGNET_OK},
        {"to the end", "secret", "secret", SIGNET_OK},
        {"blanks count", " se cret \n", " se cret ", SIGNET_OK},
        {"any bytes", "\xff\x01\r\n", "\xff\x01\r", SIGNET_OK},
        {"the longest", longest + 1, longest + 1, SIGNET_OK},
        {"too long", longest, NULL, SIGNET_E_USAGE},
        {"nothing", "", NULL, SIGNET_E_LOCKED},
        {"an empty line", "\nsecret\n", NULL, SIGNET_E_LOCKED},
    };

    for (EACH(row, rows))
        CHECK(in_child(ask_descriptor, row));
}

static int
ask_number(const void *context)
{
    const line *row = context;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    (void)setenv("SIGNET_PASSPHRASE_FD", row->given, 1);
    return prompt_passphrase(NULL, "/x", 1, &out, &err) || err.code != row->code;
}

TEST(a_descriptor_that_is_none_is_an_error)
{
    static const line rows[] = {
        {"a word", "three", NULL, SIGNET_E_USAGE},
        {"negative", "-1", NULL, SIGNET_E_USAGE},
        {"too large", "2147483648", NULL, SIGNET_E_USAGE},
        {"more behind", "3x", NULL, SIGNET_E_USAGE},
        {"closed", "987", NULL, SIGNET_E_IO},
    };

    for (EACH(row, rows))
        CHECK(in_child(ask_number, row));
}

static int
ask_nobody(const void *context)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    (void)context;
    (void)unsetenv("SIGNET_PASSPHRASE_FD");
    return setsid() < 0 || prompt_passphrase(NULL, "/x", 1, &out, &err) ||
           err.code != SIGNET_E_LOCKED || !strstr(err.message, "SIGNET_PASSPHRASE_FD");
}

TEST(without_terminal_and_descriptor_nobody_is_asked)
{
    CHECK(in_child(ask_nobody, NULL));
}

/* Whoever starts us in the background may have had some of them ignored. */
static const int fatal_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* The other side of a terminal. */
typedef struct {
    int master;
    pid_t child;
    char shown[4096]; /* all that was shown so far */
    size_t len;
} terminal;

/* Start a child with a terminal, which asks and exits with 0 when the answer was "secret". */
static terminal
start(bool is_new)
{
    terminal it = {0};

    (void)unsetenv("SIGNET_PASSPHRASE_FD");
    it.child = forkpty(&it.master, NULL, NULL, NULL);
    REQUIRE(it.child >= 0);
    if (it.child == 0) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        bool is_asked = false;

        for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(fatal_signals[0]); i++)
            (void)signal(fatal_signals[i], SIG_DFL);
        is_asked = is_new ? prompt_new_passphrase("/the/file\x1b", &out, NULL)
                          : prompt_passphrase(NULL, "/the/file\x1b", 1, &out, NULL);
        _exit(is_asked && signet_slice_is_equal(signet_buf_slice(&out), signet_slice_text("secret"))
                  ? 0
                  : 1);
    }
    return it;
}

static void
wait_for(terminal *it, const char *text)
{
    while (!strstr(it->shown, text)) {
        struct pollfd poll_for = {.fd = it->master, .events = POLLIN};
        ssize_t got = 0;

        if (poll(&poll_for, 1, PATIENCE_MS) == 1)
            got = read(it->master, it->shown + it->len, sizeof(it->shown) - 1 - it->len);
        if (got <= 0)
            harness_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", text, it->shown);
        it->len += (size_t)got;
    }
    it->len = 0; /* the next text is a new one */
    memset(it->shown, 0, sizeof(it->shown));
}

static void
type(const terminal *it, const char *text)
{
    REQUIRE(write(it->master, text, strlen(text)) == (ssize_t)strlen(text));
}

static bool
has_echo(const terminal *it)
{
    struct termios state = {0};

    REQUIRE(tcgetattr(it->master, &state) == 0);
    return (state.c_lflag & ECHO) != 0;
}

static int
finish(terminal *it)
{
    int status = 0;

    REQUIRE(waitpid(it->child, &status, 0) == it->child);
    CHECK(has_echo(it));
    REQUIRE(close(it->master) == 0);
    return status;
}

TEST(a_terminal_is_asked_without_echo)
{
    terminal it = start(false);

    wait_for(&it, "Passphrase of /the/file?: "); /* no escape sequence */
    CHECK(!has_echo(&it));
    type(&it, "secret\n");
    while (it.len < sizeof(it.shown) - 1) { /* to its end, which may swallow the last bytes */
        ssize_t got = read(it.master, it.shown + it.len, sizeof(it.shown) - 1 - it.len);

        if (got <= 0)
            break;
        it.len += (size_t)got;
    }
    CHECK(!strstr(it.shown, "secret"));
    CHECK_INT(finish(&it), 0);
}

TEST(a_new_passphrase_is_asked_twice_until_both_agree)
{
    terminal it = start(true);

    wait_for(&it, "New passphrase of ");
    type(&it, "\n");
    wait_for(&it, "New passphrase of ");
    type(&it, "secret\n");
    wait_for(&it, "again: ");
    type(&it, "Secret\n");
    wait_for(&it, "New passphrase of ");
    type(&it, "secret\n");
    wait_for(&it, "again: ");
    type(&it, "secret\n");
    CHECK_INT(finish(&it), 0);
}

TEST(an_end_of_input_is_no_passphrase)
{
    terminal it = start(false);

    wait_for(&it, "Passphrase of ");
    type(&it, "\x04");
    CHECK_INT(WEXITSTATUS(finish(&it)), 1);
}

TEST(a_signal_finds_the_terminal_as_it_was)
{
    static const struct {
        const char *name;
        int number;
    } rows[] = {{"interrupt", SIGINT}, {"end", SIGTERM}, {"hang up", SIGHUP}, {"quit", SIGQUIT}};

    for (EACH(row, rows)) {
        terminal it = start(false);
        int status = 0;

        wait_for(&it, "Passphrase of ");
        CHECK(!has_echo(&it));
        REQUIRE(kill(it.child, row->number) == 0);
        status = finish(&it);
        CHECK(WIFSIGNALED(status));
        CHECK_INT(WTERMSIG(status), row->number);
    }
}

/* The child leads an orphaned group, which the kernel does not stop: so it comes back at once. */
TEST(after_a_stop_the_question_comes_again)
{
    terminal it = start(false);

    wait_for(&it, "Passphrase of ");
    type(&it, "half");
    REQUIRE(kill(it.child, SIGSTOP) == 0 && kill(it.child, SIGCONT) == 0); /* changes nothing */
    CHECK(!has_echo(&it));
    REQUIRE(kill(it.child, SIGTSTP) == 0);
    wait_for(&it, "Passphrase of ");
    CHECK(!has_echo(&it));
    type(&it, "secret\n");
    CHECK_INT(finish(&it), 0);
}

TESTS(TEST_OF(a_descriptor_has_the_passphrase), TEST_OF(a_descriptor_that_is_none_is_an_error),
    TEST_OF(without_terminal_and_descriptor_nobody_is_asked),
    TEST_OF(a_terminal_is_asked_without_echo),
    TEST_OF(a_new_passphrase_is_asked_twice_until_both_agree),
    TEST_OF(an_end_of_input_is_no_passphrase), TEST_OF(a_signal_finds_the_terminal_as_it_was),
    TEST_OF(after_a_stop_the_question_comes_again))
