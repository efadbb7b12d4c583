/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "keystore/keyfile.h"

static void
check_encrypted(const sg_keyfile *file)
{
    signet_slice body = signet_buf_slice(&file->body);

    PROPERTY(file->header.ptr == body.ptr && file->header.len + file->box.len == body.len);
    PROPERTY(file->box.ptr == body.ptr + file->header.len);
    PROPERTY(file->box.len == file->key_count * SIGNET_SEED_SIZE + 16);
    PROPERTY(file->salt.len == 16 && file->nonce.len == 24 && !file->seeds);
    PROPERTY(file->cost.operations >= 1 && file->cost.operations <= SG_KEYFILE_OPERATIONS_MAX &&
             file->cost.memory_kib >= SG_KEYFILE_MEMORY_KIB_MIN &&
             file->cost.memory_kib <= SG_KEYFILE_MEMORY_KIB_MAX);
    for (size_t i = 0; i < file->key_count; i++) {
        PROPERTY(file->keys[i].public_key.len >= 1);
        PROPERTY(file->keys[i].public_key.len <= SIGNET_PUBLIC_MAX);
        PROPERTY(file->keys[i].public_key.ptr > file->header.ptr);
        PROPERTY(file->keys[i].public_key.ptr + file->keys[i].public_key.len <= file->box.ptr);
    }
}

/* The Ed25519 seed of a plaintext file is written and read again as the same. */
static void
check_plaintext(const sg_keyfile *file)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile again = {0};
    size_t index = strcmp(file->keys[0].name, "ed25519") == 0 ? 0 : 1;
    signet_slice seed = {file->seeds + index * SIGNET_SEED_SIZE, SIGNET_SEED_SIZE};
    const signet_key *one = NULL;

    if (index >= file->key_count)
        return;
    one = key = signet_key_from_seed(&signet_ed25519, seed, NULL);
    PROPERTY(key && sg_keyfile_write_plaintext(&one, 1, &text, NULL));
    PROPERTY(sg_keyfile_read(signet_buf_slice(&text), &again, NULL));
    PROPERTY(again.key_count == 1 && memcmp(again.seeds, seed.ptr, SIGNET_SEED_SIZE) == 0);
}

/* What is taken for a key file has one key or two, by different names, and bounds on its cost. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};
    signet_slice text = {data, size};

    if (!sg_keyfile_read(text, &file, NULL))
        return 0;
    PROPERTY(file.key_count >= 1 && file.key_count <= SG_KEYFILE_KEYS_MAX);
    for (size_t i = 0; i < file.key_count; i++)
        PROPERTY(file.keys[i].name[0] && strlen(file.keys[i].name) <= SG_KEYFILE_NAME_MAX);
    PROPERTY(file.key_count == 1 || strcmp(file.keys[0].name, file.keys[1].name) != 0);
    if (file.is_encrypted)
        check_encrypted(&file);
    else
        check_plaintext(&file);
    return 0;
}
