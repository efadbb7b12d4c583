/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redis through nginx's event loop: one connection for each worker and node, over which the
 * commands of all requests go in a pipeline.  The connection is nginx's own and hiredis parses what
 * comes. hiredis' asynchronous API would add a second owner of the socket, its own life cycle of
 * callbacks and timers, and no bound on how many wait.
 *
 * Who may end a connection: its own event handlers, and the end of the process.  Asking only
 * appends; so whatever a request does when it has its answer, the loop that gave it stays whole.
 *
 * A command is never repeated, and an answer that does not come in time ends the connection, so
 * that it cannot become the answer to the next question.  Then all who wait are told that it cannot
 * tell.
 */
#include <hiredis/hiredis.h>

#include "signet_redis.h"

enum {
    WAITING_MAX = 1024,     /* commands without an answer, on one connection */
    UNSENT_MAX = 256 << 10, /* bytes */
    UNREAD_MAX = 64 << 10,  /* bytes of an answer that is not whole */
    READ_AT_ONCE = 16 << 10,
    WORDS_MAX = 8,
    REFUSAL_WORD_MAX = 24,
    BACK_OFF_MIN = 50, /* milliseconds */
    BACK_OFF_MAX = 1000,
};

/* A place in the order of answers.  The request may be gone, its answer comes all the same. */
typedef struct {
    ngx_signet_query *query; /* NULL: nobody waits any more */
    ngx_msec_t deadline;
    unsigned must_be_ok : 1; /* AUTH, SELECT, ASKING: ours */
} waiting_slot;

struct ngx_signet_link {
    ngx_signet_node *node;
    ngx_connection_t *connection;
    redisReader *reader;
    waiting_slot slots[WAITING_MAX];
    ngx_uint_t first, count;
    size_t unsent_at, unsent_end;
    u_char unsent[UNSENT_MAX];
};

/* --- ending --- */

static void
free_link(ngx_signet_link *link)
{
    if (link->connection)
        ngx_close_connection(link->connection);
    if (link->reader)
        redisReaderFree(link->reader);
    ngx_explicit_memzero(link->unsent, link->unsent_end);
    ngx_free(link);
}

static void
tell_failed(ngx_signet_query *query)
{
    query->slot = NULL;
    query->answer = SIGNET_REDIS_FAILED;
    query->done(query);
}

static void
back_off(ngx_signet_node *node)
{
    node->back_off = node->back_off ? 2 * node->back_off : BACK_OFF_MIN;
    if (node->back_off > BACK_OFF_MAX)
        node->back_off = BACK_OFF_MAX;
    node->retry_at = ngx_current_msec + node->back_off;
}

/* Before anybody is told, who may ask again. */
static void
detach(ngx_signet_link *link)
{
    if (link->node->link != link)
        return;
    link->node->link = NULL;
    back_off(link->node);
}

static void
fail_link(ngx_signet_link *link, const char *why)
{
    const ngx_signet_node *node = link->node;

    detach(link);
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "signet: redis \"%V\" at %V: %s",
        &node->redis->name, &node->name, why);
    for (; link->count > 0; link->count--) {
        waiting_slot *slot = &link->slots[link->first++ % WAITING_MAX];

        if (slot->query)
            tell_failed(slot->query);
    }
    free_link(link);
}

/* Also in a process that ends while requests wait: nobody is told, and nobody points here. */
void
ngx_signet_redis_close(ngx_signet_redis *redis)
{
    for (ngx_uint_t i = 0; i < redis->node_count; i++) {
        ngx_signet_link *link = redis->nodes[i].link;

        redis->nodes[i].link = NULL;
        for (; link && link->count > 0; link->count--) {
            waiting_slot *slot = &link->slots[link->first++ % WAITING_MAX];

            if (slot->query)
                slot->query->slot = NULL;
        }
        if (link)
            free_link(link);
    }
}

void
ngx_signet_redis_close_all(ngx_cycle_t *cycle)
{
    const ngx_signet_main_conf *conf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_signet_module);

    for (ngx_uint_t i = 0; conf && i < conf->redises.nelts; i++)
        ngx_signet_redis_close(((ngx_signet_redis **)conf->redises.elts)[i]);
}

void
ngx_signet_redis_give_up(ngx_signet_query *query)
{
    waiting_slot *slot = query->slot;

    if (slot)
        slot->query = NULL;
    query->slot = NULL;
}

/* --- asking --- */

/* "*COUNT CRLF", then "$LENGTH CRLF WORD CRLF" for each. */
static bool
write_command(ngx_pool_t *pool, const ngx_str_t *words, ngx_uint_t count, ngx_str_t *ret_command)
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

