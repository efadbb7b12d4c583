/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL running out of memory, on purpose: each operation is repeated with its first allocation
 * refused, then its second ... until none is; once that one alone, once all that follow too.
 * OpenSSL can do without some of them, so the outcome is the true one or "no memory", "could not
 * tell"; what is not genuine is never taken for genuine.
 */
#include <stdlib.h>

#include <openssl/crypto.h>

#include <signet/pki.h>

#include "authority.h"

enum { MOST_ALLOCATIONS = 20000 };

static struct {
    bool armed, forever, has_failed;
    unsigned count, fail_at;
} faults;

static bool
must_fail(void)
{
    if (!faults.armed)
        return false;
    faults.count++;
    if (faults.count != faults.fail_at && !(faults.forever && faults.count > faults.fail_at))
        return false;
    faults.has_failed = true;
    return true;
}

static void *
allocate(size_t size, const char *file __attribute__((unused)), int line __attribute__((unused)))
{
    return must_fail() ? NULL : calloc(1, size); /* what is read before it is written is known */
}

static void *
reallocate(void *old, size_t size, const char *file __attribute__((unused)),
    int line __attribute__((unused)))
{
    return must_fail() ? NULL : realloc(old, size);
}

static void
release(void *block, const char *file __attribute__((unused)), int line __attribute__((unused)))
{
    free(block);
}

static const uint8_t seed_bytes[SIGNET_SEED_SIZE] = {9};
static const signet_slice seed = {seed_bytes, sizeof(seed_bytes)};

/* What the operations work on, made before memory gets short. */
static signet_buf good, bad, forged;
static signet_key *public_key;
static struct {
    signet_key *key;
    signet_buf good, bad;
} es256;
static identity root, stranger, leaf, mldsa44_root, mldsa44_leaf;
static signet_slice message, mldsa44_message;

static bool
make_key(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_seed(&signet_mldsa44, seed, err);
    return key != NULL;
}

static bool
sign(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    key = signet_key_from_seed(&signet_mldsa44, seed, err);
    if (!key || !signet_key_sign(key, seed, &signature, err))
        return false;
    CHECK_BYTES(signet_buf_slice(&signature), signet_buf_slice(&good));
    return true;
}

static bool
sign_in_pieces(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_mldsa44_free) signet_mldsa44_message *pieces = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    key = signet_key_from_seed(&signet_mldsa44, seed, err);
    if (!key)
        return false;
    pieces = signet_mldsa44_begin(signet_key_public(key), err);
    if (!pieces || !signet_mldsa44_update(pieces, seed, err) ||
        !signet_mldsa44_sign_end(pieces, key, &signature, err))
        return false;
    CHECK_BYTES(signet_buf_slice(&signature), signet_buf_slice(&good));
    return true;
}

static bool
verify(signet_error *err)
{
    return signet_key_verify(public_key, seed, signet_buf_slice(&good), err);
}

static bool
verify_forged(signet_error *err)
{
    return signet_key_verify(public_key, seed, signet_buf_slice(&bad), err);
}

static bool
verify_forged_for_zeros(signet_error *err)
{
    return signet_key_verify(public_key, seed, signet_buf_slice(&forged), err);
}

static bool
make_es256_key(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_seed(&signet_es256, seed, err);
    return key != NULL;
}

static bool
sign_with_es256(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    return signet_key_sign(es256.key, seed, &signature, err);
}

static bool
verify_es256(signet_error *err)
{
    return signet_key_verify(es256.key, seed, signet_buf_slice(&es256.good), err);
}

static bool
verify_forged_es256(signet_error *err)
{
    return signet_key_verify(es256.key, seed, signet_buf_slice(&es256.bad), err);
}

static bool
take_es256_point(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_public(&signet_es256, signet_key_public(es256.key), err);
    return key != NULL;
}

static bool
verify_chain(signet_error *err)
{
    return signet_chain_verify(
        leaf.der, &(signet_chain_rules){&root.der, 1, NULL, 0, SIGNET_PURPOSE_ANY, MADE_AT}, err);
}

static bool
verify_strange_chain(signet_error *err)
{
    return signet_chain_verify(leaf.der,
        &(signet_chain_rules){&stranger.der, 1, NULL, 0, SIGNET_PURPOSE_ANY, MADE_AT}, err);
}

