/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"
#include "resource.h"

/* --- identifiers --- */

/* clang-format off */
static const struct {
    const char *name, *text;
    bool is_strict, is_loose;
} identifiers[] = {
    {"a host", "https://mcp.example.com", true, true},
    {"a slash", "https://mcp.example.com/", true, true},
    {"a path", "https://mcp.example.com/mcp", true, true},
    {"a longer path", "https://example.com/a/b-c_d.e~f/", true, true},
    {"an escape", "https://example.com/a%2Fb", true, true},
    {"a port", "https://example.com:8443/x", true, true},
    {"the last port", "https://example.com:65535", true, true},
    {"localhost", "http://localhost:8080", true, true},
    {"loopback", "http://127.0.0.1:8080/x", true, true},
    {"loopback, version 6", "http://[::1]", true, true},
    {"version 6", "https://[2001:db8::1]:443", true, true},
    /* what the reference takes, and no client can ask for, or should */
    {"http elsewhere", "http://example.com", false, true},
    {"http on a name like loopback", "http://127.example.com", false, true},
    {"http on a name like localhost", "http://localhost.example.com", false, true},
    {"upper-case scheme", "HTTPS://example.com", false, true},
    {"upper-case scheme on loopback", "Http://localhost", false, true},
    {"upper-case host", "https://Example.com", false, true},
    {"an empty query", "https://example.com?", false, true},
    {"an empty fragment", "https://example.com#", false, true},
    {"no host but a port", "https://:443", false, true},
    {"an empty port", "https://example.com:", false, true},
    {"port 0", "https://example.com:0", false, true},
    {"port 65536", "https://example.com:65536", false, true},
    {"port with a zero", "https://example.com:0443", false, true},
    {"a host not ASCII", "https://ex\xc3\xa4mple.com", false, true},
    {"a quote in the host", "https://a\"b.com", false, true},
    {"a host that begins with a dash", "https://-a.com", false, true},
    {"a quote in the path", "https://example.com/\"", false, true},
    {"a blank in the path", "https://example.com/a b", false, true},
    {"a backslash in the path", "https://example.com/a\\b", false, true},
    {"a path not ASCII", "https://example.com/\xc3\xa4", false, true},
    {"a dot", "https://example.com/a/./b", false, true},
    {"two dots", "https://example.com/a/..", false, true},
    {"no colon in brackets", "https://[1]", false, true},
    {"a name in brackets", "https://[a:g]", false, true},
    /* nobody */
    {"nothing", "", false, false},
    {"blank", "   ", false, false},
    {"a tab", "\t", false, false},
    {"a path alone", "/mcp", false, false},
    {"a host alone", "mcp.example.com", false, false},
    {"no scheme", "//example.com", false, false},
    {"an empty scheme", "://example.com", false, false},
    {"another scheme", "ftp://example.com", false, false},
    {"a longer scheme", "httpsx://example.com", false, false},
    {"a scheme alone", "https:", false, false},
    {"a scheme and slashes", "https://", false, false},
    {"one slash", "https:/example.com", false, false},
    {"no slashes", "https:example.com", false, false},
    {"no host", "https:///x", false, false},
    {"a query", "https://example.com?x=y", false, false},
    {"a query behind a path", "https://example.com/a?x", false, false},
    {"a fragment", "https://example.com#f", false, false},
    {"a query in a fragment", "https://example.com#?", false, false},
    {"user information", "https://u:p@example.com", false, false},
    {"empty user information", "https://@example.com", false, false},
    {"a port of letters", "https://example.com:https", false, false},
    {"two ports", "https://example.com:1:2", false, false},
    {"open brackets", "https://[::1", false, false},
    {"text behind brackets", "https://[::1]x", false, false},
    {"a blank before", " https://example.com", false, false},
    {"a blank in the host", "https://a b", false, false},
    {"CR LF", "https://example.com\r\nX: y", false, false},
    {"a line feed at the end", "https://example.com\n", false, false},
    {"delete", "https://example.com/\x7f", false, false},
    {"half an escape", "https://example.com/%2", false, false},
    {"no escape", "https://example.com/%zz", false, false},
    {"a backslash in the host", "https://a\\b", false, false},
    {"an escape in the host", "https://a%20b", false, false},
};
/* clang-format on */

