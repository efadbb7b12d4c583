/* SPDX-License-Identifier: Apache-2.0 */
/* What the signer makes is judged by the verifier; and what it must not make. */
#include <signet/signer.h>
#include <signet/verifier.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "harness.h"
#include "http/header.h"
#include "http/record.h"

enum { NOW = 1700000000 };

#define MAC_KEY "6060606060606060606060606060606060606060606060606060606060606060"
#define SEED    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define EMPTY   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Zero is what works. */
typedef struct {
    const char *name;
    signet_sign_order order;
    const char *method, *body;               /* as signed; NULL: GET, none */
    const char *scheme, *authority, *target; /* as signed, instead of a URL */
    const char *sent_authority, *sent_target,
        *sent_body; /* NULL: as the URL of the test has them */
    const char *audience;
    int64_t validity, late; /* from the making of the credential to the request */
    int64_t behind;         /* how much the clock of the verifier is */
    signet_verifier_policy policy;
    signet_code problem; /* of signing */
    const char *code;    /* of the refusal */
} scenario;

#define COMPACT .order.is_compact = true
#define STRONG  .order.is_strong_only = true

/* clang-format off */
static const scenario scenarios[] = {
    {"a token presented"},
    {"a token on record", COMPACT},
    {"presented, strong only", STRONG},
    {"on record, strong only", COMPACT, STRONG},
    {"a body", .method = "POST", .body = "{}", .order.body_kind = SIGNET_BODY_BYTES, .sent_body = "{}"},
    {"a body of no bytes", .method = "POST", .body = "", .order.body_kind = SIGNET_BODY_BYTES},
    {"a body, on record", COMPACT, .method = "PUT", .body = "{}", .order.body_kind = SIGNET_BODY_BYTES, .sent_body = "{}"},
    {"a digest", .method = "POST", .order = {.body_kind = SIGNET_BODY_SHA256, .body = {NULL, 32}}},
    {"an unsigned body", .method = "POST", .order.body_kind = SIGNET_BODY_UNSIGNED, .sent_body = "x", .policy.allow_unsigned_body = true},
    {"a query and an empty path", .order.url = "https://api.example.com?a=b", .sent_target = "/?a=b"},
    {"no path", .order.url = "https://api.example.com", .sent_target = "/"},
    {"a fragment", .order.url = "https://api.example.com/a#b", .sent_target = "/a"},
    {"escapes", .order.url = "https://api.example.com/a%2Fb?x=%7C", .sent_target = "/a%2Fb?x=%7C"},
    {"capitals and the default port", .order.url = "HTTPS://API.Example.com:443/protected"},
    {"another port", .order.url = "http://[::1]:8080/protected", .sent_authority = "[::1]:8080"},
    {"parts", .scheme = "https", .authority = "API.example.com", .target = "/protected"},
    {"a method of one's own", .method = "PURGE"},
    {"the first second"},
    {"the last second", .late = 300},
    {"the last second of the longest", .validity = 600, .late = 600},
    {"the last second of the shortest", .validity = 1, .late = 1},
    {"a verifier behind", .behind = 30},
    {"an audience", .audience = "api", .policy.audience = "api"},
    {"no audience", .policy.audience = "api"},
    {"where x=2 may be", COMPACT, .policy.binding = SIGNET_BINDING_IF_PRESENT},
    {"the plain signature is good too", COMPACT, .policy.binding = SIGNET_BINDING_OFF},

    /* what the verifier refuses */
    {"strong only, where x=2 is not looked at", COMPACT, STRONG, .policy.binding = SIGNET_BINDING_OFF, .code = "INVALID_SIGNATURE"},
    {"another target", .sent_target = "/other", .code = "INVALID_SIGNATURE"},
    {"another authority", .sent_authority = "old.example.com", .code = "INVALID_SIGNATURE"},
    {"a body behind its back", .sent_body = "x", .code = "INVALID_SIGNATURE"},
    {"another body", .method = "POST", .body = "x", .order.body_kind = SIGNET_BODY_BYTES, .sent_body = "y", .code = "INVALID_SIGNATURE"},
    {"no body where one was signed", .method = "POST", .body = "x", .order.body_kind = SIGNET_BODY_BYTES, .code = "INVALID_SIGNATURE"},
    {"an unsigned body where none may be", .order.body_kind = SIGNET_BODY_UNSIGNED, .sent_body = "x", .code = "INVALID_SIGNATURE"},
    {"another audience", .audience = "web", .policy.audience = "api", .code = "POLICY_MISMATCH"},
    {"a verifier too far behind", .behind = 31, .code = "CLOCK_SKEW"},

    /* what the signer refuses */
    {"a second after its end", .late = 301, .problem = SIGNET_E_TIME},
    {"before its begin", .late = -31, .problem = SIGNET_E_TIME},
    {"no method", .method = "", .problem = SIGNET_E_DECODE},
    {"a method that is no token", .method = "G T", .problem = SIGNET_E_DECODE},
    {"a method with a bar", .method = "GET|/x", .problem = SIGNET_E_DECODE},
    {"a URL that is none", .order.url = "api.example.com/", .problem = SIGNET_E_DECODE},
    {"another scheme", .order.url = "ftp://api.example.com/", .problem = SIGNET_E_DECODE},
    {"a user in the URL", .order.url = "https://me@api.example.com/", .problem = SIGNET_E_DECODE},
    {"a bar in the decoded path", .order.url = "https://api.example.com/a%7cb", .problem = SIGNET_E_DECODE},
    {"a line end in the decoded path", .order.url = "https://api.example.com/a%0ab", .problem = SIGNET_E_DECODE},
    {"a broken escape", .order.url = "https://api.example.com/a%2", .problem = SIGNET_E_DECODE},
    {"a URL and parts", .order.url = "https://api.example.com/", .scheme = "https", .problem = SIGNET_E_USAGE},
    {"a URL and a target", .order.url = "https://api.example.com/", .target = "/x", .problem = SIGNET_E_USAGE},
    {"no scheme", .authority = "api.example.com", .target = "/", .problem = SIGNET_E_DECODE},
    {"no authority", .scheme = "https", .target = "/", .problem = SIGNET_E_DECODE},
    {"an authority that is none", .scheme = "https", .authority = "a b", .target = "/", .problem = SIGNET_E_DECODE},
    {"no target", .scheme = "https", .authority = "api.example.com", .problem = SIGNET_E_DECODE},
    {"an absolute target", .scheme = "https", .authority = "api.example.com", .target = "https://api.example.com/", .problem = SIGNET_E_DECODE},
    {"a target not of ASCII", .scheme = "https", .authority = "api.example.com", .target = "/\xc3\xa4", .problem = SIGNET_E_DECODE},
    {"a body that is said to be none", .body = "x", .problem = SIGNET_E_USAGE},
    {"a body that is said not to be signed", .body = "x", .order.body_kind = SIGNET_BODY_UNSIGNED, .problem = SIGNET_E_USAGE},
    {"a digest too short", .body = "0123456789012345678901234567890", .order.body_kind = SIGNET_BODY_SHA256, .problem = SIGNET_E_USAGE},
    {"a digest too long", .body = "012345678901234567890123456789012", .order.body_kind = SIGNET_BODY_SHA256, .problem = SIGNET_E_USAGE},
    {"no digest", .order.body_kind = SIGNET_BODY_SHA256, .problem = SIGNET_E_USAGE},
    {"a kind that there is not", .order.body_kind = (signet_body_kind)9, .problem = SIGNET_E_USAGE},
};
/* clang-format on */

