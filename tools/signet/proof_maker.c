/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cli.h"
#include "master_key.h"
#include "proof_maker.h"
#include "session_file.h"

bool
proof_validity(const proof_terms *terms, int64_t *ret_validity, signet_error *err)
{
    *ret_validity = SIGNET_CREDENTIAL_VALIDITY;
    return !terms->validity || cli_parse_number("--validity", terms->validity, 1,
                                   SIGNET_CREDENTIAL_VALIDITY_MAX, ret_validity, err);
}

bool
proof_terms_check(const proof_terms *terms, signet_error *err)
{
    const char *const texts[] = {terms->issuer, terms->audience, terms->purpose};
    int64_t validity = 0;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i] && !*texts[i])
            return signet_fail(
                err, SIGNET_E_USAGE, "--issuer, --audience and --purpose must not be empty");
    }
    if (terms->session && (terms->key || terms->algorithm || terms->validity))
        return signet_fail(err, SIGNET_E_USAGE,
            "--session signs without your key; --key, --algorithm and --validity are of the key");
    if (terms->key && terms->algorithm)
        return signet_fail(err, SIGNET_E_USAGE, "--algorithm is of your own keys; --key names one");
    return proof_validity(terms, &validity, err);
}

static signet_credential *
from_session(const proof_terms *terms, const char *given, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    SIGNET_AUTO(session_free) session it = {0};
    const session_terms wanted = {terms->issuer, terms->purpose, terms->audience, terms->home};

    if (!*given && !session_path(&wanted, &path, err))
        return NULL;
    if (!session_load(*given ? given : (const char *)path.data, cli_now(), &it, err))
        return NULL;
    return SIGNET_TAKE(it.credential);
}

static signet_credential *
from_master_key(const proof_terms *terms, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    char key_id[SIGNET_KID_SIZE + 1] = "";
    signet_credential_request request = {.issuer = terms->issuer,
        .audience = terms->audience,
        .purpose = terms->purpose ? terms->purpose : "http"};

    master = master_key_load(terms->key, terms->algorithm, terms->home, err);
    if (!master || !signet_key_kid(master, key_id, err) ||
        !proof_validity(terms, &request.validity, err))
        return NULL;
    if (!request.issuer)
        request.issuer = key_id;
    request.master = master;
    request.now = proof_now(terms); /* a passphrase may have taken its time */
    return signet_credential_new(&request, err);
}

signet_credential *
proof_credential(const proof_terms *terms, bool *ret_is_known, signet_error *err)
{
    bool is_by_key = terms->key || terms->algorithm || terms->validity;
    const char *given = is_by_key ? NULL : session_meant(terms->session);

    *ret_is_known = given != NULL;
    return given ? from_session(terms, given, err) : from_master_key(terms, err);
}

int64_t
proof_now(const proof_terms *terms)
{
    return cli_now() + terms->clock_offset;
}

bool
proof_make(const proof_terms *terms, const signet_sign_order *order, proof_made *ret_made,
    signet_error *err)
{
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    signet_sign_order asked = *order;
    signet_credential_facts facts = {0};

    credential = proof_credential(terms, &asked.is_compact, err);
    ret_made->now = proof_now(terms);
    if (!credential ||
        !signet_credential_sign(credential, &asked, ret_made->now, &ret_made->value, err))
        return false;
    facts = signet_credential_describe(credential);
    memcpy(ret_made->token_id, facts.token_id.ptr, sizeof(ret_made->token_id));
    ret_made->expires = facts.expires;
    return true;
}
