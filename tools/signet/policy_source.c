/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_source.h"

bool
policy_source_number(signet_slice text, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (text.len == 0 || (text.ptr[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text.ptr[i] - '0'), &number))
            return false;
    }
    *ret_number = number;
    return true;
}

bool
policy_source_check_groups(
    const signet_policy *policy, const signet_policy_compiler *compiler, signet_error *err)
{
    const signet_policy_fields *fields = signet_policy_fields_of(policy);

    for (size_t i = 0; i < fields->subject_count; i++) {
        const signet_policy_subject *subject = &fields->subjects[i];

        for (size_t j = 0; j < subject->group_count; j++) {
            signet_slice name = subject->groups[j];

            if (!signet_policy_compiler_group(compiler, name))
                return signet_fail(err, SIGNET_E_NOT_FOUND,
                    "subject \"%.*s\" is in group \"%.*s\", which nobody defined",
                    subject->name.len > 64 ? 64 : (int)subject->name.len,
                    (const char *)subject->name.ptr, name.len > 64 ? 64 : (int)name.len,
                    (const char *)name.ptr);
        }
    }
    return true;
}
