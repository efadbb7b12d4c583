/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content is hashed while nginx reads it, in a filter that stands before the one that keeps it in
 * memory or in a file; the phases stop meanwhile, so nobody sees a byte before the verdict.
 *
 * client_body_timeout of nginx is for the time between two reads: a client that sends a byte now
 * and then is never late.  So there is a deadline for the whole of it.
 */
#include "signet_module.h"

enum { UNKNOWN_LENGTH_TIMEOUT = 30000 };

static const signet_refusal late = {
    .status = NGX_HTTP_REQUEST_TIME_OUT,
    .code = "REQUEST_TIMEOUT",
    .text = "request timeout",
    .message = "the content did not arrive in time",
    .label = "request_timeout",
    .stage = "body",
};

static ngx_http_request_body_filter_pt next;

static bool
take(ngx_signet_context *it, const ngx_buf_t *buf)
{
    if (!ngx_buf_in_memory(buf))
        return ngx_buf_special(buf);
    signet_sha256_update(&it->hash, (signet_slice){buf->pos, (size_t)(buf->last - buf->pos)});
    if (it->wants_sha512)
        signet_sha512_update(
            &it->hash512, (signet_slice){buf->pos, (size_t)(buf->last - buf->pos)});
    it->length += (uint64_t)(buf->last - buf->pos);
    return true;
}

static ngx_int_t
filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_signet_context *it = ngx_http_get_module_ctx(r, ngx_http_signet_module);

    if (!it || !it->is_reading)
        return next(r, in);
    for (ngx_chain_t *link = in; link; link = link->next) {
        if (!take(it, link->buf))
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        if (it->length <= (uint64_t)it->conf->body_max)
            continue;
        it->is_too_long = 1;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
            "signet: REQUEST_TOO_LARGE: content of more than %O bytes", it->conf->body_max);
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    return next(r, in);
}

ngx_int_t
ngx_signet_body_init(void)
{
    next = ngx_http_top_request_body_filter;
    ngx_http_top_request_body_filter = filter;
    return NGX_OK;
}

/* --- the deadline --- */

static ngx_msec_t
timeout_of(const ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    if (conf->body_timeout != NGX_CONF_UNSET_MSEC)
        return conf->body_timeout;
    return r->headers_in.chunked ? UNKNOWN_LENGTH_TIMEOUT : 0;
}

void
ngx_signet_body_give_up(ngx_signet_context *it)
{
    if (it->deadline.timer_set)
        ngx_del_timer(&it->deadline);
}

/* What nginx itself answered meanwhile, it answered; the rest of the content is thrown away. */
static void
expire(ngx_event_t *event)
{
    ngx_http_request_t *r = event->data;
    ngx_connection_t *c = r->connection;
    ngx_signet_context *it = ngx_signet_context_find(r);

    if (!it || !it->is_reading || r->header_sent)
        return;
    ngx_http_set_log_request(c->log, r);
    it->is_reading = 0;
    r->read_event_handler = ngx_http_block_reading;
    r->keepalive = 0;
    (void)ngx_signet_refuse_as(r, it, &late);
    ngx_http_run_posted_requests(c);
}

static void
start_deadline(ngx_http_request_t *r, ngx_signet_context *it)
{
    ngx_msec_t timeout = timeout_of(r, it->conf);

    if (timeout == 0)
        return;
    it->deadline.handler = expire;
    it->deadline.data = r;
    it->deadline.log = r->connection->log;
    ngx_add_timer(&it->deadline, timeout);
}

/* All was read; where the phases stopped, they go on. */
static void
go_on(ngx_http_request_t *r)
{
    ngx_signet_context *it = ngx_http_get_module_ctx(r, ngx_http_signet_module);

    ngx_signet_body_give_up(it);
    it->is_reading = 0;
    it->is_hashed = 1;
    signet_sha256_final(&it->hash, it->digest);
    if (it->wants_sha512)
        signet_sha512_final(&it->hash512, it->digest512);
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}

/*
 * NGX_DONE: the phases will be run again, or were.  Content that somebody else read before cannot
 * be hashed any more.
 */
ngx_int_t
ngx_signet_body_read(ngx_http_request_t *r, ngx_signet_context *it)
{
    ngx_int_t rc = NGX_OK;

    if (r->request_body) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
            "signet: the content was read or given up before it could be verified");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    signet_sha256_init(&it->hash);
    it->wants_sha512 =
        (signet_verification_body_wants(it->verification) & SIGNET_DIGEST_SHA512) != 0;
    if (it->wants_sha512)
        signet_sha512_init(&it->hash512);
    it->is_reading = 1;
    rc = ngx_http_read_client_request_body(r, go_on);
    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        it->is_reading = 0;
        return rc;
    }
    if (it->is_reading)
        start_deadline(r, it);
    ngx_http_finalize_request(r, NGX_DONE);
    return NGX_DONE;
}
