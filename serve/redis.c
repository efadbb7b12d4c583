/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "serve/redis.h"
#include "serve/redis_link.h"

enum { NODES_MAX = 8, PREFIX_MAX = 64, KEY_MAX = 256 };

struct sg_redis {
    sg_redis_settings settings;
    bool follows;
    char token_prefix[PREFIX_MAX + 1], nonce_prefix[PREFIX_MAX + 1];
    sg_redis_link nodes[NODES_MAX]; /* the first is that of the URL */
    size_t next_victim;
};

/* --- a command, and where a cluster sends it --- */

static const sg_redis_command asking = {.of = {{(const uint8_t *)"ASKING", 6}}, .count = 1};

/* The connection to a node: the one we have, a free one, or that of another node. */
static sg_redis_link *
link_to(sg_redis *redis, const char *host, int port)
{
    sg_redis_link *link = NULL;

    for (size_t i = 0; i < NODES_MAX && redis->nodes[i].port != 0; i++) {
        if (redis->nodes[i].port == port && strcmp(redis->nodes[i].host, host) == 0)
            return &redis->nodes[i];
    }
    for (size_t i = 1; i < NODES_MAX && !link; i++)
        link = redis->nodes[i].port == 0 ? &redis->nodes[i] : NULL;
    if (!link)
        link = &redis->nodes[1 + redis->next_victim++ % (NODES_MAX - 1)];
    sg_redis_link_close(link);
    (void)snprintf(link->host, sizeof(link->host), "%s", host);
    link->port = port;
    return link;
}

/* "MOVED SLOT HOST:PORT" or "ASK SLOT HOST:PORT". */
static bool
is_redirection(const redisReply *reply, bool *ret_asks, signet_slice *ret_place)
{
    const char *place = NULL;

    if (reply->type != REDIS_REPLY_ERROR)
        return false;
    *ret_asks = strncmp(reply->str, "ASK ", 4) == 0;
    if (!*ret_asks && strncmp(reply->str, "MOVED ", 6) != 0)
        return false;
    place = strrchr(reply->str, ' ') + 1;
    *ret_place = signet_slice_text(place);
    return true;
}

static bool
follow(sg_redis *redis, const redisReply *first, const sg_redis_command *command,
    redisReply **ret_reply, signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL, *ready = NULL;
    char host[SG_REDIS_HOST_MAX + 1];
    signet_slice place = {0};
    sg_redis_link *link = NULL;
    bool asks = false, again = false;
    int port = 0;

    if (!redis->follows || redis->nodes[0].host[0] == '\0')
        return signet_fail(
            err, SIGNET_E_IO, "redis: a node of a cluster, which the options do not expect");
    if (!is_redirection(first, &asks, &place) || !sg_redis_url_parse_node(place, host, &port))
        return signet_fail(err, SIGNET_E_NETWORK, "redis: sent to a place that is none");
    link = link_to(redis, host[0] ? host : redis->nodes[0].host, port);
    if (!sg_redis_link_open(link, &redis->settings, err))
        return false;
    if (asks && !sg_redis_link_call(link, &asking, redis->settings.command_ms, &ready, err))
        return false;
    if (!sg_redis_link_call(link, command, redis->settings.command_ms, &reply, err))
        return false;
    if (is_redirection(reply, &again, &place))
        return signet_fail(err, SIGNET_E_IO, "redis: sent from node to node");
    *ret_reply = SIGNET_TAKE(reply);
    return true;
}

/*
 * A command and its answer, which is no redirection.  Only what may be executed twice is repeated
 * when the connection breaks.
 */
static bool
run(sg_redis *redis, const sg_redis_command *command, bool may_repeat, redisReply **ret_reply,
    signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;
    sg_redis_link *link = &redis->nodes[0];
    signet_error first = {0};
    signet_slice place = {0};
    bool asks = false;

    if (!sg_redis_link_open(link, &redis->settings, err))
        return false;
    if (!sg_redis_link_call(link, command, redis->settings.command_ms, &reply, &first)) {
        if (!may_repeat)
            return signet_fail(err, first.code, "%s", first.message);
        if (!sg_redis_link_open(link, &redis->settings, err) ||
            !sg_redis_link_call(link, command, redis->settings.command_ms, &reply, err))
            return false;
    }
    if (is_redirection(reply, &asks, &place))
        return follow(redis, reply, command, ret_reply, err);
    *ret_reply = SIGNET_TAKE(reply);
    return true;
}

static bool
fail_refused(sg_redis *redis, const redisReply *reply, signet_error *err)
{
    /* after a failover, or while it loads, another connection may do better; a full one does not */
    if (reply->type != REDIS_REPLY_ERROR || strncmp(reply->str, "OOM ", 4) != 0)
        sg_redis_link_close(&redis->nodes[0]);
    return sg_redis_fail_refused(reply, err);
}

static bool
is_ok(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
}

