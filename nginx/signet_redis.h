/* SPDX-License-Identifier: Apache-2.0 */
/* A Redis as it is configured, and the connections of this worker to it. */
#ifndef SIGNET_REDIS_H
#define SIGNET_REDIS_H

#include "serve/redis_url.h"
#include "signet_module.h"

enum { SIGNET_REDIS_NODES_MAX = 8 }; /* of a cluster; the first is that of the URL */

typedef struct ngx_signet_link ngx_signet_link;

typedef struct {
    ngx_signet_redis *redis;
    ngx_sockaddr_t address;
    socklen_t address_len;
    ngx_str_t name; /* for logs */
    u_char name_text[NGX_SOCKADDR_STRLEN];
    ngx_signet_link *link; /* NULL: not connected */
    ngx_msec_t back_off;   /* 0: the last answer was good */
    ngx_msec_t retry_at;
} ngx_signet_node;

struct ngx_signet_redis {
    ngx_str_t name;
    ngx_flag_t is_defined;
    sg_redis_url url;
    ngx_msec_t timeout; /* of a command, connecting included */
    ngx_signet_node nodes[SIGNET_REDIS_NODES_MAX];
    ngx_uint_t node_count, next_victim;
};

/* redis.c */
void ngx_signet_redis_close(ngx_signet_redis *redis);

/* redis_node.c: the node at the end of "MOVED SLOT HOST:PORT", NULL when it is none */
ngx_signet_node *ngx_signet_node_find(ngx_signet_node *asked, signet_slice place, ngx_pool_t *pool);
void ngx_signet_node_set(
    ngx_signet_node *node, ngx_signet_redis *redis, struct sockaddr *address, socklen_t len);

#endif
