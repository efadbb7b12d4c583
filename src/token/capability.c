/* SPDX-License-Identifier: Apache-2.0 */
/* Capability numbers and their ids, tokens.md 3.10 to 3.12. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <signet/token.h>

#include "base/secret.h"
#include "codec/cbor.h"
#include "crypto/digest.h"

enum { LIST_MAX = 4096, PPID_SECRET_MIN = 32, CUSTOM_FIRST = 0x10000 };

static const signet_capability registry[] = {
    {0x01, "read"},
    {0x02, "write"},
    {0x04, "admin"},
    {0x0100, "env:prod"},
    {0x0200, "limit:100"},
    {0x0300, "impersonate"},
    {0, NULL},
};

static int
compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void
finish_id(signet_slice message, uint8_t ret_id[SIGNET_CAPABILITY_ID_SIZE])
{
    uint8_t digest[32];

    sg_sha256(message, digest);
    memcpy(ret_id, digest, SIGNET_CAPABILITY_ID_SIZE);
}

bool
signet_capability_id(const uint64_t *numbers, size_t count,
    uint8_t ret_id[SIGNET_CAPABILITY_ID_SIZE], signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf copy = {0}, message = {0};
    uint64_t *sorted = NULL;
    size_t unique = 0;
    sg_cbor_writer to = {0};

    if (count > LIST_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%zu capabilities are too many", count);
    if (!signet_buf_append(
            &copy, (signet_slice){(const uint8_t *)numbers, count * sizeof(*numbers)}, err) ||
        !signet_buf_printf(&message, err, "signet-capability-v1:"))
        return false;
    sorted = (uint64_t *)(void *)copy.data;
    if (count > 0)
        qsort(sorted, count, sizeof(*sorted), compare_numbers);
    for (size_t i = 0; i < count; i++) {
        if (unique == 0 || sorted[unique - 1] != sorted[i])
            sorted[unique++] = sorted[i];
    }
    to = sg_cbor_writer_to(&message);
    sg_cbor_write_array(&to, unique);
    for (size_t i = 0; i < unique; i++)
        sg_cbor_write_uint(&to, sorted[i]);
    if (!sg_cbor_write_end(&to, err))
        return false;
    finish_id(signet_buf_slice(&message), ret_id);
    return true;
}

bool
signet_capability_id_check(
    signet_slice id, const uint64_t *numbers, size_t count, signet_error *err)
{
    uint8_t expected[SIGNET_CAPABILITY_ID_SIZE];

    if (!signet_capability_id(numbers, count, expected, err))
        return false;
    if (!sg_equal(id, (signet_slice){expected, sizeof(expected)}))
        return signet_fail(err, SIGNET_E_TOKEN, "cap_id: not that of the capabilities");
    return true;
}

bool
signet_capability_id_of_keys(signet_slice ephemeral_id, signet_slice confirmation,
    uint8_t ret_id[SIGNET_CAPABILITY_ID_SIZE], signet_error *err)
{
    static const char prefix[] = "signet-capability-v1"; /* without the colon of formula A */
    static const uint8_t length[] = {0, 0, 0, 32};
    uint8_t message[sizeof(prefix) - 1 + 2 * (sizeof(length) + 32)];
    uint8_t *at = message;

    if (ephemeral_id.len != 32 || confirmation.len != 32)
        return signet_fail(err, SIGNET_E_TOKEN, "eph_kid and cnf: must have 32 bytes");
    memcpy(at, prefix, sizeof(prefix) - 1);
    at += sizeof(prefix) - 1;
    memcpy(at, length, sizeof(length));
    memcpy(at + sizeof(length), ephemeral_id.ptr, 32);
    at += sizeof(length) + 32;
    memcpy(at, length, sizeof(length));
    memcpy(at + sizeof(length), confirmation.ptr, 32);
    finish_id((signet_slice){message, sizeof(message)}, ret_id);
    return true;
}

