/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier with every dialect: each allocation refused once, and nothing is accepted then. */
#include "dialects.h"
#include "faults.h"
#include "harness.h"

static dialects with;

/* Only what the server does; the client is ready before. */
static bool
judge(const dialects_plan *plan, const dialects_request *request, signet_error *err)
{
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(signet_answer_fields_free) signet_answer_fields fields = {0};
    SIGNET_AUTO(signet_verifier_cache_free) signet_verifier_cache *cache = NULL;
    const signet_http_facts facts = dialects_facts(&with, plan, request);
    const signet_verifier_policy policy = {.dialects = ALL, .allow_full = true};

    cache = signet_verifier_cache_new(4, err);
    if (!cache)
        return false;
    verification =
        signet_verification_new(with.nonce_verifier, cache, &policy, &facts, DIALECTS_NOW, err);
    if (!verification)
        return false;
    dialects_answer(&with, plan, 0, verification, NULL);
    if (signet_verification_state(verification) != SIGNET_VERIFICATION_ACCEPTED) {
        if (signet_verification_fields(verification, NULL, &fields, err) && err)
            *err = *signet_verification_reason(verification);
        return false;
    }
    return signet_verification_fields(verification, NULL, &fields, err);
}

static const dialects_plan plans[] = {
    {"Signet-Proof", PROOF, 0, .method = "POST", .body = "x"},
    {"presented", PROOF, FULL, .method = "POST", .body = "x"},
    {"a message signature", SIGNED, 0, .method = "POST", .body = "x"},
    {"DPoP", DPOP, WITH_NONCE, .method = "POST", .body = "x"},
    {"a certificate", CERTIFICATE, 0},
    {"all", PROOF | SIGNED | DPOP | AGENT, WITH_NONCE, .method = "POST", .body = "x"},
};

enum { PLANS = sizeof(plans) / sizeof(plans[0]) };

static dialects_request requests[PLANS];

#define OPERATION(name, index)                                                                     \
    static bool name(signet_error *err)                                                            \
    {                                                                                              \
        return judge(&plans[index], &requests[index], err);                                        \
    }

OPERATION(proof, 0)
OPERATION(presented, 1)
OPERATION(signature, 2)
OPERATION(dpop, 3)
OPERATION(certificate, 4)
OPERATION(all, 5)

static bool
verifier(signet_error *err)
{
    SIGNET_AUTO(signet_verifier_free) signet_verifier *it = NULL;
    static const char *const origins[] = {"https://api.example.com", NULL};
    const signet_verifier_issuer issuer = {"https://as.example", signet_buf_slice(&with.jwks)};
    const signet_verifier_options options = {.origins = origins,
        .issuers = &issuer,
        .issuer_count = 1,
        .dpop_nonce_key = {dialects_secret, 32},
        .agents = signet_buf_slice(&with.agents)};

    it = signet_verifier_new(&options, err);
    return it != NULL;
}

TEST(survives_every_refused_allocation)
{
    static const faults_row rows[] = {
        {"Signet-Proof", proof, 4},
        {"presented", presented, 6},
        {"a message signature", signature, 6},
        {"DPoP", dpop, 6},
        {"a certificate", certificate, 4},
        {"all", all, 12},
        {"a verifier", verifier, 6},
    };

    REQUIRE(dialects_make(&with));
    for (size_t i = 0; i < PLANS; i++)
        REQUIRE(dialects_send(&with, &plans[i], &requests[i]));
    for (EACH(row, rows))
        faults_exhaust(row);
    for (size_t i = 0; i < PLANS; i++)
        dialects_request_free(&requests[i]);
    dialects_free(&with);
}

/* What Signet-Proof costs does not grow by the other dialects. */
TEST(allocates_for_a_proof_alone_as_before)
{
    signet_error err = {0};
    faults_count open = {0}, shut = {0};
    static const dialects_plan plan = {"Signet-Proof", PROOF, 0};
    __attribute__((cleanup(dialects_request_free))) dialects_request request = {0};

    REQUIRE(dialects_make(&with) && dialects_send(&with, &plan, &request));
    for (unsigned i = 0; i < 2; i++) {
        const signet_http_facts facts = dialects_facts(&with, &plan, &request);
        const signet_verifier_policy policy = {.dialects = i ? ALL : PROOF};
        SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;

        faults_count_begin();
        verification =
            signet_verification_new(with.verifier, NULL, &policy, &facts, DIALECTS_NOW, &err);
        REQUIRE(verification);
        dialects_answer(&with, &plan, 0, verification, NULL);
        *(i ? &open : &shut) = faults_count_end();
        CHECK_INT(signet_verification_state(verification), SIGNET_VERIFICATION_ACCEPTED);
    }
    CHECK_INT(open.allocations, shut.allocations);
    dialects_free(&with);
}

TESTS(TEST_OF(survives_every_refused_allocation), TEST_OF(allocates_for_a_proof_alone_as_before))
