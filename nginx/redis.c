/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redis through nginx's event loop: one connection for each worker and node, over which the
 * commands of all requests go in a pipeline.  The connection is nginx's own and hiredis parses what
 * comes. hiredis' asynchronous API would add a second owner of the socket, its own life cycle of
 * callbacks and timers, and no bound on how many wait.
 *
 * A command is never repeated, and an answer that does not come in time ends the connection, so
 * that it cannot become the answer to the next question.  Then all who wait are told that it cannot
 * tell.
 */
#include <hiredis/hiredis.h>

#include "signet_redis.h"

enum {
    UNREAD_MAX = 64 << 10, /* bytes of an answer that is not whole */
    REFUSAL_WORD_MAX = 24,
};

/* --- asking --- */

/* "*COUNT CRLF", then "$LENGTH CRLF WORD CRLF" for each. */
bool
ngx_signet_command_write(
    ngx_pool_t *pool, const ngx_str_t *words, ngx_uint_t count, ngx_str_t *ret_command)
{
    size_t size = 2 * NGX_INT64_LEN;
    u_char *end = NULL;

    for (ngx_uint_t i = 0; i < count; i++)
        size += words[i].len + 2 * NGX_INT64_LEN;
    ret_command->data = ngx_pnalloc(pool, size);
    if (!ret_command->data)
        return false;
    end = ngx_sprintf(ret_command->data, "*%ui\r\n", count);
    for (ngx_uint_t i = 0; i < count; i++) {
        end = ngx_sprintf(end, "$%uz\r\n", words[i].len);
        end = ngx_cpymem(end, words[i].data, words[i].len);
        end = ngx_cpymem(end, "\r\n", 2);
    }
    ret_command->len = (size_t)(end - ret_command->data);
    return true;
}

ngx_int_t
ngx_signet_redis_ask(
    ngx_signet_redis *redis, ngx_signet_query *query, const ngx_str_t *words, ngx_uint_t count)
{
    ngx_signet_link *link = ngx_signet_link_open(&redis->nodes[0]);

    query->is_redirected = 0;
    query->answer = SIGNET_REDIS_FAILED;
    ngx_str_null(&query->value);
    if (!link || !ngx_signet_command_write(query->request->pool, words, count, &query->command))
        return NGX_ERROR;
    if (ngx_signet_link_append(link, &query->command, query))
        return NGX_AGAIN;
    ngx_log_error(NGX_LOG_ERR, query->request->connection->log, 0,
        "signet: redis \"%V\": %ui commands wait for an answer, and no more may", &redis->name,
        link->count);
    return NGX_ERROR;
}

void
ngx_signet_redis_give_up(ngx_signet_query *query)
{
    ngx_signet_slot *slot = query->slot;

    if (slot)
        slot->query = NULL;
    query->slot = NULL;
}

void
ngx_signet_redis_close_all(ngx_cycle_t *cycle)
{
    const ngx_signet_main_conf *conf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_signet_module);

    for (ngx_uint_t i = 0; conf && i < conf->redises.nelts; i++)
        ngx_signet_redis_close(((ngx_signet_redis **)conf->redises.elts)[i]);
}

/* --- answers --- */

/* The first word of its text and no more, for it may echo secrets. */
static const char *
refusal_of(const redisReply *reply)
{
    static char text[sizeof("refused: ") + REFUSAL_WORD_MAX];
    size_t len = 0;
    char *end = text + sizeof("refused: ") - 1;

    if (reply->type != REDIS_REPLY_ERROR)
        return "an answer of another kind";
    memcpy(text, "refused: ", sizeof("refused: ") - 1);
    for (; len < reply->len && len < REFUSAL_WORD_MAX && reply->str[len] >= 'A' &&
           reply->str[len] <= 'Z';
         len++)
        end[len] = reply->str[len];
    end[len] = '\0';
    return text;
}

static bool
starts_with(const redisReply *reply, const char *text)
{
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, text, strlen(text)) == 0;
}

