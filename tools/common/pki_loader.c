/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsignet-pki is in the library folder beside the program (PKI_BESIDE, from the program's own),
 * else where dlopen() finds it, by a RUNPATH for example.  signet-git has no RUNPATH: with one, the
 * dynamic linker looks for libc in two dozen places first, and git starts one process for each
 * commit.  No environment variable of ours says where.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "common/pki_loader.h"

static const char library_name[] = "libsignet-pki.so.0";

/* ML-DSA-44 as OBJECT IDENTIFIER content, and as base64 has it, by its offset modulo 3. */
static const uint8_t mldsa44_oid[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11};
static const char *const mldsa44_texts[] = {
    "ml-dsa-44", "YIZIAWUDBAMR", "CGSAFlAwQDE", "ghkgBZQMEAx"};

static const struct {
    const char *name;
    size_t field;
} symbols[] = {
    {"signet_mldsa44", offsetof(pki_functions, mldsa44)},
    {"signet_es256", offsetof(pki_functions, es256)},
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
            return signet_fail(
                err, SIGNET_E_NOT_FOUND, "%s has no %s", library_name, symbols[i].name);
        memcpy(
            (uint8_t *)found + symbols[i].field, &address, sizeof(address)); /* as POSIX has it */
    }
    found->algorithms[0] = &signet_ed25519;
    found->algorithms[1] = found->mldsa44;
    found->algorithms[2] = NULL;
    found->cose_algorithms[0] = &signet_ed25519;
    found->cose_algorithms[1] = found->es256;
    found->cose_algorithms[2] = found->mldsa44;
    found->cose_algorithms[3] = NULL;
    return true;
}

/* The library beside this program, or NULL. */
static void *
open_beside(void)
{
    char program[PATH_MAX], path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *slash = NULL;

    if (len <= 0)
        return NULL;
    program[len] = '\0';
    slash = strrchr(program, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    len = snprintf(path, sizeof(path), "%s/" PKI_BESIDE "/%s", program, library_name);
    if (len < 0 || (size_t)len >= sizeof(path))
        return NULL;
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
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
    library = open_beside();
    if (!library)
        library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
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
