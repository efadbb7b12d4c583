/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/secret.h"
#include "crypto/key.h"
#include "crypto/random.h"

static signet_key *
new_key(const signet_algorithm *algorithm, signet_error *err)
{
    signet_key *key = calloc(1, sizeof(*key) + algorithm->public_size);

    if (!key)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a key");
    key->algorithm = algorithm;
    return key;
}

signet_key *
signet_key_from_seed(const signet_algorithm *algorithm, signet_slice seed, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (seed.len != SIGNET_SEED_SIZE)
        return signet_fail_null(
            err, SIGNET_E_KEY, "a seed of %zu bytes, not %d", seed.len, SIGNET_SEED_SIZE);
    key = new_key(algorithm, err);
    if (!key)
        return NULL;
    key->seed = sg_secret_new(SIGNET_SEED_SIZE, err);
    if (!key->seed)
        return NULL;
    memcpy(key->seed, seed.ptr, SIGNET_SEED_SIZE);
    key->private_state = algorithm->private_from_seed(seed, key->public_key, err);
    return key->private_state ? SIGNET_TAKE(key) : NULL;
}

signet_key *
sg_key_from_expanded(const signet_algorithm *algorithm, signet_slice expanded, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (!algorithm->private_from_expanded)
        return signet_fail_null(
            err, SIGNET_E_ALGORITHM, "%s has no expanded private keys", algorithm->name);
    key = new_key(algorithm, err);
    if (!key)
        return NULL;
    key->private_state = algorithm->private_from_expanded(expanded, key->public_key, err);
    return key->private_state ? SIGNET_TAKE(key) : NULL;
}

signet_key *
signet_key_generate(const signet_algorithm *algorithm, signet_error *err)
{
    signet_key *key = NULL;
    uint8_t seed[SIGNET_SEED_SIZE];

    if (sg_random(seed, sizeof(seed), err))
        key = signet_key_from_seed(algorithm, (signet_slice){seed, sizeof(seed)}, err);
    sg_wipe(seed, sizeof(seed));
    return key;
}

signet_key *
signet_key_from_public(const signet_algorithm *algorithm, signet_slice raw, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (!algorithm->check_public(raw, err))
        return NULL;
    key = new_key(algorithm, err);
    if (!key)
        return NULL;
    memcpy(key->public_key, raw.ptr, algorithm->public_size);
    return SIGNET_TAKE(key);
}

const signet_algorithm *
signet_key_algorithm(const signet_key *key)
{
    return key->algorithm;
}

signet_slice
signet_key_public(const signet_key *key)
{
    return (signet_slice){key->public_key, key->algorithm->public_size};
}

bool
signet_key_has_private(const signet_key *key)
{
    return key->private_state != NULL;
}

const void *
sg_key_private(const signet_key *key)
{
    return key->private_state;
}

bool
signet_key_is_same(const signet_key *a, const signet_key *b)
{
    return signet_slice_is_equal(a->algorithm->oid, b->algorithm->oid) &&
           signet_slice_is_equal(signet_key_public(a), signet_key_public(b));
}

signet_slice
signet_key_seed(const signet_key *key)
{
    return (signet_slice){key->seed, key->seed ? SIGNET_SEED_SIZE : 0};
}

bool
signet_key_sign(const signet_key *key, signet_slice message, signet_buf *out, signet_error *err)
{
    uint8_t signature[SIGNET_SIGNATURE_MAX];

    if (!key->private_state)
        return signet_fail(err, SIGNET_E_KEY, "a public key cannot sign");
    return key->algorithm->sign(key->private_state, message, signature, err) &&
           signet_buf_append(out, (signet_slice){signature, key->algorithm->signature_size}, err);
}

bool
signet_key_verify(
    const signet_key *key, signet_slice message, signet_slice signature, signet_error *err)
{
    return key->algorithm->verify(signet_key_public(key), message, signature, err);
}

void
signet_key_free(signet_key *key)
{
    if (!key)
        return;
    if (key->private_state)
        key->algorithm->private_free(key->private_state);
    sg_secret_free(key->seed);
    free(key);
}
