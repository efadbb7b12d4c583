/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history.h"

enum {
    BATCH_OBJECTS = 64,
    BATCH_BYTES = 256 << 10, /* a batch that holds so much is full */
    RING_BATCHES = 16,
    THREADS_MAX = 64,
    PIPE_BUFFER = 256 << 10,
    PIECE = 16 << 10,
};

/** One object: what was read and what came out. */
typedef struct {
    size_t begin, len; /* in the bytes of its batch */
    bool is_too_large; /* and its bytes were not kept */
    history_result result;
} entry;

typedef struct {
    signet_buf bytes;
    entry entries[BATCH_OBJECTS];
    size_t count;
    bool is_done;
} batch;

/* Batches are counted from the first on; number n is in slot n % RING_BATCHES. */
typedef struct {
    answer_judge *judge;
    const history_reporter *reporter;
    batch *batches;
    size_t filled, taken, printed; /* by the reader, the threads, the printer */
    bool is_over;                  /* nothing more will be filled */
    pthread_mutex_t lock;
    pthread_cond_t filled_more, done_more;
    pthread_t threads[THREADS_MAX];
    size_t thread_count;
} ring;

static batch *
slot(ring *all, size_t number)
{
    return &all->batches[number % RING_BATCHES];
}

/*
 * What the threads do.
 */

/** Buffers of a thread, used again for each object. */
typedef struct {
    signet_buf payload, signature;
} workbench;

static void
workbench_free_auto(workbench *bench)
{
    signet_buf_free(&bench->payload);
    signet_buf_free(&bench->signature);
}

static bool
split(const history_result *result, signet_slice raw, workbench *bench, signet_error *err)
{
    bench->payload.len = 0;
    bench->signature.len = 0;
    if (result->is_tag)
        return object_split_tag(raw, &bench->payload, &bench->signature, err);
    return object_split_commit(
        raw, strlen(result->object) == OBJECT_NAME_MAX, &bench->payload, &bench->signature, err);
}

static void
judge_object(answer_judge *judge, signet_slice raw, workbench *bench, history_result *result)
{
    uint8_t digest_bytes[SIGNET_SHA512_SIZE];
    signet_sha512 digest;
    answer_payload payload = {0};

    result->subject = object_subject(raw);
    if (result->is_tag) {
        result->target = object_header(raw, "object");
        result->target_type = object_header(raw, "type");
        result->tag_name = object_header(raw, "tag");
    }
    if (!split(result, raw, bench, &result->given.reason)) {
        result->signature = OBJECT_SIGNED_CMS;
        return;
    }
    result->signature = object_signature_kind(signet_buf_slice(&bench->signature));
    if (result->signature != OBJECT_SIGNED_CMS)
        return;
    signet_sha512_init(&digest);
    signet_sha512_update(&digest, signet_buf_slice(&bench->payload));
    signet_sha512_final(&digest, digest_bytes);
    payload = (answer_payload){.digest = {digest_bytes, sizeof(digest_bytes)},
        .has_bytes = true,
        .bytes = signet_buf_slice(&bench->payload)};
    answer_of(judge, signet_buf_slice(&bench->signature), &payload, &result->given);
}

static void
judge_batch(answer_judge *judge, batch *mine, workbench *bench)
{
    for (size_t i = 0; i < mine->count; i++) {
        entry *at = &mine->entries[i];

        at->result.given.verdict = SIGNET_VERDICT_BROKEN;
        if (at->is_too_large) {
            at->result.signature = OBJECT_SIGNED_CMS; /* nobody knows; do not call it unsigned */
            signet_error_set(&at->result.given.reason, SIGNET_E_NOMEM,
                "an object of %zu bytes is too large to judge", at->len);
            continue;
        }
        judge_object(
            judge, (signet_slice){mine->bytes.data + at->begin, at->len}, bench, &at->result);
    }
}

