/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing, spec 1.3 to 1.5.  The key of a leaf lives inside signet_cms_sign() and nowhere else: for
 * Ed25519 on the stack, since locked memory costs more than both signatures; wiped before
 * returning.
 */
#include "base/secret.h"
#include "cms/form.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"

/* One signer while a message is made. */
typedef struct {
    const signet_algorithm *algorithm;
    const signet_key *key; /* the leaf's, or NULL: `secret` holds it */
    signet_key *own_key;   /* made here */
    uint8_t secret[64];    /* Ed25519 seed || public */
    signet_slice leaf;     /* DER */
    signet_buf leaf_bytes; /* made here */
    const signet_slice *intermediates;
    size_t intermediate_count;
    signet_buf attributes; /* tag 31; empty: form P */
    signet_buf signature;
} making;

static void
making_free(making *one)
{
    sg_wipe(one->secret, sizeof(one->secret));
    signet_key_free(one->own_key);
    signet_buf_free(&one->leaf_bytes);
    signet_buf_free(&one->attributes);
    signet_buf_free(&one->signature);
}

typedef struct {
    making of[SIGNET_CMS_SIGNERS_MAX];
    size_t count;
} all_makings;

static void
all_makings_free_auto(all_makings *all)
{
    for (size_t i = 0; i < SIGNET_CMS_SIGNERS_MAX; i++)
        making_free(&all->of[i]);
}

static bool
sign_with(making *one, signet_slice message, signet_error *err)
{
    uint8_t signature[SIGNET_ED25519_SIGNATURE_SIZE];

    if (one->key)
        return signet_key_sign(one->key, message, &one->signature, err);
    return sg_ed25519_sign(one->secret, message, signature, err) &&
           signet_buf_append(&one->signature, (signet_slice){signature, sizeof(signature)}, err);
}

/* The issuer and serial number of a leaf, as its own bytes (S-08). */
static void
write_signer_info(sg_der_writer *to, const making *one, const signet_cert *leaf)
{
    static const uint8_t version_1 = 1;

    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_INTEGER, (signet_slice){&version_1, 1});
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write_raw(to, leaf->issuer);
    sg_der_write(to, SG_DER_INTEGER, leaf->serial);
    sg_der_end(to);
    sg_cms_write_algorithm(to, SG_OID(SHA512));
    if (one->attributes.len > 0) {
        static const uint8_t stored_tag = SG_DER_CONTEXT_CONSTRUCTED | 0;
        signet_slice set = signet_buf_slice(&one->attributes);

        sg_der_write_raw(to, (signet_slice){&stored_tag, 1});
        sg_der_write_raw(to, (signet_slice){set.ptr + 1, set.len - 1});
    }
    sg_cms_write_algorithm(to, one->algorithm->oid);
    sg_der_write(to, SG_DER_OCTET_STRING, signet_buf_slice(&one->signature));
    sg_der_end(to);
}

static void
write_certificates(sg_der_writer *to, const all_makings *all)
{
    sg_der_begin(to, SG_DER_CONTEXT_CONSTRUCTED | 0);
    for (size_t i = 0; i < all->count; i++) {
        sg_der_write_raw(to, all->of[i].leaf);
        for (size_t j = 0; j < all->of[i].intermediate_count; j++)
            sg_der_write_raw(to, all->of[i].intermediates[j]);
    }
    sg_der_end(to);
}

static bool
write_message(const all_makings *all, signet_buf *out, signet_error *err)
{
    static const uint8_t version_1 = 1;
    sg_der_writer to = sg_der_writer_to(out);

    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write(&to, SG_DER_OID, SG_OID(SIGNED_DATA));
    sg_der_begin(&to, SG_DER_CONTEXT_CONSTRUCTED | 0);
    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write(&to, SG_DER_INTEGER, (signet_slice){&version_1, 1});
    sg_der_begin(&to, SG_DER_SET);
    sg_cms_write_algorithm(&to, SG_OID(SHA512));
    sg_der_end(&to);
    sg_cms_write_algorithm(&to, SG_OID(DATA)); /* encapContentInfo looks the same: an OID alone */
    write_certificates(&to, all);
    sg_der_begin(&to, SG_DER_SET);
    for (size_t i = 0; i < all->count; i++) {
        signet_cert leaf = {0};

        if (!signet_cert_read(all->of[i].leaf, &leaf, err)) {
            out->len = to.before;
            return false;
        }
        write_signer_info(&to, &all->of[i], &leaf);
    }
    sg_der_end(&to);
    sg_der_end(&to);
    sg_der_end(&to);
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}

