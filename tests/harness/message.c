/* SPDX-License-Identifier: Apache-2.0 */
#include "cms/form.h"
#include "crypto/digest.h"
#include "message.h"

static signet_key *keys[256];

static void
free_keys(void)
{
    for (size_t i = 0; i < 256; i++)
        signet_key_free(keys[i]);
}

const signet_key *
message_key(uint8_t seed_byte)
{
    static bool is_registered;
    uint8_t seed[SIGNET_SEED_SIZE];

    if (!is_registered)
        is_registered = atexit(free_keys) == 0;
    memset(seed, seed_byte, sizeof(seed));
    if (!keys[seed_byte])
        keys[seed_byte] =
            signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    REQUIRE(keys[seed_byte]);
    return keys[seed_byte];
}

/* Keep what was written and free the buffer. */
static signet_slice
kept(signet_buf *buf)
{
    signet_slice copy = harness_keep(signet_buf_slice(buf));

    signet_buf_free(buf);
    return copy;
}

signet_slice
message_spki(const signet_key *key)
{
    signet_buf out = {0};

    REQUIRE(signet_key_write_spki(key, &out, NULL));
    return kept(&out);
}

signet_slice
message_certificate(const signet_cert_template *wanted)
{
    signet_buf out = {0};
    signet_error err = {0};

    if (!signet_cert_issue(wanted, &out, &err))
        harness_fail(__FILE__, __LINE__, "cannot issue: %s", err.message);
    return kept(&out);
}

signet_slice
message_leaf(void)
{
    static signet_slice leaf;
    signet_cert_template wanted = {.kind = SIGNET_CERT_LEAF,
        .issuer = MASTER_KEY,
        .subject_spki = message_spki(LEAF_KEY),
        .now = MESSAGE_NOW,
        .serial = unhex("0102030405060708090a0b0c0d0e0f10")};

    if (leaf.len == 0)
        leaf = message_certificate(&wanted);
    return leaf;
}

signet_slice
message_bridge(void)
{
    static signet_slice bridge;
    signet_cert_template wanted = {.kind = SIGNET_CERT_BRIDGE,
        .issuer = MASTER_KEY,
        .subject_spki = message_spki(BRIDGE_KEY),
        .now = MESSAGE_NOW,
        .validity = (int64_t)365 * 86400,
        .email = "alice@example.com",
        .serial = unhex("2102030405060708090a0b0c0d0e0f10")};

    if (bridge.len == 0)
        bridge = message_certificate(&wanted);
    return bridge;
}

signet_slice
message_leaf_under_bridge(void)
{
    static signet_slice leaf;
    signet_cert bridge = {0};
    signet_cert_template wanted = {.kind = SIGNET_CERT_LEAF,
        .issuer = BRIDGE_KEY,
        .parent = &bridge,
        .subject_spki = message_spki(LEAF_KEY),
        .now = MESSAGE_NOW,
        .serial = unhex("3102030405060708090a0b0c0d0e0f10")};

    REQUIRE(signet_cert_read(message_bridge(), &bridge, NULL));
    if (leaf.len == 0)
        leaf = message_certificate(&wanted);
    return leaf;
}

signet_slice
message_tlv(uint8_t tag, signet_slice content)
{
    signet_buf out = {0};
    sg_der_writer to = sg_der_writer_to(&out);

    sg_der_write(&to, tag, content);
    REQUIRE(sg_der_write_end(&to, NULL));
    return kept(&out);
}

signet_slice
message_concat(const signet_slice *parts, size_t count)
{
    signet_buf out = {0};

    for (size_t i = 0; i < count; i++)
        REQUIRE(signet_buf_append(&out, parts[i], NULL));
    return kept(&out);
}

signet_slice
message_attribute(const char *oid_hex, signet_slice value)
{
    return message_tlv(SG_DER_SEQUENCE,
        CONCAT(message_tlv(SG_DER_OID, unhex(oid_hex)), message_tlv(SG_DER_SET, value)));
}

