/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/core_names.h>
#include <openssl/err.h>

#include "x509.h"

enum { EXTENSIONS_AT_MOST = 64 };

X509 *
sg_x509_read(signet_slice der, signet_error *err)
{
    SIGNET_AUTO(X509_free) X509 *cert = NULL;
    OSSL_LIB_CTX *openssl = sg_openssl(err);
    const unsigned char *at = der.ptr;

    if (!openssl)
        return NULL;
    if (der.len == 0 || der.len > SIGNET_CERT_MAX)
        return signet_fail_null(err, SIGNET_E_DECODE, "a certificate of %zu bytes", der.len);
    cert = X509_new_ex(openssl, NULL);
    if (!cert)
        return sg_fail_openssl_null(err, "cannot make a certificate");
    if (!d2i_X509(&cert, &at, (long)der.len))
        return sg_refuse_null(err, SIGNET_E_DECODE, "not a certificate");
    if (at != der.ptr + der.len)
        return signet_fail_null(err, SIGNET_E_DECODE, "bytes after a certificate");
    return SIGNET_TAKE(cert);
}

STACK_OF(X509) *
    sg_x509_read_all(const signet_slice *ders, size_t count, const char *what, signet_error *err)
{
    SIGNET_AUTO(sg_certs_free) STACK_OF(X509) *certs = sk_X509_new_null();

    if (!certs)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for certificates");
    for (size_t i = 0; i < count; i++) {
        SIGNET_AUTO(X509_free) X509 *cert = sg_x509_read(ders[i], err);

        if (!cert) {
            signet_error_prefix(err, what);
            return NULL;
        }
        if (sk_X509_push(certs, cert) <= 0)
            return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for certificates");
        cert = NULL; /* the stack's */
    }
    return SIGNET_TAKE(certs);
}

typedef struct {
    const char *type;  /* as OpenSSL calls it */
    const char *group; /* of an elliptic curve */
    const char *name;
} key_row;

static const key_row key_rows[] = {
    {"RSA", NULL, "RSA"},
    {"RSA-PSS", NULL, "RSA-PSS"},
    {"EC", "prime256v1", "ECDSA P-256"},
    {"EC", "secp384r1", "ECDSA P-384"},
    {"EC", "secp521r1", "ECDSA P-521"},
    {"ED25519", NULL, "Ed25519"},
    {"ED448", NULL, "Ed448"},
    {"ML-DSA-44", NULL, "ML-DSA-44"},
    {"ML-DSA-65", NULL, "ML-DSA-65"},
    {"ML-DSA-87", NULL, "ML-DSA-87"},
};

/* A curve given by its parameters may be one made for the occasion, whatever it resembles. */
static bool
has_group(const EVP_PKEY *key, const char *group)
{
    char name[32];
    size_t len = 0;
    int is_explicit = 0;

    (void)EVP_PKEY_get_int_param(
        key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
    return !is_explicit && EVP_PKEY_get_group_name(key, name, sizeof(name), &len) == 1 &&
           strcmp(name, group) == 0;
}

static const char *
type_of(const EVP_PKEY *key)
{
    for (size_t i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++) {
        if (EVP_PKEY_is_a(key, key_rows[i].type) &&
            (!key_rows[i].group || has_group(key, key_rows[i].group)))
            return key_rows[i].name;
    }
    return NULL;
}

/* The one rule that OpenSSL does not have: canonical, and not of small order. */
static bool
check_ed25519(const EVP_PKEY *key, signet_error *err)
{
    uint8_t raw[SIGNET_ED25519_PUBLIC_SIZE];
    size_t len = sizeof(raw);

    if (EVP_PKEY_get_raw_public_key(key, raw, &len) != 1)
        return sg_fail_openssl(err, "cannot read a public key");
    if (!signet_ed25519.check_public((signet_slice){raw, len}, NULL))
        return sg_refuse(err, SIGNET_E_CERT, "a certificate with a weak Ed25519 key");
    return true;
}

const char *
sg_x509_key_type(const X509 *cert, signet_error *err)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    const char *type = key ? type_of(key) : NULL;

    if (!type)
        return sg_refuse_null(
            err, SIGNET_E_CERT, "a certificate with a key of an algorithm not accepted here");
    if (EVP_PKEY_get_security_bits(key) < SG_STRENGTH_BITS_MIN)
        return signet_fail_null(err, SIGNET_E_CERT, "a certificate with an %s key of %d bits", type,
            EVP_PKEY_get_bits(key));
    if (EVP_PKEY_is_a(key, "ED25519") && !check_ed25519(key, err))
        return NULL;
    return type;
}

