/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMS of others: whatever RFC 5652 allows in a detached signature, read and judged by OpenSSL, with
 * the rules that OpenSSL leaves to its caller: every signer counts, nothing weak, the content is
 * data, and each chain is judged at the time of its own signature.
 *
 * The content is written through OpenSSL's chain of digests piece by piece, so memory does not grow
 * with it.
 */
#include <openssl/err.h>

#include "chain.h"

enum {
    DIGESTS_AT_MOST = 8, /* each one hashes the whole content */
    PIECE = 64 << 10,    /* bytes of content at a time */
    HEAD_SIZE = 6,       /* tag and length of a SET that fits in memory */
    DER_SET = 0x31,
};

typedef struct {
    CMS_ContentInfo *cms;
    STACK_OF(X509) * anchors, *intermediates, *embedded;
    const ASN1_OCTET_STRING *content; /* in the message, or NULL */
    BIO *digests;
} message;

static void
close_message(message *in)
{
    BIO_free_all(in->digests);
    sg_certs_free(in->embedded);
    sg_certs_free(in->intermediates);
    sg_certs_free(in->anchors);
    CMS_ContentInfo_free(in->cms);
}

static void
close_message_auto(message *in)
{
    close_message(in);
}

static bool
parse(message *in, signet_slice der, signet_error *err)
{
    OSSL_LIB_CTX *openssl = sg_openssl(err);
    const unsigned char *at = der.ptr;

    if (!openssl)
        return false;
    if (der.len == 0 || der.len > SIGNET_CMS_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "a message of %zu bytes", der.len);
    if (signet_cms_is_signet(der))
        return signet_fail(err, SIGNET_E_USAGE, "a message of the Signet profile");
    in->cms = CMS_ContentInfo_new_ex(openssl, NULL);
    if (!in->cms)
        return sg_fail_openssl(err, "cannot make a message");
    if (!d2i_CMS_ContentInfo(&in->cms, &at, (long)der.len))
        return sg_refuse(err, SIGNET_E_DECODE, "not CMS");
    if (at != der.ptr + der.len)
        return signet_fail(err, SIGNET_E_DECODE, "bytes after the message");
    if (OBJ_obj2nid(CMS_get0_type(in->cms)) != NID_pkcs7_signed)
        return sg_refuse(err, SIGNET_E_DECODE, "not signed data");
    if (OBJ_obj2nid(CMS_get0_eContentType(in->cms)) != NID_pkcs7_data)
        return signet_fail(err, SIGNET_E_DECODE, "signed content that is not plain data");
    return true;
}

/* All signers have a certificate here, in the message or in the rules. */
static bool
find_certs(message *in, const signet_chain_rules *rules, signet_error *err)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(in->cms);
    int count = sk_CMS_SignerInfo_num(signers);

    if (count < 1 || count > SIGNET_GENERAL_SIGNERS_MAX)
        return sg_refuse(err, SIGNET_E_DECODE, "a message with %d signers", count < 0 ? 0 : count);
    in->anchors = sg_x509_read_all(rules->anchors, rules->anchor_count, "anchor", err);
    if (!in->anchors)
        return false;
    in->intermediates =
        sg_x509_read_all(rules->intermediates, rules->intermediate_count, "intermediate", err);
    if (!in->intermediates)
        return false;
    in->embedded = CMS_get1_certs(in->cms); /* NULL: none */
    (void)CMS_set1_signers_certs(in->cms, in->intermediates, 0);
    (void)CMS_set1_signers_certs(in->cms, in->anchors, 0);
    for (int i = 0; i < count; i++) {
        X509 *cert = NULL;

        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, i), NULL, &cert, NULL, NULL);
        if (!cert)
            return sg_refuse(err, SIGNET_E_CERT, "the certificate of signer %d is missing", i + 1);
    }
    return true;
}

/* Digests that a signature of today may rest on; RFC 9882 adds SHA-3 and SHAKE for ML-DSA. */
static bool
check_digest(CMS_SignerInfo *signer, signet_error *err)
{
    static const int strong[] = {NID_sha256, NID_sha384, NID_sha512, NID_sha512_256, NID_sha3_256,
        NID_sha3_384, NID_sha3_512, NID_shake128, NID_shake256};
    X509_ALGOR *digest = NULL;
    int kind = NID_undef;

    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
    kind = OBJ_obj2nid(digest->algorithm);
    for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++) {
        if (strong[i] == kind)
            return true;
    }
    return signet_fail(err, SIGNET_E_CERT, "a signature over %s, which is too weak or unknown",
        kind == NID_undef ? "an unknown digest" : OBJ_nid2sn(kind));
}

