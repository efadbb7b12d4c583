/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a user's things are and what they chose.  One resolver for all programs (S-20, S-22): first
 * the home (--home, SIGNET_HOME, ~/.signet), then config.json inside it, then the environment on
 * top.
 */
#ifndef SG_TOOLS_HOME_H
#define SG_TOOLS_HOME_H

#include <signet/signet.h>

enum { HOME_CONFIG_MAX = 64 << 10 };

/** What config.json and the environment say.  Absent texts are NULL, absent numbers 0. */
typedef struct {
    char *path;          /* of the home, absolute */
    char *key_directory; /* where master.key is: the home, or $XDG_CONFIG_HOME/signet */
    char *issuer_did;    /* "issuer_did", SIGNET_DID; NULL: SIGNET_DEFAULT_DID */
    char *algorithm;     /* "algorithm", SIGNET_ALGORITHM: "ed25519", "ml-dsa-44", "hybrid" */
    char *keystore;      /* "keystore": "file" or "plaintext", as init recorded it */
    char *key_location;  /* "key_location": "home" or "xdg", as init recorded it */
    char *auth_endpoint, *mcp_url;
    int64_t validity_minutes; /* "certificate_validity_minutes", 1 to 5; 0: 5 */
    int64_t cache_minutes;    /* "passphrase_cache_minutes"; 0: 15; negative: none */
} home;

/**
 * Resolve.  `given` is the argument of --home, or NULL.  A config.json that cannot be read, is not
 * JSON, or has a member of the wrong type is an error that names file and member; unknown members
 * are kept and ignored; a validity above 5 minutes is clamped with a warning (S-10).
 */
bool home_open(const char *given, home *ret_home, signet_error *err) SIGNET_MUST_CHECK;

/** Change members of config.json, keeping the others; atomic, 0600, under a lock.  NULL values
 * remove. */
typedef struct {
    const char *name, *value;
} home_setting;
bool home_save(const home *where, const home_setting *settings, size_t count, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append the path of a file in the home, with a terminator. */
bool home_file(const home *where, const char *name, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

void home_free(home *where);

__attribute__((unused)) static inline void
home_free_auto(home *where)
{
    home_free(where);
}

#endif
