/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access phase: the facts of a request go to the verifier, and what it asks for is found out.
 *
 * An internal redirect (try_files, index, error_page) runs the phases again, and nginx forgets what
 * modules knew of the request.  Then the first judgement counts: what was refused stays refused,
 * and what was accepted is judged by the rules of the new location as well, without asking whether
 * the proof is new: this very request used it up.
 */
#include "signet_module.h"

static void
free_context(void *data)
{
    ngx_signet_context *it = data;

    if (it->is_waiting)
        ngx_signet_redis_give_up(&it->query);
    ngx_signet_body_give_up(it);
    signet_verification_free(it->verification);
}

ngx_signet_context *
ngx_signet_context_find(ngx_http_request_t *r)
{
    ngx_signet_context *it = ngx_http_get_module_ctx(r->main, ngx_http_signet_module);

    if (it || (!r->internal && !r->main->internal))
        return it;
    for (const ngx_pool_cleanup_t *one = r->pool->cleanup; one; one = one->next) {
        if (one->handler == free_context)
            return one->data;
    }
    return NULL;
}

static ngx_signet_context *
make_context(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(r->pool, sizeof(ngx_signet_context));

    if (!cleanup)
        return NULL;
    memset(cleanup->data, 0, sizeof(ngx_signet_context));
    cleanup->handler = free_context;
    return cleanup->data;
}

/* --- facts --- */

static signet_slice
slice(ngx_str_t text)
{
    return (signet_slice){text.data, text.len};
}

static size_t
count_fields(const ngx_list_t *list)
{
    size_t count = 0;

    for (const ngx_list_part_t *part = &list->part; part; part = part->next)
        count += part->nelts;
    return count;
}

static bool
gather_fields(ngx_http_request_t *r, signet_http_request *request)
{
    const ngx_list_t *list = &r->headers_in.headers;
    signet_http_field *fields = ngx_pcalloc(r->pool, (count_fields(list) + 1) * sizeof(*fields));

    if (!fields)
        return false;
    request->fields = fields;
    for (const ngx_list_part_t *part = &list->part; part; part = part->next) {
        const ngx_table_elt_t *lines = part->elts;

        for (ngx_uint_t i = 0; i < part->nelts; i++)
            fields[request->field_count++] =
                (signet_http_field){slice(lines[i].key), slice(lines[i].value)};
    }
    return true;
}

/* nginx calls content of unknown length chunked, in HTTP/2 and 3 too. */
static int64_t
content_length(const ngx_http_request_t *r)
{
    if (r->headers_in.content_length_n >= 0)
        return r->headers_in.content_length_n;
    return r->headers_in.chunked ? -1 : 0;
}

/*
 * Of a target in absolute form nginx keeps path and query, and takes its host instead of Host.  The
 * verifier gets it whole, and refuses it.
 */
static signet_slice
target(const ngx_http_request_t *r)
{
    if (r->http_version < NGX_HTTP_VERSION_20 && r->host_start && r->schema_start)
        return slice(r->request_line);
    return slice(r->unparsed_uri);
}

static bool
gather_facts(ngx_http_request_t *r, signet_http_facts *facts)
{
    *facts = (signet_http_facts){
        .request = {.method = slice(r->method_name), .target = target(r)},
        .content_length = content_length(r),
    };
    facts->request.scheme = signet_slice_text(r->connection->ssl ? "https" : "http");
    if (r->headers_in.host)
        facts->request.authority = slice(r->headers_in.host->value);
    if (!ngx_signet_certificate(r, &facts->certificate))
        return false;
    return gather_fields(r, &facts->request);
}

/* --- judgement --- */

static bool
begin(ngx_signet_context *it, const ngx_signet_loc_conf *conf)
{
    signet_verification_free(it->verification);
    it->conf = conf;
    it->verification = signet_verification_new(conf->judge->verifier,
        ngx_signet_judge_cache(conf->judge), &conf->policy, &it->facts, it->now, NULL);
    return it->verification != NULL;
}

/* --- answers that come later --- */

static void
take_answer(ngx_signet_query *query)
{
    ngx_http_request_t *r = query->request;
    ngx_connection_t *c = r->connection;
    ngx_signet_context *it = (void *)((u_char *)query - offsetof(ngx_signet_context, query));

    it->is_waiting = 0;
    it->is_answered = 1;
    ngx_http_set_log_request(c->log, r);
    it->resume(r);
    ngx_http_run_posted_requests(c);
}

