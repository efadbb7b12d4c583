/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new identity.  Everything that can be refused is refused, and every key is made, before the
 * first byte is written; then the master key comes first, because all else can be made again of it
 * (S-21).
 */
#include <stdio.h>

#include "base/text.h"
#include "common/bridge.h"
#include "common/cli.h"
#include "common/identity_own.h"
#include "common/prompt.h"

/* What is made before it is written. */
typedef struct {
    signet_key *keys[2];
    size_t key_count;
    bridge bridge; /* when there is an address */
} new_identity;

static void
new_identity_free(new_identity *made)
{
    for (size_t i = 0; i < sizeof(made->keys) / sizeof(made->keys[0]); i++)
        signet_key_free(made->keys[i]);
    bridge_free(&made->bridge);
}

static void
new_identity_free_auto(new_identity *made)
{
    new_identity_free(made);
}

static int64_t
days_of(const identity_init_options *options)
{
    return options->bridge_days ? options->bridge_days : BRIDGE_DAYS;
}

static bool
make(const home *config, const identity_init_options *options, int64_t now, new_identity *made,
    signet_error *err)
{
    const signet_algorithm *wanted[2] = {NULL, NULL};
    signet_algorithms accepted = NULL;
    size_t count = 0;

    if ((config->issuer_did && !signet_did_check(config->issuer_did, err)) ||
        !identity_keys_wanted(options->algorithm, wanted, &count, &accepted, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        made->keys[i] = signet_key_generate(wanted[i], err);
        if (!made->keys[i])
            return false;
        made->key_count++;
    }
    return !options->email || bridge_issue(config, made->keys[0], options->email, days_of(options),
                                  now, &made->bridge, err);
}

/* Whether there is something in the place of the key file. */
static bool
look(const home *config, bool force, bool *ret_exists, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_keystore_options options = identity_keystore(config, signet_only_ed25519);
    signet_error problem = {0};

    store = signet_keystore_open(&options, &problem);
    *ret_exists = !store || signet_keystore_protection(store) != SIGNET_STORE_NONE;
    if (store || (force && problem.code == SIGNET_E_DECODE)) /* a broken file may be replaced */
        return true;
    if (err)
        *err = problem;
    return false;
}

static bool
write_keys(const char *directory, const identity_init_options *options, const new_identity *made,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, passphrase = {0};
    const signet_key *keys[2] = {made->keys[0], made->keys[1]};
    signet_keystore_options where = {.directory = directory, .accepted = signet_only_ed25519};
    signet_keystore_new_keys wanted = {.keys = keys,
        .key_count = made->key_count,
        .plaintext = options->insecure,
        .replace = options->force};

    if (!signet_buf_printf(&path, err, "%s/master.key%c", directory, '\0'))
        return false;
    if (!options->insecure && !prompt_new_passphrase((const char *)path.data, &passphrase, err))
        return false;
    wanted.passphrase = signet_buf_slice(&passphrase);
    if (!signet_keystore_create(&where, &wanted, err)) {
        if (err && err->code == SIGNET_E_EXISTS) /* since we looked */
            return signet_fail(
                err, SIGNET_E_EXISTS, "master key already exists (use --force to overwrite)");
        return false;
    }
    return true;
}

static void
print_long_key(const char *what, const signet_key *key)
{
    signet_slice raw = signet_key_public(key);
    char first[17], last[17];

    sg_hex(first, (signet_slice){raw.ptr, 8});
    sg_hex(last, (signet_slice){raw.ptr + raw.len - 8, 8});
    printf("%s: %s...%s\n", what, first, last);
}

static void
print_keys(const char *directory, const new_identity *made)
{
    for (size_t i = 0; i < made->key_count; i++) {
        char hex[2 * SIGNET_ED25519_PUBLIC_SIZE + 1];

        if (signet_key_algorithm(made->keys[i]) != &signet_ed25519) {
            print_long_key(
                i == 0 ? "Master key generated (ML-DSA-44)" : "And with ML-DSA-44", made->keys[i]);
            continue;
        }
        sg_hex(hex, signet_key_public(made->keys[i]));
        printf("Master key generated: %s\n", hex);
    }
    cli_print_plain(stdout, "Key stored at: %s/master.key\n", directory);
}

static void
print_bridge(const char *email)
{
    cli_success(stdout, "User attribution configured: %s", email);
    printf("\nNext steps for verification:\n"
           "  1. Export bridge certificate:\n"
           "     $ signet-git export-bridge-cert > bridge.pem\n"
           "  2. Give others the line that trusts you:\n"
           "     $ signet trust export\n");
}

/* All but the keys themselves. */
static bool
write_rest(const home *config, const char *directory, const identity_init_options *options,
    const new_identity *made, signet_error *err)
{
    static const char *const algorithms[] = {
        [IDENTITY_ED25519] = NULL, [IDENTITY_MLDSA44] = "ml-dsa-44", [IDENTITY_HYBRID] = "hybrid"};
    const home_setting settings[] = {
        {"keystore", options->insecure ? "plaintext" : "file"},
        {"key_location", strcmp(directory, config->path) == 0 ? "home" : "xdg"},
        {"algorithm", algorithms[options->algorithm]},
    };

    return home_save(config, settings, sizeof(settings) / sizeof(settings[0]), err) &&
           (!options->force || bridge_put_aside(config, err)) &&
           identity_trust_own(config, options->email, made->keys, made->key_count, err) &&
           (!options->email || bridge_save(config, &made->bridge, err));
}

/* The keys stay; only the bridge is new. */
static bool
add_bridge(const home *config, const identity_init_options *options, int64_t now, signet_error *err)
{
    SIGNET_AUTO(identity_free) identity who = {0};
    SIGNET_AUTO(bridge_free) bridge made = {0};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_keystore_options where = identity_keystore(config, signet_only_ed25519);
    bool is_ed25519 = false;

    store = signet_keystore_open(&where, err);
    if (!store)
        return false;
    is_ed25519 = signet_keystore_has(store, signet_ed25519.name);
    if (!identity_load(
            config, is_ed25519 ? IDENTITY_ED25519 : IDENTITY_MLDSA44, false, now, &who, err) ||
        !bridge_issue(config, who.keys[0], options->email, days_of(options), now, &made, err) ||
        !bridge_save(config, &made, err))
        return false;
    print_bridge(options->email);
    return true;
}

bool
identity_init(
    const home *config, const identity_init_options *options, int64_t now, signet_error *err)
{
    SIGNET_AUTO(new_identity_free) new_identity made = {0};
    const char *directory = NULL;
    bool exists = false;

    if (!look(config, options->force, &exists, err))
        return false;
    if (exists && !options->force && options->email)
        return add_bridge(config, options, now, err);
    if (exists && !options->force)
        return signet_fail(
            err, SIGNET_E_EXISTS, "master key already exists (use --force to overwrite)");
    /* as the reference: a plaintext key goes to the home, wherever keys go otherwise */
    directory = options->insecure && !exists ? config->path : config->key_directory;
    if (!make(config, options, now, &made, err) || !write_keys(directory, options, &made, err))
        return false;
    print_keys(directory, &made);
    if (!write_rest(config, directory, options, &made, err))
        return false;
    cli_success(stdout, "Signet initialized successfully%s",
        options->insecure ? " (insecure file-based storage)" : "");
    if (options->email)
        print_bridge(options->email);
    return true;
}
