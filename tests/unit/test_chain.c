/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/pki.h>

#include "authority.h"
#include "json.h"

enum { LISTED_MAX = 4 };

/* Certificates in hex; "common.ca" is the one that the group shares. */
static size_t
certificates(const json_t *list, signet_slice ca, signet_slice *ret_ders)
{
    json_t *value = NULL;
    size_t i = 0;

    REQUIRE(json_array_size(list) <= LISTED_MAX);
    json_array_foreach(list, i, value)
    {
        const char *text = json_string_value(value);

        ret_ders[i] = strcmp(text, "common.ca") == 0 ? ca : unhex(text);
    }
    return json_array_size(list);
}

static unsigned
purpose_of(const char *usage)
{
    if (strcmp(usage, "codeSigning") == 0)
        return SIGNET_PURPOSE_CODE_SIGNING;
    return strcmp(usage, "clientAuth") == 0 ? SIGNET_PURPOSE_CLIENT_AUTH : SIGNET_PURPOSE_ANY;
}

/* The reference's classes, and what they are here. */
static const struct {
    const char *name;
    signet_code code;
} classes[] = {
    {"EXPIRED", SIGNET_E_TIME},
    {"UNKNOWN_AUTHORITY", SIGNET_E_TRUST},
    {"PARSE", SIGNET_E_DECODE},
    {"INCOMPATIBLE_USAGE", SIGNET_E_CERT},
    {"UNHANDLED_CRITICAL_EXTENSION", SIGNET_E_CERT},
    {"TOO_MANY_INTERMEDIATES", SIGNET_E_CERT},
    {"NAME_CONSTRAINT", SIGNET_E_CERT},
};

static signet_code
code_of(const json_t *row)
{
    const char *class = json_text(row, "error_class");

    for (size_t i = 0; class && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (strcmp(classes[i].name, class) == 0)
            return classes[i].code;
    }
    return SIGNET_OK;
}

TEST(judges_chains_as_the_reference_does)
{
    json_t *root = json_of(VECTORS "/interop/x509.json");
    json_t *row = NULL;
    size_t i = 0, accepted = 0, refused = 0;
    json_t *group = json_group(root, "x509_verify");
    signet_slice ca = json_hex(json_object_get(group, "common"), "ca");

    json_array_foreach(json_object_get(group, "cases"), i, row)
    {
        json_t *inputs = json_object_get(row, "inputs");
        signet_slice anchors[LISTED_MAX], intermediates[LISTED_MAX];
        signet_error err = {0};
        const signet_chain_rules rules = {
            .anchors = anchors,
            .anchor_count = certificates(json_object_get(inputs, "roots"), ca, anchors),
            .intermediates = intermediates,
            .intermediate_count =
                certificates(json_object_get(inputs, "intermediates"), ca, intermediates),
            .purpose = purpose_of(json_text(inputs, "key_usage")),
            .at = json_integer_value(json_object_get(inputs, "time")),
        };
        bool expected = strcmp(json_text(row, "verdict"), "accept") == 0;
        bool verdict = signet_chain_verify(json_hex(inputs, "leaf"), &rules, &err);

        harness_row = json_text(row, "name");
        CHECK_INT(verdict, expected);
        CHECK_INT(err.code, code_of(row));
        accepted += verdict;
        refused += !verdict;
    }
    CHECK_INT(accepted, 22);
    CHECK_INT(refused, 39);
    json_decref(root);
}

/* The verdict on `leaf` under one root and perhaps CAs between. */
static signet_code
judge(const identity *leaf, const identity *root, const identity *between, size_t count)
{
    signet_slice intermediates[64];
    signet_error err = {0};
    signet_chain_rules rules = {.anchors = &root->der,
        .anchor_count = 1,
        .intermediates = intermediates,
        .intermediate_count = count,
        .purpose = SIGNET_PURPOSE_CODE_SIGNING,
        .at = MADE_AT};
    bool is_good = false;

    REQUIRE(count <= 64);
    for (size_t i = 0; i < count; i++)
        intermediates[i] = between[i].der;
    is_good = signet_chain_verify(leaf->der, &rules, &err);
    CHECK_INT(is_good, err.code == SIGNET_OK);
    return err.code;
}

