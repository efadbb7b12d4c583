/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust policies.  Each is judged by the strict rules, whose verdict counts; where a case says that
 * the reference is weak, its verdict must come out of the comparison switch.
 */
#include <stdlib.h>

#include <signet/policy.h>

#include "replay.h"

static uint64_t
number_of(const json_t *value)
{
    return json_is_integer(value)  ? (uint64_t)json_integer_value(value)
           : json_is_string(value) ? strtoull(json_string_value(value), NULL, 10)
                                   : 0;
}

static uint64_t
number_in(const json_t *object, const char *name)
{
    return number_of(json_object_get(object, name));
}

static signet_slice
text_of(const json_t *text)
{
    return (signet_slice){
        (const uint8_t *)json_string_value(text), text ? json_string_length(text) : 0};
}

static const signet_slice *
texts_of(const json_t *list, size_t *ret_count)
{
    signet_slice *texts = NULL;

    *ret_count = json_array_size(list);
    texts = (signet_slice *)(void *)replay_alloc(*ret_count * sizeof(*texts));
    for (size_t i = 0; i < *ret_count; i++)
        texts[i] = text_of(json_array_get(list, i));
    return texts;
}

static const uint64_t *
numbers_of(const json_t *list, size_t *ret_count)
{
    uint64_t *numbers = NULL;

    *ret_count = json_array_size(list);
    numbers = (uint64_t *)(void *)replay_alloc(*ret_count * sizeof(*numbers));
    for (size_t i = 0; i < *ret_count; i++)
        numbers[i] = number_of(json_array_get(list, i));
    return numbers;
}

static signet_policy_subject
subject_of(const char *name, const json_t *from)
{
    signet_policy_subject subject = {.name = signet_slice_text(name),
        .is_null = json_is_null(from),
        .is_active = json_is_true(json_object_get(from, "active")),
        .has_groups = json_is_array(json_object_get(from, "groups")),
        .algorithm = text_of(json_object_get(from, "algorithm")),
        .max_cert_ttl = number_in(from, "max_cert_ttl")};

    subject.groups = texts_of(json_object_get(from, "groups"), &subject.group_count);
    return subject;
}

static signet_policy_group
group_of(const char *name, const json_t *from)
{
    signet_policy_group group = {.name = signet_slice_text(name),
        .is_null = json_is_null(from),
        .has_capabilities = json_is_array(json_object_get(from, "cap_tokens")),
        .max_cert_ttl = number_in(from, "max_cert_ttl")};

    group.capabilities = numbers_of(json_object_get(from, "cap_tokens"), &group.capability_count);
    return group;
}

static signet_policy_fields
fields_of(const json_t *from)
{
    const json_t *subjects = json_object_get(from, "subjects"), *value = NULL;
    const json_t *groups = json_object_get(from, "groups");
    signet_policy_subject *subject = (signet_policy_subject *)(void *)replay_alloc(
        json_object_size(subjects) * sizeof(*subject));
    signet_policy_group *group =
        (signet_policy_group *)(void *)replay_alloc(json_object_size(groups) * sizeof(*group));
    signet_policy_fields fields = {.epoch = number_in(from, "epoch"),
        .sequence = number_in(from, "seqno"),
        .issued = number_in(from, "issued_at"),
        .has_subjects = json_is_object(subjects),
        .has_groups = json_is_object(groups),
        .subjects = subject,
        .groups = group};
    const char *name = NULL;

    json_object_foreach((json_t *)(uintptr_t)subjects, name, value)
        subject[fields.subject_count++] = subject_of(name, value);
    json_object_foreach((json_t *)(uintptr_t)groups, name, value) group[fields.group_count++] =
        group_of(name, value);
    return fields;
}

static signet_key *
key_named(const replay_case *one, const char *name)
{
    return signet_key_from_seed(
        &signet_ed25519, replay_hex(replay_key(one, name), "seed", NULL), NULL);
}