static void *
judge_batches(void *context)
{
    SIGNET_AUTO(workbench_free) workbench bench = {0};
    ring *all = context;
    batch *mine = NULL;

    pthread_mutex_lock(&all->lock);
    for (;;) {
        while (all->taken == all->filled && !all->is_over)
            pthread_cond_wait(&all->filled_more, &all->lock);
        if (all->taken == all->filled)
            break;
        mine = slot(all, all->taken++);
        pthread_mutex_unlock(&all->lock);
        judge_batch(all->judge, mine, &bench);
        pthread_mutex_lock(&all->lock);
        mine->is_done = true;
        pthread_cond_signal(&all->done_more);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/*
 * What the calling thread does: read and print.
 */

static bool
print_batch(ring *all, signet_error *err)
{
    batch *oldest = slot(all, all->printed);

    for (size_t i = 0; i < oldest->count; i++)
        if (!all->reporter->report(all->reporter->context, &oldest->entries[i].result, err))
            return false;
    oldest->bytes.len = 0;
    oldest->count = 0;
    all->printed++;
    return true;
}

/** Print what is done, and wait until at most `in_work` batches are not. */
static bool
print_done(ring *all, size_t in_work, signet_error *err)
{
    bool is_done = false;

    while (all->printed < all->filled) {
        pthread_mutex_lock(&all->lock);
        while (!slot(all, all->printed)->is_done && all->filled - all->printed > in_work)
            pthread_cond_wait(&all->done_more, &all->lock);
        is_done = slot(all, all->printed)->is_done;
        pthread_mutex_unlock(&all->lock);
        if (!is_done)
            return true;
        if (!print_batch(all, err))
            return false;
    }
    return true;
}

static void
publish_batch(ring *all)
{
    pthread_mutex_lock(&all->lock);
    slot(all, all->filled)->is_done = false;
    all->filled++;
    pthread_cond_signal(&all->filled_more);
    pthread_mutex_unlock(&all->lock);
}

static bool
read_head(const char *line, entry *ret_entry, signet_error *err)
{
    object_head head = {0};

    if (!object_read_head(line, &head))
        return signet_fail(
            err, SIGNET_E_NOT_FOUND, "git cat-file: %.*s", (int)strcspn(line, "\n"), line);
    if (strcmp(head.type, "commit") != 0 && strcmp(head.type, "tag") != 0)
        return signet_fail(
            err, SIGNET_E_USAGE, "%s is a %s, not a commit or tag", head.name, head.type);
    ret_entry->result = (history_result){.is_tag = head.type[0] == 't'};
    memcpy(ret_entry->result.object, head.name, sizeof(head.name));
    ret_entry->len = head.size;
    ret_entry->is_too_large = head.size > HISTORY_OBJECT_MAX;
    return true;
}

/** Read the bytes of an object and the newline behind them. */
static bool
read_body(FILE *objects, batch *into, entry *at, signet_error *err)
{
    uint8_t piece[PIECE];
    size_t rest = at->len;

    at->begin = into->bytes.len;
    while (rest > 0) {
        size_t wanted = rest < sizeof(piece) ? rest : sizeof(piece);

        if (fread(piece, 1, wanted, objects) != wanted)
            return signet_fail(err, SIGNET_E_IO, "git cat-file ended in the middle of an object");
        rest -= wanted;
        if (!at->is_too_large &&
            !signet_buf_append(&into->bytes, (signet_slice){piece, wanted}, err))
            return false;
    }
    if (getc(objects) != '\n')
        return signet_fail(err, SIGNET_E_IO, "git cat-file answered out of order");
    into->count++;
    return true;
}

static bool
read_batch(FILE *objects, batch *into, bool *ret_is_end, signet_error *err)
{
    char line[256];

    while (into->count < BATCH_OBJECTS && into->bytes.len < BATCH_BYTES) {
        entry *at = &into->entries[into->count];

        if (!fgets(line, sizeof(line), objects)) {
            *ret_is_end = true;
            return !ferror(objects) || signet_fail(err, SIGNET_E_IO, "cannot read from git");
        }
        if (!read_head(line, at, err) || !read_body(objects, into, at, err))
            return false;
    }
    return true;
}

static bool
read_and_print(ring *all, FILE *objects, signet_error *err)
{
    bool is_end = false, is_read = true;

    while (!is_end && is_read) {
        batch *next = NULL;

        if (!print_done(all, RING_BATCHES - 1, err))
            return false;
        next = slot(all, all->filled);
        is_read = read_batch(objects, next, &is_end, err);
        if (next->count > 0)
            publish_batch(all);
    }
    return print_done(all, 0, is_read ? err : NULL) && is_read;
}

static void
start_threads(ring *all)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors < 1 ? 1 : (size_t)processors;

    if (wanted > THREADS_MAX)
        wanted = THREADS_MAX;
    while (all->thread_count < wanted &&
           pthread_create(&all->threads[all->thread_count], NULL, judge_batches, all) == 0)
        all->thread_count++;
}

static void
end_threads(ring *all)
{
    pthread_mutex_lock(&all->lock);
    all->is_over = true;
    pthread_cond_broadcast(&all->filled_more);
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < all->thread_count; i++)
        pthread_join(all->threads[i], NULL);
    for (size_t i = 0; i < RING_BATCHES; i++)
        signet_buf_free(&all->batches[i].bytes);
    free(all->batches);
}

static bool
run_ring(answer_judge *judge, const history_reporter *reporter, FILE *objects, signet_error *err)
{
    ring all = {.judge = judge,
        .reporter = reporter,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .filled_more = PTHREAD_COND_INITIALIZER,
        .done_more = PTHREAD_COND_INITIALIZER};
    bool is_good = false;

    all.batches = calloc(RING_BATCHES, sizeof(*all.batches));
    if (!all.batches)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for objects");
    start_threads(&all);
    if (all.thread_count == 0)
        signet_error_set(err, SIGNET_E_NOMEM, "cannot start a thread");
    else
        is_good = read_and_print(&all, objects, err);
    end_threads(&all);
    return is_good;
}

static bool
start_cat_file(int names_fd, process *ret_process, signet_error *err)
{
    SIGNET_AUTO(process_words_free) process_words words = {0};

    return process_words_add(&words, "git", err) && process_words_add(&words, "cat-file", err) &&
           process_words_add(&words, "--batch", err) &&
           process_words_add(&words, "--buffer", err) &&
           process_start(&words, names_fd, ret_process, err);
}

bool
history_judge(
    answer_judge *judge, int names_fd, const history_reporter *reporter, signet_error *err)
{
    SIGNET_AUTO(process_free) process cat_file = {0, -1, -1};
    FILE *objects = NULL;
    bool is_started = start_cat_file(names_fd, &cat_file, err);
    bool is_good = false;

    close(names_fd); /* only cat-file has it now: when it ends, so does who writes the names */
    if (!is_started)
        return false;
    objects = fdopen(cat_file.out, "r");
    if (!objects)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a stream");
    cat_file.out = -1;
    (void)setvbuf(objects, NULL, _IOFBF, PIPE_BUFFER);
    is_good = run_ring(judge, reporter, objects, err);
    (void)fclose(objects);
    return is_good && process_finish(&cat_file, "git cat-file", err);
}
