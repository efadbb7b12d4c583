/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a subject is provisioned, authority.md 5.4 and P2: a bundle counts when it is signed, of
 * now, and not older than one seen before.  Without such a bundle nobody is allowed.
 */
#include <stdlib.h>

#include "policy/policy.h"

struct signet_policy_checker {
    signet_policy_checker_options options; /* with the defaults in it */
    signet_policy *policy;                 /* the one in use, or NULL: none was accepted yet */
    int64_t fetched;
    signet_policy_seen seen;
    bool has_seen;
};

signet_policy_checker *
signet_policy_checker_new(const signet_policy_checker_options *options, signet_error *err)
{
    signet_policy_checker *checker = NULL;

    if (!options->anchor || options->cache < 0 || options->age_max < 0)
        return signet_fail_null(err, SIGNET_E_USAGE, "policy: no anchor, or a time below 0");
    checker = calloc(1, sizeof(*checker));
    if (!checker)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a policy checker");
    checker->options = *options;
    checker->options.seen = NULL;
    if (options->cache == 0)
        checker->options.cache = SIGNET_POLICY_CACHE;
    if (options->age_max == 0)
        checker->options.age_max = SIGNET_POLICY_AGE_MAX;
    checker->has_seen = options->seen != NULL;
    if (options->seen)
        checker->seen = *options->seen;
    return checker;
}

/* Seconds from `then` to `now`, or as many as fit. */
static int64_t
seconds_since(int64_t then, int64_t now)
{
    int64_t seconds = 0;

    if (__builtin_sub_overflow(now, then, &seconds))
        return now > then ? INT64_MAX : INT64_MIN;
    return seconds;
}

static bool
is_too_old(const signet_policy_checker *checker, const signet_policy *policy, int64_t now)
{
    return seconds_since((int64_t)policy->fields.issued, now) > checker->options.age_max;
}

/* A clock that was set back makes a fetch of the future: that is no fresh one. */
static bool
is_fresh(const signet_policy_checker *checker, int64_t now)
{
    int64_t seconds = seconds_since(checker->fetched, now);

    return seconds < checker->options.cache && seconds >= -SIGNET_POLICY_EARLY;
}

static bool
check_time(const signet_policy_checker *checker, const signet_policy *policy, int64_t now,
    signet_error *err)
{
    uint64_t issued = policy->fields.issued;

    if (!checker->options.as_reference &&
        (issued > INT64_MAX || seconds_since((int64_t)issued, now) < -SIGNET_POLICY_EARLY))
        return signet_fail(err, SIGNET_E_TIME, "policy: issued in the future, at %llu",
            (unsigned long long)issued);
    if (!is_too_old(checker, policy, now))
        return true;
    return signet_fail(err, SIGNET_E_TIME, "policy: issued %lld seconds ago, at most %lld",
        (long long)seconds_since((int64_t)issued, now), (long long)checker->options.age_max);
}

/* Neither an older bundle, nor a second one of the same number, nor one of an older epoch. */
static bool
check_rollback(const signet_policy_checker *checker, const signet_policy *policy, signet_error *err)
{
    const signet_policy_seen *seen = &checker->seen;
    const signet_policy_fields *fields = &policy->fields;

    if (!checker->has_seen)
        return true;
    if (fields->sequence < seen->sequence)
        return signet_fail(err, SIGNET_E_REVOKED, "policy: sequence %llu, but %llu was seen",
            (unsigned long long)fields->sequence, (unsigned long long)seen->sequence);
    if (checker->options.as_reference)
        return true;
    if (fields->epoch < seen->epoch)
        return signet_fail(err, SIGNET_E_REVOKED, "policy: epoch %llu, but %llu was seen",
            (unsigned long long)fields->epoch, (unsigned long long)seen->epoch);
    if (fields->sequence == seen->sequence &&
        memcmp(policy->digest, seen->digest, sizeof(seen->digest)) != 0)
        return signet_fail(err, SIGNET_E_REVOKED, "policy: another bundle of sequence %llu",
            (unsigned long long)fields->sequence);
    return true;
}

/* The reference without a store remembers nothing. */
static bool
keep_seen(signet_policy_checker *checker, const signet_policy *policy, signet_error *err)
{
    const signet_policy_checker_options *options = &checker->options;
    signet_policy_seen seen = {.epoch = policy->fields.epoch, .sequence = policy->fields.sequence};

    memcpy(seen.digest, policy->digest, sizeof(seen.digest));
    if (options->as_reference && !options->keep)
        return true;
    if (options->keep && !options->keep(options->context, &seen, err)) {
        signet_error_prefix(err, "policy: what was seen cannot be kept");
        return false;
    }
    checker->seen = seen;
    checker->has_seen = true;
    return true;
}

bool
signet_policy_checker_take(
    signet_policy_checker *checker, signet_slice cbor, int64_t now, signet_error *err)
{
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;

    policy = signet_policy_open(cbor, checker->options.anchor, err);
    if (!policy || !check_time(checker, policy, now, err) ||
        !check_rollback(checker, policy, err) || !keep_seen(checker, policy, err))
        return false;
    signet_policy_free(checker->policy);
    checker->policy = SIGNET_TAKE(policy);
    checker->fetched = now;
    return true;
}

bool
signet_policy_checker_is_due(const signet_policy_checker *checker, int64_t now)
{
    return !checker->policy || !is_fresh(checker, now) || is_too_old(checker, checker->policy, now);
}

/* Which rule speaks. */
static signet_policy_rule
rule_for(const signet_policy_checker *checker, const signet_policy_subject *subject, int64_t now)
{
    if (!checker->policy)
        return checker->options.as_reference ? SIGNET_POLICY_OPEN_GATE : SIGNET_POLICY_NO_BUNDLE;
    if (is_too_old(checker, checker->policy, now))
        return SIGNET_POLICY_BUNDLE_TOO_OLD;
    if (!is_fresh(checker, now))
        return SIGNET_POLICY_BUNDLE_NOT_FRESH;
    if (!subject)
        return SIGNET_POLICY_NOT_PROVISIONED;
    return subject->is_active ? SIGNET_POLICY_SUBJECT_ACTIVE : SIGNET_POLICY_DEACTIVATED;
}

bool
signet_policy_check(const signet_policy_checker *checker, signet_slice subject, int64_t now,
    signet_policy_decision *ret_decision)
{
    const signet_policy_subject *found =
        checker->policy ? signet_policy_find(checker->policy, subject) : NULL;
    bool is_allowed = sg_policy_decide(ret_decision, rule_for(checker, found, now));

    ret_decision->policy = checker->policy;
    ret_decision->subject = found;
    return is_allowed;
}

void
signet_policy_checker_free(signet_policy_checker *checker)
{
    if (!checker)
        return;
    signet_policy_free(checker->policy);
    free(checker);
}
