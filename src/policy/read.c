/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading bundles, authority.md 5.1, in their one encoding: so what is signed is what was received
 * (P1).  The bytes are walked twice: first nothing is allocated, everything is judged and counted;
 * the second walk fills arrays of exactly these sizes.
 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "policy/policy.h"

/* A walk.  On the first one `policy` is NULL. */
typedef struct {
    sg_cbor_reader in;
    signet_policy *policy;
    sg_policy_counts counts;
    signet_policy_fields fields;
    signet_slice body, signature;
} walk;

static bool
is_key(sg_cbor_reader *in, uint64_t key)
{
    if (sg_cbor_read_uint(in) != key)
        sg_cbor_refuse(in, "has keys that are missing, unknown or not in order");
    return !in->problem;
}

/* A key of a map of names; the one before is in `before`. */
static signet_slice
read_name(sg_cbor_reader *in, signet_slice *before, bool is_first)
{
    signet_slice name = sg_cbor_read_text(in);

    if (name.len > SIGNET_POLICY_NAME_MAX)
        sg_cbor_refuse(in, "has a name that is too long");
    if (!is_first && sg_policy_compare_names(*before, name) >= 0)
        sg_cbor_refuse(in, "has names that stand there twice or not in order");
    *before = name;
    return name;
}

/* An optional number or text that is there must say something: left out, it means the same. */
static uint64_t
read_seconds(sg_cbor_reader *in, uint64_t key)
{
    uint64_t seconds = is_key(in, key) ? sg_cbor_read_uint(in) : 0;

    if (seconds == 0)
        sg_cbor_refuse(in, "has a lifetime of 0 that should be absent");
    return seconds;
}

static void
read_memberships(walk *at, signet_policy_subject *subject)
{
    sg_cbor_reader *in = &at->in;

    subject->has_groups = !sg_cbor_read_null(in);
    if (!subject->has_groups)
        return;
    subject->group_count = sg_cbor_read_array(in);
    if (subject->group_count > SIGNET_POLICY_MEMBERSHIPS_MAX)
        sg_cbor_refuse(in, "has a subject with too many groups");
    if (at->policy)
        subject->groups = at->policy->group_names + at->counts.memberships;
    for (size_t i = 0; i < subject->group_count && !in->problem; i++) {
        signet_slice name = sg_cbor_read_text(in);

        if (name.len > SIGNET_POLICY_NAME_MAX)
            sg_cbor_refuse(in, "has a name that is too long");
        if (at->policy)
            at->policy->group_names[at->counts.memberships] = name;
        at->counts.memberships++;
    }
}

static void
read_subject(walk *at, signet_policy_subject *subject)
{
    sg_cbor_reader *in = &at->in;
    size_t pairs = 0;

    subject->is_null = sg_cbor_read_null(in);
    if (subject->is_null)
        return;
    pairs = sg_cbor_read_map(in);
    if (pairs < 2 || pairs > 4)
        sg_cbor_refuse(in, "has a subject that is not of two to four keys");
    if (is_key(in, SG_SUBJECT_ACTIVE))
        subject->is_active = sg_cbor_read_bool(in);
    if (is_key(in, SG_SUBJECT_GROUPS))
        read_memberships(at, subject);
    if (pairs == 4 || (pairs == 3 && in->left.len > 0 && in->left.ptr[0] == SG_SUBJECT_ALGORITHM)) {
        if (is_key(in, SG_SUBJECT_ALGORITHM))
            subject->algorithm = sg_cbor_read_text(in);
        if (subject->algorithm.len == 0 || subject->algorithm.len > SIGNET_POLICY_NAME_MAX)
            sg_cbor_refuse(in, "has an algorithm that is empty or too long");
        pairs--;
    }
    if (pairs == 3)
        subject->max_cert_ttl = read_seconds(in, SG_SUBJECT_TTL);
}

static void
read_capabilities(walk *at, signet_policy_group *group)
{
    sg_cbor_reader *in = &at->in;

    group->has_capabilities = !sg_cbor_read_null(in);
    if (!group->has_capabilities)
        return;
    group->capability_count = sg_cbor_read_array(in);
    if (group->capability_count > SIGNET_POLICY_CAPABILITIES_MAX)
        sg_cbor_refuse(in, "has a group with too many capabilities");
    if (at->policy)
        group->capabilities = at->policy->capabilities + at->counts.capabilities;
    for (size_t i = 0; i < group->capability_count && !in->problem; i++) {
        uint64_t id = sg_cbor_read_uint(in);

        if (at->policy)
            at->policy->capabilities[at->counts.capabilities] = id;
        at->counts.capabilities++;
    }
}

