/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to a bundle, authority.md 5.2.  Subjects stand in the order of the encoding, so they
 * are found by halving; their groups were numbered when the bundle was read.  Nothing allocates.
 */
#include "policy/policy.h"

const signet_policy_subject *
signet_policy_find(const signet_policy *policy, signet_slice name)
{
    size_t low = 0, high = policy->fields.subject_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const signet_policy_subject *subject = &policy->subjects[middle];
        int order = sg_policy_compare_names(subject->name, name);

        if (order == 0)
            return subject->is_null ? NULL : subject;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* A group of a subject, or NULL when nobody defined it. */
static const signet_policy_group *
group_of(const signet_policy *policy, const signet_policy_subject *subject, size_t place)
{
    uint32_t number = policy->memberships[(size_t)(subject->groups - policy->group_names) + place];

    return number == SG_POLICY_UNKNOWN ? NULL : &policy->groups[number];
}

static bool
is_among(const uint64_t *ids, size_t count, uint64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

size_t
signet_policy_capabilities(const signet_policy *policy, const signet_policy_subject *subject,
    uint64_t ret_ids[SIGNET_POLICY_CAPABILITIES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < subject->group_count; i++) {
        const signet_policy_group *group = group_of(policy, subject, i);

        for (size_t j = 0; group && j < group->capability_count; j++) {
            if (count < SIGNET_POLICY_CAPABILITIES_MAX &&
                !is_among(ret_ids, count, group->capabilities[j]))
                ret_ids[count++] = group->capabilities[j];
        }
    }
    return count;
}

uint64_t
signet_policy_cert_ttl(const signet_policy *policy, const signet_policy_subject *subject)
{
    uint64_t least = 0;

    if (subject->max_cert_ttl > 0)
        return subject->max_cert_ttl;
    for (size_t i = 0; i < subject->group_count; i++) {
        const signet_policy_group *group = group_of(policy, subject, i);
        uint64_t seconds = group ? group->max_cert_ttl : 0;

        if (seconds > 0 && (least == 0 || seconds < least))
            least = seconds;
    }
    return least;
}
