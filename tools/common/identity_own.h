/* SPDX-License-Identifier: Apache-2.0 */
/* What the files identity*.c share. */
#ifndef SG_TOOLS_IDENTITY_OWN_H
#define SG_TOOLS_IDENTITY_OWN_H

#include "common/identity.h"

enum { IDENTITY_NAME_SIZE = SIGNET_TRUST_NAME_MAX + 1 };

/** The keys of an algorithm by name, Ed25519 first, and the list that has them. */
bool identity_keys_wanted(identity_algorithm algorithm, const signet_algorithm *ret_wanted[2],
    size_t *ret_count, signet_algorithms *ret_accepted, signet_error *err) SIGNET_MUST_CHECK;

/** How the home's keystore is opened. */
signet_keystore_options identity_keystore(const home *config, signet_algorithms accepted);

/** Under which name one trusts oneself: the address, else the DID of the home, else user@host. */
void identity_own_name(const home *config, const char *email, char ret_name[IDENTITY_NAME_SIZE]);

/** Append one's own line for <home>/trusted_signers. */
bool identity_own_line(const char *name, signet_key *const *keys, size_t count, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** Add one's own keys to <home>/trusted_signers, unless they are in it. */
bool identity_trust_own(const home *config, const char *email, signet_key *const *keys,
    size_t count, signet_error *err) SIGNET_MUST_CHECK;

#endif
