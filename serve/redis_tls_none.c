/* SPDX-License-Identifier: Apache-2.0 */
/* A hiredis without libhiredis_ssl, as Debian 12 has it. */
#include "serve/redis_link.h"

sg_redis_tls *
sg_redis_tls_new(const char *ca_file __attribute__((unused)),
    const char *certificate_file __attribute__((unused)),
    const char *key_file __attribute__((unused)), const char *host __attribute__((unused)),
    signet_error *err)
{
    return signet_fail_null(
        err, SIGNET_E_USAGE, "redis: this program is built without TLS for rediss://");
}

bool
sg_redis_tls_start(sg_redis_tls *tls __attribute__((unused)),
    redisContext *context __attribute__((unused)), signet_error *err)
{
    return signet_fail(err, SIGNET_E_NETWORK, "redis: built without TLS");
}

void
sg_redis_tls_free(sg_redis_tls *tls __attribute__((unused)))
{
}