static const char *const origins[] = {
    "https://api.example.com", "https://old.example.com", "http://[::1]:8080", NULL};

static const char *
either(const char *first, const char *second)
{
    return first ? first : second;
}

static signet_slice
text_of(const char *text)
{
    return text ? signet_slice_text(text) : (signet_slice){0};
}

static signet_key *
master_key(void)
{
    signet_key *key = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);

    REQUIRE(key);
    return key;
}

static signet_credential *
credential_of(const signet_key *master, const scenario *row)
{
    const signet_credential_request request = {
        .master = master,
        .issuer = "me",
        .audience = row->audience,
        .purpose = "api-access",
        .now = NOW,
        .validity = row->validity,
    };
    signet_credential *credential = signet_credential_new(&request, NULL);

    REQUIRE(credential);
    return credential;
}

static bool
sign(const signet_credential *credential, const scenario *row, signet_buf *value, signet_error *err)
{
    signet_sign_order order = row->order;

    order.request.method = signet_slice_text(either(row->method, "GET"));
    order.request.scheme = text_of(row->scheme);
    order.request.authority = text_of(row->authority);
    order.request.target = text_of(row->target);
    if (!row->scheme && !row->authority && !order.url)
        order.url = "https://api.example.com/protected";
    if (row->body)
        order.body = signet_slice_text(row->body);
    else if (order.body.len == 32)
        order.body = unhex(EMPTY);
    return signet_credential_sign(credential, &order, NOW + row->late, value, err);
}

