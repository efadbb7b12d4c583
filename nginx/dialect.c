/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways of proving possession beside Signet-Proof: what is configured of them, the certificate of
 * the connection, and the fields of an answer.
 */
#include <signet/challenge.h>

#include "signet_module.h"

enum { LARGEST_JWKS = 64 << 10, LARGEST_NONCE_KEY = 1024, LARGEST_CERTIFICATE = 16 << 10 };

/* --- directives --- */

/* signet_dialects NAME... */
char *
ngx_signet_set_dialects(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    static const struct {
        const char *name;
        ngx_uint_t bit;
    } names[] = {
        {"proof", SIGNET_DIALECT_PROOF},
        {"message-signature", SIGNET_DIALECT_MESSAGE_SIGNATURE},
        {"dpop", SIGNET_DIALECT_DPOP},
        {"certificate", SIGNET_DIALECT_CERTIFICATE},
    };
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;
    ngx_uint_t all = 0, before = 0;

    if (loc->dialects != NGX_CONF_UNSET_UINT)
        return "is duplicate";
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++, before = all) {
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
            all |= ngx_strcmp(words[i].data, names[k].name) == 0 ? names[k].bit : 0;
        if (all == before)
            return "wants names of proof, message-signature, dpop, certificate, each once";
    }
    loc->dialects = all;
    return NGX_CONF_OK;
}

static bool
read_file(ngx_conf_t *cf, ngx_str_t *name, size_t room, signet_slice *ret_bytes)
{
    uint8_t *bytes = ngx_pnalloc(cf->pool, room + 1);
    size_t len = 0;

    if (!bytes || ngx_conf_full_name(cf->cycle, name, 1) != NGX_OK ||
        !ngx_signet_read_file(cf, name, bytes, room + 1, &len))
        return false;
    if (len == 0 || len > room) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0, "\"%V\" is empty, or longer than %uz bytes", name, room);
        return false;
    }
    *ret_bytes = (signet_slice){bytes, len};
    return true;
}

/* signet_jwks ISSUER FILE */
char *
ngx_signet_set_jwks(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    ngx_str_t *words = cf->args->elts;
    signet_verifier_issuer *issuer = NULL;

    if (loc->token_issuers == NGX_CONF_UNSET_PTR)
        loc->token_issuers = ngx_array_create(cf->pool, 2, sizeof(*issuer));
    if (!loc->token_issuers)
        return NGX_CONF_ERROR;
    if (loc->token_issuers->nelts == SIGNET_VERIFIER_ISSUERS_MAX)
        return "stands there too often";
    issuer = ngx_array_push(loc->token_issuers);
    if (!issuer)
        return NGX_CONF_ERROR;
    issuer->issuer = (const char *)words[1].data;
    return read_file(cf, &words[2], LARGEST_JWKS, &issuer->jwks) ? NGX_CONF_OK : NGX_CONF_ERROR;
}

