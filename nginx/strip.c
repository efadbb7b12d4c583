/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields that no upstream sees (signet_strip): those that it would believe, and those that belong
 * to one connection only (RFC 9110 7.6.1).  A client that declares a field of the proof, or the
 * host, to be of the connection only wants it taken away behind the verifier's back.
 *
 * The verifier has read the fields by then, so they are taken away before the content phase.
 */
#include "signet_module.h"

typedef bool use_option(ngx_str_t option, const void *data);

/* Whether `use` likes one of the options of one field. */
static bool
any_option_of(ngx_str_t rest, use_option *use, const void *data)
{
    while (rest.len > 0) {
        const u_char *comma = ngx_strlchr(rest.data, rest.data + rest.len, ',');
        ngx_str_t option = {comma ? (size_t)(comma - rest.data) : rest.len, rest.data};

        if (use(option, data))
            return true;
        rest.data += option.len + (comma ? 1 : 0);
        rest.len -= option.len + (comma ? 1 : 0);
    }
    return false;
}

/* The same of all fields Connection. */
static bool
any_option(const ngx_list_t *fields, use_option *use, const void *data)
{
    static const ngx_str_t name = ngx_string("connection");

    for (const ngx_list_part_t *part = &fields->part; part; part = part->next) {
        const ngx_table_elt_t *lines = part->elts;

        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (lines[i].key.len == name.len &&
                ngx_strncasecmp(lines[i].key.data, name.data, name.len) == 0 &&
                any_option_of(lines[i].value, use, data))
                return true;
        }
    }
    return false;
}

static bool
is_blank(u_char letter)
{
    return letter == ' ' || letter == '\t';
}

static bool
is_option(ngx_str_t option, const void *data)
{
    const ngx_str_t *name = data;

    while (option.len > 0 && is_blank(option.data[0])) {
        option.data++;
        option.len--;
    }
    while (option.len > 0 && is_blank(option.data[option.len - 1]))
        option.len--;
    return option.len == name->len && ngx_strncasecmp(option.data, name->data, name->len) == 0;
}

static bool
is_vital(ngx_str_t option, const void *data)
{
    static const ngx_str_t vital[] = {
        ngx_string("authorization"),
        ngx_string("signet-proof"),
        ngx_string("host"),
        ngx_string("dpop"),
        ngx_string("signature"),
        ngx_string("signature-input"),
        ngx_string("content-digest"),
        ngx_string("content-length"),
    };

    for (size_t i = 0; i < sizeof(vital) / sizeof(vital[0]); i++) {
        if (is_option(option, &vital[i]))
            return true;
    }
    return false;
}

static ngx_int_t
check(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);

    if (!conf->strip || r != r->main || !any_option(&r->headers_in.headers, is_vital, NULL))
        return NGX_DECLINED;
    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
        "signet: Connection names a field that is not of the connection");
    return NGX_HTTP_BAD_REQUEST;
}

static bool
is_pattern(const ngx_str_t *pattern, const ngx_str_t *name)
{
    bool is_open = pattern->len > 0 && pattern->data[pattern->len - 1] == '*';
    size_t len = pattern->len - (is_open ? 1 : 0);

    return (is_open ? name->len >= len : name->len == len) &&
           ngx_strncasecmp(pattern->data, name->data, len) == 0;
}

/* An upgrade is between client and upstream here; nginx itself leaves it out unless told. */
static bool
is_stripped(const ngx_signet_loc_conf *conf, const ngx_list_t *fields, const ngx_str_t *name)
{
    static const ngx_str_t kept = ngx_string("upgrade");
    const ngx_str_t *patterns = conf->strip->elts;

    for (ngx_uint_t i = 0; i < conf->strip->nelts; i++) {
        if (is_pattern(&patterns[i], name))
            return true;
    }
    return !is_pattern(&kept, name) && any_option(fields, is_option, name);
}

static ngx_int_t
strip(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);
    ngx_list_t *old = &r->headers_in.headers, list = {0};

    if (!conf->strip || r != r->main)
        return NGX_DECLINED;
    if (ngx_list_init(&list, r->pool, 32, sizeof(ngx_table_elt_t)) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    for (const ngx_list_part_t *part = &old->part; part; part = part->next) {
        const ngx_table_elt_t *lines = part->elts;

        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            ngx_table_elt_t *place = NULL;

            if (is_stripped(conf, old, &lines[i].key))
                continue;
            place = ngx_list_push(&list);
            if (!place)
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            *place = lines[i];
        }
    }
    *old = list;
    if (list.last == &list.part)
        old->last = &old->part;
    return NGX_DECLINED;
}

ngx_int_t
ngx_signet_strip_init(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *before = ngx_array_push(&core->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    ngx_http_handler_pt *after = ngx_array_push(&core->phases[NGX_HTTP_PRECONTENT_PHASE].handlers);

    if (!before || !after)
        return NGX_ERROR;
    *before = check;
    *after = strip;
    return NGX_OK;
}
