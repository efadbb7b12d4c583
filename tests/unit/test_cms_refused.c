/* SPDX-License-Identifier: Apache-2.0 */
/* What signet_cms_verify_general() must not take, and that it stays sane whatever it is given. */
#include <stdlib.h>

#include <signet/pki.h>

#include "authority.h"

/* Content that is made as it is read: `size` bytes after `head`. */
typedef struct {
    signet_slice head;
    uint64_t size, done;
    uint64_t breaks_at; /* 0: never */
    size_t pieces;
} source;

static bool
read_source(void *context, uint8_t *ret_bytes, size_t size, size_t *ret_len, signet_error *err)
{
    source *from = context;

    if (from->breaks_at && from->done >= from->breaks_at)
        return signet_fail(err, SIGNET_E_IO, "the disk is gone");
    for (*ret_len = 0; *ret_len < size && from->done < from->size; (*ret_len)++, from->done++)
        ret_bytes[*ret_len] =
            from->done < from->head.len ? from->head.ptr[from->done] : (uint8_t)from->done;
    from->pieces++;
    return true;
}

static signet_code
judge(signet_slice message, source *content, const signet_chain_rules *rules)
{
    const signet_content_source from = {read_source, content};
    signet_general_signer signers[SIGNET_GENERAL_SIGNERS_MAX];
    signet_error err = {0};
    size_t count = 99;
    bool is_good = signet_cms_verify_general(message, &from, rules, signers, &count, &err);

    CHECK_INT(is_good, err.code == SIGNET_OK);
    CHECK(count == 0 || count <= SIGNET_GENERAL_SIGNERS_MAX);
    return err.code;
}

static signet_code
judge_text(signet_slice message, signet_slice text, const signet_chain_rules *rules)
{
    return judge(message, &(source){.head = text, .size = text.len}, rules);
}

static identity
make_signer(const char *key)
{
    return make_identity(
        &(identity_template){.name = "Alice", .key = key, .extensions = {MADE_LEAF}});
}

static signet_chain_rules
rules_of(const identity *anchor)
{
    return (signet_chain_rules){
        .anchors = &anchor->der, .anchor_count = 1, .purpose = SIGNET_PURPOSE_ANY, .at = MADE_AT};
}

static signet_slice
message_of(const identity *by, signet_slice content, unsigned flags, bool is_attached)
{
    cms_signer signer = {.identity = by, .flags = flags};

    return make_cms(&(cms_template){
        .signers = &signer, .signer_count = 1, .content = content, .is_attached = is_attached});
}

/* An edit of a good message: cut at the end, or bytes appended, or all of it replaced. */
TEST(refuses_what_is_no_message)
{
    /* clang-format off */
    static const struct {
        const char *name;
        const char *whole, *more;
        size_t cut;
        signet_code expected;
    } rows[] = {
        {"as it is",            NULL,   "",     0,   SIGNET_OK},
        {"a byte more",         NULL,   "00",   0,   SIGNET_E_DECODE},
        {"an element more",     NULL,   "0500", 0,   SIGNET_E_DECODE},
        {"a byte less",         NULL,   "",     1,   SIGNET_E_DECODE},
        {"half",                NULL,   "",     200, SIGNET_E_DECODE},
        {"nothing",             "",     "",     0,   SIGNET_E_DECODE},
        {"an empty sequence",   "3000", "",     0,   SIGNET_E_DECODE},
        {"null",                "0500", "",     0,   SIGNET_E_DECODE},
        {"no end",              "3080", "",     0,   SIGNET_E_DECODE},
        {"plain data",          "301006092a864886f70d010701a003040178", "", 0, SIGNET_E_DECODE},
        {"signed data, empty",  "300f06092a864886f70d010702a0023000",   "", 0, SIGNET_E_DECODE},
        {"nobody signed",       "302306092a864886f70d010702a01630140201013100300b06092a864886f70d0107013100",
                                        "",     0,   SIGNET_E_DECODE},
    };
    /* clang-format on */
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    signet_slice text = signet_slice_text("content"), good = message_of(&by, text, 0, false);

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
        signet_slice whole = row->whole ? unhex(row->whole) : good;

        whole.len -= row->cut;
        REQUIRE(signet_buf_append(&message, whole, NULL));
        REQUIRE(signet_buf_append(&message, unhex(row->more), NULL));
        CHECK_INT(judge_text(signet_buf_slice(&message), text, &rules), row->expected);
    }
}

TEST(refuses_a_message_that_is_too_large)
{
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    uint8_t *bytes = calloc(1, SIGNET_CMS_MAX + 1);

    REQUIRE(bytes);
    CHECK_INT(
        judge_text((signet_slice){bytes, SIGNET_CMS_MAX + 1}, by.der, &rules), SIGNET_E_DECODE);
    free(bytes);
}

