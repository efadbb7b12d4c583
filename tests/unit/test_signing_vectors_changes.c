/* SPDX-License-Identifier: Apache-2.0 */
/* vectors/signing.json, group cms_mutations: changes that are described, made, and judged. */
#include "certificate.h"
#include "crypto/digest.h"
#include "signing_vectors.h"

/* A message and how it is verified. */
typedef struct {
    message_parts parts;
    signet_slice message; /* instead of what the parts make, when not empty */
    signet_slice content; /* instead of the parts', when not empty */
    const signet_key *anchor;
    int64_t at;
    signet_cms_chain_rules rules;
} attempt;

static bool
is_accepted(const attempt *try, signet_error *err)
{
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_slice content = try->content.len > 0 ? try->content : try->parts.content;
    signet_cms_content what = {{digest, sizeof(digest)}, true, content};
    signet_slice message = try->message.ptr ? try->message : message_build(&try->parts);
    signet_cms cms = {0};

    sg_sha512(content, digest);
    return signet_cms_read(signet_only_ed25519, message, &cms, err) &&
           signet_cms_check_signature(&cms, 0, &what, err) &&
           signet_cms_check_chain(&cms, 0, try->anchor, try->at, &try->rules, NULL, err);
}

static attempt
good_attempt(void)
{
    return (attempt){.parts = message_good(), .anchor = MASTER_KEY, .at = MESSAGE_NOW + 1};
}

static void
plain(attempt *try)
{
    try->parts.attributes.len = 0;
}

/* The bytes of a row behind, or instead of, a good message. */
static void
append(attempt *try, const json_t *row)
{
    try->message = CONCAT(message_build(&try->parts), vector_hex(row, "bytes"));
}

static void
replace_all(attempt *try, const json_t *row)
{
    (void)row;
    try->message = vector_hex(row, "cms");
    if (!try->message.ptr)
        try->message.ptr = (const uint8_t *)"";
}

static void
truncate_10(attempt *try, const json_t *row)
{
    (void)row;
    try->message = message_build(&try->parts);
    try->message.len -= 10;
}

static void
zero_certificates(attempt *try, const json_t *row)
{
    uint8_t zeros[1024] = {0};

    (void)row;
    REQUIRE(message_leaf().len < sizeof(zeros));
    try->parts.certificates = message_tlv(0xa0, (signet_slice){zeros, message_leaf().len});
}

static void
sequence_of_certificates(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.certificates = message_tlv(0x30, message_leaf());
}

/* The good signature with one byte changed, or all of them. */
static void
change_signature(attempt *try, size_t first, size_t count, uint8_t flip, int value)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_key_sign(try->parts.key, message_tlv(0x31, try->parts.attributes), &out, NULL));
    for (size_t i = first; i < first + count; i++)
        out.data[i] = value >= 0 ? (uint8_t)value : out.data[i] ^ flip;
    try->parts.signature = message_tlv(0x04, signet_buf_slice(&out));
}

static void
signature_first(attempt *try, const json_t *row)
{
    (void)row;
    change_signature(try, 0, 1, 0xff, -1);
}

static void
signature_last(attempt *try, const json_t *row)
{
    (void)row;
    change_signature(try, 63, 1, 0xff, -1);
}

static void
signature_zero(attempt *try, const json_t *row)
{
    (void)row;
    change_signature(try, 0, 64, 0, 0x00);
}

static void
signature_ff(attempt *try, const json_t *row)
{
    (void)row;
    change_signature(try, 0, 64, 0, 0xff);
}

/* In the finished message, at `offset` from where `what` is (everywhere, or first): other bytes. */
static void
patch(attempt *try, const char *what_hex, size_t offset, signet_slice with, uint8_t flip,
    bool everywhere)
{
    signet_slice what = unhex(what_hex);
    signet_slice good = message_build(&try->parts);
    uint8_t *bytes = malloc(good.len);
    size_t found = 0;

    REQUIRE(bytes);
    memcpy(bytes, good.ptr, good.len);
    for (size_t i = 0; i + what.len <= good.len && (everywhere || found == 0); i++) {
        if (memcmp(good.ptr + i, what.ptr, what.len) != 0)
            continue;
        found++;
        if (with.len > 0)
            memcpy(bytes + i + offset, with.ptr, with.len);
        else
            bytes[i + offset] ^= flip;
    }
    REQUIRE(found > 0);
    try->message = harness_keep((signet_slice){bytes, good.len});
    free(bytes);
}

static void
other_ed25519(attempt *try, const json_t *row)
{
    patch(try, "06032b6570", 2, vector_hex(row, "bytes"), 0, true);
}

static void
content_type_oid(attempt *try, const json_t *row)
{
    (void)row;
    patch(try, "06092a864886f70d010903", 10, (signet_slice){0}, 0xff, false);
}

static void
message_digest_oid(attempt *try, const json_t *row)
{
    (void)row;
    patch(try, "06092a864886f70d010904", 10, (signet_slice){0}, 0xff, false);
}

