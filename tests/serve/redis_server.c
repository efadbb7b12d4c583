/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "redis_server.h"
#include "scratch.h"

const char *
redis_server_program(void)
{
    /* Debian's tools have the server, too: it is one program that asks how it was called */
    static const char *const paths[] = {"/usr/bin/redis-server", "/usr/bin/valkey-server",
        "/usr/bin/redis-check-rdb", "/usr/bin/valkey-check-rdb", "/usr/local/bin/redis-server",
        "/usr/local/bin/valkey-server"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    }
    return NULL;
}

static void
end(pid_t *pid)
{
    if (*pid > 0) {
        (void)kill(*pid, SIGKILL);
        (void)waitpid(*pid, NULL, 0);
    }
    *pid = 0;
}

static bool
answers(const char *path)
{
    redisContext *context = redisConnectUnix(path);
    bool is_there = context && context->err == 0;

    if (context)
        redisFree(context);
    return is_there;
}

void
redis_server_start(redis_server *server, const char *password)
{
    if (!server->directory) {
        char *url = NULL;

        server->directory = scratch_directory();
        server->socket = scratch_path(server->directory, "s");
        REQUIRE(asprintf(&url, "unix:%s", server->socket) > 0);
        server->url =
            (const char *)harness_keep((signet_slice){(uint8_t *)url, strlen(url) + 1}).ptr;
        free(url);
    }
    server->pid = fork();
    if (server->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(redis_server_program(), "server", "--port", "0", "--unixsocket", server->socket,
            "--unixsocketperm", "700", "--dir", server->directory, "--logfile", "log", "--save", "",
            "--appendonly", "no", "--requirepass", password ? password : "", (char *)NULL);
        _exit(127);
    }
    REQUIRE(server->pid > 0);
    for (int i = 0; i < 500 && !answers(server->socket); i++)
        (void)usleep(10000);
    CHECK(answers(server->socket));
}

void
redis_server_stop(redis_server *server)
{
    end(&server->pid);
}

static void
pretend(int connection, const char *answer, bool is_slow, bool is_first)
{
    char question[4096];

    while (read(connection, question, sizeof(question)) > 0) {
        size_t len = answer ? strlen(answer) : 0;

        if (answer && (len == 0 || (answer[0] == '!' && is_first)))
            return;
        for (size_t i = answer && answer[0] == '!'; i < len; i += is_slow ? 1 : len) {
            if (write(connection, answer + i, is_slow ? 1 : len - i) < 0)
                return;
            if (is_slow)
                (void)usleep(20000);
        }
    }
}

void
fake_server_start(fake_server *server, const char *answer, bool is_slow)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    REQUIRE(listener >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0 &&
            listen(listener, 16) == 0 &&
            getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    server->port = ntohs(address.sin_port);
    (void)snprintf(server->url, sizeof(server->url), "redis://127.0.0.1:%d", server->port);
    server->pid = fork();
    REQUIRE(server->pid >= 0);
    if (server->pid > 0) {
        (void)close(listener);
        return;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGPIPE, SIG_IGN);
    for (bool is_first = true;; is_first = false) {
        int connection = accept(listener, NULL, NULL);

        if (connection < 0)
            _exit(1);
        pretend(connection, answer, is_slow, is_first);
        (void)close(connection);
    }
}

void
fake_server_stop(fake_server *server)
{
    end(&server->pid);
}
