/* SPDX-License-Identifier: Apache-2.0 */
/* Signed messages of every kind that the judge may meet, by real keys. */
#ifndef SG_TESTS_SIGNING_H
#define SG_TESTS_SIGNING_H

#include <signet/pki.h>

enum { START = 1795600000, VALIDITY = 300, DAY = 86400 };

#define CONTENT "what was signed"

/* The people: each an Ed25519 and an ML-DSA-44 master key. */
enum { ALICE, BOB, EVE, PEOPLE };

extern signet_key *masters[PEOPLE][2];

/* How a message is made.  Zero is the ordinary case: signed at START under a leaf from START on. */
typedef struct {
    int who;              /* whose master key issues the leaf */
    int second_who;       /* of a hybrid message, ... */
    bool is_second_other; /* ... when it is not the same person */
    enum { ED25519, MLDSA44, HYBRID } by;
    int64_t offset;        /* of the signing time from the leaf's first second */
    bool is_plain;         /* form P: no signing time */
    signet_cert_kind kind; /* of the leaf; 0 means SIGNET_CERT_LEAF here */
    enum {
        NO_BRIDGE,
        BRIDGE,
        OLD_BRIDGE,
        LEAF_AS_BRIDGE,
        EVES_BRIDGE,
        MIXED_BRIDGE,
        WRONG_BRIDGE
    } bridge;
    enum { UNHARMED, OTHER_CONTENT, ED25519_FLIPPED, MLDSA44_FLIPPED, NO_END, TRAILING } harm;
    bool is_crossed; /* an ML-DSA-44 master key issues an Ed25519 leaf, or the other way round */
    bool has_false_hint; /* issued by `who`, but says that it was Alice */
} plan;

/** Append the message of a plan, DER; fails the test when it cannot be made. */
void make_message(const plan *how, signet_buf *out);

/** Set-up and tear-down of a group of tests: the people's keys, the same in every run. */
int make_people(void **state);
int free_people(void **state);

#endif
