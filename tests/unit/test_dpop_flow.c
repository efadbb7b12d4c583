/* SPDX-License-Identifier: Apache-2.0 */
/* Around DPoP proofs: fields, challenges, nonces, and what a client makes. */
#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/dpop.h"
#include "http/htu.h"
#include "jose.h"

enum { NOW = 1700000100 }; /* 1700000100 is a multiple of 300 */

#define T(text)                                                                                    \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define AUTH(v)                                                                                    \
    {                                                                                              \
        T("Authorization"), T(v)                                                                   \
    }
#define DPOP(v)                                                                                    \
    {                                                                                              \
        T("DPoP"), T(v)                                                                            \
    }
#define NONE                                                                                       \
    {                                                                                              \
        {NULL, 0},                                                                                 \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }

/* clang-format off */
static const struct {
    const char *name;
    sg_dpop_field fields[3];
    bool is_accepted;
    sg_dpop_scheme scheme;
    const char *token, *proof;
} requests[] = {
    {"nothing",               {NONE, NONE, NONE},                              true,  SG_DPOP_SCHEME_NONE,   NULL,   NULL},
    {"DPoP",                  {AUTH("DPoP a.b~c=="), DPOP("p"), NONE},         true,  SG_DPOP_SCHEME_DPOP,   "a.b~c==", "p"},
    {"in other cases",        {{T("AUTHORIZATION"), T("dpop t")}, {T("dpop"), T("p")}, NONE}, true, SG_DPOP_SCHEME_DPOP, "t", "p"},
    {"Bearer",                {AUTH("Bearer t"), NONE, NONE},                  true,  SG_DPOP_SCHEME_BEARER, "t",    NULL},
    {"Bearer with a proof",   {AUTH("bearer t"), DPOP("p"), NONE},             true,  SG_DPOP_SCHEME_BEARER, "t",    "p"},
    {"two blanks",            {AUTH("DPoP  t"), DPOP("p"), NONE},              true,  SG_DPOP_SCHEME_DPOP,   "t",    "p"},
    {"Basic",                 {AUTH("Basic dDp0"), NONE, NONE},                true,  SG_DPOP_SCHEME_NONE,   NULL,   NULL},
    {"a proof alone",         {DPOP("p"), NONE, NONE},                         true,  SG_DPOP_SCHEME_NONE,   NULL,   "p"},
    {"another scheme DPoPx",  {AUTH("DPoPx t"), NONE, NONE},                   true,  SG_DPOP_SCHEME_NONE,   NULL,   NULL},
    {"two proofs",            {AUTH("DPoP t"), DPOP("p"), DPOP("p")},          false, 0, NULL, NULL},
    {"two, in other cases",   {AUTH("DPoP t"), DPOP("p"), {T("dPOP"), T("q")}}, false, 0, NULL, NULL},
    {"two tokens",            {AUTH("DPoP t"), AUTH("Bearer t"), DPOP("p")},   false, 0, NULL, NULL},
    {"an empty proof",        {AUTH("Bearer t"), DPOP(""), NONE},              false, 0, NULL, NULL},
    {"an empty Authorization", {AUTH(""), NONE, NONE},                         false, 0, NULL, NULL},
    {"no proof",              {AUTH("DPoP t"), NONE, NONE},                    false, 0, NULL, NULL},
    {"no token",              {AUTH("DPoP"), DPOP("p"), NONE},                 false, 0, NULL, NULL},
    {"a blank for a token",   {AUTH("DPoP "), DPOP("p"), NONE},                false, 0, NULL, NULL},
    {"padding only",          {AUTH("DPoP =="), DPOP("p"), NONE},              false, 0, NULL, NULL},
    {"padding within",        {AUTH("DPoP a=b"), DPOP("p"), NONE},             false, 0, NULL, NULL},
    {"a blank within",        {AUTH("DPoP a b"), DPOP("p"), NONE},             false, 0, NULL, NULL},
    {"a blank after",         {AUTH("DPoP t "), DPOP("p"), NONE},              false, 0, NULL, NULL},
    {"parameters",            {AUTH("DPoP token=\"t\""), DPOP("p"), NONE},     false, 0, NULL, NULL},
    {"a comma",               {AUTH("Bearer a,b"), NONE, NONE},                false, 0, NULL, NULL},
    {"a NUL",                 {AUTH("Bearer a\0b"), NONE, NONE},               false, 0, NULL, NULL},
};
/* clang-format on */

static void
check_part(signet_slice part, const char *expected)
{
    CHECK((part.ptr != NULL) == (expected != NULL));
    if (expected)
        CHECK_BYTES(part, jose_text(expected));
}

