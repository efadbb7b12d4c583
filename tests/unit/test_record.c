/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/pki.h>

#include "base/secret.h"
#include "base/text.h"
#include "harness.h"
#include "http/record.h"

#define B32  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define B16  "AAECAwQFBgcICQoLDA0ODw=="
#define JTI  "MTIzNDU2Nzg5MDEyMzQ1Ng=="
#define MOST "18446744073709551615"
#define EPH  "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q="
#define MAST "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
#define X64                                                                                        \
    "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQg=="

/* Put together by hand from http-pop.md 3.8, for the token of make_claims(). */
#define TOKEN_HEAD                                                                                 \
    "\"IssuerID\":\"demo \\u003c\\u0026\\u003e \\u2028\\\"\\\\\",\"AudienceID\":\"\","             \
    "\"SubjectPPID\":\"" B32 "\",\"ExpiresAt\":1700000300,\"NotBefore\":1700000000,"               \
    "\"IssuedAt\":1700000000,\"CapabilityID\":\"" B16 "\",\"CapabilityVer\":4294967295,"           \
    "\"ConfirmationID\":\"" B32 "\""
#define TOKEN                                                                                      \
    "{" TOKEN_HEAD ",\"KeyID\":\"a2V5\",\"CapTokens\":[0,9007199254740993," MOST "],"              \
    "\"CapCustom\":{\"a\":" MOST ",\"aa\":[-9223372036854775808,{},[]],\"b\":null,\"ba\":true},"   \
    "\"JTI\":\"" JTI                                                                               \
    "\",\"Actor\":{\"id\":\"mie\\n\\u0001\\b\"},\"Delegator\":null,\"AudienceStr\":\"\","          \
    "\"Nonce\":\"" JTI "\",\"EphemeralKeyID\":null,\"Epoch\":" MOST "}"
#define KEYS                                                                                       \
    "\"master_public_key_algorithm\":\"ed25519\",\"master_public_key\":\"" MAST "\","              \
    "\"ephemeral_public_key_algorithm\":\"ed25519\",\"ephemeral_public_key\":\"" EPH "\""
#define SIGNATURE "\"binding_signature\":\"" X64 "\""
#define REFERENCE                                                                                  \
    "{\"token\":" TOKEN "," KEYS "," SIGNATURE ",\"issued_at\":\"2023-11-14T22:13:20Z\","          \
    "\"purpose\":\"http-api-access\",\"metadata\":{\"pop_min\":\"x2\",\"x5t#S256\":\"abc\"}}"

static const uint8_t mac_key_bytes[32] = {7}, other_key_bytes[32] = {8};
static const sg_record_rules reference = {
    .format = SG_RECORD_REFERENCE, .accepted = signet_only_ed25519};
static const sg_record_rules second = {.format = SG_RECORD_V2,
    .mac_key = {mac_key_bytes, sizeof(mac_key_bytes)},
    .accepted = signet_only_ed25519};

static signet_slice
jti(void)
{
    return signet_slice_text("1234567890123456");
}

static void
make_claims(signet_claims *claims)
{
    static uint8_t count[32];

    for (uint8_t i = 0; i < 32; i++)
        count[i] = i;
    *claims = (signet_claims){.issuer = signet_slice_text("demo <&> \xe2\x80\xa8\"\\"),
        .subject = {count, 32},
        .expires = 1700000300,
        .not_before = 1700000000,
        .issued = 1700000000,
        .capability_id = {count, 16},
        .capability_version = UINT32_MAX,
        .confirmation = {count, 32},
        .key_id = signet_slice_text("key"),
        .capabilities = {0, 9007199254740993, UINT64_MAX},
        .capability_count = 3,
        .custom = unhex("a4 6161 1bffffffffffffffff 6162 f6 626161 83 3b7fffffffffffffff a0 80"
                        "626261 f5"),
        .token_id = jti(),
        .actor = unhex("a1 626964 666d69650a0108"),
        .nonce = jti(),
        .epoch = UINT64_MAX};
}