/* What is written here can be read here. */
static bool
check_count(const all_makings *all, signet_error *err)
{
    size_t certs = all->count;

    for (size_t i = 0; i < all->count; i++)
        certs += all->of[i].intermediate_count;
    if (certs > SIGNET_CMS_CERTS_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "certificates: %zu are more than %d", certs, SIGNET_CMS_CERTS_MAX);
    if (all->count == 2 &&
        (!signet_slice_is_equal(all->of[0].algorithm->oid, signet_ed25519.oid) ||
            signet_slice_is_equal(all->of[1].algorithm->oid, signet_ed25519.oid)))
        return signet_fail(
            err, SIGNET_E_USAGE, "two signers must be Ed25519 and then another algorithm");
    return true;
}

static bool
sign_attributes(all_makings *all, signet_slice digest, int64_t now, signet_error *err)
{
    if (digest.len != SIGNET_SHA512_SIZE)
        return signet_fail(err, SIGNET_E_USAGE, "data: a digest of %zu bytes", digest.len);
    for (size_t i = 0; i < all->count; i++) {
        making *one = &all->of[i];

        if (!sg_cms_write_attributes(one->algorithm, digest, now, &one->attributes, err) ||
            !sign_with(one, signet_buf_slice(&one->attributes), err))
            return false;
    }
    return true;
}

/* S-11: a bridge that is not the key's, is no authority, or is over, would make a bad signature. */
static bool
check_bridge(const signet_cms_signer *signer, const signet_cert *bridge, int64_t now,
    signet_cert_template *wanted, signet_error *err)
{
    const signet_algorithm *accepted[] = {signet_key_algorithm(signer->bridge_key), NULL};
    SIGNET_AUTO(signet_key_free) signet_key *certified = NULL;

    certified = signet_cert_key(accepted, bridge, err);
    if (!certified) {
        signet_error_prefix(err, "bridge certificate");
        return false;
    }
    if (!signet_key_is_same(certified, signer->bridge_key))
        return signet_fail(err, SIGNET_E_KEY, "bridge key: does not match the bridge certificate");
    if (!bridge->is_ca)
        return signet_fail(err, SIGNET_E_CERT, "bridge certificate: may not issue certificates");
    if (!signet_cert_check_time(bridge, now, 0, err)) {
        signet_error_prefix(err, "bridge");
        return false;
    }
    wanted->parent = bridge;
    if (wanted->validity == 0)
        wanted->validity = SIGNET_LEAF_VALIDITY;
    if (wanted->validity > bridge->not_after - now)
        wanted->validity = bridge->not_after - now;
    return wanted->validity > 0
               ? true
               : signet_fail(err, SIGNET_E_TIME, "bridge: ends at this very second");
}

/* Make a key and its leaf for one signer. */
static bool
make_leaf(const signet_cms_signer *signer, int64_t now, making *one, signet_error *err)
{
    static const uint8_t spki_head[] = {
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0};
    signet_cert bridge = {0};
    signet_cert_template wanted = {
        .kind = SIGNET_CERT_LEAF,
        .issuer = signer->bridge.len > 0 ? signer->bridge_key : signer->master,
        .did = signer->did,
        .now = now,
        .validity = signer->validity,
    };

    if (!wanted.issuer)
        return signet_fail(err, SIGNET_E_USAGE, "a signer without a key");
    one->algorithm = signet_key_algorithm(wanted.issuer);
    if (one->algorithm == &signet_ed25519) {
        uint8_t seed[SIGNET_SEED_SIZE];
        bool is_made =
            sg_random(seed, sizeof(seed), err) && sg_ed25519_expand(seed, one->secret, err) &&
            signet_buf_append(&spki, (signet_slice){spki_head, sizeof(spki_head)}, err) &&
            signet_buf_append(&spki, (signet_slice){one->secret + 32, 32}, err);

        sg_wipe(seed, sizeof(seed));
        if (!is_made)
            return false;
    } else {
        one->own_key = signet_key_generate(one->algorithm, err);
        one->key = one->own_key;
        if (!one->own_key || !signet_key_write_spki(one->own_key, &spki, err))
            return false;
    }
    wanted.subject_spki = signet_buf_slice(&spki);
    if (signer->bridge.len > 0) {
        if (!signet_cert_read(signer->bridge, &bridge, err) ||
            !check_bridge(signer, &bridge, now, &wanted, err))
            return false;
        one->intermediates = &signer->bridge;
        one->intermediate_count = 1;
    }
    if (!signet_cert_issue(&wanted, &one->leaf_bytes, err))
        return false;
    one->leaf = signet_buf_slice(&one->leaf_bytes);
    return true;
}

