/* SPDX-License-Identifier: Apache-2.0 */
/* S-11: a bridge is used only when it is this master key's, a CA, valid, and its key is private. */
#include <sys/stat.h>
#include <unistd.h>

#include "common/bridge.h"
#include "harness.h"
#include "json.h"
#include "scratch.h"
#include "user.h"

enum { NOW = 1780000000, DAY = 86400 };

/* A home with an unprotected key and a bridge, as it is changed below. */
typedef struct {
    const char *user;
    home config;
    signet_key *master, *bridge_key, *stranger;
    signet_buf der;
} stage;

static signet_key *
key_of(uint8_t number)
{
    uint8_t seed[SIGNET_SEED_SIZE] = {number};
    signet_key *key =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);

    REQUIRE(key);
    return key;
}

static const char *
path_of(const stage *on, const char *name)
{
    return scratch_path(scratch_path(on->user, ".signet"), name);
}

static void
write_key(const stage *on, const signet_key *key, mode_t mode)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    REQUIRE(signet_key_write_pem(key, &text, NULL));
    scratch_write(path_of(on, "git/bridge-key.pem"), signet_buf_slice(&text), mode);
}

static void
write_certificate(const stage *on, signet_slice der)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    REQUIRE(signet_cert_write_pem(der, &text, NULL));
    scratch_write(path_of(on, "git/bridge-cert.pem"), signet_buf_slice(&text), 0600);
}

static void
issue(const stage *on, const signet_cert_template *wanted)
{
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0}, der = {0};
    signet_cert_template all = *wanted;

    REQUIRE(signet_key_write_spki(on->bridge_key, &spki, NULL));
    if (all.kind != SIGNET_CERT_CA)
        all.subject_spki = signet_buf_slice(&spki);
    if (all.kind == SIGNET_CERT_BRIDGE)
        all.email = "dev@example.com";
    REQUIRE(signet_cert_issue(&all, &der, NULL));
    write_certificate(on, signet_buf_slice(&der));
}

static void
write_master(const stage *on)
{
    const signet_key *keys[] = {on->master};
    signet_keystore_options options = {
        .directory = path_of(on, ""), .accepted = signet_only_ed25519};
    signet_keystore_new_keys wanted = {.keys = keys, .key_count = 1, .plaintext = true};

    REQUIRE(signet_keystore_create(&options, &wanted, NULL));
}

