/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token records in memory that all workers share and that a reload keeps.  Two trees, by token and
 * by ephemeral key, and a queue that is swept a little with each record that comes.  A live record
 * never makes room for another.
 */
#include "signet_module.h"

enum {
    SMALLEST_ZONE = 128 << 10,
    SWEPT_AT_ONCE = 4,
};

typedef struct {
    ngx_rbtree_t by_token, by_key;
    ngx_rbtree_node_t no_token, no_key; /* sentinels */
    ngx_queue_t queue;
} record_trees;

/* Both nodes hold the name under which they stand, so that one comparison serves both trees. */
typedef struct {
    ngx_rbtree_node_t node;
    size_t len;
    u_char *name;
} named_node;

typedef struct {
    named_node by_token, by_key;
    ngx_queue_t queue;
    int64_t expires;
    uint8_t token_id[SIGNET_TOKEN_ID_SIZE], key_hash[SIGNET_KEY_HASH_SIZE];
    size_t len;
    u_char value[];
} record_node;

typedef struct {
    ngx_slab_pool_t *pool;
    record_trees *trees;
} record_memory;

/* Not that of replay zones: this one may change its size, for it may forget. */
static char tag;

/* --- trees --- */

static ngx_rbtree_key_t
hash_of(signet_slice name)
{
    ngx_rbtree_key_t key = 0;

    memcpy(&key, name.ptr, sizeof(key)); /* ids are random, key hashes are hashes */
    return key;
}

static bool
is_left(const ngx_rbtree_node_t *a, const ngx_rbtree_node_t *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return memcmp(((const named_node *)a)->name, ((const named_node *)b)->name,
               ((const named_node *)a)->len) < 0;
}

static void
insert(ngx_rbtree_node_t *at, ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel)
{
    ngx_rbtree_node_t **place = NULL;

    for (;;) {
        place = is_left(node, at) ? &at->left : &at->right;
        if (*place == sentinel)
            break;
        at = *place;
    }
    *place = node;
    node->parent = at;
    node->left = node->right = sentinel;
    ngx_rbt_red(node);
}

static named_node *
find(const ngx_rbtree_t *tree, signet_slice name)
{
    named_node wanted = {.node.key = hash_of(name), .len = name.len, .name = (u_char *)name.ptr};
    ngx_rbtree_node_t *at = tree->root;

    while (at != tree->sentinel) {
        named_node *one = (named_node *)at;

        if (at->key == wanted.node.key && memcmp(one->name, name.ptr, name.len) == 0)
            return one;
        at = is_left(&wanted.node, at) ? at->left : at->right;
    }
    return NULL;
}

static record_node *
find_token(const record_trees *trees, signet_slice token_id)
{
    named_node *found = find(&trees->by_token, token_id);

    return found ? ngx_rbtree_data(&found->node, record_node, by_token.node) : NULL;
}

static record_node *
find_key(const record_trees *trees, signet_slice key_hash)
{
    named_node *found = find(&trees->by_key, key_hash);

    return found ? ngx_rbtree_data(&found->node, record_node, by_key.node) : NULL;
}

static void
drop(record_memory *memory, record_node *one)
{
    ngx_rbtree_delete(&memory->trees->by_token, &one->by_token.node);
    ngx_rbtree_delete(&memory->trees->by_key, &one->by_key.node);
    ngx_queue_remove(&one->queue);
    ngx_slab_free_locked(memory->pool, one);
}

static void
sweep(record_memory *memory, int64_t now, ngx_uint_t count)
{
    ngx_queue_t *queue = &memory->trees->queue;

    for (ngx_uint_t i = 0; i < count && !ngx_queue_empty(queue); i++) {
        ngx_queue_t *first = ngx_queue_head(queue);
        record_node *one = ngx_queue_data(first, record_node, queue);

        if (sg_store_is_over(one->expires, now)) {
            drop(memory, one);
            continue;
        }
        ngx_queue_remove(first);
        ngx_queue_insert_tail(queue, first);
    }
}

static ngx_uint_t
count_all(const record_trees *trees)
{
    ngx_uint_t count = 0;

    for (ngx_queue_t *at = ngx_queue_head(&trees->queue); at != &trees->queue;
         at = ngx_queue_next(at))
        count++;
    return count;
}

/* --- records --- */

signet_lookup
ngx_signet_record_zone_get(ngx_shm_zone_t *zone, signet_slice token_id, time_t now, signet_buf *out)
{
    record_memory *memory = zone->data;
    signet_lookup lookup = SIGNET_LOOKUP_NONE;
    const record_node *one = NULL;

    ngx_shmtx_lock(&memory->pool->mutex);
    one = find_token(memory->trees, token_id);
    if (one && !sg_store_is_over(one->expires, now))
        lookup = signet_buf_append(out, (signet_slice){one->value, one->len}, NULL)
                     ? SIGNET_LOOKUP_FOUND
                     : SIGNET_LOOKUP_FAILED;
    ngx_shmtx_unlock(&memory->pool->mutex);
    return lookup;
}