bool
signet_token_check_capabilities(const signet_claims *claims, signet_error *err)
{
    uint8_t expected[SIGNET_CAPABILITY_ID_SIZE];
    signet_slice expected_id = {expected, sizeof(expected)};

    for (size_t i = 1; i < claims->capability_count; i++) {
        if (claims->capabilities[i] <= claims->capabilities[i - 1])
            return signet_fail(
                err, SIGNET_E_TOKEN, "cap_tokens: not in ascending order, or doubled");
    }
    if (claims->capability_count > 0)
        return signet_capability_id_check(
            claims->capability_id, claims->capabilities, claims->capability_count, err);
    if (signet_capability_id_check(claims->capability_id, NULL, 0, NULL))
        return true;
    if (claims->ephemeral_id.len == 32 &&
        signet_capability_id_of_keys(claims->ephemeral_id, claims->confirmation, expected, NULL) &&
        sg_equal(claims->capability_id, expected_id))
        return true;
    return signet_fail(err, SIGNET_E_TOKEN, "cap_id: of no capabilities that are named");
}

const signet_capability *
signet_capability_registry(void)
{
    return registry;
}

const char *
signet_capability_name(uint64_t number)
{
    for (const signet_capability *row = registry; row->name; row++) {
        if (row->number == number)
            return row->name;
    }
    return NULL;
}

const char *
signet_capability_range(uint64_t number)
{
    static const struct {
        uint64_t last;
        const char *name;
    } ranges[] = {
        {0, "reserved"},
        {0xff, "action"},
        {0x1ff, "resource"},
        {0x2ff, "constraint"},
        {0x3ff, "special"},
        {0xffff, "reserved"},
        {CUSTOM_FIRST + 0xffff, "custom"},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (number <= ranges[i].last)
            return ranges[i].name;
    }
    return "reserved";
}

bool
signet_capability_parse(const char *text, uint64_t *ret_number, signet_error *err)
{
    int base = strncmp(text, "0x", 2) == 0 ? 16 : 10;
    const char *digits = base == 16 ? text + 2 : text;
    char *end = NULL;
    unsigned long long number = 0;

    for (const signet_capability *row = registry; row->name; row++) {
        if (strcmp(row->name, text) == 0) {
            *ret_number = row->number;
            return true;
        }
    }
    /* 19 decimal or 16 hex digits never overflow; strtoull() takes signs and blanks, we do not */
    if (*digits == '\0' || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits) ||
        strlen(digits) > (base == 16 ? 16U : 19U))
        return signet_fail(err, SIGNET_E_NOT_FOUND, "no capability is called %s", text);
    number = strtoull(digits, &end, base);
    if (*end != '\0')
        return signet_fail(err, SIGNET_E_NOT_FOUND, "no capability is called %s", text);
    *ret_number = number;
    return true;
}

/* A length of 32 bits, big-endian, and the bytes. */
static void
mac_counted(crypto_auth_hmacsha256_state *state, signet_slice bytes)
{
    uint8_t length[4];

    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (uint8_t)(bytes.len >> (8 * (sizeof(length) - 1 - i)));
    (void)crypto_auth_hmacsha256_update(state, length, sizeof(length));
    if (bytes.len > 0)
        (void)crypto_auth_hmacsha256_update(state, bytes.ptr, bytes.len);
}

bool
signet_token_pseudonym(signet_slice secret, signet_slice user, signet_slice audience,
    signet_slice token_id, uint8_t ret_pseudonym[32], signet_error *err)
{
    static const char prefix[] = "signet-ppid-v1";
    crypto_auth_hmacsha256_state state;

    if (secret.len < PPID_SECRET_MIN)
        return signet_fail(
            err, SIGNET_E_USAGE, "a secret of %zu bytes, at least %d", secret.len, PPID_SECRET_MIN);
    if (token_id.len != 16)
        return signet_fail(err, SIGNET_E_USAGE, "a token id of %zu bytes, not 16", token_id.len);
    if (user.len == 0 || user.len > UINT32_MAX || audience.len > UINT32_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a user or audience of no usable length");
    (void)crypto_auth_hmacsha256_init(&state, secret.ptr, secret.len);
    (void)crypto_auth_hmacsha256_update(&state, (const uint8_t *)prefix, sizeof(prefix) - 1);
    mac_counted(&state, user);
    mac_counted(&state, audience);
    (void)crypto_auth_hmacsha256_update(&state, token_id.ptr, token_id.len);
    (void)crypto_auth_hmacsha256_final(&state, ret_pseudonym);
    sg_wipe(&state, sizeof(state));
    return true;
}