/* What chain.c does something about, RFC 5280 section 4.2. */
static bool
is_handled(int extension)
{
    static const int handled[] = {NID_basic_constraints, NID_key_usage, NID_ext_key_usage,
        NID_subject_alt_name, NID_name_constraints, NID_certificate_policies,
        NID_policy_constraints, NID_policy_mappings, NID_inhibit_any_policy};

    for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
        if (handled[i] == extension)
            return true;
    }
    return false;
}

static bool
check_extensions(X509 *cert, signet_error *err)
{
    if (X509_get_extension_flags(cert) & (EXFLAG_INVALID | EXFLAG_INVALID_POLICY))
        return sg_refuse(err, SIGNET_E_DECODE, "a certificate with a broken extension");
    if (X509_get_ext_count(cert) > EXTENSIONS_AT_MOST)
        return signet_fail(
            err, SIGNET_E_DECODE, "a certificate with %d extensions", X509_get_ext_count(cert));
    for (int i = 0; i < X509_get_ext_count(cert); i++) {
        X509_EXTENSION *extension = X509_get_ext(cert, i);
        const ASN1_OBJECT *kind = X509_EXTENSION_get_object(extension);

        if (X509_EXTENSION_get_critical(extension) && !is_handled(OBJ_obj2nid(kind)))
            return signet_fail(
                err, SIGNET_E_CERT, "a certificate with an unknown critical extension");
        if (X509_get_ext_by_OBJ(cert, kind, i) >= 0)
            return sg_refuse(err, SIGNET_E_DECODE, "a certificate with an extension twice");
    }
    return true;
}

static bool
check_time(const X509 *cert, int64_t at, signet_error *err)
{
    int64_t not_before = 0, not_after = 0;
    char name[64];

    if (!sg_seconds_of(X509_get0_notBefore(cert), &not_before, err) ||
        !sg_seconds_of(X509_get0_notAfter(cert), &not_after, err))
        return false;
    if (at >= not_before && at <= not_after)
        return true;
    sg_x509_name(cert, name, sizeof(name));
    return signet_fail(err, SIGNET_E_TIME, "the certificate of %s %s", name,
        at < not_before ? "is not valid yet" : "has expired");
}

bool
sg_x509_check(X509 *cert, int64_t at, signet_error *err)
{
    return check_extensions(cert, err) && sg_x509_key_type(cert, err) != NULL &&
           check_time(cert, at, err);
}

bool
sg_x509_check_signature_strength(X509 *cert, signet_error *err)
{
    int bits = 0;
    uint32_t flags = 0;

    if (X509_get_signature_info(cert, NULL, NULL, &bits, &flags) != 1 ||
        !(flags & X509_SIG_INFO_VALID))
        return sg_refuse(
            err, SIGNET_E_CERT, "a certificate signed with an algorithm not accepted here");
    if (bits < SG_STRENGTH_BITS_MIN)
        return signet_fail(err, SIGNET_E_CERT, "a certificate signed with a weak digest");
    return true;
}

/* As much as fits, whole UTF-8 characters only, nothing that moves a cursor. */
static bool
copy_text(const ASN1_STRING *text, char *ret_name, size_t size)
{
    unsigned char *utf8 = NULL;
    int len = text ? ASN1_STRING_to_UTF8(&utf8, text) : -1;
    size_t count = 0;

    ret_name[0] = '\0';
    if (len <= 0 || !utf8) {
        OPENSSL_free(utf8);
        return false;
    }
    count = (size_t)len;
    if (count > size - 1) {
        count = size - 1;
        while (count > 0 && (utf8[count] & 0xc0) == 0x80)
            count--;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_c1 = utf8[i] == 0xc2 && i + 1 < count && utf8[i + 1] < 0xa0;

        ret_name[i] = utf8[i] < 0x20 || utf8[i] == 0x7f || is_c1 ? '?' : (char)utf8[i];
        if (is_c1)
            ret_name[++i] = '?'; /* U+0080 to U+009F, two bytes */
    }
    ret_name[count] = '\0';
    OPENSSL_free(utf8);
    return count > 0;
}

static const ASN1_STRING *
entry_of(const X509 *cert, int kind)
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(subject, kind, -1);

    return at < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
}

static const ASN1_STRING *
alternative_of(const GENERAL_NAMES *names, int kind)
{
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

        if (name->type == kind)
            return name->d.ia5; /* rfc822Name and URI are both IA5Strings */
    }
    return NULL;
}

void
sg_x509_name(const X509 *cert, char *ret_name, size_t size)
{
    SIGNET_AUTO(GENERAL_NAMES_free) GENERAL_NAMES *names = NULL;

    names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    if (copy_text(entry_of(cert, NID_commonName), ret_name, size) ||
        copy_text(alternative_of(names, GEN_EMAIL), ret_name, size) ||
        copy_text(entry_of(cert, NID_pkcs9_emailAddress), ret_name, size) ||
        copy_text(alternative_of(names, GEN_URI), ret_name, size))
        return;
    (void)copy_text(NULL, ret_name, size);
}
