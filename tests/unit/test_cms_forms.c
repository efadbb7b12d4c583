/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that are correctly signed and yet of a form that is not, or just barely, the profile's
 * (spec 1.8.1, 1.8.2), and leaves that may or may not sign.
 */
#include "codec/der.h"
#include "crypto/digest.h"
#include "message.h"

#define OID_CONTENT_TYPE   "2a864886f70d010903"
#define OID_MESSAGE_DIGEST "2a864886f70d010904"
#define OID_SIGNING_TIME   "2a864886f70d010905"
#define OID_PROTECTION     "2a864886f70d010934"

/* Attribute number `index` of the good message: contentType, signingTime, messageDigest. */
static signet_slice
good(size_t index)
{
    return message_good_attribute(index, signet_slice_text("content"));
}

static signet_slice
digest_value(void)
{
    signet_slice attribute = good(2);

    return (signet_slice){attribute.ptr + attribute.len - 66, 66};
}

static signet_slice
many_attributes(size_t count)
{
    signet_slice all = CONCAT(message_attribute("2a03", unhex("0500")));

    for (size_t i = 1; i + 3 < count; i++) {
        char oid[16];

        (void)snprintf(oid, sizeof(oid), "2a03%02x", (unsigned)i);
        all = CONCAT(all, message_attribute(oid, unhex("0500")));
    }
    return CONCAT(all, good(0), good(1), good(2));
}

/* Rows are made at run time: they need lengths. */
typedef struct {
    const char *name;
    signet_slice attributes;
    signet_code expected;
} attribute_row;

static void
check_attributes(const attribute_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        message_parts parts = message_good();
        signet_error err = {0};
        bool accepted = false;

        harness_row = rows[i].name;
        parts.attributes = rows[i].attributes;
        accepted = message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err);
        CHECK_INT(err.code, rows[i].expected);
        CHECK(accepted == (rows[i].expected == SIGNET_OK));
    }
}

#define CHECK_ATTRIBUTES(rows) check_attributes(rows, sizeof(rows) / sizeof((rows)[0]))

TEST(attributes_stand_in_one_order_and_once)
{
    signet_slice extra = message_attribute("2a03", unhex("0500"));
    const attribute_row rows[] = {
        {"all three", CONCAT(good(0), good(1), good(2)), SIGNET_OK},
        {"no signingTime", CONCAT(good(0), good(2)), SIGNET_OK},
        {"one more in its place", CONCAT(extra, good(0), good(1), good(2)), SIGNET_OK},
        {"sixteen", many_attributes(16), SIGNET_OK},
        {"seventeen", many_attributes(17), SIGNET_E_DECODE},
        {"one more out of its place", CONCAT(good(0), extra, good(1), good(2)), SIGNET_E_DECODE},
        {"time before type", CONCAT(good(1), good(0), good(2)), SIGNET_E_DECODE},
        {"digest before time", CONCAT(good(0), good(2), good(1)), SIGNET_E_DECODE},
        {"backwards", CONCAT(good(2), good(1), good(0)), SIGNET_E_DECODE},
        {"contentType twice", CONCAT(good(0), good(0), good(1), good(2)), SIGNET_E_DECODE},
        {"digest twice", CONCAT(good(0), good(1), good(2), good(2)), SIGNET_E_DECODE},
        {"two times",
            CONCAT(good(0), good(1),
                message_attribute(OID_SIGNING_TIME, unhex("170d3236303532383230323634315a")),
                good(2)),
            SIGNET_E_DECODE},
        {"an unknown one twice",
            CONCAT(extra, message_attribute("2a03", unhex("0501")), good(0), good(2)),
            SIGNET_E_DECODE},
        {"no contentType", CONCAT(good(1), good(2)), SIGNET_E_DECODE},
        {"no messageDigest", CONCAT(good(0), good(1)), SIGNET_E_DECODE},
        {"signingTime alone", good(1), SIGNET_E_DECODE},
        {"not an attribute", CONCAT(unhex("0500"), good(0), good(2)), SIGNET_E_DECODE},
        {"an attribute without values", CONCAT(unhex("300406022a03"), good(0), good(2)),
            SIGNET_E_DECODE},
        {"an unknown one with an empty set", CONCAT(unhex("300606022a033100"), good(0), good(2)),
            SIGNET_E_DECODE},
        {"something after the set", CONCAT(unhex("300a06022a03310205000500"), good(0), good(2)),
            SIGNET_E_DECODE},
    };

    CHECK_ATTRIBUTES(rows);
}

