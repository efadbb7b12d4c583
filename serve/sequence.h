/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the sequence numbers of revocation bundles are remembered (docs/formats/bundle.md).  Any
 * thread may use a store, and any process of this user one of files.
 */
#ifndef SG_SERVE_SEQUENCE_H
#define SG_SERVE_SEQUENCE_H

#include <signet/revocation.h>

enum {
    SG_SEQUENCE_ISSUER_MAX = 1024, /* bytes of an issuer's name */
    SG_SEQUENCE_FILE_SIZE = 40,    /* of the reference: number, MAC */
};

/** In this process, for at most `issuers_max` issuers; forgotten when it ends. */
bool sg_sequence_memory_new(size_t issuers_max, signet_sequence_store *ret_store, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * In a private directory, which is made when it is missing: the files of the reference, and beside
 * each one of ours with what it does not know.  `mac_key` (1 byte or more) is copied.
 */
bool sg_sequence_file_new(const char *directory, signet_slice mac_key,
    signet_sequence_store *ret_store, signet_error *err) SIGNET_MUST_CHECK;

/** The number in a file of the reference.  SIGNET_E_DECODE: another size or another MAC. */
bool sg_sequence_file_read(signet_slice file, signet_slice mac_key, signet_slice issuer,
    uint64_t *ret_seqno, signet_error *err) SIGNET_MUST_CHECK;

void sg_sequence_free(signet_sequence_store *store);

__attribute__((unused)) static inline void
sg_sequence_free_auto(signet_sequence_store *store)
{
    sg_sequence_free(store);
}

#endif
