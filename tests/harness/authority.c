/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "authority.h"

/* Everything made, freed at exit. */
static struct made {
    struct made *next;
    identity identity;
    unsigned char *der;
} * all;

static void
free_all(void)
{
    while (all) {
        struct made *next = all->next;

        EVP_PKEY_free(all->identity.key);
        X509_free(all->identity.cert);
        OPENSSL_free(all->der);
        free(all);
        all = next;
    }
}

static struct made *
remember(void)
{
    struct made *made = calloc(1, sizeof(*made));

    if (!made)
        abort();
    if (!all)
        (void)atexit(free_all);
    made->next = all;
    all = made;
    return made;
}

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            harness_fail(__FILE__, __LINE__, "%s: %s", #condition,                                 \
                ERR_reason_error_string(ERR_peek_last_error()));                                   \
    } while (0)

/* A key whose curve is written as numbers and not by its name. */
static EVP_PKEY *
with_parameters(EVP_PKEY *key)
{
    MUST(EVP_PKEY_set_utf8_string_param(
             key, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1);
    return key;
}

static EVP_PKEY *
make_key(const char *kind)
{
    EVP_PKEY *key = NULL;

    static const uint8_t weak[32] = {1}; /* the neutral element: anything is signed under it */

    if (strcmp(kind, "weak ED25519") == 0)
        key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, weak, sizeof(weak));
    else if (strcmp(kind, "P-256 in parameters") == 0)
        key = with_parameters(make_key("P-256"));
    else if (strncmp(kind, "RSA-", 4) == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)strtoul(kind + 4, NULL, 10));
    else if (strncmp(kind, "P-", 2) == 0 || strcmp(kind, "secp256k1") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
    MUST(key);
    return key;
}

static const EVP_MD *
default_digest(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "EC") ? EVP_sha256() : NULL;
}

static void
set_subject(X509 *cert, const identity_template *wanted)
{
    X509_NAME *subject = X509_get_subject_name(cert);

    if (wanted->organisation)
        MUST(X509_NAME_add_entry_by_NID(subject, NID_organizationName, MBSTRING_UTF8,
            (const unsigned char *)wanted->organisation, -1, -1, 0));
    if (wanted->name)
        MUST(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
            (const unsigned char *)wanted->name, -1, -1, 0));
}

static void
add_extensions(X509 *cert, const identity_template *wanted)
{
    CONF *empty = NCONF_new(NULL);
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, wanted->issuer ? wanted->issuer->cert : cert, cert, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, empty);
    for (size_t i = 0; i < MADE_EXTENSIONS_MAX && wanted->extensions[i][0]; i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_nconf(NULL, &ctx, wanted->extensions[i][0], wanted->extensions[i][1]);

        MUST(extension);
        MUST(X509_add_ext(cert, extension, -1));
        X509_EXTENSION_free(extension);
    }
    for (int i = 0; i < wanted->more_extensions; i++) {
        X509_EXTENSION *extension = NULL;
        char kind[32];

        (void)snprintf(kind, sizeof(kind), "1.2.3.4.%d", i);
        extension = X509V3_EXT_nconf(NULL, &ctx, kind, "DER:0500");
        MUST(extension && X509_add_ext(cert, extension, -1));
        X509_EXTENSION_free(extension);
    }
    NCONF_free(empty);
}

static void
sign_cert(X509 *cert, const identity_template *wanted, EVP_PKEY *issuer)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    const EVP_MD *digest = wanted->digest ? wanted->digest : default_digest(issuer);

    MUST(ctx && EVP_DigestSignInit(ctx, &parameters, digest, NULL, issuer) == 1);
    if (wanted->with_pss)
        MUST(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
    MUST(X509_sign_ctx(cert, ctx) > 0);
    EVP_MD_CTX_free(ctx);
}

identity
make_identity(const identity_template *wanted)
{
    static long serial = 1000;
    struct made *made = remember();
    X509 *cert = X509_new();
    int len = 0;

    if (wanted->same_key && EVP_PKEY_up_ref(wanted->same_key->key) == 1)
        made->identity.key = wanted->same_key->key;
    else
        made->identity.key = make_key(wanted->key ? wanted->key : "P-256");
    made->identity.cert = cert;
    MUST(cert && X509_set_version(cert, X509_VERSION_3));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++));
    MUST(ASN1_TIME_set(X509_getm_notBefore(cert), wanted->from ? wanted->from : MADE_FROM));
    MUST(ASN1_TIME_set(X509_getm_notAfter(cert), wanted->until ? wanted->until : MADE_UNTIL));
    set_subject(cert, wanted);
    MUST(X509_set_issuer_name(
        cert, X509_get_subject_name(wanted->issuer ? wanted->issuer->cert : cert)));
    MUST(X509_set_pubkey(cert, made->identity.key));
    add_extensions(cert, wanted);
    sign_cert(cert, wanted, wanted->issuer ? wanted->issuer->key : made->identity.key);
    len = i2d_X509(cert, &made->der);
    MUST(len > 0);
    made->identity.der = (signet_slice){made->der, (size_t)len};
    return made->identity;
}

static void
add_signing_time(CMS_SignerInfo *signer, int64_t at)
{
    ASN1_TIME *time = ASN1_TIME_set(NULL, at);

    MUST(time &&
         CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time, -1) == 1);
    ASN1_TIME_free(time);
}

static void
add_signer(CMS_ContentInfo *cms, const cms_signer *wanted)
{
    unsigned flags = wanted->flags | CMS_NOSMIMECAP | CMS_BINARY;
    CMS_SignerInfo *signer = NULL;
    int64_t at = wanted->signed_at ? wanted->signed_at : MADE_AT;

    signer = CMS_add1_signer(cms, wanted->identity->cert, wanted->identity->key,
        wanted->digest ? wanted->digest : EVP_sha256(),
        flags | CMS_PARTIAL | (wanted->with_pss ? CMS_KEY_PARAM : 0U) |
            (at < 0 ? CMS_NO_SIGNING_TIME : 0U));
    MUST(signer);
    if (wanted->with_pss)
        MUST(EVP_PKEY_CTX_set_rsa_padding(
                 CMS_SignerInfo_get0_pkey_ctx(signer), RSA_PKCS1_PSS_PADDING) == 1);
    if (at >= 0 && !(flags & CMS_NOATTR))
        add_signing_time(signer, at);
}

signet_slice
make_cms(const cms_template *wanted)
{
    unsigned flags = CMS_BINARY | CMS_PARTIAL | (wanted->is_attached ? 0U : CMS_DETACHED);
    BIO *content = BIO_new_mem_buf(wanted->content.ptr, (int)wanted->content.len);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    struct made *made = remember();
    int len = 0;

    MUST(content && cms);
    if (wanted->content_type)
        MUST(CMS_set1_eContentType(cms, OBJ_nid2obj(wanted->content_type)) == 1);
    for (size_t i = 0; i < wanted->signer_count; i++)
        add_signer(cms, &wanted->signers[i]);
    for (size_t i = 0; i < wanted->cert_count; i++)
        MUST(CMS_add1_cert(cms, wanted->certs[i]->cert));
    MUST(CMS_final(cms, content, NULL, flags));
    len = i2d_CMS_ContentInfo(cms, &made->der);
    MUST(len > 0);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
    return (signet_slice){made->der, (size_t)len};
}
