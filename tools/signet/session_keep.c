/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renewing in the foreground.  Signals are waited for and not handled, so nothing is interrupted
 * half-way.  Four fifths of a life are used, less a random part, so that those who started together
 * do not come together; what fails is tried again after 1, 2, 4 ... 60 seconds, as long as it
 * takes.
 */
#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>

#include "common/cli.h"
#include "session_enrol.h"
#include "session_file.h"

enum { LOOK_AGAIN = 15, PAUSE_MAX = 60, SIGNALLED = 128 };

/* Up to `most` seconds; without randomness none. */
static int64_t
random_seconds(int64_t most)
{
    uint32_t number = 0;

    if (most <= 0 || getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
        return 0;
    return number % (uint32_t)(most + 1);
}

static int64_t
time_to_renew(const session *current, int64_t now)
{
    const signet_credential_facts facts = signet_credential_describe(current->credential);
    int64_t left = facts.expires - now;

    return now + left * 4 / 5 - random_seconds(left / 20);
}

/* The next signal, or 0 after a while; a clock that is set is noticed then. */
static int
wait_for_signal(const sigset_t *wanted, int64_t seconds)
{
    struct timespec pause = {.tv_sec = seconds < LOOK_AGAIN ? seconds : LOOK_AGAIN};
    int signal_number = 0;

    if (pause.tv_sec < 0)
        pause.tv_sec = 0;
    signal_number = sigtimedwait(wanted, NULL, &pause);
    return signal_number > 0 ? signal_number : 0;
}

/* Whether the child has ended, and how. */
static bool
is_over(pid_t child, int *ret_status)
{
    int status = 0;

    if (waitpid(child, &status, WNOHANG) != child)
        return false;
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
    return true;
}

static void
end(const session_order *order, session *current)
{
    signet_error err = {0};

    session_remove(order->path);
    if (!session_revoke(current, order->ca_file, &err))
        cli_warning("the service could not be told that the session is over: %s", err.message);
}

typedef struct {
    int64_t next, pause;
} plan;

static void
renew(const session_order *order, session *current, plan *when)
{
    SIGNET_AUTO(session_free) session fresh = {0};
    signet_error err = {0};
    int64_t now = 0;

    if (session_enrol(order, &fresh, &err)) {
        session_free(current);
        *current = fresh;
        fresh = (session){0};
        *when = (plan){time_to_renew(current, cli_now()), 1};
        return;
    }
    cli_warning("the session was not renewed: %s", err.message);
    now = cli_now();
    when->next = now + when->pause + random_seconds(when->pause / 4);
    when->pause = when->pause * 2 > PAUSE_MAX ? PAUSE_MAX : when->pause * 2;
}

int
session_keep(const session_order *order, session *current, pid_t child)
{
    plan when = {time_to_renew(current, cli_now()), 1};
    int status = CLI_OK;
    sigset_t wanted;

    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGTERM);
    (void)sigaddset(&wanted, SIGINT);
    (void)sigaddset(&wanted, SIGHUP);
    (void)sigaddset(&wanted, SIGCHLD);
    for (;;) {
        int got = wait_for_signal(&wanted, when.next - cli_now());

        if (child > 0 && is_over(child, &status))
            break;
        if (child == 0 && got != 0 && got != SIGCHLD)
            break;
        if (child > 0 && (got == SIGTERM || got == SIGHUP)) /* ^C reaches it by itself */
            (void)kill(child, got);
        if (cli_now() >= when.next)
            renew(order, current, &when);
    }
    end(order, current);
    return status;
}
