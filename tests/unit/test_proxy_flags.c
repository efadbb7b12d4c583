/* SPDX-License-Identifier: Apache-2.0 */
/* signet-proxy: its command line, lengths of time, addresses. */
#include "harness.h"
#include "signet-proxy/duration.h"
#include "signet-proxy/flags.h"
#include "signet-proxy/url.h"

/* clang-format off */
static const struct {
    const char *name, *text;
    int64_t ms; /* -1: refused */
} durations[] = {
    {"seconds", "30s", 30000},
    {"minutes and seconds", "1m30s", 90000},
    {"hours", "2h", 7200000},
    {"a fraction", "1.5h", 5400000},
    {"milliseconds", "250ms", 250},
    {"microseconds", "1500us", 1},
    {"with a Greek letter", "1500µs", 1},
    {"nanoseconds", "1ns", 0},
    {"nothing before the point", ".5s", 500},
    {"nothing behind it", "2.s", 2000},
    {"a plus", "+1s", 1000},
    {"nothing at all", "0", 0},
    {"the longest", "576h", 2073600000},
    {"a number without unit", "30", -1},
    {"an empty text", "", -1},
    {"a unit alone", "s", -1},
    {"a point alone", ".s", -1},
    {"a minus", "-1s", -1},
    {"another unit", "1d", -1},
    {"a unit in capitals", "1S", -1},
    {"a blank", "1 s", -1},
    {"a number behind", "1s5", -1},
    {"two points", "1.5.s", -1},
    {"too long", "577h", -1},
    {"too many digits", "9999999999s", -1},
};

static const struct {
    const char *name;
    const char *words[5];
    const char *port;    /* NULL: refused */
    const char *message; /* of the refusal */
} lines[] = {
    {"nothing", {NULL}, "", NULL},
    {"two dashes and a blank", {"--port", "1", NULL}, "1", NULL},
    {"two dashes and an equals sign", {"--port=1", NULL}, "1", NULL},
    {"one dash and a blank", {"-port", "1", NULL}, "1", NULL},
    {"one dash and an equals sign", {"-port=1", NULL}, "1", NULL},
    {"an empty value", {"-port=", NULL}, "", NULL},
    {"a value with an equals sign", {"-port=a=b", NULL}, "a=b", NULL},
    {"a value that looks like a flag", {"--port", "--port", NULL}, "--port", NULL},
    {"the last one counts", {"--port=1", "--port=2", NULL}, "2", NULL},
    {"behind a word nothing is read", {"word", "--port=1", NULL}, "", NULL},
    {"nor behind two dashes", {"--", "--port=1", NULL}, "", NULL},
    {"a dash is a word", {"-", "--port=1", NULL}, "", NULL},
    {"a switch takes no word", {"--insecure-http", "--port=1", NULL}, "1", NULL},
    {"a switch that is off", {"--insecure-http=false", "--port=1", NULL}, "1", NULL},
    {"unknown", {"--prt=1", NULL}, NULL, "flag provided but not defined: -prt"},
    {"a beginning of a name", {"--por=1", NULL}, NULL, "flag provided but not defined: -por"},
    {"no value", {"--port", NULL}, NULL, "flag needs an argument: -port"},
    {"three dashes", {"---port", NULL}, NULL, "bad flag syntax: ---port"},
    {"no name", {"--=x", NULL}, NULL, "bad flag syntax: --=x"},
    {"a bad duration", {"--read-timeout=1", NULL}, NULL, "invalid value \"1\" for flag -read-timeout: parse error"},
    {"a bad switch", {"--help=no", NULL}, NULL, "invalid value \"no\" for flag -help: parse error"},
};

static const struct {
    const char *name, *text;
    const char *address; /* NULL: refused */
    bool is_loopback;
} listens[] = {
    {"IPv4", "127.0.0.1:80", "127.0.0.1:80", true},
    {"another of loopback", "127.1.2.3:80", "127.1.2.3:80", true},
    {"its name", "localhost:65535", "localhost:65535", true},
    {"IPv6", "[::1]:80", "[::1]:80", true},
    {"a socket", "unix:/run/x.sock", "unix:/run/x.sock", true},
    {"all interfaces", ":80", "*:80", false},
    {"all of IPv4", "0.0.0.0:80", "0.0.0.0:80", false},
    {"all of IPv6", "[::]:80", "[::]:80", false},
    {"a name that begins like loopback", "127.0.0.1.example.com:80", "127.0.0.1.example.com:80", false},
    {"no port", "127.0.0.1", NULL, false},
    {"port 0", ":0", NULL, false},
    {"a port too large", ":65536", NULL, false},
    {"a port with a letter", ":80a", NULL, false},
    {"a port and more", ":80 ssl", NULL, false},
    {"a directive", ":80;evil", NULL, false},
    {"a host with a blank", "a b:80", NULL, false},
    {"brackets without an address", "[x]:80", NULL, false},
    {"brackets left open", "[::1:80", NULL, false},
    {"a relative socket", "unix:x", NULL, false},
    {"a socket with a blank", "unix:/a b", NULL, false},
    {"a socket with a semicolon", "unix:/a;b", NULL, false},
};

