/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/policy.h>

#include "change.h"

enum { ROOM = 2048, NOW = 1700000000 };

static signet_key *key;
static signet_buf good;

static void
prepare(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {9};
    static const uint64_t ids[] = {1, 300};
    const signet_slice names[] = {signet_slice_text("a"), signet_slice_text("none")};
    const signet_policy_subject subjects[] = {
        {.name = signet_slice_text("ann"),
            .is_active = true,
            .has_groups = true,
            .groups = names,
            .group_count = 2,
            .algorithm = signet_slice_text("ed25519"),
            .max_cert_ttl = 60},
        {.name = signet_slice_text("off")},
    };
    const signet_policy_group group = {.name = names[0],
        .has_capabilities = true,
        .capabilities = ids,
        .capability_count = 2,
        .max_cert_ttl = 300};
    const signet_policy_fields fields = {1, 2, NOW, true, true, subjects, 2, &group, 1};

    if (key)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    PROPERTY(key && signet_policy_sign(&fields, key, &good, NULL));
}

/* What was read is written as the very same bytes, but for the signature; each subject is found. */
static void
check_read(signet_slice bytes)
{
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};
    const signet_policy_fields *fields = NULL;

    policy = signet_policy_decode(bytes, &err);
    if (!policy) {
        PROPERTY(err.code == SIGNET_E_DECODE || err.code == SIGNET_E_SIGNATURE);
        return;
    }
    fields = signet_policy_fields_of(policy);
    PROPERTY(signet_policy_sign(fields, key, &out, NULL));
    PROPERTY(out.len == bytes.len && memcmp(out.data, bytes.ptr, out.len - 64) == 0);
    for (size_t i = 0; i < fields->subject_count; i++) {
        const signet_policy_subject *subject = &fields->subjects[i];
        uint64_t ids[SIGNET_POLICY_CAPABILITIES_MAX];

        PROPERTY(signet_policy_find(policy, subject->name) == (subject->is_null ? NULL : subject));
        PROPERTY(
            signet_policy_capabilities(policy, subject, ids) <= SIGNET_POLICY_CAPABILITIES_MAX);
        (void)signet_policy_cert_ttl(policy, subject);
    }
}

/* Only the good bundle lets anybody pass. */
static void
check_taken(signet_slice bytes)
{
    const signet_policy_checker_options options = {.anchor = key};
    SIGNET_AUTO(signet_policy_checker_free)
    signet_policy_checker *checker = signet_policy_checker_new(&options, NULL);
    signet_policy_decision decision = {0};
    bool is_good = signet_slice_is_equal(bytes, signet_buf_slice(&good));

    PROPERTY(checker);
    PROPERTY(signet_policy_checker_take(checker, bytes, NOW, NULL) == is_good);
    PROPERTY(signet_policy_check(checker, signet_slice_text("ann"), NOW, &decision) == is_good);
    PROPERTY(!signet_policy_check(checker, signet_slice_text("off"), NOW, &decision));
}

/* Any bytes; and a good bundle changed as they say. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_slice input = {data, size}, changed = {0};
    uint8_t bytes[ROOM];

    prepare();
    changed = fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes));
    check_read(input);
    check_read(changed);
    check_taken(input);
    check_taken(changed);
    return 0;
}
