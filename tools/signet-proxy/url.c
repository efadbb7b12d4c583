/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>

#include "base/time.h"
#include "url.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* A port from 1 to 65535, or -1. */
static int
read_port(const char *text)
{
    size_t len = strspn(text, DIGITS);
    int port = 0;

    if (len == 0 || len > 5 || text[len] != '\0')
        return -1;
    port = sg_digits((const uint8_t *)text, len);
    return port >= 1 && port <= 65535 ? port : -1;
}

/* HOST or [V6] into `ret_host`, without brackets; what is behind it, or NULL. */
static const char *
read_host(const char *text, char ret_host[PROXY_HOST_MAX + 1], bool *ret_is_v6)
{
    bool is_v6 = *text == '[';
    const char *start = text + (is_v6 ? 1 : 0);
    size_t len = strspn(start, is_v6 ? "0123456789abcdefABCDEF:." : LETTERS DIGITS ".-_");
    struct in6_addr address;

    if (len > PROXY_HOST_MAX || (is_v6 && start[len] != ']') || *start == '-')
        return NULL;
    memcpy(ret_host, start, len);
    ret_host[len] = '\0';
    if (is_v6 && inet_pton(AF_INET6, ret_host, &address) != 1)
        return NULL;
    *ret_is_v6 = is_v6;
    return start + len + (is_v6 ? 1 : 0);
}

static bool
is_loopback(const char *host)
{
    struct in_addr v4;

    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (strncmp(host, "127.", 4) == 0 && inet_pton(AF_INET, host, &v4) == 1);
}

static bool
read_socket(const char *path, proxy_listen *ret, signet_error *err)
{
    if (*path != '/' || strlen(path) > PROXY_SOCKET_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "unix: wants an absolute path of at most %d bytes",
            PROXY_SOCKET_MAX);
    if (path[strspn(path, LETTERS DIGITS "/._-+@")] != '\0')
        return signet_fail(
            err, SIGNET_E_USAGE, "the path of a socket may hold letters, digits and /._-+@");
    (void)snprintf(ret->address, sizeof(ret->address), "unix:%s", path);
    ret->is_unix = ret->is_loopback = true;
    return true;
}

bool
proxy_listen_parse(const char *text, proxy_listen *ret_listen, signet_error *err)
{
    proxy_listen got = {0};
    bool is_v6 = false;
    const char *rest = NULL;

    if (strncmp(text, "unix:", 5) == 0) {
        if (!read_socket(text + 5, &got, err))
            return false;
        *ret_listen = got;
        return true;
    }
    rest = read_host(text, got.host, &is_v6);
    if (!rest || *rest != ':')
        return signet_fail(err, SIGNET_E_USAGE, "not ADDRESS:PORT or unix:/PATH: %s", text);
    got.port = read_port(rest + 1);
    if (got.port < 0)
        return signet_fail(err, SIGNET_E_USAGE, "not a port from 1 to 65535: %s", rest + 1);
    got.is_loopback = is_loopback(got.host);
    if (got.host[0] == '\0')
        (void)snprintf(got.address, sizeof(got.address), "*:%d", got.port);
    else
        (void)snprintf(
            got.address, sizeof(got.address), is_v6 ? "[%s]:%d" : "%s:%d", got.host, got.port);
    *ret_listen = got;
    return true;
}

/* What the configuration and nginx take literally. */
static bool
read_path(const char *text, proxy_upstream *ret, signet_error *err)
{
    size_t len = strlen(text);

    if (text[strspn(text, LETTERS DIGITS "/._~-%!&'()*+,=:@")] != '\0' || len > PROXY_PATH_MAX)
        return signet_fail(err, SIGNET_E_USAGE,
            "the path of the upstream may have no query and no strange letter");
    while (len > 0 && text[len - 1] == '/')
        len--;
    memcpy(ret->path, text, len);
    ret->path[len] = '\0';
    return true;
}

bool
proxy_upstream_parse(const char *text, proxy_upstream *ret_upstream, signet_error *err)
{
    proxy_upstream got = {0};
    char host[PROXY_HOST_MAX + 1] = "", port[8] = "";
    const char *rest = NULL;
    bool is_v6 = false;
    size_t len = 0;

    if (strncmp(text, "https://", 8) == 0)
        got.is_tls = true;
    else if (strncmp(text, "http://", 7) != 0)
        return signet_fail(err, SIGNET_E_USAGE, "github API URL must use http or https: %s",
            strchr(text, '@') ? "(hidden)" : text);
    rest = read_host(text + (got.is_tls ? 8 : 7), host, &is_v6);
    if (!rest || host[0] == '\0')
        return signet_fail(
            err, SIGNET_E_USAGE, "invalid github API URL: no host, or a strange one");
    got.port = got.is_tls ? 443 : 80;
    (void)snprintf(got.host, sizeof(got.host), is_v6 ? "[%s]" : "%s", host);
    (void)snprintf(got.authority, sizeof(got.authority), "%s", got.host);
    if (*rest == ':') {
        len = strcspn(rest + 1, "/");
        (void)snprintf(port, sizeof(port), "%.*s", len < 7 ? (int)len : 6, rest + 1);
        got.port = read_port(port);
        rest += 1 + len;
        (void)snprintf(got.authority, sizeof(got.authority), "%s:%d", got.host, got.port);
    }
    if (got.port < 0)
        return signet_fail(err, SIGNET_E_USAGE, "invalid github API URL: no port from 1 to 65535");
    if (*rest != '\0' && *rest != '/')
        return signet_fail(
            err, SIGNET_E_USAGE, "invalid github API URL: no user, query or fragment");
    if (!read_path(rest, &got, err))
        return false;
    *ret_upstream = got;
    return true;
}
