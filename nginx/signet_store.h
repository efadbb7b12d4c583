/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State that outlives a request: which proofs were seen, and token records.  It is in memory that
 * the workers share, in files, or in Redis, where an answer comes later.
 */
#ifndef SIGNET_STORE_H
#define SIGNET_STORE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <signet/enrolment.h>

#include "serve/store.h"

enum {
    SIGNET_TOKEN_ID_SIZE = 16,
    SIGNET_KEY_HASH_SIZE = 32,
    SIGNET_RECORD_KEY_MAX = 4096, /* bytes */
    SIGNET_PREFIX_MAX = 64,       /* bytes of a prefix of names in Redis */
};

/* signet_redis */
typedef struct ngx_signet_redis ngx_signet_redis;

/* What a Redis may answer; as a mask, what is expected. */
typedef enum {
    SIGNET_REDIS_FAILED = 0, /* it cannot tell */
    SIGNET_REDIS_OK = 1,
    SIGNET_REDIS_NONE = 2,
    SIGNET_REDIS_VALUE = 4,
    SIGNET_REDIS_NUMBER = 8,
} ngx_signet_redis_answer;

/* One command of one request; it lies still until answered or given up. */
typedef struct ngx_signet_query ngx_signet_query;
struct ngx_signet_query {
    ngx_http_request_t *request;
    void (*done)(ngx_signet_query *query); /* may end the request, and this with it */
    unsigned expected;                     /* a mask */
    ngx_signet_redis_answer answer;
    ngx_str_t value; /* in the pool of the request */
    ngx_str_t command;
    void *slot; /* where it waits; NULL: it does not */
    unsigned is_redirected : 1;
};

/* signet_replay redis=: NULL in a location means the zone alone. */
typedef struct {
    ngx_signet_redis *redis;
    ngx_str_t prefix;
} ngx_signet_replays;

typedef enum {
    SIGNET_RECORDS_OFF = 0,
    SIGNET_RECORDS_ZONE,
    SIGNET_RECORDS_FILE,
    SIGNET_RECORDS_REDIS,
} ngx_signet_records_kind;

/* signet_records */
typedef struct {
    ngx_signet_records_kind kind;
    ngx_signet_redis *redis;
    ngx_str_t prefix;
    ngx_str_t directory; /* with a terminator */
    sg_store files;      /* opened by each worker when it needs them */
} ngx_signet_records;

/* signet_record_key */
typedef struct {
    uint8_t *bytes;
    size_t len;
} ngx_signet_record_key;

/* What a store did with a record. */
typedef enum {
    SIGNET_STORED_NOT = 0, /* it cannot tell, or is full */
    SIGNET_STORED,
    SIGNET_STORED_OTHER, /* another live record has the same key */
} ngx_signet_stored;

typedef struct {
    uint8_t token_id[SIGNET_TOKEN_ID_SIZE], key_hash[SIGNET_KEY_HASH_SIZE];
    int64_t expires, now; /* seconds since 1970 */
    signet_slice value;
} ngx_signet_record;

/* record_zone.c */
char *ngx_signet_set_record_zone(ngx_conf_t *cf, ngx_command_t *command, void *conf);
signet_lookup ngx_signet_record_zone_get(
    ngx_shm_zone_t *zone, signet_slice token_id, time_t now, signet_buf *out);
ngx_signet_stored ngx_signet_record_zone_put(ngx_shm_zone_t *zone, const ngx_signet_record *record);
void ngx_signet_record_zone_remove(ngx_shm_zone_t *zone, signet_slice token_id);

#endif
