/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A location that judges requests of others: nginx (auth_request), Caddy (forward_auth), Traefik
 * (forwardAuth), Envoy (ext_authz) or HAProxy ask whether a request that they hold may pass.  They
 * say in fields what the request is.  One form of question is believed in a location, and none of
 * it is guessed: whoever asks must overwrite what its own client sent in those fields.
 *
 * Content stays with who asks, so its digest can be compared only there.
 */
#include "signet_module.h"

enum { MOST_DIGITS = 18 };

/* --- what is asked about --- */

static bool
is_named(const signet_http_field *field, const char *name)
{
    size_t len = ngx_strlen(name);

    return field->name.len == len &&
           ngx_strncasecmp((u_char *)field->name.ptr, (u_char *)name, len) == 0;
}

/* Visible ASCII, and no comma: that is how a proxy in between joins what was sent twice. */
static bool
is_word(signet_slice value, bool has_commas)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] <= ' ' || value.ptr[i] > '~' || (value.ptr[i] == ',' && !has_commas))
            return false;
    }
    return value.len > 0;
}

static bool
complain(ngx_http_request_t *r, const char *name, const char *what)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "signet_check: %s: %s", name, what);
    return false;
}

/* A field that is there at most once; `ret_value` is {NULL, 0} when it is not. */
static bool
read_optional(ngx_http_request_t *r, const signet_http_request *question, const char *name,
    signet_slice *ret_value)
{
    *ret_value = (signet_slice){NULL, 0};
    for (size_t i = 0; i < question->field_count; i++) {
        if (!is_named(&question->fields[i], name))
            continue;
        if (ret_value->ptr)
            return complain(r, name, "there twice");
        *ret_value = question->fields[i].value;
        if (!is_word(*ret_value, ngx_strcmp(name, "X-Original-URI") == 0 ||
                                     ngx_strcmp(name, "X-Forwarded-Uri") == 0))
            return complain(r, name, "malformed");
    }
    return true;
}

static bool
read_one(ngx_http_request_t *r, const signet_http_request *question, const char *name,
    signet_slice *ret_value)
{
    return read_optional(r, question, name, ret_value) &&
           (ret_value->ptr || complain(r, name, "missing"));
}

static bool
read_original(ngx_http_request_t *r, const signet_http_request *question, signet_http_request *it)
{
    return read_one(r, question, "X-Original-Method", &it->method) &&
           read_one(r, question, "X-Original-URI", &it->target);
}

static bool
read_forwarded(ngx_http_request_t *r, const signet_http_request *question, signet_http_request *it)
{
    if (!read_one(r, question, "X-Forwarded-Method", &it->method) ||
        !read_one(r, question, "X-Forwarded-Uri", &it->target) ||
        !read_one(r, question, "X-Forwarded-Host", &it->authority) ||
        !read_one(r, question, "X-Forwarded-Proto", &it->scheme))
        return false;
    return signet_slice_is_equal(it->scheme, signet_slice_text("https")) ||
           signet_slice_is_equal(it->scheme, signet_slice_text("http")) ||
           complain(r, "X-Forwarded-Proto", "neither http nor https");
}

/* The raw target: what nginx resolved in it was resolved for choosing the location only. */
static bool
read_path(ngx_http_request_t *r, const signet_http_request *question, signet_http_request *it)
{
    const ngx_http_core_loc_conf_t *core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    size_t len = core->name.len;

    while (len > 0 && core->name.data[len - 1] == '/')
        len--;
    if (question->target.len <= len || question->target.ptr[len] != '/' ||
        ngx_strncmp(question->target.ptr, core->name.data, len) != 0)
        return complain(r, "the target", "does not begin as its location does");
    it->target = (signet_slice){question->target.ptr + len, question->target.len - len};
    return true;
}

/* Without either field it is not known whether there is content; both are ambiguous. */
static bool
read_length(ngx_http_request_t *r, const signet_http_request *question, int64_t *ret_length)
{
    static const char size[] = "X-Original-Content-Length";
    static const char coding[] = "X-Original-Transfer-Encoding";
    signet_slice length = {0}, transfer = {0};
    off_t number = -1;

    if (!read_optional(r, question, size, &length) ||
        !read_optional(r, question, coding, &transfer))
        return false;
    if (length.ptr && transfer.ptr)
        return complain(r, coding, "there beside a length");
    if (length.ptr) {
        number = length.len > MOST_DIGITS ? -1 : ngx_atoof((u_char *)length.ptr, length.len);
        if (number < 0)
            return complain(r, size, "not a number");
    }
    *ret_length = number;
    return true;
}