static void
all_sha256(attempt *try, const json_t *row)
{
    (void)row;
    patch(try, "608648016503040203", 8, unhex("01"), 0, true);
}

/* Everything, and the attribute, with a digest of `size` bytes called by that last byte. */
static void
with_digest(attempt *try, const char *digest_hex, size_t size)
{
    uint8_t digest[SIGNET_SHA512_SIZE];

    if (size == 32)
        sg_sha256(try->parts.content, digest);
    else
        sg_sha512(try->parts.content, digest);
    try->parts.digest_algorithm = unhex(digest_hex);
    try->parts.digests = message_tlv(0x31, try->parts.digest_algorithm);
    if (try->parts.attributes.len > 0)
        try->parts.attributes = CONCAT(message_good_attribute(0, try->parts.content),
            message_good_attribute(1, try->parts.content),
            message_attribute(
                "2a864886f70d010904", message_tlv(0x04, (signet_slice){digest, size})));
}

static void
sha256(attempt *try, const json_t *row)
{
    if (json_object_get(row, "form"))
        plain(try);
    with_digest(try, "300b0609608648016503040201", 32);
}

/* SHA-384 is not in libsignet; that the attribute would be right never comes to be asked. */
static void
sha384(attempt *try, const json_t *row)
{
    if (json_object_get(row, "form"))
        plain(try);
    with_digest(try, "300b0609608648016503040202", 48);
}

static void
sha512(attempt *try, const json_t *row)
{
    if (json_object_get(row, "form"))
        plain(try);
    with_digest(try, "300b0609608648016503040203", 64);
}

static void
prehashed(attempt *try, const json_t *row)
{
    uint8_t digest[SIGNET_SHA512_SIZE];

    (void)row;
    plain(try);
    sg_sha512(try->parts.content, digest);
    try->parts.signed_bytes = harness_keep((signet_slice){digest, sizeof(digest)});
}

static void
plain_other_type(attempt *try, const json_t *row)
{
    (void)row;
    plain(try);
    try->parts.encapsulated = unhex("300606042a030405");
}

static signet_slice
attribute(size_t index)
{
    return message_good_attribute(index, signet_slice_text("content"));
}

static void
digest_alone(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.attributes = attribute(2);
}

static void
enveloped_type(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.attributes = CONCAT(
        message_attribute("2a864886f70d010903", unhex("06092a864886f70d010703")), attribute(2));
}

static void
digest_twice(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.attributes = CONCAT(attribute(0), attribute(2), attribute(2));
}

static void
type_twice(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.attributes = CONCAT(attribute(0), attribute(0), attribute(2));
}

static void
wrong_order(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.attributes = CONCAT(attribute(2), attribute(0));
}

static void
two_signers(attempt *try, const json_t *row)
{
    (void)row;
    try->parts.more_signers = message_signer_info(&try->parts);
}

static void
by_key_id(attempt *try, const json_t *row)
{
    signet_cert leaf = {0};

    REQUIRE(signet_cert_read(message_leaf(), &leaf, NULL));
    if (json_object_get(row, "form"))
        plain(try);
    try->parts.sid = message_tlv(0x80, leaf.ski);
    try->parts.signer_version = unhex("020103");
}

static void
by_explicit_key_id(attempt *try, const json_t *row)
{
    by_key_id(try, row);
    try->parts.sid =
        message_tlv(0xa0, message_tlv(0x04, (signet_slice){try->parts.sid.ptr + 2, 20}));
}

static void
by_wrong_key_id(attempt *try, const json_t *row)
{
    by_key_id(try, row);
    try->parts.sid = unhex("8014ffffffffffffffffffffffffffffffffffffffff");
}

static void
other_content(attempt *try, const json_t *row)
{
    (void)row;
    try->content = signet_slice_text("other content");
}

/* Our anchors are keys; that of nobody we know is no anchor. */
static void
other_anchor(attempt *try, const json_t *row)
{
    (void)row;
    try->anchor = OTHER_KEY;
}

static void
self_signed(attempt *try, const json_t *row)
{
    certificate_parts parts = certificate_good();

    (void)row;
    parts.issuer_key = LEAF_KEY;
    try->parts.certificates = message_tlv(0xa0, certificate_build(&parts));
}

static void
late(attempt *try, const json_t *row)
{
    (void)row;
    try->at = MESSAGE_NOW + 301;
}

static void
server_leaf(attempt *try, const json_t *row)
{
    certificate_parts parts = certificate_good();

    (void)row;
    parts.purposes = unhex("30130603551d25040c300a06082b06010505070301");
    try->parts.certificates = message_tlv(0xa0, certificate_build(&parts));
}

static void
server_leaf_wanted(attempt *try, const json_t *row)
{
    server_leaf(try, row);
    try->rules.purpose = SIGNET_PURPOSE_SERVER_AUTH;
}

static void
unchanged(attempt *try, const json_t *row)
{
    (void)try;
    (void)row;
}

