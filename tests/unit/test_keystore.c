/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "keystores.h"
#include "scratch.h"

/* What a callback answers, and what it was asked. */
typedef struct {
    const char *answers[3];
    unsigned asked;
} answers;

static bool
answer(void *context, const char *path, unsigned attempt, signet_buf *ret_passphrase,
    signet_error *err)
{
    answers *all = context;

    CHECK(strstr(path, "/master.key"));
    CHECK_INT(attempt, ++all->asked);
    if (!all->answers[attempt - 1])
        return signet_fail(err, SIGNET_E_LOCKED, "nobody answers");
    return signet_buf_append(ret_passphrase, signet_slice_text(all->answers[attempt - 1]), err);
}

static signet_slice
content_of(const json_t *inputs)
{
    json_t *content = json_object_get(inputs, "content");

    if (json_is_object(content))
        return unhex(json_string_value(json_object_get(content, "hex")));
    return signet_slice_text(json_is_string(content) ? json_string_value(content) : "");
}

/* Lay out what a row of master_key_file describes. */
static const char *
lay_out(const json_t *inputs)
{
    const char *home = scratch_directory();
    const char *mode = json_string_value(json_object_get(inputs, "mode"));
    const char *path = scratch_path(home, "master.key");
    const char *target = scratch_path(home, "elsewhere");
    mode_t bits = (mode_t)strtoul(mode, NULL, 8);

    if (strcmp(mode, "directory 0700") == 0) {
        REQUIRE(mkdir(path, 0700) == 0);
    } else if (strstr(mode, "through a symbolic link")) {
        scratch_write(target, content_of(inputs), bits);
        REQUIRE(symlink(target, path) == 0);
    } else if (!json_is_null(json_object_get(inputs, "content"))) {
        scratch_write(path, content_of(inputs), bits);
    }
    if (strstr(mode, "in a directory of mode 0777"))
        REQUIRE(chmod(home, 0777) == 0);
    return home;
}

/* Whether we may differ from what the reference did; S-24: links are refused. */
static bool
may_differ(const json_t *row, bool is_accepted)
{
    const char *strict = json_string_value(json_object_get(row, "strict"));

    if (!is_accepted &&
        strcmp(json_string_value(json_object_get(row, "name")), "symlink_to_0600") == 0)
        return true;
    if (!strict)
        return false;
    return strcmp(strict, is_accepted ? "may-accept" : "may-reject") == 0;
}

static json_t *
load_vectors(const char *group_id, json_t **ret_root)
{
    json_error_t problem;
    json_t *group = NULL;
    size_t i = 0;

    *ret_root = json_load_file(VECTORS "/interop/keystore.json", 0, &problem);
    json_array_foreach(json_object_get(*ret_root, "groups"), i, group)
    {
        if (strcmp(json_string_value(json_object_get(group, "id")), group_id) == 0)
            return json_object_get(group, "cases");
    }
    harness_fail(__FILE__, __LINE__, "no group %s", group_id);
}

static void
check_row(const json_t *row, bool is_accepted, signet_slice public_key)
{
    bool is_expected = strcmp(json_string_value(json_object_get(row, "verdict")), "accept") == 0;
    const char *wanted =
        json_string_value(json_object_get(json_object_get(row, "outputs"), "public"));

    if (is_accepted != is_expected && !may_differ(row, is_accepted))
        harness_fail(__FILE__, __LINE__, "is %s", is_accepted ? "accepted" : "refused");
    if (is_accepted && is_expected && wanted)
        CHECK_BYTES(public_key, unhex(wanted));
}

TEST(reads_the_key_files_of_the_reference)
{
    json_t *root = NULL, *rows = load_vectors("master_key_file", &root), *row = NULL;
    size_t i = 0, accepted = 0;

    json_array_foreach(rows, i, row)
    {
        uint8_t public_key[SIGNET_ED25519_PUBLIC_SIZE];
        const char *home = lay_out(json_object_get(row, "inputs"));
        bool is_accepted = false;

        harness_row = json_string_value(json_object_get(row, "name"));
        is_accepted = load(home, public_key, NULL);
        check_row(row, is_accepted, (signet_slice){public_key, sizeof(public_key)});
        accepted += is_accepted;
    }
    CHECK_INT(i, 47);
    CHECK_INT(accepted, 9);
    json_decref(root);
}

TEST(reads_the_keyring_values_of_the_reference)
{
    json_t *root = NULL, *rows = load_vectors("keyring_value", &root), *row = NULL;
    size_t i = 0;

    json_array_foreach(rows, i, row)
    {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        const char *value =
            json_string_value(json_object_get(json_object_get(row, "inputs"), "value"));
        const json_t *outputs = json_object_get(row, "outputs");
        const char *expected = json_string_value(json_object_get(outputs, "ed25519_only"));

        harness_row = json_string_value(json_object_get(row, "name"));
        key = signet_key_from_keyring_value(
            signet_only_ed25519, signet_slice_text(value ? value : ""), NULL);
        CHECK_INT(key != NULL, strcmp(expected, "accept") == 0);
        if (key)
            CHECK_BYTES(signet_key_public(key),
                unhex(json_string_value(json_object_get(outputs, "public"))));
    }
    CHECK_INT(i, 18);
    json_decref(root);
}

