/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"
#include "http/challenge.h"
#include "json.h"
#include "resource.h"

#define WELL_KNOWN SG_RESOURCE_WELL_KNOWN

/* --- places --- */

TEST(the_well_known_path_is_inserted)
{
    static const struct {
        const char *name, *identifier, *strict, *loose; /* strict NULL: not an identifier */
    } rows[] = {
        {"a host", "https://h", "https://h" WELL_KNOWN, "https://h" WELL_KNOWN},
        {"a slash", "https://h/", "https://h" WELL_KNOWN, "https://h" WELL_KNOWN},
        {"a path", "https://h/mcp", "https://h" WELL_KNOWN "/mcp", "https://h" WELL_KNOWN},
        {"a path and a slash", "https://h:8/a/b/", "https://h:8" WELL_KNOWN "/a/b/",
            "https://h:8" WELL_KNOWN},
        {"upper case", "HTTPS://H", NULL, "https://H" WELL_KNOWN},
        {"a quote", "https://a\"b", NULL, "https://a\"b" WELL_KNOWN},
    };

    for (EACH(row, rows)) {
        sg_resource resource = {.identifier = signet_slice_text(row->identifier)};
        SIGNET_AUTO(signet_buf_free) signet_buf strict = {0}, loose = {0};

        CHECK_INT(sg_resource_write_location(SG_RESOURCE_STRICT, &resource, &strict, NULL),
            row->strict != NULL);
        CHECK_BYTES(signet_buf_slice(&strict), signet_slice_text(row->strict ? row->strict : ""));
        REQUIRE(sg_resource_write_location(SG_RESOURCE_AS_REFERENCE, &resource, &loose, NULL));
        CHECK_BYTES(signet_buf_slice(&loose), signet_slice_text(row->loose));
    }
}

/* Four on one host, one with a prefix of its own, and one elsewhere. */
static const sg_resource several[] = {
    {.identifier = TEXT("https://h")},
    {.identifier = TEXT("https://h/mcp")},
    {.identifier = TEXT("https://h/mcp/deep")},
    {.identifier = TEXT("https://h/api/"), .prefix = TEXT("/v1")},
    {.identifier = TEXT("https://g/mcp")},
};
static const sg_resources all = {several, 5, SG_RESOURCE_STRICT};

static const struct {
    const char *name, *scheme, *authority, *target;
    int resource, document; /* -1: none */
} requests[] = {
    {"nothing behind the host", "https", "h", "", 0, -1},
    {"the root", "https", "h", "/", 0, -1},
    {"some path", "https", "h", "/x?y=/mcp", 0, -1},
    {"equal", "https", "h", "/mcp", 1, -1},
    {"equal but for a query", "https", "h", "/mcp?x=/../deep", 1, -1},
    {"below", "https", "h", "/mcp/x", 1, -1},
    {"a longer name", "https", "h", "/mcpx", 0, -1},
    {"other case", "https", "h", "/MCP", 0, -1},
    {"an escape", "https", "h", "/%6dcp", 0, -1},
    {"the longest", "https", "h", "/mcp/deep/x", 2, -1},
    {"equal, and deep", "https", "h", "/mcp/deep", 2, -1},
    {"a prefix of its own", "https", "h", "/v1/x", 3, -1},
    {"equal in spite of its prefix", "https", "h", "/api/", 3, -1},
    {"its path is no prefix", "https", "h", "/api/x", 0, -1},
    {"elsewhere", "https", "g", "/mcp", 4, -1},
    {"elsewhere, no prefix", "https", "g", "/x", -1, -1},
    {"no such host", "https", "i", "/mcp", -1, -1},
    {"another port", "https", "h:444", "/mcp", -1, -1},
    {"another scheme", "http", "h", "/mcp", -1, -1},
    {"document of the host", "https", "h", WELL_KNOWN, 0, 0},
    {"document with a query", "https", "h", WELL_KNOWN "?x=1", 0, 0},
    {"document of a path", "https", "h", WELL_KNOWN "/mcp", 0, 1},
    {"document of a deep path", "https", "h", WELL_KNOWN "/mcp/deep", 0, 2},
    {"document of a path with a slash", "https", "h", WELL_KNOWN "/api/", 0, 3},
    {"document without the slash", "https", "h", WELL_KNOWN "/api", 0, -1},
    {"document with a slash too many", "https", "h", WELL_KNOWN "/", 0, -1},
    {"document with a letter too many", "https", "h", WELL_KNOWN "x", 0, -1},
    {"document of no path", "https", "h", WELL_KNOWN "/none", 0, -1},
    {"document below a path", "https", "h", WELL_KNOWN "/mcp/x", 0, -1},
    {"document, escaped", "https", "h", "/%2ewell-known/oauth-protected-resource", 0, -1},
    {"document behind a path", "https", "h", "/mcp" WELL_KNOWN, 1, -1},
    {"document of the host, elsewhere", "https", "g", WELL_KNOWN, -1, -1},
    {"document of a path, elsewhere", "https", "g", WELL_KNOWN "/mcp", -1, 4},
    {"document, another scheme", "http", "h", WELL_KNOWN, -1, -1},
};

