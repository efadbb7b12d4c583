/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and CMS messages. */
#include <stdio.h>

#include "base/text.h"
#include "input.h"
#include "inspect.h"

/* 1.2.840.113549.1.7.2, which is where CMS begins. */
static const uint8_t signed_data[] = {
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};

bool
inspect_is_certificate(signet_slice bytes)
{
    signet_cert cert = {0};

    if (inspect_contains(bytes, "-----BEGIN "))
        return inspect_contains(bytes, "-----BEGIN CERTIFICATE-----");
    return signet_cert_read(bytes, &cert, NULL);
}

bool
inspect_is_cms(signet_slice bytes)
{
    size_t len = bytes.len < 32 ? bytes.len : 32;

    return inspect_contains(bytes, "-----BEGIN CMS-----") ||
           inspect_contains(bytes, "-----BEGIN PKCS7-----") ||
           inspect_contains(bytes, "-----BEGIN SIGNED MESSAGE-----") ||
           (len > 0 && bytes.ptr[0] == 0x30 &&
               memmem(bytes.ptr, len, signed_data, sizeof(signed_data)));
}

typedef enum { SHOW_HEX, SHOW_TEXT, SHOW_EXTENSION } show_kind;

/* What is there is shown, in this order. */
static const struct {
    const char *name;
    size_t field; /* a slice in signet_cert */
    show_kind kind;
    const char *meaning;
} slices[] = {
#define FIELD(name) offsetof(signet_cert, name)
    {"serial", FIELD(serial), SHOW_HEX, NULL},
    {"subject", FIELD(common_name), SHOW_TEXT, "common name: whose it is"},
    {"issuer", FIELD(issuer_common_name), SHOW_TEXT, "common name: who vouches, it says"},
    {"email", FIELD(email), SHOW_TEXT, NULL},
    {"uri", FIELD(uri), SHOW_TEXT, "SPIFFE id, or DID"},
    {"ski", FIELD(ski), SHOW_HEX, "subject key identifier"},
    {"aki", FIELD(aki), SHOW_HEX, "key identifier of the issuer"},
    {"identity_subject", FIELD(subject_text), SHOW_EXTENSION, "extension: owner"},
    {"identity_agent", FIELD(agent_text), SHOW_EXTENSION, "extension: agent"},
    {"identity_scope", FIELD(scope_text), SHOW_EXTENSION, "extension: scope"},
    {"identity_issued", FIELD(issued_text), SHOW_EXTENSION, "extension: when it was asked for"},
#undef FIELD
};

static void
show_slices(report *to, const signet_cert *cert)
{
    for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++) {
        signet_slice value = {0};

        memcpy(&value, (const char *)cert + slices[i].field, sizeof(value));
        if (value.len == 0)
            continue;
        if (slices[i].kind == SHOW_HEX)
            report_hex(to, slices[i].name, value, slices[i].meaning);
        else
            report_text(to, slices[i].name,
                slices[i].kind == SHOW_TEXT ? value : signet_cert_text_any(value),
                slices[i].meaning);
    }
}

static void
show_flags(report *to, const char *name, bool is_there, unsigned flags, const char *const *names,
    size_t count, const char *meaning)
{
    if (!is_there)
        return;
    report_open_list(to, name, meaning);
    for (size_t i = 0; i < count; i++) {
        if (flags & 1U << i && names[i])
            report_word(to, NULL, names[i], NULL);
    }
    report_close_list(to);
}

