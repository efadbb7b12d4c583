/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted form: nothing in it can be changed unnoticed, nothing it asks for is unbounded. */
#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "codec/pem.h"
#include "crypto/random.h"
#include "harness.h"
#include "keystore/keyring.h"
#include "keystore/keystore.h"
#include "scratch.h"

static const sg_keyfile_cost cheap = {1, SG_KEYFILE_MEMORY_KIB_MIN};
static const char passphrase[] = "a passphrase";

/* The worked example of docs/formats/keyfile.md: passphrase "correct horse", seed 00 01 ... 1f. */
static const char example[] = "-----BEGIN SIGNET ENCRYPTED KEYS-----\n"
                              "U0lHTkVUS0YBAQAAAAEAAAAIgIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5yd\n"
                              "np+goaKjpKWmpwEHZWQyNTUxOQAgA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyG\n"
                              "ZBJVMbhhsxephtOEvSH1mCmxgjIW+EPZcgmamgnWBwZ101yObsey31CsK0rLOhcg\n"
                              "IuZGmRU=\n"
                              "-----END SIGNET ENCRYPTED KEYS-----\n";

static signet_key *
new_key(void)
{
    signet_key *key = signet_key_generate(&signet_ed25519, NULL);

    REQUIRE(key);
    return key;
}

/* Offsets in the body of a file with one Ed25519 key. */
enum {
    AT_VERSION = 8,
    AT_KDF = 9,
    AT_OPERATIONS = 10,
    AT_MEMORY = 14,
    AT_SALT = 18,
    AT_NONCE = 34,
    AT_COUNT = 58,
    AT_NAME_LEN = 59,
    AT_NAME = 60,
    AT_PUBLIC_LEN = 67,
    AT_PUBLIC = 69,
    AT_BOX = 101,
    BODY_SIZE = 149,
};

/* The text of a cheap file, and the bytes in its block. */
static void
make(const signet_key *key, signet_buf *ret_text, sg_pem_block *ret_block)
{
    signet_error err = {0};

    if (!sg_keyfile_write_encrypted(
            &key, 1, signet_slice_text(passphrase), &cheap, ret_text, &err) ||
        !sg_pem_read(signet_buf_slice(ret_text), ret_block, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    CHECK_INT(ret_block->bytes.len, BODY_SIZE);
}

/* Read and unlock; the code of what went wrong, or SIGNET_OK. */
static signet_code
try(signet_slice text, const char *with)
{
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};
    uint8_t unlocking[SG_KEYFILE_UNLOCKING_SIZE];
    signet_error err = {0};

    if (sg_keyfile_read(text, &file, &err) &&
        sg_keyfile_derive(&file, signet_slice_text(with), unlocking, &err) &&
        sg_keyfile_unlock(&file, unlocking, &err))
        return SIGNET_OK;
    return err.code;
}

static signet_code
try_body(signet_slice body)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    REQUIRE(sg_pem_write(&text, "SIGNET ENCRYPTED KEYS", body, NULL));
    return try(signet_buf_slice(&text), passphrase);
}

TEST(the_right_passphrase_unlocks)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    CHECK_INT(try(signet_buf_slice(&text), passphrase), SIGNET_OK);
    CHECK_INT(try(signet_buf_slice(&text), "another passphrase"), SIGNET_E_LOCKED);
    CHECK_INT(try_body(signet_buf_slice(&block.bytes)), SIGNET_OK);
}

TEST(two_files_of_one_key_have_nothing_secret_in_common)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text_a = {0}, text_b = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block a = {0}, b = {0};

    make(key, &text_a, &a);
    make(key, &text_b, &b);
    CHECK(memcmp(a.bytes.data + AT_SALT, b.bytes.data + AT_SALT, AT_NONCE - AT_SALT) != 0);
    CHECK(memcmp(a.bytes.data + AT_NONCE, b.bytes.data + AT_NONCE, AT_COUNT - AT_NONCE) != 0);
    CHECK(memcmp(a.bytes.data + AT_BOX, b.bytes.data + AT_BOX, BODY_SIZE - AT_BOX) != 0);
    CHECK(!memmem(a.bytes.data, a.bytes.len, signet_key_seed(key).ptr, SIGNET_SEED_SIZE));
}

TEST(a_changed_bit_in_the_body_is_noticed)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    for (size_t i = 0; i < 8 * block.bytes.len; i++) {
        uint8_t bit = (uint8_t)(1 << (i % 8));

        if (i / 8 >= AT_MEMORY && i / 8 < AT_SALT && (i / 8 < AT_MEMORY + 3 || bit > 64))
            continue; /* would take up to a gigabyte to refuse */
        block.bytes.data[i / 8] ^= bit;
        if (try_body(signet_buf_slice(&block.bytes)) == SIGNET_OK)
            harness_fail(__FILE__, __LINE__, "bit %zu of byte %zu", i % 8, i / 8);
        block.bytes.data[i / 8] ^= bit;
    }
    CHECK_INT(try_body(signet_buf_slice(&block.bytes)), SIGNET_OK);
}