static bool
is_identifier(sg_resource_rule rule, signet_slice text)
{
    sg_resource_identifier identifier;
    signet_error err = {0};
    bool is_one = sg_resource_identifier_read(rule, text, &identifier, &err);

    CHECK_INT(err.code, is_one ? SIGNET_OK : SIGNET_E_USAGE);
    return is_one;
}

TEST(tells_identifiers_from_other_texts)
{
    for (EACH(row, identifiers)) {
        signet_slice text = signet_slice_text(row->text);

        CHECK_INT(is_identifier(SG_RESOURCE_STRICT, text), row->is_strict);
        CHECK_INT(is_identifier(SG_RESOURCE_AS_REFERENCE, text), row->is_loose);
    }
    harness_row = "a zero";
    CHECK(!is_identifier(SG_RESOURCE_STRICT, SLICE("https://example.com\0")));
    CHECK(!is_identifier(SG_RESOURCE_AS_REFERENCE, SLICE("https://example.com\0")));
}

TEST(an_identifier_has_a_longest_length)
{
    char text[SG_RESOURCE_IDENTIFIER_MAX + 1];
    signet_slice whole = {(const uint8_t *)text, SG_RESOURCE_IDENTIFIER_MAX};

    memset(text, 'a', sizeof(text));
    memcpy(text, "https://a/", 10);
    CHECK(is_identifier(SG_RESOURCE_STRICT, whole));
    whole.len++;
    CHECK(!is_identifier(SG_RESOURCE_STRICT, whole));
    CHECK(!is_identifier(SG_RESOURCE_AS_REFERENCE, whole));
}

/* --- configuration --- */

