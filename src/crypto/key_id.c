/* SPDX-License-Identifier: Apache-2.0 */
/* The identifiers of a key, tokens.md 2.6 and 2.7: each a kind of its own, never compared. */
#include "base/text.h"
#include "crypto/digest.h"

static bool
digest_spki(const signet_key *key, uint8_t ret_digest[32], signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0};

    if (!signet_key_write_spki(key, &spki, err))
        return false;
    sg_sha256(signet_buf_slice(&spki), ret_digest);
    return true;
}

bool
signet_key_kid(const signet_key *key, char ret_kid[SIGNET_KID_SIZE + 1], signet_error *err)
{
    uint8_t digest[32];

    if (!digest_spki(key, digest, err))
        return false;
    sg_hex(ret_kid, (signet_slice){digest, SIGNET_KID_SIZE / 2});
    return true;
}

bool
signet_key_fingerprint(
    const signet_key *key, char ret_fingerprint[SIGNET_FINGERPRINT_SIZE + 1], signet_error *err)
{
    uint8_t digest[32];

    if (!digest_spki(key, digest, err))
        return false;
    sg_hex(ret_fingerprint, (signet_slice){digest, sizeof(digest)});
    return true;
}

void
signet_key_confirmation(const signet_key *key, uint8_t ret_digest[32])
{
    sg_sha256(signet_key_public(key), ret_digest);
}

void
signet_key_ski(const signet_key *key, uint8_t ret_ski[20])
{
    sg_sha1(signet_key_public(key), ret_ski);
}

bool
signet_key_write_id(const signet_key *key, signet_buf *out, signet_error *err)
{
    return sg_hex_append(out, signet_key_public(key), err);
}

bool
signet_kid_is_valid(signet_slice text)
{
    if (text.len != SIGNET_KID_SIZE)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';

        if (!is_digit && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
            return false;
    }
    return true;
}
