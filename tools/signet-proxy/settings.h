/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked for, checked: everything that the configuration of nginx is written from. */
#ifndef SG_PROXY_SETTINGS_H
#define SG_PROXY_SETTINGS_H

#include <signet/signet.h>

#include "flags.h"
#include "policy.h"
#include "url.h"

typedef enum {
    PROXY_STORE_NONE,
    PROXY_STORE_MEMORY,
    PROXY_STORE_FILE,
    PROXY_STORE_REDIS
} proxy_store;

/** What a reload leaves as it is. */
typedef struct {
    proxy_flags flags;
    proxy_listen listen, admin;
    proxy_upstream upstream;
    bool has_admin, needs_redis;
    proxy_store store;
    const char *store_place;    /* directory or address, behind the colon */
    proxy_upstream redis_place; /* host and port of it; empty: none, or a socket */
    const char *redis;          /* address of the only Redis, or NULL */
    char origins[PROXY_LIST_MAX][PROXY_HOST_MAX + 16];
    size_t origin_count;
    char admin_origin[PROXY_HOST_MAX + 16];
    int64_t workers, body_max, token_rate; /* 0 workers: one for each processor */
    unsigned dialects;                     /* SIGNET_DIALECT_...; 0: the default */
    int64_t failure_rate;                  /* 0: no limit */
} proxy_settings;

/** What a reload reads again. */
typedef struct {
    signet_buf key_pem;
    char key_id[SIGNET_KID_SIZE + 1]; /* of that key; the issuer unless one is named */
    signet_buf credential;
    proxy_policy policy; /* empty: every accepted request may do everything */
} proxy_secrets;

/** Check and complete `flags`.  Messages are those of the specification, 6.1. */
bool proxy_settings_make(const proxy_flags *flags, proxy_settings *ret_settings, signet_error *err)
    SIGNET_MUST_CHECK;

/** Read keys, credential and policy. */
bool proxy_secrets_read(const proxy_flags *flags, proxy_secrets *ret_secrets, signet_error *err)
    SIGNET_MUST_CHECK;

void proxy_secrets_free(proxy_secrets *secrets);

__attribute__((unused)) static inline void
proxy_secrets_free_auto(proxy_secrets *secrets)
{
    proxy_secrets_free(secrets);
}

#endif
