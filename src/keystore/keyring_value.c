/* SPDX-License-Identifier: Apache-2.0 */
/* What the Go reference keeps in the desktop's keyring under "signet", "master-key". */
#include <signet/keystore.h>

#include "base/text.h"

enum { LARGEST_NAME = 32 };

static const signet_algorithm *
named(signet_algorithms accepted, signet_slice name, signet_error *err)
{
    const signet_algorithm *algorithm = NULL;
    char text[LARGEST_NAME + 1] = {0};

    if (name.len <= LARGEST_NAME && !memchr(name.ptr, '\0', name.len)) {
        memcpy(text, name.ptr, name.len);
        algorithm = signet_algorithm_named(accepted, text);
    }
    if (!algorithm)
        return signet_fail_null(err, SIGNET_E_ALGORITHM, "unsupported algorithm in keyring: %.*s",
            (int)(name.len > LARGEST_NAME ? LARGEST_NAME : name.len), (const char *)name.ptr);
    return algorithm;
}

signet_key *
signet_key_from_keyring_value(signet_algorithms accepted, signet_slice value, signet_error *err)
{
    static const char legacy[] = "ed25519";
    const uint8_t *colon = value.len > 0 ? memchr(value.ptr, ':', value.len) : NULL;
    const signet_algorithm *algorithm = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf seed = {0};
    signet_slice name = signet_slice_text(legacy);
    signet_slice hex = value;

    if (colon && colon > value.ptr) {
        name = (signet_slice){value.ptr, (size_t)(colon - value.ptr)};
        hex = (signet_slice){colon + 1, value.len - name.len - 1};
    }
    algorithm = named(accepted, name, err);
    if (!algorithm)
        return NULL;
    if (hex.len != (size_t)2 * SIGNET_SEED_SIZE)
        return signet_fail_null(err, SIGNET_E_DECODE, "invalid key data in keyring");
    if (!sg_hex_decode(hex, &seed, err)) {
        signet_error_prefix(err, "invalid key data in keyring");
        return NULL;
    }
    return signet_key_from_seed(algorithm, signet_buf_slice(&seed), err);
}