/* --- replay state --- */

bool
sg_redis_replay(sg_redis *redis, signet_slice key, int64_t ttl_ms, sg_replay_answer *ret_answer,
    signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;
    char name[KEY_MAX + 1], ttl[24];
    sg_redis_command command = {0};
    int len = 0;

    *ret_answer = SG_REPLAY_SEEN;
    len = snprintf(name, sizeof(name), "%s%.*s", redis->nonce_prefix,
        (int)(key.len > KEY_MAX ? 0 : key.len), (const char *)key.ptr);
    if (key.len == 0 || key.len > KEY_MAX || !sg_is_printable(key) || len < 0 || len > KEY_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "redis: a replay key of %zu bytes", key.len);
    if (ttl_ms <= 0 || ttl_ms > SG_REDIS_TTL_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "redis: a replay key for %lld milliseconds", (long long)ttl_ms);
    (void)snprintf(ttl, sizeof(ttl), "%" PRId64, ttl_ms);
    command = (sg_redis_command){
        .of = {signet_slice_text("SET"), signet_slice_text(name), signet_slice_text("1"),
            signet_slice_text("NX"), signet_slice_text("PX"), signet_slice_text(ttl)},
        .count = 6};
    if (!run(redis, &command, false, &reply, err))
        return false;
    if (is_ok(reply))
        *ret_answer = SG_REPLAY_FRESH;
    else if (reply->type != REDIS_REPLY_NIL)
        return fail_refused(redis, reply, err);
    return true;
}

bool
sg_redis_replay_key(sg_redis *redis, const uint8_t key[16], int64_t ttl_ms,
    sg_replay_answer *ret_answer, signet_error *err)
{
    char text[33];

    sg_hex(text, (signet_slice){key, 16});
    return sg_redis_replay(redis, signet_slice_text(text), ttl_ms, ret_answer, err);
}

void
sg_reference_replay_key(const uint8_t token_id[16], int64_t timestamp, signet_slice signature,
    char ret_key[SG_REFERENCE_REPLAY_KEY_SIZE + 1])
{
    char id[33], hash[17];
    uint8_t digest[32];

    sg_sha256(signature, digest);
    sg_hex(id, (signet_slice){token_id, 16});
    sg_hex(hash, (signet_slice){digest, 8});
    (void)snprintf(
        ret_key, SG_REFERENCE_REPLAY_KEY_SIZE + 1, "%s:%" PRId64 ":%s", id, timestamp, hash);
}

/* Milliseconds until `grace` seconds after `expires`, or `least` seconds. */
static int64_t
ttl_of(int64_t expires, int64_t now, int64_t grace, int64_t least)
{
    int64_t seconds = 0;

    if (__builtin_sub_overflow(expires, now, &seconds) ||
        __builtin_add_overflow(seconds, grace, &seconds))
        seconds = expires > now ? SG_REDIS_TTL_MAX / 1000 : least;
    if (seconds < least)
        seconds = least;
    return seconds > SG_REDIS_TTL_MAX / 1000 ? SG_REDIS_TTL_MAX : seconds * 1000;
}

int64_t
sg_reference_replay_ttl_ms(int64_t token_expires, int64_t now)
{
    return ttl_of(token_expires, now, 300, 60);
}

/* --- records --- */

static bool
name_record(const sg_redis *redis, const char *id, char ret_name[KEY_MAX + 1], signet_error *err)
{
    if (!sg_store_check_id(id, err))
        return false;
    (void)snprintf(ret_name, KEY_MAX + 1, "%s%s", redis->token_prefix, id);
    return true;
}

static bool
get(void *context, const char *id, int64_t now __attribute__((unused)), signet_buf *out,
    signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;
    sg_redis *redis = context;
    char name[KEY_MAX + 1];
    sg_redis_command command = {.of = {signet_slice_text("GET")}, .count = 2};

    if (!name_record(redis, id, name, err))
        return false;
    command.of[1] = signet_slice_text(name);
    if (!run(redis, &command, true, &reply, err))
        return false;
    if (reply->type == REDIS_REPLY_NIL)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "there is no record of that token");
    if (reply->type != REDIS_REPLY_STRING)
        return fail_refused(redis, reply, err);
    if (reply->len > SG_STORE_VALUE_MAX)
        return signet_fail(err, SIGNET_E_IO, "redis: a record of %zu bytes", reply->len);
    return signet_buf_append(out, (signet_slice){(const uint8_t *)reply->str, reply->len}, err);
}

