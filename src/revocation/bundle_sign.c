/* SPDX-License-Identifier: Apache-2.0 */
/* Making a bundle, and judging one that arrived (revocation specification 1.5 and 1.10, 2 to 3). */
#include "revocation/bundle.h"

#define NUMBER_END                                                                                 \
    ((uint64_t)1 << 32) /* the sibling of the reference writes a float from here on */

static bool
check_content(const signet_bundle_content *content, const signet_key *hybrid, signet_error *err)
{
    if (content->epoch >= NUMBER_END || content->seqno >= NUMBER_END || content->issued < 0 ||
        (uint64_t)content->issued >= NUMBER_END)
        return signet_fail(err, SIGNET_E_USAGE,
            "a bundle with a number beyond 32 bits, which not every verifier can read");
    if (hybrid && !content->has_extension)
        return signet_fail(err, SIGNET_E_USAGE, "a hybrid signature needs the extension");
    if (content->has_extension && (content->issuer.len == 0 || content->expires <= 0))
        return signet_fail(err, SIGNET_E_USAGE, "an extension without issuer or expiry");
    return true;
}

bool
signet_bundle_sign(const signet_bundle_content *content, const signet_key *key,
    const signet_key *hybrid, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf canonical = {0}, extension = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf first = {0}, second = {0}, third = {0};
    signet_bundle_content whole = *content;

    if (!check_content(content, hybrid, err) ||
        !signet_bundle_write_canonical(content, &canonical, err) ||
        !signet_key_sign(key, signet_buf_slice(&canonical), &first, err))
        return false;
    if (content->has_extension &&
        (!sg_bundle_write_extension(content, signet_buf_slice(&canonical), &extension, err) ||
            !signet_key_sign(key, signet_buf_slice(&extension), &second, err)))
        return false;
    if (hybrid && !signet_key_sign(hybrid, signet_buf_slice(&extension), &third, err))
        return false;
    whole.signature = signet_buf_slice(&first);
    whole.extension_signature = signet_buf_slice(&second);
    whole.hybrid_signature = signet_buf_slice(&third);
    return signet_bundle_write(&whole, out, err);
}

/* Whether an anchor counts at that second. */
static bool
is_current(const signet_bundle_anchor *anchor, int64_t now)
{
    return (anchor->not_before == 0 || now >= anchor->not_before) &&
           (anchor->expires == 0 || now <= anchor->expires);
}

static bool
is_extension_genuine(const signet_bundle *bundle, const signet_bundle_anchor *anchor)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    const signet_bundle_content *said = &bundle->said;

    return sg_bundle_write_extension(said, signet_buf_slice(&bundle->signed_bytes), &bytes, NULL) &&
           signet_key_verify(
               anchor->key, signet_buf_slice(&bytes), said->extension_signature, NULL) &&
           (!anchor->hybrid || signet_key_verify(anchor->hybrid, signet_buf_slice(&bytes),
                                   said->hybrid_signature, NULL));
}

/* The anchor that signed, or NULL and why none did. */
static const signet_bundle_anchor *
find_signer(const signet_bundle *bundle, const signet_bundle_issuer *issuer, int64_t now,
    signet_revocation_outcome *ret_outcome)
{
    *ret_outcome = SIGNET_REVOCATION_NO_ANCHOR;
    for (size_t i = 0; i < issuer->anchor_count; i++) {
        const signet_bundle_anchor *anchor = &issuer->anchors[i];

        if (!anchor->key || !is_current(anchor, now))
            continue;
        *ret_outcome = SIGNET_REVOCATION_BAD_SIGNATURE;
        if (signet_key_verify(
                anchor->key, signet_buf_slice(&bundle->signed_bytes), bundle->said.signature, NULL))
            return anchor;
    }
    if (*ret_outcome == SIGNET_REVOCATION_BAD_SIGNATURE && bundle->said.signature.len == 0)
        *ret_outcome = SIGNET_REVOCATION_NO_SIGNATURE;
    return NULL;
}

static signet_revocation_outcome
judge_extension(const signet_bundle *bundle, const signet_bundle_issuer *issuer,
    const signet_bundle_anchor *anchor, const signet_revocation_rules *rules)
{
    if (rules->as_reference)
        return SIGNET_REVOCATION_GOOD;
    if (!bundle->said.has_extension)
        return anchor->needs_extension || anchor->hybrid ? SIGNET_REVOCATION_NO_EXTENSION
                                                         : SIGNET_REVOCATION_GOOD;
    if (!is_extension_genuine(bundle, anchor))
        return SIGNET_REVOCATION_BAD_SIGNATURE;
    if (!signet_slice_is_equal(bundle->said.issuer, issuer->name))
        return SIGNET_REVOCATION_OTHER_ISSUER;
    return SIGNET_REVOCATION_GOOD;
}

bool
signet_bundle_verify(const signet_bundle *bundle, const signet_bundle_issuer *issuer,
    const signet_revocation_rules *rules, int64_t now, signet_trusted_bundle *ret_trusted,
    signet_revocation_outcome *ret_outcome)
{
    const signet_bundle_anchor *anchor = find_signer(bundle, issuer, now, ret_outcome);

    if (!anchor)
        return false;
    *ret_outcome = judge_extension(bundle, issuer, anchor, rules);
    if (*ret_outcome == SIGNET_REVOCATION_GOOD)
        *ret_outcome = sg_bundle_judge_age(bundle, rules, now);
    if (*ret_outcome != SIGNET_REVOCATION_GOOD)
        return false;
    *ret_trusted = (signet_trusted_bundle){.bundle = bundle, .issuer = issuer->name};
    ret_trusted->state = (signet_bundle_state){.seqno = bundle->said.seqno,
        .has_digest = true,
        .generation = anchor->generation,
        .accepted = now};
    memcpy(ret_trusted->state.digest, bundle->digest, sizeof(bundle->digest));
    return true;
}