static char *
set_file(ngx_conf_t *cf, signet_slice **place, size_t room)
{
    ngx_str_t *words = cf->args->elts;

    if (*place != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    *place = ngx_pcalloc(cf->pool, sizeof(**place));
    return *place && read_file(cf, &words[1], room, *place) ? NGX_CONF_OK : NGX_CONF_ERROR;
}

/* signet_dpop_nonce off | FILE */
char *
ngx_signet_set_dpop_nonce(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;

    if (ngx_strcmp(words[1].data, "off") != 0)
        return set_file(cf, &loc->nonce_key, LARGEST_NONCE_KEY);
    if (loc->nonce_key != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    loc->nonce_key = NULL;
    return NGX_CONF_OK;
}

/* signet_agent_directory FILE */
char *
ngx_signet_set_agents(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;

    return set_file(cf, &loc->agents, LARGEST_JWKS);
}

void
ngx_signet_dialects_inherit(ngx_signet_loc_conf *conf, ngx_signet_loc_conf *from)
{
    ngx_conf_merge_uint_value(conf->dialects, from->dialects, SIGNET_DIALECT_PROOF);
    ngx_conf_merge_value(conf->unsigned_query, from->unsigned_query, 0);
    ngx_conf_merge_value(conf->hybrid, from->hybrid, 0);
    ngx_conf_merge_ptr_value(conf->token_issuers, from->token_issuers, NULL);
    ngx_conf_merge_ptr_value(conf->nonce_key, from->nonce_key, NULL);
    ngx_conf_merge_ptr_value(conf->agents, from->agents, NULL);
}

/* NULL: nothing is lacking. */
const char *
ngx_signet_dialects_lack(const ngx_signet_loc_conf *conf)
{
    const ngx_uint_t access = SIGNET_DIALECT_DPOP | SIGNET_DIALECT_CERTIFICATE;

    if (!conf->keys && (conf->dialects & ~access))
        return "\"signet_master_key\"";
    return (conf->dialects & access) && !conf->token_issuers ? "\"signet_jwks\"" : NULL;
}

void
ngx_signet_dialects_fill(const ngx_signet_loc_conf *conf, signet_verifier_options *options)
{
    if (conf->token_issuers) {
        options->issuers = conf->token_issuers->elts;
        options->issuer_count = conf->token_issuers->nelts;
    }
    if (conf->nonce_key)
        options->dpop_nonce_key = *conf->nonce_key;
    if (conf->agents)
        options->agents = *conf->agents;
}

/* --- the certificate of the connection --- */

static bool
find_variable(ngx_http_request_t *r, const char *name, ngx_str_t *ret_value)
{
    ngx_str_t key = {ngx_strlen(name), (u_char *)name};
    const ngx_http_variable_value_t *value =
        ngx_http_get_variable(r, &key, ngx_hash_key(key.data, key.len));

    if (!value || value->not_found || value->len == 0)
        return false;
    *ret_value = (ngx_str_t){value->len, value->data};
    return true;
}

/* What stands between the first line of a PEM and its last, without the ends of lines. */
static bool
read_armour(ngx_http_request_t *r, const ngx_str_t *pem, ngx_str_t *ret_base64)
{
    u_char *text = ngx_pnalloc(r->pool, pem->len), *end = text;
    const u_char *at = pem->data, *limit = pem->data + pem->len;

    if (!text)
        return false;
    while (at < limit && *at != '\n')
        at++;
    for (; at < limit && *at != '-'; at++) {
        if (*at != '\n' && *at != '\r')
            *end++ = *at;
    }
    *ret_base64 = (ngx_str_t){(size_t)(end - text), text};
    return end > text;
}

/*
 * SHA-256 of the client's certificate, from the TLS layer of nginx itself.  Early data may be
 * replayed (RFC 8470), and what is on the connection proves nothing then.
 */
bool
ngx_signet_certificate(ngx_http_request_t *r, signet_slice *ret_hash)
{
    ngx_str_t pem = ngx_null_string, early = ngx_null_string, base64 = ngx_null_string, der;
    signet_sha256 digest;
    u_char *hash = NULL;

    *ret_hash = (signet_slice){NULL, 0};
    if (!r->connection->ssl || find_variable(r, "ssl_early_data", &early) ||
        !find_variable(r, "ssl_client_raw_cert", &pem) || pem.len > LARGEST_CERTIFICATE)
        return true;
    hash = ngx_pnalloc(r->pool, SIGNET_SHA256_SIZE);
    der.data = ngx_pnalloc(r->pool, ngx_base64_decoded_length(pem.len));
    if (!hash || !der.data || !read_armour(r, &pem, &base64))
        return false;
    if (ngx_decode_base64(&der, &base64) != NGX_OK)
        return true;
    signet_sha256_init(&digest);
    signet_sha256_update(&digest, (signet_slice){der.data, der.len});
    signet_sha256_final(&digest, hash);
    *ret_hash = (signet_slice){hash, SIGNET_SHA256_SIZE};
    return true;
}

/* --- fields of the answer --- */

static bool
copy(ngx_http_request_t *r, signet_slice text, ngx_str_t *ret_copy)
{
    *ret_copy = (ngx_str_t){text.len, ngx_pnalloc(r->pool, text.len + 1)};
    if (!ret_copy->data)
        return false;
    ngx_memcpy(ret_copy->data, text.ptr, text.len);
    ret_copy->data[text.len] = '\0';
    return true;
}

static bool
add(ngx_http_request_t *r, const signet_http_field *field)
{
    static const char challenge[] = "WWW-Authenticate";
    ngx_str_t name, value;

    if (!copy(r, field->name, &name) || !copy(r, field->value, &value))
        return false;
    if (ngx_strcmp(name.data, challenge) == 0)
        return ngx_signet_add_challenge(r, value);
    return ngx_signet_add_field(r, (const char *)name.data, value) != NULL;
}

/* Challenges of a refusal, the nonce of either. */
bool
ngx_signet_add_fields(ngx_http_request_t *r, const ngx_signet_context *it)
{
    SIGNET_AUTO(signet_answer_fields_free) signet_answer_fields fields = {0};
    signet_challenge challenge = {.as_reference = it->conf->compatible_challenge == 1};
    ngx_str_t bearer = ngx_null_string;

    if (!ngx_signet_resource_challenge(r, it, &bearer))
        return false;
    challenge.bearer = (signet_slice){bearer.data, bearer.len};
    if (!signet_verification_fields(it->verification, &challenge, &fields, NULL))
        return false;
    for (size_t i = 0; i < fields.count; i++) {
        if (!add(r, &fields.fields[i]))
            return false;
    }
    return true;
}
