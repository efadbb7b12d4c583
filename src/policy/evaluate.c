/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deciding on claims, authority.md 5.5.  The values of a list are copied and sorted once, and found
 * by halving: a list of ten thousand costs fourteen comparisons.
 */
#include <stdlib.h>

#include "policy/policy.h"

typedef struct {
    char *claim;
    signet_slice *values; /* sorted, in `bytes` */
    size_t count;
    uint8_t *bytes;
} list;

struct signet_policy_evaluator {
    list lists[SIGNET_POLICY_LISTS_MAX];
    size_t list_count;
    bool allow_all;
    int64_t validity;
};

static int
compare_values(const void *a, const void *b)
{
    const signet_slice *left = a, *right = b;

    return sg_policy_compare_names(*left, *right);
}

static bool
copy_list(const signet_policy_list *from, list *to, signet_error *err)
{
    size_t size = 0, at = 0;

    if (!from->claim || from->count > SIGNET_POLICY_ENTRIES_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "policy: a list without a claim or too long");
    for (size_t i = 0; i < from->count; i++) {
        if (from->values[i].len > SIGNET_POLICY_NAME_MAX)
            return signet_fail(
                err, SIGNET_E_USAGE, "policy: a value of %s is too long", from->claim);
        size += from->values[i].len;
    }
    to->claim = strdup(from->claim);
    to->values = calloc(from->count, sizeof(*to->values));
    to->bytes = malloc(size + 1);
    if (!to->claim || !to->values || !to->bytes)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a policy");
    to->count = from->count;
    for (size_t i = 0; i < from->count; i++) {
        to->values[i] = (signet_slice){to->bytes + at, from->values[i].len};
        if (from->values[i].len > 0)
            memcpy(to->bytes + at, from->values[i].ptr, from->values[i].len);
        at += from->values[i].len;
    }
    qsort(to->values, to->count, sizeof(*to->values), compare_values);
    return true;
}

signet_policy_evaluator *
signet_policy_evaluator_new(const signet_policy_evaluator_options *options, signet_error *err)
{
    SIGNET_AUTO(signet_policy_evaluator_free) signet_policy_evaluator *evaluator = NULL;

    if (options->list_count > SIGNET_POLICY_LISTS_MAX || options->validity < 0)
        return signet_fail_null(err, SIGNET_E_USAGE, "policy: too many lists, or a time below 0");
    evaluator = calloc(1, sizeof(*evaluator));
    if (!evaluator)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a policy");
    evaluator->allow_all = options->allow_all;
    evaluator->validity = options->validity;
    for (size_t i = 0; i < options->list_count; i++) {
        if (options->lists[i].count == 0)
            continue;
        if (!copy_list(&options->lists[i], &evaluator->lists[evaluator->list_count++], err))
            return NULL;
    }
    return SIGNET_TAKE(evaluator);
}

/* The value of a claim.  One that is there twice has none: nobody can say which is meant. */
static signet_slice
value_of(const signet_policy_claim *claims, size_t count, const char *name)
{
    signet_slice value = {NULL, 0};
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(claims[i].name, name) != 0)
            continue;
        value = claims[i].value;
        found++;
    }
    return found == 1 ? value : (signet_slice){NULL, 0};
}

bool
signet_policy_evaluate(const signet_policy_evaluator *evaluator, const signet_policy_claim *claims,
    size_t count, signet_policy_decision *ret_decision)
{
    for (size_t i = 0; i < evaluator->list_count; i++) {
        const list *one = &evaluator->lists[i];
        signet_slice value = value_of(claims, count, one->claim);
        bool is_listed = value.len > 0 && bsearch(&value, one->values, one->count,
                                              sizeof(*one->values), compare_values) != NULL;

        if (is_listed)
            continue;
        (void)sg_policy_decide(ret_decision,
            value.len > 0 ? SIGNET_POLICY_CLAIM_NOT_LISTED : SIGNET_POLICY_CLAIM_MISSING);
        ret_decision->what = signet_slice_text(one->claim);
        return false;
    }
    if (evaluator->list_count == 0 && !evaluator->allow_all)
        return sg_policy_decide(ret_decision, SIGNET_POLICY_NOTHING_ALLOWS);
    (void)sg_policy_decide(ret_decision,
        evaluator->list_count > 0 ? SIGNET_POLICY_CLAIMS_LISTED : SIGNET_POLICY_ALL_ALLOWED);
    ret_decision->validity = evaluator->validity;
    return true;
}

void
signet_policy_evaluator_free(signet_policy_evaluator *evaluator)
{
    if (!evaluator)
        return;
    for (size_t i = 0; i < evaluator->list_count; i++) {
        free(evaluator->lists[i].claim);
        free(evaluator->lists[i].values);
        free(evaluator->lists[i].bytes);
    }
    free(evaluator);
}
