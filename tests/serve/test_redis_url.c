/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "serve/redis.h"
#include "serve/redis_url.h"

/* clang-format off */
static const struct {
    const char *name, *url, *host;
    int port;
    unsigned database;
    bool is_tls;
    const char *user, *password;
} good[] = {
    {"a host",           "redis://cache",                    "cache",     6379, 0,  false, "", ""},
    {"a port",           "redis://10.0.0.1:7000",            "10.0.0.1",  7000, 0,  false, "", ""},
    {"a database",       "redis://cache/15",                 "cache",     6379, 15, false, "", ""},
    {"IPv6",             "redis://[::1]:6380/1",             "::1",       6380, 1,  false, "", ""},
    {"TLS",              "rediss://a-b.example_c:1",         "a-b.example_c", 1, 0, true,  "", ""},
    {"a password",       "redis://:secret@cache",            "cache",     6379, 0,  false, "", "secret"},
    {"a user",           "redis://me:secret@cache:1/2",      "cache",     1,    2,  false, "me", "secret"},
    {"percent signs",    "redis://m%65:%40%3a%2F%25@cache",  "cache",     6379, 0,  false, "me", "@:/%"},
    {"an @ in it",       "redis://:a@b:c@cache",             "cache",     6379, 0,  false, "", "a@b:c"},
    {"a socket",         "unix:/run/redis.sock",             "",          0,    0,  false, "", ""},
};

static const struct {
    const char *name, *url;
} bad[] = {
    {"nothing",                   ""},
    {"no scheme",                 "cache:6379"},
    {"another scheme",            "http://cache"},
    {"capitals",                  "REDIS://cache"},
    {"one slash",                 "redis:/cache"},
    {"no host",                   "redis://"},
    {"no host but a port",        "redis://:6379"},
    {"no host after a password",  "redis://:secret@"},
    {"an empty port",             "redis://cache:"},
    {"port 0",                    "redis://cache:0"},
    {"port 65536",                "redis://cache:65536"},
    {"a port with a sign",        "redis://cache:+1"},
    {"a port with a zero",        "redis://cache:06379"},
    {"a port with letters",       "redis://cache:6379x"},
    {"two ports",                 "redis://cache:1:2"},
    {"an empty database",         "redis://cache/"},
    {"a negative database",       "redis://cache/-1"},
    {"a database with letters",   "redis://cache/a"},
    {"two databases",             "redis://cache/1/2"},
    {"a large database",          "redis://cache/10000"},
    {"a query",                   "redis://cache?db=1"},
    {"a fragment",                "redis://cache#1"},
    {"a blank",                   "redis://ca che"},
    {"a line feed",               "redis://cache\n"},
    {"not ASCII",                 "redis://c\xc3\xa4sar"},
    {"a host like an option",     "redis://-cache"},
    {"a user alone",              "redis://secret@cache"},
    {"an empty password",         "redis://secret:@cache"},
    {"half a percent sign",       "redis://:secret%4@cache"},
    {"a percent sign and no hex", "redis://:secret%zz@cache"},
    {"a NUL",                     "redis://:secret%00@cache"},
    {"a slash in a password",     "redis://:secret/x@cache"},
    {"a bracket that stays open", "redis://[::1"},
    {"brackets around a name",    "redis://[cache!]"},
    {"something after brackets",  "redis://[::1]x"},
    {"a relative socket",         "unix:redis.sock"},
    {"a socket with a host",      "unix://host/redis.sock"},
    {"the root",                  "unix:/"},
    {"a long socket",             "unix:/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"},
};
/* clang-format on */

TEST(good_addresses)
{
    for (EACH(row, good)) {
        SIGNET_AUTO(sg_redis_url_free) sg_redis_url url = {0};
        signet_error err = {0};

        if (!sg_redis_url_parse(row->url, &url, &err))
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        CHECK_TEXT(url.host, row->host);
        CHECK_INT(url.port, row->port);
        CHECK_INT(url.database, row->database);
        CHECK_INT(url.is_tls, row->is_tls);
        CHECK_BYTES(signet_buf_slice(&url.user), signet_slice_text(row->user));
        CHECK_BYTES(signet_buf_slice(&url.password), signet_slice_text(row->password));
        CHECK_INT(url.path[0] != 0, row->host[0] == 0);
    }
}

TEST(bad_addresses_are_refused_without_being_quoted)
{
    for (EACH(row, bad)) {
        SIGNET_AUTO(sg_redis_url_free) sg_redis_url url = {0};
        signet_error err = {0};

        CHECK(!sg_redis_url_parse(row->url, &url, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK(!strstr(err.message, "secret") && !strstr(err.message, "cache"));
    }
}

TEST(options_that_make_no_sense)
{
    static const struct {
        const char *name;
        sg_redis_options options;
    } rows[] = {
        {"TLS without CA", {.url = "rediss://cache"}},
        {"a negative time-out", {.url = "redis://cache", .connect_ms = -1}},
        {"an endless time-out", {.url = "redis://cache", .command_ms = 60001}},
        {"a database of a cluster", {.url = "redis://cache/1", .follows = true}},
        {"a prefix with a line feed", {.url = "redis://cache", .nonce_prefix = "a\n"}},
        {"credentials without password", {.url = "redis://cache", .user_password = "secret"}},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL;
        signet_error err = {0};

        redis = sg_redis_new(&row->options, &err);
        CHECK(!redis);
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK(!strstr(err.message, "secret"));
    }
}

TESTS(TEST_OF(good_addresses), TEST_OF(bad_addresses_are_refused_without_being_quoted),
    TEST_OF(options_that_make_no_sense))
