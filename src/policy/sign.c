/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing bundles, authority.md 5.1.  Lists and maps that are absent are null, and both are signed;
 * what is 0 or empty among the optional members is left out.
 */
#include <stdlib.h>

#include "policy/policy.h"

int
sg_policy_compare_names(signet_slice a, signet_slice b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.ptr, b.ptr, a.len);
}

static int
compare_entries(const void *a, const void *b)
{
    const signet_slice *const *left = a, *const *right = b;

    return sg_policy_compare_names(**left, **right);
}

/*
 * Entries of `size` bytes that begin with their name, in the order of the encoding.  NULL: a name
 * stands there twice or is too long, or there are too many.
 */
static const void **
sort_entries(const void *entries, size_t size, size_t count, const char *what, signet_error *err)
{
    const void **sorted = NULL;

    if (count > SIGNET_POLICY_ENTRIES_MAX)
        return signet_fail_null(err, SIGNET_E_USAGE, "policy: %zu %s, at most %d", count, what,
            SIGNET_POLICY_ENTRIES_MAX);
    sorted = calloc(count + 1, sizeof(*sorted));
    if (!sorted)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a policy");
    for (size_t i = 0; i < count; i++)
        sorted[i] = (const char *)entries + i * size;
    qsort(sorted, count, sizeof(*sorted), compare_entries);
    for (size_t i = 0; i < count; i++) {
        const signet_slice *name = sorted[i], *before = i > 0 ? sorted[i - 1] : NULL;

        if (name->len > SIGNET_POLICY_NAME_MAX ||
            (before && signet_slice_is_equal(*before, *name))) {
            signet_error_set(err, SIGNET_E_USAGE, "policy: %s \"%.*s\" %s", what,
                name->len > 64 ? 64 : (int)name->len, (const char *)name->ptr,
                name->len > SIGNET_POLICY_NAME_MAX ? "is too long" : "stands there twice");
            free(sorted);
            return NULL;
        }
    }
    return sorted;
}

static void
write_subject(sg_cbor_writer *to, const signet_policy_subject *subject)
{
    sg_cbor_write_text(to, subject->name);
    if (subject->is_null) {
        sg_cbor_write_null(to);
        return;
    }
    sg_cbor_write_map(to, 2U + (subject->algorithm.len > 0) + (subject->max_cert_ttl > 0));
    sg_cbor_write_uint(to, SG_SUBJECT_ACTIVE);
    sg_cbor_write_raw(to, signet_slice_text(subject->is_active ? "\xf5" : "\xf4"));
    sg_cbor_write_uint(to, SG_SUBJECT_GROUPS);
    if (subject->has_groups)
        sg_cbor_write_array(to, subject->group_count);
    else
        sg_cbor_write_null(to);
    for (size_t i = 0; subject->has_groups && i < subject->group_count; i++)
        sg_cbor_write_text(to, subject->groups[i]);
    if (subject->algorithm.len > 0) {
        sg_cbor_write_uint(to, SG_SUBJECT_ALGORITHM);
        sg_cbor_write_text(to, subject->algorithm);
    }
    if (subject->max_cert_ttl > 0) {
        sg_cbor_write_uint(to, SG_SUBJECT_TTL);
        sg_cbor_write_uint(to, subject->max_cert_ttl);
    }
}

static void
write_group(sg_cbor_writer *to, const signet_policy_group *group)
{
    sg_cbor_write_text(to, group->name);
    if (group->is_null) {
        sg_cbor_write_null(to);
        return;
    }
    sg_cbor_write_map(to, 1U + (group->max_cert_ttl > 0));
    sg_cbor_write_uint(to, SG_GROUP_CAPABILITIES);
    if (group->has_capabilities)
        sg_cbor_write_array(to, group->capability_count);
    else
        sg_cbor_write_null(to);
    for (size_t i = 0; group->has_capabilities && i < group->capability_count; i++)
        sg_cbor_write_uint(to, group->capabilities[i]);
    if (group->max_cert_ttl > 0) {
        sg_cbor_write_uint(to, SG_GROUP_TTL);
        sg_cbor_write_uint(to, group->max_cert_ttl);
    }
}

