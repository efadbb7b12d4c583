/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "change.h"
#include "http/record.h"

enum { ROOM = 4096 };

static const uint8_t key_bytes[32] = {7}, digest[32] = {7}, signature[64] = {1};
static const signet_slice token_id = {digest, 16};
static const sg_record_rules reference = {
    .format = SG_RECORD_REFERENCE, .accepted = signet_only_ed25519};
static const sg_record_rules second = {.format = SG_RECORD_V2,
    .mac_key = {key_bytes, sizeof(key_bytes)},
    .accepted = signet_only_ed25519};
static signet_buf good_reference, good_second;

static void
prepare(void)
{
    static const uint8_t custom[] = {0xa2, 0x61, 'a', 0x82, 0x20, 0x61, '<', 0x61, 'b', 0xf6};
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0};
    signet_slice id = {digest, 32};
    signet_claims claims = {.issuer = signet_slice_text("issuer"),
        .subject = id,
        .expires = 1700000300,
        .not_before = 1700000000,
        .issued = 1700000000,
        .capability_id = token_id,
        .confirmation = id,
        .capabilities = {1, UINT64_MAX},
        .capability_count = 2,
        .custom = {custom, sizeof(custom)},
        .token_id = token_id,
        .epoch = UINT64_MAX};
    sg_record record = {.binding = {signature, sizeof(signature)},
        .purpose = signet_slice_text("purpose"),
        .metadata = {{signet_slice_text("pop_min"), signet_slice_text("x2")}},
        .metadata_count = 1};

    if (good_second.len > 0)
        return;
    PROPERTY(signet_token_encode(&claims, &token, NULL));
    record.token = signet_buf_slice(&token);
    record.master = signet_key_from_seed(&signet_ed25519, (signet_slice){key_bytes, 32}, NULL);
    record.ephemeral = record.master;
    PROPERTY(sg_record_write(&record, &reference, &good_reference, NULL));
    PROPERTY(sg_record_write(&record, &second, &good_second, NULL));
    signet_key_free(record.master);
}

/* What is read is of the token asked for, and what is written of it reads and writes the same. */
static bool
check(signet_slice value, const sg_record_rules *rules)
{
    SIGNET_AUTO(sg_record_free) sg_record read = {0}, again = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    signet_error err = {0};

    if (!sg_record_read(value, token_id, rules, &read, &err)) {
        PROPERTY(err.code != SIGNET_OK && err.code != SIGNET_E_USAGE && !read.master);
        return false;
    }
    PROPERTY(signet_slice_is_equal(read.claims.token_id, token_id));
    PROPERTY(read.token.len <= SIGNET_TOKEN_MAX && read.purpose.len <= SIGNET_PROOF_PURPOSE_MAX);
    if (!sg_record_write(&read, rules, &once, &err)) { /* shorter escapes than ours */
        PROPERTY(err.code == SIGNET_E_USAGE);
        return true;
    }
    PROPERTY(sg_record_read(signet_buf_slice(&once), token_id, rules, &again, NULL));
    PROPERTY(signet_slice_is_equal(read.token, again.token));
    PROPERTY(read.issued_at == again.issued_at && read.metadata_count == again.metadata_count);
    PROPERTY(sg_record_write(&again, rules, &twice, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
    return true;
}

/* Any text with a genuine MAC: what somebody who has the key might write. */
static void
check_authentic(signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    crypto_auth_hmacsha256_state state;
    uint8_t mac[32];
    char encoded[64];

    (void)crypto_auth_hmacsha256_init(&state, key_bytes, sizeof(key_bytes));
    (void)crypto_auth_hmacsha256_update(&state, (const uint8_t *)"signet-record-v2:", 17);
    (void)crypto_auth_hmacsha256_update(&state, text.ptr, text.len);
    (void)crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(
        encoded, sizeof(encoded), mac, sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    PROPERTY(signet_buf_append(&value, text, NULL));
    PROPERTY(signet_buf_printf(&value, NULL, ",\"hmac\":\"%s\"}", encoded));
    (void)check(signet_buf_slice(&value), &second);
}

/* Any text, and a good value changed as it says; nothing but the good one has a genuine MAC. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];
    signet_slice given = {data, size}, changed = {0};

    prepare();
    (void)check(given, &reference);
    (void)check(
        fuzz_change(signet_buf_slice(&good_reference), data, size, bytes, ROOM), &reference);
    changed = fuzz_change(signet_buf_slice(&good_second), data, size, bytes, ROOM);
    PROPERTY(
        check(changed, &second) == signet_slice_is_equal(changed, signet_buf_slice(&good_second)));
    check_authentic(given);
    if (changed.len > 54)
        check_authentic((signet_slice){changed.ptr, changed.len - 54});
    return 0;
}
