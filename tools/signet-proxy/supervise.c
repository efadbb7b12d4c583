/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop over a signal descriptor, the two pipes of nginx and the probes.  nginx does the work
 * for clients; what is done here may take its time, only the pipes must not fill up.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/cli.h"
#include "lines.h"
#include "log.h"
#include "metrics.h"
#include "probe.h"
#include "supervise.h"

enum { TICK_MS = 100, PROBE_EVERY_MS = 5000, METRICS_EVERY_MS = 1000, GRACE_MS = 2000 };

typedef struct {
    const proxy_run *run;
    proxy_child child;
    proxy_lines out, err;
    proxy_metrics metrics;
    proxy_probe upstream, redis;
    int64_t probed_ms, written_ms, kill_ms; /* 0: never */
    int signals;
    bool is_listening, is_stopping, is_dead;
    int status; /* of the dead child */
} supervision;

static int64_t
now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- what nginx says --- */

static void
use_access_line(signet_slice line, void *context)
{
    supervision *it = context;

    if (proxy_metrics_count(&it->metrics, line))
        proxy_log_line(PROXY_INFO, line);
}

static void
use_complaint(signet_slice line, void *context)
{
    (void)context;
    proxy_log_complaint(line);
}

static void
read_pipes(supervision *it)
{
    if (it->out.fd >= 0 && !proxy_lines_read(&it->out, use_access_line, it)) {
        (void)close(it->out.fd);
        it->out.fd = -1;
    }
    if (it->err.fd >= 0 && !proxy_lines_read(&it->err, use_complaint, it)) {
        (void)close(it->err.fd);
        it->err.fd = -1;
    }
}

/* --- readiness and metrics --- */

static bool
can_fill(const proxy_settings *settings)
{
    return settings->store != PROXY_STORE_FILE || access(settings->store_place, W_OK) == 0;
}

static void
judge_readiness(supervision *it)
{
    bool is_ready = it->is_listening && !it->is_stopping && it->upstream.is_up && it->redis.is_up &&
                    can_fill(it->run->settings);

    if (is_ready == it->metrics.is_ready)
        return;
    it->metrics.is_ready = is_ready;
    it->metrics.is_changed = true;
    if (!is_ready)
        proxy_runtime_remove_file(it->run->runtime, "ready");
    else
        (void)!proxy_runtime_write(it->run->runtime, "ready", (signet_slice){NULL, 0}, 0644, NULL);
    PROXY_LOG(PROXY_INFO, is_ready ? "ready" : "not ready", "upstream",
        it->upstream.is_up ? "up" : "down", "redis",
        !it->run->settings->redis ? "not used"
        : it->redis.is_up         ? "up"
                                  : "down");
}

static void
write_metrics(supervision *it, int64_t now)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    if (!it->metrics.is_changed || now - it->written_ms < METRICS_EVERY_MS)
        return;
    it->written_ms = now;
    it->metrics.is_changed = false;
    if (proxy_metrics_write(&it->metrics, &text, NULL))
        (void)!proxy_runtime_write(
            it->run->runtime, "metrics", signet_buf_slice(&text), 0644, NULL);
}

/* nginx writes its process id once its sockets are open. */
static void
look_for_sockets(supervision *it)
{
    char path[PROXY_RUNTIME_MAX + 16] = "";
    struct stat about;

    (void)snprintf(path, sizeof(path), "%s/nginx.pid", it->run->runtime->path);
    if (it->is_listening || stat(path, &about) != 0 || about.st_size == 0)
        return;
    it->is_listening = true;
    PROXY_LOG(PROXY_INFO, "proxy listening", "addr", it->run->settings->listen.address);
}

static void
tick(supervision *it)
{
    int64_t now = now_ms();

    look_for_sockets(it);
    if (it->probed_ms == 0 || now - it->probed_ms >= PROBE_EVERY_MS) {
        it->probed_ms = now;
        proxy_probe_ask(&it->upstream, now);
        proxy_probe_ask(&it->redis, now);
    }
    judge_readiness(it);
    write_metrics(it, now);
    if (it->kill_ms > 0 && now >= it->kill_ms)
        (void)kill(-it->child.pid, SIGKILL);
}

/* --- signals --- */