static bool
open_message(message *in, signet_slice der, const signet_chain_rules *rules, signet_error *err)
{
    STACK_OF(CMS_SignerInfo) *signers = NULL;
    ASN1_OCTET_STRING **content = NULL;
    SIGNET_AUTO(BIO_free_all) BIO *nowhere = NULL;
    size_t digests = 0;

    if (!parse(in, der, err) || !find_certs(in, rules, err))
        return false;
    signers = CMS_get0_SignerInfos(in->cms);
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
        if (!check_digest(sk_CMS_SignerInfo_value(signers, i), err))
            return false;
    }
    content = CMS_get0_content(in->cms);
    in->content = content ? *content : NULL;
    nowhere = BIO_new(BIO_s_null());
    in->digests = nowhere ? CMS_dataInit(in->cms, nowhere) : NULL;
    if (!in->digests)
        return sg_fail_openssl(err, "cannot hash");
    nowhere = NULL; /* the chain's */
    for (BIO *at = in->digests; (at = BIO_find_type(at, BIO_TYPE_MD)) != NULL; at = BIO_next(at))
        digests++;
    if (digests > DIGESTS_AT_MOST)
        return signet_fail(err, SIGNET_E_DECODE, "a message with %zu digests", digests);
    return true;
}

/* What of the content must be remembered while it passes. */
typedef struct {
    uint8_t head[HEAD_SIZE];
    uint64_t size;
    bool differs; /* from the content in the message */
} passage;

static void
remember(passage *past, const message *in, signet_slice piece)
{
    uint64_t carried = in->content ? (uint64_t)ASN1_STRING_length(in->content) : 0;

    for (size_t i = 0; i < piece.len && past->size + i < HEAD_SIZE; i++)
        past->head[past->size + i] = piece.ptr[i];
    if (in->content &&
        (piece.len > carried || past->size > carried - piece.len ||
            memcmp(ASN1_STRING_get0_data(in->content) + past->size, piece.ptr, piece.len) != 0))
        past->differs = true;
    past->size += piece.len;
}

/*
 * Whether the content has the form of signed attributes: a SET in DER that is all of it.  The
 * signature over a signer's attributes is one over such content too, if the message has none
 * (RFC 5652 section 5.4 signs both alike).
 */
static bool
looks_like_attributes(const passage *past)
{
    uint64_t length = past->head[1], header = 2;

    if (past->size < 2 || past->head[0] != DER_SET)
        return false;
    if (length > 0x80 && length <= 0x84 && past->size >= 2 + (length & 0x7f)) {
        header += length & 0x7f;
        length = 0;
        for (size_t i = 2; i < header; i++)
            length = length << 8 | past->head[i];
    }
    return header + length == past->size;
}

static bool
pass_content(const message *in, const signet_content_source *content, passage *past, uint8_t *piece,
    signet_error *err)
{
    for (;;) {
        size_t len = 0, written = 0;

        if (!content->read(content->context, piece, PIECE, &len, err))
            return false;
        if (len > PIECE)
            return signet_fail(err, SIGNET_E_USAGE, "more content than there is room for");
        if (len == 0)
            break;
        if (BIO_write_ex(in->digests, piece, len, &written) != 1 || written != len)
            return sg_fail_openssl(err, "cannot hash");
        remember(past, in, (signet_slice){piece, len});
    }
    if (in->content && (past->differs || past->size != (uint64_t)ASN1_STRING_length(in->content)))
        return signet_fail(err, SIGNET_E_SIGNATURE, "the message carries other content");
    return true;
}

/* OpenSSL answers 0 or less for a signature that is not genuine and for what it could not do. */
static bool
judge(int answer, signet_error *err)
{
    unsigned long last = ERR_peek_last_error();
    bool is_verdict = answer == 0 || (ERR_GET_LIB(last) == ERR_LIB_CMS &&
                                         ERR_GET_REASON(last) == CMS_R_VERIFICATION_FAILURE);

    if (sg_is_yes(answer))
        return true;
    if (answer > 0 || !is_verdict)
        return sg_fail_openssl(err, "cannot verify");
    return sg_refuse(err, SIGNET_E_SIGNATURE, "the signature is not genuine");
}

static bool
check_content_type(const message *in, CMS_SignerInfo *signer, signet_error *err)
{
    const ASN1_OBJECT *kind =
        CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);

    if (!kind || OBJ_cmp(kind, CMS_get0_eContentType(in->cms)) != 0)
        return sg_refuse(err, SIGNET_E_SIGNATURE, "the signature is over another content type");
    return true;
}

