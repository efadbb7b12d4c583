/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nginx.h"

enum { SAID_MAX = 16 << 10, WORDS_MAX = 10 };

/* --- where it is --- */

static bool
try_file(const char *path, int mode, char ret[PATH_MAX])
{
    char found[PATH_MAX] = "";

    if (!realpath(path, found) || access(found, mode) != 0)
        return false;
    (void)snprintf(ret, PATH_MAX, "%s", found);
    return true;
}

static bool
try_path(char ret[PATH_MAX])
{
    const char *at = getenv("PATH"); /* no other thread */

    while (at && *at != '\0') {
        size_t len = strcspn(at, ":");
        char path[PATH_MAX] = "";

        if (len > 0 && len < PATH_MAX - 8) {
            (void)snprintf(path, sizeof(path), "%.*s/nginx", (int)len, at);
            if (path[0] == '/' && try_file(path, X_OK, ret))
                return true;
        }
        at += len + (at[len] == ':' ? 1 : 0);
    }
    return false;
}

/* A place relative to this program's folder. */
static bool
try_beside(const char *place, int mode, char ret[PATH_MAX])
{
    char self[PATH_MAX] = "", path[2 * PATH_MAX] = "";
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash = len > 0 ? strrchr(self, '/') : NULL;

    if (!slash)
        return false;
    *slash = '\0';
    (void)snprintf(path, sizeof(path), "%s/%s", self, place);
    return try_file(path, mode, ret);
}

static bool
find_program(const char *given, char ret[PATH_MAX], signet_error *err)
{
    const char *named = given ? given : getenv("SIGNET_NGINX");

    if (named && *named != '\0') {
        if (!try_file(named, X_OK, ret))
            return signet_fail(err, SIGNET_E_NOT_FOUND, "%s: no program that can be run", named);
        return true;
    }
    if (!try_path(ret) && !try_file("/usr/sbin/nginx", X_OK, ret) &&
        !try_beside("../../../.deps/nginx/usr/sbin/nginx", X_OK, ret)) /* in a build directory */
        return signet_fail(
            err, SIGNET_E_NOT_FOUND, "there is no nginx; install it, or name it with --nginx");
    return true;
}

static bool
find_module(const char *given, char ret[PATH_MAX], signet_error *err)
{
    static const char name[] = "ngx_http_signet_module.so";
    const char *named = given ? given : getenv("SIGNET_NGINX_MODULE");

    if (named && *named != '\0') {
        if (!try_file(named, R_OK, ret))
            return signet_fail(err, SIGNET_E_NOT_FOUND, "%s: no module that can be read", named);
        return true;
    }
    if (!try_beside("../lib/nginx/modules/ngx_http_signet_module.so", R_OK, ret) &&
        !try_beside("../../nginx/ngx_http_signet_module.so", R_OK, ret)) /* in a build directory */
        return signet_fail(err, SIGNET_E_NOT_FOUND, "there is no %s; name it with --module", name);
    return true;
}

/* --- its process --- */

