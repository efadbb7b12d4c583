/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ML-DSA-44 over a message that comes in pieces.  FIPS 204 algorithms 7 and 8 touch the message
 * only through mu = SHAKE256(tr || 00 00 || M, 64), where tr = SHAKE256(pk, 64) and 00 00 stands
 * for "pure" and an empty context; so mu is computed here, and OpenSSL signs or verifies it.
 */
#include <stdlib.h>

#include "crypto/key.h"
#include "mldsa44.h"

enum { TR_SIZE = 64, MU_SIZE = 64 };

struct signet_mldsa44_message {
    EVP_MD_CTX *digest; /* NULL once the message has ended */
    uint8_t public_key[SIGNET_MLDSA44_PUBLIC_SIZE];
};

static bool
start(signet_mldsa44_message *message, const EVP_MD *shake)
{
    static const uint8_t pure_and_no_context[2] = {0, 0};
    SIGNET_AUTO(EVP_MD_CTX_free) EVP_MD_CTX *hash = EVP_MD_CTX_new();
    uint8_t tr[TR_SIZE];

    message->digest = EVP_MD_CTX_new();
    return hash && message->digest && EVP_DigestInit_ex2(hash, shake, NULL) == 1 &&
           EVP_DigestUpdate(hash, message->public_key, sizeof(message->public_key)) == 1 &&
           EVP_DigestFinalXOF(hash, tr, sizeof(tr)) == 1 &&
           EVP_DigestInit_ex2(message->digest, shake, NULL) == 1 &&
           EVP_DigestUpdate(message->digest, tr, sizeof(tr)) == 1 &&
           EVP_DigestUpdate(message->digest, pure_and_no_context, sizeof(pure_and_no_context)) == 1;
}

signet_mldsa44_message *
signet_mldsa44_begin(signet_slice public_key, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(signet_mldsa44_free) signet_mldsa44_message *message = NULL;
    SIGNET_AUTO(EVP_MD_free) EVP_MD *shake = NULL;
    OSSL_LIB_CTX *openssl = sg_openssl(err);

    if (!openssl || !signet_mldsa44.check_public(public_key, err))
        return NULL;
    message = calloc(1, sizeof(*message));
    if (!message)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a message");
    memcpy(message->public_key, public_key.ptr, sizeof(message->public_key));
    shake = EVP_MD_fetch(openssl, "SHAKE256", NULL);
    if (!shake || !start(message, shake))
        return sg_fail_openssl_null(err, "cannot start SHAKE256");
    return SIGNET_TAKE(message);
}

static bool
check_open(const signet_mldsa44_message *message, signet_error *err)
{
    if (!message->digest)
        return signet_fail(err, SIGNET_E_USAGE, "the message has ended already");
    return true;
}

bool
signet_mldsa44_update(signet_mldsa44_message *message, signet_slice bytes, signet_error *err)
{
    SG_KEEP_ERRORS();

    if (!check_open(message, err))
        return false;
    if (bytes.len > 0 && EVP_DigestUpdate(message->digest, bytes.ptr, bytes.len) != 1)
        return sg_fail_openssl(err, "cannot hash");
    return true;
}

static bool
end(signet_mldsa44_message *message, uint8_t ret_mu[MU_SIZE], signet_error *err)
{
    bool is_hashed = false;

    if (!check_open(message, err))
        return false;
    is_hashed = EVP_DigestFinalXOF(message->digest, ret_mu, MU_SIZE) == 1;
    EVP_MD_CTX_free(SIGNET_TAKE(message->digest));
    return is_hashed ? true : sg_fail_openssl(err, "cannot hash");
}

/*
 * `key` may come from another copy of libsignet, in the program that loaded us: of it only the
 * plain members are looked at, and the private state, which our own row made.
 */
bool
signet_mldsa44_sign_end(
    signet_mldsa44_message *message, const signet_key *key, signet_buf *out, signet_error *err)
{
    SG_KEEP_ERRORS();
    uint8_t mu[MU_SIZE], signature[SIGNET_MLDSA44_SIGNATURE_SIZE];
    const sg_mldsa44_input input = {{mu, sizeof(mu)}, true};

    if (key->algorithm != &signet_mldsa44 || !key->private_state)
        return signet_fail(err, SIGNET_E_KEY, "not a private ML-DSA-44 key");
    if (memcmp(key->public_key, message->public_key, sizeof(message->public_key)) != 0)
        return signet_fail(err, SIGNET_E_KEY, "the message was begun under another key");
    return end(message, mu, err) && sg_mldsa44_sign(key->private_state, &input, signature, err) &&
           signet_buf_append(out, (signet_slice){signature, sizeof(signature)}, err);
}

bool
signet_mldsa44_verify_end(
    signet_mldsa44_message *message, signet_slice signature, signet_error *err)
{
    SG_KEEP_ERRORS();
    uint8_t mu[MU_SIZE];
    const sg_mldsa44_input input = {{mu, sizeof(mu)}, true};

    return end(message, mu, err) &&
           sg_mldsa44_verify((signet_slice){message->public_key, sizeof(message->public_key)},
               &input, signature, err);
}

void
signet_mldsa44_free(signet_mldsa44_message *message)
{
    if (!message)
        return;
    EVP_MD_CTX_free(message->digest);
    free(message);
}
