/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token records, wherever they are.  A store does not look into a value; the verifier tells whether
 * it is authentic and of the right token.
 */
#include "signet_module.h"

enum {
    ID_SIZE = SG_STORE_ID_SIZE,
    FILES_MAX = 1 << 20,
    LARGEST_TTL = 7 * 86400, /* seconds, as serve/redis.h */
};

/* --- Redis --- */

typedef struct {
    u_char text[SIGNET_PREFIX_MAX + ID_SIZE];
    ngx_str_t name;
} record_name;

static void
name_record(const ngx_signet_records *records, signet_slice token_id, record_name *ret_name)
{
    u_char *end = ngx_cpymem(ret_name->text, records->prefix.data, records->prefix.len);

    end = ngx_hex_dump(end, (u_char *)token_id.ptr, token_id.len);
    ret_name->name = (ngx_str_t){(size_t)(end - ret_name->text), ret_name->text};
}

static ngx_int_t
get_from_redis(ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id,
    signet_buf *out, signet_lookup *ret_lookup)
{
    ngx_str_t words[] = {ngx_string("GET"), ngx_null_string};
    record_name name;

    name_record(it->conf->records, token_id, &name);
    words[1] = name.name;
    it->query.expected = SIGNET_REDIS_VALUE | SIGNET_REDIS_NONE;
    if (ngx_signet_ask(r, it, it->conf->records->redis, words, 2) == NGX_AGAIN)
        return NGX_AGAIN;
    if (it->query.answer == SIGNET_REDIS_NONE)
        *ret_lookup = SIGNET_LOOKUP_NONE;
    if (it->query.answer == SIGNET_REDIS_VALUE &&
        signet_buf_append(out, (signet_slice){it->query.value.data, it->query.value.len}, NULL))
        *ret_lookup = SIGNET_LOOKUP_FOUND;
    return NGX_OK;
}

static ngx_int_t
put_into_redis(ngx_http_request_t *r, ngx_signet_context *it, const ngx_signet_record *record,
    ngx_signet_stored *ret_stored)
{
    ngx_str_t words[] = {
        ngx_string("SET"), ngx_null_string, ngx_null_string, ngx_string("PX"), ngx_null_string};
    int64_t seconds = record->expires - record->now + SG_STORE_GRACE_OF_REDIS;
    u_char ttl[NGX_INT64_LEN], *end = NULL;
    record_name name;

    name_record(
        it->conf->records, (signet_slice){record->token_id, sizeof(record->token_id)}, &name);
    words[1] = name.name;
    words[2] = (ngx_str_t){record->value.len, (u_char *)record->value.ptr};
    end = ngx_sprintf(ttl, "%L", (seconds > LARGEST_TTL ? LARGEST_TTL : seconds) * 1000);
    words[4] = (ngx_str_t){(size_t)(end - ttl), ttl};
    it->query.expected = SIGNET_REDIS_OK;
    if (ngx_signet_ask(r, it, it->conf->records->redis, words, 5) == NGX_AGAIN)
        return NGX_AGAIN;
    if (it->query.answer == SIGNET_REDIS_OK)
        *ret_stored = SIGNET_STORED;
    return NGX_OK;
}

static ngx_int_t
remove_from_redis(
    ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, bool *ret_is_done)
{
    ngx_str_t words[] = {ngx_string("DEL"), ngx_null_string};
    record_name name;

    name_record(it->conf->records, token_id, &name);
    words[1] = name.name;
    it->query.expected = SIGNET_REDIS_NUMBER;
    if (ngx_signet_ask(r, it, it->conf->records->redis, words, 2) == NGX_AGAIN)
        return NGX_AGAIN;
    *ret_is_done = it->query.answer == SIGNET_REDIS_NUMBER;
    return NGX_OK;
}

/* --- files --- */

static sg_store *
open_files(ngx_signet_records *records, ngx_log_t *log)
{
    signet_error err = {0};

    if (records->files.get ||
        sg_store_file_new((const char *)records->directory.data, FILES_MAX, &records->files, &err))
        return &records->files;
    ngx_log_error(
        NGX_LOG_ERR, log, 0, "signet_records \"%V\": %s", &records->directory, err.message);
    return NULL;
}

static void
write_id(signet_slice token_id, char ret_id[ID_SIZE + 1])
{
    *ngx_hex_dump((u_char *)ret_id, (u_char *)token_id.ptr, token_id.len) = '\0';
}

