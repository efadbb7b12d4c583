/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"
#include "http/binding_text.h"
#include "http/target.h"
#include "wire.h"

static signet_slice
bytes_of(const char *text)
{
    return signet_slice_text(text);
}

/* --- methods --- */

static const struct {
    const char *name, *method;
    bool is_token;
} methods[] = {
    {"GET", "GET", true},
    {"in small letters", "get", true},
    {"every other character", "!#$%&'*+-.^_`|~0189AZaz", true},
    {"nothing", "", false},
    {"a blank", "GET ", false},
    {"a colon", "signet-http-proof-v2:", false},
    {"a slash", "GET/", false},
    {"quotes", "\"", false},
    {"parentheses", "(", false},
    {"the other", ")", false},
    {"a comma", ",", false},
    {"a semicolon", ";", false},
    {"a smaller sign", "<", false},
    {"an equals sign", "=", false},
    {"a larger sign", ">", false},
    {"a question mark", "?", false},
    {"an at sign", "@", false},
    {"brackets", "[", false},
    {"a backslash", "\\", false},
    {"the other bracket", "]", false},
    {"braces", "{", false},
    {"the other brace", "}", false},
    {"DEL", "\x7f", false},
    {"a line feed", "GET\n", false},
    {"not ASCII", "\x84", false},
};

TEST(takes_tokens_as_methods)
{
    for (EACH(row, methods)) {
        signet_error err = {0};

        CHECK_INT(sg_http_method_check(bytes_of(row->method), &err), row->is_token);
        CHECK_INT(err.code, row->is_token ? SIGNET_OK : SIGNET_E_DECODE);
    }
    harness_row = "a zero byte";
    CHECK(!sg_http_method_check((signet_slice){(const uint8_t *)"G\0T", 3}, NULL));
}

/* --- authorities --- */

/* clang-format off */
static const struct {
    const char *name, *authority;
    unsigned port;
    const char *expected; /* NULL: refused */
} authorities[] = {
    {"a host",                   "example.com",      443, "example.com"},
    {"capitals",                 "EXAMPLE.Com",      443, "example.com"},
    {"the default port",         "example.com:443",  443, "example.com"},
    {"that of the other scheme", "example.com:443",  80,  "example.com:443"},
    {"80 of http",               "example.com:80",   80,  "example.com"},
    {"another port",             "example.com:8443", 443, "example.com:8443"},
    {"port 1",                   "h:1",              443, "h:1"},
    {"port 65535",               "h:65535",          443, "h:65535"},
    {"an address",               "127.0.0.1:8080",   80,  "127.0.0.1:8080"},
    {"an address of version 6",  "[::1]",            443, "[::1]"},
    {"that with a port",         "[2001:DB8::A]:8443", 443, "[2001:db8::a]:8443"},
    {"that with the default",    "[::1]:443",        443, "[::1]"},
    {"a dot at the end",         "example.com.",     443, "example.com."},
    {"an underscore",            "my_host",          443, "my_host"},
    {"nothing",                  "",                 443, NULL},
    {"a port alone",             ":443",             443, NULL},
    {"an empty port",            "h:",               443, NULL},
    {"port 0",                   "h:0",              443, NULL},
    {"port 65536",               "h:65536",          443, NULL},
    {"a zero before",            "h:0443",           443, NULL},
    {"a plus",                   "h:+443",           443, NULL},
    {"a port of six digits",     "h:100000",         443, NULL},
    {"two ports",                "h:1:2",            443, NULL},
    {"letters in the port",      "h:44a",            443, NULL},
    {"a user",                   "user@h",           443, NULL},
    {"a user and a password",    "u:p@h",            443, NULL},
    {"a path",                   "h/",               443, NULL},
    {"a query",                  "h?a",              443, NULL},
    {"a blank",                  "h ",               443, NULL},
    {"two hosts",                "a,b",              443, NULL},
    {"an escape",                "%61",              443, NULL},
    {"not ASCII",                "\xc3\xa9",         443, NULL},
    {"a zero byte's neighbour",  "h\x01",            443, NULL},
    {"a dot first",              ".h",               443, NULL},
    {"no brackets",              "::1",              443, NULL},
    {"half a bracket",           "[::1",             443, NULL},
    {"empty brackets",           "[]",               443, NULL},
    {"no address in them",       "[example]",        443, NULL},
    {"version 4 in them",        "[127.0.0.1]",      443, NULL},
    {"a zone",                   "[fe80::1%eth0]",   443, NULL},
    {"text behind them",         "[::1]a",           443, NULL},
    {"digits behind them",       "[::1]443",         443, NULL},
    {"an empty port behind them", "[::1]:",          443, NULL},
};
/* clang-format on */

TEST(normalises_authorities)
{
    for (EACH(row, authorities)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        REQUIRE(signet_buf_append(&out, bytes_of("x"), NULL));
        CHECK_INT(sg_authority_normalise(bytes_of(row->authority), row->port, &out, &err),
            row->expected != NULL);
        CHECK_INT(err.code, row->expected ? SIGNET_OK : SIGNET_E_DECODE);
        CHECK_BYTES(((signet_slice){out.data + 1, out.len - 1}),
            bytes_of(row->expected ? row->expected : ""));
    }
}

TEST(holds_the_length_of_hosts)
{
    static char host[257];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    memset(host, 'h', 256);
    CHECK(!sg_authority_normalise(bytes_of(host), 443, &out, NULL));
    host[255] = '\0';
    CHECK(sg_authority_normalise(bytes_of(host), 443, &out, NULL));
    CHECK_INT(out.len, 255);
    harness_row = "a zero byte in brackets";
    CHECK(!sg_authority_normalise((signet_slice){(const uint8_t *)"[::1\0]", 6}, 443, &out, NULL));
    CHECK_INT(out.len, 255);
}

/* --- no memory --- */

static bool
write_authority(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    bool done = sg_authority_normalise(bytes_of("h:1"), 443, &out, err);

    CHECK_INT(out.len > 0, done);
    return done;
}

TEST(survives_without_memory)
{
    static const faults_row rows[] = {
        {"an authority", write_authority, 1},
    };

    for (EACH(row, rows))
        faults_exhaust(row);
}

TESTS(TEST_OF(takes_tokens_as_methods), TEST_OF(normalises_authorities),
    TEST_OF(holds_the_length_of_hosts), TEST_OF(survives_without_memory))
