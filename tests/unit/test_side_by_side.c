/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsignet-pki as the programs use it, loaded when needed beside their own static libsignet, in a
 * process where the system's OpenSSL is at work already with all its symbols in the open.
 */
#include <dlfcn.h>
#include <stdlib.h>

#include <signet/pki.h>

#include "harness.h"

static void *
open_library(const char *name)
{
    return dlopen(name, RTLD_NOW | RTLD_GLOBAL);
}

/* The address of a function or of a constant. */
static void
find(void *library, const char *name, void *ret_address, size_t size)
{
    void *address = dlsym(library, name);

    if (!address)
        harness_fail(__FILE__, __LINE__, "no %s: %s", name, dlerror());
    REQUIRE(size == sizeof(address));
    memcpy(ret_address, &address, size);
}

#define FIND(library, name, variable) find((library), (name), &(variable), sizeof(variable))

static const uint8_t seed_bytes[SIGNET_SEED_SIZE] = {7};
static const signet_slice seed = {seed_bytes, sizeof(seed_bytes)};

/* A key of our own copy of libsignet, of an algorithm of the library. */
static void
use_pki(void *pki)
{
    const signet_algorithm *mldsa44 = NULL;
    __typeof__(&signet_mldsa44_begin) begin = NULL;
    __typeof__(&signet_mldsa44_update) update = NULL;
    __typeof__(&signet_mldsa44_sign_end) sign_end = NULL;
    __typeof__(&signet_mldsa44_free) free_message = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf whole = {0}, pieces = {0};
    signet_mldsa44_message *message = NULL;

    FIND(pki, "signet_mldsa44", mldsa44);
    FIND(pki, "signet_mldsa44_begin", begin);
    FIND(pki, "signet_mldsa44_update", update);
    FIND(pki, "signet_mldsa44_sign_end", sign_end);
    FIND(pki, "signet_mldsa44_free", free_message);
    key = signet_key_from_seed(mldsa44, seed, NULL);
    REQUIRE(key && signet_key_sign(key, seed, &whole, NULL));
    CHECK(signet_key_verify(key, seed, signet_buf_slice(&whole), NULL));
    message = begin(signet_key_public(key), NULL);
    REQUIRE(message && update(message, seed, NULL) && sign_end(message, key, &pieces, NULL));
    free_message(message);
    CHECK_BYTES(signet_buf_slice(&pieces), signet_buf_slice(&whole));
    whole.data[100] ^= 1;
    CHECK(!signet_key_verify(key, seed, signet_buf_slice(&whole), NULL));
}

TEST(is_used_through_dlopen_with_keys_of_the_program)
{
    void *pki = open_library(PKI_LIBRARY);

    if (!pki)
        harness_fail(__FILE__, __LINE__, "%s", dlerror());
    use_pki(pki);
}

/* What OpenSSL 3.0 must still do right: a digest, with a provider of its own. */
static void
use_system(void *libcrypto)
{
    int (*digest)(void *, const char *, const char *, const void *, size_t, uint8_t *, size_t *) =
        NULL;
    uint8_t hash[64];
    size_t len = sizeof(hash);

    FIND(libcrypto, "EVP_Q_digest", digest);
    REQUIRE(digest(NULL, "SHA2-256", NULL, "abc", 3, hash, &len) == 1);
    CHECK_BYTES(((signet_slice){hash, len}),
        unhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

TEST(lives_beside_the_systems_openssl)
{
    void *libcrypto = open_library("libcrypto.so.3"), *pki = NULL;
    const char *(*system_version)(int) = NULL;
    const char *(*our_version)(void) = NULL;

    if (!libcrypto) {
        print_message("# no libcrypto.so.3 on this system\n");
        skip();
    }
    FIND(libcrypto, "OpenSSL_version", system_version);
    use_system(libcrypto);
    pki = open_library(PKI_LIBRARY);
    REQUIRE(pki);
    FIND(pki, "signet_pki_openssl_version", our_version);
    print_message("# system: %s, ours: %s\n", system_version(0), our_version());
    CHECK(strcmp(our_version(), "OpenSSL 3.5") > 0);
    for (int i = 0; i < 3; i++) {
        use_pki(pki);
        use_system(libcrypto);
    }
}

TEST(lives_beside_libcurl)
{
    void *libcurl = open_library("libcurl.so.4"), *pki = NULL;
    int (*start)(long) = NULL;
    void *(*new_transfer)(void) = NULL;
    int (*set)(void *, int, ...) = NULL;
    int (*perform)(void *) = NULL;
    void (*end_transfer)(void *) = NULL;
    void *transfer = NULL;

    enum { CURLOPT_URL_ = 10002, CURLE_COULDNT_CONNECT_ = 7 };

    if (!libcurl) {
        print_message("# no libcurl.so.4 on this system\n");
        skip();
    }
    FIND(libcurl, "curl_global_init", start);
    FIND(libcurl, "curl_easy_init", new_transfer);
    FIND(libcurl, "curl_easy_setopt", set);
    FIND(libcurl, "curl_easy_perform", perform);
    FIND(libcurl, "curl_easy_cleanup", end_transfer);
    pki = open_library(PKI_LIBRARY);
    REQUIRE(pki && start(3) == 0);
    use_pki(pki);
    transfer = new_transfer();
    REQUIRE(transfer);
    /* TLS is set up before the connection is refused: port 1 of this machine. */
    CHECK_INT(set(transfer, CURLOPT_URL_, "https://127.0.0.1:1/"), 0);
    CHECK_INT(perform(transfer), CURLE_COULDNT_CONNECT_);
    end_transfer(transfer);
    use_pki(pki);
}

TEST(exports_its_own_names_and_no_others)
{
    static const struct {
        const char *name;
        bool is_there;
    } rows[] = {
        {"signet_mldsa44", true},
        {"signet_all_algorithms", true},
        {"signet_chain_verify", true},
        {"signet_cms_verify_general", true},
        {"signet_pki_openssl_version", true},
        {"EVP_PKEY_verify_message_init", false}, /* OpenSSL 3.4 and later, so not the system's */
        {"sg_chain_verify", false},
        {"sg_openssl", false},
    };
    void *pki = open_library(PKI_LIBRARY);

    REQUIRE(pki);
    for (EACH(row, rows)) {
        if (!row->is_there && PKI_IS_SHARED && strncmp(row->name, "EVP", 3) == 0)
            continue; /* dlsym() looks into the libraries of a library */
        CHECK_INT(dlsym(pki, row->name) != NULL, row->is_there);
    }
}

TESTS(TEST_OF(is_used_through_dlopen_with_keys_of_the_program),
    TEST_OF(lives_beside_the_systems_openssl), TEST_OF(lives_beside_libcurl),
    TEST_OF(exports_its_own_names_and_no_others))
