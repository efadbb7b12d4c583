/* SPDX-License-Identifier: Apache-2.0 */
/* What signet_cert_issue() writes and what it refuses to write (spec 2.2 to 2.8). */
#include "crypto/random.h"
#include "message.h"

static signet_cert_template
leaf_template(void)
{
    return (signet_cert_template){.kind = SIGNET_CERT_LEAF,
        .issuer = MASTER_KEY,
        .subject_spki = message_spki(LEAF_KEY),
        .now = MESSAGE_NOW};
}

static const char *
repeated(char what, size_t count)
{
    uint8_t *text = malloc(count + 1);
    signet_slice copy = {0};

    REQUIRE(text);
    memset(text, what, count);
    text[count] = '\0';
    copy = harness_keep((signet_slice){text, count + 1});
    free(text);
    return (const char *)copy.ptr;
}

static signet_code
issue(const signet_cert_template *wanted, signet_cert *ret_cert)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    REQUIRE(signet_buf_append(&out, signet_slice_text("before"), NULL));
    if (!signet_cert_issue(wanted, &out, &err)) {
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text("before"));
        CHECK(err.code != SIGNET_OK && strlen(err.message) > 10);
        return err.code;
    }
    signet_slice der = harness_keep((signet_slice){out.data + 6, out.len - 6});
    if (!signet_cert_read(der, ret_cert, &err))
        harness_fail(__FILE__, __LINE__, "cannot be read: %s", err.message);
    CHECK(signet_cert_check_signature(ret_cert, wanted->issuer, NULL));
    return SIGNET_OK;
}

TEST(every_kind_has_its_profile)
{
    static const struct {
        const char *name;
        signet_cert_kind kind;
        unsigned usage;
        bool is_ca, has_path_length, has_purposes, has_aki, has_capabilities;
        int64_t backdated, validity;
    } rows[] = {
        {"ca", SIGNET_CERT_CA, 0x21, true, false, false, true, false, 86400, (int64_t)3650 * 86400},
        {"leaf", SIGNET_CERT_LEAF, 0x01, false, false, true, true, false, 0, 300},
        {"ephemeral", SIGNET_CERT_EPHEMERAL, 0x01, false, false, true, false, false, 0, 300},
        {"bridge", SIGNET_CERT_BRIDGE, 0x21, true, true, false, true, false, 86400, 300},
        {"capability bridge", SIGNET_CERT_CAPABILITY_BRIDGE, 0x21, true, true, false, true, true, 0,
            300},
    };

    for (EACH(row, rows)) {
        signet_cert_template wanted = leaf_template();
        signet_cert cert = {0};

        wanted.kind = row->kind;
        wanted.email = "alice@example.com";
        CHECK_INT(issue(&wanted, &cert), SIGNET_OK);
        CHECK_INT(cert.usage, row->usage);
        CHECK(cert.is_ca == row->is_ca && cert.has_path_length == row->has_path_length);
        CHECK_INT(cert.path_length, 0);
        CHECK(cert.has_purposes == row->has_purposes);
        CHECK((cert.aki.len > 0) == row->has_aki);
        CHECK(cert.has_capabilities == row->has_capabilities);
        CHECK_INT(cert.not_before, MESSAGE_NOW - row->backdated);
        CHECK_INT(cert.not_after, MESSAGE_NOW + row->validity);
        CHECK_BYTES(cert.email,
            signet_slice_text(row->kind == SIGNET_CERT_BRIDGE ? "alice@example.com" : ""));
        CHECK_BYTES(
            cert.uri, signet_slice_text(row->kind == SIGNET_CERT_BRIDGE ? "" : SIGNET_DEFAULT_DID));
    }
}

