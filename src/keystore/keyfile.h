/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key file as bytes, docs/formats/keyfile.md: what a store reads and writes, without knowing
 * where it lies or who is asked for a passphrase.
 */
#ifndef SG_KEYSTORE_KEYFILE_H
#define SG_KEYSTORE_KEYFILE_H

#include <signet/keystore.h>

enum {
    SG_KEYFILE_MAX = 16 << 10, /* bytes of the text */
    SG_KEYFILE_KEYS_MAX = 2,
    SG_KEYFILE_NAME_MAX = 32, /* bytes of an algorithm's name */
    SG_KEYFILE_UNLOCKING_SIZE = 32,
    SG_KEYFILE_OPERATIONS_MAX = 16,
    SG_KEYFILE_MEMORY_KIB_MIN = 8,
    SG_KEYFILE_MEMORY_KIB_MAX = 1 << 20,
};

/** What Argon2id costs. */
typedef struct {
    uint32_t operations; /* passes over the memory */
    uint32_t memory_kib;
} sg_keyfile_cost;

/** What a new file costs: 256 MiB, half a second to a second. */
extern const sg_keyfile_cost sg_keyfile_usual_cost;

typedef struct {
    char name[SG_KEYFILE_NAME_MAX + 1];
    signet_slice public_key; /* as the header names it; empty in a plaintext file */
} sg_keyfile_key;

/** A file taken apart. */
typedef struct {
    bool is_encrypted;
    size_t key_count;
    sg_keyfile_key keys[SG_KEYFILE_KEYS_MAX];
    uint8_t *seeds;  /* SIGNET_SEED_SIZE bytes a key, in locked memory; NULL: not unlocked yet */
    signet_buf body; /* of an encrypted file; the slices are borrowed from it */
    signet_slice header, salt, nonce, box;
    sg_keyfile_cost cost;
} sg_keyfile;

/** Take a file apart.  SIGNET_E_DECODE. */
bool sg_keyfile_read(signet_slice text, sg_keyfile *ret_file, signet_error *err) SIGNET_MUST_CHECK;

/** What unlocks a file, of a passphrase.  SIGNET_E_NOMEM when Argon2id finds too little memory. */
bool sg_keyfile_derive(const sg_keyfile *file, signet_slice passphrase,
    uint8_t ret_unlocking[SG_KEYFILE_UNLOCKING_SIZE], signet_error *err) SIGNET_MUST_CHECK;

/** Fill in the seeds.  SIGNET_E_LOCKED: the wrong key, or the file was changed. */
bool sg_keyfile_unlock(sg_keyfile *file, const uint8_t unlocking[SG_KEYFILE_UNLOCKING_SIZE],
    signet_error *err) SIGNET_MUST_CHECK;

/** Append a plaintext file. */
bool sg_keyfile_write_plaintext(const signet_key *const *keys, size_t count, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** Append an encrypted file. */
bool sg_keyfile_write_encrypted(const signet_key *const *keys, size_t count,
    signet_slice passphrase, const sg_keyfile_cost *cost, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

void sg_keyfile_free(sg_keyfile *file);

__attribute__((unused)) static inline void
sg_keyfile_free_auto(sg_keyfile *file)
{
    sg_keyfile_free(file);
}

#endif
