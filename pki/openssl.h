/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every file of this folder needs of OpenSSL: one library context of our own, owners, errors.
 *
 * The context is ours so that neither openssl.cnf, nor OPENSSL_CONF, nor what the host program does
 * to the default context decides which algorithms exist here.
 */
#ifndef SG_PKI_OPENSSL_H
#define SG_PKI_OPENSSL_H

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <signet/base.h>

/** The context that every fetch and every new object is given; NULL with SIGNET_E_CRYPTO. */
OSSL_LIB_CTX *sg_openssl(signet_error *err) SIGNET_MUST_CHECK;

/**
 * Report OpenSSL's last error as SIGNET_E_CRYPTO, or SIGNET_E_NOMEM when memory was short, with
 * `what` in front of its reason.
 */
#define sg_fail_openssl(err, what)      (sg_openssl_error(err, what), false)
#define sg_fail_openssl_null(err, what) (sg_openssl_error(err, what), NULL)
void sg_openssl_error(signet_error *err, const char *what);

/** Whether an error of OpenSSL's means that memory is short, and nothing else can be concluded. */
bool sg_is_short_of_memory(void);

/** Refuse with `code` and a message, or with SIGNET_E_NOMEM when memory is short. */
#define sg_refuse(err, ...)      (SG_REASON(err, __VA_ARGS__), false)
#define sg_refuse_null(err, ...) (SG_REASON(err, __VA_ARGS__), NULL)
#define SG_REASON(err, ...)                                                                        \
    (sg_is_short_of_memory() ? sg_openssl_error(err, "out of memory")                              \
                             : signet_error_set(err, __VA_ARGS__))

/*
 * At the top of an entry point: the queue of errors is the host program's as well, so what OpenSSL
 * adds on our way is taken off it at the end.
 */
#define SG_KEEP_ERRORS()                                                                           \
    SIGNET_AUTO(sg_errors_end) __attribute__((unused)) int kept_errors = sg_errors_begin()
int sg_errors_begin(void);
void sg_errors_end(int errors);
SIGNET_DEFINE_AUTO(sg_errors_end, int);

/**
 * Whether OpenSSL's answer is yes, and nothing went wrong on the way since SG_KEEP_ERRORS(): short
 * of memory, OpenSSL 3.5 may go on with what it has and compare something else.
 */
bool sg_is_yes(int answer);

/** Seconds since 1970 of a time in a certificate or an attribute.  SIGNET_E_DECODE. */
bool sg_seconds_of(const ASN1_TIME *time, int64_t *ret_seconds, signet_error *err)
    SIGNET_MUST_CHECK;

/** Free a stack with its certificates. */
void sg_certs_free(STACK_OF(X509) * certs);

SIGNET_DEFINE_AUTO(sg_certs_free, STACK_OF(X509) *);
SIGNET_DEFINE_AUTO(BIO_free_all, BIO *);
SIGNET_DEFINE_AUTO(CMS_ContentInfo_free, CMS_ContentInfo *);
SIGNET_DEFINE_AUTO(EVP_MD_CTX_free, EVP_MD_CTX *);
SIGNET_DEFINE_AUTO(EVP_MD_free, EVP_MD *);
SIGNET_DEFINE_AUTO(EVP_PKEY_CTX_free, EVP_PKEY_CTX *);
SIGNET_DEFINE_AUTO(EVP_PKEY_free, EVP_PKEY *);
SIGNET_DEFINE_AUTO(EVP_SIGNATURE_free, EVP_SIGNATURE *);
SIGNET_DEFINE_AUTO(GENERAL_NAMES_free, GENERAL_NAMES *);
SIGNET_DEFINE_AUTO(NAME_CONSTRAINTS_free, NAME_CONSTRAINTS *);
SIGNET_DEFINE_AUTO(X509_free, X509 *);
SIGNET_DEFINE_AUTO(X509_policy_tree_free, X509_POLICY_TREE *);

#endif