/* --- the other side --- */

static void
write_record(const signet_key *master, const signet_credential *credential, signet_buf *out)
{
    signet_credential_facts facts = signet_credential_describe(credential);
    SIGNET_AUTO(signet_key_free) signet_key *ephemeral = NULL;
    signet_sig1 sig1 = {0};
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice cose = {0};
    sg_record record = {.binding = facts.binding, .issued_at = NOW, .purpose = facts.purpose};
    const sg_record_rules rules = {
        .format = SG_RECORD_V2, .mac_key = unhex(MAC_KEY), .accepted = signet_only_ed25519};

    ephemeral = signet_key_from_public(&signet_ed25519, facts.ephemeral, NULL);
    REQUIRE(ephemeral && signet_sig1_inspect(facts.token, &sig1, &cose, bytes, NULL));
    record.token = (signet_slice){sig1.token, sig1.token_len};
    record.master = (signet_key *)(uintptr_t)master;
    record.ephemeral = ephemeral;
    REQUIRE(sg_record_write(&record, &rules, out, NULL));
}

static void
answer(signet_verification *it, signet_slice record, const char *body)
{
    uint8_t digest[32];

    if (signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_RECORD)
        signet_verification_give_record(it, SIGNET_LOOKUP_FOUND, record);
    if (signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_FRESH)
        signet_verification_give_fresh(it, SIGNET_REPLAY_FRESH);
    if (signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_BODY) {
        sg_sha256(signet_slice_text(body), digest);
        signet_verification_give_body(it, digest, strlen(body));
    }
}

static void
judge(const signet_key *master, const signet_credential *credential, const scenario *row,
    signet_slice value)
{
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
    SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf record = {0};
    const signet_verifier_key key = {.issuer = "me", .key = master};
    const signet_verifier_options options = {
        .keys = &key, .key_count = 1, .origins = origins, .record_key = unhex(MAC_KEY)};
    const signet_http_field field = {signet_slice_text("Signet-Proof"), value};
    const char *scheme = strncmp(either(row->order.url, ""), "http:", 5) == 0 ? "http" : "https";
    const char *body = either(row->sent_body, "");
    const signet_http_facts facts = {
        .request = {signet_slice_text(either(row->method, "GET")), signet_slice_text(scheme),
            signet_slice_text(either(row->sent_authority, "api.example.com")),
            signet_slice_text(either(row->sent_target, "/protected")), &field, 1},
        .content_length = (int64_t)strlen(body)};
    signet_verifier_policy policy = row->policy;

    policy.allow_full = true;
    verifier = signet_verifier_new(&options, NULL);
    REQUIRE(verifier);
    it = signet_verification_new(
        verifier, NULL, &policy, &facts, NOW + row->late - row->behind, NULL);
    REQUIRE(it);
    write_record(master, credential, &record);
    CHECK_INT(
        signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_RECORD, row->order.is_compact);
    answer(it, signet_buf_slice(&record), body);
    if (row->code) {
        REQUIRE(signet_verification_refusal(it));
        CHECK_TEXT(signet_verification_refusal(it)->code, row->code);
        return;
    }
    if (signet_verification_refusal(it))
        harness_fail(__FILE__, __LINE__, "%s", signet_verification_reason(it)->message);
    CHECK_INT(signet_verification_state(it), SIGNET_VERIFICATION_ACCEPTED);
    CHECK_BYTES(signet_verification_identity(it).purpose, signet_slice_text("api-access"));
    CHECK_BYTES(signet_verification_identity(it).issuer, signet_slice_text("me"));
}

