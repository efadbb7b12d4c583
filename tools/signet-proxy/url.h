/* SPDX-License-Identifier: Apache-2.0 */
/* Where to listen, and where the upstream is: what may stand in a configuration of nginx. */
#ifndef SG_PROXY_URL_H
#define SG_PROXY_URL_H

#include <signet/base.h>

enum { PROXY_HOST_MAX = 253, PROXY_PATH_MAX = 1024, PROXY_SOCKET_MAX = 107 };

/** A socket to listen at. */
typedef struct {
    char address[PROXY_HOST_MAX + 16]; /* as nginx takes it: 127.0.0.1:8080, [::1]:80, unix:/path */
    char host[PROXY_HOST_MAX + 1];     /* empty for unix: */
    int port;
    bool is_unix, is_loopback;
} proxy_listen;

/** ADDRESS:PORT, [ADDRESS]:PORT, :PORT (all interfaces), localhost:PORT or unix:/PATH. */
bool proxy_listen_parse(const char *text, proxy_listen *ret_listen, signet_error *err)
    SIGNET_MUST_CHECK;

/** An upstream. */
typedef struct {
    char host[PROXY_HOST_MAX + 3]; /* an IPv6 address in brackets */
    char authority[PROXY_HOST_MAX + 12];
    char path[PROXY_PATH_MAX + 1]; /* empty, or begins with a slash and ends without one */
    int port;
    bool is_tls;
} proxy_upstream;

/** http[s]://HOST[:PORT][/PATH], without user, query and fragment. */
bool proxy_upstream_parse(const char *text, proxy_upstream *ret_upstream, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
