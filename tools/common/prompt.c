/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal is asked through /dev/tty, because git connects our standard streams.  Whatever
 * signal comes while the echo is off, the terminal is as it was before the signal acts.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "base/secret.h"
#include "common/cli.h"
#include "common/prompt.h"

enum { ATTEMPTS_MAX = 3, SIGNAL_COUNT = 7 };

static const char variable[] = "SIGNET_PASSPHRASE_FD";
static const int signals[SIGNAL_COUNT] = {
    SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};

static volatile sig_atomic_t caught;

static void
note_signal(int number)
{
    caught = number;
}

/* How signals were before. */
typedef struct {
    struct sigaction actions[SIGNAL_COUNT];
    sigset_t mask;
} signal_state;

/*
 * Note signals instead of obeying them.  They are let through only while we wait for input, so that
 * none comes between looking and waiting; SIGTTIN and SIGTTOU answer to our own calls, at once.
 */
static void
catch_signals(signal_state *ret_old)
{
    struct sigaction action = {.sa_handler = note_signal}; /* no SA_RESTART: waiting must end */
    sigset_t held;

    caught = 0;
    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(&held);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        if (signals[i] != SIGTTIN && signals[i] != SIGTTOU)
            (void)sigaddset(&held, signals[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &held, &ret_old->mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        (void)sigaction(signals[i], &action, &ret_old->actions[i]);
}

static void
release_signals(const signal_state *old)
{
    (void)sigprocmask(SIG_SETMASK, &old->mask, NULL); /* those that wait are noted now */
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        (void)sigaction(signals[i], &old->actions[i], NULL);
}

static bool
is_stop(int number)
{
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

/* Whether there is input; false when a signal came first. */
static bool
wait_for_input(int fd, const sigset_t *mask)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};

    while (!caught) {
        int ready = ppoll(&wanted, 1, NULL, mask);

        if (ready > 0 || (ready < 0 && errno != EINTR))
            return !caught;
    }
    return false;
}

/*
 * A line, without its end.  Byte by byte: what follows belongs to whoever reads next.  `mask` lets
 * signals in while we wait; NULL: there is nothing to restore, they may act.
 */
static bool
read_line(int fd, const sigset_t *mask, signet_buf *out, bool *ret_is_end, signet_error *err)
{
    *ret_is_end = false;
    for (;;) {
        uint8_t byte = 0;
        ssize_t got = 0;

        if (mask && !wait_for_input(fd, mask))
            return signet_fail(err, SIGNET_E_LOCKED, "interrupted");
        got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR && !caught)
            continue;
        if (got < 0)
            return signet_fail(
                err, SIGNET_E_IO, "cannot read the passphrase from descriptor %d", fd);
        if (got == 0 || byte == '\n') {
            *ret_is_end = got == 0;
            return true;
        }
        if (out->len == SIGNET_PASSPHRASE_MAX)
            return signet_fail(
                err, SIGNET_E_USAGE, "a passphrase has at most %d bytes", SIGNET_PASSPHRASE_MAX);
        if (!signet_buf_append(out, (signet_slice){&byte, 1}, err))
            return false;
        sg_wipe(&byte, sizeof(byte));
    }
}

static void
set_terminal(int tty, const struct termios *wanted)
{
    while (tcsetattr(tty, TCSAFLUSH, wanted) != 0 && errno == EINTR && caught != SIGTTOU)
        continue;
}

static void
say(int tty, const char *text)
{
    if (!cli_write_fd(tty, signet_slice_text(text), NULL))
        return; /* then the answer fails as well */
}

/* One question with the echo off, until an answer, an error or a signal. */
static bool
ask_silently(int tty, const char *question, signet_buf *out, bool *ret_is_end, signet_error *err)
{
    signal_state old_signals = {0};
    struct termios old = {0}, silent = {0};
    bool is_answered = false;

    if (tcgetattr(tty, &old) != 0)
        return signet_fail(err, SIGNET_E_LOCKED, "the terminal cannot be silenced");
    silent = old;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    catch_signals(&old_signals);
    set_terminal(tty, &silent);
    if (!caught) {
        say(tty, question);
        is_answered = read_line(tty, &old_signals.mask, out, ret_is_end, err);
        say(tty, "\n");
    }
    set_terminal(tty, &old);
    release_signals(&old_signals);
    return is_answered && !caught;
}