/* The content, once, then its end. */
static bool
read_once(void *context, uint8_t *ret_bytes, size_t size, size_t *ret_len,
    signet_error *err __attribute__((unused)))
{
    signet_slice *left = context;

    REQUIRE(left->len <= size);
    if (left->len > 0)
        memcpy(ret_bytes, left->ptr, left->len);
    *ret_len = left->len;
    left->len = 0;
    return true;
}

static bool
verify_message(signet_slice der, const char *content, const identity *anchor, signet_error *err)
{
    signet_slice left = signet_slice_text(content);
    signet_general_signer signers[SIGNET_GENERAL_SIGNERS_MAX];
    size_t count = 0;

    return signet_cms_verify_general(der, &(signet_content_source){read_once, &left},
        &(signet_chain_rules){&anchor->der, 1, NULL, 0, SIGNET_PURPOSE_ANY, -1}, signers, &count,
        err);
}

static bool
verify_cms(signet_error *err)
{
    return verify_message(message, "content", &root, err);
}

static bool
verify_changed_content(signet_error *err)
{
    return verify_message(message, "Content", &root, err);
}

static bool
verify_strange_cms(signet_error *err)
{
    return verify_message(message, "content", &stranger, err);
}

static bool
verify_mldsa44_cms(signet_error *err)
{
    return verify_message(mldsa44_message, "content", &mldsa44_root, err);
}

static const struct row {
    const char *name;
    bool (*operation)(signet_error *err);
    signet_code truth;
    bool is_parsed; /* certificates and messages */
} rows[] = {
    {"a key of a seed", make_key, SIGNET_OK, false},
    {"a signature", sign, SIGNET_OK, false},
    {"a signature in pieces", sign_in_pieces, SIGNET_OK, false},
    {"verifying", verify, SIGNET_OK, false},
    {"verifying a wrong signature", verify_forged, SIGNET_E_SIGNATURE, false},
    {"verifying a forgery", verify_forged_for_zeros, SIGNET_E_SIGNATURE, false},
    {"an ES256 key", make_es256_key, SIGNET_OK, false},
    {"a point of P-256", take_es256_point, SIGNET_OK, false},
    {"an ES256 signature", sign_with_es256, SIGNET_OK, false},
    {"verifying ES256", verify_es256, SIGNET_OK, false},
    {"verifying a wrong ES256 signature", verify_forged_es256, SIGNET_E_SIGNATURE, false},
    {"a chain", verify_chain, SIGNET_OK, true},
    {"a chain to nobody", verify_strange_chain, SIGNET_E_TRUST, true},
    {"CMS", verify_cms, SIGNET_OK, true},
    {"CMS over other content", verify_changed_content, SIGNET_E_SIGNATURE, true},
    {"CMS by ML-DSA-44", verify_mldsa44_cms, SIGNET_OK, true},
    {"CMS by a stranger", verify_strange_cms, SIGNET_E_TRUST, true},
};

/* OpenSSL's parsers do not always say that memory was the reason, so a refusal is a refusal there.
 */
static bool
is_excused(const struct row *row, signet_code code)
{
    return code == SIGNET_E_NOMEM || code == SIGNET_E_CRYPTO ||
           (row->is_parsed && code != SIGNET_OK);
}

static void
run_with_fault(const struct row *row, unsigned number, bool forever)
{
    signet_error err = {0};
    bool done = false;

    faults.count = 0;
    faults.fail_at = number;
    faults.forever = forever;
    faults.has_failed = false;
    faults.armed = true;
    done = row->operation(&err);
    faults.armed = false;
    CHECK_INT(done, err.code == SIGNET_OK);
    if (err.code != row->truth && !(faults.has_failed && is_excused(row, err.code)))
        harness_fail(__FILE__, __LINE__, "ends in %s when allocation %u%s is refused: %s",
            signet_code_name(err.code), number, forever ? " and all after it" : "", err.message);
}

/* SHAKE256 of two strings. */
static void
shake(signet_slice a, signet_slice b, uint8_t *ret_bytes, size_t len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    REQUIRE(ctx && EVP_DigestInit_ex2(ctx, EVP_shake256(), NULL) == 1);
    REQUIRE(EVP_DigestUpdate(ctx, a.ptr, a.len) == 1 && EVP_DigestUpdate(ctx, b.ptr, b.len) == 1);
    REQUIRE(EVP_DigestFinalXOF(ctx, ret_bytes, len) == 1);
    EVP_MD_CTX_free(ctx);
}

