/* SPDX-License-Identifier: Apache-2.0 */
/* The directives, and what a location makes of its own and its parents'. */
#include "signet_module.h"

static ngx_conf_enum_t bindings[] = {
    {ngx_string("required"), SIGNET_BINDING_REQUIRED},
    {ngx_string("if-present"), SIGNET_BINDING_IF_PRESENT},
    {ngx_string("off"), SIGNET_BINDING_OFF},
    {ngx_null_string, 0},
};

static ngx_conf_enum_t error_forms[] = {
    {ngx_string("text"), SIGNET_ERRORS_TEXT},
    {ngx_string("json"), SIGNET_ERRORS_JSON},
    {ngx_null_string, 0},
};

static ngx_conf_enum_t record_formats[] = {
    {ngx_string("v2"), SIGNET_RECORD_FORMAT_V2},
    {ngx_string("reference"), SIGNET_RECORD_FORMAT_REFERENCE},
    {ngx_null_string, 0},
};

static char *
set_on(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;

    loc->file = cf->conf_file->file.name.data;
    loc->line = cf->conf_file->line;
    return ngx_conf_set_flag_slot(cf, command, conf);
}

/* signet_origin URL */
static char *
set_origin(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    ngx_str_t *words = cf->args->elts;
    const char **origin = NULL;

    if (loc->origins == NGX_CONF_UNSET_PTR)
        loc->origins = ngx_array_create(cf->pool, 2, sizeof(*origin));
    origin = loc->origins ? ngx_array_push(loc->origins) : NULL;
    if (!origin)
        return NGX_CONF_ERROR;
    *origin = (const char *)words[1].data;
    return NGX_CONF_OK;
}

/* signet_purpose TEXT... */
static char *
set_purposes(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;
    const char **purposes = ngx_pcalloc(cf->pool, cf->args->nelts * sizeof(*purposes));

    if (loc->purposes != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    if (!purposes)
        return NGX_CONF_ERROR;
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++) {
        if (words[i].len == 0)
            return "wants texts that are not empty";
        purposes[i - 1] = (const char *)words[i].data;
    }
    loc->purposes = purposes;
    return NGX_CONF_OK;
}

/* signet_skew TIME */
static char *
set_skew(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    char *problem = ngx_conf_set_sec_slot(cf, command, conf);

    if (problem != NGX_CONF_OK)
        return problem;
    return loc->skew < 1 || loc->skew > SIGNET_VERIFIER_SKEW_MAX ? "is not from 1s to 60s"
                                                                 : NGX_CONF_OK;
}

/* signet_body_max SIZE */
static char *
set_body_max(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    char *problem = ngx_conf_set_off_slot(cf, command, conf);

    if (problem != NGX_CONF_OK)
        return problem;
    return loc->body_max < 1 ? "must be positive" : NGX_CONF_OK;
}

#define ANYWHERE NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
#define IN_LOCATION(name, arguments, set, field, post)                                             \
    {                                                                                              \
        ngx_string(name), ANYWHERE | (arguments), set, NGX_HTTP_LOC_CONF_OFFSET,                   \
            offsetof(ngx_signet_loc_conf, field), post                                             \
    }

