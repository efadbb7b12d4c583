/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "keystore/keyfile.h"

/* A plaintext Ed25519 key is written again as the same key. */
static void
check_plaintext(const sg_keyfile *file)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile again = {0};

    PROPERTY(file->seeds && file->body.len == 0);
    if (file->key_count != 1 || strcmp(file->keys[0].name, "ed25519") != 0)
        return;
    key =
        signet_key_from_seed(&signet_ed25519, (signet_slice){file->seeds, SIGNET_SEED_SIZE}, NULL);
    PROPERTY(key);
    PROPERTY(sg_keyfile_write_plaintext((const signet_key *const *)&key, 1, &text, NULL));
    PROPERTY(sg_keyfile_read(signet_buf_slice(&text), &again, NULL));
    PROPERTY(memcmp(again.seeds, file->seeds, SIGNET_SEED_SIZE) == 0);
}

/* Nothing unbounded is asked for, and nothing lies outside of the body. */
static void
check_encrypted(sg_keyfile *file)
{
    static const uint8_t nobody[SG_KEYFILE_UNLOCKING_SIZE];

    PROPERTY(!file->seeds);
    PROPERTY(file->cost.operations >= 1 && file->cost.operations <= SG_KEYFILE_OPERATIONS_MAX);
    PROPERTY(file->cost.memory_kib >= SG_KEYFILE_MEMORY_KIB_MIN &&
             file->cost.memory_kib <= SG_KEYFILE_MEMORY_KIB_MAX);
    PROPERTY(file->header.ptr == file->body.data);
    PROPERTY(file->header.len + file->box.len == file->body.len);
    PROPERTY(file->box.ptr == file->header.ptr + file->header.len);
    for (size_t i = 0; i < file->key_count; i++) {
        PROPERTY(file->keys[i].public_key.ptr > file->header.ptr);
        PROPERTY(file->keys[i].public_key.ptr + file->keys[i].public_key.len <= file->box.ptr);
    }
    PROPERTY(!sg_keyfile_unlock(file, nobody, NULL));
}

/* Any text: a file that is read has one or two keys, of different names, and one of two forms. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(sg_keyfile_free) sg_keyfile file = {0};

    if (!sg_keyfile_read((signet_slice){data, size}, &file, NULL)) {
        PROPERTY(!file.seeds && !file.body.data);
        return 0;
    }
    PROPERTY(file.key_count == 1 || file.key_count == 2);
    PROPERTY(file.key_count == 1 || strcmp(file.keys[0].name, file.keys[1].name) != 0);
    if (file.is_encrypted)
        check_encrypted(&file);
    else
        check_plaintext(&file);
    return 0;
}