static record_node *
make_room(record_memory *memory, size_t size, int64_t now)
{
    record_node *one = NULL;

    sweep(memory, now, SWEPT_AT_ONCE);
    one = ngx_slab_alloc_locked(memory->pool, size);
    if (one)
        return one;
    sweep(memory, now, count_all(memory->trees));
    return ngx_slab_alloc_locked(memory->pool, size);
}

static void
add(record_memory *memory, record_node *one, const ngx_signet_record *record)
{
    memcpy(one->token_id, record->token_id, sizeof(one->token_id));
    memcpy(one->key_hash, record->key_hash, sizeof(one->key_hash));
    memcpy(one->value, record->value.ptr, record->value.len);
    one->len = record->value.len;
    one->expires = record->expires;
    one->by_token = (named_node){.len = sizeof(one->token_id), .name = one->token_id};
    one->by_key = (named_node){.len = sizeof(one->key_hash), .name = one->key_hash};
    one->by_token.node.key = hash_of((signet_slice){one->token_id, sizeof(one->token_id)});
    one->by_key.node.key = hash_of((signet_slice){one->key_hash, sizeof(one->key_hash)});
    ngx_rbtree_insert(&memory->trees->by_token, &one->by_token.node);
    ngx_rbtree_insert(&memory->trees->by_key, &one->by_key.node);
    ngx_queue_insert_tail(&memory->trees->queue, &one->queue);
}

/* A record of the same token is replaced, when there is room for the new one beside it. */
static ngx_signet_stored
put_locked(record_memory *memory, const ngx_signet_record *record)
{
    signet_slice token_id = {record->token_id, sizeof(record->token_id)};
    signet_slice key_hash = {record->key_hash, sizeof(record->key_hash)};
    record_node *one = NULL, *old = NULL, *other = NULL;

    one = make_room(memory, sizeof(*one) + record->value.len, record->now);
    if (!one)
        return SIGNET_STORED_NOT;
    old = find_token(memory->trees, token_id);
    other = find_key(memory->trees, key_hash);
    if (other && other != old && other->expires >= record->now) {
        ngx_slab_free_locked(memory->pool, one);
        return SIGNET_STORED_OTHER;
    }
    if (old)
        drop(memory, old);
    if (other && other != old)
        drop(memory, other);
    add(memory, one, record);
    return SIGNET_STORED;
}

ngx_signet_stored
ngx_signet_record_zone_put(ngx_shm_zone_t *zone, const ngx_signet_record *record)
{
    record_memory *memory = zone->data;
    ngx_signet_stored stored = SIGNET_STORED_NOT;

    ngx_shmtx_lock(&memory->pool->mutex);
    stored = put_locked(memory, record);
    ngx_shmtx_unlock(&memory->pool->mutex);
    if (stored == SIGNET_STORED_NOT)
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
            "signet: the record zone \"%V\" is full of live records", &zone->shm.name);
    return stored;
}

void
ngx_signet_record_zone_remove(ngx_shm_zone_t *zone, signet_slice token_id)
{
    record_memory *memory = zone->data;
    record_node *one = NULL;

    ngx_shmtx_lock(&memory->pool->mutex);
    one = find_token(memory->trees, token_id);
    if (one)
        drop(memory, one);
    ngx_shmtx_unlock(&memory->pool->mutex);
}

/* --- the zone --- */

static ngx_int_t
init(ngx_shm_zone_t *zone, void *old)
{
    record_memory *memory = zone->data;
    record_trees *trees = NULL;

    memory->pool = (ngx_slab_pool_t *)(void *)zone->shm.addr;
    if (old || zone->shm.exists) {
        memory->trees = memory->pool->data;
        return NGX_OK;
    }
    trees = ngx_slab_calloc(memory->pool, sizeof(*trees));
    if (!trees)
        return NGX_ERROR;
    ngx_rbtree_init(&trees->by_token, &trees->no_token, insert);
    ngx_rbtree_init(&trees->by_key, &trees->no_key, insert);
    ngx_queue_init(&trees->queue);
    memory->pool->log_nomem = 0;
    memory->pool->data = memory->trees = trees;
    return NGX_OK;
}

/* signet_record_zone NAME:SIZE */
char *
ngx_signet_set_record_zone(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_main_conf *main_conf = conf;
    ngx_str_t *words = cf->args->elts, name = ngx_null_string;
    record_memory *memory = ngx_pcalloc(cf->pool, sizeof(*memory));
    ssize_t size = 0;

    if (!memory)
        return NGX_CONF_ERROR;
    if (main_conf->record_zone)
        return "is duplicate";
    if (!ngx_signet_read_zone(&words[1], &name, &size))
        return "wants NAME:SIZE";
    if (size < SMALLEST_ZONE)
        return "is smaller than 128k";
    main_conf->record_zone = ngx_shared_memory_add(cf, &name, (size_t)size, &tag);
    if (!main_conf->record_zone)
        return NGX_CONF_ERROR;
    main_conf->record_zone->init = init;
    main_conf->record_zone->data = memory;
    return NGX_CONF_OK;
}