TEST(attributes_have_one_value_of_one_type)
{
    signet_slice data = unhex("06092a864886f70d010701");
    const attribute_row rows[] = {
        {"contentType of another content",
            CONCAT(message_attribute(OID_CONTENT_TYPE, unhex("06092a864886f70d010703")), good(2)),
            SIGNET_E_DECODE},
        {"contentType twice in its set",
            CONCAT(message_attribute(OID_CONTENT_TYPE, CONCAT(data, data)), good(2)),
            SIGNET_E_DECODE},
        {"contentType without value",
            CONCAT(message_attribute(OID_CONTENT_TYPE, (signet_slice){0}), good(2)),
            SIGNET_E_DECODE},
        {"contentType as text",
            CONCAT(message_attribute(OID_CONTENT_TYPE, unhex("0c0464617461")), good(2)),
            SIGNET_E_DECODE},
        {"messageDigest of 63 bytes",
            CONCAT(good(0), message_attribute(OID_MESSAGE_DIGEST,
                                message_tlv(0x04, (signet_slice){digest_value().ptr + 2, 63}))),
            SIGNET_E_SIGNATURE},
        {"messageDigest empty",
            CONCAT(message_attribute(OID_MESSAGE_DIGEST, unhex("0400")), good(0)),
            SIGNET_E_SIGNATURE},
        {"messageDigest twice in its set",
            CONCAT(good(0),
                message_attribute(OID_MESSAGE_DIGEST, CONCAT(digest_value(), digest_value()))),
            SIGNET_E_DECODE},
        {"messageDigest as bits",
            CONCAT(good(0), message_attribute(OID_MESSAGE_DIGEST,
                                message_tlv(0x03, (signet_slice){digest_value().ptr + 2, 64}))),
            SIGNET_E_DECODE},
        {"messageDigest of something else",
            CONCAT(good(0), good(1), message_good_attribute(2, signet_slice_text("Content"))),
            SIGNET_E_SIGNATURE},
        {"signingTime as text",
            CONCAT(good(0),
                message_attribute(OID_SIGNING_TIME, unhex("0c0d3236303532383230323634305a")),
                good(2)),
            SIGNET_E_DECODE},
        {"signingTime without value",
            CONCAT(good(0), message_attribute(OID_SIGNING_TIME, (signet_slice){0}), good(2)),
            SIGNET_E_DECODE},
        {"signingTime in month 13",
            CONCAT(good(0),
                message_attribute(OID_SIGNING_TIME, unhex("170d3236313332383230323634305a")),
                good(2)),
            SIGNET_E_DECODE},
        {"signingTime of this century in the long form",
            CONCAT(good(0),
                message_attribute(OID_SIGNING_TIME, unhex("180f32303236303532383230323634305a")),
                good(2)),
            SIGNET_E_DECODE},
        {"signingTime with an offset",
            CONCAT(good(0),
                message_attribute(
                    OID_SIGNING_TIME, unhex("17113236303532383230323634302b30303030")),
                good(2)),
            SIGNET_E_DECODE},
    };

    CHECK_ATTRIBUTES(rows);
}

/* RFC 6211: optional for Ed25519, but when it is there it must agree. */
TEST(algorithm_protection_agrees)
{
    static const struct {
        const char *name, *value;
        signet_code expected;
    } rows[] = {
        {"SHA-512 and Ed25519", "3014300b0609608648016503040203a10506032b6570", SIGNET_OK},
        {"SHA-256", "3014300b0609608648016503040201a10506032b6570", SIGNET_E_DECODE},
        {"Ed448", "3014300b0609608648016503040203a10506032b6571", SIGNET_E_DECODE},
        {"a MAC", "3014300b0609608648016503040203a20506032b6570", SIGNET_E_DECODE},
        {"parameters", "3016300b0609608648016503040203a10706032b65700500", SIGNET_E_DECODE},
        {"a digest alone", "300d300b0609608648016503040203", SIGNET_E_DECODE},
        {"something behind", "3016300b0609608648016503040203a10506032b65700500", SIGNET_E_DECODE},
    };

    for (EACH(row, rows)) {
        message_parts parts = message_good();
        signet_error err = {0};

        parts.attributes =
            CONCAT(good(0), good(1), message_attribute(OID_PROTECTION, unhex(row->value)), good(2));
        (void)message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err);
        CHECK_INT(err.code, row->expected);
    }
}

