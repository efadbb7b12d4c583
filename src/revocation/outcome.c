/* SPDX-License-Identifier: Apache-2.0 */
#include "revocation/bundle.h"

static const struct {
    const char *name;
    signet_revocation_verdict verdict;
    signet_code code;
    const char *advice;
} outcomes[SIGNET_REVOCATION_OUTCOMES] = {
    [SIGNET_REVOCATION_NO_BUNDLE] = {"no_bundle", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_NETWORK,
        "there is no bundle of this issuer; see to the bundle server"},
    [SIGNET_REVOCATION_GOOD] = {"good", SIGNET_REVOCATION_SAYS_NOT_REVOKED, SIGNET_OK,
        "not revoked"},
    [SIGNET_REVOCATION_OLD_EPOCH] = {"old_epoch", SIGNET_REVOCATION_SAYS_REVOKED, SIGNET_E_REVOKED,
        "the token is of an epoch that was ended; get a new token"},
    [SIGNET_REVOCATION_UNKNOWN_KEY] = {"unknown_key", SIGNET_REVOCATION_SAYS_REVOKED,
        SIGNET_E_REVOKED, "the token is of a key that is not current; get a new token"},
    [SIGNET_REVOCATION_NO_KEY_ID] = {"no_key_id", SIGNET_REVOCATION_SAYS_REVOKED, SIGNET_E_REVOKED,
        "the token names no key; its issuer must set kid"},
    [SIGNET_REVOCATION_NO_ANCHOR] = {"no_anchor", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TRUST,
        "no anchor of this issuer counts now; configure one"},
    [SIGNET_REVOCATION_NO_SIGNATURE] = {"no_signature", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_SIGNATURE, "the bundle is not signed; the bundle server serves the wrong thing"},
    [SIGNET_REVOCATION_BAD_SIGNATURE] = {"bad_signature", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_SIGNATURE,
        "the bundle is by no anchor; if its key was changed on purpose, configure the new one"},
    [SIGNET_REVOCATION_NO_EXTENSION] = {"no_extension", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_SIGNATURE, "the bundle lacks issuer and expiry, which its anchor demands"},
    [SIGNET_REVOCATION_OTHER_ISSUER] = {"other_issuer", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_TRUST, "the bundle is of another issuer"},
    [SIGNET_REVOCATION_NO_TIME] = {"no_time", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TIME,
        "the bundle does not say when it was issued"},
    [SIGNET_REVOCATION_STALE] = {"stale", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TIME,
        "the bundle is too old; see whether the issuer still publishes"},
    [SIGNET_REVOCATION_FUTURE] = {"future", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TIME,
        "the bundle is from the future; set the clocks here and at the issuer"},
    [SIGNET_REVOCATION_EXPIRED] = {"expired", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TIME,
        "the bundle has expired; see whether the issuer still publishes"},
    [SIGNET_REVOCATION_CLOCK] = {"clock", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TIME,
        "the clock went back behind the last accepted bundle; set it"},
    [SIGNET_REVOCATION_STORE_READ] = {"store_read", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_IO,
        "the store of sequence numbers cannot be read"},
    [SIGNET_REVOCATION_STORE_CORRUPT] = {"store_corrupt", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_IO, "the store of sequence numbers is damaged, or of another key"},
    [SIGNET_REVOCATION_STORE_WRITE] = {"store_write", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_IO,
        "the store of sequence numbers cannot be written"},
    [SIGNET_REVOCATION_ROLLBACK] = {"rollback", SIGNET_REVOCATION_SAYS_UNKNOWN, SIGNET_E_TRUST,
        "the bundle is older than one that was seen"},
    [SIGNET_REVOCATION_RETIRED_ANCHOR] = {"retired_anchor", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_TRUST, "the bundle is of an anchor that a newer one has replaced"},
    [SIGNET_REVOCATION_EQUIVOCATION] = {"equivocation", SIGNET_REVOCATION_SAYS_UNKNOWN,
        SIGNET_E_TRUST, "two different bundles have one number; ask the issuer who else signs"},
};

static size_t
row_of(signet_revocation_outcome outcome)
{
    return (size_t)outcome < SIGNET_REVOCATION_OUTCOMES ? (size_t)outcome
                                                        : SIGNET_REVOCATION_NO_BUNDLE;
}

signet_revocation_verdict
signet_revocation_verdict_of(signet_revocation_outcome outcome)
{
    return outcomes[row_of(outcome)].verdict;
}

const char *
signet_revocation_outcome_name(signet_revocation_outcome outcome)
{
    return outcomes[row_of(outcome)].name;
}

void
signet_revocation_explain(signet_revocation_outcome outcome, signet_error *err)
{
    signet_error_set(err, outcomes[row_of(outcome)].code, "%s: %s", outcomes[row_of(outcome)].name,
        outcomes[row_of(outcome)].advice);
}
