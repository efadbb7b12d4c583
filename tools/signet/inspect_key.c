/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys, the public half of private ones, and trust files. */
#include <stdlib.h>

#include "base/text.h"
#include "input.h"
#include "inspect.h"
#include "key_argument.h"

enum { KEYFILE_FIXED = 8 + 1 + 1 + 4 + 4 + 16 + 24 };

static bool
begins_with(signet_slice bytes, const char *text)
{
    return bytes.len >= strlen(text) && memcmp(bytes.ptr, text, strlen(text)) == 0;
}

/* The algorithm whose key ids have as many digits, or NULL. */
static const signet_algorithm *
algorithm_of_id(signet_slice text)
{
    return key_argument_algorithm_of_id(input_all_algorithms(), text);
}

static signet_key *
read_der(signet_slice bytes, signet_error *err)
{
    signet_error other = {0};
    signet_key *key = signet_key_from_spki(input_all_algorithms(), bytes, err);

    return key ? key : signet_key_from_pkcs8(input_all_algorithms(), bytes, &other);
}

/* DER or PEM, public or private, or a key id. */
static signet_key *
read_key(signet_slice bytes, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
    const signet_algorithm *algorithm = NULL;

    if (inspect_contains(bytes, "-----BEGIN "))
        return signet_key_from_pem(input_all_algorithms(), bytes, err);
    algorithm = algorithm_of_id(input_line(bytes));
    if (!algorithm)
        return read_der(bytes, err);
    if (!sg_hex_decode(input_line(bytes), &raw, err))
        return NULL;
    return signet_key_from_public(algorithm, signet_buf_slice(&raw), err);
}

bool
inspect_is_key(signet_slice bytes)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (inspect_contains(bytes, "-----BEGIN "))
        return inspect_contains(bytes, "PUBLIC KEY-----") ||
               inspect_contains(bytes, "PRIVATE KEY-----") ||
               inspect_contains(bytes, "ENCRYPTED KEYS-----");
    key = read_key(bytes, NULL);
    return key || algorithm_of_id(input_line(bytes));
}

static void
show_key(report *to, const signet_key *key)
{
    char kid[SIGNET_KID_SIZE + 1], fingerprint[SIGNET_FINGERPRINT_SIZE + 1];
    uint8_t confirmation[32], ski[20];

    report_word(to, "algorithm", signet_key_algorithm(key)->name, NULL);
    report_bool(to, "private", signet_key_has_private(key),
        signet_key_has_private(key) ? "it can sign; that half is not shown"
                                    : "only the public key");
    report_hex(to, "public_key", signet_key_public(key), "the key id of commands");
    if (signet_key_kid(key, kid, NULL))
        report_word(to, "kid", kid, "canonical key id");
    if (signet_key_fingerprint(key, fingerprint, NULL))
        report_word(to, "fingerprint", fingerprint, "of a machine");
    signet_key_confirmation(key, confirmation);
    report_hex(to, "confirmation", (signet_slice){confirmation, sizeof(confirmation)},
        "cnf or eph_kid of tokens");
    signet_key_ski(key, ski);
    report_hex(to, "ski", (signet_slice){ski, sizeof(ski)}, "subject key identifier");
}

/* docs/formats/keyfile.md: the public keys stand there in the clear. */
static bool
show_encrypted(report *to, signet_slice bytes)
{
    size_t at = KEYFILE_FIXED;
    size_t count = 0;

    if (bytes.len <= KEYFILE_FIXED || !begins_with(bytes, "SIGNETKF"))
        return false;
    report_unsigned(to, "version", bytes.ptr[8], NULL);
    report_unsigned(to, "passes", (uint64_t)bytes.ptr[12] << 8 | bytes.ptr[13], "of Argon2id");
    count = bytes.ptr[at++];
    report_open_list(to, "keys", "encrypted under a passphrase; the public halves are:");
    for (size_t i = 0; i < count && at < bytes.len; i++) {
        size_t name = bytes.ptr[at], size = 0;

        if (bytes.len - at < name + 3)
            break;
        size = (size_t)bytes.ptr[at + 1 + name] << 8 | bytes.ptr[at + 2 + name];
        if (bytes.len - at - 3 - name < size)
            break;
        report_open(to, NULL, "a key");
        report_text(to, "algorithm", (signet_slice){bytes.ptr + at + 1, name}, NULL);
        report_hex(to, "public_key", (signet_slice){bytes.ptr + at + 3 + name, size},
            "the key id of commands");
        report_close(to);
        at += 3 + name + size;
    }
    report_close_list(to);
    return true;
}

