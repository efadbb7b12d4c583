/* SPDX-License-Identifier: Apache-2.0 */
/* keystore: want of memory is said as such, and leaves files as they were. */
#include "faults.h"
#include "harness.h"
#include "keystore/keystore.h"
#include "scratch.h"

static const sg_keyfile_cost cheap = {1, SG_KEYFILE_MEMORY_KIB_MIN};
static const uint8_t seed[SIGNET_SEED_SIZE] = {7};
static const char *plain_home, *encrypted_home; /* made while there was memory */

static bool
answer(void *context, const char *path, unsigned attempt, signet_buf *ret_passphrase,
    signet_error *err)
{
    (void)context, (void)path, (void)attempt;
    return signet_buf_append(ret_passphrase, signet_slice_text("secret"), err);
}

static bool
write_store(const char *home, bool plaintext, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_keystore_options options = {.directory = home, .accepted = signet_only_ed25519};
    signet_keystore_new_keys wanted = {.key_count = 1,
        .plaintext = plaintext,
        .passphrase = signet_slice_text("secret"),
        .replace = true};

    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, err);
    if (!key)
        return false;
    wanted.keys = (const signet_key *const *)&key;
    return sg_keystore_create(&options, &wanted, &cheap, err);
}

static bool
load_store(const char *home, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *public_key = NULL;
    signet_keystore_options options = {
        .directory = home, .accepted = signet_only_ed25519, .ask = answer, .cache_seconds = -1};

    store = signet_keystore_open(&options, err);
    if (!store)
        return false;
    REQUIRE(signet_keystore_protection(store) != SIGNET_STORE_NONE);
    public_key = signet_keystore_public(store, &signet_ed25519, err);
    if (!public_key)
        return false;
    key = signet_keystore_load(store, &signet_ed25519, err);
    return key != NULL;
}

static bool
load_plaintext(signet_error *err)
{
    return load_store(plain_home, err);
}

static bool
load_encrypted(signet_error *err)
{
    return load_store(encrypted_home, err);
}

static bool
write_plaintext(signet_error *err)
{
    return write_store(plain_home, true, err);
}

static bool
write_encrypted(signet_error *err)
{
    return write_store(encrypted_home, false, err);
}

static bool
read_keyring_value(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_keyring_value(signet_only_ed25519,
        signet_slice_text("ffb5974a60cf1ee7b5bd842d79cf9341819989094d4f8f5962b2c303eba2e024"), err);
    return key != NULL;
}

TEST(want_of_memory_is_no_wrong_passphrase_and_no_lost_key)
{
    static const faults_row rows[] = {
        {"load plaintext", load_plaintext, 8},
        {"load encrypted", load_encrypted, 10},
        {"write plaintext", write_plaintext, 6},
        {"write encrypted", write_encrypted, 8},
        {"read a keyring value", read_keyring_value, 3},
    };

    plain_home = scratch_directory();
    encrypted_home = scratch_directory();
    REQUIRE(write_store(plain_home, true, NULL) && write_store(encrypted_home, false, NULL));
    for (EACH(row, rows)) {
        faults_exhaust(row);
        REQUIRE(load_store(plain_home, NULL) && load_store(encrypted_home, NULL));
    }
    CHECK_INT(scratch_count(plain_home), 4); /* the key, its two predecessors, the lock */
    CHECK_INT(scratch_count(encrypted_home), 4);
}

TESTS(TEST_OF(want_of_memory_is_no_wrong_passphrase_and_no_lost_key))
