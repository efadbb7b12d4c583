/* SPDX-License-Identifier: Apache-2.0 */
/* Making a session known to a service, keeping it known, and ending it. */
#ifndef SG_SIGNET_SESSION_ENROL_H
#define SG_SIGNET_SESSION_ENROL_H

#include <sys/types.h>

#include "session.h"

/** What sessions are made with. */
typedef struct {
    const signet_key *master;
    const char *admin; /* URL of the admin listener: scheme, host, perhaps port and path */
    const char *issuer;
    const char *purpose, *audience; /* no audience: NULL */
    const char *ca_file;            /* NULL: curl's own */
    const char *path;               /* of the file */
    int64_t validity;               /* seconds */
} session_order;

/** Whether a URL may be enrolled at: https, or http on this machine.  SIGNET_E_USAGE. */
bool session_check_admin(const char *url, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Make a credential, enrol it, and write the file.  SIGNET_E_NETWORK: no answer, or one that says
 * to come back; SIGNET_E_TRUST: the service refused; and those of session_check_answer().
 */
bool session_enrol(const session_order *order, session *ret_session, signet_error *err)
    SIGNET_MUST_CHECK;

/** Tell the service to forget the token. */
bool session_revoke(const session *it, const char *ca_file, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Renew `current` at four fifths of its life, until a signal says to end, or the process `child`
 * (0: none) has; then forget it here and there.  The exit status: of the child, or CLI_OK.
 */
int session_keep(const session_order *order, session *current, pid_t child);

#endif
