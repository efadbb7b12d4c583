/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to believe about a token: the options that `token verify` and `identity show` share. */
#ifndef SG_SIGNET_TOKEN_ORDER_H
#define SG_SIGNET_TOKEN_ORDER_H

#include "common/home.h"

/** As given; NULL: not. */
typedef struct {
    const char *accept, *issuer, *key, *audience, *skew, *at;
    bool allow_no_audience, is_master;
} token_order;

/** The same, read. */
typedef struct {
    const signet_algorithm *accepted[4];
    int64_t now, skew;
} token_rules;

/** The options that are the same in all modes; SIGNET_E_USAGE names the option. */
bool token_order_rules(const token_order *order, token_rules *ret_rules, signet_error *err)
    SIGNET_MUST_CHECK;

/** Why the options of issuer mode make no sense together, or NULL. */
const char *token_order_problem(const token_order *order);

/**
 * The public key that `text` names: a key id, a file, or "own" for one's own master key, with the
 * algorithm of the token when there is one.  The caller frees it.
 */
signet_key *token_order_key(const token_rules *rules, const home *config, const char *text,
    signet_slice token, signet_error *err) SIGNET_MUST_CHECK;

/** Verify a SIG1 text in issuer mode. */
bool token_order_verify(const token_order *order, const token_rules *rules, const home *config,
    signet_slice text, signet_sig1 *ret_sig1, signet_error *err) SIGNET_MUST_CHECK;

#endif
