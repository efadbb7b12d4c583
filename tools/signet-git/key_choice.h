/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the key that git asked for with -u is the one that will sign (S-19). */
#ifndef SG_TOOLS_GIT_KEY_CHOICE_H
#define SG_TOOLS_GIT_KEY_CHOICE_H

#include "common/identity.h"

typedef enum {
    KEY_CHOICE_OURS,    /* a key id or an address of ours, or git's default, the committer */
    KEY_CHOICE_UNKNOWN, /* a word that says nothing to us: the caller may remark on it */
    KEY_CHOICE_FOREIGN, /* the id of another key: refused */
} key_choice;

/**
 * Judge `wanted`, the value of -u or NULL.  A key id is eight or more hex digits, optionally after
 * 0x: the beginning of an id that export-key-id prints, of a canonical key id, or of a fingerprint.
 * SIGNET_E_NOMEM and the like are failures; every choice is an answer.
 */
bool key_choice_of(const identity *who, const char *wanted, key_choice *ret_choice,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
