/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/pki.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "fuzz.h"

enum { SIGNED_AT = 1780000000 };

static const char content[] = "what was signed\n";
static const uint8_t seed[SIGNET_SEED_SIZE] = {'m', 'a', 's', 't', 'e', 'r'};

/* The key of `seed`, the one message that was ever signed under it, and its parts. */
static struct {
    signet_key *master;
    signet_buf message;
    signet_cms parts;
    uint8_t digest[SIGNET_SHA512_SIZE];
} genuine;

/* The leaf's key is the same in each run, so that the message is, and can be in the corpus. */
static bool
always_the_same(uint8_t *ret_bytes, size_t len)
{
    memset(ret_bytes, 0x5a, len);
    return true;
}

static void
forget_genuine(void)
{
    signet_key_free(genuine.master);
    signet_buf_free(&genuine.message);
}

static void
sign_once(void)
{
    signet_cms_signer signer = {0};

    if (genuine.master)
        return;
    sg_random_set_source(always_the_same);
    genuine.master =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    PROPERTY(genuine.master && atexit(forget_genuine) == 0);
    signer.master = genuine.master;
    sg_sha512(signet_slice_text(content), genuine.digest);
    PROPERTY(signet_cms_sign(&signer, 1, (signet_slice){genuine.digest, sizeof(genuine.digest)},
        SIGNED_AT, &genuine.message, NULL));
    PROPERTY(signet_cms_read(
        signet_only_ed25519, signet_buf_slice(&genuine.message), &genuine.parts, NULL));
}

static bool
is_within(signet_slice part, signet_slice whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.len <= whole.len &&
                                part.ptr + part.len <= whole.ptr + whole.len);
}

static void
check_form(const signet_cms *cms, signet_slice message)
{
    PROPERTY(cms->signer_count >= 1 && cms->signer_count <= SIGNET_CMS_SIGNERS_MAX);
    PROPERTY(cms->cert_count >= 1 && cms->cert_count <= SIGNET_CMS_CERTS_MAX);
    for (size_t i = 0; i < cms->signer_count; i++) {
        PROPERTY(is_within(cms->signers[i].leaf.der, message));
        PROPERTY(is_within(cms->signers[i].attributes, message));
        PROPERTY(is_within(cms->signers[i].digest, message));
        PROPERTY(is_within(cms->signers[i].signature, message));
    }
    for (size_t i = 0; i < cms->cert_count; i++)
        PROPERTY(is_within(cms->certs[i].der, message));
}

static bool
is_genuine(const signet_cms *cms, size_t index)
{
    signet_cms_content signed_content = {.digest = {genuine.digest, sizeof(genuine.digest)},
        .has_bytes = true,
        .bytes = signet_slice_text(content)};

    return signet_cms_check_signature(cms, index, &signed_content, NULL) &&
           signet_cms_check_chain(cms, index, genuine.master, SIGNED_AT, NULL, NULL, NULL);
}

/* Signed by a leaf of the master key: then nothing that is under a signature was changed. */
static void
check_not_forged(const signet_cms *cms, size_t index)
{
    const signet_cms_signer_info *signer = &cms->signers[index], *only = &genuine.parts.signers[0];

    if (!is_genuine(cms, index))
        return;
    PROPERTY(signet_slice_is_equal(signer->leaf.der, only->leaf.der));
    PROPERTY(signet_slice_is_equal(signer->attributes, only->attributes));
    PROPERTY(signet_slice_is_equal(signer->signature, only->signature));
    PROPERTY(signer->has_signing_time && signer->signing_time == SIGNED_AT);
}

/* Three bytes are a place in the genuine message and another byte for it: never genuine again. */
static void
check_change(const uint8_t change[3])
{
    size_t at = (size_t)(change[0] << 8 | change[1]) % genuine.message.len;
    uint8_t kept = genuine.message.data[at];
    signet_cms cms = {0};

    genuine.message.data[at] = change[2];
    if (change[2] != kept &&
        signet_cms_read(signet_only_ed25519, signet_buf_slice(&genuine.message), &cms, NULL))
        PROPERTY(!is_genuine(&cms, 0));
    genuine.message.data[at] = kept;
}

/* What was taken out of armour goes into it again and comes out the same. */
static void
check_armor(signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0}, armored = {0}, again = {0};

    if (!signet_cms_dearmor(text, &der, NULL))
        return;
    PROPERTY(signet_cms_armor(signet_buf_slice(&der), "CMS", &armored, NULL));
    PROPERTY(signet_cms_dearmor(signet_buf_slice(&armored), &again, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&der), signet_buf_slice(&again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_slice message = {data, size};
    signet_cms cms = {0};

    sign_once();
    check_armor(message);
    if (size == 3)
        check_change(data);
    if (!signet_cms_read(signet_all_algorithms, message, &cms, NULL))
        return 0;
    check_form(&cms, message);
    for (size_t i = 0; i < cms.signer_count; i++)
        check_not_forged(&cms, i);
    return 0;
}
