/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a session and the answer to an enrolment: what is believed, and what is not. */
#include "harness.h"
#include "session.h"

enum { NOW = 1700000000 };

static signet_key *key;
static signet_credential *credential;

static void
prepare(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {1};
    signet_credential_request request = {
        .issuer = "me", .purpose = "a \"b\"", .audience = "api", .now = NOW};

    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    REQUIRE(key);
    request.master = key;
    credential = signet_credential_new(&request, NULL);
    REQUIRE(credential);
}

static void
clean_up(void)
{
    signet_credential_free(credential);
    signet_key_free(key);
}

/* --- the file --- */

TEST(a_session_reads_as_it_was_written)
{
    session it = {.admin = "https://a.example", .issuer = "me", .purpose = "a \"b\""};
    SIGNET_AUTO(session_free) session again = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, twice = {0};

    prepare();
    it.credential = credential;
    REQUIRE(session_write(&it, &text, NULL));
    REQUIRE(session_parse(signet_buf_slice(&text), &again, NULL));
    CHECK(strcmp(again.admin, it.admin) == 0 && strcmp(again.purpose, it.purpose) == 0);
    CHECK(again.audience[0] == '\0');
    REQUIRE(session_write(&again, &twice, NULL));
    CHECK(signet_slice_is_equal(signet_buf_slice(&text), signet_buf_slice(&twice)));
    for (size_t len = 0; len < text.len; len++) {
        session none = {0};

        CHECK(!session_parse((signet_slice){text.data, len}, &none, NULL));
        CHECK(!none.credential);
    }
    clean_up();
}

