/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and who vouches for them: x509_verify, and `signet verify` of the reference. */
#include <stdlib.h>

#include <signet/pki.h>

#include "cert/name.h"
#include "cert/oid.h"
#include "codec/pem.h"
#include "replay.h"

enum { CERTS_MAX = 16 };

/* Certificates of a list: hex, or "common.<member>". */
static size_t
certificates_of(const replay_case *one, const char *member, signet_slice ret_certs[CERTS_MAX])
{
    const json_t *list = json_object_get(one->inputs, member);
    size_t count = json_array_size(list);

    if (count > CERTS_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (strncmp(text, "common.", 7) == 0) {
            ret_certs[i] = replay_hex(one->common, text + 7, NULL);
        } else {
            json_t *holder = json_pack("{s:s}", "it", text);

            ret_certs[i] = replay_hex(holder, "it", NULL);
            json_decref(holder);
        }
    }
    return count;
}

static unsigned
purpose_of(const char *name)
{
    if (strcmp(name, "codeSigning") == 0)
        return SIGNET_PURPOSE_CODE_SIGNING;
    return strcmp(name, "clientAuth") == 0 ? SIGNET_PURPOSE_CLIENT_AUTH : SIGNET_PURPOSE_ANY;
}

static replay_verdict
run_x509_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_slice anchors[CERTS_MAX], intermediates[CERTS_MAX];
    signet_chain_rules rules = {
        .anchors = anchors,
        .anchor_count = certificates_of(one, "roots", anchors),
        .intermediates = intermediates,
        .intermediate_count = certificates_of(one, "intermediates", intermediates),
        .purpose = purpose_of(json_string_value(replay_input(one, "key_usage"))),
        .at = replay_number(one->inputs, "time", 0),
    };

    (void)differences;
    return signet_chain_verify(replay_hex(one->inputs, "leaf", NULL), &rules, err) ? REPLAY_ACCEPT
                                                                                   : REPLAY_REJECT;
}

/* All certificates of a CA file; as the reference, blocks of another kind are passed over. */
static size_t
read_anchors(signet_slice text, signet_slice ret_certs[CERTS_MAX])
{
    size_t count = 0;

    for (;;) {
        SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};
        uint8_t *copy = NULL;

        if (count == CERTS_MAX || !sg_pem_read(text, &block, NULL))
            return count;
        text = block.rest;
        if (strcmp(block.label, "CERTIFICATE") != 0)
            continue;
        copy = replay_alloc(block.bytes.len);
        memcpy(copy, block.bytes.data, block.bytes.len);
        ret_certs[count++] = (signet_slice){copy, block.bytes.len};
    }
}

static const char *
key_type_of(const signet_cert *cert)
{
    if (signet_slice_is_equal(cert->key_oid, SG_OID(EC_KEY)))
        return "ECDSA P-256";
    if (signet_slice_is_equal(cert->key_oid, signet_mldsa44.oid))
        return "ML-DSA-44";
    return signet_slice_is_equal(cert->key_oid, signet_ed25519.oid) ? "Ed25519" : "?";
}

/* The class of the reference's reason, which is a text. */
static signet_code
class_of(const char *reason)
{
    if (strstr(reason, "expired or is not yet valid"))
        return SIGNET_E_TIME;
    return strstr(reason, "unknown authority") ? SIGNET_E_TRUST : SIGNET_E_CERT;
}

static void
compare_facts(const json_t *expected, const signet_cert *cert, signet_buf *differences)
{
    sg_der_reader in = sg_der_reader_of(cert->issuer);
    signet_slice issuer = {0};

    (void)sg_name_read(&in, &issuer, "issuer");

    const struct {
        const char *name;
        signet_slice is;
    } texts[] = {
        {"subject", cert->common_name},
        {"issuer", issuer},
        {"owner", signet_cert_text(cert->subject_text)},
        {"agent", signet_cert_text(cert->agent_text)},
        {"scope", signet_cert_text(cert->scope_text)},
        {"key_type", signet_slice_text(key_type_of(cert))},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        replay_compare_text(differences, texts[i].name, texts[i].is,
            json_string_value(json_object_get(expected, texts[i].name)));
    replay_compare_number(
        differences, "not_before", cert->not_before, replay_number(expected, "not_before", 0));
    replay_compare_number(
        differences, "not_after", cert->not_after, replay_number(expected, "not_after", 0));
}

static replay_verdict
run_signet_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    signet_slice anchors[CERTS_MAX];
    signet_chain_rules rules = {
        .anchors = anchors,
        .anchor_count = read_anchors(replay_text(one->inputs, "ca_pem", NULL), anchors),
        .purpose = SIGNET_PURPOSE_CLIENT_AUTH,
        .at = replay_number(one->inputs, "now", 0),
    };
    signet_cert cert = {0};
    bool is_valid = false;

    if (!signet_cert_from_pem(replay_text(one->inputs, "cert_pem", NULL), &der, err) ||
        !signet_cert_read(signet_buf_slice(&der), &cert, err))
        return REPLAY_REJECT;
    is_valid = signet_chain_verify(cert.der, &rules, err);
    if (one->outputs) { /* absent: the reference could not read its inputs */
        const char *reason = json_string_value(json_object_get(one->outputs, "reason"));

        compare_facts(one->outputs, &cert, differences);
        if (!is_valid && reason && *reason)
            replay_compare_number(
                differences, "the class of the reason", err->code, class_of(reason));
    }
    return is_valid ? REPLAY_ACCEPT : REPLAY_REJECT;
}

const replay_group replay_chain[] = {
    {"x509_verify", run_x509_verify},
    {"signet_verify", run_signet_verify},
    {NULL, NULL},
};
