/* SPDX-License-Identifier: Apache-2.0 */
/* Hex, base64 and UTF-8, strict; over libsodium's constant-time codecs but for base64url. */
#ifndef SG_BASE_TEXT_H
#define SG_BASE_TEXT_H

#include <signet/base.h>

/** Write 2 x `bytes.len` lower-case hex digits and a terminator to `out`. */
void sg_hex(char *out, signet_slice bytes);

/** Append lower-case hex. */
bool sg_hex_append(signet_buf *out, signet_slice bytes, signet_error *err) SIGNET_MUST_CHECK;

/** Append the bytes of `text`: hex digits of either case, an even number, nothing else. */
bool sg_hex_decode(signet_slice text, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append base64 with padding (RFC 4648 section 4), in lines of `width` characters, 0: one line. */
bool sg_base64_append(signet_buf *out, signet_slice bytes, size_t width, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Append the bytes of canonical base64: padded, no stray bits.  CR and LF are skipped, nothing else
 * is.  On failure `out` is as it was.
 */
bool sg_base64_decode(signet_slice text, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Decode canonical base64url (RFC 4648 section 5): no padding, no stray bits, nothing skipped.  Not
 * in constant time.  Writes at most `size` bytes, also when it fails.
 */
bool sg_base64url_decode(signet_slice text, uint8_t *ret_bytes, size_t size, size_t *ret_len)
    SIGNET_MUST_CHECK;

/** How many characters so many bytes make. */
size_t sg_base64url_size(size_t len);

/** Write sg_base64url_size(bytes.len) characters, without a terminator.  Not in constant time. */
void sg_base64url_encode(signet_slice bytes, char *ret_text);

/** Whether the bytes are UTF-8 (RFC 3629: shortest form, no surrogates). */
bool sg_is_utf8(signet_slice text);

/** Whether every byte is printable ASCII, 0x20 to 0x7e. */
bool sg_is_printable(signet_slice text);

#endif
