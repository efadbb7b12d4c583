/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a proof is new.  The zone is asked first, because it answers at once; Redis, when there
 * is one, has the last word, because other hosts ask it too.
 */
#include "signet_module.h"

enum { TTL_MAX = 3600 };

/* After a redirect the same request is judged again, and what it used up is its own. */
static bool
is_used(const ngx_signet_context *it, const signet_replay_entry *entry)
{
    for (ngx_uint_t i = 0; i < it->used_count; i++) {
        if (memcmp(it->used[i], entry->key, sizeof(entry->key)) == 0)
            return true;
    }
    return false;
}

static void
use(ngx_signet_context *it, const signet_replay_entry *entry)
{
    if (it->used_count < SIGNET_USED_MAX && !is_used(it, entry))
        memcpy(it->used[it->used_count++], entry->key, sizeof(entry->key));
}

/* docs/formats/record.md 4: one SET NX PX, kept through the whole last second. */
static ngx_int_t
ask_redis(ngx_http_request_t *r, ngx_signet_context *it, const signet_replay_entry *entry)
{
    const ngx_signet_replays *replays = it->conf->replays;
    u_char name[SIGNET_PREFIX_MAX + 2 * SIGNET_REPLAY_KEY_SIZE], ttl[NGX_INT64_LEN], *end = NULL;
    int64_t seconds = entry->until - ngx_time() + 1;
    ngx_str_t words[] = {ngx_string("SET"), ngx_null_string, ngx_string("1"), ngx_string("NX"),
        ngx_string("PX"), ngx_null_string};

    if (!it->is_answered && (seconds < 1 || seconds > TTL_MAX)) {
        it->query.answer = SIGNET_REDIS_FAILED;
        return NGX_OK;
    }
    end = ngx_cpymem(name, replays->prefix.data, replays->prefix.len);
    end = ngx_hex_dump(end, (u_char *)entry->key, sizeof(entry->key));
    words[1] = (ngx_str_t){(size_t)(end - name), name};
    end = ngx_sprintf(ttl, "%L", seconds * 1000);
    words[5] = (ngx_str_t){(size_t)(end - ttl), ttl};
    it->query.expected = SIGNET_REDIS_OK | SIGNET_REDIS_NONE;
    return ngx_signet_ask(r, it, replays->redis, words, 6);
}

static signet_replay_answer
ask_zone(ngx_http_request_t *r, const ngx_signet_context *it)
{
    const ngx_signet_main_conf *conf = ngx_http_get_module_main_conf(r, ngx_http_signet_module);

    return conf->zone ? ngx_signet_zone_insert(conf, it->verification, it->now)
                      : SIGNET_REPLAY_FRESH;
}

ngx_int_t
ngx_signet_replays_ask(ngx_http_request_t *r, ngx_signet_context *it)
{
    static const signet_replay_answer answers[] = {
        [SIGNET_REDIS_OK] = SIGNET_REPLAY_FRESH,
        [SIGNET_REDIS_NONE] = SIGNET_REPLAY_SEEN,
    };
    signet_replay_entry entry = signet_verification_entry(it->verification);
    signet_replay_answer answer = SIGNET_REPLAY_FRESH;
    bool must_ask = !is_used(it, &entry);

    if (must_ask && !it->is_answered)
        answer = ask_zone(r, it);
    if (must_ask && answer == SIGNET_REPLAY_FRESH && it->conf->replays) {
        if (ask_redis(r, it, &entry) == NGX_AGAIN)
            return NGX_AGAIN;
        answer = it->query.answer <= SIGNET_REDIS_NONE ? answers[it->query.answer]
                                                       : SIGNET_REPLAY_REFUSED;
    }
    if (answer == SIGNET_REPLAY_FRESH)
        use(it, &entry);
    signet_verification_give_fresh(it->verification, answer);
    return NGX_OK;
}

/* signet_replay zone | redis=NAME [prefix=TEXT] */
char *
ngx_signet_set_replay(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    const ngx_str_t *words = cf->args->elts;
    ngx_signet_replays *replays = NULL;

    if (loc->replays != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    if (ngx_strcmp(words[1].data, "zone") == 0) {
        loc->replays = NULL;
        return cf->args->nelts == 2 ? NGX_CONF_OK : "zone wants nothing more";
    }
    replays = ngx_pcalloc(cf->pool, sizeof(*replays));
    if (!replays)
        return NGX_CONF_ERROR;
    if (!ngx_signet_read_redis_place(cf, "signet:nonces:", &replays->redis, &replays->prefix))
        return "wants zone or redis=NAME [prefix=TEXT]";
    loc->replays = replays;
    return NGX_CONF_OK;
}
