/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of two signers, Ed25519 and ML-DSA-44 (RFC 9882), each with a leaf of its own. */
#include <signet/pki.h>

#include "codec/der.h"
#include "crypto/digest.h"
#include "message.h"

static signet_key *
mldsa_key(uint8_t seed_byte)
{
    uint8_t seed[SIGNET_SEED_SIZE];
    signet_key *key = NULL;

    memset(seed, seed_byte, sizeof(seed));
    key = signet_key_from_seed(&signet_mldsa44, (signet_slice){seed, sizeof(seed)}, NULL);
    REQUIRE(key);
    return key;
}

static const signet_cms_content *
content(void)
{
    static uint8_t digest[SIGNET_SHA512_SIZE];
    static const signet_cms_content what = {{digest, sizeof(digest)}, false, {0}};

    sg_sha512(signet_slice_text("content"), digest);
    return &what;
}

/* A message by these master keys, in this order. */
static signet_slice
signed_by(const signet_key *first, const signet_key *second, signet_error *err)
{
    const signet_cms_signer signers[2] = {{.master = first}, {.master = second}};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    if (!signet_cms_sign(signers, second ? 2 : 1, content()->digest, MESSAGE_NOW, &out, err)) {
        CHECK_INT(out.len, 0);
        return (signet_slice){0};
    }
    return harness_keep(signet_buf_slice(&out));
}

static bool
is_genuine(const signet_cms *cms, size_t index, const signet_key *anchor, signet_error *err)
{
    return signet_cms_check_signature(cms, index, content(), err) &&
           signet_cms_check_chain(cms, index, anchor, MESSAGE_NOW, NULL, NULL, err);
}

TEST(both_signers_are_genuine_each_under_its_own_key)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55);
    signet_slice message = signed_by(MASTER_KEY, mldsa, NULL);
    signet_cms cms = {0};
    signet_error err = {0};

    REQUIRE(signet_cms_read(signet_all_algorithms, message, &cms, NULL));
    CHECK_INT(cms.signer_count, 2);
    CHECK_INT(cms.cert_count, 2);
    CHECK(cms.signers[0].algorithm == &signet_ed25519);
    CHECK(cms.signers[1].algorithm == &signet_mldsa44);
    CHECK(is_genuine(&cms, 0, MASTER_KEY, NULL));
    CHECK(is_genuine(&cms, 1, mldsa, NULL));
    CHECK(!is_genuine(&cms, 0, mldsa, &err));
    CHECK_INT(err.code, SIGNET_E_TRUST);
    CHECK(!is_genuine(&cms, 1, MASTER_KEY, &err));
    CHECK_INT(err.code, SIGNET_E_TRUST);
    CHECK(cms.signers[0].signing_time == cms.signers[1].signing_time);
    CHECK_BYTES(cms.signers[0].digest, cms.signers[1].digest);
}