static int
place_of(const sg_resource *resource)
{
    return resource ? (int)(resource - several) : -1;
}

static sg_resource_request
request_of(const char *scheme, const char *authority, const char *target)
{
    return (sg_resource_request){.method = TEXT("GET"),
        .scheme = signet_slice_text(scheme),
        .authority = signet_slice_text(authority),
        .target = signet_slice_text(target)};
}

TEST(the_request_decides_which_document)
{
    REQUIRE(sg_resources_check(&all, NULL));
    for (EACH(row, requests)) {
        sg_resource_request request = request_of(row->scheme, row->authority, row->target);

        CHECK_INT(place_of(sg_resources_find(&all, &request)), row->resource);
        CHECK_INT(place_of(sg_resources_find_document(&all, &request)), row->document);
    }
}

TEST(the_order_of_resources_does_not_matter)
{
    sg_resource backwards[5];
    sg_resources reversed = {backwards, 5, SG_RESOURCE_STRICT};

    for (size_t i = 0; i < 5; i++)
        backwards[i] = several[4 - i];
    for (EACH(row, requests)) {
        sg_resource_request request = request_of(row->scheme, row->authority, row->target);
        const sg_resource *found = sg_resources_find(&reversed, &request);
        const sg_resource *document = sg_resources_find_document(&reversed, &request);

        CHECK_INT(found ? 4 - (found - backwards) : -1, row->resource);
        CHECK_INT(document ? 4 - (document - backwards) : -1, row->document);
    }
}

TEST(as_the_reference_there_is_one_whatever_is_asked)
{
    static const struct {
        const char *name, *target;
        bool is_document;
    } rows[] = {
        {"plain", WELL_KNOWN, true},
        {"a query", WELL_KNOWN "?x", true},
        {"escaped", "/%2ewell-known/oauth%2Dprotected-resource", true},
        {"all of the end escaped", "/.well-known/oauth-protected-resourc%65", true},
        {"a slash", WELL_KNOWN "/", false},
        {"a path", WELL_KNOWN "/mcp", false},
        {"half an escape", "/.well-known/oauth-protected-resource%", false},
        {"no escape", "/.well-known/oauth-protected-resourc%zz", false},
        {"shorter", "/.well-known/oauth-protected-resourc", false},
        {"nothing", "", false},
    };
    sg_resources one = {several + 1, 1, SG_RESOURCE_AS_REFERENCE};
    sg_resources none = {NULL, 0, SG_RESOURCE_AS_REFERENCE};

    for (EACH(row, rows)) {
        sg_resource_request request = request_of("http", "elsewhere", row->target);

        CHECK_INT(place_of(sg_resources_find(&one, &request)), 1);
        CHECK_INT(place_of(sg_resources_find_document(&one, &request)), row->is_document ? 1 : -1);
        CHECK(!sg_resources_find(&none, &request));
        CHECK(!sg_resources_find_document(&none, &request));
    }
}

