/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is answered before a request is judged: metadata documents, preflights of scripts, which
 * cannot carry a proof, and what came as early data, which somebody else may send again (RFC 8470).
 */
#include "signet_module.h"

enum { TOO_EARLY = 425 };

static ngx_int_t
finish(ngx_http_request_t *r, ngx_int_t rc)
{
    ngx_http_finalize_request(r, rc);
    return NGX_DONE;
}

/* --- documents --- */

static ngx_str_t
copy(ngx_http_request_t *r, signet_slice text)
{
    ngx_str_t it = {0, ngx_pnalloc(r->pool, text.len + 1)};

    if (!it.data)
        return it;
    ngx_memcpy(it.data, text.ptr, text.len);
    it.len = text.len;
    return it;
}

static ngx_int_t
send_document(ngx_http_request_t *r, const signet_http_answer *answer)
{
    ngx_http_complex_value_t body = {0};
    ngx_str_t type = {0, NULL};
    signet_http_field field = {0};

    for (size_t i = 0; signet_http_answer_field(answer, i, &field); i++) {
        ngx_str_t value = copy(r, field.value);

        if (!value.data)
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        if (signet_slice_is_equal(field.name, signet_slice_text("Content-Type")))
            type = value;
        else if (!ngx_signet_add_field(r, (const char *)field.name.ptr, value))
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    body.value = copy(r, signet_http_answer_body(answer));
    if (!body.value.data)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return ngx_http_send_response(r, (ngx_uint_t)signet_http_answer_status(answer), &type, &body);
}

static ngx_int_t
answer_document(ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    SIGNET_AUTO(signet_http_answer_free) signet_http_answer *answer = NULL;
    const ngx_table_elt_t *asked = NULL;
    signet_http_request request = {0};
    signet_http_request seen = {.method = {r->method_name.data, r->method_name.len},
        .target = {r->unparsed_uri.data, r->unparsed_uri.len}};
    signet_http_field preflight = {signet_slice_text("Access-Control-Request-Method"), {NULL, 0}};

    if (r->headers_in.host)
        seen.authority =
            (signet_slice){r->headers_in.host->value.data, r->headers_in.host->value.len};
    if (!conf->resources || !ngx_signet_resource_request(conf, &seen, &request) ||
        !signet_resources_has_document(conf->resources, &request))
        return NGX_DECLINED;
    if (ngx_http_discard_request_body(r) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    asked = ngx_signet_find_field(&r->headers_in.headers, "Access-Control-Request-Method");
    if (asked) {
        preflight.value = (signet_slice){asked->value.data, asked->value.len};
        request.fields = &preflight;
        request.field_count = 1;
    }
    answer = signet_resources_answer(conf->resources, &request, NULL);
    return finish(r, answer ? send_document(r, answer) : NGX_HTTP_INTERNAL_SERVER_ERROR);
}

/* --- preflights --- */

static ngx_int_t
answer_preflight(ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    static const struct {
        const char *name;
        ngx_str_t value;
    } fields[] = {
        {"Access-Control-Allow-Methods",
            ngx_string("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")},
        {"Access-Control-Allow-Headers",
            ngx_string("Signet-Proof, Signature, Signature-Input, Content-Digest, DPoP, "
                       "Authorization, Content-Type")},
        {"Access-Control-Max-Age", ngx_string("600")},
    };

    if (r->method != NGX_HTTP_OPTIONS || !ngx_signet_cors_origin(r, conf) ||
        !ngx_signet_find_field(&r->headers_in.headers, "Access-Control-Request-Method"))
        return NGX_DECLINED;
    if (ngx_http_discard_request_body(r) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (!ngx_signet_add_field(r, fields[i].name, fields[i].value))
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->headers_out.content_length_n = -1;
    r->header_only = 1;
    return finish(r, ngx_http_send_header(r));
}

/* --- early data --- */

static bool
is_early(ngx_http_request_t *r)
{
    static ngx_str_t name = ngx_string("ssl_early_data");
    ngx_http_variable_value_t *value = NULL;

    if (ngx_signet_find_field(&r->headers_in.headers, "Early-Data"))
        return true;
    value = ngx_http_get_variable(r, &name, ngx_hash_key(name.data, name.len));
    return value && !value->not_found && value->len > 0;
}

ngx_int_t
ngx_signet_before(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);
    ngx_int_t rc = NGX_DECLINED;

    if (r != r->main)
        return NGX_DECLINED;
    rc = answer_document(r, conf);
    if (rc == NGX_DECLINED)
        rc = answer_preflight(r, conf);
    if (rc == NGX_DECLINED && conf->is_on && is_early(r)) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0, "signet: early data is not judged");
        return ngx_signet_check_status(conf, TOO_EARLY);
    }
    return rc;
}