TEST(mldsa_alone_is_a_message_too)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55), *other = mldsa_key(0x56);
    signet_slice message = signed_by(mldsa, NULL, NULL);
    signet_cms cms = {0};
    signet_error err = {0};

    CHECK(signet_cms_is_signet(message));
    REQUIRE(signet_cms_read(signet_all_algorithms, message, &cms, NULL));
    CHECK(is_genuine(&cms, 0, mldsa, NULL));
    CHECK(!is_genuine(&cms, 0, other, &err));
    CHECK_INT(err.code, SIGNET_E_TRUST);
    CHECK(!signet_cms_read(signet_only_ed25519, message, &cms, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
}

/* RFC 9882 section 3.3 wants it; an Ed25519 message has no byte that the reference would not write.
 */
TEST(algorithm_protection_is_in_mldsa_only)
{
    static const char protection[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x34";
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55);
    signet_cms cms = {0};

    REQUIRE(signet_cms_read(signet_all_algorithms, signed_by(MASTER_KEY, mldsa, NULL), &cms, NULL));
    for (size_t i = 0; i < 2; i++)
        CHECK((memmem(cms.signers[i].attributes.ptr, cms.signers[i].attributes.len, protection,
                   9) != NULL) == (i == 1));
    CHECK_INT(cms.signers[0].attributes.len, 137);
    CHECK_INT(cms.signers[1].attributes.len, 137 + 43);
}

TEST(two_signers_are_ed25519_and_then_another)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55), *other = mldsa_key(0x56);
    const struct {
        const char *name;
        const signet_key *first, *second;
    } rows[] = {
        {"the other order", mldsa, MASTER_KEY},
        {"Ed25519 twice", MASTER_KEY, MASTER_KEY},
        {"two Ed25519 keys", MASTER_KEY, OTHER_KEY},
        {"ML-DSA twice", mldsa, mldsa},
        {"two ML-DSA keys", mldsa, other},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};

        CHECK_INT(signed_by(row->first, row->second, &err).len, 0);
        CHECK_INT(err.code, SIGNET_E_USAGE);
    }
}

/* The content of SignedData from the certificates on, cut into its elements. */
typedef struct {
    signet_slice head; /* version, digests, content */
    signet_slice certificates[2], signers[2];
} hybrid_parts;

static hybrid_parts
parts_of(signet_slice message)
{
    sg_der_reader in = sg_der_reader_of(message), info = sg_der_enter(&in, 0x30, "info");
    sg_der_reader wrapped = {0}, data = {0}, set = {0};
    hybrid_parts parts = {0};

    (void)sg_der_read(&info, SG_DER_OID, "type");
    wrapped = sg_der_enter(&info, 0xa0, "wrapped");
    data = sg_der_enter(&wrapped, 0x30, "data");
    parts.head.ptr = data.left.ptr;
    for (int i = 0; i < 3; i++)
        (void)sg_der_read_any(&data, "head");
    parts.head.len = (size_t)(data.left.ptr - parts.head.ptr);
    set = sg_der_enter(&data, 0xa0, "certificates");
    for (int i = 0; i < 2; i++)
        parts.certificates[i] = sg_der_read_any(&set, "certificate");
    set = sg_der_enter(&data, 0x31, "signers");
    for (int i = 0; i < 2; i++)
        parts.signers[i] = sg_der_read_any(&set, "signer");
    REQUIRE(!set.problem && !data.problem);
    return parts;
}

static signet_slice
message_of(const hybrid_parts *parts, signet_slice certificates, signet_slice signers)
{
    return message_tlv(0x30,
        CONCAT(unhex("06092a864886f70d010702"),
            message_tlv(0xa0, message_tlv(0x30, CONCAT(parts->head, message_tlv(0xa0, certificates),
                                                    message_tlv(0x31, signers))))));
}

/*
 * Taking one signature away leaves a good message of one signer: that both are wanted is a
 * question of policy, and for the caller who sees signer_count.
 */