TEST(leaves_signets_own_messages_to_the_strict_reader)
{
    identity ours = make_identity(&(identity_template){.name = "did:key:signet",
        .organisation = "Signet",
        .key = "ED25519",
        .extensions = {MADE_LEAF}});
    signet_chain_rules rules = rules_of(&ours);
    signet_slice text = signet_slice_text("content");
    cms_signer signer = {.identity = &ours, .digest = EVP_sha512()};
    signet_slice message =
        make_cms(&(cms_template){.signers = &signer, .signer_count = 1, .content = text});

    CHECK_INT(judge_text(message, text, &rules), SIGNET_E_USAGE);
}

TEST(takes_up_to_eight_signers)
{
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    signet_slice text = signet_slice_text("content");
    cms_signer signers[SIGNET_GENERAL_SIGNERS_MAX + 1];
    cms_template wanted = {.signers = signers, .content = text};

    for (size_t i = 0; i < SIGNET_GENERAL_SIGNERS_MAX + 1; i++)
        signers[i] = (cms_signer){.identity = &by};
    wanted.signer_count = SIGNET_GENERAL_SIGNERS_MAX;
    CHECK_INT(judge_text(make_cms(&wanted), text, &rules), SIGNET_OK);
    wanted.signer_count++;
    CHECK_INT(judge_text(make_cms(&wanted), text, &rules), SIGNET_E_DECODE);
}

TEST(compares_content_that_the_message_carries)
{
    static const struct {
        const char *name;
        const char *text;
        signet_code expected;
    } rows[] = {
        {"the same", "content", SIGNET_OK},
        {"another byte", "Content", SIGNET_E_SIGNATURE},
        {"shorter", "conten", SIGNET_E_SIGNATURE},
        {"longer", "contents", SIGNET_E_SIGNATURE},
        {"nothing", "", SIGNET_E_SIGNATURE},
    };
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    signet_slice message = message_of(&by, signet_slice_text("content"), 0, true);

    for (EACH(row, rows))
        CHECK_INT(judge_text(message, signet_slice_text(row->text), &rules), row->expected);
}

/*
 * A signature over signed attributes is also one over a file with their bytes, in a message without
 * attributes.  Such a file was never signed as a file.
 */
TEST(takes_no_attributes_for_content)
{
    /* clang-format off */
    static const struct {
        const char *name;
        const char *key;
        const char *text;
        signet_code expected;
    } rows[] = {
        {"any text",                     "P-256",    "636f6e74656e74", SIGNET_OK},
        {"nothing",                      "P-256",    "",               SIGNET_OK},
        {"a text that begins with 1",    "P-256",    "31206170706c65", SIGNET_OK},
        {"the digit 1",                  "P-256",    "31",             SIGNET_OK},
        {"a set that is too short",      "P-256",    "31030500",       SIGNET_OK},
        {"a set with bytes after it",    "P-256",    "3102050000",     SIGNET_OK},
        {"RSA, any text",                "RSA-2048", "636f6e74656e74", SIGNET_OK},
        {"an empty set",                 "P-256",    "3100",           SIGNET_E_SIGNATURE},
        {"a set",                        "P-256",    "31020500",       SIGNET_E_SIGNATURE},
        {"a set with a long length",     "P-256",    "3181020500",     SIGNET_E_SIGNATURE},
        {"a set with a longer length",   "P-256",    "318400000002" "0500", SIGNET_E_SIGNATURE},
        {"RSA, a set",                   "RSA-2048", "31020500",       SIGNET_E_SIGNATURE},
    };
    /* clang-format on */

    for (EACH(row, rows)) {
        identity by = make_signer(row->key);
        signet_chain_rules rules = rules_of(&by);
        signet_slice text = unhex(row->text);

        CHECK_INT(
            judge_text(message_of(&by, text, CMS_NOATTR, false), text, &rules), row->expected);
    }
}

/* The type under the signature is what counts: typed content is not passed off as a file. */
TEST(takes_plain_data_only)
{
    static const uint8_t encrypted[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06};
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    signet_slice text = signet_slice_text("content");
    cms_signer signer = {.identity = &by};
    signet_slice message = make_cms(&(cms_template){.signers = &signer,
        .signer_count = 1,
        .content = text,
        .content_type = NID_pkcs7_encrypted});
    uint8_t copy[4096], *kind = NULL;

    CHECK_INT(judge_text(message, text, &rules), SIGNET_E_DECODE);
    REQUIRE(message.len <= sizeof(copy));
    memcpy(copy, message.ptr, message.len);
    kind = memmem(copy, message.len, encrypted, sizeof(encrypted)); /* the one not signed */
    REQUIRE(kind);
    kind[sizeof(encrypted) - 1] = 0x01;
    CHECK_INT(judge_text((signet_slice){copy, message.len}, text, &rules), SIGNET_E_SIGNATURE);
}

TEST(asks_for_a_certificate_that_may_sign)
{
    static const struct {
        const char *name, *usage;
        signet_code expected;
    } rows[] = {
        {"signatures", "digitalSignature", SIGNET_OK},
        {"non-repudiation", "nonRepudiation", SIGNET_OK},
        {"key agreement", "keyAgreement", SIGNET_E_CERT},
        {"certificates", "keyCertSign", SIGNET_E_CERT},
    };

    for (EACH(row, rows)) {
        identity by = make_identity(
            &(identity_template){.name = "Alice", .extensions = {{"keyUsage", row->usage}}});
        signet_chain_rules rules = rules_of(&by);
        signet_slice text = signet_slice_text("content");

        CHECK_INT(judge_text(message_of(&by, text, 0, false), text, &rules), row->expected);
    }
}

