/* SPDX-License-Identifier: Apache-2.0 */
/* Master keys, and the verifiers made of them. */
#include "signet_module.h"

static void
free_key(void *key)
{
    signet_key_free(key);
}

static bool
clean_up(ngx_conf_t *cf, ngx_pool_cleanup_pt handler, void *data)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);

    if (!cleanup)
        return false;
    cleanup->handler = handler;
    cleanup->data = data;
    return true;
}

bool
ngx_signet_read_file(
    ngx_conf_t *cf, const ngx_str_t *name, uint8_t *ret_bytes, size_t size, size_t *ret_len)
{
    ngx_fd_t fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    ssize_t len = 0;

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, ngx_errno, ngx_open_file_n " \"%s\" failed", name->data);
        return false;
    }
    len = ngx_read_fd(fd, ret_bytes, size);
    if (len < 0)
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, ngx_errno, ngx_read_fd_n " \"%s\" failed", name->data);
    (void)ngx_close_file(fd);
    *ret_len = len < 0 ? 0 : (size_t)len;
    return len >= 0;
}

static signet_key *
read_key(ngx_conf_t *cf, const ngx_str_t *name, signet_error *err)
{
    const ngx_signet_main_conf *main_conf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_signet_module);
    signet_algorithms accepted =
        main_conf->hybrid_algorithms[0] ? main_conf->hybrid_algorithms : signet_only_ed25519;
    u_char text[SIGNET_KEY_FILE_MAX];
    size_t len = 0;

    if (!ngx_signet_read_file(cf, name, text, sizeof(text), &len))
        return signet_fail_null(err, SIGNET_E_IO, "cannot be read");
    return signet_key_from_pem(accepted, (signet_slice){text, len}, err);
}

/* signet_master_key ISSUER FILE */
char *
ngx_signet_set_master_key(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    ngx_str_t *words = cf->args->elts;
    ngx_signet_master *master = NULL;
    signet_error err = {0};

    if (loc->keys == NGX_CONF_UNSET_PTR)
        loc->keys = ngx_array_create(cf->pool, 2, sizeof(*master));
    if (!loc->keys || ngx_conf_full_name(cf->cycle, &words[2], 1) != NGX_OK)
        return NGX_CONF_ERROR;
    if (words[1].len == 0)
        return "wants the name of an issuer";
    master = ngx_array_push(loc->keys);
    if (!master)
        return NGX_CONF_ERROR;
    master->issuer = (const char *)words[1].data;
    master->key = read_key(cf, &words[2], &err);
    if (!master->key) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0, "signet_master_key \"%V\": %s", &words[2], err.message);
        return NGX_CONF_ERROR;
    }
    if (!clean_up(cf, free_key, master->key))
        return NGX_CONF_ERROR;
    if (signet_key_has_private(master->key))
        return "is a private key, which does not belong here: give the public one";
    return NGX_CONF_OK;
}

static void
free_judge(void *data)
{
    ngx_signet_judge *judge = data;

    signet_verifier_cache_free(judge->cache);
    signet_verifier_free(judge->verifier);
}

static signet_verifier *
make_verifier(ngx_conf_t *cf, const ngx_signet_loc_conf *conf, signet_error *err)
{
    const ngx_signet_master *masters = conf->keys ? conf->keys->elts : NULL;
    signet_verifier_key keys[SIGNET_VERIFIER_KEYS_MAX] = {0};
    const char *origins[SIGNET_VERIFIER_ORIGINS_MAX + 1] = {NULL};
    signet_verifier_options options = {.keys = keys, .origins = origins};

    const ngx_signet_main_conf *main_conf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_signet_module);
    const ngx_uint_t key_count = conf->keys ? conf->keys->nelts : 0;

    if (key_count > SIGNET_VERIFIER_KEYS_MAX)
        return signet_fail_null(err, SIGNET_E_USAGE, "more than %d keys", SIGNET_VERIFIER_KEYS_MAX);
    if (conf->origins->nelts > SIGNET_VERIFIER_ORIGINS_MAX)
        return signet_fail_null(
            err, SIGNET_E_USAGE, "more than %d origins", SIGNET_VERIFIER_ORIGINS_MAX);
    for (ngx_uint_t i = 0; i < key_count; i++)
        keys[i] = (signet_verifier_key){.issuer = masters[i].issuer, .key = masters[i].key};
    memcpy(origins, conf->origins->elts, conf->origins->nelts * sizeof(origins[0]));
    options.key_count = key_count;
    options.has_reference_records = conf->record_format == SIGNET_RECORD_FORMAT_REFERENCE;
    if (conf->record_key)
        options.record_key = (signet_slice){conf->record_key->bytes, conf->record_key->len};
    ngx_signet_dialects_fill(conf, &options);
    if (conf->hybrid)
        options.accepted = main_conf->hybrid_algorithms;
    if (main_conf->token_algorithms[0])
        options.token_algorithms = main_conf->token_algorithms;
    return signet_verifier_new(&options, err);
}

ngx_signet_judge *
ngx_signet_judge_find(ngx_conf_t *cf, const ngx_signet_loc_conf *conf)
{
    ngx_signet_main_conf *main_conf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_signet_module);
    ngx_signet_judge **judges = main_conf->judges.elts, **place = NULL, *judge = NULL;
    signet_error err = {0};

    for (ngx_uint_t i = 0; i < main_conf->judges.nelts; i++) {
        if (judges[i]->keys == conf->keys && judges[i]->origins == conf->origins &&
            judges[i]->record_key == conf->record_key &&
            judges[i]->record_format == conf->record_format &&
            judges[i]->token_issuers == conf->token_issuers &&
            judges[i]->nonce_key == conf->nonce_key && judges[i]->agents == conf->agents &&
            judges[i]->hybrid == conf->hybrid)
            return judges[i];
    }
    judge = ngx_pcalloc(cf->pool, sizeof(*judge));
    place = judge ? ngx_array_push(&main_conf->judges) : NULL;
    if (!place)
        return NULL;
    *place = judge;
    judge->keys = conf->keys;
    judge->origins = conf->origins;
    judge->record_key = conf->record_key;
    judge->record_format = conf->record_format;
    judge->token_issuers = conf->token_issuers;
    judge->nonce_key = conf->nonce_key;
    judge->agents = conf->agents;
    judge->hybrid = conf->hybrid;
    judge->verifier = make_verifier(cf, conf, &err);
    if (!judge->verifier) {
        ngx_log_error(
            NGX_LOG_EMERG, cf->log, 0, "signet: %s in %s:%ui", err.message, conf->file, conf->line);
        return NULL;
    }
    return clean_up(cf, free_judge, judge) ? judge : NULL;
}

signet_verifier_cache *
ngx_signet_judge_cache(ngx_signet_judge *judge)
{
    if (!judge->cache)
        judge->cache = signet_verifier_cache_new(0, NULL);
    return judge->cache;
}
