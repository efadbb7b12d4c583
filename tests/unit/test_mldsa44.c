/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>

#include <openssl/err.h>

#include <signet/pki.h>

#include "crypto/key.h"
#include "harness.h"
#include "json.h"
#include "mldsa44.h"

static bool
is_accepted(signet_slice public_key, signet_slice message, signet_slice signature)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_error err = {0};

    key = signet_key_from_public(&signet_mldsa44, public_key, &err);
    if (!key) {
        CHECK_INT(err.code, SIGNET_E_KEY);
        return false;
    }
    if (signet_key_verify(key, message, signature, &err))
        return true;
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    return false;
}

/* The profile has an empty context, so cases with another one cannot be asked. */
static bool
has_context(const json_t *row)
{
    return json_hex(row, "ctx").len > 0;
}

TEST(verifies_as_wycheproof_expects)
{
    json_t *root = json_of(VECTORS "/conformance/wycheproof/mldsa_44_verify_test.json");
    json_t *group = NULL, *row = NULL;
    size_t i = 0, j = 0, run = 0, skipped = 0, accepted = 0;

    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        signet_slice public_key = json_hex(group, "publicKey");

        json_array_foreach(json_object_get(group, "tests"), j, row)
        {
            bool is_valid = strcmp(json_text(row, "result"), "valid") == 0;

            harness_row = json_text(row, "comment");
            if (has_context(row)) {
                skipped++;
                continue;
            }
            CHECK_INT(
                is_accepted(public_key, json_hex(row, "msg"), json_hex(row, "sig")), is_valid);
            run++;
            accepted += is_valid;
        }
    }
    CHECK_INT(json_integer_value(json_object_get(root, "numberOfTests")), run + skipped);
    CHECK_INT(run, 173);
    CHECK_INT(skipped, 7);
    CHECK_INT(accepted, 75);
    json_decref(root);
}

/* Cases named Internal give mu alone, which is what the streaming form hands to OpenSSL. */
static bool
has_signed(const signet_key *key, const json_t *row, uint8_t *ret_signature)
{
    const sg_mldsa44_input mu = {json_hex(row, "mu"), true};
    const sg_mldsa44_input message = {json_hex(row, "msg"), false};

    if (mu.bytes.len > 0) {
        REQUIRE(sg_mldsa44_sign(key->private_state, &mu, ret_signature, NULL));
        CHECK_BYTES(
            ((signet_slice){ret_signature, SIGNET_MLDSA44_SIGNATURE_SIZE}), json_hex(row, "sig"));
        REQUIRE(sg_mldsa44_verify(signet_key_public(key), &mu, json_hex(row, "sig"), NULL));
    }
    return json_lists(row, "flags", "Internal") ||
           sg_mldsa44_sign(key->private_state, &message, ret_signature, NULL);
}

TEST(signs_as_wycheproof_expects)
{
    json_t *root = json_of(VECTORS "/conformance/wycheproof/mldsa_44_sign_seed_test.json");
    json_t *group = NULL, *row = NULL;
    size_t i = 0, j = 0, run = 0, skipped = 0, refused = 0;
    uint8_t signature[SIGNET_MLDSA44_SIGNATURE_SIZE];

    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

        key = signet_key_from_seed(&signet_mldsa44, json_hex(group, "privateSeed"), NULL);
        if (key)
            CHECK_BYTES(signet_key_public(key), json_hex(group, "publicKey"));
        json_array_foreach(json_object_get(group, "tests"), j, row)
        {
            harness_row = json_text(row, "comment");
            if (has_context(row) || json_lists(row, "flags", "Randomized")) {
                skipped++;
                continue;
            }
            run++;
            if (json_lists(row, "flags", "IncorrectPrivateKeyLength")) {
                CHECK(!key);
                refused++;
                continue;
            }
            REQUIRE(key && has_signed(key, row, signature));
            CHECK_BYTES(((signet_slice){signature, sizeof(signature)}), json_hex(row, "sig"));
        }
    }
    CHECK_INT(json_integer_value(json_object_get(root, "numberOfTests")), run + skipped);
    CHECK_INT(run, 81);
    CHECK_INT(skipped, 5); /* 4 with a context, 1 hedged */
    CHECK_INT(refused, 3);
    json_decref(root);
}

