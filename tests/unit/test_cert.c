/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: what the reader takes (RFC 5280, in DER only), and what the writer makes. */
#include "certificate.h"
#include "codec/der.h"

#define OID_USAGE       "551d0f"
#define OID_CONSTRAINTS "551d13"
#define OID_NAMES       "551d11"
#define OID_PURPOSES    "551d25"

static signet_code
code_of(signet_slice der)
{
    signet_cert cert = {0};
    signet_error err = {0};

    if (!signet_cert_read(der, &cert, &err))
        CHECK(err.code != SIGNET_OK && strlen(err.message) > 10);
    return err.code;
}

TEST(a_leaf_is_read_as_it_was_written)
{
    certificate_parts parts = certificate_good();
    signet_slice der = certificate_build(&parts);
    signet_cert cert = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    CHECK_BYTES(der, message_leaf());
    REQUIRE(signet_cert_read(der, &cert, NULL));
    key = signet_cert_key(signet_only_ed25519, &cert, NULL);
    CHECK(key && signet_key_is_same(key, LEAF_KEY));
    CHECK_BYTES(cert.der, der);
    CHECK_BYTES(cert.serial, unhex("0102030405060708090a0b0c0d0e0f10"));
    CHECK_BYTES(cert.common_name, signet_slice_text(SIGNET_DEFAULT_DID));
    CHECK_BYTES(cert.uri, signet_slice_text(SIGNET_DEFAULT_DID));
    CHECK_BYTES(cert.issuer, cert.subject);
    CHECK_INT(cert.email.len, 0);
    CHECK_INT(cert.not_before, MESSAGE_NOW);
    CHECK_INT(cert.not_after, MESSAGE_NOW + SIGNET_LEAF_VALIDITY);
    CHECK(cert.has_usage && cert.usage == SIGNET_USAGE_DIGITAL_SIGNATURE);
    CHECK(cert.has_purposes && cert.purposes == SIGNET_PURPOSE_CODE_SIGNING);
    CHECK(cert.has_basic_constraints && !cert.is_ca && !cert.has_path_length);
    CHECK(!cert.has_unknown_critical && !cert.has_capabilities);
    CHECK_INT(cert.ski.len, 20);
    CHECK_INT(cert.aki.len, 20);
    CHECK(signet_cert_check_signature(&cert, MASTER_KEY, NULL));
    CHECK(!signet_cert_check_signature(&cert, LEAF_KEY, NULL));
}

