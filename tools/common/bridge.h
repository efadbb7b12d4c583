/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The e-mail bridge of a home, <home>/git/bridge-cert.pem and bridge-key.pem: a certificate that
 * the master key issued, with an address in it, which issues the leaves instead.
 */
#ifndef SG_TOOLS_BRIDGE_H
#define SG_TOOLS_BRIDGE_H

#include "common/identity.h"

enum { BRIDGE_DAYS = 365, BRIDGE_DAYS_MAX = 36500 };

/**
 * Load the bridge when there is one, for the signer whose master key issued it (S-11): it must be a
 * certificate authority, be valid now, belong to its key, and its key file must be private.  The
 * leaves of that signer end with the bridge at the latest.
 */
bool bridge_load(const home *config, signet_algorithms accepted, int64_t now, identity *who,
    signet_error *err) SIGNET_MUST_CHECK;

/** A bridge that is not on the disk yet. */
typedef struct {
    signet_key *key;
    signet_buf der;
} bridge;

/** Issue a bridge; SIGNET_E_USAGE when the address or the validity makes no sense. */
bool bridge_issue(const home *config, const signet_key *master, const char *email, int64_t days,
    int64_t now, bridge *ret_bridge, signet_error *err) SIGNET_MUST_CHECK;

/** Write both files; those that were there are kept as *.old. */
bool bridge_save(const home *config, const bridge *what, signet_error *err) SIGNET_MUST_CHECK;

/** Rename both files to *.old, when there are any. */
bool bridge_put_aside(const home *config, signet_error *err) SIGNET_MUST_CHECK;

void bridge_free(bridge *what);

__attribute__((unused)) static inline void
bridge_free_auto(bridge *what)
{
    bridge_free(what);
}

#endif
