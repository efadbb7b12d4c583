/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"
#include "json.h"
#include "wire.h"

#define T32  "6162636465666768696a6b6c6d6e6f706162636465666768696a6b6c6d6e6f70"
#define T64  T32 T32
#define T128 T64 T64
#define T256 "01790100" T128 T128

#define AFTER_ISS  T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF T_JTI
#define BEFORE_CAP T_ISS T_SUB T_EXP T_NBF T_IAT
#define LEGACY                                                                                     \
    "a60163736967025820" WIRE_CNF "031a65ec88ac0450" WIRE_B16 "055820" WIRE_EPH "061a65ec8780"
#define TIMES(exp, nbf, iat) "a8" T_ISS T_SUB "04" exp "05" nbf "06" iat T_CAP T_CNF T_JTI

/* clang-format off */
static const struct {
    const char *name, *wire;
    signet_code expected;
    const char *says; /* what a refusal names first; the rule */
} decodings[] = {
    {"the required claims",           T_MINIMAL,                                      SIGNET_OK, ""},
    {"every claim",                   T_FULL,                                         SIGNET_OK, ""},
    {"nothing",                       "",                                             SIGNET_E_DECODE, "token: CBOR is cut short"},
    {"an array",                      "80",                                           SIGNET_E_DECODE, "token: CBOR is of another type"},
    {"null",                          "f6",                                           SIGNET_E_DECODE, "token"},
    {"one byte too many",             T_MINIMAL "00",                                 SIGNET_E_DECODE, "token"},
    {"a count that lies",             "bb0000000100000000" T_ISS,                     SIGNET_E_DECODE, "token"},
    {"a map of no length",            "bf" T_REQUIRED "ff",                           SIGNET_E_DECODE, "token"},
    {"a tagged map",                  "d9d9f7" T_MINIMAL,                             SIGNET_E_DECODE, "token"},
    {"an unknown key",                "a9" T_REQUIRED "1818f6",                       SIGNET_E_DECODE, "token: CBOR has a key that is unknown"},
    {"a negative key",                "a920f6" T_REQUIRED,                            SIGNET_E_DECODE, "token"},
    {"key 0",                         "a900f6" T_REQUIRED,                            SIGNET_E_DECODE, "token"},
    {"keys not in order",             "a8" T_SUB T_ISS T_EXP T_NBF T_IAT T_CAP T_CNF T_JTI, SIGNET_E_DECODE, "token"},
    {"a key twice",                   "a9" T_ISS T_ISS AFTER_ISS,                     SIGNET_E_DECODE, "token"},
    {"a text key",                    "a9" T_REQUIRED "6161f6",                       SIGNET_E_LEGACY, "token has the retired layout"},
    {"a text key twice",              "aa" T_REQUIRED "6161f6" "6161f6",              SIGNET_E_DECODE, "token"},
    {"a key of 2^63",                 "a9" T_REQUIRED "1b800000000000000000",         SIGNET_E_LEGACY, "token"},
    {"an empty map",                  "a0",                                           SIGNET_E_LEGACY, "token"},
    {"the retired layout",            LEGACY,                                         SIGNET_E_LEGACY, "token"},
    {"the retired layout, cut short", "a60163736967",                                 SIGNET_E_DECODE, "token"},
    {"none of 7, 9, 13",              "a5" BEFORE_CAP,                                SIGNET_E_LEGACY, "token"},
    {"only 7 of 7, 9, 13",            "a6" BEFORE_CAP T_CAP,                          SIGNET_E_TOKEN,  "cnf"},
    {"only 13 of 7, 9, 13",           "a6" BEFORE_CAP T_JTI,                          SIGNET_E_TOKEN,  "cnf"},
    {"V1 no issuer",                  "a7" AFTER_ISS,                                 SIGNET_E_TOKEN,  "iss_id: missing"},
    {"V1 an empty issuer",            "a80160" AFTER_ISS,                             SIGNET_E_TOKEN,  "iss_id: missing"},
    {"V1 before V2",                  "a60160" T_SUB T_EXP T_NBF T_IAT T_CAP,         SIGNET_E_TOKEN,  "iss_id"},
    {"an issuer in bytes",            "a80141" "61" AFTER_ISS,                        SIGNET_E_DECODE, "iss_id: CBOR is of another type"},
    {"an issuer that is not UTF-8",   "a80161ff" AFTER_ISS,                           SIGNET_E_DECODE, "iss_id: CBOR is not UTF-8"},
    {"an issuer of 256 bytes",        "a8" T256 AFTER_ISS,                            SIGNET_OK, ""},
    {"an issuer of 257 bytes",        "a8" "01790101" T128 T128 "61" AFTER_ISS,       SIGNET_E_TOKEN,  "iss_id: 257 bytes"},
    {"an issuer with NUL",            "a801626100" AFTER_ISS,                         SIGNET_E_TOKEN,  "iss_id: has a control character"},
    {"an issuer with U+001F",         "a80162611f" AFTER_ISS,                         SIGNET_E_TOKEN,  "iss_id: has a control character"},
    {"an issuer with a blank",        "a801626120" AFTER_ISS,                         SIGNET_OK, ""},
    {"an issuer with DEL",            "a80162617f" AFTER_ISS,                         SIGNET_E_TOKEN,  "iss_id: has a control character"},
    {"an issuer with U+009F",         "a80162c29f" AFTER_ISS,                         SIGNET_E_TOKEN,  "iss_id: has a control character"},
    {"an issuer with U+00A0",         "a80162c2a0" AFTER_ISS,                         SIGNET_OK, ""},
    {"V2 a cnf of 31 bytes",          "a8" BEFORE_CAP T_CAP "09581f" WIRE_B16 "000102030405060708090a0b0c0d0e" T_JTI, SIGNET_E_TOKEN, "cnf: 31 bytes, not 32"},
    {"V2 a cnf of 33 bytes",          "a8" BEFORE_CAP T_CAP "095821" WIRE_CNF "00" T_JTI, SIGNET_E_TOKEN, "cnf: 33 bytes"},
    {"V2 before V3",                  "a6" T_ISS T_EXP T_NBF T_IAT T_CAP T_JTI,       SIGNET_E_TOKEN,  "cnf"},
    {"V3 no subject",                 "a7" T_ISS T_EXP T_NBF T_IAT T_CAP T_CNF T_JTI, SIGNET_E_TOKEN,  "sub_ppid: 0 bytes"},
    {"V3 before V4",                  "a6" T_ISS T_EXP T_NBF T_IAT T_CNF T_JTI,       SIGNET_E_TOKEN,  "sub_ppid"},
    {"V4 no capability id",           "a7" BEFORE_CAP T_CNF T_JTI,                    SIGNET_E_TOKEN,  "cap_id: 0 bytes, not 16"},
    {"V4 a capability id of 17",      "a8" BEFORE_CAP "0751" WIRE_B16 "00" T_CNF T_JTI, SIGNET_E_TOKEN, "cap_id: 17 bytes"},
    {"V4 before V5",                  "a6" BEFORE_CAP T_CNF,                          SIGNET_E_TOKEN,  "cap_id"},
    {"V5 no token id",                "a7" BEFORE_CAP T_CAP T_CNF,                    SIGNET_E_TOKEN,  "jti: 0 bytes"},
    {"V5 a token id of 15",           "a8" BEFORE_CAP T_CAP T_CNF "0d4f" "000102030405060708090a0b0c0d0e", SIGNET_E_TOKEN, "jti: 15 bytes"},
    {"V5 before V6",                  "a8" BEFORE_CAP T_CAP T_CNF "124101",           SIGNET_E_TOKEN,  "jti"},
    {"V6 an ephemeral id of 31",      "a9" T_REQUIRED "12581f" WIRE_B16 "000102030405060708090a0b0c0d0e", SIGNET_E_TOKEN, "eph_kid: 31 bytes"},
    {"V6 before V7",                  "aa" T_REQUIRED "114101" "124101",              SIGNET_E_TOKEN,  "eph_kid"},
    {"V7 a nonce of 15",              "a9" T_REQUIRED "114f" "000102030405060708090a0b0c0d0e", SIGNET_E_TOKEN, "nonce: 15 bytes"},
    {"V7 a nonce of 17",              "a9" T_REQUIRED "1151" WIRE_B16 "00",           SIGNET_E_TOKEN,  "nonce: 17 bytes"},
    {"V7 before V8",                  "a8" T_ISS T_SUB T_EXP T_NBF T_CAP T_CNF T_JTI "114101", SIGNET_E_TOKEN, "nonce"},
    {"V8 no issue time",              "a7" T_ISS T_SUB T_EXP T_NBF T_CAP T_CNF T_JTI, SIGNET_E_TOKEN,  "iat: missing"},
    {"V8 before V9",                  TIMES("01", "00", "00"),                        SIGNET_E_TOKEN,  "iat: missing"},
    {"V9 not before 0",               TIMES("01", "00", "01"),                        SIGNET_E_TOKEN,  "nbf: missing"},
    {"V9 before V10",                 TIMES("00", "00", "01"),                        SIGNET_E_TOKEN,  "nbf: missing"},
    {"V10 expiry 0",                  TIMES("00", "01", "01"),                        SIGNET_E_TOKEN,  "exp: missing"},
    {"all three times 1",             TIMES("01", "01", "01"),                        SIGNET_OK, ""},
    {"V11 not before behind expiry",  TIMES("02", "03", "03"),                        SIGNET_E_TOKEN,  "nbf: later than exp"},
    {"V12 issued before not before",  TIMES("04", "03", "02"),                        SIGNET_E_TOKEN,  "iat: earlier than nbf"},
    {"V13 issued behind expiry",      TIMES("04", "03", "05"),                        SIGNET_E_TOKEN,  "exp: earlier than iat"},
    {"V14 600 seconds",               TIMES("190259", "01", "01"),                    SIGNET_OK, ""},
    {"V14 601 seconds",               TIMES("19025a", "01", "01"),                    SIGNET_E_TOKEN,  "exp: 601 seconds"},
    {"W-02 a negative time",          TIMES("01", "20", "01"),                        SIGNET_E_TOKEN,  "nbf: -1"},
    {"W-02 times that wrap",          TIMES("1b4000000000000000", "3b3fffffffffffffff", "01"), SIGNET_E_TOKEN, "nbf"},
    {"the last second of 9999",       TIMES("1b0000003afff4417f", "1b0000003afff4417f", "1b0000003afff4417f"), SIGNET_OK, ""},
    {"a second later",                TIMES("1b0000003afff44180", "1b0000003afff4417f", "1b0000003afff4417f"), SIGNET_E_TOKEN, "exp"},
    {"a time of 2^63",                TIMES("1b8000000000000000", "01", "01"),        SIGNET_E_DECODE, "exp: CBOR is an integer of more than 64 bits"},
    {"a time that is a float",        TIMES("f93c00", "01", "01"),                    SIGNET_E_DECODE, "exp"},
    {"a time that is null",           TIMES("f6", "01", "01"),                        SIGNET_E_DECODE, "exp"},
    {"cap_ver 2^32-1",                "a9" BEFORE_CAP T_CAP "081affffffff" T_CNF T_JTI, SIGNET_OK, ""},
    {"cap_ver 2^32",                  "a9" BEFORE_CAP T_CAP "081b0000000100000000" T_CNF T_JTI, SIGNET_E_DECODE, "cap_ver"},
    {"cap_ver 0",                     "a9" BEFORE_CAP T_CAP "0800" T_CNF T_JTI,       SIGNET_E_DECODE, "cap_ver: CBOR is there, and empty"},
    {"cap_ver -1",                    "a9" BEFORE_CAP T_CAP "0820" T_CNF T_JTI,       SIGNET_E_DECODE, "cap_ver"},
    {"W-11 an empty audience",        "a9" T_ISS "0260" AFTER_ISS,                    SIGNET_E_DECODE, "aud_id: CBOR is there, and empty"},
    {"W-11 a null audience",          "a9" T_ISS "02f6" AFTER_ISS,                    SIGNET_E_DECODE, "aud_id"},
    {"an audience of 257 bytes",      "a9" T_ISS "02790101" T128 T128 "61" AFTER_ISS, SIGNET_E_TOKEN,  "aud_id: 257 bytes"},
    {"a key id of 64 bytes",          "a9" BEFORE_CAP T_CAP T_CNF "0a5840" T64 T_JTI,    SIGNET_OK, ""},
    {"a key id of 65 bytes",          "a9" BEFORE_CAP T_CAP T_CNF "0a5841" T64 "61" T_JTI, SIGNET_E_TOKEN, "kid: 65 bytes"},
    {"no capability number",          "a9" BEFORE_CAP T_CAP T_CNF "0b80" T_JTI,       SIGNET_E_DECODE, "cap_tokens: CBOR is there, and empty"},
    {"a capability number of 2^64-1", "a9" BEFORE_CAP T_CAP T_CNF "0b811bffffffffffffffff" T_JTI, SIGNET_OK, ""},
    {"a negative capability number",  "a9" BEFORE_CAP T_CAP T_CNF "0b8120" T_JTI,     SIGNET_E_DECODE, "cap_tokens"},
    {"an empty map of custom claims", "a9" BEFORE_CAP T_CAP T_CNF "0ca0" T_JTI,       SIGNET_E_DECODE, "cap_custom: CBOR is there, and empty"},
    {"custom claims in an array",     "a9" BEFORE_CAP T_CAP T_CNF "0c80" T_JTI,       SIGNET_E_DECODE, "cap_custom: CBOR is not a map"},
    {"a number as custom key",        "a9" BEFORE_CAP T_CAP T_CNF "0ca101f6" T_JTI,   SIGNET_E_DECODE, "cap_custom: CBOR has a key that is not text"},
    {"a number as key deep inside",   "a9" BEFORE_CAP T_CAP T_CNF "0ca1616181a101f6" T_JTI, SIGNET_E_DECODE, "cap_custom"},
    {"a map with its keys doubled",   "a9" T_REQUIRED "0ea2616100616100",             SIGNET_E_DECODE, "act"},
    {"a map with undefined",          "a9" T_REQUIRED "0ea16161f7",                   SIGNET_E_DECODE, "act: CBOR is undefined"},
    {"a map with a time",             "a9" T_REQUIRED "0ea16161c101",                 SIGNET_E_DECODE, "act: CBOR has a time"},
    {"eight levels",                  "a9" T_REQUIRED "0ea1616181818181818180",       SIGNET_OK, ""},
    {"nine levels",                   "a9" T_REQUIRED "0ea161618181818181818180",     SIGNET_E_DECODE, "act: CBOR is nested too deeply"},
    {"epoch 2^64-1",                  "a9" T_REQUIRED "131bffffffffffffffff",         SIGNET_OK, ""},
    {"a chain that is no bytes",      "a9" T_REQUIRED "1480",                         SIGNET_E_DECODE, "chain: CBOR is of another type"},
    {"a chain of nothing",            "a9" T_REQUIRED "1440",                         SIGNET_E_DECODE, "chain"},
    {"a chain that is not CBOR",      "a9" T_REQUIRED "1441ff",                       SIGNET_E_DECODE, "chain: CBOR does not hold one item"},
    {"a chain of two items",          "a9" T_REQUIRED "14420000",                     SIGNET_E_DECODE, "chain"},
    {"an environment in a tag",       "a9" T_REQUIRED "15c141a0",                     SIGNET_E_DECODE, "environment"},
};
/* clang-format on */

