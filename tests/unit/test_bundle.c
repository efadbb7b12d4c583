/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles: what is read and what is not, what is signed, and every outcome of a check. */
#include <signet/revocation.h>

#include "harness.h"

#define K32    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define BASE   "\"epoch\":1,\"seqno\":2,\"keys\":{\"a\":\"" K32 "\"},\"keyId\":\"a\",\"issuedAt\":5"
#define SIGNED ",\"signature\":\"AA==\""

enum { NOW = 1700000000 };

static const uint8_t seed_bytes[3][32] = {{1}, {2}, {3}};

static signet_key *
key_of(size_t n)
{
    signet_slice seed = {seed_bytes[n], 32};

    return signet_key_from_seed(&signet_ed25519, seed, NULL);
}

/* clang-format off */
static const struct {
    const char *name, *text;
    bool is_read;
} texts[] = {
    {"as the reference writes it", "{" BASE SIGNED "}", true},
    {"another order and space", " {\"seqno\" : 2 ,\n\"epoch\":1, \"signature\":null}\r\n\t", true},
    {"unknown members", "{" BASE SIGNED ",\"x\":[1,-2.5e3,{\"y\":[true,null,\"\\u00e4\"]}]}", true},
    {"no keys at all", "{\"epoch\":1,\"seqno\":1,\"keys\":null,\"signature\":null}", true},
    {"the largest numbers", "{\"epoch\":18446744073709551615,\"seqno\":18446744073709551615}", true},
    {"an extension", "{" BASE SIGNED ",\"signet\":{\"v\":1,\"issuer\":\"i\",\"expires\":9,\"signature\":\"AA==\"}}", true},
    {"nothing", "", false},
    {"null", "null", false},
    {"an array", "[]", false},
    {"an empty object", "{}", false},
    {"no end", "{" BASE SIGNED, false},
    {"a comma too many", "{" BASE SIGNED ",}", false},
    {"a comma too few", "{\"epoch\":1 \"seqno\":2}", false},
    {"something after it", "{" BASE SIGNED "}x", false},
    {"two of them", "{" BASE SIGNED "}{" BASE SIGNED "}", false},
    {"a byte order mark", "\xef\xbb\xbf{" BASE SIGNED "}", false},
    {"a comment", "/* x */{" BASE SIGNED "}", false},
    {"a member twice", "{\"seqno\":1," BASE SIGNED "}", false},
    {"an unknown member twice", "{" BASE ",\"x\":1,\"x\":1}", false},
    {"a member twice, once escaped", "{\"\\u0073eqno\":1," BASE "}", false},
    {"a key twice", "{\"epoch\":1,\"seqno\":1,\"keys\":{\"a\":\"" K32 "\",\"a\":\"" K32 "\"}}", false},
    {"upper case does not count", "{\"epoch\":1,\"SEQNO\":2}", false},
    {"a text for a number", "{\"epoch\":\"1\",\"seqno\":2}", false},
    {"a negative number", "{\"epoch\":-1,\"seqno\":2}", false},
    {"a fraction", "{\"epoch\":1.0,\"seqno\":2}", false},
    {"an exponent", "{\"epoch\":1e0,\"seqno\":2}", false},
    {"a leading zero", "{\"epoch\":01,\"seqno\":2}", false},
    {"beyond 64 bits", "{\"epoch\":18446744073709551616,\"seqno\":2}", false},
    {"null for a number", "{\"epoch\":null,\"seqno\":2}", false},
    {"a time beyond 63 bits", "{\"epoch\":1,\"seqno\":2,\"issuedAt\":9223372036854775808}", false},
    {"an array for keys", "{\"epoch\":1,\"seqno\":2,\"keys\":[]}", false},
    {"an array for bytes", "{\"epoch\":1,\"seqno\":2,\"signature\":[1,2]}", false},
    {"a key of 31 bytes", "{\"epoch\":1,\"seqno\":2,\"keys\":{\"a\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\"}}", false},
    {"a key that is null", "{\"epoch\":1,\"seqno\":2,\"keys\":{\"a\":null}}", false},
    {"an empty key id", "{\"epoch\":1,\"seqno\":2,\"keys\":{\"\":\"" K32 "\"}}", false},
    {"base64url", "{\"epoch\":1,\"seqno\":2,\"signature\":\"_-8=\"}", false},
    {"no padding", "{\"epoch\":1,\"seqno\":2,\"signature\":\"AAA\"}", false},
    {"stray bits", "{\"epoch\":1,\"seqno\":2,\"signature\":\"AB==\"}", false},
    {"a line feed in base64", "{\"epoch\":1,\"seqno\":2,\"signature\":\"AA\\n==\"}", false},
    {"no UTF-8", "{\"epoch\":1,\"seqno\":2,\"keyId\":\"\xff\"}", false},
    {"half a surrogate", "{\"epoch\":1,\"seqno\":2,\"keyId\":\"\\ud800\"}", false},
    {"too deep", "{" BASE ",\"x\":[[[[1]]]]}", false},
    {"no number", "{" BASE ",\"x\":-}", false},
    {"no value", "{" BASE ",\"x\":}", false},
    {"an extension without issuer", "{" BASE ",\"signet\":{\"v\":1,\"expires\":9,\"signature\":\"AA==\"}}", false},
    {"an extension without version", "{" BASE ",\"signet\":{\"issuer\":\"i\",\"expires\":9,\"signature\":\"AA==\"}}", false},
    {"an extension of version 2", "{" BASE ",\"signet\":{\"v\":2,\"issuer\":\"i\",\"expires\":9,\"signature\":\"AA==\"}}", false},
    {"an extension without signature", "{" BASE ",\"signet\":{\"v\":1,\"issuer\":\"i\",\"expires\":9}}", false},
    {"an extension that never expires", "{" BASE ",\"signet\":{\"v\":1,\"issuer\":\"i\",\"expires\":0,\"signature\":\"AA==\"}}", false},
    {"an extension that is null", "{" BASE ",\"signet\":null}", false},
};
/* clang-format on */

