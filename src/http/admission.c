/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The admission stage of docs/formats/http.md 1.3: what of a header can only be judged once the
 * record of its token, or for m=full the token itself, is known.  Checks stand in the order in
 * which they are told; no cryptography but a hash happens here.
 */
#include "base/secret.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/header.h"

static bool
is_text(signet_slice text, const char *expected)
{
    return signet_slice_is_equal(text, signet_slice_text(expected));
}

static bool
check_plain(const sg_proof_header *header, const sg_proof_admission *admission, signet_error *err)
{
    if (!is_text(header->version, "v1"))
        return signet_fail(err, SIGNET_E_DECODE, "version: not v1");
    if (sg_proof_header_is_full(header) && !admission->allow_full)
        return signet_fail(err, SIGNET_E_DECODE, "m: full is not enabled here");
    if (header->mode.ptr && !sg_proof_header_is_full(header) && !is_text(header->mode, "compact"))
        return signet_fail(err, SIGNET_E_DECODE, "m: unknown");
    if (header->time > SG_PROOF_TIME_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "ts: later than the year 9999");
    if (!header->nonce.ptr && !admission->allow_missing_nonce)
        return signet_fail(err, SIGNET_E_DECODE, "n: missing");
    if (header->signature.len != admission->signature_size)
        return signet_fail(err, SIGNET_E_DECODE, "s: %zu bytes, must be %zu", header->signature.len,
            admission->signature_size);
    return true;
}

/* The holder's id must be compared without telling where it differs. */
static bool
check_capability(
    const sg_proof_header *header, const sg_proof_admission *admission, signet_error *err)
{
    if (!header->capability_id.ptr)
        return true;
    if (header->capability_id.len != SG_PROOF_ID_SIZE)
        return signet_fail(err, SIGNET_E_DECODE, "cap: %zu bytes, must be %d",
            header->capability_id.len, SG_PROOF_ID_SIZE);
    if (admission->capability_id.len != SG_PROOF_ID_SIZE ||
        !sg_equal(header->capability_id, admission->capability_id))
        return signet_fail(err, SIGNET_E_SIGNATURE, "cap: not that of the token");
    return true;
}

/* What x=2 and m=full cannot do without. */
static bool
check_present(signet_slice value, const char *name, const char *why, signet_error *err)
{
    if (!value.ptr)
        return signet_fail(err, SIGNET_E_DECODE, "%s: missing, %s needs it", name, why);
    return true;
}

static bool
check_extended(
    const sg_proof_header *header, const sg_proof_admission *admission, signet_error *err)
{
    if (!check_present(header->nonce, "n", "x=2", err) ||
        !check_present(header->capability_id, "cap", "x=2", err) ||
        !check_present(header->strong_signature, "s2", "x=2", err))
        return false;
    if (header->strong_signature.len != admission->signature_size)
        return signet_fail(err, SIGNET_E_DECODE, "s2: %zu bytes, must be %zu",
            header->strong_signature.len, admission->signature_size);
    return true;
}

static bool
check_full(const sg_proof_header *header, signet_error *err)
{
    uint8_t hash[32];

    if (!sg_proof_header_is_extended(header))
        return signet_fail(err, SIGNET_E_DECODE, "x: must be 2, m=full needs it");
    if (!check_present(header->token, "t", "m=full", err) ||
        !check_present(header->ephemeral_key, "ek", "m=full", err) ||
        !check_present(header->binding, "p", "m=full", err) ||
        !check_present(header->purpose, "pu", "m=full", err))
        return false;
    if (!sg_is_utf8(header->purpose))
        return signet_fail(err, SIGNET_E_DECODE, "pu: not UTF-8");
    if (!header->key_hash.ptr)
        return true;
    sg_sha256(header->ephemeral_key, hash);
    if (!signet_slice_is_equal(header->key_hash, (signet_slice){hash, sizeof(hash)}))
        return signet_fail(err, SIGNET_E_DECODE, "k: not the SHA-256 of ek");
    return true;
}

/* Whether x=2 counts: m=full stands on it whatever the policy says. */
static bool
decide_extended(const sg_proof_header *header, sg_binding_policy policy, bool *ret_is_extended,
    signet_error *err)
{
    bool is_extended = sg_proof_header_is_extended(header);

    if (policy == SG_BINDING_REQUIRED && !header->extension.ptr)
        return signet_fail(err, SIGNET_E_EPR, "x: missing, x=2 is required here");
    if (policy == SG_BINDING_REQUIRED && !is_extended)
        return signet_fail(err, SIGNET_E_DECODE, "x: must be 2");
    *ret_is_extended = is_extended && (policy != SG_BINDING_OFF || sg_proof_header_is_full(header));
    return true;
}

bool
sg_proof_header_admit(const sg_proof_header *header, const sg_proof_admission *admission,
    bool *ret_is_extended, signet_error *err)
{
    bool is_extended = false;

    if (!check_plain(header, admission, err) ||
        (sg_proof_header_is_full(header) && !check_full(header, err)) ||
        !decide_extended(header, admission->binding, &is_extended, err) ||
        (is_extended && !check_extended(header, admission, err)) ||
        !check_capability(header, admission, err))
        return false;
    *ret_is_extended = is_extended;
    return true;
}

bool
sg_proof_check_window(int64_t time, int64_t now, int64_t skew, int64_t cap, signet_error *err)
{
    int64_t largest = skew < SG_PROOF_HELPER_SKEW_MAX ? skew : SG_PROOF_HELPER_SKEW_MAX;
    int64_t ahead = 0;

    if (cap > 0 && cap < largest)
        largest = cap;
    if (__builtin_sub_overflow(time, now, &ahead))
        return signet_fail(err, SIGNET_E_TIME, "ts: further from now than can be counted");
    if (largest < 0 || ahead > largest || ahead < -largest)
        return signet_fail(err, SIGNET_E_TIME, "ts: %lld seconds from now, at most %lld",
            (long long)ahead, (long long)largest);
    return true;
}
