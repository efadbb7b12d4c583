/* SPDX-License-Identifier: Apache-2.0 */
/* signet_redis, and how other directives name what it defines. */
#include "signet_redis.h"

enum { TIMEOUT = 100, TIMEOUT_MAX = 60000, PASSWORD_MAX = 512 }; /* milliseconds; bytes */

static void
free_redis(void *data)
{
    ngx_signet_redis *redis = data;

    ngx_signet_redis_close(redis);
    sg_redis_url_free(&redis->url);
}

/* The one of that name, which may be defined further down. */
static ngx_signet_redis *
find_or_make(ngx_conf_t *cf, ngx_str_t name)
{
    ngx_signet_main_conf *conf = ngx_http_conf_get_module_main_conf(cf, ngx_http_signet_module);
    ngx_signet_redis **all = conf->redises.elts, **place = NULL, *redis = NULL;
    ngx_pool_cleanup_t *cleanup = NULL;

    for (ngx_uint_t i = 0; i < conf->redises.nelts; i++) {
        if (all[i]->name.len == name.len && memcmp(all[i]->name.data, name.data, name.len) == 0)
            return all[i];
    }
    redis = ngx_pcalloc(cf->pool, sizeof(*redis));
    cleanup = redis ? ngx_pool_cleanup_add(cf->pool, 0) : NULL;
    place = cleanup ? ngx_array_push(&conf->redises) : NULL;
    if (!place)
        return NULL;
    cleanup->handler = free_redis;
    cleanup->data = redis;
    redis->name = name;
    *place = redis;
    return redis;
}

bool
ngx_signet_redis_is_defined(const ngx_signet_redis *redis)
{
    return redis->is_defined;
}

static bool
has_prefix(const ngx_str_t *word, const char *prefix)
{
    return ngx_strncmp(word->data, prefix, ngx_strlen(prefix)) == 0;
}

static ngx_str_t
behind(const ngx_str_t *word, const char *prefix)
{
    size_t len = ngx_strlen(prefix);

    return (ngx_str_t){word->len - len, word->data + len};
}

static bool
is_visible(ngx_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= 0x20 || text.data[i] >= 0x7f)
            return false;
    }
    return true;
}

bool
ngx_signet_read_redis_place(
    ngx_conf_t *cf, const char *default_prefix, ngx_signet_redis **ret_redis, ngx_str_t *ret_prefix)
{
    const ngx_str_t *words = cf->args->elts;
    ngx_str_t prefix = {ngx_strlen(default_prefix), (u_char *)default_prefix};

    if (!has_prefix(&words[1], "redis=") || behind(&words[1], "redis=").len == 0)
        return false;
    if (cf->args->nelts == 3) {
        if (!has_prefix(&words[2], "prefix="))
            return false;
        prefix = behind(&words[2], "prefix=");
    }
    if (prefix.len > SIGNET_PREFIX_MAX || !is_visible(prefix))
        return false;
    *ret_prefix = prefix;
    *ret_redis = find_or_make(cf, behind(&words[1], "redis="));
    return *ret_redis != NULL;
}

/* --- signet_redis --- */

static char *
set_timeout(ngx_conf_t *cf, ngx_signet_redis *redis, ngx_str_t value)
{
    ngx_int_t timeout = ngx_atoi(value.data, value.len);

    if (timeout < 1 || timeout > TIMEOUT_MAX)
        return "wants timeout=MILLISECONDS, from 1 to 60000";
    redis->timeout = (ngx_msec_t)timeout;
    return NGX_CONF_OK;
}

/* One line, [USER]:PASSWORD or PASSWORD. */
static char *
set_password(ngx_conf_t *cf, ngx_signet_redis *redis, ngx_str_t value)
{
    u_char text[PASSWORD_MAX];
    const u_char *colon = NULL;
    size_t len = 0, user = 0;

    if (ngx_conf_full_name(cf->cycle, &value, 1) != NGX_OK ||
        !ngx_signet_read_file(cf, &value, text, sizeof(text), &len))
        return NGX_CONF_ERROR;
    if (len == sizeof(text))
        return "has a password_file= of more than 511 bytes";
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    colon = len > 0 ? memchr(text, ':', len) : NULL;
    user = colon ? (size_t)(colon - text) : 0;
    signet_buf_free(&redis->url.user);
    signet_buf_free(&redis->url.password);
    if (colon)
        colon++;
    else
        colon = text;
    if (colon == text + len || memchr(text, '\n', len) || memchr(text, '\0', len))
        return "wants password_file=FILE with one line: USER:PASSWORD, or :PASSWORD";
    if ((user > 0 && !signet_buf_append(&redis->url.user, (signet_slice){text, user}, NULL)) ||
        !signet_buf_append(
            &redis->url.password, (signet_slice){colon, (size_t)(text + len - colon)}, NULL))
        return NGX_CONF_ERROR;
    ngx_explicit_memzero(text, sizeof(text));
    return NGX_CONF_OK;
}

