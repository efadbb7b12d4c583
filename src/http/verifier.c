/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a verifier: whose keys count, and under which names clients know us. */
#include <stdlib.h>

#include "base/secret.h"
#include "base/text.h"
#include "http/binding_text.h"
#include "http/verifier.h"

enum { AUTHORITY_SHOWN = 80 }; /* bytes of one in a reason */

static bool
copy_text(const char *text, signet_buf *out, signet_error *err)
{
    return signet_buf_printf(out, err, "%s%c", text, '\0');
}

static bool
add_key(signet_verifier *verifier, const signet_verifier_key *given, signet_error *err)
{
    sg_master *master = &verifier->masters[verifier->master_count++];

    if (!given->key)
        return signet_fail(err, SIGNET_E_USAGE, "a verifier's key is missing");
    if (given->issuer && (!*given->issuer || strlen(given->issuer) > SIGNET_TOKEN_TEXT_MAX))
        return signet_fail(
            err, SIGNET_E_USAGE, "an issuer's name has 1 to %d bytes", SIGNET_TOKEN_TEXT_MAX);
    master->given = *given;
    signet_key_confirmation(given->key, master->confirmation);
    return !given->issuer || copy_text(given->issuer, &master->issuer, err);
}

static bool
add_origin(signet_verifier *verifier, const char *text, signet_error *err)
{
    static const struct {
        const char *prefix;
        unsigned port;
    } schemes[] = {{"https://", 443}, {"http://", 80}};
    sg_origin *origin = &verifier->origins[verifier->origin_count++];

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t len = strlen(schemes[i].prefix);

        if (strncmp(text, schemes[i].prefix, len) != 0)
            continue;
        origin->default_port = schemes[i].port;
        if (!copy_text(text, &origin->shown, err))
            return false;
        if (sg_authority_normalise(
                signet_slice_text(text + len), schemes[i].port, &origin->authority, err))
            return true;
        signet_error_prefix(err, text);
        return false;
    }
    return signet_fail(err, SIGNET_E_USAGE, "origin %s: must begin with https:// or http://", text);
}

enum { ALGORITHMS_MAX = 8 };

static bool
set_algorithms(
    signet_algorithms accepted, const signet_algorithm *ret_list[ALGORITHMS_MAX], signet_error *err)
{
    size_t count = 0;

    while (accepted[count]) {
        if (count + 1 == ALGORITHMS_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "too many algorithms");
        ret_list[count] = accepted[count];
        count++;
    }
    return true;
}

static bool
set_all_algorithms(
    signet_verifier *verifier, const signet_verifier_options *options, signet_error *err)
{
    signet_algorithms accepted = options->accepted ? options->accepted : signet_only_ed25519;

    return set_algorithms(accepted, verifier->accepted, err) &&
           set_algorithms(options->token_algorithms ? options->token_algorithms : accepted,
               verifier->token_algorithms, err);
}

static bool
add_issuer(signet_verifier *verifier, const signet_verifier_issuer *given, signet_error *err)
{
    sg_issuer *issuer = &verifier->issuers[verifier->issuer_count++];

    if (!given->issuer || !*given->issuer)
        return signet_fail(err, SIGNET_E_USAGE, "an issuer of access tokens has a name");
    issuer->keys = sg_jwks_read(verifier->token_algorithms, given->jwks, err);
    if (!issuer->keys) {
        signet_error_prefix(err, given->issuer);
        return false;
    }
    if (sg_jwks_count(issuer->keys) == 0)
        return signet_fail(err, SIGNET_E_USAGE, "%s: no key that can be used here", given->issuer);
    return copy_text(given->issuer, &issuer->name, err);
}

static bool
set_nonce_key(signet_verifier *verifier, signet_slice key, signet_error *err)
{
    if (key.len == 0)
        return true;
    if (key.len < SIGNET_DPOP_NONCE_KEY_MIN)
        return signet_fail(err, SIGNET_E_USAGE, "the key of nonces has %zu bytes, at least %d",
            key.len, SIGNET_DPOP_NONCE_KEY_MIN);
    verifier->nonce_key = sg_secret_new(key.len, err);
    if (!verifier->nonce_key)
        return false;
    memcpy(verifier->nonce_key, key.ptr, key.len);
    verifier->nonce_key_len = key.len;
    return true;
}

/* Whose access tokens count, and which agents are known. */
static bool
set_dialects(signet_verifier *verifier, const signet_verifier_options *options, signet_error *err)
{
    if (options->issuer_count > SIGNET_VERIFIER_ISSUERS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a verifier has at most %d issuers, not %zu",
            SIGNET_VERIFIER_ISSUERS_MAX, options->issuer_count);
    for (size_t i = 0; i < options->issuer_count; i++) {
        if (!add_issuer(verifier, &options->issuers[i], err))
            return false;
    }
    if (!set_nonce_key(verifier, options->dpop_nonce_key, err))
        return false;
    if (options->agents.len == 0)
        return true;
    verifier->agents = sg_jwks_read(verifier->token_algorithms, options->agents, err);
    if (!verifier->agents)
        signet_error_prefix(err, "agents");
    return verifier->agents != NULL;
}