TEST(parts_of_two_messages_do_not_mix)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55);
    hybrid_parts a = parts_of(signed_by(MASTER_KEY, mldsa, NULL));
    hybrid_parts b = parts_of(signed_by(MASTER_KEY, mldsa, NULL));
    signet_slice certs = CONCAT(a.certificates[0], a.certificates[1]);
    message_parts plain = message_good();

    plain.attributes.len = 0;

    const struct {
        const char *name;
        signet_slice message;
        size_t signers; /* 0: not readable */
    } rows[] = {
        {"unchanged", message_of(&a, certs, CONCAT(a.signers[0], a.signers[1])), 2},
        {"certificates swapped",
            message_of(&a, CONCAT(a.certificates[1], a.certificates[0]),
                CONCAT(a.signers[0], a.signers[1])),
            2},
        {"Ed25519 alone", message_of(&a, certs, a.signers[0]), 1},
        {"ML-DSA alone", message_of(&a, certs, a.signers[1]), 1},
        {"signers swapped", message_of(&a, certs, CONCAT(a.signers[1], a.signers[0])), 0},
        {"Ed25519 twice", message_of(&a, certs, CONCAT(a.signers[0], a.signers[0])), 0},
        {"ML-DSA twice", message_of(&a, certs, CONCAT(a.signers[1], a.signers[1])), 0},
        {"three signers", message_of(&a, certs, CONCAT(a.signers[0], a.signers[1], a.signers[1])),
            0},
        {"no signer", message_of(&a, certs, (signet_slice){0}), 0},
        {"the ML-DSA leaf of the other",
            message_of(&a, CONCAT(a.certificates[0], b.certificates[1]),
                CONCAT(a.signers[0], a.signers[1])),
            0},
        {"the ML-DSA signer of the other",
            message_of(&a, certs, CONCAT(a.signers[0], b.signers[1])), 0},
        {"Ed25519 in form P",
            message_of(&a, CONCAT(message_leaf(), a.certificates[1]),
                CONCAT(message_signer_info(&plain), a.signers[1])),
            0},
        {"no ML-DSA leaf", message_of(&a, a.certificates[0], CONCAT(a.signers[0], a.signers[1])),
            0},
    };

    for (EACH(row, rows)) {
        signet_cms cms = {0};

        CHECK(
            signet_cms_read(signet_all_algorithms, row->message, &cms, NULL) == (row->signers > 0));
        CHECK_INT(cms.signer_count, row->signers);
        for (size_t i = 0; i < row->signers; i++)
            CHECK(is_genuine(
                &cms, i, cms.signers[i].algorithm == &signet_ed25519 ? MASTER_KEY : mldsa, NULL));
    }
}

TEST(no_byte_of_a_hybrid_message_may_change)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55);
    signet_slice good = signed_by(MASTER_KEY, mldsa, NULL);
    uint8_t *copy = malloc(good.len);

    REQUIRE(copy);
    memcpy(copy, good.ptr, good.len);
    for (size_t i = 0; i < good.len; i++) {
        signet_cms cms = {0};
        uint8_t flip = (uint8_t)(1U << i % 8);

        copy[i] ^= flip;
        if (signet_cms_read(signet_all_algorithms, (signet_slice){copy, good.len}, &cms, NULL) &&
            cms.signer_count == 2 && is_genuine(&cms, 0, MASTER_KEY, NULL) &&
            is_genuine(&cms, 1, mldsa, NULL))
            harness_fail(__FILE__, __LINE__, "accepted with byte %zu changed", i);
        copy[i] ^= flip;
    }
    free(copy);
}

TEST(mldsa_has_no_form_p)
{
    SIGNET_AUTO(signet_key_free) signet_key *mldsa = mldsa_key(0x55), *leaf_key = mldsa_key(0x57);
    const signet_cert_template wanted = {.kind = SIGNET_CERT_LEAF,
        .issuer = mldsa,
        .subject_spki = message_spki(leaf_key),
        .now = MESSAGE_NOW};
    const signet_cms_leaf leaf = {message_certificate(&wanted), leaf_key, NULL, 0};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    CHECK(!signet_cms_encode_plain(&leaf, signet_slice_text("content"), MESSAGE_NOW, &out, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
    CHECK_INT(out.len, 0);
    CHECK(signet_cms_encode(&leaf, 1, content()->digest, MESSAGE_NOW, &out, NULL));
}

TESTS(TEST_OF(both_signers_are_genuine_each_under_its_own_key),
    TEST_OF(mldsa_alone_is_a_message_too), TEST_OF(algorithm_protection_is_in_mldsa_only),
    TEST_OF(two_signers_are_ed25519_and_then_another), TEST_OF(parts_of_two_messages_do_not_mix),
    TEST_OF(no_byte_of_a_hybrid_message_may_change), TEST_OF(mldsa_has_no_form_p))
