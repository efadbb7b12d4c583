/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include <signet/key.h>

#include "harness.h"

static json_t *
load(const char *path)
{
    json_error_t problem;
    json_t *root = json_load_file(path, 0, &problem);

    if (!root)
        harness_fail(__FILE__, __LINE__, "%s: %s", path, problem.text);
    return root;
}

static signet_slice
hex_of(const json_t *object, const char *member)
{
    return unhex(json_string_value(json_object_get(object, member)));
}

/* Whether the whole way is open: the key is taken and the signature is genuine. */
static bool
is_accepted(signet_slice public_key, signet_slice message, signet_slice signature)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_public(&signet_ed25519, public_key, NULL);

    return key && signet_key_verify(key, message, signature, NULL);
}

TEST(agrees_with_wycheproof)
{
    json_t *root = load(VECTORS "/conformance/wycheproof/ed25519_test.json");
    json_t *group = NULL, *row = NULL;
    size_t i = 0, j = 0, seen = 0;

    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        signet_slice public_key = hex_of(json_object_get(group, "publicKey"), "pk");

        json_array_foreach(json_object_get(group, "tests"), j, row)
        {
            const char *result = json_string_value(json_object_get(row, "result"));

            harness_row = json_string_value(json_object_get(row, "comment"));
            CHECK_INT(is_accepted(public_key, hex_of(row, "msg"), hex_of(row, "sig")),
                strcmp(result, "valid") == 0);
            seen++;
        }
    }
    CHECK_INT(seen, 151);
    json_decref(root);
}

static bool
has_flag(const json_t *row, const char *flag)
{
    json_t *value = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(row, "flags"), i, value)
    {
        if (strcmp(json_string_value(value), flag) == 0)
            return true;
    }
    return false;
}

/*
 * The rule in CCTV's words: cofactorless (no low order residue), A canonical and not of low order;
 * R is compared as bytes, so it must be canonical too; R of low order is fine.
 */
TEST(agrees_with_cctv_by_the_pinned_rule)
{
    json_t *root = load(VECTORS "/conformance/cctv/ed25519vectors.json");
    json_t *row = NULL;
    size_t i = 0, accepted = 0;

    json_array_foreach(root, i, row)
    {
        bool expected = !has_flag(row, "low_order_A") && !has_flag(row, "non_canonical_A") &&
                        !has_flag(row, "non_canonical_R") && !has_flag(row, "low_order_residue") &&
                        !has_flag(row, "reencoded_k");
        const char *message = json_string_value(json_object_get(row, "msg"));
        char name[32];

        (void)snprintf(name, sizeof(name), "case %zu", i);
        harness_row = name;
        CHECK_INT(is_accepted(hex_of(row, "key"), signet_slice_text(message), hex_of(row, "sig")),
            expected);
        accepted += expected;
    }
    CHECK_INT(i, 914);
    CHECK(accepted > 10);
    json_decref(root);
}

#define SEED   "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define PUBLIC "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define SIGNATURE                                                                                  \
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9" \
    "b46bd25bf5f0595bbe24655141438e7a100b"

TEST(signs_as_rfc_8032_does)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    REQUIRE(key);
    CHECK_BYTES(signet_key_public(key), unhex(PUBLIC));
    REQUIRE(signet_key_sign(key, (signet_slice){NULL, 0}, &signature, NULL));
    CHECK_BYTES(signet_buf_slice(&signature), unhex(SIGNATURE));
}

TEST(signs_messages_of_every_size_that_changes_the_path)
{
    static const size_t sizes[] = {1, 127, 128, 4095, 4096, 4097, 100000};
    static uint8_t message[100000];
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);

    REQUIRE(key);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
        signet_slice signed_bytes = {message, sizes[i]};

        REQUIRE(signet_key_sign(key, signed_bytes, &signature, NULL));
        CHECK(signet_key_verify(key, signed_bytes, signet_buf_slice(&signature), NULL));
        message[sizes[i] - 1] ^= 1;
        CHECK(!signet_key_verify(key, signed_bytes, signet_buf_slice(&signature), NULL));
        message[sizes[i] - 1] ^= 1;
    }
}

#define SPKI  "302a300506032b6570032100" PUBLIC
#define PKCS8 "302e020100300506032b657004220420" SEED

/* clang-format off */
static const struct {
    const char *name;
    const char *der;
    signet_code expected;
} spkis[] = {
    {"as RFC 8410",             SPKI,                                            SIGNET_OK},
    {"nothing",                 "",                                              SIGNET_E_DECODE},
    {"one byte more",           SPKI "00",                                       SIGNET_E_DECODE},
    {"cut short",               "302a300506032b6570032100d75a",                  SIGNET_E_DECODE},
    {"NULL parameters",         "302c300706032b65700500032100" PUBLIC,           SIGNET_E_DECODE},
    {"Ed448's identifier",      "302a300506032b6571032100" PUBLIC,               SIGNET_E_ALGORITHM},
    {"unused bits",             "302a300506032b6570032101" PUBLIC,               SIGNET_E_DECODE},
    {"31 bytes",                "3029300506032b6570032000d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", SIGNET_E_KEY},
    {"a length not shortest",   "30812a300506032b6570032100" PUBLIC,             SIGNET_E_DECODE},
    {"the neutral element",     "302a300506032b65700321000100000000000000000000000000000000000000000000000000000000000000", SIGNET_E_KEY},
    {"y is p",                  "302a300506032b6570032100edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", SIGNET_E_KEY},
    {"minus zero",              "302a300506032b65700321000100000000000000000000000000000000000000000000000000000000000080", SIGNET_E_KEY},
    {"inside another element",  "0400302a300506032b6570032100" PUBLIC,           SIGNET_E_DECODE},
};

