/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection of this worker to a Redis: connecting, sending, the order of who waits, the end.
 *
 * Who may end it: its own event handlers, and the end of the process.  Appending only appends; so
 * whatever a request does when it has its answer, the loop that gave it stays whole.
 */
#include <hiredis/hiredis.h>

#include "signet_redis.h"

enum {
    READ_AT_ONCE = 16 << 10,
    BACK_OFF_MIN = 50, /* milliseconds */
    BACK_OFF_MAX = 1000,
};

/* --- ending --- */

static void
free_link(ngx_signet_link *link)
{
    if (link->connection) {
        ngx_signet_tls_end(link->connection);
        ngx_close_connection(link->connection);
    }
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
void
ngx_signet_link_detach(ngx_signet_link *link)
{
    if (link->node->link != link)
        return;
    link->node->link = NULL;
    back_off(link->node);
}

void
ngx_signet_link_fail(ngx_signet_link *link, const char *why)
{
    const ngx_signet_node *node = link->node;

    ngx_signet_link_detach(link);
    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0, "signet: redis \"%V\" at %V: %s",
        &node->redis->name, &node->name, why);
    for (; link->count > 0; link->count--) {
        ngx_signet_slot *slot = &link->slots[link->first++ % SIGNET_WAITING_MAX];

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
            ngx_signet_slot *slot = &link->slots[link->first++ % SIGNET_WAITING_MAX];

            if (slot->query)
                slot->query->slot = NULL;
        }
        if (link)
            free_link(link);
    }
}

/* --- asking --- */

bool
ngx_signet_link_append(ngx_signet_link *link, const ngx_str_t *command, ngx_signet_query *query)
{
    ngx_signet_slot *slot = &link->slots[(link->first + link->count) % SIGNET_WAITING_MAX];

    if (link->unsent_end + command->len > SIGNET_UNSENT_MAX && link->unsent_at > 0) {
        link->unsent_end -= link->unsent_at;
        memmove(link->unsent, link->unsent + link->unsent_at, link->unsent_end);
        link->unsent_at = 0;
    }
    if (link->count == SIGNET_WAITING_MAX || link->unsent_end + command->len > SIGNET_UNSENT_MAX)
        return false;
    memcpy(link->unsent + link->unsent_end, command->data, command->len);
    link->unsent_end += command->len;
    *slot = (ngx_signet_slot){.query = query,
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

bool
ngx_signet_link_append_own(ngx_signet_link *link, const ngx_str_t *words, ngx_uint_t count)
{
    ngx_pool_t *pool = ngx_create_pool(NGX_MIN_POOL_SIZE + 2048, ngx_cycle->log);
    ngx_str_t command = ngx_null_string;
    bool done = false;

    if (!pool)
        return false;
    done = ngx_signet_command_write(pool, words, count, &command) &&
           ngx_signet_link_append(link, &command, NULL);
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
        if (!ngx_signet_link_append_own(link, words, count))
            return false;
    }
    if (url->database == 0)
        return true;
    words[0] = (ngx_str_t)ngx_string("SELECT");
    words[1] =
        (ngx_str_t){(size_t)(ngx_sprintf(database, "%ud", url->database) - database), database};
    return ngx_signet_link_append_own(link, words, 2);
}

static void on_read(ngx_event_t *event);
static void on_write(ngx_event_t *event);
static void on_connected(ngx_event_t *event);

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
    link->connection->write->handler = node->redis->url.is_tls ? on_connected : on_write;
    link->connection->read->log = link->connection->write->log = link->connection->log =
        ngx_cycle->log;
    if (node->address.sockaddr.sa_family != AF_UNIX)
        (void)ngx_tcp_nodelay(link->connection);
    return true;
}

ngx_signet_link *
ngx_signet_link_open(ngx_signet_node *node)
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
            (ngx_msec_int_t)(ngx_current_msec -
                             link->slots[link->first % SIGNET_WAITING_MAX].deadline) >= 0)
            ngx_signet_link_fail(link, "no answer in time");
        else
            set_timer(link);
        return;
    }
    while ((len = c->recv(c, bytes, sizeof(bytes))) > 0) {
        if (redisReaderFeed(link->reader, (const char *)bytes, (size_t)len) != REDIS_OK) {
            ngx_signet_link_fail(link, "out of memory");
            return;
        }
        if (!ngx_signet_link_deliver(link))
            return;
    }
    if (len != NGX_AGAIN && link->count == 0)
        end_idle(link);
    else if (len != NGX_AGAIN)
        ngx_signet_link_fail(link, "the connection broke");
    else if (ngx_handle_read_event(c->read, 0) != NGX_OK)
        ngx_signet_link_fail(link, "the event loop refuses it");
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
            ngx_signet_link_fail(link, "the connection broke");
            return;
        }
        if (len == NGX_AGAIN || len == 0)
            break;
        link->unsent_at += (size_t)len;
    }
    if (link->unsent_at == link->unsent_end)
        link->unsent_at = link->unsent_end = 0;
    if (ngx_handle_write_event(c->write, 0) != NGX_OK)
        ngx_signet_link_fail(link, "the event loop refuses it");
}

/* --- TLS, until its handshake is done --- */

static void
on_handshake(ngx_connection_t *c)
{
    ngx_signet_link *link = c->data;
    const char *problem = ngx_signet_tls_problem(link->node->redis, c);

    if (problem) {
        ngx_signet_link_fail(link, problem);
        return;
    }
    c->read->handler = on_read;
    c->write->handler = on_write;
    on_write(c->write);
}

static void
on_connected(ngx_event_t *event)
{
    ngx_connection_t *c = event->data;
    ngx_signet_link *link = c->data;
    ngx_int_t rc = ngx_signet_tls_start(link->node->redis, c, on_handshake);

    if (rc == NGX_OK)
        on_handshake(c);
    else if (rc != NGX_AGAIN)
        ngx_signet_link_fail(link, "TLS: no handshake");
}
