/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ngx_http_signet_module share.  It sees the public API of Signet, and serve/. */
#ifndef SIGNET_MODULE_H
#define SIGNET_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <signet/resource.h>
#include <signet/signet.h>
#include <signet/verifier.h>

#include "signet_store.h"

extern ngx_module_t ngx_http_signet_module;

/* A verifier and what it verified before: for all locations with the same keys and origins. */
typedef struct {
    ngx_array_t *keys, *origins;
    const ngx_signet_record_key *record_key;
    ngx_uint_t record_format;
    const ngx_array_t *token_issuers;
    const signet_slice *nonce_key, *agents;
    ngx_flag_t hybrid;
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
    ngx_shm_zone_t *record_zone;
    ngx_shm_zone_t *failures;                    /* signet_failures, or NULL */
    ngx_array_t redises;                         /* ngx_signet_redis * */
    const signet_algorithm *token_algorithms[3]; /* ends with NULL; none: those of master keys */
    const signet_algorithm
        *hybrid_algorithms[3]; /* the same, of keys where `signet_hybrid` is on */
} ngx_signet_main_conf;

enum { SIGNET_ERRORS_TEXT, SIGNET_ERRORS_JSON };

enum { SIGNET_RECORD_FORMAT_V2, SIGNET_RECORD_FORMAT_REFERENCE };

enum { SIGNET_USED_MAX = 4 }; /* proofs that one request may use up */
/* signet_check: which fields are believed, who looks at content, which statuses are understood */
enum { SIGNET_CHECK_OFF = 0, SIGNET_CHECK_ORIGINAL, SIGNET_CHECK_FORWARDED, SIGNET_CHECK_PATH };
enum { SIGNET_CHECK_BODY_REFUSED = 0, SIGNET_CHECK_BODY_UNVERIFIED, SIGNET_CHECK_BODY_SENT };
enum { SIGNET_CHECK_ALL_STATUSES = 1, SIGNET_CHECK_AUTH_REQUEST_STATUSES };

typedef struct {
    ngx_flag_t is_on, full, unsigned_body, hide;
    ngx_uint_t binding, errors;
    ngx_array_t *keys, *origins; /* signet_master; const char * */
    const char *const *purposes; /* NULL-terminated */
    ngx_str_t audience;          /* with a terminator */
    ngx_array_t *strip;          /* ngx_str_t: names of fields, perhaps with a * at the end */
    time_t skew;
    off_t body_max;
    ngx_msec_t body_timeout; /* unset: by default for content of unknown length; 0: none */
    u_char *file;            /* where `signet on` stands */
    ngx_uint_t line;
    ngx_signet_replays *replays; /* NULL: the zone alone */
    ngx_signet_records *records;
    ngx_signet_record_key *record_key;
    ngx_uint_t record_format;
    ngx_flag_t enrol;
    ngx_flag_t compatible_challenge;
    ngx_flag_t failure_limit;
    signet_resources *resources;
    ngx_array_t *cors;                            /* ngx_str_t */
    ngx_uint_t check, check_body, check_statuses; /* not inherited */
    ngx_uint_t dialects;
    ngx_flag_t unsigned_query, hybrid;
    ngx_array_t *token_issuers;       /* signet_verifier_issuer */
    signet_slice *nonce_key, *agents; /* NULL: none */
    ngx_signet_judge *judge;
    signet_verifier_policy policy;
} ngx_signet_loc_conf;

/* One request, as long as its pool. */
typedef struct {
    const ngx_signet_loc_conf *conf; /* of the location that judged last */
    signet_http_facts facts;         /* as they were before anything was hidden or redirected */
    time_t now;
    signet_verification *verification;
    const signet_refusal *refusal; /* of ours, not the verifier's; else NULL */
    signet_sha256 hash;
    uint64_t length; /* of content that was read */
    uint8_t digest[SIGNET_SHA256_SIZE];
    signet_sha512 hash512; /* only when `wants_sha512` */
    uint8_t digest512[SIGNET_SHA512_SIZE];
    unsigned wants_sha512 : 1;
    unsigned is_reading : 1; /* of content */
    unsigned is_hashed : 1;  /* all content was read */
    unsigned is_too_long : 1;
    unsigned has_fields : 1;  /* that go with what was accepted */
    unsigned is_waiting : 1;  /* for the answer to `query` */
    unsigned is_answered : 1; /* and nobody took it yet */
    ngx_signet_query query;
    void (*resume)(ngx_http_request_t *r);
    uint8_t used[SIGNET_USED_MAX][SIGNET_REPLAY_KEY_SIZE]; /* by this very request */
    ngx_uint_t used_count;
    unsigned is_body_left : 1; /* to who asked */
    ngx_event_t deadline;      /* of content */
} ngx_signet_context;

