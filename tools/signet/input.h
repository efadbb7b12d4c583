/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands about tokens read: a text, a secret, a private key. */
#ifndef SG_SIGNET_INPUT_H
#define SG_SIGNET_INPUT_H

#include <signet/signet.h>

/** What messages call the input at `path`: "standard input" for NULL and "-". */
const char *input_name(const char *path);

/** Append all of a file, or of standard input for NULL and "-"; SIGNET_E_DECODE above `max` bytes.
 */
bool input_read(const char *path, size_t max, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** The text without one line end. */
signet_slice input_line(signet_slice text);

/** A SIG1 text, without its line end; borrowed from `buf`. */
bool input_sig1(const char *path, signet_buf *buf, signet_slice *ret_text, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Append the bytes of a secret as they are, from the descriptor whose number is `number`, to its
 * end.  Messages begin with `option`.
 */
bool input_secret(const char *option, const char *number, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** The private key in a PEM file that nobody else can read.  The caller frees it. */
signet_key *input_private_key(const char *path, signet_error *err) SIGNET_MUST_CHECK;

/** A list of algorithms, like "ed25519,es256"; loads libsignet-pki when it needs it. */
bool input_algorithms(const char *names, const signet_algorithm *ret_list[4], signet_error *err)
    SIGNET_MUST_CHECK;

/** All algorithms of COSE, or, without libsignet-pki, Ed25519. */
signet_algorithms input_all_algorithms(void);

/** Append the bytes of canonical base64url without padding; `problem` says what else it is. */
bool input_base64url(signet_slice text, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Exactly `size` bytes in hex. */
bool input_hex(const char *option, const char *text, size_t size, uint8_t *ret_bytes,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