static void
log_files(ngx_log_t *log, const ngx_signet_records *records, const signet_error *err)
{
    ngx_log_error(
        NGX_LOG_ERR, log, 0, "signet_records \"%V\": %s", &records->directory, err->message);
}

static ngx_int_t
get_from_file(ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, signet_buf *out,
    signet_lookup *ret_lookup)
{
    ngx_signet_records *records = it->conf->records;
    const sg_store *files = open_files(records, r->connection->log);
    char id[ID_SIZE + 1];
    signet_error err = {0};

    write_id(token_id, id);
    if (!files)
        return NGX_OK;
    if (files->get(files->context, id, it->now, out, &err))
        *ret_lookup = SIGNET_LOOKUP_FOUND;
    else if (err.code == SIGNET_E_NOT_FOUND)
        *ret_lookup = SIGNET_LOOKUP_NONE;
    else
        log_files(r->connection->log, records, &err);
    return NGX_OK;
}

static ngx_int_t
put_into_file(ngx_http_request_t *r, ngx_signet_context *it, const ngx_signet_record *record,
    ngx_signet_stored *ret_stored)
{
    ngx_signet_records *records = it->conf->records;
    const sg_store *files = open_files(records, r->connection->log);
    char id[ID_SIZE + 1];
    signet_error err = {0};

    write_id((signet_slice){record->token_id, sizeof(record->token_id)}, id);
    if (!files)
        return NGX_OK;
    if (files->put(files->context, id, record->value, record->expires, record->now, &err))
        *ret_stored = SIGNET_STORED;
    else
        log_files(r->connection->log, records, &err);
    return NGX_OK;
}

static ngx_int_t
remove_file(ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, bool *ret_is_done)
{
    ngx_signet_records *records = it->conf->records;
    const sg_store *files = open_files(records, r->connection->log);
    char id[ID_SIZE + 1];
    signet_error err = {0};

    write_id(token_id, id);
    if (!files)
        return NGX_OK;
    *ret_is_done = files->remove(files->context, id, &err);
    if (!*ret_is_done)
        log_files(r->connection->log, records, &err);
    return NGX_OK;
}

/* --- the zone, and none --- */

static ngx_shm_zone_t *
zone_of(const ngx_http_request_t *r)
{
    const ngx_signet_main_conf *conf = ngx_http_get_module_main_conf(r, ngx_http_signet_module);

    return conf->record_zone;
}

static ngx_int_t
get_from_zone(ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, signet_buf *out,
    signet_lookup *ret_lookup)
{
    *ret_lookup = ngx_signet_record_zone_get(zone_of(r), token_id, it->now, out);
    return NGX_OK;
}

static ngx_int_t
put_into_zone(ngx_http_request_t *r, ngx_signet_context *it, const ngx_signet_record *record,
    ngx_signet_stored *ret_stored)
{
    *ret_stored = ngx_signet_record_zone_put(zone_of(r), record);
    return NGX_OK;
}

static ngx_int_t
remove_from_zone(
    ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, bool *ret_is_done)
{
    ngx_signet_record_zone_remove(zone_of(r), token_id);
    *ret_is_done = true;
    return NGX_OK;
}

static ngx_int_t
get_from_none(ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, signet_buf *out,
    signet_lookup *ret_lookup)
{
    *ret_lookup = SIGNET_LOOKUP_NONE;
    return NGX_OK;
}

/* --- all of them --- */

/* What each can do.  Nothing is written where there is no store: config.c sees to that. */
static const struct {
    ngx_int_t (*get)(ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id,
        signet_buf *out, signet_lookup *ret_lookup);
    ngx_int_t (*put)(ngx_http_request_t *r, ngx_signet_context *it, const ngx_signet_record *record,
        ngx_signet_stored *ret_stored);
    ngx_int_t (*remove)(
        ngx_http_request_t *r, ngx_signet_context *it, signet_slice token_id, bool *ret_is_done);
} stores[] = {
    [SIGNET_RECORDS_OFF] = {get_from_none, NULL, NULL},
    [SIGNET_RECORDS_ZONE] = {get_from_zone, put_into_zone, remove_from_zone},
    [SIGNET_RECORDS_FILE] = {get_from_file, put_into_file, remove_file},
    [SIGNET_RECORDS_REDIS] = {get_from_redis, put_into_redis, remove_from_redis},
};