bool
ngx_signet_check_facts(
    ngx_http_request_t *r, const ngx_signet_loc_conf *conf, signet_http_facts *facts)
{
    static bool (*const readers[])(
        ngx_http_request_t * r, const signet_http_request *question, signet_http_request *it) = {
        [SIGNET_CHECK_ORIGINAL] = read_original,
        [SIGNET_CHECK_FORWARDED] = read_forwarded,
        [SIGNET_CHECK_PATH] = read_path,
    };
    const signet_http_request question = facts->request;

    facts->certificate = (signet_slice){NULL, 0}; /* that of who asks */
    return readers[conf->check](r, &question, &facts->request) &&
           (conf->check_body == SIGNET_CHECK_BODY_SENT ||
               read_length(r, &question, &facts->content_length));
}

bool
ngx_signet_check_leaves_body(ngx_signet_context *it)
{
    if (!it->conf->check || it->conf->check_body == SIGNET_CHECK_BODY_SENT)
        return false;
    it->is_body_left = 1;
    signet_verification_leave_body(
        it->verification, it->conf->check_body == SIGNET_CHECK_BODY_UNVERIFIED);
    return true;
}

/* --- what is answered --- */

ngx_int_t
ngx_signet_check_status(const ngx_signet_loc_conf *conf, ngx_int_t status)
{
    if (!conf->check || conf->check_statuses == SIGNET_CHECK_ALL_STATUSES ||
        status == NGX_HTTP_UNAUTHORIZED || status >= NGX_HTTP_INTERNAL_SERVER_ERROR)
        return status;
    return NGX_HTTP_FORBIDDEN;
}

/* Present even when there is nothing to say: who asks replaces its client's field of that name. */
static bool
add_variable(ngx_http_request_t *r, const char *name, ngx_str_t variable)
{
    ngx_uint_t key = ngx_hash_key(variable.data, variable.len);
    ngx_http_variable_value_t *value = ngx_http_get_variable(r, &variable, key);

    if (!value)
        return false;
    return ngx_signet_add_field(
        r, name, value->not_found ? (ngx_str_t){0, NULL} : (ngx_str_t){value->len, value->data});
}

static bool
add_digest(ngx_http_request_t *r, const ngx_signet_context *it)
{
    static const char start[] = "sha-256=:";
    signet_slice digest = signet_verification_body_digest(it->verification);
    ngx_str_t bytes = {digest.len, (u_char *)digest.ptr}, text = {0, NULL}, value = {0, NULL};

    if (!it->is_body_left || digest.len == 0)
        return true;
    text.data = ngx_pnalloc(r->pool, ngx_base64_encoded_length(digest.len));
    value.data = ngx_pnalloc(r->pool, sizeof(start) + ngx_base64_encoded_length(digest.len));
    if (!text.data || !value.data)
        return false;
    ngx_encode_base64(&text, &bytes);
    value.len = (size_t)(ngx_sprintf(value.data, "%s%V:", start, &text) - value.data);
    return ngx_signet_add_field(r, "Signet-Body-Digest", value);
}

static bool
add_identity(ngx_http_request_t *r, const ngx_signet_context *it)
{
    static const struct {
        const char *name;
        ngx_str_t variable;
    } fields[] = {
        {"Signet-Token-Id", ngx_string("signet_token_id")},
        {"Signet-Issuer", ngx_string("signet_issuer")},
        {"Signet-Purpose", ngx_string("signet_purpose")},
        {"Signet-Capabilities", ngx_string("signet_capabilities")},
        {"Signet-Key", ngx_string("signet_key")},
        {"Signet-Covers", ngx_string("signet_covers")},
        {"Signet-Dialect", ngx_string("signet_dialect")},
        {"Signet-Subject", ngx_string("signet_subject")},
        {"Signet-Scopes", ngx_string("signet_scopes")},
        {"Signet-Agent", ngx_string("signet_agent")},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (!add_variable(r, fields[i].name, fields[i].variable))
            return false;
    }
    return add_digest(r, it) &&
           ngx_signet_add_field(r, "Cache-Control", (ngx_str_t)ngx_string("no-store"));
}