static bool
put(void *context, const char *id, signet_slice value, int64_t expires, int64_t now,
    signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;
    sg_redis *redis = context;
    char name[KEY_MAX + 1], ttl[24];
    sg_redis_command command = {.of = {signet_slice_text("SET")}, .count = 5};
    /* past by more than the grace: the grace, as the reference has it */
    int64_t ms = ttl_of(expires, now, SG_STORE_GRACE_OF_REDIS, 0);

    if (!sg_store_check_value(id, value, err) || !name_record(redis, id, name, err))
        return false;
    if (ms == 0)
        ms = (int64_t)SG_STORE_GRACE_OF_REDIS * 1000;
    (void)snprintf(ttl, sizeof(ttl), "%" PRId64, ms);
    command.of[1] = signet_slice_text(name);
    command.of[2] = value;
    command.of[3] = signet_slice_text("PX");
    command.of[4] = signet_slice_text(ttl);
    if (!run(redis, &command, true, &reply, err))
        return false;
    return is_ok(reply) || fail_refused(redis, reply, err);
}

static bool
forget(void *context, const char *id, signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;
    sg_redis *redis = context;
    char name[KEY_MAX + 1];
    sg_redis_command command = {.of = {signet_slice_text("DEL")}, .count = 2};

    if (!name_record(redis, id, name, err))
        return false;
    command.of[1] = signet_slice_text(name);
    if (!run(redis, &command, true, &reply, err))
        return false;
    return reply->type == REDIS_REPLY_INTEGER || fail_refused(redis, reply, err);
}

/* Redis forgets by itself. */
static bool
sweep(void *context __attribute__((unused)), int64_t now __attribute__((unused)),
    signet_error *err __attribute__((unused)))
{
    return true;
}

sg_store
sg_redis_store(sg_redis *redis)
{
    return (sg_store){redis, get, put, forget, sweep, NULL};
}

/* --- beginning and end --- */

static bool
set_time(int asked, int otherwise, int *ret_ms, signet_error *err)
{
    if (asked < 0 || asked > SG_REDIS_TIMEOUT_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "redis: a time-out of %d ms, at most %d", asked,
            SG_REDIS_TIMEOUT_MAX);
    *ret_ms = asked ? asked : otherwise;
    return true;
}

static bool
set_prefix(const char *asked, const char *otherwise, char *ret_prefix, signet_error *err)
{
    const char *prefix = asked ? asked : otherwise;

    if (strlen(prefix) > PREFIX_MAX || !sg_is_printable(signet_slice_text(prefix)))
        return signet_fail(
            err, SIGNET_E_USAGE, "redis: a prefix has at most %d visible characters", PREFIX_MAX);
    memcpy(ret_prefix, prefix, strlen(prefix) + 1);
    return true;
}

/* [USER]:PASSWORD in place of what the URL has. */
static bool
set_credentials(sg_redis_url *url, const char *text, signet_error *err)
{
    const char *colon = text ? strchr(text, ':') : NULL;

    if (!text)
        return true;
    if (!colon || colon[1] == '\0')
        return signet_fail(err, SIGNET_E_USAGE, "redis: credentials are [USER]:PASSWORD");
    signet_buf_free(&url->user);
    signet_buf_free(&url->password);
    return signet_buf_append(
               &url->user, (signet_slice){(const uint8_t *)text, (size_t)(colon - text)}, err) &&
           signet_buf_append(&url->password, signet_slice_text(colon + 1), err);
}

static bool
set_up(sg_redis *redis, const sg_redis_options *options, signet_error *err)
{
    sg_redis_url *url = &redis->settings.url;

    if (!sg_redis_url_parse(options->url, url, err) ||
        !set_credentials(url, options->user_password, err) ||
        !set_time(options->connect_ms, SG_REDIS_CONNECT_MS, &redis->settings.connect_ms, err) ||
        !set_time(options->command_ms, SG_REDIS_COMMAND_MS, &redis->settings.command_ms, err) ||
        !set_prefix(options->token_prefix, "signet:tokens:", redis->token_prefix, err) ||
        !set_prefix(options->nonce_prefix, "signet:nonces:", redis->nonce_prefix, err))
        return false;
    if (options->follows && url->database != 0)
        return signet_fail(err, SIGNET_E_USAGE, "redis: a cluster has no database but 0");
    redis->follows = options->follows;
    memcpy(redis->nodes[0].host, url->host, sizeof(url->host));
    redis->nodes[0].port = url->port;
    if (!url->is_tls)
        return true;
    redis->settings.tls = sg_redis_tls_new(
        options->ca_file, options->certificate_file, options->key_file, url->host, err);
    return redis->settings.tls != NULL;
}

sg_redis *
sg_redis_new(const sg_redis_options *options, signet_error *err)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = calloc(1, sizeof(*redis));

    if (!redis)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for Redis");
    if (!set_up(redis, options, err))
        return NULL;
    return SIGNET_TAKE(redis);
}

void
sg_redis_free(sg_redis *redis)
{
    if (!redis)
        return;
    for (size_t i = 0; i < NODES_MAX; i++)
        sg_redis_link_close(&redis->nodes[i]);
    sg_redis_tls_free(redis->settings.tls);
    sg_redis_url_free(&redis->settings.url);
    free(redis);
}
