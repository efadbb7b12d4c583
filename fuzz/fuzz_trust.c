/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/trust.h>

#include "fuzz.h"

static void
write_all(const signet_trust *trust, signet_buf *out)
{
    for (size_t i = 0; i < signet_trust_count(trust); i++)
        PROPERTY(signet_trust_write(signet_trust_at(trust, i), out, NULL));
}

/* Every signer is one who can sign something, and is found by each key, and nobody else is. */
static void
check_signers(const signet_trust *trust)
{
    for (size_t i = 0; i < signet_trust_count(trust); i++) {
        const signet_trusted_signer *signer = signet_trust_at(trust, i);

        PROPERTY(signet_trust_name_check(signer->name, NULL));
        PROPERTY(signer->key_count + signer->unread_key_count > 0);
        PROPERTY(signer->valid_after < signer->valid_before);
        PROPERTY(!signer->any_is_enough || signer->key_count + signer->unread_key_count == 2);
        PROPERTY(signer->line > (i > 0 ? signet_trust_at(trust, i - 1)->line : 0));
        for (size_t j = 0; j < signer->key_count; j++)
            PROPERTY(signet_trust_find(trust, signer->keys[j]) == signer);
    }
}

/*
 * What is refused leaves nothing behind and has a reason; what is accepted is written, and what was
 * written reads back and writes out as the very same bytes.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *given = signet_trust_new(NULL);
    SIGNET_AUTO(signet_trust_free) signet_trust *own = signet_trust_new(NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    signet_error err = {0};

    PROPERTY(given && own);
    if (!signet_trust_parse(given, signet_only_ed25519, (signet_slice){data, size}, &err)) {
        PROPERTY(err.code != SIGNET_OK && err.message[0] != '\0');
        PROPERTY(signet_trust_count(given) == 0);
        return 0;
    }
    check_signers(given);
    write_all(given, &once);
    PROPERTY(signet_trust_parse(own, signet_only_ed25519, signet_buf_slice(&once), NULL));
    check_signers(own);
    write_all(own, &twice);
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
    return 0;
}