TEST(what_it_makes_is_accepted_and_the_rest_is_not_made)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = master_key();

    for (EACH(row, scenarios)) {
        SIGNET_AUTO(signet_credential_free)
        signet_credential *credential = credential_of(master, row);
        SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
        signet_error err = {0};
        bool is_made = sign(credential, row, &value, &err);

        if (!is_made && !row->problem)
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        CHECK_INT(err.code, row->problem);
        CHECK_INT(is_made, row->problem == SIGNET_OK);
        if (is_made)
            judge(master, credential, row, signet_buf_slice(&value));
        else
            CHECK(value.len == 0);
    }
}

static bool
is_zero(uint8_t *ret_bytes, size_t len)
{
    memset(ret_bytes, 0, len);
    return true;
}

static bool
has_none(uint8_t *ret_bytes, size_t len)
{
    (void)ret_bytes;
    (void)len;
    return false;
}

/* What comes of parts: a credential that a verifier takes, or the code. */
static void
put_together(const signet_credential_parts *parts, signet_code code, const signet_key *master)
{
    static const scenario plain = {"parts"};
    SIGNET_AUTO(signet_credential_free) signet_credential *made = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    signet_error err = {0};

    made = signet_credential_from_parts(parts, &err);
    CHECK_INT(err.code, code);
    CHECK_INT(made != NULL, code == SIGNET_OK);
    if (!made)
        return;
    CHECK(sign(made, &plain, &value, NULL));
    judge(master, made, &plain, signet_buf_slice(&value));
}

/* Parts that fit, and some that do not. */
typedef struct {
    signet_key *master, *ephemeral, *open;
    signet_credential *first;
    signet_credential_facts facts;
    signet_buf forged, long_token;
    char long_purpose[SIGNET_PROOF_PURPOSE_MAX + 2];
} some_parts;

static void
free_parts(some_parts *with)
{
    signet_key_free(with->master);
    signet_key_free(with->ephemeral);
    signet_key_free(with->open);
    signet_credential_free(with->first);
    signet_buf_free(&with->forged);
    signet_buf_free(&with->long_token);
}

static void
prepare_parts(some_parts *with)
{
    static const scenario plain = {"parts"};
    static const uint8_t zeros[32] = {0};

    with->master = master_key();
    sg_random_set_source(is_zero); /* so that the ephemeral key is known */
    with->first = credential_of(with->master, &plain);
    sg_random_set_source(NULL);
    with->facts = signet_credential_describe(with->first);
    with->ephemeral = signet_key_from_seed(&signet_ed25519, (signet_slice){zeros, 32}, NULL);
    with->open = signet_key_from_public(&signet_ed25519, with->facts.ephemeral, NULL);
    REQUIRE(with->ephemeral && with->open);
    CHECK_BYTES(signet_key_public(with->ephemeral), with->facts.ephemeral);
    memset(with->long_purpose, 'a', sizeof(with->long_purpose) - 1);
    REQUIRE(signet_buf_append(&with->forged, with->facts.binding, NULL));
    with->forged.data[0] ^= 1;
    REQUIRE(signet_buf_append(&with->long_token, with->facts.token, NULL));
    REQUIRE(signet_buf_append(&with->long_token, signet_slice_text("!"), NULL));
}

