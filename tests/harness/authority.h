/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates and CMS messages of others, made with libcrypto while the test runs, so that every
 * shape can be had, also those that no tool writes.  All memory lives until the program ends.
 */
#ifndef SG_TESTS_AUTHORITY_H
#define SG_TESTS_AUTHORITY_H

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "harness.h"

enum {
    MADE_FROM = 1700000000,  /* certificates are valid from here ... */
    MADE_UNTIL = 1700001000, /* ... to here, unless their template says otherwise */
    MADE_AT = 1700000500,
    MADE_EXTENSIONS_MAX = 8,
};

typedef struct {
    EVP_PKEY *key;
    X509 *cert;
    signet_slice der;
} identity;

typedef struct {
    const char *name;         /* common name; NULL: an empty subject */
    const char *organisation; /* or NULL */
    const char *key;          /* "ED25519", "ML-DSA-44", "P-256", "RSA-2048", ...; default P-256 */
    const identity *same_key; /* or the key of that one */
    const identity *issuer;   /* NULL: itself */
    const EVP_MD *digest;     /* of the signature on it; NULL: none, or SHA-256 */
    bool with_pss;            /* RSA: sign with PSS */
    int64_t from, until;      /* 0: MADE_FROM, MADE_UNTIL */
    const char *extensions[MADE_EXTENSIONS_MAX][2]; /* as in openssl.cnf */
    int more_extensions;                            /* of unknown kinds */
} identity_template;

/* Extensions of a CA, and of a leaf that signs code. */
#define MADE_CA                                                                                    \
    {"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign"},                \
    {                                                                                              \
        "subjectKeyIdentifier", "hash"                                                             \
    }
#define MADE_LEAF                                                                                  \
    {"keyUsage", "critical,digitalSignature"}, {"extendedKeyUsage", "codeSigning"},                \
    {                                                                                              \
        "subjectKeyIdentifier", "hash"                                                             \
    }

identity make_identity(const identity_template *wanted);

typedef struct {
    const identity *identity;
    const EVP_MD *digest;
    int64_t signed_at; /* 0: MADE_AT; negative: no signing time */
    unsigned flags;    /* CMS_USE_KEYID, CMS_NOATTR, CMS_NOCERTS, CMS_KEY_PARAM */
    bool with_pss;
} cms_signer;

typedef struct {
    const cms_signer *signers;
    size_t signer_count;
    const identity *const *certs; /* more certificates in the message */
    size_t cert_count;
    signet_slice content;
    int content_type; /* 0: data */
    bool is_attached;
} cms_template;

signet_slice make_cms(const cms_template *wanted);

#endif
