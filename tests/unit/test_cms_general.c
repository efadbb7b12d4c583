/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/pem.h>

#include <signet/pki.h>

#include "authority.h"

/* Content from memory, a few bytes at a time. */
typedef struct {
    signet_slice left;
    size_t piece;
    bool is_broken;
} memory_source;

static bool
read_memory(void *context, uint8_t *ret_bytes, size_t size, size_t *ret_len, signet_error *err)
{
    memory_source *source = context;
    size_t len = source->left.len < source->piece ? source->left.len : source->piece;

    if (source->is_broken)
        return signet_fail(err, SIGNET_E_IO, "the disk is gone");
    REQUIRE(len <= size);
    if (len > 0)
        memcpy(ret_bytes, source->left.ptr, len);
    source->left.ptr += len;
    source->left.len -= len;
    *ret_len = len;
    return true;
}

typedef struct {
    signet_general_signer signers[SIGNET_GENERAL_SIGNERS_MAX];
    size_t count;
    signet_error err;
} verdict;

static verdict
judge(signet_slice message, signet_slice content, const signet_chain_rules *rules)
{
    memory_source source = {content, 11, false};
    const signet_content_source from = {read_memory, &source};
    verdict found = {0};
    bool is_good =
        signet_cms_verify_general(message, &from, rules, found.signers, &found.count, &found.err);

    CHECK_INT(is_good, found.err.code == SIGNET_OK);
    return found;
}

#define CONTENT "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"

static signet_slice
content(void)
{
    return signet_slice_text(CONTENT);
}

/* A root, a CA below it, and a leaf; the CA is in the messages, the root in the rules. */
typedef struct {
    identity root, ca, leaf;
} family;

static family
make_family(const char *key)
{
    family made = {0};

    made.root =
        make_identity(&(identity_template){.name = "root", .key = key, .extensions = {MADE_CA}});
    made.ca = make_identity(&(identity_template){
        .name = "ca", .key = key, .issuer = &made.root, .extensions = {MADE_CA}});
    made.leaf = make_identity(&(identity_template){
        .name = "Alice Example", .key = key, .issuer = &made.ca, .extensions = {MADE_LEAF}});
    return made;
}

static signet_slice
signed_by(const family *by, const cms_signer *how)
{
    cms_signer signer = *how;
    const identity *certs[] = {&by->ca};

    signer.identity = &by->leaf;
    return make_cms(&(cms_template){.signers = &signer,
        .signer_count = 1,
        .certs = certs,
        .cert_count = 1,
        .content = content()});
}

static signet_chain_rules
rules_of(const family *by)
{
    return (signet_chain_rules){.anchors = &by->root.der,
        .anchor_count = 1,
        .purpose = SIGNET_PURPOSE_CODE_SIGNING,
        .at = -1};
}

/* clang-format off */
static const struct {
    const char *name;
    const char *key;
    const EVP_MD *(*digest)(void);
    unsigned flags;
    bool with_pss;
    const char *key_type;
    signet_code expected;
} algorithms[] = {
    {"RSA PKCS #1, SHA-256",   "RSA-2048",  EVP_sha256,   0,             false, "RSA",         SIGNET_OK},
    {"RSA PSS, SHA-512",       "RSA-2048",  EVP_sha512,   0,             true,  "RSA",         SIGNET_OK},
    {"ECDSA P-256, SHA-256",   "P-256",     EVP_sha256,   0,             false, "ECDSA P-256", SIGNET_OK},
    {"ECDSA P-384, SHA-384",   "P-384",     EVP_sha384,   0,             false, "ECDSA P-384", SIGNET_OK},
    {"Ed25519, SHA-512",       "ED25519",   EVP_sha512,   0,             false, "Ed25519",     SIGNET_OK},
    {"ML-DSA-44, SHA-512",     "ML-DSA-44", EVP_sha512,   0,             false, "ML-DSA-44",   SIGNET_OK},
    {"ML-DSA-65, SHA3-256",    "ML-DSA-65", EVP_sha3_256, 0,             false, "ML-DSA-65",   SIGNET_OK},
    {"by subject key id",      "P-256",     EVP_sha256,   CMS_USE_KEYID, false, "ECDSA P-256", SIGNET_OK},
    {"RSA without attributes", "RSA-2048",  EVP_sha256,   CMS_NOATTR,    false, NULL,          SIGNET_E_TIME},
    {"SHA-1",                  "P-256",     EVP_sha1,     0,             false, NULL,          SIGNET_E_CERT},
    {"SHA-224",                "P-256",     EVP_sha224,   0,             false, NULL,          SIGNET_E_CERT},
    {"MD5",                    "RSA-2048",  EVP_md5,      0,             false, NULL,          SIGNET_E_CERT},
    {"RSA of 1024 bits",       "RSA-1024",  EVP_sha256,   0,             false, NULL,          SIGNET_E_CERT},
    {"another curve",          "secp256k1", EVP_sha256,   0,             false, NULL,          SIGNET_E_CERT},
    {"without certificates",   "P-256",     EVP_sha256,   CMS_NOCERTS,   false, NULL,          SIGNET_E_CERT},
};
/* clang-format on */

