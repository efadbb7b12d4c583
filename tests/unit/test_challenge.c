/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"
#include "http/challenge.h"

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define METADATA "https://mcp.example.com/.well-known/oauth-protected-resource"
#define BEARER   "Bearer resource_metadata=\"" METADATA "\""
#define DPOP     "DPoP algs=\"Ed25519 ES256\""
#define SIGNET   "Signet realm=\"signet\""
#define REST     ", max_skew=30, versions=\"v1 v1+x2\""

enum { NOW = 1780000000 };

/* --- quoting --- */

static const struct {
    const char *name, *text; /* hex */
    const char *quoted;      /* NULL: refused */
} texts[] = {
    {"nothing", "", "\"\""},
    {"text", "612062", "\"a b\""},
    {"a quote", "612262", "\"a\\\"b\""},
    {"a backslash", "5c", "\"\\\\\""},
    {"a quote after a backslash", "5c22", "\"\\\\\\\"\""},
    {"UTF-8", "c3a9", "\"\xc3\xa9\""},
    {"CR LF", "610d0a583a2062", NULL},
    {"a line feed", "0a", NULL},
    {"a zero", "6100", NULL},
    {"a tab", "09", NULL},
    {"delete", "7f", NULL},
    {"not UTF-8", "61ff", NULL},
    {"a surrogate", "eda080", NULL},
};

TEST(quotes_what_can_be_quoted)
{
    for (EACH(row, texts)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        REQUIRE(signet_buf_append(&out, signet_slice_text("x"), NULL));
        CHECK_INT(sg_challenge_quote(unhex(row->text), &out, &err), row->quoted != NULL);
        CHECK_INT(err.code, row->quoted ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_BYTES(((signet_slice){out.data + 1, out.len - 1}),
            signet_slice_text(row->quoted ? row->quoted : ""));
    }
}

/* --- which lines --- */

static const sg_challenge_rules everything = {.metadata = TEXT(METADATA),
    .dpop = TEXT("Ed25519 ES256"),
    .versions = TEXT("v1 v1+x2"),
    .max_skew = 30,
    .has_cors = true};

#define WITH(error) SIGNET ", error=\"" error "\"" REST

static const struct {
    const char *name;
    sg_refusal refusal;
    const char *signet; /* NULL: no challenge at all */
    bool has_others;    /* Bearer and DPoP */
} classes[] = {
    {"missing", SG_REFUSAL_MISSING, SIGNET REST, true},
    {"syntax", SG_REFUSAL_SYNTAX, WITH("invalid_proof"), false},
    {"target", SG_REFUSAL_TARGET, NULL, false},
    {"size", SG_REFUSAL_SIZE, NULL, false},
    {"unknown", SG_REFUSAL_UNKNOWN, WITH("invalid_token"), true},
    {"early", SG_REFUSAL_EARLY, WITH("invalid_token"), true},
    {"wrong key", SG_REFUSAL_KEY, WITH("invalid_token"), true},
    {"expired", SG_REFUSAL_EXPIRED, WITH("expired_token"), true},
    {"revoked", SG_REFUSAL_REVOKED, WITH("revoked_token"), true},
    {"old", SG_REFUSAL_TOO_OLD, WITH("clock_skew") ", server_time=1780000000", true},
    {"new", SG_REFUSAL_TOO_NEW, WITH("clock_skew") ", server_time=1780000000", true},
    {"replay", SG_REFUSAL_REPLAY, WITH("replayed"), true},
    {"forged", SG_REFUSAL_FORGED, WITH("invalid_signature"), true},
    {"digest", SG_REFUSAL_DIGEST, WITH("invalid_signature"), true},
    {"unbound", SG_REFUSAL_UNBOUND, WITH("binding_required"), true},
    {"purpose", SG_REFUSAL_PURPOSE, WITH("insufficient_purpose"), false},
    {"policy", SG_REFUSAL_POLICY, WITH("insufficient_purpose"), false},
    {"no key", SG_REFUSAL_NO_KEY, NULL, false},
    {"keys", SG_REFUSAL_KEYS, NULL, false},
    {"checker", SG_REFUSAL_CHECKER, NULL, false},
    {"outdated", SG_REFUSAL_OUTDATED, NULL, false},
    {"builder", SG_REFUSAL_BUILDER, NULL, false},
    {"tokens", SG_REFUSAL_TOKENS, NULL, false},
    {"replays", SG_REFUSAL_REPLAYS, NULL, false},
    {"no proof", SG_REFUSAL_NO_PROOF, SIGNET REST, true},
    {"dpop", SG_REFUSAL_DPOP, SIGNET REST, true},
    {"nonce", SG_REFUSAL_NONCE, SIGNET REST, true},
    {"access token", SG_REFUSAL_ACCESS, SIGNET REST, true},
    {"scope", SG_REFUSAL_SCOPE, NULL, false},
    {"mixed", SG_REFUSAL_MIXED, WITH("invalid_signature"), true},
    {"internal", SG_REFUSAL_INTERNAL, NULL, false},
};

/* The next field of an answer is this one. */
static void
check_next(const sg_answer *answer, size_t *at, const char *name, const char *value)
{
    REQUIRE(*at < answer->field_count);
    CHECK_TEXT(answer->fields[*at].name, name);
    CHECK_BYTES(sg_answer_value(answer, *at), signet_slice_text(value));
    (*at)++;
}

TEST(says_in_order_what_is_accepted_and_what_was_wrong)
{
    CHECK_INT(sizeof(classes) / sizeof(classes[0]), SG_REFUSALS);
    for (EACH(row, classes)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
        size_t at = 0;

        REQUIRE(sg_challenge_add(&everything, row->refusal, NOW, &answer, NULL));
        if (row->has_others) {
            check_next(&answer, &at, "WWW-Authenticate", BEARER);
            check_next(&answer, &at, "WWW-Authenticate", DPOP);
        }
        if (row->signet)
            check_next(&answer, &at, "WWW-Authenticate", row->signet);
        if (row->has_others)
            check_next(&answer, &at, "Access-Control-Expose-Headers", "WWW-Authenticate, Date");
        CHECK_INT(answer.field_count, at);
    }
}

TEST(as_the_reference_it_sends_the_bearer_line_with_401_only)
{
    sg_challenge_rules on = everything, off = {.as_reference = true, .max_skew = 30};

    on.as_reference = true;
    on.has_cors = false;
    on.scope = signet_slice_text("read");
    for (EACH(row, classes)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0}, none = {0};
        size_t at = 0;

        REQUIRE(sg_challenge_add(&on, row->refusal, NOW, &answer, NULL));
        if (sg_refusal_find(row->refusal)->status == 401)
            check_next(&answer, &at, "WWW-Authenticate", BEARER);
        CHECK_INT(answer.field_count, at);
        REQUIRE(sg_challenge_add(&off, row->refusal, NOW, &none, NULL));
        CHECK_INT(none.field_count, 0);
    }
}

