/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binding of an ephemeral key to a master key, tokens.md 6.  The clock comes before
 * cryptography, and what a binding may say is bounded: the purpose by its length, the expiry by the
 * longest life of an honest proof.
 */
#include <signet/proof.h>

#include "base/text.h"

static const char separator[] = "signet-ephemeral-binding-v1:";

enum {
    SEPARATOR_SIZE = sizeof(separator) - 1,
    SHORTEST_OF_ED25519 = SEPARATOR_SIZE + SIGNET_ED25519_PUBLIC_SIZE + 8 + 4,
    LENGTH_OF_ED25519 = SHORTEST_OF_ED25519 - 4, /* where the length of the purpose stands */
};

static void
big_endian(uint64_t value, size_t size, uint8_t *ret_bytes)
{
    for (size_t i = 0; i < size; i++)
        ret_bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

/* The purpose length that the bytes would have as a binding of an Ed25519 key. */
static bool
reads_as_ed25519(signet_slice message)
{
    uint8_t length[4];

    if (message.len < SHORTEST_OF_ED25519)
        return false;
    big_endian(message.len - SHORTEST_OF_ED25519, sizeof(length), length);
    return memcmp(message.ptr + LENGTH_OF_ED25519, length, sizeof(length)) == 0;
}

/* tokens.md 1.1: what may bind and be bound.  ES256 is for COSE only (W-40). */
static bool
may_bind(const signet_key *key)
{
    static const char *const names[] = {"ed25519", "ml-dsa-44"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(signet_key_algorithm(key)->name, names[i]) == 0)
            return true;
    }
    return false;
}

static bool
check_purpose(signet_slice purpose, signet_error *err)
{
    if (purpose.len > SIGNET_PROOF_PURPOSE_MAX)
        return signet_fail(err, SIGNET_E_EPR, "purpose: %zu bytes, at most %d", purpose.len,
            SIGNET_PROOF_PURPOSE_MAX);
    if (!sg_is_utf8(purpose))
        return signet_fail(err, SIGNET_E_EPR, "purpose: not UTF-8");
    return true;
}

bool
signet_binding_write(const signet_key *ephemeral, int64_t expires, signet_slice purpose,
    signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    uint8_t time[8], length[4];
    signet_slice written = {0};

    if (!may_bind(ephemeral))
        return signet_fail(err, SIGNET_E_ALGORITHM, "an ephemeral key cannot be of %s",
            signet_key_algorithm(ephemeral)->name);
    if (!check_purpose(purpose, err))
        return false;
    big_endian((uint64_t)expires, sizeof(time), time);
    big_endian(purpose.len, sizeof(length), length);
    if (!signet_buf_append(out, signet_slice_text(separator), err) ||
        !signet_buf_append(out, signet_key_public(ephemeral), err) ||
        !signet_buf_append(out, (signet_slice){time, sizeof(time)}, err) ||
        !signet_buf_append(out, (signet_slice){length, sizeof(length)}, err) ||
        !signet_buf_append(out, purpose, err)) {
        out->len = before;
        return false;
    }
    written = (signet_slice){out->data + before, out->len - before};
    if (signet_key_public(ephemeral).len != SIGNET_ED25519_PUBLIC_SIZE &&
        reads_as_ed25519(written)) {
        out->len = before;
        return signet_fail(
            err, SIGNET_E_EPR, "ephemeral key: its binding would also be one of an Ed25519 key");
    }
    return true;
}

/* Whole seconds of a validity, rounded down, within its bounds. */
static bool
read_validity(const signet_proof_request *request, int64_t *ret_expires, signet_error *err)
{
    if (request->validity_ms < 1000 ||
        request->validity_ms > (int64_t)SIGNET_PROOF_VALIDITY_MAX * 1000)
        return signet_fail(err, SIGNET_E_USAGE, "validity: %lld ms, 1000 to %d000 are allowed",
            (long long)request->validity_ms, SIGNET_PROOF_VALIDITY_MAX);
    if (__builtin_add_overflow(request->now, request->validity_ms / 1000, ret_expires))
        return signet_fail(err, SIGNET_E_USAGE, "validity: beyond all time");
    return true;
}