static char *
set_ca(ngx_conf_t *cf, ngx_signet_redis *redis, ngx_str_t value)
{
    if (!redis->url.is_tls)
        return "has ca= without TLS: the address is not rediss://";
    redis->ca = value;
    return value.len > 0 ? NGX_CONF_OK : "wants ca=FILE";
}

static const struct {
    const char *prefix;
    char *(*set)(ngx_conf_t *cf, ngx_signet_redis *redis, ngx_str_t value);
} options[] = {
    {"timeout=", set_timeout},
    {"password_file=", set_password},
    {"ca=", set_ca},
};

static char *
set_option(ngx_conf_t *cf, ngx_signet_redis *redis, const ngx_str_t *word)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (has_prefix(word, options[i].prefix))
            return options[i].set(cf, redis, behind(word, options[i].prefix));
    }
    return "wants NAME URL [timeout=MILLISECONDS] [password_file=FILE] [ca=FILE]";
}

/* A name is looked up now and never again, as nginx does for upstreams. */
static char *
set_address(ngx_conf_t *cf, ngx_signet_redis *redis)
{
    u_char text[SG_REDIS_HOST_MAX + SG_REDIS_PATH_MAX + 16], *end = text;
    const sg_redis_url *url = &redis->url;
    ngx_url_t place = {.default_port = SG_REDIS_PORT};

    if (url->path[0])
        end = ngx_slprintf(text, text + sizeof(text), "unix:%s", url->path);
    else if (ngx_strchr(url->host, ':'))
        end = ngx_slprintf(text, text + sizeof(text), "[%s]:%d", url->host, url->port);
    else
        end = ngx_slprintf(text, text + sizeof(text), "%s:%d", url->host, url->port);
    place.url = (ngx_str_t){(size_t)(end - text), ngx_pnalloc(cf->pool, sizeof(text))};
    if (!place.url.data)
        return NGX_CONF_ERROR;
    *ngx_cpymem(place.url.data, text, place.url.len) = '\0';
    if (ngx_parse_url(cf->pool, &place) != NGX_OK || place.naddrs == 0)
        return "has an address that is not found";
    ngx_signet_node_set(&redis->nodes[0], redis, place.addrs[0].sockaddr, place.addrs[0].socklen);
    redis->node_count = 1;
    return NGX_CONF_OK;
}

/* signet_redis NAME URL [timeout=MILLISECONDS] [password_file=FILE] [ca=FILE] */
char *
ngx_signet_set_redis(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    const ngx_str_t *words = cf->args->elts;
    ngx_signet_redis *redis = find_or_make(cf, words[1]);
    char *problem = NGX_CONF_OK;
    signet_error err = {0};

    if (!redis)
        return NGX_CONF_ERROR;
    if (redis->is_defined)
        return "is duplicate";
    redis->timeout = TIMEOUT;
    if (!sg_redis_url_parse((const char *)words[2].data, &redis->url, &err)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "signet_redis \"%V\": %s", &words[1], err.message);
        return NGX_CONF_ERROR;
    }
    for (ngx_uint_t i = 3; i < cf->args->nelts && problem == NGX_CONF_OK; i++)
        problem = set_option(cf, redis, &words[i]);
    if (problem == NGX_CONF_OK && redis->url.is_tls)
        problem = ngx_signet_tls_set(cf, redis);
    if (problem != NGX_CONF_OK)
        return problem;
    redis->is_host_a_number =
        ngx_strchr(redis->url.host, ':') ||
        ngx_inet_addr((u_char *)redis->url.host, ngx_strlen(redis->url.host)) != INADDR_NONE;
    redis->is_defined = 1;
    return set_address(cf, redis);
}