/* --- the document --- */

static const sg_resource whole = {.identifier = TEXT("https://mcp.example.com/mcp"),
    .authorization_servers = SAME(TEXT("https://a.example"), TEXT("https://b.example")),
    .bearer_methods = SAME(TEXT("header")),
    .dpop_algorithms = SAME(TEXT("Ed25519"), TEXT("ES256")),
    .dpop_required = true,
    .documentation = TEXT("https://docs.example/<x>&y"),
    .scopes = SAME(TEXT("read"), TEXT("write")),
    .jwks_uri = TEXT("https://mcp.example.com/jwks"),
    .name = TEXT("The \"tools\""),
    .policy_uri = TEXT("https://docs.example/policy"),
    .terms_uri = TEXT("https://docs.example/terms"),
    .certificate_bound = true,
    .proof_versions = SAME(TEXT("v1"), TEXT("v1+x2")),
    .max_skew = 30,
    .signature_tag = TEXT("signet-pop")};

TEST(the_document_of_the_manual_is_what_is_written)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(sg_resources_check(&(sg_resources){&whole, 1, SG_RESOURCE_STRICT}, NULL));
    REQUIRE(sg_resource_write(&whole, &out, NULL));
    REQUIRE(out.len > 0 && out.data[out.len - 1] == '\n');
    CHECK_BYTES(((signet_slice){out.data, out.len - 1}),
        document_text(DOCUMENTS "/http-challenge.md", "document"));
}

TEST(writes_texts_so_that_they_are_json_and_no_markup)
{
    static const struct {
        const char *name, *text; /* hex */
        const char *json;        /* NULL: refused */
    } rows[] = {
        {"text", "61", "a"},
        {"a quote", "22", "\\\""},
        {"a backslash", "5c", "\\\\"},
        {"markup", "3c3e26", "\\u003c\\u003e\\u0026"},
        {"controls", "080c0a0d09", "\\b\\f\\n\\r\\t"},
        {"more controls", "00011f7f", "\\u0000\\u0001\\u001f\x7f"},
        {"UTF-8", "c3a9f09f9880", "\xc3\xa9\xf0\x9f\x98\x80"},
        {"line ends of JavaScript", "e280a8e280a9", "\\u2028\\u2029"},
        {"nearly", "e280a7e280aa", "\xe2\x80\xa7\xe2\x80\xaa"},
        {"not UTF-8", "ff", NULL},
        {"cut inside", "e280", NULL},
    };

    for (EACH(row, rows)) {
        sg_resource resource = {.identifier = TEXT("https://h"), .name = unhex(row->text)};
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        char expected[128];

        (void)snprintf(expected, sizeof(expected),
            "x{\"resource\":\"https://h\",\"resource_name\":\"%s\"}\n", row->json ? row->json : "");
        REQUIRE(signet_buf_append(&out, SLICE("x"), NULL));
        CHECK_INT(sg_resource_write(&resource, &out, NULL), row->json != NULL);
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(row->json ? expected : "x"));
    }
}

/* --- answers --- */

#define OF_DOCUMENT                                                                                \
    "Content-Type: application/json|Cache-Control: public, max-age=3600|"                          \
    "Access-Control-Allow-Origin: *|"
#define OF_PREFLIGHT                                                                               \
    "Access-Control-Allow-Origin: *|Access-Control-Allow-Methods: GET, HEAD|"                      \
    "Access-Control-Allow-Headers: *|Access-Control-Max-Age: 3600|"
#define OF_REFUSAL                                                                                 \
    "Allow: GET, HEAD|Content-Type: text/plain; charset=utf-8|X-Content-Type-Options: nosniff|"

