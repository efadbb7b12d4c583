/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is added to answers: that they are private when their request was judged and the upstream
 * says nothing of caching, and what scripts of other origins may read (CORS).
 */
#include "signet_module.h"

static ngx_http_output_header_filter_pt next;

ngx_table_elt_t *
ngx_signet_find_field(ngx_list_t *list, const char *name)
{
    size_t len = ngx_strlen(name);

    for (ngx_list_part_t *part = &list->part; part; part = part->next) {
        ngx_table_elt_t *lines = part->elts;

        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (lines[i].hash != 0 && lines[i].key.len == len &&
                ngx_strncasecmp(lines[i].key.data, (u_char *)name, len) == 0)
                return &lines[i];
        }
    }
    return NULL;
}

ngx_table_elt_t *
ngx_signet_add_field(ngx_http_request_t *r, const char *name, ngx_str_t value)
{
    ngx_table_elt_t *field = ngx_list_push(&r->headers_out.headers);

    if (!field)
        return NULL;
    *field = (ngx_table_elt_t){.hash = 1, .value = value};
    field->key = (ngx_str_t){ngx_strlen(name), (u_char *)name};
    return field;
}

/* --- fields that nginx itself keeps track of --- */

/* So that `expires` replaces the one; and the others are taken back if somebody else lets pass. */
#if nginx_version >= 1023000
static bool
note_cache_control(ngx_http_request_t *r, ngx_table_elt_t *field)
{
    r->headers_out.cache_control = field;
    return true;
}

static void
note_challenge(ngx_http_request_t *r, ngx_table_elt_t *field)
{
    ngx_table_elt_t **place = &r->headers_out.www_authenticate;

    while (*place)
        place = &(*place)->next;
    *place = field;
}
#else
static bool
note_cache_control(ngx_http_request_t *r, ngx_table_elt_t *field)
{
    ngx_array_t *list = &r->headers_out.cache_control;
    ngx_table_elt_t **place = NULL;

    if (!list->elts && ngx_array_init(list, r->pool, 1, sizeof(ngx_table_elt_t *)) != NGX_OK)
        return false;
    place = ngx_array_push(list);
    if (!place)
        return false;
    *place = field;
    return true;
}

static void
note_challenge(ngx_http_request_t *r, ngx_table_elt_t *field)
{
    if (!r->headers_out.www_authenticate)
        r->headers_out.www_authenticate = field;
}
#endif

bool
ngx_signet_add_challenge(ngx_http_request_t *r, ngx_str_t value)
{
    ngx_table_elt_t *field = ngx_signet_add_field(r, "WWW-Authenticate", value);

    if (field)
        note_challenge(r, field);
    return field != NULL;
}

/* --- caching --- */

static bool
add_caching(ngx_http_request_t *r)
{
    static const char name[] = "Cache-Control";
    const ngx_signet_context *it = ngx_signet_context_find(r);
    ngx_table_elt_t *field = NULL;

    if (!it || !it->verification ||
        signet_verification_state(it->verification) != SIGNET_VERIFICATION_ACCEPTED ||
        ngx_signet_find_field(&r->headers_out.headers, name))
        return true;
    field = ngx_signet_add_field(r, name, (ngx_str_t)ngx_string("private"));
    return field && note_cache_control(r, field);
}

/* --- CORS --- */

/* The origin of the script that asks, if it may; `*` if all may. */
const ngx_str_t *
ngx_signet_cors_origin(ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    const ngx_table_elt_t *asks = ngx_signet_find_field(&r->headers_in.headers, "Origin");
    const ngx_str_t *origins = conf->cors ? conf->cors->elts : NULL;

    for (ngx_uint_t i = 0; asks && conf->cors && i < conf->cors->nelts; i++) {
        if (origins[i].len == 1 && origins[i].data[0] == '*')
            return &origins[i];
        if (origins[i].len == asks->value.len &&
            ngx_strncmp(origins[i].data, asks->value.data, asks->value.len) == 0)
            return &origins[i];
    }
    return NULL;
}

/* Beside what the upstream says of it, nothing is said. */
static bool
add_cors(ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    static const char allow[] = "Access-Control-Allow-Origin";
    const ngx_str_t *origin = ngx_signet_cors_origin(r, conf);

    if (!conf->cors || ngx_signet_find_field(&r->headers_out.headers, allow))
        return true;
    if (!ngx_signet_add_field(r, "Vary", (ngx_str_t)ngx_string("Origin")))
        return false;
    if (!origin)
        return true;
    return ngx_signet_add_field(r, allow, *origin) &&
           (r->headers_out.status != NGX_HTTP_UNAUTHORIZED ||
               ngx_signet_add_field(r, "Access-Control-Expose-Headers",
                   (ngx_str_t)ngx_string("WWW-Authenticate, Date")));
}

/* signet_cors ORIGIN... */
char *
ngx_signet_set_cors(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;

    if (loc->cors != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    loc->cors = ngx_array_create(cf->pool, cf->args->nelts, sizeof(ngx_str_t));
    if (!loc->cors)
        return NGX_CONF_ERROR;
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++) {
        const char *slash = NULL, *word = (const char *)words[i].data;
        ngx_str_t *place = ngx_array_push(loc->cors);

        if (!place)
            return NGX_CONF_ERROR;
        *place = words[i];
        if (ngx_strncmp(word, "https://", 8) == 0 || ngx_strncmp(word, "http://", 7) == 0)
            slash = ngx_strstr(word, "//") + 2;
        if (ngx_strcmp(word, "*") != 0 && (!slash || !*slash || ngx_strchr(slash, '/')))
            return "wants origins, as https://app.example.com, or *";
    }
    return NGX_CONF_OK;
}

static ngx_int_t
filter(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);

    if (r == r->main && (!add_caching(r) || !add_cors(r, conf)))
        return NGX_ERROR;
    return next(r);
}

ngx_int_t
ngx_signet_after_init(void)
{
    next = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter;
    return NGX_OK;
}
