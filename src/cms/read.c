/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a message of the Signet profile, spec 1.8.2: what the reference writes, a little of what
 * it tolerates, and nothing with two encodings (S-06).  Unsigned attributes and CRLs are the one
 * exception: they are bounded, well formed, and mean nothing.
 */
#include "cms/form.h"

/* The organisation as our names have it, in either string type. */
static const uint8_t organization_printable[] = {
    0x06, 0x03, 0x55, 0x04, 0x0a, 0x13, 0x06, 'S', 'i', 'g', 'n', 'e', 't'};
static const uint8_t organization_utf8[] = {
    0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 0x06, 'S', 'i', 'g', 'n', 'e', 't'};

/*
 * The name is searched for as bytes, wherever it is: a message cannot be made to look like somebody
 * else's by breaking its form, because the name is under the signature of every Signet certificate.
 */
bool
signet_cms_is_signet(signet_slice message)
{
    return message.ptr && message.len > 0 &&
           (memmem(
                message.ptr, message.len, organization_printable, sizeof(organization_printable)) ||
               memmem(message.ptr, message.len, organization_utf8, sizeof(organization_utf8)));
}

/* AlgorithmIdentifier whose parameters are absent or NULL. */
static signet_slice
read_algorithm(sg_der_reader *in, const char *field)
{
    sg_der_reader identifier = sg_der_enter(in, SG_DER_SEQUENCE, field);
    signet_slice oid = sg_der_read(&identifier, SG_DER_OID, field);

    if (sg_der_has_more(&identifier) && sg_der_read(&identifier, SG_DER_NULL, field).len > 0)
        sg_der_refuse(&identifier, field, "has parameters");
    sg_der_leave(in, &identifier, field);
    return oid;
}

enum { SHA256 = 1 << 0, SHA384 = 1 << 1, SHA512 = 1 << 2, UNKNOWN_DIGEST = 0 };

static unsigned
digest_of(signet_slice oid)
{
    if (signet_slice_is_equal(oid, SG_OID(SHA512)))
        return SHA512;
    if (signet_slice_is_equal(oid, SG_OID(SHA384)))
        return SHA384;
    return signet_slice_is_equal(oid, SG_OID(SHA256)) ? SHA256 : UNKNOWN_DIGEST;
}

/* What is collected on the way and judged once the form is known to be good. */
typedef struct {
    signet_slice sid_issuer, sid_serial, sid_ski;
    unsigned digest;
    signet_slice sign_oid;
    uint32_t version;
} signer_parts;

typedef struct {
    signet_algorithms accepted;
    signet_cms cms;
    signer_parts parts[SIGNET_CMS_SIGNERS_MAX];
    unsigned digests; /* of SignedData.digestAlgorithms */
    size_t digest_count;
    signet_error problem; /* of a part that reports for itself */
} reading;

static void
read_digests(sg_der_reader *in, reading *all)
{
    static const char field[] = "SignedData.digestAlgorithms";
    sg_der_reader set = sg_der_enter(in, SG_DER_SET, field);

    while (sg_der_has_more(&set)) {
        unsigned digest = digest_of(read_algorithm(&set, field));

        if (digest == UNKNOWN_DIGEST)
            sg_der_refuse(&set, field, "name a digest that is not accepted");
        else if (all->digests & digest)
            sg_der_refuse(&set, field, "name a digest twice");
        all->digests |= digest;
        all->digest_count++;
    }
    sg_der_leave(in, &set, field);
}

static void
read_content(sg_der_reader *in, signet_cms *cms)
{
    static const char field[] = "encapContentInfo";
    sg_der_reader body = sg_der_enter(in, SG_DER_SEQUENCE, field);

    if (!signet_slice_is_equal(sg_der_read(&body, SG_DER_OID, field), SG_OID(DATA)))
        sg_der_refuse(&body, field, "is not id-data");
    if (sg_der_next_is(&body, SG_DER_CONTEXT_CONSTRUCTED | 0)) {
        sg_der_reader wrapped = sg_der_enter(&body, SG_DER_CONTEXT_CONSTRUCTED | 0, field);

        cms->has_content = true;
        cms->content = sg_der_read(&wrapped, SG_DER_OCTET_STRING, field);
        sg_der_leave(&body, &wrapped, field);
    }
    sg_der_leave(in, &body, field);
}

static void
read_certificates(sg_der_reader *in, reading *all)
{
    static const char field[] = "certificates";
    sg_der_reader set = sg_der_enter(in, SG_DER_CONTEXT_CONSTRUCTED | 0, field);

    while (sg_der_has_more(&set)) {
        signet_slice der = sg_der_read_whole(&set, SG_DER_SEQUENCE, field);

        if (all->cms.cert_count == SIGNET_CMS_CERTS_MAX) {
            sg_der_refuse(&set, field, "are too many");
        } else if (!set.problem) {
            if (signet_cert_read(der, &all->cms.certs[all->cms.cert_count], &all->problem))
                all->cms.cert_count++;
            else
                sg_der_refuse(&set, field, "have one that cannot be read");
        }
    }
    sg_der_leave(in, &set, field);
}

