/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ES256 (RFC 9053 section 2.1) on OpenSSL.  COSE wants r and s side by side, OpenSSL a DER
 * SEQUENCE; in between stands ECDSA_SIG.  As everywhere here, no context serves two keys.
 */
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <signet/pki.h>

#include "openssl.h"

enum { SCALAR_SIZE = 32, POINT_SIZE = 65, SIGNATURE_SIZE = 64, LARGEST_DER = 80 };

SIGNET_DEFINE_AUTO(BN_clear_free, BIGNUM *);
SIGNET_DEFINE_AUTO(EC_GROUP_free, EC_GROUP *);
SIGNET_DEFINE_AUTO(EC_POINT_free, EC_POINT *);
SIGNET_DEFINE_AUTO(ECDSA_SIG_free, ECDSA_SIG *);
SIGNET_DEFINE_AUTO(OSSL_PARAM_BLD_free, OSSL_PARAM_BLD *);
SIGNET_DEFINE_AUTO(OSSL_PARAM_free, OSSL_PARAM *);

/*
 * A key of a point, and of a scalar when there is one.  The point is checked to be on the curve,
 * which is enough: the cofactor is 1.
 */
static EVP_PKEY *
make_key(signet_slice point, const BIGNUM *scalar)
{
    SIGNET_AUTO(EVP_PKEY_CTX_free) EVP_PKEY_CTX *ctx = NULL, *check = NULL;
    SIGNET_AUTO(OSSL_PARAM_BLD_free) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    SIGNET_AUTO(OSSL_PARAM_free) OSSL_PARAM *params = NULL;
    SIGNET_AUTO(EVP_PKEY_free) EVP_PKEY *key = NULL;
    OSSL_LIB_CTX *openssl = sg_openssl(NULL);

    if (!openssl || !builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) !=
            1 ||
        (scalar && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar) != 1))
        return NULL;
    params = OSSL_PARAM_BLD_to_param(builder);
    ctx = EVP_PKEY_CTX_new_from_name(openssl, "EC", NULL);
    if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, scalar ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    check = EVP_PKEY_CTX_new_from_pkey(openssl, key, NULL);
    if (!check || EVP_PKEY_public_check_quick(check) != 1)
        return NULL;
    return SIGNET_TAKE(key);
}

static bool
check_form(signet_slice public_key, signet_error *err)
{
    if (public_key.len != POINT_SIZE || public_key.ptr[0] != POINT_CONVERSION_UNCOMPRESSED)
        return signet_fail(err, SIGNET_E_KEY, "not an uncompressed point of P-256");
    return true;
}

static bool
check_public(signet_slice public_key, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(EVP_PKEY_free) EVP_PKEY *key = NULL;

    if (!check_form(public_key, err))
        return false;
    key = make_key(public_key, NULL);
    return key ? true : sg_refuse(err, SIGNET_E_KEY, "the point is not on P-256");
}

/* The point of a scalar between 1 and the order. */
static bool
derive_point(const BIGNUM *scalar, uint8_t ret_point[POINT_SIZE])
{
    SIGNET_AUTO(EC_GROUP_free)
    EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(sg_openssl(NULL), NULL, NID_X9_62_prime256v1);
    SIGNET_AUTO(EC_POINT_free) EC_POINT *point = group ? EC_POINT_new(group) : NULL;

    return point && !BN_is_zero(scalar) && BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0 &&
           EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1 &&
           EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret_point, POINT_SIZE,
               NULL) == POINT_SIZE;
}

static void *
private_from_seed(signet_slice seed, uint8_t *ret_public, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(BN_clear_free) BIGNUM *scalar = NULL;
    uint8_t point[POINT_SIZE];
    EVP_PKEY *key = NULL;

    if (seed.len != SCALAR_SIZE)
        return signet_fail_null(
            err, SIGNET_E_KEY, "a P-256 scalar of %zu bytes, not %d", seed.len, SCALAR_SIZE);
    if (!sg_openssl(err))
        return NULL;
    scalar = BN_secure_new();
    if (!scalar || !BN_bin2bn(seed.ptr, (int)seed.len, scalar))
        return sg_fail_openssl_null(err, "cannot read a P-256 scalar");
    BN_set_flags(scalar, BN_FLG_CONSTTIME);
    if (!derive_point(scalar, point))
        return sg_refuse_null(err, SIGNET_E_KEY, "the P-256 scalar is out of range");
    key = make_key((signet_slice){point, sizeof(point)}, scalar);
    if (!key)
        return sg_fail_openssl_null(err, "cannot make a P-256 key");
    memcpy(ret_public, point, sizeof(point));
    return key;
}

static void
free_private(void *private_state)
{
    EVP_PKEY_free(private_state);
}