/* The bytes of the first PEM block, whatever it is called. */
static bool
read_block(signet_slice text, signet_buf *out, signet_error *err)
{
    const uint8_t *begin = memmem(text.ptr, text.len, "KEYS-----", 9);
    const uint8_t *end = NULL;

    if (!begin)
        return signet_fail(err, SIGNET_E_DECODE, "not a key file");
    begin += 9;
    text = (signet_slice){begin, text.len - (size_t)(begin - text.ptr)};
    end = memmem(text.ptr, text.len, "-----END ", 9);
    if (!end)
        return signet_fail(err, SIGNET_E_DECODE, "PEM has no end");
    text.len = (size_t)(end - text.ptr);
    return sg_base64_decode(text, out, err);
}

static void
inspect_encrypted(report *to, signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    signet_error err = {0};

    if (!read_block(text, &bytes, &err)) {
        report_break(to, "key file", &err);
    } else if (!show_encrypted(to, signet_buf_slice(&bytes))) {
        signet_error_set(&err, SIGNET_E_DECODE, "key file: does not begin as one");
        report_break(to, NULL, &err);
    }
}

void
inspect_key(report *to, signet_slice bytes)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_error err = {0};

    if (inspect_contains(bytes, "ENCRYPTED KEYS-----")) {
        inspect_encrypted(to, bytes);
        return;
    }
    key = read_key(bytes, &err);
    if (key)
        show_key(to, key);
    else
        report_break(to, "key", &err);
    if (!key && bytes.len > 0 && bytes.ptr[0] == 0x30)
        inspect_show_der(to, bytes);
}

/* --- trust files --- */

bool
inspect_is_trust(signet_slice text)
{
    return inspect_contains(text, " ed25519=") || inspect_contains(text, " ml-dsa-44=") ||
           inspect_contains(text, " spki=") || inspect_contains(text, "\ted25519=");
}

static void
show_bound(report *to, const char *name, int64_t time, int64_t absent, const char *meaning)
{
    if (time != absent)
        report_time(to, name, time, meaning);
}

static void
show_signer(report *to, const signet_trusted_signer *signer)
{
    report_open(to, NULL, "a signer");
    report_text(to, "name", signet_slice_text(signer->name), NULL);
    report_unsigned(to, "line", signer->line, NULL);
    report_open_list(to, "keys", signer->any_is_enough ? "one of them is enough" : NULL);
    for (size_t i = 0; i < signer->key_count; i++) {
        report_open(to, NULL, "a key");
        show_key(to, signer->keys[i]);
        report_close(to);
    }
    report_close_list(to);
    show_bound(to, "valid_after", signer->valid_after, SIGNET_TIME_MIN, "from then on");
    show_bound(to, "valid_before", signer->valid_before, SIGNET_TIME_MAX, "before that");
    show_bound(to, "revoked_since", signer->revoked_since, SIGNET_TIME_MAX, "not from then on");
    report_close(to);
}

/* The text before line `number`. */
static signet_slice
lines_before(signet_slice text, unsigned long number)
{
    size_t at = 0;

    for (unsigned long line = 1; line < number && at < text.len; line++) {
        const uint8_t *end = memchr(text.ptr + at, '\n', text.len - at);

        at = end ? (size_t)(end - text.ptr) + 1 : text.len;
    }
    return (signet_slice){text.ptr, at};
}

void
inspect_trust(report *to, signet_slice text)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = signet_trust_new(NULL);
    signet_error err = {0};

    if (!trust)
        return;
    if (!signet_trust_parse(trust, input_all_algorithms(), text, &err)) {
        unsigned long line = begins_with(signet_slice_text(err.message), "line ")
                                 ? strtoul(err.message + 5, NULL, 10)
                                 : 1;

        report_break(to, NULL, &err);
        if (!signet_trust_parse(trust, input_all_algorithms(), lines_before(text, line), &err))
            report_note(to, "no line of it can be read");
    }
    report_open_list(to, "signers", "whose signatures are good, for whoever has this file");
    for (size_t i = 0; i < signet_trust_count(trust); i++)
        show_signer(to, signet_trust_at(trust, i));
    report_close_list(to);
}