/* clang-format off */
static const struct {
    const char *name;
    const char *root, *leaf;
    const EVP_MD *(*digest)(void);
    bool with_pss;
    signet_code expected;
} algorithms[] = {
    {"RSA of 2048 bits",           "RSA-2048",   "RSA-2048",     NULL,     false, SIGNET_OK},
    {"RSA PSS",                    "RSA-2048",   "P-256",        NULL,     true,  SIGNET_OK},
    {"ECDSA",                      "P-384",      "P-256",        NULL,     false, SIGNET_OK},
    {"Ed25519",                    "ED25519",    "ED25519",      NULL,     false, SIGNET_OK},
    {"ML-DSA-44",                  "ML-DSA-44",  "ML-DSA-44",    NULL,     false, SIGNET_OK},
    {"Ed25519 under ML-DSA-65",    "ML-DSA-65",  "ED25519",      NULL,     false, SIGNET_OK},
    {"RSA of 1024 bits, leaf",     "P-256",      "RSA-1024",     NULL,     false, SIGNET_E_CERT},
    {"RSA of 1024 bits, root",     "RSA-1024",   "P-256",        NULL,     false, SIGNET_E_CERT},
    {"secp256k1, leaf",            "P-256",      "secp256k1",    NULL,     false, SIGNET_E_CERT},
    {"secp256k1, root",            "secp256k1",  "P-256",        NULL,     false, SIGNET_E_CERT},
    {"a curve in numbers, leaf",   "P-256",      "P-256 in parameters", NULL, false, SIGNET_E_CERT},
    {"a curve in numbers, root",   "P-256 in parameters", "P-256", NULL,   false, SIGNET_E_CERT},
    {"Ed25519 of small order",     "P-256",      "weak ED25519", NULL,     false, SIGNET_E_CERT},
    {"X25519, which cannot sign",  "P-256",      "X25519",       NULL,     false, SIGNET_E_CERT},
    {"signed over SHA-1",          "RSA-2048",   "P-256",        EVP_sha1, false, SIGNET_E_CERT},
    {"signed over MD5",            "RSA-2048",   "P-256",        EVP_md5,  false, SIGNET_E_CERT},
    {"signed over SHA-1 by ECDSA", "P-256",      "P-256",        EVP_sha1, false, SIGNET_E_CERT},
};
/* clang-format on */

TEST(accepts_strong_algorithms_only)
{
    for (EACH(row, algorithms)) {
        identity root = make_identity(
            &(identity_template){.name = "root", .key = row->root, .extensions = {MADE_CA}});
        identity leaf = make_identity(&(identity_template){.name = "leaf",
            .key = row->leaf,
            .issuer = &root,
            .digest = row->digest ? row->digest() : NULL,
            .with_pss = row->with_pss,
            .extensions = {MADE_LEAF}});

        CHECK_INT(judge(&leaf, &root, NULL, 0), row->expected);
    }
}

TEST(does_not_mind_how_an_anchor_signed_itself)
{
    identity root = make_identity(&(identity_template){
        .name = "root", .key = "RSA-2048", .digest = EVP_sha1(), .extensions = {MADE_CA}});
    identity leaf = make_identity(
        &(identity_template){.name = "leaf", .issuer = &root, .extensions = {MADE_LEAF}});

    CHECK_INT(judge(&leaf, &root, NULL, 0), SIGNET_OK);
}

/* One extension more in the CA, one more in the leaf below it. */
/* clang-format off */
static const struct {
    const char *name;
    const char *ca[2], *leaf[2];
    signet_code expected;
} extensions[] = {
    {"nothing more",                {NULL},                                          {NULL}, SIGNET_OK},
    {"a permitted name",            {"nameConstraints", "critical,permitted;email:example.com"},
                                    {"subjectAltName", "email:a@example.com"},       SIGNET_OK},
    {"a name outside",              {"nameConstraints", "critical,permitted;email:example.com"},
                                    {"subjectAltName", "email:a@example.org"},       SIGNET_E_CERT},
    {"constraints not critical",    {"nameConstraints", "permitted;email:example.com"},
                                    {"subjectAltName", "email:a@example.org"},       SIGNET_E_CERT},
    {"an excluded name",            {"nameConstraints", "critical,excluded;email:a@example.com"},
                                    {"subjectAltName", "email:a@example.com"},       SIGNET_E_CERT},
    {"beside an excluded name",     {"nameConstraints", "critical,excluded;email:a@example.com"},
                                    {"subjectAltName", "email:b@example.com"},       SIGNET_OK},
    {"another kind of name",        {"nameConstraints", "critical,permitted;DNS:example.com"},
                                    {"subjectAltName", "email:a@example.com"},       SIGNET_OK},
    {"a policy demanded, none",     {"policyConstraints", "critical,requireExplicitPolicy:0"},
                                    {NULL},                                          SIGNET_E_CERT},
    {"a policy, and none in the CA",{"policyConstraints", "critical,requireExplicitPolicy:0"},
                                    {"certificatePolicies", "1.2.3.4"},              SIGNET_E_CERT},
    {"a policy, none demanded",     {NULL}, {"certificatePolicies", "1.2.3.4"},      SIGNET_OK},
    {"a purpose twice",             {NULL}, {"extendedKeyUsage", "codeSigning"},     SIGNET_E_DECODE},
    {"a key id twice",              {NULL}, {"subjectKeyIdentifier", "hash"},        SIGNET_E_DECODE},
    {"unknown",                     {NULL}, {"1.2.3.4", "DER:0500"},                 SIGNET_OK},
    {"unknown and critical",        {NULL}, {"1.2.3.4", "critical,DER:0500"},        SIGNET_E_CERT},
    {"unknown and critical above",  {"1.2.3.4", "critical,DER:0500"}, {NULL},        SIGNET_E_CERT},
    {"a CA not for code",           {"extendedKeyUsage", "clientAuth"}, {NULL},      SIGNET_E_CERT},
    {"a CA for anything",           {"extendedKeyUsage", "anyExtendedKeyUsage"}, {NULL}, SIGNET_OK},
    {"a CA for code",               {"extendedKeyUsage", "codeSigning"}, {NULL},     SIGNET_OK},
    {"an alternative name, broken", {NULL}, {"subjectAltName", "DER:30020500"},      SIGNET_E_DECODE},
};
/* clang-format on */

