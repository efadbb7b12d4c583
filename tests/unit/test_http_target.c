/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "crypto/digest.h"
#include "faults.h"
#include "http/binding_text.h"
#include "http/target.h"
#include "json.h"
#include "wire.h"

enum { NOW = 1700000000 };

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

TEST(restores_what_it_could_not_write)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_target broken = {.path = bytes_of("/abc%2")}, good = {.path = bytes_of("/")};
    const sg_request_text rows[] = {
        {bytes_of("GET"), &broken, NOW, {NULL, 0}},
        {bytes_of("G T"), &good, NOW, {NULL, 0}},
        {bytes_of("GET"), &good, NOW, bytes_of("fifteen bytes..")},
        {bytes_of("GET"), &good, NOW, bytes_of("seventeen bytes..")},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK(!sg_request_text_write(&rows[i], &out, NULL));
        CHECK_INT(out.len, 0);
    }
    CHECK(!sg_target_write_path(&broken, &out, NULL));
    CHECK_INT(out.len, 0);
}

/* --- what is signed --- */

static const char ephemeral_seed[] =
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

/* clang-format off */
static const struct {
    const char *name, *method, *target, *text, *signature;
} examples[] = {
    {"E1", "GET", "/protected", "GET|/protected|1700000000|cmVxdWVzdC1ub25jZTEyMw",
        "32c1f29480b7cd97df2c66ea068ed883218cdda35dcce6dd4e049f572c706f97"
        "0dd2c1f70c5e29f514fa6d8a9a655bbe11cbb36103c9f86f9fcb5cc2996fc408"},
    {"E2", "GET", "/api/users?id=123", "GET|/api/users?id=123|1700000000|cmVxdWVzdC1ub25jZTEyMw",
        "ff43e03539ea6df077ede4ffaaacb12d52fd89912d245812fe2e89f160af5c8e"
        "b0d066d24198675678dc350f08ad61b7d3d32c1be307133345efd4d6b8b6aa06"},
    {"E3", "POST", "/a%2Fb/c%20d?x=%7C", "POST|/a/b/c d?x=%7C|1700000000|cmVxdWVzdC1ub25jZTEyMw",
        "99ecce427e468cf16d95a1d684d10fe18e8312512f960f23c6551c038cd068c4"
        "9c28458b92bc88f6fd4d719589c183b4c7fe20d618ed6196c58bac7fdfac7b03"},
};
/* clang-format on */

static void
check_signature(signet_slice message, signet_slice expected)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    key = signet_key_from_seed(&signet_ed25519, unhex(ephemeral_seed), NULL);
    REQUIRE(key && signet_key_sign(key, message, &signature, NULL));
    CHECK_BYTES(signet_buf_slice(&signature), expected);
    CHECK(signet_key_verify(key, message, expected, NULL));
}

TEST(signs_the_examples_of_version_1)
{
    for (EACH(row, examples)) {
        sg_target_rules rules = {0};
        sg_target target = {0};
        signet_slice text = {0};

        REQUIRE(sg_target_read(bytes_of(row->target), &rules, &target, NULL));
        text = signed_text(bytes_of(row->method), &target, bytes_of("request-nonce123"));
        CHECK_BYTES(text, bytes_of(row->text));
        check_signature(text, unhex(row->signature));
    }
}

#define TOKEN                                                                                      \
    "a9016b64656d6f2d73657276657203582024f6ed6acbfe1009c030d7ca567c33ca4830911498236b5561a6c82abe" \
    "c5de28041a6553f22c051a6553f100061a6553f1000750bf57a8df16c7c4f0b41cb5612d44672c09582056475aa7" \
    "5463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c0d5031323334353637383930313233343536" \
    "12582024f6ed6acbfe1009c030d7ca567c33ca4830911498236b5561a6c82abec5de28"
#define M2_HEAD "7369676e65742d687474702d70726f6f662d76323a00000004504f53540000000f"
#define M2_TARGET                                                                                  \
    "00000012"                                                                                     \
    "2f61253246622f63253230643f783d253743"
#define M2_TAIL                                                                                    \
    "31323334353637383930313233343536726571756573742d6e6f6e6365313233000000006553f1000356fe450594" \
    "f33282d10d393d00e5a0091f891d153b3fd34973bb4eafe0cb8c"