static void
show_rights(report *to, const signet_cert *cert)
{
    static const char *const usages[] = {"digital signature", "content commitment",
        "key encipherment", "data encipherment", "key agreement", "certificate signing",
        "CRL signing"};
    static const char *const purposes[] = {
        "any", "code signing", "client authentication", "server authentication", "other"};
    signet_slice capabilities[SIGNET_CAPABILITIES_MAX];
    size_t count = 0;

    report_bool(to, "ca", cert->is_ca, "may issue certificates");
    if (cert->has_path_length)
        report_unsigned(to, "path_length", cert->path_length, "CAs below it");
    show_flags(to, "usage", cert->has_usage, cert->usage, usages,
        sizeof(usages) / sizeof(usages[0]), "key usage");
    show_flags(to, "purposes", cert->has_purposes, cert->purposes, purposes,
        sizeof(purposes) / sizeof(purposes[0]), "extended key usage");
    if (cert->has_capabilities &&
        signet_capabilities_read(cert->capabilities, capabilities, &count, NULL)) {
        report_open_list(to, "capabilities", "what it allows");
        for (size_t i = 0; i < count; i++)
            report_text(to, NULL, capabilities[i], NULL);
        report_close_list(to);
    }
    if (cert->has_unknown_critical)
        report_bool(
            to, "unknown_critical", true, "an extension that must be understood, and is not");
}

void
inspect_show_certificate(report *to, const signet_cert *cert)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_cert_key(input_all_algorithms(), cert, NULL);
    const signet_algorithm *by = signet_algorithm_with_oid(input_all_algorithms(), cert->sign_oid);
    char fingerprint[41];

    show_slices(to, cert);
    report_time(to, "not_before", cert->not_before, "first second it is valid");
    report_time(to, "not_after", cert->not_after, "last second it is valid");
    report_word(to, "key_algorithm", key ? signet_key_algorithm(key)->name : "other", NULL);
    report_hex(to, "key", cert->key, "public key");
    show_rights(to, cert);
    report_word(to, "signed_with", by ? by->name : "other", "not checked");
    signet_cert_sha1(cert->der, fingerprint);
    report_word(to, "fingerprint", fingerprint, "SHA-1 of it, as git shows it");
}

void
inspect_certificate(report *to, signet_slice bytes)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    signet_cert cert = {0};
    signet_error err = {0};

    if (!signet_cert_from_pem(bytes, &der, &err)) {
        report_break(to, "certificate", &err);
        if (bytes.len > 0 && bytes.ptr[0] == 0x30)
            inspect_show_der(to, bytes);
        return;
    }
    if (!signet_cert_read(signet_buf_slice(&der), &cert, &err)) {
        report_break(to, "certificate", &err);
        inspect_show_der(to, signet_buf_slice(&der));
        return;
    }
    report_open(to, "certificate", "what a certificate says");
    inspect_show_certificate(to, &cert);
    report_close(to);
}

/* --- CMS --- */

static void
show_signer(report *to, const signet_cms_signer_info *signer)
{
    report_open(to, NULL, "a signer");
    report_word(to, "algorithm", signer->algorithm->name, NULL);
    if (signer->has_signing_time)
        report_time(to, "signing_time", signer->signing_time, "the signer's own word");
    if (signer->digest.len > 0)
        report_hex(to, "digest", signer->digest, "SHA-512 of the content");
    else
        report_word(to, "form", "plain", "the content itself is signed, without attributes");
    report_hex(to, "signature", signer->signature, "not checked");
    report_open(to, "leaf", "the certificate of the key that signed");
    inspect_show_certificate(to, &signer->leaf);
    report_close(to);
    report_close(to);
}

void
inspect_cms(report *to, signet_slice bytes)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    signet_cms cms = {0};
    signet_error err = {0};

    if (!signet_cms_dearmor(bytes, &der, &err)) {
        report_break(to, "CMS", &err);
        return;
    }
    report_bool(
        to, "signet", signet_cms_is_signet(signet_buf_slice(&der)), "claims to be Signet's");
    if (!signet_cms_read(input_all_algorithms(), signet_buf_slice(&der), &cms, &err)) {
        report_break(to, "CMS of Signet's profile", &err);
        inspect_show_der(to, signet_buf_slice(&der));
        return;
    }
    report_bool(to, "has_content", cms.has_content, "the content is in it");
    report_open_list(to, "signers", "who signed, they say");
    for (size_t i = 0; i < cms.signer_count; i++)
        show_signer(to, &cms.signers[i]);
    report_close_list(to);
    report_unsigned(to, "certificates", cms.cert_count, "in it");
}