static void
set(stage *on)
{
    signet_error err = {0};

    *on = (stage){
        .user = user_new(), .master = key_of(1), .bridge_key = key_of(2), .stranger = key_of(3)};
    REQUIRE(mkdir(path_of(on, ""), 0700) == 0 && mkdir(path_of(on, "git"), 0700) == 0);
    write_master(on);
    write_key(on, on->bridge_key, 0600);
    issue(on,
        &(signet_cert_template){
            .kind = SIGNET_CERT_BRIDGE, .issuer = on->master, .now = NOW, .validity = 365 * DAY});
    if (!home_open(NULL, &on->config, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

static void
clear(stage *on)
{
    home_free(&on->config);
    signet_key_free(on->master);
    signet_key_free(on->bridge_key);
    signet_key_free(on->stranger);
}

static bool
load(const stage *on, int64_t now, identity *ret_identity, const char **ret_said, signet_error *err)
{
    bool is_loaded = false;

    user_capture(2);
    is_loaded = identity_load(&on->config, IDENTITY_ED25519, true, now, ret_identity, err);
    *ret_said = user_captured(2);
    return is_loaded;
}

static void
change_nothing(stage *on)
{
    (void)on;
}

static void
be_anothers(stage *on)
{
    issue(on, &(signet_cert_template){
                  .kind = SIGNET_CERT_BRIDGE, .issuer = on->stranger, .now = NOW, .validity = DAY});
}

static void
be_a_leaf(stage *on)
{
    issue(on, &(signet_cert_template){.kind = SIGNET_CERT_LEAF, .issuer = on->master, .now = NOW});
}

static void
be_the_masters_own(stage *on)
{
    issue(on, &(signet_cert_template){.kind = SIGNET_CERT_CA, .issuer = on->master, .now = NOW});
}

static void
have_another_key(stage *on)
{
    write_key(on, on->stranger, 0600);
}

static void
have_a_public_key(stage *on)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key =
        signet_key_from_public(&signet_ed25519, signet_key_public(on->bridge_key), NULL);

    write_key(on, key, 0600);
}

static void
have_an_open_key(stage *on)
{
    write_key(on, on->bridge_key, 0640);
}

static void
have_a_linked_key(stage *on)
{
    REQUIRE(rename(path_of(on, "git/bridge-key.pem"), path_of(on, "git/real")) == 0);
    REQUIRE(symlink("real", path_of(on, "git/bridge-key.pem")) == 0);
}

static void
have_a_garbage_key(stage *on)
{
    scratch_write(path_of(on, "git/bridge-key.pem"), signet_slice_text("garbage"), 0600);
}

static void
have_an_empty_key(stage *on)
{
    scratch_write(path_of(on, "git/bridge-key.pem"), (signet_slice){0}, 0600);
}

static void
be_garbage(stage *on)
{
    scratch_write(path_of(on, "git/bridge-cert.pem"), signet_slice_text("garbage"), 0600);
}

static void
be_a_pipe(stage *on)
{
    REQUIRE(unlink(path_of(on, "git/bridge-cert.pem")) == 0);
    REQUIRE(mkfifo(path_of(on, "git/bridge-cert.pem"), 0600) == 0);
}

static void
be_tampered_with(stage *on)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    uint8_t *address = NULL;

    REQUIRE(signet_cert_from_pem(harness_file(path_of(on, "git/bridge-cert.pem")), &der, NULL));
    address = memmem(der.data, der.len, "dev@", 4);
    REQUIRE(address);
    address[0] = 'D';
    write_certificate(on, signet_buf_slice(&der));
}

static void
be_open_to_all(stage *on)
{
    REQUIRE(chmod(path_of(on, "git"), 0777) == 0);
}

TEST(a_bridge_that_breaks_a_rule_is_an_error)
{
    static const struct {
        const char *name;
        void (*change)(stage *);
        int64_t now;
        signet_code expected; /* SIGNET_OK: it is used */
    } rows[] = {
        {"good", change_nothing, NOW, SIGNET_OK},
        {"its first second", change_nothing, NOW - DAY, SIGNET_OK},
        {"before its first second", change_nothing, NOW - DAY - 1, SIGNET_E_TIME},
        {"one second before its last", change_nothing, NOW + 365 * DAY - 1, SIGNET_OK},
        {"its last second", change_nothing, NOW + 365 * DAY, SIGNET_E_TIME},
        {"after its last second", change_nothing, NOW + 365 * DAY + 1, SIGNET_E_TIME},
        {"issued by a stranger", be_anothers, NOW, SIGNET_E_TRUST},
        {"a leaf", be_a_leaf, NOW, SIGNET_E_CERT},
        {"the master's own certificate", be_the_masters_own, NOW, SIGNET_E_KEY},
        {"changed", be_tampered_with, NOW, SIGNET_E_TRUST},
        {"garbage", be_garbage, NOW, SIGNET_E_NOT_FOUND},
        {"a pipe", be_a_pipe, NOW, SIGNET_E_IO},
        {"another key", have_another_key, NOW, SIGNET_E_KEY},
        {"a public key", have_a_public_key, NOW, SIGNET_E_KEY},
        {"a key that others can read", have_an_open_key, NOW, SIGNET_E_IO},
        {"a key behind a link", have_a_linked_key, NOW, SIGNET_E_IO},
        {"a garbage key", have_a_garbage_key, NOW, SIGNET_E_NOT_FOUND},
        {"an empty key", have_an_empty_key, NOW, SIGNET_E_DECODE},
        {"a directory that others can write", be_open_to_all, NOW, SIGNET_E_IO},
    };

    for (EACH(row, rows)) {
        stage on;
        SIGNET_AUTO(identity_free) identity who = {0};
        signet_error err = {0};
        const char *said = NULL;

        set(&on);
        row->change(&on);
        CHECK_INT(load(&on, row->now, &who, &said, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        if (row->expected == SIGNET_OK)
            CHECK(who.signers[0].bridge.len > 0 && who.signers[0].bridge_key);
        else
            CHECK(strstr(err.message, "/git"));
        clear(&on);
    }
}

TEST(half_a_bridge_is_said_and_not_used)
{
    static const struct {
        const char *name, *removed[2], *says; /* NULL: nothing */
    } rows[] = {
        {"no key", {"git/bridge-key.pem", NULL}, "bridge-key.pem is missing"},
        {"no certificate", {"git/bridge-cert.pem", NULL}, "bridge-cert.pem is missing"},
        {"neither", {"git/bridge-key.pem", "git/bridge-cert.pem"}, NULL},
    };

    for (EACH(row, rows)) {
        stage on;
        SIGNET_AUTO(identity_free) identity who = {0};
        signet_error err = {0};
        const char *said = NULL;

        set(&on);
        for (size_t i = 0; i < 2 && row->removed[i]; i++)
            REQUIRE(unlink(path_of(&on, row->removed[i])) == 0);
        REQUIRE(load(&on, NOW, &who, &said, &err));
        CHECK_INT(who.signers[0].bridge.len, 0);
        CHECK(!who.signers[0].bridge_key);
        CHECK(row->says ? strstr(said, row->says) != NULL : !strstr(said, "missing"));
        clear(&on);
    }
}

TEST(no_leaf_outlives_its_bridge)
{
    static const struct {
        const char *name;
        int64_t left, minutes, expected; /* 0: the usual five minutes */
    } rows[] = {
        {"a year", 365 * DAY, 0, 0},
        {"five minutes and a second", 301, 0, 0},
        {"five minutes", 300, 0, 0},
        {"less", 299, 0, 299},
        {"a second", 1, 0, 1},
        {"two minutes wanted, one left", 60, 2, 60},
        {"two minutes wanted, three left", 180, 2, 120},
    };

    for (EACH(row, rows)) {
        stage on;
        SIGNET_AUTO(identity_free) identity who = {0};
        signet_error err = {0};
        const char *said = NULL;

        set(&on);
        on.config.validity_minutes = row->minutes;
        REQUIRE(load(&on, NOW + 365 * DAY - row->left, &who, &said, &err));
        CHECK_INT(who.signers[0].validity, row->expected);
        clear(&on);
    }
}

TEST(a_bridge_without_being_asked_for_is_not_looked_at)
{
    stage on;
    SIGNET_AUTO(identity_free) identity who = {0};
    signet_error err = {0};

    set(&on);
    be_anothers(&on);
    REQUIRE(identity_load(&on.config, IDENTITY_ED25519, false, NOW, &who, &err));
    CHECK_INT(who.signers[0].bridge.len, 0);
    clear(&on);
}

TEST(the_certificate_is_exported_as_it_is)
{
    stage on;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error err = {0};

    set(&on);
    REQUIRE(identity_bridge_certificate(&on.config, &text, &err));
    CHECK_BYTES(signet_buf_slice(&text), harness_file(path_of(&on, "git/bridge-cert.pem")));
    REQUIRE(unlink(path_of(&on, "git/bridge-cert.pem")) == 0);
    CHECK(!identity_bridge_certificate(&on.config, &text, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    CHECK_TEXT(err.message, "bridge certificate not found");
    clear(&on);
}

/* The homes of the reference's own bridge sessions. */
TEST(agrees_with_the_reference_about_its_bridges)
{
    static const struct {
        const char *name;
        bool is_accepted; /* bridge_expired_still_signs: S-11, refused here */
    } rows[] = {
        {"bridge_commit", true},
        {"bridge_verify", true},
        {"bridge_expired_still_signs", false},
        {"bridge_key_missing_falls_back", true},
        {"bridge_key_of_other_certificate", false},
        {"bridge_key_garbage", false},
    };
    json_t *root = json_of(VECTORS "/interop/signet-git.json"), *one = NULL;
    size_t i = 0, seen = 0;

    json_array_foreach(json_object_get(json_group(root, "git_session"), "cases"), i, one)
    {
        for (EACH(row, rows)) {
            json_t *inputs = json_object_get(one, "inputs"), *file = NULL;
            json_t *step = json_array_get(json_object_get(inputs, "steps"), 0);
            const char *name = NULL, *said = NULL;
            stage on = {0};
            SIGNET_AUTO(identity_free) identity who = {0};

            if (strcmp(json_text(one, "name"), row->name) != 0)
                continue;
            on.user = user_new();
            REQUIRE(mkdir(path_of(&on, ""), 0700) == 0 && mkdir(path_of(&on, "git"), 0700) == 0);
            json_object_foreach(json_object_get(inputs, "files"), name, file)
                scratch_write(path_of(&on, name), signet_slice_text(json_string_value(file)), 0600);
            REQUIRE(home_open(NULL, &on.config, NULL));
            CHECK_INT(
                load(&on, json_integer_value(json_object_get(step, "now")), &who, &said, NULL),
                row->is_accepted);
            home_free(&on.config);
            seen++;
        }
    }
    CHECK_INT(seen, 6);
    json_decref(root);
}

TESTS(TEST_OF(a_bridge_that_breaks_a_rule_is_an_error), TEST_OF(half_a_bridge_is_said_and_not_used),
    TEST_OF(no_leaf_outlives_its_bridge),
    TEST_OF(a_bridge_without_being_asked_for_is_not_looked_at),
    TEST_OF(the_certificate_is_exported_as_it_is),
    TEST_OF(agrees_with_the_reference_about_its_bridges))
