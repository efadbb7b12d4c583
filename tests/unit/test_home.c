/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/home.h"
#include "harness.h"
#include "scratch.h"
#include "user.h"

static void
make_directory(const char *path)
{
    REQUIRE(mkdir(path, 0700) == 0);
}

/* A new user with that config.json. */
static const char *
user_with(const char *config)
{
    const char *user = user_new();
    const char *directory = scratch_path(user, ".signet");

    make_directory(directory);
    scratch_write(scratch_path(directory, "config.json"), signet_slice_text(config), 0600);
    return user;
}

static void
open_or_fail(const char *given, home *ret_home)
{
    signet_error err = {0};

    if (!home_open(given, ret_home, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

TEST(a_new_user_has_defaults)
{
    const char *user = user_new();
    SIGNET_AUTO(home_free) home where = {0};

    open_or_fail(NULL, &where);
    CHECK_TEXT(where.path, scratch_path(user, ".signet"));
    CHECK_TEXT(where.key_directory, where.path);
    CHECK(!where.issuer_did && !where.algorithm && !where.keystore && !where.key_location);
    CHECK_INT(where.validity_minutes, 0);
    CHECK_INT(where.cache_minutes, 0);
    CHECK(!scratch_exists(where.path)); /* looking makes nothing */
}

TEST(the_option_wins_over_the_variable_over_the_default)
{
    const char *user = user_new();
    SIGNET_AUTO(home_free) home first = {0}, second = {0}, third = {0}, fourth = {0};
    char here[4096];

    REQUIRE(setenv("SIGNET_HOME", scratch_path(user, "variable///"), 1) == 0);
    open_or_fail(NULL, &first);
    CHECK_TEXT(first.path, scratch_path(user, "variable"));
    open_or_fail(scratch_path(user, "option"), &second);
    CHECK_TEXT(second.path, scratch_path(user, "option"));
    REQUIRE(setenv("SIGNET_HOME", "", 1) == 0); /* empty is unset */
    open_or_fail(NULL, &third);
    CHECK_TEXT(third.path, scratch_path(user, ".signet"));
    REQUIRE(chdir(user) == 0 && getcwd(here, sizeof(here)));
    open_or_fail("relative", &fourth);
    CHECK_TEXT(fourth.path, scratch_path(here, "relative"));
}

TEST(config_follows_the_home)
{
    const char *user = user_with("{\"issuer_did\": \"did:key:default\"}");
    const char *other = scratch_path(user, "other");
    SIGNET_AUTO(home_free) home first = {0}, second = {0};

    make_directory(other);
    scratch_write(scratch_path(other, "config.json"),
        signet_slice_text("{\"issuer_did\": \"did:key:other\"}"), 0600);
    open_or_fail(NULL, &first);
    CHECK_TEXT(first.issuer_did, "did:key:default");
    open_or_fail(other, &second);
    CHECK_TEXT(second.issuer_did, "did:key:other");
}

TEST(reads_the_reference_s_config)
{
    SIGNET_AUTO(home_free) home where = {0};

    (void)user_with("{\n  \"home\": \"/elsewhere\",\n  \"issuer_did\": \"did:key:alice\",\n"
                    "  \"certificate_validity_minutes\": 3,\n  \"algorithm\": \"\",\n"
                    "  \"AUTH_endpoint\": \"https://a\\u0026b\",\n  \"mcp_url\": null,\n"
                    "  \"unknown\": [1, {}]\n}");
    open_or_fail(NULL, &where);
    CHECK_TEXT(where.issuer_did, "did:key:alice");
    CHECK_INT(where.validity_minutes, 3);
    CHECK_TEXT(where.auth_endpoint, "https://a&b");
    CHECK(!where.algorithm && !where.mcp_url);
}

TEST(the_environment_is_on_top)
{
    SIGNET_AUTO(home_free) home where = {0};

    (void)user_with("{\"issuer_did\": \"did:key:file\", \"algorithm\": \"ed25519\"}");
    REQUIRE(setenv("SIGNET_DID", "did:key:variable", 1) == 0);
    REQUIRE(setenv("SIGNET_ALGORITHM", "", 1) == 0);
    REQUIRE(setenv("SIGNET_MCP_URL", "https://mcp", 1) == 0);
    open_or_fail(NULL, &where);
    CHECK_TEXT(where.issuer_did, "did:key:variable");
    CHECK_TEXT(where.algorithm, "ed25519");
    CHECK_TEXT(where.mcp_url, "https://mcp");
}

TEST(minutes_are_bounded)
{
    static const struct {
        const char *name;
        const char *config;
        int64_t validity, cache;
    } rows[] = {
        {"least", "{\"certificate_validity_minutes\": 1, \"passphrase_cache_minutes\": 1}", 1, 1},
        {"most", "{\"certificate_validity_minutes\": 5, \"passphrase_cache_minutes\": 10080}", 5,
            10080},
        {"more", "{\"certificate_validity_minutes\": 6, \"passphrase_cache_minutes\": 10081}", 5,
            10080},
        {"a year", "{\"certificate_validity_minutes\": 525600}", 5, 0},
        {"the largest", "{\"certificate_validity_minutes\": 9223372036854775807}", 5, 0},
        {"zero", "{\"certificate_validity_minutes\": 0, \"passphrase_cache_minutes\": 0}", 0, 0},
        {"negative", "{\"certificate_validity_minutes\": -1, \"passphrase_cache_minutes\": -7}", 0,
            -1},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(home_free) home where = {0};

        (void)user_with(row->config);
        open_or_fail(NULL, &where);
        CHECK_INT(where.validity_minutes, row->validity);
        CHECK_INT(where.cache_minutes, row->cache);
    }
}

TEST(a_config_that_is_wrong_is_an_error)
{
    static const struct {
        const char *name, *config, *says;
    } rows[] = {
        {"empty", "", "config.json"},
        {"no JSON", "issuer_did: x", "line 1"},
        {"cut off", "{\"issuer_did\": \"x\"", "line 1"},
        {"two objects", "{}{}", "line 1"},
        {"a list", "[]", "object"},
        {"a text", "\"x\"", "line 1"},
        {"twice the same", "{\"mcp_url\": \"a\", \"mcp_url\": \"b\"}", "a member twice"},
        {"number for a text", "{\"issuer_did\": 1}", "issuer_did must be a string"},
        {"object for a text", "{\"mcp_url\": {}}", "mcp_url must be a string"},
        {"text for a number", "{\"certificate_validity_minutes\": \"5\"}",
            "certificate_validity_minutes must be an integer"},
        {"half a minute", "{\"certificate_validity_minutes\": 0.5}", "must be an integer"},
        {"true", "{\"passphrase_cache_minutes\": true}", "must be an integer"},
        {"too large for a number", "{\"certificate_validity_minutes\": 9223372036854775808}",
            "line 1"},
        {"another store", "{\"keystore\": \"keyring\"}", "keystore must be \"file\""},
        {"another place", "{\"key_location\": \"/tmp\"}", "key_location must be \"home\""},
        {"no UTF-8", "{\"issuer_did\": \"\xff\"}", "line 1"},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(home_free) home where = {0};
        signet_error err = {0};

        (void)user_with(row->config);
        CHECK(!home_open(NULL, &where, &err));
        CHECK_INT(err.code, SIGNET_E_DECODE);
        if (!strstr(err.message, row->says) || !strstr(err.message, "config.json"))
            harness_fail(__FILE__, __LINE__, "says: %s", err.message);
    }
}

TEST(a_config_that_is_too_large_is_refused)
{
    SIGNET_AUTO(home_free) home where = {0};
    signet_error err = {0};
    const char *user = user_with("{}");

    REQUIRE(truncate(scratch_path(user, ".signet/config.json"), HOME_CONFIG_MAX + 1) == 0);
    CHECK(!home_open(NULL, &where, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
}

typedef struct {
    const char *name;
    void (*prepare)(const char *directory);
} place;

static void
be_writable(const char *directory)
{
    REQUIRE(mkdir(directory, 0700) == 0 && chmod(directory, 0777) == 0);
}

static void
be_a_file(const char *directory)
{
    scratch_write(directory, (signet_slice){0}, 0600);
}

static void
have_a_pipe(const char *directory)
{
    make_directory(directory);
    REQUIRE(mkfifo(scratch_path(directory, "config.json"), 0600) == 0);
}

static void
have_a_directory(const char *directory)
{
    make_directory(directory);
    make_directory(scratch_path(directory, "config.json"));
}

static void
be_anothers(const char *directory)
{
    make_directory(directory);
    REQUIRE(chown(directory, 1, 1) == 0);
}

static void
check_place(const place *row)
{
    SIGNET_AUTO(home_free) home where = {0};
    signet_error err = {0};
    const char *user = user_new();

    row->prepare(scratch_path(user, ".signet"));
    CHECK(!home_open(NULL, &where, &err));
    CHECK_INT(err.code, SIGNET_E_IO);
    CHECK(strstr(err.message, ".signet"));
}

TEST(a_home_that_is_not_ours_alone_is_refused)
{
    static const place rows[] = {
        {"others can write", be_writable},
        {"a file", be_a_file},
        {"config.json is a pipe", have_a_pipe},
        {"config.json is a directory", have_a_directory},
    };

    for (EACH(row, rows))
        check_place(row);
}

TEST(a_home_of_somebody_else_is_refused)
{
    static const place row = {"somebody else's", be_anothers};

    if (geteuid() != 0) {
        print_message("# SKIP only root can give directories away\n");
        skip();
    }
    check_place(&row);
}

TEST(without_a_place_there_is_no_home)
{
    static const struct {
        const char *name, *given, *user_home, *xdg;
    } rows[] = {
        {"empty option", "", "/nowhere", NULL},
        {"no HOME", NULL, NULL, NULL},
        {"empty HOME", NULL, "", NULL},
        {"relative HOME", NULL, "somewhere", NULL},
        {"relative XDG_CONFIG_HOME", NULL, "/nowhere", "config"},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(home_free) home where = {0};
        signet_error err = {0};

        (void)user_new();
        REQUIRE((row->user_home ? setenv("HOME", row->user_home, 1) : unsetenv("HOME")) == 0);
        REQUIRE(!row->xdg || setenv("XDG_CONFIG_HOME", row->xdg, 1) == 0);
        CHECK(!home_open(row->given, &where, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
    }
}

/* Where the keys are: each row of the table in docs/formats/config.md. */
TEST(keys_are_where_they_were_made)
{
    static const struct {
        const char *name;
        bool sets_xdg, home_has_key, xdg_has_key;
        const char *recorded;
        const char *expected; /* below HOME */
    } rows[] = {
        {"nothing", false, false, false, NULL, ".signet"},
        {"key at home", false, true, false, NULL, ".signet"},
        {"XDG key without the variable", false, true, true, NULL, ".signet"},
        {"XDG, no key yet", true, false, false, NULL, "xdg/signet"},
        {"XDG key", true, false, true, NULL, "xdg/signet"},
        {"both: XDG wins, as in the reference", true, true, true, NULL, "xdg/signet"},
        {"init --insecure of the reference", true, true, false, NULL, ".signet"},
        {"recorded home wins over XDG", true, true, true, "home", ".signet"},
        {"recorded home, key gone", true, false, true, "home", ".signet"},
        {"recorded XDG, key gone", true, true, false, "xdg", "xdg/signet"},
        {"recorded XDG, no variable", false, true, false, "xdg", ".config/signet"},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(home_free) home where = {0};
        const char *user = user_new();
        char config[64];

        make_directory(scratch_path(user, ".signet"));
        make_directory(scratch_path(user, "xdg"));
        make_directory(scratch_path(user, "xdg/signet"));
        if (row->home_has_key)
            scratch_write(scratch_path(user, ".signet/master.key"), (signet_slice){0}, 0600);
        if (row->xdg_has_key)
            scratch_write(scratch_path(user, "xdg/signet/master.key"), (signet_slice){0}, 0600);
        if (row->recorded) {
            (void)snprintf(config, sizeof(config), "{\"key_location\": \"%s\"}", row->recorded);
            scratch_write(
                scratch_path(user, ".signet/config.json"), signet_slice_text(config), 0600);
        }
        if (row->sets_xdg)
            REQUIRE(setenv("XDG_CONFIG_HOME", scratch_path(user, "xdg"), 1) == 0);
        open_or_fail(NULL, &where);
        CHECK_TEXT(where.key_directory, scratch_path(user, row->expected));
    }
}

TEST(a_key_that_cannot_be_seen_is_not_passed_over)
{
    SIGNET_AUTO(home_free) home where = {0};
    const char *user = user_new();

    make_directory(scratch_path(user, ".signet"));
    make_directory(scratch_path(user, "xdg"));
    make_directory(scratch_path(user, "xdg/signet"));
    scratch_write(scratch_path(user, ".signet/master.key"), (signet_slice){0}, 0600);
    REQUIRE(symlink("nowhere", scratch_path(user, "xdg/signet/master.key")) == 0);
    REQUIRE(setenv("XDG_CONFIG_HOME", scratch_path(user, "xdg"), 1) == 0);
    open_or_fail(NULL, &where);
    CHECK_TEXT(where.key_directory, scratch_path(user, "xdg/signet"));
}

TEST(saving_keeps_what_it_does_not_know)
{
    static const home_setting settings[] = {
        {"keystore", "plaintext"}, {"issuer_did", NULL}, {"mcp_url", "https://b"}};
    SIGNET_AUTO(home_free) home where = {0}, after = {0};
    signet_error err = {0};
    const char *user = user_with(
        "{\"future\": {\"a\": [1, 2]}, \"Issuer_DID\": \"did:key:x\", \"mcp_url\": \"a\"}");
    const char *path = scratch_path(user, ".signet/config.json");
    json_t *root = NULL, *expected = NULL;

    open_or_fail(NULL, &where);
    REQUIRE(home_save(&where, settings, 3, &err));
    CHECK_INT(scratch_mode(path), 0600);
    root = json_load_file(path, 0, NULL);
    expected = json_loads("{\"future\": {\"a\": [1, 2]}, \"keystore\": \"plaintext\","
                          " \"mcp_url\": \"https://b\"}",
        0, NULL);
    CHECK(root && json_equal(root, expected));
    json_decref(root);
    json_decref(expected);
    open_or_fail(NULL, &after);
    CHECK_TEXT(after.keystore, "plaintext");
    CHECK(!after.issuer_did);
    CHECK_INT(scratch_count(scratch_path(user, ".signet")), 2); /* it and the lock */
}

TEST(saving_makes_the_home)
{
    static const home_setting setting = {"keystore", "file"};
    SIGNET_AUTO(home_free) home where = {0}, after = {0};
    signet_error err = {0};
    const char *user = user_new();

    open_or_fail(NULL, &where);
    REQUIRE(home_save(&where, &setting, 1, &err));
    CHECK_INT(scratch_mode(scratch_path(user, ".signet")), 0700);
    open_or_fail(NULL, &after);
    CHECK_TEXT(after.keystore, "file");
}

TEST(saving_does_not_touch_what_it_cannot_read)
{
    static const home_setting setting = {"keystore", "file"};
    SIGNET_AUTO(home_free) home where = {0};
    signet_error err = {0};
    const char *user = user_with("{}");
    const char *path = scratch_path(user, ".signet/config.json");

    open_or_fail(NULL, &where);
    scratch_write(path, signet_slice_text("{\"half\": "), 0600);
    CHECK(!home_save(&where, &setting, 1, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    CHECK_BYTES(harness_file(path), signet_slice_text("{\"half\": "));
}

TESTS(TEST_OF(a_new_user_has_defaults), TEST_OF(the_option_wins_over_the_variable_over_the_default),
    TEST_OF(config_follows_the_home), TEST_OF(reads_the_reference_s_config),
    TEST_OF(the_environment_is_on_top), TEST_OF(minutes_are_bounded),
    TEST_OF(a_config_that_is_wrong_is_an_error), TEST_OF(a_config_that_is_too_large_is_refused),
    TEST_OF(a_home_that_is_not_ours_alone_is_refused), TEST_OF(a_home_of_somebody_else_is_refused),
    TEST_OF(without_a_place_there_is_no_home), TEST_OF(keys_are_where_they_were_made),
    TEST_OF(a_key_that_cannot_be_seen_is_not_passed_over),
    TEST_OF(saving_keeps_what_it_does_not_know), TEST_OF(saving_makes_the_home),
    TEST_OF(saving_does_not_touch_what_it_cannot_read))