TEST(names_fit_on_a_line)
{
    static const struct {
        const char *name, *text;
        signet_code problem;
    } rows[] = {
        {"a word", "reports", SIGNET_OK},
        {"nothing", "", SIGNET_OK},
        {"UTF-8", "\xe2\x82\xac", SIGNET_OK},
        {"a line end", "a\nb", SIGNET_E_USAGE},
        {"a tab", "a\tb", SIGNET_E_USAGE},
        {"DEL", "a\x7f", SIGNET_E_USAGE},
        {"no UTF-8", "\xff", SIGNET_E_USAGE},
    };
    char long_text[SESSION_TEXT_MAX + 2];
    char to[SESSION_TEXT_MAX + 1] = "";

    for (EACH(row, rows)) {
        signet_error err = {0};

        (void)!session_set(to, "name", row->text, &err);
        CHECK_INT(err.code, row->problem);
    }
    memset(long_text, 'a', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    CHECK(!session_set(to, "name", long_text, NULL));
    CHECK(session_set(to, "name", long_text + 1, NULL));
}

/* --- the answer --- */

/* Members in their order, with %s for ours; a row replaces one, or `ours` of it. */
typedef struct {
    const char *name, *member, *value; /* JSON of the value; NULL: left out */
    const char *whole;                 /* instead of all that */
    signet_code problem;
} answer_row;

/* clang-format off */
static const answer_row answers[] = {
    {"ours"},
    {"a member that is not known", "zzz", "[{}]"},
    {"without the second id", "token_jti", NULL},
    {"another id", "token_id", "\"00000000000000000000000000000000\"", .problem = SIGNET_E_TOKEN},
    {"another second id", "token_jti", "\"AAAAAAAAAAAAAAAAAAAAAA\"", .problem = SIGNET_E_TOKEN},
    {"another expiry", "expires_at", "1700000301", .problem = SIGNET_E_TOKEN},
    {"an expiry as text", "expires_at", "\"1700000300\"", .problem = SIGNET_E_DECODE},
    {"an expiry with a point", "expires_at", "1700000300.0", .problem = SIGNET_E_DECODE},
    {"another purpose", "purpose", "\"b\"", .problem = SIGNET_E_TOKEN},
    {"a purpose that ends early", "purpose", "\"a \\\"b\\\"\\u0000\"", .problem = SIGNET_E_DECODE},
    {"another key", "ephemeral_public", "\"AA\"", .problem = SIGNET_E_TOKEN},
    {"another master key", "master_public", "\"AA\"", .problem = SIGNET_E_TOKEN},
    {"another binding", "binding_signature", "\"AA\"", .problem = SIGNET_E_TOKEN},
    {"another token", "token", "\"SIG1.A.B\"", .problem = SIGNET_E_TOKEN},
    {"no token", "token", NULL, .problem = SIGNET_E_DECODE},
    {"no id", "token_id", NULL, .problem = SIGNET_E_DECODE},
    {"no purpose", "purpose", NULL, .problem = SIGNET_E_DECODE},
    {"no key", "ephemeral_public", NULL, .problem = SIGNET_E_DECODE},
    {"no master key", "master_public", NULL, .problem = SIGNET_E_DECODE},
    {"no binding", "binding_signature", NULL, .problem = SIGNET_E_DECODE},
    {"no expiry", "expires_at", NULL, .problem = SIGNET_E_DECODE},
    {"a private key", "ephemeral_private", "\"AA\"", .problem = SIGNET_E_KEY},
    {"a private key of null", "ephemeral_private", "null", .problem = SIGNET_E_KEY},
    {"nothing", .whole = "", .problem = SIGNET_E_DECODE},
    {"a list", .whole = "[]", .problem = SIGNET_E_DECODE},
    {"two documents", .whole = "{}{}", .problem = SIGNET_E_DECODE},
    {"a name twice", .whole = "{\"token\":\"\",\"token\":\"\"}", .problem = SIGNET_E_DECODE},
    {"an empty object", .whole = "{}", .problem = SIGNET_E_DECODE},
};
/* clang-format on */

static const char *
encoded(signet_slice bytes, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t len = 0;
    unsigned held = 0, bits = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        held = held << 8 | bytes.ptr[i];
        for (bits += 8; bits >= 6; bits -= 6)
            to[len++] = digits[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        to[len++] = digits[held << (6 - bits) & 63];
    to[len] = '\0';
    return to;
}

static bool
write_member(const answer_row *row, const char *name, const char *ours, signet_buf *out)
{
    bool is_changed = row->member && strcmp(row->member, name) == 0;

    if (is_changed && !row->value)
        return true;
    return signet_buf_printf(
        out, NULL, "%s\"%s\":%s", out->len > 1 ? "," : "", name, is_changed ? row->value : ours);
}

static void
write_answer(const answer_row *row, signet_buf *out)
{
    static const char *const more[] = {"ephemeral_private", "zzz", NULL};
    const signet_credential_facts facts = signet_credential_describe(credential);
    char text[2048], quoted[2100];
    const struct {
        const char *name;
        signet_slice bytes;
    } members[] = {{"binding_signature", facts.binding}, {"ephemeral_public", facts.ephemeral},
        {"master_public", signet_key_public(key)}, {"token_jti", facts.token_id}};

    REQUIRE(signet_buf_printf(out, NULL, "{"));
    for (EACH(member, members)) {
        (void)snprintf(quoted, sizeof(quoted), "\"%s\"", encoded(member->bytes, text));
        REQUIRE(write_member(row, member->name, quoted, out));
    }
    (void)snprintf(
        quoted, sizeof(quoted), "\"%.*s\"", (int)facts.token.len, (const char *)facts.token.ptr);
    REQUIRE(write_member(row, "token", quoted, out));
    (void)snprintf(quoted, sizeof(quoted), "%lld", (long long)facts.expires);
    REQUIRE(write_member(row, "expires_at", quoted, out));
    REQUIRE(write_member(row, "purpose", "\"a \\\"b\\\"\"", out));
    quoted[0] = '"';
    for (size_t i = 0; i < facts.token_id.len; i++)
        (void)snprintf(quoted + 1 + 2 * i, 4, "%02x\"", facts.token_id.ptr[i]);
    REQUIRE(write_member(row, "token_id", quoted, out));
    for (const char *const *name = more; *name; name++) {
        if (row->member && strcmp(row->member, *name) == 0)
            REQUIRE(write_member(row, *name, "", out));
    }
    REQUIRE(signet_buf_printf(out, NULL, "}\n"));
}

TEST(an_answer_is_ours_to_the_byte)
{
    prepare();
    for (EACH(row, answers)) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
        signet_error err = {0};
        bool is_ours = false;

        if (!row->whole)
            write_answer(row, &text);
        is_ours = session_check_answer(
            row->whole ? signet_slice_text(row->whole) : signet_buf_slice(&text), credential, key,
            &err);
        CHECK_INT(err.code, row->problem);
        CHECK_INT(is_ours, row->problem == SIGNET_OK);
    }
    clean_up();
}

TESTS(TEST_OF(a_session_reads_as_it_was_written), TEST_OF(names_fit_on_a_line),
    TEST_OF(an_answer_is_ours_to_the_byte))
