/* SPDX-License-Identifier: Apache-2.0 */
/* Making messages: what is refused (spec 1.11), what comes out, and who may sign (1.8.2, S-09). */
#include <jansson.h>

#include "certificate.h"
#include "crypto/digest.h"
#include "crypto/random.h"

static const signet_slice *
content_digest(void)
{
    static uint8_t bytes[SIGNET_SHA512_SIZE];
    static const signet_slice digest = {bytes, sizeof(bytes)};

    sg_sha512(signet_slice_text("content"), bytes);
    return &digest;
}

/* Sign once; the message, or an empty slice with `err` set. */
static signet_slice
sign(const signet_cms_signer *signer, int64_t now, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    if (!signet_cms_sign(signer, 1, *content_digest(), now, &out, err)) {
        CHECK_INT(out.len, 0);
        return (signet_slice){0};
    }
    return harness_keep(signet_buf_slice(&out));
}

TEST(encode_has_preconditions)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *public_only =
        signet_key_from_public(&signet_ed25519, signet_key_public(LEAF_KEY), NULL);
    certificate_parts no_usage = certificate_good(), p256 = certificate_good();
    certificate_parts absent_usage = certificate_good();
    const signet_slice eight[SIGNET_CMS_CERTS_MAX] = {message_bridge(), message_bridge(),
        message_bridge(), message_bridge(), message_bridge(), message_bridge(), message_bridge(),
        message_bridge()};

    no_usage.usage = unhex("300e0603551d0f0101ff040403020520"); /* keyEncipherment */
    absent_usage.usage.len = 0;
    p256.spki = unhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                      "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

    const struct {
        const char *name;
        signet_cms_leaf leaf;
        int64_t now;
        signet_code expected;
        const char *field;
    } rows[] = {
        {"all is well", {message_leaf(), LEAF_KEY, NULL, 0}, MESSAGE_NOW, SIGNET_OK, ""},
        {"on the last second", {message_leaf(), LEAF_KEY, NULL, 0}, MESSAGE_NOW + 300, SIGNET_OK,
            ""},
        {"no keyUsage at all", {certificate_build(&absent_usage), LEAF_KEY, NULL, 0}, MESSAGE_NOW,
            SIGNET_OK, ""},
        {"seven intermediates", {message_leaf(), LEAF_KEY, eight, 7}, MESSAGE_NOW, SIGNET_OK, ""},
        {"eight intermediates", {message_leaf(), LEAF_KEY, eight, 8}, MESSAGE_NOW, SIGNET_E_USAGE,
            "certificates"},
        {"no certificate", {{0}, LEAF_KEY, NULL, 0}, MESSAGE_NOW, SIGNET_E_USAGE, "certificate"},
        {"no certificate and no key", {{0}, NULL, NULL, 0}, MESSAGE_NOW, SIGNET_E_USAGE,
            "certificate"},
        {"no key", {message_leaf(), NULL, NULL, 0}, MESSAGE_NOW, SIGNET_E_KEY, "private key"},
        {"a public key", {message_leaf(), public_only, NULL, 0}, MESSAGE_NOW, SIGNET_E_KEY,
            "private key"},
        {"one second late", {message_leaf(), LEAF_KEY, NULL, 0}, MESSAGE_NOW + 301, SIGNET_E_TIME,
            "certificate"},
        {"one second early", {message_leaf(), LEAF_KEY, NULL, 0}, MESSAGE_NOW - 1, SIGNET_E_TIME,
            "certificate"},
        {"late, and the wrong key", {message_leaf(), OTHER_KEY, NULL, 0}, MESSAGE_NOW + 301,
            SIGNET_E_TIME, "certificate"},
        {"a P-256 certificate", {certificate_build(&p256), LEAF_KEY, NULL, 0}, MESSAGE_NOW,
            SIGNET_E_ALGORITHM, "certificate.PublicKeyAlgorithm"},
        {"the wrong key", {message_leaf(), OTHER_KEY, NULL, 0}, MESSAGE_NOW, SIGNET_E_KEY,
            "private key"},
        {"no digital signatures", {certificate_build(&no_usage), LEAF_KEY, NULL, 0}, MESSAGE_NOW,
            SIGNET_E_CERT, "certificate.KeyUsage"},
        {"a certificate cut short", {{message_leaf().ptr, 100}, LEAF_KEY, NULL, 0}, MESSAGE_NOW,
            SIGNET_E_DECODE, "certificate"},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf form_a = {0}, form_p = {0};
        signet_error err = {0}, err_p = {0};

        (void)!signet_cms_encode(&row->leaf, 1, *content_digest(), row->now, &form_a, &err);
        (void)!signet_cms_encode_plain(
            &row->leaf, signet_slice_text("content"), row->now, &form_p, &err_p);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(err_p.code, row->expected);
        CHECK((form_a.len > 0) == (row->expected == SIGNET_OK));
        CHECK((form_p.len > 0) == (row->expected == SIGNET_OK));
        CHECK(strncmp(err.message, row->field, strlen(row->field)) == 0);
    }
}

