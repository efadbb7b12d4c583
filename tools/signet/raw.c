/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bare signature says nothing about what was signed.  The same key signs certificates, bindings
 * of ephemeral keys and COSE, so a "file" prepared by somebody else could be one of those, and its
 * signature would make it real (S-02).  What begins like one is not signed in this format; a CMS
 * signature has a digest of the file under a key of its own, and takes any file.
 */
#include "common/pki_loader.h"
#include "raw.h"

enum {
    TAG_INTEGER = 0x02,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_VERSION = 0xa0
};

bool
raw_is_signature(signet_slice bytes)
{
    static const char base64[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n";
    static const uint8_t der_of_that_size[] = {0x30, 0x82, 0x09, 0x70};

    if (bytes.len != SIGNET_MLDSA44_SIGNATURE_SIZE ||
        memcmp(bytes.ptr, der_of_that_size, sizeof(der_of_that_size)) == 0)
        return false;
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == 0 || !strchr(base64, bytes.ptr[i]))
            return bytes.ptr[0] != '-' || memcmp(bytes.ptr, "-----BEGIN ", 11) != 0;
    }
    return false;
}

/*
 * Step over the tag and length of an element, by the loosest of readings (BER, any length): whoever
 * wants to be fooled may be lenient, so this must be too.
 */
static bool
enter(signet_slice *left, uint8_t tag, size_t *ret_size)
{
    size_t octets = 0, size = 0;

    if (left->len < 2 || left->ptr[0] != tag)
        return false;
    if (left->ptr[1] > 0x80)
        octets = left->ptr[1] & 0x7f;
    else
        size = left->ptr[1];
    if (left->len - 2 < octets)
        return false;
    for (size_t i = 0; i < octets; i++)
        size = size << 8 | left->ptr[2 + i];
    left->ptr += 2 + octets;
    left->len -= 2 + octets;
    *ret_size = size;
    return true;
}

/* A SEQUENCE that begins with a version, or with a number and another SEQUENCE. */
static bool
is_like_a_certificate(signet_slice bytes)
{
    size_t size = 0;

    if (!enter(&bytes, TAG_SEQUENCE, &size) || bytes.len == 0)
        return false;
    if (bytes.ptr[0] == TAG_VERSION)
        return true;
    if (!enter(&bytes, TAG_INTEGER, &size) || size >= bytes.len)
        return false;
    return bytes.ptr[size] == TAG_SEQUENCE;
}

/* A SET whose first element is a SEQUENCE that begins with an object identifier. */
static bool
is_like_cms_attributes(signet_slice bytes)
{
    size_t size = 0;

    return enter(&bytes, TAG_SET, &size) && enter(&bytes, TAG_SEQUENCE, &size) && bytes.len > 0 &&
           bytes.ptr[0] == TAG_OID;
}

static bool
begins_with(signet_slice bytes, const char *text)
{
    size_t len = strlen(text);

    return bytes.len >= len && memcmp(bytes.ptr, text, len) == 0;
}

static bool
check_beginning(signet_slice bytes, signet_error *err)
{
    const char *what = NULL;

    if (is_like_a_certificate(bytes))
        what = "a certificate or request to be signed";
    else if (is_like_cms_attributes(bytes))
        what = "signed attributes of a CMS message";
    else if (begins_with(bytes, "signet-ephemeral-"))
        what = "a binding of an ephemeral key";
    else if (begins_with(bytes, "\x84\x6aSignature1"))
        what = "a COSE message to be signed";
    if (what)
        return signet_fail(err, SIGNET_E_KEY,
            "begins like %s, which the raw format must not sign with a master key; use --format "
            "pem",
            what);
    return true;
}

/* One reading of the content under several keys. */
typedef struct {
    const pki_functions *pki;
    signet_mldsa44_message *messages[RAW_CANDIDATES_MAX];
    size_t count;
} reading;

static void
free_reading(reading *all)
{
    for (size_t i = 0; i < all->count; i++)
        all->pki->mldsa44_free(all->messages[i]);
}

static bool
begin(reading *all, const signet_key *const *keys, size_t count, signet_error *err)
{
    all->pki = pki_load(err);
    if (!all->pki)
        return false;
    for (size_t i = 0; i < count; i++) {
        all->messages[i] = all->pki->mldsa44_begin(signet_key_public(keys[i]), err);
        if (!all->messages[i])
            return false;
        all->count++;
    }
    return true;
}

static bool
update(reading *all, signet_slice piece, signet_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        if (!all->pki->mldsa44_update(all->messages[i], piece, err))
            return false;
    }
    return true;
}

bool
raw_sign(content *from, const signet_key *key, signet_buf *out, signet_error *err)
{
    __attribute__((cleanup(free_reading))) reading all = {0};
    signet_slice piece = {0};
    bool is_first = true;

    if (!begin(&all, &key, 1, err))
        return false;
    do {
        if (!content_next(from, &piece, err))
            return false;
        if (is_first && !check_beginning(piece, err))
            return false;
        is_first = false;
        if (!update(&all, piece, err))
            return false;
    } while (piece.len > 0);
    return all.pki->mldsa44_sign_end(all.messages[0], key, out, err);
}

bool
raw_verify(content *from, signet_slice signature, const signet_key *const *keys, size_t count,
    size_t *ret_index, signet_error *err)
{
    __attribute__((cleanup(free_reading))) reading all = {0};
    signet_slice piece = {0};

    if (count == 0 || count > RAW_CANDIDATES_MAX)
        return signet_fail(err, SIGNET_E_USAGE,
            "a bare signature names no key, and %zu could have made it", count);
    if (!begin(&all, keys, count, err))
        return false;
    do {
        if (!content_next(from, &piece, err) || !update(&all, piece, err))
            return false;
    } while (piece.len > 0);
    for (size_t i = 0; i < count; i++) {
        signet_error reason = {0};

        if (all.pki->mldsa44_verify_end(all.messages[i], signature, &reason)) {
            *ret_index = i;
            return true;
        }
        if (reason.code != SIGNET_E_SIGNATURE) {
            *err = reason;
            return false;
        }
    }
    return signet_fail(err, SIGNET_E_SIGNATURE, "the signature is not genuine");
}