/* One part of a good certificate replaced by other bytes. */
TEST(parts_have_one_form)
{
    static const struct {
        const char *name;
        size_t part;
        const char *hex;
        signet_code expected;
    } rows[] = {
#define PART(member) offsetof(certificate_parts, member)
        {"version 1 by absence", PART(version), "", SIGNET_E_DECODE},
        {"version 1", PART(version), "a003020100", SIGNET_E_DECODE},
        {"version 2", PART(version), "a003020101", SIGNET_E_DECODE},
        {"version 4", PART(version), "a003020103", SIGNET_E_DECODE},
        {"version in two bytes", PART(version), "a00402020002", SIGNET_E_DECODE},
        {"two versions", PART(version), "a006020102020102", SIGNET_E_DECODE},
        {"serial 0", PART(serial), "020100", SIGNET_OK},
        {"serial 1", PART(serial), "020101", SIGNET_OK},
        {"serial of 20 octets", PART(serial), "02147f00000000000000000000000000000000000000",
            SIGNET_OK},
        {"serial of 21 octets", PART(serial), "021500ff00000000000000000000000000000000000000",
            SIGNET_E_DECODE},
        {"serial of no octets", PART(serial), "0200", SIGNET_E_DECODE},
        {"serial -1", PART(serial), "0201ff", SIGNET_E_DECODE},
        {"serial with a zero too many", PART(serial), "0202007f", SIGNET_E_DECODE},
        {"serial with a zero it needs", PART(serial), "02020080", SIGNET_OK},
        {"serial as enumerated", PART(serial), "0a0101", SIGNET_E_DECODE},
        {"another inner algorithm", PART(inner_algorithm), "300506032b6571", SIGNET_E_DECODE},
        {"NULL in the inner algorithm", PART(inner_algorithm), "300706032b65700500",
            SIGNET_E_DECODE},
        {"no inner algorithm", PART(inner_algorithm), "", SIGNET_E_DECODE},
        {"another outer algorithm", PART(outer_algorithm), "300506032b6571", SIGNET_E_DECODE},
        {"NULL in the outer algorithm", PART(outer_algorithm), "300706032b65700500",
            SIGNET_E_DECODE},
        {"an empty issuer", PART(issuer), "3000", SIGNET_OK},
        {"an issuer with an empty set", PART(issuer), "30023100", SIGNET_E_DECODE},
        {"an issuer as a set", PART(issuer), "3100", SIGNET_E_DECODE},
        {"no issuer", PART(issuer), "", SIGNET_E_DECODE},
        {"a subject that is no UTF-8", PART(subject), "300e310c300a06035504030c03c3286f",
            SIGNET_E_DECODE},
        {"a subject with a NUL", PART(subject), "300e310c300a06035504030c03610062",
            SIGNET_E_DECODE},
        {"a subject of two attributes in a set", PART(subject),
            "301831163009060355040a0c02616230090603550403"
            "0c026162",
            SIGNET_OK},
        {"an empty validity", PART(validity), "3000", SIGNET_E_DECODE},
        {"one time", PART(validity), "300f170d3236303532383230323634305a", SIGNET_E_DECODE},
        {"a third time", PART(validity),
            "302d170d3236303532383230323634305a170d3236303532383230333134305a"
            "170d3236303532383230333134305a",
            SIGNET_E_DECODE},
        {"the end before the start", PART(validity),
            "301e170d3236303532383230333134305a170d3236303532383230323634305a", SIGNET_OK},
        {"no seconds", PART(validity),
            "301c170b323630353238323032365a170d3236303532383230333134305a", SIGNET_E_DECODE},
        {"a fraction of a second", PART(validity),
            "3022180f32303530303132333030303030305a180f32303530303132332e302e355a",
            SIGNET_E_DECODE},
        {"2049 in the long form", PART(validity),
            "3020170d3236303532383230323634305a180f32303439303532383230323634305a",
            SIGNET_E_DECODE},
        {"2050 in the long form", PART(validity),
            "3020170d3236303532383230323634305a180f32303530303532383230323634305a", SIGNET_OK},
        {"29 February 2027", PART(validity),
            "301e170d3237303232393230323634305a170d3236303532383230333134305a", SIGNET_E_DECODE},
        {"second 60", PART(validity),
            "301e170d3236303532383230323636305a170d3236303532383230333134305a", SIGNET_E_DECODE},
        {"no key", PART(spki), "", SIGNET_E_DECODE},
        {"an empty key", PART(spki), "3000", SIGNET_E_DECODE},
        {"no extensions", PART(extensions), "0500", SIGNET_E_DECODE},
        {"an empty list of extensions", PART(extensions), "a3023000", SIGNET_E_DECODE},
        {"[3] without a list", PART(extensions), "a300", SIGNET_E_DECODE},
        {"two lists", PART(extensions),
            "a320300e300c0603551d130101ff04023000300e300c0603551d130101ff04023000",
            SIGNET_E_DECODE},
        {"the same extension twice", PART(more), "300c0603551d130101ff04023000", SIGNET_E_DECODE},
        {"an unknown one twice", PART(more),
            "300906022a03040305000030"
            "0806022a030402"
            "0500",
            SIGNET_E_DECODE},
        {"an unknown one of any bytes", PART(more), "300806022a030402ffff", SIGNET_OK},
        {"an extension without value", PART(more), "300406022a03", SIGNET_E_DECODE},
        {"critical FALSE written", PART(more), "300b06022a0301010004020500", SIGNET_E_DECODE},
        {"critical 1", PART(more), "300b06022a0301010104020500", SIGNET_E_DECODE},
        {"something after the value", PART(more),
            "300a06022a030402050005"
            "00",
            SIGNET_E_DECODE},
        {"a unique identifier", PART(in_tbs), "81020000", SIGNET_E_DECODE},
        {"something after the signature", PART(in_certificate), "0500", SIGNET_E_DECODE},
    };

    for (EACH(row, rows)) {
        certificate_parts parts = certificate_good();
        signet_slice bytes = unhex(row->hex);

        memcpy((uint8_t *)&parts + row->part, &bytes, sizeof(bytes));
        CHECK_INT(code_of(certificate_build(&parts)), row->expected);
    }
}

