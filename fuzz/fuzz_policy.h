/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of policies have in common: what is read can be compiled, and reads back. */
#ifndef SG_FUZZ_POLICY_H
#define SG_FUZZ_POLICY_H

#include "fuzz.h"
#include "policy_source.h"

typedef bool fuzz_policy_read(
    signet_slice text, signet_policy_compiler *compiler, signet_error *err);

/** False when `read` refused the bytes, and why. */
static bool
fuzz_policy(fuzz_policy_read *read, signet_slice bytes, signet_error *err)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {9};
    const signet_policy_compiler_options options = {0};
    SIGNET_AUTO(signet_policy_compiler_free)
    signet_policy_compiler *compiler = signet_policy_compiler_new(&options, NULL);
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    PROPERTY(compiler && key);
    if (!read(bytes, compiler, err)) {
        PROPERTY(err->code == SIGNET_E_DECODE || err->code == SIGNET_E_USAGE);
        return false;
    }
    if (!signet_policy_compile(compiler, key, 1, &out, err)) {
        PROPERTY(err->code == SIGNET_E_USAGE); /* beyond a limit of the whole */
        return true;
    }
    policy = signet_policy_open(signet_buf_slice(&out), key, NULL);
    PROPERTY(policy);
    return true;
}

#endif