bool
signet_cms_sign(const signet_cms_signer *signers, size_t count, signet_slice digest, int64_t now,
    signet_buf *out, signet_error *err)
{
    __attribute__((cleanup(all_makings_free_auto))) all_makings all = {.count = count};

    if (count == 0 || count > SIGNET_CMS_SIGNERS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%zu signers", count);
    for (size_t i = 0; i < count; i++) {
        if (!make_leaf(&signers[i], now, &all.of[i], err))
            return false;
    }
    return check_count(&all, err) && sign_attributes(&all, digest, now, err) &&
           write_message(&all, out, err);
}

/* The preconditions of spec 1.11, in its order. */
static bool
take_leaf(const signet_cms_leaf *given, int64_t now, making *one, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *certified = NULL;
    const signet_algorithm *accepted[2] = {NULL, NULL};
    signet_cert leaf = {0};

    if (given->leaf.len == 0)
        return signet_fail(err, SIGNET_E_USAGE, "certificate: must not be absent");
    if (!given->key || !signet_key_has_private(given->key))
        return signet_fail(err, SIGNET_E_KEY, "private key: must not be absent");
    if (!signet_cert_read(given->leaf, &leaf, err))
        return false;
    if (now > leaf.not_after)
        return signet_fail(err, SIGNET_E_TIME, "certificate: has expired");
    if (now < leaf.not_before)
        return signet_fail(err, SIGNET_E_TIME, "certificate: is not yet valid");
    accepted[0] = signet_key_algorithm(given->key);
    certified = signet_cert_key(accepted, &leaf, err);
    if (!certified) {
        signet_error_prefix(err, "certificate.PublicKeyAlgorithm");
        return false;
    }
    if (!signet_key_is_same(certified, given->key))
        return signet_fail(err, SIGNET_E_KEY, "private key: does not match the certificate");
    if (leaf.has_usage && !(leaf.usage & SIGNET_USAGE_DIGITAL_SIGNATURE))
        return signet_fail(err, SIGNET_E_CERT, "certificate.KeyUsage: no digital signatures");
    one->algorithm = accepted[0];
    one->key = given->key;
    one->leaf = given->leaf;
    one->intermediates = given->intermediates;
    one->intermediate_count = given->intermediate_count;
    return true;
}

bool
signet_cms_encode(const signet_cms_leaf *leaves, size_t count, signet_slice digest, int64_t now,
    signet_buf *out, signet_error *err)
{
    __attribute__((cleanup(all_makings_free_auto))) all_makings all = {.count = count};

    if (count == 0 || count > SIGNET_CMS_SIGNERS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%zu signers", count);
    for (size_t i = 0; i < count; i++) {
        if (!take_leaf(&leaves[i], now, &all.of[i], err))
            return false;
    }
    return check_count(&all, err) && sign_attributes(&all, digest, now, err) &&
           write_message(&all, out, err);
}

bool
signet_cms_encode_plain(const signet_cms_leaf *leaf, signet_slice content, int64_t now,
    signet_buf *out, signet_error *err)
{
    __attribute__((cleanup(all_makings_free_auto))) all_makings all = {.count = 1};

    if (!take_leaf(leaf, now, &all.of[0], err) || !check_count(&all, err))
        return false;
    if (all.of[0].algorithm != &signet_ed25519)
        return signet_fail(err, SIGNET_E_ALGORITHM,
            "private key: a message without signed attributes is made with Ed25519");
    if (sg_cms_looks_like_attributes(content))
        return signet_fail(err, SIGNET_E_USAGE, "data: looks like signed attributes");
    return sign_with(&all.of[0], content, err) && write_message(&all, out, err);
}
