/* SPDX-License-Identifier: Apache-2.0 */
/* What a refused client is told, all of it constants; the reason is for the log. */
#include "signet_module.h"

enum { LARGEST_BODY = 512, LARGEST_CHALLENGE = 256 };

/* A refusal that is not the verifier's: of a request that proved possession. */
static bool
add_own_fields(ngx_http_request_t *r, const signet_refusal *refusal)
{
    u_char *text = ngx_pnalloc(r->pool, LARGEST_CHALLENGE), *end = NULL;

    if (!text)
        return false;
    if (refusal->status == NGX_HTTP_UNAUTHORIZED || refusal->challenge) {
        end = ngx_snprintf(text, LARGEST_CHALLENGE, "Signet realm=\"signet\"%s%s%s",
            refusal->challenge ? ", error=\"" : "", refusal->challenge ? refusal->challenge : "",
            refusal->challenge ? "\"" : "");
        return ngx_signet_add_challenge(r, (ngx_str_t){(size_t)(end - text), text});
    }
    if (refusal->retry_after == 0)
        return true;
    end = ngx_sprintf(text, "%d", refusal->retry_after);
    return ngx_signet_add_field(r, "Retry-After", (ngx_str_t){(size_t)(end - text), text}) != NULL;
}

static bool
add_fields(ngx_http_request_t *r, const ngx_signet_context *it, const signet_refusal *refusal)
{
    const bool is_own =
        !it->verification || refusal != signet_verification_refusal(it->verification);

    if (is_own ? !add_own_fields(r, refusal) : !ngx_signet_add_fields(r, it))
        return false;
    return it->conf->errors != SIGNET_ERRORS_TEXT ||
           ngx_signet_add_field(r, "X-Content-Type-Options", (ngx_str_t)ngx_string("nosniff"));
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
    return ngx_http_send_response(r, (ngx_uint_t)ngx_signet_check_status(it->conf, refusal->status),
        &types[it->conf->errors], &value);
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
    ngx_signet_failures_note(r, it->conf, refusal);
    if (!add_fields(r, it, refusal))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (core->satisfy == NGX_HTTP_SATISFY_ANY)
        return ngx_signet_check_status(it->conf, refusal->status);
    rc = answer(r, it, refusal);
    ngx_http_finalize_request(r, rc);
    return NGX_DONE;
}

ngx_int_t
ngx_signet_refuse_as(ngx_http_request_t *r, ngx_signet_context *it, const signet_refusal *refusal)
{
    it->refusal = refusal;
    ngx_log_error(
        NGX_LOG_INFO, r->connection->log, 0, "signet: %s: %s", refusal->code, refusal->message);
    ngx_http_finalize_request(r, ngx_signet_answer_refusal(r, it, refusal));
    return NGX_DONE;
}

ngx_int_t
ngx_signet_answer_refusal(
    ngx_http_request_t *r, const ngx_signet_context *it, const signet_refusal *refusal)
{
    return add_fields(r, it, refusal) ? answer(r, it, refusal) : NGX_HTTP_INTERNAL_SERVER_ERROR;
}
