/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file master.key of one directory.  What is opened is what is judged: owner, mode and kind are
 * those of the descriptor that is read.  What unlocks an encrypted store is remembered by the
 * kernel under a name made of the file's header, so that another file, or the same keys under
 * another passphrase, never meets a remembered secret that is not its own.
 */
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "keystore/keyring.h"
#include "keystore/keystore.h"

enum { ATTEMPTS_MAX = 3, HASH_SIZE = 32 };

static const char file_name[] = "master.key";
static const char lock_name[] = ".lock";

struct signet_keystore {
    signet_keystore_options options; /* without the directory, which is the caller's */
    signet_buf path;                 /* with a terminator */
    sg_keyfile file;                 /* no keys: there is none */
};

static bool
join(const char *directory, const char *name, signet_buf *out, signet_error *err)
{
    if (!directory || directory[0] != '/')
        return signet_fail(err, SIGNET_E_USAGE, "the directory of a keystore must be absolute");
    return signet_buf_printf(out, err, "%s/%s%c", directory, name, '\0');
}

/* The text of the key file; empty when there is none. */
static bool
read_text(const char *directory, const char *path, signet_buf *out, signet_error *err)
{
    signet_error problem = {0};

    if (sg_directory_check(directory, &problem) &&
        sg_file_read(path, SG_KEYFILE_MAX, SG_FILE_PRIVATE, out, &problem)) {
        return out->len > 0 || signet_fail(err, SIGNET_E_DECODE, "%s: an empty file", path);
    }
    if (problem.code == SIGNET_E_NOT_FOUND)
        return true;
    if (err)
        *err = problem;
    return false;
}

signet_keystore *
signet_keystore_open(const signet_keystore_options *options, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    store = calloc(1, sizeof(*store));
    if (!store)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a keystore");
    if (!join(options->directory, file_name, &store->path, err) ||
        !read_text(options->directory, signet_keystore_path(store), &text, err))
        return NULL;
    if (text.len > 0 && !sg_keyfile_read(signet_buf_slice(&text), &store->file, err)) {
        signet_error_prefix(err, signet_keystore_path(store));
        return NULL;
    }
    store->options = *options;
    store->options.directory = NULL;
    return SIGNET_TAKE(store);
}

signet_store_protection
signet_keystore_protection(const signet_keystore *store)
{
    if (store->file.key_count == 0)
        return SIGNET_STORE_NONE;
    return store->file.is_encrypted ? SIGNET_STORE_ENCRYPTED : SIGNET_STORE_PLAINTEXT;
}

const char *
signet_keystore_path(const signet_keystore *store)
{
    return (const char *)store->path.data;
}

bool
signet_keystore_has(const signet_keystore *store, const char *algorithm_name)
{
    for (size_t i = 0; i < store->file.key_count; i++) {
        if (strcmp(store->file.keys[i].name, algorithm_name) == 0)
            return true;
    }
    return false;
}

