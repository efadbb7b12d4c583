/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What making an HTTP proof costs beside one bare Ed25519 signature of the bytes that it signs.
 * All in turn; prints "name, tab, median in nanoseconds" lines.
 */
#include <stdio.h>

#include <signet/signer.h>

#include "http/binding_text.h"
#include "measure.h"

enum { ROUNDS = 801, BATCH = 20, NOW = 1700000000 };

static const char url[] = "https://api.example.com/protected/resource?and=query&n=1234";

static struct {
    signet_key *key;
    signet_credential *credential;
    signet_buf text, out;
} with;

static bool
sign_raw(signet_error *err)
{
    with.out.len = 0;
    return signet_key_sign(with.key, signet_buf_slice(&with.text), &with.out, err);
}

static bool
make(bool is_compact, bool is_strong_only, signet_error *err)
{
    const signet_sign_order order = {.url = url,
        .request.method = signet_slice_text("GET"),
        .is_compact = is_compact,
        .is_strong_only = is_strong_only};

    with.out.len = 0;
    return signet_credential_sign(with.credential, &order, NOW, &with.out, err);
}

static bool
make_strong(signet_error *err)
{
    return make(true, true, err);
}

static bool
make_strong_whole(signet_error *err)
{
    return make(false, true, err);
}

static bool
make_both(signet_error *err)
{
    return make(true, false, err);
}

static bool
make_both_whole(signet_error *err)
{
    return make(false, false, err);
}

static const measure_row rows[] = {
    {"raw sign, http", sign_raw},
    {"http proof, one signature", make_strong},
    {"http proof, one signature, whole token", make_strong_whole},
    {"http proof, two signatures", make_both},
    {"http proof, two signatures, whole token", make_both_whole},
};

static bool
prepare(signet_error *err)
{
    static const uint8_t bytes[32] = {1};
    const sg_binding_text text = {.method = signet_slice_text("GET"),
        .authority = signet_slice_text("api.example.com"),
        .target = signet_slice_text("/protected/resource?and=query&n=1234"),
        .digest = {bytes, 32},
        .token_id = {bytes, 16},
        .nonce = {bytes, 16},
        .time = NOW,
        .token_hash = {bytes, 32}};
    signet_credential_request request = {
        .issuer = "issuer.example", .purpose = "api-access", .now = NOW};

    with.key = signet_key_generate(&signet_ed25519, err);
    if (!with.key || !sg_binding_text_write(&text, &with.text, err))
        return false;
    request.master = with.key;
    with.credential = signet_credential_new(&request, err);
    return with.credential != NULL;
}

int
main(void)
{
    signet_error err = {0};

    if (prepare(&err) && measure_rows(rows, sizeof(rows) / sizeof(rows[0]), ROUNDS, BATCH, &err))
        return 0;
    fprintf(stderr, "signer: %s\n", err.message);
    return 1;
}
