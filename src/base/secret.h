/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets: pages that hold nothing else, locked, left out of core dumps, wiped when
 * freed (sodium_malloc).  sodium_init() is called by the first allocation.
 */
#ifndef SG_BASE_SECRET_H
#define SG_BASE_SECRET_H

#include <signet/base.h>

/** `size` zero bytes for a secret, or NULL with SIGNET_E_NOMEM; free with sg_secret_free(). */
void *sg_secret_new(size_t size, signet_error *err) SIGNET_MUST_CHECK;

/** Wipe and free.  NULL is fine. */
void sg_secret_free(void *secret);

/** Wipe bytes that are not in memory of their own, like a key on the stack. */
void sg_wipe(void *ptr, size_t len);

/** Whether two secrets of the same public length are equal, in constant time. */
bool sg_equal(signet_slice a, signet_slice b);

/** Make sure that libsodium is ready; cheap, callable from anywhere, any number of times. */
bool sg_sodium_ready(signet_error *err);

__attribute__((unused)) static inline void
sg_secret_free_auto(void *variable)
{
    void *secret = NULL;

    memcpy(&secret, variable, sizeof(secret)); /* the variable may be of any pointer type */
    sg_secret_free(secret);
}

#endif