static const struct {
    const char *name, *text;
    const char *authority; /* NULL: refused */
    int port;
    const char *path;
} upstreams[] = {
    {"the default", "https://api.github.com", "api.github.com", 443, ""},
    {"a slash", "https://api.github.com/", "api.github.com", 443, ""},
    {"a path", "http://a/b/c", "a", 80, "/b/c"},
    {"with a slash", "http://a/b/c/", "a", 80, "/b/c"},
    {"a port", "http://a:8080/b", "a:8080", 8080, "/b"},
    {"IPv6", "http://[::1]:8080", "[::1]:8080", 8080, ""},
    {"another scheme", "ftp://a", NULL, 0, NULL},
    {"none", "a:80", NULL, 0, NULL},
    {"no host", "http://", NULL, 0, NULL},
    {"no host but a path", "http:///a", NULL, 0, NULL},
    {"a user", "http://u@a", NULL, 0, NULL},
    {"a password", "http://u:p@a", NULL, 0, NULL},
    {"a query", "http://a/?b", NULL, 0, NULL},
    {"a fragment", "http://a#b", NULL, 0, NULL},
    {"a variable", "http://a/$b", NULL, 0, NULL},
    {"a directive", "http://a/;b", NULL, 0, NULL},
    {"a brace", "http://a/{", NULL, 0, NULL},
    {"a quote", "http://a/\"", NULL, 0, NULL},
    {"a line", "http://a/\n", NULL, 0, NULL},
    {"port 0", "http://a:0", NULL, 0, NULL},
    {"an empty port", "http://a:/", NULL, 0, NULL},
    {"a long port", "http://a:1234567", NULL, 0, NULL},
};
/* clang-format on */

TEST(reads_durations_as_go_does)
{
    for (EACH(row, durations)) {
        int64_t ms = -1;

        CHECK_INT(proxy_duration_parse(row->text, &ms), row->ms >= 0);
        CHECK_INT(ms, row->ms);
    }
}

TEST(reads_flags_as_go_does)
{
    for (EACH(row, lines)) {
        char *argv[8] = {(char[]){"signet-proxy"}};
        char words[5][64];
        int argc = 1;
        proxy_flags flags = {0};
        signet_error err = {0};

        for (; row->words[argc - 1]; argc++) {
            (void)snprintf(words[argc - 1], sizeof(words[0]), "%s", row->words[argc - 1]);
            argv[argc] = words[argc - 1];
        }
        CHECK_INT(proxy_flags_parse(argc, argv, &flags, &err), row->port != NULL);
        if (row->port)
            CHECK_TEXT(flags.port ? flags.port : "", row->port);
        else
            CHECK_TEXT(err.message, row->message);
    }
}

TEST(listens_where_it_was_told)
{
    for (EACH(row, listens)) {
        proxy_listen listen = {0};

        CHECK_INT(proxy_listen_parse(row->text, &listen, NULL), row->address != NULL);
        if (row->address)
            CHECK_TEXT(listen.address, row->address);
        CHECK_INT(listen.is_loopback, row->is_loopback);
    }
}

TEST(takes_upstreams_that_a_configuration_can_hold)
{
    for (EACH(row, upstreams)) {
        proxy_upstream upstream = {0};

        CHECK_INT(proxy_upstream_parse(row->text, &upstream, NULL), row->authority != NULL);
        if (!row->authority)
            continue;
        CHECK_TEXT(upstream.authority, row->authority);
        CHECK_TEXT(upstream.path, row->path);
        CHECK_INT(upstream.port, row->port);
    }
}

TESTS(TEST_OF(reads_durations_as_go_does), TEST_OF(reads_flags_as_go_does),
    TEST_OF(listens_where_it_was_told), TEST_OF(takes_upstreams_that_a_configuration_can_hold))
