/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a trust share: lines, names, and the index by which keys are found. */
#ifndef SG_TRUST_TRUST_H
#define SG_TRUST_TRUST_H

#include <signet/trust.h>

enum { SG_TRUST_SKI_SIZE = 20, SG_TRUST_KEYS_MAX = 2 };

/** Where a key is.  Its identifier is SHA-1 over the raw key, what certificates call their AKI. */
typedef struct {
    uint8_t ski[SG_TRUST_SKI_SIZE];
    uint32_t signer; /* index in `signers` */
    uint8_t place;   /* index in `keys`, or in `unread_keys` */
    bool is_unread;  /* then it matches nothing */
} sg_trust_entry;

/** Two arrays that grow together: the signers in their order, their keys by identifier. */
struct signet_trust {
    signet_trusted_signer *signers;
    size_t count, capacity;
    sg_trust_entry *entries; /* ascending by ski, then by signer */
    size_t entry_count;
};

/** An algorithm whose keys have a name in trust files, whether it is loaded or not. */
typedef struct {
    const char *name;
    signet_slice oid;
    size_t public_size;
    bool is_hex; /* how its keys are written: hex, or base64 */
} sg_trust_algorithm;

extern const sg_trust_algorithm sg_trust_algorithms[SG_TRUST_KEYS_MAX];

/** Read a line that is neither blank nor a comment.  Frees what it read on failure. */
bool sg_trust_read_line(signet_slice line, signet_algorithms accepted,
    signet_trusted_signer *ret_signer, signet_error *err) SIGNET_MUST_CHECK;

/** Free what a signer owns; the struct itself is the caller's. */
void sg_trusted_signer_free(signet_trusted_signer *signer);

/** What is wrong with a name, or NULL. */
const char *sg_trust_name_problem(signet_slice name);

/** Take a name, bare or quoted, from the front of `line`. */
bool sg_trust_read_name(signet_slice *line, char ret_name[SIGNET_TRUST_NAME_MAX + 1],
    signet_error *err) SIGNET_MUST_CHECK;

/** Append a name, quoted when it must be. */
bool sg_trust_write_name(const char *name, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append ALGORITHM=VALUE, with a space in front when there is something before it. */
bool sg_trust_write_key(const sg_trust_algorithm *row, signet_slice raw, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** The raw bytes of an unread key, appended. */
bool sg_trust_unread_raw(const char *text, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Make the entries of the signers from number `first` on; SIGNET_E_EXISTS: a key is there twice.
 */
bool sg_trust_index(signet_trust *trust, size_t first, signet_error *err) SIGNET_MUST_CHECK;

/** The entries with that identifier: the first one, and how many follow each other. */
const sg_trust_entry *sg_trust_entries_of(
    const signet_trust *trust, signet_slice ski, size_t *ret_count);

#endif
