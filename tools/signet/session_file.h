/* SPDX-License-Identifier: Apache-2.0 */
/* Where sessions are: in $XDG_RUNTIME_DIR/signet, else in sessions/ of the home; ours alone. */
#ifndef SG_SIGNET_SESSION_FILE_H
#define SG_SIGNET_SESSION_FILE_H

#include "session.h"

/** For whom a session is looked up; absent texts are NULL. */
typedef struct {
    const char *issuer, *purpose, *audience, *home;
} session_terms;

/** Append the path of the session of these terms, with a terminator. */
bool session_path(const session_terms *terms, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append the path of a new session that nobody else has. */
bool session_path_new(const session_terms *terms, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Read a file that is ours and that nobody else can read.  What cannot be used is an error with
 * which a program could not tell (SIGNET_E_NOT_FOUND, SIGNET_E_IO): also a session that expired.
 */
bool session_load(const char *path, int64_t now, session *ret_session, signet_error *err)
    SIGNET_MUST_CHECK;

/** Write it, mode 0600, all or nothing; the folder is made, and must be ours. */
bool session_save(const char *path, const session *it, signet_error *err) SIGNET_MUST_CHECK;

/** Overwrite and remove the file; what is not there is fine. */
void session_remove(const char *path);

/** The path that is meant by --session[=FILE] and SIGNET_SESSION; NULL: no session is. */
const char *session_meant(const char *given);

#endif
