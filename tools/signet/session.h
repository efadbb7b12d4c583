/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session: a credential of minutes whose token a service knows, kept in a file so that programs
 * sign requests without the master key.  The file holds the ephemeral private key.
 */
#ifndef SG_SIGNET_SESSION_H
#define SG_SIGNET_SESSION_H

#include <signet/signer.h>

enum {
    SESSION_FILE_MAX = 16 << 10, /* bytes */
    SESSION_TEXT_MAX = 1024,     /* bytes of a URL or name in it */
    SESSION_MARGIN = 30,         /* seconds that one must still be good for to be taken again */
};

/** What the file says beside the credential.  Texts have terminators; absent ones are empty. */
typedef struct {
    char admin[SESSION_TEXT_MAX + 1]; /* URL that the token was enrolled at */
    char issuer[SESSION_TEXT_MAX + 1];
    char purpose[SESSION_TEXT_MAX + 1];
    char audience[SESSION_TEXT_MAX + 1];
    signet_credential *credential;
} session;

/** Append the text of the file.  SIGNET_E_USAGE for names with control characters or too long. */
bool session_write(const session *it, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Read it; SIGNET_E_DECODE names the line.  Freed with session_free(). */
bool session_parse(signet_slice text, session *ret_session, signet_error *err) SIGNET_MUST_CHECK;

/** Copy a name; SIGNET_E_USAGE when it does not fit on one line of the file. */
bool session_set(char to[SESSION_TEXT_MAX + 1], const char *what, const char *text,
    signet_error *err) SIGNET_MUST_CHECK;

void session_free(session *it);

__attribute__((unused)) static inline void
session_free_auto(session *it)
{
    session_free(it);
}

/**
 * Whether the answer to an enrolment confirms this very credential: ids, keys, binding, purpose and
 * expiry are ours, to the byte.  SIGNET_E_DECODE for what is no such answer, SIGNET_E_TOKEN names
 * the member that is another's, SIGNET_E_KEY for a service that made a private key itself.
 */
bool session_check_answer(signet_slice json, const signet_credential *credential,
    const signet_key *master, signet_error *err) SIGNET_MUST_CHECK;

#endif