static void
read_group(walk *at, signet_policy_group *group)
{
    sg_cbor_reader *in = &at->in;
    size_t pairs = 0;

    group->is_null = sg_cbor_read_null(in);
    if (group->is_null)
        return;
    pairs = sg_cbor_read_map(in);
    if (pairs != 1 && pairs != 2)
        sg_cbor_refuse(in, "has a group that is not of one or two keys");
    if (is_key(in, SG_GROUP_CAPABILITIES))
        read_capabilities(at, group);
    if (pairs == 2)
        group->max_cert_ttl = read_seconds(in, SG_GROUP_TTL);
}

static void
read_subjects(walk *at)
{
    signet_slice before = {NULL, 0};

    if (!is_key(&at->in, SG_POLICY_SUBJECTS))
        return;
    at->fields.has_subjects = !sg_cbor_read_null(&at->in);
    at->counts.subjects = at->fields.has_subjects ? sg_cbor_read_map(&at->in) : 0;
    for (size_t i = 0; i < at->counts.subjects && !at->in.problem; i++) {
        signet_policy_subject subject = {.name = read_name(&at->in, &before, i == 0)};

        read_subject(at, &subject);
        if (at->policy)
            at->policy->subjects[i] = subject;
    }
}

static void
read_groups(walk *at)
{
    signet_slice before = {NULL, 0};

    if (!is_key(&at->in, SG_POLICY_GROUPS))
        return;
    at->fields.has_groups = !sg_cbor_read_null(&at->in);
    at->counts.groups = at->fields.has_groups ? sg_cbor_read_map(&at->in) : 0;
    for (size_t i = 0; i < at->counts.groups && !at->in.problem; i++) {
        signet_policy_group group = {.name = read_name(&at->in, &before, i == 0)};

        read_group(at, &group);
        if (at->policy)
            at->policy->groups[i] = group;
    }
}

/* The whole bundle, once. */
static bool
read_bundle(walk *at, signet_slice cbor, signet_error *err)
{
    sg_cbor_reader *in = &at->in;
    const uint8_t *start = NULL;

    *in = sg_cbor_reader_of(cbor);
    if (sg_cbor_read_map(in) != SG_POLICY_PAIRS)
        sg_cbor_refuse(in, "has not six keys");
    start = in->left.ptr;
    if (is_key(in, SG_POLICY_EPOCH))
        at->fields.epoch = sg_cbor_read_uint(in);
    if (is_key(in, SG_POLICY_SEQUENCE))
        at->fields.sequence = sg_cbor_read_uint(in);
    read_subjects(at);
    read_groups(at);
    if (is_key(in, SG_POLICY_ISSUED))
        at->fields.issued = sg_cbor_read_uint(in);
    if (!in->problem)
        at->body = (signet_slice){start, (size_t)(in->left.ptr - start)};
    if (is_key(in, SG_POLICY_SIGNATURE_KEY) && !sg_cbor_read_null(in))
        at->signature = sg_cbor_read_bytes(in);
    if (!sg_cbor_read_end(in, "policy", err))
        return false;
    if (at->signature.len == 0)
        return signet_fail(err, SIGNET_E_SIGNATURE, "policy: has no signature");
    if (at->signature.len != SIGNET_ED25519_SIGNATURE_SIZE)
        return signet_fail(err, SIGNET_E_SIGNATURE, "policy: a signature of %zu bytes, not %d",
            at->signature.len, SIGNET_ED25519_SIGNATURE_SIZE);
    return true;
}

static bool
check_signature(const walk *at, const signet_key *signer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    if (signet_key_algorithm(signer)->cose != signet_ed25519.cose)
        return signet_fail(err, SIGNET_E_ALGORITHM, "policy: not signed with Ed25519");
    if (!sg_policy_write_signed(at->body, &bytes, err))
        return false;
    if (signet_key_verify(signer, signet_buf_slice(&bytes), at->signature, err))
        return true;
    signet_error_prefix(err, "policy");
    return false;
}