signet_slice
message_good_attribute(size_t index, signet_slice content)
{
    signet_buf set = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];
    sg_der_reader in = {0}, attributes = {0};
    signet_slice attribute = {0};

    sg_sha512(content, digest);
    REQUIRE(sg_cms_write_attributes(
        &signet_ed25519, (signet_slice){digest, sizeof(digest)}, MESSAGE_NOW, &set, NULL));
    in = sg_der_reader_of(signet_buf_slice(&set));
    attributes = sg_der_enter(&in, SG_DER_SET, "attributes");
    for (size_t i = 0; i <= index; i++)
        attribute = sg_der_read_any(&attributes, "attribute");
    REQUIRE(!attributes.problem);
    attribute = harness_keep(attribute);
    signet_buf_free(&set);
    return attribute;
}

message_parts
message_good(void)
{
    signet_cert leaf = {0};
    message_parts parts = {
        .content = signet_slice_text("content"),
        .content_type = unhex("06092a864886f70d010702"),
        .version = unhex("020101"),
        .digests = unhex("310d300b0609608648016503040203"),
        .encapsulated = unhex("300b06092a864886f70d010701"),
        .certificates = message_tlv(0xa0, message_leaf()),
        .signer_version = unhex("020101"),
        .digest_algorithm = unhex("300b0609608648016503040203"),
        .sign_algorithm = unhex("300506032b6570"),
        .key = LEAF_KEY,
    };

    REQUIRE(signet_cert_read(message_leaf(), &leaf, NULL));
    parts.sid =
        message_tlv(SG_DER_SEQUENCE, CONCAT(leaf.issuer, message_tlv(SG_DER_INTEGER, leaf.serial)));
    parts.attributes = CONCAT(message_good_attribute(0, parts.content),
        message_good_attribute(1, parts.content), message_good_attribute(2, parts.content));
    return parts;
}

signet_slice
message_signer_info(const message_parts *parts)
{
    signet_buf out = {0};
    signet_slice is_signed = parts->signed_bytes, signature = parts->signature;
    signet_slice attributes = {0};

    if (is_signed.len == 0)
        is_signed =
            parts->attributes.len > 0 ? message_tlv(SG_DER_SET, parts->attributes) : parts->content;
    if (parts->attributes.len > 0)
        attributes = message_tlv(SG_DER_CONTEXT_CONSTRUCTED | 0, parts->attributes);
    if (signature.len == 0) {
        REQUIRE(signet_key_sign(parts->key, is_signed, &out, NULL));
        signature = message_tlv(SG_DER_OCTET_STRING, kept(&out));
    }
    return message_tlv(SG_DER_SEQUENCE,
        CONCAT(parts->signer_version, parts->sid, parts->digest_algorithm, attributes,
            parts->sign_algorithm, signature, parts->unsigned_attributes, parts->in_signer));
}

signet_slice
message_build(const message_parts *parts)
{
    signet_slice signers =
        parts->signers.len > 0
            ? parts->signers
            : message_tlv(SG_DER_SET, CONCAT(message_signer_info(parts), parts->more_signers));
    signet_slice signed_data = message_tlv(
        SG_DER_SEQUENCE, CONCAT(parts->version, parts->digests, parts->encapsulated,
                             parts->certificates, parts->crls, signers, parts->in_signed_data));

    return message_tlv(SG_DER_SEQUENCE,
        CONCAT(parts->content_type, message_tlv(SG_DER_CONTEXT_CONSTRUCTED | 0, signed_data),
            parts->in_content_info));
}

bool
message_is_accepted(
    signet_slice message, signet_slice content, const signet_key *anchor, signet_error *err)
{
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_cms_content what = {{digest, sizeof(digest)}, true, content};
    signet_cms cms = {0};

    sg_sha512(content, digest);
    if (!signet_cms_read(signet_only_ed25519, message, &cms, err))
        return false;
    for (size_t i = 0; i < cms.signer_count; i++) {
        if (!signet_cms_check_signature(&cms, i, &what, err) ||
            !signet_cms_check_chain(&cms, i, anchor, MESSAGE_NOW, NULL, NULL, err))
            return false;
    }
    return true;
}
