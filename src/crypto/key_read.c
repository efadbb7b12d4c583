/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys as others see them: SubjectPublicKeyInfo and PKCS#8 (RFC 5958 version 1, RFC 8410,
 * RFC 9881), and the three PEM labels.  The label decides what is inside, never the content.
 */
#include "base/secret.h"
#include "codec/der.h"
#include "codec/pem.h"
#include "crypto/key.h"

/* AlgorithmIdentifier with exactly the parameters of its algorithm, which for most are absent. */
static const signet_algorithm *
read_algorithm(sg_der_reader *in, signet_algorithms accepted, signet_error *err)
{
    sg_der_reader identifier = sg_der_enter(in, SG_DER_SEQUENCE, "algorithm");
    signet_slice oid = sg_der_read(&identifier, SG_DER_OID, "algorithm");
    const signet_algorithm *algorithm = NULL;

    if (identifier.problem)
        return signet_fail_null(
            err, SIGNET_E_DECODE, "%s %s", identifier.field, identifier.problem);
    algorithm = signet_algorithm_with_oid(accepted, oid);
    if (!algorithm)
        return signet_fail_null(err, SIGNET_E_ALGORITHM, "a key of an algorithm not accepted here");
    if (!signet_slice_is_equal(identifier.left, algorithm->parameters))
        return signet_fail_null(err, SIGNET_E_DECODE,
            "algorithm has parameters that a key of %s has not", algorithm->name);
    return algorithm;
}

signet_key *
signet_key_from_spki(signet_algorithms accepted, signet_slice der, signet_error *err)
{
    sg_der_reader in = sg_der_reader_of(der);
    sg_der_reader spki = sg_der_enter(&in, SG_DER_SEQUENCE, "public key");
    const signet_algorithm *algorithm = read_algorithm(&spki, accepted, err);
    signet_slice raw = {0};

    if (!algorithm)
        return NULL;
    raw = sg_der_read_bits(&spki, "public key");
    sg_der_leave(&in, &spki, "public key");
    if (!sg_der_read_end(&in, "public key", err))
        return NULL;
    return signet_key_from_public(algorithm, raw, err);
}

/* RFC 5915: ECPrivateKey, with neither parameters nor a public key that says otherwise. */
static signet_key *
read_ec_private(const signet_algorithm *algorithm, signet_slice der, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    sg_der_reader in = sg_der_reader_of(der);
    sg_der_reader body = sg_der_enter(&in, SG_DER_SEQUENCE, "private key");
    signet_slice scalar = {0}, public_key = {0};

    if (sg_der_read_small(&body, "private key version") != 1)
        sg_der_refuse(&body, "private key version", "is not 1");
    scalar = sg_der_read(&body, SG_DER_OCTET_STRING, "private key");
    if (sg_der_next_is(&body, SG_DER_CONTEXT_CONSTRUCTED | 1)) {
        sg_der_reader wrapped = sg_der_enter(&body, SG_DER_CONTEXT_CONSTRUCTED | 1, "public key");

        public_key = sg_der_read_bits(&wrapped, "public key");
        sg_der_leave(&body, &wrapped, "public key");
    }
    sg_der_leave(&in, &body, "private key");
    if (!sg_der_read_end(&in, "private key", err))
        return NULL;
    key = signet_key_from_seed(algorithm, scalar, err);
    if (!key)
        return NULL;
    if (public_key.ptr && !signet_slice_is_equal(public_key, signet_key_public(key)))
        return signet_fail_null(
            err, SIGNET_E_KEY, "the private and the public key are not of one key");
    return SIGNET_TAKE(key);
}

/* RFC 9881 section 6: seed [0], expandedKey, or both; RFC 8410: the seed as an OCTET STRING. */
static signet_key *
read_private(const signet_algorithm *algorithm, signet_slice der, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *expanded_key = NULL;
    sg_der_reader in = sg_der_reader_of(der);
    signet_slice seed = {0}, expanded = {0};

    if (algorithm->parameters.len > 0)
        return read_ec_private(algorithm, der, err);
    if (!algorithm->private_from_expanded) {
        seed = sg_der_read(&in, SG_DER_OCTET_STRING, "private key");
    } else if (sg_der_next_is(&in, SG_DER_CONTEXT)) {
        seed = sg_der_read(&in, SG_DER_CONTEXT, "seed");
    } else if (sg_der_next_is(&in, SG_DER_OCTET_STRING)) {
        expanded = sg_der_read(&in, SG_DER_OCTET_STRING, "expanded key");
    } else {
        sg_der_reader both = sg_der_enter(&in, SG_DER_SEQUENCE, "private key");

        seed = sg_der_read(&both, SG_DER_OCTET_STRING, "seed");
        expanded = sg_der_read(&both, SG_DER_OCTET_STRING, "expanded key");
        sg_der_leave(&in, &both, "private key");
    }
    if (!sg_der_read_end(&in, "private key", err))
        return NULL;
    if (expanded.ptr) {
        expanded_key = sg_key_from_expanded(algorithm, expanded, err);
        if (!expanded_key || !seed.ptr)
            return SIGNET_TAKE(expanded_key);
    }
    key = signet_key_from_seed(algorithm, seed, err);
    if (!key)
        return NULL;
    if (expanded_key && algorithm->is_same_private &&
        !algorithm->is_same_private(key->private_state, expanded_key->private_state))
        return signet_fail_null(
            err, SIGNET_E_KEY, "the seed and the expanded key are not of one key");
    return SIGNET_TAKE(key);
}

