/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudonyms of identities: ours, and the reference's two formulas by name (tokens.md 7.4, 7.5;
 * W-76). */
#include <sodium.h>

#include <signet/identity.h>

#include "base/secret.h"
#include "base/text.h"
#include "crypto/digest.h"

static void
hmac(signet_slice secret, signet_slice message, char ret_ppid[65])
{
    crypto_auth_hmacsha256_state state;
    uint8_t digest[32];

    (void)crypto_auth_hmacsha256_init(&state, secret.ptr, secret.len);
    if (message.len > 0)
        (void)crypto_auth_hmacsha256_update(&state, message.ptr, message.len);
    (void)crypto_auth_hmacsha256_final(&state, digest);
    sg_wipe(&state, sizeof(state));
    sg_hex(ret_ppid, (signet_slice){digest, sizeof(digest)});
}

static void
make(const signet_ppid_rules *rules, signet_slice message, char ret_ppid[65])
{
    uint8_t digest[32];

    if (rules->secret.len > 0) {
        hmac(rules->secret, message, ret_ppid);
        return;
    }
    sg_sha256(message, digest);
    sg_hex(ret_ppid, (signet_slice){digest, sizeof(digest)});
}

static bool
append_counted(signet_buf *out, signet_slice bytes, signet_error *err)
{
    uint8_t length[4];

    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (uint8_t)(bytes.len >> (8 * (sizeof(length) - 1 - i)));
    return signet_buf_append(out, (signet_slice){length, sizeof(length)}, err) &&
           signet_buf_append(out, bytes, err);
}

/* "signet-sigid-ppid-v1", then kind, audience, issuer and identity, each behind its length. */
static bool
make_strict(const signet_ppid_rules *rules, const char *kind, signet_slice issuer,
    signet_slice identity, char ret_ppid[65], signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};

    if (rules->secret.len < SIGNET_PPID_SECRET_MIN)
        return signet_fail(err, SIGNET_E_USAGE, "secret: %zu bytes, at least %d", rules->secret.len,
            SIGNET_PPID_SECRET_MIN);
    if (!signet_buf_printf(&message, err, "signet-sigid-ppid-v1") ||
        !append_counted(&message, signet_slice_text(kind), err) ||
        !append_counted(&message, rules->audience, err) || !append_counted(&message, issuer, err) ||
        !append_counted(&message, identity, err))
        return false;
    make(rules, signet_buf_slice(&message), ret_ppid);
    return true;
}

bool
signet_ppid_of_text(const signet_ppid_rules *rules, signet_slice issuer, signet_slice identity,
    char ret_ppid[65], signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};

    if (!rules->as_reference)
        return make_strict(rules, "text", issuer, identity, ret_ppid, err);
    if (!signet_buf_append(&message, issuer, err) || !signet_buf_printf(&message, err, ":") ||
        !signet_buf_append(&message, identity, err))
        return false;
    make(rules, signet_buf_slice(&message), ret_ppid);
    return true;
}

bool
signet_ppid_of_owner(
    const signet_ppid_rules *rules, signet_slice owner, char ret_ppid[65], signet_error *err)
{
    if (!rules->as_reference)
        return make_strict(rules, "owner", (signet_slice){NULL, 0}, owner, ret_ppid, err);
    make(rules, owner, ret_ppid);
    return true;
}
