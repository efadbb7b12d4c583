/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet_enrol: the content handler of POST and DELETE /v1/pop/token.  The access phase accepted
 * the request, so all that is left is to keep its record, or to forget it.
 */
#include "signet_module.h"

typedef enum {
    ENROL_METHOD,
    ENROL_REQUEST,
    ENROL_CONFLICT,
    ENROL_STORE,
    ENROL_INTERNAL,
} enrol_problem;

static const signet_refusal problems[] = {
    [ENROL_METHOD] = {NGX_HTTP_NOT_ALLOWED, 0, "METHOD_NOT_ALLOWED", "method not allowed",
        "POST enrols a token and DELETE forgets it.", "invalid_request", "enrolment", NULL},
    [ENROL_REQUEST] = {NGX_HTTP_BAD_REQUEST, 0, "INVALID_REQUEST", "invalid enrolment",
        "The token must be presented whole, and the content must agree with it.", "invalid_request",
        "enrolment", NULL},
    [ENROL_CONFLICT] = {NGX_HTTP_CONFLICT, 0, "KEY_IN_USE", "key in use",
        "Another live token has the same ephemeral key.", "key_in_use", "enrolment", NULL},
    [ENROL_STORE] = {NGX_HTTP_SERVICE_UNAVAILABLE, 1, "STORE_UNAVAILABLE", "store unavailable",
        "The service is temporarily unavailable.", "store_unavailable", "enrolment", NULL},
    [ENROL_INTERNAL] = {NGX_HTTP_INTERNAL_SERVER_ERROR, 0, "INTERNAL_ERROR",
        "internal server error", "An internal error occurred. Please try again later.",
        "internal_error", "enrolment", NULL},
};

static ngx_int_t
refuse(ngx_http_request_t *r, const ngx_signet_context *it, enrol_problem problem, const char *why)
{
    const signet_refusal *refusal = &problems[problem];

    ngx_log_error(
        NGX_LOG_WARN, r->connection->log, 0, "signet: %s: enrolment: %s", refusal->code, why);
    if (problem == ENROL_METHOD &&
        !ngx_signet_add_field(r, "Allow", (ngx_str_t)ngx_string("POST, DELETE")))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return ngx_signet_answer_refusal(r, it, refusal);
}

/* --- what came --- */

/* False: more than any enrolment has. */
static bool
gather_body(const ngx_http_request_t *r, signet_buf *out)
{
    const ngx_chain_t *link = r->request_body ? r->request_body->bufs : NULL;

    for (; link; link = link->next) {
        const ngx_buf_t *buf = link->buf;
        signet_slice piece = {buf->pos, (size_t)(buf->last - buf->pos)};

        if (buf->in_file || piece.len > SIGNET_ENROLMENT_BODY_MAX ||
            out->len + piece.len > SIGNET_ENROLMENT_BODY_MAX)
            return false;
        if (!signet_buf_append(out, piece, NULL))
            return false;
    }
    return true;
}

static bool
check(const ngx_http_request_t *r, const ngx_signet_context *it, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf body = {0};

    if (!gather_body(r, &body))
        return signet_fail(
            err, SIGNET_E_DECODE, "content of more than %d bytes", SIGNET_ENROLMENT_BODY_MAX);
    return signet_enrolment_check(it->verification, signet_buf_slice(&body), err);
}

/* --- answers --- */

static ngx_int_t
send_answer(ngx_http_request_t *r, ngx_uint_t status, signet_slice body)
{
    static ngx_str_t type = ngx_string("application/json");
    ngx_http_complex_value_t value = {0};

    value.value = (ngx_str_t){body.len, ngx_pnalloc(r->pool, body.len + 1)};
    if (!value.value.data ||
        !ngx_signet_add_field(r, "Cache-Control", (ngx_str_t)ngx_string("no-store")))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    if (body.len > 0)
        memcpy(value.value.data, body.ptr, body.len);
    return ngx_http_send_response(r, status, &type, &value);
}

static ngx_int_t
put(ngx_http_request_t *r, ngx_signet_context *it)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0}, answer = {0};
    signet_http_identity who = signet_verification_identity(it->verification);
    ngx_signet_record record = {.expires = who.expires, .now = it->now};
    ngx_signet_stored stored = SIGNET_STORED_NOT;
    signet_error err = {0};

    if (!signet_enrolment_record(it->verification, &value, &err) ||
        !signet_enrolment_answer(it->verification, &answer, &err))
        return refuse(r, it, ENROL_INTERNAL, err.message);
    memcpy(record.token_id, who.token_id.ptr, sizeof(record.token_id));
    memcpy(record.key_hash, who.key_hash.ptr, sizeof(record.key_hash));
    record.value = signet_buf_slice(&value);
    if (ngx_signet_records_put(r, it, &record, &stored) == NGX_AGAIN)
        return NGX_AGAIN;
    if (stored == SIGNET_STORED_OTHER)
        return refuse(r, it, ENROL_CONFLICT, "another live token has the same ephemeral key");
    if (stored != SIGNET_STORED)
        return refuse(r, it, ENROL_STORE, "the store of token records is full or cannot tell");
    return send_answer(r, NGX_HTTP_CREATED, signet_buf_slice(&answer));
}

static ngx_int_t
forget(ngx_http_request_t *r, ngx_signet_context *it)
{
    bool is_done = false;

    if (ngx_signet_records_remove(r, it, &is_done) == NGX_AGAIN)
        return NGX_AGAIN;
    if (!is_done)
        return refuse(r, it, ENROL_STORE, "the store of token records cannot tell");
    return send_answer(r, NGX_HTTP_NO_CONTENT, (signet_slice){NULL, 0});
}

static ngx_int_t
answer(ngx_http_request_t *r, ngx_signet_context *it)
{
    return r->method == NGX_HTTP_POST ? put(r, it) : forget(r, it);
}

static void
resume(ngx_http_request_t *r)
{
    ngx_int_t rc = answer(r, ngx_signet_context_find(r));

    if (rc != NGX_AGAIN)
        ngx_http_finalize_request(r, rc);
}

static ngx_int_t
handle(ngx_http_request_t *r)
{
    ngx_signet_context *it = ngx_signet_context_find(r);
    signet_error err = {0};
    ngx_int_t rc = NGX_OK;

    if (!it || !it->verification || r != r->main ||
        signet_verification_state(it->verification) != SIGNET_VERIFICATION_ACCEPTED)
        return NGX_HTTP_FORBIDDEN;
    if (r->method != NGX_HTTP_POST && r->method != NGX_HTTP_DELETE)
        return refuse(r, it, ENROL_METHOD, "a method that is neither POST nor DELETE");
    if (r->method == NGX_HTTP_POST && !check(r, it, &err))
        return refuse(r, it, ENROL_REQUEST, err.message);
    it->resume = resume;
    rc = answer(r, it);
    if (rc != NGX_AGAIN)
        return rc;
    r->main->count++; /* until resume() */
    return NGX_DONE;
}

/* signet_enrol on | off */
char *
ngx_signet_set_enrol(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    const ngx_signet_loc_conf *loc = conf;
    ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    char *problem = ngx_conf_set_flag_slot(cf, command, conf);

    if (problem == NGX_CONF_OK && loc->enrol)
        core->handler = handle;
    return problem;
}
