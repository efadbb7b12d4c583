/* SPDX-License-Identifier: Apache-2.0 */
/* Two questions about a message that was read: who made the signature, and who vouches for them. */
#include "base/secret.h"
#include "cms/form.h"
#include "crypto/digest.h"

static bool
check_embedded_content(const signet_cms *cms, const signet_cms_content *content, signet_error *err)
{
    uint8_t digest[SIGNET_SHA512_SIZE];

    if (!cms->has_content)
        return true;
    sg_sha512(cms->content, digest);
    if (!sg_equal((signet_slice){digest, sizeof(digest)}, content->digest))
        return signet_fail(
            err, SIGNET_E_SIGNATURE, "encapContentInfo holds another content than the one given");
    return true;
}

static bool
check_plain(const signet_cms_signer_info *signer, const signet_key *key,
    const signet_cms_content *content, signet_error *err)
{
    if (!content->has_bytes)
        return signet_fail(
            err, SIGNET_E_USAGE, "a signature without signed attributes needs the whole content");
    if (sg_cms_looks_like_attributes(content->bytes))
        return signet_fail(err, SIGNET_E_SIGNATURE,
            "signedAttrs are missing and the content looks like signed attributes");
    return signet_key_verify(key, content->bytes, signer->signature, err);
}

/* What was signed is not what is stored: the tag of the SET, then the same bytes. */
static bool
check_attributes(const signet_cms_signer_info *signer, const signet_key *key,
    const signet_cms_content *content, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf set = {0};
    sg_der_writer to = sg_der_writer_to(&set);

    if (!sg_equal(signer->digest, content->digest))
        return signet_fail(err, SIGNET_E_SIGNATURE, "messageDigest is that of another content");
    sg_der_write(&to, SG_DER_SET, signer->attributes);
    return sg_der_write_end(&to, err) &&
           signet_key_verify(key, signet_buf_slice(&set), signer->signature, err);
}

bool
signet_cms_check_signature(
    const signet_cms *cms, size_t index, const signet_cms_content *content, signet_error *err)
{
    const signet_cms_signer_info *signer = NULL;
    const signet_algorithm *accepted[] = {NULL, NULL};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (index >= cms->signer_count)
        return signet_fail(err, SIGNET_E_USAGE, "signer %zu of %zu", index, cms->signer_count);
    signer = &cms->signers[index];
    accepted[0] = signer->algorithm;
    key = signet_cert_key(accepted, &signer->leaf, err);
    if (!key) {
        signet_error_prefix(err, "signer certificate");
        return false;
    }
    return check_embedded_content(cms, content, err) &&
           (signer->attributes.len > 0 ? check_attributes(signer, key, content, err)
                                       : check_plain(signer, key, content, err));
}

/* The rules for whoever signs the content, spec 1.8.2 and S-09. */
static bool
check_leaf(const signet_cert *leaf, unsigned purpose, const signet_cms_chain_rules *rules,
    signet_error *err)
{
    bool has_purpose = leaf->has_purposes && leaf->purposes & (purpose | SIGNET_PURPOSE_ANY);

    if (leaf->has_unknown_critical)
        return signet_fail(
            err, SIGNET_E_CERT, "signer certificate has a critical extension that is not known");
    if (leaf->has_purposes ? !has_purpose && !(purpose & SIGNET_PURPOSE_ANY) : !rules->lenient)
        return signet_fail(
            err, SIGNET_E_CERT, "signer certificate: extKeyUsage does not allow this");
    if (rules->lenient)
        return true;
    if (!leaf->has_usage || !(leaf->usage & SIGNET_USAGE_DIGITAL_SIGNATURE))
        return signet_fail(
            err, SIGNET_E_CERT, "signer certificate: keyUsage allows no digital signatures");
    if (leaf->is_ca)
        return signet_fail(err, SIGNET_E_CERT, "signer certificate is that of an authority");
    return true;
}

static bool
check_bridge(const signet_cert *bridge, unsigned purpose, signet_error *err)
{
    if (bridge->has_unknown_critical)
        return signet_fail(
            err, SIGNET_E_CERT, "bridge certificate has a critical extension that is not known");
    if (!bridge->is_ca || (bridge->has_usage && !(bridge->usage & SIGNET_USAGE_CERT_SIGN)))
        return signet_fail(err, SIGNET_E_CERT, "bridge certificate may not issue certificates");
    if (bridge->has_purposes && !(purpose & SIGNET_PURPOSE_ANY) &&
        !(bridge->purposes & (purpose | SIGNET_PURPOSE_ANY)))
        return signet_fail(
            err, SIGNET_E_CERT, "bridge certificate: extKeyUsage does not allow this");
    return true;
}

/* Whether `bridge` issued the leaf and `anchor` the bridge. */
static bool
is_chain(const signet_cert *leaf, const signet_cert *bridge, const signet_key *anchor)
{
    const signet_algorithm *accepted[] = {signet_key_algorithm(anchor), NULL};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    if (!signet_slice_is_equal(leaf->issuer, bridge->subject) ||
        !signet_cert_check_signature(bridge, anchor, NULL))
        return false;
    key = signet_cert_key(accepted, bridge, NULL);
    return key && signet_cert_check_signature(leaf, key, NULL);
}

static bool
find_bridge(const signet_cms *cms, const signet_cert *leaf, const signet_key *anchor,
    const signet_cms_chain_rules *rules, signet_cert *ret_bridge)
{
    for (size_t i = 0; i < cms->cert_count; i++) {
        if (cms->certs[i].der.ptr != leaf->der.ptr && is_chain(leaf, &cms->certs[i], anchor)) {
            *ret_bridge = cms->certs[i];
            return true;
        }
    }
    for (size_t i = 0; i < rules->intermediate_count; i++) {
        if (signet_cert_read(rules->intermediates[i], ret_bridge, NULL) &&
            is_chain(leaf, ret_bridge, anchor))
            return true;
    }
    return false;
}

bool
signet_cms_check_chain(const signet_cms *cms, size_t index, const signet_key *anchor, int64_t at,
    const signet_cms_chain_rules *rules, signet_cert *ret_bridge, signet_error *err)
{
    static const signet_cms_chain_rules strict = {0};
    const signet_cert *leaf = NULL;
    signet_cert bridge = {0};
    unsigned purpose = SIGNET_PURPOSE_CODE_SIGNING;

    if (index >= cms->signer_count)
        return signet_fail(err, SIGNET_E_USAGE, "signer %zu of %zu", index, cms->signer_count);
    leaf = &cms->signers[index].leaf;
    if (!rules)
        rules = &strict;
    if (rules->purpose)
        purpose = rules->purpose;
    if (!signet_cert_check_signature(leaf, anchor, NULL)) {
        if (!find_bridge(cms, leaf, anchor, rules, &bridge))
            return signet_fail(
                err, SIGNET_E_TRUST, "signer certificate was not issued by this key");
        if (!check_bridge(&bridge, purpose, err))
            return false;
        if (!signet_cert_check_time(&bridge, at, rules->skew, err)) {
            signet_error_prefix(err, "bridge");
            return false;
        }
    }
    if (!check_leaf(leaf, purpose, rules, err))
        return false;
    if (!signet_cert_check_time(leaf, at, rules->skew, err)) {
        signet_error_prefix(err, "signer");
        return false;
    }
    if (ret_bridge)
        *ret_bridge = bridge;
    return true;
}
