/* SPDX-License-Identifier: Apache-2.0 */
/* The private directory of one run; what is in it is of use to nobody afterwards. */
#ifndef SG_PROXY_RUNTIME_H
#define SG_PROXY_RUNTIME_H

#include <sys/types.h>

#include <signet/base.h>

enum { PROXY_RUNTIME_MAX = 90 }; /* a socket in it has a path of at most 107 bytes */

typedef struct {
    char path[PROXY_RUNTIME_MAX + 1]; /* empty: there is none */
} proxy_runtime;

/**
 * Make one in `parent`; NULL: TMPDIR or /tmp.  Only we can list it.  When we are root, the workers
 * of nginx may pass through it to files whose names they know; those of secrets are mode 0600.
 */
bool proxy_runtime_make(const char *parent, proxy_runtime *ret_runtime, signet_error *err)
    SIGNET_MUST_CHECK;

/** Write a file of that name: it appears whole. */
bool proxy_runtime_write(const proxy_runtime *runtime, const char *name, signet_slice bytes,
    mode_t mode, signet_error *err) SIGNET_MUST_CHECK;

void proxy_runtime_remove_file(const proxy_runtime *runtime, const char *name);

/** Remove it and all that is in it. */
void proxy_runtime_free(proxy_runtime *runtime);

__attribute__((unused)) static inline void
proxy_runtime_free_auto(proxy_runtime *runtime)
{
    proxy_runtime_free(runtime);
}

#endif