static const struct {
    const char *name, *method, *asks;
    int status;
    const char *fields, *body;
} answers[] = {
    {"GET", "GET", "", 200, OF_DOCUMENT, "{\"resource\":\"https://h\"}\n"},
    {"GET with a preflight's field", "GET", "PUT", 200, OF_DOCUMENT,
        "{\"resource\":\"https://h\"}\n"},
    {"HEAD", "HEAD", "", 200, OF_DOCUMENT, ""},
    {"a preflight", "OPTIONS", "GET", 204, OF_PREFLIGHT, ""},
    {"OPTIONS", "OPTIONS", "", 405, OF_REFUSAL, "method not allowed\n"},
    {"POST", "POST", "", 405, OF_REFUSAL, "method not allowed\n"},
    {"POST like a preflight", "POST", "GET", 405, OF_REFUSAL, "method not allowed\n"},
    {"other case", "get", "", 405, OF_REFUSAL, "method not allowed\n"},
    {"longer", "GETS", "", 405, OF_REFUSAL, "method not allowed\n"},
    {"no method", "", "", 405, OF_REFUSAL, "method not allowed\n"},
};

static signet_slice
fields_of(const sg_answer *answer)
{
    SIGNET_AUTO(signet_buf_free) signet_buf all_of_them = {0};

    for (size_t i = 0; i < answer->field_count; i++)
        REQUIRE(signet_buf_printf(&all_of_them, NULL, "%s: %.*s|", answer->fields[i].name,
            (int)sg_answer_value(answer, i).len, (const char *)sg_answer_value(answer, i).ptr));
    return harness_keep(signet_buf_slice(&all_of_them));
}

TEST(answers_each_method_as_it_should)
{
    for (EACH(row, answers)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
        sg_resource_request request = request_of("https", "h", WELL_KNOWN);

        request.method = signet_slice_text(row->method);
        request.asks_method = signet_slice_text(row->asks);
        REQUIRE(sg_resource_answer(&several[0], &request, &answer, NULL));
        CHECK_INT(answer.status, row->status);
        CHECK_BYTES(fields_of(&answer), signet_slice_text(row->fields));
        CHECK_BYTES(signet_buf_slice(&answer.body), signet_slice_text(row->body));
    }
}

/* --- vectors --- */

/* The cases of a group of http-header.json. */
static json_t *
cases_of(const json_t *root, const char *group, size_t count)
{
    json_t *cases = json_object_get(json_object_get(root, group), "cases");

    CHECK_INT(json_array_size(cases), count);
    return cases;
}

TEST(agrees_with_resource_metadata_validate)
{
    json_t *root = json_of(VECTORS "/http-header.json"), *one = NULL;
    size_t i = 0, rejected = 0;

    json_array_foreach(cases_of(root, "resource_metadata_validate", 12), i, one)
    {
        sg_resource resource = {.identifier = resource_text(one, "resource")};
        size_t count = json_is_null(json_object_get(one, "resource")) ? 0 : 1;
        bool is_accepted = strcmp(json_text(one, "expect"), "accept") == 0;

        harness_row = json_text(one, "name");
        CHECK_INT(sg_resources_check(&(sg_resources){&resource, count, SG_RESOURCE_STRICT}, NULL),
            is_accepted);
        CHECK_INT(
            sg_resources_check(&(sg_resources){&resource, count, SG_RESOURCE_AS_REFERENCE}, NULL),
            is_accepted);
        rejected += !is_accepted;
    }
    CHECK_INT(rejected, 9);
    json_decref(root);
}

