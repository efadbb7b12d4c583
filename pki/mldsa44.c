/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ML-DSA-44 (FIPS 204) on OpenSSL: pure, empty context, deterministic (spec 1.12), so the same key
 * and message give the same signature everywhere.
 *
 * Every operation has a context of its own.  One that is used again with another key may keep the
 * old one (EVP_DigestVerifyInit_ex on a used EVP_MD_CTX does), and a signature of one signer would
 * pass as another's.
 */
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "mldsa44.h"

#define NAME "ML-DSA-44"

enum { EXPANDED_SIZE = 2560 };

static bool
check_public(signet_slice public_key, signet_error *err)
{
    if (public_key.len != SIGNET_MLDSA44_PUBLIC_SIZE)
        return signet_fail(err, SIGNET_E_KEY, "an ML-DSA-44 public key of %zu bytes, not %d",
            public_key.len, SIGNET_MLDSA44_PUBLIC_SIZE);
    return true;
}

static void
free_private(void *private_state)
{
    sg_mldsa44_private *state = private_state;

    if (!state)
        return;
    EVP_PKEY_free(state->key); /* OpenSSL wipes the private half */
    free(state);
}

/* Takes `key`. */
static void *
state_of(EVP_PKEY *key, uint8_t *ret_public, signet_error *err)
{
    size_t len = SIGNET_MLDSA44_PUBLIC_SIZE;
    sg_mldsa44_private *state = calloc(1, sizeof(*state));

    if (!state) {
        EVP_PKEY_free(key);
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a key");
    }
    state->key = key;
    if (EVP_PKEY_get_raw_public_key(key, ret_public, &len) != 1 ||
        len != SIGNET_MLDSA44_PUBLIC_SIZE) {
        free_private(state);
        return sg_fail_openssl_null(err, "no public key");
    }
    return state;
}

/* OpenSSL takes a seed through a pointer to what is not const, and only reads it. */
static bool
generate(OSSL_LIB_CTX *openssl, uint8_t seed[SIGNET_SEED_SIZE], EVP_PKEY **ret_key)
{
    SIGNET_AUTO(EVP_PKEY_CTX_free) EVP_PKEY_CTX *ctx = NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_ML_DSA_SEED, seed, SIGNET_SEED_SIZE),
        OSSL_PARAM_construct_end(),
    };

    ctx = EVP_PKEY_CTX_new_from_name(openssl, NAME, NULL);
    return ctx && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_params(ctx, params) == 1 &&
           EVP_PKEY_generate(ctx, ret_key) == 1;
}

static void *
private_from_seed(signet_slice seed, uint8_t *ret_public, signet_error *err)
{
    SG_KEEP_ERRORS();
    OSSL_LIB_CTX *openssl = sg_openssl(err);
    EVP_PKEY *key = NULL;
    uint8_t copy[SIGNET_SEED_SIZE];
    bool is_made = false;

    if (!openssl)
        return NULL;
    if (seed.len != sizeof(copy))
        return signet_fail_null(
            err, SIGNET_E_KEY, "a seed of %zu bytes, not %d", seed.len, SIGNET_SEED_SIZE);
    memcpy(copy, seed.ptr, sizeof(copy));
    is_made = generate(openssl, copy, &key);
    OPENSSL_cleanse(copy, sizeof(copy));
    if (!is_made)
        return sg_fail_openssl_null(err, "cannot make an ML-DSA-44 key");
    return state_of(key, ret_public, err);
}

/* OpenSSL derives the public key and refuses parts that do not belong together. */
static void *
private_from_expanded(signet_slice expanded, uint8_t *ret_public, signet_error *err)
{
    SG_KEEP_ERRORS();
    OSSL_LIB_CTX *openssl = sg_openssl(err);
    EVP_PKEY *key = NULL;

    if (!openssl)
        return NULL;
    if (expanded.len != EXPANDED_SIZE)
        return signet_fail_null(err, SIGNET_E_KEY, "an expanded ML-DSA-44 key of %zu bytes, not %d",
            expanded.len, EXPANDED_SIZE);
    key = EVP_PKEY_new_raw_private_key_ex(openssl, NAME, NULL, expanded.ptr, expanded.len);
    if (!key && sg_is_short_of_memory())
        return sg_fail_openssl_null(err, "cannot read an expanded key");
    if (!key)
        return signet_fail_null(
            err, SIGNET_E_KEY, "the parts of an expanded ML-DSA-44 key are not of one key");
    return state_of(key, ret_public, err);
}

static bool
is_same_private(const void *private_a, const void *private_b)
{
    const sg_mldsa44_private *a = private_a, *b = private_b;
    uint8_t bytes[2][EXPANDED_SIZE];
    size_t len[2] = {EXPANDED_SIZE, EXPANDED_SIZE};
    SG_KEEP_ERRORS();
    bool is_same = EVP_PKEY_get_raw_private_key(a->key, bytes[0], &len[0]) == 1 &&
                   EVP_PKEY_get_raw_private_key(b->key, bytes[1], &len[1]) == 1 &&
                   len[0] == EXPANDED_SIZE && len[1] == EXPANDED_SIZE &&
                   CRYPTO_memcmp(bytes[0], bytes[1], EXPANDED_SIZE) == 0;

    OPENSSL_cleanse(bytes, sizeof(bytes));
    return is_same;
}