/* The reference's key is gone: ours has no private half then. */
static signet_key *
key_of_ops(const replay_case *one)
{
    const json_t *op = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(one->inputs, "ops"), i, op)
    {
        if (signet_slice_is_equal(text_of(json_object_get(op, "op")), signet_slice_text("destroy")))
            return signet_key_from_public(
                &signet_ed25519, replay_hex(replay_key(one, "key"), "public", NULL), NULL);
    }
    return key_named(one, "key");
}

/* One operation but "compile".  What is not there is no error of the reference. */
static bool
do_operation(signet_policy_compiler *compiler, const json_t *op, int64_t *now, signet_error *err)
{
    const char *what = json_string_value(json_object_get(op, "op"));
    const char *name = json_string_value(json_object_get(op, "subject"));
    signet_policy_subject subject = subject_of(name ? name : "", op);
    signet_policy_group group = {0};
    bool is_done = true;

    subject.is_null = false;
    subject.is_active = true;
    name = json_string_value(json_object_get(op, "group"));
    group = group_of(name ? name : "", op);
    group.is_null = false;
    if (strcmp(what, "add_subject") == 0)
        is_done = signet_policy_compiler_put_subject(compiler, &subject, err);
    else if (strcmp(what, "define_group") == 0)
        is_done = signet_policy_compiler_put_group(compiler, &group, err);
    else if (strcmp(what, "deactivate") == 0)
        is_done = signet_policy_compiler_set_active(compiler, subject.name, false, err);
    else if (strcmp(what, "set_groups") == 0)
        is_done = signet_policy_compiler_set_groups(
            compiler, subject.name, subject.groups, subject.group_count, err);
    else if (strcmp(what, "remove_subject") == 0)
        is_done = signet_policy_compiler_remove_subject(compiler, subject.name, err);
    else if (strcmp(what, "remove_group") == 0)
        is_done = signet_policy_compiler_remove_group(compiler, group.name, err);
    else if (strcmp(what, "clock") == 0)
        *now = (int64_t)number_in(op, "now");
    return is_done || !err || err->code == SIGNET_E_NOT_FOUND;
}

static bool
compile_all(const replay_case *one, bool as_reference, signet_buf *differences, signet_error *err)
{
    const signet_policy_compiler_options options = {.as_reference = as_reference};
    SIGNET_AUTO(signet_policy_compiler_free) signet_policy_compiler *compiler = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = key_of_ops(one);
    const json_t *op = NULL, *bundles = json_object_get(one->outputs, "bundles");
    int64_t now = replay_number(one->inputs, "now", 0);
    size_t i = 0, done = 0;

    compiler = signet_policy_compiler_new(&options, err);
    if (!compiler || !key)
        return false;
    json_array_foreach(json_object_get(one->inputs, "ops"), i, op)
    {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

        if (!do_operation(compiler, op, &now, err))
            return false;
        if (strcmp(json_string_value(json_object_get(op, "op")), "compile") != 0)
            continue;
        if (!signet_policy_compile(compiler, key, now, &out, err))
            return false;
        replay_compare(differences, "bundle", signet_buf_slice(&out),
            replay_hex(json_array_get(bundles, done++), "cbor", NULL));
    }
    replay_compare_number(differences, "bundles", (int64_t)done, (int64_t)json_array_size(bundles));
    return true;
}

static replay_verdict
run_compile(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_error ignored = {0};

    SIGNET_AUTO(signet_buf_free) signet_buf reference = {0};

    if (compile_all(one, true, &reference, &ignored) && reference.len > 0) {
        signet_error_set(
            err, SIGNET_E_USAGE, "as_reference:%.*s", (int)reference.len, reference.data);
        return REPLAY_REJECT;
    }
    return compile_all(one, false, differences, err) ? REPLAY_ACCEPT : REPLAY_REJECT;
}