/* The head of a map under `key`, or null. */
static void
write_head(sg_cbor_writer *to, uint64_t key, bool is_there, size_t count)
{
    sg_cbor_write_uint(to, key);
    if (is_there)
        sg_cbor_write_map(to, count);
    else
        sg_cbor_write_null(to);
}

/* The keys 1 to 5, without the head of their map. */
static bool
write_body(const signet_policy_fields *fields, signet_buf *out, signet_error *err)
{
    size_t subject_count = fields->has_subjects ? fields->subject_count : 0;
    size_t group_count = fields->has_groups ? fields->group_count : 0;
    const void **subjects = NULL, **groups = NULL;
    sg_cbor_writer to = sg_cbor_writer_to(out);

    subjects =
        sort_entries(fields->subjects, sizeof(*fields->subjects), subject_count, "subject", err);
    if (!subjects)
        return false;
    groups = sort_entries(fields->groups, sizeof(*fields->groups), group_count, "group", err);
    if (!groups) {
        free(subjects);
        return false;
    }
    sg_cbor_write_uint(&to, SG_POLICY_EPOCH);
    sg_cbor_write_uint(&to, fields->epoch);
    sg_cbor_write_uint(&to, SG_POLICY_SEQUENCE);
    sg_cbor_write_uint(&to, fields->sequence);
    write_head(&to, SG_POLICY_SUBJECTS, fields->has_subjects, subject_count);
    for (size_t i = 0; i < subject_count; i++)
        write_subject(&to, subjects[i]);
    write_head(&to, SG_POLICY_GROUPS, fields->has_groups, group_count);
    for (size_t i = 0; i < group_count; i++)
        write_group(&to, groups[i]);
    sg_cbor_write_uint(&to, SG_POLICY_ISSUED);
    sg_cbor_write_uint(&to, fields->issued);
    free(subjects);
    free(groups);
    return sg_cbor_write_end(&to, err);
}

bool
sg_policy_write_signed(signet_slice body, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = {0};

    if (!signet_buf_append(out, signet_slice_text(SG_POLICY_TAG), err))
        return false;
    to = sg_cbor_writer_to(out);
    sg_cbor_write_map(&to, SG_POLICY_SIGNED_PAIRS);
    sg_cbor_write_raw(&to, body);
    return sg_cbor_write_end(&to, err);
}

/* Only what would be read back is written: so the limits stand in one place. */
static bool
check_written(signet_slice bytes, signet_error *err)
{
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    signet_error problem = {0};

    policy = signet_policy_decode(bytes, &problem);
    if (!policy && err) {
        *err = problem;
        err->code = problem.code == SIGNET_E_NOMEM ? SIGNET_E_NOMEM : SIGNET_E_USAGE;
    }
    return policy != NULL;
}

bool
signet_policy_sign(const signet_policy_fields *fields, const signet_key *signer, signet_buf *out,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf body = {0}, bytes = {0}, signature = {0};
    sg_cbor_writer to = sg_cbor_writer_to(out);

    if (signet_key_algorithm(signer)->cose != signet_ed25519.cose)
        return signet_fail(err, SIGNET_E_ALGORITHM, "a policy is signed with Ed25519");
    if (!write_body(fields, &body, err) ||
        !sg_policy_write_signed(signet_buf_slice(&body), &bytes, err) ||
        !signet_key_sign(signer, signet_buf_slice(&bytes), &signature, err))
        return false;
    sg_cbor_write_map(&to, SG_POLICY_PAIRS);
    sg_cbor_write_raw(&to, signet_buf_slice(&body));
    sg_cbor_write_uint(&to, SG_POLICY_SIGNATURE_KEY);
    sg_cbor_write_bytes(&to, signet_buf_slice(&signature));
    if (!sg_cbor_write_end(&to, err))
        return false;
    if (check_written((signet_slice){out->data + to.before, out->len - to.before}, err))
        return true;
    out->len = to.before;
    return false;
}
