/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For each issuer NAME.seqno, the file of the reference (revocation specification 1.9), and
 * NAME.state with what that cannot hold; and one index of all issuers, so that a file that was
 * deleted is missed.  All have a MAC.  One lock for the directory is held from reading to writing.
 *
 * A crash between two writes loses nothing: a new issuer gets its number first, then its state,
 * then its place in the index; later the state goes first, and the higher of both numbers counts.
 * From generation 1 on the state alone counts, for there the numbers began anew.
 */
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "serve/sequence.h"

enum {
    PATH_SIZE = 4096,
    NAME_SIZE = 256,
    HEX_ISSUER_MAX = 122, /* bytes whose name, with .seqno.tmp, the reference can write */
    MAC_SIZE = crypto_auth_hmacsha256_BYTES,
    STATE_BODY_SIZE = 8 + 32 + 4 + 8, /* number, digest, generation, time */
    STATE_SIZE = STATE_BODY_SIZE + MAC_SIZE,
    INDEX_MAX = 1 << 20,
};

typedef struct {
    pthread_mutex_t lock; /* of this process's threads; "lock" is that of processes */
    uint8_t *mac_key;
    size_t mac_key_len;
    char directory[];
} files;

/* What the files say of one issuer. */
typedef struct {
    char name[NAME_SIZE];
    bool has_number, has_state, is_indexed;
    uint64_t number;
    signet_bundle_state state;
} findings;

/* HMAC-SHA256 over slices; those of a file of ours are preceded by its tag. */
static void
authenticate(signet_slice key, const signet_slice *parts, size_t count, uint8_t ret_mac[MAC_SIZE])
{
    crypto_auth_hmacsha256_state state;

    (void)crypto_auth_hmacsha256_init(&state, key.ptr, key.len);
    for (size_t i = 0; i < count; i++)
        (void)crypto_auth_hmacsha256_update(&state, parts[i].ptr, parts[i].len);
    (void)crypto_auth_hmacsha256_final(&state, ret_mac);
    sodium_memzero(&state, sizeof(state));
}