TEST(obeys_extensions)
{
    for (EACH(row, extensions)) {
        identity root =
            make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
        identity ca = make_identity(&(identity_template){
            .name = "ca", .issuer = &root, .extensions = {MADE_CA, {row->ca[0], row->ca[1]}}});
        identity leaf = make_identity(&(identity_template){.name = "leaf",
            .issuer = &ca,
            .extensions = {MADE_LEAF, {row->leaf[0], row->leaf[1]}}});

        CHECK_INT(judge(&leaf, &root, &ca, 1), row->expected);
    }
}

TEST(refuses_any_extension_twice)
{
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    identity leaf = make_identity(&(identity_template){.name = "leaf",
        .issuer = &root,
        .extensions = {MADE_LEAF, {"1.2.3.4", "DER:0500"}, {"1.2.3.4", "DER:0500"}}});

    CHECK_INT(judge(&leaf, &root, NULL, 0), SIGNET_E_DECODE);
}

TEST(refuses_certificates_that_are_too_large)
{
    enum { HUGE = 70000, KNOWN = 3, MOST = 64 };
    static char comment[HUGE];
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    identity leaf = make_identity(&(identity_template){.name = "leaf",
        .issuer = &root,
        .extensions = {MADE_LEAF},
        .more_extensions = MOST - KNOWN});

    CHECK_INT(judge(&leaf, &root, NULL, 0), SIGNET_OK);
    leaf = make_identity(&(identity_template){.name = "leaf",
        .issuer = &root,
        .extensions = {MADE_LEAF},
        .more_extensions = MOST - KNOWN + 1});
    CHECK_INT(judge(&leaf, &root, NULL, 0), SIGNET_E_DECODE);
    memset(comment, 'x', sizeof(comment) - 1);
    leaf = make_identity(&(identity_template){
        .name = "leaf", .issuer = &root, .extensions = {MADE_LEAF, {"nsComment", comment}}});
    CHECK_INT(judge(&leaf, &root, NULL, 0), SIGNET_E_DECODE);
}

TEST(follows_a_policy_that_is_demanded)
{
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    identity ca = make_identity(&(identity_template){.name = "ca",
        .issuer = &root,
        .extensions = {MADE_CA, {"certificatePolicies", "1.2.3.4"},
            {"policyConstraints", "critical,requireExplicitPolicy:0"}}});
    static const struct {
        const char *name, *policy;
        signet_code expected;
    } rows[] = {{"that one", "1.2.3.4", SIGNET_OK}, {"another", "1.2.3.5", SIGNET_E_CERT}};

    for (EACH(row, rows)) {
        identity leaf = make_identity(&(identity_template){.name = "leaf",
            .issuer = &ca,
            .extensions = {MADE_LEAF, {"certificatePolicies", row->policy}}});

        CHECK_INT(judge(&leaf, &root, &ca, 1), row->expected);
    }
}

TEST(follows_paths_of_ten_certificates)
{
    identity line[11];

    for (size_t i = 0; i < 11; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "number %zu", i);
        line[i] = make_identity(&(identity_template){
            .name = name, .issuer = i ? &line[i - 1] : NULL, .extensions = {MADE_CA}});
    }
    CHECK_INT(judge(&line[9], &line[0], line + 1, 8), SIGNET_OK);
    CHECK_INT(judge(&line[10], &line[0], line + 1, 9), SIGNET_E_TRUST);
    CHECK_INT(judge(&line[9], &line[0], line + 1, 7), SIGNET_E_TRUST);
    CHECK_INT(judge(&line[10], &line[1], line + 1, 9), SIGNET_OK);
}

