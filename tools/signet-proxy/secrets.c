/* SPDX-License-Identifier: Apache-2.0 */
/* What SIGHUP reads again: master key, credential of the upstream, policy. */
#include "base/file.h"
#include "base/text.h"
#include "secret_file.h"
#include "settings.h"

/* Hex of 32 bytes, trimmed. */
static signet_key *
read_hex_key(const char *text, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
    size_t start = strspn(text, " \t\r\n"), len = strlen(text + start);
    const size_t size = signet_ed25519.public_size;

    while (len > 0 && strchr(" \t\r\n", text[start + len - 1]))
        len--;
    if (!sg_hex_decode((signet_slice){(const uint8_t *)text + start, len}, &raw, NULL))
        return signet_fail_null(
            err, SIGNET_E_USAGE, "invalid master key hex: not an even number of hex digits");
    if (raw.len != size)
        return signet_fail_null(err, SIGNET_E_USAGE,
            "invalid master key length: got %zu bytes, expected %zu", raw.len, size);
    return signet_key_from_public(&signet_ed25519, signet_buf_slice(&raw), err);
}

static signet_key *
read_key_file(const char *path, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf pem = {0};
    signet_key *key = NULL;

    if (!sg_file_read(path, SIGNET_KEY_FILE_MAX, SG_FILE_REGULAR, &pem, err))
        return NULL;
    key = signet_key_from_pem(signet_only_ed25519, signet_buf_slice(&pem), err);
    if (!key)
        signet_error_prefix(err, path);
    return key;
}

static bool
read_key(const proxy_flags *flags, proxy_secrets *ret, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = flags->master_key_file ? read_key_file(flags->master_key_file, err)
                                 : read_hex_key(flags->master_key, err);
    if (!key)
        return false;
    if (signet_key_has_private(key))
        return signet_fail(
            err, SIGNET_E_KEY, "%s: a private key; give the public one", flags->master_key_file);
    return signet_key_kid(key, ret->key_id, err) && signet_key_write_pem(key, &ret->key_pem, err);
}

bool
proxy_secrets_read(const proxy_flags *flags, proxy_secrets *ret_secrets, signet_error *err)
{
    if (!read_key(flags, ret_secrets, err))
        return false;
    if (!(flags->token_file ? proxy_secret_read(flags->token_file, &ret_secrets->credential, err)
                            : proxy_secret_take(flags->token, &ret_secrets->credential, err)))
        return false;
    return !flags->purpose || proxy_policy_read(flags->purpose, &ret_secrets->policy, err);
}

void
proxy_secrets_free(proxy_secrets *secrets)
{
    signet_buf_free(&secrets->key_pem);
    signet_buf_free(&secrets->credential);
    proxy_policy_free(&secrets->policy);
}
