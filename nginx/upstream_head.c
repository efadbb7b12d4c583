/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nginx passes on an upstream's answer without a status line as HTTP/0.9, and so whatever some
 * other protocol says.  Where signet_strip makes a location a gateway, it is a bad answer instead.
 */
#include "signet_module.h"

static ngx_http_output_header_filter_pt next_filter;

static ngx_uint_t
version_of(const ngx_http_request_t *r)
{
    const ngx_str_t *name = &r->http_protocol; /* HTTP/1.1 */

    if (name->len == sizeof("HTTP/1.1") - 1)
        return name->data[5] == '2'   ? NGX_HTTP_VERSION_20
               : name->data[7] == '0' ? NGX_HTTP_VERSION_10
                                      : NGX_HTTP_VERSION_11;
    return NGX_HTTP_VERSION_9;
}

static ngx_int_t
filter(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);

    if (!conf->strip || !r->upstream || r->http_version != NGX_HTTP_VERSION_9 ||
        version_of(r) == NGX_HTTP_VERSION_9)
        return next_filter(r);
    r->http_version = version_of(r);
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "upstream sent no HTTP");
    return NGX_HTTP_BAD_GATEWAY;
}

void
ngx_signet_upstream_head_init(void)
{
    next_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = filter;
}