static bool
append(ngx_signet_link *link, const ngx_str_t *command, ngx_signet_query *query)
{
    waiting_slot *slot = &link->slots[(link->first + link->count) % WAITING_MAX];

    if (link->unsent_end + command->len > UNSENT_MAX && link->unsent_at > 0) {
        link->unsent_end -= link->unsent_at;
        memmove(link->unsent, link->unsent + link->unsent_at, link->unsent_end);
        link->unsent_at = 0;
    }
    if (link->count == WAITING_MAX || link->unsent_end + command->len > UNSENT_MAX)
        return false;
    memcpy(link->unsent + link->unsent_end, command->data, command->len);
    link->unsent_end += command->len;
    *slot = (waiting_slot){.query = query,
        .deadline = ngx_current_msec + link->node->redis->timeout,
        .must_be_ok = query == NULL};
    if (query)
        query->slot = slot;
    if (link->count++ == 0) {
        ngx_add_timer(link->connection->read, link->node->redis->timeout);
    }
    if (link->connection->write->ready) {
        ngx_post_event(link->connection->write, &ngx_posted_events);
    }
    return true;
}

static bool
append_own(ngx_signet_link *link, const ngx_str_t *words, ngx_uint_t count)
{
    ngx_pool_t *pool = ngx_create_pool(NGX_MIN_POOL_SIZE + 2048, ngx_cycle->log);
    ngx_str_t command = ngx_null_string;
    bool done = false;

    if (!pool)
        return false;
    done = write_command(pool, words, count, &command) && append(link, &command, NULL);
    if (command.data)
        ngx_explicit_memzero(command.data, command.len);
    ngx_destroy_pool(pool);
    return done;
}

static bool
greet(ngx_signet_link *link)
{
    const sg_redis_url *url = &link->node->redis->url;
    ngx_str_t words[3] = {ngx_string("AUTH")};
    u_char database[NGX_INT64_LEN];
    ngx_uint_t count = 1;

    if (url->user.len > 0)
        words[count++] = (ngx_str_t){url->user.len, url->user.data};
    if (url->password.len > 0) {
        words[count++] = (ngx_str_t){url->password.len, url->password.data};
        if (!append_own(link, words, count))
            return false;
    }
    if (url->database == 0)
        return true;
    words[0] = (ngx_str_t)ngx_string("SELECT");
    words[1] =
        (ngx_str_t){(size_t)(ngx_sprintf(database, "%ud", url->database) - database), database};
    return append_own(link, words, 2);
}

static void on_read(ngx_event_t *event);
static void on_write(ngx_event_t *event);

/* No command here is answered with an array, so none may make us allocate one. */
#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

static void *
refuse_array(const redisReadTask *task, element_count elements)
{
    return NULL;
}

static redisReader *
make_reader(void)
{
    static redisReplyObjectFunctions functions;
    redisReader *reader = redisReaderCreate();

    if (!reader)
        return NULL;
    functions = *reader->fn;
    functions.createArray = refuse_array;
    reader->fn = &functions;
    return reader;
}

static bool
connect_link(ngx_signet_link *link)
{
    ngx_signet_node *node = link->node;
    ngx_peer_connection_t peer = {.sockaddr = &node->address.sockaddr,
        .socklen = node->address_len,
        .name = &node->name,
        .get = ngx_event_get_peer,
        .log = ngx_cycle->log,
        .log_error = NGX_ERROR_ERR};
    ngx_int_t rc = ngx_event_connect_peer(&peer);

    if (rc != NGX_OK && rc != NGX_AGAIN)
        return false;
    link->connection = peer.connection;
    link->connection->data = link;
    link->connection->read->handler = on_read;
    link->connection->write->handler = on_write;
    link->connection->read->log = link->connection->write->log = link->connection->log =
        ngx_cycle->log;
    if (node->address.sockaddr.sa_family != AF_UNIX)
        (void)ngx_tcp_nodelay(link->connection);
    return true;
}

static ngx_signet_link *
open_link(ngx_signet_node *node)
{
    ngx_signet_link *link = NULL;

    if (node->link)
        return node->link;
    if (node->back_off > 0 && (ngx_msec_int_t)(ngx_current_msec - node->retry_at) < 0)
        return NULL;
    link = ngx_calloc(sizeof(*link), ngx_cycle->log);
    if (!link)
        return NULL;
    link->node = node;
    link->reader = make_reader();
    if (!link->reader || !connect_link(link) || !greet(link)) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
            "signet: redis \"%V\" at %V: cannot be reached", &node->redis->name, &node->name);
        back_off(node);
        free_link(link);
        return NULL;
    }
    node->link = link;
    return link;
}

