/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS to a Redis, by nginx's own means and libraries.  Its certificate must come from the CA that
 * is named, which signs for nobody else; and be for the host, when the address has a name and no
 * number.
 */
#include "signet_redis.h"

#if (NGX_SSL)

enum { CHAIN_MAX = 3 };

static void
free_tls(void *data)
{
    ngx_ssl_cleanup_ctx(data);
}

char *
ngx_signet_tls_set(ngx_conf_t *cf, ngx_signet_redis *redis)
{
    ngx_pool_cleanup_t *cleanup = NULL;

    if (redis->ca.len == 0)
        return "wants ca=FILE, for the address is rediss://";
    redis->tls = ngx_pcalloc(cf->pool, sizeof(*redis->tls));
    cleanup = redis->tls ? ngx_pool_cleanup_add(cf->pool, 0) : NULL;
    if (!cleanup)
        return NGX_CONF_ERROR;
    redis->tls->log = cf->log;
    if (ngx_ssl_create(redis->tls, NGX_SSL_TLSv1_2 | NGX_SSL_TLSv1_3, NULL) != NGX_OK)
        return NGX_CONF_ERROR;
    cleanup->handler = free_tls;
    cleanup->data = redis->tls;
    return ngx_ssl_trusted_certificate(cf, redis->tls, &redis->ca, CHAIN_MAX) == NGX_OK
               ? NGX_CONF_OK
               : "has a ca= file that cannot be read, or is no certificate";
}

ngx_int_t
ngx_signet_tls_start(
    ngx_signet_redis *redis, ngx_connection_t *c, void (*done)(ngx_connection_t *c))
{
    const char *host = redis->url.host;
    ngx_int_t rc = NGX_OK;

    if (!c->pool)
        c->pool = ngx_create_pool(NGX_MIN_POOL_SIZE + 1024, c->log);
    if (!c->pool ||
        ngx_ssl_create_connection(redis->tls, c, NGX_SSL_BUFFER | NGX_SSL_CLIENT) != NGX_OK)
        return NGX_ERROR;
    if (!redis->is_host_a_number && SSL_set_tlsext_host_name(c->ssl->connection, host) == 0)
        return NGX_ERROR;
    rc = ngx_ssl_handshake(c);
    if (rc == NGX_AGAIN)
        c->ssl->handler = done;
    return rc;
}

const char *
ngx_signet_tls_problem(ngx_signet_redis *redis, ngx_connection_t *c)
{
    ngx_str_t host = {ngx_strlen(redis->url.host), (u_char *)redis->url.host};

    if (!c->ssl->handshaked)
        return "TLS: no handshake, or not in time";
    if (SSL_get_verify_result(c->ssl->connection) != X509_V_OK)
        return "TLS: its certificate is not from the CA";
    if (!redis->is_host_a_number && ngx_ssl_check_host(c, &host) != NGX_OK)
        return "TLS: its certificate is for another host";
    return NULL;
}

void
ngx_signet_tls_end(ngx_connection_t *c)
{
    if (c->ssl) {
        c->ssl->no_wait_shutdown = c->ssl->no_send_shutdown = 1;
        (void)ngx_ssl_shutdown(c);
    }
    if (c->pool)
        ngx_destroy_pool(c->pool);
    c->pool = NULL;
}

#else

char *
ngx_signet_tls_set(ngx_conf_t *cf, ngx_signet_redis *redis)
{
    return "wants redis:// or unix:, for this nginx is built without TLS";
}

ngx_int_t
ngx_signet_tls_start(
    ngx_signet_redis *redis, ngx_connection_t *c, void (*done)(ngx_connection_t *c))
{
    return NGX_ERROR;
}

const char *
ngx_signet_tls_problem(ngx_signet_redis *redis, ngx_connection_t *c)
{
    return "TLS: not built";
}

void
ngx_signet_tls_end(ngx_connection_t *c)
{
}

#endif
