/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where token records are kept: memory, files or Redis behind one struct of functions.  A store
 * does not look into a value; sg_record_read() tells whether it is authentic and of the right
 * token.
 *
 * Not found is SIGNET_E_NOT_FOUND and nothing else: a store that cannot tell says SIGNET_E_IO or
 * SIGNET_E_NETWORK, and the verifier refuses with 503 (http-pop.md 3.13, H-10).
 */
#ifndef SG_SERVE_STORE_H
#define SG_SERVE_STORE_H

#include <signet/base.h>

enum {
    SG_STORE_ID_SIZE = 32,         /* lower-case hex digits of a token id */
    SG_STORE_VALUE_MAX = 16 << 10, /* bytes of a value */
    SG_STORE_GRACE = 300,          /* seconds that memory and files keep an expired record */
    SG_STORE_GRACE_OF_REDIS = 600, /* ... and Redis, as the reference has it */
};

typedef struct {
    void *context;

    /** Append the value under `id`. */
    bool (*get)(void *context, const char *id, int64_t now, signet_buf *out, signet_error *err);

    /** Keep a value, replacing another.  SIGNET_E_NOMEM when the store is full. */
    bool (*put)(void *context, const char *id, signet_slice value, int64_t expires, int64_t now,
        signet_error *err);

    /** Forget a record; fine when there is none. */
    bool (*remove)(void *context, const char *id, signet_error *err);

    /** Forget what expired longer ago than its grace. */
    bool (*sweep)(void *context, int64_t now, signet_error *err);

    void (*free)(void *context);
} sg_store;

/** At most `count_max` records in this process; any thread may use it. */
bool sg_store_memory_new(size_t count_max, sg_store *ret_store, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * One file for each record in a private directory, which is made when it is missing; any thread and
 * any process of this user may use it.
 */
bool sg_store_file_new(const char *directory, size_t count_max, sg_store *ret_store,
    signet_error *err) SIGNET_MUST_CHECK;

/** SIGNET_E_USAGE unless `id` is SG_STORE_ID_SIZE lower-case hex digits. */
bool sg_store_check_id(const char *id, signet_error *err) SIGNET_MUST_CHECK;

/** The same for the id and the size of a value. */
bool sg_store_check_value(const char *id, signet_slice value, signet_error *err) SIGNET_MUST_CHECK;

/** Whether a record that expires then is to be forgotten. */
bool sg_store_is_over(int64_t expires, int64_t now);

void sg_store_free(sg_store *store);

__attribute__((unused)) static inline void
sg_store_free_auto(sg_store *store)
{
    sg_store_free(store);
}

#endif
