/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of nginx. */
#ifndef SG_PROXY_CONFIG_H
#define SG_PROXY_CONFIG_H

#include "settings.h"

/** What is known only when it runs; texts are borrowed. */
typedef struct {
    const char *runtime; /* the private directory */
    const char *module;  /* ngx_http_signet_module.so */
    const char *user;    /* of the workers, or NULL when we are not root */
    int nginx_version;   /* 1022001 is 1.22.1 */
    int64_t connections; /* of a worker */
} proxy_place;

/** Append the configuration; it holds the credential. */
bool proxy_config_write(const proxy_settings *settings, const proxy_secrets *secrets,
    const proxy_place *place, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

#endif