TEST(finds_one_token_and_one_proof)
{
    for (EACH(row, requests)) {
        sg_dpop_presented presented = {0};
        signet_error err = {0};

        CHECK_INT(sg_dpop_credentials(row->fields, 3, &presented, &err), row->is_accepted);
        CHECK_INT(err.code, row->is_accepted ? SIGNET_OK : SIGNET_E_DECODE);
        CHECK_INT(presented.scheme, row->scheme);
        check_part(presented.access_token, row->token);
        check_part(presented.proof, row->proof);
    }
}

TEST(writes_challenges)
{
    static const struct {
        const char *name;
        sg_dpop_refusal refusal;
        signet_algorithms accepted;
        const char *text;
    } challenges[] = {
        {"nothing was sent", SG_DPOP_REFUSE_NO_CREDENTIALS, jose_both,
            "DPoP algs=\"Ed25519 EdDSA ES256\""},
        {"the proof", SG_DPOP_REFUSE_PROOF, jose_both,
            "DPoP error=\"invalid_dpop_proof\", algs=\"Ed25519 EdDSA ES256\""},
        {"the token", SG_DPOP_REFUSE_TOKEN, jose_both,
            "DPoP error=\"invalid_token\", algs=\"Ed25519 EdDSA ES256\""},
        {"the nonce, without P-256", SG_DPOP_REFUSE_NONCE, signet_only_ed25519,
            "DPoP error=\"use_dpop_nonce\", algs=\"Ed25519 EdDSA\""},
    };

    for (EACH(row, challenges)) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

        CHECK(sg_dpop_challenge(row->refusal, row->accepted, &text, NULL));
        CHECK_BYTES(signet_buf_slice(&text), jose_text(row->text));
    }
}

/* --- nonces --- */

static const uint8_t secret_bytes[32] = {7}, other_bytes[32] = {8};
static const signet_slice secret = {secret_bytes, 32}, other_secret = {other_bytes, 32};

TEST(has_nonces_of_two_windows)
{
    static const struct {
        const char *name;
        int64_t made, checked;
        bool is_good;
    } times[] = {
        {"at once", NOW, NOW, true},
        {"in the last second of its window", NOW, NOW + 299, true},
        {"in the next window", NOW, NOW + 300, true},
        {"in the last second of that", NOW, NOW + 599, true},
        {"in the one after", NOW, NOW + 600, false},
        {"made at the end of a window", NOW + 299, NOW + 599, true},
        {"a day later", NOW, NOW + 86400, false},
        {"before it was made", NOW, NOW - 1, false},
        {"before 1970", NOW, -1, false},
        {"at the end of time", NOW, INT64_MAX, false},
        {"at the start of time", NOW, INT64_MIN, false},
    };

    for (EACH(row, times)) {
        char nonce[SG_DPOP_NONCE_LEN + 1];

        CHECK(sg_dpop_nonce_make(secret, row->made, nonce, NULL));
        CHECK_INT(strlen(nonce), SG_DPOP_NONCE_LEN);
        CHECK_INT(sg_dpop_nonce_check(&secret, jose_text(nonce), row->checked, NULL), row->is_good);
        CHECK(!sg_dpop_nonce_check(&other_secret, jose_text(nonce), row->checked, NULL));
        CHECK(!sg_dpop_nonce_check(
            &secret, (signet_slice){(const uint8_t *)nonce, 42}, row->checked, NULL));
        nonce[5] ^= 1;
        CHECK(!sg_dpop_nonce_check(&secret, jose_text(nonce), row->checked, NULL));
    }
}