bool
signet_proof_new(const signet_proof_request *request, signet_proof *ret_proof, signet_error *err)
{
    SIGNET_AUTO(signet_proof_free) signet_proof proof = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    signet_slice purpose = signet_slice_text(request->purpose ? request->purpose : "");

    if (!request->master || !signet_key_has_private(request->master))
        return signet_fail(err, SIGNET_E_KEY, "a proof needs a private master key");
    if (!may_bind(request->master))
        return signet_fail(err, SIGNET_E_ALGORITHM, "a master key cannot be of %s",
            signet_key_algorithm(request->master)->name);
    if (purpose.len == 0)
        return signet_fail(err, SIGNET_E_USAGE, "purpose: must not be empty");
    if (!read_validity(request, &proof.expires, err))
        return false;
    proof.ephemeral = signet_key_generate(&signet_ed25519, err);
    if (!proof.ephemeral ||
        !signet_binding_write(proof.ephemeral, proof.expires, purpose, &message, err) ||
        !signet_key_sign(request->master, signet_buf_slice(&message), &proof.binding, err))
        return false;
    *ret_proof = proof;
    proof = (signet_proof){0};
    return true;
}

void
signet_proof_free(signet_proof *proof)
{
    if (!proof)
        return;
    signet_key_free(proof->ephemeral);
    signet_buf_free(&proof->binding);
    *proof = (signet_proof){0};
}

static bool
is_accepted(signet_algorithms accepted, const signet_key *key)
{
    return key && may_bind(key) &&
           signet_algorithm_with_oid(accepted, signet_key_algorithm(key)->oid);
}

static bool
check_clock(int64_t expires, int64_t now, signet_error *err)
{
    int64_t latest = 0;

    if (now > expires)
        return signet_fail(err, SIGNET_E_TIME, "binding expired %lld seconds before",
            (long long)(now - (expires < 0 ? 0 : expires)));
    if (__builtin_add_overflow(now, SIGNET_PROOF_VALIDITY_MAX + SIGNET_PROOF_SKEW, &latest) ||
        expires > latest)
        return signet_fail(err, SIGNET_E_TIME, "binding expires later than any honest one would");
    return true;
}

/* The bytes of an Ed25519 binding are put together on the stack: requests are many. */
static bool
check_ed25519(const signet_binding *binding, signet_error *err)
{
    uint8_t bytes[SHORTEST_OF_ED25519 + SIGNET_PROOF_PURPOSE_MAX];
    signet_buf message = {.data = bytes, .capacity = sizeof(bytes)};

    return signet_binding_write(
               binding->ephemeral, binding->expires, binding->purpose, &message, err) &&
           signet_key_verify(binding->master, signet_buf_slice(&message), binding->signature, err);
}

static bool
check_other(const signet_binding *binding, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};

    return signet_binding_write(
               binding->ephemeral, binding->expires, binding->purpose, &message, err) &&
           signet_key_verify(binding->master, signet_buf_slice(&message), binding->signature, err);
}

bool
signet_binding_check(
    signet_algorithms accepted, const signet_binding *binding, int64_t now, signet_error *err)
{
    if (!check_clock(binding->expires, now, err))
        return false;
    if (!is_accepted(accepted, binding->ephemeral))
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "ephemeral key: missing, or of an algorithm not accepted");
    if (!is_accepted(accepted, binding->master))
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "master key: missing, or of an algorithm not accepted");
    return signet_key_public(binding->ephemeral).len == SIGNET_ED25519_PUBLIC_SIZE
               ? check_ed25519(binding, err)
               : check_other(binding, err);
}

bool
signet_request_check(
    const signet_key *ephemeral, signet_slice message, signet_slice signature, signet_error *err)
{
    if (!ephemeral)
        return signet_fail(err, SIGNET_E_ALGORITHM, "ephemeral key: missing");
    return signet_key_verify(ephemeral, message, signature, err);
}

bool
signet_proof_check(signet_algorithms accepted, const signet_binding *binding, signet_slice message,
    signet_slice signature, int64_t now, signet_error *err)
{
    if (!signet_binding_check(accepted, binding, now, err)) {
        signet_error_prefix(err, "binding");
        return false;
    }
    if (!signet_request_check(binding->ephemeral, message, signature, err)) {
        signet_error_prefix(err, "request");
        return false;
    }
    return true;
}
