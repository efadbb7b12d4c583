/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the wire formats cost beside the bare Ed25519 operations that they rest on, by the same
 * library over messages of the same size.  All in turn, each input another one where a signature is
 * made; prints "name, tab, median in nanoseconds" lines.
 */
#include <stdio.h>

#include <signet/signet.h>

#include "measure.h"

enum { ROUNDS = 401, BATCH = 20, NOW = 1700000000 };

/* What the operations work on. */
static struct {
    signet_key *master, *ephemeral;
    signet_buf token, text, signed_bytes,
        signature; /* a full token, its SIG1 text, the bare bytes */
    signet_buf binding, binding_signature, request, request_signature;
    signet_claims claims; /* of `token` */
    signet_buf minted;    /* as many bytes as are signed in a new token */
    uint64_t counter;
} with;

static signet_slice
slice(const signet_buf *buf)
{
    return signet_buf_slice(buf);
}

static bool
verify_raw(signet_error *err)
{
    return signet_key_verify(with.master, slice(&with.signed_bytes), slice(&with.signature), err);
}

static bool
verify_sig1(signet_error *err)
{
    static signet_sig1 sig1;

    return signet_sig1_verify(signet_only_ed25519, slice(&with.text), with.master, &sig1, err);
}

static bool
read_token(signet_error *err)
{
    signet_claims claims;

    return signet_token_decode(slice(&with.token), &claims, err) &&
           signet_token_check_time(&claims, NOW, 0, err);
}

/* As many bytes as `mint` signs, and others each time. */
static bool
sign_raw(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    memcpy(with.minted.data, &with.counter, sizeof(with.counter));
    with.counter++;
    return signet_key_sign(with.ephemeral, slice(&with.minted), &out, err);
}

static bool
make_claims(signet_token_bytes *ret_bytes, signet_claims *ret_claims, signet_error *err)
{
    signet_token_request request = {
        .issuer = with.claims.issuer,
        .confirmation = with.claims.confirmation,
        .ephemeral_id = with.claims.ephemeral_id,
        .nonce = with.claims.nonce,
        .now = NOW,
        .validity_ms = 300000,
    };

    return signet_token_new(&request, ret_bytes, ret_claims, err);
}

static bool
mint(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_token_bytes bytes;
    signet_claims claims;

    return make_claims(&bytes, &claims, err) &&
           signet_sig1_encode(&claims, with.ephemeral, &out, err);
}

static bool
verify_two(signet_error *err)
{
    return signet_key_verify(
               with.master, slice(&with.binding), slice(&with.binding_signature), err) &&
           signet_key_verify(
               with.ephemeral, slice(&with.request), slice(&with.request_signature), err);
}

static bool
verify_proof(signet_error *err)
{
    signet_binding binding = {with.ephemeral, with.master, NOW + 300, signet_slice_text("http"),
        slice(&with.binding_signature)};

    return signet_proof_check(signet_only_ed25519, &binding, slice(&with.request),
        slice(&with.request_signature), NOW, err);
}

static const measure_row rows[] = {
    {"raw verify", verify_raw},
    {"sig1 verify", verify_sig1},
    {"token read", read_token},
    {"raw sign", sign_raw},
    {"sig1 mint", mint},
    {"two raw verify", verify_two},
    {"proof verify", verify_proof},
};

/* Every claim that there is, none of them a secret. */
static bool
write_token(signet_error *err)
{
    static const uint8_t bytes[32] = {1, 2, 3}, map[] = {0xa1, 0x62, 'i', 'd', 0x62, 'm', 'e'};
    static const uint8_t chain[] = {0x80}, empty_map[] = {0xa0};
    signet_slice id = {bytes, 32}, half = {bytes, 16}, who = {map, sizeof(map)};
    signet_claims claims = {
        .issuer = signet_slice_text("https://issuer.example.org"),
        .audience = signet_slice_text("https://api.example.org"),
        .subject = id,
        .expires = NOW + 300,
        .not_before = NOW,
        .issued = NOW,
        .capability_id = half,
        .capability_version = 3,
        .confirmation = id,
        .key_id = half,
        .capabilities = {1, 2, 0x100, 0x200},
        .capability_count = 4,
        .custom = who,
        .token_id = half,
        .actor = who,
        .delegator = who,
        .audience_text = signet_slice_text("the API"),
        .nonce = half,
        .ephemeral_id = id,
        .epoch = 7,
        .chain = {chain, sizeof(chain)},
        .environment = {empty_map, sizeof(empty_map)},
        .boundary = {empty_map, sizeof(empty_map)},
        .attestations = {chain, sizeof(chain)},
    };

    return signet_token_encode(&claims, &with.token, err) &&
           signet_token_decode(slice(&with.token), &with.claims, err);
}

static bool
prepare(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf cose = {0};
    signet_token_bytes bytes;
    signet_claims claims;

    with.master = signet_key_generate(&signet_ed25519, err);
    with.ephemeral = with.master ? signet_key_generate(&signet_ed25519, err) : NULL;
    return with.ephemeral && write_token(err) &&
           signet_sig1_encode_token(slice(&with.token), with.master, &with.text, err) &&
           signet_cose_sign(with.master, slice(&with.token), &cose, err) &&
           /* of the size of what COSE signs: a header of 4, 12 more, and the payload */
           signet_buf_append(&with.signed_bytes, (signet_slice){cose.data, 20}, err) &&
           signet_buf_append(&with.signed_bytes, slice(&with.token), err) &&
           signet_key_sign(with.master, slice(&with.signed_bytes), &with.signature, err) &&
           make_claims(&bytes, &claims, err) &&
           signet_buf_append(&with.minted, (signet_slice){cose.data, 20}, err) &&
           signet_token_encode(&claims, &with.minted, err) &&
           signet_binding_write(
               with.ephemeral, NOW + 300, signet_slice_text("http"), &with.binding, err) &&
           signet_key_sign(with.master, slice(&with.binding), &with.binding_signature, err) &&
           signet_buf_printf(
               &with.request, err, "GET|/protected/resource?and=query|%d|%022d", NOW, 7) &&
           signet_key_sign(with.ephemeral, slice(&with.request), &with.request_signature, err);
}

int
main(void)
{
    signet_error err = {0};

    if (prepare(&err) && measure_rows(rows, sizeof(rows) / sizeof(rows[0]), ROUNDS, BATCH, &err))
        return 0;
    fprintf(stderr, "wire: %s\n", err.message);
    return 1;
}
