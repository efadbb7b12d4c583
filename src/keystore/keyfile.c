/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two forms of one file.  The plaintext form is the Go reference's, and its PKCS#8 sibling for
 * ML-DSA-44.  The encrypted form has the public keys in the clear, so that verifying and exporting
 * need no passphrase; everything before the box is its associated data, so that whoever unlocks
 * knows that nothing was exchanged.
 *
 * A seed is read here without its algorithm being loaded: a process that signs with Ed25519 does
 * not pay for ML-DSA.
 */
#include <sodium.h>

#include "base/secret.h"
#include "codec/pem.h"
#include "crypto/random.h"
#include "keystore/keyfile.h"

static const char label_encrypted[] = "SIGNET ENCRYPTED KEYS";
static const char label_ed25519[] = "ED25519 PRIVATE KEY";
static const char label_pkcs8[] = "PRIVATE KEY";
static const char name_mldsa44[] = "ml-dsa-44";
static const uint8_t magic[8] = {'S', 'I', 'G', 'N', 'E', 'T', 'K', 'F'};

enum {
    FORMAT_VERSION = 1,
    KDF_ARGON2ID13 = 1,
    SALT_SIZE = crypto_pwhash_SALTBYTES,
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

_Static_assert(SG_KEYFILE_UNLOCKING_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a key");
_Static_assert(SG_KEYFILE_MEMORY_KIB_MIN * 1024 == crypto_pwhash_argon2id_MEMLIMIT_MIN, "a bound");

const sg_keyfile_cost sg_keyfile_usual_cost = {
    crypto_pwhash_argon2id_OPSLIMIT_MODERATE, crypto_pwhash_argon2id_MEMLIMIT_MODERATE >> 10};

/* PKCS#8 of ML-DSA-44 in the seed form of RFC 9881, up to the seed: one encoding, so one prefix. */
static const uint8_t mldsa44_prefix[] = {0x30, 0x34, 0x02, 0x01, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60,
    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11, 0x04, 0x22, 0x80, 0x20};

/* The bytes that are left; once too few, always empty. */
typedef struct {
    signet_slice left;
    bool is_short;
} reader;

static signet_slice
take(reader *in, size_t len)
{
    signet_slice taken = {in->left.ptr, len};

    if (in->is_short || len > in->left.len) {
        in->is_short = true;
        return (signet_slice){0};
    }
    in->left = (signet_slice){in->left.ptr + len, in->left.len - len};
    return taken;
}

static uint32_t
take_number(reader *in, size_t size)
{
    signet_slice bytes = take(in, size);
    uint32_t number = 0;

    for (size_t i = 0; i < bytes.len; i++)
        number = number << 8 | bytes.ptr[i];
    return number;
}

static bool
is_name(signet_slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return name.len > 0 && name.len <= SG_KEYFILE_NAME_MAX;
}

/* Note a key of that name, which must not be there yet. */
static bool
add_key(sg_keyfile *file, signet_slice name, signet_slice public_key, signet_error *err)
{
    sg_keyfile_key *key = &file->keys[file->key_count];

    if (!is_name(name))
        return signet_fail(err, SIGNET_E_DECODE, "the name of a key's algorithm is malformed");
    memcpy(key->name, name.ptr, name.len);
    key->name[name.len] = '\0';
    key->public_key = public_key;
    for (size_t i = 0; i < file->key_count; i++) {
        if (strcmp(file->keys[i].name, key->name) == 0)
            return signet_fail(err, SIGNET_E_DECODE, "two keys of %s in one file", key->name);
    }
    file->key_count++;
    return true;
}

static bool
read_parameters(reader *in, sg_keyfile *file, signet_error *err)
{
    uint32_t version = take_number(in, 1), kdf = take_number(in, 1);

    file->cost.operations = take_number(in, 4);
    file->cost.memory_kib = take_number(in, 4);
    file->salt = take(in, SALT_SIZE);
    file->nonce = take(in, NONCE_SIZE);
    if (in->is_short)
        return signet_fail(err, SIGNET_E_DECODE, "the key file is too short");
    if (version != FORMAT_VERSION)
        return signet_fail(err, SIGNET_E_DECODE,
            "a key file of version %u, of which this program knows nothing", version);
    if (kdf != KDF_ARGON2ID13)
        return signet_fail(
            err, SIGNET_E_DECODE, "a key file with the unknown passphrase hash %u", kdf);
    if (file->cost.operations < 1 || file->cost.operations > SG_KEYFILE_OPERATIONS_MAX)
        return signet_fail(err, SIGNET_E_DECODE,
            "unlocking would take %u passes, allowed are 1 to %d", file->cost.operations,
            SG_KEYFILE_OPERATIONS_MAX);
    if (file->cost.memory_kib < SG_KEYFILE_MEMORY_KIB_MIN ||
        file->cost.memory_kib > SG_KEYFILE_MEMORY_KIB_MAX)
        return signet_fail(err, SIGNET_E_DECODE,
            "unlocking would take %u KiB, allowed are %d to %d", file->cost.memory_kib,
            SG_KEYFILE_MEMORY_KIB_MIN, SG_KEYFILE_MEMORY_KIB_MAX);
    return true;
}

static bool
read_encrypted(signet_slice body, sg_keyfile *file, signet_error *err)
{
    reader in = {body, false};
    size_t count = 0;

    if (!signet_slice_is_equal(take(&in, sizeof(magic)), (signet_slice){magic, sizeof(magic)}))
        return signet_fail(err, SIGNET_E_DECODE, "not a key file of Signet");
    if (!read_parameters(&in, file, err))
        return false;
    count = take_number(&in, 1);
    if (count < 1 || count > SG_KEYFILE_KEYS_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "a key file has one key or two");
    for (size_t i = 0; i < count; i++) {
        signet_slice name = take(&in, take_number(&in, 1));
        signet_slice public_key = take(&in, take_number(&in, 2));

        if (in.is_short || public_key.len < 1 || public_key.len > SIGNET_PUBLIC_MAX)
            return signet_fail(err, SIGNET_E_DECODE, "the public keys of the file are malformed");
        if (!add_key(file, name, public_key, err))
            return false;
    }
    if (in.left.len != count * SIGNET_SEED_SIZE + TAG_SIZE)
        return signet_fail(err, SIGNET_E_DECODE, "the encrypted part of the file has a wrong size");
    file->box = in.left;
    file->header = (signet_slice){body.ptr, body.len - in.left.len};
    file->is_encrypted = true;
    return true;
}

/* The seed inside one plaintext block; which key it is goes to `ret_name`. */
static bool
find_seed(
    const sg_pem_block *block, const char **ret_name, signet_slice *ret_seed, signet_error *err)
{
    signet_slice bytes = signet_buf_slice(&block->bytes);

    if (strcmp(block->label, label_ed25519) == 0) {
        if (bytes.len != SIGNET_SEED_SIZE)
            return signet_fail(err, SIGNET_E_DECODE, "invalid seed size: %zu bytes", bytes.len);
        *ret_name = signet_ed25519.name;
        *ret_seed = bytes;
        return true;
    }
    if (strcmp(block->label, label_pkcs8) != 0)
        return signet_fail(err, SIGNET_E_DECODE, "unexpected PEM type: %s", block->label);
    if (bytes.len != sizeof(mldsa44_prefix) + SIGNET_SEED_SIZE ||
        memcmp(bytes.ptr, mldsa44_prefix, sizeof(mldsa44_prefix)) != 0)
        return signet_fail(
            err, SIGNET_E_DECODE, "a PRIVATE KEY in a key file must be the seed of ML-DSA-44");
    *ret_name = name_mldsa44;
    *ret_seed = (signet_slice){bytes.ptr + sizeof(mldsa44_prefix), SIGNET_SEED_SIZE};
    return true;
}

static bool
add_plaintext(const sg_pem_block *block, sg_keyfile *file, signet_error *err)
{
    size_t index = file->key_count;
    const char *name = NULL;
    signet_slice seed = {0};

    if (!find_seed(block, &name, &seed, err))
        return false;
    if (!file->seeds)
        file->seeds = sg_secret_new((size_t)SG_KEYFILE_KEYS_MAX * SIGNET_SEED_SIZE, err);
    if (!file->seeds || !add_key(file, signet_slice_text(name), (signet_slice){0}, err))
        return false;
    memcpy(file->seeds + index * SIGNET_SEED_SIZE, seed.ptr, seed.len);
    return true;
}

static bool
is_blank(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!memchr(" \t\r\n", text.ptr[i], 4))
            return false;
    }
    return true;
}

