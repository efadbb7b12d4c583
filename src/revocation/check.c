/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker (revocation specification 1.10): pure functions, with the rules R1, R2, R4, R8, R11
 * and R24 of section 7.1 in their hardened form.  `as_reference` undoes those, for comparisons.
 */
#include "revocation/bundle.h"

static int64_t
age_max(const signet_revocation_rules *rules)
{
    return rules->age_max > 0 && !rules->as_reference ? rules->age_max : SIGNET_BUNDLE_AGE_MAX;
}

signet_revocation_outcome
sg_bundle_judge_age(const signet_bundle *bundle, const signet_revocation_rules *rules, int64_t now)
{
    const signet_bundle_content *said = &bundle->said;
    int64_t age = 0;

    if (said->issued <= 0)
        return rules->as_reference ? SIGNET_REVOCATION_GOOD : SIGNET_REVOCATION_NO_TIME;
    if (__builtin_sub_overflow(now, said->issued, &age) || /* at the beginning of all time */
        age < -SIGNET_BUNDLE_AHEAD_MAX)
        return rules->as_reference ? SIGNET_REVOCATION_GOOD : SIGNET_REVOCATION_FUTURE;
    if (age > age_max(rules))
        return SIGNET_REVOCATION_STALE;
    if (said->has_extension && now > said->expires && !rules->as_reference)
        return SIGNET_REVOCATION_EXPIRED;
    return SIGNET_REVOCATION_GOOD;
}

/* Whether the clock stands before a second that it showed already (R24). */
static bool
is_clock_behind(int64_t now, int64_t accepted)
{
    int64_t step = 0;

    return __builtin_sub_overflow(accepted, now, &step) || step > SIGNET_BUNDLE_AHEAD_MAX;
}

signet_revocation_outcome
signet_bundle_compare(const signet_bundle_state *stored, const signet_bundle_state *seen,
    const signet_revocation_rules *rules)
{
    if (rules->as_reference)
        return seen->seqno < stored->seqno ? SIGNET_REVOCATION_ROLLBACK : SIGNET_REVOCATION_GOOD;
    if (stored->accepted > 0 && is_clock_behind(seen->accepted, stored->accepted))
        return SIGNET_REVOCATION_CLOCK;
    if (seen->generation < stored->generation)
        return SIGNET_REVOCATION_RETIRED_ANCHOR;
    if (seen->generation > stored->generation)
        return SIGNET_REVOCATION_GOOD;
    if (seen->seqno < stored->seqno)
        return SIGNET_REVOCATION_ROLLBACK;
    if (seen->seqno == stored->seqno && seen->has_digest && stored->has_digest &&
        memcmp(seen->digest, stored->digest, sizeof(seen->digest)) != 0)
        return SIGNET_REVOCATION_EQUIVOCATION;
    return SIGNET_REVOCATION_GOOD;
}

bool
signet_bundle_is_newer(const signet_bundle_state *stored, const signet_bundle_state *seen,
    const signet_revocation_rules *rules)
{
    if (rules->as_reference || seen->generation == stored->generation)
        return seen->seqno > stored->seqno ||
               (seen->seqno == stored->seqno && seen->has_digest && !stored->has_digest);
    return seen->generation > stored->generation;
}

bool
signet_bundle_advance(const signet_trusted_bundle *trusted, const signet_sequence_store *store,
    const signet_revocation_rules *rules, signet_revocation_outcome *ret_outcome, signet_error *err)
{
    signet_error own = {0};

    *ret_outcome = store->advance(store->context, trusted->issuer, &trusted->state, rules, &own);
    if (*ret_outcome == SIGNET_REVOCATION_GOOD)
        return true;
    if (own.code == SIGNET_OK)
        signet_revocation_explain(*ret_outcome, err);
    else
        signet_error_set(err, own.code, "%s", own.message);
    return false;
}

/* --- the token --- */

static uint64_t
epoch_of(const signet_claims *claims, const signet_revocation_rules *rules)
{
    if (rules->as_reference)
        return claims->capability_version > 0 ? claims->capability_version : claims->epoch;
    return claims->epoch > 0 ? claims->epoch : claims->capability_version;
}

static bool
is_listed(const signet_bundle_content *said, signet_slice id)
{
    for (size_t i = 0; i < said->key_count; i++) {
        if (signet_slice_is_equal(said->keys[i].id, id))
            return true;
    }
    return false;
}

static signet_revocation_outcome
judge_key(const signet_bundle_content *said, const signet_claims *claims,
    const signet_revocation_rules *rules)
{
    signet_slice id = claims->key_id;
    bool is_known = false;

    if (id.len == 0 && !rules->as_reference)
        return rules->may_lack_key_id ? SIGNET_REVOCATION_GOOD : SIGNET_REVOCATION_NO_KEY_ID;
    if (said->key_id.len > 0 || said->previous_key_id.len > 0)
        is_known = signet_slice_is_equal(id, said->key_id) ||
                   signet_slice_is_equal(id, said->previous_key_id);
    else
        is_known = is_listed(said, id);
    return is_known ? SIGNET_REVOCATION_GOOD : SIGNET_REVOCATION_UNKNOWN_KEY;
}

static signet_revocation_outcome
judge(const signet_trusted_bundle *trusted, const signet_claims *claims,
    const signet_revocation_rules *rules, int64_t now)
{
    const signet_bundle_content *said = &trusted->bundle->said;
    signet_revocation_outcome outcome = sg_bundle_judge_age(trusted->bundle, rules, now);

    if (!signet_slice_is_equal(trusted->issuer, claims->issuer))
        return SIGNET_REVOCATION_OTHER_ISSUER;
    if (outcome != SIGNET_REVOCATION_GOOD)
        return outcome;
    if (!rules->as_reference && is_clock_behind(now, trusted->state.accepted))
        return SIGNET_REVOCATION_CLOCK;
    if (epoch_of(claims, rules) < said->epoch)
        return SIGNET_REVOCATION_OLD_EPOCH;
    return judge_key(said, claims, rules);
}

bool
signet_revocation_check(const signet_trusted_bundle *trusted, const signet_claims *claims,
    const signet_revocation_rules *rules, int64_t now, signet_revocation_outcome *ret_outcome,
    signet_error *err)
{
    *ret_outcome =
        trusted->bundle ? judge(trusted, claims, rules, now) : SIGNET_REVOCATION_NO_BUNDLE;
    if (*ret_outcome == SIGNET_REVOCATION_GOOD)
        return true;
    signet_revocation_explain(*ret_outcome, err);
    return false;
}