TEST(accepts_the_algorithms_of_today)
{
    for (EACH(row, algorithms)) {
        family by = make_family(row->key);
        signet_chain_rules rules = rules_of(&by);
        signet_slice message = signed_by(&by,
            &(cms_signer){.digest = row->digest(), .flags = row->flags, .with_pss = row->with_pss});
        verdict found = judge(message, content(), &rules);

        CHECK_INT(found.err.code, row->expected);
        if (row->expected != SIGNET_OK)
            continue;
        CHECK_INT(found.count, 1);
        CHECK_TEXT(found.signers[0].name, "Alice Example");
        CHECK_TEXT(found.signers[0].key_type, row->key_type);
        CHECK(found.signers[0].has_signing_time);
        CHECK_INT(found.signers[0].signing_time, MADE_AT);
        CHECK_INT(found.signers[0].not_before, MADE_FROM);
        CHECK_INT(found.signers[0].not_after, MADE_UNTIL);
        CHECK_INT(strlen(found.signers[0].fingerprint), 40);
        found = judge(message, signet_slice_text(CONTENT "x"), &rules);
        CHECK_INT(found.err.code, SIGNET_E_SIGNATURE);
        CHECK_INT(found.count, 0);
    }
}

/* clang-format off */
static const struct {
    const char *name;
    int64_t signed_at, at;
    signet_code expected;
} times[] = {
    {"signed inside",                   MADE_AT,        -1,             SIGNET_OK},
    {"signed on the first second",      MADE_FROM,      -1,             SIGNET_OK},
    {"signed one second early",         MADE_FROM - 1,  -1,             SIGNET_E_TIME},
    {"signed on the last second",       MADE_UNTIL,     -1,             SIGNET_OK},
    {"signed one second late",          MADE_UNTIL + 1, -1,             SIGNET_E_TIME},
    {"no signing time",                 -1,             -1,             SIGNET_E_TIME},
    {"no signing time, but a time",     -1,             MADE_AT,        SIGNET_OK},
    {"the given time decides: late",    MADE_AT,        MADE_UNTIL + 1, SIGNET_E_TIME},
    {"the given time decides: inside",  MADE_UNTIL + 1, MADE_AT,        SIGNET_OK},
    {"the given time decides: 1970",    MADE_AT,        0,              SIGNET_E_TIME},
};
/* clang-format on */

TEST(judges_at_the_signing_time_or_the_given_one)
{
    family by = make_family("P-256");

    for (EACH(row, times)) {
        signet_chain_rules rules = rules_of(&by);
        verdict found;

        rules.at = row->at;
        found =
            judge(signed_by(&by, &(cms_signer){.signed_at = row->signed_at}), content(), &rules);
        CHECK_INT(found.err.code, row->expected);
        CHECK_INT(found.count, 1); /* genuine in any case */
    }
}

/* smimesign: S/MIME certificates, the chain in the message. */
static identity
smime_leaf(const identity *issuer)
{
    return make_identity(&(identity_template){.name = "Bob",
        .key = "RSA-2048",
        .issuer = issuer,
        .extensions = {{"keyUsage", "critical,digitalSignature,nonRepudiation"},
            {"extendedKeyUsage", "clientAuth,emailProtection"},
            {"subjectAltName", "email:bob@example.com"}}});
}

/* gitsign: Fulcio's certificates have no subject, live ten minutes, and say who in a critical
 * alternative name and in extensions of their own. */
static identity
fulcio_leaf(const identity *issuer)
{
    return make_identity(&(identity_template){.issuer = issuer,
        .from = MADE_AT - 5,
        .until = MADE_AT + 595,
        .extensions = {{"keyUsage", "critical,digitalSignature"},
            {"extendedKeyUsage", "codeSigning"}, {"subjectKeyIdentifier", "hash"},
            {"authorityKeyIdentifier", "keyid"},
            {"subjectAltName", "critical,email:carol@example.com"},
            {"1.3.6.1.4.1.57264.1.1", "DER:68747470733a2f2f6163636f756e7473"},
            {"1.3.6.1.4.1.57264.1.8", "ASN1:UTF8String:https://accounts.example.com"}}});
}