/* Bytes as the vectors of the reference make them. */
static signet_slice
pattern(size_t len)
{
    static uint8_t bytes[65536];

    REQUIRE(len <= sizeof(bytes));
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)((i * 7 + 3) % 251);
    return (signet_slice){bytes, len};
}

TEST(signs_as_the_reference_does)
{
    json_t *root = json_of(VECTORS "/interop/cms.json");
    json_t *row = NULL;
    size_t i = 0, run = 0;

    json_array_foreach(json_object_get(json_group(root, "raw_signature"), "cases"), i, row)
    {
        json_t *inputs = json_object_get(row, "inputs"), *outputs = json_object_get(row, "outputs");
        json_t *length = json_object_get(inputs, "content_pattern_len");
        signet_slice content =
            length ? pattern((size_t)json_integer_value(length)) : json_hex(inputs, "content");
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

        harness_row = json_text(row, "name");
        if (strcmp(json_text(inputs, "algorithm"), "ml-dsa-44") != 0)
            continue;
        run++;
        key = signet_key_from_seed(&signet_mldsa44, json_hex(inputs, "seed"), NULL);
        REQUIRE(key);
        CHECK_BYTES(signet_key_public(key), json_hex(inputs, "public"));
        REQUIRE(signet_key_sign(key, content, &signature, NULL));
        CHECK_BYTES(signet_buf_slice(&signature), json_hex(outputs, "signature"));
        CHECK(signet_key_verify(key, content, signet_buf_slice(&signature), NULL));
    }
    CHECK_INT(run, 3);
    json_decref(root);
}

/* Put a message through the streaming form in pieces. */
static signet_mldsa44_message *
streamed(signet_slice public_key, signet_slice content, size_t piece)
{
    signet_mldsa44_message *message = signet_mldsa44_begin(public_key, NULL);

    REQUIRE(message);
    for (size_t at = 0; at < content.len; at += piece) {
        size_t len = content.len - at < piece ? content.len - at : piece;

        REQUIRE(signet_mldsa44_update(message, (signet_slice){content.ptr + at, len}, NULL));
    }
    return message;
}

static const uint8_t seed_bytes[32] = {1, 2, 3, 4, 5};
static const signet_slice seed = {seed_bytes, sizeof(seed_bytes)};

TEST(gives_the_same_signature_streaming_as_in_one_piece)
{
    static const struct {
        const char *name;
        size_t len, piece;
    } rows[] = {
        {"nothing", 0, 1},
        {"one byte", 1, 1},
        {"byte by byte", 300, 1},
        {"one short of a block", 135, 64},
        {"a block", 136, 136},
        {"64 KiB in odd pieces", 65536, 4099},
    };
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_seed(&signet_mldsa44, seed, NULL);
    REQUIRE(key);
    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf whole = {0}, pieces = {0};
        SIGNET_AUTO(signet_mldsa44_free) signet_mldsa44_message *signing = NULL, *verifying = NULL;
        signet_slice content = pattern(row->len);

        signing = streamed(signet_key_public(key), content, row->piece);
        verifying = streamed(signet_key_public(key), content, row->piece);
        REQUIRE(signet_key_sign(key, content, &whole, NULL));
        REQUIRE(signet_mldsa44_sign_end(signing, key, &pieces, NULL));
        CHECK_BYTES(signet_buf_slice(&pieces), signet_buf_slice(&whole));
        CHECK(signet_mldsa44_verify_end(verifying, signet_buf_slice(&whole), NULL));
    }
}

