/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"
#include "http/target.h"
#include "json.h"
#include "wire.h"

enum { NOW = 1700000000 };

static signet_slice
bytes_of(const char *text)
{
    return signet_slice_text(text);
}

/* --- targets --- */

enum { STRICT = 1, LOOSE = 2, CLEAN = 4 }; /* by which rules it is taken */

/* clang-format off */
static const struct {
    const char *name, *target;
    unsigned taken;
    const char *text; /* in hex: PATH[?QUERY] */
} targets[] = {
    /* spec 2.1 */
    {"an escaped slash",       "/a%2Fb",      STRICT | LOOSE,         "2f612f62"},
    {"an escaped bar",         "/a%7cb",      LOOSE,                  "2f617c62"},
    {"a bar",                  "/a|b",        LOOSE,                  "2f617c62"},
    {"an escaped zero",        "/a%00b",      LOOSE,                  "2f610062"},
    {"escaped UTF-8",          "/%E2%82%AC",  STRICT | LOOSE | CLEAN, "2fe282ac"},
    {"raw UTF-8",              "/\xe2\x82\xac", 0,                    NULL},
    {"an escaped blank",       "/a%20b",      STRICT | LOOSE | CLEAN, "2f612062"},
    {"an escaped question mark", "/a%3Fb",    LOOSE,                  "2f613f62"},
    {"a query",                "/a?b",        STRICT | LOOSE | CLEAN, "2f613f62"},
    {"both",                   "/a%3fb?c",    LOOSE,                  "2f613f623f63"},
    {"two question marks",     "/a?b?c",      STRICT | LOOSE | CLEAN, "2f613f623f63"},
    {"an empty segment",       "/a//b",       STRICT | LOOSE,         "2f612f2f62"},
    {"a dot segment",          "/a/../b",     STRICT | LOOSE,         "2f612f2e2e2f62"},
    {"two slashes first",      "//host/x",    STRICT | LOOSE,         "2f2f686f73742f78"},
    {"an empty query",         "/a?",         STRICT | LOOSE | CLEAN, "2f61"},
    {"an empty query of the root", "/?",      STRICT | LOOSE | CLEAN, "2f"},
    {"escapes in a query",     "/a?x=%7C&y",  STRICT | LOOSE | CLEAN, "2f613f783d253743" "2679"},
    {"a fragment",             "/a#frag",     LOOSE,                  "2f612366726167"},
    {"absolute-form",          "http://other/abs?q=1", 0,             NULL},
    {"absolute-form, no path", "http://other", 0,                     NULL},
    {"authority-form",         "h:443",       0,                      NULL},
    {"asterisk-form",          "*",           0,                      NULL},
    {"a broken escape",        "/a%2",        0,                      NULL},
    /* and just beside */
    {"the root",               "/",           STRICT | LOOSE | CLEAN, "2f"},
    {"nothing",                "",            0,                      NULL},
    {"a query alone",          "?a",          0,                      NULL},
    {"a plus",                 "/a+b",        STRICT | LOOSE | CLEAN, "2f612b62"},
    {"a parameter",            "/a;b=c",      STRICT | LOOSE | CLEAN, "2f613b623d63"},
    {"a slash at the end",     "/a/",         STRICT | LOOSE | CLEAN, "2f612f"},
    {"two at the end",         "/a//",        STRICT | LOOSE,         "2f612f2f"},
    {"escapes of both cases",  "/%c3%A9",     STRICT | LOOSE | CLEAN, "2fc3a9"},
    {"an escape of an escape", "/%2541",      STRICT | LOOSE | CLEAN, "2f253431"},
    {"a percent sign at the end", "/a%",      0,                      NULL},
    {"an escape cut by the query", "/a%2?0",  0,                      NULL},
    {"an escape of no digits", "/a%zz",       0,                      NULL},
    {"one digit and another",  "/a%0g",       0,                      NULL},
    {"just before the digits", "/a%/0",       0,                      NULL},
    {"just behind the letters", "/a%G0",      0,                      NULL},
    {"broken in the query",    "/a?b=%",      STRICT | LOOSE | CLEAN, "2f613f623d25"},
    {"an escaped CR",          "/a%0db",      LOOSE,                  "2f610d62"},
    {"an escaped LF",          "/a%0Ab",      LOOSE,                  "2f610a62"},
    {"an escaped tab",         "/a%09b",      STRICT | LOOSE | CLEAN, "2f610962"},
    {"an escaped hash",        "/a%23b",      LOOSE,                  "2f612362"},
    {"a hash in the query",    "/a?b#c",      LOOSE,                  "2f613f622363"},
    {"a bar in the query",     "/a?b|c",      STRICT | LOOSE | CLEAN, "2f613f627c63"},
    {"escapes of zero in a query", "/a?%00",  STRICT | LOOSE | CLEAN, "2f613f253030"},
    {"a blank",                "/a b",        0,                      NULL},
    {"a tab",                  "/a\tb",       0,                      NULL},
    {"a line feed",            "/a\n",        0,                      NULL},
    {"DEL",                    "/a\x7f",      0,                      NULL},
    {"a byte of 80",           "/a?\x80",     0,                      NULL},
    {"the first visible",      "/!",          STRICT | LOOSE | CLEAN, "2f21"},
    {"the last visible",       "/~",          STRICT | LOOSE | CLEAN, "2f7e"},
    {"an escaped backslash",   "/a%5Cb",      STRICT | LOOSE,         "2f615c62"},
    {"a backslash",            "/a\\b",       STRICT | LOOSE,         "2f615c62"},
    {"a dot",                  "/.",          STRICT | LOOSE,         "2f2e"},
    {"two dots",               "/..",         STRICT | LOOSE,         "2f2e2e"},
    {"three dots",             "/...",        STRICT | LOOSE | CLEAN, "2f2e2e2e"},
    {"a hidden file",          "/.a",         STRICT | LOOSE | CLEAN, "2f2e61"},
    {"a dot at the end",       "/a.",         STRICT | LOOSE | CLEAN, "2f612e"},
    {"two dots and a slash",   "/../",        STRICT | LOOSE,         "2f2e2e2f"},
    {"escaped dots",           "/a/%2e%2E/b", STRICT | LOOSE,         "2f612f2e2e2f62"},
    {"half escaped dots",      "/a/.%2e",     STRICT | LOOSE,         "2f612f2e2e"},
    {"dots with a parameter",  "/a/..;x/b",   STRICT | LOOSE,         "2f612f2e2e3b782f62"},
    {"a parameter alone",      "/a/;x/b",     STRICT | LOOSE,         "2f612f3b782f62"},
    {"a parameter alone, last", "/a/;x",      STRICT | LOOSE,         "2f612f3b78"},
    {"dots in the query",      "/a?/../b",    STRICT | LOOSE | CLEAN, "2f613f2f2e2e2f62"},
};
/* clang-format on */

