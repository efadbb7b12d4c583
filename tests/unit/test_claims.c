/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with claims: times, capabilities, pseudonyms, and making and writing a token. */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "json.h"
#include "wire.h"

static signet_claims
claims_of(const char *wire)
{
    signet_claims claims = {0};

    REQUIRE(signet_token_decode(unhex(wire), &claims, NULL));
    return claims;
}

/* clang-format off */
static const struct {
    const char *name;
    int64_t now, skew;
    signet_code expected;
} times[] = {
    {"one second early",                WIRE_ISSUED - 1,   0,  SIGNET_E_TIME},
    {"on the first second",             WIRE_ISSUED,       0,  SIGNET_OK},
    {"on the last second",              WIRE_EXPIRES,      0,  SIGNET_OK},
    {"one second late",                 WIRE_EXPIRES + 1,  0,  SIGNET_E_TIME},
    {"early, the skew used up",         WIRE_ISSUED - 60,  60, SIGNET_OK},
    {"earlier than the skew",           WIRE_ISSUED - 61,  60, SIGNET_E_TIME},
    {"late, the skew used up",          WIRE_EXPIRES + 60, 60, SIGNET_OK},
    {"later than the skew",             WIRE_EXPIRES + 61, 60, SIGNET_E_TIME},
    {"a skew of 61",                    WIRE_ISSUED,       61, SIGNET_E_USAGE},
    {"a skew of -1",                    WIRE_ISSUED,       -1, SIGNET_E_USAGE},
    {"the largest skew there is",       WIRE_ISSUED, INT64_MAX, SIGNET_E_USAGE},
    {"at the end of time",              INT64_MAX,         60, SIGNET_E_TIME},
    {"before all time",                 INT64_MIN,         60, SIGNET_E_TIME},
};
/* clang-format on */

