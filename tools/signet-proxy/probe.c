/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe.h"

enum { PATIENCE_MS = 2000 };

void
proxy_probe_start(proxy_probe *probe, const char *host, int port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    char name[256] = "", service[8] = "";
    size_t len = strlen(host);
    bool has_brackets = len > 2 && host[0] == '[';

    *probe = (proxy_probe){.fd = -1};
    if (len == 0) {
        probe->is_up = true;
        return;
    }
    (void)snprintf(name, sizeof(name), "%.*s", (int)(has_brackets ? len - 2 : len),
        host + (has_brackets ? 1 : 0));
    (void)snprintf(service, sizeof(service), "%d", port);
    if (getaddrinfo(name, service, &hints, &probe->addresses) != 0)
        probe->addresses = NULL;
}

static void
hang_up(proxy_probe *probe)
{
    if (probe->fd >= 0)
        (void)close(probe->fd);
    probe->fd = -1;
}

/* The next address that can be tried; when there is none, nothing listens. */
static void
try_next(proxy_probe *probe, int64_t now_ms)
{
    hang_up(probe);
    while (probe->next) {
        const struct addrinfo *to = probe->next;

        probe->next = to->ai_next;
        probe->fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        probe->since_ms = now_ms;
        if (probe->fd >= 0 &&
            (connect(probe->fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS))
            return;
        hang_up(probe);
    }
    probe->is_up = false;
}

void
proxy_probe_ask(proxy_probe *probe, int64_t now_ms)
{
    if (probe->fd >= 0 || (!probe->addresses && probe->is_up))
        return;
    probe->next = probe->addresses;
    try_next(probe, now_ms);
}

void
proxy_probe_answer(proxy_probe *probe, short revents, int64_t now_ms)
{
    int problem = 0;
    socklen_t size = sizeof(problem);

    if (probe->fd < 0)
        return;
    if (revents == 0) {
        if (now_ms - probe->since_ms > PATIENCE_MS)
            try_next(probe, now_ms);
        return;
    }
    if (getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0 || problem != 0) {
        try_next(probe, now_ms);
        return;
    }
    hang_up(probe);
    probe->is_up = true;
}

void
proxy_probe_free(proxy_probe *probe)
{
    hang_up(probe);
    if (probe->addresses)
        freeaddrinfo(probe->addresses);
    *probe = (proxy_probe){.fd = -1};
}
