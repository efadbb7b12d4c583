/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's own keys and the trust they gave, on top of <signet/keystore.h> and <signet/trust.h>:
 * what signing and verifying commands of both programs do alike.
 */
#ifndef SG_TOOLS_IDENTITY_H
#define SG_TOOLS_IDENTITY_H

#include "common/home.h"
#include "common/pki_loader.h"

/** Which signatures to make. */
typedef enum { IDENTITY_ED25519, IDENTITY_MLDSA44, IDENTITY_HYBRID } identity_algorithm;

/** False with SIGNET_E_USAGE for a name that is none of the three. */
bool identity_algorithm_parse(
    const char *name, identity_algorithm *ret_algorithm, signet_error *err) SIGNET_MUST_CHECK;

/** Everything one needs to sign. */
typedef struct {
    signet_cms_signer signers[2];
    size_t signer_count;
    signet_key *keys[2];
    signet_key *bridge_key;
    signet_buf bridge; /* DER */
    bool is_plaintext; /* and a notice was printed once on stderr */
} identity;

/**
 * Load the keys for `algorithm` (asking for the passphrase when it must), and, with `with_bridge`,
 * the e-mail bridge of the home when there is one: checked against the master key, its time, its CA
 * flag and its file modes. `config->issuer_did` and validity go into the signers.
 */
bool identity_load(const home *config, identity_algorithm algorithm, bool with_bridge, int64_t now,
    identity *ret_identity, signet_error *err) SIGNET_MUST_CHECK;

/** The public key with that algorithm, without unlocking. */
signet_key *identity_public(
    const home *config, const signet_algorithm *algorithm, signet_error *err) SIGNET_MUST_CHECK;

/** What `init` was asked for. */
typedef struct {
    identity_algorithm algorithm;
    bool insecure;       /* plaintext file */
    bool force;          /* replace existing keys; the old file is kept as master.key.old */
    const char *email;   /* make a bridge too; on an existing key only the bridge is made */
    int64_t bridge_days; /* 0: 365 */
} identity_init_options;

/**
 * Make keys (asking twice for a passphrase unless `insecure`), record the store in config.json,
 * trust the new keys in trusted_signers, make the bridge.  Prints what spec 3.4 says to stdout.
 * Everything is validated first; nothing is half done.
 */
bool identity_init(const home *config, const identity_init_options *options, int64_t now,
    signet_error *err) SIGNET_MUST_CHECK;

/** Append the path of a bridge file: "git/bridge-cert.pem" or "git/bridge-key.pem". */
bool identity_bridge_certificate(const home *config, signet_buf *out_pem, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * All that is trusted: <home>/trusted_signers, one's own keys, and the signed trust file of a
 * repository
 * (`repository` is its work tree, or NULL): .signet/trusted_signers with
 * .signet/trusted_signers.sig, used only when the home trusts its signer already.
 */
signet_trust *identity_trust(const home *config, const char *repository, signet_error *err)
    SIGNET_MUST_CHECK;

void identity_free(identity *who);

__attribute__((unused)) static inline void
identity_free_auto(identity *who)
{
    identity_free(who);
}

#endif
