/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to Redis: hiredis parses, the waiting is ours, so that a deadline is one. */
#ifndef SG_SERVE_REDIS_LINK_H
#define SG_SERVE_REDIS_LINK_H

#include <hiredis/hiredis.h>

#include <signet/base.h>

#include "serve/redis_url.h"

enum { SG_REDIS_ARGUMENTS_MAX = 8 };

typedef struct sg_redis_tls sg_redis_tls;

/** What all connections of one client share. */
typedef struct {
    sg_redis_url url;
    int connect_ms, command_ms;
    sg_redis_tls *tls; /* NULL: none */
} sg_redis_settings;

typedef struct {
    char host[SG_REDIS_HOST_MAX + 1]; /* empty: the path of the settings */
    int port;
    redisContext *context; /* NULL: not connected */
    redisReplyObjectFunctions functions;
} sg_redis_link;

typedef struct {
    signet_slice of[SG_REDIS_ARGUMENTS_MAX];
    size_t count;
} sg_redis_command;

__attribute__((unused)) static inline void
sg_redis_reply_free(redisReply *reply)
{
    if (reply)
        freeReplyObject(reply);
}

SIGNET_DEFINE_AUTO(sg_redis_reply_free, redisReply *);

/** Make sure that there is a connection; one that is broken or says something unasked is replaced.
 */
bool sg_redis_link_open(sg_redis_link *link, const sg_redis_settings *settings, signet_error *err)
    SIGNET_MUST_CHECK;

/** Send one command and wait for its answer; on failure the connection is closed. */
bool sg_redis_link_call(sg_redis_link *link, const sg_redis_command *command, int timeout_ms,
    redisReply **ret_reply, signet_error *err) SIGNET_MUST_CHECK;

void sg_redis_link_close(sg_redis_link *link);

/** What a server refused with: the first word of its text and no more, for it may echo secrets. */
bool sg_redis_fail_refused(const redisReply *reply, signet_error *err) SIGNET_MUST_CHECK;

/* redis_tls.c, or redis_tls_none.c when hiredis is built without. */
sg_redis_tls *sg_redis_tls_new(const char *ca_file, const char *certificate_file,
    const char *key_file, const char *host, signet_error *err) SIGNET_MUST_CHECK;
bool sg_redis_tls_start(sg_redis_tls *tls, redisContext *context, signet_error *err)
    SIGNET_MUST_CHECK;
void sg_redis_tls_free(sg_redis_tls *tls);

#endif
