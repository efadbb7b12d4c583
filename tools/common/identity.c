/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "common/bridge.h"
#include "common/cli.h"
#include "common/identity_own.h"
#include "common/prompt.h"

static const char *const algorithm_names[] = {
    [IDENTITY_ED25519] = "ed25519",
    [IDENTITY_MLDSA44] = "ml-dsa-44",
    [IDENTITY_HYBRID] = "hybrid",
};

bool
identity_algorithm_parse(const char *name, identity_algorithm *ret_algorithm, signet_error *err)
{
    for (size_t i = 0; i < sizeof(algorithm_names) / sizeof(algorithm_names[0]); i++) {
        if (strcmp(algorithm_names[i], name) == 0) {
            *ret_algorithm = (identity_algorithm)i;
            return true;
        }
    }
    return signet_fail(
        err, SIGNET_E_USAGE, "%s is no algorithm (ed25519, ml-dsa-44 or hybrid)", name);
}

bool
identity_keys_wanted(identity_algorithm algorithm, const signet_algorithm *ret_wanted[2],
    size_t *ret_count, signet_algorithms *ret_accepted, signet_error *err)
{
    const pki_functions *pki = NULL;

    *ret_count = 0;
    *ret_accepted = signet_only_ed25519;
    if (algorithm != IDENTITY_MLDSA44)
        ret_wanted[(*ret_count)++] = &signet_ed25519;
    if (algorithm == IDENTITY_ED25519)
        return true;
    pki = pki_load(err);
    if (!pki)
        return false;
    ret_wanted[(*ret_count)++] = pki->mldsa44;
    *ret_accepted = pki->algorithms;
    return true;
}

signet_keystore_options
identity_keystore(const home *config, signet_algorithms accepted)
{
    return (signet_keystore_options){.directory = config->key_directory,
        .accepted = accepted,
        .ask = prompt_passphrase,
        .cache_seconds = config->cache_minutes < 0 ? -1 : config->cache_minutes * 60};
}

/* The store; that there is none is an error, and so is one weaker than the one that was made. */
static signet_keystore *
open_store(const home *config, signet_algorithms accepted, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_keystore_options options = identity_keystore(config, accepted);
    signet_store_protection protection = SIGNET_STORE_NONE;

    store = signet_keystore_open(&options, err);
    if (!store)
        return NULL;
    protection = signet_keystore_protection(store);
    if (protection == SIGNET_STORE_NONE)
        return signet_fail_null(err, SIGNET_E_NOT_FOUND,
            "%s: master key not found (signet-git init makes one)", signet_keystore_path(store));
    if (protection == SIGNET_STORE_PLAINTEXT && config->keystore &&
        strcmp(config->keystore, "file") == 0)
        return signet_fail_null(err, SIGNET_E_KEY,
            "%s: unprotected, but config.json has it that a passphrase protects it",
            signet_keystore_path(store));
    return SIGNET_TAKE(store);
}

/* Once in a process. */
static void
notice_plaintext(const signet_keystore *store)
{
    static bool is_said;

    if (!is_said)
        cli_warning("the master key is stored unprotected in %s", signet_keystore_path(store));
    is_said = true;
}

bool
identity_load(const home *config, identity_algorithm algorithm, bool with_bridge, int64_t now,
    identity *ret_identity, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(identity_free) identity who = {0};
    const signet_algorithm *wanted[2] = {NULL, NULL};
    signet_algorithms accepted = NULL;

    if ((config->issuer_did && !signet_did_check(config->issuer_did, err)) ||
        !identity_keys_wanted(algorithm, wanted, &who.signer_count, &accepted, err))
        return false;
    store = open_store(config, accepted, err);
    if (!store)
        return false;
    for (size_t i = 0; i < who.signer_count; i++) {
        who.keys[i] = signet_keystore_load(store, wanted[i], err);
        if (!who.keys[i])
            return false;
        who.signers[i] = (signet_cms_signer){.master = who.keys[i],
            .did = config->issuer_did,
            .validity = config->validity_minutes * 60};
    }
    who.is_plaintext = signet_keystore_protection(store) == SIGNET_STORE_PLAINTEXT;
    if (who.is_plaintext)
        notice_plaintext(store);
    if (with_bridge && !bridge_load(config, accepted, now, &who, err))
        return false;
    *ret_identity = who; /* the signers borrow from buffers that move along */
    who = (identity){0};
    return true;
}

signet_key *
identity_public(const home *config, const signet_algorithm *algorithm, signet_error *err)
{
    const signet_algorithm *const accepted[] = {algorithm, NULL};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;

    store = open_store(config, accepted, err);
    return store ? signet_keystore_public(store, algorithm, err) : NULL;
}

void
identity_free(identity *who)
{
    if (!who)
        return;
    for (size_t i = 0; i < sizeof(who->keys) / sizeof(who->keys[0]); i++)
        signet_key_free(who->keys[i]);
    signet_key_free(who->bridge_key);
    signet_buf_free(&who->bridge);
    *who = (identity){0};
}
