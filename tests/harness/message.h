/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMS messages for tests: good ones with fixed keys, and ones that are wrong in one chosen place.
 * Everything returned lives until the program ends.
 */
#ifndef SG_TESTS_MESSAGE_H
#define SG_TESTS_MESSAGE_H

#include <signet/cms.h>

#include "harness.h"

enum { MESSAGE_NOW = 1780000000 };

/** Keys of seeds that are one byte repeated; made once. */
const signet_key *message_key(uint8_t seed_byte);

/** The keys of this file's certificates. */
#define MASTER_KEY message_key(0x11)
#define LEAF_KEY   message_key(0x22)
#define BRIDGE_KEY message_key(0x33)
#define OTHER_KEY  message_key(0x44)

/** The SubjectPublicKeyInfo of a key. */
signet_slice message_spki(const signet_key *key);

/** What a template says, as DER; fails the test when it makes no sense. */
signet_slice message_certificate(const signet_cert_template *wanted);

/** A leaf of LEAF_KEY under MASTER_KEY; a bridge under MASTER_KEY; a leaf of LEAF_KEY under it. */
signet_slice message_leaf(void);
signet_slice message_bridge(void);
signet_slice message_leaf_under_bridge(void);

/** One element, or several concatenated. */
signet_slice message_tlv(uint8_t tag, signet_slice content);
signet_slice message_concat(const signet_slice *parts, size_t count);
#define CONCAT(...)                                                                                \
    message_concat((const signet_slice[]){__VA_ARGS__},                                            \
        sizeof((const signet_slice[]){__VA_ARGS__}) / sizeof(signet_slice))

/** An attribute with one value, a whole element. */
signet_slice message_attribute(const char *oid_hex, signet_slice value);

/**
 * A message part by part, each a whole element or several; an empty part is left out.  A form P
 * message has `attributes` of length 0.
 */
typedef struct {
    signet_slice content; /**< detached; its digest goes into the attributes */
    signet_slice content_type, version, digests, encapsulated, certificates, crls;
    signet_slice signer_version, sid, digest_algorithm, sign_algorithm, unsigned_attributes;
    signet_slice attributes;   /**< content of the set, as stored and signed */
    signet_slice signed_bytes; /**< what is signed instead, when not empty */
    signet_slice signature;    /**< instead of the right one, when not empty */
    signet_slice more_signers; /**< put behind the SignerInfo */
    signet_slice signers;      /**< instead of the whole SET of SignerInfos, when not empty */
    signet_slice in_signer, in_signed_data, in_content_info; /**< put at the end of these */
    const signet_key *key;                                   /**< signs; LEAF_KEY */
} message_parts;

/** The parts of a good form A message of "content" under message_leaf(). */
message_parts message_good(void);

/** Attributes of the good message: contentType, signingTime, messageDigest of `content`. */
signet_slice message_good_attribute(size_t index, signet_slice content);

/** The message, and its one SignerInfo. */
signet_slice message_build(const message_parts *parts);
signet_slice message_signer_info(const message_parts *parts);

/**
 * What a careful verifier says: read, right signature, right chain to `anchor` at MESSAGE_NOW,
 * for every signer.  On false `err` says why.
 */
bool message_is_accepted(
    signet_slice message, signet_slice content, const signet_key *anchor, signet_error *err);

#endif