signet_key *
signet_key_from_pkcs8(signet_algorithms accepted, signet_slice der, signet_error *err)
{
    sg_der_reader in = sg_der_reader_of(der);
    sg_der_reader info = sg_der_enter(&in, SG_DER_SEQUENCE, "private key");
    uint32_t version = sg_der_read_small(&info, "version");
    const signet_algorithm *algorithm = NULL;
    signet_slice private_key = {0};

    if (version != 0)
        sg_der_refuse(&info, "version", "is not 0");
    algorithm = read_algorithm(&info, accepted, err);
    if (!algorithm)
        return NULL;
    private_key = sg_der_read(&info, SG_DER_OCTET_STRING, "private key");
    sg_der_leave(&in, &info, "private key");
    if (!sg_der_read_end(&in, "private key", err))
        return NULL;
    return read_private(algorithm, private_key, err);
}

static signet_key *
read_bare_seed(signet_algorithms accepted, signet_slice seed, signet_error *err)
{
    const signet_algorithm *algorithm = signet_algorithm_named(accepted, signet_ed25519.name);

    if (!algorithm)
        return signet_fail_null(err, SIGNET_E_ALGORITHM, "an Ed25519 key is not accepted here");
    return signet_key_from_seed(algorithm, seed, err);
}

signet_key *
signet_key_from_pem(signet_algorithms accepted, signet_slice text, signet_error *err)
{
    static const struct {
        const char *label;
        signet_key *(*read)(signet_algorithms, signet_slice, signet_error *);
    } forms[] = {
        {"PUBLIC KEY", signet_key_from_spki},
        {"PRIVATE KEY", signet_key_from_pkcs8},
        {"ED25519 PRIVATE KEY", read_bare_seed},
    };
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    if (text.len > SIGNET_KEY_FILE_MAX)
        return signet_fail_null(err, SIGNET_E_DECODE, "a key of %zu bytes is too large", text.len);
    if (!sg_pem_read(text, &block, err))
        return NULL;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strcmp(block.label, forms[i].label) == 0)
            return forms[i].read(accepted, signet_buf_slice(&block.bytes), err);
    }
    return signet_fail_null(
        err, SIGNET_E_DECODE, "a PEM block called %s holds no key", block.label);
}

static void
write_algorithm(sg_der_writer *to, const signet_key *key)
{
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, key->algorithm->oid);
    sg_der_write_raw(to, key->algorithm->parameters);
    sg_der_end(to);
}

bool
signet_key_write_spki(const signet_key *key, signet_buf *out, signet_error *err)
{
    sg_der_writer to = sg_der_writer_to(out);

    sg_der_begin(&to, SG_DER_SEQUENCE);
    write_algorithm(&to, key);
    sg_der_write_bits(&to, signet_key_public(key));
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}

/* The inside of the OCTET STRING, in the form of the key's algorithm. */
static void
write_private(sg_der_writer *to, const signet_key *key)
{
    static const uint8_t version_1 = 1;

    if (key->algorithm->parameters.len == 0) {
        sg_der_write(to,
            key->algorithm->private_from_expanded ? SG_DER_CONTEXT : SG_DER_OCTET_STRING,
            signet_key_seed(key));
        return;
    }
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_INTEGER, (signet_slice){&version_1, 1});
    sg_der_write(to, SG_DER_OCTET_STRING, signet_key_seed(key));
    sg_der_begin(to, SG_DER_CONTEXT_CONSTRUCTED | 1);
    sg_der_write_bits(to, signet_key_public(key));
    sg_der_end(to);
    sg_der_end(to);
}

bool
signet_key_write_pkcs8(const signet_key *key, signet_buf *out, signet_error *err)
{
    static const uint8_t version = 0;
    sg_der_writer to = sg_der_writer_to(out);

    if (!key->seed)
        return signet_fail(err, SIGNET_E_KEY, "a key without a seed cannot be written");
    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write(&to, SG_DER_INTEGER, (signet_slice){&version, 1});
    write_algorithm(&to, key);
    sg_der_begin(&to, SG_DER_OCTET_STRING);
    write_private(&to, key);
    sg_der_end(&to);
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}

bool
signet_key_write_pem(const signet_key *key, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};

    if (key->seed)
        return signet_key_write_pkcs8(key, &der, err) &&
               sg_pem_write(out, "PRIVATE KEY", signet_buf_slice(&der), err);
    return signet_key_write_spki(key, &der, err) &&
           sg_pem_write(out, "PUBLIC KEY", signet_buf_slice(&der), err);
}
