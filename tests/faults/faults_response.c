/* SPDX-License-Identifier: Apache-2.0 */
/* Signing and verifying a response, with every allocation refused once. */
#include <signet/response.h>

#include "faults.h"
#include "signed_response.h"

/* Made while there was memory. */
static service with;
static answer signed_answer;

static bool
sign_response(signet_error *err)
{
    SIGNET_AUTO(signet_message_fields_free) signet_message_fields made = {0};
    const signet_http_field type = {S("content-type"), S("text/plain")};
    const signet_response_order order = {.request = &with.request,
        .response = {200, &type, 1},
        .key = with.key,
        .body_kind = SIGNET_BODY_BYTES,
        .body = S(CONTENT),
        .now = NOW};
    bool done = signet_response_sign(&order, &made, err);

    REQUIRE(done || (!made.input.data && !made.signature.data && !made.digest.data));
    return done;
}

static bool
verify_response(signet_error *err)
{
    const signet_key *key = with.key;
    signet_body_digests content;
    const signet_response_check check = check_of(&with, &signed_answer, &key, &content);

    return signet_response_verify(&check, err);
}

TEST(survives_every_refused_allocation)
{
    static const faults_row rows[] = {
        {"signing", sign_response, 5},
        {"verifying", verify_response, 4},
    };

    open_service(&with, &signet_ed25519);
    sign_answer(&with, &signed_answer);
    for (EACH(row, rows))
        faults_exhaust(row);
    free_answer(&signed_answer);
    close_service(&with);
}

TESTS(TEST_OF(survives_every_refused_allocation))