TEST(decodes_tokens_by_the_rules_in_their_order)
{
    size_t refused = 0;

    for (EACH(row, decodings)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};
        signet_claims claims = {.epoch = 77};
        signet_slice wire = unhex(row->wire);
        bool done = false;

        faults_count_begin();
        done = signet_token_decode(wire, &claims, &err);
        CHECK_INT(faults_count_end().allocations, 0);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        refused += !done;
        if (strncmp(err.message, row->says, strlen(row->says)) != 0)
            harness_fail(__FILE__, __LINE__, "says %s", err.message);
        if (done) {
            CHECK(signet_token_encode(&claims, &out, NULL));
            CHECK_BYTES(signet_buf_slice(&out), wire);
        } else {
            CHECK_INT(claims.epoch, 77); /* written on success only */
        }
    }
    CHECK(2 * refused > sizeof(decodings) / sizeof(decodings[0]));
}

/* An array of `count` capability numbers, ascending. */
static signet_slice
token_with_numbers(size_t count)
{
    char wire[4096] = "a9" BEFORE_CAP T_CAP T_CNF "0b98", number[8];
    size_t len = strlen(wire);

    len += (size_t)snprintf(wire + len, sizeof(wire) - len, "%02zx", count);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(number, sizeof(number), i < 24 ? "%02zx" : "18%02zx", i);
        len += (size_t)snprintf(wire + len, sizeof(wire) - len, "%s", number);
    }
    (void)snprintf(wire + len, sizeof(wire) - len, "%s", T_JTI);
    return unhex(wire);
}