TEST(templates_that_make_no_sense_are_refused)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *public_only =
        signet_key_from_public(&signet_ed25519, signet_key_public(MASTER_KEY), NULL);
    signet_cert nameless = {0}, cert = {0};
    const struct {
        const char *name;
        signet_cert_template wanted;
        signet_code expected;
    } rows[] = {
#define LEAF SIGNET_CERT_LEAF, .subject_spki = message_spki(LEAF_KEY), .now = MESSAGE_NOW
        {"no issuer", {LEAF}, SIGNET_E_KEY},
        {"a public issuer", {LEAF, .issuer = public_only}, SIGNET_E_KEY},
        {"no such kind", {(signet_cert_kind)5, .issuer = MASTER_KEY}, SIGNET_E_USAGE},
        {"no subject", {SIGNET_CERT_LEAF, .issuer = MASTER_KEY}, SIGNET_E_KEY},
        {"a subject that is no key",
            {SIGNET_CERT_LEAF, .issuer = MASTER_KEY, .subject_spki = unhex("3000")},
            SIGNET_E_DECODE},
        {"a subject of 31 bytes",
            {SIGNET_CERT_LEAF, .issuer = MASTER_KEY,
                .subject_spki =
                    unhex("3029300506032b6570032000"
                          "00000000000000000000000000000000000000000000000000000000000000")},
            SIGNET_E_ALGORITHM},
        {"a negative validity", {LEAF, .issuer = MASTER_KEY, .validity = -1}, SIGNET_E_USAGE},
        {"a validity without end", {LEAF, .issuer = MASTER_KEY, .validity = INT64_MAX},
            SIGNET_E_TIME},
        {"before all years",
            {SIGNET_CERT_CA, .issuer = MASTER_KEY, .now = INT64_MIN, .validity = 1}, SIGNET_E_TIME},
        {"after all years", {SIGNET_CERT_CA, .issuer = MASTER_KEY, .now = INT64_MAX},
            SIGNET_E_TIME},
        {"a serial of 17 bytes",
            {LEAF, .issuer = MASTER_KEY, .serial = unhex("0102030405060708090a0b0c0d0e0f1011")},
            SIGNET_E_USAGE},
        {"a parent without name", {LEAF, .issuer = MASTER_KEY, .parent = &nameless}, SIGNET_E_CERT},
        {"an empty identifier", {LEAF, .issuer = MASTER_KEY, .did = ""}, SIGNET_E_USAGE},
        {"a SPIFFE ID that is none", {LEAF, .issuer = MASTER_KEY, .spiffe_id = "spiffe://"},
            SIGNET_E_USAGE},
    };

    for (EACH(row, rows))
        CHECK_INT(issue(&row->wanted, &cert), row->expected);
}

