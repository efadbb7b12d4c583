/* SPDX-License-Identifier: Apache-2.0 */
/* Whom one trusts: one's own keys, the home's file, and a repository's when it is signed. */
#include <sys/stat.h>
#include <unistd.h>

#include "common/identity.h"
#include "harness.h"
#include "scratch.h"
#include "user.h"

enum { NOW = 1780000000, DAY = 86400 };

static void
open_home(home *ret_home)
{
    signet_error err = {0};

    if (!home_open(NULL, ret_home, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

static void
init(identity_algorithm algorithm, const char *email)
{
    SIGNET_AUTO(home_free) home config = {0};
    identity_init_options options = {.algorithm = algorithm, .insecure = true, .email = email};
    signet_error err = {0};
    bool is_done = false;

    open_home(&config);
    user_capture(1);
    is_done = identity_init(&config, &options, NOW, &err);
    (void)user_captured(1);
    if (!is_done)
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

static signet_key *
key_of(uint8_t number)
{
    uint8_t seed[SIGNET_SEED_SIZE] = {number};
    signet_key *key =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);

    REQUIRE(key);
    return key;
}

/* "name ed25519=...", with whatever `options` says. */
static void
add_line(signet_buf *text, const char *name, const signet_key *key, const char *options)
{
    REQUIRE(signet_buf_printf(text, NULL, "%s ed25519=", name));
    REQUIRE(signet_key_write_id(key, text, NULL));
    REQUIRE(signet_buf_printf(text, NULL, "%s\n", options));
}

static void
sign(const signet_cms_signer *signers, size_t count, signet_slice text, signet_buf *out)
{
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_sha512 hash;
    signet_error err = {0};

    signet_sha512_init(&hash);
    signet_sha512_update(&hash, text);
    signet_sha512_final(&hash, digest);
    if (!signet_cms_sign(
            signers, count, (signet_slice){digest, sizeof(digest)}, NOW + 10, out, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

static const char *
make_repository(signet_slice text)
{
    const char *repository = scratch_directory();

    REQUIRE(mkdir(scratch_path(repository, ".signet"), 0755) == 0);
    scratch_write(scratch_path(repository, ".signet/trusted_signers"), text, 0644);
    return repository;
}

static void
sign_repository(const char *repository, const signet_key *key)
{
    signet_cms_signer signer = {.master = key};
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0}, armored = {0};

    sign(&signer, 1, harness_file(scratch_path(repository, ".signet/trusted_signers")), &message);
    REQUIRE(signet_cms_armor(signet_buf_slice(&message), "CMS", &armored, NULL));
    scratch_write(
        scratch_path(repository, ".signet/trusted_signers.sig"), signet_buf_slice(&armored), 0644);
}

/* Trust, and what was said meanwhile. */
static signet_trust *
trust_of(const char *repository, const char **ret_said, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    signet_trust *trust = NULL;

    open_home(&config);
    user_capture(2);
    trust = identity_trust(&config, repository, err);
    *ret_said = user_captured(2);
    return trust;
}

static const char *
name_of(const signet_trust *trust, const signet_key *key)
{
    const signet_trusted_signer *signer = signet_trust_find(trust, key);

    return signer ? signer->name : "nobody";
}

static void
write_home_file(const char *user, signet_slice text)
{
    if (!scratch_exists(scratch_path(user, ".signet")))
        REQUIRE(mkdir(scratch_path(user, ".signet"), 0700) == 0);
    scratch_write(scratch_path(user, ".signet/trusted_signers"), text, 0600);
}

TEST(a_new_user_trusts_nobody)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    const char *said = NULL;

    (void)user_new();
    trust = trust_of(NULL, &said, NULL);
    REQUIRE(trust);
    CHECK_INT(signet_trust_count(trust), 0);
    CHECK_TEXT(said, "");
}

TEST(what_one_signs_is_good)
{
    static const struct {
        const char *name;
        identity_algorithm algorithm;
        const char *email, *expected;
    } rows[] = {
        {"plain", IDENTITY_ED25519, NULL, "tester@"},
        {"with an address", IDENTITY_ED25519, "dev@example.com", "dev@example.com"},
        {"ML-DSA-44", IDENTITY_MLDSA44, "dev@example.com", "dev@example.com"},
        {"hybrid", IDENTITY_HYBRID, "dev@example.com", "dev@example.com"},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(home_free) home config = {0};
        SIGNET_AUTO(identity_free) identity who = {0};
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
        SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
        signet_judgement judgement;
        uint8_t digest[SIGNET_SHA512_SIZE];
        signet_cms_content content = {.digest = {digest, sizeof(digest)}};
        signet_sha512 hash;
        const char *said = NULL;

        (void)user_new();
        init(row->algorithm, row->email);
        open_home(&config);
        REQUIRE(identity_load(&config, row->algorithm, true, NOW, &who, NULL));
        sign(who.signers, who.signer_count, signet_slice_text("content"), &message);
        trust = trust_of(NULL, &said, NULL);
        REQUIRE(trust);
        signet_sha512_init(&hash);
        signet_sha512_update(&hash, signet_slice_text("content"));
        signet_sha512_final(&hash, digest);
        if (!signet_judge(trust, pki_algorithms_for(signet_buf_slice(&message), NULL),
                signet_buf_slice(&message), &content, NULL, &judgement))
            harness_fail(__FILE__, __LINE__, "%s", judgement.reason.message);
        CHECK(strncmp(judgement.signer->name, row->expected, strlen(row->expected)) == 0);
        CHECK_INT(judgement.bridge.der.len > 0, row->email != NULL);
        CHECK_INT(judgement.is_hybrid, row->algorithm == IDENTITY_HYBRID);
    }
}

TEST(one_s_own_key_is_trusted_without_a_line)
{
    const char *user = user_new(), *said = NULL;
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;

    init(IDENTITY_HYBRID, NULL);
    REQUIRE(unlink(scratch_path(user, ".signet/trusted_signers")) == 0);
    trust = trust_of(NULL, &said, NULL);
    REQUIRE(trust);
    CHECK_INT(signet_trust_count(trust), 1);
    CHECK_INT(signet_trust_at(trust, 0)->key_count, 2);
    CHECK_TEXT(said, "");
}

TEST(one_s_own_key_can_be_revoked)
{
    const char *user = user_new(), *said = NULL;
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    init(IDENTITY_ED25519, NULL);
    open_home(&config);
    key = identity_public(&config, &signet_ed25519, NULL);
    add_line(&text, "me", key, " revoked-since=2026-01-01");
    write_home_file(user, signet_buf_slice(&text));
    trust = trust_of(NULL, &said, NULL);
    REQUIRE(trust);
    CHECK_INT(signet_trust_count(trust), 1);
    CHECK(signet_trust_at(trust, 0)->revoked_since != SIGNET_TIME_MAX);
}

TEST(a_key_store_in_bad_order_is_said_and_others_still_trusted)
{
    const char *user = user_new(), *said = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *alice = key_of(1);
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    init(IDENTITY_ED25519, NULL);
    add_line(&text, "alice", alice, "");
    write_home_file(user, signet_buf_slice(&text));
    REQUIRE(chmod(scratch_path(user, ".signet/master.key"), 0644) == 0);
    trust = trust_of(NULL, &said, NULL);
    REQUIRE(trust);
    CHECK_TEXT(name_of(trust, alice), "alice");
    CHECK_INT(signet_trust_count(trust), 1);
    CHECK(strstr(said, "0644"));
}

TEST(a_home_file_that_is_wrong_is_an_error)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"no key", "alice\n"},
        {"half a key", "alice ed25519=00\n"},
        {"binary", "\x01\x02\n"},
    };

    for (EACH(row, rows)) {
        const char *user = user_new(), *said = NULL;
        signet_error err = {0};

        write_home_file(user, signet_slice_text(row->text));
        CHECK(!trust_of(NULL, &said, &err));
        CHECK(strstr(err.message, "trusted_signers: line 1"));
    }
}

/* A user who trusts Alice, whose repository trusts Bob. */
typedef struct {
    const char *user, *repository;
    signet_key *alice, *bob, *eve;
} scene;

static void
set(scene *on, const char *bobs_options)
{
    SIGNET_AUTO(signet_buf_free) signet_buf mine = {0}, theirs = {0};

    *on = (scene){.user = user_new(), .alice = key_of(1), .bob = key_of(2), .eve = key_of(3)};
    add_line(&mine, "alice", on->alice, "");
    write_home_file(on->user, signet_buf_slice(&mine));
    add_line(&theirs, "false-alice", on->alice, " valid-before=2099-01-01");
    add_line(&theirs, "bob", on->bob, bobs_options);
    on->repository = make_repository(signet_buf_slice(&theirs));
    sign_repository(on->repository, on->alice);
}

static void
clear(scene *on)
{
    signet_key_free(on->alice);
    signet_key_free(on->bob);
    signet_key_free(on->eve);
}

static void
change_nothing(scene *on)
{
    (void)on;
}

static void
remove_signature(scene *on)
{
    REQUIRE(unlink(scratch_path(on->repository, ".signet/trusted_signers.sig")) == 0);
}

static void
break_signature(scene *on)
{
    scratch_write(scratch_path(on->repository, ".signet/trusted_signers.sig"),
        signet_slice_text("garbage"), 0644);
}

static void
change_text(scene *on)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    const char *path = scratch_path(on->repository, ".signet/trusted_signers");

    REQUIRE(signet_buf_append(&text, harness_file(path), NULL));
    add_line(&text, "eve", on->eve, "");
    scratch_write(path, signet_buf_slice(&text), 0644);
}

