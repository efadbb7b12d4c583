/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http_load.h"
#include "measure.h"

enum { ANSWER_MAX = 4096, SECOND = 1000000000 };

static const int64_t longest = (int64_t)10 * SECOND;

typedef struct {
    int fd;
    int64_t due; /* of the request that is under way; 0: none is */
    size_t len;  /* of what was read of its answer */
    char answer[ANSWER_MAX + 1];
} connection;

struct http_load {
    int epoll;
    size_t count;
    connection *connections;
    connection *idle[HTTP_LOAD_CONNECTIONS_MAX];
    size_t idle_count;
    int64_t latencies[HTTP_LOAD_REQUESTS_MAX];
};

/* One run. */
typedef struct {
    http_load *load;
    const http_load_order *order;
    int64_t start;
    size_t sent, answered;
} run;

static int
connect_unix(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = -1;

    if (strlen(path) >= sizeof(to.sun_path))
        return -1;
    memcpy(to.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static int
connect_tcp(const char *port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    to.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static bool
connect_one(http_load *load, connection *one, const char *address, signet_error *err)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};

    one->fd = address[0] == '/' ? connect_unix(address) : connect_tcp(address);
    if (one->fd < 0 || epoll_ctl(load->epoll, EPOLL_CTL_ADD, one->fd, &event) != 0)
        return signet_fail(err, SIGNET_E_IO, "cannot connect to %s", address);
    return true;
}

http_load *
http_load_open(const char *address, size_t count, signet_error *err)
{
    http_load *load = NULL;

    if (count == 0 || count > HTTP_LOAD_CONNECTIONS_MAX)
        return signet_fail_null(err, SIGNET_E_USAGE, "%zu connections", count);
    load = calloc(1, sizeof(*load));
    if (!load)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->connections = calloc(count, sizeof(*load->connections));
    if (load->epoll < 0 || !load->connections) {
        http_load_close(load);
        return signet_fail_null(err, SIGNET_E_NOMEM, "cannot make an epoll");
    }
    for (load->count = 0; load->count < count; load->count++) {
        if (!connect_one(load, &load->connections[load->count], address, err)) {
            http_load_close(load);
            return NULL;
        }
    }
    return load;
}

void
http_load_close(http_load *load)
{
    if (!load)
        return;
    for (size_t i = 0; i < load->count; i++)
        (void)close(load->connections[i].fd);
    (void)close(load->epoll);
    free(load->connections);
    free(load);
}

/* --- one request --- */

static int64_t
due(const run *it, size_t number)
{
    return it->start + it->order->every * (int64_t)number;
}

static bool
send_next(run *it, int64_t now, signet_error *err)
{
    connection *one = it->load->idle[it->load->idle_count - 1];
    signet_slice request = it->order->requests[it->sent % it->order->request_count];

    if (send(one->fd, request.ptr, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
        return signet_fail(err, SIGNET_E_IO, "the server takes no more requests");
    one->due = it->order->every ? due(it, it->sent) : now;
    one->len = 0;
    it->load->idle_count--;
    it->sent++;
    return true;
}

/* The length of a whole answer; 0: more must come. */
static size_t
answer_length(const char *answer)
{
    static const char field[] = "Content-Length: ";
    const char *end = strstr(answer, "\r\n\r\n"), *length = NULL;

    if (!end)
        return 0;
    length = strstr(answer, field);
    if (!length || length > end)
        return SIZE_MAX;
    return (size_t)(end - answer) + 4 + strtoul(length + sizeof(field) - 1, NULL, 10);
}

static bool
check_status(const run *it, const connection *one, signet_error *err)
{
    static const char version[] = "HTTP/1.1 ";

    if (strncmp(one->answer, version, sizeof(version) - 1) == 0 &&
        strtol(one->answer + sizeof(version) - 1, NULL, 10) == it->order->status)
        return true;
    return signet_fail(err, SIGNET_E_IO, "answer %zu is not %d: %.*s", it->answered,
        it->order->status, (int)strcspn(one->answer, "\r\n"), one->answer);
}

static bool
receive(run *it, connection *one, signet_error *err)
{
    ssize_t got = recv(one->fd, one->answer + one->len, ANSWER_MAX - one->len, 0);
    size_t whole = 0;

    if (got <= 0 || one->due == 0)
        return signet_fail(
            err, SIGNET_E_IO, "the server closed a connection, or answered what was not asked");
    one->len += (size_t)got;
    one->answer[one->len] = '\0';
    whole = answer_length(one->answer);
    if (whole > ANSWER_MAX || (whole > 0 && one->len > whole))
        return signet_fail(err, SIGNET_E_IO, "an answer without length, or too long");
    if (one->len < whole || whole == 0)
        return true;
    if (!check_status(it, one, err))
        return false;
    it->load->latencies[it->answered++] = measure_now() - one->due;
    one->due = 0;
    it->load->idle[it->load->idle_count++] = one;
    return true;
}

/* --- all of them --- */

static bool
send_due(run *it, signet_error *err)
{
    int64_t now = measure_now();

    while (it->sent < it->order->total && it->load->idle_count > 0) {
        if (it->order->every && due(it, it->sent) > now)
            return true;
        if (!send_next(it, now, err))
            return false;
    }
    return true;
}

/* Until something comes, or the next request is due. */
static int
await(const run *it, struct epoll_event *events, int most)
{
    bool is_blocked = it->sent == it->order->total || it->load->idle_count == 0;
    int64_t ahead = is_blocked ? SECOND : due(it, it->sent) - measure_now();
    struct timespec timeout = {0};

    if (ahead > 0 && it->order->is_idle)
        timeout = (struct timespec){ahead / SECOND, ahead % SECOND};
    return epoll_pwait2(it->load->epoll, events, most, &timeout, NULL);
}

bool
http_load_run(
    http_load *load, const http_load_order *order, http_load_result *ret_result, signet_error *err)
{
    struct epoll_event events[64];
    run it = {.load = load, .order = order, .start = measure_now()};

    if (order->total > HTTP_LOAD_REQUESTS_MAX || order->request_count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "%zu requests", order->total);
    for (load->idle_count = 0; load->idle_count < load->count; load->idle_count++)
        load->idle[load->idle_count] = &load->connections[load->idle_count];
    while (it.answered < order->total) {
        int count = 0;

        if (!send_due(&it, err))
            return false;
        count = await(&it, events, 64);
        if (count < 0 && errno != EINTR)
            return signet_fail(err, SIGNET_E_IO, "cannot wait");
        for (int i = 0; i < count; i++) {
            if (!receive(&it, events[i].data.ptr, err))
                return false;
        }
        if (measure_now() - it.start > longest)
            return signet_fail(err, SIGNET_E_IO, "%zu of %zu answers within ten seconds",
                it.answered, order->total);
    }
    *ret_result = (http_load_result){measure_now() - it.start, load->latencies};
    return true;
}
