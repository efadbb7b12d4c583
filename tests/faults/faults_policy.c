/* SPDX-License-Identifier: Apache-2.0 */
/* Trust policies with each allocation refused once: nobody is allowed by half of a bundle. */
#include <signet/policy.h>

#include "faults.h"
#include "harness.h"

enum { NOW = 1700000000 };

static signet_key *key;
static signet_buf good;

static bool
compile(signet_error *err)
{
    static const uint64_t ids[] = {1, 2};
    const signet_policy_compiler_options options = {0};
    const signet_slice dev = signet_slice_text("dev");
    const signet_policy_subject subject = {
        .name = signet_slice_text("ann"), .is_active = true, .groups = &dev, .group_count = 1};
    const signet_policy_group group = {.name = dev, .capabilities = ids, .capability_count = 2};
    SIGNET_AUTO(signet_policy_compiler_free) signet_policy_compiler *compiler = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    compiler = signet_policy_compiler_new(&options, err);
    return compiler && signet_policy_compiler_put_subject(compiler, &subject, err) &&
           signet_policy_compiler_put_group(compiler, &group, err) &&
           signet_policy_compiler_set_groups(compiler, subject.name, NULL, 0, err) &&
           signet_policy_compile(compiler, key, NOW, &out, err);
}

static bool
take(signet_error *err)
{
    const signet_policy_checker_options options = {.anchor = key};
    SIGNET_AUTO(signet_policy_checker_free) signet_policy_checker *checker = NULL;
    signet_policy_decision decision = {0};
    bool is_taken = false;

    checker = signet_policy_checker_new(&options, err);
    if (!checker)
        return false;
    is_taken = signet_policy_checker_take(checker, signet_buf_slice(&good), NOW, err);
    CHECK_INT(signet_policy_check(checker, signet_slice_text("ann"), NOW, &decision), is_taken);
    return is_taken;
}

static bool
evaluator(signet_error *err)
{
    const signet_slice value = signet_slice_text("a/b");
    const signet_policy_list lists[] = {{"repository", &value, 1}, {"workflow", &value, 1}};
    const signet_policy_evaluator_options options = {lists, 2, false, 0};
    SIGNET_AUTO(signet_policy_evaluator_free) signet_policy_evaluator *it = NULL;

    it = signet_policy_evaluator_new(&options, err);
    return it != NULL;
}

TEST(survives_every_refused_allocation)
{
    static const faults_row rows[] = {
        {"compile", compile, 10}, {"take", take, 8}, {"an evaluator", evaluator, 5}};

    for (EACH(row, rows))
        faults_exhaust(row);
}

TEST(decides_without_allocating)
{
    const signet_policy_checker_options options = {.anchor = key};
    signet_policy_checker *checker = signet_policy_checker_new(&options, NULL);
    signet_policy_decision decision = {0};

    REQUIRE(checker && signet_policy_checker_take(checker, signet_buf_slice(&good), NOW, NULL));
    faults_count_begin();
    CHECK(signet_policy_check(checker, signet_slice_text("ann"), NOW, &decision));
    CHECK(!signet_policy_check(checker, signet_slice_text("bob"), NOW, &decision));
    CHECK_INT(faults_count_end().allocations, 0);
    signet_policy_checker_free(checker);
}

int
main(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {9};
    const signet_policy_subject subject = {.name = signet_slice_text("ann"), .is_active = true};
    const signet_policy_fields fields = {
        .issued = NOW, .has_subjects = true, .subjects = &subject, .subject_count = 1};
    const struct CMUnitTest tests[] = {
        TEST_OF(survives_every_refused_allocation), TEST_OF(decides_without_allocating)};
    int failed = 0;

    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    if (!key || !signet_policy_sign(&fields, key, &good, NULL))
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    signet_buf_free(&good);
    signet_key_free(key);
    return failed;
}
