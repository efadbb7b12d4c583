/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ES256, which most clients of DPoP sign with, is in libsignet-pki, and that brings an OpenSSL of
 * its own, hidden beside that of nginx.  So it is loaded only where it is named.
 */
#include <dlfcn.h>

#include "signet_module.h"

/* signet_pki FILE */
char *
ngx_signet_set_pki(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_main_conf *main_conf = conf;
    ngx_str_t *words = cf->args->elts;
    void *library = NULL, *es256 = NULL;

    if (main_conf->token_algorithms[0])
        return "is duplicate";
    if (ngx_conf_full_name(cf->cycle, &words[1], 1) != NGX_OK)
        return NGX_CONF_ERROR;
    /* never closed: keys and workers use it, and a reload finds it again */
    library = dlopen((const char *)words[1].data, RTLD_NOW | RTLD_LOCAL);
    es256 = library ? dlsym(library, "signet_es256") : NULL;
    if (!es256) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "signet_pki: %s", dlerror());
        return NGX_CONF_ERROR;
    }
    main_conf->token_algorithms[0] = &signet_ed25519;
    main_conf->token_algorithms[1] = es256;
    return NGX_CONF_OK;
}
