/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content: what each proof says of it (`bd`, Content-Digest, `htd`), and whether that is so.  Each
 * digest that was signed must match, so a request with two proofs is hashed once for both.
 */
#include "base/secret.h"
#include "crypto/digest.h"
#include "http/verification.h"

static bool
has_proof_digest(const signet_verification *it)
{
    return it->is_extended && it->header.digest.len > 0;
}

static const sg_content_digest *
signed_digest(const signet_verification *it)
{
    return sg_uses(it, SIGNET_DIALECT_MESSAGE_SIGNATURE) && it->others->signature.has_digest
               ? &it->others->signature.digest
               : NULL;
}

static bool
has_dpop_digest(const signet_verification *it)
{
    return sg_uses(it, SIGNET_DIALECT_DPOP) && it->others->verdict.covers_content;
}

unsigned
sg_verification_wants(const signet_verification *it)
{
    const sg_content_digest *digest = signed_digest(it);
    unsigned wants = 0;

    if (has_proof_digest(it) || has_dpop_digest(it) || (digest && digest->has_sha256))
        wants |= SIGNET_DIGEST_SHA256;
    if (digest && digest->has_sha512)
        wants |= SIGNET_DIGEST_SHA512;
    return wants;
}

/* Before a proof is used up: a body that can never be accepted. */
bool
sg_check_digest_is_there(signet_verification *it)
{
    if (it->facts.content_length == 0)
        return true;
    if (it->is_extended && it->header.digest.len == 0 && !it->policy.allow_unsigned_body)
        return SG_REFUSE(
            it, SG_REFUSAL_FORGED, SIGNET_E_SIGNATURE, "bd: missing, and there is content");
    if (sg_uses(it, SIGNET_DIALECT_MESSAGE_SIGNATURE) && !signed_digest(it))
        return SG_REFUSE(it, SG_REFUSAL_UNBOUND, SIGNET_E_EPR,
            "Signature-Input: content-digest is not covered, and there is content");
    return true;
}

static bool
refuse(signet_verification *it, const char *name)
{
    return SG_REFUSE(it, SG_REFUSAL_DIGEST, SIGNET_E_SIGNATURE,
        "%s: not the digest of the content that came", name);
}

bool
sg_verification_check_digests(signet_verification *it, const sg_content_digest *computed)
{
    const sg_content_digest *digest = signed_digest(it);
    const signet_slice sha256 = {computed->sha256, computed->has_sha256 ? 32 : 0};

    if (has_proof_digest(it) && !sg_equal(it->header.digest, sha256))
        return refuse(it, "bd");
    if (has_dpop_digest(it) &&
        !sg_equal((signet_slice){it->others->verdict.content_hash, SG_DPOP_HASH_SIZE}, sha256))
        return refuse(it, "htd");
    if (digest && !sg_content_digest_check(digest, computed, &it->reason))
        return sg_refuse(it, SG_REFUSAL_DIGEST);
    return true;
}

bool
sg_check_body(signet_verification *it)
{
    static const signet_slice nothing = {NULL, 0};
    sg_content_digest computed = {.has_sha256 = true, .has_sha512 = true};
    const unsigned wants = sg_verification_wants(it);

    if (wants == 0)
        return true;
    if (it->facts.content_length != 0)
        return sg_verification_need(it, SIGNET_VERIFICATION_NEEDS_BODY);
    sg_sha256(nothing, computed.sha256);
    if (wants & SIGNET_DIGEST_SHA512)
        sg_sha512(nothing, computed.sha512);
    return sg_verification_check_digests(it, &computed);
}