TEST(extensions_have_one_form)
{
    static const struct {
        const char *name, *oid, *value;
        signet_code expected;
    } rows[] = {
        {"usage of one byte", OID_USAGE, "03020780", SIGNET_OK},
        {"usage of two bytes", OID_USAGE, "0303070080", SIGNET_OK},
        {"usage of no bytes", OID_USAGE, "030100", SIGNET_E_DECODE},
        {"usage of nothing at all", OID_USAGE, "0300", SIGNET_E_DECODE},
        {"usage of three bytes", OID_USAGE, "030407008001", SIGNET_E_DECODE},
        {"usage with eight unused bits", OID_USAGE, "03020880", SIGNET_E_DECODE},
        {"usage as a number", OID_USAGE, "020101", SIGNET_E_DECODE},
        {"usage with something behind", OID_USAGE, "030207800500", SIGNET_E_DECODE},
        {"no purposes", OID_PURPOSES, "3000", SIGNET_E_DECODE},
        {"a purpose as text", OID_PURPOSES, "30020c00", SIGNET_E_DECODE},
        {"two purposes", OID_PURPOSES, "301406082b0601050507030306082b06010505070302", SIGNET_OK},
        {"CA FALSE written", OID_CONSTRAINTS, "3003010100", SIGNET_E_DECODE},
        {"CA 1", OID_CONSTRAINTS, "3003010101", SIGNET_E_DECODE},
        {"path length -1", OID_CONSTRAINTS, "30060101ff0201ff", SIGNET_E_DECODE},
        {"path length 2^32", OID_CONSTRAINTS, "300a0101ff02050100000000", SIGNET_E_DECODE},
        {"path length 0", OID_CONSTRAINTS, "30060101ff020100", SIGNET_OK},
        {"path length 0 in two bytes", OID_CONSTRAINTS, "30070101ff02020000", SIGNET_E_DECODE},
        {"constraints in another order", OID_CONSTRAINTS, "30060201000101ff", SIGNET_E_DECODE},
        {"a name with a line break", OID_NAMES,
            "300586036120"
            "0a",
            SIGNET_E_DECODE},
        {"an e-mail that is no ASCII", OID_NAMES, "30058103c3a440", SIGNET_E_DECODE},
        {"a name of another kind", OID_NAMES, "3006820161870100", SIGNET_OK},
        {"a name cut short", OID_NAMES, "300286ff", SIGNET_E_DECODE},
        {"a key identifier as bits", "551d0e", "03020000", SIGNET_E_DECODE},
        {"an authority without key identifier", "551d23", "3000", SIGNET_OK},
        {"an authority that is no sequence", "551d23", "8000", SIGNET_E_DECODE},
        {"capabilities cut short",
            "2b0601040186"
            "8d1f0103",
            "30050c", SIGNET_E_DECODE},
        {"an identity of any bytes",
            "2b0601040186"
            "8d1f0101",
            "0cff", SIGNET_OK},
    };

    for (EACH(row, rows)) {
        certificate_parts parts = certificate_good();

        parts.usage = parts.purposes = parts.constraints = parts.key_ids = parts.names =
            (signet_slice){0};
        parts.more = certificate_extension(row->oid, true, row->value);
        CHECK_INT(code_of(certificate_build(&parts)), row->expected);
    }
}