/* RSA and ECDSA sign a digest of the content then; the others would need all of it at once. */
static bool
check_without_attributes(const X509 *cert, const passage *past, signet_error *err)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);

    if (!key ||
        !(EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS") || EVP_PKEY_is_a(key, "EC")))
        return signet_fail(err, SIGNET_E_ALGORITHM, "a signature without signed attributes");
    if (looks_like_attributes(past))
        return signet_fail(err, SIGNET_E_SIGNATURE, "content that was signed as something else");
    return true;
}

static bool
check_signature(const message *in, CMS_SignerInfo *signer, const passage *past, signet_error *err)
{
    X509 *cert = NULL;

    CMS_SignerInfo_get0_algs(signer, NULL, &cert, NULL, NULL);
    if (CMS_signed_get_attr_count(signer) < 0)
        return check_without_attributes(cert, past, err) &&
               judge(CMS_SignerInfo_verify_content(signer, in->digests), err);
    return judge(CMS_SignerInfo_verify(signer), err) &&
           judge(CMS_SignerInfo_verify_content(signer, in->digests), err) &&
           check_content_type(in, signer, err);
}

static bool
read_signing_time(CMS_SignerInfo *signer, signet_general_signer *ret, signet_error *err)
{
    int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
    X509_ATTRIBUTE *attribute = at < 0 ? NULL : CMS_signed_get_attr(signer, at);
    const ASN1_TYPE *value = NULL;

    if (!attribute)
        return true;
    value = X509_ATTRIBUTE_count(attribute) == 1 ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;
    if (!value || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME) ||
        CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, at) >= 0)
        return sg_refuse(err, SIGNET_E_DECODE, "a signing time that is none");
    ret->has_signing_time = true;
    return sg_seconds_of(value->value.asn1_string, &ret->signing_time, err);
}

static bool
describe(CMS_SignerInfo *signer, signet_general_signer *ret, signet_error *err)
{
    X509 *cert = NULL;
    unsigned char *der = NULL;
    const char *type = NULL;
    int len = 0;

    CMS_SignerInfo_get0_algs(signer, NULL, &cert, NULL, NULL);
    type = sg_x509_key_type(cert, err);
    if (!type || !read_signing_time(signer, ret, err) ||
        !sg_seconds_of(X509_get0_notBefore(cert), &ret->not_before, err) ||
        !sg_seconds_of(X509_get0_notAfter(cert), &ret->not_after, err))
        return false;
    len = i2d_X509(cert, &der);
    if (len < 0)
        return sg_fail_openssl(err, "cannot write a certificate");
    signet_cert_sha1((signet_slice){der, (size_t)len}, ret->fingerprint);
    OPENSSL_free(der);
    sg_x509_name(cert, ret->name, sizeof(ret->name));
    (void)snprintf(ret->key_type, sizeof(ret->key_type), "%s", type);
    return true;
}

static bool
check_chain(const message *in, CMS_SignerInfo *signer, const signet_general_signer *known,
    const signet_chain_rules *rules, signet_error *err)
{
    const sg_chain_rules chain = {
        .anchors = in->anchors,
        .intermediates = in->intermediates,
        .embedded = in->embedded,
        .purpose = rules->purpose,
        .at = rules->at >= 0 ? rules->at : known->signing_time,
    };
    X509 *cert = NULL;

    if (rules->at < 0 && !known->has_signing_time)
        return signet_fail(err, SIGNET_E_TIME, "a signature without a signing time");
    CMS_SignerInfo_get0_algs(signer, NULL, &cert, NULL, NULL);
    if (!(X509_get_key_usage(cert) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
        return sg_refuse(err, SIGNET_E_CERT, "the certificate of %s may not sign", known->name);
    return sg_chain_verify(cert, &chain, err);
}

static bool
check_signers(const message *in, const passage *past, const signet_chain_rules *rules,
    signet_general_signer *ret_signers, size_t *ret_count, signet_error *err)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(in->cms);
    signet_general_signer found[SIGNET_GENERAL_SIGNERS_MAX] = {0};
    int count = sk_CMS_SignerInfo_num(signers);

    for (int i = 0; i < count; i++) {
        CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, i);

        if (!check_signature(in, signer, past, err) || !describe(signer, &found[i], err))
            return false;
    }
    memcpy(ret_signers, found, (size_t)count * sizeof(found[0]));
    *ret_count = (size_t)count;
    for (int i = 0; i < count; i++) {
        if (!check_chain(in, sk_CMS_SignerInfo_value(signers, i), &found[i], rules, err))
            return false;
    }
    return true;
}

bool
signet_cms_verify_general(signet_slice der, const signet_content_source *content,
    const signet_chain_rules *rules, signet_general_signer *ret_signers, size_t *ret_count,
    signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(close_message) message in = {0};
    uint8_t *piece = NULL;
    passage past = {0};
    bool is_read = false;

    *ret_count = 0;
    if (!open_message(&in, der, rules, err))
        return false;
    piece = OPENSSL_malloc(PIECE);
    if (!piece)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for content");
    is_read = pass_content(&in, content, &past, piece, err);
    OPENSSL_free(piece);
    return is_read && check_signers(&in, &past, rules, ret_signers, ret_count, err);
}