TEST(reads_strict_json_and_nothing_else)
{
    for (EACH(row, texts)) {
        SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;
        signet_error err = {0};

        bundle = signet_bundle_read(signet_slice_text(row->text), SIGNET_BUNDLE_STRICT, &err);
        CHECK_INT(bundle != NULL, row->is_read);
        CHECK_INT(err.code, row->is_read ? SIGNET_OK : SIGNET_E_DECODE);
    }
}

TEST(reads_64_keys_and_not_65)
{
    for (int count = SIGNET_BUNDLE_KEYS_MAX; count <= SIGNET_BUNDLE_KEYS_MAX + 1; count++) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
        SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;

        REQUIRE(signet_buf_printf(&text, NULL, "{\"epoch\":1,\"seqno\":1,\"keys\":{"));
        for (int i = 0; i < count; i++)
            REQUIRE(signet_buf_printf(&text, NULL, "%s\"k%d\":\"" K32 "\"", i ? "," : "", i));
        REQUIRE(signet_buf_printf(&text, NULL, "}}"));
        bundle = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, NULL);
        CHECK_INT(bundle != NULL, count <= SIGNET_BUNDLE_KEYS_MAX);
    }
}

TEST(reads_nothing_that_is_too_large)
{
    size_t size = SIGNET_BUNDLE_MAX + 1;
    uint8_t *bytes = malloc(size);
    static const char text[] = "{" BASE SIGNED "}";

    REQUIRE(bytes);
    memset(bytes, ' ', size);
    memcpy(bytes, text, strlen(text));
    for (size_t len = size - 1; len <= size; len++) {
        SIGNET_AUTO(signet_bundle_free)
        signet_bundle *bundle =
            signet_bundle_read((signet_slice){bytes, len}, SIGNET_BUNDLE_STRICT, NULL);

        CHECK_INT(bundle != NULL, len < size);
    }
    free(bytes);
}

/* --- judging --- */

static const signet_bundle_content plain = {
    .epoch = 3,
    .seqno = 10,
    .keys = &(const signet_bundle_key){{(const uint8_t *)"new", 3}, {seed_bytes[0], 32}},
    .key_count = 1,
    .key_id = {(const uint8_t *)"new", 3},
    .previous_key_id = {(const uint8_t *)"old", 3},
    .issued = NOW,
};

/* One bundle under one anchor, kept in memory for the row's time. */
typedef struct {
    signet_bundle *bundle;
    signet_key *key, *hybrid;
    signet_bundle_anchor anchor;
    signet_bundle_issuer issuer;
} scene;