/* config.c */
extern ngx_command_t ngx_signet_commands[];
void *ngx_signet_main_conf_new(ngx_conf_t *cf);
void *ngx_signet_loc_conf_new(ngx_conf_t *cf);
char *ngx_signet_loc_conf_merge(ngx_conf_t *cf, void *parent, void *child);

/* keys.c */
bool ngx_signet_read_file(
    ngx_conf_t *cf, const ngx_str_t *name, uint8_t *ret_bytes, size_t size, size_t *ret_len);
char *ngx_signet_set_master_key(ngx_conf_t *cf, ngx_command_t *command, void *conf);
ngx_signet_judge *ngx_signet_judge_find(ngx_conf_t *cf, const ngx_signet_loc_conf *conf);
signet_verifier_cache *ngx_signet_judge_cache(ngx_signet_judge *judge);

/* zone.c */
bool ngx_signet_read_zone(ngx_str_t *text, ngx_str_t *ret_name, ssize_t *ret_size); /* NAME:SIZE */
char *ngx_signet_set_zone(ngx_conf_t *cf, ngx_command_t *command, void *conf);
signet_replay_answer ngx_signet_zone_insert(
    const ngx_signet_main_conf *conf, const signet_verification *verification, time_t now);

/* replays.c */
char *ngx_signet_set_replay(ngx_conf_t *cf, ngx_command_t *command, void *conf);
ngx_int_t ngx_signet_replays_ask(ngx_http_request_t *r, ngx_signet_context *it);