static replay_verdict
run_sign(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = key_named(one, "key");
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    signet_policy_fields fields = {0};

    if (json_object_get(one->inputs, "private_key_length"))
        return replay_skip(err, "a key of this library has its size");
    fields = fields_of(one->inputs);
    if (!key || !signet_policy_sign(&fields, key, &out, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "cbor", signet_buf_slice(&out), replay_hex(one->outputs, "cbor", NULL));
    policy = signet_policy_open(signet_buf_slice(&out), key, err);
    return policy ? REPLAY_ACCEPT : REPLAY_REJECT;
}

static replay_verdict
run_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *own = key_named(one, "key");
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};
    signet_policy_fields expected = {0};

    key = signet_key_from_public(&signet_ed25519, replay_hex(one->inputs, "public", NULL), err);
    if (!key)
        return REPLAY_REJECT;
    policy = signet_policy_open(replay_hex(one->inputs, "cbor", NULL), key, err);
    if (!policy) {
        replay_compare_class(
            one, differences, err->code == SIGNET_E_SIGNATURE ? "VERIFY" : "DECODE VERIFY");
        return REPLAY_REJECT;
    }
    expected = fields_of(json_object_get(one->outputs, "bundle"));
    if (!own || !signet_policy_sign(&expected, own, &again, err))
        return REPLAY_REJECT;
    replay_compare(differences, "the bundle of the outputs", signet_buf_slice(&again),
        replay_hex(one->inputs, "cbor", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_resolve(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    const signet_policy_subject *subject = NULL;
    uint64_t ids[SIGNET_POLICY_CAPABILITIES_MAX];
    size_t count = 0, expected_count = 0;
    const uint64_t *expected = NULL;

    policy = signet_policy_decode(replay_hex(one->inputs, "cbor", NULL), err);
    if (!policy)
        return REPLAY_REJECT;
    subject = signet_policy_find(policy, text_of(json_object_get(one->inputs, "subject")));
    if (!subject)
        return REPLAY_REJECT;
    count = signet_policy_capabilities(policy, subject, ids);
    expected = numbers_of(json_object_get(one->outputs, "capabilities"), &expected_count);
    replay_compare(differences, "capabilities",
        (signet_slice){(const uint8_t *)ids, count * sizeof(*ids)},
        (signet_slice){(const uint8_t *)expected, expected_count * sizeof(*ids)});
    replay_compare_number(differences, "max_cert_ttl",
        (int64_t)signet_policy_cert_ttl(policy, subject),
        (int64_t)number_in(one->outputs, "max_cert_ttl"));
    replay_compare_number(differences, "active", subject->is_active,
        json_is_true(json_object_get(one->outputs, "active")));
    return REPLAY_ACCEPT;
}

static bool
keep(void *context, const signet_policy_seen *seen, signet_error *err)
{
    (void)err;
    *(signet_policy_seen *)context = *seen;
    return true;
}

/* All steps; answers whether the last one allows.  Fetches only when due, as the reference. */
static bool
check_steps(const replay_case *one, bool as_reference, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = key_named(one, "key");
    SIGNET_AUTO(signet_policy_checker_free) signet_policy_checker *checker = NULL;
    signet_policy_seen seen = {0};
    const char *storage = json_string_value(json_object_get(one->inputs, "seqno_storage"));
    bool has_store = storage && strcmp(storage, "none") != 0, is_allowed = false;
    const signet_policy_checker_options options = {.anchor = key,
        .cache = replay_number(one->inputs, "cache_ttl_s", 0),
        .keep = has_store ? keep : NULL,
        .context = &seen,
        .as_reference = as_reference};
    const json_t *step = NULL;
    size_t i = 0;

    checker = signet_policy_checker_new(&options, err);
    if (!checker)
        return false;
    json_array_foreach(json_object_get(one->inputs, "steps"), i, step)
    {
        int64_t now = replay_number(step, "now", 0);
        bool is_due = signet_policy_checker_is_due(checker, now), is_served = false;
        signet_slice served = replay_hex(step, "served", &is_served);
        const char *result = json_string_value(json_object_get(step, "result"));
        signet_policy_decision decision = {0};
        signet_error refusal = {0};

        if (is_due && is_served && !signet_policy_checker_take(checker, served, now, &refusal) &&
            err)
            *err = refusal;
        is_allowed =
            signet_policy_check(checker, text_of(json_object_get(step, "subject")), now, &decision);
        if (!as_reference)
            continue;
        replay_compare_number(differences, "fetches", is_due, replay_number(step, "fetches", 0));
        replay_compare_number(
            differences, "result", is_allowed, result && strcmp(result, "accept") == 0);
    }
    return is_allowed;
}

static replay_verdict
run_check(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf reference = {0};

    (void)check_steps(one, true, &reference, NULL);
    if (reference.len > 0) { /* both verdicts are wrong then, and one of them is seen */
        signet_error_set(
            err, SIGNET_E_USAGE, "as_reference:%.*s", (int)reference.len, reference.data);
        return json_object_get(one->whole, "strict") ? REPLAY_ACCEPT : REPLAY_REJECT;
    }
    return check_steps(one, false, differences, err) ? REPLAY_ACCEPT : REPLAY_REJECT;
}

static replay_verdict
run_evaluate(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_policy_evaluator_free) signet_policy_evaluator *evaluator = NULL;
    signet_policy_list lists[2] = {{.claim = "repository"}, {.claim = "workflow"}};
    const json_t *claims = json_object_get(one->inputs, "claims"), *request = NULL;
    signet_policy_evaluator_options options = {
        .lists = lists, .list_count = 2, .allow_all = true}; /* what the reference means by none */
    signet_policy_claim given[2] = {{.name = "repository"}, {.name = "workflow"}};
    signet_policy_decision decision = {0};

    (void)differences;
    request = json_object_get(one->inputs, "request");
    if (json_is_null(request))
        return REPLAY_REJECT; /* there is no NULL to pass here */
    lists[0].values =
        texts_of(json_object_get(one->inputs, "allowed_repositories"), &lists[0].count);
    lists[1].values = texts_of(json_object_get(one->inputs, "allowed_workflows"), &lists[1].count);
    evaluator = signet_policy_evaluator_new(&options, err);
    for (size_t i = 0; i < 2; i++)
        given[i].value = text_of(json_object_get(claims, given[i].name));
    return evaluator && signet_policy_evaluate(evaluator, given, 2, &decision) ? REPLAY_ACCEPT
                                                                               : REPLAY_REJECT;
}

static replay_verdict
run_permission(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf allow = {0}, deny = {0};
    const json_t *lists[] = {
        json_object_get(one->inputs, "allow"), json_object_get(one->inputs, "deny")};
    signet_buf *written[] = {&allow, &deny};
    signet_slice action = text_of(json_object_get(one->inputs, "action"));
    signet_permissions permissions = {
        .has_allow = json_is_array(lists[0]), .has_deny = json_is_array(lists[1])};
    signet_policy_decision decision = {0};
    bool is_allowed = false;

    for (size_t i = 0; i < 2; i++) {
        size_t count = 0;
        const signet_slice *patterns = texts_of(lists[i], &count);

        if (!signet_cell_write_list(patterns, count, written[i], err))
            return REPLAY_REJECT;
    }
    permissions.allow = signet_buf_slice(&allow);
    permissions.deny = signet_buf_slice(&deny);
    is_allowed = signet_policy_permit(&permissions, action, &decision);
    replay_compare_number(differences, "signet_permissions_allow()",
        signet_permissions_allow(&permissions, action), is_allowed);
    return is_allowed ? REPLAY_ACCEPT : REPLAY_REJECT;
}

const replay_group replay_policy[] = {
    {"policy_compile", run_compile},
    {"policy_bundle_sign", run_sign},
    {"policy_bundle_verify", run_verify},
    {"policy_resolve", run_resolve},
    {"policy_check", run_check},
    {"policy_evaluate", run_evaluate},
    {"cell_permission", run_permission},
    {NULL, NULL},
};
