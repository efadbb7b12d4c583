/* SPDX-License-Identifier: Apache-2.0 */
/* The policy groups of authority.json: what the reference's own tests pin. */
#include <jansson.h>

#include <signet/policy.h>

#include "harness.h"

enum { NOW = 1780000000 };

static const json_t *
group(const char *name)
{
    static json_t *file;
    const json_t *found = NULL;

    if (!file)
        file = json_load_file(VECTORS "/authority.json", 0, NULL);
    found = json_object_get(json_object_get(file, "policy_bundle"), name);
    REQUIRE(found);
    return found;
}

static signet_slice
text_at(const json_t *list, size_t at)
{
    const char *text = json_string_value(json_array_get(list, at));

    return signet_slice_text(text ? text : "");
}

static signet_key *
key(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {7};
    static signet_key *it;

    if (!it)
        it = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    REQUIRE(it);
    return it;
}

static size_t
texts_of(const json_t *list, signet_slice ret_texts[16])
{
    size_t count = json_array_size(list);

    REQUIRE(count <= 16);
    for (size_t i = 0; i < count; i++)
        ret_texts[i] = text_at(list, i);
    return count;
}

/* One step but "compile". */
static void
do_step(signet_policy_compiler *compiler, const json_t *step)
{
    const char *what = json_string_value(json_array_get(step, 0));
    const json_t *list = json_array_get(step, 2);
    signet_slice texts[16], name = text_at(step, 1);
    uint64_t ids[16];

    if (strcmp(what, "define_group") == 0) {
        signet_policy_group one = {.name = name,
            .capabilities = ids,
            .capability_count = json_array_size(list),
            .max_cert_ttl = (uint64_t)json_integer_value(json_array_get(step, 3))};

        for (size_t i = 0; i < one.capability_count; i++)
            ids[i] = (uint64_t)json_integer_value(json_array_get(list, i));
        REQUIRE(signet_policy_compiler_put_group(compiler, &one, NULL));
    } else if (strcmp(what, "add_subject") == 0) {
        signet_policy_subject one = {.name = name, .is_active = true, .groups = texts};

        one.group_count = texts_of(list, texts);
        REQUIRE(signet_policy_compiler_put_subject(compiler, &one, NULL));
    } else if (strcmp(what, "deactivate") == 0) {
        REQUIRE(signet_policy_compiler_set_active(compiler, name, false, NULL));
    } else if (strcmp(what, "remove_subject") == 0) {
        REQUIRE(signet_policy_compiler_remove_subject(compiler, name, NULL));
    } else {
        CHECK_TEXT(what, "remove_group");
        REQUIRE(signet_policy_compiler_remove_group(compiler, name, NULL));
    }
}

/* What a case of the compiler expects, in its own words; `last` is the last of `count` bundles. */
static void
check_expectation(const json_t *expected, const signet_policy_fields *first,
    const signet_policy *last, size_t count)
{
    const signet_policy_fields *fields = signet_policy_fields_of(last);
    const char *words = json_string_value(expected);
    const signet_policy_subject *user = signet_policy_find(last, signet_slice_text("user"));
    uint64_t ids[SIGNET_POLICY_CAPABILITIES_MAX];

    CHECK_INT(fields->sequence, count);
    if (!words) {
        const signet_policy_subject *one =
            signet_policy_find(last, signet_slice_text("github-456"));

        CHECK_INT(fields->epoch, json_integer_value(json_object_get(expected, "epoch")));
        CHECK_INT(fields->subject_count, json_integer_value(json_object_get(expected, "subjects")));
        CHECK_INT(fields->group_count, json_integer_value(json_object_get(expected, "groups")));
        REQUIRE(one);
        CHECK_INT(signet_policy_capabilities(last, one, ids),
            json_integer_value(json_object_get(expected, "capabilities_of_github-456")));
    } else if (strstr(words, "epoch of second bundle greater")) {
        CHECK(fields->epoch > first->epoch);
        CHECK_INT(fields->subject_count, 0);
    } else if (strstr(words, "present, inactive")) {
        CHECK(user && !user->is_active);
    } else if (strstr(words, "still shows active")) {
        CHECK(user && user->is_active);
    } else {
        CHECK(strstr(words, "strictly increases") || strstr(words, "epoch unchanged"));
        CHECK_INT(fields->epoch, first->epoch);
    }
}

TEST(compiles_as_the_references_tests_expect)
{
    const json_t *one = NULL;
    size_t i = 0;

    json_array_foreach(group("compiler"), i, one)
    {
        const signet_policy_compiler_options options = {0};
        SIGNET_AUTO(signet_policy_compiler_free)
        signet_policy_compiler *compiler = signet_policy_compiler_new(&options, NULL);
        SIGNET_AUTO(signet_policy_free) signet_policy *first = NULL, *last = NULL;
        const json_t *step = NULL;
        size_t at = 0, count = 0;

        REQUIRE(compiler);
        json_array_foreach(json_object_get(one, "steps"), at, step)
        {
            SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

            if (strcmp(json_string_value(json_array_get(step, 0)), "compile") != 0) {
                do_step(compiler, step);
                continue;
            }
            REQUIRE(signet_policy_compile(compiler, key(), NOW, &out, NULL));
            signet_policy_free(last);
            last = signet_policy_open(signet_buf_slice(&out), key(), NULL);
            if (!first)
                first = signet_policy_open(signet_buf_slice(&out), key(), NULL);
            REQUIRE(last && first);
            count++;
        }
        REQUIRE(last);
        check_expectation(
            json_object_get(one, "expect"), signet_policy_fields_of(first), last, count);
    }
    CHECK_INT(i, 6);
}

TEST(evaluates_as_the_references_tests_expect)
{
    const json_t *one = NULL;
    size_t i = 0, asked = 0;

    json_array_foreach(group("evaluator"), i, one)
    {
        const json_t *config = json_object_get(one, "config");
        const json_t *claims = json_object_get(one, "claims");
        int64_t validity = json_integer_value(json_object_get(one, "validity_ns")) / 1000000000;
        signet_slice values[2][16];
        signet_policy_list lists[2] = {{"repository", values[0], 0}, {"workflow", values[1], 0}};
        signet_policy_claim given[2] = {{.name = "repository"}, {.name = "workflow"}};
        const signet_policy_evaluator_options options = {lists, 2, true,
            json_integer_value(json_object_get(config, "default_validity_ns")) / 1000000000};
        SIGNET_AUTO(signet_policy_evaluator_free) signet_policy_evaluator *evaluator = NULL;
        signet_policy_decision decision = {0};

        if (!config)
            continue; /* no request: there is no NULL to pass */
        lists[0].count = texts_of(json_object_get(config, "allowed_repositories"), values[0]);
        lists[1].count = texts_of(json_object_get(config, "allowed_workflows"), values[1]);
        for (size_t at = 0; at < 2; at++) {
            const char *text = json_string_value(json_object_get(claims, given[at].name));

            given[at].value = signet_slice_text(text ? text : "");
        }
        evaluator = signet_policy_evaluator_new(&options, NULL);
        REQUIRE(evaluator);
        CHECK_INT(signet_policy_evaluate(evaluator, given, 2, &decision),
            json_is_true(json_object_get(one, "allowed")));
        CHECK_INT(decision.validity, validity);
        asked++;
    }
    CHECK_INT(asked, 9);
}

TESTS(TEST_OF(compiles_as_the_references_tests_expect),
    TEST_OF(evaluates_as_the_references_tests_expect))
