/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An installed program finds libsignet-pki in the library folder beside itself, wherever the whole
 * tree is moved; one that is not installed by its RUNPATH, the build's folder.  An installed
 * program has no RUNPATH, because the loader would look for libc there first, at each start, under
 * four names: a tenth of what git waits for.
 */
#include <dlfcn.h>
#include <stddef.h>

#include "common/pki_loader.h"

#define LIBRARY_NAME "libsignet-pki.so.0"

/* dlopen() itself knows what $ORIGIN is.  PKI_FOLDER is set in meson.build. */
static const char *const places[] = {PKI_FOLDER "/" LIBRARY_NAME, LIBRARY_NAME};

/* ML-DSA-44 as OBJECT IDENTIFIER content, and as base64 has it, by its offset modulo 3. */
static const uint8_t mldsa44_oid[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11};
static const char *const mldsa44_texts[] = {
    "ml-dsa-44", "YIZIAWUDBAMR", "CGSAFlAwQDE", "ghkgBZQMEAx"};

static const struct {
    const char *name;
    size_t field;
} symbols[] = {
    {"signet_mldsa44", offsetof(pki_functions, mldsa44)},
    {"signet_mldsa44_begin", offsetof(pki_functions, mldsa44_begin)},
    {"signet_mldsa44_update", offsetof(pki_functions, mldsa44_update)},
    {"signet_mldsa44_sign_end", offsetof(pki_functions, mldsa44_sign_end)},
    {"signet_mldsa44_verify_end", offsetof(pki_functions, mldsa44_verify_end)},
    {"signet_mldsa44_free", offsetof(pki_functions, mldsa44_free)},
    {"signet_chain_verify", offsetof(pki_functions, chain_verify)},
    {"signet_cms_verify_general", offsetof(pki_functions, cms_verify_general)},
    {"signet_pki_openssl_version", offsetof(pki_functions, openssl_version)},
};

static bool
find_symbols(void *library, pki_functions *found, signet_error *err)
{
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *address = dlsym(library, symbols[i].name);

        if (!address)
            return signet_fail(err, SIGNET_E_NOT_FOUND, LIBRARY_NAME " has no %s", symbols[i].name);
        memcpy(
            (uint8_t *)found + symbols[i].field, &address, sizeof(address)); /* as POSIX has it */
    }
    found->algorithms[0] = &signet_ed25519;
    found->algorithms[1] = found->mldsa44;
    found->algorithms[2] = NULL;
    return true;
}

const pki_functions *
pki_load(signet_error *err)
{
    static pki_functions functions;
    static bool is_loaded;
    pki_functions found = {0};
    void *library = NULL;

    if (is_loaded)
        return &functions;
    for (size_t i = 0; !library && i < sizeof(places) / sizeof(places[0]); i++)
        library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return signet_fail_null(err, SIGNET_E_NOT_FOUND,
            "ML-DSA-44 and other people's certificates need libsignet-pki: %s", dlerror());
    if (!find_symbols(library, &found, err)) {
        (void)dlclose(library);
        return NULL;
    }
    functions = found;
    is_loaded = true; /* for good: keys and errors point into it */
    return &functions;
}

static bool
mentions_mldsa44(signet_slice bytes)
{
    if (bytes.len == 0)
        return false;
    if (memmem(bytes.ptr, bytes.len, mldsa44_oid, sizeof(mldsa44_oid)))
        return true;
    for (size_t i = 0; i < sizeof(mldsa44_texts) / sizeof(mldsa44_texts[0]); i++) {
        if (memmem(bytes.ptr, bytes.len, mldsa44_texts[i], strlen(mldsa44_texts[i])))
            return true;
    }
    return false;
}

signet_algorithms
pki_algorithms_for(signet_slice bytes, signet_error *err)
{
    const pki_functions *pki = NULL;

    if (!mentions_mldsa44(bytes))
        return signet_only_ed25519;
    pki = pki_load(err);
    return pki ? pki->algorithms : NULL;
}
