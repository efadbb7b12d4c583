/* SPDX-License-Identifier: Apache-2.0 */
/* What a refused client is told, all of it constants; the reason is for the log. */
#include "signet_module.h"

enum { LARGEST_BODY = 512, LARGEST_CHALLENGE = 256 };

static ngx_table_elt_t *
add_field(ngx_http_request_t *r, const char *name, size_t name_len, ngx_str_t value)
{
    ngx_table_elt_t *field = ngx_list_push(&r->headers_out.headers);

    if (!field)
        return NULL;
    *field = (ngx_table_elt_t){.hash = 1, .value = value};
    field->key = (ngx_str_t){name_len, (u_char *)name};
    return field;
}

/* RFC 9110 11.6.1.  What the client's clock shows is told to a client whose clock is wrong. */
static bool
add_challenge(ngx_http_request_t *r, const ngx_signet_context *it, const signet_refusal *refusal)
{
    static const char name[] = "WWW-Authenticate";
    u_char *text = ngx_pnalloc(r->pool, LARGEST_CHALLENGE), *end = text;
    const u_char *limit = NULL;
    const char *versions = it->conf->binding == SIGNET_BINDING_REQUIRED ? "v1+x2" : "v1 v1+x2";

    if (!text)
        return false;
    limit = text + LARGEST_CHALLENGE;
    end = ngx_slprintf(end, (u_char *)limit, "Signet realm=\"signet\"");
    if (refusal->challenge)
        end = ngx_slprintf(end, (u_char *)limit, ", error=\"%s\"", refusal->challenge);
    if (refusal->challenge && ngx_strcmp(refusal->challenge, "clock_skew") == 0)
        end = ngx_slprintf(end, (u_char *)limit, ", server_time=%T", ngx_time());
    end = ngx_slprintf(
        end, (u_char *)limit, ", max_skew=%T, versions=\"%s\"", it->conf->skew, versions);
    r->headers_out.www_authenticate =
        add_field(r, name, sizeof(name) - 1, (ngx_str_t){(size_t)(end - text), text});
    return r->headers_out.www_authenticate != NULL;
}

static bool
add_fields(ngx_http_request_t *r, const ngx_signet_context *it, const signet_refusal *refusal)
{
    static const char again[] = "Retry-After", sniff[] = "X-Content-Type-Options";
    u_char *seconds = NULL, *end = NULL;

    if ((refusal->status == NGX_HTTP_UNAUTHORIZED || refusal->challenge) &&
        !add_challenge(r, it, refusal))
        return false;
    if (it->conf->errors == SIGNET_ERRORS_TEXT &&
        !add_field(r, sniff, sizeof(sniff) - 1, (ngx_str_t)ngx_string("nosniff")))
        return false;
    if (refusal->retry_after == 0)
        return true;
    seconds = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
    if (!seconds)
        return false;
    end = ngx_sprintf(seconds, "%d", refusal->retry_after);
    return add_field(r, again, sizeof(again) - 1, (ngx_str_t){(size_t)(end - seconds), seconds});
}

static ngx_int_t
answer(ngx_http_request_t *r, const ngx_signet_context *it, const signet_refusal *refusal)
{
    static ngx_str_t types[] = {
        [SIGNET_ERRORS_TEXT] = ngx_string("text/plain; charset=utf-8"),
        [SIGNET_ERRORS_JSON] = ngx_string("application/json"),
    };
    u_char *body = ngx_pnalloc(r->pool, LARGEST_BODY), *end = NULL;
    ngx_http_complex_value_t value = {0};

    if (!body)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    end =
        it->conf->errors == SIGNET_ERRORS_JSON
            ? ngx_snprintf(body, LARGEST_BODY, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n",
                  refusal->code, refusal->message)
            : ngx_snprintf(body, LARGEST_BODY, "%s\n", refusal->text);
    value.value = (ngx_str_t){(size_t)(end - body), body};
    r->expect_tested = 1; /* or nginx would ask for the content, to throw it away */
    return ngx_http_send_response(r, (ngx_uint_t)refusal->status, &types[it->conf->errors], &value);
}

/* With `satisfy any` somebody else may still let the request pass, so nothing is sent. */
ngx_int_t
ngx_signet_refuse(ngx_http_request_t *r, const ngx_signet_context *it)
{
    const signet_refusal *refusal = signet_verification_refusal(it->verification);
    const ngx_http_core_loc_conf_t *core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    ngx_int_t rc = NGX_OK;

    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0, "signet: %s: %s", refusal->code,
        signet_verification_reason(it->verification)->message);
    if (!add_fields(r, it, refusal))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (core->satisfy == NGX_HTTP_SATISFY_ANY)
        return refusal->status;
    rc = answer(r, it, refusal);
    ngx_http_finalize_request(r, rc);
    return NGX_DONE;
}
