/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <signet/token.h>

#include "fuzz.h"

/* A token is valid between its times and at no other second, and these are ten minutes apart. */
static void
check_times(const signet_claims *claims)
{
    PROPERTY(claims->not_before > 0 && claims->expires >= claims->not_before);
    PROPERTY(claims->expires - claims->not_before <= SIGNET_TOKEN_LIFETIME_MAX);
    PROPERTY(signet_token_check_time(claims, claims->not_before, 0, NULL));
    PROPERTY(signet_token_check_time(claims, claims->expires, 0, NULL));
    PROPERTY(!signet_token_check_time(claims, claims->not_before - 1, 0, NULL));
    PROPERTY(!signet_token_check_time(claims, claims->expires + 1, 0, NULL));
    PROPERTY(!signet_token_check_time(claims, INT64_MAX, SIGNET_TOKEN_SKEW_MAX, NULL));
    PROPERTY(!signet_token_check_time(claims, INT64_MIN, SIGNET_TOKEN_SKEW_MAX, NULL));
}

/* What is taken has one encoding: it is written as the very same bytes.  A refusal has a reason. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims;
    signet_error err = {0};
    signet_slice input = {data, size};

    if (!signet_token_decode(input, &claims, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE || err.code == SIGNET_E_LEGACY ||
                 err.code == SIGNET_E_TOKEN);
        PROPERTY(err.message[0] != '\0');
        return 0;
    }
    PROPERTY(signet_token_encode(&claims, &out, NULL));
    PROPERTY(signet_slice_is_equal(input, signet_buf_slice(&out)));
    PROPERTY(signet_token_check(&claims, NULL));
    check_times(&claims);
    (void)!signet_token_check_capabilities(&claims, NULL);
    return 0;
}
