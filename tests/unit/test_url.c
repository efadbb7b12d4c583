/* SPDX-License-Identifier: Apache-2.0 */
/* URLs taken apart: what is sent of one, and which are refused. */
#include "harness.h"
#include "http/url.h"

typedef struct {
    const char *name, *url;
    const char *scheme, *authority, *target; /* NULL: it is refused */
} row_of_url;

/* clang-format off */
static const row_of_url rows[] = {
    {"plain", "https://a.example/b", "https", "a.example", "/b"},
    {"http", "http://a.example/b", "http", "a.example", "/b"},
    {"a scheme in capitals", "HTTPS://a.example/b", "https", "a.example", "/b"},
    {"no path", "https://a.example", "https", "a.example", "/"},
    {"no path but a query", "https://a.example?q=1", "https", "a.example", "/?q=1"},
    {"no path but a fragment", "https://a.example#f", "https", "a.example", "/"},
    {"an empty query", "https://a.example/?", "https", "a.example", "/?"},
    {"a fragment", "https://a.example/b?c#d", "https", "a.example", "/b?c"},
    {"a fragment with a question mark", "https://a.example/b#c?d", "https", "a.example", "/b"},
    {"a port", "https://a.example:8443/", "https", "a.example:8443", "/"},
    {"the default port", "https://a.example:443/", "https", "a.example:443", "/"},
    {"IPv4", "http://127.0.0.1:80/", "http", "127.0.0.1:80", "/"},
    {"IPv6", "http://[::1]/", "http", "[::1]", "/"},
    {"IPv6 with a port", "http://[::1]:8080/x", "http", "[::1]:8080", "/x"},
    {"escapes stay", "https://a.example/a%2Fb/c%20d?x=%7C", "https", "a.example", "/a%2Fb/c%20d?x=%7C"},
    {"dots stay", "https://a.example/a/../b", "https", "a.example", "/a/../b"},
    {"brackets in a query", "https://a.example/?a[]=1", "https", "a.example", "/?a[]=1"},
    {"an @ in a path", "https://a.example/@me", "https", "a.example", "/@me"},
    {"a colon in a path", "https://a.example/a:b", "https", "a.example", "/a:b"},

    {"nothing", ""},
    {"no scheme", "a.example/b"},
    {"no slashes", "https:a.example"},
    {"one slash", "https:/a.example"},
    {"a path alone", "/b"},
    {"relative to a scheme", "//a.example/b"},
    {"an empty scheme", "://a.example/"},
    {"another scheme", "ftp://a.example/"},
    {"a longer scheme", "httpss://a.example/"},
    {"a shorter scheme", "htt://a.example/"},
    {"a scheme with a control byte for a letter", "h\x54tp\x13://a.example/"},
    {"a file", "file:///etc/passwd"},
    {"no host", "https:///b"},
    {"no host but a port", "https://:443/"},
    {"no host at the end", "https://"},
    {"a user", "https://me@a.example/"},
    {"a user and a password", "https://me:secret@a.example/"},
    {"an empty user", "https://@a.example/"},
    {"an empty port", "https://a.example:/"},
    {"port 0", "https://a.example:0/"},
    {"a port too large", "https://a.example:65536/"},
    {"a port with a letter", "https://a.example:80a/"},
    {"a port with a zero before it", "https://a.example:080/"},
    {"two ports", "https://a.example:80:80/"},
    {"IPv6 without brackets", "http://::1/"},
    {"IPv6 not closed", "http://[::1/"},
    {"IPv6 with a zone", "http://[fe80::1%25eth0]/"},
    {"IPv6 with something behind it", "http://[::1]a/"},
    {"empty brackets", "http://[]/"},
    {"a host with an escape", "https://a%2eexample/"},
    {"a host with a comma", "https://a,b/"},
    {"a host not of ASCII", "https://\xc3\xa4.example/"},
    {"a path not of ASCII", "https://a.example/\xc3\xa4"},
    {"a space", "https://a.example/a b"},
    {"a space before it", " https://a.example/"},
    {"a space behind it", "https://a.example/ "},
    {"a tab", "https://a.example/a\tb"},
    {"a line end", "https://a.example/\r\nX: y"},
    {"DEL", "https://a.example/\x7f"},
    {"a backslash", "https://a.example\\@b.example/"},
    {"a backslash in the path", "https://a.example/a\\b"},
    {"a quotation mark", "https://a.example/\""},
    {"an angle", "https://a.example/<"},
    {"a brace", "https://a.example/{a,b}"},
    {"a bar", "https://a.example/a|b"},
    {"a caret", "https://a.example/?^"},
    {"a space in a fragment", "https://a.example/# "},
};
/* clang-format on */

static void
check_parts(const row_of_url *row, const sg_url *url)
{
    SIGNET_AUTO(signet_buf_free) signet_buf target = {0};

    CHECK_BYTES(url->scheme, signet_slice_text(row->scheme));
    CHECK_BYTES(url->authority, signet_slice_text(row->authority));
    CHECK_INT(url->default_port, strcmp(row->scheme, "https") == 0 ? 443 : 80);
    CHECK(sg_url_write_target(url, &target, NULL));
    CHECK_BYTES(signet_buf_slice(&target), signet_slice_text(row->target));
}

static void
split(const row_of_url *row)
{
    SIGNET_AUTO(signet_buf_free) signet_buf authority = {0};
    signet_error err = {0};
    sg_url url = {0};
    bool is_split = sg_url_split(signet_slice_text(row->url), &url, &authority, &err);

    CHECK_INT(is_split, row->target != NULL);
    CHECK_INT(err.code, row->target ? SIGNET_OK : SIGNET_E_DECODE);
    CHECK_INT(authority.len > 0, is_split);
    CHECK_INT(url.scheme.ptr != NULL, is_split);
    if (is_split)
        check_parts(row, &url);
}

TEST(takes_apart_and_refuses)
{
    for (EACH(row, rows))
        split(row);
}

TEST(a_url_has_an_end)
{
    static char text[SIGNET_SIGNER_URL_MAX + 2] = "https://a.example/";
    SIGNET_AUTO(signet_buf_free) signet_buf authority = {0};
    sg_url url = {0};

    memset(text + 18, 'a', sizeof(text) - 19);
    CHECK(!sg_url_split(
        (signet_slice){(uint8_t *)text, SIGNET_SIGNER_URL_MAX + 1}, &url, &authority, NULL));
    CHECK(sg_url_split(
        (signet_slice){(uint8_t *)text, SIGNET_SIGNER_URL_MAX}, &url, &authority, NULL));
}

TEST(a_null_byte_is_refused)
{
    static const uint8_t text[] = "https://a.example/\0b";
    SIGNET_AUTO(signet_buf_free) signet_buf authority = {0};
    sg_url url = {0};

    CHECK(!sg_url_split((signet_slice){text, sizeof(text) - 1}, &url, &authority, NULL));
}

TESTS(TEST_OF(takes_apart_and_refuses), TEST_OF(a_url_has_an_end), TEST_OF(a_null_byte_is_refused))
