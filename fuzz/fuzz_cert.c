/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/cert.h>

#include "fuzz.h"

static const uint8_t seed[SIGNET_SEED_SIZE] = {'m', 'a', 's', 't', 'e', 'r'};
static const uint8_t serial[] = {0x42};

enum { ISSUED = 1780000000 };

/* The one certificate that the key of `seed` ever signed. */
static void
issue(signet_key **ret_key, signet_buf *ret_der)
{
    signet_cert_template ca = {
        .kind = SIGNET_CERT_CA, .now = ISSUED, .serial = {serial, sizeof(serial)}};

    *ret_key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    PROPERTY(*ret_key);
    ca.issuer = *ret_key;
    PROPERTY(signet_cert_issue(&ca, ret_der, NULL));
}

static void
check_slices(const signet_cert *cert)
{
    const signet_slice parts[] = {cert->tbs, cert->serial, cert->issuer, cert->subject, cert->spki,
        cert->key_oid, cert->key, cert->sign_oid, cert->signature, cert->common_name, cert->email,
        cert->uri, cert->ski, cert->aki, cert->capabilities, cert->subject_text, cert->agent_text,
        cert->scope_text};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        PROPERTY(fuzz_is_within(parts[i], cert->der));
}

/* What is read as a list of capabilities is written as the very same bytes. */
static void
check_capabilities(signet_slice der)
{
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};
    signet_slice capabilities[SIGNET_CAPABILITIES_MAX];
    size_t count = 0;

    if (!signet_capabilities_read(der, capabilities, &count, NULL))
        return;
    PROPERTY(count <= SIGNET_CAPABILITIES_MAX);
    PROPERTY(signet_capabilities_write(capabilities, count, &again, NULL));
    PROPERTY(signet_slice_is_equal(der, signet_buf_slice(&again)));
}

/*
 * Any bytes: what is read as a certificate is all of the input, points into it, and bears the
 * signature of a key only when that key signed these very bytes.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_key_free) signet_key *issuer = NULL, *subject = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf issued = {0};
    signet_slice input = {data, size};
    signet_cert cert = {0};

    check_capabilities(input);
    if (!signet_cert_read(input, &cert, NULL))
        return 0;
    PROPERTY(signet_slice_is_equal(cert.der, input));
    check_slices(&cert);
    check_capabilities(cert.capabilities);
    PROPERTY(fuzz_is_within(signet_cert_text(cert.subject_text), input));
    subject = signet_cert_key(signet_only_ed25519, &cert, NULL);
    PROPERTY(!subject || signet_slice_is_equal(signet_key_public(subject), cert.key));

    issue(&issuer, &issued);
    if (signet_cert_check_signature(&cert, issuer, NULL))
        PROPERTY(signet_slice_is_equal(input, signet_buf_slice(&issued)));
    return 0;
}