ngx_int_t
ngx_signet_ask(ngx_http_request_t *r, ngx_signet_context *it, ngx_signet_redis *redis,
    const ngx_str_t *words, ngx_uint_t count)
{
    if (it->is_answered) {
        it->is_answered = 0;
        return NGX_OK;
    }
    it->query.request = r;
    it->query.done = take_answer;
    it->query.answer = SIGNET_REDIS_FAILED;
    if (ngx_signet_redis_ask(redis, &it->query, words, count) != NGX_AGAIN)
        return NGX_OK;
    it->is_waiting = 1;
    return NGX_AGAIN;
}

static bool
is_used(const ngx_table_elt_t *field, unsigned dialects)
{
    static const struct {
        unsigned dialects;
        ngx_str_t name;
    } names[] = {
        {~0U, ngx_string("signet-proof")},
        {SIGNET_DIALECT_MESSAGE_SIGNATURE, ngx_string("signature")},
        {SIGNET_DIALECT_MESSAGE_SIGNATURE, ngx_string("signature-input")},
        {SIGNET_DIALECT_DPOP, ngx_string("dpop")},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((names[i].dialects & dialects) && field->key.len == names[i].name.len &&
            ngx_strncmp(field->lowcase_key, names[i].name.data, names[i].name.len) == 0)
            return true;
    }
    return false;
}

/* Proofs are used up, and no business of whoever comes next; an access token may be. */
static bool
hide(ngx_http_request_t *r, unsigned dialects)
{
    ngx_list_t *old = &r->headers_in.headers, list = {0};

    if (ngx_list_init(&list, r->pool, count_fields(old) + 1, sizeof(ngx_table_elt_t)) != NGX_OK)
        return false;
    for (const ngx_list_part_t *part = &old->part; part; part = part->next) {
        const ngx_table_elt_t *lines = part->elts;

        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            ngx_table_elt_t *place = NULL;

            if (is_used(&lines[i], dialects))
                continue;
            place = ngx_list_push(&list);
            if (!place)
                return false;
            *place = lines[i];
        }
    }
    *old = list;
    if (list.last == &list.part)
        old->last = &old->part;
    return true;
}

static ngx_int_t
let_pass(ngx_http_request_t *r, ngx_signet_context *it)
{
    if (!it->has_fields && !ngx_signet_add_fields(r, it))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    it->has_fields = 1;
    if (!it->conf->hide)
        return NGX_OK;
    return hide(r, signet_verification_identity(it->verification).dialects)
               ? NGX_OK
               : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

static ngx_int_t
go_on(ngx_http_request_t *r, ngx_signet_context *it)
{
    for (;;) {
        switch (signet_verification_state(it->verification)) {
        case SIGNET_VERIFICATION_NEEDS_RECORD:
            if (ngx_signet_records_ask(r, it) == NGX_AGAIN)
                return NGX_AGAIN;
            break;
        case SIGNET_VERIFICATION_NEEDS_FRESH:
            if (ngx_signet_replays_ask(r, it) == NGX_AGAIN)
                return NGX_AGAIN;
            break;
        case SIGNET_VERIFICATION_NEEDS_BODY:
            if (ngx_signet_check_leaves_body(it))
                break;
            if (!it->is_hashed)
                return ngx_signet_body_read(r, it);
            signet_verification_give_digests(
                it->verification, &(signet_body_digests){it->digest,
                                      it->wants_sha512 ? it->digest512 : NULL, it->length});
            break;
        case SIGNET_VERIFICATION_ACCEPTED:
            return let_pass(r, it);
        case SIGNET_VERIFICATION_REFUSED:
            return ngx_signet_refuse(r, it);
        }
    }
}

/* Not after a redirect: then, content that was being read was given up. */
static bool
is_known(const ngx_http_request_t *r)
{
    return ngx_http_get_module_ctx(r, ngx_http_signet_module) != NULL;
}

ngx_int_t
ngx_signet_access(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);
    ngx_signet_context *it = NULL;

    if (!conf->is_on)
        return NGX_DECLINED;
    it = ngx_signet_context_find(r);
    if (it && (it->is_reading || it->is_waiting) && is_known(r))
        return NGX_DONE;
    if (!it) {
        const signet_refusal *refusal = ngx_signet_failures_check(r, conf);

        it = make_context(r);
        if (!it || (!refusal && !gather_facts(r, &it->facts)))
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        ngx_http_set_ctx(r, it, ngx_http_signet_module);
        if (refusal) {
            it->conf = conf;
            return ngx_signet_refuse_as(r, it, refusal);
        }
        if (conf->check && !ngx_signet_check_facts(r, conf, &it->facts))
            return ngx_signet_check_status(conf, NGX_HTTP_BAD_REQUEST);
        it->now = ngx_time();
        it->resume = ngx_http_core_run_phases;
    }
    ngx_http_set_ctx(r, it, ngx_http_signet_module);
    if (it->conf != conf && !(it->verification && signet_verification_refusal(it->verification)) &&
        !begin(it, conf))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    return go_on(r, it);
}
