/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cli.h"
#include "master_key.h"
#include "proof_maker.h"

static bool
read_validity(const proof_terms *terms, int64_t *ret_validity, signet_error *err)
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
    if (terms->key && terms->algorithm)
        return signet_fail(err, SIGNET_E_USAGE, "--algorithm is of your own keys; --key names one");
    return read_validity(terms, &validity, err);
}

bool
proof_make(const proof_terms *terms, const signet_sign_order *order, proof_made *ret_made,
    signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    char key_id[SIGNET_KID_SIZE + 1] = "";
    signet_credential_request request = {.issuer = terms->issuer,
        .audience = terms->audience,
        .purpose = terms->purpose ? terms->purpose : "http"};
    signet_credential_facts facts = {0};

    master = master_key_load(terms->key, terms->algorithm, terms->home, err);
    if (!master || !signet_key_kid(master, key_id, err) ||
        !read_validity(terms, &request.validity, err))
        return false;
    if (!request.issuer)
        request.issuer = key_id;
    request.master = master;
    request.now = cli_now(); /* a passphrase may have taken its time */
    credential = signet_credential_new(&request, err);
    if (!credential ||
        !signet_credential_sign(credential, order, request.now, &ret_made->value, err))
        return false;
    facts = signet_credential_describe(credential);
    memcpy(ret_made->token_id, facts.token_id.ptr, sizeof(ret_made->token_id));
    ret_made->now = request.now;
    ret_made->expires = facts.expires;
    return true;
}