bool
sg_keyfile_read(signet_slice text, sg_keyfile *ret_file, signet_error *err)
{
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};
    signet_slice rest = text;

    do {
        SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

        if (file.key_count == SG_KEYFILE_KEYS_MAX || file.is_encrypted)
            return signet_fail(err, SIGNET_E_DECODE, "there is something behind the keys");
        if (!sg_pem_read(rest, &block, err)) {
            if (err && err->code == SIGNET_E_NOT_FOUND) /* a file without keys is a broken file */
                err->code = SIGNET_E_DECODE;
            return false;
        }
        rest = block.rest;
        if (file.key_count == 0 && strcmp(block.label, label_encrypted) == 0) {
            file.body = block.bytes;
            block.bytes = (signet_buf){0};
            if (!read_encrypted(signet_buf_slice(&file.body), &file, err))
                return false;
        } else if (!add_plaintext(&block, &file, err)) {
            return false;
        }
    } while (!is_blank(rest));
    *ret_file = file;
    file = (sg_keyfile){0};
    return true;
}

bool
sg_keyfile_derive(const sg_keyfile *file, signet_slice passphrase,
    uint8_t ret_unlocking[SG_KEYFILE_UNLOCKING_SIZE], signet_error *err)
{
    if (!sg_sodium_ready(err))
        return false;
    if (crypto_pwhash(ret_unlocking, SG_KEYFILE_UNLOCKING_SIZE, (const char *)passphrase.ptr,
            passphrase.len, file->salt.ptr, file->cost.operations,
            (size_t)file->cost.memory_kib << 10, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return signet_fail(err, SIGNET_E_NOMEM,
            "not enough memory for the %u KiB that unlocking takes", file->cost.memory_kib);
    return true;
}

bool
sg_keyfile_unlock(
    sg_keyfile *file, const uint8_t unlocking[SG_KEYFILE_UNLOCKING_SIZE], signet_error *err)
{
    SIGNET_AUTO(sg_secret_free) uint8_t *seeds = NULL;

    seeds = sg_secret_new((size_t)SG_KEYFILE_KEYS_MAX * SIGNET_SEED_SIZE, err);
    if (!seeds)
        return false;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(seeds, NULL, NULL, file->box.ptr, file->box.len,
            file->header.ptr, file->header.len, file->nonce.ptr, unlocking) != 0)
        return signet_fail(err, SIGNET_E_LOCKED, "wrong passphrase, or the file was changed");
    file->seeds = SIGNET_TAKE(seeds);
    return true;
}

bool
sg_keyfile_write_plaintext(
    const signet_key *const *keys, size_t count, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < count; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf pkcs8 = {0};
        bool is_bare = signet_key_algorithm(keys[i]) == &signet_ed25519;

        if (is_bare ? !sg_pem_write(out, label_ed25519, signet_key_seed(keys[i]), err)
                    : (!signet_key_write_pkcs8(keys[i], &pkcs8, err) ||
                          !sg_pem_write(out, label_pkcs8, signet_buf_slice(&pkcs8), err)))
            return false;
    }
    return true;
}