TEST(verifies_a_file_that_the_reference_signed)
{
    static const struct {
        const char *name;
        size_t cut; /* bytes of the content left out */
        size_t flip, short_by;
        signet_code expected;
    } rows[] = {
        {"as it is", 0, SIZE_MAX, 0, SIGNET_OK},
        {"the last byte is missing", 1, SIZE_MAX, 0, SIGNET_E_SIGNATURE},
        {"the first byte of the signature", 0, 0, 0, SIGNET_E_SIGNATURE},
        {"the last byte of the signature", 0, 2419, 0, SIGNET_E_SIGNATURE},
        {"a short signature", 0, SIZE_MAX, 1, SIGNET_E_SIGNATURE},
        {"no signature", 0, SIZE_MAX, 2420, SIGNET_E_SIGNATURE},
    };
    signet_slice content = harness_file(VECTORS "/interop/cms/content.bin");
    signet_slice given = harness_file(VECTORS "/interop/cms/content.mldsa44.sig");
    signet_slice public_key = harness_file(VECTORS "/interop/cms/mldsa44.pub");
    uint8_t signature[SIGNET_MLDSA44_SIGNATURE_SIZE];

    CHECK_INT(given.len, sizeof(signature));
    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_mldsa44_free) signet_mldsa44_message *message = NULL;
        signet_error err = {0};

        memcpy(signature, given.ptr, sizeof(signature));
        if (row->flip != SIZE_MAX)
            signature[row->flip] ^= 1;
        message = streamed(public_key, (signet_slice){content.ptr, content.len - row->cut}, 10);
        CHECK_INT(signet_mldsa44_verify_end(
                      message, (signet_slice){signature, sizeof(signature) - row->short_by}, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
    }
}