/* Under a local CA every certificate has one name, and each counts against the path length. */
TEST(counts_certificates_of_one_name)
{
    identity root = make_identity(&(identity_template){
        .name = "same", .extensions = {{"basicConstraints", "critical,CA:TRUE,pathlen:1"}}});
    identity line[3];

    for (size_t i = 0; i < 3; i++)
        line[i] = make_identity(&(identity_template){
            .name = "same", .issuer = i ? &line[i - 1] : &root, .extensions = {MADE_CA}});
    CHECK_INT(judge(&line[0], &root, line, 0), SIGNET_OK);
    CHECK_INT(judge(&line[1], &root, line, 1), SIGNET_OK);
    CHECK_INT(judge(&line[2], &root, line, 2), SIGNET_E_CERT);
}

/* Forty certificates that all issued each other: 40! paths, none to the anchor. */
TEST(gives_up_in_a_maze)
{
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    identity maze[40], leaf;

    for (size_t i = 0; i < 40; i++)
        maze[i] = make_identity(&(identity_template){.name = "maze",
            .same_key = i ? &maze[0] : NULL,
            .issuer = i ? &maze[0] : NULL,
            .extensions = {MADE_CA}});
    leaf = make_identity(
        &(identity_template){.name = "leaf", .issuer = &maze[0], .extensions = {MADE_LEAF}});
    CHECK_INT(judge(&leaf, &root, maze, 40), SIGNET_E_TRUST);
    CHECK_INT(judge(&leaf, &maze[39], maze, 40), SIGNET_OK);
}

/* Two CAs of one name and key, the first of which has expired: the other one counts. */
TEST(finds_the_better_path)
{
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    identity both[2], leaf;

    both[0] = make_identity(&(identity_template){
        .name = "ca", .issuer = &root, .until = MADE_AT - 1, .extensions = {MADE_CA}});
    both[1] = make_identity(&(identity_template){
        .name = "ca", .same_key = &both[0], .issuer = &root, .extensions = {MADE_CA}});
    leaf = make_identity(
        &(identity_template){.name = "leaf", .issuer = &both[0], .extensions = {MADE_LEAF}});
    CHECK_INT(judge(&leaf, &root, both, 2), SIGNET_OK);
    CHECK_INT(judge(&leaf, &root, both, 1), SIGNET_E_TIME);
}

TEST(refuses_rules_that_make_no_sense)
{
    static const struct {
        const char *name;
        unsigned purpose;
        const char *anchor, *intermediate;
        signet_code expected;
    } rows[] = {
        {"as they should be", SIGNET_PURPOSE_CODE_SIGNING, NULL, NULL, SIGNET_OK},
        {"for anything", SIGNET_PURPOSE_ANY, NULL, NULL, SIGNET_OK},
        {"for a server", SIGNET_PURPOSE_SERVER_AUTH, NULL, NULL, SIGNET_E_CERT},
        {"for nothing", 0, NULL, NULL, SIGNET_E_USAGE},
        {"for two things", SIGNET_PURPOSE_ANY | SIGNET_PURPOSE_CLIENT_AUTH, NULL, NULL,
            SIGNET_E_USAGE},
        {"an anchor that is none", SIGNET_PURPOSE_ANY, "3000", NULL, SIGNET_E_DECODE},
        {"an empty anchor", SIGNET_PURPOSE_ANY, "", NULL, SIGNET_E_DECODE},
        {"an intermediate that is none", SIGNET_PURPOSE_ANY, NULL, "0500", SIGNET_E_DECODE},
    };
    identity root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    identity leaf = make_identity(
        &(identity_template){.name = "leaf", .issuer = &root, .extensions = {MADE_LEAF}});

    for (EACH(row, rows)) {
        const signet_slice anchor = row->anchor ? unhex(row->anchor) : root.der;
        const signet_slice intermediate = row->intermediate ? unhex(row->intermediate) : root.der;
        signet_error err = {0};

        CHECK_INT(
            signet_chain_verify(leaf.der,
                &(signet_chain_rules){&anchor, 1, &intermediate, 1, row->purpose, MADE_AT}, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
    }
}

TESTS(TEST_OF(judges_chains_as_the_reference_does), TEST_OF(accepts_strong_algorithms_only),
    TEST_OF(does_not_mind_how_an_anchor_signed_itself), TEST_OF(obeys_extensions),
    TEST_OF(refuses_any_extension_twice), TEST_OF(refuses_certificates_that_are_too_large),
    TEST_OF(follows_a_policy_that_is_demanded), TEST_OF(follows_paths_of_ten_certificates),
    TEST_OF(counts_certificates_of_one_name), TEST_OF(gives_up_in_a_maze),
    TEST_OF(finds_the_better_path), TEST_OF(refuses_rules_that_make_no_sense))