TEST(accepts_what_gitsign_and_smimesign_write)
{
    static const struct {
        const char *name;
        identity (*make)(const identity *issuer);
        unsigned purpose;
        const char *signer;
        signet_code expected;
    } rows[] = {
        {"gitsign", fulcio_leaf, SIGNET_PURPOSE_CODE_SIGNING, "carol@example.com", SIGNET_OK},
        {"gitsign, for anything", fulcio_leaf, SIGNET_PURPOSE_ANY, "carol@example.com", SIGNET_OK},
        {"gitsign, as a client", fulcio_leaf, SIGNET_PURPOSE_CLIENT_AUTH, "carol@example.com",
            SIGNET_E_CERT},
        {"smimesign", smime_leaf, SIGNET_PURPOSE_ANY, "Bob", SIGNET_OK},
        {"smimesign, as code", smime_leaf, SIGNET_PURPOSE_CODE_SIGNING, "Bob", SIGNET_E_CERT},
    };
    family by = make_family("P-256");

    for (EACH(row, rows)) {
        signet_chain_rules rules = rules_of(&by);
        family with_leaf = {by.root, by.ca, row->make(&by.ca)};
        verdict found;

        rules.purpose = row->purpose;
        found = judge(signed_by(&with_leaf, &(cms_signer){0}), content(), &rules);
        CHECK_INT(found.err.code, row->expected);
        CHECK_INT(found.count, 1);
        CHECK_TEXT(found.signers[0].name, row->signer);
    }
}

TEST(says_who_signed_when_nobody_trusts_them)
{
    family by = make_family("P-256"), others = make_family("P-256");
    signet_chain_rules rules = rules_of(&others), nobody = rules_of(&by);
    signet_slice message = signed_by(&by, &(cms_signer){0});
    verdict found = judge(message, content(), &rules);

    CHECK_INT(found.err.code, SIGNET_E_TRUST);
    CHECK_INT(found.count, 1);
    CHECK_TEXT(found.signers[0].name, "Alice Example");
    nobody.anchor_count = 0;
    found = judge(message, content(), &nobody);
    CHECK_INT(found.err.code, SIGNET_E_TRUST);
    CHECK_INT(found.count, 1);
    found = judge(message, signet_slice_text("other"), &rules);
    CHECK_INT(found.err.code, SIGNET_E_SIGNATURE);
    CHECK_INT(found.count, 0);
}

TEST(shows_names_that_move_no_cursor)
{
    static const struct {
        const char *name, *shown;
    } rows[] = {
        {"J\u00fcrgen", "J\u00fcrgen"},
        {"two\nlines", "two?lines"},
        {"\033[31mred", "?[31mred"},
        {"\xc2\x9b\x33\x31mred", "??31mred"},
        {"delete\x7f", "delete?"},
    };
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});

    for (EACH(row, rows)) {
        family by = {root, root,
            make_identity(&(identity_template){
                .name = row->name, .issuer = &root, .extensions = {MADE_LEAF}})};
        signet_chain_rules rules = rules_of(&by);
        verdict found = judge(signed_by(&by, &(cms_signer){0}), content(), &rules);

        CHECK_INT(found.err.code, SIGNET_OK);
        CHECK_TEXT(found.signers[0].name, row->shown);
    }
}

/* Where a signer's signature stands in a message. */
static uint8_t *
find_signature(uint8_t *message, size_t len, int index)
{
    const unsigned char *at = message;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)len);
    ASN1_OCTET_STRING *signature = NULL;
    uint8_t *found = NULL;

    REQUIRE(cms);
    signature =
        CMS_SignerInfo_get0_signature(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), index));
    found = memmem(
        message, len, ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature));
    CMS_ContentInfo_free(cms);
    REQUIRE(found);
    return found;
}

enum { SIZE_OF_ED25519 = 64, LARGEST_MESSAGE = 32768 };

static signet_slice
two_signers(const identity *first, const identity *second)
{
    cms_signer signers[] = {
        {.identity = first, .digest = EVP_sha512()}, {.identity = second, .digest = EVP_sha512()}};

    return make_cms(&(cms_template){.signers = signers, .signer_count = 2, .content = content()});
}

