/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"
#include "harness.h"
#include "signing.h"

signet_key *masters[PEOPLE][2];
static const signet_algorithm *const algorithms[] = {&signet_ed25519, &signet_mldsa44};

/* What a leaf is made of; the wide twin differs in its validity alone. */
typedef struct {
    const signet_key *issuer;
    const signet_cert *parent;
    signet_key *key;
    signet_buf leaf, wide, bridge, wrong_bridge;
    signet_slice bridge_slice;
    signet_cert bridge_cert;
    signet_key *bridge_key, *wrong_key;
} made;

static void
free_made(made *one)
{
    signet_key_free(one->key);
    signet_key_free(one->bridge_key);
    signet_key_free(one->wrong_key);
    signet_buf_free(&one->leaf);
    signet_buf_free(&one->wide);
    signet_buf_free(&one->bridge);
    signet_buf_free(&one->wrong_bridge);
}

static void
issue(const signet_cert_template *wanted, const signet_key *subject, signet_buf *out)
{
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0};
    signet_cert_template complete = *wanted;
    signet_error err = {0};

    REQUIRE(signet_key_write_spki(subject, &spki, NULL));
    complete.subject_spki = signet_buf_slice(&spki);
    if (!signet_cert_issue(&complete, out, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
}

static void
make_bridge(const plan *how, int who, size_t algorithm, made *one)
{
    bool is_leaf = how->bridge == LEAF_AS_BRIDGE;
    bool is_mixed = how->bridge == MIXED_BRIDGE;
    signet_cert_template wanted = {
        .kind = is_leaf ? SIGNET_CERT_LEAF : SIGNET_CERT_BRIDGE,
        .issuer = masters[how->bridge == EVES_BRIDGE ? EVE : who][algorithm],
        .email = "bridge@example.com",
        .now = how->bridge == OLD_BRIDGE ? START - (int64_t)30 * DAY : START,
        .validity = DAY,
    };

    if (how->bridge == NO_BRIDGE)
        return;
    one->bridge_key = signet_key_generate(algorithms[is_mixed ? MLDSA44 : algorithm], NULL);
    REQUIRE(one->bridge_key);
    issue(&wanted, one->bridge_key, &one->bridge);
    one->bridge_slice = signet_buf_slice(&one->bridge);
    REQUIRE(signet_cert_read(one->bridge_slice, &one->bridge_cert, NULL));
    one->parent = &one->bridge_cert;
    one->issuer = one->bridge_key;
    if (how->bridge == WRONG_BRIDGE) { /* in the message, another one of the same name */
        one->wrong_key = signet_key_generate(algorithms[algorithm], NULL);
        REQUIRE(one->wrong_key);
        issue(&wanted, one->wrong_key, &one->wrong_bridge);
        one->bridge_slice = signet_buf_slice(&one->wrong_bridge);
    }
}

/* Signing outside a leaf's window is refused, so a wide twin stands in while signing. */
static void
make_leaf(const plan *how, int who, size_t algorithm, made *one)
{
    uint8_t serial[16] = {0x12, (uint8_t)algorithm}; /* the same for both twins */
    signet_cert_template wanted = {
        .kind = how->kind ? how->kind : SIGNET_CERT_LEAF,
        .serial = {serial, sizeof(serial)},
        .now = START,
        .validity = VALIDITY,
        .email = "authority@example.com",
    };

    one->issuer = masters[who][how->is_crossed ? !algorithm : algorithm];
    one->key = signet_key_generate(algorithms[algorithm], NULL);
    REQUIRE(one->key);
    make_bridge(how, who, algorithm, one);
    wanted.issuer = one->issuer;
    wanted.parent = one->parent;
    issue(&wanted, one->key, &one->leaf);
    wanted.now -= DAY;
    wanted.validity += (int64_t)3 * DAY;
    issue(&wanted, one->key, &one->wide);
    REQUIRE(one->leaf.len == one->wide.len);
    if (how->has_false_hint) {
        uint8_t hers[20], alices[20];
        uint8_t *at = NULL;

        signet_key_ski(masters[who][algorithm], hers);
        signet_key_ski(masters[ALICE][algorithm], alices);
        at = memmem(one->leaf.data, one->leaf.len, hers, sizeof(hers));
        REQUIRE(at);
        memcpy(at, alices, sizeof(alices));
    }
}

static void
put_in(signet_buf *message, const made *one)
{
    uint8_t *at = memmem(message->data, message->len, one->wide.data, one->wide.len);

    REQUIRE(at);
    memcpy(at, one->leaf.data, one->leaf.len);
}

/* The last byte of the message ends the last signature; the first one ends 2420 bytes earlier. */
static void
do_harm(const plan *how, signet_buf *message)
{
    static const uint8_t ed25519_signature[] = {0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x40};
    uint8_t *at = NULL;

    if (how->harm == ED25519_FLIPPED) {
        at = memmem(message->data, message->len, ed25519_signature, sizeof(ed25519_signature));
        REQUIRE(at);
        at[sizeof(ed25519_signature)] ^= 1;
    } else if (how->harm == MLDSA44_FLIPPED) {
        message->data[message->len - 100] ^= 1;
    } else if (how->harm == NO_END) {
        message->len--;
    } else if (how->harm == TRAILING) {
        REQUIRE(signet_buf_append(message, signet_slice_text("\n"), NULL));
    }
}

void
make_message(const plan *how, signet_buf *out)
{
    made both[2] = {0};
    signet_cms_leaf leaves[2];
    uint8_t digest[64];
    size_t count = how->by == HYBRID ? 2 : 1;
    signet_error err = {0};
    bool is_made = false;

    sg_sha512(signet_slice_text(how->harm == OTHER_CONTENT ? "something else" : CONTENT), digest);
    for (size_t i = 0; i < count; i++) {
        size_t algorithm = how->by == HYBRID ? i : (size_t)how->by;

        make_leaf(
            how, i == 1 && how->is_second_other ? how->second_who : how->who, algorithm, &both[i]);
        leaves[i] = (signet_cms_leaf){.leaf = signet_buf_slice(&both[i].wide),
            .key = both[i].key,
            .intermediates = &both[i].bridge_slice,
            .intermediate_count = how->bridge != NO_BRIDGE};
    }
    is_made = how->is_plain
                  ? signet_cms_encode_plain(leaves, signet_slice_text(CONTENT), START, out, &err)
                  : signet_cms_encode(leaves, count, (signet_slice){digest, sizeof(digest)},
                        START + how->offset, out, &err);
    if (!is_made)
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    for (size_t i = 0; i < count; i++) {
        put_in(out, &both[i]);
        free_made(&both[i]);
    }
    do_harm(how, out);
}

int
make_people(void **state)
{
    (void)state;
    for (size_t who = 0; who < PEOPLE; who++) {
        for (size_t i = 0; i < 2; i++) {
            uint8_t seed[SIGNET_SEED_SIZE] = {(uint8_t)who, (uint8_t)i};

            masters[who][i] =
                signet_key_from_seed(algorithms[i], (signet_slice){seed, sizeof(seed)}, NULL);
            if (!masters[who][i])
                return -1;
        }
    }
    return 0;
}

int
free_people(void **state)
{
    (void)state;
    for (size_t who = 0; who < PEOPLE; who++) {
        signet_key_free(masters[who][0]);
        signet_key_free(masters[who][1]);
    }
    return 0;
}