static signet_slice
signed_text(signet_slice method, const sg_target *target, signet_slice nonce)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_request_text text = {method, target, NOW, nonce};

    REQUIRE(sg_request_text_write(&text, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

static void
check_target(const char *raw, const sg_target_rules *rules, bool is_taken, const char *expected)
{
    sg_target target = {.is_clean = true};
    signet_error err = {0};
    char hex[256];
    bool done = false;

    faults_count_begin();
    done = sg_target_read(bytes_of(raw), rules, &target, &err);
    CHECK_INT(faults_count_end().bytes, 0);
    CHECK_INT(done, is_taken);
    CHECK_INT(err.code, is_taken ? SIGNET_OK : SIGNET_E_DECODE);
    if (!is_taken) {
        CHECK(target.is_clean && !target.raw.ptr);
        return;
    }
    CHECK_BYTES(target.raw, bytes_of(raw));
    (void)snprintf(hex, sizeof(hex), "4745547c%s7c313730303030303030307c", expected);
    CHECK_BYTES(signed_text(bytes_of("GET"), &target, (signet_slice){NULL, 0}), unhex(hex));
}

TEST(signs_the_decoded_path_and_the_raw_query)
{
    static const struct {
        unsigned bit;
        sg_target_rules rules;
    } ways[] = {
        {STRICT, {0}},
        {LOOSE, {.allow_ambiguous = true}},
        {CLEAN, {.must_be_clean = true}},
    };

    for (EACH(row, targets)) {
        for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
            check_target(row->target, &ways[i].rules, row->taken & ways[i].bit, row->text);
    }
}

TEST(holds_the_length_of_targets)
{
    static uint8_t bytes[SG_TARGET_MAX + 1];
    sg_target_rules rules = {0};
    sg_target target = {0};

    memset(bytes, '/', sizeof(bytes));
    CHECK(sg_target_read((signet_slice){bytes, SG_TARGET_MAX}, &rules, &target, NULL));
    CHECK(!sg_target_read((signet_slice){bytes, SG_TARGET_MAX + 1}, &rules, &target, NULL));
}

/* --- skip paths --- */

/* clang-format off */
static const struct {
    const char *name, *skip;
    bool is_exact;
    const char *target;
    bool is_skipped;
} skips[] = {
    {"the path itself",           "/health",  false, "/health",        true},
    {"and a slash",               "/health",  false, "/health/",       true},
    {"below it",                  "/health",  false, "/health/check",  true},
    {"with a query",              "/health",  false, "/health?x=/..",  true},
    {"escaped letters",           "/health",  false, "/%68ealth/%78",  true},
    {"a longer name",             "/health",  false, "/healthz",       false},
    {"a shorter one",             "/health",  false, "/healt",         false},
    {"capitals",                  "/health",  false, "/HEALTH",        false},
    {"further down",              "/health",  false, "/a/health",      false},
    {"the entry has a slash",     "/pub/",    false, "/pub",           true},
    {"both have",                 "/pub/",    false, "/pub/",          true},
    {"below an entry with a slash", "/pub/",  false, "/pub/x",         true},
    {"beside it",                 "/pub/",    false, "/pubx",          false},
    {"the entry has two slashes", "/pub//",   false, "/pub/x",         true},
    {"the root",                  "/",        false, "/",              true},
    {"the root is not all",       "/",        false, "/x",             false},
    {"two slashes are the root",  "//",       false, "/x",             false},
    {"the root's query",          "/",        false, "/?x",            true},
    {"exact",                     "/health",  true,  "/health",        true},
    {"exact and a slash",         "/health",  true,  "/health/",       true},
    {"exact, the entry has one",  "/health/", true,  "/health",        true},
    {"exact and below",           "/health",  true,  "/health/check",  false},
    {"exact and longer",          "/health",  true,  "/healthz",       false},
    {"no slash first",            "health",   false, "/health",        false},
    {"an empty entry",            "",         false, "/",              false},
    {"no entry",                  NULL,       false, "/",              false},
    {"another entry",             "/api/public", false, "/api/private", false},
    {"a parameter is another name", "/health", false, "/health;x",     false},
};
/* clang-format on */

TEST(skips_the_clean_path_only)
{
    static const sg_target_rules clean = {.must_be_clean = true}, dirty = {0};

    for (EACH(row, skips)) {
        sg_skip_path paths[] = {{"/other", false}, {row->skip, row->is_exact}};
        sg_target target = {0};

        REQUIRE(sg_target_read(bytes_of(row->target), &clean, &target, NULL));
        CHECK_INT(sg_target_is_skipped(&target, paths, 2), row->is_skipped);
        CHECK(!sg_target_is_skipped(&target, paths, 1));
        CHECK(!sg_target_is_skipped(&target, NULL, 0));
        REQUIRE(sg_target_read(bytes_of(row->target), &dirty, &target, NULL));
        CHECK(!sg_target_is_skipped(&target, paths, 2));
    }
}

/* --- the vectors --- */

TEST(agrees_with_the_vectors)
{
    json_t *root = json_of(VECTORS "/http-header.json"), *group = NULL, *one = NULL;
    sg_target_rules rules = {.must_be_clean = true};
    sg_skip_path paths[2] = {0};
    size_t i = 0, texts = 0, skipped = 0;

    json_array_foreach(
        json_object_get(json_object_get(root, "canonical_request"), "inputs"), i, one)
    {
        const char *nonce = json_text(one, "nonce_ascii");
        sg_target target = {0};
        char text[256];

        harness_row = json_text(one, "name");
        if (!nonce)
            continue; /* "the token's own nonce" */
        (void)snprintf(text, sizeof(text), "%s|%s|%d|%s", json_text(one, "method"),
            json_text(one, "target"), NOW, json_text(one, "nonce_b64u"));
        REQUIRE(sg_target_read(bytes_of(json_text(one, "target")), &rules, &target, NULL));
        CHECK_BYTES(signed_text(bytes_of(json_text(one, "method")), &target, bytes_of(nonce)),
            bytes_of(text));
        texts++;
    }
    CHECK_INT(texts, 4);
    group = json_object_get(root, "skip_paths");
    for (i = 0; i < 2; i++)
        paths[i].path = json_string_value(json_array_get(json_object_get(group, "configured"), i));
    json_array_foreach(json_object_get(group, "cases"), i, one)
    {
        sg_target target = {0};

        harness_row = json_text(one, "name");
        REQUIRE(sg_target_read(bytes_of(json_text(one, "path")), &rules, &target, NULL));
        CHECK_INT(sg_target_is_skipped(&target, paths, 2),
            json_is_true(json_object_get(one, "handler_runs_without_proof")));
        skipped++;
    }
    CHECK_INT(skipped, 7);
    json_decref(root);
}

TESTS(TEST_OF(signs_the_decoded_path_and_the_raw_query), TEST_OF(holds_the_length_of_targets),
    TEST_OF(skips_the_clean_path_only), TEST_OF(agrees_with_the_vectors))
