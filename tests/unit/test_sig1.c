/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include <signet/pki.h>

#include "faults.h"
#include "json.h"
#include "wire.h"

static signet_slice
text_of(signet_slice token, const signet_key *key)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_sig1_encode_token(token, key, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

static void
append_base64url(signet_buf *out, signet_slice bytes)
{
    char text[2 * SIGNET_SIG1_MAX];

    sodium_bin2base64(
        text, sizeof(text), bytes.ptr, bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    REQUIRE(signet_buf_append(out, signet_slice_text(text), NULL));
}

/* The three parts, whatever they are. */
static signet_slice
joined(signet_slice payload, signet_slice cose)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_buf_append(&out, signet_slice_text("SIG1."), NULL));
    append_base64url(&out, payload);
    REQUIRE(signet_buf_append(&out, signet_slice_text("."), NULL));
    append_base64url(&out, cose);
    return harness_keep(signet_buf_slice(&out));
}

static signet_slice
cose_of(signet_slice payload, const signet_key *key)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_cose_sign(key, payload, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

/* The code of a refusal; then nothing is left in the result, and no memory was taken. */
static signet_code
verdict(signet_slice text, const signet_key *key)
{
    signet_sig1 sig1 = {.token_len = 9, .claims.epoch = 9};
    signet_error err = {0};
    bool done = false;
    faults_count count = {0};

    faults_count_begin();
    done = signet_sig1_verify(signet_cose_algorithms, text, key, &sig1, &err);
    count = faults_count_end();
    CHECK_INT(done, err.code == SIGNET_OK);
    if (!key || signet_key_algorithm(key) == &signet_ed25519)
        CHECK_INT(count.bytes, 0);
    CHECK(count.bytes <= 64 << 10);
    if (!done)
        CHECK(sig1.token_len == 0 && sig1.claims.epoch == 0 && !sig1.claims.issuer.ptr);
    return err.code;
}

/* --- form --- */

/* clang-format off */
static const struct {
    const char *name, *text;
} malformed[] = {
    {"nothing", ""},
    {"the prefix alone", "SIG1"},
    {"the prefix and a dot", "SIG1."},
    {"one dot", "SIG1.YWJj"},
    {"no payload", "SIG1..YWJj"},
    {"no signature", "SIG1.YWJj."},
    {"four parts", "SIG1.YWJj.YWJj.YWJj"},
    {"four parts, the last empty", "SIG1.YWJj.YWJj."},
    {"another prefix", "SIG2.YWJj.YWJj"},
    {"the prefix in lower case", "sig1.YWJj.YWJj"},
    {"a blank in front", " SIG1.YWJj.YWJj"},
    {"a line feed behind", "SIG1.YWJj.YWJj\n"},
    {"W-28 a line feed inside", "SIG1.YW\nJj.YWJj"},
    {"W-28 a carriage return inside", "SIG1.YWJj.YW\rJj"},
    {"padding", "SIG1.YQ==.YWJj"},
    {"a plus", "SIG1.YW+j.YWJj"},
    {"a slash", "SIG1.YW/j.YWJj"},
    {"an exclamation mark", "SIG1.!!!.YWJj"},
    {"the same in the signature", "SIG1.YWJj.!!!"},
    {"a length of 1 mod 4", "SIG1.YWJjY.YWJj"},
    {"the same in the signature", "SIG1.YWJj.YWJjY"},
    {"W-28 stray bits of four", "SIG1.YR.YWJj"},
    {"W-28 stray bits of two", "SIG1.YWJ.YWJj"},
    {"not ASCII", "SIG1.YWJ\xc3.YWJj"},
};
/* clang-format on */

TEST(refuses_what_has_another_form)
{
    const signet_key *key = wire_key(&signet_ed25519, 1);

    for (EACH(row, malformed))
        CHECK_INT(verdict(signet_slice_text(row->text), key), SIGNET_E_SIG1);
    harness_row = "a NUL inside";
    CHECK_INT(verdict((signet_slice){(const uint8_t *)"SIG1.YW\0j.YWJj", 14}, key), SIGNET_E_SIG1);
    harness_row = "no key";
    CHECK_INT(verdict(signet_slice_text("SIG1.YWJj.YWJj"), NULL), SIGNET_E_USAGE);
    harness_row = "both parts read, no COSE";
    CHECK_INT(verdict(signet_slice_text("SIG1.YWJj.YWJj"), key), SIGNET_E_COSE);
}

/* A token of `len` bytes, made long by a custom claim. */
static signet_slice
token_of_size(size_t len)
{
    static uint8_t filler[SIGNET_TOKEN_MAX];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice head = unhex("a9" T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF "0ca1616159"),
                 tail = unhex(T_JTI);
    size_t rest = len - head.len - tail.len - 2;
    uint8_t size[] = {(uint8_t)(rest >> 8), (uint8_t)rest};

    REQUIRE(signet_buf_append(&out, head, NULL) &&
            signet_buf_append(&out, (signet_slice){size, 2}, NULL) &&
            signet_buf_append(&out, (signet_slice){filler, rest}, NULL) &&
            signet_buf_append(&out, tail, NULL));
    return harness_keep(signet_buf_slice(&out));
}

/* 4 + 1 + ceil(4n/3) + 1 + ceil(4(n + 76)/3) characters: 8192 of them hold 3031 bytes. */
TEST(holds_its_length)
{
    const signet_key *key = wire_key(&signet_ed25519, 1);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice longest = token_of_size(3031), longer = token_of_size(3032);
    signet_error err = {0};

    harness_row = "the longest";
    CHECK_INT(text_of(longest, key).len, SIGNET_SIG1_MAX - 1);
    CHECK_INT(verdict(text_of(longest, key), key), SIGNET_OK);
    harness_row = "too long to write";
    CHECK(!signet_sig1_encode_token(longer, key, &out, &err));
    CHECK_INT(err.code, SIGNET_E_SIG1);
    CHECK_INT(out.len, 0);
    harness_row = "too long to read";
    CHECK(joined(longer, cose_of(longer, key)).len > SIGNET_SIG1_MAX);
    CHECK_INT(verdict(joined(longer, cose_of(longer, key)), key), SIGNET_E_SIG1);
    harness_row = "the pinned length, tokens.md 5.1";
    CHECK_INT(text_of(unhex("a801757369676e65742d6973737565722d63757272656e74" T_SUB T_EXP T_NBF
                              T_IAT T_CAP T_CNF T_JTI),
                  key)
                  .len,
        502);
}

/* --- both copies --- */

TEST(takes_only_the_token_that_was_signed)
{
    const signet_key *key = wire_key(&signet_ed25519, 1), *other = wire_key(&signet_ed25519, 2);
    signet_slice minimal = unhex(T_MINIMAL), full = unhex(T_FULL);
    /* W-01: the signed token and a chain of one's own */
    signet_slice chained = unhex("a9" T_REQUIRED T_CHAIN);

    harness_row = "the same on both sides";
    CHECK_INT(verdict(joined(full, cose_of(full, key)), key), SIGNET_OK);
    harness_row = "W-01 extension keys on both sides";
    CHECK_INT(verdict(joined(chained, cose_of(chained, key)), key), SIGNET_OK);
    harness_row = "W-01 extension keys on the unsigned side";
    CHECK_INT(verdict(joined(chained, cose_of(minimal, key)), key), SIGNET_E_SIG1);
    harness_row = "W-01 a tag on the unsigned side";
    CHECK_INT(
        verdict(joined(unhex("d9d9f7" T_MINIMAL), cose_of(minimal, key)), key), SIGNET_E_SIG1);
    harness_row = "another token";
    CHECK_INT(verdict(joined(full, cose_of(minimal, key)), key), SIGNET_E_SIG1);
    harness_row = "a longer copy";
    CHECK_INT(verdict(joined(unhex(T_MINIMAL "00"), cose_of(minimal, key)), key), SIGNET_E_SIG1);
    harness_row = "another key";
    CHECK_INT(verdict(joined(full, cose_of(full, other)), key), SIGNET_E_SIGNATURE);
    harness_row = "another algorithm";
    CHECK_INT(
        verdict(joined(full, cose_of(full, wire_key(&signet_es256, 1))), key), SIGNET_E_ALGORITHM);
    harness_row = "a genuine message over what is no token";
    CHECK_INT(verdict(joined(unhex("80"), cose_of(unhex("80"), key)), key), SIGNET_E_DECODE);
    harness_row = "a genuine message over the retired layout";
    CHECK_INT(verdict(joined(unhex("a0"), cose_of(unhex("a0"), key)), key), SIGNET_E_LEGACY);
    harness_row = "W-29 garbage that nobody signed: the signature is judged first";
    CHECK_INT(verdict(joined(unhex("a0"), cose_of(unhex("a0"), other)), key), SIGNET_E_SIGNATURE);
    harness_row = "a token that breaks a rule";
    CHECK_INT(verdict(joined(unhex("a60160" T_SUB T_EXP T_NBF T_IAT T_CAP),
                          cose_of(unhex("a60160" T_SUB T_EXP T_NBF T_IAT T_CAP), key)),
                  key),
        SIGNET_E_TOKEN);
    harness_row = "an empty token";
    CHECK_INT(verdict(signet_slice_text("SIG1..0oRDoQEnoEBA"), key), SIGNET_E_SIG1);
}

TEST(serves_every_algorithm)
{
    static const signet_algorithm *const algorithms[] = {
        &signet_ed25519, &signet_es256, &signet_mldsa44};

    for (size_t i = 0; i < 3; i++) {
        const signet_key *key = wire_key(algorithms[i], 1);
        signet_slice text = text_of(unhex(T_FULL), key);
        signet_sig1 sig1;

        harness_row = algorithms[i]->name;
        CHECK(signet_sig1_verify(signet_cose_algorithms, text, key, &sig1, NULL));
        CHECK_BYTES(((signet_slice){sig1.token, sig1.token_len}), unhex(T_FULL));
        CHECK_INT(sig1.claims.epoch, 7);
        CHECK(sig1.claims.issuer.ptr == sig1.token + 3); /* borrowed from the copy */
        for (size_t k = 0; k < 3; k++) {
            if (k != i)
                CHECK_INT(verdict(text, wire_key(algorithms[k], 1)), SIGNET_E_ALGORITHM);
        }
    }
}

/* --- every small change --- */

typedef struct {
    const signet_key *key;
    size_t payload, signature; /* where these parts begin */
    size_t seen;
} judged;

static void
check_text(void *context, const wire_mutant *mutant)
{
    judged *with = context;
    signet_code code = verdict(mutant->bytes, with->key);

    with->seen++;
    CHECK(code == SIGNET_E_SIG1 || code == SIGNET_E_COSE || code == SIGNET_E_ALGORITHM ||
          code == SIGNET_E_SIGNATURE);
    if (mutant->kind == WIRE_BIT && mutant->index < with->signature)
        CHECK_INT(code, SIGNET_E_SIG1); /* prefix, dots, alphabet, or the copies differ */
}

TEST(refuses_every_changed_text)
{
    static const struct {
        const char *name;
        const signet_algorithm *algorithm;
        size_t step;
    } rows[] = {
        {"Ed25519", &signet_ed25519, 1},
        {"ES256", &signet_es256, 1},
        {"ML-DSA-44", &signet_mldsa44, 13},
    };

    for (EACH(row, rows)) {
        judged with = {wire_key(row->algorithm, 1), 5, 0, 0};
        signet_slice text = text_of(unhex(T_MINIMAL), with.key);
        const uint8_t *dot = memchr(text.ptr + 5, '.', text.len - 5);

        with.signature = (size_t)(dot - text.ptr) + 1;
        wire_each_bit(text, with.signature, row->step, check_text, &with);
        wire_each_truncation(text, check_text, &with);
        CHECK(with.seen > text.len + 8 * with.signature);
    }
}

/* The token changed on both sides, signed by nobody, and signed again. */
static void
check_token(void *context, const wire_mutant *mutant)
{
    judged *with = context;
    signet_slice text = joined(mutant->bytes, cose_of(mutant->bytes, with->key));
    signet_slice stale = joined(mutant->bytes, cose_of(unhex(T_FULL), with->key));
    signet_claims claims;
    signet_error err = {0};

    CHECK(signet_token_decode(mutant->bytes, &claims, &err) || err.code != SIGNET_OK);
    CHECK_INT(verdict(stale, with->key), SIGNET_E_SIG1);
    CHECK_INT(verdict(text, with->key), mutant->bytes.len == 0 ? SIGNET_E_SIG1 : err.code);
    with->seen++;
}

TEST(judges_the_token_behind_the_signature)
{
    judged with = {wire_key(&signet_ed25519, 1), 0, 0, 0};

    wire_each_element(unhex(T_FULL), 0, check_token, &with);
    CHECK(with.seen > 400);
}

/* --- issuer mode --- */

/* clang-format off */
static const struct {
    const char *name;
    const char *token;
    uint8_t signer;
    bool is_master;
    const char *issuer, *audience;
    bool may_lack_audience;
    int64_t now, skew;
    signet_code expected;
} issued[] = {
#define NOW WIRE_ISSUED
    {"all as expected", T_FULL, 1, true, "cany", "lib", false, NOW, 0, SIGNET_OK},
    {"by an issuer that is not the master", T_FULL, 3, false, "cany", "lib", false, NOW, 0, SIGNET_OK},
    {"the master is another", T_FULL, 3, true, "cany", "lib", false, NOW, 0, SIGNET_E_KEY},
    {"the audience not asked", T_FULL, 1, true, "cany", "", false, NOW, 0, SIGNET_OK},
    {"another audience", T_FULL, 1, true, "cany", "lab", false, NOW, 0, SIGNET_E_TOKEN},
    {"an audience that is longer", T_FULL, 1, true, "cany", "libs", true, NOW, 0, SIGNET_E_TOKEN},
    {"no audience, one wanted", T_MINIMAL, 1, true, "cany", "lib", false, NOW, 0, SIGNET_E_TOKEN},
    {"no audience, fine", "a8" T_ISS T_SUB T_EXP T_NBF T_IAT "0750" WIRE_CAP0 T_CNF T_JTI, 1, true, "cany", "lib", true, NOW, 0, SIGNET_OK},
    {"another issuer", T_FULL, 1, true, "canny", "lib", false, NOW, 0, SIGNET_E_TOKEN},
    {"an issuer not named", T_FULL, 1, true, "", "lib", false, NOW, 0, SIGNET_E_USAGE},
    {"a second early", T_FULL, 1, true, "cany", "lib", false, NOW - 1, 0, SIGNET_E_TIME},
    {"a second early, with skew", T_FULL, 1, true, "cany", "lib", false, NOW - 1, 1, SIGNET_OK},
    {"the last second", T_FULL, 1, true, "cany", "lib", false, WIRE_EXPIRES, 0, SIGNET_OK},
    {"a second late", T_FULL, 1, true, "cany", "lib", false, WIRE_EXPIRES + 1, 0, SIGNET_E_TIME},
    {"a skew of 61", T_FULL, 1, true, "cany", "lib", false, NOW, 61, SIGNET_E_USAGE},
    {"W-06 capabilities of another id", "a8" T_REQUIRED, 1, true, "cany", "", false, NOW, 0, SIGNET_E_TOKEN},
#undef NOW
};
/* clang-format on */

TEST(attests_all_claims_in_issuer_mode)
{
    for (EACH(row, issued)) {
        signet_slice text = text_of(unhex(row->token), wire_key(&signet_ed25519, row->signer));
        signet_sig1_expectations expected = {
            .now = row->now,
            .skew = row->skew,
            .issuer = signet_slice_text(row->issuer),
            .audience = signet_slice_text(row->audience),
            .may_lack_audience = row->may_lack_audience,
        };
        signet_sig1 sig1 = {.token_len = 9};
        signet_error err = {0};

        CHECK_INT(
            signet_sig1_verify_by_issuer(signet_only_ed25519, text,
                wire_key(&signet_ed25519, row->signer), row->is_master, &expected, &sig1, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(sig1.token_len > 0, row->expected == SIGNET_OK);
    }
}

/* --- holder mode --- */

#define HELD "a9" T_REQUIRED T_EPH

typedef struct {
    uint8_t signer, ephemeral, master, bound, binder; /* seeds */
    const char *token, *bound_purpose, *purpose;
    int64_t bound_expiry, now, skew;
} holding;

/* clang-format off */
static const struct {
    const char *name;
    holding with;
    signet_code expected;
} held[] = {
#define HOLDING 2, 2, 1, 2, 1, HELD, "http", "http", WIRE_EXPIRES
    {"all as it must be", {HOLDING, WIRE_ISSUED, 0}, SIGNET_OK},
    {"the last second", {HOLDING, WIRE_EXPIRES, 0}, SIGNET_OK},
    {"a second late", {HOLDING, WIRE_EXPIRES + 1, 0}, SIGNET_E_TIME},
    {"a second late, with skew", {HOLDING, WIRE_EXPIRES + 1, 1}, SIGNET_OK},
    {"as late as may be", {HOLDING, WIRE_EXPIRES + 60, 60}, SIGNET_OK},
    {"a second early", {HOLDING, WIRE_ISSUED - 1, 0}, SIGNET_E_TIME},
    {"as early as may be", {HOLDING, WIRE_ISSUED - 60, 60}, SIGNET_OK},
    {"a skew of 61", {HOLDING, WIRE_ISSUED, 61}, SIGNET_E_USAGE},
    {"another signer", {3, 2, 1, 2, 1, HELD, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
    {"signed by the master, as in issuer mode", {1, 2, 1, 2, 1, HELD, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
    {"W-04 another ephemeral key signs", {3, 3, 1, 3, 1, HELD, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_KEY},
    {"W-04 the token names no ephemeral key", {2, 2, 1, 2, 1, T_MINIMAL, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_KEY},
    {"W-04 another master", {2, 2, 3, 2, 3, HELD, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_KEY},
    {"the binding is of another key", {2, 2, 1, 3, 1, HELD, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
    {"the binding is by another key", {2, 2, 1, 2, 3, HELD, "http", "http", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
    {"the binding is for another purpose", {2, 2, 1, 2, 1, HELD, "http", "git", WIRE_EXPIRES, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
    {"the binding ends a second before", {2, 2, 1, 2, 1, HELD, "http", "http", WIRE_EXPIRES - 1, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
    {"the binding ends a second later", {2, 2, 1, 2, 1, HELD, "http", "http", WIRE_EXPIRES + 1, WIRE_ISSUED, 0}, SIGNET_E_SIGNATURE},
#undef HOLDING
};
/* clang-format on */

static bool
hold(const holding *with, signet_holder_claims *ret_claims, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0}, binding = {0};
    signet_slice text = text_of(unhex(with->token), wire_key(&signet_ed25519, with->signer));
    signet_holder holder = {
        .ephemeral = wire_key(&signet_ed25519, with->ephemeral),
        .master = wire_key(&signet_ed25519, with->master),
        .purpose = with->purpose,
    };

    REQUIRE(signet_binding_write(wire_key(&signet_ed25519, with->bound), with->bound_expiry,
        signet_slice_text(with->bound_purpose), &message, NULL));
    REQUIRE(signet_key_sign(
        wire_key(&signet_ed25519, with->binder), signet_buf_slice(&message), &binding, NULL));
    holder.binding = signet_buf_slice(&binding);
    return signet_sig1_verify_by_holder(
        signet_only_ed25519, text, &holder, with->now, with->skew, ret_claims, err);
}

TEST(attests_keys_and_expiry_in_holder_mode)
{
    for (EACH(row, held)) {
        signet_holder_claims claims = {.expires = 9};
        signet_error err = {0};

        CHECK_INT(hold(&row->with, &claims, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(claims.expires, row->expected == SIGNET_OK ? WIRE_EXPIRES : 9);
        if (row->expected != SIGNET_OK)
            continue;
        CHECK_BYTES(((signet_slice){claims.confirmation, 32}), unhex(WIRE_CNF));
        CHECK_BYTES(((signet_slice){claims.ephemeral_id, 32}), unhex(WIRE_EPH));
        CHECK_BYTES(((signet_slice){claims.token_id, 16}), unhex(WIRE_B16));
        CHECK_INT(claims.not_before, WIRE_ISSUED);
    }
}

TEST(confuses_no_mode_with_the_other)
{
    signet_sig1_expectations expected = {
        .now = WIRE_ISSUED, .issuer = signet_slice_text("cany"), .may_lack_audience = true};
    signet_holder holder = {.ephemeral = wire_key(&signet_ed25519, 2), .purpose = "http"};
    signet_holder_claims claims;
    signet_sig1 sig1;
    signet_error err = {0};
    signet_slice text = text_of(unhex(HELD), wire_key(&signet_ed25519, 2));

    harness_row = "a holder's token under the master key";
    CHECK(!signet_sig1_verify_by_issuer(
        signet_only_ed25519, text, wire_key(&signet_ed25519, 1), true, &expected, &sig1, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    harness_row = "a holder's token under the holder's key as if it were the master";
    CHECK(!signet_sig1_verify_by_issuer(
        signet_only_ed25519, text, wire_key(&signet_ed25519, 2), true, &expected, &sig1, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
    harness_row = "no master key";
    CHECK(!signet_sig1_verify_by_holder(
        signet_only_ed25519, text, &holder, WIRE_ISSUED, 0, &claims, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    harness_row = "no ephemeral key";
    holder = (signet_holder){.master = wire_key(&signet_ed25519, 1)};
    CHECK(!signet_sig1_verify_by_holder(
        signet_only_ed25519, text, &holder, WIRE_ISSUED, 0, &claims, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

/* --- looking without believing --- */

TEST(inspects_without_judging_the_signature)
{
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice cose = {0}, token = unhex(T_FULL);
    signet_slice message = cose_of(token, wire_key(&signet_ed25519, 3));
    signet_sig1 sig1;
    signet_error err = {0};

    harness_row = "nobody's";
    CHECK(signet_sig1_inspect(joined(token, message), &sig1, &cose, bytes, NULL));
    CHECK_BYTES(cose, message);
    CHECK_INT(sig1.claims.epoch, 7);
    harness_row = "a retired token";
    CHECK(!signet_sig1_inspect(joined(unhex("a0"), message), &sig1, &cose, bytes, &err));
    CHECK_INT(err.code, SIGNET_E_LEGACY);
    CHECK_INT(sig1.token_len, 0);
}

/* --- tokens.json --- */

TEST(refuses_the_texts_of_the_reference)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(root, "sig1"), i, one)
    {
        bool has_key = strcmp(json_text(one, "operation"), "decode") == 0;
        uint8_t bytes[SIGNET_SIG1_COSE_MAX];
        signet_slice cose = {0}, text = signet_slice_text(json_text(one, "sig1"));
        const char *class_name = json_text(one, "error_class");
        signet_sig1 sig1;
        signet_error err = {0};

        harness_row = json_text(one, "name");
        CHECK_TEXT(json_text(one, "expect"), "reject");
        CHECK(verdict(text, has_key ? wire_key(&signet_ed25519, 1) : NULL) != SIGNET_OK);
        CHECK(!signet_sig1_inspect(text, &sig1, &cose, bytes, &err));
        CHECK(!class_name || err.code == SIGNET_E_LEGACY);
    }
    json_decref(root);
    harness_row = "all";
    CHECK_INT(i, 9);
}

TESTS(TEST_OF(refuses_what_has_another_form), TEST_OF(holds_its_length),
    TEST_OF(takes_only_the_token_that_was_signed), TEST_OF(serves_every_algorithm),
    TEST_OF(refuses_every_changed_text), TEST_OF(judges_the_token_behind_the_signature),
    TEST_OF(attests_all_claims_in_issuer_mode), TEST_OF(attests_keys_and_expiry_in_holder_mode),
    TEST_OF(confuses_no_mode_with_the_other), TEST_OF(inspects_without_judging_the_signature),
    TEST_OF(refuses_the_texts_of_the_reference))
