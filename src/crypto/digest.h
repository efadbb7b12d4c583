/* SPDX-License-Identifier: Apache-2.0 */
/* Digests over whole slices: SHA-256 and SHA-512 of libsodium, SHA-1 (identifiers only) of libmd.
 */
#ifndef SG_CRYPTO_DIGEST_H
#define SG_CRYPTO_DIGEST_H

#include <signet/key.h>

void sg_sha1(signet_slice bytes, uint8_t ret_digest[20]);
void sg_sha256(signet_slice bytes, uint8_t ret_digest[32]);
void sg_sha512(signet_slice bytes, uint8_t ret_digest[64]);

#endif
