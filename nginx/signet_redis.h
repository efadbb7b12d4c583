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
    ngx_str_t ca;       /* the file's name */
#if (NGX_SSL)
    ngx_ssl_t *tls;
#endif
    unsigned is_host_a_number : 1;
    ngx_signet_node nodes[SIGNET_REDIS_NODES_MAX];
    ngx_uint_t node_count, next_victim;
};

enum {
    SIGNET_WAITING_MAX = 1024,     /* commands without an answer, on one connection */
    SIGNET_UNSENT_MAX = 256 << 10, /* bytes */
};

/* A place in the order of answers.  The request may be gone, its answer comes all the same. */
typedef struct {
    ngx_signet_query *query; /* NULL: nobody waits any more */
    ngx_msec_t deadline;
    unsigned must_be_ok : 1; /* AUTH, SELECT, ASKING: ours */
} ngx_signet_slot;

struct ngx_signet_link {
    ngx_signet_node *node;
    ngx_connection_t *connection;
    struct redisReader *reader;
    ngx_signet_slot slots[SIGNET_WAITING_MAX];
    ngx_uint_t first, count;
    size_t unsent_at, unsent_end;
    u_char unsent[SIGNET_UNSENT_MAX];
};

/* redis_link.c */
ngx_signet_link *ngx_signet_link_open(ngx_signet_node *node);
/* `query` NULL: a command of our own, which must be answered OK */
bool ngx_signet_link_append(
    ngx_signet_link *link, const ngx_str_t *command, ngx_signet_query *query);
bool ngx_signet_link_append_own(ngx_signet_link *link, const ngx_str_t *words, ngx_uint_t count);
/* before anybody is told, who may ask again */
void ngx_signet_link_detach(ngx_signet_link *link);
void ngx_signet_link_fail(ngx_signet_link *link, const char *why);
void ngx_signet_redis_close(ngx_signet_redis *redis);

/* redis.c */
bool ngx_signet_command_write(
    ngx_pool_t *pool, const ngx_str_t *words, ngx_uint_t count, ngx_str_t *ret_command);
/* all answers that are whole; false when the link is ended */
bool ngx_signet_link_deliver(ngx_signet_link *link);

/* redis_tls.c.  Start: NGX_AGAIN, then `done` is called; NGX_OK; NGX_ERROR.  Problem: why what
 * answers is not to be believed, or NULL. */
char *ngx_signet_tls_set(ngx_conf_t *cf, ngx_signet_redis *redis);
ngx_int_t ngx_signet_tls_start(
    ngx_signet_redis *redis, ngx_connection_t *c, void (*done)(ngx_connection_t *c));
const char *ngx_signet_tls_problem(ngx_signet_redis *redis, ngx_connection_t *c);
void ngx_signet_tls_end(ngx_connection_t *c);

/* redis_node.c: the node at the end of "MOVED SLOT HOST:PORT", NULL when it is none */
ngx_signet_node *ngx_signet_node_find(ngx_signet_node *asked, signet_slice place, ngx_pool_t *pool);
void ngx_signet_node_set(
    ngx_signet_node *node, ngx_signet_redis *redis, struct sockaddr *address, socklen_t len);

#endif