/* What challenge goes with a resource; empty: none. */
static signet_slice
challenge_as_reference(signet_slice identifier)
{
    SIGNET_AUTO(signet_buf_free) signet_buf location = {0};
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
    sg_resource resource = {.identifier = identifier};
    sg_challenge_rules rules = {.as_reference = true};

    if (identifier.len > 0)
        REQUIRE(sg_resource_write_location(SG_RESOURCE_AS_REFERENCE, &resource, &location, NULL));
    rules.metadata = signet_buf_slice(&location);
    REQUIRE(sg_challenge_add(&rules, SG_REFUSAL_MISSING, 0, &answer, NULL));
    CHECK_INT(answer.field_count, identifier.len > 0);
    return harness_keep(sg_answer_value(&answer, 0));
}

TEST(agrees_with_resource_metadata_challenge)
{
    json_t *root = json_of(VECTORS "/http-header.json"), *one = NULL;
    size_t i = 0;

    json_array_foreach(cases_of(root, "resource_metadata_challenge", 5), i, one)
    {
        harness_row = json_text(one, "name");
        CHECK_BYTES(challenge_as_reference(resource_text(one, "resource")),
            resource_text(one, "www_authenticate"));
    }
    json_decref(root);
}

TEST(agrees_with_resource_metadata_endpoint)
{
    static const struct {
        const char *name, *method;
        int status;
        const char *body;
    } rows[] = {
        {"GET", "GET", 200,
            "{\"resource\":\"https://mcp.example.com\",\"authorization_servers\":"
            "[\"https://auth.notme.bot\"],\"bearer_methods_supported\":[\"header\"],"
            "\"dpop_signing_alg_values_supported\":[\"ES256\"],"
            "\"dpop_bound_access_tokens_required\":true}\n"},
        {"GET of the least", "GET", 200, "{\"resource\":\"https://x.example.com\"}\n"},
        {"HEAD", "HEAD", 200, ""},
        {"POST", "POST", 405, "method not allowed\n"},
    };
    static const sg_resource least = {.identifier = TEXT("https://x.example.com")};
    const sg_resource full = {.identifier = TEXT("https://mcp.example.com"),
        .authorization_servers = SAME(TEXT("https://auth.notme.bot")),
        .bearer_methods = SAME(TEXT("header")),
        .dpop_algorithms = SAME(TEXT("ES256")),
        .dpop_required = true};
    json_t *root = json_of(VECTORS "/http-header.json");
    json_t *cases = cases_of(root, "resource_metadata_endpoint", 4);

    for (EACH(row, rows)) {
        const json_t *one = json_array_get(cases, (size_t)(row - rows));
        sg_resource_request request = request_of("https", "mcp.example.com", WELL_KNOWN);
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};

        request.method = signet_slice_text(row->method);
        REQUIRE(sg_resource_answer(row == rows + 1 ? &least : &full, &request, &answer, NULL));
        CHECK_INT(answer.status, row->status);
        CHECK_INT(json_integer_value(json_object_get(one, "expect_status")), row->status);
        CHECK_BYTES(signet_buf_slice(&answer.body), signet_slice_text(row->body));
    }
    CHECK_INT(json_array_size(json_object_get(
                  json_object_get(root, "resource_metadata_endpoint"), "in_middleware")),
        3);
    CHECK_BYTES(challenge_as_reference(full.identifier),
        resource_text(
            json_array_get(json_object_get(json_object_get(root, "resource_metadata_endpoint"),
                               "in_middleware"),
                1),
            "expect_www_authenticate"));
    json_decref(root);
}

TESTS(TEST_OF(the_well_known_path_is_inserted), TEST_OF(the_request_decides_which_document),
    TEST_OF(the_order_of_resources_does_not_matter),
    TEST_OF(as_the_reference_there_is_one_whatever_is_asked),
    TEST_OF(the_document_of_the_manual_is_what_is_written),
    TEST_OF(writes_texts_so_that_they_are_json_and_no_markup),
    TEST_OF(answers_each_method_as_it_should), TEST_OF(agrees_with_resource_metadata_validate),
    TEST_OF(agrees_with_resource_metadata_challenge),
    TEST_OF(agrees_with_resource_metadata_endpoint))
