/* SPDX-License-Identifier: Apache-2.0 */
/* ES256: wycheproof's DER signatures as COSE has them, keys, and low s. */
#include <signet/pki.h>

#include "json.h"
#include "wire.h"

/* The order of P-256, half of it, and a point. */
#define ORDER     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define ORDER_1   "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
#define HALF      "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8"
#define G_X       "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define G_Y       "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define G_MINUS_Y "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a"
#define ZERO      "0000000000000000000000000000000000000000000000000000000000000000"
#define ONE       "0000000000000000000000000000000000000000000000000000000000000001"
#define PRIME     "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"

/* --- keys --- */

/* clang-format off */
static const struct {
    const char *name, *point;
    bool is_accepted;
} points[] = {
    {"the generator",              "04" G_X G_Y,       true},
    {"its negative",               "04" G_X G_MINUS_Y, true},
    {"nothing",                    "",                 false},
    {"the point at infinity",      "00",               false},
    {"a compressed point",         "03" G_X,           false},
    {"a hybrid point",             "07" G_X G_Y,       false},
    {"without its first byte",     G_X G_Y,            false},
    {"another first byte",         "05" G_X G_Y,       false},
    {"a byte more",                "04" G_X G_Y "00",  false},
    {"zeros",                      "04" ZERO ZERO,     false},
    {"not on the curve",           "04" G_X G_X,       false},
    {"x is the prime",             "04" PRIME G_Y,     false},
    {"32 bytes, an Ed25519 key",   WIRE_CNF,           false},
};

static const struct {
    const char *name, *scalar;
    bool is_accepted;
} scalars[] = {
    {"1",                   ONE,        true},
    {"the order less one",  ORDER_1,    true},
    {"0",                   ZERO,       false},
    {"the order",           ORDER,      false},
    {"31 bytes",            "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e", false},
    {"33 bytes",            ONE "00",   false},
    {"nothing",             "",         false},
};
/* clang-format on */

TEST(takes_sound_keys_only)
{
    for (EACH(row, points)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        signet_error err = {0};

        key = signet_key_from_public(&signet_es256, unhex(row->point), &err);
        CHECK_INT(key != NULL, row->is_accepted);
        CHECK_INT(err.code, row->is_accepted ? SIGNET_OK : SIGNET_E_KEY);
    }
    for (EACH(row, scalars)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        signet_error err = {0};

        key = signet_key_from_seed(&signet_es256, unhex(row->scalar), &err);
        CHECK_INT(key != NULL, row->is_accepted);
        CHECK_INT(err.code, row->is_accepted ? SIGNET_OK : SIGNET_E_KEY);
    }
    harness_row = "1 is of the generator, the order less one of its negative";
    SIGNET_AUTO(signet_key_free) signet_key *one = NULL, *last = NULL;

    one = signet_key_from_seed(&signet_es256, unhex(ONE), NULL);
    last = signet_key_from_seed(&signet_es256, unhex(ORDER_1), NULL);
    REQUIRE(one && last);
    CHECK_BYTES(signet_key_public(one), unhex("04" G_X G_Y));
    CHECK_BYTES(signet_key_public(last), unhex("04" G_X G_MINUS_Y));
}

TEST(signs_with_low_s_and_another_nonce_each_time)
{
    const signet_key *key = wire_key(&signet_es256, 1);
    signet_slice half = unhex(HALF), message = signet_slice_text("message");
    uint8_t previous[64] = {0};

    for (int i = 0; i < 64; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

        CHECK(signet_key_sign(key, message, &signature, NULL));
        CHECK_INT(signature.len, 64);
        CHECK(memcmp(signature.data + 32, half.ptr, 32) <= 0);
        CHECK(memcmp(signature.data, previous, 32) != 0);
        memcpy(previous, signature.data, 64);
        CHECK(signet_key_verify(key, message, signet_buf_slice(&signature), NULL));
    }
}

/* a - b of 32 bytes, big-endian. */
static void
subtract(const uint8_t *a, const uint8_t *b, uint8_t *ret_difference)
{
    int borrow = 0;

    for (int i = 31; i >= 0; i--) {
        int digit = a[i] - b[i] - borrow;

        borrow = digit < 0;
        ret_difference[i] = (uint8_t)digit;
    }
}

TEST(verifies_high_s_too)
{
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    const signet_key *key = wire_key(&signet_es256, 1);
    signet_slice message = signet_slice_text("message");
    uint8_t s[32];

    CHECK(signet_key_sign(key, message, &signature, NULL));
    memcpy(s, signature.data + 32, 32);
    subtract(unhex(ORDER).ptr, s, signature.data + 32);
    CHECK(memcmp(signature.data + 32, unhex(HALF).ptr, 32) > 0);
    CHECK(signet_key_verify(key, message, signet_buf_slice(&signature), NULL));
}

