/* SPDX-License-Identifier: Apache-2.0 */
/* Making an identity and loading it, as init and the signing commands do. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "common/identity.h"
#include "harness.h"
#include "scratch.h"
#include "user.h"

enum { NOW = 1780000000 };

static void
open_home(home *ret_home)
{
    signet_error err = {0};

    if (!home_open(NULL, ret_home, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

/* init; what it prints goes to `ret_printed` unless that is NULL. */
static bool
init(const identity_init_options *options, const char **ret_printed, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    const char *printed = NULL;
    bool is_done = false;

    open_home(&config);
    user_capture(1);
    is_done = identity_init(&config, options, NOW, err);
    printed = user_captured(1);
    if (ret_printed)
        *ret_printed = printed;
    return is_done;
}

static void
init_or_fail(const identity_init_options *options, const char **ret_printed)
{
    signet_error err = {0};

    if (!init(options, ret_printed, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

static bool
load(identity_algorithm algorithm, identity *ret_identity, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};

    open_home(&config);
    return identity_load(&config, algorithm, true, NOW, ret_identity, err);
}

/* The key id of a new plaintext identity, 64 hex digits. */
static void
key_id(char ret_id[65])
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    open_home(&config);
    key = identity_public(&config, &signet_ed25519, NULL);
    REQUIRE(key);
    sg_hex(ret_id, signet_key_public(key));
}

static const char *
text_of(const char *user, const char *name)
{
    return (const char *)harness_file(scratch_path(user, name)).ptr;
}

TEST(init_says_what_it_made_and_where)
{
    const char *user = user_new(), *printed = NULL;
    char expected[512], id[65];

    init_or_fail(&(identity_init_options){.insecure = true}, &printed);
    key_id(id);
    (void)snprintf(expected, sizeof(expected),
        "Master key generated: %s\nKey stored at: %s/.signet/master.key\n"
        "✓ Signet initialized successfully (insecure file-based storage)\n",
        id, user);
    CHECK_TEXT(printed, expected);
    CHECK_INT(scratch_mode(scratch_path(user, ".signet")), 0700);
    CHECK_INT(scratch_mode(scratch_path(user, ".signet/master.key")), 0600);
    CHECK(strstr(text_of(user, ".signet/config.json"), "\"keystore\": \"plaintext\""));
    CHECK(strstr(text_of(user, ".signet/config.json"), "\"key_location\": \"home\""));
    CHECK(strstr(text_of(user, ".signet/trusted_signers"), id));
    CHECK_INT(scratch_count(scratch_path(user, ".signet")), 4); /* these, the key and the lock */
}

/* In a process of its own: each says it once. */
TEST(an_unprotected_key_is_mentioned_once_in_a_process)
{
    SIGNET_AUTO(identity_free) identity first = {0}, second = {0};
    const char *said = NULL;

    (void)user_new();
    init_or_fail(&(identity_init_options){.insecure = true}, NULL);
    user_capture(2);
    REQUIRE(load(IDENTITY_ED25519, &first, NULL) && load(IDENTITY_ED25519, &second, NULL));
    said = user_captured(2);
    CHECK(first.is_plaintext && second.is_plaintext);
    said = strstr(said, "stored unprotected");
    CHECK(said && !strstr(said + 1, "stored unprotected"));
}

static int
give_passphrase(const char *text)
{
    int ends[2];
    char number[16];

    REQUIRE(pipe(ends) == 0 && write(ends[1], text, strlen(text)) > 0 && close(ends[1]) == 0);
    (void)snprintf(number, sizeof(number), "%d", ends[0]);
    return setenv("SIGNET_PASSPHRASE_FD", number, 1);
}

/* The exit status of a process that has a passphrase and signs: 0, or the code of its error. */
static int
load_in_child(const char *passphrase)
{
    int status = 0;
    pid_t child = fork();

    REQUIRE(child >= 0);
    if (child == 0) {
        SIGNET_AUTO(identity_free) identity who = {0};
        signet_error err = {0};

        if (passphrase ? give_passphrase(passphrase) != 0 : setsid() < 0)
            _exit(100);
        _exit(load(IDENTITY_ED25519, &who, &err) ? 0 : (int)err.code);
    }
    REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* init with a passphrase, in a process of its own; what it printed. */
static const char *
init_in_child(const identity_init_options *options, const char *passphrase)
{
    SIGNET_AUTO(home_free) home config = {0};
    const char *printed = NULL;
    int status = 0;
    pid_t child = 0;

    open_home(&config);
    user_capture(1);
    child = fork();
    if (child == 0) {
        bool is_done =
            give_passphrase(passphrase) == 0 && identity_init(&config, options, NOW, NULL);

        (void)fflush(NULL);
        _exit(is_done ? 0 : 1);
    }
    REQUIRE(child > 0 && waitpid(child, &status, 0) == child);
    printed = user_captured(1);
    CHECK_INT(status, 0);
    return printed;
}

static void
lock(void)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_keystore_options options = {.accepted = signet_only_ed25519};

    open_home(&config);
    options.directory = config.key_directory;
    store = signet_keystore_open(&options, NULL);
    REQUIRE(store && signet_keystore_protection(store) == SIGNET_STORE_ENCRYPTED);
    REQUIRE(signet_keystore_lock(store, NULL));
}

TEST(an_encrypted_identity_is_the_default)
{
    const char *user = user_new(), *printed = NULL;

    printed = init_in_child(&(identity_init_options){0}, "a passphrase\n");
    CHECK(strstr(printed, "✓ Signet initialized successfully\n"));
    CHECK(strstr(text_of(user, ".signet/master.key"), "SIGNET ENCRYPTED KEYS"));
    CHECK(strstr(text_of(user, ".signet/config.json"), "\"keystore\": \"file\""));
    lock();
    CHECK_INT(load_in_child(NULL), SIGNET_E_LOCKED);
    CHECK_INT(load_in_child("another passphrase\n"), SIGNET_E_LOCKED);
    CHECK_INT(load_in_child("a passphrase\n"), 0);
    CHECK_INT(load_in_child(NULL), signet_keystore_cache_problem() ? (int)SIGNET_E_LOCKED : 0);
    lock();
    CHECK_INT(load_in_child(NULL), SIGNET_E_LOCKED);
}

TEST(an_identity_is_not_replaced_by_accident)
{
    const char *user = user_new();
    signet_error err = {0};
    signet_slice before = {0};

    init_or_fail(&(identity_init_options){.insecure = true}, NULL);
    before = harness_file(scratch_path(user, ".signet/master.key"));
    CHECK(!init(&(identity_init_options){.insecure = true}, NULL, &err));
    CHECK_INT(err.code, SIGNET_E_EXISTS);
    CHECK_TEXT(err.message, "master key already exists (use --force to overwrite)");
    CHECK_BYTES(harness_file(scratch_path(user, ".signet/master.key")), before);
}

TEST(a_forced_init_keeps_everything_old)
{
    const char *user = user_new();
    signet_slice key = {0}, bridge = {0};
    SIGNET_AUTO(identity_free) identity who = {0};
    char old_id[65], new_id[65];

    init_or_fail(&(identity_init_options){.insecure = true, .email = "dev@example.com"}, NULL);
    key_id(old_id);
    key = harness_file(scratch_path(user, ".signet/master.key"));
    bridge = harness_file(scratch_path(user, ".signet/git/bridge-cert.pem"));
    init_or_fail(&(identity_init_options){.insecure = true, .force = true}, NULL);
    key_id(new_id);
    CHECK(strcmp(old_id, new_id) != 0);
    CHECK_BYTES(harness_file(scratch_path(user, ".signet/master.key.old")), key);
    CHECK_BYTES(harness_file(scratch_path(user, ".signet/git/bridge-cert.pem.old")), bridge);
    CHECK(scratch_exists(scratch_path(user, ".signet/git/bridge-key.pem.old")));
    CHECK(!scratch_exists(scratch_path(user, ".signet/git/bridge-cert.pem")));
    CHECK(strstr(text_of(user, ".signet/trusted_signers"), old_id));
    CHECK(strstr(text_of(user, ".signet/trusted_signers"), new_id));
    REQUIRE(load(IDENTITY_ED25519, &who, NULL));
    CHECK_INT(who.signers[0].bridge.len, 0);
}

TEST(an_address_can_be_added_later)
{
    const char *user = user_new(), *printed = NULL;
    signet_slice key = {0};
    SIGNET_AUTO(identity_free) identity who = {0};

    init_or_fail(&(identity_init_options){.insecure = true}, NULL);
    key = harness_file(scratch_path(user, ".signet/master.key"));
    init_or_fail(&(identity_init_options){.email = "dev@example.com"}, &printed);
    CHECK(strncmp(printed, "✓ User attribution configured: dev@example.com\n", 48) == 0);
    CHECK_BYTES(harness_file(scratch_path(user, ".signet/master.key")), key);
    CHECK(!scratch_exists(scratch_path(user, ".signet/master.key.old")));
    CHECK_INT(scratch_mode(scratch_path(user, ".signet/git")), 0700);
    CHECK_INT(scratch_mode(scratch_path(user, ".signet/git/bridge-key.pem")), 0600);
    CHECK_INT(scratch_mode(scratch_path(user, ".signet/git/bridge-cert.pem")), 0600);
    REQUIRE(load(IDENTITY_ED25519, &who, NULL));
    CHECK(who.signers[0].bridge.len > 0 && who.signers[0].bridge_key);
}

TEST(what_makes_no_sense_is_refused_before_anything_is_written)
{
    static const struct {
        const char *name;
        identity_init_options options;
        const char *did;
        signet_code expected;
    } rows[] = {
        {"no address", {.insecure = true, .email = "dev"}, NULL, SIGNET_E_USAGE},
        {"two lines", {.insecure = true, .email = "a@b\nc"}, NULL, SIGNET_E_USAGE},
        {"empty", {.insecure = true, .email = ""}, NULL, SIGNET_E_USAGE},
        {"-1 days", {.insecure = true, .email = "a@b.c", .bridge_days = -1}, NULL, SIGNET_E_USAGE},
        {"36501 days", {.insecure = true, .email = "a@b.c", .bridge_days = 36501}, NULL,
            SIGNET_E_USAGE},
        {"no DID", {.insecure = true}, "not a did", SIGNET_E_USAGE},
        {"no passphrase", {.email = "a@b.c"}, NULL, SIGNET_E_USAGE},
    };

    for (EACH(row, rows)) {
        const char *user = user_new();
        signet_error err = {0};

        REQUIRE(!row->did || setenv("SIGNET_DID", row->did, 1) == 0);
        REQUIRE(setenv("SIGNET_PASSPHRASE_FD", "none", 1) == 0);
        CHECK(!init(&row->options, NULL, &err));
        CHECK_INT(err.code, row->expected);
        CHECK_INT(scratch_count(user), 0);
    }
}

TEST(an_unprotected_file_does_not_replace_a_protected_one)
{
    const char *user = user_new();
    SIGNET_AUTO(identity_free) identity who = {0};
    signet_error err = {0};

    init_or_fail(&(identity_init_options){.insecure = true}, NULL);
    scratch_write(scratch_path(user, ".signet/config.json"),
        signet_slice_text("{\"keystore\": \"file\"}"), 0600);
    CHECK(!load(IDENTITY_ED25519, &who, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
}

TEST(without_a_key_the_error_says_how_to_make_one)
{
    SIGNET_AUTO(identity_free) identity who = {0};
    signet_error err = {0};

    (void)user_new();
    CHECK(!load(IDENTITY_ED25519, &who, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    CHECK(strstr(err.message, "master key not found") && strstr(err.message, "signet-git init"));
}

TEST(keys_go_where_the_reference_puts_them)
{
    static const struct {
        const char *name;
        bool insecure;
        const char *expected, *recorded;
    } rows[] = {
        {"encrypted", false, "xdg/signet/master.key", "\"xdg\""},
        {"--insecure", true, ".signet/master.key", "\"home\""},
    };

    for (EACH(row, rows)) {
        const char *user = user_new();
        SIGNET_AUTO(home_free) home config = {0};

        REQUIRE(setenv("XDG_CONFIG_HOME", scratch_path(user, "xdg"), 1) == 0);
        (void)init_in_child(&(identity_init_options){.insecure = row->insecure}, "a passphrase");
        CHECK(scratch_exists(scratch_path(user, row->expected)));
        CHECK(strstr(text_of(user, ".signet/config.json"), row->recorded));
        open_home(&config);
        CHECK_TEXT(
            scratch_path(config.key_directory, "master.key"), scratch_path(user, row->expected));
    }
}

TEST(a_broken_key_file_can_be_replaced_by_force_only)
{
    const char *user = user_new();
    signet_error err = {0};

    init_or_fail(&(identity_init_options){.insecure = true}, NULL);
    scratch_write(scratch_path(user, ".signet/master.key"), signet_slice_text("broken"), 0600);
    CHECK(!init(&(identity_init_options){.insecure = true}, NULL, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    init_or_fail(&(identity_init_options){.insecure = true, .force = true}, NULL);
    CHECK_TEXT(text_of(user, ".signet/master.key.old"), "broken");
}

TEST(a_hybrid_identity_has_two_keys)
{
    const char *user = user_new(), *printed = NULL;
    SIGNET_AUTO(identity_free) identity both = {0}, one = {0};
    signet_error err = {0};

    init_or_fail(
        &(identity_init_options){
            .algorithm = IDENTITY_HYBRID, .insecure = true, .email = "dev@example.com"},
        &printed);
    CHECK(strstr(printed, "Master key generated: ") && strstr(printed, "And with ML-DSA-44: "));
    CHECK(strstr(text_of(user, ".signet/config.json"), "\"algorithm\": \"hybrid\""));
    CHECK(strstr(text_of(user, ".signet/trusted_signers"), "dev@example.com ed25519="));
    CHECK(strstr(text_of(user, ".signet/trusted_signers"), " ml-dsa-44="));
    if (!load(IDENTITY_HYBRID, &both, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    CHECK_INT(both.signer_count, 2);
    CHECK_TEXT(signet_key_algorithm(both.signers[0].master)->name, "ed25519");
    CHECK_TEXT(signet_key_algorithm(both.signers[1].master)->name, "ml-dsa-44");
    CHECK(both.signers[0].bridge.len > 0 && both.signers[1].bridge.len == 0);
    REQUIRE(load(IDENTITY_MLDSA44, &one, NULL)); /* whom the bridge does not serve */
    CHECK(one.signer_count == 1 && one.signers[0].bridge.len == 0);
}

TEST(a_key_that_is_not_there_is_named)
{
    SIGNET_AUTO(identity_free) identity who = {0};
    signet_error err = {0};

    (void)user_new();
    init_or_fail(&(identity_init_options){.insecure = true}, NULL);
    CHECK(!load(IDENTITY_HYBRID, &who, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    CHECK(strstr(err.message, "ml-dsa-44"));
}

TEST(algorithms_have_names)
{
    identity_algorithm algorithm = IDENTITY_HYBRID;

    CHECK(identity_algorithm_parse("ed25519", &algorithm, NULL) && algorithm == IDENTITY_ED25519);
    CHECK(identity_algorithm_parse("ml-dsa-44", &algorithm, NULL) && algorithm == IDENTITY_MLDSA44);
    CHECK(identity_algorithm_parse("hybrid", &algorithm, NULL) && algorithm == IDENTITY_HYBRID);
    CHECK(!identity_algorithm_parse("", &algorithm, NULL));
    CHECK(!identity_algorithm_parse("ED25519", &algorithm, NULL));
    CHECK(!identity_algorithm_parse("ed25519 ", &algorithm, NULL));
    CHECK(!identity_algorithm_parse("rsa", &algorithm, NULL));
}

TESTS(TEST_OF(init_says_what_it_made_and_where),
    TEST_OF(an_unprotected_key_is_mentioned_once_in_a_process),
    TEST_OF(an_encrypted_identity_is_the_default), TEST_OF(an_identity_is_not_replaced_by_accident),
    TEST_OF(a_forced_init_keeps_everything_old), TEST_OF(an_address_can_be_added_later),
    TEST_OF(what_makes_no_sense_is_refused_before_anything_is_written),
    TEST_OF(an_unprotected_file_does_not_replace_a_protected_one),
    TEST_OF(without_a_key_the_error_says_how_to_make_one),
    TEST_OF(keys_go_where_the_reference_puts_them),
    TEST_OF(a_broken_key_file_can_be_replaced_by_force_only),
    TEST_OF(a_hybrid_identity_has_two_keys), TEST_OF(a_key_that_is_not_there_is_named),
    TEST_OF(algorithms_have_names))