TEST(parts_must_fit)
{
    __attribute__((cleanup(free_parts))) some_parts with = {0};

    prepare_parts(&with);
    /* clang-format off */
    const struct {
        const char *name;
        signet_credential_parts parts;
        signet_code code;
    } rows[] = {
        {"good", {with.ephemeral, with.facts.token, with.facts.binding, "api-access", with.master, NOW}, SIGNET_OK},
        {"the last second", {with.ephemeral, with.facts.token, with.facts.binding, "api-access", with.master, NOW + 300}, SIGNET_OK},
        {"unchecked", {with.ephemeral, with.facts.token, with.facts.binding, "api-access", NULL, NOW}, SIGNET_OK},
        {"no key", {NULL, with.facts.token, with.facts.binding, "api-access", with.master, NOW}, SIGNET_E_USAGE},
        {"a public key", {with.open, with.facts.token, with.facts.binding, "api-access", with.master, NOW}, SIGNET_E_KEY},
        {"another key", {with.master, with.facts.token, with.facts.binding, "api-access", with.master, NOW}, SIGNET_E_KEY},
        {"no purpose", {with.ephemeral, with.facts.token, with.facts.binding, NULL, with.master, NOW}, SIGNET_E_USAGE},
        {"an empty purpose", {with.ephemeral, with.facts.token, with.facts.binding, "", with.master, NOW}, SIGNET_E_EPR},
        {"a long purpose", {with.ephemeral, with.facts.token, with.facts.binding, with.long_purpose, with.master, NOW}, SIGNET_E_EPR},
        {"a purpose that is no UTF-8", {with.ephemeral, with.facts.token, with.facts.binding, "\xff", with.master, NOW}, SIGNET_E_EPR},
        {"another purpose", {with.ephemeral, with.facts.token, with.facts.binding, "other", with.master, NOW}, SIGNET_E_SIGNATURE},
        {"no binding", {with.ephemeral, with.facts.token, {0}, "api-access", with.master, NOW}, SIGNET_E_EPR},
        {"a forged binding", {with.ephemeral, with.facts.token, signet_buf_slice(&with.forged), "api-access", with.master, NOW}, SIGNET_E_SIGNATURE},
        {"another master key", {with.ephemeral, with.facts.token, with.facts.binding, "api-access", with.ephemeral, NOW}, SIGNET_E_KEY},
        {"a second too late", {with.ephemeral, with.facts.token, with.facts.binding, "api-access", with.master, NOW + 301}, SIGNET_E_TIME},
        {"no token", {with.ephemeral, {0}, with.facts.binding, "api-access", with.master, NOW}, SIGNET_E_SIG1},
        {"half a SIG1", {with.ephemeral, signet_slice_text("SIG1.a"), with.facts.binding, "api-access", with.master, NOW}, SIGNET_E_SIG1},
        {"a token with more behind it", {with.ephemeral, signet_buf_slice(&with.long_token), with.facts.binding, "api-access", with.master, NOW}, SIGNET_E_SIG1},
    };
    /* clang-format on */

    for (EACH(it, rows))
        put_together(&it->parts, it->code, with.master);
}

