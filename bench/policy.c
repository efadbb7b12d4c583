/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision of a policy costs, with 10,000 subjects and with a list of 10,000 values, beside
 * one raw Ed25519 verification by the same library.  Each question is of another subject.  Prints
 * "name, tab, median in nanoseconds" lines.
 */
#include <stdio.h>

#include <signet/signet.h>

#include "measure.h"

enum { SUBJECTS = 10000, ROUNDS = 101, BATCH = 1000, VERIFICATIONS = 20, NOW = 1700000000 };

static char names[SUBJECTS][32];
static signet_slice values[SUBJECTS];

/* A subject or value in no order that caches like. */
static signet_slice
at(size_t number)
{
    return values[number * 7919 % SUBJECTS];
}

static signet_policy_checker *
checker_of(const signet_key *key, signet_error *err)
{
    static signet_policy_subject subjects[SUBJECTS];
    const signet_policy_fields fields = {
        .issued = NOW, .has_subjects = true, .subjects = subjects, .subject_count = SUBJECTS};
    const signet_policy_checker_options options = {.anchor = key};
    SIGNET_AUTO(signet_policy_checker_free) signet_policy_checker *checker = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf bundle = {0};

    for (size_t i = 0; i < SUBJECTS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "github-actions/acme-%06zu", i);
        values[i] = signet_slice_text(names[i]);
        subjects[i] = (signet_policy_subject){.name = values[i], .is_active = true};
    }
    checker = signet_policy_checker_new(&options, err);
    if (!checker || !signet_policy_sign(&fields, key, &bundle, err) ||
        !signet_policy_checker_take(checker, signet_buf_slice(&bundle), NOW, err))
        return NULL;
    return SIGNET_TAKE(checker);
}

static bool
measure_checks(const signet_key *key, signet_error *err)
{
    static int64_t times[ROUNDS];
    SIGNET_AUTO(signet_policy_checker_free)
    signet_policy_checker *checker = checker_of(key, err);
    signet_policy_decision decision = {0};

    if (!checker)
        return false;
    for (size_t round = 0; round < ROUNDS; round++) {
        int64_t begin = measure_now();

        for (size_t i = 0; i < BATCH; i++) {
            if (!signet_policy_check(checker, at(round * BATCH + i), NOW, &decision))
                return signet_fail(err, SIGNET_E_USAGE, "denied");
        }
        times[round] = (measure_now() - begin) / BATCH;
    }
    printf("policy check, %d subjects\t%lld\n", SUBJECTS, (long long)measure_median(times, ROUNDS));
    return true;
}

static bool
measure_evaluations(signet_error *err)
{
    static int64_t times[ROUNDS];
    const signet_policy_list list = {"repository", values, SUBJECTS};
    const signet_policy_evaluator_options options = {.lists = &list, .list_count = 1};
    SIGNET_AUTO(signet_policy_evaluator_free)
    signet_policy_evaluator *evaluator = signet_policy_evaluator_new(&options, err);
    signet_policy_decision decision = {0};

    if (!evaluator)
        return false;
    for (size_t round = 0; round < ROUNDS; round++) {
        int64_t begin = measure_now();

        for (size_t i = 0; i < BATCH; i++) {
            const signet_policy_claim claim = {"repository", at(round * BATCH + i)};

            if (!signet_policy_evaluate(evaluator, &claim, 1, &decision))
                return signet_fail(err, SIGNET_E_USAGE, "denied");
        }
        times[round] = (measure_now() - begin) / BATCH;
    }
    printf("policy evaluate, %d rules\t%lld\n", SUBJECTS, (long long)measure_median(times, ROUNDS));
    return true;
}

static bool
measure_verification(const signet_key *key, signet_error *err)
{
    static int64_t times[ROUNDS];
    signet_slice message = signet_slice_text("GET|/protected/resource|1700000000|0123456789abcdef");
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    if (!signet_key_sign(key, message, &signature, err))
        return false;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = measure_now();

        for (int i = 0; i < VERIFICATIONS; i++) {
            if (!signet_key_verify(key, message, signet_buf_slice(&signature), err))
                return false;
        }
        times[round] = (measure_now() - begin) / VERIFICATIONS;
    }
    printf("raw verify, policy\t%lld\n", (long long)measure_median(times, ROUNDS));
    return true;
}

int
main(void)
{
    signet_error err = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = signet_key_generate(&signet_ed25519, &err);

    if (!key || !measure_checks(key, &err) || !measure_evaluations(&err) ||
        !measure_verification(key, &err)) {
        (void)fprintf(stderr, "policy: %s\n", err.message);
        return 1;
    }
    return 0;
}
