/* SPDX-License-Identifier: Apache-2.0 */
/* In place of Redis, when the module is built without hiredis: the directives say so. */
#include "signet_module.h"

char *
ngx_signet_set_redis(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    return "cannot be: this module was built without hiredis";
}

bool
ngx_signet_read_redis_place(
    ngx_conf_t *cf, const char *default_prefix, ngx_signet_redis **ret_redis, ngx_str_t *ret_prefix)
{
    const ngx_str_t *words = cf->args->elts;

    if (ngx_strncmp(words[1].data, "redis=", 6) == 0)
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "this module was built without hiredis");
    return false;
}

bool
ngx_signet_redis_is_defined(const ngx_signet_redis *redis)
{
    return false;
}

ngx_int_t
ngx_signet_redis_ask(
    ngx_signet_redis *redis, ngx_signet_query *query, const ngx_str_t *words, ngx_uint_t count)
{
    return NGX_ERROR;
}

void
ngx_signet_redis_give_up(ngx_signet_query *query)
{
}

void
ngx_signet_redis_close_all(ngx_cycle_t *cycle)
{
}
