/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS through libhiredis_ssl.  It checks that a certificate is signed by the CA and not for whom it
 * is, hence the CA must be one that signs for nobody else; there is no default.
 */
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <stdlib.h>

#include "serve/redis_link.h"

struct sg_redis_tls {
    redisSSLContext *context;
};

sg_redis_tls *
sg_redis_tls_new(const char *ca_file, const char *certificate_file, const char *key_file,
    const char *host, signet_error *err)
{
    redisSSLContextError problem = REDIS_SSL_CTX_NONE;
    sg_redis_tls *tls = NULL;

    if (!ca_file)
        return signet_fail_null(err, SIGNET_E_USAGE, "redis: rediss:// needs the file of a CA");
    if (redisInitOpenSSL() != REDIS_OK)
        return signet_fail_null(err, SIGNET_E_CRYPTO, "redis: TLS cannot start");
    tls = calloc(1, sizeof(*tls));
    if (!tls)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for TLS");
    tls->context = redisCreateSSLContext(ca_file, NULL, certificate_file, key_file, host, &problem);
    if (tls->context)
        return tls;
    free(tls);
    return signet_fail_null(
        err, SIGNET_E_USAGE, "redis: TLS: %s", redisSSLContextGetError(problem));
}

bool
sg_redis_tls_start(sg_redis_tls *tls, redisContext *context, signet_error *err)
{
    if (redisInitiateSSLWithContext(context, tls->context) != REDIS_OK)
        return signet_fail(err, SIGNET_E_NETWORK, "redis: no TLS with that server");
    return true;
}

void
sg_redis_tls_free(sg_redis_tls *tls)
{
    if (!tls)
        return;
    redisFreeSSLContext(tls->context);
    free(tls);
}