TEST(refuses_what_is_no_message_or_key)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = NULL, *other = NULL, *public_half = NULL, *ed25519 = NULL;
    SIGNET_AUTO(signet_mldsa44_free) signet_mldsa44_message *message = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    key = signet_key_from_seed(&signet_mldsa44, seed, NULL);
    other = signet_key_generate(&signet_mldsa44, NULL);
    ed25519 = signet_key_from_seed(&signet_ed25519, seed, NULL);
    REQUIRE(key && other && ed25519);
    public_half = signet_key_from_public(&signet_mldsa44, signet_key_public(key), NULL);
    REQUIRE(public_half);

    CHECK(!signet_mldsa44_begin((signet_slice){seed_bytes, 32}, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
    message = streamed(signet_key_public(key), seed, 7);
    CHECK(!signet_mldsa44_sign_end(message, ed25519, &out, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
    CHECK(!signet_mldsa44_sign_end(message, public_half, &out, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
    CHECK(!signet_mldsa44_sign_end(message, other, &out, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
    CHECK_INT(out.len, 0);
    REQUIRE(signet_mldsa44_sign_end(message, key, &out, &err));
    CHECK(!signet_mldsa44_sign_end(message, key, &out, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(!signet_mldsa44_update(message, seed, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(!signet_mldsa44_verify_end(message, signet_buf_slice(&out), &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK_INT(out.len, SIGNET_MLDSA44_SIGNATURE_SIZE);
    signet_mldsa44_free(NULL);
}

TEST(keeps_algorithms_apart)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa44 = NULL, *ed25519 = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf by_mldsa44 = {0}, by_ed25519 = {0};
    signet_error err = {0};

    mldsa44 = signet_key_from_seed(&signet_mldsa44, seed, NULL);
    ed25519 = signet_key_from_seed(&signet_ed25519, seed, NULL);
    REQUIRE(mldsa44 && ed25519);
    REQUIRE(signet_key_sign(mldsa44, seed, &by_mldsa44, NULL));
    REQUIRE(signet_key_sign(ed25519, seed, &by_ed25519, NULL));
    CHECK(!signet_key_verify(mldsa44, seed, signet_buf_slice(&by_ed25519), &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    CHECK(!signet_key_verify(ed25519, seed, signet_buf_slice(&by_mldsa44), &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    CHECK(signet_algorithm_named(signet_all_algorithms, "ml-dsa-44") == &signet_mldsa44);
    CHECK(signet_algorithm_named(signet_all_algorithms, "ed25519") == &signet_ed25519);
    CHECK(!signet_algorithm_named(signet_all_algorithms, "ML-DSA-44"));
    CHECK(!signet_algorithm_named(signet_only_ed25519, "ml-dsa-44"));
}

/* The hazard: a context that was used with another key and kept it. */
TEST(never_takes_one_signers_signature_for_anothers)
{
    SIGNET_AUTO(signet_key_free) signet_key *a = NULL, *b = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf by_a = {0}, by_b = {0};

    a = signet_key_generate(&signet_mldsa44, NULL);
    b = signet_key_generate(&signet_mldsa44, NULL);
    REQUIRE(a && b && !signet_key_is_same(a, b));
    REQUIRE(signet_key_sign(a, seed, &by_a, NULL) && signet_key_sign(b, seed, &by_b, NULL));
    for (int i = 0; i < 3; i++) {
        CHECK(signet_key_verify(a, seed, signet_buf_slice(&by_a), NULL));
        CHECK(!signet_key_verify(b, seed, signet_buf_slice(&by_a), NULL));
        CHECK(signet_key_verify(b, seed, signet_buf_slice(&by_b), NULL));
        CHECK(!signet_key_verify(a, seed, signet_buf_slice(&by_b), NULL));
    }
}

static const struct {
    const char *name;
    bool has_seed;
    signet_code expected;
} key_files[] = {
    {"ML-DSA-44-seed.priv", true, SIGNET_OK}, {"ML-DSA-44-expanded.priv", false, SIGNET_OK},
    {"ML-DSA-44-both.priv", true, SIGNET_OK},
    {"bad-ML-DSA-44-1.priv", false, SIGNET_E_KEY}, /* the seed of another key */
    {"bad-ML-DSA-44-2.priv", false, SIGNET_E_KEY}, /* tr of another key */
    {"bad-ML-DSA-44-3.priv", false, SIGNET_E_KEY}, /* t0 of another key */
};

TEST(reads_the_three_private_forms_and_refuses_bad_keys)
{
    signet_slice public_text = harness_file(VECTORS "/conformance/mldsa-keys/ML-DSA-44.pub");
    SIGNET_AUTO(signet_key_free) signet_key *expected = NULL;

    expected = signet_key_from_pem(signet_all_algorithms, public_text, NULL);
    REQUIRE(expected);
    for (EACH(row, key_files)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
        signet_error err = {0};
        char path[512];

        (void)snprintf(path, sizeof(path), VECTORS "/conformance/mldsa-keys/%s", row->name);
        key = signet_key_from_pem(signet_all_algorithms, harness_file(path), &err);
        CHECK_INT(err.code, row->expected);
        CHECK((key != NULL) == (row->expected == SIGNET_OK));
        CHECK(!signet_key_from_pem(signet_only_ed25519, harness_file(path), &err));
        CHECK_INT(err.code, SIGNET_E_ALGORITHM);
        if (!key)
            continue;
        CHECK(signet_key_is_same(key, expected));
        CHECK_INT(signet_key_seed(key).len > 0, row->has_seed);
        REQUIRE(signet_key_sign(key, seed, &signature, NULL));
        CHECK(signet_key_verify(expected, seed, signet_buf_slice(&signature), NULL));
    }
}

/* Each part of an expanded key: rho, K, tr, s1, s2, t0. */
TEST(refuses_an_expanded_key_whose_parts_disagree)
{
    static const struct {
        const char *name;
        size_t at, len;
        signet_code expected;
    } rows[] = {
        {"as it is", SIZE_MAX, 2560, SIGNET_OK},
        {"rho", 0, 2560, SIGNET_E_KEY},
        {"tr", 64, 2560, SIGNET_E_KEY},
        {"s1", 128, 2560, SIGNET_E_KEY},
        {"s2", 128 + 384, 2560, SIGNET_E_KEY},
        {"t0", 2559, 2560, SIGNET_E_KEY},
        {"a byte too few", SIZE_MAX, 2559, SIGNET_E_KEY},
        {"nothing", SIZE_MAX, 0, SIGNET_E_KEY},
    };
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    uint8_t expanded[2560], changed[2560], public_key[SIGNET_MLDSA44_PUBLIC_SIZE];
    size_t len = sizeof(expanded);
    const sg_mldsa44_private *made_of = NULL;

    key = signet_key_from_seed(&signet_mldsa44, seed, NULL);
    REQUIRE(key);
    made_of = key->private_state;
    REQUIRE(EVP_PKEY_get_raw_private_key(made_of->key, expanded, &len) == 1);
    for (EACH(row, rows)) {
        signet_error err = {0};
        void *made = NULL;

        memcpy(changed, expanded, sizeof(changed));
        if (row->at != SIZE_MAX)
            changed[row->at] ^= 1;
        made = signet_mldsa44.private_from_expanded(
            (signet_slice){changed, row->len}, public_key, &err);
        CHECK_INT(err.code, row->expected);
        CHECK((made != NULL) == (row->expected == SIGNET_OK));
        if (made)
            CHECK_BYTES(((signet_slice){public_key, sizeof(public_key)}), signet_key_public(key));
        signet_mldsa44.private_free(made);
    }
}

/* OpenSSL's queue of errors belongs to the program as well. */
TEST(leaves_the_errors_of_others_alone)
{
    signet_slice public_key = harness_file(VECTORS "/interop/cms/mldsa44.pub");
    uint8_t forged[SIGNET_MLDSA44_SIGNATURE_SIZE] = {0};
    uint8_t none[2560] = {0}, derived[SIGNET_MLDSA44_PUBLIC_SIZE];

    ERR_clear_error();
    for (int others = 0; others < 2; others++) {
        CHECK(!is_accepted(public_key, seed, (signet_slice){forged, sizeof(forged)}));
        CHECK(!signet_mldsa44.private_from_expanded(
            (signet_slice){none, sizeof(none)}, derived, NULL));
        CHECK_INT(ERR_GET_REASON(ERR_peek_last_error()), others ? ERR_R_UNSUPPORTED : 0);
        CHECK_INT(ERR_peek_error() == ERR_peek_last_error(), true);
        ERR_raise(ERR_LIB_USER, ERR_R_UNSUPPORTED);
    }
    ERR_clear_error();
}

static void *
work(void *argument)
{
    const signet_key *key = argument;

    for (int i = 0; i < 20; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

        if (!signet_key_sign(key, seed, &signature, NULL) ||
            !signet_key_verify(key, seed, signet_buf_slice(&signature), NULL))
            return argument;
    }
    return NULL;
}

TEST(signs_with_one_key_in_many_threads)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    pthread_t threads[4];

    key = signet_key_from_seed(&signet_mldsa44, seed, NULL);
    REQUIRE(key);
    for (size_t i = 0; i < 4; i++)
        REQUIRE(pthread_create(&threads[i], NULL, work, key) == 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed = NULL;

        REQUIRE(pthread_join(threads[i], &failed) == 0);
        CHECK(!failed);
    }
}

TESTS(TEST_OF(verifies_as_wycheproof_expects), TEST_OF(signs_as_wycheproof_expects),
    TEST_OF(signs_as_the_reference_does),
    TEST_OF(gives_the_same_signature_streaming_as_in_one_piece),
    TEST_OF(verifies_a_file_that_the_reference_signed), TEST_OF(refuses_what_is_no_message_or_key),
    TEST_OF(keeps_algorithms_apart), TEST_OF(never_takes_one_signers_signature_for_anothers),
    TEST_OF(reads_the_three_private_forms_and_refuses_bad_keys),
    TEST_OF(refuses_an_expanded_key_whose_parts_disagree),
    TEST_OF(leaves_the_errors_of_others_alone), TEST_OF(signs_with_one_key_in_many_threads))
