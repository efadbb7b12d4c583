/* SPDX-License-Identifier: Apache-2.0 */
/* tests/vectors/revocation.json: what the tests of the reference and of its sibling pin. */
#include <jansson.h>

#include <signet/revocation.h>

#include "harness.h"
#include "serve/sequence.h"

enum { NOW = 1700000000 };

static const uint8_t seeds[2][32] = {{1}, {2}};
static json_t *file;

static const json_t *
at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    REQUIRE(value);
    return value;
}

static signet_slice
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? signet_slice_text(text) : (signet_slice){0};
}

static uint64_t
number_of(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

static const char *
name_row(const json_t *one)
{
    harness_row = json_string_value(at(one, "name"));
    return harness_row;
}

TEST(canonical_bytes)
{
    const json_t *list = at(file, "canonical_bundle"), *one = NULL;
    size_t i = 0;

    CHECK_INT(json_array_size(list), 2);
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;
        char *text = json_dumps(at(one, "bundle"), 0);

        (void)name_row(one);
        bundle = signet_bundle_read(signet_slice_text(text), SIGNET_BUNDLE_ANY_KEYS, NULL);
        REQUIRE(bundle);
        CHECK_BYTES(
            signet_bundle_signed_bytes(bundle), unhex(json_string_value(at(one, "canonical_hex"))));
        free(text);
    }
}

TEST(canonical_key_id)
{
    const json_t *one = at(file, "canonical_kid");
    signet_slice raw = unhex(json_string_value(at(one, "ed25519_public_hex")));
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    char kid[SIGNET_KID_SIZE + 1];

    key = signet_key_from_public(&signet_ed25519, raw, NULL);
    REQUIRE(key && signet_key_kid(key, kid, NULL));
    CHECK_TEXT(kid, json_string_value(at(one, "kid")));
}

/* What is checked against what, both as the case says. */
typedef struct {
    signet_sequence_store store;
    signet_revocation_rules rules;
    bool is_other_signer;
    bool is_broken; /* the first byte of the signature is changed */
    int64_t issued;
} scene;

static signet_revocation_outcome
judge(scene *now, const json_t *words, const json_t *token)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *anchor_key =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seeds[0], 32}, NULL);
    SIGNET_AUTO(signet_key_free)
    signet_key *other_key =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seeds[1], 32}, NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0}, canonical = {0}, text = {0};
    SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;
    signet_bundle_key listed = {text_of(words, "keyId"), {seeds[0], 32}};
    const signet_bundle_anchor anchor = {.key = anchor_key};
    const signet_bundle_issuer issuer = {signet_slice_text("test-issuer"), &anchor, 1};
    signet_bundle_content content = {.epoch = number_of(words, "epoch"),
        .seqno = number_of(words, "seqno"),
        .keys = &listed,
        .key_count = listed.id.len > 0,
        .key_id = text_of(words, "keyId"),
        .previous_key_id = text_of(words, "prevKeyId"),
        .issued = now->issued};
    signet_claims claims = {.issuer = issuer.name,
        .key_id = text_of(token, json_object_get(token, "keyId") ? "keyId" : "keyId_utf8"),
        .epoch = number_of(token, "epoch"),
        .capability_version = number_of(token, "capabilityVer")};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    REQUIRE(signet_bundle_write_canonical(&content, &canonical, NULL));
    REQUIRE(signet_key_sign(now->is_other_signer ? other_key : anchor_key,
        signet_buf_slice(&canonical), &signature, NULL));
    signature.data[0] ^= now->is_broken ? 0xff : 0;
    content.signature = signet_buf_slice(&signature);
    REQUIRE(signet_bundle_write(&content, &text, NULL));
    bundle = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, NULL);
    REQUIRE(bundle);
    if (signet_bundle_verify(bundle, &issuer, &now->rules, NOW, &trusted, &outcome) &&
        signet_bundle_advance(&trusted, &now->store, &now->rules, &outcome, NULL) &&
        signet_revocation_check(&trusted, &claims, &now->rules, NOW, &outcome, NULL))
        return SIGNET_REVOCATION_GOOD;
    return outcome;
}

static signet_revocation_outcome
expected_of(const json_t *one)
{
    static const struct {
        const char *error;
        signet_revocation_outcome outcome;
    } errors[] = {{"rollback", SIGNET_REVOCATION_ROLLBACK},
        {"signature", SIGNET_REVOCATION_BAD_SIGNATURE},
        {"storage", SIGNET_REVOCATION_STORE_CORRUPT}};
    const char *error = json_string_value(json_object_get(one, "error"));

    for (size_t i = 0; error && i < 3; i++) {
        if (strcmp(errors[i].error, error) == 0)
            return errors[i].outcome;
    }
    REQUIRE(!error);
    return SIGNET_REVOCATION_GOOD;
}

static signet_revocation_outcome
fail_to_advance(void *context, signet_slice issuer, const signet_bundle_state *seen,
    const signet_revocation_rules *rules, signet_error *err)
{
    (void)context, (void)issuer, (void)seen, (void)rules, (void)err;
    return SIGNET_REVOCATION_STORE_CORRUPT;
}