TEST(demands_that_every_signer_is_genuine_and_trusted)
{
    identity a = make_identity(
        &(identity_template){.name = "A", .key = "ED25519", .extensions = {MADE_LEAF}});
    identity b = make_identity(
        &(identity_template){.name = "B", .key = "ED25519", .extensions = {MADE_LEAF}});
    const signet_slice anchors[] = {a.der, b.der};
    signet_chain_rules rules = {
        .anchors = anchors, .anchor_count = 2, .purpose = SIGNET_PURPOSE_CODE_SIGNING, .at = -1};
    signet_slice message = two_signers(&a, &b);
    uint8_t copy[LARGEST_MESSAGE], swap[SIZE_OF_ED25519], *of[2];
    verdict found = judge(message, content(), &rules);

    CHECK_INT(found.err.code, SIGNET_OK);
    CHECK_INT(found.count, 2);
    CHECK(strcmp(found.signers[0].name, found.signers[1].name) != 0);
    for (size_t one = 0; one < 2; one++) {
        signet_chain_rules half = rules;

        half.anchors = &anchors[one];
        half.anchor_count = 1;
        found = judge(message, content(), &half);
        CHECK_INT(found.err.code, SIGNET_E_TRUST);
        CHECK_INT(found.count, 2);
    }
    REQUIRE(message.len <= sizeof(copy));
    for (int one = 0; one < 2; one++) {
        memcpy(copy, message.ptr, message.len);
        find_signature(copy, message.len, one)[5] ^= 1;
        found = judge((signet_slice){copy, message.len}, content(), &rules);
        CHECK_INT(found.err.code, SIGNET_E_SIGNATURE);
        CHECK_INT(found.count, 0);
    }
    /* The hazard of a context that keeps its first key: each signature under the other's name. */
    memcpy(copy, message.ptr, message.len);
    of[0] = find_signature(copy, message.len, 0);
    of[1] = find_signature(copy, message.len, 1);
    memcpy(swap, of[0], sizeof(swap));
    memcpy(of[0], of[1], sizeof(swap));
    memcpy(of[1], swap, sizeof(swap));
    found = judge((signet_slice){copy, message.len}, content(), &rules);
    CHECK_INT(found.err.code, SIGNET_E_SIGNATURE);
}

TEST(takes_certificates_from_the_rules_too)
{
    family by = make_family("P-256");
    cms_signer signer = {.identity = &by.leaf, .flags = CMS_NOCERTS};
    signet_slice message =
        make_cms(&(cms_template){.signers = &signer, .signer_count = 1, .content = content()});
    const signet_slice given[] = {by.ca.der, by.leaf.der};
    signet_chain_rules rules = rules_of(&by);

    CHECK_INT(judge(message, content(), &rules).err.code, SIGNET_E_CERT);
    rules.intermediates = given;
    rules.intermediate_count = 1;
    CHECK_INT(judge(message, content(), &rules).err.code, SIGNET_E_CERT);
    rules.intermediate_count = 2;
    CHECK_INT(judge(message, content(), &rules).err.code, SIGNET_OK);
}

/* The examples of RFC 9882 and of the ossl35 interoperability artefacts. */
TEST(accepts_ml_dsa_messages_of_others)
{
    signet_slice pem = harness_file(VECTORS "/conformance/cms-ml-dsa/mldsa44-signed-attrs.pem");
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    BIO *text = BIO_new_file(VECTORS "/conformance/mldsa-keys/ML-DSA-44.crt", "r");
    X509 *cert = PEM_read_bio_X509(text, NULL, NULL, NULL);
    uint8_t cert_der[8192], *end = cert_der;
    signet_slice anchor = {cert_der, 0};
    signet_chain_rules rules = {
        .anchors = &anchor, .anchor_count = 1, .purpose = SIGNET_PURPOSE_ANY, .at = 1735689600};
    signet_slice said = signet_slice_text("ML-DSA-44 signed-data example with signed attributes");

    REQUIRE(cert && signet_cms_dearmor(pem, &der, NULL));
    anchor.len = (size_t)i2d_X509(cert, &end);
    CHECK_INT(judge(signet_buf_slice(&der), said, &rules).err.code, SIGNET_OK);
    CHECK_INT(judge(signet_buf_slice(&der), content(), &rules).err.code, SIGNET_E_SIGNATURE);
    X509_free(cert);
    BIO_free(text);

    anchor = harness_file(VECTORS "/conformance/cms-ml-dsa/ta.der");
    rules.at = -1;
    said = signet_slice_text("Attack at dawn!\r\n");
    CHECK_INT(judge(harness_file(VECTORS "/conformance/cms-ml-dsa/ml-dsa-44_signed_attrs.der"),
                  said, &rules)
                  .err.code,
        SIGNET_OK);
    said.len--;
    CHECK_INT(judge(harness_file(VECTORS "/conformance/cms-ml-dsa/ml-dsa-44_signed_attrs.der"),
                  said, &rules)
                  .err.code,
        SIGNET_E_SIGNATURE);
}

TESTS(TEST_OF(accepts_the_algorithms_of_today),
    TEST_OF(judges_at_the_signing_time_or_the_given_one),
    TEST_OF(accepts_what_gitsign_and_smimesign_write), TEST_OF(shows_names_that_move_no_cursor),
    TEST_OF(says_who_signed_when_nobody_trusts_them),
    TEST_OF(demands_that_every_signer_is_genuine_and_trusted),
    TEST_OF(takes_certificates_from_the_rules_too), TEST_OF(accepts_ml_dsa_messages_of_others))
