/* SPDX-License-Identifier: Apache-2.0 */
/* Trust policies: what is read, who is allowed, and by which rule. */
#include <signet/policy.h>

#include "harness.h"

enum { NOW = 1780000000 };

static const uint8_t seeds[2][SIGNET_SEED_SIZE] = {{7}, {8}};

static signet_key *
key(size_t number)
{
    static signet_key *keys[2];

    if (!keys[number])
        keys[number] =
            signet_key_from_seed(&signet_ed25519, (signet_slice){seeds[number], 32}, NULL);
    REQUIRE(keys[number]);
    return keys[number];
}

/* Two subjects and a group. */
static signet_slice
bundle_of(uint64_t epoch, uint64_t sequence, uint64_t issued, size_t signer, bool is_active)
{
    static const uint64_t ids[] = {1, 2};
    const signet_slice groups[] = {signet_slice_text("dev"), signet_slice_text("nobody")};
    const signet_policy_subject subjects[] = {
        {.name = signet_slice_text("ann"),
            .is_active = is_active,
            .has_groups = true,
            .groups = groups,
            .group_count = 2},
        {.name = signet_slice_text("off"), .has_groups = true},
        {.name = signet_slice_text("x"), .is_null = true},
    };
    const signet_policy_group group = {.name = signet_slice_text("dev"),
        .has_capabilities = true,
        .capabilities = ids,
        .capability_count = 2,
        .max_cert_ttl = 600};
    const signet_policy_fields fields = {
        epoch, sequence, issued, true, true, subjects, 3, &group, 1};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    if (!signet_policy_sign(&fields, key(signer), &out, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    return harness_keep(signet_buf_slice(&out));
}

#define SIGNATURE                                                                                  \
    "065840"                                                                                       \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "000000000000000000000000000000000000000000000000"
#define HEAD                                                                                       \
    "a6"                                                                                           \
    "0101"                                                                                         \
    "0201"
#define NOTHING                                                                                    \
    "03f6"                                                                                         \
    "04f6"
#define ISSUED "0500"

/* clang-format off */
static const struct {
    const char *name, *wire;
    signet_code expected;
} decodings[] = {
    {"nothing in it",                    HEAD NOTHING ISSUED SIGNATURE,                           SIGNET_OK},
    {"empty maps",                       HEAD "03a0" "04a0" ISSUED SIGNATURE,                     SIGNET_OK},
    {"a subject",                        HEAD "03a16161a201f502f6" "04f6" ISSUED SIGNATURE,       SIGNET_OK},
    {"all of a subject",                 HEAD "03a16161a401f4028003616b0401" "04f6" ISSUED SIGNATURE, SIGNET_OK},
    {"an algorithm alone",               HEAD "03a16161a301f4028003616b" "04f6" ISSUED SIGNATURE, SIGNET_OK},
    {"a lifetime alone",                 HEAD "03a16161a301f402800401" "04f6" ISSUED SIGNATURE,   SIGNET_OK},
    {"a null subject",                   HEAD "03a16161f6" "04f6" ISSUED SIGNATURE,               SIGNET_OK},
    {"a group",                          HEAD "03f6" "04a16161a20181010203" ISSUED SIGNATURE,     SIGNET_OK},
    {"no bytes",                         "",                                                      SIGNET_E_DECODE},
    {"null",                             "f6",                                                    SIGNET_E_DECODE},
    {"an array",                         "80",                                                    SIGNET_E_DECODE},
    {"a byte behind",                    HEAD NOTHING ISSUED SIGNATURE "00",                      SIGNET_E_DECODE},
    {"no signature key",                 "a5" "0101" "0201" NOTHING ISSUED,                       SIGNET_E_DECODE},
    {"a null signature",                 HEAD NOTHING ISSUED "06f6",                              SIGNET_E_SIGNATURE},
    {"an empty signature",               HEAD NOTHING ISSUED "0640",                              SIGNET_E_SIGNATURE},
    {"a short signature",                HEAD NOTHING ISSUED "064100",                            SIGNET_E_SIGNATURE},
    {"a signature of text",              HEAD NOTHING ISSUED "066161",                            SIGNET_E_DECODE},
    {"a seventh key",                    "a7" "0101" "0201" NOTHING ISSUED SIGNATURE "0701",      SIGNET_E_DECODE},
    {"a key twice",                      "a6" "0101" "0101" NOTHING ISSUED SIGNATURE,             SIGNET_E_DECODE},
    {"keys not in order",                "a6" "0201" "0101" NOTHING ISSUED SIGNATURE,             SIGNET_E_DECODE},
    {"a long head",                      "a6" "011801" "0201" NOTHING ISSUED SIGNATURE,           SIGNET_E_DECODE},
    {"an indefinite map",                "bf" "0101" "0201" NOTHING ISSUED SIGNATURE "ff",        SIGNET_E_DECODE},
    {"a tag",                            "d9d9f7" HEAD NOTHING ISSUED SIGNATURE,                  SIGNET_E_DECODE},
    {"an epoch below 0",                 "a6" "0120" "0201" NOTHING ISSUED SIGNATURE,             SIGNET_E_DECODE},
    {"an epoch of text",                 "a6" "016131" "0201" NOTHING ISSUED SIGNATURE,           SIGNET_E_DECODE},
    {"no time",                          HEAD NOTHING "05f6" SIGNATURE,                           SIGNET_E_DECODE},
    {"subjects as array",                HEAD "0380" "04f6" ISSUED SIGNATURE,                     SIGNET_E_DECODE},
    {"a count that lies",                HEAD "03ba00100000" "04f6" ISSUED SIGNATURE,             SIGNET_E_DECODE},
    {"a name twice",                     HEAD "03a26161f66161f6" "04f6" ISSUED SIGNATURE,         SIGNET_E_DECODE},
    {"names not in order",               HEAD "03a26162f66161f6" "04f6" ISSUED SIGNATURE,         SIGNET_E_DECODE},
    {"a longer name first",              HEAD "03a2626161f66162f6" "04f6" ISSUED SIGNATURE,       SIGNET_E_DECODE},
    {"a name of bytes",                  HEAD "03a14161f6" "04f6" ISSUED SIGNATURE,               SIGNET_E_DECODE},
    {"a name that is not UTF-8",         HEAD "03a161fff6" "04f6" ISSUED SIGNATURE,               SIGNET_E_DECODE},
    {"a subject without groups",         HEAD "03a16161a101f5" "04f6" ISSUED SIGNATURE,           SIGNET_E_DECODE},
    {"a subject without active",         HEAD "03a16161a102f6" "04f6" ISSUED SIGNATURE,           SIGNET_E_DECODE},
    {"active as number",                 HEAD "03a16161a2010102f6" "04f6" ISSUED SIGNATURE,       SIGNET_E_DECODE},
    {"active as null",                   HEAD "03a16161a201f602f6" "04f6" ISSUED SIGNATURE,       SIGNET_E_DECODE},
    {"an empty algorithm",               HEAD "03a16161a301f402800360" "04f6" ISSUED SIGNATURE,   SIGNET_E_DECODE},
    {"a lifetime of 0",                  HEAD "03a16161a301f402800400" "04f6" ISSUED SIGNATURE,   SIGNET_E_DECODE},
    {"an unknown key of a subject",      HEAD "03a16161a301f402800501" "04f6" ISSUED SIGNATURE,   SIGNET_E_DECODE},
    {"five keys of a subject",           HEAD "03a16161a501f4028003616b04010501" "04f6" ISSUED SIGNATURE, SIGNET_E_DECODE},
    {"a group as number in a subject",   HEAD "03a16161a201f5028101" "04f6" ISSUED SIGNATURE,     SIGNET_E_DECODE},
    {"a group of nothing",               HEAD "03f6" "04a16161a0" ISSUED SIGNATURE,               SIGNET_E_DECODE},
    {"a capability below 0",             HEAD "03f6" "04a16161a1018120" ISSUED SIGNATURE,         SIGNET_E_DECODE},
    {"a capability of text",             HEAD "03f6" "04a16161a101816161" ISSUED SIGNATURE,       SIGNET_E_DECODE},
    {"a lifetime of 0 of a group",       HEAD "03f6" "04a16161a20181010200" ISSUED SIGNATURE,     SIGNET_E_DECODE},
    {"65 groups of a subject",           HEAD "03a16161a201f5029841"
        "6060606060606060606060606060606060606060606060606060606060606060"
        "606060606060606060606060606060606060606060606060606060606060606060" "04f6" ISSUED SIGNATURE, SIGNET_E_DECODE},
};
/* clang-format on */

TEST(decodes_bundles_in_one_encoding_and_nothing_else)
{
    for (EACH(row, decodings)) {
        signet_error err = {0};
        SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;

        policy = signet_policy_decode(unhex(row->wire), &err);
        CHECK_INT(err.code, row->expected);
        CHECK((policy != NULL) == (row->expected == SIGNET_OK));
        CHECK(!signet_policy_open(unhex(row->wire), key(0), NULL));
    }
}

TEST(opens_only_what_was_signed)
{
    signet_slice good = bundle_of(1, 1, NOW, 0, true);
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = signet_policy_open(good, key(0), NULL);

    CHECK(policy);
    CHECK(!signet_policy_open(good, key(1), NULL));
    CHECK(!signet_policy_open(good, NULL, NULL));
    for (size_t i = 0; i < good.len * 8; i++) {
        uint8_t *changed = (uint8_t *)(uintptr_t)harness_keep(good).ptr;

        changed[i / 8] ^= (uint8_t)(1U << (i % 8));
        CHECK(!signet_policy_open((signet_slice){changed, good.len}, key(0), NULL));
    }
    for (size_t i = 0; i < good.len; i++)
        CHECK(!signet_policy_open((signet_slice){good.ptr, i}, key(0), NULL));
}

TEST(finds_subjects_and_what_they_have)
{
    SIGNET_AUTO(signet_policy_free)
    signet_policy *policy = signet_policy_decode(bundle_of(1, 1, NOW, 0, true), NULL);
    const signet_policy_subject *ann = signet_policy_find(policy, signet_slice_text("ann"));
    uint64_t ids[SIGNET_POLICY_CAPABILITIES_MAX];

    REQUIRE(ann);
    CHECK_INT(signet_policy_capabilities(policy, ann, ids), 2);
    CHECK_INT(signet_policy_cert_ttl(policy, ann), 600);
    CHECK(!signet_policy_find(policy, signet_slice_text("x")));
    CHECK(!signet_policy_find(policy, signet_slice_text("an")));
    CHECK(!signet_policy_find(policy, signet_slice_text("Ann")));
    CHECK(!signet_policy_find(policy, signet_slice_text("")));
}

/* What one bundle after a good one (epoch 2, sequence 9, of now) does. */
static const struct {
    const char *name;
    uint64_t epoch, sequence;
    int64_t issued;
    size_t signer;
    bool is_active;
    signet_code expected;
} takings[] = {
    {"the next", 2, 10, NOW, 0, true, SIGNET_OK},
    {"the same again", 2, 9, NOW, 0, true, SIGNET_OK},
    {"the next epoch", 3, 10, NOW, 0, true, SIGNET_OK},
    {"on the last second", 2, 10, NOW - 3600, 0, true, SIGNET_OK},
    {"as early as may be", 2, 10, NOW + 60, 0, true, SIGNET_OK},
    {"a second too old", 2, 10, NOW - 3601, 0, true, SIGNET_E_TIME},
    {"a second too early", 2, 10, NOW + 61, 0, true, SIGNET_E_TIME},
    {"at the end of time", 2, 10, INT64_MAX, 0, true, SIGNET_E_TIME},
    {"after the end of time", 2, 10, -1, 0, true, SIGNET_E_TIME},
    {"before", 2, 8, NOW, 0, true, SIGNET_E_REVOKED},
    {"another of that number", 2, 9, NOW, 0, false, SIGNET_E_REVOKED},
    {"an older epoch", 1, 10, NOW, 0, true, SIGNET_E_REVOKED},
    {"somebody else's", 2, 10, NOW, 1, true, SIGNET_E_SIGNATURE},
};

TEST(takes_only_newer_bundles_of_now)
{
    for (EACH(row, takings)) {
        const signet_policy_checker_options options = {.anchor = key(0)};
        SIGNET_AUTO(signet_policy_checker_free)
        signet_policy_checker *checker = signet_policy_checker_new(&options, NULL);
        signet_slice bundle = bundle_of(
            row->epoch, row->sequence, (uint64_t)row->issued, row->signer, row->is_active);
        signet_error err = {0};
        signet_policy_decision decision = {0};

        REQUIRE(checker);
        REQUIRE(signet_policy_checker_take(checker, bundle_of(2, 9, NOW, 0, true), NOW, NULL));
        CHECK_INT(
            signet_policy_checker_take(checker, bundle, NOW, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        /* whatever happened, a good bundle is in use */
        CHECK(signet_policy_check(checker, signet_slice_text("ann"), NOW, &decision));
    }
}

static const struct {
    const char *name, *subject;
    int64_t after; /* seconds after the fetch */
    signet_policy_rule expected;
} checks[] = {
    {"active", "ann", 0, SIGNET_POLICY_SUBJECT_ACTIVE},
    {"active on the last second", "ann", 29, SIGNET_POLICY_SUBJECT_ACTIVE},
    {"not fresh", "ann", 30, SIGNET_POLICY_BUNDLE_NOT_FRESH},
    {"too old", "ann", 3601, SIGNET_POLICY_BUNDLE_TOO_OLD},
    {"the clock set back", "ann", -61, SIGNET_POLICY_BUNDLE_NOT_FRESH},
    {"inactive", "off", 0, SIGNET_POLICY_DEACTIVATED},
    {"null", "x", 0, SIGNET_POLICY_NOT_PROVISIONED},
    {"unknown", "bob", 0, SIGNET_POLICY_NOT_PROVISIONED},
    {"no name", "", 0, SIGNET_POLICY_NOT_PROVISIONED},
};

TEST(names_the_rule_of_each_decision)
{
    const signet_policy_checker_options options = {.anchor = key(0)};
    SIGNET_AUTO(signet_policy_checker_free)
    signet_policy_checker *checker = signet_policy_checker_new(&options, NULL);
    signet_policy_decision decision = {0};

    REQUIRE(checker);
    CHECK(!signet_policy_check(checker, signet_slice_text("ann"), NOW, &decision));
    CHECK_INT(decision.rule, SIGNET_POLICY_NO_BUNDLE);
    CHECK(signet_policy_checker_is_due(checker, NOW));
    REQUIRE(signet_policy_checker_take(checker, bundle_of(2, 9, NOW, 0, true), NOW, NULL));
    for (EACH(row, checks)) {
        bool is_allowed = signet_policy_check(
            checker, signet_slice_text(row->subject), NOW + row->after, &decision);

        CHECK_INT(decision.rule, row->expected);
        CHECK_INT(is_allowed, row->expected == SIGNET_POLICY_SUBJECT_ACTIVE);
        CHECK_INT(decision.is_allowed, is_allowed);
    }
}

static bool
keep(void *context, const signet_policy_seen *seen, signet_error *err)
{
    signet_policy_seen *kept = context;

    if (!kept)
        return signet_fail(err, SIGNET_E_IO, "disk full");
    *kept = *seen;
    return true;
}

TEST(remembers_over_a_restart_and_uses_nothing_it_cannot_remember)
{
    signet_policy_seen seen = {0};
    signet_policy_checker_options options = {.anchor = key(0), .keep = keep, .context = &seen};
    SIGNET_AUTO(signet_policy_checker_free)
    signet_policy_checker *first = signet_policy_checker_new(&options, NULL), *second = NULL,
                          *third = NULL;
    signet_policy_decision decision = {0};
    signet_error err = {0};

    REQUIRE(first && signet_policy_checker_take(first, bundle_of(2, 9, NOW, 0, true), NOW, NULL));
    options.seen = &seen;
    second = signet_policy_checker_new(&options, NULL);
    REQUIRE(second);
    CHECK(!signet_policy_checker_take(second, bundle_of(2, 8, NOW, 0, true), NOW, &err));
    CHECK_INT(err.code, SIGNET_E_REVOKED);
    options.context = NULL;
    third = signet_policy_checker_new(&options, NULL);
    REQUIRE(third);
    CHECK(!signet_policy_checker_take(third, bundle_of(2, 10, NOW, 0, true), NOW, &err));
    CHECK_INT(err.code, SIGNET_E_IO);
    CHECK(!signet_policy_check(third, signet_slice_text("ann"), NOW, &decision));
}

static const struct {
    const char *name, *repository, *workflow;
    bool has_lists, allow_all;
    signet_policy_rule expected;
} evaluations[] = {
    {"listed", "a/b", "w", true, false, SIGNET_POLICY_CLAIMS_LISTED},
    {"another", "a/c", "w", true, false, SIGNET_POLICY_CLAIM_NOT_LISTED},
    {"another second claim", "a/b", "v", true, true, SIGNET_POLICY_CLAIM_NOT_LISTED},
    {"missing", NULL, "w", true, true, SIGNET_POLICY_CLAIM_MISSING},
    {"empty", "", "w", true, true, SIGNET_POLICY_CLAIM_MISSING},
    {"a prefix", "a", "w", true, false, SIGNET_POLICY_CLAIM_NOT_LISTED},
    {"case", "A/b", "w", true, false, SIGNET_POLICY_CLAIM_NOT_LISTED},
    {"no lists", "a/b", "w", false, false, SIGNET_POLICY_NOTHING_ALLOWS},
    {"no lists, said so", "a/b", NULL, false, true, SIGNET_POLICY_ALL_ALLOWED},
};

TEST(evaluates_claims_by_lists)
{
    const signet_slice repositories[] = {signet_slice_text("zz/zz"), signet_slice_text("a/b")};
    const signet_slice workflow = signet_slice_text("w");
    const signet_policy_list lists[] = {
        {"repository", repositories, 2}, {"workflow", &workflow, 1}};

    for (EACH(row, evaluations)) {
        const signet_policy_evaluator_options options = {
            lists, row->has_lists ? 2 : 0, row->allow_all, 600};
        const signet_policy_claim claims[] = {
            {"workflow", signet_slice_text(row->workflow ? row->workflow : "")},
            {row->repository ? "repository" : "other",
                signet_slice_text(row->repository ? row->repository : "a/b")}};
        const signet_policy_claim twice[] = {claims[0], claims[1], claims[1]};
        SIGNET_AUTO(signet_policy_evaluator_free)
        signet_policy_evaluator *evaluator = signet_policy_evaluator_new(&options, NULL);
        signet_policy_decision decision = {0};
        bool is_allowed = evaluator && signet_policy_evaluate(evaluator, claims, 2, &decision);

        CHECK_INT(decision.rule, row->expected);
        CHECK_INT(is_allowed, decision.is_allowed);
        CHECK_INT(decision.validity, is_allowed ? 600 : 0);
        if (row->has_lists)
            CHECK(!signet_policy_evaluate(evaluator, twice, 3, &decision));
    }
}

TEST(finds_each_of_ten_thousand)
{
    static signet_policy_subject subjects[10000];
    static char names[10000][24];
    signet_policy_fields fields = {
        .has_subjects = true, .subjects = subjects, .subject_count = 10000};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;

    for (size_t i = 0; i < 10000; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "github-%zu", i * 7919 % 10007 * 13);
        subjects[i] =
            (signet_policy_subject){.name = signet_slice_text(names[i]), .is_active = true};
    }
    REQUIRE(signet_policy_sign(&fields, key(0), &out, NULL));
    policy = signet_policy_open(signet_buf_slice(&out), key(0), NULL);
    REQUIRE(policy);
    for (size_t i = 0; i < 10000; i++)
        CHECK(signet_policy_find(policy, signet_slice_text(names[i])));
    CHECK(!signet_policy_find(policy, signet_slice_text("github-1")));
}

TEST(explains_on_one_line)
{
    const signet_policy_checker_options options = {.anchor = key(0)};
    SIGNET_AUTO(signet_policy_checker_free)
    signet_policy_checker *checker = signet_policy_checker_new(&options, NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_policy_decision decision = {0};

    REQUIRE(checker);
    REQUIRE(signet_policy_checker_take(checker, bundle_of(2, 9, NOW, 0, true), NOW, NULL));
    CHECK(!signet_policy_check(checker, signet_slice_text("a\n\033b"), NOW, &decision));
    REQUIRE(signet_policy_explain(&decision, signet_slice_text("a\n\033b"), &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out),
        signet_slice_text("denied: a??b: no such subject (not-provisioned, epoch 2, sequence 9)"));
}

/* What is beyond a limit is not written. */
TEST(writes_nothing_that_would_not_be_read)
{
    static signet_slice groups[65];
    const signet_policy_subject many = {
        .name = signet_slice_text("a"), .has_groups = true, .groups = groups, .group_count = 65};
    const signet_policy_subject twice[] = {
        {.name = signet_slice_text("a")}, {.name = signet_slice_text("a")}};
    const signet_policy_subject no_text = {.name = signet_slice_text("\xff")};
    const struct {
        const char *name;
        const signet_policy_subject *subjects;
        size_t count;
    } rows[] = {{"65 groups", &many, 1}, {"a name twice", twice, 2}, {"not UTF-8", &no_text, 1}};

    for (EACH(row, rows)) {
        const signet_policy_fields fields = {
            .has_subjects = true, .subjects = row->subjects, .subject_count = row->count};
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        CHECK(!signet_policy_sign(&fields, key(0), &out, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK_INT(out.len, 0);
    }
}

/* Each group may be large, but not all of a subject's together. */
TEST(bounds_what_one_subject_has)
{
    static uint64_t ids[SIGNET_POLICY_CAPABILITIES_MAX];
    const signet_slice names[] = {signet_slice_text("a"), signet_slice_text("b")};
    const signet_policy_group groups[] = {
        {.name = names[0], .has_capabilities = true, .capabilities = ids, .capability_count = 255},
        {.name = names[1], .has_capabilities = true, .capabilities = ids, .capability_count = 2},
    };

    for (size_t count = 1; count <= 2; count++) {
        const signet_policy_subject subject = {.name = signet_slice_text("ann"),
            .has_groups = true,
            .groups = names,
            .group_count = count};
        const signet_policy_fields fields = {.has_subjects = true,
            .subjects = &subject,
            .subject_count = 1,
            .has_groups = true,
            .groups = groups,
            .group_count = 2};
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

        CHECK_INT(signet_policy_sign(&fields, key(0), &out, NULL), count == 1);
    }
}

/* The scenario of the authority's specification, 5.7. */
TEST(goes_the_golden_path)
{
    static const uint64_t ids[] = {1, 2};
    const signet_policy_compiler_options fresh = {0};
    const signet_policy_checker_options options = {.anchor = key(0)};
    const signet_slice developers = signet_slice_text("developers"),
                       ann = signet_slice_text("github-12345");
    const signet_policy_group group = {
        .name = developers, .capabilities = ids, .capability_count = 2, .max_cert_ttl = 86400};
    const signet_policy_subject subject = {
        .name = ann, .is_active = true, .groups = &developers, .group_count = 1};
    SIGNET_AUTO(signet_policy_compiler_free)
    signet_policy_compiler *compiler = signet_policy_compiler_new(&fresh, NULL);
    SIGNET_AUTO(signet_policy_checker_free)
    signet_policy_checker *checker = signet_policy_checker_new(&options, NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf first = {0}, second = {0};
    signet_policy_decision decision = {0};
    uint64_t got[SIGNET_POLICY_CAPABILITIES_MAX];

    REQUIRE(compiler && checker);
    REQUIRE(signet_policy_compiler_put_group(compiler, &group, NULL));
    REQUIRE(signet_policy_compiler_put_subject(compiler, &subject, NULL));
    REQUIRE(signet_policy_compile(compiler, key(0), NOW, &first, NULL));
    CHECK(!signet_policy_check(checker, ann, NOW, &decision)); /* 8: before any bundle */
    REQUIRE(signet_policy_checker_take(checker, signet_buf_slice(&first), NOW, NULL));
    CHECK(signet_policy_check(checker, ann, NOW, &decision));
    CHECK_INT(signet_policy_capabilities(decision.policy, decision.subject, got), 2);
    CHECK(!signet_policy_check(checker, signet_slice_text("github-attacker"), NOW, &decision));
    REQUIRE(signet_policy_compiler_set_active(compiler, ann, false, NULL));
    REQUIRE(signet_policy_compile(compiler, key(0), NOW, &second, NULL));
    REQUIRE(signet_policy_checker_take(checker, signet_buf_slice(&second), NOW, NULL));
    CHECK(!signet_policy_check(checker, ann, NOW, &decision));
    CHECK_INT(decision.rule, SIGNET_POLICY_DEACTIVATED);
    CHECK(!signet_policy_compiler_remove_subject(compiler, developers, NULL));
    CHECK(signet_policy_compiler_remove_subject(compiler, ann, NULL));
}

TESTS(TEST_OF(decodes_bundles_in_one_encoding_and_nothing_else),
    TEST_OF(opens_only_what_was_signed), TEST_OF(finds_subjects_and_what_they_have),
    TEST_OF(takes_only_newer_bundles_of_now), TEST_OF(names_the_rule_of_each_decision),
    TEST_OF(remembers_over_a_restart_and_uses_nothing_it_cannot_remember),
    TEST_OF(evaluates_claims_by_lists), TEST_OF(finds_each_of_ten_thousand),
    TEST_OF(explains_on_one_line), TEST_OF(writes_nothing_that_would_not_be_read),
    TEST_OF(bounds_what_one_subject_has), TEST_OF(goes_the_golden_path))