TEST(each_401_has_a_challenge_whatever_is_switched_off)
{
    static const sg_challenge_rules least = {.max_skew = 0};

    for (EACH(row, classes)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};

        REQUIRE(sg_challenge_add(&least, row->refusal, NOW, &answer, NULL));
        CHECK_INT(answer.field_count, row->signet ? 1 : 0);
        if (row->refusal == SG_REFUSAL_MISSING)
            CHECK_BYTES(sg_answer_value(&answer, 0),
                signet_slice_text("Signet realm=\"signet\", max_skew=0, versions=\"v1\""));
    }
}

static const struct {
    const char *name;
    sg_challenge_rules rules;
    const char *first, *last; /* lines; NULL: refused */
} settings[] = {
    {"a scope", {.metadata = TEXT("https://h/x"), .scope = TEXT("read write"), .max_skew = 1},
        "Bearer resource_metadata=\"https://h/x\", scope=\"read write\"",
        "Signet realm=\"signet\", max_skew=1, versions=\"v1\""},
    {"a scope without metadata", {.scope = TEXT("read"), .max_skew = 1},
        "Signet realm=\"signet\", max_skew=1, versions=\"v1\"",
        "Signet realm=\"signet\", max_skew=1, versions=\"v1\""},
    {"a realm with a quote", {.realm = TEXT("a\"b\\c"), .max_skew = 60},
        "Signet realm=\"a\\\"b\\\\c\", max_skew=60, versions=\"v1\"",
        "Signet realm=\"a\\\"b\\\\c\", max_skew=60, versions=\"v1\""},
    {"DPoP alone", {.dpop = TEXT("ES256")}, "DPoP algs=\"ES256\"",
        "Signet realm=\"signet\", max_skew=0, versions=\"v1\""},
    {"a realm with CR LF", {.realm = TEXT("a\r\nX: y")}, NULL, NULL},
    {"a realm with zero", {.realm = TEXT("a\0b")}, NULL, NULL},
    {"metadata with LF", {.metadata = TEXT("https://h\nX: y")}, NULL, NULL},
    {"a scope with CR", {.metadata = TEXT("https://h"), .scope = TEXT("a\r")}, NULL, NULL},
    {"algorithms with LF", {.dpop = TEXT("ES256\n")}, NULL, NULL},
    {"versions with LF", {.dpop = TEXT("ES256"), .versions = TEXT("v1\n")}, NULL, NULL},
    {"versions not UTF-8", {.versions = TEXT("v1\xff")}, NULL, NULL},
    {"a negative skew", {.max_skew = -1}, NULL, NULL},
};

TEST(says_settings_or_nothing_at_all)
{
    for (EACH(row, settings)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
        signet_error err = {0};

        REQUIRE(sg_answer_add(&answer, "X", signet_slice_text("1"), NULL));
        CHECK_INT(sg_challenge_add(&row->rules, SG_REFUSAL_MISSING, NOW, &answer, &err),
            row->first != NULL);
        CHECK_INT(err.code, row->first ? SIGNET_OK : SIGNET_E_USAGE);
        if (!row->first) {
            CHECK_INT(answer.field_count, 1);
            CHECK_INT(answer.values.len, 1);
            continue;
        }
        CHECK_BYTES(sg_answer_value(&answer, 1), signet_slice_text(row->first));
        CHECK_BYTES(sg_answer_value(&answer, answer.field_count - 1), signet_slice_text(row->last));
    }
}

TEST(the_document_shows_these_lines)
{
    static const struct {
        const char *name;
        size_t at;
    } lines[] = {{"bearer", 0}, {"dpop", 1}, {"signet", 2}};
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};

    REQUIRE(sg_challenge_add(&everything, SG_REFUSAL_TOO_OLD, NOW, &answer, NULL));
    for (EACH(row, lines))
        CHECK_BYTES(sg_answer_value(&answer, row->at),
            document_text(DOCUMENTS "/http-challenge.md", row->name));
}

TESTS(TEST_OF(quotes_what_can_be_quoted),
    TEST_OF(says_in_order_what_is_accepted_and_what_was_wrong),
    TEST_OF(as_the_reference_it_sends_the_bearer_line_with_401_only),
    TEST_OF(each_401_has_a_challenge_whatever_is_switched_off),
    TEST_OF(says_settings_or_nothing_at_all), TEST_OF(the_document_shows_these_lines))