static void
scene_free(scene *one)
{
    signet_bundle_free(one->bundle);
    signet_key_free(one->key);
    signet_key_free(one->hybrid);
}

__attribute__((unused)) static void
scene_free_auto(scene *one)
{
    scene_free(one);
}

static void
set(scene *one, const signet_bundle_content *content, bool is_hybrid)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    one->key = key_of(0);
    one->hybrid = key_of(1);
    one->anchor = (signet_bundle_anchor){.key = one->key, .hybrid = is_hybrid ? one->hybrid : NULL};
    one->issuer = (signet_bundle_issuer){signet_slice_text("issuer"), &one->anchor, 1};
    REQUIRE(signet_bundle_sign(content, one->key, one->anchor.hybrid, &text, NULL));
    one->bundle = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, NULL);
    REQUIRE(one->bundle);
}

static const struct {
    const char *name;
    int64_t issued, now, age_max;
    bool as_reference;
    signet_revocation_outcome expected;
} ages[] = {
    {"just issued", NOW, NOW, 0, false, SIGNET_REVOCATION_GOOD},
    {"the last second", NOW - 3600, NOW, 0, false, SIGNET_REVOCATION_GOOD},
    {"a second too old", NOW - 3601, NOW, 0, false, SIGNET_REVOCATION_STALE},
    {"the last second of a shorter limit", NOW - 300, NOW, 300, false, SIGNET_REVOCATION_GOOD},
    {"too old for a shorter limit", NOW - 301, NOW, 300, false, SIGNET_REVOCATION_STALE},
    {"a minute ahead", NOW + 60, NOW, 0, false, SIGNET_REVOCATION_GOOD},
    {"more than a minute ahead", NOW + 61, NOW, 0, false, SIGNET_REVOCATION_FUTURE},
    {"ahead, as the reference", NOW + 1000000, NOW, 0, true, SIGNET_REVOCATION_GOOD},
    {"too old, as the reference", NOW - 3601, NOW, 0, true, SIGNET_REVOCATION_STALE},
    {"without time", 0, NOW, 0, false, SIGNET_REVOCATION_NO_TIME},
    {"without time, as the reference", 0, NOW, 0, true, SIGNET_REVOCATION_GOOD},
    {"before all time", NOW, INT64_MIN, 0, false, SIGNET_REVOCATION_FUTURE},
    {"at the end of time", NOW, INT64_MAX, 0, false, SIGNET_REVOCATION_STALE},
};

TEST(a_bundle_ages)
{
    for (EACH(row, ages)) {
        SIGNET_AUTO(scene_free) scene one = {0};
        signet_revocation_rules rules = {
            .age_max = row->age_max, .as_reference = row->as_reference};
        signet_bundle_content content = plain;
        signet_trusted_bundle trusted = {0};
        signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
        bool is_good = false;

        content.issued = row->issued;
        set(&one, &content, false);
        is_good =
            signet_bundle_verify(one.bundle, &one.issuer, &rules, row->now, &trusted, &outcome);
        CHECK_INT(outcome, row->expected);
        CHECK_INT(is_good, row->expected == SIGNET_REVOCATION_GOOD);
    }
}

TEST(only_anchors_that_count_verify)
{
    SIGNET_AUTO(scene_free) scene one = {0};
    signet_revocation_rules rules = {0};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_GOOD;
    signet_bundle_anchor both[2];

    set(&one, &plain, false);
    both[0] = (signet_bundle_anchor){.key = one.hybrid};
    both[1] = (signet_bundle_anchor){.key = one.key, .generation = 7};
    one.issuer.anchor_count = 0;
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_NO_ANCHOR);
    one.issuer = (signet_bundle_issuer){signet_slice_text("issuer"), both, 1};
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_BAD_SIGNATURE);
    one.issuer.anchor_count = 2;
    CHECK(signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(trusted.state.generation, 7);
    both[1].expires = NOW;
    both[1].not_before = NOW;
    CHECK(signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW + 1, &trusted, &outcome));
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW - 1, &trusted, &outcome));
}