/* "MOVED SLOT HOST:PORT" or "ASK SLOT HOST:PORT", once for each command. */
static bool
follow(ngx_signet_node *node, const redisReply *reply, ngx_signet_query *query)
{
    static const ngx_str_t asking = ngx_string("ASKING");
    bool asks = starts_with(reply, "ASK ");
    ngx_signet_link *link = NULL;

    if (query->is_redirected || !(asks || starts_with(reply, "MOVED ")))
        return false;
    query->is_redirected = 1;
    node = ngx_signet_node_find(
        node, signet_slice_text(strrchr(reply->str, ' ') + 1), query->request->pool);
    link = node ? ngx_signet_link_open(node) : NULL;
    return link && (!asks || ngx_signet_link_append_own(link, &asking, 1)) &&
           ngx_signet_link_append(link, &query->command, query);
}

static ngx_signet_redis_answer
kind_of(const redisReply *reply)
{
    switch (reply->type) {
    case REDIS_REPLY_STATUS:
        return strcmp(reply->str, "OK") == 0 ? SIGNET_REDIS_OK : SIGNET_REDIS_FAILED;
    case REDIS_REPLY_NIL:
        return SIGNET_REDIS_NONE;
    case REDIS_REPLY_INTEGER:
        return SIGNET_REDIS_NUMBER;
    case REDIS_REPLY_STRING:
        return reply->len <= SG_STORE_VALUE_MAX ? SIGNET_REDIS_VALUE : SIGNET_REDIS_FAILED;
    default:
        return SIGNET_REDIS_FAILED;
    }
}

/* False: the connection is of no use any more, and `ret_why` says so. */
static bool
judge(ngx_signet_slot *slot, const redisReply *reply, const char **ret_why)
{
    ngx_signet_query *query = slot->query;
    ngx_signet_redis_answer answer = kind_of(reply);

    *ret_why = refusal_of(reply);
    if (slot->must_be_ok)
        return answer == SIGNET_REDIS_OK;
    if (!query) /* nobody knows what to expect */
        return reply->type != REDIS_REPLY_ERROR || starts_with(reply, "OOM ");
    query->answer = (query->expected & answer) ? answer : SIGNET_REDIS_FAILED;
    if (answer == SIGNET_REDIS_VALUE && query->answer != SIGNET_REDIS_FAILED) {
        ngx_str_t value = {reply->len, (u_char *)reply->str};

        query->value.data = ngx_pstrdup(query->request->pool, &value);
        query->value.len = value.len;
        if (!query->value.data)
            query->answer = SIGNET_REDIS_FAILED;
    }
    /* a full one is full on each connection; after a failover or while it loads, another helps */
    return query->answer != SIGNET_REDIS_FAILED || starts_with(reply, "OOM ");
}

/* Give the first who waits its answer; false when the link is ended by that. */
static bool
deliver(ngx_signet_link *link, const redisReply *reply)
{
    ngx_signet_slot *slot = &link->slots[link->first % SIGNET_WAITING_MAX], taken = *slot;
    ngx_signet_node *node = link->node;
    const char *why = NULL;
    bool is_usable = true;

    if (link->count == 0) {
        ngx_signet_link_fail(link, "it answers what it was not asked");
        return false;
    }
    slot->query = NULL;
    link->first = (link->first + 1) % SIGNET_WAITING_MAX;
    link->count--;
    if (taken.query)
        taken.query->slot = NULL;
    if (taken.query && follow(node, reply, taken.query))
        return true;
    is_usable = judge(&taken, reply, &why);
    if (reply->type == REDIS_REPLY_ERROR && is_usable)
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "signet: redis \"%V\" at %V: %s",
            &node->redis->name, &node->name, why);
    if (is_usable && !taken.must_be_ok)
        node->back_off = 0;
    if (!is_usable)
        ngx_signet_link_detach(link);
    if (taken.query)
        taken.query->done(taken.query);
    if (!is_usable)
        ngx_signet_link_fail(link, why);
    return is_usable;
}

/* All answers that are whole; false when the link is ended. */
bool
ngx_signet_link_deliver(ngx_signet_link *link)
{
    for (;;) {
        void *reply = NULL;
        bool goes_on = false;

        if (redisReaderGetReply(link->reader, &reply) != REDIS_OK) {
            ngx_signet_link_fail(link, "what answers does not speak the protocol");
            return false;
        }
        if (!reply)
            break;
        goes_on = deliver(link, reply);
        freeReplyObject(reply);
        if (!goes_on)
            return false;
    }
    if (link->reader->len - link->reader->pos <= UNREAD_MAX)
        return true;
    ngx_signet_link_fail(link, "an answer that is too large");
    return false;
}
