/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message signatures of ML-DSA-44 (C2SP httpsig-pq) through the whole verifier: a token whose
 * ephemeral key is of that algorithm.  Taken only where the policy says so.
 */
#include <signet/pki.h>

#include "dialects.h"
#include "harness.h"

/* The name is in the plan. */
#define ROWS(row, table)                                                                           \
    __typeof__(&(table)[0]) row = (table);                                                         \
    row < (table) + sizeof(table) / sizeof((table)[0]);                                            \
    row++

#define BODY                  .method = "POST", .body = "{\"hello\": \"world\"}"
#define REFUSED(number, text) .status = (number), .code = (text)

typedef struct {
    dialects_plan plan;
    bool is_off; /* the policy takes no such signatures */
    unsigned replays, proofs;
    int status; /* 0: accepted */
    const char *code;
} scenario;

/* clang-format off */
static const scenario scenarios[] = {
    {{"a signature", SIGNED, 0}, .proofs = 1},
    {{"with content", SIGNED, 0, BODY}, .proofs = 1},
    {{"with SHA-512", SIGNED, SHA512, BODY}, .proofs = 1},
    {{"of a record that is bound to a certificate", SIGNED, RECORD_NAMES_IT}, .proofs = 1},
    {{"not where it is off", SIGNED, 0}, .is_off = true, REFUSED(401, "INVALID_SIGNATURE")},
    {{"nor with content", SIGNED, 0, BODY}, .is_off = true, REFUSED(401, "INVALID_SIGNATURE")},
    {{"nor beside a proof", PROOF | SIGNED, 0}, .is_off = true, REFUSED(401, "INVALID_SIGNATURE")},
    {{"forged", SIGNED, FORGED_SIGNATURE}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"of an Ed25519 key that is not the token's", SIGNED, OTHER_SIGNER}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"of the same, where it is off", SIGNED, OTHER_SIGNER}, .is_off = true, REFUSED(401, "INVALID_SIGNATURE")},
    {{"of a token that is not known", SIGNED, OTHER_KEYID}, REFUSED(401, "TOKEN_NOT_FOUND")},
    {{"again", SIGNED, 0}, .replays = 1, REFUSED(401, "REPLAY_DETECTED"), .proofs = 1},
    {{"too late", SIGNED, LATE}, REFUSED(401, "CLOCK_SKEW")},
    {{"too early", SIGNED, EARLY}, REFUSED(401, "CLOCK_SKEW")},
    {{"another method", SIGNED, 0, .sent_method = "HEAD"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another path", SIGNED, 0, .sent_target = "/x?b=c"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another query", SIGNED, 0, .sent_target = "/a?b=d"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another host", SIGNED, 0, .sent_host = "evil.example"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"other content", SIGNED, 0, BODY, .sent_body = "{}"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"another certificate", SIGNED, RECORD_NAMES_IT | OTHER_CERTIFICATE}, REFUSED(401, "INVALID_SIGNATURE")},
};
/* clang-format on */

static signet_verification *
judge(const dialects *it, const signet_verifier *verifier, const scenario *row,
    const dialects_request *request, unsigned *ret_proofs)
{
    const signet_http_facts facts = dialects_facts(it, &row->plan, request);
    const signet_verifier_policy policy = {.dialects = ALL, .allow_hybrid = !row->is_off};
    signet_verification *verification = NULL;
    signet_error err = {0};

    verification = signet_verification_new(verifier, NULL, &policy, &facts, DIALECTS_NOW, &err);
    if (!verification)
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    dialects_answer(it, &row->plan, row->replays, verification, ret_proofs);
    return verification;
}

static void
check_scenario(const dialects *it, const scenario *row)
{
    __attribute__((cleanup(dialects_request_free))) dialects_request request = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    const signet_refusal *refusal = NULL;
    signet_http_identity who = {0};
    unsigned proofs = 0;

    harness_row = row->plan.name;
    REQUIRE(dialects_send(it, &row->plan, &request));
    verification = judge(it, it->verifier, row, &request, &proofs);
    refusal = signet_verification_refusal(verification);
    who = signet_verification_identity(verification);
    CHECK_INT(proofs, row->proofs);
    if (row->status == 0 && refusal)
        harness_fail(__FILE__, __LINE__, "%s: %s", refusal->code,
            signet_verification_reason(verification)->message);
    CHECK_INT(who.dialects, row->status == 0 ? SIGNED : 0);
    CHECK_BYTES(who.token_id, signet_slice_text(row->status == 0 ? dialects_token_id : ""));
    if (row->status == 0) {
        CHECK(who.covers_authority && who.covers_query && who.covers_body);
        return;
    }
    REQUIRE(refusal);
    CHECK_TEXT(refusal->code, row->code);
    CHECK_INT(refusal->status, row->status);
}

TEST(takes_signatures_of_mldsa44_where_the_policy_says_so)
{
    __attribute__((cleanup(dialects_free))) dialects it = {0};

    REQUIRE(dialects_make_of(&it, &signet_mldsa44));
    for (ROWS(row, scenarios))
        check_scenario(&it, row);
}

/* The policy adds an algorithm and takes none away. */
TEST(takes_ed25519_beside_it)
{
    static const scenario rows[] = {
        {{"a signature", SIGNED, 0, BODY}, .proofs = 1},
        {{"forged", SIGNED, FORGED_SIGNATURE}, REFUSED(401, "INVALID_SIGNATURE")},
    };
    __attribute__((cleanup(dialects_free))) dialects it = {0};

    REQUIRE(dialects_make(&it));
    for (ROWS(row, rows))
        check_scenario(&it, row);
}

/* A verifier that knows Ed25519 alone does not learn ML-DSA-44 from a record or a policy. */
TEST(takes_no_record_of_an_algorithm_that_is_not_accepted)
{
    static const scenario row = {{"a verifier of Ed25519", SIGNED, 0}};
    __attribute__((cleanup(dialects_free))) dialects it = {0};
    __attribute__((cleanup(dialects_request_free))) dialects_request request = {0};
    SIGNET_AUTO(signet_verifier_free) signet_verifier *narrow = NULL;
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    unsigned proofs = 0;

    REQUIRE(dialects_make_of(&it, &signet_mldsa44));
    REQUIRE(dialects_send(&it, &row.plan, &request));
    it.accepted[1] = NULL;
    narrow = dialects_verifier(&it, false);
    REQUIRE(narrow);
    verification = judge(&it, narrow, &row, &request, &proofs);
    CHECK_INT(proofs, 0);
    CHECK_INT(signet_verification_state(verification), SIGNET_VERIFICATION_REFUSED);
    CHECK_INT(signet_verification_reason(verification)->code, SIGNET_E_ALGORITHM);
}

TESTS(TEST_OF(takes_signatures_of_mldsa44_where_the_policy_says_so),
    TEST_OF(takes_ed25519_beside_it), TEST_OF(takes_no_record_of_an_algorithm_that_is_not_accepted))
