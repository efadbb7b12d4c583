/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ES256, which most clients of DPoP sign with, and ML-DSA-44 are in libsignet-pki, and that brings
 * an OpenSSL of its own, hidden beside that of nginx.  So it is loaded only where it is named.
 */
#include <dlfcn.h>

#include "signet_module.h"

/* signet_pki FILE */
char *
ngx_signet_set_pki(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_main_conf *main_conf = conf;
    ngx_str_t *words = cf->args->elts;
    void *library = NULL, *es256 = NULL, *mldsa44 = NULL;

    if (main_conf->token_algorithms[0])
        return "is duplicate";
    if (ngx_conf_full_name(cf->cycle, &words[1], 1) != NGX_OK)
        return NGX_CONF_ERROR;
    /* never closed: keys and workers use it, and a reload finds it again */
    library = dlopen((const char *)words[1].data, RTLD_NOW | RTLD_LOCAL);
    es256 = library ? dlsym(library, "signet_es256") : NULL;
    mldsa44 = es256 ? dlsym(library, "signet_mldsa44") : NULL;
    if (!mldsa44) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "signet_pki: %s", dlerror());
        return NGX_CONF_ERROR;
    }
    main_conf->token_algorithms[0] = &signet_ed25519;
    main_conf->token_algorithms[1] = es256;
    main_conf->hybrid_algorithms[0] = &signet_ed25519;
    main_conf->hybrid_algorithms[1] = mldsa44;
    return NGX_CONF_OK;
}

/* NULL: nothing is lacking. */
const char *
ngx_signet_hybrid_lack(const ngx_signet_main_conf *main_conf, const ngx_signet_loc_conf *conf)
{
    const ngx_signet_master *masters = conf->keys ? conf->keys->elts : NULL;
    const ngx_uint_t count = conf->keys ? conf->keys->nelts : 0;

    if (conf->hybrid)
        return main_conf->hybrid_algorithms[0] ? NULL
                                               : "\"signet_pki\", which \"signet_hybrid\" needs";
    for (ngx_uint_t i = 0; i < count; i++) {
        if (signet_key_algorithm(masters[i].key) != &signet_ed25519)
            return "\"signet_hybrid\", which a master key of ML-DSA-44 needs";
    }
    return NULL;
}
