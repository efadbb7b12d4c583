/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl reads the fields and the content from memory without a name, and writes what it got into
 * such memory, which is bounded by a limit on the size of files.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cli.h"
#include "http_call.h"

enum { FIELDS, CONTENT, HEAD, ANSWER, STATUS, DESCRIPTORS, NAME_SIZE = 32, WORDS_MAX = 40 };

typedef struct {
    int fd[DESCRIPTORS];
    char name[DESCRIPTORS][NAME_SIZE];
} exchange;

static void
close_exchange(exchange *it)
{
    for (size_t i = 0; i < DESCRIPTORS; i++) {
        if (it->fd[i] > 0)
            (void)close(it->fd[i]);
    }
}

static bool
open_exchange(exchange *it, signet_error *err)
{
    for (size_t i = 0; i < DESCRIPTORS; i++) {
        it->fd[i] = memfd_create("signet", 0);
        if (it->fd[i] < 0)
            return signet_fail(err, SIGNET_E_IO, "curl: cannot make memory to hand over");
        (void)snprintf(it->name[i], NAME_SIZE, "%s/dev/fd/%d", i <= CONTENT ? "@" : "", it->fd[i]);
    }
    return true;
}

static bool
write_request(const http_call *call, const exchange *it, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf lines = {0};

    return signet_buf_printf(&lines, err, "Signet-Proof: %.*s\nAccept: application/json\n",
               (int)call->proof.len, (const char *)call->proof.ptr) &&
           (!call->content.ptr ||
               signet_buf_printf(&lines, err, "Content-Type: application/json\n")) &&
           cli_write_fd(it->fd[FIELDS], signet_buf_slice(&lines), err) &&
           cli_write_fd(it->fd[CONTENT], call->content, err);
}

/* exec wants them without const, and changes none. */
static char *
loose(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* In the child; `words` ends with NULL. */
static _Noreturn void
become_curl(const exchange *it, char **words)
{
    const struct rlimit most = {HTTP_ANSWER_MAX, HTTP_ANSWER_MAX};
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    if (setrlimit(RLIMIT_FSIZE, &most) == 0 && dup2(it->fd[STATUS], STDOUT_FILENO) >= 0)
        (void)execvp("curl", words);
    _exit(127); /* as a shell says it */
}

static bool
wait_for(pid_t pid, signet_error *err)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return signet_fail(err, SIGNET_E_IO, "curl: cannot be waited for");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "curl: cannot be run; is it installed?");
    return signet_fail(err, SIGNET_E_NETWORK, "no answer: curl ended with %s %d",
        WIFEXITED(status) ? "status" : "signal",
        WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static bool
run(const http_call *call, exchange *it, signet_error *err)
{
    static const char *const fixed[] = {"curl", "-q", "--silent", "--show-error", "--path-as-is",
        "--globoff", "--max-time", "30", "--proto", "=http,https", "--write-out", "%{http_code}"};
    char *words[WORDS_MAX] = {NULL};
    size_t count = 0;
    pid_t pid = 0;

    for (; count < sizeof(fixed) / sizeof(fixed[0]); count++)
        words[count] = loose(fixed[count]);
    const char *const more[] = {"--request", call->method, "--header", it->name[FIELDS],
        "--dump-header", it->name[HEAD], "--output", it->name[ANSWER],
        call->content.ptr ? "--data-binary" : NULL, it->name[CONTENT]};

    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]) && more[i]; i++)
        words[count++] = loose(more[i]);
    if (call->ca_file) {
        words[count++] = loose("--cacert");
        words[count++] = loose(call->ca_file);
    }
    words[count++] = loose("--url");
    words[count++] = loose(call->url);
    pid = fork();
    if (pid < 0)
        return signet_fail(err, SIGNET_E_IO, "curl: there is no room for another process");
    if (pid == 0)
        become_curl(it, words);
    return wait_for(pid, err);
}

static bool
read_back(int fd, signet_buf *out, signet_error *err)
{
    uint8_t piece[4096];
    off_t at = 0;

    for (;;) {
        ssize_t got = pread(fd, piece, sizeof(piece), at);

        if (got < 0)
            return signet_fail(err, SIGNET_E_IO, "curl: cannot read what it got");
        if (got == 0)
            return true;
        if (out->len + (size_t)got > HTTP_ANSWER_MAX)
            return signet_fail(err, SIGNET_E_NETWORK, "answer: too large");
        if (!signet_buf_append(out, (signet_slice){piece, (size_t)got}, err))
            return false;
        at += got;
    }
}

static bool
read_status(int fd, int64_t *ret_status, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    return read_back(fd, &text, err) &&
           signet_buf_append(&text, (signet_slice){(const uint8_t *)"", 1}, err) &&
           cli_parse_number("status", (const char *)text.data, 100, 999, ret_status, err);
}

bool
http_call_run(const http_call *call, http_answer *ret_answer, signet_error *err)
{
    __attribute__((cleanup(close_exchange))) exchange it = {0};
    SIGNET_AUTO(http_answer_free) http_answer answer = {0};

    if (!open_exchange(&it, err) || !write_request(call, &it, err) || !run(call, &it, err) ||
        !read_back(it.fd[HEAD], &answer.head, err) ||
        !read_back(it.fd[ANSWER], &answer.content, err) ||
        !read_status(it.fd[STATUS], &answer.status, err))
        return false;
    *ret_answer = answer;
    answer = (http_answer){0};
    return true;
}

void
http_answer_free(http_answer *answer)
{
    signet_buf_free(&answer->head);
    signet_buf_free(&answer->content);
}
