/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proofs that were seen, in memory that all workers share and that a reload keeps.  A reload
 * that would lose them is refused: what was seen a moment ago could be sent again.
 */
#include "signet_module.h"

enum {
    SMALLEST_ZONE = 128 << 10,
};

typedef struct {
    signet_replay_options options;
    size_t size; /* of the store */
    signet_replay *store;
} zone_state;

/* As many entries as fit beside what nginx keeps in a zone: its header, and 24 bytes a page. */
static bool
fill(zone_state *state, size_t zone_size, signet_error *err)
{
    size_t room = zone_size - zone_size / 64 - 8 * ngx_pagesize;
    uint32_t low = 1, high = SIGNET_REPLAY_CAPACITY_MAX;
    size_t size = 0;

    while (low < high) {
        signet_replay_options options = state->options;

        options.capacity = low + (high - low + 1) / 2;
        if (signet_replay_size(&options, &size, NULL) && size <= room)
            low = options.capacity;
        else
            high = options.capacity - 1;
    }
    state->options.capacity = low;
    return signet_replay_size(&state->options, &state->size, err) && state->size <= room;
}

static ngx_int_t
init(ngx_shm_zone_t *zone, void *old)
{
    ngx_slab_pool_t *pool = (ngx_slab_pool_t *)(void *)zone->shm.addr;
    zone_state *state = zone->data;
    signet_error err = {0};

    if (old || zone->shm.exists) {
        state->store = signet_replay_attach(pool->data, state->size, &err);
        if (state->store && signet_replay_settings(state->store).quota != state->options.quota) {
            ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                "signet_replay_zone \"%V\": the quota changes by a restart only", &zone->shm.name);
            return NGX_ERROR;
        }
    } else {
        pool->data = ngx_slab_alloc(pool, state->size);
        if (pool->data)
            state->store = signet_replay_init(pool->data, state->size, &state->options, &err);
    }
    if (state->store)
        return NGX_OK;
    ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0, "signet_replay_zone \"%V\": %s", &zone->shm.name,
        err.message[0] ? err.message : "out of memory");
    return NGX_ERROR;
}

/* Whether nginx would make an empty zone where a running one is. */
static bool
forgets(const ngx_shm_zone_t *old, const ngx_str_t *name, size_t size)
{
    bool is_named = old->shm.name.len == name->len &&
                    ngx_strncmp(old->shm.name.data, name->data, name->len) == 0;

    if (is_named)
        return old->tag != &ngx_http_signet_module || old->shm.size != size;
    return old->tag == &ngx_http_signet_module;
}

static bool
any_forgets(const ngx_conf_t *cf, const ngx_str_t *name, size_t size)
{
    const ngx_list_part_t *part = NULL;

    if (!cf->cycle->old_cycle)
        return false;
    for (part = &cf->cycle->old_cycle->shared_memory.part; part; part = part->next) {
        const ngx_shm_zone_t *zones = part->elts;

        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (forgets(&zones[i], name, size))
                return true;
        }
    }
    return false;
}

bool
ngx_signet_read_zone(ngx_str_t *text, ngx_str_t *ret_name, ssize_t *ret_size)
{
    u_char *colon = ngx_strlchr(text->data, text->data + text->len, ':');
    ngx_str_t size = ngx_null_string;

    if (!colon || colon == text->data)
        return false;
    *ret_name = (ngx_str_t){(size_t)(colon - text->data), text->data};
    size = (ngx_str_t){text->len - ret_name->len - 1, colon + 1};
    *ret_size = ngx_parse_size(&size);
    return *ret_size != NGX_ERROR;
}

static bool
read_quota(ngx_str_t *text, uint32_t *ret_quota)
{
    ngx_int_t value = 0;

    if (text->len <= 6 || ngx_strncmp(text->data, "quota=", 6) != 0)
        return false;
    value = ngx_atoi(text->data + 6, text->len - 6);
    *ret_quota = value == 0 ? SIGNET_REPLAY_UNLIMITED : (uint32_t)value;
    return value >= 0 && value <= SIGNET_REPLAY_QUOTA_MAX;
}

/* signet_replay_zone NAME:SIZE [quota=NUMBER] */
char *
ngx_signet_set_zone(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_main_conf *main_conf = conf;
    ngx_str_t *words = cf->args->elts, name = ngx_null_string;
    zone_state *state = ngx_pcalloc(cf->pool, sizeof(*state));
    ssize_t size = 0;
    signet_error err = {0};

    if (!state)
        return NGX_CONF_ERROR;
    if (main_conf->zone)
        return "is duplicate";
    state->options = (signet_replay_options){
        .window = SIGNET_VERIFIER_REPLAY_WINDOW, .quota = SIGNET_REPLAY_QUOTA_DEFAULT};
    if (!ngx_signet_read_zone(&words[1], &name, &size))
        return "wants NAME:SIZE";
    if (size < SMALLEST_ZONE)
        return "is smaller than 128k";
    if (cf->args->nelts == 3 && !read_quota(&words[2], &state->options.quota))
        return "wants quota=NUMBER, at most 65535";
    if (!fill(state, (size_t)size, &err))
        return "is too small";
    if (any_forgets(cf, &name, (size_t)size))
        return "would forget the proofs that were seen: change its name or size by a restart";
    main_conf->zone = ngx_shared_memory_add(cf, &name, (size_t)size, &ngx_http_signet_module);
    if (!main_conf->zone)
        return NGX_CONF_ERROR;
    main_conf->zone->init = init;
    main_conf->zone->data = state;
    return NGX_CONF_OK;
}

signet_replay_answer
ngx_signet_zone_insert(
    const ngx_signet_main_conf *conf, const signet_verification *verification, time_t now)
{
    const zone_state *state = conf->zone->data;
    signet_replay_entry entry = signet_verification_entry(verification);
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;

    (void)!signet_replay_insert(state->store, &entry, now, &answer, NULL);
    return answer;
}