/* One field of a good message replaced by other bytes. */
TEST(fields_have_one_form)
{
    static const struct {
        const char *name;
        size_t field;
        const char *hex;
        signet_code expected;
    } rows[] = {
#define PART(member) offsetof(message_parts, member)
        {"content type data", PART(content_type), "06092a864886f70d010701", SIGNET_E_DECODE},
        {"no content type", PART(content_type), "", SIGNET_E_DECODE},
        {"version 0", PART(version), "020100", SIGNET_E_DECODE},
        {"version 2", PART(version), "020102", SIGNET_E_DECODE},
        {"version 3 for 1", PART(version), "020103", SIGNET_E_DECODE},
        {"version -1", PART(version), "0201ff", SIGNET_E_DECODE},
        {"version 257", PART(version), "02020101", SIGNET_E_DECODE},
        {"version 2^32+1", PART(version), "02050100000001", SIGNET_E_DECODE},
        {"version of no bytes", PART(version), "0200", SIGNET_E_DECODE},
        {"version in two bytes", PART(version), "02020001", SIGNET_E_DECODE},
        {"no version", PART(version), "", SIGNET_E_DECODE},
        {"NULL behind SHA-512", PART(digests), "310f300d06096086480165030402030500", SIGNET_OK},
        {"no digests", PART(digests), "3100", SIGNET_E_ALGORITHM},
        {"no field of digests", PART(digests), "", SIGNET_E_DECODE},
        {"SHA-256 instead", PART(digests), "310d300b0609608648016503040201", SIGNET_E_ALGORITHM},
        {"SHA-1 instead", PART(digests), "3109300706052b0e03021a", SIGNET_E_DECODE},
        {"SHA-512 twice", PART(digests), "311a300b0609608648016503040203300b0609608648016503040203",
            SIGNET_E_DECODE},
        {"SHA-256 beside it", PART(digests),
            "311a300b0609608648016503040201300b0609608648016503040203", SIGNET_E_ALGORITHM},
        {"digests as a sequence", PART(digests), "300d300b0609608648016503040203", SIGNET_E_DECODE},
        {"octets as parameters", PART(digests), "310f300d06096086480165030402030400",
            SIGNET_E_DECODE},
        {"a NULL of one byte", PART(digests), "3110300e0609608648016503040203050100",
            SIGNET_E_DECODE},
        {"the same content inside", PART(encapsulated),
            "301606092a864886f70d010701a0090407636f6e74656e74", SIGNET_OK},
        {"another content inside", PART(encapsulated),
            "301606092a864886f70d010701a0090407436f6e74656e74", SIGNET_E_SIGNATURE},
        {"an empty content inside", PART(encapsulated), "300f06092a864886f70d010701a0020400",
            SIGNET_E_SIGNATURE},
        {"content in pieces", PART(encapsulated),
            "301806092a864886f70d010701a00b24090407636f6e74656e74", SIGNET_E_DECODE},
        {"enveloped data", PART(encapsulated), "300b06092a864886f70d010703", SIGNET_E_DECODE},
        {"two contents", PART(encapsulated), "301306092a864886f70d010701a002040004020000",
            SIGNET_E_DECODE},
        {"no certificates", PART(certificates), "", SIGNET_E_DECODE},
        {"an empty set of them", PART(certificates), "a000", SIGNET_E_CERT},
        {"something else there", PART(certificates), "a0020500", SIGNET_E_DECODE},
        {"an empty certificate", PART(certificates), "a0023000", SIGNET_E_DECODE},
        {"no crls", PART(crls), "a100", SIGNET_OK},
        {"a crl", PART(crls), "a1023000", SIGNET_OK},
        {"a crl that is cut short", PART(crls), "a1023001", SIGNET_E_DECODE},
        {"a crl of another kind, version 1", PART(crls), "a102a100", SIGNET_E_DECODE},
        {"SignerInfo 3 for 1", PART(signer_version), "020103", SIGNET_E_DECODE},
        {"SignerInfo 0", PART(signer_version), "020100", SIGNET_E_DECODE},
        {"no SignerInfo version", PART(signer_version), "", SIGNET_E_DECODE},
        {"an empty sid", PART(sid), "3000", SIGNET_E_DECODE},
        {"no sid", PART(sid), "", SIGNET_E_DECODE},
        {"an empty key identifier", PART(sid), "8000", SIGNET_E_DECODE},
        {"a constructed key identifier", PART(sid), "a0030401ff", SIGNET_E_DECODE},
        {"SHA-256", PART(digest_algorithm), "300b0609608648016503040201", SIGNET_E_ALGORITHM},
        {"MD5", PART(digest_algorithm), "300a06082a864886f70d0205", SIGNET_E_DECODE},
        {"NULL behind it", PART(digest_algorithm), "300d06096086480165030402030500", SIGNET_OK},
        {"no digest algorithm", PART(digest_algorithm), "", SIGNET_E_DECODE},
        {"NULL behind Ed25519", PART(sign_algorithm), "300706032b65700500", SIGNET_OK},
        {"octets behind Ed25519", PART(sign_algorithm), "300706032b65700400", SIGNET_E_DECODE},
        {"Ed448", PART(sign_algorithm), "300506032b6571", SIGNET_E_ALGORITHM},
        {"RSA", PART(sign_algorithm), "300b06092a864886f70d010101", SIGNET_E_ALGORITHM},
        {"no signature algorithm", PART(sign_algorithm), "", SIGNET_E_DECODE},
        {"an empty signature", PART(signature), "0400", SIGNET_E_SIGNATURE},
        {"a signature as bits", PART(signature), "0302000a", SIGNET_E_DECODE},
        {"an unsigned attribute", PART(unsigned_attributes), "a10830060602550431003100",
            SIGNET_E_DECODE},
        {"unsigned attributes", PART(unsigned_attributes), "a1083006060255043100", SIGNET_OK},
        {"unsigned attributes cut short", PART(unsigned_attributes), "a1033006ff", SIGNET_E_DECODE},
        {"something in SignerInfo", PART(in_signer), "0500", SIGNET_E_DECODE},
        {"something in SignedData", PART(in_signed_data), "0500", SIGNET_E_DECODE},
        {"something in ContentInfo", PART(in_content_info), "0500", SIGNET_E_DECODE},
        {"an octet string as second signer", PART(more_signers), "0400", SIGNET_E_DECODE},
    };

    for (EACH(row, rows)) {
        message_parts parts = message_good();
        signet_error err = {0};
        signet_slice bytes = unhex(row->hex);

        memcpy((uint8_t *)&parts + row->field, &bytes, sizeof(bytes));
        if (row->field == PART(signature) && row->hex[0] == '\0')
            harness_fail(__FILE__, __LINE__, "an empty part is the right signature");
        (void)message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err);
        CHECK_INT(err.code, row->expected);
    }
}