TEST(a_request_for_a_credential_that_makes_no_sense)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = master_key(), *open = NULL;
    static char long_text[512];

    open = signet_key_from_public(&signet_ed25519, signet_key_public(master), NULL);
    REQUIRE(open);
    memset(long_text, 'a', sizeof(long_text) - 1);
    const struct {
        const char *name;
        signet_credential_request request;
    } rows[] = {
        {"no key", {NULL, "me", NULL, "p", NOW, 0}},
        {"a public key", {open, "me", NULL, "p", NOW, 0}},
        {"no issuer", {master, NULL, NULL, "p", NOW, 0}},
        {"an empty issuer", {master, "", NULL, "p", NOW, 0}},
        {"a long issuer", {master, long_text, NULL, "p", NOW, 0}},
        {"an issuer that is no UTF-8", {master, "\xff", NULL, "p", NOW, 0}},
        {"an empty audience", {master, "me", "", "p", NOW, 0}},
        {"a long audience", {master, "me", long_text, "p", NOW, 0}},
        {"no purpose", {master, "me", NULL, NULL, NOW, 0}},
        {"an empty purpose", {master, "me", NULL, "", NOW, 0}},
        {"a long purpose", {master, "me", NULL, long_text, NOW, 0}},
        {"a negative validity", {master, "me", NULL, "p", NOW, -1}},
        {"a long validity", {master, "me", NULL, "p", NOW, 601}},
        {"a clock before 1970", {master, "me", NULL, "p", -1, 0}},
        {"a clock at its end", {master, "me", NULL, "p", INT64_MAX, 0}},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};

        CHECK(!signet_credential_new(&row->request, &err));
        CHECK(err.code != SIGNET_OK);
    }
}

/* Token and binding end on one second, and the token is not longer than one may be. */
TEST(a_credential_ends_once)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = master_key();
    const struct {
        const char *name;
        int64_t validity, lasts, backdate;
    } rows[] = {
        {"default", 0, 300, 30},
        {"shortest", 1, 1, 30},
        {"room for it all", 570, 570, 30},
        {"room for some", 571, 571, 29},
        {"longest", 600, 600, 0},
    };

    for (EACH(row, rows)) {
        const scenario like = {"", .validity = row->validity};
        SIGNET_AUTO(signet_credential_free)
        signet_credential *credential = credential_of(master, &like);
        signet_credential_facts facts = signet_credential_describe(credential);

        CHECK_INT(facts.expires, NOW + row->lasts);
        CHECK_INT(facts.not_before, NOW - row->backdate);
    }
}

/* The same request in the same second has another nonce, hence other bytes in all that is signed.
 */
TEST(no_value_is_made_twice)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = master_key();
    static const scenario row = {"twice"};
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = credential_of(master, &row);
    SIGNET_AUTO(signet_buf_free) signet_buf one = {0}, two = {0};
    uint8_t room[2][SG_PROOF_HEADER_ROOM];
    sg_proof_header a = {0}, b = {0};
    signet_error err = {0};

    CHECK(sign(credential, &row, &one, NULL) && sign(credential, &row, &two, NULL));
    CHECK(sg_proof_header_parse(signet_buf_slice(&one), room[0], &a, NULL));
    CHECK(sg_proof_header_parse(signet_buf_slice(&two), room[1], &b, NULL));
    CHECK(!signet_slice_is_equal(a.nonce, b.nonce));
    CHECK(!signet_slice_is_equal(a.signature, b.signature));
    CHECK(!signet_slice_is_equal(a.strong_signature, b.strong_signature));
    CHECK(!signet_slice_is_equal(a.signature, a.strong_signature));
    CHECK(signet_slice_is_equal(a.token, b.token));
    one.len = 0;
    sg_random_set_source(has_none); /* no randomness, no proof */
    CHECK(!sign(credential, &row, &one, &err));
    sg_random_set_source(NULL);
    CHECK_INT(err.code, SIGNET_E_CRYPTO);
    CHECK_INT(one.len, 0);
}

TESTS(TEST_OF(what_it_makes_is_accepted_and_the_rest_is_not_made), TEST_OF(parts_must_fit),
    TEST_OF(a_request_for_a_credential_that_makes_no_sense), TEST_OF(a_credential_ends_once),
    TEST_OF(no_value_is_made_twice))