static void
make(sg_record *record, const signet_claims *claims)
{
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0};
    uint8_t signature[64], seed[32];
    signet_error err = {0};

    memset(signature, 0x42, sizeof(signature));
    *record = (sg_record){.issued_at = 1700000000,
        .purpose = signet_slice_text("http-api-access"),
        .metadata = {{signet_slice_text("pop_min"), signet_slice_text("x2")},
            {signet_slice_text("x5t#S256"), signet_slice_text("abc")}},
        .metadata_count = 2};
    if (!signet_token_encode(claims, &token, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    record->token = harness_keep(signet_buf_slice(&token));
    record->binding = harness_keep((signet_slice){signature, sizeof(signature)});
    memset(seed, 1, sizeof(seed));
    record->master = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    memset(seed, 2, sizeof(seed));
    record->ephemeral = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    REQUIRE(record->master && record->ephemeral);
}

static void
check_same(const sg_record *read, const sg_record *made)
{
    CHECK_BYTES(read->token, made->token);
    CHECK_BYTES(read->binding, made->binding);
    CHECK_BYTES(read->purpose, made->purpose);
    CHECK_INT(read->issued_at, made->issued_at);
    CHECK(signet_key_is_same(read->master, made->master));
    CHECK(signet_key_is_same(read->ephemeral, made->ephemeral));
    CHECK_INT(read->metadata_count, made->metadata_count);
    CHECK_BYTES(sg_record_metadata(read, SG_RECORD_POP_MIN), signet_slice_text("x2"));
    CHECK_BYTES(sg_record_metadata(read, SG_RECORD_CERTIFICATE), signet_slice_text("abc"));
    CHECK_INT(sg_record_metadata(read, "pop").len, 0);
    CHECK(read->claims.capabilities[1] == 9007199254740993 &&
          read->claims.capabilities[2] == UINT64_MAX && read->claims.epoch == UINT64_MAX);
}

TEST(both_formats_in_both_directions)
{
    static const sg_record_rules *const formats[] = {&reference, &second};
    SIGNET_AUTO(sg_record_free) sg_record made = {0};
    signet_claims claims = {0};

    make_claims(&claims);
    make(&made, &claims);
    for (size_t i = 0; i < 2; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf value = {0}, again = {0};
        SIGNET_AUTO(sg_record_free) sg_record read = {0};
        signet_error err = {0};

        REQUIRE(sg_record_write(&made, formats[i], &value, &err));
        if (!sg_record_read(signet_buf_slice(&value), jti(), formats[i], &read, &err))
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        check_same(&read, &made);
        REQUIRE(sg_record_write(&read, formats[i], &again, &err));
        CHECK_BYTES(signet_buf_slice(&again), signet_buf_slice(&value));
        /* the other format is refused: it is no way around the MAC */
        CHECK(!sg_record_read(signet_buf_slice(&value), jti(), formats[1 - i], &read, &err));
    }
}

TEST(the_reference_value_byte_for_byte)
{
    SIGNET_AUTO(sg_record_free) sg_record made = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    signet_claims claims = {0};

    make_claims(&claims);
    make(&made, &claims);
    REQUIRE(sg_record_write(&made, &reference, &value, NULL));
    CHECK_BYTES(signet_buf_slice(&value), signet_slice_text(REFERENCE));
}

/* One place of a text, replaced. */
static signet_slice
replaced(signet_slice text, const char *what, const char *by)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const uint8_t *at = memmem(text.ptr, text.len, what, strlen(what));
    size_t before = 0;

    if (!at)
        harness_fail(__FILE__, __LINE__, "no %s in the text", what);
    before = (size_t)(at - text.ptr);
    REQUIRE(signet_buf_append(&out, (signet_slice){text.ptr, before}, NULL) &&
            signet_buf_append(&out, signet_slice_text(by), NULL) &&
            signet_buf_append(
                &out, (signet_slice){at + strlen(what), text.len - before - strlen(what)}, NULL));
    return harness_keep(signet_buf_slice(&out));
}

