/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_policy.h"

/* Any bytes; the line of a refusal is told. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_error err = {0};

    if (!fuzz_policy(policy_source_yaml, (signet_slice){data, size}, &err))
        PROPERTY(strncmp(err.message, "line ", 5) == 0 || err.code == SIGNET_E_USAGE);
    return 0;
}
