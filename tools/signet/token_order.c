/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cli.h"
#include "common/identity.h"
#include "input.h"
#include "key_argument.h"
#include "token_order.h"

static bool
fail_option(const char *option, signet_error *err)
{
    signet_error_prefix(err, option);
    if (err->code == SIGNET_E_DECODE)
        err->code = SIGNET_E_USAGE;
    return false;
}

bool
token_order_rules(const token_order *order, token_rules *ret_rules, signet_error *err)
{
    const char *accept = order->accept ? order->accept : "ed25519";

    *ret_rules = (token_rules){.now = cli_now()};
    if (!input_algorithms(accept, ret_rules->accepted, err))
        return fail_option("--accept", err);
    if (order->at && !signet_time_parse(signet_slice_text(order->at), &ret_rules->now, err))
        return fail_option("--at", err);
    return !order->skew ||
           cli_parse_number("--skew", order->skew, 0, SIGNET_TOKEN_SKEW_MAX, &ret_rules->skew, err);
}

const char *
token_order_problem(const token_order *order)
{
    if (!order->issuer || !*order->issuer)
        return "--issuer NAME is missing: whose token it must be";
    if (!order->key)
        return "--key KEY is missing: the key of that issuer";
    if (!order->audience && !order->allow_no_audience)
        return "say who you are with --audience NAME, or --allow-no-audience";
    if (order->audience && !*order->audience)
        return "--audience must not be empty";
    return NULL;
}

/* The key in the home that could have signed: of the token's algorithm, else the first accepted. */
static signet_key *
own_key(const token_rules *rules, const home *config, signet_slice token, signet_error *err)
{
    const signet_algorithm *algorithm = rules->accepted[0];
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice message = {0};
    signet_sig1 sig1 = {0};
    signet_cose cose = {0};

    if (token.len > 0 && signet_sig1_inspect(token, &sig1, &message, bytes, NULL) &&
        signet_cose_read(rules->accepted, message, &cose, NULL))
        algorithm = cose.algorithm;
    return identity_public(config, algorithm, err);
}

signet_key *
token_order_key(const token_rules *rules, const home *config, const char *text, signet_slice token,
    signet_error *err)
{
    if (strcmp(text, "own") == 0)
        return own_key(rules, config, token, err);
    return key_argument_read_accepted(rules->accepted, text, err);
}

/* Who is not asked for is nobody: a token for somebody is not for them. */
static bool
check_no_audience(const token_order *order, const signet_sig1 *sig1, signet_error *err)
{
    if (order->audience || sig1->claims.audience.len == 0)
        return true;
    return signet_fail(err, SIGNET_E_TOKEN,
        "aud_id: the token is for an audience; say with --audience that it is you");
}

bool
token_order_verify(const token_order *order, const token_rules *rules, const home *config,
    signet_slice text, signet_sig1 *ret_sig1, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const signet_sig1_expectations expected = {
        .now = rules->now,
        .skew = rules->skew,
        .issuer = signet_slice_text(order->issuer),
        .audience = signet_slice_text(order->audience ? order->audience : ""),
        .may_lack_audience = order->allow_no_audience,
    };

    key = token_order_key(rules, config, order->key, text, err);
    return key &&
           signet_sig1_verify_by_issuer(
               rules->accepted, text, key, order->is_master, &expected, ret_sig1, err) &&
           check_no_audience(order, ret_sig1, err);
}