TEST(counts_and_digests_are_checked)
{
    const signet_cms_leaf leaves[3] = {{message_leaf(), LEAF_KEY, NULL, 0},
        {message_leaf(), LEAF_KEY, NULL, 0}, {message_leaf(), LEAF_KEY, NULL, 0}};
    const signet_cms_signer signers[3] = {
        {.master = MASTER_KEY}, {.master = MASTER_KEY}, {.master = MASTER_KEY}};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    for (size_t count = 0; count <= 3; count++) {
        signet_error err = {0};

        (void)!signet_cms_encode(leaves, count, *content_digest(), MESSAGE_NOW, &out, &err);
        CHECK_INT(err.code, count == 1 ? SIGNET_OK : SIGNET_E_USAGE);
        err = (signet_error){0};
        (void)!signet_cms_sign(signers, count, *content_digest(), MESSAGE_NOW, &out, &err);
        CHECK_INT(err.code, count == 1 ? SIGNET_OK : SIGNET_E_USAGE);
    }
    out.len = 0;
    for (size_t len = 0; len < SIGNET_SHA512_SIZE; len += 21) {
        signet_error err = {0};

        CHECK(!signet_cms_sign(
            signers, 1, (signet_slice){content_digest()->ptr, len}, MESSAGE_NOW, &out, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK(strncmp(err.message, "data", 4) == 0);
    }
    CHECK_INT(out.len, 0);
}

/* A plain signature over what are attributes would also be an attribute signature. */
TEST(no_plain_signature_over_attributes)
{
    const signet_cms_leaf leaf = {message_leaf(), LEAF_KEY, NULL, 0};
    message_parts parts = message_good();
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    CHECK(!signet_cms_encode_plain(
        &leaf, message_tlv(0x31, parts.attributes), MESSAGE_NOW, &out, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(signet_cms_encode_plain(&leaf, parts.attributes, MESSAGE_NOW, &out, NULL));
}

TEST(a_signature_has_a_fresh_leaf_of_five_minutes)
{
    const signet_cms_signer signer = {.master = MASTER_KEY};
    signet_error err = {0};
    signet_slice messages[2] = {sign(&signer, MESSAGE_NOW, &err), sign(&signer, MESSAGE_NOW, &err)};
    signet_cms read[2] = {{0}, {0}};

    for (size_t i = 0; i < 2; i++) {
        const signet_cms_signer_info *info = &read[i].signers[0];

        CHECK(message_is_accepted(messages[i], signet_slice_text("content"), MASTER_KEY, NULL));
        REQUIRE(signet_cms_read(signet_only_ed25519, messages[i], &read[i], NULL));
        CHECK_INT(read[i].signer_count, 1);
        CHECK_INT(read[i].cert_count, 1);
        CHECK_INT(info->leaf.not_before, MESSAGE_NOW);
        CHECK_INT(info->leaf.not_after, MESSAGE_NOW + SIGNET_LEAF_VALIDITY);
        CHECK(info->has_signing_time && info->signing_time == MESSAGE_NOW);
        CHECK(!read[i].has_content);
        CHECK(!signet_slice_is_equal(info->leaf.key, signet_key_public(MASTER_KEY)));
    }
    CHECK(!signet_slice_is_equal(read[0].signers[0].leaf.key, read[1].signers[0].leaf.key));
    CHECK(!signet_slice_is_equal(read[0].signers[0].leaf.serial, read[1].signers[0].leaf.serial));
}

TEST(the_leaf_lives_as_long_as_asked)
{
    static const struct {
        const char *name;
        int64_t validity, expected;
    } rows[] = {{"default", 0, 300}, {"a second", 1, 1}, {"an hour", 3600, 3600}};

    for (EACH(row, rows)) {
        const signet_cms_signer signer = {
            .master = MASTER_KEY, .validity = row->validity, .did = "did:web:example.com"};
        signet_slice message = sign(&signer, MESSAGE_NOW, NULL);
        signet_cms cms = {0};

        REQUIRE(signet_cms_read(signet_only_ed25519, message, &cms, NULL));
        CHECK_INT(cms.signers[0].leaf.not_after, MESSAGE_NOW + row->expected);
        CHECK_BYTES(cms.signers[0].leaf.uri, signet_slice_text("did:web:example.com"));
    }
}

/* S-11: a bridge is checked before it signs, and no leaf outlives it. */
TEST(a_bridge_is_checked_before_it_signs)
{
    static const struct {
        const char *name;
        int64_t now;
        bool other_key, no_ca;
        signet_code expected;
        int64_t lasts;
    } rows[] = {
        {"as it should be", MESSAGE_NOW, false, false, SIGNET_OK, 300},
        {"200 seconds before its end", MESSAGE_NOW + 365 * 86400 - 200, false, false, SIGNET_OK,
            200},
        {"on its first second", MESSAGE_NOW - 86400, false, false, SIGNET_OK, 300},
        {"before it", MESSAGE_NOW - 86401, false, false, SIGNET_E_TIME, 0},
        {"on its last second", MESSAGE_NOW + 365 * 86400, false, false, SIGNET_E_TIME, 0},
        {"after it", MESSAGE_NOW + 365 * 86400 + 1, false, false, SIGNET_E_TIME, 0},
        {"with another key", MESSAGE_NOW, true, false, SIGNET_E_KEY, 0},
        {"with a leaf for a bridge", MESSAGE_NOW, false, true, SIGNET_E_CERT, 0},
    };

    for (EACH(row, rows)) {
        const signet_key *key = row->no_ca ? LEAF_KEY : BRIDGE_KEY;
        const signet_cms_signer signer = {.master = MASTER_KEY,
            .bridge = row->no_ca ? message_leaf() : message_bridge(),
            .bridge_key = row->other_key ? OTHER_KEY : key};
        signet_error err = {0};
        signet_slice message = sign(&signer, row->now, &err);
        signet_cms cms = {0};
        signet_cert bridge = {0};

        CHECK_INT(err.code, row->expected);
        if (row->expected != SIGNET_OK)
            continue;
        REQUIRE(signet_cms_read(signet_only_ed25519, message, &cms, NULL));
        CHECK_INT(cms.cert_count, 2);
        CHECK_INT(cms.signers[0].leaf.not_after, row->now + row->lasts);
        CHECK(signet_cms_check_chain(&cms, 0, MASTER_KEY, row->now, NULL, &bridge, NULL));
        CHECK_BYTES(bridge.der, message_bridge());
    }
}

/* A stream of bytes that is the same in every run. */
static uint8_t stream[256];
static size_t stream_at;

static bool
read_stream(uint8_t *ret_bytes, size_t len)
{
    if (len > sizeof(stream) - stream_at)
        return false;
    memcpy(ret_bytes, stream + stream_at, len);
    stream_at += len;
    return true;
}

TEST(the_same_randomness_gives_the_same_bytes)
{
    const signet_cms_signer signer = {.master = MASTER_KEY};
    SIGNET_AUTO(signet_key_free) signet_key *leaf_key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf encoded = {0};
    signet_cms cms = {0};
    signet_cms_leaf leaf = {0};
    signet_slice message = {0};

    for (size_t i = 0; i < sizeof(stream); i++)
        stream[i] = (uint8_t)(2 * i + 1);
    stream_at = 0;
    sg_random_set_source(read_stream);
    message = sign(&signer, MESSAGE_NOW, NULL);
    CHECK_INT(stream_at, 48); /* a seed and a serial number, nothing else */
    CHECK_INT(sign(&signer, MESSAGE_NOW, NULL).len > 0, 1);
    stream_at = sizeof(stream) - 40;
    CHECK_INT(sign(&signer, MESSAGE_NOW, NULL).len, 0); /* no randomness, no signature */
    sg_random_set_source(NULL);

    REQUIRE(signet_cms_read(signet_only_ed25519, message, &cms, NULL));
    leaf_key = signet_key_from_seed(&signet_ed25519, (signet_slice){stream, 32}, NULL);
    REQUIRE(leaf_key);
    leaf = (signet_cms_leaf){cms.signers[0].leaf.der, leaf_key, NULL, 0};
    CHECK_BYTES(cms.signers[0].leaf.serial, ((signet_slice){stream + 32, 16}));
    CHECK_BYTES(cms.signers[0].leaf.key, signet_key_public(leaf_key));
    REQUIRE(signet_cms_encode(&leaf, 1, *content_digest(), MESSAGE_NOW, &encoded, NULL));
    CHECK_BYTES(message, signet_buf_slice(&encoded));
}

static signet_slice
vector_key(const json_t *keys, const char *name, const char *member)
{
    const char *hex = json_string_value(json_object_get(json_object_get(keys, name), member));

    REQUIRE(hex);
    return unhex(hex);
}

/* The reference drew this seed and serial number; what we make of them is its certificate. */
TEST(the_references_randomness_gives_the_references_leaf)
{
    json_t *file = json_load_file(VECTORS "/interop/cms.json", JSON_ALLOW_NUL, NULL);
    const json_t *keys = json_object_get(file, "keys");
    signet_slice expected = vector_key(keys, "leaf2", "certificate");
    signet_slice seed = vector_key(keys, "leaf2", "seed");
    SIGNET_AUTO(signet_key_free)
    signet_key *master =
        signet_key_from_seed(&signet_ed25519, vector_key(keys, "ca", "seed"), NULL);
    const signet_cms_signer signer = {.master = master};
    signet_cert leaf = {0};
    signet_cms cms = {0};
    signet_slice message = {0};

    REQUIRE(master && signet_cert_read(expected, &leaf, NULL));
    CHECK_INT(leaf.serial.len, 16);
    memcpy(stream, seed.ptr, 32);
    memcpy(stream + 32, leaf.serial.ptr, 16);
    stream_at = 0;
    sg_random_set_source(read_stream);
    message = sign(&signer, leaf.not_before, NULL);
    sg_random_set_source(NULL);
    REQUIRE(signet_cms_read(signet_only_ed25519, message, &cms, NULL));
    CHECK_BYTES(cms.signers[0].leaf.der, expected);
    json_decref(file);
}

/* Leaves that the master key signed, but that may not sign content, or not under every rule. */
TEST(a_leaf_must_be_allowed_to_sign)
{
    const signet_slice client = unhex("30130603551d25040c300a06082b06010505070302");
    const signet_slice any = unhex("300f0603551d25040830060604551d2500");
    const signet_slice no_sign = unhex("300e0603551d0f0101ff040403020520");
    const signet_slice ca = unhex("300f0603551d130101ff040530030101ff");
    const signet_slice unknown = unhex("300b06022a030101ff04020500");
    const struct {
        const char *name;
        const signet_slice *usage, *purposes, *constraints, *more;
        signet_code strict, lenient;
    } rows[] = {
        {"as it should be", NULL, NULL, NULL, NULL, SIGNET_OK, SIGNET_OK},
        {"client authentication", NULL, &client, NULL, NULL, SIGNET_E_CERT, SIGNET_E_CERT},
        {"any purpose", NULL, &any, NULL, NULL, SIGNET_OK, SIGNET_OK},
        {"no purpose", NULL, &unknown, NULL, NULL, SIGNET_E_CERT, SIGNET_E_CERT},
        {"no digital signature", &no_sign, NULL, NULL, NULL, SIGNET_E_CERT, SIGNET_OK},
        {"an authority", NULL, NULL, &ca, NULL, SIGNET_E_CERT, SIGNET_OK},
        {"an unknown critical extension", NULL, NULL, NULL, &unknown, SIGNET_E_CERT, SIGNET_E_CERT},
    };

    for (EACH(row, rows)) {
        certificate_parts parts = certificate_good();
        signet_cms_chain_rules lenient = {.lenient = true};
        signet_cms cms = {.signer_count = 1, .cert_count = 1};
        signet_error err = {0};

        parts.usage = row->usage ? *row->usage : parts.usage;
        parts.purposes = row->purposes ? *row->purposes : parts.purposes;
        parts.constraints = row->constraints ? *row->constraints : parts.constraints;
        parts.more = row->more ? *row->more : parts.more;
        REQUIRE(signet_cert_read(certificate_build(&parts), &cms.certs[0], NULL));
        cms.signers[0].leaf = cms.certs[0];
        (void)!signet_cms_check_chain(&cms, 0, MASTER_KEY, MESSAGE_NOW, NULL, NULL, &err);
        CHECK_INT(err.code, row->strict);
        err = (signet_error){0};
        (void)!signet_cms_check_chain(&cms, 0, MASTER_KEY, MESSAGE_NOW, &lenient, NULL, &err);
        CHECK_INT(err.code, row->lenient);
    }
}

TEST(a_missing_purpose_passes_only_when_lenient)
{
    certificate_parts parts = certificate_good();
    signet_cms_chain_rules rules = {0};
    signet_cms cms = {.signer_count = 1, .cert_count = 1};

    parts.purposes.len = 0;
    REQUIRE(signet_cert_read(certificate_build(&parts), &cms.certs[0], NULL));
    cms.signers[0].leaf = cms.certs[0];
    CHECK(!signet_cms_check_chain(&cms, 0, MASTER_KEY, MESSAGE_NOW, &rules, NULL, NULL));
    rules.lenient = true;
    CHECK(signet_cms_check_chain(&cms, 0, MASTER_KEY, MESSAGE_NOW, &rules, NULL, NULL));
}

/* An issuer between master key and leaf must be allowed to be one. */
TEST(a_bridge_must_be_allowed_to_issue)
{
    const signet_slice sign_only = unhex("300e0603551d0f0101ff040403020780");
    const signet_slice issue_only = unhex("300e0603551d0f0101ff040403020204");
    const signet_slice no_ca = unhex("300c0603551d130101ff04023000");
    const signet_slice client = unhex("30130603551d25040c300a06082b06010505070302");
    const signet_slice unknown = unhex("300b06022a030101ff04020500");
    const struct {
        const char *name;
        const signet_slice *usage, *purposes, *constraints, *more;
        const signet_key *issuer;
        int64_t at;
        signet_code expected;
    } rows[] = {
        {"as it should be", NULL, NULL, NULL, NULL, MASTER_KEY, 0, SIGNET_OK},
        {"no CA", NULL, NULL, &no_ca, NULL, MASTER_KEY, 0, SIGNET_E_CERT},
        {"usage without certificates", &sign_only, NULL, NULL, NULL, MASTER_KEY, 0, SIGNET_E_CERT},
        {"for clients", NULL, &client, NULL, NULL, MASTER_KEY, 0, SIGNET_E_CERT},
        {"an unknown critical extension", NULL, NULL, NULL, &unknown, MASTER_KEY, 0, SIGNET_E_CERT},
        {"issued by another key", NULL, NULL, NULL, NULL, OTHER_KEY, 0, SIGNET_E_TRUST},
        {"issued by itself", NULL, NULL, NULL, NULL, BRIDGE_KEY, 0, SIGNET_E_TRUST},
        {"a second late", NULL, NULL, NULL, NULL, MASTER_KEY, 301, SIGNET_E_TIME},
        {"a second early", NULL, NULL, NULL, NULL, MASTER_KEY, -1, SIGNET_E_TIME},
    };

    for (EACH(row, rows)) {
        certificate_parts parts = certificate_good();
        signet_cms cms = {.signer_count = 1, .cert_count = 2};
        signet_error err = {0};

        parts.spki = message_spki(BRIDGE_KEY);
        parts.constraints = row->constraints ? *row->constraints
                                             : unhex("30120603551d130101ff040830060101ff020100");
        parts.usage = row->usage ? *row->usage : issue_only;
        parts.purposes = row->purposes ? *row->purposes : (signet_slice){0};
        parts.more = row->more ? *row->more : parts.more;
        parts.issuer_key = row->issuer;
        REQUIRE(signet_cert_read(certificate_build(&parts), &cms.certs[1], NULL));
        parts = certificate_good();
        parts.issuer_key = BRIDGE_KEY;
        parts.validity = unhex("301e170d3236303532373030303030305a170d3236303532393030303030305a");
        REQUIRE(signet_cert_read(certificate_build(&parts), &cms.certs[0], NULL));
        cms.signers[0].leaf = cms.certs[0];
        (void)!signet_cms_check_chain(&cms, 0, MASTER_KEY, MESSAGE_NOW + row->at, NULL, NULL, &err);
        CHECK_INT(err.code, row->expected);
    }
}

TEST(signers_that_are_not_there_are_no_signers)
{
    message_parts parts = message_good();
    const signet_cms_content content = {*content_digest(), false, {0}};
    signet_cms cms = {0};
    signet_error err = {0};

    REQUIRE(signet_cms_read(signet_only_ed25519, message_build(&parts), &cms, NULL));
    CHECK(signet_cms_check_signature(&cms, 0, &content, NULL));
    for (size_t index = 1; index < 4; index++) {
        CHECK(!signet_cms_check_signature(&cms, index, &content, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK(!signet_cms_check_chain(&cms, index, MASTER_KEY, MESSAGE_NOW, NULL, NULL, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
    }
    parts.attributes.len = 0;
    REQUIRE(signet_cms_read(signet_only_ed25519, message_build(&parts), &cms, NULL));
    CHECK(!signet_cms_check_signature(&cms, 0, &content, &err)); /* form P needs the bytes */
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

TESTS(TEST_OF(encode_has_preconditions), TEST_OF(counts_and_digests_are_checked),
    TEST_OF(no_plain_signature_over_attributes),
    TEST_OF(a_signature_has_a_fresh_leaf_of_five_minutes), TEST_OF(the_leaf_lives_as_long_as_asked),
    TEST_OF(a_bridge_is_checked_before_it_signs), TEST_OF(the_same_randomness_gives_the_same_bytes),
    TEST_OF(the_references_randomness_gives_the_references_leaf),
    TEST_OF(a_leaf_must_be_allowed_to_sign), TEST_OF(a_missing_purpose_passes_only_when_lenient),
    TEST_OF(a_bridge_must_be_allowed_to_issue), TEST_OF(signers_that_are_not_there_are_no_signers))
