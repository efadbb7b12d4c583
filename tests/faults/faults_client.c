/* SPDX-License-Identifier: Apache-2.0 */
/* The client: message signatures, DPoP, and the file of a session, each with every allocation
 * refused once. */
#include <signet/client.h>

#include "faults.h"
#include "harness.h"
#include "session.h"

enum { NOW = 1700000000 };

/* Made while there was memory. */
static signet_key *key;
static signet_credential *credential;
static signet_buf session_text;

static bool
sign_message(signet_error *err)
{
    SIGNET_AUTO(signet_message_fields_free) signet_message_fields made = {0};
    const signet_http_field field = {
        signet_slice_text("content-type"), signet_slice_text("text/plain")};
    const signet_sign_order order = {.url = "https://api.example.com/a?b",
        .request = {.method = signet_slice_text("POST"), .fields = &field, .field_count = 1},
        .body_kind = SIGNET_BODY_BYTES,
        .body = signet_slice_text("x")};
    bool done = signet_credential_sign_message(credential, &order, NOW, &made, err);

    REQUIRE(done || (!made.input.data && !made.signature.data && !made.digest.data));
    return done;
}

static bool
make_dpop(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const signet_dpop_request request = {.key = key,
        .algorithms = "EdDSA",
        .access_token = "abc",
        .nonce = "n",
        .method = signet_slice_text("GET"),
        .url = "https://api.example.com/a?b",
        .covers_request = true,
        .now = NOW};
    bool done = signet_dpop_proof_new(&request, &out, err);

    REQUIRE(done || out.len == 0);
    return done;
}

static bool
read_session(signet_error *err)
{
    SIGNET_AUTO(session_free) session it = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};

    return session_parse(signet_buf_slice(&session_text), &it, err) &&
           session_write(&it, &again, err);
}

TEST(survives_every_refused_allocation)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {1};
    static const faults_row rows[] = {
        {"a message signature", sign_message, 6},
        {"a DPoP proof", make_dpop, 4},
        {"a session", read_session, 6},
    };
    signet_credential_request request = {.issuer = "me", .purpose = "p", .now = NOW};
    session it = {.issuer = "me", .purpose = "p"};

    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    REQUIRE(key);
    request.master = key;
    credential = signet_credential_new(&request, NULL);
    REQUIRE(credential);
    it.credential = credential;
    REQUIRE(session_write(&it, &session_text, NULL));
    for (EACH(row, rows))
        faults_exhaust(row);
    signet_buf_free(&session_text);
    signet_credential_free(credential);
    signet_key_free(key);
}

TESTS(TEST_OF(survives_every_refused_allocation))