static const struct {
    const char *name;
    const char *der;
    signet_code expected;
} pkcs8s[] = {
    {"as RFC 8410",             PKCS8,                                           SIGNET_OK},
    {"one byte more",           PKCS8 "00",                                      SIGNET_E_DECODE},
    {"version 1",               "302e020101300506032b657004220420" SEED,         SIGNET_E_DECODE},
    {"NULL parameters",         "3030020100300706032b6570050004220420" SEED,     SIGNET_E_DECODE},
    {"X25519's identifier",     "302e020100300506032b656e04220420" SEED,         SIGNET_E_ALGORITHM},
    {"a seed not wrapped",      "302c020100300506032b65700420" SEED,             SIGNET_E_DECODE},
    {"a seed of 31 bytes",      "302d020100300506032b65700421041f9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f", SIGNET_E_KEY},
    {"an attribute behind",     "3030020100300506032b657004220420" SEED "a000",  SIGNET_E_DECODE},
};

static const struct {
    const char *name;
    const char *text;
    signet_code expected;
} pems[] = {
    {"a public key",       "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n", SIGNET_OK},
    {"a bare seed",        "-----BEGIN ED25519 PRIVATE KEY-----\n/7WXSmDPHue1vYQtec+TQYGZiQlNT49ZYrLDA+ui4CQ=\n-----END ED25519 PRIVATE KEY-----\n", SIGNET_OK},
    {"a seed as PKCS#8",   "-----BEGIN PRIVATE KEY-----\n/7WXSmDPHue1vYQtec+TQYGZiQlNT49ZYrLDA+ui4CQ=\n-----END PRIVATE KEY-----\n", SIGNET_E_DECODE},
    {"another label",      "-----BEGIN KEY-----\n/7WXSmDPHue1vYQtec+TQYGZiQlNT49ZYrLDA+ui4CQ=\n-----END KEY-----\n", SIGNET_E_DECODE},
    {"no PEM",             "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", SIGNET_E_NOT_FOUND},
};
/* clang-format on */

TEST(reads_keys_in_their_one_encoding_only)
{
    for (EACH(row, spkis)) {
        signet_error err = {0};
        SIGNET_AUTO(signet_key_free)
        signet_key *key = signet_key_from_spki(signet_only_ed25519, unhex(row->der), &err);

        CHECK_INT(err.code, row->expected);
        CHECK((key != NULL) == (row->expected == SIGNET_OK));
    }
    for (EACH(row, pkcs8s)) {
        signet_error err = {0};
        SIGNET_AUTO(signet_key_free)
        signet_key *key = signet_key_from_pkcs8(signet_only_ed25519, unhex(row->der), &err);

        CHECK_INT(err.code, row->expected);
        CHECK((key != NULL) == (row->expected == SIGNET_OK));
    }
    for (EACH(row, pems)) {
        signet_error err = {0};
        SIGNET_AUTO(signet_key_free)
        signet_key *key =
            signet_key_from_pem(signet_only_ed25519, signet_slice_text(row->text), &err);

        CHECK_INT(err.code, row->expected);
        CHECK((key != NULL) == (row->expected == SIGNET_OK));
    }
}

TEST(writes_keys_as_it_reads_them)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0}, pkcs8 = {0};

    REQUIRE(key && signet_key_write_spki(key, &spki, NULL) &&
            signet_key_write_pkcs8(key, &pkcs8, NULL));
    CHECK_BYTES(signet_buf_slice(&spki), unhex(SPKI));
    CHECK_BYTES(signet_buf_slice(&pkcs8), unhex(PKCS8));
}

/* The vector of tokens.md 2.7. */
TEST(has_the_identifiers_of_the_specification)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_public(&signet_ed25519,
        unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), NULL);
    char kid[SIGNET_KID_SIZE + 1], fingerprint[SIGNET_FINGERPRINT_SIZE + 1];

    REQUIRE(
        key && signet_key_kid(key, kid, NULL) && signet_key_fingerprint(key, fingerprint, NULL));
    CHECK_TEXT(kid, "9408457aefd071cec127c1f985399308");
    CHECK_TEXT(fingerprint, "9408457aefd071cec127c1f98539930861ad1ba94c940db975c972c09fc68b68");
    CHECK(signet_kid_is_valid(signet_slice_text(kid)));
    CHECK(!signet_kid_is_valid(signet_slice_text("9408457AEFD071CEC127C1F985399308")));
    CHECK(!signet_kid_is_valid(signet_slice_text("9408457aefd071ce")));
    CHECK(!signet_kid_is_valid(signet_slice_text(fingerprint)));
}

TESTS(TEST_OF(agrees_with_wycheproof), TEST_OF(agrees_with_cctv_by_the_pinned_rule),
    TEST_OF(signs_as_rfc_8032_does), TEST_OF(signs_messages_of_every_size_that_changes_the_path),
    TEST_OF(reads_keys_in_their_one_encoding_only), TEST_OF(writes_keys_as_it_reads_them),
    TEST_OF(has_the_identifiers_of_the_specification))
