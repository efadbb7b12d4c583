/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token records: what a verifier keeps under the id of a token, so that a request need only name
 * it. Format: docs/formats/record.md.
 */
#ifndef SG_HTTP_RECORD_H
#define SG_HTTP_RECORD_H

#include <signet/proof.h>

enum {
    SG_RECORD_MAX = 16 << 10, /* bytes of a value */
    SG_RECORD_METADATA_MAX = 16,
    SG_RECORD_MAC_KEY_MIN = 32, /* bytes of the key that authenticates values */
};

/* Metadata that Signet itself reads (http-pop.md 9.4, 10.1). */
#define SG_RECORD_POP_MIN     "pop_min"  /* "x2": no weaker proof is accepted with this token */
#define SG_RECORD_CERTIFICATE "x5t#S256" /* the client certificate it is bound to */

typedef struct {
    signet_slice name, value; /* text */
} sg_record_entry;

/** A record.  One that was read owns its keys and what its slices point to. */
typedef struct {
    signet_slice token;   /* deterministic CBOR */
    signet_claims claims; /* of `token`; not looked at when a record is written */
    signet_key *master, *ephemeral;
    signet_slice binding; /* signature of the master key; not verified here */
    int64_t issued_at;    /* seconds since 1970 */
    signet_slice purpose; /* text, at most SIGNET_PROOF_PURPOSE_MAX bytes */
    sg_record_entry metadata[SG_RECORD_METADATA_MAX]; /* names ascending, each once */
    size_t metadata_count;
    signet_buf strings, token_bytes; /* for those that were read */
} sg_record;

typedef enum {
    SG_RECORD_V2,        /* the token's CBOR, and HMAC-SHA-256 over all */
    SG_RECORD_REFERENCE, /* the value that the Go reference keeps in Redis; unauthenticated */
} sg_record_format;

typedef struct {
    sg_record_format format;    /* the only one that is read or written */
    signet_slice mac_key;       /* for SG_RECORD_V2, SG_RECORD_MAC_KEY_MIN bytes or more */
    signet_algorithms accepted; /* of both keys */
} sg_record_rules;

/**
 * Append the value of a record.  SIGNET_E_USAGE when it is incomplete, out of order or larger than
 * SG_RECORD_MAX, or when the reference's format has no place for something.
 */
bool sg_record_write(const sg_record *record, const sg_record_rules *rules, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/**
 * Read the value that a store had under `token_id` (16 bytes).  Nothing is believed before the MAC
 * is checked; then the record must be of that very token.  Whether token and binding are valid is
 * for the verifier to say.
 *
 * SIGNET_E_SIGNATURE (the MAC is missing or not genuine), SIGNET_E_DECODE, SIGNET_E_ALGORITHM,
 * SIGNET_E_KEY, those of signet_token_decode(), SIGNET_E_TOKEN (of another token).
 */
bool sg_record_read(signet_slice value, signet_slice token_id, const sg_record_rules *rules,
    sg_record *ret_record, signet_error *err) SIGNET_MUST_CHECK;

/** The metadata of that name; empty when there is none. */
signet_slice sg_record_metadata(const sg_record *record, const char *name);

/** Only for records that were read. */
void sg_record_free(sg_record *record);

__attribute__((unused)) static inline void
sg_record_free_auto(sg_record *record)
{
    sg_record_free(record);
}

#endif