static bool
write_number(signet_buf *out, uint32_t number, size_t size, signet_error *err)
{
    uint8_t bytes[4] = {
        (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};

    return signet_buf_append(out, (signet_slice){bytes + sizeof(bytes) - size, size}, err);
}

static bool
write_header(const signet_key *const *keys, size_t count, const sg_keyfile_cost *cost,
    signet_buf *out, signet_error *err)
{
    uint8_t random[SALT_SIZE + NONCE_SIZE];

    if (!sg_random(random, sizeof(random), err) ||
        !signet_buf_append(out, (signet_slice){magic, sizeof(magic)}, err) ||
        !write_number(out, FORMAT_VERSION, 1, err) || !write_number(out, KDF_ARGON2ID13, 1, err) ||
        !write_number(out, cost->operations, 4, err) ||
        !write_number(out, cost->memory_kib, 4, err) ||
        !signet_buf_append(out, (signet_slice){random, sizeof(random)}, err) ||
        !write_number(out, (uint32_t)count, 1, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        signet_slice name = signet_slice_text(signet_key_algorithm(keys[i])->name);
        signet_slice public_key = signet_key_public(keys[i]);

        if (!write_number(out, (uint32_t)name.len, 1, err) || !signet_buf_append(out, name, err) ||
            !write_number(out, (uint32_t)public_key.len, 2, err) ||
            !signet_buf_append(out, public_key, err))
            return false;
    }
    return true;
}

bool
sg_keyfile_write_encrypted(const signet_key *const *keys, size_t count, signet_slice passphrase,
    const sg_keyfile_cost *cost, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(sg_secret_free) uint8_t *unlocking = NULL, *seeds = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf body = {0};
    uint8_t box[SG_KEYFILE_KEYS_MAX * SIGNET_SEED_SIZE + TAG_SIZE] = {0};
    size_t seeds_size = count * SIGNET_SEED_SIZE;
    sg_keyfile file = {.cost = *cost};

    unlocking = sg_secret_new(SG_KEYFILE_UNLOCKING_SIZE, err);
    seeds = sg_secret_new((size_t)SG_KEYFILE_KEYS_MAX * SIGNET_SEED_SIZE, err);
    if (!unlocking || !seeds || !write_header(keys, count, cost, &body, err))
        return false;
    for (size_t i = 0; i < count; i++)
        memcpy(seeds + i * SIGNET_SEED_SIZE, signet_key_seed(keys[i]).ptr, SIGNET_SEED_SIZE);
    file.salt = (signet_slice){body.data + sizeof(magic) + 10, SALT_SIZE};
    file.nonce = (signet_slice){file.salt.ptr + SALT_SIZE, NONCE_SIZE};
    if (!sg_keyfile_derive(&file, passphrase, unlocking, err))
        return false;
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        box, NULL, seeds, seeds_size, body.data, body.len, NULL, file.nonce.ptr, unlocking);
    return signet_buf_append(&body, (signet_slice){box, seeds_size + TAG_SIZE}, err) &&
           sg_pem_write(out, label_encrypted, signet_buf_slice(&body), err);
}

void
sg_keyfile_free(sg_keyfile *file)
{
    if (!file)
        return;
    sg_secret_free(file->seeds);
    signet_buf_free(&file->body);
    *file = (sg_keyfile){0};
}
