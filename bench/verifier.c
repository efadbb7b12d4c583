/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging an HTTP proof costs beside one bare Ed25519 verification of the bytes that it signs,
 * when the token was seen before.  The requests differ.  All in turn; prints "name, tab, median in
 * nanoseconds" lines.
 */
#include <stdio.h>

#include <signet/verifier.h>

#include "crypto/digest.h"
#include "http/binding_text.h"
#include "http/header.h"
#include "http/record.h"
#include "http/target.h"
#include "measure.h"

enum { ROUNDS = 401, BATCH = 20, NOW = 1700000000, REQUESTS = 256 };

/* A request, and what of it is signed. */
typedef struct {
    char target[64];
    signet_buf plain, strong; /* values of the field */
    signet_buf text, signature;
} request;

static struct {
    signet_key *master, *ephemeral;
    signet_buf token, binding_text, binding, record;
    uint8_t token_id[16], capability_id[16], confirmation[32], ephemeral_id[32];
    request requests[REQUESTS];
    size_t turn;
    signet_verifier *verifier;
    signet_verifier_cache *cache;
} with;

static signet_slice
slice(const signet_buf *buf)
{
    return signet_buf_slice(buf);
}

static const request *
next(void)
{
    return &with.requests[with.turn++ % REQUESTS];
}

static bool
verify_raw(signet_error *err)
{
    const request *one = next();

    return signet_key_verify(with.ephemeral, slice(&one->text), slice(&one->signature), err);
}

static bool
judge(const request *one, const signet_buf *value, signet_binding_policy binding, signet_error *err)
{
    const signet_http_field fields[] = {
        {signet_slice_text("host"), signet_slice_text("api.example.com")},
        {signet_slice_text("user-agent"), signet_slice_text("bench")},
        {signet_slice_text("accept"), signet_slice_text("*/*")},
        {signet_slice_text("signet-proof"), slice(value)}};
    const signet_http_facts facts = {
        .request = {signet_slice_text("GET"), signet_slice_text("https"), fields[0].value,
            signet_slice_text(one->target), fields, sizeof(fields) / sizeof(fields[0])}};
    const signet_verifier_policy policy = {.binding = binding};
    SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;

    it = signet_verification_new(with.verifier, with.cache, &policy, &facts, NOW, err);
    if (!it)
        return false;
    signet_verification_give_record(it, SIGNET_LOOKUP_FOUND, slice(&with.record));
    if (signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_FRESH)
        signet_verification_give_fresh(it, SIGNET_REPLAY_FRESH);
    if (signet_verification_state(it) == SIGNET_VERIFICATION_ACCEPTED)
        return true;
    *err = *signet_verification_reason(it);
    return false;
}

static bool
verify_plain(signet_error *err)
{
    const request *one = next();

    return judge(one, &one->plain, SIGNET_BINDING_OFF, err);
}

static bool
verify_strong(signet_error *err)
{
    const request *one = next();

    return judge(one, &one->strong, SIGNET_BINDING_REQUIRED, err);
}

static const measure_row rows[] = {
    {"raw verify, http", verify_raw},
    {"http verify, plain", verify_plain},
    {"http verify, bound", verify_strong},
};

static bool
make_request(size_t number, request *one, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, signature = {0};
    const sg_target_rules rules = {0};
    uint8_t nonce[16] = {0}, digest[32] = {0};
    sg_target target = {0};
    sg_request_text plain = {signet_slice_text("GET"), &target, NOW, {nonce, sizeof(nonce)}};
    sg_binding_text strong = {signet_slice_text("GET"), signet_slice_text("api.example.com"), {0},
        {0}, {with.token_id, 16}, {nonce, sizeof(nonce)}, NOW, {digest, sizeof(digest)}};
    sg_proof_header header = {.mode = signet_slice_text("compact"),
        .token_id = {with.token_id, 16},
        .capability_id = {with.capability_id, 16},
        .nonce = {nonce, sizeof(nonce)},
        .time = NOW};

    memcpy(nonce, &number, sizeof(number));
    (void)snprintf(one->target, sizeof(one->target), "/protected/resource?and=query&n=%zu", number);
    sg_sha256(slice(&with.token), digest);
    if (!sg_target_read(signet_slice_text(one->target), &rules, &target, err) ||
        !sg_request_text_write(&plain, &text, err) ||
        !signet_key_sign(with.ephemeral, slice(&text), &signature, err))
        return false;
    header.signature = slice(&signature);
    strong.target = target.raw;
    if (!sg_proof_header_write(&header, &one->plain, err) ||
        !sg_binding_text_write(&strong, &one->text, err) ||
        !signet_key_sign(with.ephemeral, slice(&one->text), &one->signature, err))
        return false;
    header.extension = signet_slice_text("2");
    header.strong_signature = slice(&one->signature);
    return sg_proof_header_write(&header, &one->strong, err);
}

static bool
make_record(signet_error *err)
{
    static const uint8_t mac_key[32] = {1};
    const sg_record_rules rules = {SG_RECORD_V2, {mac_key, sizeof(mac_key)}, signet_only_ed25519};
    const signet_verifier_key key = {.issuer = "issuer.example", .key = with.master};
    static const char *const origins[] = {"https://api.example.com", NULL};
    const signet_verifier_options options = {
        .keys = &key, .key_count = 1, .origins = origins, .record_key = rules.mac_key};
    const signet_claims claims = {.issuer = signet_slice_text("issuer.example"),
        .subject = {with.ephemeral_id, 32},
        .expires = NOW + 300,
        .not_before = NOW,
        .issued = NOW,
        .capability_id = {with.capability_id, 16},
        .confirmation = {with.confirmation, 32},
        .token_id = {with.token_id, 16},
        .ephemeral_id = {with.ephemeral_id, 32}};
    sg_record record = {.master = with.master,
        .ephemeral = with.ephemeral,
        .issued_at = NOW,
        .purpose = signet_slice_text("api-access")};

    if (!signet_token_encode(&claims, &with.token, err) ||
        !signet_binding_write(with.ephemeral, NOW + 300, record.purpose, &with.binding_text, err) ||
        !signet_key_sign(with.master, slice(&with.binding_text), &with.binding, err))
        return false;
    record.token = slice(&with.token);
    record.binding = slice(&with.binding);
    with.verifier = signet_verifier_new(&options, err);
    with.cache = with.verifier ? signet_verifier_cache_new(0, err) : NULL;
    return with.cache && sg_record_write(&record, &rules, &with.record, err);
}

static bool
prepare(signet_error *err)
{
    with.master = signet_key_generate(&signet_ed25519, err);
    with.ephemeral = with.master ? signet_key_generate(&signet_ed25519, err) : NULL;
    if (!with.ephemeral)
        return false;
    signet_key_confirmation(with.master, with.confirmation);
    signet_key_confirmation(with.ephemeral, with.ephemeral_id);
    if (!signet_capability_id_of_keys((signet_slice){with.ephemeral_id, 32},
            (signet_slice){with.confirmation, 32}, with.capability_id, err) ||
        !make_record(err))
        return false;
    for (size_t i = 0; i < REQUESTS; i++) {
        if (!make_request(i, &with.requests[i], err))
            return false;
    }
    return true;
}

int
main(void)
{
    signet_error err = {0};

    if (prepare(&err) && measure_rows(rows, sizeof(rows) / sizeof(rows[0]), ROUNDS, BATCH, &err))
        return 0;
    fprintf(stderr, "verifier: %s\n", err.message);
    return 1;
}
