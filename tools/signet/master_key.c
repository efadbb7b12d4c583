/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "common/identity.h"
#include "input.h"
#include "master_key.h"

/* Which of one's own keys signs. */
static bool
choose_algorithm(
    const char *given, const home *config, identity_algorithm *ret_algorithm, signet_error *err)
{
    const signet_keystore_options options = {
        .directory = config->key_directory, .accepted = signet_only_ed25519, .cache_seconds = -1};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;

    if (given) {
        if (!identity_algorithm_parse(given, ret_algorithm, err))
            return false;
        return *ret_algorithm != IDENTITY_HYBRID ? true
                                                 : signet_fail(err, SIGNET_E_USAGE,
                                                       "a token has one signature; say ed25519 or "
                                                       "ml-dsa-44");
    }
    store = signet_keystore_open(&options, err);
    if (!store)
        return false;
    *ret_algorithm =
        !signet_keystore_has(store, "ed25519") && signet_keystore_has(store, "ml-dsa-44")
            ? IDENTITY_MLDSA44
            : IDENTITY_ED25519;
    return true;
}

signet_key *
master_key_load(const char *file, const char *algorithm, const char *given_home, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(identity_free) identity who = {0};
    identity_algorithm which = IDENTITY_ED25519;

    if (file)
        return input_private_key(file, err);
    if (!command_home(given_home, &config, err) ||
        !choose_algorithm(algorithm, &config, &which, err) ||
        !identity_load(&config, which, false, cli_now(), &who, err))
        return NULL;
    return SIGNET_TAKE(who.keys[0]);
}