/* What each row describes: a part replaced by these bytes, or a function. */
typedef struct {
    const char *name;
    void (*make)(attempt *try, const json_t *row);
    size_t part;
    const char *hex;
} mutation;

#define PART(member) NULL, offsetof(message_parts, member)

static const mutation mutations[] = {
    {"truncate-10", truncate_10, 0, NULL},
    {"trailing-00", append, 0, NULL},
    {"trailing-ff4", append, 0, NULL},
    {"trailing-text", append, 0, NULL},
    {"empty", replace_all, 0, NULL},
    {"not-asn1", replace_all, 0, NULL},
    {"content-type-oid", PART(content_type), "06042a030405"},
    {"no-certificates", PART(certificates), ""},
    {"certificates-tag", sequence_of_certificates, 0, NULL},
    {"certificates-zero-filled", zero_certificates, 0, NULL},
    {"si-digest-sha1", PART(digest_algorithm), "300706052b0e03021a"},
    {"sig-alg-rsa", PART(sign_algorithm), "300b06092a864886f70d010101"},
    {"zero-signers", PART(signers), "3100"},
    {"two-signers", two_signers, 0, NULL},
    {"signature-first-byte", signature_first, 0, NULL},
    {"signature-last-byte", signature_last, 0, NULL},
    {"signature-all-zero", signature_zero, 0, NULL},
    {"signature-all-ff", signature_ff, 0, NULL},
    {"ed25519-oid-2a8648", other_ed25519, 0, NULL},
    {"ed25519-oid-ffffff", other_ed25519, 0, NULL},
    {"ed25519-oid-000000", other_ed25519, 0, NULL},
    {"content-type-attr-oid", content_type_oid, 0, NULL},
    {"message-digest-attr-oid", message_digest_oid, 0, NULL},
    {"sha512-to-sha256", all_sha256, 0, NULL},
    {"attrs-sha256", sha256, 0, NULL},
    {"attrs-sha384", sha384, 0, NULL},
    {"attrs-sha512", sha512, 0, NULL},
    {"noattrs-sha256", sha256, 0, NULL},
    {"noattrs-sha384", sha384, 0, NULL},
    {"noattrs-sha512", sha512, 0, NULL},
    {"noattrs-prehashed", prehashed, 0, NULL},
    {"noattrs-econtenttype", plain_other_type, 0, NULL},
    {"missing-content-type-attr", digest_alone, 0, NULL},
    {"wrong-content-type-attr", enveloped_type, 0, NULL},
    {"duplicate-message-digest", digest_twice, 0, NULL},
    {"duplicate-content-type", type_twice, 0, NULL},
    {"attribute-order", wrong_order, 0, NULL},
    {"sig-alg-null-params", PART(sign_algorithm), "300706032b65700500"},
    {"sig-alg-garbage-params", PART(sign_algorithm), "300906032b657006022a03"},
    {"ski-form", by_key_id, 0, NULL},
    {"ski-form-no-attrs", by_key_id, 0, NULL},
    {"ski-explicit", by_explicit_key_id, 0, NULL},
    {"ski-mismatch", by_wrong_key_id, 0, NULL},
    {"other-content", other_content, 0, NULL},
    {"no-trust-anchor", self_signed, 0, NULL},
    {"same-name-other-key", other_anchor, 0, NULL},
    {"expired", late, 0, NULL},
    {"serverauth-only", server_leaf, 0, NULL},
    {"serverauth-override", server_leaf_wanted, 0, NULL},
    {"extra-trusted-cert", unchanged, 0, NULL},
};

static void
explicit_tag(attempt *try)
{
    signet_slice good = message_build(&try->parts);
    uint8_t *bytes = NULL;

    try->message = harness_keep(good);
    bytes = (uint8_t *)(uintptr_t)try->message.ptr;
    REQUIRE(bytes[15] == 0xa0);
    bytes[15] = 0xa1;
}

static void
check_mutation(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "name"));
    const mutation *found = NULL;
    attempt try = good_attempt();
    signet_error err = {0};

    for (size_t i = 0; i < sizeof(mutations) / sizeof(mutations[0]); i++) {
        if (strcmp(mutations[i].name, name) == 0)
            found = &mutations[i];
    }
    if (strcmp(name, "explicit-tag") == 0) {
        explicit_tag(&try);
    } else {
        REQUIRE(found);
        if (found->make) {
            found->make(&try, row);
        } else {
            signet_slice bytes = unhex(found->hex);

            memcpy((uint8_t *)&try.parts + found->part, &bytes, sizeof(bytes));
        }
    }
    if (is_accepted(&try, &err) != vector_accepts(row))
        harness_fail(__FILE__, __LINE__, "the verdict differs: %s", err.message);
}

static const vector_group groups[] = {{"cms_mutations", 51, check_mutation}};

TEST(every_change_has_its_verdict)
{
    vectors_run(groups, 1);
}

TESTS(TEST_OF(every_change_has_its_verdict))