TEST(is_valid_from_not_before_to_expires)
{
    signet_claims claims = claims_of(T_MINIMAL), wild = {.expires = INT64_MAX};

    for (EACH(row, times)) {
        signet_error err = {0};

        CHECK_INT(signet_token_check_time(&claims, row->now, row->skew, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
    }
    harness_row = "claims that nobody checked";
    CHECK(!signet_token_check_time(&wild, 1, 0, NULL));
    wild = (signet_claims){.not_before = INT64_MIN, .expires = 5};
    CHECK(!signet_token_check_time(&wild, 1, 60, NULL));
}

/* --- capabilities --- */

static const uint64_t numbers[] = {1, 2, 0x100, 0x100, 2};

/* clang-format off */
static const struct {
    const char *name, *wire;
    signet_code expected;
} relations[] = {
    {"formula A of the list",      T_FULL,                                                                 SIGNET_OK},
    {"formula A of no list",       "a8" T_ISS T_SUB T_EXP T_NBF T_IAT "0750" WIRE_CAP0 T_CNF T_JTI,        SIGNET_OK},
    {"formula B",                  "a9" T_ISS T_SUB T_EXP T_NBF T_IAT "0750" WIRE_CAPB T_CNF T_JTI T_EPH,  SIGNET_OK},
    {"formula B without its key",  "a8" T_ISS T_SUB T_EXP T_NBF T_IAT "0750" WIRE_CAPB T_CNF T_JTI,        SIGNET_E_TOKEN},
    {"formula B beside a list",    "aa" T_ISS T_SUB T_EXP T_NBF T_IAT "0750" WIRE_CAPB T_CNF T_NUMBERS T_JTI T_EPH, SIGNET_E_TOKEN},
    {"formula A without its list", "a9" T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF T_JTI T_EPH,             SIGNET_E_TOKEN},
    {"formula A of another list",  "a9" T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF "0b820102" T_JTI,        SIGNET_E_TOKEN},
    {"the list not in order",      "a9" T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF "0b830201190100" T_JTI,  SIGNET_E_TOKEN},
    {"a number twice",             "a9" T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF "0b84010202190100" T_JTI, SIGNET_E_TOKEN},
    {"an id of nothing",           "a9" T_ISS T_SUB T_EXP T_NBF T_IAT "0750" WIRE_B16 T_CNF T_JTI T_EPH,   SIGNET_E_TOKEN},
};

static const struct {
    const char *name; /* and text */
    signet_code expected;
    uint64_t number;
} texts[] = {
    {"read",                 SIGNET_OK, 1},
    {"impersonate",          SIGNET_OK, 0x300},
    {"0",                    SIGNET_OK, 0},
    {"0x0",                  SIGNET_OK, 0},
    {"42",                   SIGNET_OK, 42},
    {"0x10FfF",              SIGNET_OK, 0x10fff},
    {"0xffffffffffffffff",   SIGNET_OK, UINT64_MAX},
    {"9999999999999999999",  SIGNET_OK, 9999999999999999999U},
    {"0x10000000000000000",  SIGNET_E_NOT_FOUND, 0},
    {"18446744073709551616", SIGNET_E_NOT_FOUND, 0},
    {"",                     SIGNET_E_NOT_FOUND, 0},
    {"0x",                   SIGNET_E_NOT_FOUND, 0},
    {"-1",                   SIGNET_E_NOT_FOUND, 0},
    {"+1",                   SIGNET_E_NOT_FOUND, 0},
    {" 1",                   SIGNET_E_NOT_FOUND, 0},
    {"1 ",                   SIGNET_E_NOT_FOUND, 0},
    {"1f",                   SIGNET_E_NOT_FOUND, 0},
    {"0x1g",                 SIGNET_E_NOT_FOUND, 0},
    {"0X1",                  SIGNET_E_NOT_FOUND, 0},
    {"READ",                 SIGNET_E_NOT_FOUND, 0},
};

static const struct {
    const char *name;
    uint64_t number;
    const char *range;
} ranges[] = {
    {"0",        0,          "reserved"},   {"1",       1,       "action"},     {"0xff",    0xff,    "action"},
    {"0x100",    0x100,      "resource"},   {"0x1ff",   0x1ff,   "resource"},   {"0x200",   0x200,   "constraint"},
    {"0x2ff",    0x2ff,      "constraint"}, {"0x300",   0x300,   "special"},    {"0x3ff",   0x3ff,   "special"},
    {"0x400",    0x400,      "reserved"},   {"0xffff",  0xffff,  "reserved"},   {"0x10000", 0x10000, "custom"},
    {"0x1ffff",  0x1ffff,    "custom"},     {"0x20000", 0x20000, "reserved"},   {"2^64-1",  UINT64_MAX, "reserved"},
};
/* clang-format on */

TEST(relates_the_capability_id_to_the_list)
{
    for (EACH(row, relations)) {
        signet_claims claims = claims_of(row->wire);
        signet_error err = {0};

        CHECK_INT(signet_token_check_capabilities(&claims, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
    }
}

TEST(hashes_capability_lists_as_sets)
{
    uint8_t id[16], same[16];
    static uint64_t many[4097];
    signet_error err = {0};

    harness_row = "three of five";
    CHECK(signet_capability_id(numbers, 5, id, NULL));
    CHECK_BYTES(((signet_slice){id, 16}), unhex(WIRE_CAPA));
    CHECK(signet_capability_id(numbers, 3, same, NULL));
    CHECK(memcmp(id, same, 16) == 0);
    CHECK(signet_capability_id_check((signet_slice){id, 16}, numbers, 4, NULL));
    CHECK(!signet_capability_id_check((signet_slice){id, 15}, numbers, 4, &err));
    CHECK_INT(err.code, SIGNET_E_TOKEN);
    CHECK(!signet_capability_id_check((signet_slice){id, 16}, numbers, 2, NULL));
    harness_row = "none";
    CHECK(signet_capability_id(NULL, 0, id, NULL));
    CHECK_BYTES(((signet_slice){id, 16}), unhex(WIRE_CAP0));
    harness_row = "4096 and 4097";
    CHECK(signet_capability_id(many, 4096, id, NULL));
    CHECK(!signet_capability_id(many, 4097, id, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    harness_row = "formula B";
    CHECK(signet_capability_id_of_keys(unhex(WIRE_EPH), unhex(WIRE_CNF), id, NULL));
    CHECK_BYTES(((signet_slice){id, 16}), unhex(WIRE_CAPB));
    CHECK(signet_capability_id_of_keys(unhex(WIRE_CNF), unhex(WIRE_EPH), same, NULL));
    CHECK(memcmp(id, same, 16) != 0);
    CHECK(!signet_capability_id_of_keys(unhex(WIRE_B16), unhex(WIRE_CNF), id, NULL));
    CHECK(!signet_capability_id_of_keys(unhex(WIRE_EPH), unhex(WIRE_CNF "00"), id, NULL));
}

TEST(names_capabilities)
{
    for (EACH(row, texts)) {
        uint64_t number = 7;
        signet_error err = {0};

        CHECK_INT(signet_capability_parse(row->name, &number, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK(number == (row->expected == SIGNET_OK ? row->number : 7));
    }
    for (EACH(row, ranges))
        CHECK_TEXT(signet_capability_range(row->number), row->range);
    harness_row = "the registry";
    CHECK_TEXT(signet_capability_name(0x100), "env:prod");
    CHECK(!signet_capability_name(3));
    CHECK(!signet_capability_name(0));
    for (const signet_capability *row = signet_capability_registry(); row->name; row++)
        CHECK_TEXT(signet_capability_name(row->number), row->name);
}

/* --- W-07 --- */

TEST(makes_pairwise_pseudonyms)
{
    /* HMAC-SHA256 of "signet-ppid-v1" || 00000003 "bob" || 00000003 "lib" || 00..0f, another
     * program */
    static const char known[] = "572c5e3ba6fc8b954320cb61488a2c9f60e5130a6a5bada96112a47061f547c3";
    uint8_t key[64] = {1, 2, 3}, one[32], other[32];
    signet_slice secret = {key, 32}, bob = signet_slice_text("bob"), lib = signet_slice_text("lib"),
                 id = unhex(WIRE_B16);

    harness_row = "a fixed value";
    CHECK(signet_token_pseudonym(secret, bob, lib, id, one, NULL));
    CHECK_BYTES(((signet_slice){one, 32}), unhex(known));
    harness_row = "other inputs";
    CHECK(signet_token_pseudonym(secret, lib, bob, id, other, NULL));
    CHECK(memcmp(one, other, 32) != 0);
    CHECK(signet_token_pseudonym(
        secret, signet_slice_text("bobl"), signet_slice_text("ib"), id, other, NULL));
    CHECK(memcmp(one, other, 32) != 0);
    CHECK(signet_token_pseudonym((signet_slice){key, 33}, bob, lib, id, other, NULL));
    CHECK(signet_token_pseudonym(secret, bob, (signet_slice){NULL, 0}, id, other, NULL));
    harness_row = "refused";
    CHECK(!signet_token_pseudonym((signet_slice){key, 31}, bob, lib, id, other, NULL));
    CHECK(!signet_token_pseudonym(secret, (signet_slice){NULL, 0}, lib, id, other, NULL));
    CHECK(!signet_token_pseudonym(secret, bob, lib, unhex("00"), other, NULL));
}

/* --- making --- */

/* clang-format off */
static const struct {
    const char *name, *issuer, *confirmation, *ephemeral, *nonce;
    int64_t now, validity_ms;
    signet_code expected;
    int64_t expires; /* or the text that is said */
    const char *says;
} requests[] = {
    {"600 seconds",            "i", WIRE_CNF, WIRE_EPH, "",       1000, 600000, SIGNET_OK, 1600, ""},
    {"600 seconds and a bit",  "i", WIRE_CNF, WIRE_EPH, WIRE_B16, 1000, 600999, SIGNET_OK, 1600, ""},
    {"half a second",          "i", WIRE_CNF, WIRE_EPH, "",       1000, 500,    SIGNET_OK, 1000, ""},
    {"no time",                "i", WIRE_CNF, WIRE_EPH, "",       1000, 0,      SIGNET_OK, 1000, ""},
    {"601 seconds",            "i", WIRE_CNF, WIRE_EPH, "",       1000, 601000, SIGNET_E_TOKEN, 0, "exp: 601 seconds"},
    {"a second in the past",   "i", WIRE_CNF, WIRE_EPH, "",       1000, -1000,  SIGNET_E_TOKEN, 0, "nbf: later"},
    {"a bit in the past",      "i", WIRE_CNF, WIRE_EPH, "",       1000, -1,     SIGNET_E_TOKEN, 0, "nbf: later"},
    {"beyond all time",        "i", WIRE_CNF, WIRE_EPH, "",  INT64_MAX, 1000,   SIGNET_E_USAGE, 0, "exp: beyond"},
    {"no issuer",              "",  WIRE_CNF, WIRE_EPH, "",       1000, 1000,   SIGNET_E_TOKEN, 0, "iss_id"},
    {"at second 0",            "i", WIRE_CNF, WIRE_EPH, "",       0,    1000,   SIGNET_E_TOKEN, 0, "iat: missing"},
    {"a short confirmation",   "i", WIRE_B16, WIRE_B16, "",       1000, 1000,   SIGNET_E_USAGE, 0, "cnf: 16"},
    {"a short ephemeral id",   "i", WIRE_CNF, WIRE_B16, "00",     1000, 1000,   SIGNET_E_USAGE, 0, "eph_kid: 16"},
    {"no ephemeral id",        "i", WIRE_CNF, "",       "",       1000, 1000,   SIGNET_E_USAGE, 0, "eph_kid: 0"},
    {"a short nonce",          "i", WIRE_CNF, WIRE_EPH, "00",     1000, 1000,   SIGNET_E_USAGE, 0, "nonce: 1"},
};
/* clang-format on */

TEST(makes_tokens_with_the_defaults)
{
    for (EACH(row, requests)) {
        signet_token_request request = {
            .issuer = signet_slice_text(row->issuer),
            .confirmation = unhex(row->confirmation),
            .ephemeral_id = unhex(row->ephemeral),
            .nonce = unhex(row->nonce),
            .now = row->now,
            .validity_ms = row->validity_ms,
        };
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_token_bytes bytes = {0}, again = {0};
        signet_claims claims = {.epoch = 77}, others = {0};
        signet_error err = {0};

        CHECK_INT(signet_token_new(&request, &bytes, &claims, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK(strncmp(err.message, row->says, strlen(row->says)) == 0);
        if (row->expected != SIGNET_OK) {
            CHECK_INT(claims.epoch, 77);
            continue;
        }
        CHECK_INT(claims.expires, row->expires);
        CHECK_INT(claims.not_before, row->now);
        CHECK_INT(claims.issued, row->now);
        CHECK_BYTES(claims.subject, request.ephemeral_id);
        CHECK_BYTES(claims.capability_id, unhex(WIRE_CAPB));
        CHECK(signet_token_check_capabilities(&claims, NULL));
        CHECK(signet_token_encode(&claims, &out, NULL));
        CHECK(signet_token_new(&request, &again, &others, NULL));
        CHECK(memcmp(bytes.token_id, again.token_id, 16) != 0);
    }
}

static bool
no_random(uint8_t *ret_bytes __attribute__((unused)), size_t len __attribute__((unused)))
{
    return false;
}

TEST(makes_no_token_without_random_bytes)
{
    signet_token_request request = {.issuer = signet_slice_text("i"),
        .confirmation = unhex(WIRE_CNF),
        .ephemeral_id = unhex(WIRE_EPH),
        .now = 1000};
    signet_token_bytes bytes = {0};
    signet_claims claims = {0};
    signet_error err = {0};

    sg_random_set_source(no_random);
    CHECK(!signet_token_new(&request, &bytes, &claims, &err));
    sg_random_set_source(NULL);
    CHECK_INT(err.code, SIGNET_E_CRYPTO);
}

/* --- writing: only what would be read back (W-13) --- */

static void
no_issuer(signet_claims *claims)
{
    claims->issuer.len = 0;
}
static void
not_utf8(signet_claims *claims)
{
    claims->issuer = unhex("ff");
}
static void
not_utf8_audience(signet_claims *claims)
{
    claims->audience = unhex("c3");
}
static void
short_subject(signet_claims *claims)
{
    claims->subject.len = 31;
}
static void
no_confirmation(signet_claims *claims)
{
    claims->confirmation = (signet_slice){0};
}
static void
too_long(signet_claims *claims)
{
    claims->expires = claims->not_before + 601;
}
static void
negative(signet_claims *claims)
{
    claims->not_before = -1;
}
static void
large_version(signet_claims *claims)
{
    claims->capability_version = 1ULL << 32;
}
static void
many_numbers(signet_claims *claims)
{
    claims->capability_count = 65;
}
static void
actor_is_array(signet_claims *claims)
{
    claims->actor = unhex("80");
}
static void
actor_has_number(signet_claims *claims)
{
    claims->actor = unhex("a101f6");
}
static void
actor_and_more(signet_claims *claims)
{
    claims->actor = unhex("a16161f600");
}
static void
actor_is_cut(signet_claims *claims)
{
    claims->actor = unhex("a16161");
}
static void
custom_in_long_heads(signet_claims *claims)
{
    claims->custom = unhex("a16161180a"
                           "00");
}
static void
chain_is_no_cbor(signet_claims *claims)
{
    claims->chain = unhex("ff");
}
static void
chain_of_two(signet_claims *claims)
{
    claims->chain = unhex("0000");
}
static void
long_kid(signet_claims *claims)
{
    claims->key_id = (signet_slice){claims->issuer.ptr, 65};
}

static void
large_custom(signet_claims *claims)
{
    static uint8_t bytes[SIGNET_TOKEN_MAX + 6] = {0xa1, 0x61, 'a', 0x59, 0x10, 0x00};

    claims->custom = (signet_slice){bytes, sizeof(bytes)};
}

static const struct {
    const char *name;
    void (*spoil)(signet_claims *claims);
    signet_code expected;
} unwritable[] = {
    {"no issuer", no_issuer, SIGNET_E_TOKEN},
    {"an issuer that is not UTF-8", not_utf8, SIGNET_E_USAGE},
    {"an audience that is not UTF-8", not_utf8_audience, SIGNET_E_USAGE},
    {"a short subject", short_subject, SIGNET_E_TOKEN},
    {"no confirmation", no_confirmation, SIGNET_E_TOKEN},
    {"601 seconds", too_long, SIGNET_E_TOKEN},
    {"a negative time", negative, SIGNET_E_TOKEN},
    {"a version of 33 bits", large_version, SIGNET_E_DECODE},
    {"65 numbers", many_numbers, SIGNET_E_TOKEN},
    {"an actor that is an array", actor_is_array, SIGNET_E_DECODE},
    {"an actor with a number as key", actor_has_number, SIGNET_E_DECODE},
    {"an actor and something more", actor_and_more, SIGNET_E_DECODE},
    {"an actor cut short", actor_is_cut, SIGNET_E_DECODE},
    {"custom claims that are not deterministic", custom_in_long_heads, SIGNET_E_DECODE},
    {"a chain that is not CBOR", chain_is_no_cbor, SIGNET_E_DECODE},
    {"a chain of two items", chain_of_two, SIGNET_E_DECODE},
    {"a key id of 65 bytes", long_kid, SIGNET_E_TOKEN},
    {"a token of more than 4096 bytes", large_custom, SIGNET_E_TOKEN},
};

TEST(writes_no_token_that_it_would_refuse)
{
    for (EACH(row, unwritable)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_claims claims = claims_of(T_FULL);
        signet_error err = {0};

        REQUIRE(signet_buf_append(&out, signet_slice_text("before"), NULL));
        row->spoil(&claims);
        CHECK(!signet_token_encode(&claims, &out, &err));
        CHECK_INT(err.code, row->expected);
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text("before"));
    }
}

/* --- tokens.json --- */

static size_t
list_of(const json_t *list, uint64_t ret_numbers[16])
{
    json_t *value = NULL;
    size_t i = 0;

    json_array_foreach(list, i, value) ret_numbers[i] =
        json_is_string(value) ? strtoull(json_string_value(value), NULL, 10)
                              : (uint64_t)json_integer_value(value);
    return i;
}

TEST(keeps_the_relations_of_the_reference)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL, *list = NULL;
    size_t i = 0, k = 0, lists = 0;
    uint64_t values[16];
    uint8_t first[16], id[16], known[16];

    json_array_foreach(json_object_get(root, "capability_id_relations"), i, one)
    {
        const json_t *inputs = json_object_get(one, "inputs");

        harness_row = json_text(one, "name");
        json_array_foreach(inputs ? inputs : json_object_get(one, "inputs_decimal"), k, list)
        {
            CHECK(signet_capability_id(values, list_of(list, values), id, NULL));
            if (k == 0)
                memcpy(first, id, sizeof(first));
            CHECK(memcmp(first, id, sizeof(id)) == 0);
            lists++;
        }
    }
    CHECK_INT(i, 6);
    CHECK_INT(lists, 10);
    json_array_foreach(json_object_get(root, "capability_id_validation"), i, one)
    {
        signet_slice given = json_hex(one, "cap_id_hex");
        signet_error err = {0};
        size_t count = list_of(json_object_get(one, "cap_tokens"), values);

        harness_row = json_text(one, "name");
        CHECK(signet_capability_id((uint64_t[]){1, 2, 3}, 3, known, NULL));
        if (!json_object_get(one, "cap_id_hex"))
            given = (signet_slice){known, sizeof(known)};
        CHECK_INT(signet_capability_id_check(given, values, count, &err),
            strcmp(json_text(one, "expect"), "accept") == 0);
        CHECK(err.code == SIGNET_OK || err.code == SIGNET_E_TOKEN);
    }
    CHECK_INT(i, 4);
    CHECK_INT(json_array_size(json_object_get(root, "newtoken_cap_id_relations")), 4);
    json_decref(root);
}

/* newtoken_cap_id_relations: it depends on both, in this order, and is no plain hash. */
TEST(separates_formula_b)
{
    uint8_t id[16], other[16], digest[32];
    signet_slice eph = unhex(WIRE_EPH), cnf = unhex(WIRE_CNF);
    static const char *const plain[] = {
        WIRE_EPH WIRE_CNF, "7369676e65742d6361706162696c6974792d7631" WIRE_EPH WIRE_CNF};

    harness_row = "formula";
    CHECK(signet_capability_id_of_keys(eph, cnf, id, NULL));
    sg_sha256(unhex("7369676e65742d6361706162696c6974792d7631"
                    "00000020" WIRE_EPH "00000020" WIRE_CNF),
        digest);
    CHECK(memcmp(id, digest, 16) == 0);
    harness_row = "changes-with-eph-kid, changes-with-cnf";
    CHECK(signet_capability_id_of_keys(cnf, cnf, other, NULL) && memcmp(id, other, 16) != 0);
    CHECK(signet_capability_id_of_keys(eph, eph, other, NULL) && memcmp(id, other, 16) != 0);
    harness_row = "not-the-unseparated-hash";
    for (size_t i = 0; i < 2; i++) {
        sg_sha256(unhex(plain[i]), digest);
        CHECK(memcmp(id, digest, 16) != 0);
    }
}

TESTS(TEST_OF(is_valid_from_not_before_to_expires), TEST_OF(relates_the_capability_id_to_the_list),
    TEST_OF(hashes_capability_lists_as_sets), TEST_OF(names_capabilities),
    TEST_OF(makes_pairwise_pseudonyms), TEST_OF(makes_tokens_with_the_defaults),
    TEST_OF(makes_no_token_without_random_bytes), TEST_OF(writes_no_token_that_it_would_refuse),
    TEST_OF(keeps_the_relations_of_the_reference), TEST_OF(separates_formula_b))
