/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peers whose requests keep failing are answered with 429 before any work is done for them: a token
 * bucket for each address, in memory that all workers share (GCRA: a bucket is the moment at which
 * it will be full again, so one that is full needs no entry).
 *
 * The table is of fixed size and its rows are short: an address has eight places, found by a keyed
 * hash, so that nobody chooses who shares a row.  It is a limit and not a gate: where all places
 * are taken, requests are judged as if there were no limit.
 */
#include <sys/random.h>

#include "signet_module.h"

enum {
    SMALLEST_ZONE = 64 << 10,
    ROW_PLACES = 8,
    NAME_SIZE = 16,
    KEY_SIZE = 32,
    LARGEST_RATE = 100000,
    SECOND = 1000000, /* times are in microseconds of the monotonic clock */
};

typedef struct {
    uint8_t name[NAME_SIZE]; /* of an address, a keyed hash */
    int64_t full;            /* when its bucket is; the place is free from then on */
} bucket;

typedef struct {
    uint8_t key[KEY_SIZE];
    bucket rows[][ROW_PLACES];
} failure_table;

typedef struct {
    int64_t cost; /* of a failure, in microseconds: a second over the rate */
    int64_t burst;
    size_t rows;
    ngx_slab_pool_t *pool;
    failure_table *table;
} failure_state;

/* Not that of replay zones: this one may change its size, for it may forget. */
static char tag;

static const signet_refusal too_many = {
    .status = NGX_HTTP_TOO_MANY_REQUESTS,
    .retry_after = 1,
    .code = "RATE_LIMITED",
    .text = "too many requests",
    .message = "too many requests of this address were refused",
    .label = "rate_limited",
    .stage = "limit",
};

/* --- the zone --- */

static ngx_int_t
init(ngx_shm_zone_t *zone, void *old)
{
    failure_state *state = zone->data;
    size_t size = sizeof(failure_table) + state->rows * sizeof(state->table->rows[0]);

    state->pool = (ngx_slab_pool_t *)(void *)zone->shm.addr;
    if (old || zone->shm.exists) {
        state->table = state->pool->data;
        return NGX_OK;
    }
    state->table = ngx_slab_calloc(state->pool, size);
    state->pool->data = state->table;
    if (state->table && getrandom(state->table->key, KEY_SIZE, 0) == KEY_SIZE)
        return NGX_OK;
    ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
        "signet_failures \"%V\": out of memory or randomness", &zone->shm.name);
    return NGX_ERROR;
}

static bool
read_number(const ngx_str_t *word, const char *name, ngx_int_t *ret)
{
    size_t len = ngx_strlen(name);
    ngx_int_t value = 0;

    if (word->len <= len || ngx_strncmp(word->data, name, len) != 0)
        return false;
    value = ngx_atoi(word->data + len, word->len - len);
    if (value < 1 || value > LARGEST_RATE)
        return false;
    *ret = value;
    return true;
}

/* signet_failures NAME:SIZE [rate=NUMBER] [burst=NUMBER] */
char *
ngx_signet_set_failures(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_main_conf *main_conf = conf;
    ngx_str_t *words = cf->args->elts, name = ngx_null_string;
    failure_state *state = ngx_pcalloc(cf->pool, sizeof(*state));
    ngx_int_t rate = 20, burst = 40;
    ssize_t size = 0;

    if (!state)
        return NGX_CONF_ERROR;
    if (main_conf->failures)
        return "is duplicate";
    if (!ngx_signet_read_zone(&words[1], &name, &size))
        return "wants NAME:SIZE";
    if (size < SMALLEST_ZONE)
        return "is smaller than 64k";
    for (ngx_uint_t i = 2; i < cf->args->nelts; i++) {
        if (!read_number(&words[i], "rate=", &rate) && !read_number(&words[i], "burst=", &burst))
            return "wants rate=NUMBER and burst=NUMBER, from 1 to 100000";
    }
    state->cost = SECOND / rate;
    state->burst = burst;
    /* Beside what nginx keeps in a zone: its header, and 24 bytes a page. */
    state->rows = ((size_t)size - (size_t)size / 64 - 8 * ngx_pagesize - sizeof(failure_table)) /
                  sizeof(state->table->rows[0]);
    main_conf->failures = ngx_shared_memory_add(cf, &name, (size_t)size, &tag);
    if (!main_conf->failures)
        return NGX_CONF_ERROR;
    main_conf->failures->init = init;
    main_conf->failures->data = state;
    return NGX_CONF_OK;
}

/* --- buckets --- */