TEST(needs_a_long_secret)
{
    char nonce[SG_DPOP_NONCE_LEN + 1];
    signet_error err = {0};

    CHECK(!sg_dpop_nonce_make((signet_slice){secret_bytes, 31}, NOW, nonce, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

/* HMAC-SHA-256 of the separator and the number of the window, by another implementation. */
TEST(has_the_nonce_of_the_document)
{
    static const uint8_t ones[32] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    char nonce[SG_DPOP_NONCE_LEN + 1];

    CHECK(sg_dpop_nonce_make((signet_slice){ones, 32}, 1700000000, nonce, NULL));
    CHECK_TEXT(nonce, "oPvt4eLTzlx0RiQG5PoEkj_F7im5PnFzrXitpQzRcnQ");
}

/* --- the client --- */

static void
make(const sg_dpop_request *request, sg_dpop_proof *ret_proof)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    REQUIRE(sg_dpop_make(request, &text, NULL));
    REQUIRE(sg_dpop_read(jose_both, signet_buf_slice(&text), ret_proof, NULL));
}

/* A client without a nonce is told to take one, and then let in. */
TEST(flows_through_the_nonce)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519);
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof without = {0}, with = {0}, stale = {0};
    sg_dpop_request request = {.key = key,
        .algorithm = "EdDSA",
        .method = jose_text("GET"),
        .url = jose_text("https://a.example"),
        .now = NOW};
    sg_dpop_nonce_rule rule = {sg_dpop_nonce_check, &secret};
    sg_dpop_facts facts = {.method = jose_text("GET"),
        .url = jose_text("https://a.example/"),
        .now = NOW,
        .nonce = &rule};
    sg_dpop_verdict verdict = {0};
    sg_dpop_refusal refusal = SG_DPOP_REFUSE_NO_CREDENTIALS;
    char nonce[SG_DPOP_NONCE_LEN + 1];
    signet_error err = {0};

    REQUIRE(key);
    make(&request, &without);
    CHECK(!sg_dpop_check(&without, &facts, &verdict, &refusal, &err));
    CHECK_INT(refusal, SG_DPOP_REFUSE_NONCE);
    CHECK(sg_dpop_nonce_make(secret, NOW - 600, nonce, NULL));
    request.nonce = jose_text(nonce);
    make(&request, &stale);
    CHECK(!sg_dpop_check(&stale, &facts, &verdict, &refusal, &err));
    CHECK_INT(refusal, SG_DPOP_REFUSE_NONCE);
    CHECK(sg_dpop_nonce_make(secret, NOW, nonce, NULL));
    make(&request, &with);
    CHECK(sg_dpop_check(&with, &facts, &verdict, &refusal, NULL));
    /* a proof for something else gets no nonce */
    facts.method = jose_text("PUT");
    CHECK(!sg_dpop_check(&without, &facts, &verdict, &refusal, &err));
    CHECK_INT(refusal, SG_DPOP_REFUSE_PROOF);
}

TEST(makes_proofs_that_are_accepted)
{
    static const struct {
        const char *name, *algorithm, *url, *token;
        const signet_algorithm *of;
        bool covers;
    } made[] = {
        {"EdDSA", "EdDSA", "https://a.example/b", NULL, &signet_ed25519, false},
        {"Ed25519", "Ed25519", "https://a.example/b?q=1", "t", &signet_ed25519, true},
        {"ES256", "ES256", "http://[::1]:8080/%c3%a4", "t", &signet_es256, true},
    };
    uint8_t nothing[32];

    sg_sha256((signet_slice){NULL, 0}, nothing);
    for (EACH(row, made)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(row->of);
        SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0}, again = {0};
        sg_dpop_request request = {.key = key,
            .algorithm = row->algorithm,
            .method = jose_text("DELETE"),
            .url = jose_text(row->url),
            .now = NOW,
            .covers_query = row->covers,
            .content_hash = row->covers ? nothing : NULL};
        sg_dpop_facts facts = {.method = jose_text("DELETE"),
            .url = jose_text(row->url),
            .now = NOW,
            .content_hash = nothing,
            .needs_query_hash = row->covers,
            .needs_content_hash = row->covers};
        sg_dpop_verdict verdict = {0}, other = {0};
        sg_dpop_refusal refusal = SG_DPOP_REFUSE_NO_CREDENTIALS;

        if (row->token)
            request.access_token = facts.access_token = jose_text(row->token);
        REQUIRE(key);
        make(&request, &proof);
        make(&request, &again);
        CHECK(sg_dpop_check(&proof, &facts, &verdict, &refusal, NULL));
        CHECK(sg_dpop_check(&again, &facts, &other, &refusal, NULL));
        CHECK(memcmp(verdict.replay_key, other.replay_key, 32) != 0);
        CHECK(!memchr(proof.url.ptr, '?', proof.url.len));
    }
}

static bool
no_random(uint8_t *ret_bytes __attribute__((unused)), size_t len __attribute__((unused)))
{
    return false;
}

