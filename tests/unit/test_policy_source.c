/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as YAML: what people write, and everything else that YAML can be. */
#include "harness.h"
#include "policy_source.h"

static const uint8_t seed[SIGNET_SEED_SIZE] = {7};

/* The bundle of a source, or empty; in memory that lives until the program ends. */
static signet_slice
compile(bool (*read)(signet_slice, signet_policy_compiler *, signet_error *), const char *text,
    signet_error *err)
{
    const signet_policy_compiler_options options = {0};
    SIGNET_AUTO(signet_policy_compiler_free) signet_policy_compiler *compiler = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_policy_free) signet_policy *policy = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    compiler = signet_policy_compiler_new(&options, NULL);
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, 32}, NULL);
    REQUIRE(compiler && key);
    if (!read(signet_slice_text(text), compiler, err) ||
        !signet_policy_compile(compiler, key, 1000, &out, err))
        return (signet_slice){NULL, 0};
    policy = signet_policy_open(signet_buf_slice(&out), key, err);
    REQUIRE(policy);
    if (!policy_source_check_groups(policy, compiler, err))
        return (signet_slice){NULL, 0};
    return harness_keep(signet_buf_slice(&out));
}

#define ANN "subjects: {ann: {active: true}}\n"

static const struct {
    const char *name, *text;
    signet_code expected;
} rows[] = {
    {"the example",
        "epoch: 1\ngroups:\n  developers: {cap_tokens: [1, 2], max_cert_ttl: 86400}\n"
        "subjects:\n  \"github-12345\": {active: true, groups: [developers]}\n",
        SIGNET_OK},
    {"subjects alone", ANN, SIGNET_OK},
    {"an empty map", "{}", SIGNET_OK},
    {"groups behind", "subjects: {ann: {active: true, groups: [g]}}\ngroups: {g: {cap_tokens: []}}",
        SIGNET_OK},
    {"all of a subject",
        "subjects: {ann: {active: false, algorithm: ed25519, max_cert_ttl: 18446744073709551615, "
        "groups: []}}",
        SIGNET_OK},
    {"a quoted no", "subjects: {\"no\": {active: true}}", SIGNET_OK},
    {"a document start", "---\n" ANN, SIGNET_OK},
    {"nothing", "", SIGNET_E_DECODE},
    {"a text", "ann", SIGNET_E_DECODE},
    {"a list", "[]", SIGNET_E_DECODE},
    {"null", "~", SIGNET_E_DECODE},
    {"no YAML", "subjects: {", SIGNET_E_DECODE},
    {"a tab", "subjects:\n\tann: {active: true}", SIGNET_E_DECODE},
    {"not UTF-8", "subjects: {\"\xff\": {active: true}}", SIGNET_E_DECODE},
    {"an unknown key", ANN "other: 1\n", SIGNET_E_DECODE},
    {"a key twice", ANN ANN, SIGNET_E_DECODE},
    {"a subject twice", "subjects: {ann: {active: true}, ann: {active: true}}", SIGNET_E_DECODE},
    {"a subject twice, quoted", "subjects: {ann: {active: true}, 'ann': {active: true}}",
        SIGNET_E_DECODE},
    {"a group twice", "groups: {g: {cap_tokens: [1]}, g: {cap_tokens: [2]}}", SIGNET_E_DECODE},
    {"an unknown key of a subject", "subjects: {ann: {active: true, admin: true}}",
        SIGNET_E_DECODE},
    {"a key of a subject twice", "subjects: {ann: {active: true, active: false}}", SIGNET_E_DECODE},
    {"an unknown key of a group", "groups: {g: {cap_tokens: [1], x: 1}}", SIGNET_E_DECODE},
    {"a subject without active", "subjects: {ann: {groups: []}}", SIGNET_E_DECODE},
    {"a group without capabilities", "groups: {g: {max_cert_ttl: 1}}", SIGNET_E_DECODE},
    {"a subject of nothing", "subjects: {ann: }", SIGNET_E_DECODE},
    {"an anchor", "subjects: {ann: &a {active: true}}", SIGNET_E_DECODE},
    {"an anchor on a key", "subjects: {&a ann: {active: true}}", SIGNET_E_DECODE},
    {"an alias", "subjects: {ann: &a {active: true}, bob: *a}", SIGNET_E_DECODE},
    {"an alias in a list", "groups: {g: {cap_tokens: [*a]}}", SIGNET_E_DECODE},
    {"a merge", "subjects: {ann: {<<: {active: true}}}", SIGNET_E_DECODE},
    {"a tag", "subjects: {ann: !!map {active: true}}", SIGNET_E_DECODE},
    {"a tag on a scalar", "epoch: !!int 1\n", SIGNET_E_DECODE},
    {"a tag of one's own", "subjects: !x {ann: {active: true}}", SIGNET_E_DECODE},
    {"a version", "%YAML 1.1\n---\n" ANN, SIGNET_E_DECODE},
    {"a tag directive", "%TAG !e! tag:e,2000:\n---\n" ANN, SIGNET_E_DECODE},
    {"a second document", ANN "---\n" ANN, SIGNET_E_DECODE},
    {"active as yes", "subjects: {ann: {active: yes}}", SIGNET_E_DECODE},
    {"active as True", "subjects: {ann: {active: True}}", SIGNET_E_DECODE},
    {"active quoted", "subjects: {ann: {active: \"true\"}}", SIGNET_E_DECODE},
    {"active as map", "subjects: {ann: {active: {}}}", SIGNET_E_DECODE},
    {"a name that is no", "subjects: {no: {active: true}}", SIGNET_E_DECODE},
    {"a name that is a number", "subjects: {12345: {active: true}}", SIGNET_E_DECODE},
    {"a name that is null", "subjects: {~: {active: true}}", SIGNET_E_DECODE},
    {"a name that is a list", "subjects: {[a]: {active: true}}", SIGNET_E_DECODE},
    {"a group that is off", "subjects: {ann: {active: true, groups: [off]}}", SIGNET_E_DECODE},
    {"groups as text", "subjects: {ann: {active: true, groups: g}}", SIGNET_E_DECODE},
    {"a list in a list", "groups: {g: {cap_tokens: [[1]]}}", SIGNET_E_DECODE},
    {"a capability below 0", "groups: {g: {cap_tokens: [-1]}}", SIGNET_E_DECODE},
    {"a capability in hex", "groups: {g: {cap_tokens: [0x1]}}", SIGNET_E_DECODE},
    {"a capability in octal", "groups: {g: {cap_tokens: [01]}}", SIGNET_E_DECODE},
    {"a capability quoted", "groups: {g: {cap_tokens: [\"1\"]}}", SIGNET_E_DECODE},
    {"a capability with a point", "groups: {g: {cap_tokens: [1.0]}}", SIGNET_E_DECODE},
    {"a number that is too large", "groups: {g: {cap_tokens: [18446744073709551616]}}",
        SIGNET_E_DECODE},
    {"an epoch of text", "epoch: one\n", SIGNET_E_DECODE},
    {"an epoch of the past", "epoch: 0\n", SIGNET_E_USAGE},
    {"a group that nobody defined", "subjects: {ann: {active: true, groups: [g]}}",
        SIGNET_E_NOT_FOUND},
    {"deep", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", SIGNET_E_DECODE},
};

TEST(takes_what_people_write_and_nothing_that_yaml_guesses)
{
    for (EACH(row, rows)) {
        signet_error err = {0};
        signet_slice bundle = compile(policy_source_yaml, row->text, &err);

        CHECK_INT(err.code, row->expected);
        CHECK((bundle.len > 0) == (row->expected == SIGNET_OK));
    }
}

TEST(says_which_line)
{
    signet_error err = {0};

    CHECK(compile(policy_source_yaml,
              "epoch: 1\nsubjects:\n  ann: {active: true}\n  ann: {active: true}\n", &err)
              .len == 0);
    CHECK_TEXT(err.message, "line 4: a subject that stands there twice");
}

TEST(refuses_lists_that_are_too_long)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error err = {0};

    REQUIRE(signet_buf_printf(&text, NULL, "groups: {g: {cap_tokens: ["));
    for (size_t i = 0; i <= SIGNET_POLICY_CAPABILITIES_MAX; i++)
        REQUIRE(signet_buf_printf(&text, NULL, "%zu,", i + 1));
    REQUIRE(signet_buf_printf(&text, NULL, "]}}%c", 0));
    CHECK(compile(policy_source_yaml, (const char *)text.data, &err).len == 0);
    CHECK_INT(err.code, SIGNET_E_DECODE);
}

