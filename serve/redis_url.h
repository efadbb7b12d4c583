/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a Redis is:
 *     redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]     rediss:// the same over TLS
 *     unix:/ABSOLUTE/PATH
 * User and password are percent-decoded.  No message of the parser quotes the address.
 */
#ifndef SG_SERVE_REDIS_URL_H
#define SG_SERVE_REDIS_URL_H

#include <signet/base.h>

enum { SG_REDIS_HOST_MAX = 253, SG_REDIS_PATH_MAX = 107, SG_REDIS_PORT = 6379 };

typedef struct {
    char host[SG_REDIS_HOST_MAX + 1]; /* empty: `path` */
    char path[SG_REDIS_PATH_MAX + 1];
    int port;
    unsigned database;
    bool is_tls;
    signet_buf user, password; /* wiped when freed; empty: none */
} sg_redis_url;

bool sg_redis_url_parse(const char *text, sg_redis_url *ret_url, signet_error *err)
    SIGNET_MUST_CHECK;

/** "HOST:PORT" as a server names another one; HOST may be an IPv6 address without brackets. */
bool sg_redis_url_parse_node(signet_slice text, char ret_host[SG_REDIS_HOST_MAX + 1], int *ret_port)
    SIGNET_MUST_CHECK;

void sg_redis_url_free(sg_redis_url *url);

__attribute__((unused)) static inline void
sg_redis_url_free_auto(sg_redis_url *url)
{
    sg_redis_url_free(url);
}

#endif
