/* SPDX-License-Identifier: Apache-2.0 */
/* A public key as people give it on the command line. */
#ifndef SG_SIGNET_KEY_ARGUMENT_H
#define SG_SIGNET_KEY_ARGUMENT_H

#include <signet/signet.h>

/**
 * The public key of `text`: a key id (the raw key in hex), or a file with a key id, PEM or DER
 * SubjectPublicKeyInfo.  A private key is refused.  The caller frees it.
 */
signet_key *key_argument_read(const char *text, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The same of any of `accepted`: a file also with ES256, an id also of another length.  A file with
 * a key that is not accepted is SIGNET_E_ALGORITHM.
 */
signet_key *key_argument_read_accepted(
    signet_algorithms accepted, const char *text, signet_error *err) SIGNET_MUST_CHECK;

/** The algorithm of `accepted` whose raw keys have as many hex digits as `text`, or NULL. */
const signet_algorithm *key_argument_algorithm_of_id(signet_algorithms accepted, signet_slice text);

/** Append a line of a trust file for up to two keys of one signer. */
bool key_argument_trust_line(const char *name, signet_key *const *keys, size_t count,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

#endif
