/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Editing <home>/trusted_signers: under a lock, in one step, line by line, so that comments and the
 * lines of others stay byte for byte.
 */
#ifndef SG_SIGNET_TRUST_FILE_H
#define SG_SIGNET_TRUST_FILE_H

#include "common/home.h"

typedef struct {
    signet_buf path; /* with a terminator */
    signet_buf text; /* empty when there is no file yet */
    signet_trust *trust;
    int lock; /* -1: opened for reading */
} trust_file;

/** Read the file; `to_edit` locks it until trust_file_close(). */
bool trust_file_open(const home *config, bool to_edit, trust_file *ret_file, signet_error *err)
    SIGNET_MUST_CHECK;

/** Read signers, ML-DSA-44 keys too when libsignet-pki is there. */
signet_trust *trust_file_parse(signet_slice text, signet_error *err) SIGNET_MUST_CHECK;

/** Add lines at the end. */
bool trust_file_append(trust_file *file, signet_slice lines, signet_error *err) SIGNET_MUST_CHECK;

/** Drop the lines of a signer; how many there were.  SIGNET_E_NOT_FOUND: none. */
bool trust_file_remove(trust_file *file, const char *name, size_t *ret_count, signet_error *err)
    SIGNET_MUST_CHECK;

/** Set revoked-since in the lines of a signer. */
bool trust_file_revoke(trust_file *file, const char *name, int64_t since, size_t *ret_count,
    signet_error *err) SIGNET_MUST_CHECK;

/** Write it, if it still can be read back. */
bool trust_file_save(trust_file *file, signet_error *err) SIGNET_MUST_CHECK;

void trust_file_close(trust_file *file);

__attribute__((unused)) static inline void
trust_file_close_auto(trust_file *file)
{
    trust_file_close(file);
}

#endif