/*
 * The access phase has judged; it has not for a subrequest, and somebody else may have let the
 * request pass (`satisfy any`).
 */
ngx_int_t
ngx_signet_check_answer(ngx_http_request_t *r)
{
    const ngx_signet_loc_conf *conf = ngx_http_get_module_loc_conf(r, ngx_http_signet_module);
    const ngx_signet_context *it = ngx_http_get_module_ctx(r, ngx_http_signet_module);
    ngx_int_t rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK)
        return rc;
    if (r != r->main || !conf->check || !it || it->conf != conf || !it->verification ||
        signet_verification_state(it->verification) != SIGNET_VERIFICATION_ACCEPTED) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
            "signet_check: nobody judged this request; it answers other servers only");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!add_identity(r, it))
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;
    return ngx_http_send_header(r);
}

/* --- configuration --- */

static const struct {
    ngx_str_t word;
    ngx_uint_t form;
} forms[] = {
    {ngx_string("on"), SIGNET_CHECK_ORIGINAL},
    {ngx_string("original"), SIGNET_CHECK_ORIGINAL},
    {ngx_string("forwarded"), SIGNET_CHECK_FORWARDED},
    {ngx_string("path"), SIGNET_CHECK_PATH},
};

static const struct {
    ngx_str_t word;
    size_t at;
    ngx_uint_t value;
} options[] = {
    {ngx_string("body=unverified"), offsetof(ngx_signet_loc_conf, check_body),
        SIGNET_CHECK_BODY_UNVERIFIED},
    {ngx_string("body=sent"), offsetof(ngx_signet_loc_conf, check_body), SIGNET_CHECK_BODY_SENT},
    {ngx_string("statuses=all"), offsetof(ngx_signet_loc_conf, check_statuses),
        SIGNET_CHECK_ALL_STATUSES},
    {ngx_string("statuses=auth_request"), offsetof(ngx_signet_loc_conf, check_statuses),
        SIGNET_CHECK_AUTH_REQUEST_STATUSES},
};

static bool
is_same(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len && ngx_strncmp(a->data, b->data, a->len) == 0;
}

static char *
set_option(ngx_signet_loc_conf *conf, const ngx_str_t *word)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        ngx_uint_t *place = (ngx_uint_t *)(void *)((char *)conf + options[i].at);

        if (!is_same(word, &options[i].word))
            continue;
        if (*place)
            return "has two options of one kind";
        *place = options[i].value;
        return NGX_CONF_OK;
    }
    return "takes body=unverified, body=sent, statuses=all and statuses=auth_request";
}

/* signet_check on | original | forwarded | path [body=...] [statuses=...] */
char *
ngx_signet_set_check(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;

    if (loc->check)
        return "is duplicate";
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (is_same(&words[1], &forms[i].word))
            loc->check = forms[i].form;
    }
    if (!loc->check)
        return "must begin with on, original, forwarded or path";
    for (ngx_uint_t i = 2; i < cf->args->nelts; i++) {
        char *problem = set_option(loc, &words[i]);

        if (problem != NGX_CONF_OK)
            return problem;
    }
    if (loc->check == SIGNET_CHECK_PATH && (core->name.len == 0 || core->name.data[0] != '/'))
        return "path needs a location that is the beginning of paths";
    if (!loc->check_statuses)
        loc->check_statuses = loc->check == SIGNET_CHECK_ORIGINAL
                                  ? SIGNET_CHECK_AUTH_REQUEST_STATUSES
                                  : SIGNET_CHECK_ALL_STATUSES;
    loc->file = cf->conf_file->file.name.data;
    loc->line = cf->conf_file->line;
    core->handler = ngx_signet_check_answer;
    return NGX_CONF_OK;
}

/* Not inherited: a location inside this one has a handler of its own. */
char *
ngx_signet_check_merge(ngx_conf_t *cf, ngx_signet_loc_conf *conf)
{
    if (!conf->check)
        return NGX_CONF_OK;
    if (conf->is_on == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"signet_check\" beside \"signet off\" in %s:%ui",
            conf->file, conf->line);
        return NGX_CONF_ERROR;
    }
    conf->is_on = 1;
    return NGX_CONF_OK;
}