/* Well-formed elements that mean nothing, but for what the version says of them: whether one has
 * the tag `other`. */
static bool
skip_elements(sg_der_reader *in, uint8_t tag, uint8_t other, const char *field)
{
    sg_der_reader body = sg_der_enter(in, tag, field);
    bool has_other = false;

    while (sg_der_has_more(&body)) {
        has_other = has_other || sg_der_next_is(&body, other);
        (void)sg_der_read_any(&body, field);
    }
    sg_der_leave(in, &body, field);
    return has_other;
}

static void
read_sid(sg_der_reader *in, signer_parts *parts)
{
    static const char field[] = "SignerInfo.sid";
    sg_der_reader body = {0};

    if (sg_der_next_is(in, SG_DER_CONTEXT | 0)) {
        parts->sid_ski = sg_der_read(in, SG_DER_CONTEXT | 0, field);
        if (parts->sid_ski.len == 0)
            sg_der_refuse(in, field, "is empty");
        return;
    }
    body = sg_der_enter(in, SG_DER_SEQUENCE, field);
    parts->sid_issuer = sg_der_read_whole(&body, SG_DER_SEQUENCE, field);
    parts->sid_serial = sg_der_read(&body, SG_DER_INTEGER, field);
    sg_der_leave(in, &body, field);
}

static void
read_signer(sg_der_reader *in, reading *all)
{
    static const char field[] = "SignerInfo";
    size_t index = all->cms.signer_count;
    signet_cms_signer_info *signer = &all->cms.signers[index];
    signer_parts *parts = &all->parts[index];
    sg_der_reader body = sg_der_enter(in, SG_DER_SEQUENCE, field);

    parts->version = sg_der_read_small(&body, "SignerInfo.version");
    read_sid(&body, parts);
    parts->digest = digest_of(read_algorithm(&body, "SignerInfo.digestAlgorithm"));
    if (parts->digest == UNKNOWN_DIGEST)
        sg_der_refuse(&body, "SignerInfo.digestAlgorithm", "is not accepted");
    if (sg_der_next_is(&body, SG_DER_CONTEXT_CONSTRUCTED | 0)) {
        signer->attributes = sg_der_read(&body, SG_DER_CONTEXT_CONSTRUCTED | 0, "signedAttrs");
        if (signer->attributes.len == 0)
            sg_der_refuse(&body, "signedAttrs", "are empty");
    }
    parts->sign_oid = read_algorithm(&body, "SignerInfo.signatureAlgorithm");
    signer->signature = sg_der_read(&body, SG_DER_OCTET_STRING, "SignerInfo.signature");
    if (sg_der_next_is(&body, SG_DER_CONTEXT_CONSTRUCTED | 1))
        (void)skip_elements(&body, SG_DER_CONTEXT_CONSTRUCTED | 1, 0, "unsignedAttrs");
    sg_der_leave(in, &body, field);
    all->cms.signer_count++;
}

static void
read_signers(sg_der_reader *in, reading *all)
{
    static const char field[] = "signerInfos";
    sg_der_reader set = sg_der_enter(in, SG_DER_SET, field);

    while (sg_der_has_more(&set)) {
        if (all->cms.signer_count == SIGNET_CMS_SIGNERS_MAX) {
            sg_der_refuse(&set, field, "are too many");
            break;
        }
        read_signer(&set, all);
    }
    if (all->cms.signer_count == 0)
        sg_der_refuse(&set, field, "are missing");
    sg_der_leave(in, &set, field);
}

/*
 * RFC 5652 section 5.1: the version follows from what is there, so it has one value (S-06).  Only
 * with a key identifier, which we never write, 1 passes for 3, since the reference's tests have it.
 */
static bool
is_version(uint32_t version, const reading *all, bool has_other_crls)
{
    bool has_key_id = false;

    for (size_t i = 0; i < all->cms.signer_count; i++)
        has_key_id = has_key_id || all->parts[i].sid_ski.len > 0;
    if (has_other_crls)
        return version == 5;
    return version == 1 || (version == 3 && has_key_id);
}

