/* SPDX-License-Identifier: Apache-2.0 */
/* vectors/signing.json, the groups about whole messages but for the changes to them. */
#include "certificate.h"
#include "codec/pem.h"
#include "crypto/digest.h"
#include "signing_vectors.h"

static bool
is_accepted(const message_parts *parts)
{
    return message_is_accepted(message_build(parts), parts->content, MASTER_KEY, NULL);
}

/*
 * Versions 3, 4 and 5 over a content of version 1 are accepted by the reference.  RFC 5652 gives
 * each content one version, and a second encoding of the same signature is refused (S-06).
 */
static void
check_version(const json_t *row)
{
    bool is_signer =
        strcmp(json_string_value(json_object_get(row, "field")), "SignerInfo.version") == 0;
    const char *sid = json_string_value(json_object_get(row, "sid"));
    int64_t value = vector_number(row, "value");
    uint8_t octet = (uint8_t)value;
    signet_slice number = message_tlv(0x02,
        value > 127 ? CONCAT(unhex("00"), ((signet_slice){&octet, 1})) : (signet_slice){&octet, 1});
    message_parts parts = message_good();
    signet_cert leaf = {0};
    bool expected = vector_accepts(row);

    REQUIRE(signet_cert_read(message_leaf(), &leaf, NULL));
    if (sid && strcmp(sid, "subjectKeyIdentifier") == 0)
        parts.sid = message_tlv(0x80, leaf.ski);
    if (is_signer)
        parts.signer_version = number;
    else
        parts.version = number;
    if (!is_signer && value > 1 && expected)
        expected = false;
    CHECK(is_accepted(&parts) == expected);
}

static void
check_sign_input(const json_t *row)
{
    static const struct {
        const char *what;
        bool no_certificate, no_key, other_key, no_usage, empty;
    } cases[] = {
        {.what = "certificate missing", .no_certificate = true},
        {.what = "private key missing", .no_key = true}, {.what = "signer missing", .no_key = true},
        {.what = "private key does not match the certificate", .other_key = true},
        {.what = "keyUsage present without digitalSignature", .no_usage = true},
        {.what = "data empty (zero bytes)", .empty = true}, {.what = "caller asks for SHA-512"},
        {.what = "caller asks for SHA-384"}, /* there is no way to ask: the digest is one type */
    };
    const char *what = json_string_value(json_object_get(row, "case"));
    certificate_parts no_usage = certificate_good();
    uint8_t digest[SIGNET_SHA512_SIZE];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    no_usage.usage = unhex("300e0603551d0f0101ff040403020520");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        signet_cms_leaf leaf = {message_leaf(), LEAF_KEY, NULL, 0};

        if (strcmp(cases[i].what, what) != 0)
            continue;
        if (cases[i].no_certificate)
            leaf.leaf.len = 0;
        if (cases[i].no_key)
            leaf.key = NULL;
        if (cases[i].other_key)
            leaf.key = OTHER_KEY;
        if (cases[i].no_usage)
            leaf.leaf = certificate_build(&no_usage);
        sg_sha512(signet_slice_text(cases[i].empty ? "" : "content"), digest);
        CHECK(signet_cms_encode(&leaf, 1, (signet_slice){digest, sizeof(digest)}, MESSAGE_NOW, &out,
                  &err) == vector_accepts(row));
        return;
    }
    if (strncmp(what, "data missing", 12) == 0) { /* what is absent has no digest */
        signet_cms_leaf leaf = {message_leaf(), LEAF_KEY, NULL, 0};

        CHECK(!signet_cms_encode(&leaf, 1, (signet_slice){0}, MESSAGE_NOW, &out, &err));
        CHECK(strncmp(err.message, "data", 4) == 0);
        return;
    }
    /* keys of 32 and 128 bytes: our keys are objects, made of a seed of one size only */
    CHECK(strncmp(what, "private key of ", 15) == 0);
    CHECK(!signet_key_from_seed(
        &signet_ed25519, (signet_slice){digest, (size_t)atoi(what + 15) / 2}, NULL));
}

