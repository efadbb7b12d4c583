/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/revocation.h>

#include "change.h"
#include "codec/cbor.h"

enum { ROOM = 4096, NOW = 1700000000 };

static const uint8_t seed_bytes[2][32] = {{1}, {2}};
static signet_key *key, *hybrid;
static signet_buf good;

static void
prepare(void)
{
    signet_bundle_key listed = {signet_slice_text("new"), {seed_bytes[0], 32}};
    signet_bundle_content content = {.epoch = 3,
        .seqno = 10,
        .keys = &listed,
        .key_count = 1,
        .key_id = signet_slice_text("new"),
        .previous_key_id = signet_slice_text("old"),
        .issued = NOW,
        .has_extension = true,
        .issuer = signet_slice_text("issuer"),
        .expires = NOW + 10};

    if (good.len > 0)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed_bytes[0], 32}, NULL);
    hybrid = signet_key_from_seed(&signet_ed25519, (signet_slice){seed_bytes[1], 32}, NULL);
    PROPERTY(key && hybrid && signet_bundle_sign(&content, key, hybrid, &good, NULL));
}

/* What was read writes and reads the same, and its signed bytes are CBOR as it should be. */
static void
check_forms(const signet_bundle *bundle)
{
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    SIGNET_AUTO(signet_bundle_free) signet_bundle *again = NULL;
    signet_slice signed_bytes = signet_bundle_signed_bytes(bundle);
    sg_cbor_reader in = sg_cbor_reader_of(signed_bytes);

    PROPERTY(signed_bytes.len > 0 && signed_bytes.ptr[0] == 0xa6);
    PROPERTY(sg_cbor_read_any(&in).len == signed_bytes.len);
    PROPERTY(signet_bundle_write(signet_bundle_said(bundle), &once, NULL));
    again = signet_bundle_read(signet_buf_slice(&once), SIGNET_BUNDLE_ANY_KEYS, NULL);
    PROPERTY(again);
    PROPERTY(signet_slice_is_equal(signet_bundle_signed_bytes(again), signed_bytes));
    PROPERTY(signet_bundle_write(signet_bundle_said(again), &twice, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
}

/* Only what says the same as the good bundle is genuine; then its epoch and keys decide. */
static void
check_genuine(const signet_bundle *bundle)
{
    const signet_bundle_anchor anchor = {.key = key, .hybrid = hybrid};
    const signet_bundle_issuer issuer = {signet_slice_text("issuer"), &anchor, 1};
    const signet_revocation_rules rules = {0};
    signet_claims claims = {.issuer = issuer.name, .key_id = signet_slice_text("old"), .epoch = 3};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_trusted_bundle trusted = {0};
    signet_revocation_outcome outcome = SIGNET_REVOCATION_GOOD;
    bool is_genuine = false;

    PROPERTY(signet_bundle_write(signet_bundle_said(bundle), &text, NULL));
    is_genuine = signet_bundle_verify(bundle, &issuer, &rules, NOW, &trusted, &outcome);
    PROPERTY(is_genuine == (outcome == SIGNET_REVOCATION_GOOD));
    PROPERTY(is_genuine == signet_slice_is_equal(signet_buf_slice(&text), signet_buf_slice(&good)));
    PROPERTY(signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, NULL) == is_genuine);
    claims.epoch = 2;
    PROPERTY(!signet_revocation_check(&trusted, &claims, &rules, NOW, &outcome, NULL));
}

static void
check(signet_slice text)
{
    SIGNET_AUTO(signet_bundle_free) signet_bundle *strict = NULL, *loose = NULL;
    signet_error err = {0};

    strict = signet_bundle_read(text, SIGNET_BUNDLE_STRICT, &err);
    PROPERTY((strict != NULL) == (err.code == SIGNET_OK));
    loose = signet_bundle_read(text, SIGNET_BUNDLE_ANY_KEYS, NULL);
    PROPERTY(loose || !strict);
    if (!loose)
        return;
    check_forms(loose);
    check_genuine(loose);
}

/* Any text, and a genuine bundle changed as it says. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];

    prepare();
    check((signet_slice){data, size});
    check(fuzz_change(signet_buf_slice(&good), data, size, bytes, ROOM));
    return 0;
}