static void
sign_by_stranger(scene *on)
{
    sign_repository(on->repository, on->eve);
}

static void
sign_by_listed(scene *on)
{
    sign_repository(on->repository, on->bob); /* whom the file itself names, nobody else */
}

static void
revoke_signer(scene *on)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    add_line(&text, "alice", on->alice, " revoked-since=2020-01-01");
    write_home_file(on->user, signet_buf_slice(&text));
}

static void
sign_nonsense(scene *on)
{
    scratch_write(scratch_path(on->repository, ".signet/trusted_signers"),
        signet_slice_text("nonsense\n"), 0644);
    sign_repository(on->repository, on->alice);
}

static void
be_a_pipe(scene *on)
{
    const char *path = scratch_path(on->repository, ".signet/trusted_signers");

    REQUIRE(unlink(path) == 0 && mkfifo(path, 0644) == 0);
}

static void
be_huge(scene *on)
{
    REQUIRE(truncate(scratch_path(on->repository, ".signet/trusted_signers"), (off_t)1 << 40) == 0);
}

TEST(a_repository_is_trusted_when_its_signer_is)
{
    static const struct {
        const char *name;
        void (*change)(scene *);
        const char *bob, *says;
    } rows[] = {
        {"signed by Alice", change_nothing, "bob", NULL},
        {"not signed", remove_signature, "nobody", "No such file"},
        {"signature is garbage", break_signature, "nobody", "neither PEM"},
        {"changed after it was signed", change_text, "nobody", "its signature is bad"},
        {"signed by a stranger", sign_by_stranger, "nobody", "its signature is unknown"},
        {"signed by one whom it names", sign_by_listed, "nobody", "its signature is unknown"},
        {"signed by one who is revoked", revoke_signer, "nobody", "its signature is revoked"},
        {"nonsense, signed", sign_nonsense, "nobody", "line 1"},
        {"a pipe", be_a_pipe, "nobody", "not a regular file"},
        {"a terabyte", be_huge, "nobody", "larger"},
    };

    for (EACH(row, rows)) {
        scene on;
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
        const char *said = NULL;

        set(&on, "");
        row->change(&on);
        trust = trust_of(on.repository, &said, NULL);
        REQUIRE(trust);
        CHECK_TEXT(name_of(trust, on.bob), row->bob);
        CHECK_TEXT(name_of(trust, on.alice), "alice"); /* whatever the repository calls her */
        CHECK_TEXT(name_of(trust, on.eve), "nobody");
        if (row->says ? !strstr(said, row->says) : *said)
            harness_fail(__FILE__, __LINE__, "says: %s", said);
        clear(&on);
    }
}