TEST(says_what_is_wrong_with_a_keyring_value)
{
    static const struct {
        const char *name;
        signet_slice value;
        signet_code expected;
    } rows[] = {
        {"nothing", {NULL, 0}, SIGNET_E_DECODE},
        {"colon alone", {(const uint8_t *)":", 1}, SIGNET_E_DECODE},
        {"name alone", {(const uint8_t *)"ed25519:", 8}, SIGNET_E_DECODE},
        {"unknown", {(const uint8_t *)"rsa:00", 6}, SIGNET_E_ALGORITHM},
        {"terminator in the name", {(const uint8_t *)"ed25519\0:00", 11}, SIGNET_E_ALGORITHM},
        {"not accepted", {(const uint8_t *)"ml-dsa-44:00", 12}, SIGNET_E_ALGORITHM},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};

        CHECK(!signet_key_from_keyring_value(signet_only_ed25519, row->value, &err));
        CHECK_INT(err.code, row->expected);
    }
}

TEST(a_directory_without_keys_opens_and_has_none)
{
    signet_error err = {0};
    signet_keystore_options options = options_for(scratch_path(scratch_directory(), "not/yet"));
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;

    store = signet_keystore_open(&options, &err);
    REQUIRE(store);
    CHECK_INT(signet_keystore_protection(store), SIGNET_STORE_NONE);
    CHECK(!signet_keystore_has(store, "ed25519"));
    CHECK(!signet_keystore_load(store, &signet_ed25519, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    CHECK(!signet_keystore_public(store, &signet_ed25519, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    CHECK(signet_keystore_lock(store, &err));
}

TEST(a_relative_directory_is_a_mistake)
{
    signet_error err = {0};
    signet_keystore_options options = options_for("somewhere");
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();

    CHECK(!signet_keystore_open(&options, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(!create("somewhere", key, NULL, false, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

TEST(writes_plaintext_as_the_reference_does)
{
    signet_error err = {0};
    const char *home = scratch_path(scratch_directory(), "new/home");
    const char *path = scratch_path(home, "master.key");
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    uint8_t public_key[SIGNET_ED25519_PUBLIC_SIZE];

    key = signet_key_from_seed(&signet_ed25519,
        unhex("ffb5974a60cf1ee7b5bd842d79cf9341819989094d4f8f5962b2c303eba2e024"), &err);
    REQUIRE(create(home, key, NULL, false, &err));
    CHECK_BYTES(harness_file(path), signet_slice_text(good_plaintext));
    CHECK_INT(scratch_mode(path), 0600);
    CHECK_INT(scratch_mode(home), 0700);
    REQUIRE(load(home, public_key, &err));
    CHECK_BYTES(((signet_slice){public_key, sizeof(public_key)}), signet_key_public(key));
}

TEST(public_keys_need_no_passphrase_and_private_keys_do)
{
    signet_error err = {0};
    const char *home = scratch_directory();
    answers all = {.answers = {"wrong", "right"}};
    signet_keystore_options options = options_for(home);
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(signet_key_free)
    signet_key *key = new_key(), *public_key = NULL, *loaded = NULL, *again = NULL;

    REQUIRE(create(home, key, "right", false, &err));
    CHECK_INT(scratch_mode(scratch_path(home, "master.key")), 0600);
    store = signet_keystore_open(&options, &err);
    REQUIRE(store);
    CHECK_INT(signet_keystore_protection(store), SIGNET_STORE_ENCRYPTED);
    CHECK(signet_keystore_has(store, "ed25519") && !signet_keystore_has(store, "ml-dsa-44"));
    public_key = signet_keystore_public(store, &signet_ed25519, &err);
    REQUIRE(public_key);
    CHECK(signet_key_is_same(public_key, key) && !signet_key_has_private(public_key));
    CHECK(!signet_keystore_load(store, &signet_ed25519, &err));
    CHECK_INT(err.code, SIGNET_E_LOCKED);
    signet_keystore_free(store);

    options.ask = answer;
    options.ask_context = &all;
    store = signet_keystore_open(&options, &err);
    loaded = signet_keystore_load(store, &signet_ed25519, &err);
    REQUIRE(loaded);
    CHECK(signet_key_is_same(loaded, key) && signet_key_has_private(loaded));
    CHECK_INT(all.asked, 2);
    again = signet_keystore_load(store, &signet_ed25519, &err); /* unlocked is unlocked */
    CHECK(again && all.asked == 2);
}

TEST(three_wrong_passphrases_are_enough)
{
    static const struct {
        const char *name;
        const char *answers[3];
        unsigned asked;
    } rows[] = {
        {"wrong, wrong, wrong", {"a", "b", "c"}, 3},
        {"empty ones", {"", "", ""}, 3},
        {"right one with a blank", {"right ", " right", "right\n"}, 3},
        {"other case", {"Right", "RIGHT", "righT"}, 3},
        {"gives up", {"a", NULL, NULL}, 2},
        {"does not answer", {NULL, NULL, NULL}, 1},
    };
    const char *home = scratch_directory();
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();

    REQUIRE(create(home, key, "right", false, NULL));
    for (EACH(row, rows)) {
        signet_error err = {0};
        answers all = {{row->answers[0], row->answers[1], row->answers[2]}, 0};
        signet_keystore_options options = options_for(home);
        SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;

        options.ask = answer;
        options.ask_context = &all;
        store = signet_keystore_open(&options, &err);
        CHECK(!signet_keystore_load(store, &signet_ed25519, &err));
        CHECK_INT(err.code, SIGNET_E_LOCKED);
        CHECK_INT(all.asked, row->asked);
    }
}

TEST(an_algorithm_that_is_not_accepted_is_not_loaded)
{
    static const signet_algorithm *const nothing[] = {NULL};
    signet_error err = {0};
    const char *home = scratch_directory();
    signet_keystore_options options = options_for(home);
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;

    scratch_write(scratch_path(home, "master.key"), signet_slice_text(good_plaintext), 0600);
    options.accepted = nothing;
    store = signet_keystore_open(&options, &err);
    REQUIRE(store);
    CHECK(signet_keystore_has(store, "ed25519"));
    CHECK(!signet_keystore_load(store, &signet_ed25519, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
}

TEST(nonsense_is_not_kept)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key(), *public_key = NULL;
    const signet_key *twice[] = {key, key}, *without_seed[] = {NULL};
    char long_text[SIGNET_PASSPHRASE_MAX + 1];
    signet_slice text = {(const uint8_t *)long_text, sizeof(long_text)};

    memset(long_text, 'x', sizeof(long_text));
    public_key = signet_key_from_public(&signet_ed25519, signet_key_public(key), NULL);
    without_seed[0] = public_key;
    const struct {
        const char *name;
        signet_keystore_new_keys wanted;
        signet_code expected;
    } rows[] = {
        {"no keys", {.keys = twice, .plaintext = true}, SIGNET_E_USAGE},
        {"three keys", {.keys = twice, .key_count = 3, .plaintext = true}, SIGNET_E_USAGE},
        {"the same algorithm twice", {.keys = twice, .key_count = 2, .plaintext = true},
            SIGNET_E_USAGE},
        {"a public key", {.keys = without_seed, .key_count = 1, .plaintext = true}, SIGNET_E_KEY},
        {"no passphrase", {.keys = twice, .key_count = 1}, SIGNET_E_USAGE},
        {"a passphrase too long", {.keys = twice, .key_count = 1, .passphrase = text},
            SIGNET_E_USAGE},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};
        const char *home = scratch_directory();
        signet_keystore_options options = options_for(home);

        CHECK(!sg_keystore_create(&options, &row->wanted, &cheap, &err));
        CHECK_INT(err.code, row->expected);
        CHECK_INT(scratch_count(home), 0);
    }
}

TEST(an_existing_key_is_kept_unless_replaced)
{
    signet_error err = {0};
    const char *home = scratch_directory();
    const char *path = scratch_path(home, "master.key");
    SIGNET_AUTO(signet_key_free) signet_key *first = new_key(), *second = new_key();
    signet_slice before = {0}, second_before = {0};

    REQUIRE(create(home, first, NULL, false, &err));
    before = harness_file(path);
    CHECK(!create(home, second, NULL, false, &err));
    CHECK_INT(err.code, SIGNET_E_EXISTS);
    CHECK_BYTES(harness_file(path), before);
    REQUIRE(create(home, second, "secret", true, &err));
    CHECK_BYTES(harness_file(scratch_path(home, "master.key.old")), before);
    CHECK_INT(scratch_mode(scratch_path(home, "master.key.old")), 0600);
    CHECK(strstr((const char *)harness_file(path).ptr, "SIGNET ENCRYPTED KEYS"));

    second_before = harness_file(path); /* a second replacement loses neither */
    REQUIRE(create(home, first, NULL, true, &err));
    CHECK_BYTES(harness_file(scratch_path(home, "master.key.old")), before);
    CHECK_BYTES(harness_file(scratch_path(home, "master.key.old.2")), second_before);
}

TESTS(TEST_OF(reads_the_key_files_of_the_reference),
    TEST_OF(reads_the_keyring_values_of_the_reference),
    TEST_OF(says_what_is_wrong_with_a_keyring_value),
    TEST_OF(a_directory_without_keys_opens_and_has_none),
    TEST_OF(a_relative_directory_is_a_mistake), TEST_OF(writes_plaintext_as_the_reference_does),
    TEST_OF(public_keys_need_no_passphrase_and_private_keys_do),
    TEST_OF(three_wrong_passphrases_are_enough),
    TEST_OF(an_algorithm_that_is_not_accepted_is_not_loaded), TEST_OF(nonsense_is_not_kept),
    TEST_OF(an_existing_key_is_kept_unless_replaced))