/* A token with a custom claim of so many bytes that it has `len` in all. */
static signet_slice
token_of_size(size_t len)
{
    static uint8_t filler[2 * SIGNET_TOKEN_MAX];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice head = unhex("a9" BEFORE_CAP T_CAP T_CNF "0ca1616159"), tail = unhex(T_JTI);
    size_t rest = len - head.len - tail.len - 2;
    uint8_t size[] = {(uint8_t)(rest >> 8), (uint8_t)rest};

    REQUIRE(signet_buf_append(&out, head, NULL) &&
            signet_buf_append(&out, (signet_slice){size, 2}, NULL) &&
            signet_buf_append(&out, (signet_slice){filler, rest}, NULL) &&
            signet_buf_append(&out, tail, NULL));
    return harness_keep(signet_buf_slice(&out));
}

TEST(holds_its_limits)
{
    signet_claims claims;
    signet_error err = {0};

    harness_row = "64 capability numbers";
    CHECK(signet_token_decode(token_with_numbers(64), &claims, NULL));
    CHECK_INT(claims.capability_count, 64);
    CHECK_INT(claims.capabilities[63], 63);
    harness_row = "65 capability numbers";
    CHECK(!signet_token_decode(token_with_numbers(65), &claims, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    harness_row = "4096 bytes";
    CHECK(signet_token_decode(token_of_size(SIGNET_TOKEN_MAX), &claims, NULL));
    harness_row = "4097 bytes";
    CHECK(!signet_token_decode(token_of_size(SIGNET_TOKEN_MAX + 1), &claims, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
}

/* --- every small change --- */

typedef struct {
    size_t accepted, refused;
} tally;

/* Keys 1, 3 to 7, 9 and 13 of the 23 of T_FULL. */
static const bool required_of_full[23] = {[0] = true,
    [2] = true,
    [3] = true,
    [4] = true,
    [5] = true,
    [6] = true,
    [8] = true,
    [12] = true};

static bool
is_time(size_t index)
{
    return index >= 3 && index <= 5;
}

/* SIGNET_OK: anything that the codes of tokens allow. */
static signet_code
expected_of(const wire_mutant *mutant)
{
    switch (mutant->kind) {
    case WIRE_REMOVED:
        return required_of_full[mutant->index] ? SIGNET_E_TOKEN : SIGNET_OK;
    case WIRE_RETYPED:
    case WIRE_TAGGED:
        if (mutant->is_key) /* a number that is another key, or something that is no number */
            return mutant->first >> 5 > 1 ? SIGNET_E_LEGACY : SIGNET_E_DECODE;
        return mutant->first == 0x20 && is_time(mutant->index) ? SIGNET_E_TOKEN : SIGNET_E_DECODE;
    case WIRE_BIT:
        return SIGNET_OK;
    case WIRE_TRUNCATED:
    case WIRE_LONGER:
    case WIRE_DOUBLED:
    case WIRE_MOVED:
    case WIRE_LONG_HEAD:
    case WIRE_INDEFINITE:
    case WIRE_COUNTED:
        break;
    }
    return SIGNET_E_DECODE;
}

/* What is taken after all is another token, in its one encoding. */
static void
check_mutant(void *context, const wire_mutant *mutant)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    tally *counts = context;
    signet_claims claims = {0};
    signet_error err = {0};
    signet_code expected = expected_of(mutant);
    bool done = false;

    faults_count_begin();
    done = signet_token_decode(mutant->bytes, &claims, &err);
    CHECK_INT(faults_count_end().bytes, 0);
    CHECK(done || err.code == SIGNET_E_DECODE || err.code == SIGNET_E_LEGACY ||
          err.code == SIGNET_E_TOKEN);
    if (expected != SIGNET_OK)
        CHECK_INT(err.code, expected);
    if (mutant->kind == WIRE_REMOVED && expected == SIGNET_OK)
        CHECK(done);
    counts->accepted += done;
    counts->refused += !done;
    if (!done)
        return;
    CHECK(signet_token_encode(&claims, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), mutant->bytes);
}

TEST(takes_a_changed_token_only_as_another_token)
{
    tally counts = {0};

    wire_each_change(unhex(T_FULL), 0, check_mutant, &counts);
    CHECK(counts.refused > 1500 && counts.accepted > 1000);
}

/* --- the values of the reference's tests --- */

static signet_code
code_of(const char *class_name)
{
    return strcmp(class_name, "LEGACY_LAYOUT") == 0   ? SIGNET_E_LEGACY
           : strcmp(class_name, "DECODE") == 0        ? SIGNET_E_DECODE
           : strcmp(class_name, "INVALID_TOKEN") == 0 ? SIGNET_E_TOKEN
                                                      : SIGNET_OK;
}

TEST(decodes_the_tokens_of_the_reference)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL;
    size_t i = 0, accepted = 0;

    json_array_foreach(json_object_get(root, "token_decode"), i, one)
    {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        const char *class_name = json_text(one, "error_class");
        signet_claims claims = {0};
        signet_error err = {0};

        harness_row = json_text(one, "name");
        if (signet_token_decode(json_hex(one, "payload_hex"), &claims, &err)) {
            const json_t *decoded = json_object_get(one, "decoded");

            CHECK_TEXT(json_text(one, "expect"), "accept");
            CHECK_BYTES(claims.issuer, signet_slice_text(json_text(decoded, "1_iss_id")));
            CHECK_BYTES(claims.subject, json_hex(decoded, "3_sub_ppid_hex"));
            CHECK_INT(claims.expires, json_integer_value(json_object_get(decoded, "4_exp")));
            CHECK_INT(claims.not_before, json_integer_value(json_object_get(decoded, "5_nbf")));
            CHECK_INT(claims.issued, json_integer_value(json_object_get(decoded, "6_iat")));
            CHECK_BYTES(claims.capability_id, json_hex(decoded, "7_cap_id_hex"));
            CHECK(signet_token_encode(&claims, &out, NULL));
            CHECK_BYTES(signet_buf_slice(&out), json_hex(one, "reencode_hex"));
            accepted++;
        } else {
            CHECK_TEXT(json_text(one, "expect"), "reject");
            if (code_of(class_name) != SIGNET_OK)
                CHECK_INT(err.code, code_of(class_name));
        }
    }
    json_decref(root);
    harness_row = "all";
    CHECK_INT(i, 20);
    CHECK_INT(accepted, 1);
}

TESTS(TEST_OF(decodes_tokens_by_the_rules_in_their_order), TEST_OF(holds_its_limits),
    TEST_OF(takes_a_changed_token_only_as_another_token),
    TEST_OF(decodes_the_tokens_of_the_reference))