TEST(makes_nothing_of_bad_requests)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(&signet_ed25519), *public_key = NULL;
    const sg_dpop_request good = {.key = key,
        .algorithm = "EdDSA",
        .method = jose_text("GET"),
        .url = jose_text("https://a.example"),
        .now = NOW};
    struct {
        const char *name;
        sg_dpop_request request;
        signet_code expected;
    } bad[8] = {{"an algorithm of another key", good, SIGNET_E_ALGORITHM},
        {"no algorithm", good, SIGNET_E_ALGORITHM}, {"a public key", good, SIGNET_E_KEY},
        {"no method", good, SIGNET_E_USAGE}, {"a relative URL", good, SIGNET_E_DECODE},
        {"a NUL in the nonce", good, SIGNET_E_USAGE}, {"a long nonce", good, SIGNET_E_USAGE},
        {"a method that is no text", good, SIGNET_E_USAGE}};
    static const uint8_t zeros[300] = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    public_key = signet_key_from_public(&signet_ed25519, signet_key_public(key), NULL);
    REQUIRE(key && public_key);
    bad[0].request.algorithm = "ES256";
    bad[1].request.algorithm = NULL;
    bad[2].request.key = public_key;
    bad[3].request.method = jose_text("");
    bad[4].request.url = jose_text("/b");
    bad[5].request.nonce = (signet_slice){zeros, 1};
    bad[6].request.nonce = (signet_slice){zeros, sizeof(zeros)};
    bad[7].request.method = jose_text("\xff");
    for (EACH(row, bad)) {
        signet_error err = {0};

        CHECK(!sg_dpop_make(&row->request, &text, &err));
        CHECK_INT(err.code, row->expected);
        CHECK_INT(text.len, 0);
    }
    harness_row = "without randomness";
    sg_random_set_source(no_random);
    CHECK(!sg_dpop_make(&good, &text, NULL));
    sg_random_set_source(NULL);
}

TEST(chooses_what_the_server_names_first)
{
    static const struct {
        const char *name, *names;
        const signet_algorithm *of;
        const char *chosen;
    } choices[] = {
        {"ours", "Ed25519 EdDSA ES256", &signet_ed25519, "Ed25519"},
        {"the older name first", "ES256 EdDSA Ed25519", &signet_ed25519, "EdDSA"},
        {"P-256", "Ed25519 EdDSA ES256", &signet_es256, "ES256"},
        {"blanks", "  RS256   ES256 ", &signet_es256, "ES256"},
        {"not there", "RS256 ES256", &signet_ed25519, NULL},
        {"a part of a name", "Ed25519ph EdDS", &signet_ed25519, NULL},
        {"nothing", "", &signet_ed25519, NULL},
        {"none", "none", &signet_ed25519, NULL},
    };

    for (EACH(row, choices)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = jose_key(row->of);
        const char *chosen = sg_dpop_choose_algorithm(key, jose_text(row->names));

        CHECK((chosen != NULL) == (row->chosen != NULL));
        if (chosen)
            CHECK_TEXT(chosen, row->chosen);
    }
}

/* --- targets --- */

