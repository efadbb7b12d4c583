/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "policy_source.h"

/* Any bytes: what is read can be compiled, and reads back. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {9};
    const signet_policy_compiler_options options = {0};
    SIGNET_AUTO(signet_policy_compiler_free)
    signet_policy_compiler *compiler = signet_policy_compiler_new(&options, NULL);
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    PROPERTY(compiler && key);
    if (!policy_source_scim((signet_slice){data, size}, compiler, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE || err.code == SIGNET_E_USAGE);
        return 0;
    }
    if (!signet_policy_compile(compiler, key, 1, &out, &err)) {
        PROPERTY(err.code == SIGNET_E_USAGE); /* beyond a limit of the whole */
        return 0;
    }
    policy = signet_policy_open(signet_buf_slice(&out), key, NULL);
    PROPERTY(policy);
    return 0;
}