/* records.c: NGX_OK, or NGX_AGAIN: to be called again by `resume` of the context */
char *ngx_signet_set_records(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ngx_signet_set_record_key(ngx_conf_t *cf, ngx_command_t *command, void *conf);
ngx_int_t ngx_signet_records_ask(ngx_http_request_t *r, ngx_signet_context *it);
ngx_int_t ngx_signet_records_put(ngx_http_request_t *r, ngx_signet_context *it,
    const ngx_signet_record *record, ngx_signet_stored *ret_stored);
ngx_int_t ngx_signet_records_remove(
    ngx_http_request_t *r, ngx_signet_context *it, bool *ret_is_done);

/* failures.c */
char *ngx_signet_set_failures(ngx_conf_t *cf, ngx_command_t *command, void *conf);
void ngx_signet_failures_note(
    ngx_http_request_t *r, const ngx_signet_loc_conf *conf, const signet_refusal *refusal);
/* NULL: judge; else what to answer instead */
const signet_refusal *ngx_signet_failures_check(
    ngx_http_request_t *r, const ngx_signet_loc_conf *conf);

/* enrol.c */
char *ngx_signet_set_enrol(ngx_conf_t *cf, ngx_command_t *command, void *conf);

/* redis_config.c, or redis_none.c */
char *ngx_signet_set_redis(ngx_conf_t *cf, ngx_command_t *command, void *conf);
/* redis=NAME [prefix=TEXT], as the words of a directive; false when they are something else */
bool ngx_signet_read_redis_place(ngx_conf_t *cf, const char *default_prefix,
    ngx_signet_redis **ret_redis, ngx_str_t *ret_prefix);
bool ngx_signet_redis_is_defined(const ngx_signet_redis *redis);

/* redis.c, or redis_none.c */
/* NGX_AGAIN: `done` of the query is called later; NGX_ERROR: not asked */
ngx_int_t ngx_signet_redis_ask(
    ngx_signet_redis *redis, ngx_signet_query *query, const ngx_str_t *words, ngx_uint_t count);
void ngx_signet_redis_give_up(ngx_signet_query *query);
void ngx_signet_redis_close_all(ngx_cycle_t *cycle);

/* access.c */
ngx_int_t ngx_signet_access(ngx_http_request_t *r);
/* NGX_OK: the answer is in the query; NGX_AGAIN: it will be, and `resume` is called then */
ngx_int_t ngx_signet_ask(ngx_http_request_t *r, ngx_signet_context *it, ngx_signet_redis *redis,
    const ngx_str_t *words, ngx_uint_t count);
ngx_signet_context *ngx_signet_context_find(ngx_http_request_t *r);

/* body.c */
ngx_int_t ngx_signet_body_init(void);
ngx_int_t ngx_signet_body_read(ngx_http_request_t *r, ngx_signet_context *it);
void ngx_signet_body_give_up(ngx_signet_context *it);

/* answer.c */
ngx_int_t ngx_signet_refuse(ngx_http_request_t *r, const ngx_signet_context *it);
/* the same with a refusal of ours, before or instead of the verifier's */
ngx_int_t ngx_signet_refuse_as(
    ngx_http_request_t *r, ngx_signet_context *it, const signet_refusal *refusal);
/* for content handlers: what to return */
ngx_int_t ngx_signet_answer_refusal(
    ngx_http_request_t *r, const ngx_signet_context *it, const signet_refusal *refusal);
ngx_table_elt_t *ngx_signet_add_field(ngx_http_request_t *r, const char *name, ngx_str_t value);

/* pki.c */
char *ngx_signet_set_pki(ngx_conf_t *cf, ngx_command_t *command, void *conf);
const char *ngx_signet_hybrid_lack(
    const ngx_signet_main_conf *main_conf, const ngx_signet_loc_conf *conf);

/* dialect.c */
char *ngx_signet_set_dialects(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ngx_signet_set_jwks(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ngx_signet_set_dpop_nonce(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ngx_signet_set_agents(ngx_conf_t *cf, ngx_command_t *command, void *conf);
void ngx_signet_dialects_inherit(ngx_signet_loc_conf *conf, ngx_signet_loc_conf *from);
const char *ngx_signet_dialects_lack(const ngx_signet_loc_conf *conf);
void ngx_signet_dialects_fill(const ngx_signet_loc_conf *conf, signet_verifier_options *options);
bool ngx_signet_certificate(ngx_http_request_t *r, signet_slice *ret_hash);
bool ngx_signet_add_fields(ngx_http_request_t *r, const ngx_signet_context *it);

/* before.c */
ngx_int_t ngx_signet_before(ngx_http_request_t *r);

/* after.c */
ngx_int_t ngx_signet_after_init(void);
char *ngx_signet_set_cors(ngx_conf_t *cf, ngx_command_t *command, void *conf);
const ngx_str_t *ngx_signet_cors_origin(ngx_http_request_t *r, const ngx_signet_loc_conf *conf);
ngx_table_elt_t *ngx_signet_find_field(ngx_list_t *list, const char *name);
bool ngx_signet_add_challenge(ngx_http_request_t *r, ngx_str_t value);

/* resource.c */
char *ngx_signet_set_resource(ngx_conf_t *cf, ngx_command_t *command, void *conf);
bool ngx_signet_resource_request(const ngx_signet_loc_conf *conf, const signet_http_request *seen,
    signet_http_request *ret_request);
bool ngx_signet_resource_challenge(
    ngx_http_request_t *r, const ngx_signet_context *it, ngx_str_t *ret_value);

/* check.c */
char *ngx_signet_set_check(ngx_conf_t *cf, ngx_command_t *command, void *conf);
char *ngx_signet_check_merge(ngx_conf_t *cf, ngx_signet_loc_conf *conf);
bool ngx_signet_check_facts(
    ngx_http_request_t *r, const ngx_signet_loc_conf *conf, signet_http_facts *facts);
bool ngx_signet_check_leaves_body(ngx_signet_context *it);
ngx_int_t ngx_signet_check_status(const ngx_signet_loc_conf *conf, ngx_int_t status);
ngx_int_t ngx_signet_check_answer(ngx_http_request_t *r);

/* strip.c */
ngx_int_t ngx_signet_strip_init(ngx_conf_t *cf);

/* upstream_head.c */
void ngx_signet_upstream_head_init(void);

/* variable.c */
ngx_int_t ngx_signet_variables_add(ngx_conf_t *cf);

#endif