#define LIST(count, text)                                                                          \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"                       \
    "\"totalResults\":" #count ",\"Resources\":[" text "]}"
#define USER(text)  "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]," text "}"
#define GROUP(text) "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"]," text "}"
#define BOB         "\"id\":\"1\",\"userName\":\"bob\",\"active\":true"
#define OURS        "\"urn:signet:params:scim:schemas:1.0:"

static const struct {
    const char *name, *text;
    signet_code expected;
} lists[] = {
    {"nobody", LIST(0, ""), SIGNET_OK},
    {"a user", LIST(1, USER(BOB ",\"emails\":[{\"value\":\"b@x\"}]")), SIGNET_OK},
    {"a group and its member",
        LIST(2, GROUP("\"id\":\"g\",\"displayName\":\"dev\",\"members\":[{\"value\":\"1\",\"type\":"
                      "\"User\"}]," OURS
                      "Group\":{\"capTokens\":[1,2],\"maxCertTTL\":60}") "," USER(BOB)),
        SIGNET_OK},
    {"our user", LIST(1, USER(BOB "," OURS "User\":{\"algorithm\":\"ed25519\",\"maxCertTTL\":5}")),
        SIGNET_OK},
    {"an outer name", LIST(1, USER(BOB ",\"externalId\":\"github-1\"")), SIGNET_OK},
    {"no bytes", "", SIGNET_E_DECODE},
    {"no object", "[]", SIGNET_E_DECODE},
    {"no list", "{}", SIGNET_E_DECODE},
    {"something behind", LIST(0, "") "x", SIGNET_E_DECODE},
    {"a member twice", LIST(1, USER(BOB ",\"active\":false")), SIGNET_E_DECODE},
    {"a page", LIST(2, USER(BOB)), SIGNET_E_DECODE},
    {"a negative total", LIST(-1, USER(BOB)), SIGNET_E_DECODE},
    {"no schema", LIST(1, "{" BOB "}"), SIGNET_E_DECODE},
    {"a number as resource", LIST(1, "1"), SIGNET_E_DECODE},
    {"no id", LIST(1, USER("\"userName\":\"b\",\"active\":true")), SIGNET_E_DECODE},
    {"an id twice", LIST(2, USER(BOB) "," USER("\"id\":\"1\",\"userName\":\"c\",\"active\":true")),
        SIGNET_E_DECODE},
    {"a name twice",
        LIST(2, USER(BOB) "," USER("\"id\":\"2\",\"userName\":\"bob\",\"active\":true")),
        SIGNET_E_DECODE},
    {"no name", LIST(1, USER("\"id\":\"1\",\"active\":true")), SIGNET_E_DECODE},
    {"an empty name", LIST(1, USER("\"id\":\"1\",\"userName\":\"\",\"active\":true")),
        SIGNET_E_DECODE},
    {"an outer name of number", LIST(1, USER(BOB ",\"externalId\":1")), SIGNET_E_DECODE},
    {"a name with NUL", LIST(1, USER("\"id\":\"1\",\"userName\":\"a\\u0000b\",\"active\":true")),
        SIGNET_E_DECODE},
    {"no active", LIST(1, USER("\"id\":\"1\",\"userName\":\"b\"")), SIGNET_E_DECODE},
    {"active of text", LIST(1, USER("\"id\":\"1\",\"userName\":\"b\",\"active\":\"true\"")),
        SIGNET_E_DECODE},
    {"a group twice", LIST(2, GROUP("\"displayName\":\"g\"") "," GROUP("\"displayName\":\"g\"")),
        SIGNET_E_DECODE},
    {"a group without name", LIST(1, GROUP("\"id\":\"g\"")), SIGNET_E_DECODE},
    {"a member who is nobody",
        LIST(1, GROUP("\"displayName\":\"g\",\"members\":[{\"value\":\"1\"}]")), SIGNET_E_DECODE},
    {"a group in a group",
        LIST(2, USER(BOB) "," GROUP(
                    "\"displayName\":\"g\",\"members\":[{\"value\":\"1\",\"type\":\"Group\"}]")),
        SIGNET_E_DECODE},
    {"members of text", LIST(1, GROUP("\"displayName\":\"g\",\"members\":\"1\"")), SIGNET_E_DECODE},
    {"a capability below 0",
        LIST(1, GROUP("\"displayName\":\"g\"," OURS "Group\":{\"capTokens\":[-1]}")),
        SIGNET_E_DECODE},
    {"a capability of text",
        LIST(1, GROUP("\"displayName\":\"g\"," OURS "Group\":{\"capTokens\":[\"1\"]}")),
        SIGNET_E_DECODE},
    {"a capability that is too large",
        LIST(1,
            GROUP("\"displayName\":\"g\"," OURS "Group\":{\"capTokens\":[9223372036854775808]}")),
        SIGNET_E_DECODE},
    {"an unknown member of ours", LIST(1, GROUP("\"displayName\":\"g\"," OURS "Group\":{\"x\":1}")),
        SIGNET_E_DECODE},
    {"ours as list", LIST(1, GROUP("\"displayName\":\"g\"," OURS "Group\":[]")), SIGNET_E_DECODE},
    {"a lifetime with a point", LIST(1, USER(BOB "," OURS "User\":{\"maxCertTTL\":1.5}")),
        SIGNET_E_DECODE},
};

TEST(takes_the_lists_of_identity_providers)
{
    for (EACH(row, lists)) {
        signet_error err = {0};
        signet_slice bundle = compile(policy_source_scim, row->text, &err);

        CHECK_INT(err.code, row->expected);
        CHECK((bundle.len > 0) == (row->expected == SIGNET_OK));
    }
}

/* The same policy, written both ways, is the same bundle. */
TEST(makes_one_bundle_of_yaml_and_scim)
{
    signet_slice yaml = compile(policy_source_yaml,
        "groups: {dev: {cap_tokens: [1, 2], max_cert_ttl: 60}}\n"
        "subjects: {bob: {active: true, groups: [dev]}}\n",
        NULL);

    REQUIRE(yaml.len > 0);
    CHECK_BYTES(compile(policy_source_scim, lists[2].text, NULL), yaml);
}

TESTS(TEST_OF(takes_the_lists_of_identity_providers), TEST_OF(makes_one_bundle_of_yaml_and_scim),
    TEST_OF(takes_what_people_write_and_nothing_that_yaml_guesses), TEST_OF(says_which_line),
    TEST_OF(refuses_lists_that_are_too_long))
