/* SPDX-License-Identifier: Apache-2.0 */
/* What `signet proof` and `signet curl` share: their options, and a proof made from them. */
#ifndef SG_SIGNET_PROOF_MAKER_H
#define SG_SIGNET_PROOF_MAKER_H

#include <getopt.h>

#include <signet/signet.h>

#include "commands.h"

/** How the credential is made; texts are borrowed, absent ones are NULL. */
typedef struct {
    const char *issuer, *audience, *purpose, *validity, *key, *algorithm, *home;
    const char *session;  /* a file, or empty: that of issuer, purpose and audience */
    int64_t clock_offset; /* seconds to add to the clock */
} proof_terms;

enum {
    PROOF_ISSUER = OPTION_JSON + 1,
    PROOF_AUDIENCE,
    PROOF_PURPOSE,
    PROOF_VALIDITY,
    PROOF_KEY,
    PROOF_ALGORITHM,
    PROOF_SESSION,
    PROOF_NEXT, /* first of a command's own */
};

/** Their rows of getopt_long() and of command_options(). */
#define PROOF_OPTIONS                                                                              \
    {"issuer", required_argument, NULL, PROOF_ISSUER},                                             \
        {"audience", required_argument, NULL, PROOF_AUDIENCE},                                     \
        {"purpose", required_argument, NULL, PROOF_PURPOSE},                                       \
        {"validity", required_argument, NULL, PROOF_VALIDITY},                                     \
        {"key", required_argument, NULL, PROOF_KEY},                                               \
        {"algorithm", required_argument, NULL, PROOF_ALGORITHM},                                   \
    {                                                                                              \
        "home", required_argument, NULL, OPTION_HOME                                               \
    }
#define PROOF_TARGETS(terms)                                                                       \
    {PROOF_ISSUER, &(terms)->issuer, NULL}, {PROOF_AUDIENCE, &(terms)->audience, NULL},            \
        {PROOF_PURPOSE, &(terms)->purpose, NULL}, {PROOF_VALIDITY, &(terms)->validity, NULL},      \
        {PROOF_KEY, &(terms)->key, NULL}, {PROOF_ALGORITHM, &(terms)->algorithm, NULL},            \
    {                                                                                              \
        OPTION_HOME, &(terms)->home, NULL                                                          \
    }

/** Their lines of a usage text. */
#define PROOF_USAGE                                                                                \
    "      --purpose TEXT      what the proof is for; default: http\n"                             \
    "      --audience NAME     for which service; default: any\n"                                  \
    "      --issuer NAME       as whose the service knows your key; default: the canonical id\n"   \
    "                          of the key\n"                                                       \
    "      --validity SECONDS  how long the token behind it is valid, 1 to 600; default: 300\n"    \
    "      --key FILE          vouch with the private key in FILE (PEM) instead of yours\n"        \
    "      --algorithm NAME    which of your keys: ed25519 or ml-dsa-44; default: the first\n"     \
    "      --home DIR          where keys and configuration are; default: ~/.signet\n"

/** The option of those that take a session, and its line of usage. */
#define PROOF_SESSION_OPTION                                                                       \
    {                                                                                              \
        "session", optional_argument, NULL, PROOF_SESSION                                          \
    }
#define PROOF_SESSION_USAGE                                                                        \
    "      --session[=FILE]    sign with a session of signet session, not with your master key;\n" \
    "                          default: SIGNET_SESSION\n"

/** A proof that was made. */
typedef struct {
    signet_buf value; /* of the field Signet-Proof */
    uint8_t token_id[16];
    int64_t now, expires;
} proof_made;

/** What makes no sense in the terms themselves, before a passphrase is asked for. */
bool proof_terms_check(const proof_terms *terms, signet_error *err) SIGNET_MUST_CHECK;

/** Now, as the service sees it. */
int64_t proof_now(const proof_terms *terms);

/** --validity, or its default. */
bool proof_validity(const proof_terms *terms, int64_t *ret_validity, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * The credential to sign with, and whether a service has a record of its token: that of the session
 * that is asked for, else a new one under the master key.  The caller frees it.
 */
signet_credential *proof_credential(const proof_terms *terms, bool *ret_is_known, signet_error *err)
    SIGNET_MUST_CHECK;

/** Load the master key, make a credential of the terms, and sign one request with it. */
bool proof_make(const proof_terms *terms, const signet_sign_order *order, proof_made *ret_made,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
