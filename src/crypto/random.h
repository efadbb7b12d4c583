/* SPDX-License-Identifier: Apache-2.0 */
/* All randomness comes in through here, so that a test can replace it. */
#ifndef SG_CRYPTO_RANDOM_H
#define SG_CRYPTO_RANDOM_H

#include <signet/base.h>

/** Fill with random bytes, or fail with SIGNET_E_CRYPTO. */
bool sg_random(uint8_t *ret_bytes, size_t len, signet_error *err) SIGNET_MUST_CHECK;

/** For tests: take random bytes from `source` from now on; NULL: the system's again. */
void sg_random_set_source(bool (*source)(uint8_t *ret_bytes, size_t len));

#endif