/* clang-format off */
static const struct {
    const char *name;
    sg_resource resource;
    bool is_fine;
} configurations[] = {
    {"an identifier", {.identifier = TEXT("https://h")}, true},
    {"MCP", {.identifier = TEXT("https://h"), .is_mcp = true, .authorization_servers = SAME(TEXT("https://a"))}, true},
    {"MCP without a server", {.identifier = TEXT("https://h"), .is_mcp = true}, false},
    {"a server with a path", {.identifier = TEXT("https://h"), .authorization_servers = SAME(TEXT("https://a/t"))}, true},
    {"a server with a query", {.identifier = TEXT("https://h"), .authorization_servers = SAME(TEXT("https://a?t"))}, false},
    {"a server that is a name", {.identifier = TEXT("https://h"), .authorization_servers = SAME(TEXT("a"))}, false},
    {"a second server that is empty", {.identifier = TEXT("https://h"), .authorization_servers = SAME(TEXT("https://a"), TEXT(""))}, false},
    {"a server twice", {.identifier = TEXT("https://h"), .authorization_servers = SAME(TEXT("https://a"), TEXT("https://a"))}, false},
    {"bearer methods", {.identifier = TEXT("https://h"), .bearer_methods = SAME(TEXT("header"), TEXT("body"), TEXT("query"))}, true},
    {"a bearer method that is none", {.identifier = TEXT("https://h"), .bearer_methods = SAME(TEXT("cookie"))}, false},
    {"DPoP", {.identifier = TEXT("https://h"), .dpop_algorithms = SAME(TEXT("Ed25519"), TEXT("ES256")), .dpop_required = true}, true},
    {"DPoP of no algorithm", {.identifier = TEXT("https://h"), .dpop_required = true}, false},
    {"DPoP with none", {.identifier = TEXT("https://h"), .dpop_algorithms = SAME(TEXT("none"))}, false},
    {"DPoP with a MAC", {.identifier = TEXT("https://h"), .dpop_algorithms = SAME(TEXT("ES256"), TEXT("HS256"))}, false},
    {"documentation", {.identifier = TEXT("https://h"), .documentation = TEXT("http://d/<x>&y?z#1")}, true},
    {"documentation nowhere", {.identifier = TEXT("https://h"), .documentation = TEXT("https://")}, false},
    {"documentation with CR", {.identifier = TEXT("https://h"), .documentation = TEXT("https://d\r")}, false},
    {"documentation that is a script", {.identifier = TEXT("https://h"), .documentation = TEXT("javascript:x")}, false},
    {"scopes", {.identifier = TEXT("https://h"), .scopes = SAME(TEXT("read"), TEXT("a:write"))}, true},
    {"a scope with a blank", {.identifier = TEXT("https://h"), .scopes = SAME(TEXT("a b"))}, false},
    {"a scope with a quote", {.identifier = TEXT("https://h"), .scopes = SAME(TEXT("a\""))}, false},
    {"a scope with a backslash", {.identifier = TEXT("https://h"), .scopes = SAME(TEXT("a\\"))}, false},
    {"an empty scope", {.identifier = TEXT("https://h"), .scopes = SAME(TEXT(""))}, false},
    {"keys", {.identifier = TEXT("https://h"), .jwks_uri = TEXT("https://h/jwks")}, true},
    {"keys over http", {.identifier = TEXT("https://h"), .jwks_uri = TEXT("http://h/jwks")}, false},
    {"a name", {.identifier = TEXT("https://h"), .name = TEXT("Caf\xc3\xa9")}, true},
    {"a name not UTF-8", {.identifier = TEXT("https://h"), .name = TEXT("Caf\xe9")}, false},
    {"a name with LF", {.identifier = TEXT("https://h"), .name = TEXT("a\nb")}, false},
    {"pages", {.identifier = TEXT("https://h"), .policy_uri = TEXT("https://h/p"), .terms_uri = TEXT("https://h/t")}, true},
    {"a policy that is no page", {.identifier = TEXT("https://h"), .policy_uri = TEXT("p")}, false},
    {"terms with a blank", {.identifier = TEXT("https://h"), .terms_uri = TEXT("https://h/a b")}, false},
    {"versions", {.identifier = TEXT("https://h"), .proof_versions = SAME(TEXT("v1"), TEXT("v1+x2"))}, true},
    {"a version with a blank", {.identifier = TEXT("https://h"), .proof_versions = SAME(TEXT("v1 v2"))}, false},
    {"a day of skew", {.identifier = TEXT("https://h"), .max_skew = 86400}, true},
    {"more than a day", {.identifier = TEXT("https://h"), .max_skew = 86401}, false},
    {"a negative skew", {.identifier = TEXT("https://h"), .max_skew = -1}, false},
    {"a tag", {.identifier = TEXT("https://h"), .signature_tag = TEXT("signet-pop")}, true},
    {"a tag with a quote", {.identifier = TEXT("https://h"), .signature_tag = TEXT("a\"b")}, false},
    {"a prefix", {.identifier = TEXT("https://h"), .prefix = TEXT("/api")}, true},
    {"a prefix without a slash", {.identifier = TEXT("https://h"), .prefix = TEXT("api")}, false},
    {"a prefix with a query", {.identifier = TEXT("https://h"), .prefix = TEXT("/api?")}, false},
    {"a prefix with LF", {.identifier = TEXT("https://h"), .prefix = TEXT("/api\n")}, false},
    {"no identifier", {.name = TEXT("a")}, false},
    {"http elsewhere", {.identifier = TEXT("http://h")}, false},
};
/* clang-format on */

TEST(refuses_configurations_that_make_no_sense)
{
    for (EACH(row, configurations)) {
        sg_resources strict = {&row->resource, 1, SG_RESOURCE_STRICT};
        sg_resources loose = {&row->resource, 1, SG_RESOURCE_AS_REFERENCE};
        signet_error err = {0};

        CHECK_INT(sg_resources_check(&strict, &err), row->is_fine);
        CHECK_INT(err.code, row->is_fine ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_INT(sg_resources_check(&loose, NULL), row->resource.identifier.len > 0);
    }
}

TEST(refuses_lists_and_texts_without_end)
{
    static signet_slice many[SG_RESOURCE_LIST_MAX + 1];
    static char names[SG_RESOURCE_LIST_MAX + 1][8], longest[SG_RESOURCE_TEXT_MAX + 1];
    sg_resource resource = {.identifier = TEXT("https://h")};
    sg_resources resources = {&resource, 1, SG_RESOURCE_STRICT};

    for (size_t i = 0; i <= SG_RESOURCE_LIST_MAX; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "s%zu", i);
        many[i] = signet_slice_text(names[i]);
    }
    resource.scopes = (sg_resource_list){many, SG_RESOURCE_LIST_MAX};
    CHECK(sg_resources_check(&resources, NULL));
    resource.scopes.count++;
    CHECK(!sg_resources_check(&resources, NULL));
    memset(longest, 'a', sizeof(longest));
    resource.scopes.count = 0;
    resource.name = (signet_slice){(const uint8_t *)longest, SG_RESOURCE_TEXT_MAX};
    CHECK(sg_resources_check(&resources, NULL));
    resource.name.len++;
    CHECK(!sg_resources_check(&resources, NULL));
}

