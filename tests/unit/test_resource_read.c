/* SPDX-License-Identifier: Apache-2.0 */
/* The list of resources as an operator writes it. */
#include <signet/resource.h>

#include "harness.h"

#define URL "\"resource\":\"https://a.example\""

/* clang-format off */
static const struct {
    const char *name, *text, *problem; /* NULL: it is one */
} files[] = {
    {"one", "[{" URL "}]", NULL},
    {"white space", " [ { " URL " } ] \n", NULL},
    {"two", "[{" URL "},{\"resource\":\"https://a.example/b\"}]", NULL},
    {"flags", "[{" URL ",\"mcp\":false,\"tls_client_certificate_bound_access_tokens\":true}]", NULL},
    {"nothing", "", "not a JSON array"},
    {"an object", "{" URL "}", "not a JSON array"},
    {"cut short", "[{" URL "}", "not a JSON array"},
    {"something behind", "[{" URL "}]1", "not a JSON array"},
    {"no UTF-8", "[{\"resource\":\"\xff\"}]", "not a JSON array"},
    {"none", "[]", "is empty"},
    {"a text in the list", "[" "\"https://a.example\"]", "resource 1: not an object"},
    {"an object without members", "[{}]", "resource 1: resource: missing"},
    {"the second without", "[{" URL "},{\"mcp\":true}]", "resource 2: resource: missing"},
    {"an empty identifier", "[{\"resource\":\"\"}]", "resource: not a text, or empty"},
    {"a number", "[{\"resource\":1}]", "resource: not a text, or empty"},
    {"null", "[{" URL ",\"jwks_uri\":null}]", "jwks_uri: not a text"},
    {"not known", "[{" URL ",\"Resource\":\"x\"}]", "Resource: no such member"},
    {"twice", "[{" URL "," URL "}]", "a member twice"},
    {"an empty list", "[{" URL ",\"scopes_supported\":[]}]", "scopes_supported: not a list"},
    {"a list in a list", "[{" URL ",\"scopes_supported\":[[\"x\"]]}]", "scopes_supported: not a text"},
    {"an empty text in a list", "[{" URL ",\"scopes_supported\":[\"\"]}]", "scopes_supported: not a text"},
    {"twice the same", "[{" URL ",\"scopes_supported\":[\"x\",\"x\"]}]", "twice the same"},
    {"a flag as a number", "[{" URL ",\"mcp\":1}]", "mcp: not true or false"},
    {"a skew as a text", "[{" URL ",\"signet_max_clock_skew\":\"30\"}]", "signet_max_clock_skew: not a positive integer"},
    {"a fraction of a second", "[{" URL ",\"signet_max_clock_skew\":1.5}]", "signet_max_clock_skew: not a positive integer"},
    {"a negative skew", "[{" URL ",\"signet_max_clock_skew\":-1}]", "signet_max_clock_skew: not a positive integer"},
    {"a long skew", "[{" URL ",\"signet_max_clock_skew\":86401}]", "signet_max_clock_skew: 86401"},
    {"http", "[{\"resource\":\"http://a.example\"}]", "resource 1: resource"},
    {"one location", "[{" URL "},{\"resource\":\"https://a.example/\"}]", "one location"},
};
/* clang-format on */

TEST(reads_lists_of_resources_and_nothing_else)
{
    for (EACH(row, files)) {
        SIGNET_AUTO(signet_resources_free) signet_resources *resources = NULL;
        signet_error err = {0};

        resources = signet_resources_read(signet_slice_text(row->text), &err);
        if ((resources == NULL) != (row->problem != NULL) ||
            (row->problem && !strstr(err.message, row->problem)))
            harness_fail(__FILE__, __LINE__, "%s: %s", row->name, err.message);
    }
}

static signet_http_request
request_for(const char *method, const char *target)
{
    return (signet_http_request){.method = signet_slice_text(method),
        .scheme = signet_slice_text("https"),
        .authority = signet_slice_text("a.example"),
        .target = signet_slice_text(target)};
}

TEST(answers_for_its_documents_only)
{
    static const char text[] =
        "[{" URL ",\"mcp\":true,\"authorization_servers\":[\"https://b.example\"],"
        "\"scopes_supported\":[\"r\",\"w\"],\"path_prefix\":\"/x\"}]";
    SIGNET_AUTO(signet_resources_free) signet_resources *resources = NULL;
    SIGNET_AUTO(signet_http_answer_free) signet_http_answer *answer = NULL, *none = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf challenge = {0}, nothing = {0};
    signet_http_request document = request_for("HEAD", "/.well-known/oauth-protected-resource");
    signet_http_request other = request_for("GET", "/.well-known/oauth-protected-resource/x");
    signet_http_request inside = request_for("GET", "/x/y"), outside = request_for("GET", "/y");
    signet_http_field field = {0};
    size_t count = 0;

    resources = signet_resources_read(signet_slice_text(text), NULL);
    REQUIRE(resources);
    CHECK(signet_resources_has_document(resources, &document));
    CHECK(!signet_resources_has_document(resources, &other));
    none = signet_resources_answer(resources, &other, NULL);
    CHECK(!none);
    answer = signet_resources_answer(resources, &document, NULL);
    REQUIRE(answer);
    CHECK_INT(signet_http_answer_status(answer), 200);
    CHECK(signet_http_answer_body(answer).len > 0);
    while (signet_http_answer_field(answer, count, &field))
        count++;
    CHECK_INT(count, 3);
    REQUIRE(signet_resources_write_challenge(resources, &inside, &challenge, NULL));
    CHECK_BYTES(signet_buf_slice(&challenge),
        signet_slice_text("Bearer resource_metadata=\"https://a.example/.well-known/"
                          "oauth-protected-resource\", scope=\"r w\""));
    REQUIRE(signet_resources_write_challenge(resources, &outside, &nothing, NULL));
    CHECK_INT(nothing.len, 0);
}

TESTS(TEST_OF(reads_lists_of_resources_and_nothing_else), TEST_OF(answers_for_its_documents_only))