TEST(signs_the_example_of_the_extension)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0}, authority = {0};
    uint8_t token_hash[32], digest[32];
    sg_binding_text text = {
        .method = bytes_of("POST"),
        .target = bytes_of("/a%2Fb/c%20d?x=%7C"),
        .digest = {digest, sizeof(digest)},
        .token_id = bytes_of("1234567890123456"),
        .nonce = bytes_of("request-nonce123"),
        .time = NOW,
        .token_hash = {token_hash, sizeof(token_hash)},
    };

    sg_sha256(unhex(TOKEN), token_hash);
    sg_sha256(bytes_of("{\"hello\": \"world\"}"), digest);
    REQUIRE(sg_authority_normalise(bytes_of("API.Example.com:443"), 443, &authority, NULL));
    text.authority = signet_buf_slice(&authority);
    REQUIRE(sg_binding_text_write(&text, &out, NULL));
    CHECK_INT(out.len, 175);
    CHECK_BYTES(signet_buf_slice(&out),
        unhex(
            M2_HEAD "6170692e6578616d706c652e636f6d" M2_TARGET
                    "015f8f04f6a3a892aaabbddb6cf273894493773960d4a325b105fee46eef4304f1" M2_TAIL));
    check_signature(signet_buf_slice(&out),
        unhex("6daa4b3bafeec76a46c3660887abfd590e98001863c1d3ceaf73984e2242374f"
              "4fd5d094887591f541eb52fd0a1b96be464cb1aae89b6255ab8c553ec0d00902"));
    harness_row = "the content is not signed";
    out.len = 0;
    text.digest = (signet_slice){NULL, 0};
    REQUIRE(sg_binding_text_write(&text, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out),
        unhex(M2_HEAD "6170692e6578616d706c652e636f6d" M2_TARGET "00" M2_TAIL));
}

TEST(takes_no_field_of_another_length)
{
    const signet_slice any = bytes_of("0123456789abcdef0123456789abcdef0");
    const sg_binding_text good = {{any.ptr, 1}, {any.ptr, 1}, {any.ptr, 1}, {any.ptr, 32},
        {any.ptr, 16}, {any.ptr, 16}, 1, {any.ptr, 32}};
    static const struct {
        const char *name;
        size_t offset, len;
        bool is_right;
    } rows[] = {
        {"good", offsetof(sg_binding_text, digest), 32, true},
        {"no digest", offsetof(sg_binding_text, digest), 0, true},
        {"digest of 31", offsetof(sg_binding_text, digest), 31, false},
        {"digest of 33", offsetof(sg_binding_text, digest), 33, false},
        {"no method", offsetof(sg_binding_text, method), 0, false},
        {"no authority", offsetof(sg_binding_text, authority), 0, false},
        {"no target", offsetof(sg_binding_text, target), 0, false},
        {"token id of 15", offsetof(sg_binding_text, token_id), 15, false},
        {"token id of 17", offsetof(sg_binding_text, token_id), 17, false},
        {"nonce of 15", offsetof(sg_binding_text, nonce), 15, false},
        {"no nonce", offsetof(sg_binding_text, nonce), 0, false},
        {"token hash of 31", offsetof(sg_binding_text, token_hash), 31, false},
        {"token hash of 33", offsetof(sg_binding_text, token_hash), 33, false},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        sg_binding_text text = good;
        signet_slice field = {any.ptr, row->len};
        signet_error err = {0};

        memcpy((uint8_t *)&text + row->offset, &field, sizeof(field));
        CHECK_INT(sg_binding_text_write(&text, &out, &err), row->is_right);
        CHECK_INT(err.code, row->is_right ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_INT(out.len > 0, row->is_right);
    }
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

/* --- no memory --- */

static bool
write_plain(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_target target = {.path = bytes_of("/a%20b"), .query = bytes_of("q")};
    sg_request_text text = {bytes_of("GET"), &target, NOW, {NULL, 0}};
    bool done = sg_request_text_write(&text, &out, err);

    CHECK_INT(out.len > 0, done);
    return done;
}

static bool
write_bound(signet_error *err)
{
    static const uint8_t zeros[32];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice any = {zeros, 32}, id = {zeros, 16};
    sg_binding_text text = {any, any, any, any, id, id, NOW, any};
    bool done = sg_binding_text_write(&text, &out, err);

    CHECK_INT(out.len > 0, done);
    return done;
}

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
        {"the text of version 1", write_plain, 1},
        {"the text of x=2", write_bound, 1},
        {"an authority", write_authority, 1},
    };

    for (EACH(row, rows))
        faults_exhaust(row);
}

TESTS(TEST_OF(takes_tokens_as_methods), TEST_OF(signs_the_decoded_path_and_the_raw_query),
    TEST_OF(holds_the_length_of_targets), TEST_OF(restores_what_it_could_not_write),
    TEST_OF(signs_the_examples_of_version_1), TEST_OF(signs_the_example_of_the_extension),
    TEST_OF(takes_no_field_of_another_length), TEST_OF(normalises_authorities),
    TEST_OF(holds_the_length_of_hosts), TEST_OF(skips_the_clean_path_only),
    TEST_OF(agrees_with_the_vectors), TEST_OF(survives_without_memory))