static ngx_signet_records_kind
kind_of(const ngx_signet_context *it)
{
    return it->conf->records ? it->conf->records->kind : SIGNET_RECORDS_OFF;
}

ngx_int_t
ngx_signet_records_ask(ngx_http_request_t *r, ngx_signet_context *it)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    signet_slice token_id = signet_verification_token_id(it->verification);
    signet_lookup lookup = SIGNET_LOOKUP_FAILED;

    if (token_id.len != SIGNET_TOKEN_ID_SIZE)
        lookup = SIGNET_LOOKUP_NONE;
    else if (stores[kind_of(it)].get(r, it, token_id, &value, &lookup) == NGX_AGAIN)
        return NGX_AGAIN;
    signet_verification_give_record(it->verification, lookup, signet_buf_slice(&value));
    return NGX_OK;
}

ngx_int_t
ngx_signet_records_put(ngx_http_request_t *r, ngx_signet_context *it,
    const ngx_signet_record *record, ngx_signet_stored *ret_stored)
{
    *ret_stored = SIGNET_STORED_NOT;
    return stores[kind_of(it)].put(r, it, record, ret_stored);
}

ngx_int_t
ngx_signet_records_remove(ngx_http_request_t *r, ngx_signet_context *it, bool *ret_is_done)
{
    *ret_is_done = false;
    return stores[kind_of(it)].remove(
        r, it, signet_verification_identity(it->verification).token_id, ret_is_done);
}

/* --- directives --- */

/* nginx makes the directory and gives it to its workers' user. */
static char *
set_directory(ngx_conf_t *cf, ngx_signet_records *records, const ngx_str_t *text)
{
    ngx_path_t *path = ngx_pcalloc(cf->pool, sizeof(*path));

    if (!path)
        return NGX_CONF_ERROR;
    records->directory = (ngx_str_t){text->len - 5, text->data + 5};
    if (records->directory.len == 0)
        return "wants file=DIRECTORY";
    if (ngx_conf_full_name(cf->cycle, &records->directory, 0) != NGX_OK)
        return NGX_CONF_ERROR;
    path->name = records->directory;
    path->conf_file = cf->conf_file->file.name.data;
    path->line = cf->conf_file->line;
    return ngx_add_path(cf, &path) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}

/* signet_records off | zone | file=DIRECTORY | redis=NAME [prefix=TEXT] */
char *
ngx_signet_set_records(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    static const char usage[] = "wants off, zone, file=DIRECTORY or redis=NAME [prefix=TEXT]";
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;
    ngx_signet_records *records = ngx_pcalloc(cf->pool, sizeof(*records));

    if (!records)
        return NGX_CONF_ERROR;
    if (loc->records != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    loc->records = records;
    if (ngx_signet_read_redis_place(cf, "signet:tokens:", &records->redis, &records->prefix)) {
        records->kind = SIGNET_RECORDS_REDIS;
        return NGX_CONF_OK;
    }
    if (cf->args->nelts != 2)
        return (char *)usage;
    if (ngx_strcmp(words[1].data, "off") == 0)
        return NGX_CONF_OK;
    records->kind = SIGNET_RECORDS_ZONE;
    if (ngx_strcmp(words[1].data, "zone") == 0)
        return NGX_CONF_OK;
    records->kind = SIGNET_RECORDS_FILE;
    if (ngx_strncmp(words[1].data, "file=", 5) == 0)
        return set_directory(cf, records, &words[1]);
    return (char *)usage;
}

/* signet_record_key FILE */
char *
ngx_signet_set_record_key(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    ngx_str_t *words = cf->args->elts;
    ngx_signet_record_key *key = ngx_pcalloc(cf->pool, sizeof(*key));

    if (loc->record_key != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    if (!key || ngx_conf_full_name(cf->cycle, &words[1], 1) != NGX_OK)
        return NGX_CONF_ERROR;
    key->bytes = ngx_pcalloc(cf->pool, SIGNET_RECORD_KEY_MAX);
    if (!key->bytes ||
        !ngx_signet_read_file(cf, &words[1], key->bytes, SIGNET_RECORD_KEY_MAX, &key->len))
        return NGX_CONF_ERROR;
    if (key->len == SIGNET_RECORD_KEY_MAX)
        return "is a file of more than 4095 bytes";
    if (key->len < 32)
        return "is a file of less than 32 bytes";
    loc->record_key = key;
    return NGX_CONF_OK;
}
