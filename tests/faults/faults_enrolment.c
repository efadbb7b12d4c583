/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment with each allocation refused once. */
#include <signet/enrolment.h>
#include <signet/signer.h>

#include "faults.h"
#include "harness.h"

enum { NOW = 1700000000 };

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static signet_verification *verification;

static bool
check(signet_error *err)
{
    return signet_enrolment_check(
        verification, signet_slice_text("{\"purpose\":\"read\",\"audience\":\"\"}"), err);
}

static bool
write_record(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    bool done = signet_enrolment_record(verification, &out, err);

    REQUIRE(done || out.len == 0);
    return done;
}

static bool
write_answer(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    bool done = signet_enrolment_answer(verification, &out, err);

    REQUIRE(done || out.len == 0);
    return done;
}

TEST(running_out_of_memory_enrols_nothing)
{
    static const faults_row rows[] = {
        {"the content", check, 1},
        {"the record", write_record, 2},
        {"the answer", write_answer, 1},
    };
    static const char *const origins[] = {"https://api.example.com", NULL};
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    signet_sign_order order = {
        .url = "https://api.example.com/", .request.method = signet_slice_text("POST")};
    signet_credential_request request = {.issuer = "issuer", .purpose = "read", .now = NOW};
    signet_verifier_key key = {.issuer = "issuer"};
    signet_verifier_options options = {
        .keys = &key, .key_count = 1, .origins = origins, .record_key = unhex(SEED)};
    signet_verifier_policy policy = {.allow_full = true};
    signet_http_field field = {.name = signet_slice_text("Signet-Proof")};
    signet_http_facts facts = {.request = {.method = signet_slice_text("POST"),
                                   .scheme = signet_slice_text("https"),
                                   .authority = signet_slice_text("api.example.com"),
                                   .target = signet_slice_text("/"),
                                   .fields = &field,
                                   .field_count = 1}};

    master = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);
    REQUIRE(master);
    request.master = key.key = master;
    credential = signet_credential_new(&request, NULL);
    verifier = signet_verifier_new(&options, NULL);
    REQUIRE(credential && verifier);
    REQUIRE(signet_credential_sign(credential, &order, NOW, &value, NULL));
    field.value = signet_buf_slice(&value);
    verification = signet_verification_new(verifier, NULL, &policy, &facts, NOW, NULL);
    REQUIRE(verification);
    signet_verification_give_fresh(verification, SIGNET_REPLAY_FRESH);
    for (EACH(row, rows))
        faults_exhaust(row);
    signet_verification_free(verification);
}

TESTS(TEST_OF(running_out_of_memory_enrols_nothing))