TEST(the_version_follows_from_the_content)
{
    static const struct {
        const char *name, *version, *signer_version, *crls;
        bool by_key_id, expected;
    } rows[] = {
        {"issuer and serial", "020101", "020101", "", false, true},
        {"key identifier", "020103", "020103", "", true, true},
        {"key identifier under 1", "020101", "020103", "", true, true},
        {"key identifier under 4", "020104", "020103", "", true, false},
        {"key identifier under 5", "020105", "020103", "", true, false},
        {"key identifier, signer 1", "020103", "020101", "", true, false},
        {"issuer and serial, signer 3", "020101", "020103", "", false, false},
        {"issuer and serial under 3", "020103", "020101", "", false, false},
        {"another kind of crl", "020105", "020101", "a102a100", false, true},
        {"another kind of crl under 4", "020104", "020101", "a102a100", false, false},
        {"a crl under 5", "020105", "020101", "a1023000", false, false},
    };

    for (EACH(row, rows)) {
        message_parts parts = message_good();
        signet_cert leaf = {0};

        REQUIRE(signet_cert_read(message_leaf(), &leaf, NULL));
        parts.version = unhex(row->version);
        parts.signer_version = unhex(row->signer_version);
        parts.crls = unhex(row->crls);
        if (row->by_key_id)
            parts.sid = message_tlv(0x80, leaf.ski);
        CHECK(message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, NULL) ==
              row->expected);
    }
}

