/* SPDX-License-Identifier: Apache-2.0 */
/* signet-proxy: words of a configuration, credentials, counted lines. */
#include "harness.h"
#include "signet-proxy/config_words.h"
#include "signet-proxy/metrics.h"
#include "signet-proxy/secret_file.h"

/* clang-format off */
static const struct {
    const char *name, *value;
    const char *directive; /* NULL: refused */
} words[] = {
    {"a word", "abc", "name \"abc\";\n"},
    {"nothing", "", "name \"\";\n"},
    {"two words", "a b", "name \"a b\";\n"},
    {"a directive", "a; evil on", "name \"a; evil on\";\n"},
    {"a block", "a {} b", "name \"a {} b\";\n"},
    {"a comment", "a # b", "name \"a # b\";\n"},
    {"a quote", "a\" evil \"", "name \"a\\\" evil \\\"\";\n"},
    {"a backslash", "a\\", "name \"a\\\\\";\n"},
    {"a backslash and a quote", "\\\"", "name \"\\\\\\\"\";\n"},
    {"an escape", "\\n", "name \"\\\\n\";\n"},
    {"a line", "a\nb", NULL},
    {"a return", "a\rb", NULL},
    {"a tab", "a\tb", NULL},
    {"a variable", "$request_uri", NULL},
    {"one in braces", "${x}", NULL},
    {"delete", "\x7f", NULL},
};

static const struct {
    const char *name, *secret, *word;
} secrets[] = {
    {"a token", "ghp_x", "\"Bearer ghp_x\""},
    {"a dollar", "a$b", "\"Bearer a${signet_dollar}b\""},
    {"one that looks like a variable", "${a}", "\"Bearer ${signet_dollar}{a}\""},
    {"a quote", "\";evil", "\"Bearer \\\";evil\""},
    {"a backslash", "\\", "\"Bearer \\\\\""},
};

static const struct {
    const char *name, *text;
    const char *secret; /* NULL: refused */
} credentials[] = {
    {"plain", "abc", "abc"},
    {"with an end of line", "abc\n", "abc"},
    {"with that of others", " abc\r\n", "abc"},
    {"a blank within", "a b", "a b"},
    {"nothing", "", NULL},
    {"blanks", " \n", NULL},
    {"two lines", "a\nb", NULL},
    {"a field", "a\r\nX: y", NULL},
    {"a tab within", "a\tb", NULL},
    {"not ASCII", "\xc3\xa9", NULL},
};

static const struct {
    const char *name, *line;
    bool is_counted;
    int status;
} lines[] = {
    {"a line", "{\"time\":\"x\",\"status\":200,\"verdict\":\"success\",\"path\":\"/\"}", true, 200},
    {"without verdict", "{\"status\":401,\"verdict\":\"\"}", true, 401},
    {"the first status counts", "{\"status\":403,\"verdict\":\"a\",\"path\":\"\\\"status\\\":200\"}", true, 403},
    {"not JSON", "hello", false, 0},
    {"nothing", "", false, 0},
    {"without status", "{\"verdict\":\"success\"}", false, 0},
    {"cut off", "{\"status\":2", false, 0},
};
/* clang-format on */

TEST(no_value_leaves_its_word)
{
    for (EACH(row, words)) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
        config_writer writer = {0};
        signet_error err = {0};

        CONFIG(&writer, "name", row->value);
        text = writer.text;
        CHECK_INT(config_end(&writer, &err), row->directive != NULL);
        if (row->directive)
            CHECK(
                signet_slice_is_equal(signet_buf_slice(&text), signet_slice_text(row->directive)));
        else
            CHECK_INT(err.code, SIGNET_E_USAGE);
    }
}

TEST(a_secret_stands_for_itself)
{
    for (EACH(row, secrets)) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
        config_writer writer = {0};

        config_secret(&writer, "Bearer ", signet_slice_text(row->secret));
        text = writer.text;
        CHECK(config_end(&writer, NULL));
        CHECK(signet_slice_is_equal(signet_buf_slice(&text), signet_slice_text(row->word)));
    }
}

TEST(patterns_stand_for_their_text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    config_writer writer = {0};

    config_literal_pattern(&writer, "/a.b-c%2f");
    config_literal_pattern(&writer, "(|)*\"\\");
    text = writer.text;
    CHECK(config_end(&writer, NULL));
    CHECK(signet_slice_is_equal(signet_buf_slice(&text),
        signet_slice_text(
            "/a\\\\x2eb\\\\x2dc\\\\x252f\\\\x28\\\\x7c\\\\x29\\\\x2a\\\\x22\\\\x5c")));
}

TEST(the_first_problem_stays)
{
    config_writer writer = {0};
    signet_error err = {0};

    CONFIG(&writer, "first", "\n");
    CONFIG(&writer, "second", "$");
    config_put(&writer, "third");
    CHECK(!config_end(&writer, &err));
    CHECK(strstr(err.message, "first"));
    signet_buf_free(&writer.text);
}

TEST(takes_credentials_that_a_field_can_carry)
{
    for (EACH(row, credentials)) {
        SIGNET_AUTO(signet_buf_free) signet_buf secret = {0};

        CHECK_INT(proxy_secret_take(row->text, &secret, NULL), row->secret != NULL);
        if (row->secret)
            CHECK(signet_slice_is_equal(signet_buf_slice(&secret), signet_slice_text(row->secret)));
    }
}

TEST(counts_lines_of_the_access_log)
{
    for (EACH(row, lines)) {
        static proxy_metrics metrics;

        memset(&metrics, 0, sizeof(metrics));
        CHECK_INT(proxy_metrics_count(&metrics, signet_slice_text(row->line)), row->is_counted);
        if (row->is_counted)
            CHECK_INT(metrics.statuses[row->status], 1);
    }
}

TEST(says_what_it_counted)
{
    static const char line[] = "{\"status\":200,\"verdict\":\"success\"}";
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    static proxy_metrics metrics;

    CHECK(proxy_metrics_count(&metrics, signet_slice_text(line)));
    CHECK(proxy_metrics_count(&metrics, signet_slice_text(line)));
    CHECK(proxy_metrics_write(&metrics, &text, NULL));
    CHECK(signet_buf_append(&text, (signet_slice){(const uint8_t *)"", 1}, NULL));
    CHECK(strstr((const char *)text.data, "signet_http_auth_total{result=\"success\"} 2\n"));
    CHECK(strstr((const char *)text.data, "signet_proxy_responses_total{code=\"200\"} 2\n"));
}

TEST(verdicts_beyond_the_table_are_left_out)
{
    static proxy_metrics metrics;
    char line[128];

    for (int i = 0; i < 2 * PROXY_VERDICTS_MAX; i++) {
        (void)snprintf(line, sizeof(line), "{\"status\":200,\"verdict\":\"word%d\"}", i);
        CHECK(proxy_metrics_count(&metrics, signet_slice_text(line)));
    }
    CHECK_INT(metrics.statuses[200], 2 * PROXY_VERDICTS_MAX);
}

TESTS(TEST_OF(no_value_leaves_its_word), TEST_OF(a_secret_stands_for_itself),
    TEST_OF(patterns_stand_for_their_text), TEST_OF(the_first_problem_stays),
    TEST_OF(takes_credentials_that_a_field_can_carry), TEST_OF(counts_lines_of_the_access_log),
    TEST_OF(says_what_it_counted), TEST_OF(verdicts_beyond_the_table_are_left_out))
