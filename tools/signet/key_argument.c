/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/text.h"
#include "common/pki_loader.h"
#include "key_argument.h"

enum { PUBLIC_KEY_FILE_MAX = 64 << 10 };

static signet_slice
trimmed(signet_slice text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) && text.ptr[text.len - 1])
        text.len--;
    return text;
}

static bool
is_hex(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!text.ptr[i] || !strchr("0123456789abcdefABCDEF", text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

static bool
is_key_id(signet_slice text)
{
    bool fits =
        text.len / 2 == SIGNET_ED25519_PUBLIC_SIZE || text.len / 2 == SIGNET_MLDSA44_PUBLIC_SIZE;

    return fits && text.len % 2 == 0 && is_hex(text);
}

const signet_algorithm *
key_argument_algorithm_of_id(signet_algorithms accepted, signet_slice text)
{
    for (size_t i = 0; accepted[i]; i++) {
        if (text.len == 2 * accepted[i]->public_size && is_hex(text))
            return accepted[i];
    }
    return NULL;
}

static signet_key *
key_from_id(signet_slice text, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
    const pki_functions *pki = NULL;

    if (!sg_hex_decode(text, &raw, err))
        return NULL;
    if (raw.len == SIGNET_ED25519_PUBLIC_SIZE)
        return signet_key_from_public(&signet_ed25519, signet_buf_slice(&raw), err);
    pki = pki_load(err);
    return pki ? signet_key_from_public(pki->mldsa44, signet_buf_slice(&raw), err) : NULL;
}

static bool
contains(signet_slice bytes, const char *text)
{
    return bytes.ptr && bytes.len > 0 && memmem(bytes.ptr, bytes.len, text, strlen(text));
}

static signet_key *
key_from_encoding(signet_algorithms accepted, signet_slice bytes, signet_error *err)
{
    if (contains(bytes, "PRIVATE KEY") || contains(bytes, "ENCRYPTED KEYS"))
        return signet_fail_null(
            err, SIGNET_E_KEY, "holds a private key; give the public one (signet export-key)");
    if (contains(bytes, "-----BEGIN "))
        return signet_key_from_pem(accepted, bytes, err);
    return signet_key_from_spki(accepted, bytes, err);
}

static signet_key *
key_from_file(signet_slice bytes, signet_error *err)
{
    signet_algorithms accepted = NULL;

    if (is_key_id(trimmed(bytes)))
        return key_from_id(trimmed(bytes), err);
    accepted = pki_algorithms_for(bytes, err);
    return accepted ? key_from_encoding(accepted, bytes, err) : NULL;
}

/* The bytes of the file that `text` names, or why it is no key. */
static bool
read_file(const char *text, signet_buf *out, signet_error *err)
{
    signet_error reason = {0};

    if (sg_file_read(text, PUBLIC_KEY_FILE_MAX, SG_FILE_ANY, out, &reason))
        return true;
    if (reason.code == SIGNET_E_NOT_FOUND)
        return signet_fail(
            err, reason.code, "%s: neither a key id (64 or 2624 hex digits) nor a file", text);
    return signet_fail(err, reason.code, "%s", reason.message);
}

static signet_key *
raw_key(const signet_algorithm *algorithm, signet_slice id, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};

    if (!sg_hex_decode(id, &raw, err))
        return NULL;
    return signet_key_from_public(algorithm, signet_buf_slice(&raw), err);
}

signet_key *
key_argument_read_accepted(signet_algorithms accepted, const char *text, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    const signet_algorithm *algorithm =
        key_argument_algorithm_of_id(accepted, signet_slice_text(text));
    signet_slice id = {0};
    signet_key *key = NULL;

    if (algorithm)
        return raw_key(algorithm, signet_slice_text(text), err);
    if (!read_file(text, &bytes, err))
        return NULL;
    id = trimmed(signet_buf_slice(&bytes));
    algorithm = key_argument_algorithm_of_id(accepted, id);
    key = algorithm ? raw_key(algorithm, id, err)
                    : key_from_encoding(accepted, signet_buf_slice(&bytes), err);
    if (!key)
        signet_error_prefix(err, text);
    return key;
}

signet_key *
key_argument_read(const char *text, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    signet_key *key = NULL;

    if (is_key_id(signet_slice_text(text)))
        return key_from_id(signet_slice_text(text), err);
    if (!read_file(text, &bytes, err))
        return NULL;
    key = key_from_file(signet_buf_slice(&bytes), err);
    if (!key)
        signet_error_prefix(err, text);
    return key;
}

bool
key_argument_trust_line(
    const char *name, signet_key *const *keys, size_t count, signet_buf *out, signet_error *err)
{
    signet_trusted_signer signer = {.valid_after = SIGNET_TIME_MIN,
        .valid_before = SIGNET_TIME_MAX,
        .revoked_since = SIGNET_TIME_MAX};

    if (strlen(name) > SIGNET_TRUST_NAME_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "a name has at most %d bytes", SIGNET_TRUST_NAME_MAX);
    memcpy(signer.name, name, strlen(name));
    for (size_t i = 0; i < count && i < 2; i++)
        signer.keys[signer.key_count++] = keys[i];
    if (signer.key_count == 2 && signet_key_algorithm(keys[0]) != &signet_ed25519) {
        signer.keys[0] = keys[1];
        signer.keys[1] = keys[0];
    }
    return signet_trust_write(&signer, out, err);
}
