/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_policy.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_error err = {0};

    (void)fuzz_policy(policy_source_scim, (signet_slice){data, size}, &err);
    return 0;
}
