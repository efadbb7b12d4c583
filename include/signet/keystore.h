/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where master keys rest.  One resolver for all programs; a weaker store is never taken silently.
 *
 * A key file is `<directory>/master.key`, mode 0600, owned by the user, not a link:
 *   - encrypted (default): PEM `SIGNET ENCRYPTED KEYS`, Argon2id and XChaCha20-Poly1305
 *     (docs/formats/keyfile.md);
 *   - plaintext: PEM `ED25519 PRIVATE KEY` as the Go reference writes it, optionally followed by
 *     `PRIVATE KEY` (PKCS#8) of ML-DSA-44.
 * It holds one Ed25519 key, one ML-DSA-44 key, or both (a hybrid signer).
 */
#ifndef SIGNET_KEYSTORE_H
#define SIGNET_KEYSTORE_H

#include <signet/key.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_PASSPHRASE_MAX = 1024,   /**< bytes of a passphrase */
    SIGNET_CACHE_SECONDS = 15 * 60, /**< how long the kernel keeps an unlocked store */
};

/** How a store is protected. */
typedef enum {
    SIGNET_STORE_NONE,      /**< there is no key yet */
    SIGNET_STORE_ENCRYPTED, /**< a passphrase is needed */
    SIGNET_STORE_PLAINTEXT, /**< whoever reads the file has the key */
} signet_store_protection;

/**
 * Ask for the passphrase of `path`: append it to `ret_passphrase` (wiped by the keystore).
 * `attempt` counts from 1; answering false ends the unlocking with the error set by the callback.
 */
typedef bool (*signet_ask_passphrase)(void *context, const char *path, unsigned attempt,
    signet_buf *ret_passphrase, signet_error *err);

typedef struct {
    const char *directory;      /**< absolute; where master.key is */
    signet_algorithms accepted; /**< algorithms whose keys are read */
    signet_ask_passphrase ask;  /**< NULL: a locked store stays locked */
    void *ask_context;
    int64_t cache_seconds; /**< 0: SIGNET_CACHE_SECONDS; negative: no cache */
} signet_keystore_options;

typedef struct signet_keystore signet_keystore;

/**
 * Look at the store in a directory.  Reads the file, unlocks nothing.  A store that does not exist
 * opens with SIGNET_STORE_NONE.  Refused with SIGNET_E_IO: a directory or file that belongs to
 * somebody else, a directory that others can write, a file that others can read, a link, not a
 * regular file.
 */
SIGNET_API signet_keystore *signet_keystore_open(
    const signet_keystore_options *options, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API signet_store_protection signet_keystore_protection(const signet_keystore *store);

/** The path of the key file, borrowed. */
SIGNET_API const char *signet_keystore_path(const signet_keystore *store);

/**
 * The public half of the key with that algorithm, without unlocking.  SIGNET_E_NOT_FOUND: the store
 * has no such key.  The caller frees it.
 */
SIGNET_API signet_key *signet_keystore_public(const signet_keystore *store,
    const signet_algorithm *algorithm, signet_error *err) SIGNET_MUST_CHECK;

/** Whether the store names a key of that algorithm, also when it is not among the accepted ones. */
SIGNET_API bool signet_keystore_has(const signet_keystore *store, const char *algorithm_name);

/**
 * The private key with that algorithm; unlocks with the kernel's cache, else by asking (three
 * attempts). SIGNET_E_NOT_FOUND, SIGNET_E_LOCKED.  The caller frees it.
 */
SIGNET_API signet_key *signet_keystore_load(
    signet_keystore *store, const signet_algorithm *algorithm, signet_error *err) SIGNET_MUST_CHECK;

/** How signet_keystore_create() writes. */
typedef struct {
    const signet_key *const *keys; /**< one or two private keys with seeds, different algorithms */
    size_t key_count;
    bool plaintext;          /**< no passphrase */
    signet_slice passphrase; /**< else; 1 to SIGNET_PASSPHRASE_MAX bytes */
    bool replace;            /**< an existing file is kept as master.key.old, then replaced */
} signet_keystore_new_keys;

/**
 * Write the keys: to a temporary file in the directory (made with mode 0700 when missing), synced,
 * renamed.  SIGNET_E_EXISTS when there are keys already and `replace` is not set.  At every moment
 * either the old or the new file is whole.
 */
SIGNET_API bool signet_keystore_create(const signet_keystore_options *options,
    const signet_keystore_new_keys *wanted, signet_error *err) SIGNET_MUST_CHECK;

/** Make the kernel forget what unlocks this store.  True also when it knew nothing. */
SIGNET_API bool signet_keystore_lock(const signet_keystore *store, signet_error *err)
    SIGNET_MUST_CHECK;

/** Whether this machine's kernel keeps keys for us; NULL, or the reason why not. */
SIGNET_API const char *signet_keystore_cache_problem(void);

/**
 * Read the value of a keyring item of the Go reference: 64 hex digits of an Ed25519 seed, or
 * "<algorithm>:<hex seed>".
 */
SIGNET_API signet_key *signet_key_from_keyring_value(
    signet_algorithms accepted, signet_slice value, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API void signet_keystore_free(signet_keystore *store);
SIGNET_DEFINE_AUTO(signet_keystore_free, signet_keystore *);

SIGNET_END_DECLS

#endif