TEST(a_changed_byte_in_the_text_is_noticed)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t before = text.data[i];

        text.data[i] = (uint8_t)(before ^ 0x20);
        if (try(signet_buf_slice(&text), passphrase) == SIGNET_OK)
            harness_fail(__FILE__, __LINE__, "byte %zu", i);
        text.data[i] = before;
    }
}

TEST(a_truncated_file_is_refused)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    for (size_t len = 0; len < text.len - 1; len++) { /* the last newline may be absent */
        if (try((signet_slice){text.data, len}, passphrase) != SIGNET_E_DECODE)
            harness_fail(__FILE__, __LINE__, "text of %zu bytes", len);
    }
    for (size_t len = 0; len < block.bytes.len; len++) {
        if (try_body((signet_slice){block.bytes.data, len}) != SIGNET_E_DECODE)
            harness_fail(__FILE__, __LINE__, "body of %zu bytes", len);
    }
}

TEST(something_behind_the_keys_is_refused)
{
    static const struct {
        const char *name, *tail;
        signet_code expected;
    } rows[] = {
        {"blank lines", "\n \r\n\t\n", SIGNET_OK},
        {"a word", "x", SIGNET_E_DECODE},
        {"a plaintext key",
            "-----BEGIN ED25519 PRIVATE KEY-----\n/7WXSmDPHue1vYQtec+TQYGZiQlNT49ZYrLDA+ui4CQ=\n"
            "-----END ED25519 PRIVATE KEY-----\n",
            SIGNET_E_DECODE},
        {"half a block", "-----BEGIN SIGNET ENCRYPTED KEYS-----\n", SIGNET_E_DECODE},
    };
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
        SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

        make(key, &text, &block);
        REQUIRE(signet_buf_append(&text, signet_slice_text(row->tail), NULL));
        CHECK_INT(try(signet_buf_slice(&text), passphrase), row->expected);
    }
}

TEST(a_header_that_makes_no_sense_is_refused)
{
    static const struct {
        const char *name;
        size_t at;
        uint8_t bytes[4];
        size_t len;
    } rows[] = {
        {"another magic", 0, {'s'}, 1},
        {"version 0", AT_VERSION, {0}, 1},
        {"version 2", AT_VERSION, {2}, 1},
        {"kdf 0", AT_KDF, {0}, 1},
        {"kdf 2", AT_KDF, {2}, 1},
        {"0 passes", AT_OPERATIONS, {0, 0, 0, 0}, 4},
        {"17 passes", AT_OPERATIONS, {0, 0, 0, 17}, 4},
        {"4294967295 passes", AT_OPERATIONS, {255, 255, 255, 255}, 4},
        {"0 KiB", AT_MEMORY, {0, 0, 0, 0}, 4},
        {"7 KiB", AT_MEMORY, {0, 0, 0, 7}, 4},
        {"a gigabyte and 1 KiB", AT_MEMORY, {0, 0x10, 0, 1}, 4},
        {"4 TiB", AT_MEMORY, {255, 255, 255, 255}, 4},
        {"no keys", AT_COUNT, {0}, 1},
        {"two keys, of which one is there", AT_COUNT, {2}, 1},
        {"255 keys", AT_COUNT, {255}, 1},
        {"no name", AT_NAME_LEN, {0}, 1},
        {"a long name", AT_NAME_LEN, {33}, 1},
        {"a name beyond the end", AT_NAME_LEN, {255}, 1},
        {"upper case", AT_NAME, {'E'}, 1},
        {"a terminator in the name", AT_NAME + 3, {0}, 1},
        {"no public key", AT_PUBLIC_LEN, {0, 0}, 2},
        {"a public key of 31 bytes", AT_PUBLIC_LEN, {0, 31}, 2},
        {"a public key of 33 bytes", AT_PUBLIC_LEN, {0, 33}, 2},
        {"a public key beyond the end", AT_PUBLIC_LEN, {255, 255}, 2},
    };
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    for (EACH(row, rows)) {
        uint8_t body[BODY_SIZE];

        memcpy(body, block.bytes.data, sizeof(body));
        memcpy(body + row->at, row->bytes, row->len);
        CHECK_INT(try_body((signet_slice){body, sizeof(body)}), SIGNET_E_DECODE);
    }
}