/* clang-format off */
static const struct {
    const char *name, *what, *by;
    signet_code expected;
} changes[] = {
    {"nothing",                      "{",                   "{",                       SIGNET_OK},
    {"an empty algorithm",           "m\":\"ed25519",       "m\":\"",                  SIGNET_OK},
    {"a time with a fraction",       "20Z",                 "20.123456789Z",           SIGNET_OK},
    {"a time with an offset",        "T22:13:20Z",          "T23:43:20.5+01:30",       SIGNET_OK},
    {"no metadata",                  ",\"metadata\":{\"pop_min\":\"x2\",\"x5t#S256\":\"abc\"}", "", SIGNET_OK},
    {"an escape nobody needs",       "http-api",            "\\u0068ttp\\u002Dapi",    SIGNET_OK},
    {"a surrogate pair",             "http-api",            "\\ud83d\\ude00",          SIGNET_OK},
    {"absent as an empty text",      "\"EphemeralKeyID\":null", "\"EphemeralKeyID\":\"\"", SIGNET_OK},
    {"an empty map",                 "{\"id\":\"mie\\n\\u0001\\b\"}",    "{}",                      SIGNET_OK},
    {"no numbers",                   "[0,9007199254740993," MOST "]", "[]",            SIGNET_OK},
    {"2^64",                         "\"Epoch\":" MOST,     "\"Epoch\":18446744073709551616", SIGNET_E_DECODE},
    {"2^64 among the numbers",       "," MOST "]",          ",18446744073709551616]",  SIGNET_E_DECODE},
    {"2^64 in a map",                "{\"a\":" MOST,        "{\"a\":18446744073709551616", SIGNET_E_DECODE},
    {"a hundred digits",             "\"Epoch\":" MOST,     "\"Epoch\":" MOST MOST MOST MOST MOST, SIGNET_E_DECODE},
    {"a fraction",                   "\"Epoch\":" MOST,     "\"Epoch\":1.0",           SIGNET_E_DECODE},
    {"an exponent",                  "\"Epoch\":" MOST,     "\"Epoch\":1e3",           SIGNET_E_DECODE},
    {"a sign",                       "\"Epoch\":" MOST,     "\"Epoch\":-1",            SIGNET_E_DECODE},
    {"a plus",                       "\"Epoch\":" MOST,     "\"Epoch\":+1",            SIGNET_E_DECODE},
    {"a leading zero",               "\"Epoch\":" MOST,     "\"Epoch\":01",            SIGNET_E_DECODE},
    {"hex",                          "\"Epoch\":" MOST,     "\"Epoch\":0x1",           SIGNET_E_DECODE},
    {"a number as text",             "\"Epoch\":" MOST,     "\"Epoch\":\"1\"",         SIGNET_E_DECODE},
    {"no number",                    "\"Epoch\":" MOST,     "\"Epoch\":",              SIGNET_E_DECODE},
    {"-2^63-1 in a map",             "-9223372036854775808", "-9223372036854775809",   SIGNET_E_DECODE},
    {"minus zero in a map",          "-9223372036854775808", "-0",                     SIGNET_E_DECODE},
    {"a float in a map",             "-9223372036854775808", "1.5",                    SIGNET_E_DECODE},
    {"a negative capability",        "[0,",                 "[-1,",                    SIGNET_E_DECODE},
    {"a comma too many",             "[0,",                 "[0,,",                    SIGNET_E_DECODE},
    {"a version beyond 32 bits",     "4294967295",          "4294967296",              SIGNET_E_DECODE},
    {"white space",                  "{\"token\":",         "{ \"token\":",            SIGNET_E_DECODE},
    {"white space behind",           "\"abc\"}}",           "\"abc\"}}\n",             SIGNET_E_DECODE},
    {"another order",                "\"AudienceID\":\"\",\"SubjectPPID\":\"" B32 "\"", "\"SubjectPPID\":\"" B32 "\",\"AudienceID\":\"\"", SIGNET_E_DECODE},
    {"another case",                 "\"JTI\"",             "\"jti\"",                 SIGNET_E_DECODE},
    {"a doubled member",             "\"JTI\":",            "\"JTI\":\"" JTI "\",\"JTI\":", SIGNET_E_DECODE},
    {"an unknown member",            "\"JTI\":",            "\"X\":1,\"JTI\":",        SIGNET_E_DECODE},
    {"a missing member",             "\"Delegator\":null,", "",                        SIGNET_E_DECODE},
    {"v2's first member",            "{\"token\":",         "{\"v\":2,\"token\":",     SIGNET_E_DECODE},
    {"base64url",                    "mw0x+",               "mw0x-",                   SIGNET_E_DECODE},
    {"base64 without padding",       EPH,                   "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q", SIGNET_E_DECODE},
    {"base64 with stray bits",       "Js5Q=",               "Js5R=",                   SIGNET_E_DECODE},
    {"base64 in lines",              "gTl3",                "gTl3\\n",                 SIGNET_E_DECODE},
    {"base64 with an escape",        "gTl3",                "\\u0067Tl3",              SIGNET_E_DECODE},
    {"a key one byte short",         EPH,                   "gTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Jsw==", SIGNET_E_KEY},
    {"a key that is null",           "\"" MAST "\"",        "null",                    SIGNET_E_DECODE},
    {"a key that is empty",          "\"" MAST "\"",        "\"\"",                    SIGNET_E_KEY},
    {"a key of small order",         MAST,                  "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", SIGNET_E_KEY},
    {"an unknown algorithm",         "m\":\"ed25519",       "m\":\"ed25518",           SIGNET_E_ALGORITHM},
    {"an algorithm in capitals",     "m\":\"ed25519",       "m\":\"Ed25519",           SIGNET_E_ALGORITHM},
    {"an algorithm not accepted",    "m\":\"ed25519",       "m\":\"ml-dsa-44",         SIGNET_E_ALGORITHM},
    {"a very long algorithm",        "m\":\"ed25519",       "m\":\"ed25519ed25519ed25519", SIGNET_E_ALGORITHM},
    {"a binding that is null",       "\"" X64 "\"",         "null",                    SIGNET_E_DECODE},
    {"a binding one byte short",     X64,                   "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC", SIGNET_E_DECODE},
    {"no day",                       "11-14T",              "11-31T",                  SIGNET_E_DECODE},
    {"no zone",                      "20Z",                 "20",                      SIGNET_E_DECODE},
    {"no fraction behind a point",   "20Z",                 "20.Z",                    SIGNET_E_DECODE},
    {"ten digits of fraction",       "20Z",                 "20.1234567890Z",          SIGNET_E_DECODE},
    {"an offset of a day",           "20Z",                 "20+24:00",                SIGNET_E_DECODE},
    {"a blank for the T",            "14T22",               "14 22",                   SIGNET_E_DECODE},
    {"a time as number",             "\"2023-11-14T22:13:20Z\"", "1700000000",         SIGNET_E_DECODE},
    {"a NUL",                        "http-api",            "\\u0000",                 SIGNET_E_DECODE},
    {"half a surrogate pair",        "http-api",            "\\ud83d",                 SIGNET_E_DECODE},
    {"the other half",               "http-api",            "\\ude00",                 SIGNET_E_DECODE},
    {"two first halves",             "http-api",            "\\ud83d\\ud83d",          SIGNET_E_DECODE},
    {"three hex digits",             "http-api",            "\\u123",                  SIGNET_E_DECODE},
    {"an escape JSON has not",       "http-api",            "\\x41",                   SIGNET_E_DECODE},
    {"a raw control character",      "http-api",            "\x1f",                    SIGNET_E_DECODE},
    {"not UTF-8",                    "http-api",            "\xff",                    SIGNET_E_DECODE},
    {"an encoded surrogate",         "http-api",            "\xed\xa0\x80",            SIGNET_E_DECODE},
    {"metadata out of order",        "pop_min",             "y",                       SIGNET_E_DECODE},
    {"metadata doubled",             "pop_min",             "x5t#S256",                SIGNET_E_DECODE},
    {"metadata that is empty",       "{\"pop_min\":\"x2\",\"x5t#S256\":\"abc\"}", "{}", SIGNET_E_DECODE},
    {"metadata of another type",     "\"x2\"",              "2",                       SIGNET_E_DECODE},
    {"a key of a map doubled",       "\"aa\":[",            "\"a\":[",                 SIGNET_E_DECODE},
    {"an array for a map",           "{\"id\":\"mie\\n\\u0001\\b\"}",    "[]",                      SIGNET_E_DECODE},
    {"a map nine deep",              "\"mie\\n\\u0001\\b\"",             "[[[[[[[[]]]]]]]]",        SIGNET_E_DECODE},
    {"brackets that do not match",   "[-9223372036854775808,{},[]]", "[-9223372036854775808,{],[}]", SIGNET_E_DECODE},
    {"no issuer",                    "demo \\u003c\\u0026\\u003e \\u2028\\\"\\\\", "", SIGNET_E_TOKEN},
    {"a subject of 16 bytes",        "\"SubjectPPID\":\"" B32, "\"SubjectPPID\":\"" B16, SIGNET_E_TOKEN},
    {"no subject",                   "\"SubjectPPID\":\"" B32 "\"", "\"SubjectPPID\":null", SIGNET_E_TOKEN},
    {"a life of 601 seconds",        "1700000300",          "1700000601",              SIGNET_E_TOKEN},
    {"another token",                "\"JTI\":\"MTIz",      "\"JTI\":\"MTIy",          SIGNET_E_TOKEN},
};
/* clang-format on */

