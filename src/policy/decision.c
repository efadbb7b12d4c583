/* SPDX-License-Identifier: Apache-2.0 */
/* The rules by name, and what is told about a decision. */
#include "policy/policy.h"

static const struct {
    const char *name, *tells;
    bool allows;
} rules[] = {
    [SIGNET_POLICY_NOTHING_ALLOWS] = {"nothing-allows", "no rule allows it", false},
    [SIGNET_POLICY_NO_BUNDLE] = {"no-bundle", "no policy bundle was accepted yet", false},
    [SIGNET_POLICY_BUNDLE_NOT_FRESH] = {"bundle-not-fresh",
        "the policy bundle was fetched too long ago", false},
    [SIGNET_POLICY_BUNDLE_TOO_OLD] = {"bundle-too-old", "the policy bundle was issued too long ago",
        false},
    [SIGNET_POLICY_NOT_PROVISIONED] = {"not-provisioned", "no such subject", false},
    [SIGNET_POLICY_DEACTIVATED] = {"deactivated", "the subject is deactivated", false},
    [SIGNET_POLICY_SUBJECT_ACTIVE] = {"subject-active", "the subject is active", true},
    [SIGNET_POLICY_OPEN_GATE] = {"open-gate",
        "no policy bundle was accepted yet, and the gate is open", true},
    [SIGNET_POLICY_CLAIM_MISSING] = {"claim-missing", "a claim is missing or empty", false},
    [SIGNET_POLICY_CLAIM_NOT_LISTED] = {"claim-not-listed",
        "the value of a claim is not in its list", false},
    [SIGNET_POLICY_CLAIMS_LISTED] = {"claims-listed", "every claim is in its list", true},
    [SIGNET_POLICY_ALL_ALLOWED] = {"all-allowed", "there are no lists", true},
    [SIGNET_POLICY_DENY_PATTERN] = {"deny-pattern", "a pattern denies it", false},
    [SIGNET_POLICY_ALLOW_PATTERN] = {"allow-pattern", "a pattern allows it", true},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

static size_t
row_of(signet_policy_rule rule)
{
    return (size_t)rule < RULES ? (size_t)rule : SIGNET_POLICY_NOTHING_ALLOWS;
}

const char *
signet_policy_rule_name(signet_policy_rule rule)
{
    return rules[row_of(rule)].name;
}

bool
sg_policy_decide(signet_policy_decision *ret_decision, signet_policy_rule rule)
{
    *ret_decision =
        (signet_policy_decision){.rule = rule, .is_allowed = rules[row_of(rule)].allows};
    return ret_decision->is_allowed;
}

bool
signet_policy_permit(const signet_permissions *permissions, signet_slice action,
    signet_policy_decision *ret_decision)
{
    static const struct {
        signet_policy_rule rule;
    } order[] = {{SIGNET_POLICY_DENY_PATTERN}, {SIGNET_POLICY_ALLOW_PATTERN}};

    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        bool is_there = i == 0 ? permissions->has_deny : permissions->has_allow;
        sg_cbor_reader in = sg_cbor_reader_of(i == 0 ? permissions->deny : permissions->allow);

        for (size_t left = is_there ? sg_cbor_read_array(&in) : 0; left > 0 && !in.problem;
             left--) {
            signet_slice pattern = sg_cbor_read_text(&in);

            if (in.problem || !signet_action_matches(pattern, action))
                continue;
            (void)sg_policy_decide(ret_decision, order[i].rule);
            ret_decision->what = pattern;
            return ret_decision->is_allowed;
        }
        if (in.problem && is_there)
            break;
    }
    return sg_policy_decide(ret_decision, SIGNET_POLICY_NOTHING_ALLOWS);
}

bool
signet_policy_explain(
    const signet_policy_decision *decision, signet_slice whom, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (signet_buf_printf(out, err, "%s: ", decision->is_allowed ? "allowed" : "denied") &&
        signet_buf_append(out, whom, err) &&
        signet_buf_printf(out, err, ": %s (%s", rules[row_of(decision->rule)].tells,
            signet_policy_rule_name(decision->rule)) &&
        (decision->what.len == 0 ||
            (signet_buf_printf(out, err, " ") && signet_buf_append(out, decision->what, err))) &&
        (!decision->policy || signet_buf_printf(out, err, ", epoch %llu, sequence %llu",
                                  (unsigned long long)decision->policy->fields.epoch,
                                  (unsigned long long)decision->policy->fields.sequence)) &&
        signet_buf_printf(out, err, ")")) {
        /* what others wrote must not end the line or drive a terminal */
        for (size_t i = before; i < out->len; i++) {
            if (out->data[i] < 0x20 || out->data[i] == 0x7f)
                out->data[i] = '?';
        }
        return true;
    }
    out->len = before;
    return false;
}
