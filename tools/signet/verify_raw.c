/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bare signature has no time and no name.  So it is judged now (or at --at): after a revocation
 * nobody can tell whether it is older, and it is refused.
 */
#include "common/cli.h"
#include "raw.h"
#include "verify.h"

typedef struct {
    const signet_key *keys[RAW_CANDIDATES_MAX];
    const signet_trusted_signer *signers[RAW_CANDIDATES_MAX];
    size_t count;
} candidates;

/* Everybody who has an ML-DSA-44 key and the name that is asked for. */
static bool
find_candidates(const signet_trust *trust, const signet_algorithm *algorithm, const char *name,
    candidates *found, signet_error *err)
{
    for (size_t i = 0; i < signet_trust_count(trust); i++) {
        const signet_trusted_signer *signer = signet_trust_at(trust, i);

        for (size_t j = 0; j < signer->key_count; j++) {
            if (signet_key_algorithm(signer->keys[j]) != algorithm ||
                (name && strcmp(signer->name, name) != 0))
                continue;
            if (found->count == RAW_CANDIDATES_MAX)
                return signet_fail(err, SIGNET_E_USAGE,
                    "a bare signature names no key, and more than %d could have made it; say "
                    "which with --signer or --key",
                    RAW_CANDIDATES_MAX);
            found->keys[found->count] = signer->keys[j];
            found->signers[found->count++] = signer;
        }
    }
    return true;
}

static signet_verdict
judge_signer(const verify_order *order, const signet_trusted_signer *signer, signet_error *reason)
{
    int64_t at = order->rules.has_at ? order->rules.at : cli_now();
    bool wants_both = signer->key_count + signer->unread_key_count > 1 && !signer->any_is_enough;

    if (order->rules.require == SIGNET_REQUIRE_HYBRID ||
        order->rules.require == SIGNET_REQUIRE_ED25519) {
        signet_error_set(reason, SIGNET_E_SIGNATURE, "an Ed25519 signature is required");
        return SIGNET_VERDICT_BAD;
    }
    if (wants_both) {
        signet_error_set(reason, SIGNET_E_SIGNATURE,
            "both signatures of this signer are required, and a bare one is one; --key names the "
            "only key that counts");
        return SIGNET_VERDICT_BAD;
    }
    if (at >= signer->revoked_since) {
        signet_error_set(reason, SIGNET_E_REVOKED, "the signer's key is revoked");
        return SIGNET_VERDICT_REVOKED;
    }
    if (at < signer->valid_after || at >= signer->valid_before) {
        signet_error_set(reason, SIGNET_E_TIME, "the signer is not trusted at this time");
        return SIGNET_VERDICT_EXPIRED;
    }
    return SIGNET_VERDICT_GOOD;
}

bool
verify_raw(const verify_order *order, signet_slice signature, content *from, int *ret_status,
    signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    const pki_functions *pki = pki_load(err);
    verify_result found = {
        .format = "raw-mldsa", .algorithms = {"ml-dsa-44"}, .algorithm_count = 1};
    candidates all = {0};
    size_t index = 0;

    if (!pki)
        return false;
    trust = verify_trust(order, pki->algorithms, err);
    if (!trust || !find_candidates(trust, pki->mldsa44, order->rules.signer, &all, err))
        return false;
    if (all.count == 0)
        return signet_fail(err, SIGNET_E_NOT_FOUND,
            "no ML-DSA-44 key is trusted that could have made this bare signature (see --key)");
    if (raw_verify(from, signature, all.keys, all.count, &index, &found.reason)) {
        found.signer = all.signers[index];
        found.name = signet_slice_text(found.signer->name);
        found.verdict = judge_signer(order, found.signer, &found.reason);
    } else if (found.reason.code == SIGNET_E_SIGNATURE) {
        found.verdict = SIGNET_VERDICT_BAD;
    } else {
        *err = found.reason;
        return false;
    }
    *ret_status = verify_report(order, &found);
    return true;
}
