/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles and stores of sequence numbers with every allocation refused in turn. */
#include "faults.h"
#include "harness.h"
#include "serve/sequence.h"

enum { NOW = 1700000000 };

static const uint8_t seed_bytes[32] = {1};
static signet_key *key;
static signet_buf text;

static const signet_bundle_content content = {
    .epoch = 3,
    .seqno = 10,
    .keys = &(const signet_bundle_key){{(const uint8_t *)"new", 3}, {seed_bytes, 32}},
    .key_count = 1,
    .key_id = {(const uint8_t *)"new", 3},
    .issued = NOW,
    .has_extension = true,
    .issuer = {(const uint8_t *)"issuer", 6},
    .expires = NOW + 60,
};

static bool
sign(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    return signet_bundle_sign(&content, key, key, &out, err);
}

static bool
read_text(signet_error *err)
{
    SIGNET_AUTO(signet_bundle_free)
    signet_bundle *bundle = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, err);

    return bundle != NULL;
}

static bool
remember(signet_error *err)
{
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};
    const signet_revocation_rules rules = {0};
    signet_bundle_state seen = {.seqno = 1};

    return sg_sequence_memory_new(1, &store, err) &&
           store.advance(store.context, signet_slice_text("issuer"), &seen, &rules, err) ==
               SIGNET_REVOCATION_GOOD;
}

static const faults_row rows[] = {
    {"sign", sign, 4},
    {"read", read_text, 2},
    {"remember", remember, 2},
};

TEST(survives_every_refused_allocation)
{
    for (EACH(row, rows))
        faults_exhaust(row);
}

TEST(the_warm_check_allocates_nothing)
{
    SIGNET_AUTO(signet_bundle_free)
    signet_bundle *bundle = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, NULL);
    const signet_bundle_anchor anchor = {.key = key, .hybrid = key};
    const signet_bundle_issuer issuer = {signet_slice_text("issuer"), &anchor, 1};
    const signet_revocation_rules rules = {0};
    signet_claims claims = {.issuer = issuer.name, .key_id = content.key_id, .epoch = 3};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
    bool is_good = false;

    REQUIRE(bundle);
    REQUIRE(signet_bundle_verify(bundle, &issuer, &rules, NOW, &trusted, &outcome));
    faults_count_begin();
    is_good = signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, NULL);
    CHECK_INT(faults_count_end().allocations, 0);
    CHECK(is_good);
}

static int
prepare(void **state)
{
    (void)state;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed_bytes, 32}, NULL);
    return key && signet_bundle_sign(&content, key, key, &text, NULL) ? 0 : 1;
}

static int
clean(void **state)
{
    (void)state;
    signet_key_free(key);
    signet_buf_free(&text);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF(survives_every_refused_allocation), TEST_OF(the_warm_check_allocates_nothing)};

    return cmocka_run_group_tests(tests, prepare, clean);
}