ngx_int_t
ngx_signet_redis_ask(
    ngx_signet_redis *redis, ngx_signet_query *query, const ngx_str_t *words, ngx_uint_t count)
{
    ngx_signet_link *link = open_link(&redis->nodes[0]);

    query->is_redirected = 0;
    query->answer = SIGNET_REDIS_FAILED;
    ngx_str_null(&query->value);
    if (!link || !write_command(query->request->pool, words, count, &query->command))
        return NGX_ERROR;
    if (append(link, &query->command, query))
        return NGX_AGAIN;
    ngx_log_error(NGX_LOG_ERR, query->request->connection->log, 0,
        "signet: redis \"%V\": %ui commands wait for an answer, and no more may", &redis->name,
        link->count);
    return NGX_ERROR;
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
    link = node ? open_link(node) : NULL;
    return link && (!asks || append_own(link, &asking, 1)) && append(link, &query->command, query);
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
judge(waiting_slot *slot, const redisReply *reply, const char **ret_why)
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
    /* a full one is full on each connection; after a failover or while it loads another one helps
     */
    return query->answer != SIGNET_REDIS_FAILED || starts_with(reply, "OOM ");
}

/* Give the first who waits its answer; false when the link is ended by that. */
static bool
deliver(ngx_signet_link *link, const redisReply *reply)
{
    waiting_slot *slot = &link->slots[link->first % WAITING_MAX], taken = *slot;
    ngx_signet_node *node = link->node;
    const char *why = NULL;
    bool is_usable = true;

    if (link->count == 0) {
        fail_link(link, "it answers what it was not asked");
        return false;
    }
    slot->query = NULL;
    link->first = (link->first + 1) % WAITING_MAX;
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
        detach(link);
    if (taken.query)
        taken.query->done(taken.query);
    if (!is_usable)
        fail_link(link, why);
    return is_usable;
}

/* All answers that are whole; false when the link is ended. */
static bool
deliver_all(ngx_signet_link *link)
{
    for (;;) {
        void *reply = NULL;
        bool goes_on = false;

        if (redisReaderGetReply(link->reader, &reply) != REDIS_OK) {
            fail_link(link, "what answers does not speak the protocol");
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
    fail_link(link, "an answer that is too large");
    return false;
}

/* --- events --- */

static void
set_timer(ngx_signet_link *link)
{
    ngx_msec_int_t left = 0;

    if (link->connection->read->timer_set) {
        ngx_del_timer(link->connection->read); /* else nginx might keep the one that is there */
    }
    if (link->count == 0)
        return;
    left = (ngx_msec_int_t)(link->slots[link->first].deadline - ngx_current_msec);
    ngx_add_timer(link->connection->read, (ngx_msec_t)(left > 0 ? left : 1));
}

/* Closed between two questions: nothing is wrong, and the next one connects anew. */
static void
end_idle(ngx_signet_link *link)
{
    link->node->link = NULL;
    free_link(link);
}

static void
on_read(ngx_event_t *event)
{
    ngx_connection_t *c = event->data;
    ngx_signet_link *link = c->data;
    u_char bytes[READ_AT_ONCE];
    ssize_t len = 0;

    if (event->timedout) {
        event->timedout = 0;
        if (link->count > 0 &&
            (ngx_msec_int_t)(ngx_current_msec - link->slots[link->first % WAITING_MAX].deadline) >=
                0)
            fail_link(link, "no answer in time");
        else
            set_timer(link);
        return;
    }
    while ((len = c->recv(c, bytes, sizeof(bytes))) > 0) {
        if (redisReaderFeed(link->reader, (const char *)bytes, (size_t)len) != REDIS_OK) {
            fail_link(link, "out of memory");
            return;
        }
        if (!deliver_all(link))
            return;
    }
    if (len != NGX_AGAIN && link->count == 0)
        end_idle(link);
    else if (len != NGX_AGAIN)
        fail_link(link, "the connection broke");
    else if (ngx_handle_read_event(c->read, 0) != NGX_OK)
        fail_link(link, "the event loop refuses it");
    else
        set_timer(link);
}

static void
on_write(ngx_event_t *event)
{
    ngx_connection_t *c = event->data;
    ngx_signet_link *link = c->data;

    while (link->unsent_at < link->unsent_end) {
        ssize_t len =
            c->send(c, link->unsent + link->unsent_at, link->unsent_end - link->unsent_at);

        if (len == NGX_ERROR) {
            fail_link(link, "the connection broke");
            return;
        }
        if (len == NGX_AGAIN || len == 0)
            break;
        link->unsent_at += (size_t)len;
    }
    if (link->unsent_at == link->unsent_end)
        link->unsent_at = link->unsent_end = 0;
    if (ngx_handle_write_event(c->write, 0) != NGX_OK)
        fail_link(link, "the event loop refuses it");
}