static void
reload(supervision *it)
{
    char from[PROXY_RUNTIME_MAX + 16] = "", to[PROXY_RUNTIME_MAX + 16] = "";
    signet_error err = {0};

    (void)snprintf(from, sizeof(from), "%s/nginx.conf.new", it->run->runtime->path);
    (void)snprintf(to, sizeof(to), "%s/nginx.conf", it->run->runtime->path);
    it->metrics.is_changed = true;
    if (!proxy_prepare(it->run, "nginx.conf.new", &err) || rename(from, to) != 0) {
        (void)unlink(from);
        it->metrics.failed_reloads++;
        PROXY_LOG(PROXY_ERROR, "reload failed, all stays as it was", "error", err.message);
        return;
    }
    it->metrics.reloads++;
    (void)kill(it->child.pid, SIGHUP);
    proxy_say(PROXY_INFO, "reloaded");
}

static void
stop(supervision *it)
{
    it->is_stopping = true;
    judge_readiness(it);
    if (it->kill_ms > 0) { /* asked twice: at once */
        (void)kill(it->child.pid, SIGTERM);
        return;
    }
    proxy_say(PROXY_INFO, "stopping");
    it->kill_ms = now_ms() + it->run->settings->flags.drain_timeout + GRACE_MS;
    (void)kill(it->child.pid, SIGQUIT);
}

static void
take_signals(supervision *it)
{
    struct signalfd_siginfo about;

    while (read(it->signals, &about, sizeof(about)) == (ssize_t)sizeof(about)) {
        if (about.ssi_signo == SIGHUP && !it->is_stopping)
            reload(it);
        else if (about.ssi_signo == SIGTERM || about.ssi_signo == SIGINT)
            stop(it);
    }
    if (!it->is_dead && waitpid(it->child.pid, &it->status, WNOHANG) == it->child.pid)
        it->is_dead = true;
}

static int
block_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* --- the loop --- */

static void
turn(supervision *it)
{
    struct pollfd fds[] = {
        {it->signals, POLLIN, 0},
        {it->out.fd, POLLIN, 0},
        {it->err.fd, POLLIN, 0},
        {it->upstream.fd, POLLOUT, 0},
        {it->redis.fd, POLLOUT, 0},
    };
    int64_t now = 0;

    (void)poll(fds, sizeof(fds) / sizeof(fds[0]), TICK_MS);
    now = now_ms();
    proxy_probe_answer(&it->upstream, fds[3].revents, now);
    proxy_probe_answer(&it->redis, fds[4].revents, now);
    take_signals(it);
    read_pipes(it);
    tick(it);
}

static int
finish(supervision *it)
{
    char said[64] = "";

    read_pipes(it);
    (void)kill(-it->child.pid, SIGKILL); /* workers that outlived their master */
    proxy_probe_free(&it->upstream);
    proxy_probe_free(&it->redis);
    (void)close(it->signals);
    if (it->is_stopping) {
        proxy_say(PROXY_INFO, "stopped");
        return CLI_OK;
    }
    (void)snprintf(said, sizeof(said),
        WIFSIGNALED(it->status) ? "nginx was ended by signal %d" : "nginx ended with status %d",
        WIFSIGNALED(it->status) ? WTERMSIG(it->status) : WEXITSTATUS(it->status));
    PROXY_LOG(PROXY_ERROR, "server error", "error", said);
    return CLI_REFUSED;
}

int
proxy_supervise(const proxy_run *run)
{
    static supervision it; /* large */
    const proxy_upstream *upstream = &run->settings->upstream;
    signet_error err = {0};

    it.run = run;
    it.signals = block_signals();
    if (!proxy_nginx_start(run->nginx, run->runtime->path, &it.child, &err)) {
        PROXY_LOG(PROXY_ERROR, "server error", "error", err.message);
        return CLI_REFUSED;
    }
    it.out.fd = it.child.out;
    it.err.fd = it.child.err;
    it.metrics.is_changed = true;
    proxy_probe_start(&it.upstream, upstream->host, upstream->port);
    proxy_probe_start(&it.redis, run->settings->redis_place.host, run->settings->redis_place.port);
    while (!it.is_dead)
        turn(&it);
    return finish(&it);
}
