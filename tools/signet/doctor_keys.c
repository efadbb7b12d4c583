/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "common/identity.h"
#include "doctor.h"
#include "trust_file.h"

static void
check_home_directory(doctor *who)
{
    signet_error err = {0};
    struct stat status;

    if (stat(who->config->path, &status) != 0 && errno == ENOENT)
        return; /* no home is no key, which is said below */
    if (!sg_directory_check(who->config->path, &err))
        doctor_say(who, DOCTOR_WRONG, "home", "chmod go-w on it, or chown it to yourself", "%s",
            err.message);
}

static void
check_cache(doctor *who)
{
    const char *problem = signet_keystore_cache_problem();

    if (who->config->cache_minutes < 0)
        doctor_say(
            who, DOCTOR_NOTE, "cache", NULL, "switched off in config.json: every signature asks");
    else if (problem)
        doctor_say(who, DOCTOR_NOTE, "cache", NULL, "the kernel keeps no passphrase: %s", problem);
    else
        doctor_say(who, DOCTOR_FINE, "cache", NULL, "the kernel remembers for %d minutes",
            who->config->cache_minutes > 0 ? (int)who->config->cache_minutes
                                           : SIGNET_CACHE_SECONDS / 60);
}

static const char *
kinds_of(const signet_keystore *store)
{
    bool has_ed25519 = signet_keystore_has(store, "ed25519");

    if (!signet_keystore_has(store, "ml-dsa-44"))
        return "ed25519";
    return has_ed25519 ? "ed25519 + ml-dsa-44" : "ml-dsa-44";
}

void
doctor_check_keys(doctor *who)
{
    const signet_keystore_options options = {
        .directory = who->config->key_directory, .accepted = signet_only_ed25519};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_error err = {0};

    check_home_directory(who);
    store = signet_keystore_open(&options, &err);
    if (!store) {
        doctor_say(
            who, DOCTOR_WRONG, "key", "mend its owner and mode (chmod 600)", "%s", err.message);
        return;
    }
    switch (signet_keystore_protection(store)) {
    case SIGNET_STORE_NONE:
        doctor_say(who, DOCTOR_WRONG, "key", "signet sign --init", "%s: there is no key yet",
            signet_keystore_path(store));
        return;
    case SIGNET_STORE_PLAINTEXT:
        doctor_say(who, DOCTOR_NOTE, "key", NULL, "%s: %s, without passphrase",
            signet_keystore_path(store), kinds_of(store));
        return;
    case SIGNET_STORE_ENCRYPTED:
        doctor_say(who, DOCTOR_FINE, "key", NULL, "%s: %s, with passphrase",
            signet_keystore_path(store), kinds_of(store));
        check_cache(who);
        return;
    }
}

void
doctor_check_trust(doctor *who)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    signet_error err = {0};

    if (trust_file_open(who->config, false, &file, &err))
        doctor_say(who, DOCTOR_FINE, "trust", NULL, "%zu signers", signet_trust_count(file.trust));
    else
        doctor_say(who, DOCTOR_WRONG, "trust", "edit that line", "%s", err.message);
}