TEST(identifiers_come_out_as_they_went_in)
{
    const struct {
        const char *name, *did;
        bool expected;
    } rows[] = {
        {"a key", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", true},
        {"a web identity", "did:web:example.com%3A3000:user", true},
        {"a URL", "https://example.com/a?b=c#d", true},
        {"one letter", "a", true},
        {"a path", "a/b:c", true},
        {"a scheme with marks", "x+y-z.1:q", true},
        {"as long as may be", repeated('a', SIGNET_DID_MAX), true},
        {"too long", repeated('a', SIGNET_DID_MAX + 1), false},
        {"nothing", "", false},
        {"a space", "Alice Smith", false},
        {"a line break", "did:key:a\nb", false},
        {"no ASCII", "did:key:\xc3\xa4", false},
        {"a digit before the colon", "1:2", false},
        {"a colon first", ":a", false},
        {"an underscore in the scheme", "a_b:c", false},
        {"a percent alone", "did:key:%", false},
        {"a percent and one digit", "did:key:%4", false},
        {"a percent and letters", "did:key:%zz", false},
        {"brackets", "did:key:[::1]", false},
        {"a quote", "did:key:\"", false},
        {"a backslash", "did:key:\\", false},
    };

    for (EACH(row, rows)) {
        signet_cert_template wanted = leaf_template();
        signet_cert cert = {0};
        signet_error err = {0};

        wanted.did = row->did;
        CHECK(signet_did_check(row->did, &err) == row->expected);
        CHECK_INT(err.code, row->expected ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_INT(issue(&wanted, &cert), err.code);
        if (row->expected)
            CHECK_BYTES(cert.uri, signet_slice_text(row->did));
    }
}

TEST(names_have_64_bytes_at_most)
{
    const struct {
        const char *name, *did, *common_name;
        uint8_t tag;
    } rows[] = {
        {"64", repeated('a', 64), repeated('a', 64), 0x13},
        {"65", repeated('a', 65), "Signet Ephemeral", 0x13},
        {"an underscore", "did:key:a_b", "did:key:a_b", 0x0c},
        {"a tilde", "did:key:~", "did:key:~", 0x0c},
        {"an at sign", "a@b", "a@b", 0x0c},
        {"printable marks", "a'()+,-./:=?", "a'()+,-./:=?", 0x13},
    };

    for (EACH(row, rows)) {
        signet_cert_template wanted = leaf_template();
        signet_cert cert = {0};

        wanted.did = row->did;
        CHECK_INT(issue(&wanted, &cert), SIGNET_OK);
        CHECK_BYTES(cert.common_name, signet_slice_text(row->common_name));
        CHECK_INT(cert.common_name.ptr[-2], row->tag);
        CHECK_BYTES(cert.issuer, cert.subject);
    }
}

TEST(spiffe_ids_are_scheme_host_and_path)
{
    static const struct {
        const char *name, *id;
        bool expected;
    } rows[] = {
        {"as they are", "spiffe://example.org/workload", true},
        {"a deep path", "spiffe://example.org/a/b/c", true},
        {"another scheme", "https://example.org/workload", false},
        {"capitals", "SPIFFE://example.org/workload", false},
        {"no host", "spiffe:///workload", false},
        {"no path", "spiffe://example.org", false},
        {"an empty path", "spiffe://example.org/", false},
        {"a query", "spiffe://example.org/a?b", false},
        {"a fragment", "spiffe://example.org/a#b", false},
        {"a user", "spiffe://me@example.org/a", false},
        {"a space", "spiffe://bad host/a", false},
        {"nothing", "", false},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};

        CHECK(signet_spiffe_check(row->id, &err) == row->expected);
        CHECK_INT(err.code, row->expected ? SIGNET_OK : SIGNET_E_USAGE);
    }
}

TEST(bridges_have_an_address)
{
    const char *const local = repeated('a', 242);
    char longest[300], too_long[300];

    (void)snprintf(longest, sizeof(longest), "%s@example.com", local); /* 254 */
    (void)snprintf(too_long, sizeof(too_long), "%s@example.com", repeated('a', 243));

    const struct {
        const char *name, *email;
        bool expected;
    } rows[] = {
        {"an address", "alice@example.com", true},
        {"a plus", "a+b@example.com", true},
        {"as long as may be", longest, true},
        {"too long", too_long, false},
        {"none", NULL, false},
        {"nothing", "", false},
        {"no at sign", "alice", false},
        {"two at signs", "a@b@c", false},
        {"no name", "@example.com", false},
        {"no host", "alice@", false},
        {"a display name", "Alice <alice@example.com>", false},
        {"a space", "alice @example.com", false},
        {"a comma", "a,b@example.com", false},
        {"a line break", "alice@example.com\nX", false},
        {"no ASCII", "\xc3\xa4@example.com", false},
    };

    for (EACH(row, rows)) {
        signet_cert_template wanted = leaf_template();
        signet_cert cert = {0};

        wanted.kind = SIGNET_CERT_BRIDGE;
        wanted.email = row->email;
        CHECK_INT(issue(&wanted, &cert), row->expected ? SIGNET_OK : SIGNET_E_USAGE);
        if (row->expected)
            CHECK_BYTES(cert.email, signet_slice_text(row->email));
    }
}

TEST(a_leaf_under_a_bridge_carries_its_name)
{
    signet_cert bridge = {0}, leaf = {0};

    REQUIRE(signet_cert_read(message_bridge(), &bridge, NULL));
    REQUIRE(signet_cert_read(message_leaf_under_bridge(), &leaf, NULL));
    CHECK_BYTES(leaf.issuer, bridge.subject);
    CHECK_BYTES(leaf.common_name, signet_slice_text("alice@example.com"));
    CHECK_BYTES(leaf.uri, signet_slice_text("alice@example.com"));
    CHECK_BYTES(leaf.aki, bridge.ski);
    CHECK(signet_cert_check_signature(&leaf, BRIDGE_KEY, NULL));
    CHECK(!signet_cert_check_signature(&leaf, MASTER_KEY, NULL));
}

TEST(capabilities_are_bounded_text)
{
    const signet_slice longest = signet_slice_text(repeated('c', SIGNET_CAPABILITY_MAX));
    const signet_slice too_long = signet_slice_text(repeated('c', SIGNET_CAPABILITY_MAX + 1));
    const struct {
        const char *name;
        signet_slice text;
        size_t count;
        signet_code expected;
    } rows[] = {
        {"none", {0}, 0, SIGNET_OK},
        {"an empty one", {0}, 1, SIGNET_OK},
        {"64", signet_slice_text("urn:signet:cap:sign:a"), SIGNET_CAPABILITIES_MAX, SIGNET_OK},
        {"65", signet_slice_text("urn:signet:cap:sign:a"), SIGNET_CAPABILITIES_MAX + 1,
            SIGNET_E_CERT},
        {"as long as may be", longest, 1, SIGNET_OK},
        {"too long", too_long, 1, SIGNET_E_CERT},
        {"a line break", signet_slice_text("a\nb"), 1, SIGNET_E_CERT},
        {"a delete", signet_slice_text("a\x7f"), 1, SIGNET_E_CERT},
        {"no UTF-8", signet_slice_text("\xff"), 1, SIGNET_E_CERT},
        {"a surrogate", signet_slice_text("\xed\xa0\x80"), 1, SIGNET_E_CERT},
        {"letters of Greek", signet_slice_text("\xce\xb1"), 1, SIGNET_OK},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_slice list[SIGNET_CAPABILITIES_MAX + 1], read[SIGNET_CAPABILITIES_MAX];
        signet_slice der = unhex("");
        signet_error err = {0};
        size_t count = 0;

        for (size_t i = 0; i < row->count; i++) {
            list[i] = row->text;
            der = CONCAT(der, message_tlv(0x0c, row->text));
        }
        der = message_tlv(0x30, der);
        CHECK(signet_capabilities_write(list, row->count, &out, &err) ==
              (row->expected == SIGNET_OK));
        CHECK_INT(err.code, row->expected);
        err = (signet_error){0};
        CHECK(signet_capabilities_read(der, read, &count, &err) == (row->expected == SIGNET_OK));
        CHECK_INT(err.code, row->expected);
        if (row->expected != SIGNET_OK)
            continue;
        CHECK_BYTES(signet_buf_slice(&out), der);
        CHECK_INT(count, row->count);
        for (size_t i = 0; i < count; i++)
            CHECK_BYTES(read[i], row->text);
    }
}

static bool
zeros(uint8_t *ret_bytes, size_t len)
{
    memset(ret_bytes, 0, len);
    return true;
}

static bool
fails(uint8_t *ret_bytes, size_t len)
{
    (void)ret_bytes;
    (void)len;
    return false;
}

TEST(serial_numbers_are_random_and_never_zero)
{
    signet_cert_template wanted = leaf_template();
    signet_cert first = {0}, second = {0};

    CHECK_INT(issue(&wanted, &first), SIGNET_OK);
    CHECK_INT(issue(&wanted, &second), SIGNET_OK);
    CHECK(!signet_slice_is_equal(first.serial, second.serial));
    CHECK(first.serial.len <= 17 && second.serial.len > 8);
    sg_random_set_source(zeros);
    CHECK_INT(issue(&wanted, &first), SIGNET_OK);
    CHECK_BYTES(first.serial, unhex("01"));
    sg_random_set_source(fails);
    CHECK_INT(issue(&wanted, &first), SIGNET_E_CRYPTO);
    sg_random_set_source(NULL);
    wanted.serial = unhex("00000000000000000000000000000080");
    CHECK_INT(issue(&wanted, &first), SIGNET_OK);
    CHECK_BYTES(first.serial, unhex("0080"));
}

TEST(identity_texts_are_utf8_or_raw)
{
    const struct {
        const char *name;
        signet_slice value, expected;
    } rows[] = {
        {"nothing", {0}, {0}},
        {"raw", signet_slice_text("github-1"), signet_slice_text("github-1")},
        {"a UTF8String", unhex("0c0161"), signet_slice_text("a")},
        {"an empty one", unhex("0c00"), {0}},
        {"with something behind", unhex("0c016100"), unhex("0c016100")},
        {"cut short", unhex("0c0261"), unhex("0c0261")},
        {"with a long length", unhex("0c810161"), unhex("0c810161")},
        {"no UTF-8 inside", unhex("0c01ff"), unhex("0c01ff")},
        {"a PrintableString", unhex("130161"), unhex("130161")},
        {"4096 bytes", signet_slice_text(repeated('x', 4096)),
            signet_slice_text(repeated('x', 4096))},
        {"4097 bytes", signet_slice_text(repeated('x', 4097)), {0}},
    };

    for (EACH(row, rows))
        CHECK_BYTES(signet_cert_text(row->value), row->expected);
}

TESTS(TEST_OF(every_kind_has_its_profile), TEST_OF(templates_that_make_no_sense_are_refused),
    TEST_OF(identifiers_come_out_as_they_went_in), TEST_OF(names_have_64_bytes_at_most),
    TEST_OF(spiffe_ids_are_scheme_host_and_path), TEST_OF(bridges_have_an_address),
    TEST_OF(a_leaf_under_a_bridge_carries_its_name), TEST_OF(capabilities_are_bounded_text),
    TEST_OF(serial_numbers_are_random_and_never_zero), TEST_OF(identity_texts_are_utf8_or_raw))