static bool
set_rules(signet_verifier *verifier, const signet_verifier_options *options, signet_error *err)
{
    sg_record_rules *rules = &verifier->rules;

    rules->accepted = verifier->accepted;
    rules->format = options->has_reference_records ? SG_RECORD_REFERENCE : SG_RECORD_V2;
    if (options->record_key.len == 0)
        return true;
    if (options->record_key.len < SG_RECORD_MAC_KEY_MIN)
        return signet_fail(err, SIGNET_E_USAGE, "the key of records has %zu bytes, at least %d",
            options->record_key.len, SG_RECORD_MAC_KEY_MIN);
    verifier->record_key = sg_secret_new(options->record_key.len, err);
    if (!verifier->record_key)
        return false;
    memcpy(verifier->record_key, options->record_key.ptr, options->record_key.len);
    rules->mac_key = (signet_slice){verifier->record_key, options->record_key.len};
    return true;
}

static bool
configure(signet_verifier *verifier, const signet_verifier_options *options, signet_error *err)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {1};

    if ((options->key_count < 1 && options->issuer_count < 1) ||
        options->key_count > SIGNET_VERIFIER_KEYS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a verifier has 1 to %d keys, not %zu",
            SIGNET_VERIFIER_KEYS_MAX, options->key_count);
    for (size_t i = 0; i < options->key_count; i++) {
        if (!add_key(verifier, &options->keys[i], err))
            return false;
    }
    for (const char *const *text = options->origins; text && *text; text++) {
        if (verifier->origin_count == SIGNET_VERIFIER_ORIGINS_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "too many origins");
        if (!add_origin(verifier, *text, err))
            return false;
    }
    verifier->stand_in =
        signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, err);
    return verifier->stand_in && set_all_algorithms(verifier, options, err) &&
           set_rules(verifier, options, err) && set_dialects(verifier, options, err);
}

signet_verifier *
signet_verifier_new(const signet_verifier_options *options, signet_error *err)
{
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = calloc(1, sizeof(*verifier));

    if (!verifier)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    return configure(verifier, options, err) ? SIGNET_TAKE(verifier) : NULL;
}

/* --- questions --- */

bool
sg_master_is_of(const sg_master *master, signet_slice issuer)
{
    return !master->given.issuer ||
           signet_slice_is_equal(issuer, signet_slice_text((const char *)master->issuer.data));
}

const signet_key *
sg_verifier_find_master(const signet_verifier *verifier, const signet_claims *claims, int64_t now,
    sg_refusal *ret_problem, signet_error *err)
{
    bool knows_issuer = false;

    for (size_t i = 0; i < verifier->master_count; i++) {
        const sg_master *master = &verifier->masters[i];
        signet_slice hash = {master->confirmation, sizeof(master->confirmation)};

        if (!sg_master_is_of(master, claims->issuer))
            continue;
        if (now < master->given.not_before ||
            (master->given.not_after != 0 && now > master->given.not_after))
            continue;
        knows_issuer = true;
        if (sg_equal(claims->confirmation, hash))
            return master->given.key;
    }
    *ret_problem = knows_issuer ? SG_REFUSAL_KEY : SG_REFUSAL_NO_KEY;
    return signet_fail_null(err, SIGNET_E_TRUST, "%s",
        knows_issuer ? "cnf: the token is bound to another master key than its issuer's"
                     : "iss_id: no master key of this issuer counts now");
}

const sg_origin *
sg_verifier_find_origin(const signet_verifier *verifier, signet_slice authority, signet_error *err)
{
    for (size_t i = 0; i < verifier->origin_count; i++) {
        const sg_origin *origin = &verifier->origins[i];
        SIGNET_AUTO(signet_buf_free) signet_buf given = {0};

        if (!sg_authority_normalise(authority, origin->default_port, &given, err))
            return NULL;
        if (signet_slice_is_equal(signet_buf_slice(&given), signet_buf_slice(&origin->authority)))
            return origin;
    }
    return signet_fail_null(err, SIGNET_E_TRUST, "Host: %.*s is not one of our %zu origins%s%s",
        (int)(authority.len < AUTHORITY_SHOWN ? authority.len : AUTHORITY_SHOWN), authority.ptr,
        verifier->origin_count, verifier->origin_count == 1 ? ", which is " : "",
        verifier->origin_count == 1 ? (const char *)verifier->origins[0].shown.data : "");
}

void
signet_verifier_free(signet_verifier *verifier)
{
    if (!verifier)
        return;
    for (size_t i = 0; i < verifier->master_count; i++)
        signet_buf_free(&verifier->masters[i].issuer);
    for (size_t i = 0; i < verifier->origin_count; i++) {
        signet_buf_free(&verifier->origins[i].authority);
        signet_buf_free(&verifier->origins[i].shown);
    }
    for (size_t i = 0; i < verifier->issuer_count; i++) {
        signet_buf_free(&verifier->issuers[i].name);
        sg_jwks_free(verifier->issuers[i].keys);
    }
    sg_jwks_free(verifier->agents);
    sg_secret_free(verifier->nonce_key);
    sg_secret_free(verifier->record_key);
    signet_key_free(verifier->stand_in);
    free(verifier);
}