/* A SET of `count` digests in the place of the one that is there, all lengths made right. */
static signet_slice
with_digests(signet_slice message, size_t count)
{
    enum { LENGTHS = 3, SET = 26, ONE = 13 };
    static const size_t lengths[LENGTHS] = {2, 17, 21}; /* of ContentInfo, [0], SignedData */
    static uint8_t bytes[4096];
    size_t more = (count - 1) * ONE;

    REQUIRE(message.len + more <= sizeof(bytes) && message.ptr[SET] == 0x31);
    memcpy(bytes, message.ptr, SET + 2);
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + SET + 2 + i * ONE, message.ptr + SET + 2, ONE);
    memcpy(bytes + SET + 2 + count * ONE, message.ptr + SET + 2 + ONE, message.len - SET - 2 - ONE);
    bytes[SET + 1] = (uint8_t)(count * ONE);
    for (size_t i = 0; i < LENGTHS; i++) {
        size_t len = (size_t)(bytes[lengths[i]] << 8 | bytes[lengths[i] + 1]) + more;

        bytes[lengths[i]] = (uint8_t)(len >> 8);
        bytes[lengths[i] + 1] = (uint8_t)len;
    }
    return (signet_slice){bytes, message.len + more};
}

TEST(hashes_the_content_eight_times_at_most)
{
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    signet_slice text = signet_slice_text("content"), good = message_of(&by, text, 0, false);

    CHECK_INT(judge_text(with_digests(good, 1), text, &rules), SIGNET_OK);
    CHECK_INT(judge_text(with_digests(good, 8), text, &rules), SIGNET_OK);
    CHECK_INT(judge_text(with_digests(good, 9), text, &rules), SIGNET_E_DECODE);
}

TEST(reports_that_content_cannot_be_read)
{
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    signet_slice message = message_of(&by, signet_slice_text("content"), 0, false);

    CHECK_INT(judge(message, &(source){.size = 1 << 20, .breaks_at = 100000}, &rules), SIGNET_E_IO);
}

TEST(reads_content_in_pieces)
{
    enum { SIZE = 5 << 20 };
    identity by = make_signer("P-256");
    signet_chain_rules rules = rules_of(&by);
    uint8_t *bytes = malloc(SIZE);
    source same = {.size = SIZE}, shorter = {.size = SIZE - 1};
    signet_slice message = {0};

    REQUIRE(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)i;
    message = message_of(&by, (signet_slice){bytes, SIZE}, 0, false);
    free(bytes);
    CHECK_INT(judge(message, &same, &rules), SIGNET_OK);
    CHECK(same.pieces > 50);
    CHECK_INT(judge(message, &shorter, &rules), SIGNET_E_SIGNATURE);
}

/* Any byte changed: no crash, no leak, and who is accepted is still the one who signed. */
TEST(stays_sane_whatever_byte_is_changed)
{
    identity ca = make_identity(
        &(identity_template){.name = "ca", .key = "ED25519", .extensions = {MADE_CA}});
    identity by = make_identity(&(identity_template){
        .name = "Alice", .key = "ED25519", .issuer = &ca, .extensions = {MADE_LEAF}});
    signet_chain_rules rules = rules_of(&ca);
    signet_slice text = signet_slice_text("content");
    cms_signer signer = {.identity = &by, .digest = EVP_sha512()};
    signet_slice message =
        make_cms(&(cms_template){.signers = &signer, .signer_count = 1, .content = text});
    uint8_t copy[4096];
    size_t accepted = 0;

    REQUIRE(message.len <= sizeof(copy));
    for (size_t i = 0; i < message.len; i++) {
        memcpy(copy, message.ptr, message.len);
        copy[i] ^= 0xff;
        accepted += judge_text((signet_slice){copy, message.len}, text, &rules) == SIGNET_OK;
        copy[i] ^= 0xfe;
        accepted += judge_text((signet_slice){copy, message.len}, text, &rules) == SIGNET_OK;
    }
    CHECK_INT(accepted, 4); /* two version numbers, under no signature and of no meaning */
}

TESTS(TEST_OF(refuses_what_is_no_message), TEST_OF(refuses_a_message_that_is_too_large),
    TEST_OF(leaves_signets_own_messages_to_the_strict_reader), TEST_OF(takes_up_to_eight_signers),
    TEST_OF(compares_content_that_the_message_carries), TEST_OF(takes_no_attributes_for_content),
    TEST_OF(takes_plain_data_only), TEST_OF(asks_for_a_certificate_that_may_sign),
    TEST_OF(hashes_the_content_eight_times_at_most), TEST_OF(reports_that_content_cannot_be_read),
    TEST_OF(reads_content_in_pieces), TEST_OF(stays_sane_whatever_byte_is_changed))