TEST(form_p_names_any_digest_but_signs_the_content)
{
    static const struct {
        const char *name, *digests, *digest;
        signet_code expected;
    } rows[] = {
        {"SHA-256", "310d300b0609608648016503040201", "300b0609608648016503040201", SIGNET_OK},
        {"SHA-384", "310d300b0609608648016503040202", "300b0609608648016503040202", SIGNET_OK},
        {"SHA-512", "310d300b0609608648016503040203", "300b0609608648016503040203", SIGNET_OK},
        {"two of them", "310d300b0609608648016503040202", "300b0609608648016503040201",
            SIGNET_E_ALGORITHM},
        {"SHA3-512", "310d300b060960864801650304020a", "300b060960864801650304020a",
            SIGNET_E_DECODE},
    };
    message_parts stripped = message_good();
    signet_error err = {0};

    for (EACH(row, rows)) {
        message_parts parts = message_good();

        err = (signet_error){0};
        parts.attributes.len = 0;
        parts.digests = unhex(row->digests);
        parts.digest_algorithm = unhex(row->digest);
        (void)message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err);
        CHECK_INT(err.code, row->expected);
    }
    /* the attributes of a form A message taken out, and offered as the content */
    harness_row = "attributes as content";
    stripped.signed_bytes = stripped.content = message_tlv(SG_DER_SET, stripped.attributes);
    stripped.attributes.len = 0;
    CHECK(!message_is_accepted(message_build(&stripped), stripped.content, MASTER_KEY, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
}

TEST(what_is_signed_is_the_set_of_the_attributes)
{
    message_parts parts = message_good();
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_slice set = message_tlv(SG_DER_SET, parts.attributes);

    sg_sha512(set, digest);

    const struct {
        const char *name;
        signet_slice is_signed;
    } rows[] = {
        {"the stored form", message_tlv(SG_DER_CONTEXT_CONSTRUCTED | 0, parts.attributes)},
        {"without the head", parts.attributes},
        {"the content", parts.content},
        {"the digest of the set", {digest, sizeof(digest)}},
        {"a sequence", message_tlv(SG_DER_SEQUENCE, parts.attributes)},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};

        parts.signed_bytes = row->is_signed;
        CHECK(!message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    }
    harness_row = "another key";
    parts.signed_bytes.len = 0;
    parts.key = MASTER_KEY;
    CHECK(!message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, NULL));
}

TEST(signers_and_certificates_are_counted)
{
    message_parts parts = message_good();
    signet_slice certs = message_leaf();
    signet_error err = {0};

    harness_row = "the same signer twice";
    parts.more_signers = message_signer_info(&parts);
    CHECK(!message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    harness_row = "three signers";
    parts.more_signers = CONCAT(parts.more_signers, parts.more_signers);
    CHECK(!message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    parts.more_signers.len = 0;
    for (size_t i = 2; i <= SIGNET_CMS_CERTS_MAX + 1; i++) {
        certs = CONCAT(message_bridge(), certs);
        parts.certificates = message_tlv(0xa0, certs);
        harness_row = i <= SIGNET_CMS_CERTS_MAX ? "up to eight certificates" : "nine certificates";
        CHECK(message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, NULL) ==
              (i <= SIGNET_CMS_CERTS_MAX));
    }
    harness_row = "certificates in a set of their own";
    parts.certificates = message_tlv(0xa0, message_tlv(SG_DER_SET, message_leaf()));
    CHECK(!message_is_accepted(message_build(&parts), parts.content, MASTER_KEY, NULL));
}

/* Unsigned attributes are ignored, and so can make a message as long as it may be. */
TEST(a_message_has_a_size_limit)
{
    for (size_t over = 0; over < 2; over++) {
        message_parts parts = message_good();
        size_t room = SIGNET_CMS_MAX + over, overhead = 0;
        signet_slice message = {0};
        uint8_t *filler = calloc(1, room);
        signet_error err = {0};

        REQUIRE(filler);
        parts.unsigned_attributes =
            message_tlv(0xa1, message_tlv(0x04, (signet_slice){filler, 1 << 19}));
        overhead = message_build(&parts).len - (1 << 19);
        parts.unsigned_attributes =
            message_tlv(0xa1, message_tlv(0x04, (signet_slice){filler, room - overhead}));
        message = message_build(&parts);
        CHECK_INT(message.len, room);
        CHECK(message_is_accepted(message, parts.content, MASTER_KEY, &err) == (over == 0));
        CHECK_INT(err.code, over ? SIGNET_E_DECODE : SIGNET_OK);
        free(filler);
    }
}

TESTS(TEST_OF(attributes_stand_in_one_order_and_once),
    TEST_OF(attributes_have_one_value_of_one_type), TEST_OF(algorithm_protection_agrees),
    TEST_OF(fields_have_one_form), TEST_OF(the_version_follows_from_the_content),
    TEST_OF(form_p_names_any_digest_but_signs_the_content),
    TEST_OF(what_is_signed_is_the_set_of_the_attributes),
    TEST_OF(signers_and_certificates_are_counted), TEST_OF(a_message_has_a_size_limit))
