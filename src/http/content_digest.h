/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content-Digest (RFC 9530 section 2): digests over the content as sent, after content coding and
 * before transfer coding.  Only sha-256 and sha-512 say anything; of these at least one must be
 * there and each that is there must match.  Unknown ones are ignored.
 */
#ifndef SG_HTTP_CONTENT_DIGEST_H
#define SG_HTTP_CONTENT_DIGEST_H

#include <signet/base.h>

/** Digests that are known: of a field those that the reader of the content must compute. */
typedef struct {
    bool has_sha256, has_sha512;
    uint8_t sha256[32], sha512[64];
} sg_content_digest;

/**
 * Read the value of the field, all its lines joined.  SIGNET_E_DECODE (form, a key twice, a digest
 * of the wrong size, parameters on one that counts), SIGNET_E_ALGORITHM (neither of the two).
 */
bool sg_content_digest_read(signet_slice value, sg_content_digest *ret_digest, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Whether every digest of `wanted` is that of the content, in constant time.  SIGNET_E_SIGNATURE:
 * one is another; SIGNET_E_USAGE: `computed` lacks one, or `wanted` has none.
 */
bool sg_content_digest_check(const sg_content_digest *wanted, const sg_content_digest *computed,
    signet_error *err) SIGNET_MUST_CHECK;

/** Append the value of the field: sha-256, then sha-512, those that are there. */
bool sg_content_digest_write(const sg_content_digest *digest, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