static bool
ask(int tty, const char *question, signet_buf *out, signet_error *err)
{
    bool is_end = false;

    for (;;) {
        out->len = 0;
        if (ask_silently(tty, question, out, &is_end, err))
            break;
        if (!caught)
            return false;
        (void)kill(getpid(), caught); /* now it may act; a stop ends here, when we go on */
        if (!is_stop(caught))
            return signet_fail(err, SIGNET_E_LOCKED, "interrupted");
    }
    if (is_end && out->len == 0)
        return signet_fail(err, SIGNET_E_LOCKED, "no passphrase was given");
    return true;
}

static bool
ask_about(int tty, const char *before, const char *path, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf question = {0};

    if (!signet_buf_printf(&question, err, "%s%s: %c", before, path, '\0'))
        return false;
    for (uint8_t *at = question.data; *at; at++) {
        if (*at < 0x20 || *at == 0x7f) /* a path does not act on the terminal */
            *at = '?';
    }
    return ask(tty, (const char *)question.data, out, err);
}

static bool
open_terminal(const char *path, int *ret_tty, signet_error *err)
{
    *ret_tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*ret_tty < 0)
        return signet_fail(err, SIGNET_E_LOCKED,
            "no terminal to ask for the passphrase of %s (%s can name a descriptor that has it)",
            path, variable);
    return true;
}

/*
 * The passphrase of the descriptor.  It is read once and kept: a process may need it twice, for
 * instance to make a key and then to use it.
 */
static bool
from_descriptor(const char *number, signet_buf *out, signet_error *err)
{
    static uint8_t *kept; /* in locked memory, wiped by the end of the process */
    static size_t kept_len;
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    int64_t fd = 0;
    bool is_end = false;

    if (!kept) {
        caught = 0;
        if (!cli_parse_number(variable, number, 0, INT_MAX, &fd, err) ||
            !read_line((int)fd, NULL, &line, &is_end, err))
            return false;
        if (line.len == 0)
            return signet_fail(
                err, SIGNET_E_LOCKED, "the descriptor that %s names has no passphrase", variable);
        kept = sg_secret_new(line.len, err);
        if (!kept)
            return false;
        memcpy(kept, line.data, line.len);
        kept_len = line.len;
    }
    return signet_buf_append(out, (signet_slice){kept, kept_len}, err);
}

static const char *
descriptor(void)
{
    const char *number = getenv(variable);

    return number && *number ? number : NULL;
}

bool
prompt_passphrase(void *context, const char *path, unsigned attempt, signet_buf *ret_passphrase,
    signet_error *err)
{
    bool is_answered = false;
    int tty = -1;

    (void)context;
    if (descriptor() && attempt > 1)
        return signet_fail(
            err, SIGNET_E_LOCKED, "wrong passphrase in the descriptor that %s names", variable);
    if (descriptor())
        return from_descriptor(descriptor(), ret_passphrase, err);
    if (!open_terminal(path, &tty, err))
        return false;
    is_answered =
        ask_about(tty, attempt > 1 ? "Wrong passphrase.  Passphrase of " : "Passphrase of ", path,
            ret_passphrase, err);
    (void)close(tty);
    return is_answered;
}

/* Until two answers are the same and not empty. */
static bool
ask_twice(int tty, const char *path, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};

    for (unsigned attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        if (!ask_about(tty, "New passphrase of ", path, out, err))
            return false;
        if (out->len == 0) {
            say(tty, "An empty passphrase protects nothing (--insecure does without).\n");
            continue;
        }
        if (!ask(tty, "The same again: ", &again, err))
            return false;
        if (again.len == out->len && sg_equal(signet_buf_slice(&again), signet_buf_slice(out)))
            return true;
        say(tty, "The two are not the same.\n");
    }
    return signet_fail(err, SIGNET_E_LOCKED, "no new passphrase was given");
}

bool
prompt_new_passphrase(const char *path, signet_buf *ret_passphrase, signet_error *err)
{
    bool is_answered = false;
    int tty = -1;

    if (descriptor())
        return from_descriptor(descriptor(), ret_passphrase, err);
    if (!open_terminal(path, &tty, err))
        return false;
    is_answered = ask_twice(tty, path, ret_passphrase, err);
    (void)close(tty);
    return is_answered;
}