TEST(facts_of_extensions_are_read)
{
    certificate_parts parts = certificate_good();
    signet_cert cert = {0};

    parts.usage = certificate_extension(OID_USAGE, true, "03020284");
    parts.constraints = certificate_extension(OID_CONSTRAINTS, true, "30060101ff020103");
    parts.purposes = certificate_extension(OID_PURPOSES, false,
        "302406082b0601050507030106082b060105050703020604551d2500"
        "06082b06010505070309");
    parts.names = certificate_extension(OID_NAMES, false,
        "3014"
        "8103614062"
        "8103634064"
        "86056469643a78"
        "860179");
    parts.more = CONCAT(certificate_extension("2b06010401868d1f0105", false, "0c03626f74"),
        certificate_extension("2b06010401868d1f0106", false, "726570"),
        certificate_extension("2b06010401868d1f0103", false, "3000"),
        certificate_extension("2a03", true, "0500"));
    REQUIRE(signet_cert_read(certificate_build(&parts), &cert, NULL));
    CHECK_INT(cert.usage, SIGNET_USAGE_DIGITAL_SIGNATURE | SIGNET_USAGE_CERT_SIGN);
    CHECK_INT(cert.purposes, SIGNET_PURPOSE_SERVER_AUTH | SIGNET_PURPOSE_CLIENT_AUTH |
                                 SIGNET_PURPOSE_ANY | SIGNET_PURPOSE_OTHER);
    CHECK(cert.is_ca && cert.has_path_length && cert.path_length == 3);
    CHECK_BYTES(cert.email, signet_slice_text("a@b"));
    CHECK_BYTES(cert.uri, signet_slice_text("did:x"));
    CHECK_BYTES(signet_cert_text(cert.agent_text), signet_slice_text("bot"));
    CHECK_BYTES(signet_cert_text(cert.scope_text), signet_slice_text("rep"));
    CHECK_INT(cert.subject_text.len, 0);
    CHECK(cert.has_capabilities && cert.has_unknown_critical);
}

TEST(nobody_may_insist_on_our_own_extensions)
{
    static const struct {
        const char *name, *oid;
        bool critical, expected;
    } rows[] = {
        {"unknown", "2a03", true, true},
        {"unknown, not critical", "2a03", false, false},
        {"capabilities", "2b06010401868d1f0103", true, true},
        {"capabilities, not critical", "2b06010401868d1f0103", false, false},
        {"agent", "2b06010401868d1f0105", true, true},
        {"name constraints", "551d1e", true, true},
    };

    for (EACH(row, rows)) {
        certificate_parts parts = certificate_good();
        signet_cert cert = {0};

        parts.more = certificate_extension(row->oid, row->critical, "3000");
        REQUIRE(signet_cert_read(certificate_build(&parts), &cert, NULL));
        CHECK(cert.has_unknown_critical == row->expected);
    }
}