/* clang-format off */
static const struct {
    const char *name, *url, *normal, *query;
} urls[] = {
    {"as it should be",          "https://a.example/b",             "https://a.example/b",        ""},
    {"no path",                  "https://a.example",               "https://a.example/",         ""},
    {"no path, a query",         "https://a.example?q",             "https://a.example/",         "q"},
    {"a raw query",              "https://a.example/?a=%2f&b=?/#c", "https://a.example/",         "a=%2f&b=?/"},
    {"a fragment with a ?",      "https://a.example/b#c?d",         "https://a.example/b",        ""},
    {"scheme and host",          "HtTp://A.EXAMPLE/A",              "http://a.example/A",         ""},
    {"port 80",                  "http://a.example:80/",            "http://a.example/",          ""},
    {"port 443 of http",         "http://a.example:443/",           "http://a.example:443/",      ""},
    {"IPv6",                     "https://[2001:DB8::1]:443/",      "https://[2001:db8::1]/",     ""},
    {"IPv6 and a port",          "https://[::1]:65535",             "https://[::1]:65535/",       ""},
    {"RFC 3986 6.2.2",           "http://a/b/c/%7Bfoo%7D",          "http://a/b/c/%7Bfoo%7D",     ""},
    {"and what is the same",     "HTTP://a/./b/../b/%63/%7bfoo%7d", "http://a/b/c/%7Bfoo%7D",     ""},
    {"escaped dots",             "https://a/b/%2e%2E/c",            "https://a/c",                ""},
    {"above the root",           "https://a/../../b",               "https://a/b",                ""},
    {"two dots at the end",      "https://a/b/c/..",                "https://a/b/",               ""},
    {"a dot at the end",         "https://a/b/.",                   "https://a/b/",               ""},
    {"only dots",                "https://a/..",                    "https://a/",                 ""},
    {"three dots",               "https://a/.../b",                 "https://a/.../b",            ""},
    {"empty segments",           "https://a//b///c",                "https://a//b///c",           ""},
    {"up from an empty one",     "https://a/b//../c",               "https://a/b/c",              ""},
    {"escapes stay",             "https://a/%2f%00%25%20",          "https://a/%2F%00%25%20",     ""},
    {"all of pchar",             "https://a/-._~!$&'()*+,;=:@",     "https://a/-._~!$&'()*+,;=:@", ""},
    {"nothing",                  "",                                NULL, NULL},
    {"a path",                   "/b",                              NULL, NULL},
    {"no scheme",                "//a/b",                           NULL, NULL},
    {"a host alone",             "a.example",                       NULL, NULL},
    {"ftp",                      "ftp://a/",                        NULL, NULL},
    {"httpss",                   "httpss://a/",                     NULL, NULL},
    {"one slash",                "https:/a/",                       NULL, NULL},
    {"no host",                  "https:///b",                      NULL, NULL},
    {"no host, a port",          "https://:443/b",                  NULL, NULL},
    {"a user",                   "https://u@a/",                    NULL, NULL},
    {"a user and password",      "https://u:p@a/",                  NULL, NULL},
    {"a blank",                  "https://a/b c",                   NULL, NULL},
    {"a blank before",           " https://a/",                     NULL, NULL},
    {"a line feed",              "https://a/\n",                    NULL, NULL},
    {"not ASCII",                "https://a/\xc3\xa4",              NULL, NULL},
    {"a backslash",              "https:\\\\a\\b",                  NULL, NULL},
    {"brackets in the path",     "https://a/[b]",                   NULL, NULL},
    {"a pipe",                   "https://a/b|c",                   NULL, NULL},
    {"a broken escape",          "https://a/%zz",                   NULL, NULL},
    {"half an escape",           "https://a/%4",                    NULL, NULL},
    {"a percent alone",          "https://a/%",                     NULL, NULL},
    {"an escape in the host",    "https://%61/",                    NULL, NULL},
    {"an IPv6 address, open",    "https://[::1/",                   NULL, NULL},
    {"an IPv6 zone",             "https://[fe80::1%25eth0]/",       NULL, NULL},
    {"after the bracket",        "https://[::1]a/",                 NULL, NULL},
    {"empty brackets",           "https://[]/",                     NULL, NULL},
    {"a port too large",         "https://a:65536/",                NULL, NULL},
    {"a port far too large",     "https://a:99999999999999999999/", NULL, NULL},
    {"port 0",                   "https://a:0/",                    NULL, NULL},
    {"a zero before the port",   "https://a:0443/",                 NULL, NULL},
    {"a sign before the port",   "https://a:+443/",                 NULL, NULL},
    {"two ports",                "https://a:1:2/",                  NULL, NULL},
};
/* clang-format on */

TEST(normalises_targets)
{
    for (EACH(row, urls)) {
        sg_htu htu = {.len = 0}, again = {.len = 0};
        signet_error err = {0};

        CHECK_INT(sg_htu_read(jose_text(row->url), &htu, &err), row->normal != NULL);
        CHECK_INT(err.code, row->normal ? SIGNET_OK : SIGNET_E_DECODE);
        if (!row->normal)
            continue;
        CHECK_BYTES(sg_htu_slice(&htu), jose_text(row->normal));
        CHECK_BYTES(htu.query, jose_text(row->query));
        CHECK(sg_htu_read(sg_htu_slice(&htu), &again, NULL));
        CHECK_BYTES(sg_htu_slice(&again), jose_text(row->normal));
    }
}

TEST(bounds_targets)
{
    char url[SG_HTU_MAX + 2] = "https://a?";
    sg_htu htu = {.len = 0};

    memset(url + strlen(url), 'a', sizeof(url) - strlen(url));
    CHECK(sg_htu_read((signet_slice){(const uint8_t *)url, SG_HTU_MAX}, &htu, NULL));
    CHECK(!sg_htu_read((signet_slice){(const uint8_t *)url, SG_HTU_MAX + 1}, &htu, NULL));
    url[9] = '/';
    CHECK(sg_htu_read((signet_slice){(const uint8_t *)url, SG_HTU_MAX}, &htu, NULL));
    CHECK(!sg_htu_read((signet_slice){(const uint8_t *)"https://a/\0", 11}, &htu, NULL));
}

TESTS(TEST_OF(finds_one_token_and_one_proof), TEST_OF(writes_challenges),
    TEST_OF(has_nonces_of_two_windows), TEST_OF(needs_a_long_secret),
    TEST_OF(has_the_nonce_of_the_document), TEST_OF(flows_through_the_nonce),
    TEST_OF(makes_proofs_that_are_accepted), TEST_OF(makes_nothing_of_bad_requests),
    TEST_OF(chooses_what_the_server_names_first), TEST_OF(normalises_targets),
    TEST_OF(bounds_targets))
