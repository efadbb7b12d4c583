/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ngx_http_signet_module: requests must prove possession of the key of their token.
 *
 * access.c asks the verifier of libsignet and finds out for it what it wants to know: zone.c
 * whether a proof is new, on any worker; body.c what the content hashes to, before anybody else
 * sees a byte of it.  Nothing blocks.
 */
#include "signet_module.h"

static ngx_int_t
add_variables(ngx_conf_t *cf)
{
    return ngx_signet_variables_add(cf);
}

static ngx_int_t
add_handlers(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *handler = ngx_array_push(&core->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    ngx_http_handler_pt *before = ngx_array_push(&core->phases[NGX_HTTP_PREACCESS_PHASE].handlers);

    if (!handler || !before || ngx_signet_after_init() != NGX_OK)
        return NGX_ERROR;
    *handler = ngx_signet_access;
    *before = ngx_signet_before;
    if (ngx_signet_strip_init(cf) != NGX_OK)
        return NGX_ERROR;
    ngx_signet_upstream_head_init();
    return ngx_signet_body_init();
}

static ngx_http_module_t context = {
    .preconfiguration = add_variables,
    .postconfiguration = add_handlers,
    .create_main_conf = ngx_signet_main_conf_new,
    .create_loc_conf = ngx_signet_loc_conf_new,
    .merge_loc_conf = ngx_signet_loc_conf_merge,
};

ngx_module_t ngx_http_signet_module = {
    NGX_MODULE_V1,
    &context,
    ngx_signet_commands,
    NGX_HTTP_MODULE,
    NULL,                       /* init master */
    NULL,                       /* init module */
    NULL,                       /* init process */
    NULL,                       /* init thread */
    NULL,                       /* exit thread */
    ngx_signet_redis_close_all, /* exit process */
    NULL,                       /* exit master */
    NGX_MODULE_V1_PADDING,
};

/* What nginx looks for in a dynamic module. */
extern SIGNET_API ngx_module_t *ngx_modules[];
extern SIGNET_API char *ngx_module_names[];
extern SIGNET_API char *ngx_module_order[];

ngx_module_t *ngx_modules[] = {&ngx_http_signet_module, NULL};
char *ngx_module_names[] = {"ngx_http_signet_module", NULL};
char *ngx_module_order[] = {NULL};