TEST(extensions_are_counted_and_sizes_bounded)
{
    certificate_parts parts = certificate_good();
    signet_slice five = CONCAT(parts.usage, parts.purposes, parts.constraints, parts.names);
    uint8_t *large = calloc(1, SIGNET_CERT_MAX);
    size_t overhead = 0;

    REQUIRE(large && five.len > 0);
    for (unsigned i = 0; i < 27; i++) { /* six are there: usage to names, two key identifiers */
        char oid[8];

        (void)snprintf(oid, sizeof(oid), "2a03%02x", i);
        CHECK_INT(code_of(certificate_build(&parts)), SIGNET_OK);
        parts.more = CONCAT(parts.more, certificate_extension(oid, false, ""));
    }
    harness_row = "33 extensions";
    CHECK_INT(code_of(certificate_build(&parts)), SIGNET_E_DECODE);
    for (size_t over = 0; over < 2; over++) {
        harness_row = over ? "one byte too large" : "as large as may be";
        parts.more = message_tlv(SG_DER_SEQUENCE,
            CONCAT(unhex("06022a03"), message_tlv(0x04, (signet_slice){large, 60000})));
        overhead = certificate_build(&parts).len - 60000;
        parts.more = message_tlv(SG_DER_SEQUENCE,
            CONCAT(unhex("06022a03"),
                message_tlv(0x04, (signet_slice){large, SIGNET_CERT_MAX + over - overhead})));
        CHECK_INT(certificate_build(&parts).len, SIGNET_CERT_MAX + over);
        CHECK_INT(code_of(certificate_build(&parts)), over ? SIGNET_E_DECODE : SIGNET_OK);
    }
    free(large);
}

TEST(no_part_of_a_certificate_is_one)
{
    signet_slice good = message_leaf();
    uint8_t copy[1024];

    REQUIRE(good.len < sizeof(copy));
    for (size_t len = 0; len < good.len; len++) {
        uint8_t *exact = malloc(len + (len == 0));

        REQUIRE(exact);
        memcpy(exact, good.ptr, len);
        CHECK_INT(code_of((signet_slice){exact, len}), SIGNET_E_DECODE);
        free(exact);
    }
    CHECK_INT(code_of(CONCAT(good, unhex("00"))), SIGNET_E_DECODE);
    CHECK_INT(code_of(CONCAT(good, good)), SIGNET_E_DECODE);
    memcpy(copy, good.ptr, good.len);
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        signet_cert cert = {0};

        copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (signet_cert_read((signet_slice){copy, good.len}, &cert, NULL) &&
            signet_cert_check_signature(&cert, MASTER_KEY, NULL))
            harness_fail(__FILE__, __LINE__, "genuine with bit %zu flipped", bit);
        copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

TEST(is_valid_from_not_before_until_not_after)
{
    static const struct {
        const char *name;
        int64_t at, skew;
        bool expected;
    } rows[] = {
        {"one second early", MESSAGE_NOW - 1, 0, false},
        {"on the first second", MESSAGE_NOW, 0, true},
        {"on the last second", MESSAGE_NOW + 300, 0, true},
        {"one second late", MESSAGE_NOW + 301, 0, false},
        {"60 early of 60", MESSAGE_NOW - 60, 60, true},
        {"61 early of 60", MESSAGE_NOW - 61, 60, false},
        {"60 late of 60", MESSAGE_NOW + 360, 60, true},
        {"61 late of 60", MESSAGE_NOW + 361, 60, false},
        {"at the beginning of all time", INT64_MIN, 0, false},
        {"at the end of all time", INT64_MAX, 0, false},
        {"with all the tolerance there is", MESSAGE_NOW, INT64_MAX, false},
    };
    signet_cert cert = {0};

    REQUIRE(signet_cert_read(message_leaf(), &cert, NULL));
    for (EACH(row, rows)) {
        signet_error err = {0};

        CHECK(signet_cert_check_time(&cert, row->at, row->skew, &err) == row->expected);
        CHECK_INT(err.code, row->expected ? SIGNET_OK : SIGNET_E_TIME);
    }
}

TESTS(TEST_OF(a_leaf_is_read_as_it_was_written), TEST_OF(parts_have_one_form),
    TEST_OF(extensions_have_one_form), TEST_OF(facts_of_extensions_are_read),
    TEST_OF(nobody_may_insist_on_our_own_extensions),
    TEST_OF(extensions_are_counted_and_sizes_bounded), TEST_OF(no_part_of_a_certificate_is_one),
    TEST_OF(is_valid_from_not_before_until_not_after))