static void
put(uint8_t *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

static uint64_t
take(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

static signet_slice
key_of(const files *store)
{
    return (signet_slice){store->mac_key, store->mac_key_len};
}

/* --- the number --- */

bool
sg_sequence_file_read(signet_slice file, signet_slice mac_key, signet_slice issuer,
    uint64_t *ret_seqno, signet_error *err)
{
    uint8_t mac[MAC_SIZE];

    if (file.len != SG_SEQUENCE_FILE_SIZE)
        return signet_fail(err, SIGNET_E_DECODE, "a sequence number of %zu bytes, not %d", file.len,
            SG_SEQUENCE_FILE_SIZE);
    authenticate(mac_key, (const signet_slice[]){{file.ptr, 8}, issuer}, 2, mac);
    if (sodium_memcmp(mac, file.ptr + 8, MAC_SIZE) != 0)
        return signet_fail(err, SIGNET_E_DECODE, "a sequence number with another MAC");
    *ret_seqno = take(file.ptr, 8);
    return true;
}

/* --- the state --- */

static void
authenticate_state(
    const files *store, signet_slice issuer, const uint8_t *body, uint8_t ret_mac[MAC_SIZE])
{
    uint8_t len[8];

    put(len, issuer.len, sizeof(len));
    authenticate(key_of(store),
        (const signet_slice[]){signet_slice_text("signet-state-v1"), {len, sizeof(len)}, issuer,
            {body, STATE_BODY_SIZE}},
        4, ret_mac);
}

static bool
read_state(const files *store, signet_slice file, signet_slice issuer,
    signet_bundle_state *ret_state, signet_error *err)
{
    uint8_t mac[MAC_SIZE];

    if (file.len != STATE_SIZE)
        return signet_fail(err, SIGNET_E_DECODE, "a state of %zu bytes", file.len);
    authenticate_state(store, issuer, file.ptr, mac);
    if (sodium_memcmp(mac, file.ptr + STATE_BODY_SIZE, MAC_SIZE) != 0)
        return signet_fail(err, SIGNET_E_DECODE, "a state with another MAC");
    *ret_state = (signet_bundle_state){.seqno = take(file.ptr, 8),
        .has_digest = true,
        .generation = (uint32_t)take(file.ptr + 40, 4),
        .accepted = (int64_t)take(file.ptr + 44, 8)};
    memcpy(ret_state->digest, file.ptr + 8, sizeof(ret_state->digest));
    return true;
}

/* --- files --- */

static bool
path_of(const files *store, const char *name, const char *suffix, char ret_path[PATH_SIZE],
    signet_error *err)
{
    int len = snprintf(ret_path, PATH_SIZE, "%s/%s%s", store->directory, name, suffix);

    if (len < 0 || len >= PATH_SIZE)
        return signet_fail(err, SIGNET_E_USAGE, "the path of the sequence numbers is too long");
    return true;
}

static void
name_of(signet_slice issuer, char ret_name[NAME_SIZE])
{
    uint8_t digest[32];

    if (issuer.len <= HEX_ISSUER_MAX) {
        sg_hex(ret_name, issuer);
        return;
    }
    sg_sha256(issuer, digest);
    memcpy(ret_name, "h-", 2);
    sg_hex(ret_name + 2, (signet_slice){digest, sizeof(digest)});
}

/* A missing file is empty, and `ret_is_there` false. */
static bool
read_file(const files *store, const char *name, const char *suffix, size_t max, signet_buf *out,
    bool *ret_is_there, signet_error *err)
{
    signet_error why = {0};
    char path[PATH_SIZE];

    if (!path_of(store, name, suffix, path, err))
        return false;
    *ret_is_there = sg_file_read(path, max, SG_FILE_PRIVATE, out, &why);
    if (*ret_is_there || why.code == SIGNET_E_NOT_FOUND)
        return true;
    return signet_fail(err, why.code, "%s", why.message);
}

static bool
write_file(
    const files *store, const char *name, const char *suffix, signet_slice bytes, signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600};
    char path[PATH_SIZE];

    return path_of(store, name, suffix, path, err) && sg_file_write(path, bytes, &rules, err);
}

/* --- the index: a MAC, and names, each with a line feed --- */

static void
authenticate_index(const files *store, signet_slice names, uint8_t ret_mac[MAC_SIZE])
{
    authenticate(key_of(store), (const signet_slice[]){signet_slice_text("signet-index-v1"), names},
        2, ret_mac);
}

static bool
read_index(const files *store, signet_buf *out, signet_error *err)
{
    uint8_t mac[MAC_SIZE];
    bool is_there = false;

    if (!read_file(store, "index", "", INDEX_MAX, out, &is_there, err))
        return false;
    if (!is_there)
        return true;
    if (out->len < MAC_SIZE)
        return signet_fail(err, SIGNET_E_DECODE, "an index of %zu bytes", out->len);
    authenticate_index(store, (signet_slice){out->data + MAC_SIZE, out->len - MAC_SIZE}, mac);
    if (sodium_memcmp(mac, out->data, MAC_SIZE) != 0)
        return signet_fail(err, SIGNET_E_DECODE, "an index with another MAC");
    return true;
}

static bool
is_in_index(const signet_buf *index, const char *name)
{
    char line[NAME_SIZE + 2];
    int len = snprintf(line, sizeof(line), "%s\n", name);
    size_t at = MAC_SIZE;

    while (at < index->len) {
        const uint8_t *end = memchr(index->data + at, '\n', index->len - at);
        size_t size = end ? (size_t)(end - (index->data + at)) + 1 : index->len - at;

        if (size == (size_t)len && memcmp(index->data + at, line, size) == 0)
            return true;
        at += size;
    }
    return false;
}

static bool
add_to_index(const files *store, const char *name, signet_error *err)
{
    static const uint8_t zeros[MAC_SIZE];
    SIGNET_AUTO(signet_buf_free) signet_buf index = {0};

    if (!read_index(store, &index, err))
        return false;
    if (index.len == 0 && !signet_buf_append(&index, (signet_slice){zeros, MAC_SIZE}, err))
        return false;
    if (!signet_buf_printf(&index, err, "%s\n", name))
        return false;
    authenticate_index(
        store, (signet_slice){index.data + MAC_SIZE, index.len - MAC_SIZE}, index.data);
    return write_file(store, "index", "", signet_buf_slice(&index), err);
}

/* --- an issuer --- */

static bool
find(const files *store, signet_slice issuer, findings *ret_found, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf number = {0}, state = {0}, index = {0};
    findings *found = ret_found;

    name_of(issuer, found->name);
    if (!read_file(store, found->name, ".seqno", SG_SEQUENCE_FILE_SIZE + 1, &number,
            &found->has_number, err) ||
        !read_file(store, found->name, ".state", STATE_SIZE + 1, &state, &found->has_state, err) ||
        !read_index(store, &index, err))
        return false;
    found->is_indexed = is_in_index(&index, found->name);
    if ((found->is_indexed && !found->has_state) ||
        ((found->is_indexed || found->has_state) && !found->has_number))
        return signet_fail(err, SIGNET_E_DECODE, "a file of an issuer that was seen is gone");
    return (!found->has_number || sg_sequence_file_read(signet_buf_slice(&number), key_of(store),
                                      issuer, &found->number, err)) &&
           (!found->has_state ||
               read_state(store, signet_buf_slice(&state), issuer, &found->state, err));
}

/* What counts: the reference may have gone on without us. */
static signet_bundle_state
stored_of(const findings *found, const signet_revocation_rules *rules)
{
    signet_bundle_state stored = found->state;

    if (found->number > stored.seqno && (stored.generation == 0 || rules->as_reference)) {
        stored.seqno = found->number;
        stored.has_digest = false;
    }
    return stored;
}

static bool
write_number(const files *store, signet_slice issuer, const findings *found, uint64_t seqno,
    signet_error *err)
{
    uint8_t file[SG_SEQUENCE_FILE_SIZE];

    put(file, seqno, 8);
    authenticate(key_of(store), (const signet_slice[]){{file, 8}, issuer}, 2, file + 8);
    return write_file(store, found->name, ".seqno", (signet_slice){file, sizeof(file)}, err);
}

static bool
write_state(const files *store, signet_slice issuer, const findings *found,
    const signet_bundle_state *state, signet_error *err)
{
    uint8_t file[STATE_SIZE];

    put(file, state->seqno, 8);
    memcpy(file + 8, state->digest, sizeof(state->digest));
    put(file + 40, state->generation, 4);
    put(file + 44, (uint64_t)state->accepted, 8);
    authenticate_state(store, issuer, file, file + STATE_BODY_SIZE);
    return write_file(store, found->name, ".state", (signet_slice){file, sizeof(file)}, err);
}

static bool
write_all(const files *store, signet_slice issuer, const findings *found,
    const signet_bundle_state *seen, signet_error *err)
{
    if (!found->has_number && !write_number(store, issuer, found, seen->seqno, err))
        return false;
    if (seen->has_digest && !write_state(store, issuer, found, seen, err))
        return false;
    if (found->has_number && !write_number(store, issuer, found, seen->seqno, err))
        return false;
    return !seen->has_digest || found->is_indexed || add_to_index(store, found->name, err);
}

static signet_revocation_outcome
advance_locked(const files *store, signet_slice issuer, const signet_bundle_state *seen,
    const signet_revocation_rules *rules, signet_error *err)
{
    findings found = {0};
    signet_bundle_state stored = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_STORE_READ;
    signet_error why = {0};

    if (!find(store, issuer, &found, &why)) {
        signet_error_set(err, SIGNET_E_IO, "%s", why.message);
        return why.code == SIGNET_E_DECODE ? SIGNET_REVOCATION_STORE_CORRUPT
                                           : SIGNET_REVOCATION_STORE_READ;
    }
    stored = stored_of(&found, rules);
    outcome = signet_bundle_compare(&stored, seen, rules);
    if (outcome != SIGNET_REVOCATION_GOOD ||
        (!signet_bundle_is_newer(&stored, seen, rules) && (found.is_indexed || !found.has_state)))
        return outcome;
    return write_all(store, issuer, &found, seen, err) ? SIGNET_REVOCATION_GOOD
                                                       : SIGNET_REVOCATION_STORE_WRITE;
}

static signet_revocation_outcome
advance(void *context, signet_slice issuer, const signet_bundle_state *seen,
    const signet_revocation_rules *rules, signet_error *err)
{
    files *store = context;
    signet_revocation_outcome outcome = SIGNET_REVOCATION_STORE_READ;
    char path[PATH_SIZE];
    int fd = -1;

    if (!path_of(store, "lock", "", path, err))
        return outcome;
    (void)pthread_mutex_lock(&store->lock);
    if (sg_file_lock(path, &fd, err))
        outcome = advance_locked(store, issuer, seen, rules, err);
    sg_file_unlock(fd);
    (void)pthread_mutex_unlock(&store->lock);
    return outcome;
}

static void
free_all(void *context)
{
    files *store = context;

    if (store->mac_key) {
        sodium_memzero(store->mac_key, store->mac_key_len);
        free(store->mac_key);
    }
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}

bool
sg_sequence_file_new(const char *directory, signet_slice mac_key, signet_sequence_store *ret_store,
    signet_error *err)
{
    size_t size = strlen(directory) + 1;
    files *store = NULL;

    if (mac_key.len == 0 || size == 1)
        return signet_fail(
            err, SIGNET_E_USAGE, "a store of sequence numbers needs a directory and a key");
    if (!sg_directory_make(directory, err) || !sg_directory_check(directory, err))
        return false;
    store = calloc(1, sizeof(*store) + size);
    if (!store)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a store");
    (void)pthread_mutex_init(&store->lock, NULL);
    memcpy(store->directory, directory, size);
    store->mac_key = malloc(mac_key.len);
    if (!store->mac_key) {
        free_all(store);
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a store");
    }
    memcpy(store->mac_key, mac_key.ptr, mac_key.len);
    store->mac_key_len = mac_key.len;
    *ret_store = (signet_sequence_store){store, advance, free_all};
    return true;
}
