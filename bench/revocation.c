/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs to ask whether a token is revoked when the bundle was verified before, beside one
 * raw Ed25519 verification by the same library; and what a bundle that arrives costs.  Prints
 * "name, tab, median in nanoseconds of one" lines.
 */
#include <stdio.h>

#include <signet/signet.h>

#include "measure.h"

enum { NOW = 1700000000, ROUNDS = 201, BATCH = 10000, VERIFICATIONS = 20 };

#define CURRENT  "9408457aefd071cec127c1f985399308"
#define PREVIOUS "0408457aefd071cec127c1f985399308"

static signet_key *key;
static signet_bundle *bundle;
static signet_buf text, signature;
static signet_bundle_anchor anchor;
static signet_bundle_issuer issuer;
static const signet_revocation_rules rules = {0};
static signet_trusted_bundle trusted;
static signet_claims claims;

static bool
prepare(signet_error *err)
{
    static const uint8_t raw[32] = {7};
    signet_bundle_key listed[2] = {{signet_slice_text(CURRENT), {raw, sizeof(raw)}},
        {signet_slice_text(PREVIOUS), {raw, sizeof(raw)}}};
    signet_bundle_content content = {.epoch = 3,
        .seqno = 10,
        .keys = listed,
        .key_count = 2,
        .key_id = signet_slice_text(CURRENT),
        .previous_key_id = signet_slice_text(PREVIOUS),
        .issued = NOW};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    key = signet_key_generate(&signet_ed25519, err);
    anchor.key = key;
    issuer = (signet_bundle_issuer){signet_slice_text("did:key:issuer"), &anchor, 1};
    claims =
        (signet_claims){.issuer = issuer.name, .key_id = signet_slice_text(PREVIOUS), .epoch = 3};
    if (!key || !signet_bundle_sign(&content, key, NULL, &text, err))
        return false;
    bundle = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, err);
    return bundle && signet_bundle_verify(bundle, &issuer, &rules, NOW, &trusted, &outcome) &&
           signet_key_sign(key, signet_slice_text("bundle"), &signature, err);
}

static bool
verify(signet_error *err)
{
    return signet_key_verify(key, signet_slice_text("bundle"), signet_buf_slice(&signature), err);
}

static bool
arrive(signet_error *err)
{
    SIGNET_AUTO(signet_bundle_free)
    signet_bundle *read = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_STRICT, err);
    signet_trusted_bundle found = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    return read && signet_bundle_verify(read, &issuer, &rules, NOW, &found, &outcome);
}

static bool
check(signet_error *err)
{
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    return signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, err);
}

static bool
measure(const char *name, bool (*run)(signet_error *err), int batch, signet_error *err)
{
    static int64_t times[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        int64_t begin = measure_now();

        for (int n = 0; n < batch; n++) {
            if (!run(err))
                return false;
        }
        times[round] = (measure_now() - begin) / batch;
    }
    printf("%s\t%lld\n", name, (long long)measure_median(times, ROUNDS));
    return true;
}

int
main(void)
{
    signet_error err = {0};
    bool done = prepare(&err) && measure("raw verify, revocation", verify, VERIFICATIONS, &err) &&
                measure("bundle arrives", arrive, VERIFICATIONS, &err) &&
                measure("revocation check", check, BATCH, &err);

    signet_bundle_free(bundle);
    signet_key_free(key);
    signet_buf_free(&text);
    signet_buf_free(&signature);
    if (!done)
        fprintf(stderr, "revocation: %s\n", err.message);
    return done ? 0 : 1;
}