/*
 * A signature made without the key: z and h are zero, and the challenge is that of a w1 of zero
 * bytes.  It fits when the verifier has no memory for w1 and does not notice.
 */
static void
forge(void)
{
    enum { CHALLENGE = 32, W1 = 768 };
    static const uint8_t zeros[W1];
    uint8_t pure[2 + sizeof(seed_bytes)] = {0}, tr[64], mu[64];
    uint8_t signature[SIGNET_MLDSA44_SIGNATURE_SIZE] = {0};

    memcpy(pure + 2, seed_bytes, sizeof(seed_bytes));
    shake(signet_key_public(public_key), (signet_slice){NULL, 0}, tr, sizeof(tr));
    shake((signet_slice){tr, sizeof(tr)}, (signet_slice){pure, sizeof(pure)}, mu, sizeof(mu));
    shake((signet_slice){mu, sizeof(mu)}, (signet_slice){zeros, W1}, signature, CHALLENGE);
    for (size_t at = CHALLENGE; at < CHALLENGE + 2304; at += 9) { /* four coefficients of 18 bits */
        signature[at + 2] = 0x02;
        signature[at + 4] = 0x08;
        signature[at + 6] = 0x20;
        signature[at + 8] = 0x80;
    }
    REQUIRE(signet_buf_append(&forged, (signet_slice){signature, sizeof(signature)}, NULL));
}

static void
prepare(void)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    cms_signer signer = {.identity = &leaf}, mldsa44 = {.identity = &mldsa44_leaf};

    key = signet_key_from_seed(&signet_mldsa44, seed, NULL);
    REQUIRE(key && signet_key_sign(key, seed, &good, NULL));
    REQUIRE(signet_buf_append(&bad, signet_buf_slice(&good), NULL));
    bad.data[7] ^= 1;
    public_key = signet_key_from_public(&signet_mldsa44, signet_key_public(key), NULL);
    REQUIRE(public_key);
    forge();
    es256.key = signet_key_from_seed(&signet_es256, seed, NULL);
    REQUIRE(es256.key && signet_key_sign(es256.key, seed, &es256.good, NULL));
    REQUIRE(signet_buf_append(&es256.bad, signet_buf_slice(&es256.good), NULL));
    es256.bad.data[7] ^= 1;
    root = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    stranger = make_identity(&(identity_template){.name = "root", .extensions = {MADE_CA}});
    leaf = make_identity(
        &(identity_template){.name = "leaf", .issuer = &root, .extensions = {MADE_LEAF}});
    mldsa44_root = make_identity(
        &(identity_template){.name = "root", .key = "ML-DSA-44", .extensions = {MADE_CA}});
    mldsa44_leaf = make_identity(&(identity_template){
        .name = "leaf", .key = "ML-DSA-44", .issuer = &mldsa44_root, .extensions = {MADE_LEAF}});
    mldsa44_message = make_cms(&(cms_template){
        .signers = &mldsa44, .signer_count = 1, .content = signet_slice_text("content")});
    message = make_cms(&(cms_template){
        .signers = &signer, .signer_count = 1, .content = signet_slice_text("content")});
}

TEST(survives_every_refused_allocation_of_openssl)
{
    prepare();
    for (EACH(row, rows)) {
        for (int forever = 0; forever < 2; forever++) {
            unsigned number = 0;

            do
                run_with_fault(row, ++number, forever != 0);
            while (faults.has_failed && number < MOST_ALLOCATIONS);
            CHECK(!faults.has_failed);
            CHECK(number > 10); /* or nothing was counted */
        }
    }
    signet_key_free(public_key);
    signet_buf_free(&good);
    signet_buf_free(&bad);
    signet_buf_free(&forged);
    signet_key_free(es256.key);
    signet_buf_free(&es256.good);
    signet_buf_free(&es256.bad);
}

/* Before anything of OpenSSL has allocated. */
static void __attribute__((constructor)) take_over_memory(void)
{
    if (CRYPTO_set_mem_functions(allocate, reallocate, release) != 1)
        abort();
}

TESTS(TEST_OF(survives_every_refused_allocation_of_openssl))