/* The number of a group, or SG_POLICY_UNKNOWN. */
static uint32_t
group_number(const signet_policy *policy, signet_slice name)
{
    size_t low = 0, high = policy->fields.group_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sg_policy_compare_names(policy->groups[middle].name, name);

        if (order == 0)
            return policy->groups[middle].is_null ? SG_POLICY_UNKNOWN : (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SG_POLICY_UNKNOWN;
}

/* Memory for what was counted, and the bytes.  One more each, so that nothing asks for 0. */
static signet_policy *
new_policy(const walk *counted, signet_slice cbor, signet_error *err)
{
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    const sg_policy_counts *counts = &counted->counts;

    policy = calloc(1, sizeof(*policy));
    if (!policy)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a policy");
    policy->subjects = calloc(counts->subjects + 1, sizeof(*policy->subjects));
    policy->groups = calloc(counts->groups + 1, sizeof(*policy->groups));
    policy->group_names = calloc(counts->memberships + 1, sizeof(*policy->group_names));
    policy->memberships = calloc(counts->memberships + 1, sizeof(*policy->memberships));
    policy->capabilities = calloc(counts->capabilities + 1, sizeof(*policy->capabilities));
    if (!policy->subjects || !policy->groups || !policy->group_names || !policy->memberships ||
        !policy->capabilities)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a policy");
    if (!signet_buf_append(&policy->bytes, cbor, err))
        return NULL;
    sg_sha256(cbor, policy->digest);
    return SIGNET_TAKE(policy);
}

/*
 * Nobody has more capabilities than an answer has room for.  Counted without dropping doubles, so
 * that judging a bundle takes no longer than reading it.
 */
static bool
check_capabilities(const signet_policy *policy, signet_error *err)
{
    for (size_t i = 0; i < policy->fields.subject_count; i++) {
        const signet_policy_subject *subject = &policy->subjects[i];
        size_t total = 0;

        for (size_t j = 0; j < subject->group_count; j++) {
            size_t place = (size_t)(subject->groups - policy->group_names) + j;
            uint32_t number = policy->memberships[place];

            total += number == SG_POLICY_UNKNOWN ? 0 : policy->groups[number].capability_count;
        }
        if (total > SIGNET_POLICY_CAPABILITIES_MAX)
            return signet_fail(
                err, SIGNET_E_DECODE, "policy: subject %zu has too many capabilities", i);
    }
    return true;
}

static signet_policy *
read_policy(signet_slice cbor, const signet_key *signer, signet_error *err)
{
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    walk first = {0}, second = {0};

    if (cbor.len > SIGNET_POLICY_MAX)
        return signet_fail_null(
            err, SIGNET_E_DECODE, "policy: %zu bytes, at most %d", cbor.len, SIGNET_POLICY_MAX);
    if (!read_bundle(&first, cbor, err) || (signer && !check_signature(&first, signer, err)))
        return NULL;
    policy = new_policy(&first, cbor, err);
    if (!policy)
        return NULL;
    second.policy = policy;
    if (!read_bundle(&second, signet_buf_slice(&policy->bytes), err))
        return NULL;
    policy->fields = second.fields;
    policy->fields.subjects = policy->subjects;
    policy->fields.subject_count = second.counts.subjects;
    policy->fields.groups = policy->groups;
    policy->fields.group_count = second.counts.groups;
    for (size_t i = 0; i < second.counts.memberships; i++)
        policy->memberships[i] = group_number(policy, policy->group_names[i]);
    return check_capabilities(policy, err) ? SIGNET_TAKE(policy) : NULL;
}

signet_policy *
signet_policy_decode(signet_slice cbor, signet_error *err)
{
    return read_policy(cbor, NULL, err);
}

signet_policy *
signet_policy_open(signet_slice cbor, const signet_key *signer, signet_error *err)
{
    if (!signer)
        return signet_fail_null(err, SIGNET_E_USAGE, "policy: no key to verify it with");
    return read_policy(cbor, signer, err);
}

const signet_policy_fields *
signet_policy_fields_of(const signet_policy *policy)
{
    return &policy->fields;
}

void
signet_policy_free(signet_policy *policy)
{
    if (!policy)
        return;
    signet_buf_free(&policy->bytes);
    free(policy->subjects);
    free(policy->groups);
    free(policy->group_names);
    free(policy->memberships);
    free(policy->capabilities);
    free(policy);
}
