/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay state and token records in Redis or Valkey, over blocking connections with deadlines.
 *
 * Every failure is an error, never an answer: a server that is dead, hung, full, read-only or
 * answers something else leaves a proof neither fresh nor seen, and the verifier refuses it with
 * 503.  The next command connects anew, so whatever was wrong heals by itself.
 *
 * SIGNET_E_NETWORK: not reached, too slow, or it does not speak the protocol; SIGNET_E_IO: it
 * refused.  Messages hold neither address nor password.
 *
 * One thread at a time.  The program ignores SIGPIPE.  Looking a host name up is the system's and
 * not within the time-out; an address or a socket needs no look-up.
 */
#ifndef SG_SERVE_REDIS_H
#define SG_SERVE_REDIS_H

#include <signet/base.h>

#include "serve/store.h"

enum {
    SG_REDIS_CONNECT_MS = 500, /* when the options have 0 */
    SG_REDIS_COMMAND_MS = 250,
    SG_REDIS_TIMEOUT_MAX = 60000,
    SG_REDIS_TTL_MAX = 7 * 86400 * 1000, /* milliseconds */
};

typedef struct {
    const char *url;           /* redis_url.h */
    const char *user_password; /* "[USER]:PASSWORD", not encoded; replaces that of the URL */
    int connect_ms;            /* until connected and authenticated, in all */
    int command_ms;            /* until the answer is there, in all */
    bool follows;              /* MOVED and ASK of a cluster, once for each command */
    const char *token_prefix;  /* NULL: "signet:tokens:" */
    const char *nonce_prefix;  /* NULL: "signet:nonces:" */
    const char *ca_file;       /* rediss: who may sign the server's certificate; required, and a
                                  private one, for host names are not compared */
    const char *certificate_file, *key_file; /* rediss: ours, or NULL */
} sg_redis_options;

typedef struct sg_redis sg_redis;

/** Does not connect yet.  SIGNET_E_USAGE: the options make no sense. */
sg_redis *sg_redis_new(const sg_redis_options *options, signet_error *err) SIGNET_MUST_CHECK;

void sg_redis_free(sg_redis *redis);

SIGNET_DEFINE_AUTO(sg_redis_free, sg_redis *);

typedef enum {
    SG_REPLAY_SEEN = 0, /* so that nothing is fresh by default */
    SG_REPLAY_FRESH,
} sg_replay_answer;

/**
 * Whether `key` (text) was never given before in the last `ttl_ms` milliseconds; from now on it
 * was.  One `SET ... NX PX`, never repeated: whether a command without an answer was executed
 * nobody knows.
 */
bool sg_redis_replay(sg_redis *redis, signet_slice key, int64_t ttl_ms,
    sg_replay_answer *ret_answer, signet_error *err) SIGNET_MUST_CHECK;

/** The same of a key as the library makes it, 16 bytes: in hex. */
bool sg_redis_replay_key(sg_redis *redis, const uint8_t key[16], int64_t ttl_ms,
    sg_replay_answer *ret_answer, signet_error *err) SIGNET_MUST_CHECK;

/** Records in Redis; `redis` outlives the store. */
sg_store sg_redis_store(sg_redis *redis);

enum { SG_REFERENCE_REPLAY_KEY_SIZE = 32 + 1 + 20 + 1 + 16 };

/** The replay key that the reference uses, for a state that is shared with it: a text. */
void sg_reference_replay_key(const uint8_t token_id[16], int64_t timestamp, signet_slice signature,
    char ret_key[SG_REFERENCE_REPLAY_KEY_SIZE + 1]);

/** And how long it keeps one: 300 seconds past the token, 60 seconds at least. */
int64_t sg_reference_replay_ttl_ms(int64_t token_expires, int64_t now);

#endif