TEST(a_public_key_that_was_exchanged_is_noticed)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key(), *other = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    CHECK_BYTES(((signet_slice){block.bytes.data + AT_PUBLIC, 32}), signet_key_public(key));
    memcpy(block.bytes.data + AT_PUBLIC, signet_key_public(other).ptr, 32);
    CHECK_INT(try_body(signet_buf_slice(&block.bytes)), SIGNET_E_LOCKED);
}

/* Random bytes of the example: 0x80, 0x81, ... */
static bool
count_up(uint8_t *ret_bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ret_bytes[i] = (uint8_t)(0x80 + i);
    return true;
}

TEST(the_example_of_the_document_is_what_we_write)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    bool is_written = false;

    key = signet_key_from_seed(&signet_ed25519,
        unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), NULL);
    REQUIRE(key);
    sg_random_set_source(count_up);
    is_written = sg_keyfile_write_encrypted((const signet_key *const *)&key, 1,
        signet_slice_text("correct horse"), &cheap, &text, NULL);
    sg_random_set_source(NULL);
    REQUIRE(is_written);
    CHECK_BYTES(signet_buf_slice(&text), signet_slice_text(example));
}

TEST(the_example_of_the_document_unlocks)
{
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};
    uint8_t unlocking[SG_KEYFILE_UNLOCKING_SIZE];
    signet_error err = {0};

    if (!sg_keyfile_read(signet_slice_text(example), &file, &err) ||
        !sg_keyfile_derive(&file, signet_slice_text("correct horse"), unlocking, &err) ||
        !sg_keyfile_unlock(&file, unlocking, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    CHECK_TEXT(file.keys[0].name, "ed25519");
    CHECK_BYTES(((signet_slice){file.seeds, SIGNET_SEED_SIZE}),
        unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
}

/* The cache: real keys in the real kernel, under names that no store has. */

static bool
has_no_cache(void)
{
    const char *problem = signet_keystore_cache_problem();

    if (problem)
        print_message("# SKIP no cache: %s\n", problem);
    return problem != NULL;
}

static bool
refuse_to_answer(void *context, const char *path, unsigned attempt, signet_buf *ret_passphrase,
    signet_error *err)
{
    unsigned *asked = context;

    (void)path, (void)attempt, (void)ret_passphrase;
    ++*asked;
    return signet_fail(err, SIGNET_E_LOCKED, "nobody answers");
}

static bool
answer(void *context, const char *path, unsigned attempt, signet_buf *ret_passphrase,
    signet_error *err)
{
    (void)context, (void)path, (void)attempt;
    return signet_buf_append(ret_passphrase, signet_slice_text(passphrase), err);
}

/* Load the key of `home`; whether that worked, and how often somebody was asked in vain. */
static bool
load(const char *home, signet_ask_passphrase ask, int64_t seconds, unsigned *asked)
{
    signet_keystore_options options = {.directory = home,
        .accepted = signet_only_ed25519,
        .ask = ask,
        .ask_context = asked,
        .cache_seconds = seconds};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    store = signet_keystore_open(&options, NULL);
    REQUIRE(store);
    key = signet_keystore_load(store, &signet_ed25519, NULL);
    return key != NULL;
}

static void
lock(const char *home)
{
    signet_keystore_options options = {.directory = home, .accepted = signet_only_ed25519};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;

    store = signet_keystore_open(&options, NULL);
    REQUIRE(store && signet_keystore_lock(store, NULL));
}

static const char *
new_home(void)
{
    const char *home = scratch_directory();
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    make(key, &text, &block);
    scratch_write(scratch_path(home, "master.key"), signet_buf_slice(&text), 0600);
    return home;
}

TEST(an_unlocked_store_is_remembered_until_it_is_locked)
{
    const char *home = NULL;
    unsigned asked = 0;

    if (has_no_cache())
        skip();
    home = new_home();
    CHECK(!load(home, refuse_to_answer, 60, &asked) && asked == 1);
    CHECK(load(home, answer, 60, NULL));
    CHECK(load(home, refuse_to_answer, 60, &asked) && asked == 1);
    CHECK(load(home, NULL, 60, NULL));
    CHECK(
        !load(home, refuse_to_answer, -1, &asked) && asked == 2); /* who wants no cache has none */
    lock(home);
    CHECK(!load(home, refuse_to_answer, 60, &asked) && asked == 3);
    lock(home);
}

TEST(a_store_is_remembered_for_its_time_only)
{
    const char *home = NULL;
    unsigned asked = 0;

    if (has_no_cache())
        skip();
    home = new_home();
    CHECK(load(home, answer, 3, NULL)); /* the kernel counts whole seconds */
    CHECK(load(home, refuse_to_answer, 60, &asked) && asked == 0);
    REQUIRE(usleep(1000 * 1000) == 0 && load(home, refuse_to_answer, 60, &asked)); /* not renewed */
    REQUIRE(usleep(2200 * 1000) == 0);
    CHECK(!load(home, refuse_to_answer, 60, &asked) && asked == 1);
}

TEST(what_is_not_asked_to_be_kept_is_not)
{
    unsigned asked = 0;
    const char *home = new_home();

    CHECK(load(home, answer, -1, NULL));
    CHECK(!load(home, refuse_to_answer, 60, &asked) && asked == 1);
}

TEST(another_process_remembers_too)
{
    const char *home = NULL;
    int status = 0;
    pid_t child = 0;

    if (has_no_cache())
        skip();
    home = new_home();
    child = fork();
    if (child == 0)
        _exit(setsid() > 0 && load(home, answer, 60, NULL) ? 0 : 1);
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    CHECK(load(home, NULL, 60, NULL));
    lock(home);
    CHECK(!load(home, NULL, 60, NULL));
}

/* As somebody else, and out of the session that might hand the key on, read it by its number. */
static int
read_as_another(long key)
{
    uint8_t found[SG_KEYFILE_UNLOCKING_SIZE];

    if (setuid(1) != 0 || syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
        return 2;
    return syscall(SYS_keyctl, KEYCTL_READ, key, found, sizeof(found)) < 0 && errno == EACCES ? 0
                                                                                              : 1;
}

/* Whether a child that does this ends with 0. */
static bool
child_does(int (*what)(long), long with)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(what(with));
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
    return status == 0;
}

/* The owner needs no session that leads there. */
static int
read_from_another_session(long key)
{
    uint8_t found[SG_KEYFILE_UNLOCKING_SIZE];

    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
        return 2;
    return syscall(SYS_keyctl, KEYCTL_READ, key, found, sizeof(found)) == sizeof(found) ? 0 : 1;
}

TEST(another_user_remembers_nothing)
{
    const char *home = NULL;
    char name[SG_KEYRING_NAME_SIZE];
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};
    uint8_t found[SG_KEYFILE_UNLOCKING_SIZE];
    long key = 0;

    if (has_no_cache())
        skip();
    if (geteuid() != 0) {
        print_message("# SKIP only root can be somebody else\n");
        skip();
    }
    home = new_home();
    REQUIRE(load(home, answer, 60, NULL));
    REQUIRE(sg_keyfile_read(harness_file(scratch_path(home, "master.key")), &file, NULL));
    sg_keystore_keyring_name(&file, name);
    CHECK(sg_keyring_find(name, found, sizeof(found)));
    CHECK(!sg_keyring_find(name, found, sizeof(found) - 1));
    key = syscall(SYS_keyctl, KEYCTL_SEARCH, (long)KEY_SPEC_USER_KEYRING, "user", name, 0L);
    REQUIRE(key > 0);
    CHECK(child_does(read_from_another_session, key));
    CHECK(child_does(read_as_another, key));
    lock(home);
}

TEST(a_remembered_secret_of_another_file_does_not_unlock)
{
    const char *home = NULL;
    char name[SG_KEYRING_NAME_SIZE];
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};
    uint8_t wrong[SG_KEYFILE_UNLOCKING_SIZE] = {1, 2, 3};
    unsigned asked = 0;

    if (has_no_cache())
        skip();
    home = new_home();
    REQUIRE(sg_keyfile_read(harness_file(scratch_path(home, "master.key")), &file, NULL));
    sg_keystore_keyring_name(&file, name);
    REQUIRE(sg_keyring_keep(name, (signet_slice){wrong, sizeof(wrong)}, 60));
    CHECK(!load(home, refuse_to_answer, 60, &asked) && asked == 1);
    CHECK(load(home, answer, 60, NULL));
    CHECK(load(home, NULL, 60, NULL));
    lock(home);
}

TESTS(TEST_OF(the_right_passphrase_unlocks),
    TEST_OF(two_files_of_one_key_have_nothing_secret_in_common),
    TEST_OF(a_changed_bit_in_the_body_is_noticed), TEST_OF(a_changed_byte_in_the_text_is_noticed),
    TEST_OF(a_truncated_file_is_refused), TEST_OF(something_behind_the_keys_is_refused),
    TEST_OF(a_header_that_makes_no_sense_is_refused),
    TEST_OF(a_public_key_that_was_exchanged_is_noticed),
    TEST_OF(the_example_of_the_document_is_what_we_write),
    TEST_OF(the_example_of_the_document_unlocks),
    TEST_OF(an_unlocked_store_is_remembered_until_it_is_locked),
    TEST_OF(a_store_is_remembered_for_its_time_only), TEST_OF(what_is_not_asked_to_be_kept_is_not),
    TEST_OF(another_process_remembers_too), TEST_OF(another_user_remembers_nothing),
    TEST_OF(a_remembered_secret_of_another_file_does_not_unlock))