static bool
read_form(signet_slice message, reading *all, signet_error *err)
{
    sg_der_reader in = sg_der_reader_of(message);
    sg_der_reader info = sg_der_enter(&in, SG_DER_SEQUENCE, "ContentInfo");
    sg_der_reader wrapped = {0}, body = {0};
    uint32_t version = 0;
    bool has_other_crls = false;

    if (!signet_slice_is_equal(sg_der_read(&info, SG_DER_OID, "contentType"), SG_OID(SIGNED_DATA)))
        sg_der_refuse(&info, "contentType", "is not id-signedData");
    wrapped = sg_der_enter(&info, SG_DER_CONTEXT_CONSTRUCTED | 0, "ContentInfo.content");
    body = sg_der_enter(&wrapped, SG_DER_SEQUENCE, "SignedData");
    version = sg_der_read_small(&body, "SignedData.version");
    read_digests(&body, all);
    read_content(&body, &all->cms);
    read_certificates(&body, all);
    if (sg_der_next_is(&body, SG_DER_CONTEXT_CONSTRUCTED | 1))
        has_other_crls = skip_elements(
            &body, SG_DER_CONTEXT_CONSTRUCTED | 1, SG_DER_CONTEXT_CONSTRUCTED | 1, "crls");
    read_signers(&body, all);
    if (!is_version(version, all, has_other_crls))
        sg_der_refuse(&body, "SignedData.version", "is not the one for its content");
    sg_der_leave(&wrapped, &body, "SignedData");
    sg_der_leave(&info, &wrapped, "ContentInfo.content");
    sg_der_leave(&in, &info, "ContentInfo");
    if (all->problem.code == SIGNET_OK)
        return sg_der_read_end(&in, "ContentInfo", err);
    signet_error_prefix(&all->problem, "certificates");
    return signet_fail(err, all->problem.code, "%s", all->problem.message);
}

static const signet_cert *
find_certificate(const signet_cms *cms, const signer_parts *parts)
{
    for (size_t i = 0; i < cms->cert_count; i++) {
        const signet_cert *cert = &cms->certs[i];

        if (parts->sid_ski.len > 0 ? signet_slice_is_equal(cert->ski, parts->sid_ski)
                                   : signet_slice_is_equal(cert->issuer, parts->sid_issuer) &&
                                         signet_slice_is_equal(cert->serial, parts->sid_serial))
            return cert;
    }
    return NULL;
}

/* Steps 8 to 13 of spec 1.8 for one signer, and its attributes. */
static bool
judge_signer(reading *all, size_t index, signet_error *err)
{
    signet_cms_signer_info *signer = &all->cms.signers[index];
    const signer_parts *parts = &all->parts[index];
    const signet_cert *leaf = find_certificate(&all->cms, parts);
    sg_cms_attributes attributes = {0};

    if (parts->version != (parts->sid_ski.len > 0 ? 3 : 1))
        return signet_fail(err, SIGNET_E_DECODE,
            "SignerInfo.version is %lu, which its sid does not allow",
            (unsigned long)parts->version);
    if (!(all->digests & parts->digest))
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "SignerInfo.digestAlgorithm is not among those of SignedData");
    signer->algorithm = signet_algorithm_with_oid(all->accepted, parts->sign_oid);
    if (!signer->algorithm)
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "SignerInfo.signatureAlgorithm is not accepted here");
    if (!leaf)
        return signet_fail(
            err, SIGNET_E_CERT, "certificates have none that matches SignerInfo.sid");
    if (!signet_slice_is_equal(leaf->key_oid, signer->algorithm->oid) || leaf->key_has_parameters)
        return signet_fail(
            err, SIGNET_E_KEY, "SignerInfo.signatureAlgorithm is not that of the signer's key");
    signer->leaf = *leaf;
    if (signer->attributes.len == 0)
        return signet_slice_is_equal(signer->algorithm->oid, signet_ed25519.oid)
                   ? true
                   : signet_fail(err, SIGNET_E_DECODE, "signedAttrs are missing");
    if (all->digest_count != 1 || parts->digest != SHA512)
        return signet_fail(err, SIGNET_E_ALGORITHM,
            "SignerInfo.digestAlgorithm with signed attributes must be SHA-512 alone");
    if (!sg_cms_read_attributes(signer->attributes, signer->algorithm, &attributes, err))
        return false;
    signer->digest = attributes.digest;
    signer->has_signing_time = attributes.has_signing_time;
    signer->signing_time = attributes.signing_time;
    return true;
}

bool
signet_cms_read(
    signet_algorithms accepted, signet_slice message, signet_cms *ret_cms, signet_error *err)
{
    reading all = {.accepted = accepted};

    if (message.len > SIGNET_CMS_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "signature of %zu bytes is larger than %d",
            message.len, SIGNET_CMS_MAX);
    if (!read_form(message, &all, err))
        return false;
    for (size_t i = 0; i < all.cms.signer_count; i++) {
        if (!judge_signer(&all, i, err))
            return false;
    }
    if (all.cms.signer_count == 2 &&
        (!signet_slice_is_equal(all.cms.signers[0].algorithm->oid, signet_ed25519.oid) ||
            signet_slice_is_equal(all.cms.signers[1].algorithm->oid, signet_ed25519.oid) ||
            all.cms.signers[0].attributes.len == 0))
        return signet_fail(err, SIGNET_E_DECODE,
            "signerInfos are two, but not Ed25519 and then another algorithm");
    *ret_cms = all.cms;
    return true;
}
