/* SPDX-License-Identifier: Apache-2.0 */
/* trust: a file is read whole or not at all, and no verdict gets better for want of memory. */
#include <signet/trust.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "faults.h"
#include "harness.h"

#define ED1 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define ED2 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"

enum { NOW = 1795600000 };

static const uint8_t seed[SIGNET_SEED_SIZE] = {7};
static signet_buf direct, bridged; /* messages, made while there was memory */
static char own_line[128], hybrid_line[4096];

static bool
read_file(signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    signet_slice text = signet_slice_text("a ed25519=" ED1 " valid-after=2026-01-01\n"
                                          "\"b c\" spki=MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+"
                                          "vJyYLM8uxJaMwM1V8Sr0Zgw=\n");

    trust = signet_trust_new(err);
    if (!trust)
        return false;
    if (signet_trust_parse(trust, signet_only_ed25519, text, err))
        return true;
    REQUIRE(signet_trust_count(trust) == 0);
    return false;
}

static bool
read_and_write_an_unread_key(signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    trust = signet_trust_new(err);
    if (!trust ||
        !signet_trust_parse(trust, signet_only_ed25519, signet_slice_text(hybrid_line), err))
        return false;
    if (signet_trust_write(signet_trust_at(trust, 0), &out, err))
        return true;
    REQUIRE(out.len == 0);
    return false;
}

static bool
add_a_second_text(signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;

    trust = signet_trust_new(err);
    if (!trust ||
        !signet_trust_parse(trust, signet_only_ed25519, signet_slice_text("a ed25519=" ED1), err))
        return false;
    if (signet_trust_parse(trust, signet_only_ed25519, signet_slice_text("b ed25519=" ED2), err))
        return true;
    REQUIRE(signet_trust_count(trust) == 1);
    REQUIRE(signet_trust_find(trust, signet_trust_at(trust, 0)->keys[0]));
    return false;
}

/* Without memory a good message may be anything but good, and its reason is there. */
static bool
judge(const signet_buf *message, signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    signet_judgement found;
    uint8_t digest[64];
    signet_cms_content content = {.digest = {digest, sizeof(digest)}};

    sg_sha512(signet_slice_text("content"), digest);
    trust = signet_trust_new(err);
    if (!trust || !signet_trust_parse(trust, signet_only_ed25519, signet_slice_text(own_line), err))
        return false;
    if (signet_judge(trust, signet_only_ed25519, signet_buf_slice(message), &content, NULL, &found))
        return true;
    REQUIRE(found.verdict != SIGNET_VERDICT_GOOD && found.verdict != SIGNET_VERDICT_BAD);
    REQUIRE(found.reason.message[0] != '\0');
    /* a bridge whose key there is no memory for is no bridge; that answer is safe, if not exact */
    if (found.verdict == SIGNET_VERDICT_UNKNOWN)
        found.reason.code = SIGNET_E_NOMEM;
    *err = found.reason;
    return false;
}

static bool
judge_direct(signet_error *err)
{
    return judge(&direct, err);
}

static bool
judge_bridged(signet_error *err)
{
    return judge(&bridged, err);
}

/* clang-format off */
static const faults_row rows[] = {
    {"a trust file",               read_file,                    7},
    {"an unread key",              read_and_write_an_unread_key, 8},
    {"a second text",              add_a_second_text,            8},
    {"a judgement",                judge_direct,                 6},
    {"a judgement with a bridge",  judge_bridged,                7},
};
/* clang-format on */

static void
make_messages(void)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *master =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    SIGNET_AUTO(signet_key_free)
    signet_key *bridge_key = signet_key_generate(&signet_ed25519, NULL);
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0}, bridge = {0}, id = {0}, base64 = {0};
    static const uint8_t mldsa[SIGNET_MLDSA44_PUBLIC_SIZE] = {1};
    uint8_t digest[64];
    signet_slice signed_digest = {digest, sizeof(digest)};
    signet_cert_template wanted = {.kind = SIGNET_CERT_BRIDGE,
        .issuer = master,
        .email = "a@example.com",
        .now = NOW,
        .validity = 86400};
    signet_cms_signer signer = {.master = master};

    REQUIRE(master && bridge_key);
    sg_sha512(signet_slice_text("content"), digest);
    REQUIRE(signet_cms_sign(&signer, 1, signed_digest, NOW, &direct, NULL));
    REQUIRE(signet_key_write_spki(bridge_key, &spki, NULL));
    wanted.subject_spki = signet_buf_slice(&spki);
    REQUIRE(signet_cert_issue(&wanted, &bridge, NULL));
    signer.bridge = signet_buf_slice(&bridge);
    signer.bridge_key = bridge_key;
    REQUIRE(signet_cms_sign(&signer, 1, signed_digest, NOW, &bridged, NULL));
    REQUIRE(signet_key_write_id(master, &id, NULL));
    (void)snprintf(own_line, sizeof(own_line), "me ed25519=%.*s\n", (int)id.len, (char *)id.data);
    REQUIRE(sg_base64_append(&base64, (signet_slice){mldsa, sizeof(mldsa)}, 0, NULL));
    (void)snprintf(hybrid_line, sizeof(hybrid_line), "me ed25519=%.*s ml-dsa-44=%.*s\n",
        (int)id.len, (char *)id.data, (int)base64.len, (char *)base64.data);
}

TEST(survives_every_refused_allocation)
{
    make_messages();
    for (EACH(row, rows))
        faults_exhaust(row);
    signet_buf_free(&direct);
    signet_buf_free(&bridged);
}

TESTS(TEST_OF(survives_every_refused_allocation))
