/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ngx_http_signet_module share.  It sees the public API of Signet only. */
#ifndef SIGNET_MODULE_H
#define SIGNET_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <signet/signet.h>
#include <signet/verifier.h>

extern ngx_module_t ngx_http_signet_module;

/* A verifier and what it verified before: for all locations with the same keys and origins. */
typedef struct {
    ngx_array_t *keys, *origins;
    signet_verifier *verifier;
    signet_verifier_cache *cache; /* made by each worker when it needs it */
} ngx_signet_judge;

/* signet_master_key */
typedef struct {
    const char *issuer;
    signet_key *key;
} ngx_signet_master;

typedef struct {
    ngx_shm_zone_t *zone; /* of replays */
    ngx_array_t judges;   /* signet_judge * */
} ngx_signet_main_conf;

enum { SIGNET_ERRORS_TEXT, SIGNET_ERRORS_JSON };

typedef struct {
    ngx_flag_t is_on, full, unsigned_body, hide;
    ngx_uint_t binding, errors;
    ngx_array_t *keys, *origins; /* signet_master; const char * */
    const char *const *purposes; /* NULL-terminated */
    ngx_str_t audience;          /* with a terminator */
    ngx_array_t *strip;          /* ngx_str_t: names of fields, perhaps with a * at the end */
    time_t skew;
    off_t body_max;
    u_char *file; /* where `signet on` stands */
    ngx_uint_t line;
    ngx_signet_judge *judge;
    signet_verifier_policy policy;
} ngx_signet_loc_conf;

/* One request, as long as its pool. */
typedef struct {
    const ngx_signet_loc_conf *conf; /* of the location that judged last */
    signet_http_facts facts;         /* as they were before anything was hidden or redirected */
    time_t now;
    signet_verification *verification;
    signet_sha256 hash;
    uint64_t length; /* of content that was read */
    uint8_t digest[SIGNET_SHA256_SIZE];
    unsigned is_reading : 1; /* of content */
    unsigned is_hashed : 1;  /* all content was read */
    unsigned is_too_long : 1;
    unsigned is_fresh : 1; /* the proof of this request was used up, by this request */
    unsigned is_hidden : 1;
} ngx_signet_context;

/* config.c */
extern ngx_command_t ngx_signet_commands[];
void *ngx_signet_main_conf_new(ngx_conf_t *cf);
void *ngx_signet_loc_conf_new(ngx_conf_t *cf);
char *ngx_signet_loc_conf_merge(ngx_conf_t *cf, void *parent, void *child);

/* keys.c */
char *ngx_signet_set_master_key(ngx_conf_t *cf, ngx_command_t *command, void *conf);
ngx_signet_judge *ngx_signet_judge_find(ngx_conf_t *cf, const ngx_signet_loc_conf *conf);
signet_verifier_cache *ngx_signet_judge_cache(ngx_signet_judge *judge);

/* zone.c */
char *ngx_signet_set_zone(ngx_conf_t *cf, ngx_command_t *command, void *conf);
signet_replay_answer ngx_signet_zone_insert(
    const ngx_signet_main_conf *conf, const signet_verification *verification, time_t now);

/* access.c */
ngx_int_t ngx_signet_access(ngx_http_request_t *r);
ngx_signet_context *ngx_signet_context_find(ngx_http_request_t *r);

/* body.c */
ngx_int_t ngx_signet_body_init(void);
ngx_int_t ngx_signet_body_read(ngx_http_request_t *r, ngx_signet_context *it);

/* answer.c */
ngx_int_t ngx_signet_refuse(ngx_http_request_t *r, const ngx_signet_context *it);

/* strip.c */
ngx_int_t ngx_signet_strip_init(ngx_conf_t *cf);

/* upstream_head.c */
void ngx_signet_upstream_head_init(void);

/* variable.c */
ngx_int_t ngx_signet_variables_add(ngx_conf_t *cf);

#endif