static bool
find(const signet_keystore *store, const signet_algorithm *algorithm, size_t *ret_index,
    signet_error *err)
{
    const char *path = signet_keystore_path(store);

    if (!algorithm || signet_algorithm_named(store->options.accepted, algorithm->name) != algorithm)
        return signet_fail(err, SIGNET_E_ALGORITHM, "%s: %s is not accepted here", path,
            algorithm ? algorithm->name : "no algorithm");
    for (size_t i = 0; i < store->file.key_count; i++) {
        if (strcmp(store->file.keys[i].name, algorithm->name) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return signet_fail(err, SIGNET_E_NOT_FOUND,
        store->file.key_count == 0 ? "%s: master key not found" : "%s: has no key of %s", path,
        algorithm->name);
}

static signet_slice
seed_of(const signet_keystore *store, size_t index)
{
    return (signet_slice){store->file.seeds + index * SIGNET_SEED_SIZE, SIGNET_SEED_SIZE};
}

signet_key *
signet_keystore_public(
    const signet_keystore *store, const signet_algorithm *algorithm, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *private_key = NULL;
    size_t index = 0;

    if (!find(store, algorithm, &index, err))
        return NULL;
    if (store->file.is_encrypted)
        return signet_key_from_public(algorithm, store->file.keys[index].public_key, err);
    private_key = signet_key_from_seed(algorithm, seed_of(store, index), err);
    return private_key ? signet_key_from_public(algorithm, signet_key_public(private_key), err)
                       : NULL;
}

void
sg_keystore_keyring_name(const sg_keyfile *file, char ret_name[SG_KEYRING_NAME_SIZE])
{
    static const char prefix[] = "signet:";
    uint8_t hash[HASH_SIZE];

    (void)crypto_generichash(hash, sizeof(hash), file->header.ptr, file->header.len, NULL, 0);
    memcpy(ret_name, prefix, sizeof(prefix) - 1);
    sg_hex(ret_name + sizeof(prefix) - 1, (signet_slice){hash, sizeof(hash)});
}

static int64_t
cache_seconds(const signet_keystore *store)
{
    return store->options.cache_seconds ? store->options.cache_seconds : SIGNET_CACHE_SECONDS;
}

static bool
unlock_as_remembered(signet_keystore *store, const char *name, uint8_t *unlocking)
{
    return cache_seconds(store) > 0 &&
           sg_keyring_find(name, unlocking, SG_KEYFILE_UNLOCKING_SIZE) &&
           sg_keyfile_unlock(&store->file, unlocking, NULL);
}

/* One question, one answer. */
static bool
try_passphrase(signet_keystore *store, unsigned attempt, uint8_t *unlocking, bool *ret_goes_on,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf passphrase = {0};
    signet_error wrong = {0};

    *ret_goes_on = false;
    if (!store->options.ask(
            store->options.ask_context, signet_keystore_path(store), attempt, &passphrase, err))
        return false;
    if (passphrase.len == 0 || passphrase.len > SIGNET_PASSPHRASE_MAX) {
        signet_error_set(
            &wrong, SIGNET_E_LOCKED, "a passphrase has 1 to %d bytes", SIGNET_PASSPHRASE_MAX);
    } else if (!sg_keyfile_derive(&store->file, signet_buf_slice(&passphrase), unlocking, err)) {
        return false;
    } else if (sg_keyfile_unlock(&store->file, unlocking, &wrong)) {
        return true;
    }
    *ret_goes_on = wrong.code == SIGNET_E_LOCKED;
    return signet_fail(err, wrong.code, "%s", wrong.message);
}

static bool
unlock(signet_keystore *store, signet_error *err)
{
    SIGNET_AUTO(sg_secret_free) uint8_t *unlocking = NULL;
    char name[SG_KEYRING_NAME_SIZE];
    bool goes_on = true;

    unlocking = sg_secret_new(SG_KEYFILE_UNLOCKING_SIZE, err);
    if (!unlocking)
        return false;
    sg_keystore_keyring_name(&store->file, name);
    if (unlock_as_remembered(store, name, unlocking))
        return true;
    if (!store->options.ask)
        return signet_fail(err, SIGNET_E_LOCKED, "locked");
    for (unsigned attempt = 1; goes_on && attempt <= ATTEMPTS_MAX; attempt++) {
        if (try_passphrase(store, attempt, unlocking, &goes_on, err)) {
            /* without the service the question just comes again */
            (void)sg_keyring_keep(
                name, (signet_slice){unlocking, SG_KEYFILE_UNLOCKING_SIZE}, cache_seconds(store));
            return true;
        }
    }
    return false;
}

signet_key *
signet_keystore_load(signet_keystore *store, const signet_algorithm *algorithm, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    size_t index = 0;

    if (!find(store, algorithm, &index, err))
        return NULL;
    if (!store->file.seeds && !unlock(store, err)) {
        signet_error_prefix(err, signet_keystore_path(store));
        return NULL;
    }
    key = signet_key_from_seed(algorithm, seed_of(store, index), err);
    if (!key)
        return NULL;
    if (store->file.is_encrypted &&
        !signet_slice_is_equal(signet_key_public(key), store->file.keys[index].public_key))
        return signet_fail_null(err, SIGNET_E_KEY, "%s: the public key of %s is not of its seed",
            signet_keystore_path(store), algorithm->name);
    return SIGNET_TAKE(key);
}

static bool
check_new_keys(const signet_keystore_new_keys *wanted, signet_error *err)
{
    if (wanted->key_count < 1 || wanted->key_count > SG_KEYFILE_KEYS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a keystore holds one key or two");
    for (size_t i = 0; i < wanted->key_count; i++) {
        const char *name = signet_key_algorithm(wanted->keys[i])->name;

        if (strcmp(name, "ed25519") != 0 && strcmp(name, "ml-dsa-44") != 0)
            return signet_fail(
                err, SIGNET_E_ALGORITHM, "a keystore does not hold keys of %s", name);
        if (signet_key_seed(wanted->keys[i]).len != SIGNET_SEED_SIZE)
            return signet_fail(err, SIGNET_E_KEY, "a key without a seed cannot be kept");
    }
    if (wanted->key_count == 2 &&
        signet_key_algorithm(wanted->keys[0]) == signet_key_algorithm(wanted->keys[1]))
        return signet_fail(err, SIGNET_E_USAGE, "two keys of one algorithm");
    if (!wanted->plaintext &&
        (wanted->passphrase.len == 0 || wanted->passphrase.len > SIGNET_PASSPHRASE_MAX))
        return signet_fail(
            err, SIGNET_E_USAGE, "a passphrase has 1 to %d bytes", SIGNET_PASSPHRASE_MAX);
    return true;
}

/* Of two processes that create, one waits here; `text` was made before. */
static bool
write_locked(
    const char *directory, const char *path, signet_slice text, bool replace, signet_error *err)
{
    const sg_file_write_rules rules = {
        .mode = 0600, .must_be_new = !replace, .keep_old = replace, .keep_all = replace};
    SIGNET_AUTO(signet_buf_free) signet_buf lock = {0};
    bool is_written = false;
    int fd = -1;

    if (!join(directory, lock_name, &lock, err) || !sg_file_lock((const char *)lock.data, &fd, err))
        return false;
    is_written = sg_file_write(path, text, &rules, err);
    sg_file_unlock(fd);
    return is_written;
}

/* A remembered secret is of no use to a file that is replaced. */
static bool
forget_old(const signet_keystore_options *options, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *old = NULL;
    signet_error problem = {0};

    old = signet_keystore_open(options, &problem);
    if (!old && problem.code == SIGNET_E_NOMEM)
        return signet_fail(err, SIGNET_E_NOMEM, "%s", problem.message);
    return !old || signet_keystore_lock(old, err); /* a broken file has nothing to forget */
}

bool
sg_keystore_create(const signet_keystore_options *options, const signet_keystore_new_keys *wanted,
    const sg_keyfile_cost *cost, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, text = {0};
    const char *name = NULL;
    struct stat status;

    if (!check_new_keys(wanted, err) || !join(options->directory, file_name, &path, err))
        return false;
    name = (const char *)path.data;
    if (!sg_directory_make(options->directory, err) || !sg_directory_check(options->directory, err))
        return false;
    if (!wanted->replace && lstat(name, &status) == 0)
        return signet_fail(err, SIGNET_E_EXISTS, "%s: exists already", name);
    if (wanted->plaintext ? !sg_keyfile_write_plaintext(wanted->keys, wanted->key_count, &text, err)
                          : !sg_keyfile_write_encrypted(wanted->keys, wanted->key_count,
                                wanted->passphrase, cost, &text, err))
        return false;
    if (wanted->replace && !forget_old(options, err))
        return false;
    return write_locked(options->directory, name, signet_buf_slice(&text), wanted->replace, err);
}

bool
signet_keystore_create(const signet_keystore_options *options,
    const signet_keystore_new_keys *wanted, signet_error *err)
{
    return sg_keystore_create(options, wanted, &sg_keyfile_usual_cost, err);
}

bool
signet_keystore_lock(const signet_keystore *store, signet_error *err)
{
    char name[SG_KEYRING_NAME_SIZE];

    if (!store->file.is_encrypted)
        return true;
    sg_keystore_keyring_name(&store->file, name);
    return sg_keyring_forget(name, err);
}

const char *
signet_keystore_cache_problem(void)
{
    return sg_keyring_problem();
}

void
signet_keystore_free(signet_keystore *store)
{
    if (!store)
        return;
    signet_buf_free(&store->path);
    sg_keyfile_free(&store->file);
    free(store);
}
