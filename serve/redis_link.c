/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "serve/redis_link.h"

enum { LARGEST_REPLY = 64 << 10, REFUSAL_WORD_MAX = 24 };

static int64_t
milliseconds(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The system's clock goes on when the program is stopped, and so does the deadline. */
static bool
wait_for(const sg_redis_link *link, short events, int64_t deadline, signet_error *err)
{
    struct pollfd one = {.fd = link->context->fd, .events = events};
    int ready = 0;

    do {
        int64_t left = deadline - milliseconds();

        ready = left > 0 ? poll(&one, 1, (int)left) : 0;
    } while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return signet_fail(err, SIGNET_E_NETWORK, "redis: no answer in time");
    return ready > 0 || signet_fail(err, SIGNET_E_NETWORK, "redis: cannot wait for an answer");
}

void
sg_redis_link_close(sg_redis_link *link)
{
    if (link->context)
        redisFree(link->context);
    link->context = NULL;
}

bool
sg_redis_fail_refused(const redisReply *reply, signet_error *err)
{
    char word[REFUSAL_WORD_MAX + 1] = "";
    size_t len = 0;

    while (reply->type == REDIS_REPLY_ERROR && len < reply->len && len < REFUSAL_WORD_MAX &&
           reply->str[len] >= 'A' && reply->str[len] <= 'Z') {
        word[len] = reply->str[len];
        len++;
    }
    return signet_fail(err, SIGNET_E_IO, "redis: refused%s%s",
        word[0] ? ": " : ", or an answer of another kind", word);
}

/* --- answers --- */

/* No command here is answered with an array, so none may make us allocate one. */
#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

static void *
refuse_array(const redisReadTask *task __attribute__((unused)),
    element_count elements __attribute__((unused)))
{
    return NULL;
}

static bool
send_all(sg_redis_link *link, int64_t deadline, signet_error *err)
{
    int done = 0;

    for (;;) {
        if (redisBufferWrite(link->context, &done) != REDIS_OK)
            return signet_fail(err, SIGNET_E_NETWORK, "redis: the connection broke");
        if (done)
            return true;
        if (!wait_for(link, POLLOUT, deadline, err))
            return false;
    }
}

static bool
receive(sg_redis_link *link, int64_t deadline, redisReply **ret_reply, signet_error *err)
{
    redisReader *reader = link->context->reader;
    void *reply = NULL;

    for (;;) {
        if (redisGetReplyFromReader(link->context, &reply) != REDIS_OK)
            return signet_fail(
                err, SIGNET_E_NETWORK, "redis: what answers does not speak the protocol");
        if (reply)
            break;
        if (reader->len > LARGEST_REPLY)
            return signet_fail(err, SIGNET_E_NETWORK, "redis: an answer that is too large");
        if (!wait_for(link, POLLIN, deadline, err))
            return false;
        if (redisBufferRead(link->context) != REDIS_OK)
            return signet_fail(err, SIGNET_E_NETWORK, "redis: the connection broke");
    }
    *ret_reply = reply;
    return true;
}

static bool
call(sg_redis_link *link, const sg_redis_command *command, int64_t deadline, redisReply **ret_reply,
    signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;
    const char *texts[SG_REDIS_ARGUMENTS_MAX];
    size_t lengths[SG_REDIS_ARGUMENTS_MAX];

    for (size_t i = 0; i < command->count; i++) {
        texts[i] = (const char *)command->of[i].ptr;
        lengths[i] = command->of[i].len;
    }
    if (redisAppendCommandArgv(link->context, (int)command->count, texts, lengths) != REDIS_OK)
        return signet_fail(err, SIGNET_E_NOMEM, "redis: out of memory for a command");
    if (!send_all(link, deadline, err) || !receive(link, deadline, &reply, err))
        return false;
    if (link->context->reader->len != link->context->reader->pos)
        return signet_fail(err, SIGNET_E_NETWORK, "redis: it answers more than it was asked");
    *ret_reply = SIGNET_TAKE(reply);
    return true;
}

bool
sg_redis_link_call(sg_redis_link *link, const sg_redis_command *command, int timeout_ms,
    redisReply **ret_reply, signet_error *err)
{
    if (call(link, command, milliseconds() + timeout_ms, ret_reply, err))
        return true;
    sg_redis_link_close(link); /* a late answer must not become that to the next question */
    return false;
}

/* --- connecting --- */

static bool
finish_connecting(sg_redis_link *link, int64_t deadline, signet_error *err)
{
    int problem = 0;
    socklen_t size = sizeof(problem);

    if (!wait_for(link, POLLOUT, deadline, err))
        return false;
    if (getsockopt(link->context->fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0 || problem != 0)
        return signet_fail(err, SIGNET_E_NETWORK, "redis: cannot be reached");
    return true;
}

static bool
expect_ok(sg_redis_link *link, const sg_redis_command *command, int64_t deadline, signet_error *err)
{
    SIGNET_AUTO(sg_redis_reply_free) redisReply *reply = NULL;

    if (!call(link, command, deadline, &reply, err))
        return false;
    if (reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0)
        return true;
    return sg_redis_fail_refused(reply, err);
}

static bool
log_in(sg_redis_link *link, const sg_redis_settings *settings, int64_t deadline, signet_error *err)
{
    sg_redis_command command = {.of = {signet_slice_text("AUTH")}, .count = 1};
    char database[16];

    if (settings->url.user.len > 0)
        command.of[command.count++] = signet_buf_slice(&settings->url.user);
    if (settings->url.password.len > 0) {
        command.of[command.count++] = signet_buf_slice(&settings->url.password);
        if (!expect_ok(link, &command, deadline, err))
            return false;
    }
    if (settings->url.database == 0)
        return true;
    (void)snprintf(database, sizeof(database), "%u", settings->url.database);
    command = (sg_redis_command){
        .of = {signet_slice_text("SELECT"), signet_slice_text(database)}, .count = 2};
    return expect_ok(link, &command, deadline, err);
}

/* Readable though nothing was asked: closed by the other side, or out of step. */
static bool
is_usable(const sg_redis_link *link)
{
    struct pollfd one = {.events = POLLIN};

    if (!link->context || link->context->err != 0)
        return false;
    one.fd = link->context->fd;
    return poll(&one, 1, 0) == 0;
}

static bool
start(sg_redis_link *link, const sg_redis_settings *settings, int64_t deadline, signet_error *err)
{
    link->context = link->host[0] ? redisConnectNonBlock(link->host, link->port)
                                  : redisConnectUnixNonBlock(settings->url.path);
    if (!link->context)
        return signet_fail(err, SIGNET_E_NOMEM, "redis: out of memory for a connection");
    if (link->context->err != 0)
        return signet_fail(err, SIGNET_E_NETWORK, "redis: cannot be reached");
    link->functions = *link->context->reader->fn;
    link->functions.createArray = refuse_array;
    link->context->reader->fn = &link->functions;
    return finish_connecting(link, deadline, err) &&
           (!settings->tls || sg_redis_tls_start(settings->tls, link->context, err)) &&
           log_in(link, settings, deadline, err);
}

bool
sg_redis_link_open(sg_redis_link *link, const sg_redis_settings *settings, signet_error *err)
{
    if (is_usable(link))
        return true;
    sg_redis_link_close(link);
    if (start(link, settings, milliseconds() + settings->connect_ms, err))
        return true;
    sg_redis_link_close(link);
    return false;
}