static void
check_attribute_input(const json_t *row)
{
    message_parts parts = message_good();
    signet_slice stored = message_tlv(0xa0, parts.attributes);
    signet_cms cms = {0};

    CHECK(json_array_size(json_object_get(row, "asserted")) > 0);
    REQUIRE(signet_cms_read(signet_only_ed25519, message_build(&parts), &cms, NULL));
    CHECK_BYTES(cms.signers[0].attributes, parts.attributes);
    CHECK_INT(stored.ptr[0], 0xa0);
    CHECK_INT(parts.attributes.ptr[0], 0x30); /* attributes directly, no SET inside */
    CHECK_INT(parts.attributes.len, 137);
}

static void
check_robustness(const json_t *row)
{
    const signet_slice message = vector_hex(row, "cms");
    const signet_slice contents[] = {{0}, signet_slice_text("test data"), message};

    for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
        signet_error err = {0};

        CHECK(!message_is_accepted(message, contents[i], MASTER_KEY, &err));
        CHECK_INT(err.code, SIGNET_E_DECODE);
    }
}

static void
check_regression(const json_t *row)
{
    message_parts parts = message_good();
    signet_slice good = {0};
    uint8_t bytes[1024];

    parts.content = vector_hex(row, "content");
    parts.attributes = CONCAT(message_good_attribute(0, parts.content),
        message_good_attribute(1, parts.content), message_good_attribute(2, parts.content));
    if (strcmp(json_string_value(json_object_get(row, "form")), "no signed attributes") == 0)
        parts.attributes.len = 0;
    good = message_build(&parts);
    REQUIRE(good.len <= sizeof(bytes));
    memcpy(bytes, good.ptr, good.len);
    CHECK(is_accepted(&parts));
    bytes[(size_t)vector_number(row, "index") % good.len] ^= 0x80;
    CHECK(!message_is_accepted((signet_slice){bytes, good.len}, parts.content, MASTER_KEY, NULL));
}

/*
 * Made by OpenSSL under its own certificate, which is a CA without purpose: of the same form as a
 * Signet message, but for signet_cms_verify_general() to judge, or for the lenient rules.
 */
static void
check_golden(const json_t *row)
{
    const char *pem = json_string_value(json_object_get(row, "trust_anchor_pem"));
    const char *text = json_string_value(json_object_get(row, "content_utf8"));
    const signet_cms_chain_rules lenient = {.lenient = true};
    signet_slice message = vector_hex(row, "cms_der");
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};
    SIGNET_AUTO(signet_key_free) signet_key *anchor = NULL;
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_cms_content content = {{digest, sizeof(digest)}, false, {0}};
    signet_cert cert = {0};
    signet_cms cms = {0};

    CHECK(!signet_cms_is_signet(message));
    REQUIRE(sg_pem_read(signet_slice_text(pem), &block, NULL));
    REQUIRE(signet_cert_read(signet_buf_slice(&block.bytes), &cert, NULL));
    anchor = signet_cert_key(signet_only_ed25519, &cert, NULL);
    sg_sha512(signet_slice_text(text), digest);
    REQUIRE(anchor && signet_cms_read(signet_only_ed25519, message, &cms, NULL));
    CHECK_BYTES(cms.signers[0].leaf.der, cert.der);
    CHECK(signet_cms_check_signature(&cms, 0, &content, NULL));
    CHECK(signet_cms_check_chain(&cms, 0, anchor, cert.not_before, &lenient, NULL, NULL));
    CHECK(signet_cms_check_chain(&cms, 0, anchor, cert.not_after, &lenient, NULL, NULL));
    CHECK(!signet_cms_check_chain(&cms, 0, anchor, cert.not_before - 1, &lenient, NULL, NULL));
    CHECK(!signet_cms_check_chain(&cms, 0, anchor, cert.not_after + 1, &lenient, NULL, NULL));
    CHECK(!signet_cms_check_chain(&cms, 0, anchor, cert.not_before, NULL, NULL, NULL));
    digest[0] ^= 1;
    CHECK(!signet_cms_check_signature(&cms, 0, &content, NULL));
}

static const vector_group groups[] = {
    {"cms_verify_golden", 1, check_golden},
    {"signed_attribute_inputs", 3, check_attribute_input},
    {"cms_version_policy", 15, check_version},
    {"cms_sign_input_validation", 11, check_sign_input},
    {"cms_robustness_seeds", 10, check_robustness},
    {"cms_regression_seeds", 2, check_regression},
};

TEST(every_row_of_every_group_holds)
{
    vectors_run(groups, sizeof(groups) / sizeof(groups[0]));
}

TESTS(TEST_OF(every_row_of_every_group_holds))
