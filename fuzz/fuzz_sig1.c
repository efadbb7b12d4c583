/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/token.h>

#include "change.h"

enum { ROOM = 1024, NOW = 1700000000 };

static const uint8_t seed[SIGNET_SEED_SIZE] = {5};
static signet_key *key;
static signet_buf good;

static void
prepare(void)
{
    static const uint8_t bytes[32] = {7};
    signet_slice id = {bytes, sizeof(bytes)};
    signet_token_bytes behind = {0};
    signet_claims claims = {0};
    signet_token_request request = {.issuer = signet_slice_text("issuer"),
        .confirmation = id,
        .ephemeral_id = id,
        .now = NOW,
        .validity_ms = 300000};

    if (key)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    PROPERTY(key && signet_token_new(&request, &behind, &claims, NULL));
    claims.token_id = (signet_slice){bytes, 16}; /* the same in every run */
    PROPERTY(signet_sig1_encode(&claims, key, &good, NULL));
}

/* What can be taken apart has one spelling: its token, and its claims, give the same text. */
static void
check(signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0};
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice cose = {0};
    signet_sig1 sig1;

    if (!signet_sig1_inspect(text, &sig1, &cose, bytes, NULL)) {
        PROPERTY(sig1.token_len == 0 && !sig1.claims.issuer.ptr);
        return;
    }
    PROPERTY(signet_token_encode(&sig1.claims, &token, NULL));
    PROPERTY(signet_slice_is_equal(
        signet_buf_slice(&token), (signet_slice){sig1.token, sig1.token_len}));
    PROPERTY(text.len == 6 + (4 * sig1.token_len + 2) / 3 + (4 * cose.len + 2) / 3);
}

/* Any text, and a good one changed as it says: that one is not genuine. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];
    signet_slice changed = {0};
    signet_sig1 sig1;
    signet_error err = {0};

    prepare();
    check((signet_slice){data, size});
    if (signet_sig1_verify(signet_only_ed25519, (signet_slice){data, size}, key, &sig1, &err)) {
        SIGNET_AUTO(signet_buf_free) signet_buf again = {0};

        PROPERTY(signet_sig1_encode(&sig1.claims, key, &again, NULL));
        PROPERTY(signet_slice_is_equal((signet_slice){data, size}, signet_buf_slice(&again)));
    } else {
        PROPERTY(err.code != SIGNET_OK && sig1.token_len == 0);
    }
    changed = fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes));
    check(changed);
    PROPERTY(signet_sig1_verify(signet_only_ed25519, changed, key, &sig1, NULL) ==
             signet_slice_is_equal(changed, signet_buf_slice(&good)));
    return 0;
}
