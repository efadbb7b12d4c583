/* SPDX-License-Identifier: Apache-2.0 */
/* Where policies come from: YAML that people write, and SCIM that identity providers write. */
#ifndef SG_SIGNET_POLICY_SOURCE_H
#define SG_SIGNET_POLICY_SOURCE_H

#include <signet/policy.h>

enum { POLICY_SOURCE_MAX = 8 << 20 }; /* bytes of a source */

/**
 * Put everything of a YAML document into `compiler`, which is to be empty.  Strict: no unknown or
 * repeated key, no anchor, alias, tag or directive, one document.  SIGNET_E_DECODE begins with the
 * line; SIGNET_E_USAGE when this program was built without libyaml.
 */
bool policy_source_yaml(signet_slice text, signet_policy_compiler *compiler, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * The same of a SCIM 2.0 list of users and groups (RFC 7643, RFC 7644 section 3.4.2), as JSON.
 * Members that say nothing here are passed over, but for those of our extension.
 */
bool policy_source_scim(signet_slice text, signet_policy_compiler *compiler, signet_error *err)
    SIGNET_MUST_CHECK;

/** SIGNET_E_NOT_FOUND when a subject of the bundle is in a group that nobody defined. */
bool policy_source_check_groups(const signet_policy *policy, const signet_policy_compiler *compiler,
    signet_error *err) SIGNET_MUST_CHECK;

/** A decimal number of 64 bits: digits, no sign, no leading 0. */
bool policy_source_number(signet_slice text, uint64_t *ret_number) SIGNET_MUST_CHECK;

#endif
