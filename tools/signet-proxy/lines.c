/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lines.h"
#include "log.h"

/* --- lines --- */

static void
take_lines(proxy_lines *lines, proxy_use_line *use, void *context)
{
    uint8_t *start = lines->bytes, *end = lines->bytes + lines->len, *newline = NULL;

    while ((newline = memchr(start, '\n', (size_t)(end - start))) != NULL) {
        if (!lines->is_cut)
            use((signet_slice){start, (size_t)(newline - start)}, context);
        lines->is_cut = false;
        start = newline + 1;
    }
    lines->len = (size_t)(end - start);
    memmove(lines->bytes, start, lines->len);
    if (lines->len == PROXY_LINE_MAX) {
        lines->is_cut = true;
        lines->len = 0;
    }
}

bool
proxy_lines_read(proxy_lines *lines, proxy_use_line *use, void *context)
{
    for (;;) {
        ssize_t got = read(lines->fd, lines->bytes + lines->len, PROXY_LINE_MAX - lines->len);

        if (got == 0)
            return false;
        if (got < 0 && errno != EINTR)
            return errno == EAGAIN;
        if (got > 0) {
            lines->len += (size_t)got;
            take_lines(lines, use, context);
        }
    }
}

/* --- complaints: "TIME [LEVEL] PID#TID: *N TEXT, client: ..., request: "METHOD TARGET ..." --- */

static const struct {
    const char *name;
    proxy_level level;
} levels[] = {
    {"[debug]", PROXY_DEBUG},
    {"[info]", PROXY_DEBUG},
    {"[notice]", PROXY_DEBUG},
    {"[warn]", PROXY_WARN},
};

static proxy_level
level_of(const char *line)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        const char *found = strstr(line, levels[i].name);

        if (found && found - line < 32)
            return levels[i].level;
    }
    return PROXY_ERROR;
}

/* The piece of `line` behind `name` up to one of `ends`, or "". */
static void
cut(const char *line, const char *name, const char *ends, char *ret, size_t size)
{
    const char *found = strstr(line, name);
    size_t len = 0;

    ret[0] = '\0';
    if (!found)
        return;
    found += strlen(name);
    len = strcspn(found, ends);
    if (len >= size)
        len = size - 1;
    memcpy(ret, found, len);
    ret[len] = '\0';
}

/* Without time, process and connection, and without what the client may have written. */
static void
cut_reason(const char *line, char *ret, size_t size)
{
    const char *start = strstr(line, "] "), *end = NULL;
    size_t len = 0;

    start = start ? start + 2 : line;
    start += strspn(start, "0123456789#");
    start += strspn(start, ": ");
    if (*start == '*') {
        start += 1 + strspn(start + 1, "0123456789");
        start += strspn(start, " ");
    }
    end = strstr(start, ", client: ");
    len = end ? (size_t)(end - start) : strlen(start);
    if (len >= size)
        len = size - 1;
    memcpy(ret, start, len);
    ret[len] = '\0';
}

void
proxy_log_complaint(signet_slice line)
{
    char text[4096] = "", reason[1024] = "", method[64] = "", path[1024] = "", upstream[512] = "";
    char peer[128] = "";
    size_t len = line.len < sizeof(text) ? line.len : sizeof(text) - 1;
    proxy_level level = PROXY_ERROR;

    memcpy(text, line.ptr, len);
    text[len] = '\0';
    level = level_of(text);
    cut_reason(text, reason, sizeof(reason));
    cut(text, ", client: ", ",", peer, sizeof(peer));
    cut(text, ", request: \"", " \"", method, sizeof(method));
    cut(text, ", upstream: \"", "?\"", upstream, sizeof(upstream));
    if (method[0] != '\0')
        cut(strstr(text, ", request: \""), method, "?\"", path, sizeof(path));
    path[strcspn(path + (path[0] == ' ' ? 1 : 0), " ") + (path[0] == ' ' ? 1 : 0)] = '\0';
    if (upstream[0] != '\0' || strstr(reason, "upstream"))
        PROXY_LOG(level, "proxy error", "error", reason, "method", method, "path",
            path[0] == ' ' ? path + 1 : path, "upstream", upstream);
    else if (strncmp(reason, "signet: ", 8) == 0)
        PROXY_LOG(level, "request refused", "error", reason + 8, "peer", peer, "method", method,
            "path", path[0] == ' ' ? path + 1 : path);
    else
        PROXY_LOG(level, "nginx", "error", reason);
}
