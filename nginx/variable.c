/* SPDX-License-Identifier: Apache-2.0 */
/* What upstreams and logs may know of a request that was judged. */
#include "signet_module.h"

typedef bool read_variable(
    ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value);

static bool
give(ngx_http_variable_value_t *value, signet_slice text)
{
    value->data = (u_char *)text.ptr;
    value->len = (unsigned)text.len;
    return text.len > 0;
}

/* Tokens may hold any text; one that could end a line of a log or field is not given. */
static bool
give_foreign(ngx_http_variable_value_t *value, signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    }
    return give(value, text);
}

static bool
give_hex(ngx_http_request_t *r, ngx_http_variable_value_t *value, signet_slice bytes)
{
    u_char *hex = ngx_pnalloc(r->pool, 2 * bytes.len + 1);

    if (!hex || bytes.len == 0)
        return false;
    (void)ngx_hex_dump(hex, (u_char *)bytes.ptr, bytes.len);
    return give(value, (signet_slice){hex, 2 * bytes.len});
}

static bool
read_token_id(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_hex(r, value, signet_verification_identity(it->verification).token_id);
}

static bool
read_key(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_hex(r, value, signet_verification_identity(it->verification).key_hash);
}

static bool
read_issuer(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_foreign(value, signet_verification_identity(it->verification).issuer);
}

static bool
read_purpose(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_foreign(value, signet_verification_identity(it->verification).purpose);
}

static bool
read_subject(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_foreign(value, signet_verification_identity(it->verification).subject);
}

static bool
read_scopes(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_foreign(value, signet_verification_identity(it->verification).scopes);
}

static bool
read_agent(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give(value, signet_verification_identity(it->verification).agent);
}

static bool
read_audience(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return give_foreign(value, signet_verification_identity(it->verification).audience);
}

static bool
read_expires(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    int64_t expires = signet_verification_identity(it->verification).expires;
    u_char *text = ngx_pnalloc(r->pool, NGX_INT64_LEN);

    if (!text || expires == 0)
        return false;
    return give(value, (signet_slice){text, (size_t)(ngx_sprintf(text, "%L", expires) - text)});
}

/* Numbers with a blank between; only when an issuer signed them. */
static bool
read_capabilities(
    ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    signet_http_identity who = signet_verification_identity(it->verification);
    u_char *text = ngx_pnalloc(r->pool, who.capability_count * (NGX_INT64_LEN + 1) + 1);
    u_char *end = text;

    for (size_t i = 0; text && i < who.capability_count; i++)
        end = ngx_sprintf(end, "%s%uL", i > 0 ? " " : "", who.capabilities[i]);
    return text && give(value, (signet_slice){text, (size_t)(end - text)});
}

/* All that were verified, with a blank between. */
static bool
read_dialect(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        {SIGNET_DIALECT_PROOF, "proof"},
        {SIGNET_DIALECT_MESSAGE_SIGNATURE, "message-signature"},
        {SIGNET_DIALECT_DPOP, "dpop"},
        {SIGNET_DIALECT_CERTIFICATE, "certificate"},
    };
    const unsigned used = signet_verification_identity(it->verification).dialects;
    u_char *text = ngx_pnalloc(r->pool, 64), *end = text;

    for (size_t i = 0; text && i < sizeof(names) / sizeof(names[0]); i++) {
        if (used & names[i].bit)
            end = ngx_sprintf(end, "%s%s", end > text ? " " : "", names[i].name);
    }
    return text && give(value, (signet_slice){text, (size_t)(end - text)});
}

static bool
read_covers(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    static const char *const texts[2][2] = {
        {"method target", "method target body"},
        {"method target authority", "method target authority body"},
    };
    static const char *const parts[2][2] = {
        {"method path", "method path body"},
        {"method path authority", "method path authority body"},
    };
    signet_http_identity who = signet_verification_identity(it->verification);

    return who.dialects &&
           give(value,
               signet_slice_text(
                   (who.covers_query ? texts : parts)[who.covers_authority][who.covers_body]));
}

static bool
read_verdict(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    const signet_refusal *refusal =
        it->refusal ? it->refusal : signet_verification_refusal(it->verification);

    if (refusal)
        return give(value, signet_slice_text(refusal->label));
    if (it->is_too_long)
        return give(value, signet_slice_text("request_too_large"));
    return signet_verification_state(it->verification) == SIGNET_VERIFICATION_ACCEPTED &&
           give(value, signet_slice_text("success"));
}

static bool
read_reason(ngx_http_request_t *r, const ngx_signet_context *it, ngx_http_variable_value_t *value)
{
    return signet_verification_refusal(it->verification) &&
           give(value, signet_slice_text(signet_verification_reason(it->verification)->message));
}

static const struct {
    ngx_str_t name;
    read_variable *read;
} variables[] = {
    {ngx_string("signet_token_id"), read_token_id},
    {ngx_string("signet_issuer"), read_issuer},
    {ngx_string("signet_purpose"), read_purpose},
    {ngx_string("signet_audience"), read_audience},
    {ngx_string("signet_capabilities"), read_capabilities},
    {ngx_string("signet_expires"), read_expires},
    {ngx_string("signet_key"), read_key},
    {ngx_string("signet_covers"), read_covers},
    {ngx_string("signet_dialect"), read_dialect},
    {ngx_string("signet_subject"), read_subject},
    {ngx_string("signet_scopes"), read_scopes},
    {ngx_string("signet_agent"), read_agent},
    {ngx_string("signet_verdict"), read_verdict},
    {ngx_string("signet_reason"), read_reason},
};

static ngx_int_t
get(ngx_http_request_t *r, ngx_http_variable_value_t *value, uintptr_t index)
{
    const ngx_signet_context *it = ngx_signet_context_find(r);

    value->valid = 1;
    value->no_cacheable = 1;
    /* Of a request that was refused before it was judged, there is only the verdict. */
    if (it && !it->verification && !(it->refusal && variables[index].read == read_verdict))
        it = NULL;
    value->not_found = !it || !variables[index].read(r, it, value);
    return NGX_OK;
}

ngx_int_t
ngx_signet_variables_add(ngx_conf_t *cf)
{
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        ngx_str_t name = variables[i].name;
        ngx_http_variable_t *variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);

        if (!variable)
            return NGX_ERROR;
        variable->get_handler = get;
        variable->data = i;
    }
    return NGX_OK;
}