/*
 * Four bytes of an IPv4 address, however it is written, or the network of an IPv6 address: whoever
 * has one of those has all 2^64 of it.  0: a peer without address.
 */
static size_t
address_of(const struct sockaddr *peer, const uint8_t **ret_bytes)
{
    const struct sockaddr_in *v4 = (const void *)peer;
    const struct sockaddr_in6 *v6 = (const void *)peer;

    if (peer->sa_family == AF_INET) {
        *ret_bytes = (const uint8_t *)&v4->sin_addr;
        return 4;
    }
    if (peer->sa_family != AF_INET6)
        return 0;
    *ret_bytes = v6->sin6_addr.s6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
        return 8;
    *ret_bytes += 12;
    return 4;
}

/* The row of an address, and its name there; NULL: it has none. */
static bucket *
find_row(const failure_state *state, const struct sockaddr *peer, uint8_t ret_name[NAME_SIZE])
{
    const uint8_t *bytes = NULL;
    uint8_t digest[SIGNET_SHA256_SIZE] = {0};
    size_t len = address_of(peer, &bytes);
    signet_sha256 hash;
    uint32_t row = 0;

    if (len == 0)
        return NULL;
    signet_sha256_init(&hash);
    signet_sha256_update(&hash, (signet_slice){state->table->key, KEY_SIZE});
    signet_sha256_update(&hash, (signet_slice){bytes, len});
    signet_sha256_final(&hash, digest);
    memcpy(ret_name, digest, NAME_SIZE);
    memcpy(&row, digest + NAME_SIZE, sizeof(row));
    return state->table->rows[row % state->rows];
}

static bucket *
find(bucket *row, const uint8_t name[NAME_SIZE])
{
    for (size_t i = 0; i < ROW_PLACES; i++) {
        if (memcmp(row[i].name, name, NAME_SIZE) == 0)
            return &row[i];
    }
    return NULL;
}

static bucket *
find_free(bucket *row, int64_t now)
{
    for (size_t i = 0; i < ROW_PLACES; i++) {
        if (row[i].full <= now)
            return &row[i];
    }
    return NULL;
}

/*
 * Whoever asks for others (signet_check) has one address for all of them; and what else lets a
 * request pass (satisfy any) does not hear of ours.
 */
static const failure_state *
limit_of(ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    const ngx_signet_main_conf *main_conf =
        ngx_http_get_module_main_conf(r, ngx_http_signet_module);
    const ngx_http_core_loc_conf_t *core = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (!conf->failure_limit || conf->check || core->satisfy == NGX_HTTP_SATISFY_ANY)
        return NULL;
    return main_conf->failures->data;
}

static int64_t
now(void)
{
    return (int64_t)ngx_current_msec * 1000;
}

void
ngx_signet_failures_note(
    ngx_http_request_t *r, const ngx_signet_loc_conf *conf, const signet_refusal *refusal)
{
    const failure_state *state = limit_of(r, conf);
    uint8_t name[NAME_SIZE] = {0};
    int64_t at = now(), most = 0;
    bucket *row = NULL, *place = NULL;

    if (!state ||
        (refusal->status != NGX_HTTP_BAD_REQUEST && refusal->status != NGX_HTTP_UNAUTHORIZED &&
            refusal->status != NGX_HTTP_FORBIDDEN))
        return;
    row = find_row(state, r->connection->sockaddr, name);
    if (!row)
        return;
    most = at + state->burst * state->cost;
    ngx_shmtx_lock(&state->pool->mutex);
    place = find(row, name);
    if (!place)
        place = find_free(row, at);
    if (place) {
        memcpy(place->name, name, NAME_SIZE);
        place->full = ngx_min(ngx_max(place->full, at) + state->cost, most);
    }
    ngx_shmtx_unlock(&state->pool->mutex);
}

const signet_refusal *
ngx_signet_failures_check(ngx_http_request_t *r, const ngx_signet_loc_conf *conf)
{
    const failure_state *state = limit_of(r, conf);
    uint8_t name[NAME_SIZE] = {0};
    const bucket *place = NULL;
    int64_t full = 0;
    bucket *row = state ? find_row(state, r->connection->sockaddr, name) : NULL;

    if (!row)
        return NULL;
    ngx_shmtx_lock(&state->pool->mutex);
    place = find(row, name);
    if (place)
        full = place->full;
    ngx_shmtx_unlock(&state->pool->mutex);
    /* A token must be left.  The next one comes within a second, for no rate is less. */
    return full - now() > (state->burst - 1) * state->cost ? &too_many : NULL;
}