/* What it needs of the environment, which may hold the credential of the upstream. */
static void
become(const char *const *words, int out, int err_fd)
{
    char *const environment[] = {
        (char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, (char[]){"LC_ALL=C"}, NULL};
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setpgid(0, 0); /* an interrupt from the terminal is ours to pass on, gracefully */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (dup2(out, STDOUT_FILENO) >= 0 && dup2(err_fd, STDERR_FILENO) >= 0)
        (void)execve(words[0], (char *const *)(uintptr_t)words, environment);
    _exit(127);
}

static bool
make_pipe(int ends[2], signet_error *err)
{
    if (pipe2(ends, O_CLOEXEC) != 0)
        return signet_fail(err, SIGNET_E_IO, "no pipe can be made");
    return true;
}

/* Run it to its end; what it said on either stream. */
static int
run(const char *const *words, char said[SAID_MAX], signet_error *err)
{
    int ends[2] = {-1, -1}, status = -1;
    size_t len = 0;
    ssize_t got = 1;
    char rest[1024] = "";
    pid_t pid = 0;

    if (!make_pipe(ends, err))
        return -1;
    pid = fork();
    if (pid == 0)
        become(words, ends[1], ends[1]);
    (void)close(ends[1]);
    while (pid > 0 && got != 0 && !(got < 0 && errno != EINTR)) {
        bool is_full = len == SAID_MAX - 1;

        got =
            read(ends[0], is_full ? rest : said + len, is_full ? sizeof(rest) : SAID_MAX - 1 - len);
        if (got > 0 && !is_full)
            len += (size_t)got;
    }
    said[len] = '\0';
    (void)close(ends[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        (void)signet_fail(err, SIGNET_E_IO, "nginx cannot be run");
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static bool
read_version(proxy_nginx *nginx, signet_error *err)
{
    const char *const words[] = {nginx->program, "-v", NULL};
    static char said[SAID_MAX];
    const char *name = NULL;
    int major = 0, minor = 0, patch = 0;

    if (run(words, said, err) != 0)
        return signet_fail(err, SIGNET_E_IO, "%s: cannot be run", nginx->program);
    name = strstr(said, "nginx/");
    if (!name ||
        sscanf(name, "nginx/%2d.%3d.%3d", &major, &minor, &patch) != 3) /* NOLINT(cert-err34-c) */
        return signet_fail(err, SIGNET_E_DECODE, "%s: not nginx", nginx->program);
    nginx->version = major * 1000000 + minor * 1000 + patch;
    return true;
}

bool
proxy_nginx_find(const char *program, const char *module, proxy_nginx *ret_nginx, signet_error *err)
{
    return find_program(program, ret_nginx->program, err) &&
           find_module(module, ret_nginx->module, err) && read_version(ret_nginx, err);
}

/* The first complaint, without time and process. */
static void
take_complaint(const char *said, signet_error *err)
{
    const char *start = strstr(said, "[emerg] ");
    size_t len = 0;

    if (start && (start = strchr(start, ':')) != NULL)
        start += 1 + strspn(start + 1, " ");
    else
        start = said;
    len = strcspn(start, "\n");
    signet_error_set(err, SIGNET_E_USAGE, "nginx refuses the configuration: %.*s", (int)len, start);
}

bool
proxy_nginx_check(
    const proxy_nginx *nginx, const char *runtime, const char *name, signet_error *err)
{
    char path[PATH_MAX] = "";
    static char said[SAID_MAX];
    const char *const words[WORDS_MAX] = {
        nginx->program, "-t", "-q", "-p", runtime, "-c", path, "-e", "stderr", NULL};
    int status = 0;

    (void)snprintf(path, sizeof(path), "%s/%s", runtime, name);
    status = run(words, said, err);
    if (status > 0)
        take_complaint(said, err);
    return status == 0;
}

bool
proxy_nginx_start(
    const proxy_nginx *nginx, const char *runtime, proxy_child *ret_child, signet_error *err)
{
    char path[PATH_MAX] = "";
    const char *const words[WORDS_MAX] = {
        nginx->program, "-p", runtime, "-c", path, "-e", "stderr", NULL};
    int out[2] = {-1, -1}, errors[2] = {-1, -1};
    pid_t pid = 0;

    (void)snprintf(path, sizeof(path), "%s/nginx.conf", runtime);
    if (!make_pipe(out, err) || !make_pipe(errors, err))
        return false;
    pid = fork();
    if (pid == 0)
        become(words, out[1], errors[1]);
    (void)close(out[1]);
    (void)close(errors[1]);
    if (pid < 0)
        return signet_fail(err, SIGNET_E_IO, "no process can be started");
    (void)fcntl(out[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(errors[0], F_SETFL, O_NONBLOCK);
    *ret_child = (proxy_child){.pid = pid, .out = out[0], .err = errors[0]};
    return true;
}
