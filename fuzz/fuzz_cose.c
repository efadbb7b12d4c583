/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/cose.h>

#include "change.h"

enum { ROOM = 512 };

static const uint8_t seed[SIGNET_SEED_SIZE] = {5};
static signet_key *key;
static signet_buf good;

static void
prepare(void)
{
    if (key)
        return;
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    PROPERTY(key && signet_cose_sign(key, signet_slice_text("a payload"), &good, NULL));
}

/* What is genuine is what the key's owner would have written: no other message has the payload. */
static void
check(signet_slice message)
{
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};
    signet_slice payload = {0};
    signet_cose parts = {0};
    signet_error err = {0};

    if (!signet_cose_read(signet_only_ed25519, message, &parts, &err)) {
        PROPERTY(err.code == SIGNET_E_COSE || err.code == SIGNET_E_ALGORITHM ||
                 err.code == SIGNET_E_SIGNATURE);
        PROPERTY(!signet_cose_verify(signet_only_ed25519, message, key, &payload, NULL));
        return;
    }
    PROPERTY(parts.signature.len == SIGNET_ED25519_SIGNATURE_SIZE);
    PROPERTY(parts.signature.ptr + parts.signature.len == message.ptr + message.len);
    if (!signet_cose_verify(signet_only_ed25519, message, key, &payload, &err)) {
        PROPERTY(err.code == SIGNET_E_SIGNATURE);
        return;
    }
    PROPERTY(signet_slice_is_equal(payload, parts.payload));
    PROPERTY(signet_cose_sign(key, payload, &again, NULL));
    PROPERTY(signet_slice_is_equal(message, signet_buf_slice(&again)));
}

/* Any bytes, and a good message changed as they say: then it is not genuine. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];
    signet_slice changed = {0}, payload = {0};

    prepare();
    check((signet_slice){data, size});
    changed = fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes));
    PROPERTY(signet_cose_verify(signet_only_ed25519, changed, key, &payload, NULL) ==
             signet_slice_is_equal(changed, signet_buf_slice(&good)));
    return 0;
}
