/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/proof.h>

#include "change.h"

enum { NOW = 1700000000, EXPIRES = NOW + 300, FACTS = 8 + 32, ROOM = 1024 };

static signet_key *master, *ephemeral;
static signet_buf good; /* expiry, raw ephemeral key, signature, purpose */

static const char purpose[] = "purpose";

static void
put_expiry(int64_t expires, uint8_t ret_bytes[8])
{
    for (int i = 0; i < 8; i++)
        ret_bytes[i] = (uint8_t)((uint64_t)expires >> (56 - 8 * i));
}

static void
prepare(void)
{
    static const uint8_t seeds[2][SIGNET_SEED_SIZE] = {{5}, {6}};
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t expiry[8];

    if (master)
        return;
    master = signet_key_from_seed(&signet_ed25519, (signet_slice){seeds[0], 32}, NULL);
    ephemeral = signet_key_from_seed(&signet_ed25519, (signet_slice){seeds[1], 32}, NULL);
    put_expiry(EXPIRES, expiry);
    PROPERTY(master && ephemeral &&
             signet_binding_write(ephemeral, EXPIRES, signet_slice_text(purpose), &message, NULL));
    PROPERTY(signet_buf_append(&good, (signet_slice){expiry, sizeof(expiry)}, NULL));
    PROPERTY(signet_buf_append(&good, signet_key_public(ephemeral), NULL));
    PROPERTY(signet_key_sign(master, signet_buf_slice(&message), &good, NULL));
    PROPERTY(signet_buf_append(&good, signet_slice_text(purpose), NULL));
}

/* The message of a binding can be read back: no two bindings have the same one. */
static void
check_message(const signet_binding *binding)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t expiry[8];

    if (!signet_binding_write(
            binding->ephemeral, binding->expires, binding->purpose, &message, NULL)) {
        PROPERTY(message.len == 0);
        return;
    }
    put_expiry(binding->expires, expiry);
    PROPERTY(message.len == 72 + binding->purpose.len);
    PROPERTY(memcmp(message.data + 28, signet_key_public(binding->ephemeral).ptr, 32) == 0);
    PROPERTY(memcmp(message.data + 60, expiry, 8) == 0);
    PROPERTY(message.data[70] == binding->purpose.len >> 8 &&
             message.data[71] == (binding->purpose.len & 0xff));
    PROPERTY(signet_slice_is_equal(
        (signet_slice){message.data + 72, message.len - 72}, binding->purpose));
}

/* Whether bytes of the form of `good` are a binding. */
static bool
is_genuine(signet_slice bytes)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_binding binding = {.master = master};
    uint64_t expires = 0;
    signet_error err = {0};

    if (bytes.len < FACTS + 64)
        return false;
    for (int i = 0; i < 8; i++)
        expires = expires << 8 | bytes.ptr[i];
    key = signet_key_from_public(&signet_ed25519, (signet_slice){bytes.ptr + 8, 32}, NULL);
    if (!key)
        return false;
    binding.ephemeral = key;
    binding.expires = (int64_t)expires;
    binding.signature = (signet_slice){bytes.ptr + FACTS, 64};
    binding.purpose = (signet_slice){bytes.ptr + FACTS + 64, bytes.len - FACTS - 64};
    check_message(&binding);
    if (signet_binding_check(signet_only_ed25519, &binding, NOW, &err))
        return true;
    PROPERTY(
        err.code == SIGNET_E_TIME || err.code == SIGNET_E_EPR || err.code == SIGNET_E_SIGNATURE);
    return false;
}

/* Any bytes, and a good binding changed as they say: only the good one itself is genuine. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];
    signet_slice changed = {0};

    prepare();
    PROPERTY(is_genuine((signet_slice){data, size}) ==
             signet_slice_is_equal((signet_slice){data, size}, signet_buf_slice(&good)));
    changed = fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes));
    PROPERTY(is_genuine(changed) == signet_slice_is_equal(changed, signet_buf_slice(&good)));
    return 0;
}
