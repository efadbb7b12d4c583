/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/key.h>

#include "fuzz.h"

/* What was read in its one encoding is written as the very same bytes. */
static void
check_same(const signet_key *key, signet_slice der,
    bool (*write)(const signet_key *, signet_buf *, signet_error *))
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    PROPERTY(write(key, &out, NULL));
    PROPERTY(signet_slice_is_equal(der, signet_buf_slice(&out)));
}

/* A signature by the key is genuine under the public half of it, which differs in nothing else. */
static void
check_signing(const signet_key *key)
{
    SIGNET_AUTO(signet_key_free) signet_key *public_key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    signet_slice message = signet_slice_text("message");

    public_key = signet_key_from_public(signet_key_algorithm(key), signet_key_public(key), NULL);
    PROPERTY(public_key && signet_key_is_same(key, public_key));
    PROPERTY(!signet_key_has_private(public_key));
    PROPERTY(signet_key_sign(key, message, &signature, NULL));
    PROPERTY(signet_key_verify(public_key, message, signet_buf_slice(&signature), NULL));
    signature.data[signature.len / 2] ^= 1;
    PROPERTY(!signet_key_verify(public_key, message, signet_buf_slice(&signature), NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_key_free) signet_key *spki = NULL, *pkcs8 = NULL, *pem = NULL;
    signet_slice input = {data, size};

    spki = signet_key_from_spki(signet_only_ed25519, input, NULL);
    if (spki)
        check_same(spki, input, signet_key_write_spki);
    pkcs8 = signet_key_from_pkcs8(signet_only_ed25519, input, NULL);
    if (pkcs8) {
        check_same(pkcs8, input, signet_key_write_pkcs8);
        check_signing(pkcs8);
    }
    PROPERTY(!(spki && pkcs8));
    pem = signet_key_from_pem(signet_only_ed25519, input, NULL);
    if (pem && signet_key_has_private(pem))
        check_signing(pem);
    return 0;
}