TEST(a_repository_s_limits_count)
{
    scene on;
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    const char *said = NULL;

    set(&on, " revoked-since=2026-03-01");
    trust = trust_of(on.repository, &said, NULL);
    REQUIRE(trust && signet_trust_find(trust, on.bob));
    CHECK(signet_trust_find(trust, on.bob)->revoked_since < NOW);
    clear(&on);
}

TEST(a_repository_in_the_user_s_own_directory_is_the_home)
{
    const char *user = user_new(), *said = NULL;
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;

    init(IDENTITY_ED25519, NULL);
    trust = trust_of(user, &said, NULL);
    REQUIRE(trust);
    CHECK_INT(signet_trust_count(trust), 1);
    CHECK_TEXT(said, "");
}

TEST(a_repository_without_a_file_says_nothing)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    const char *said = NULL;

    (void)user_new();
    trust = trust_of(scratch_directory(), &said, NULL);
    REQUIRE(trust);
    CHECK_TEXT(said, "");
}

TESTS(TEST_OF(a_new_user_trusts_nobody), TEST_OF(what_one_signs_is_good),
    TEST_OF(one_s_own_key_is_trusted_without_a_line), TEST_OF(one_s_own_key_can_be_revoked),
    TEST_OF(a_key_store_in_bad_order_is_said_and_others_still_trusted),
    TEST_OF(a_home_file_that_is_wrong_is_an_error),
    TEST_OF(a_repository_is_trusted_when_its_signer_is), TEST_OF(a_repository_s_limits_count),
    TEST_OF(a_repository_in_the_user_s_own_directory_is_the_home),
    TEST_OF(a_repository_without_a_file_says_nothing))
