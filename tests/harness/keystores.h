/* SPDX-License-Identifier: Apache-2.0 */
/* Key stores for tests: cheap ones, with one key. */
#ifndef SG_TESTS_KEYSTORES_H
#define SG_TESTS_KEYSTORES_H

#include "harness.h"
#include "keystore/keystore.h"

static const sg_keyfile_cost cheap = {1, SG_KEYFILE_MEMORY_KIB_MIN};
static const char good_plaintext[] = "-----BEGIN ED25519 PRIVATE KEY-----\n"
                                     "/7WXSmDPHue1vYQtec+TQYGZiQlNT49ZYrLDA+ui4CQ=\n"
                                     "-----END ED25519 PRIVATE KEY-----\n";

static signet_keystore_options
options_for(const char *directory)
{
    return (signet_keystore_options){
        .directory = directory, .accepted = signet_only_ed25519, .cache_seconds = -1};
}

static signet_key *
new_key(void)
{
    signet_error err = {0};
    signet_key *key = signet_key_generate(&signet_ed25519, &err);

    if (!key)
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    return key;
}

/* Make a store with one new key; NULL: plaintext. */
static bool
create(const char *directory, const signet_key *key, const char *passphrase, bool replace,
    signet_error *err)
{
    signet_keystore_options options = options_for(directory);
    signet_keystore_new_keys wanted = {.keys = &key,
        .key_count = 1,
        .plaintext = !passphrase,
        .passphrase = signet_slice_text(passphrase ? passphrase : ""),
        .replace = replace};

    return sg_keystore_create(&options, &wanted, &cheap, err);
}

/* Whether the key of a plaintext store loads; it goes to `ret_public` (32 bytes). */
static bool
load(const char *directory, uint8_t *ret_public, signet_error *err)
{
    signet_keystore_options options = options_for(directory);
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    store = signet_keystore_open(&options, err);
    key = store ? signet_keystore_load(store, &signet_ed25519, err) : NULL;
    if (key && ret_public)
        memcpy(ret_public, signet_key_public(key).ptr, SIGNET_ED25519_PUBLIC_SIZE);
    return key != NULL;
}

#endif