TEST(an_extension_binds_issuer_and_expiry)
{
    SIGNET_AUTO(scene_free) scene one = {0};
    signet_bundle_content content = plain;
    signet_revocation_rules rules = {0};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_GOOD;

    content.has_extension = true;
    content.issuer = signet_slice_text("issuer");
    content.expires = NOW + 10;
    set(&one, &content, true);
    CHECK(signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW + 10, &trusted, &outcome));
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW + 11, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_EXPIRED);
    one.issuer.name = signet_slice_text("another");
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_OTHER_ISSUER);
    one.issuer.name = signet_slice_text("issuer");
    one.anchor.hybrid = one.key; /* not the one that made the second signature */
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_BAD_SIGNATURE);
}

TEST(an_extension_cannot_be_stripped)
{
    SIGNET_AUTO(scene_free) scene one = {0};
    signet_revocation_rules rules = {0};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_GOOD;

    set(&one, &plain, false);
    one.anchor.needs_extension = true;
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_NO_EXTENSION);
    one.anchor.needs_extension = false;
    one.anchor.hybrid = one.hybrid;
    CHECK(!signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK_INT(outcome, SIGNET_REVOCATION_NO_EXTENSION);
}

TEST(numbers_that_not_all_verifiers_read_are_not_signed)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = key_of(0);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_bundle_content content = plain;
    signet_error err = {0};

    content.seqno = UINT32_MAX;
    CHECK(signet_bundle_sign(&content, key, NULL, &out, &err));
    content.seqno++;
    CHECK(!signet_bundle_sign(&content, key, NULL, &out, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

/* --- what follows what --- */

static const struct {
    const char *name;
    signet_bundle_state stored, seen;
    signet_revocation_outcome expected, reference;
} orders[] = {
    {"the first", {0}, {.seqno = 1}, SIGNET_REVOCATION_GOOD, SIGNET_REVOCATION_GOOD},
    {"the same", {.seqno = 5, .has_digest = true, .digest = {1}},
        {.seqno = 5, .has_digest = true, .digest = {1}}, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"the next", {.seqno = 5}, {.seqno = 6}, SIGNET_REVOCATION_GOOD, SIGNET_REVOCATION_GOOD},
    {"rollback", {.seqno = 5}, {.seqno = 4}, SIGNET_REVOCATION_ROLLBACK,
        SIGNET_REVOCATION_ROLLBACK},
    {"fork", {.seqno = 5, .has_digest = true, .digest = {1}},
        {.seqno = 5, .has_digest = true, .digest = {2}}, SIGNET_REVOCATION_EQUIVOCATION,
        SIGNET_REVOCATION_GOOD},
    {"a record of the reference", {.seqno = 5}, {.seqno = 5, .has_digest = true, .digest = {2}},
        SIGNET_REVOCATION_GOOD, SIGNET_REVOCATION_GOOD},
    {"after fast-forward", {.seqno = UINT64_MAX}, {.seqno = 11}, SIGNET_REVOCATION_ROLLBACK,
        SIGNET_REVOCATION_ROLLBACK},
    {"after fast-forward, by the next anchor", {.seqno = UINT64_MAX},
        {.seqno = 11, .generation = 1}, SIGNET_REVOCATION_GOOD, SIGNET_REVOCATION_ROLLBACK},
    {"by the stolen anchor again", {.seqno = 11, .generation = 1}, {.seqno = UINT64_MAX},
        SIGNET_REVOCATION_RETIRED_ANCHOR, SIGNET_REVOCATION_GOOD},
    {"a minute back", {.seqno = 5, .accepted = NOW}, {.seqno = 6, .accepted = NOW - 60},
        SIGNET_REVOCATION_GOOD, SIGNET_REVOCATION_GOOD},
    {"more than a minute back", {.seqno = 5, .accepted = NOW}, {.seqno = 6, .accepted = NOW - 61},
        SIGNET_REVOCATION_CLOCK, SIGNET_REVOCATION_GOOD},
    {"a year on", {.seqno = 5, .accepted = NOW}, {.seqno = 6, .accepted = NOW + 31536000},
        SIGNET_REVOCATION_GOOD, SIGNET_REVOCATION_GOOD},
    {"before all time", {.seqno = 5, .accepted = NOW}, {.seqno = 6, .accepted = INT64_MIN},
        SIGNET_REVOCATION_CLOCK, SIGNET_REVOCATION_GOOD},
};

TEST(a_bundle_follows_those_before_it)
{
    for (EACH(row, orders)) {
        signet_revocation_rules rules = {0};

        CHECK_INT(signet_bundle_compare(&row->stored, &row->seen, &rules), row->expected);
        rules.as_reference = true;
        CHECK_INT(signet_bundle_compare(&row->stored, &row->seen, &rules), row->reference);
    }
}

/* --- tokens --- */

static const struct {
    const char *name, *issuer, *key_id;
    uint64_t version, epoch;
    const char *current, *previous;
    int64_t now;
    signet_revocation_outcome expected, reference;
} tokens[] = {
    {"current key", "issuer", "new", 0, 3, "new", "old", NOW, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"previous key, in its grace", "issuer", "old", 0, 3, "new", "old", NOW, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"previous key, after it", "issuer", "old", 0, 3, "new", "", NOW, SIGNET_REVOCATION_UNKNOWN_KEY,
        SIGNET_REVOCATION_UNKNOWN_KEY},
    {"a prefix of the key id", "issuer", "ne", 0, 3, "new", "old", NOW,
        SIGNET_REVOCATION_UNKNOWN_KEY, SIGNET_REVOCATION_UNKNOWN_KEY},
    {"R1: no key id, no previous", "issuer", "", 0, 3, "new", "", NOW, SIGNET_REVOCATION_NO_KEY_ID,
        SIGNET_REVOCATION_GOOD},
    {"R1: no key id, no current", "issuer", "", 0, 3, "", "old", NOW, SIGNET_REVOCATION_NO_KEY_ID,
        SIGNET_REVOCATION_GOOD},
    {"no key id, both named", "issuer", "", 0, 3, "new", "old", NOW, SIGNET_REVOCATION_NO_KEY_ID,
        SIGNET_REVOCATION_UNKNOWN_KEY},
    {"only the map", "issuer", "new", 0, 3, "", "", NOW, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"only the map, another", "issuer", "old", 0, 3, "", "", NOW, SIGNET_REVOCATION_UNKNOWN_KEY,
        SIGNET_REVOCATION_UNKNOWN_KEY},
    {"an epoch before", "issuer", "new", 0, 2, "new", "old", NOW, SIGNET_REVOCATION_OLD_EPOCH,
        SIGNET_REVOCATION_OLD_EPOCH},
    {"an epoch later", "issuer", "new", 0, 4, "new", "old", NOW, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"no epoch", "issuer", "new", 0, 0, "new", "old", NOW, SIGNET_REVOCATION_OLD_EPOCH,
        SIGNET_REVOCATION_OLD_EPOCH},
    {"the version for an epoch", "issuer", "new", 3, 0, "new", "old", NOW, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"R2: the version hides the epoch", "issuer", "new", 5, 1, "new", "old", NOW,
        SIGNET_REVOCATION_OLD_EPOCH, SIGNET_REVOCATION_GOOD},
    {"R2: the epoch counts", "issuer", "new", 1, 3, "new", "old", NOW, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_OLD_EPOCH},
    {"another issuer's token", "issuex", "new", 0, 3, "new", "old", NOW,
        SIGNET_REVOCATION_OTHER_ISSUER, SIGNET_REVOCATION_OTHER_ISSUER},
    {"the last second", "issuer", "new", 0, 3, "new", "old", NOW + 3600, SIGNET_REVOCATION_GOOD,
        SIGNET_REVOCATION_GOOD},
    {"a bundle that went stale", "issuer", "new", 0, 3, "new", "old", NOW + 3601,
        SIGNET_REVOCATION_STALE, SIGNET_REVOCATION_STALE},
    {"a clock that went back", "issuer", "new", 0, 3, "new", "old", NOW - 61,
        SIGNET_REVOCATION_FUTURE, SIGNET_REVOCATION_GOOD},
};

TEST(a_token_is_judged_by_epoch_and_key)
{
    for (EACH(row, tokens)) {
        SIGNET_AUTO(scene_free) scene one = {0};
        signet_bundle_content content = plain;
        signet_trusted_bundle trusted = {0};
        signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
        signet_claims claims = {.issuer = signet_slice_text(row->issuer),
            .key_id = signet_slice_text(row->key_id),
            .capability_version = row->version,
            .epoch = row->epoch};

        content.key_id = signet_slice_text(row->current);
        content.previous_key_id = signet_slice_text(row->previous);
        set(&one, &content, false);
        for (int as_reference = 0; as_reference < 2; as_reference++) {
            signet_revocation_rules rules = {.as_reference = as_reference != 0};
            signet_revocation_outcome expected = as_reference ? row->reference : row->expected;
            signet_error err = {0};

            REQUIRE(signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
            CHECK_INT(signet_revocation_check(&trusted, &claims, &rules, row->now, &outcome, &err),
                expected == SIGNET_REVOCATION_GOOD);
            CHECK_INT(outcome, expected);
            CHECK_INT(err.code == SIGNET_OK, expected == SIGNET_REVOCATION_GOOD);
            CHECK_INT(err.code == SIGNET_E_REVOKED,
                signet_revocation_verdict_of(expected) == SIGNET_REVOCATION_SAYS_REVOKED);
        }
    }
}

TEST(a_clock_that_goes_back_is_noticed)
{
    SIGNET_AUTO(scene_free) scene one = {0};
    signet_revocation_rules rules = {0};
    signet_claims claims = {
        .issuer = signet_slice_text("issuer"), .key_id = signet_slice_text("new"), .epoch = 3};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    set(&one, &plain, false);
    REQUIRE(signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW + 1000, &trusted, &outcome));
    CHECK(signet_revocation_check(&trusted, &claims, &rules, NOW + 940, &outcome, NULL));
    CHECK(!signet_revocation_check(&trusted, &claims, &rules, NOW + 939, &outcome, NULL));
    CHECK_INT(outcome, SIGNET_REVOCATION_CLOCK);
    rules.as_reference = true;
    CHECK(signet_revocation_check(&trusted, &claims, &rules, NOW + 939, &outcome, NULL));
}

TEST(a_missing_key_id_may_be_allowed)
{
    SIGNET_AUTO(scene_free) scene one = {0};
    signet_revocation_rules rules = {.may_lack_key_id = true};
    signet_claims claims = {.issuer = signet_slice_text("issuer"), .epoch = 3};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    CHECK(!signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, NULL));
    CHECK_INT(outcome, SIGNET_REVOCATION_NO_BUNDLE);
    set(&one, &plain, false);
    REQUIRE(signet_bundle_verify(one.bundle, &one.issuer, &rules, NOW, &trusted, &outcome));
    CHECK(signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, NULL));
    claims.key_id = signet_slice_text("other");
    CHECK(!signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, NULL));
}

