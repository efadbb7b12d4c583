/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <signet/pki.h>

#include "openssl.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static OSSL_LIB_CTX *context;

/*
 * Whether OpenSSL is linked into this very object.  Then its default context is nobody else's, and
 * reading the configuration of another version of OpenSSL for it is time lost and a risk.
 */
static bool
is_ours(void)
{
    Dl_info ours, theirs;

    return dladdr(&context, &ours) != 0 && dladdr(OpenSSL_version(OPENSSL_VERSION), &theirs) != 0 &&
           ours.dli_fbase == theirs.dli_fbase;
}

static void
make_context(void)
{
    if (is_ours())
        (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    context = OSSL_LIB_CTX_new();
}

OSSL_LIB_CTX *
sg_openssl(signet_error *err)
{
    if (!CRYPTO_THREAD_run_once(&once, make_context) || !context)
        return signet_fail_null(err, SIGNET_E_CRYPTO, "OpenSSL cannot start");
    return context;
}

/* Whoever was refused memory says so first, and those who called it say what that meant. */
bool
sg_is_short_of_memory(void)
{
    return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
           ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

void
sg_openssl_error(signet_error *err, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    signet_error_set(err, sg_is_short_of_memory() ? SIGNET_E_NOMEM : SIGNET_E_CRYPTO, "%s: %s",
        what, reason ? reason : "OpenSSL gives no reason");
}

bool
sg_is_yes(int answer)
{
    return answer == 1 && ERR_count_to_mark() == 0;
}

/* 0: there was no error to put a mark on, so all that are there later are ours. */
int
sg_errors_begin(void)
{
    return ERR_set_mark();
}

void
sg_errors_end(int errors)
{
    if (errors == 1)
        (void)ERR_pop_to_mark();
    else
        ERR_clear_error();
}

bool
sg_seconds_of(const ASN1_TIME *time, int64_t *ret_seconds, signet_error *err)
{
    struct tm civil = {0};

    if (!time || ASN1_TIME_to_tm(time, &civil) != 1)
        return sg_refuse(err, SIGNET_E_DECODE, "a time that is none");
    *ret_seconds = timegm(&civil);
    return true;
}

void
sg_certs_free(STACK_OF(X509) * certs)
{
    sk_X509_pop_free(certs, X509_free);
}

const char *
signet_pki_openssl_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