static bool
judge(EVP_PKEY *key, const sg_mldsa44_input *input, signet_slice signature, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(EVP_PKEY_CTX_free) EVP_PKEY_CTX *ctx = NULL;
    SIGNET_AUTO(EVP_SIGNATURE_free) EVP_SIGNATURE *algorithm = NULL;
    int is_mu = input->is_mu, answer = -1;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_MU, &is_mu),
        OSSL_PARAM_construct_end(),
    };
    OSSL_LIB_CTX *openssl = sg_openssl(err);

    if (!openssl)
        return false;
    ctx = EVP_PKEY_CTX_new_from_pkey(openssl, key, NULL);
    algorithm = EVP_SIGNATURE_fetch(openssl, NAME, NULL);
    if (!ctx || !algorithm || EVP_PKEY_verify_message_init(ctx, algorithm, params) != 1)
        return sg_fail_openssl(err, "cannot start verifying");
    answer = EVP_PKEY_verify(ctx, signature.ptr, signature.len, input->bytes.ptr, input->bytes.len);
    if (sg_is_yes(answer))
        return true;
    if (answer != 0)
        return sg_fail_openssl(err, "cannot verify");
    return sg_refuse(err, SIGNET_E_SIGNATURE, "the ML-DSA-44 signature is not genuine");
}

static bool
make_signature(
    EVP_PKEY *key, const sg_mldsa44_input *input, uint8_t *ret_signature, signet_error *err)
{
    SIGNET_AUTO(EVP_PKEY_CTX_free) EVP_PKEY_CTX *ctx = NULL;
    SIGNET_AUTO(EVP_SIGNATURE_free) EVP_SIGNATURE *algorithm = NULL;
    int deterministic = 1, is_mu = input->is_mu;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_DETERMINISTIC, &deterministic),
        OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_MU, &is_mu),
        OSSL_PARAM_construct_end(),
    };
    size_t len = SIGNET_MLDSA44_SIGNATURE_SIZE;
    OSSL_LIB_CTX *openssl = sg_openssl(err);

    if (!openssl)
        return false;
    ctx = EVP_PKEY_CTX_new_from_pkey(openssl, key, NULL);
    algorithm = EVP_SIGNATURE_fetch(openssl, NAME, NULL);
    if (!ctx || !algorithm || EVP_PKEY_sign_message_init(ctx, algorithm, params) != 1 ||
        EVP_PKEY_sign(ctx, ret_signature, &len, input->bytes.ptr, input->bytes.len) != 1 ||
        len != SIGNET_MLDSA44_SIGNATURE_SIZE)
        return sg_fail_openssl(err, "cannot sign");
    return true;
}

/*
 * Deterministic signing uses the same secret mask each time, so a faulty signature beside the right
 * one gives the private key away.  None leaves here unverified.
 */
bool
sg_mldsa44_sign(const sg_mldsa44_private *with, const sg_mldsa44_input *input,
    uint8_t *ret_signature, signet_error *err)
{
    SG_KEEP_ERRORS();
    signet_error problem = {0};
    const signet_slice made = {ret_signature, SIGNET_MLDSA44_SIGNATURE_SIZE};

    if (!make_signature(with->key, input, ret_signature, err))
        return false;
    if (judge(with->key, input, made, &problem))
        return true;
    OPENSSL_cleanse(ret_signature, SIGNET_MLDSA44_SIGNATURE_SIZE);
    return signet_fail(err, problem.code == SIGNET_E_NOMEM ? SIGNET_E_NOMEM : SIGNET_E_CRYPTO,
        "cannot sign: %s", problem.message);
}

bool
sg_mldsa44_verify(signet_slice public_key, const sg_mldsa44_input *input, signet_slice signature,
    signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(EVP_PKEY_free) EVP_PKEY *key = NULL;
    OSSL_LIB_CTX *openssl = sg_openssl(err);

    if (!openssl || !check_public(public_key, err))
        return false;
    if (signature.len != SIGNET_MLDSA44_SIGNATURE_SIZE)
        return signet_fail(err, SIGNET_E_SIGNATURE, "an ML-DSA-44 signature of %zu bytes, not %d",
            signature.len, SIGNET_MLDSA44_SIGNATURE_SIZE);
    key = EVP_PKEY_new_raw_public_key_ex(openssl, NAME, NULL, public_key.ptr, public_key.len);
    if (!key)
        return sg_fail_openssl(err, "cannot take an ML-DSA-44 public key");
    return judge(key, input, signature, err);
}

static bool
sign(const void *private_state, signet_slice message, uint8_t *ret_signature, signet_error *err)
{
    const sg_mldsa44_input input = {message, false};

    return sg_mldsa44_sign(private_state, &input, ret_signature, err);
}

static bool
verify(signet_slice public_key, signet_slice message, signet_slice signature, signet_error *err)
{
    const sg_mldsa44_input input = {message, false};

    return sg_mldsa44_verify(public_key, &input, signature, err);
}

/* 2.16.840.1.101.3.4.3.17 */
static const uint8_t oid[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11};

const signet_algorithm signet_mldsa44 = {
    .name = "ml-dsa-44",
    .oid = {oid, sizeof(oid)},
    .cose = -48,
    .public_size = SIGNET_MLDSA44_PUBLIC_SIZE,
    .signature_size = SIGNET_MLDSA44_SIGNATURE_SIZE,
    .check_public = check_public,
    .private_from_seed = private_from_seed,
    .private_from_expanded = private_from_expanded,
    .private_free = free_private,
    .is_same_private = is_same_private,
    .sign = sign,
    .verify = verify,
};

const signet_algorithm *const signet_all_algorithms[3] = {&signet_ed25519, &signet_mldsa44, NULL};
