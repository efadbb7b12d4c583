/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl's output is the user's and goes where it goes.  What is looked at is the head of the answer,
 * which curl writes down a second time; and so that a refusal leaves no output behind, curl is told
 * to show none of it (--fail).
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer_head.h"
#include "common/cli.h"
#include "curl_retry.h"
#include "curl_run.h"
#include "session_file.h"

enum { HEAD_MAX = 64 << 10, NAME_SIZE = 32, SIGNALLED = 128 };

static bool
has_option(const curl_request *request, const char *name)
{
    for (size_t i = 0; i < request->kept_count; i++) {
        if (strcmp(request->kept[i], name) == 0)
            return true;
    }
    return false;
}

bool
curl_retry_check(const curl_request *request, signet_error *err)
{
    static const char *const others[] = {"--include", "--dump-header", "--write-out",
        "--fail-with-body", "--trace", "--trace-ascii"};

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (has_option(request, others[i]))
            return signet_fail(
                err, SIGNET_E_USAGE, "curl: %s and --retry-signed do not go together", others[i]);
    }
    return true;
}

/* TLS that was verified, or nobody but this machine. */
static bool
is_authentic(const curl_request *request)
{
    static const char *const near[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};

    if (strncasecmp(request->url, "https://", 8) == 0)
        return !has_option(request, "--insecure");
    for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
        size_t len = strlen(near[i]);

        if (strncasecmp(request->url, near[i], len) == 0 && strchr(":/?#", request->url[len]))
            return !has_option(request, "--proxy") && !has_option(request, "--connect-to");
    }
    return false;
}

static bool
sign(const proof_terms *terms, const curl_request *request, proof_made *made, signet_error *err)
{
    const signet_sign_order order = {
        .url = request->url,
        .request.method = signet_slice_text(curl_request_method(request)),
        .body_kind = request->has_data || request->is_upload ? SIGNET_BODY_BYTES : SIGNET_BODY_NONE,
        .body = signet_buf_slice(&request->body),
    };

    return proof_make(terms, &order, made, err);
}

static int
wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
}

static bool
read_head(int fd, uint8_t *bytes, size_t *ret_len, signet_error *err)
{
    ssize_t got = 0;

    for (*ret_len = 0; *ret_len < HEAD_MAX; *ret_len += (size_t)got) {
        got = pread(fd, bytes + *ret_len, HEAD_MAX - *ret_len, (off_t)*ret_len);
        if (got < 0)
            return signet_fail(err, SIGNET_E_IO, "curl: the head of the answer cannot be read");
        if (got == 0)
            break;
    }
    return true;
}

/* One run of curl; what it got is in `bytes`. */
static bool
run_once(const curl_request *request, signet_slice proof, uint8_t *bytes, size_t *ret_len,
    int *ret_status, signet_error *err)
{
    char name[NAME_SIZE];
    int fd = memfd_create("signet", 0);
    pid_t pid = 0;
    bool is_read = false;

    if (fd < 0)
        return signet_fail(err, SIGNET_E_IO, "curl: cannot make memory to hand over");
    (void)snprintf(name, sizeof(name), "/dev/fd/%d", fd);
    (void)fflush(NULL);
    pid = fork();
    if (pid == 0) {
        if (!curl_run(request, proof, name, err))
            (void)cli_failed(NULL, err);
        _exit(CLI_FAILED);
    }
    if (pid > 0) {
        *ret_status = wait_for(pid);
        is_read = read_head(fd, bytes, ret_len, err);
    } else {
        signet_error_set(err, SIGNET_E_IO, "curl: there is no room for another process");
    }
    (void)close(fd);
    return is_read;
}

static signet_client_step
judge(const curl_request *request, signet_slice bytes, unsigned attempt, int64_t *ret_offset)
{
    const answer_head head = answer_head_read(bytes);
    const signet_client_answer answer = {
        .status = head.status,
        .challenge = head.challenge,
        .date = head.date,
        .method = signet_slice_text(curl_request_method(request)),
        .is_authentic = is_authentic(request),
        .attempt = attempt,
        .now = cli_now(),
    };

    return signet_client_next(&answer, ret_offset);
}

/* A session is renewed by who keeps it: then its file holds another token by now. */
static bool
is_another(const proof_made *before, const proof_made *after)
{
    return memcmp(before->token_id, after->token_id, sizeof(before->token_id)) != 0;
}

/* Without a session each proof has a credential of its own. */
static bool
is_renewed(const proof_terms *terms, const curl_request *request, const proof_made *last)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    proof_made next = {0};
    bool is_made = true;

    if (!session_meant(terms->session))
        return true;
    is_made = sign(terms, request, &next, NULL);
    value = next.value;
    return is_made && is_another(last, &next);
}

static int
attempt(proof_terms *terms, const curl_request *request, unsigned number, bool *ret_is_over)
{
    static uint8_t bytes[HEAD_MAX]; /* large */
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    proof_made made = {0};
    signet_client_step step = SIGNET_CLIENT_DONE;
    signet_error err = {0};
    size_t len = 0;
    int status = CLI_FAILED;
    bool is_made = sign(terms, request, &made, &err);

    value = made.value;
    *ret_is_over = true;
    if (!is_made || !run_once(request, signet_buf_slice(&value), bytes, &len, &status, &err))
        return cli_failed(NULL, &err);
    step = judge(request, (signet_slice){bytes, len}, number, &terms->clock_offset);
    *ret_is_over = step == SIGNET_CLIENT_DONE ||
                   (step == SIGNET_CLIENT_RENEW && !is_renewed(terms, request, &made));
    if (*ret_is_over && step == SIGNET_CLIENT_RENEW)
        cli_warning("the service does not know the session any more; see signet session");
    return status;
}

int
curl_retry(const proof_terms *terms, const curl_request *request)
{
    proof_terms used = *terms;
    bool is_over = false;
    int status = CLI_FAILED;

    for (unsigned number = 1; !is_over && number <= SIGNET_CLIENT_ATTEMPTS; number++)
        status = attempt(&used, request, number, &is_over);
    return status;
}