static void
prepare_store(scene *now, const json_t *one)
{
    signet_bundle_state stored = {.seqno = number_of(one, "stored_seqno_before")};

    if (json_object_get(one, "storage_error")) {
        now->store = (signet_sequence_store){.advance = fail_to_advance};
        return;
    }
    REQUIRE(sg_sequence_memory_new(2, &now->store, NULL));
    REQUIRE(now->store.advance(now->store.context, signet_slice_text("test-issuer"), &stored,
                &now->rules, NULL) == SIGNET_REVOCATION_GOOD);
}

static void
run_checker_case(const json_t *one, bool as_reference)
{
    scene now = {.rules = {.as_reference = as_reference}, .issued = NOW};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
    bool is_revoked = json_is_true(at(one, "revoked"));
    const char *name = name_row(one);

    prepare_store(&now, one);
    now.is_other_signer = strcmp(name, "signed-by-wrong-key") == 0;
    outcome = judge(&now, at(one, "bundle"), at(one, "token"));
    if (!as_reference && strcmp(name, "capabilityVer-wins-over-epoch") == 0)
        CHECK_INT(outcome, SIGNET_REVOCATION_OLD_EPOCH); /* R2, docs/formats/bundle.md */
    else if (is_revoked)
        CHECK_INT(signet_revocation_verdict_of(outcome), SIGNET_REVOCATION_SAYS_REVOKED);
    else
        CHECK_INT(outcome, expected_of(one));
    sg_sequence_free(&now.store);
}

TEST(checker_cases)
{
    const json_t *list = at(at(file, "checker_cases"), "cases"), *one = NULL;
    size_t i = 0, run = 0;

    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        /* fetch-failure and cache-hit are of the cache; first-contact below */
        if (!json_object_get(one, "bundle"))
            continue;
        run_checker_case(one, true);
        run_checker_case(one, false);
        run++;
    }
    CHECK_INT(json_array_size(list), 13);
    CHECK_INT(run, 10);
}

TEST(signature_cases)
{
    const json_t *words = NULL, *token = NULL, *list = at(at(file, "signature_cases"), "cases");
    scene now = {.issued = NOW};

    CHECK_INT(json_array_size(list), 4);
    words = at(json_array_get(list, 3), "bundle");
    token = at(json_array_get(list, 3), "token");
    REQUIRE(sg_sequence_memory_new(2, &now.store, NULL));
    now.is_broken = true;
    CHECK_INT(judge(&now, words, token), SIGNET_REVOCATION_BAD_SIGNATURE);
    now.is_broken = false;
    now.is_other_signer = true;
    CHECK_INT(judge(&now, words, token), SIGNET_REVOCATION_BAD_SIGNATURE);
    now.is_other_signer = false;
    CHECK_INT(judge(&now, words, token), SIGNET_REVOCATION_GOOD);
    now.issued = 0; /* as the case has it */
    CHECK_INT(judge(&now, words, token), SIGNET_REVOCATION_NO_TIME);
    now.rules.as_reference = true;
    CHECK_INT(judge(&now, words, token), SIGNET_REVOCATION_GOOD);
    sg_sequence_free(&now.store);
}

/* The sibling's verifier: a bundle may be 300 s old, and every failure is "revoked". */
TEST(edge_verifier)
{
    const json_t *edge = at(at(file, "sibling_authority"), "edge_verifier"), *one = NULL;
    const json_t *list = at(edge, "cases");
    size_t i = 0, run = 0;

    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        scene now = {.rules = {.age_max = 300}, .issued = NOW};
        bool is_revoked = json_is_true(at(one, "revoked"));
        const char *name = name_row(one);

        if (strcmp(name, "no-bundle") == 0) /* fails open there (R15) */
            continue;
        REQUIRE(sg_sequence_memory_new(1, &now.store, NULL));
        now.is_broken = strcmp(name, "bad-signature") == 0;
        now.issued = strcmp(name, "stale") == 0 ? NOW - 301 : NOW;
        CHECK_INT(
            judge(&now, at(one, "bundle"), at(one, "token")) != SIGNET_REVOCATION_GOOD, is_revoked);
        sg_sequence_free(&now.store);
        run++;
    }
    CHECK_INT(run, 8);
}

/* jansson has no 2^64-1, which stands in seeds of fuzzers that nothing here reads. */
static int
load(void **state)
{
    static const char largest[] = "18446744073709551615", smaller[] = "9                   ";
    signet_slice text = harness_file(VECTORS "/revocation.json");
    char *copy = malloc(text.len + 1), *found = copy;

    (void)state;
    REQUIRE(copy);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    while ((found = strstr(found, largest)) != NULL)
        memcpy(found, smaller, strlen(smaller));
    file = json_loads(copy, 0, NULL);
    free(copy);
    return file ? 0 : 1;
}

static int
unload(void **state)
{
    (void)state;
    json_decref(file);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {TEST_OF(canonical_bytes), TEST_OF(canonical_key_id),
        TEST_OF(checker_cases), TEST_OF(signature_cases), TEST_OF(edge_verifier)};

    return cmocka_run_group_tests(tests, load, unload);
}
