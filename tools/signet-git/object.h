/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's objects as bytes: which of them are signed and which are the signature.  Pure functions;
 * git itself takes them apart in the same way, so that what is judged here is what `git
 * verify-commit` would judge.
 */
#ifndef SG_TOOLS_GIT_OBJECT_H
#define SG_TOOLS_GIT_OBJECT_H

#include <signet/base.h>

/** The kinds of signature that git knows, by their first line. */
typedef enum {
    OBJECT_UNSIGNED,
    OBJECT_SIGNED_CMS,   /* -----BEGIN SIGNED MESSAGE----- */
    OBJECT_SIGNED_OTHER, /* PGP, SSH, or what git does not know either */
} object_signature;

enum { OBJECT_NAME_MAX = 64 }; /* hex digits of a name */

/** What `git cat-file` says of an object: "NAME TYPE SIZE" and a newline. */
typedef struct {
    char name[OBJECT_NAME_MAX + 1];
    char type[16];
    size_t size;
} object_head;

/** False when `line` is not such a line. */
bool object_read_head(const char *line, object_head *ret_head);

/**
 * Split a raw commit: append the payload (all but the headers that begin with "gpgsig") and the
 * unfolded signature. `is_sha256` says which header counts: gpgsig, or gpgsig-sha256 in a
 * repository with SHA-256 names.
 */
bool object_split_commit(signet_slice raw, bool is_sha256, signet_buf *payload,
    signet_buf *signature, signet_error *err) SIGNET_MUST_CHECK;

/** Split a raw tag: the signature begins with the last line that begins an armour. */
bool object_split_tag(signet_slice raw, signet_buf *payload, signet_buf *signature,
    signet_error *err) SIGNET_MUST_CHECK;

/** What a signature is, by its first line; empty: unsigned. */
object_signature object_signature_kind(signet_slice signature);

/** The date of the committer, tagger or pusher among the headers, seconds since 1970. */
bool object_date(signet_slice payload, int64_t *ret_seconds);

/** The first line of the message, borrowed; empty when there is none. */
signet_slice object_subject(signet_slice payload);

/** The value of a header, borrowed; empty when there is none. */
signet_slice object_header(signet_slice payload, const char *name);

#endif