/* s and order - s are both good; the smaller one is written. */
static bool
write_low_s(const uint8_t *der, size_t len, uint8_t ret_signature[SIGNATURE_SIZE])
{
    SIGNET_AUTO(ECDSA_SIG_free) ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &der, (long)len);
    SIGNET_AUTO(EC_GROUP_free)
    EC_GROUP *group = EC_GROUP_new_by_curve_name_ex(sg_openssl(NULL), NULL, NID_X9_62_prime256v1);
    SIGNET_AUTO(BN_clear_free) BIGNUM *other = BN_new();
    const BIGNUM *s = NULL;

    if (!parts || !group || !other)
        return false;
    s = ECDSA_SIG_get0_s(parts);
    if (BN_sub(other, EC_GROUP_get0_order(group), s) != 1)
        return false;
    if (BN_cmp(other, s) < 0)
        s = other;
    return BN_bn2binpad(ECDSA_SIG_get0_r(parts), ret_signature, SCALAR_SIZE) == SCALAR_SIZE &&
           BN_bn2binpad(s, ret_signature + SCALAR_SIZE, SCALAR_SIZE) == SCALAR_SIZE;
}

static bool
sign(const void *private_state, signet_slice message, uint8_t *ret_signature, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(EVP_PKEY_free) EVP_PKEY *key = NULL;
    SIGNET_AUTO(EVP_MD_CTX_free) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t der[LARGEST_DER];
    size_t len = sizeof(der);

    /* OpenSSL counts references of a key that it only reads; the state itself does not change */
    memcpy(&key, &private_state, sizeof(private_state));
    if (EVP_PKEY_up_ref(key) != 1)
        return (key = NULL, sg_fail_openssl(err, "cannot use a P-256 key"));
    if (!ctx ||
        EVP_DigestSignInit_ex(ctx, NULL, "SHA256", sg_openssl(NULL), NULL, key, NULL) != 1 ||
        EVP_DigestSign(ctx, der, &len, message.ptr, message.len) != 1 ||
        len > sizeof(der) || /* OpenSSL 3.5 says 1 although it could not write: len is -1 then */
        !write_low_s(der, len, ret_signature))
        return sg_fail_openssl(err, "cannot sign with ES256");
    return true;
}

static bool
to_der(signet_slice signature, uint8_t ret_der[LARGEST_DER], size_t *ret_len)
{
    SIGNET_AUTO(ECDSA_SIG_free) ECDSA_SIG *parts = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature.ptr, SCALAR_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(signature.ptr + SCALAR_SIZE, SCALAR_SIZE, NULL);
    uint8_t *at = ret_der;
    int len = 0;

    if (!parts || !r || !s || ECDSA_SIG_set0(parts, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return false;
    }
    len = i2d_ECDSA_SIG(parts, NULL);
    if (len <= 0 || len > LARGEST_DER || i2d_ECDSA_SIG(parts, &at) != len)
        return false;
    *ret_len = (size_t)len;
    return true;
}

static bool
verify(signet_slice public_key, signet_slice message, signet_slice signature, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(EVP_PKEY_free) EVP_PKEY *key = NULL;
    SIGNET_AUTO(EVP_MD_CTX_free) EVP_MD_CTX *ctx = NULL;
    uint8_t der[LARGEST_DER];
    size_t len = 0;
    int answer = -1;

    if (!check_form(public_key, err))
        return false;
    if (signature.len != SIGNATURE_SIZE)
        return signet_fail(err, SIGNET_E_SIGNATURE, "an ES256 signature of %zu bytes, not %d",
            signature.len, SIGNATURE_SIZE);
    key = make_key(public_key, NULL);
    if (!key)
        return sg_refuse(err, SIGNET_E_KEY, "the point is not on P-256");
    ctx = EVP_MD_CTX_new();
    if (!ctx || !to_der(signature, der, &len) ||
        EVP_DigestVerifyInit_ex(ctx, NULL, "SHA256", sg_openssl(NULL), NULL, key, NULL) != 1)
        return sg_fail_openssl(err, "cannot verify with ES256");
    answer = EVP_DigestVerify(ctx, der, len, message.ptr, message.len);
    if (sg_is_yes(answer))
        return true;
    /* below 0 with a reason: numbers that lead nowhere; without one: OpenSSL could not tell */
    if (answer != 0 && ERR_count_to_mark() == 0)
        return sg_fail_openssl(err, "cannot verify with ES256");
    return sg_refuse(err, SIGNET_E_SIGNATURE, "the ES256 signature is not genuine");
}

static const uint8_t oid[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}; /* 1.2.840.10045.2.1 */
static const uint8_t curve[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

const signet_algorithm signet_es256 = {
    .name = "es256",
    .oid = {oid, sizeof(oid)},
    .parameters = {curve, sizeof(curve)},
    .cose = -7,
    .public_size = POINT_SIZE,
    .signature_size = SIGNATURE_SIZE,
    .check_public = check_public,
    .private_from_seed = private_from_seed,
    .private_free = free_private,
    .sign = sign,
    .verify = verify,
};

const signet_algorithm *const signet_cose_algorithms[4] = {
    &signet_ed25519, &signet_es256, &signet_mldsa44, NULL};