TEST(every_outcome_has_a_name_and_only_one_lets_pass)
{
    for (int i = 0; i < SIGNET_REVOCATION_OUTCOMES; i++) {
        signet_revocation_outcome outcome = (signet_revocation_outcome)i;
        signet_error err = {0};

        signet_revocation_explain(outcome, &err);
        CHECK(signet_revocation_outcome_name(outcome) != NULL);
        CHECK(strlen(err.message) > 8);
        CHECK_INT(err.code == SIGNET_OK, outcome == SIGNET_REVOCATION_GOOD);
        CHECK_INT(signet_revocation_verdict_of(outcome) == SIGNET_REVOCATION_SAYS_NOT_REVOKED,
            outcome == SIGNET_REVOCATION_GOOD);
    }
    CHECK_INT(
        signet_revocation_verdict_of(SIGNET_REVOCATION_OUTCOMES), SIGNET_REVOCATION_SAYS_UNKNOWN);
}

TESTS(TEST_OF(reads_strict_json_and_nothing_else), TEST_OF(reads_64_keys_and_not_65),
    TEST_OF(reads_nothing_that_is_too_large), TEST_OF(a_bundle_ages),
    TEST_OF(only_anchors_that_count_verify), TEST_OF(an_extension_binds_issuer_and_expiry),
    TEST_OF(an_extension_cannot_be_stripped),
    TEST_OF(numbers_that_not_all_verifiers_read_are_not_signed),
    TEST_OF(a_bundle_follows_those_before_it), TEST_OF(a_token_is_judged_by_epoch_and_key),
    TEST_OF(a_clock_that_goes_back_is_noticed), TEST_OF(a_missing_key_id_may_be_allowed),
    TEST_OF(every_outcome_has_a_name_and_only_one_lets_pass))