/* clang-format off */
static const struct {
    const char *name, *signature;
} hopeless[] = {
    {"nothing", ""},
    {"zeros", ZERO ZERO},
    {"r is 0", ZERO ONE},
    {"s is 0", ONE ZERO},
    {"r is the order", ORDER ONE},
    {"s is the order", ONE ORDER},
    {"ones", ONE ONE},
    {"all bits", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    {"63 bytes", ZERO "00000000000000000000000000000000000000000000000000000000000000"},
    {"65 bytes", ZERO ZERO "00"},
    {"DER", "3006020101020101"},
};
/* clang-format on */

TEST(refuses_numbers_out_of_range)
{
    for (EACH(row, hopeless)) {
        signet_error err = {0};

        CHECK(!signet_key_verify(
            wire_key(&signet_es256, 1), signet_slice_text("message"), unhex(row->signature), &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    }
}

/* --- wycheproof --- */

/* An INTEGER of DER that fits 32 bytes and is written as DER wants it. */
static bool
read_integer(signet_slice *der, uint8_t ret_bytes[32])
{
    size_t len = 0;
    const uint8_t *at = der->ptr;

    if (der->len < 3 || at[0] != 2 || at[1] == 0 || at[1] > 33 || der->len < 2U + at[1])
        return false;
    len = at[1];
    if (at[2] & 0x80 || (len > 1 && at[2] == 0 && !(at[3] & 0x80)) || (len == 33 && at[2] != 0))
        return false;
    *der = (signet_slice){at + 2 + len, der->len - 2 - len};
    at += 2 + (len == 33);
    len -= len == 33;
    memset(ret_bytes, 0, 32);
    memcpy(ret_bytes + 32 - len, at, len);
    return true;
}

/* SEQUENCE { r, s } as r and s side by side, if it is DER and both fit. */
static bool
to_cose(signet_slice der, uint8_t ret_signature[64])
{
    if (der.len < 2 || der.ptr[0] != 0x30 || der.ptr[1] != der.len - 2)
        return false;
    der = (signet_slice){der.ptr + 2, der.len - 2};
    return read_integer(&der, ret_signature) && read_integer(&der, ret_signature + 32) &&
           der.len == 0;
}

typedef struct {
    size_t valid, invalid, unconvertible, bad_keys;
} tally;

static void
check_one(const json_t *one, const signet_key *key, tally *counts)
{
    bool is_valid = strcmp(json_text(one, "result"), "valid") == 0;
    uint8_t signature[64];
    char name[32];
    signet_error err = {0};

    (void)snprintf(
        name, sizeof(name), "tcId %d", (int)json_integer_value(json_object_get(one, "tcId")));
    harness_row = name;
    if (!to_cose(json_hex(one, "sig"), signature)) {
        CHECK(!is_valid); /* every valid one is DER with numbers that fit */
        counts->unconvertible++;
        return;
    }
    CHECK_INT(signet_key_verify(
                  key, json_hex(one, "msg"), (signet_slice){signature, sizeof(signature)}, &err),
        is_valid);
    CHECK_INT(err.code, is_valid ? SIGNET_OK : SIGNET_E_SIGNATURE);
    counts->valid += is_valid;
    counts->invalid += !is_valid;
}

TEST(agrees_with_wycheproof)
{
    json_t *root = json_of(VECTORS "/conformance/wycheproof/ecdsa_secp256r1_sha256_test.json");
    json_t *group = NULL, *one = NULL;
    size_t i = 0, k = 0;
    tally counts = {0};

    json_array_foreach(json_object_get(root, "testGroups"), i, group)
    {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

        key = signet_key_from_public(
            &signet_es256, json_hex(json_object_get(group, "publicKey"), "uncompressed"), NULL);
        REQUIRE(key);
        json_array_foreach(json_object_get(group, "tests"), k, one) check_one(one, key, &counts);
    }
    json_decref(root);
    harness_row = "all";
    CHECK_INT(counts.valid, 174);
    CHECK_INT(counts.valid + counts.invalid + counts.unconvertible, 484);
    CHECK_INT(counts.invalid, 75);
}

/* --- tokens.json, cose_constructor --- */

/* clang-format off */
static const struct {
    const char *name, *algorithm;
    const char *raw; /* a public key, NULL: none can be said */
    bool is_seed;
    bool is_accepted;
} constructors[] = {
    {"ed25519-private-32-bytes", "ed25519", WIRE_CNF WIRE_CNF, true, false}, /* ours is the seed of 32 */
    {"ed25519-public-64-bytes",  "ed25519", WIRE_CNF WIRE_CNF, false, false},
    {"p384-private",             "es256",   ONE WIRE_B16, true, false},
    {"p384-public",              "es256",   "04" G_X WIRE_B16 G_Y WIRE_B16, false, false},
    {"null-ecdsa-private",       "es256",   "", true, false},
    {"null-ecdsa-public",        "es256",   "", false, false},
    {"algorithm-name-EdDSA",     "ed25519", ONE, true, true}, /* the registry's name */
    {"algorithm-name-empty",     "",        ONE, true, false}, /* there is no default */
    {"algorithm-name-RS256",     "RS256",   ONE, true, false},
    {"not-a-key",                "ed25519", "6e6f742061206b6579", false, false},
};
/* clang-format on */

TEST(makes_keys_of_the_named_algorithms_only)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(root, "cose_constructor"), i, one)
    {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        const signet_algorithm *algorithm = NULL;

        REQUIRE(i < sizeof(constructors) / sizeof(constructors[0]));
        harness_row = constructors[i].name;
        CHECK_TEXT(json_text(one, "name"), harness_row);
        algorithm = signet_algorithm_named(signet_cose_algorithms, constructors[i].algorithm);
        if (algorithm)
            key = constructors[i].is_seed
                      ? signet_key_from_seed(algorithm, unhex(constructors[i].raw), NULL)
                      : signet_key_from_public(algorithm, unhex(constructors[i].raw), NULL);
        CHECK_INT(key != NULL, constructors[i].is_accepted);
    }
    json_decref(root);
    harness_row = "all";
    CHECK_INT(i, 10);
}

TESTS(TEST_OF(takes_sound_keys_only), TEST_OF(signs_with_low_s_and_another_nonce_each_time),
    TEST_OF(verifies_high_s_too), TEST_OF(refuses_numbers_out_of_range),
    TEST_OF(agrees_with_wycheproof), TEST_OF(makes_keys_of_the_named_algorithms_only))