TEST(the_reference_value_is_read_strictly)
{
    for (EACH(row, changes)) {
        SIGNET_AUTO(sg_record_free) sg_record read = {0};
        signet_error err = {0};
        signet_slice value = replaced(signet_slice_text(REFERENCE), row->what, row->by);

        CHECK_INT(
            sg_record_read(value, jti(), &reference, &read, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK((read.master != NULL) == (row->expected == SIGNET_OK));
        if (row->expected == SIGNET_OK)
            CHECK_INT(read.issued_at, 1700000000);
    }
}

TEST(every_truncation_is_refused)
{
    signet_slice text = signet_slice_text(REFERENCE);

    for (size_t len = 0; len < text.len; len++) {
        SIGNET_AUTO(sg_record_free) sg_record read = {0};

        CHECK(!sg_record_read(
            harness_keep((signet_slice){text.ptr, len}), jti(), &reference, &read, NULL));
    }
}

static signet_slice
second_value(void)
{
    SIGNET_AUTO(sg_record_free) sg_record made = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    signet_claims claims = {0};

    make_claims(&claims);
    make(&made, &claims);
    REQUIRE(sg_record_write(&made, &second, &value, NULL));
    return harness_keep(signet_buf_slice(&value));
}

TEST(no_bit_of_a_v2_value_can_be_changed)
{
    signet_slice value = second_value();

    for (size_t i = 0; i < 8 * value.len; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf changed = {0};
        SIGNET_AUTO(sg_record_free) sg_record read = {0};
        signet_error err = {0};

        REQUIRE(signet_buf_append(&changed, value, NULL));
        changed.data[i / 8] ^= (uint8_t)(1 << (i % 8));
        CHECK(!sg_record_read(signet_buf_slice(&changed), jti(), &second, &read, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    }
    for (size_t len = 0; len < value.len; len++) {
        SIGNET_AUTO(sg_record_free) sg_record read = {0};
        signet_error err = {0};

        CHECK(!sg_record_read((signet_slice){value.ptr, len}, jti(), &second, &read, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    }
}

TEST(a_v2_value_needs_its_key_and_its_token)
{
    SIGNET_AUTO(sg_record_free) sg_record read = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf large = {0};
    signet_error err = {0};
    sg_record_rules rules = second;
    signet_slice value = second_value();

    CHECK(!sg_record_read(value, signet_slice_text("1234567890123457"), &rules, &read, &err));
    CHECK_INT(err.code, SIGNET_E_TOKEN);
    CHECK(!sg_record_read(value, signet_slice_text("123456789012345"), &rules, &read, &err));
    CHECK_INT(err.code, SIGNET_E_TOKEN);
    rules.mac_key.ptr = other_key_bytes;
    CHECK(!sg_record_read(value, jti(), &rules, &read, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    rules.mac_key.len = 31;
    CHECK(!sg_record_read(value, jti(), &rules, &read, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    while (large.len <= SG_RECORD_MAX)
        REQUIRE(signet_buf_append(&large, signet_slice_text(" "), NULL));
    CHECK(!sg_record_read(signet_buf_slice(&large), jti(), &second, &read, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    CHECK(!read.master && !read.strings.data);
}

/* What cannot be read back is not written. */
TEST(a_record_that_breaks_a_rule_is_not_written)
{
    static const char *const customs[] = {
        "a1 6161 f93e00", "a1 6161 3bffffffffffffffff", "a1 6161 6100"};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims = {0};

    make_claims(&claims);
    for (size_t i = 0; i < sizeof(customs) / sizeof(customs[0]); i++) {
        SIGNET_AUTO(sg_record_free) sg_record made = {0};

        claims.custom = unhex(customs[i]);
        make(&made, &claims);
        CHECK(!sg_record_write(&made, &reference, &out, NULL));
        CHECK(sg_record_write(&made, &second, &out, NULL)); /* has it as CBOR */
        out.len = 0;
    }
    make_claims(&claims);
    claims.chain = unhex("80");
    for (size_t i = 0; i < 7; i++) {
        SIGNET_AUTO(sg_record_free) sg_record made = {0};
        signet_error err = {0};

        make(&made, &claims);
        made.binding.len -= i == 1;
        made.metadata[0].name = i == 2 ? signet_slice_text("z") : made.metadata[0].name;
        made.metadata_count = i == 3 ? SG_RECORD_METADATA_MAX + 1 : made.metadata_count;
        made.purpose = i == 4 ? signet_slice_text("\xff") : made.purpose;
        made.token.len -= i == 5;
        if (i == 6) {
            signet_key_free(made.master);
            made.master = NULL;
        }
        CHECK(!sg_record_write(&made, i == 0 ? &reference : &second, &out, &err));
        CHECK(err.code != SIGNET_OK && out.len == 0);
    }
}

TEST(a_hybrid_record_fits)
{
    static const signet_algorithm *const both[] = {&signet_ed25519, &signet_mldsa44, NULL};
    static const uint8_t zeros[SIGNET_MLDSA44_SIGNATURE_SIZE] = {0};
    sg_record_rules formats[] = {second, reference};
    signet_claims claims = {0};

    make_claims(&claims);
    for (size_t i = 0; i < 2; i++) {
        SIGNET_AUTO(sg_record_free) sg_record made = {0}, read = {0};
        SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
        signet_error err = {0};

        make(&made, &claims);
        signet_key_free(made.master);
        made.master =
            signet_key_from_seed(&signet_mldsa44, (signet_slice){other_key_bytes, 32}, NULL);
        made.binding = (signet_slice){zeros, sizeof(zeros)};
        formats[i].accepted = both;
        REQUIRE(sg_record_write(&made, &formats[i], &value, &err));
        REQUIRE(sg_record_read(signet_buf_slice(&value), jti(), &formats[i], &read, &err));
        check_same(&read, &made);
        sg_record_free(&read);
        formats[i].accepted = signet_only_ed25519;
        CHECK(!sg_record_read(signet_buf_slice(&value), jti(), &formats[i], &read, &err));
        CHECK_INT(err.code, SIGNET_E_ALGORITHM);
    }
}

TESTS(TEST_OF(both_formats_in_both_directions), TEST_OF(the_reference_value_byte_for_byte),
    TEST_OF(the_reference_value_is_read_strictly), TEST_OF(every_truncation_is_refused),
    TEST_OF(no_bit_of_a_v2_value_can_be_changed), TEST_OF(a_v2_value_needs_its_key_and_its_token),
    TEST_OF(a_record_that_breaks_a_rule_is_not_written), TEST_OF(a_hybrid_record_fits))
