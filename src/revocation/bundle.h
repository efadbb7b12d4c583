/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_REVOCATION_BUNDLE_H
#define SG_REVOCATION_BUNDLE_H

#include <signet/revocation.h>

/** What the extension's signatures are over begins with this, so they fit nothing else. */
#define SG_BUNDLE_EXTENSION_TAG "signet-bundle-v1:"

struct signet_bundle {
    signet_bundle_content said;
    signet_bundle_key keys[SIGNET_BUNDLE_KEYS_MAX];
    signet_buf signed_bytes;
    uint8_t digest[32]; /* SHA-256 of them */
    uint8_t room[];     /* decoded strings */
};

/**
 * Append what the signatures of the extension are over: the tag, and a map of the canonical bytes,
 * the issuer and the expiry.
 */
bool sg_bundle_write_extension(const signet_bundle_content *content, signet_slice canonical,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Whether it may be used at that second: GOOD, NO_TIME, STALE, FUTURE or EXPIRED. */
signet_revocation_outcome sg_bundle_judge_age(
    const signet_bundle *bundle, const signet_revocation_rules *rules, int64_t now);

#endif