TEST(no_two_documents_lie_in_one_place)
{
    static const struct {
        const char *name, *one, *other;
        bool is_fine;
    } rows[] = {
        {"two paths", "https://h/a", "https://h/b", true},
        {"two hosts", "https://h/a", "https://g/a", true},
        {"two ports", "https://h:1/a", "https://h:2/a", true},
        {"a slash behind a path", "https://h/a", "https://h/a/", true},
        {"the same", "https://h/a", "https://h/a", false},
        {"a slash alone", "https://h", "https://h/", false},
        {"the second is none", "https://h", "h", false},
    };
    static sg_resource many[SG_RESOURCES_MAX + 1];
    static char names[SG_RESOURCES_MAX + 1][24];

    for (EACH(row, rows)) {
        sg_resource both[] = {{.identifier = signet_slice_text(row->one)},
            {.identifier = signet_slice_text(row->other)}};
        sg_resources strict = {both, 2, SG_RESOURCE_STRICT};
        sg_resources loose = {both, 2, SG_RESOURCE_AS_REFERENCE};

        CHECK_INT(sg_resources_check(&strict, NULL), row->is_fine);
        CHECK(!sg_resources_check(&loose, NULL));
    }
    for (size_t i = 0; i <= SG_RESOURCES_MAX; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "https://h/%zu", i);
        many[i].identifier = signet_slice_text(names[i]);
    }
    CHECK(sg_resources_check(&(sg_resources){many, SG_RESOURCES_MAX, SG_RESOURCE_STRICT}, NULL));
    CHECK(
        !sg_resources_check(&(sg_resources){many, SG_RESOURCES_MAX + 1, SG_RESOURCE_STRICT}, NULL));
    CHECK(sg_resources_check(&(sg_resources){NULL, 0, SG_RESOURCE_STRICT}, NULL));
}

/* Strictly, two that the reference takes are refused, and nothing else differs. */
TEST(differs_from_the_reference_where_it_says_so)
{
    json_t *root = json_of(VECTORS "/interop/http.json"), *one = NULL;
    json_t *cases = json_object_get(json_group(root, "http_protected_resource_config"), "cases");
    size_t i = 0, differing = 0;

    CHECK_INT(json_array_size(cases), 18);
    json_array_foreach(cases, i, one)
    {
        signet_slice text = resource_text(json_object_get(one, "inputs"), "resource");
        bool is_accepted = strcmp(json_text(one, "verdict"), "accept") == 0;
        bool differs = false;

        harness_row = json_text(one, "name");
        differs =
            strcmp(harness_row, "upper_scheme") == 0 || strcmp(harness_row, "empty_query") == 0;
        CHECK_INT(is_identifier(SG_RESOURCE_AS_REFERENCE, text), is_accepted);
        CHECK_INT(is_identifier(SG_RESOURCE_STRICT, text), is_accepted && !differs);
        differing += differs;
    }
    CHECK_INT(differing, 2);
    json_decref(root);
}

TESTS(TEST_OF(tells_identifiers_from_other_texts), TEST_OF(an_identifier_has_a_longest_length),
    TEST_OF(refuses_configurations_that_make_no_sense),
    TEST_OF(refuses_lists_and_texts_without_end), TEST_OF(no_two_documents_lie_in_one_place),
    TEST_OF(differs_from_the_reference_where_it_says_so))
