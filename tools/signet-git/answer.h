/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question, "is this signature over this payload good, and whose is it?", and one answer, for
 * git's --verify and for `signet-git verify` alike.  A Signet message is judged strictly; another
 * CMS message (gitsign's, smimesign's) goes to OpenSSL.  Its content decides, never a failure.
 */
#ifndef SG_TOOLS_GIT_ANSWER_H
#define SG_TOOLS_GIT_ANSWER_H

#include <pthread.h>

#include "common/identity.h"

enum {
    ANSWER_NAME_MAX = 256,
    ANSWER_ROOTS_MAX = 64,                         /* certificates in x509_roots.pem */
    ANSWER_SIGNATURE_MAX = SIGNET_CMS_MAX / 2 * 3, /* bytes of armour */
    ANSWER_CLOCK_TOLERANCE = 600, /* seconds between git's date and the signing time */
};

/** Everything that judging needs; made once, then read by many threads. */
typedef struct {
    signet_trust *trust;
    signet_buf roots;                    /* x509_roots.pem, decoded */
    signet_slice root[ANSWER_ROOTS_MAX]; /* in `roots` */
    size_t root_count;
    pthread_mutex_t loading; /* libsignet-pki is loaded once, by whoever meets the need first */
} answer_judge;

/** What was found.  Plain data, borrowed from nothing. */
typedef struct {
    signet_verdict verdict;
    signet_error reason;            /* why not good */
    char name[ANSWER_NAME_MAX + 1]; /* of the signer, as it was found: escape it; may be empty */
    char fingerprint[41];           /* SHA-1 of the leaf, or zeros */
    char issuer[41];                /* SHA-1 of the issuing key in hex, or empty */
    int public_key_number, hash_number; /* OpenPGP's, 0: none that is known */
    bool has_time;
    int64_t signed_at, not_after; /* when has_time */
    int64_t revoked_since;        /* when is_revoked_later */
    bool is_revoked_later, is_hybrid;
    bool has_git_date;
    int64_t git_date; /* of the committer, tagger or pusher in the payload */
} answer;

/** `repository` is a work tree whose signed trust file counts too, or NULL. */
bool answer_judge_open(const home *config, const char *repository, answer_judge *ret_judge,
    signet_error *err) SIGNET_MUST_CHECK;

/** What was signed: its SHA-512 and, unless it was too large to keep, its bytes. */
typedef struct {
    signet_slice digest;
    bool has_bytes;
    signet_slice bytes;
} answer_payload;

/** Judge.  `signature` is armour, base64 or DER.  Everything that can go wrong is an answer. */
void answer_of(
    answer_judge *judge, signet_slice signature, const answer_payload *payload, answer *ret_answer);

/** Whether git's date is further from the signing time than ANSWER_CLOCK_TOLERANCE. */
bool answer_has_odd_date(const answer *given);

void answer_judge_close(answer_judge *judge);

__attribute__((unused)) static inline void
answer_judge_close_auto(answer_judge *judge)
{
    answer_judge_close(judge);
}

#endif
