/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of a cluster: addresses only, for looking up a name would block. */
#include "signet_redis.h"

void
ngx_signet_node_set(
    ngx_signet_node *node, ngx_signet_redis *redis, struct sockaddr *address, socklen_t len)
{
    *node = (ngx_signet_node){.redis = redis, .address_len = len};
    memcpy(&node->address, address, len);
    node->name.data = node->name_text;
    node->name.len =
        ngx_sock_ntop(&node->address.sockaddr, len, node->name_text, sizeof(node->name_text), 1);
}

/* One that we have, a free one, or that of another node which is not connected. */
static ngx_signet_node *
place_for(ngx_signet_redis *redis, struct sockaddr *address, socklen_t len)
{
    ngx_signet_node *node = NULL;

    for (ngx_uint_t i = 0; i < redis->node_count; i++) {
        node = &redis->nodes[i];
        if (ngx_cmp_sockaddr(&node->address.sockaddr, node->address_len, address, len, 1) == NGX_OK)
            return node;
    }
    if (redis->node_count < SIGNET_REDIS_NODES_MAX) {
        node = &redis->nodes[redis->node_count++];
    } else {
        node = &redis->nodes[1 + redis->next_victim++ % (SIGNET_REDIS_NODES_MAX - 1)];
        if (node->link)
            return NULL;
    }
    ngx_signet_node_set(node, redis, address, len);
    return node;
}

ngx_signet_node *
ngx_signet_node_find(ngx_signet_node *asked, signet_slice place, ngx_pool_t *pool)
{
    char host[SG_REDIS_HOST_MAX + 1];
    ngx_sockaddr_t same = asked->address;
    ngx_addr_t address = {.sockaddr = &same.sockaddr, .socklen = asked->address_len};
    int port = 0;

    if (asked->address.sockaddr.sa_family == AF_UNIX ||
        !sg_redis_url_parse_node(place, host, &port))
        return NULL;
    if (host[0] && ngx_parse_addr(pool, &address, (u_char *)host, strlen(host)) != NGX_OK)
        return NULL;
    ngx_inet_set_port(address.sockaddr, (in_port_t)port);
    return place_for(asked->redis, address.sockaddr, address.socklen);
}
