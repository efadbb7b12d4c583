/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_POLICY_POLICY_H
#define SG_POLICY_POLICY_H

#include <signet/policy.h>

#include "codec/cbor.h"

/* The tag before what is signed: a bundle is no other message. */
#define SG_POLICY_TAG "sigpol-trust-v1:"

enum { SG_POLICY_PAIRS = 6, SG_POLICY_SIGNED_PAIRS = 5, SG_POLICY_SIGNATURE_KEY = 6 };

/* The keys of a bundle, of a subject and of a group. */
enum {
    SG_POLICY_EPOCH = 1,
    SG_POLICY_SEQUENCE,
    SG_POLICY_SUBJECTS,
    SG_POLICY_GROUPS,
    SG_POLICY_ISSUED
};
enum { SG_SUBJECT_ACTIVE = 1, SG_SUBJECT_GROUPS, SG_SUBJECT_ALGORITHM, SG_SUBJECT_TTL };
enum { SG_GROUP_CAPABILITIES = 1, SG_GROUP_TTL };

#define SG_POLICY_UNKNOWN UINT32_MAX

/* What a walk over the bytes counts, then fills. */
typedef struct {
    size_t subjects, groups, memberships, capabilities;
} sg_policy_counts;

struct signet_policy {
    signet_buf bytes; /* every slice points in here */
    signet_policy_fields fields;
    signet_policy_subject *subjects; /* in the order of the encoding, so it can be halved */
    signet_policy_group *groups;
    signet_slice *group_names; /* of all subjects, one after the other */
    uint32_t *memberships;     /* the groups of these names by number, or SG_POLICY_UNKNOWN */
    uint64_t *capabilities;    /* of all groups */
    uint8_t digest[SIGNET_SHA256_SIZE];
};

/** Append what is signed: the tag and the map of five, from the bytes between head and key 6. */
bool sg_policy_write_signed(signet_slice body, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** The order of names in a map: their encodings, so shorter ones first. */
int sg_policy_compare_names(signet_slice a, signet_slice b);

/** Decide. */
bool sg_policy_decide(signet_policy_decision *ret_decision, signet_policy_rule rule);

#endif