ngx_command_t ngx_signet_commands[] = {
    IN_LOCATION("signet", NGX_CONF_FLAG, set_on, is_on, NULL),
    IN_LOCATION("signet_master_key", NGX_CONF_TAKE2, ngx_signet_set_master_key, keys, NULL),
    IN_LOCATION("signet_origin", NGX_CONF_TAKE1, set_origin, origins, NULL),
    IN_LOCATION("signet_binding", NGX_CONF_TAKE1, ngx_conf_set_enum_slot, binding, bindings),
    IN_LOCATION("signet_full", NGX_CONF_FLAG, ngx_conf_set_flag_slot, full, NULL),
    IN_LOCATION("signet_purpose", NGX_CONF_1MORE, set_purposes, purposes, NULL),
    IN_LOCATION("signet_audience", NGX_CONF_TAKE1, ngx_conf_set_str_slot, audience, NULL),
    IN_LOCATION("signet_skew", NGX_CONF_TAKE1, set_skew, skew, NULL),
    IN_LOCATION("signet_errors", NGX_CONF_TAKE1, ngx_conf_set_enum_slot, errors, error_forms),
    IN_LOCATION("signet_body_max", NGX_CONF_TAKE1, set_body_max, body_max, NULL),
    IN_LOCATION("signet_body_timeout", NGX_CONF_TAKE1, ngx_conf_set_msec_slot, body_timeout, NULL),
    IN_LOCATION("signet_unsigned_body", NGX_CONF_FLAG, ngx_conf_set_flag_slot, unsigned_body, NULL),
    IN_LOCATION(
        "signet_unsigned_query", NGX_CONF_FLAG, ngx_conf_set_flag_slot, unsigned_query, NULL),
    IN_LOCATION("signet_hybrid", NGX_CONF_FLAG, ngx_conf_set_flag_slot, hybrid, NULL),
    IN_LOCATION("signet_dialects", NGX_CONF_1MORE, ngx_signet_set_dialects, dialects, NULL),
    IN_LOCATION("signet_jwks", NGX_CONF_TAKE2, ngx_signet_set_jwks, token_issuers, NULL),
    IN_LOCATION("signet_dpop_nonce", NGX_CONF_TAKE1, ngx_signet_set_dpop_nonce, nonce_key, NULL),
    IN_LOCATION("signet_agent_directory", NGX_CONF_TAKE1, ngx_signet_set_agents, agents, NULL),
    IN_LOCATION("signet_hide", NGX_CONF_FLAG, ngx_conf_set_flag_slot, hide, NULL),
    IN_LOCATION("signet_strip", NGX_CONF_TAKE1, ngx_conf_set_str_array_slot, strip, NULL),
    IN_LOCATION("signet_replay", NGX_CONF_TAKE12, ngx_signet_set_replay, replays, NULL),
    IN_LOCATION("signet_records", NGX_CONF_TAKE12, ngx_signet_set_records, records, NULL),
    IN_LOCATION("signet_record_key", NGX_CONF_TAKE1, ngx_signet_set_record_key, record_key, NULL),
    IN_LOCATION("signet_record_format", NGX_CONF_TAKE1, ngx_conf_set_enum_slot, record_format,
        record_formats),
    {ngx_string("signet_enrol"), NGX_HTTP_LOC_CONF | NGX_CONF_FLAG, ngx_signet_set_enrol,
        NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_signet_loc_conf, enrol), NULL},
    {ngx_string("signet_record_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
        ngx_signet_set_record_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("signet_pki"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_signet_set_pki,
        NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("signet_redis"), NGX_HTTP_MAIN_CONF | NGX_CONF_2MORE, ngx_signet_set_redis,
        NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("signet_failures"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE123, ngx_signet_set_failures,
        NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    IN_LOCATION("signet_failure_limit", NGX_CONF_FLAG, ngx_conf_set_flag_slot, failure_limit, NULL),
    IN_LOCATION("signet_cors", NGX_CONF_1MORE, ngx_signet_set_cors, cors, NULL),
    IN_LOCATION("signet_compatible_challenge", NGX_CONF_FLAG, ngx_conf_set_flag_slot,
        compatible_challenge, NULL),
    {ngx_string("signet_resource"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1,
        ngx_signet_set_resource, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("signet_check"), NGX_HTTP_LOC_CONF | NGX_CONF_1MORE, ngx_signet_set_check,
        NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("signet_replay_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE12, ngx_signet_set_zone,
        NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    ngx_null_command,
};

void *
ngx_signet_main_conf_new(ngx_conf_t *cf)
{
    ngx_signet_main_conf *conf = ngx_pcalloc(cf->pool, sizeof(*conf));

    if (!conf || ngx_array_init(&conf->judges, cf->pool, 4, sizeof(ngx_signet_judge *)) != NGX_OK ||
        ngx_array_init(&conf->redises, cf->pool, 4, sizeof(ngx_signet_redis *)) != NGX_OK)
        return NULL;
    return conf;
}

void *
ngx_signet_loc_conf_new(ngx_conf_t *cf)
{
    ngx_signet_loc_conf *conf = ngx_pcalloc(cf->pool, sizeof(*conf));

    if (!conf)
        return NULL;
    conf->is_on = conf->full = conf->unsigned_body = conf->hide = NGX_CONF_UNSET;
    conf->binding = conf->errors = NGX_CONF_UNSET_UINT;
    conf->keys = conf->origins = conf->cors = NGX_CONF_UNSET_PTR;
    conf->resources = NGX_CONF_UNSET_PTR;
    conf->compatible_challenge = conf->failure_limit = NGX_CONF_UNSET;
    conf->purposes = NGX_CONF_UNSET_PTR;
    conf->strip = NGX_CONF_UNSET_PTR;
    conf->skew = NGX_CONF_UNSET;
    conf->dialects = NGX_CONF_UNSET_UINT;
    conf->unsigned_query = conf->hybrid = NGX_CONF_UNSET;
    conf->token_issuers = NGX_CONF_UNSET_PTR;
    conf->nonce_key = conf->agents = NGX_CONF_UNSET_PTR;
    conf->body_max = NGX_CONF_UNSET;
    conf->body_timeout = NGX_CONF_UNSET_MSEC;
    conf->replays = NGX_CONF_UNSET_PTR;
    conf->records = NGX_CONF_UNSET_PTR;
    conf->record_key = NGX_CONF_UNSET_PTR;
    conf->record_format = NGX_CONF_UNSET_UINT;
    conf->enrol = NGX_CONF_UNSET;
    return conf;
}

static void
inherit(ngx_signet_loc_conf *conf, ngx_signet_loc_conf *from)
{
    ngx_signet_dialects_inherit(conf, from);
    ngx_conf_merge_value(conf->full, from->full, 1);
    ngx_conf_merge_value(conf->unsigned_body, from->unsigned_body, 0);
    ngx_conf_merge_value(conf->hide, from->hide, 1);
    ngx_conf_merge_uint_value(conf->binding, from->binding, SIGNET_BINDING_REQUIRED);
    ngx_conf_merge_uint_value(conf->errors, from->errors, SIGNET_ERRORS_TEXT);
    ngx_conf_merge_ptr_value(conf->keys, from->keys, NULL);
    ngx_conf_merge_ptr_value(conf->origins, from->origins, NULL);
    ngx_conf_merge_ptr_value(conf->purposes, from->purposes, NULL);
    ngx_conf_merge_ptr_value(conf->cors, from->cors, NULL);
    ngx_conf_merge_ptr_value(conf->resources, from->resources, NULL);
    ngx_conf_merge_value(conf->compatible_challenge, from->compatible_challenge, 0);
    ngx_conf_merge_value(conf->failure_limit, from->failure_limit, 0);
    ngx_conf_merge_ptr_value(conf->strip, from->strip, NULL);
    ngx_conf_merge_str_value(conf->audience, from->audience, "");
    ngx_conf_merge_value(conf->skew, from->skew, SIGNET_VERIFIER_SKEW);
    ngx_conf_merge_off_value(conf->body_max, from->body_max, SIGNET_VERIFIER_BODY_MAX);
    ngx_conf_merge_msec_value(conf->body_timeout, from->body_timeout, NGX_CONF_UNSET_MSEC);
    ngx_conf_merge_ptr_value(conf->replays, from->replays, NULL);
    ngx_conf_merge_ptr_value(conf->records, from->records, NULL);
    ngx_conf_merge_ptr_value(conf->record_key, from->record_key, NULL);
    ngx_conf_merge_uint_value(conf->record_format, from->record_format, SIGNET_RECORD_FORMAT_V2);
    if (conf->enrol == NGX_CONF_UNSET) /* not from the location around it */
        conf->enrol = 0;
    if (!conf->file) {
        conf->file = from->file;
        conf->line = from->line;
    }
    ngx_conf_merge_value(conf->is_on, from->is_on, 0);
}

static const char *
what_lacks(ngx_conf_t *cf, const ngx_signet_loc_conf *conf)
{
    const ngx_signet_main_conf *main_conf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_signet_module);

    bool has_records = conf->records && conf->records->kind != SIGNET_RECORDS_OFF;
    const struct {
        bool is_wanted;
        const char *what;
    } needs[] = {
        {!main_conf->zone && !conf->replays, "\"signet_replay_zone\""},
        {conf->replays && !ngx_signet_redis_is_defined(conf->replays->redis),
            "the \"signet_redis\" that \"signet_replay\" names"},
        {ngx_signet_dialects_lack(conf) != NULL, ngx_signet_dialects_lack(conf)},
        {ngx_signet_hybrid_lack(main_conf, conf) != NULL, ngx_signet_hybrid_lack(main_conf, conf)},
        {!conf->origins, "\"signet_origin\""},
        {conf->failure_limit && !main_conf->failures,
            "the \"signet_failures\" that \"signet_failure_limit\" needs"},
        {conf->enrol && !has_records, "\"signet_records\", which \"signet_enrol\" needs"},
        {has_records && !conf->record_key && conf->record_format == SIGNET_RECORD_FORMAT_V2,
            "\"signet_record_key\""},
        {has_records && conf->records->kind == SIGNET_RECORDS_ZONE && !main_conf->record_zone,
            "\"signet_record_zone\""},
        {has_records && conf->records->kind == SIGNET_RECORDS_REDIS &&
                !ngx_signet_redis_is_defined(conf->records->redis),
            "the \"signet_redis\" that \"signet_records\" names"},
        {conf->enrol && (conf->binding != SIGNET_BINDING_REQUIRED || conf->unsigned_body),
            "the strict \"signet_binding\" and \"signet_unsigned_body\" of enrolment"},
    };

    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        if (needs[i].is_wanted)
            return needs[i].what;
    }
    return NULL;
}

char *
ngx_signet_loc_conf_merge(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_signet_loc_conf *conf = child;
    const char *lacking = NULL;

    if (ngx_signet_check_merge(cf, conf) != NGX_CONF_OK)
        return NGX_CONF_ERROR;
    inherit(conf, parent);
    if (!conf->is_on && conf->enrol) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
            "\"signet_enrol\" is on and \"signet\" is not in %s:%ui", cf->conf_file->file.name.data,
            cf->conf_file->line);
        return NGX_CONF_ERROR;
    }
    if (!conf->is_on)
        return NGX_CONF_OK;
    lacking = what_lacks(cf, conf);
    if (lacking) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"signet\" is on without %s in %s:%ui", lacking,
            conf->file, conf->line);
        return NGX_CONF_ERROR;
    }
    conf->policy = (signet_verifier_policy){
        .binding = (signet_binding_policy)conf->binding,
        .purposes = conf->purposes,
        .audience = conf->audience.len > 0 ? (const char *)conf->audience.data : NULL,
        .skew = conf->skew,
        .body_max = conf->body_max,
        .allow_full = conf->full || conf->enrol,
        .allow_unsigned_body = conf->unsigned_body,
        .allow_unsigned_query = conf->unsigned_query,
        .allow_hybrid = conf->hybrid,
        .dialects = (unsigned)conf->dialects,
    };
    conf->judge = ngx_signet_judge_find(cf, conf);
    return conf->judge ? NGX_CONF_OK : NGX_CONF_ERROR;
}
