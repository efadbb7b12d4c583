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

/*
 * `SIGNET_AUTO(sg_errors_end) int errors = sg_errors_begin();` at the top of an entry point: the
 * queue of errors is the host program's as well, so what OpenSSL adds on our way is taken off it.
 */
int sg_errors_begin(void);
void sg_errors_end(int errors);
SIGNET_DEFINE_AUTO(sg_errors_end, int);

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
