/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real messages by real keys.  A row says who signed, when, under which certificate, what the trust
 * file says and what was asked; and then what the judge must answer.
 */
#include <signet/trust.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "harness.h"
#include "signing.h"

/* Append the key that a mark such as $A stands for; false when `text` begins with none. */
static bool
append_key(const char *text, signet_buf *file)
{
    static const struct {
        const char *mark;
        int who, algorithm;
    } marks[] = {{"$A", ALICE, 0}, {"$a", ALICE, 1}, {"$B", BOB, 0}, {"$b", BOB, 1}};

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        signet_slice raw = signet_key_public(masters[marks[i].who][marks[i].algorithm]);

        if (strncmp(text, marks[i].mark, 2) != 0)
            continue;
        REQUIRE(marks[i].algorithm ? sg_base64_append(file, raw, 0, NULL)
                                   : sg_hex_append(file, raw, NULL));
        return true;
    }
    return false;
}

/* A trust file of which $A is Alice's Ed25519 key, $a her ML-DSA-44 key, and so on. */
static signet_trust *
trust_of(const char *text, signet_algorithms accepted)
{
    SIGNET_AUTO(signet_buf_free) signet_buf file = {0};
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = signet_trust_new(NULL);
    signet_error err = {0};

    REQUIRE(trust);
    while (*text) {
        bool is_mark = append_key(text, &file);

        if (!is_mark)
            REQUIRE(signet_buf_append(&file, (signet_slice){(const uint8_t *)text, 1}, NULL));
        text += is_mark ? 2 : 1;
    }
    if (!signet_trust_parse(trust, accepted, signet_buf_slice(&file), &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    return SIGNET_TAKE(trust);
}

/* What is expected beside the verdict; a reason must hold these words. */
typedef struct {
    signet_verdict verdict;
    const char *reason;
    const char *signer; /* NULL: unknown */
    bool is_revoked_later;
} answer;

static void
check(const char *trust_text, const plan *how, const signet_judge_rules *rules,
    signet_algorithms accepted, const answer *expected)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = trust_of(trust_text, accepted);
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t digest[64];
    signet_cms_content content = {
        .digest = {digest, sizeof(digest)}, .has_bytes = true, .bytes = signet_slice_text(CONTENT)};
    signet_judgement found;
    bool is_good = false;

    memset(&found, 0xff, sizeof(found));
    sg_sha512(content.bytes, digest);
    make_message(how, &message);
    is_good = signet_judge(trust, accepted, signet_buf_slice(&message), &content, rules, &found);
    if (found.verdict != expected->verdict)
        harness_fail(__FILE__, __LINE__, "%s, not %s: %s", signet_verdict_name(found.verdict),
            signet_verdict_name(expected->verdict), found.reason.message);
    CHECK_INT(is_good, found.verdict == SIGNET_VERDICT_GOOD);
    CHECK_INT(found.reason.code == SIGNET_OK, is_good);
    if (expected->reason && !strstr(found.reason.message, expected->reason))
        harness_fail(__FILE__, __LINE__, "the reason is \"%s\", without \"%s\"",
            found.reason.message, expected->reason);
    REQUIRE((found.signer != NULL) == (expected->signer != NULL));
    if (expected->signer)
        CHECK_TEXT(found.signer->name, expected->signer);
    CHECK_INT(found.is_revoked_later, expected->is_revoked_later);
    CHECK_INT(found.is_hybrid, is_good && how->by == HYBRID);
}

#define A   "alice ed25519=$A"
#define AB  "alice ed25519=$A\nbob ed25519=$B"
#define AA  "alice ed25519=$A ml-dsa-44=$a"
#define ANY AA " require=any"
#define GOOD                                                                                       \
    {                                                                                              \
        SIGNET_VERDICT_GOOD, NULL, "alice", false                                                  \
    }
#define LATER                                                                                      \
    {                                                                                              \
        SIGNET_VERDICT_GOOD, NULL, "alice", true                                                   \
    }
#define UNKNOWN(reason)                                                                            \
    {                                                                                              \
        SIGNET_VERDICT_UNKNOWN, reason, NULL, false                                                \
    }
#define EXPIRED(reason)                                                                            \
    {                                                                                              \
        SIGNET_VERDICT_EXPIRED, reason, "alice", false                                             \
    }
#define REVOKED                                                                                    \
    {                                                                                              \
        SIGNET_VERDICT_REVOKED, "revoked-since: alice was revoked", "alice", false                 \
    }
#define BAD(reason)                                                                                \
    {                                                                                              \
        SIGNET_VERDICT_BAD, reason, "alice", false                                                 \
    }
#define BROKEN(reason)                                                                             \
    {                                                                                              \
        SIGNET_VERDICT_BROKEN, reason, NULL, false                                                 \
    }
#define NOBODY  "signer certificate was issued by nobody who is trusted"
#define FLIPPED "signature is not genuine"
#define BEFORE  "is before the first second of the certificate, "
#define AFTER   "is after the last second of the certificate, "

/* clang-format off */
static const struct {
    const char *name, *trust;
    plan how;
    signet_judge_rules rules;
    answer expected;
} messages[] = {
    {"alice's",                         A,  {0}, {0}, GOOD},
    {"among others",                    AB, {0}, {0}, GOOD},
    {"bob's",                           AB, {.who = BOB}, {0}, {SIGNET_VERDICT_GOOD, NULL, "bob", false}},
    {"of somebody who is not there",    AB, {.who = EVE}, {0}, UNKNOWN(NOBODY)},
    {"nobody is trusted",               "", {0}, {0}, UNKNOWN(NOBODY)},
    {"only another algorithm's key",    "alice ml-dsa-44=$a", {0}, {0}, UNKNOWN(NOBODY)},
    {"eve's, who says she is alice",    A,  {.who = EVE, .has_false_hint = true}, {0}, UNKNOWN(NOBODY)},

    {"over another content",            A,  {.harm = OTHER_CONTENT}, {0}, BAD("messageDigest is that of another content")},
    {"a flipped bit",                   A,  {.harm = ED25519_FLIPPED}, {0}, BAD(FLIPPED)},
    {"a flipped bit by a stranger",     A,  {.who = EVE, .harm = ED25519_FLIPPED}, {0}, {SIGNET_VERDICT_BAD, FLIPPED, NULL, false}},
    {"cut short",                       A,  {.harm = NO_END}, {0}, BROKEN(NULL)},
    {"a byte behind it",                A,  {.harm = TRAILING}, {0}, BROKEN(NULL)},

    {"61 seconds early",                A,  {.offset = -61}, {0}, EXPIRED(BEFORE)},
    {"60 seconds early",                A,  {.offset = -60}, {0}, GOOD},
    {"one second early",                A,  {.offset = -1}, {0}, GOOD},
    {"the last second",                 A,  {.offset = VALIDITY}, {0}, GOOD},
    {"a second later",                  A,  {.offset = VALIDITY + 1}, {0}, EXPIRED(AFTER)},
    {"too late, by a stranger",         A,  {.who = EVE, .offset = VALIDITY + 1}, {0}, {SIGNET_VERDICT_EXPIRED, AFTER, NULL, false}},
    {"too late and not genuine",        A,  {.offset = VALIDITY + 1, .harm = ED25519_FLIPPED}, {0}, BAD(FLIPPED)},
    {"without signing time",            A,  {.is_plain = true}, {0}, GOOD},

    {"at its first second",             A,  {.offset = 9}, {.has_at = true, .at = START}, GOOD},
    {"at its last second",              A,  {0}, {.has_at = true, .at = START + VALIDITY}, GOOD},
    {"at a time after it",              A,  {0}, {.has_at = true, .at = START + VALIDITY + 1}, EXPIRED("time to judge at 2026-11-25T09:51:41Z " AFTER "2026-11-25T09:51:40Z")},
    {"at a time before it",             A,  {0}, {.has_at = true, .at = START - 61}, EXPIRED("time to judge at 2026-11-25T09:45:39Z " BEFORE "2026-11-25T09:46:40Z")},
    {"at, for a wrong signing time",    A,  {.offset = 1000}, {.has_at = true, .at = START}, GOOD},
    {"at the beginning of time",        A,  {0}, {.has_at = true, .at = INT64_MIN}, EXPIRED(BEFORE)},
    {"at the end of time",              A,  {0}, {.has_at = true, .at = INT64_MAX}, EXPIRED(AFTER)},

    {"a second before valid-after",     A " valid-after=@1795600001", {0}, {0}, EXPIRED("valid-after: alice is trusted from 2026-11-25T09:46:41Z on, this was signed 2026-11-25T09:46:40Z")},
    {"at valid-after",                  A " valid-after=@1795600000", {0}, {0}, GOOD},
    {"after valid-after",               A " valid-after=@1795599999", {0}, {0}, GOOD},
    {"a second before valid-before",    A " valid-before=@1795600001", {0}, {0}, GOOD},
    {"at valid-before",                 A " valid-before=@1795600000", {0}, {0}, EXPIRED("valid-before: alice is trusted before 2026-11-25T09:46:40Z, this was signed 2026-11-25T09:46:40Z")},
    {"after valid-before",              A " valid-before=@1795599999", {0}, {0}, EXPIRED("valid-before: ")},
    {"a second before the revocation",  A " revoked-since=@1795600001", {0}, {0}, LATER},
    {"at the revocation",               A " revoked-since=@1795600000", {0}, {0}, REVOKED},
    {"after the revocation",            A " revoked-since=@1795599999", {0}, {0}, REVOKED},
    {"revoked long ago",                A " revoked-since=@0", {0}, {0}, REVOKED},
    {"revoked, and no longer valid",    A " revoked-since=@5 valid-before=@4", {0}, {0}, REVOKED},
    {"revoked, and not genuine",        A " revoked-since=@5", {.harm = ED25519_FLIPPED}, {0}, BAD(FLIPPED)},
    {"revoked, without signing time",   A " revoked-since=@1795600001", {.is_plain = true}, {0}, REVOKED},
    {"the first second + 1",            A " revoked-since=@1795600002", {.is_plain = true}, {0}, LATER},
    {"revoked, judged before",          A " revoked-since=@1795600000", {0}, {.has_at = true, .at = START - 1}, LATER},
    {"not revoked, judged after",       A " revoked-since=@1795600100", {0}, {.has_at = true, .at = START + 100}, REVOKED},
    {"the old key after the rotation",  "alice ed25519=$A valid-before=@1795600000\nalice ed25519=$B valid-after=@1795600000", {0}, {0}, EXPIRED("valid-before: ")},
    {"the new key after the rotation",  "alice ed25519=$A valid-before=@1795600000\nalice ed25519=$B valid-after=@1795600000", {.who = BOB}, {0}, GOOD},

    {"through a bridge",                A,  {.bridge = BRIDGE}, {0}, GOOD},
    {"through a bridge, early",         A,  {.bridge = BRIDGE, .offset = -60}, {0}, GOOD},
    {"through eve's bridge",            A,  {.bridge = EVES_BRIDGE}, {0}, UNKNOWN(NOBODY)},
    {"through another of her bridges",  A,  {.bridge = WRONG_BRIDGE}, {0}, UNKNOWN(NOBODY)},
    {"through a bridge that was old",   A,  {.bridge = OLD_BRIDGE}, {0}, EXPIRED("bridge: ")},
    {"through a leaf",                  A,  {.bridge = LEAF_AS_BRIDGE}, {0}, BAD("bridge certificate may not issue certificates")},
    {"a certificate of an authority",   A,  {.kind = SIGNET_CERT_BRIDGE}, {0}, BAD("signer certificate")},
    {"through ML-DSA under Ed25519",    A,  {.bridge = MIXED_BRIDGE}, {0}, UNKNOWN(NOBODY)},
    {"Ed25519 under ML-DSA-44",         ANY, {.is_crossed = true}, {0}, UNKNOWN(NOBODY)},
    {"ML-DSA-44 under Ed25519",         ANY, {.is_crossed = true, .by = MLDSA44}, {0}, UNKNOWN(NOBODY)},
    {"both, crossed",                   AA, {.is_crossed = true, .by = HYBRID}, {0}, UNKNOWN("ed25519: " NOBODY)},
    {"without a hint",                  AB, {.who = BOB, .kind = SIGNET_CERT_EPHEMERAL}, {0}, {SIGNET_VERDICT_GOOD, NULL, "bob", false}},
    {"without a hint, by a stranger",   AB, {.who = EVE, .kind = SIGNET_CERT_EPHEMERAL}, {0}, UNKNOWN(NOBODY)},

    {"by the one who was asked for",    AB, {0}, {.signer = "alice"}, GOOD},
    {"by somebody else",                AB, {.who = BOB}, {.signer = "alice"}, {SIGNET_VERDICT_UNKNOWN, "signer: is bob, not alice", "bob", false}},
    {"by part of a name",               AB, {0}, {.signer = "alic"}, {SIGNET_VERDICT_UNKNOWN, "signer: is alice, not alic", "alice", false}},
    {"by a stranger, alice asked for",  AB, {.who = EVE}, {.signer = "alice"}, UNKNOWN(NOBODY)},
    {"Ed25519 asked for",               A,  {0}, {.require = SIGNET_REQUIRE_ED25519}, GOOD},
    {"ML-DSA-44 asked for",             A,  {0}, {.require = SIGNET_REQUIRE_MLDSA44}, BAD("signers: a signature by ml-dsa-44 is required, there is none")},
    {"hybrid asked for",                A,  {0}, {.require = SIGNET_REQUIRE_HYBRID}, BAD("signers: a signature by ml-dsa-44 is required, there is none")},
    {"hybrid asked of a stranger",      A,  {.who = EVE}, {.require = SIGNET_REQUIRE_HYBRID}, {SIGNET_VERDICT_BAD, "signers: a signature by ml-dsa-44", NULL, false}},

    {"both",                            AA, {.by = HYBRID}, {0}, GOOD},
    {"both, through bridges",           AA, {.by = HYBRID, .bridge = BRIDGE}, {0}, GOOD},
    {"both, asked for",                 AA, {.by = HYBRID}, {.require = SIGNET_REQUIRE_HYBRID}, GOOD},
    {"both on two lines of alice",      "alice ed25519=$A\nalice ml-dsa-44=$a", {.by = HYBRID}, {0}, GOOD},
    {"both are required: Ed25519",      AA, {0}, {0}, BAD("signers: both signatures of this signer are required, there is none by ml-dsa-44")},
    {"both are required: ML-DSA",       AA, {.by = MLDSA44}, {0}, BAD("signers: both signatures of this signer are required, there is none by ed25519")},
    {"one asked for is not less",       AA, {0}, {.require = SIGNET_REQUIRE_ED25519}, BAD("signers: both")},
    {"one is enough: Ed25519",          ANY, {0}, {0}, GOOD},
    {"one is enough: ML-DSA",           ANY, {.by = MLDSA44}, {0}, GOOD},
    {"one is enough: both",             ANY, {.by = HYBRID}, {0}, GOOD},
    {"one is enough, not when asked",   ANY, {0}, {.require = SIGNET_REQUIRE_HYBRID}, BAD("signers: a signature by ml-dsa-44 is required")},
    {"one is enough, the other asked",  ANY, {0}, {.require = SIGNET_REQUIRE_MLDSA44}, BAD("signers: a signature by ml-dsa-44 is required")},
    {"one is enough, but not genuine",  ANY, {.by = HYBRID, .harm = MLDSA44_FLIPPED}, {0}, BAD("ml-dsa-44: ")},
    {"the first is not genuine",        AA, {.by = HYBRID, .harm = ED25519_FLIPPED}, {0}, BAD("ed25519: the Ed25519 " FLIPPED)},
    {"the second is not genuine",       AA, {.by = HYBRID, .harm = MLDSA44_FLIPPED}, {0}, BAD("ml-dsa-44: ")},
    {"over another content, twice",     AA, {.by = HYBRID, .harm = OTHER_CONTENT}, {0}, BAD("ed25519: messageDigest")},
    {"of two people",                   AA "\nbob ml-dsa-44=$b", {.by = HYBRID, .is_second_other = true, .second_who = BOB}, {0}, {SIGNET_VERDICT_BAD, "signers: one signature is by alice, the other by bob", NULL, false}},
    {"with a stranger's second",        AA, {.by = HYBRID, .is_second_other = true, .second_who = EVE}, {0}, UNKNOWN("ml-dsa-44: " NOBODY)},
    {"with a stranger's first",         AA, {.who = EVE, .by = HYBRID, .is_second_other = true, .second_who = ALICE}, {0}, UNKNOWN("ed25519: " NOBODY)},
    {"with a second key nobody knows",  A,  {.by = HYBRID}, {0}, UNKNOWN("ml-dsa-44: " NOBODY)},
    {"a stranger's second, any",        ANY, {.by = HYBRID, .is_second_other = true, .second_who = EVE}, {0}, UNKNOWN("ml-dsa-44: " NOBODY)},
    {"the second key was revoked",      "alice ed25519=$A\nalice ml-dsa-44=$a revoked-since=@5", {.by = HYBRID}, {0}, {SIGNET_VERDICT_REVOKED, "ml-dsa-44: revoked-since: ", "alice", false}},
    {"the second is revoked later",     "alice ed25519=$A\nalice ml-dsa-44=$a revoked-since=2030-01-01", {.by = HYBRID}, {0}, LATER},
    {"both, too late",                  AA, {.by = HYBRID, .offset = VALIDITY + 1}, {0}, EXPIRED("ed25519: signing time 2026-11-25T09:51:41Z " AFTER "2026-11-25T09:51:40Z")},
};
/* clang-format on */

TEST(answers_as_the_table_says)
{
    for (EACH(row, messages))
        check(row->trust, &row->how, &row->rules, signet_all_algorithms, &row->expected);
}

/* Who has not loaded ML-DSA must not take half of a signature for the whole. */
TEST(does_not_forget_a_key_that_it_cannot_read)
{
    /* clang-format off */
    static const struct {
        const char *name, *trust;
        plan how;
        signet_judge_rules rules;
        answer expected;
    } rows[] = {
        {"alice has one key",         A,   {0},            {0}, GOOD},
        {"stripped of the second",    AA,  {0},            {0}, BAD("signers: both signatures of this signer are required, there is none by ml-dsa-44")},
        {"one is enough",             ANY, {0},            {0}, GOOD},
        {"one is enough, not asked",  ANY, {0},            {.require = SIGNET_REQUIRE_HYBRID}, BAD("signers: a signature by ml-dsa-44")},
        {"both are there",            AA,  {.by = HYBRID}, {0}, BROKEN("signatureAlgorithm is not accepted here")},
        {"both, one would be enough", ANY, {.by = HYBRID}, {0}, BROKEN("signatureAlgorithm is not accepted here")},
        {"the second alone",          AA,  {.by = MLDSA44}, {0}, BROKEN("signatureAlgorithm is not accepted here")},
    };
    /* clang-format on */

    for (EACH(row, rows))
        check(row->trust, &row->how, &row->rules, signet_only_ed25519, &row->expected);
}

static void
fill_content(signet_cms_content *content, uint8_t digest[64])
{
    sg_sha512(signet_slice_text(CONTENT), digest);
    *content = (signet_cms_content){.digest = {digest, 64}};
}

TEST(needs_the_bytes_only_for_what_has_no_attributes)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = trust_of(A, signet_only_ed25519);
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0}, plain = {0};
    uint8_t digest[64];
    signet_cms_content content;
    signet_judgement found;
    plan how = {0}, how_plain = {.is_plain = true};

    fill_content(&content, digest);
    make_message(&how, &message);
    make_message(&how_plain, &plain);
    CHECK(signet_judge(
        trust, signet_only_ed25519, signet_buf_slice(&message), &content, NULL, &found));
    CHECK(found.has_signing_time);
    CHECK_INT(found.signed_at, START);
    CHECK(!signet_judge(
        trust, signet_only_ed25519, signet_buf_slice(&plain), &content, NULL, &found));
    CHECK_INT(found.verdict, SIGNET_VERDICT_BROKEN);
    CHECK(!found.has_signing_time);
    CHECK_INT(found.signed_at, START + 1);
}

/* How many keys are tried for a certificate that does not say who issued it. */
TEST(tries_a_bounded_number_of_keys)
{
    static const struct {
        const char *name;
        size_t before;
        signet_verdict expected;
    } rows[] = {
        {"the last one that is tried", SIGNET_JUDGE_KEYS_MAX - 1, SIGNET_VERDICT_GOOD},
        {"the one behind", SIGNET_JUDGE_KEYS_MAX, SIGNET_VERDICT_UNKNOWN},
    };
    plan how = {.kind = SIGNET_CERT_EPHEMERAL};

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf file = {0}, message = {0};
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
        uint8_t digest[64];
        signet_cms_content content;
        signet_judgement found;

        for (size_t i = 0; i < row->before; i++)
            REQUIRE(signet_buf_printf(&file, NULL, "n%zu ed25519=%016zx%048d\n", i, i, 7));
        REQUIRE(signet_buf_printf(&file, NULL, A "%c", '\0'));
        trust = trust_of((const char *)file.data, signet_only_ed25519);
        fill_content(&content, digest);
        make_message(&how, &message);
        CHECK_INT(signet_judge(trust, signet_only_ed25519, signet_buf_slice(&message), &content,
                      NULL, &found),
            row->expected == SIGNET_VERDICT_GOOD);
        CHECK_INT(found.verdict, row->expected);
    }
}

TEST(shows_the_most_trustworthy_name_there_is)
{
    static const struct {
        const char *name, *trust;
        plan how;
        const char *shown;
        bool has_bridge;
    } rows[] = {
        {"the signer's", A, {.bridge = BRIDGE}, "alice", true},
        {"the common name of a stranger", "", {.who = EVE}, SIGNET_DEFAULT_DID, false},
        {"what a stranger's bridge says", "", {.bridge = EVES_BRIDGE}, "bridge@example.com", true},
        {"a bridge that is none of theirs", "", {.bridge = WRONG_BRIDGE}, "bridge@example.com",
            false},
        {"a leaf is no bridge", "", {.bridge = LEAF_AS_BRIDGE}, SIGNET_DEFAULT_DID, false},
        {"nothing", A, {.harm = NO_END}, "", false},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_trust_free)
        signet_trust *trust = trust_of(row->trust, signet_only_ed25519);
        SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
        uint8_t digest[64];
        signet_cms_content content;
        signet_judgement found;

        fill_content(&content, digest);
        make_message(&row->how, &message);
        (void)!signet_judge(
            trust, signet_only_ed25519, signet_buf_slice(&message), &content, NULL, &found);
        CHECK_BYTES(signet_judgement_name(&found), signet_slice_text(row->shown));
        CHECK_INT(found.bridge.der.len > 0, row->has_bridge);
    }
}

/* No byte of a message can be changed without its being noticed. */
TEST(never_calls_a_changed_message_good)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = trust_of(A, signet_only_ed25519);
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t digest[64];
    signet_cms_content content;
    signet_judgement found;
    plan how = {.bridge = BRIDGE};

    fill_content(&content, digest);
    make_message(&how, &message);
    for (size_t i = 0; i < message.len; i++) {
        message.data[i] ^= 0xff;
        CHECK(!signet_judge(
            trust, signet_only_ed25519, signet_buf_slice(&message), &content, NULL, &found));
        CHECK(found.reason.message[0] != '\0');
        message.data[i] ^= 0xff;
    }
    CHECK(signet_judge(
        trust, signet_only_ed25519, signet_buf_slice(&message), &content, NULL, &found));
}

TEST(has_a_word_for_every_verdict)
{
    static const char *const words[] = {"good", "unknown", "expired", "revoked", "bad", "broken"};

    for (size_t i = 0; i < 6; i++)
        CHECK_TEXT(signet_verdict_name((signet_verdict)i), words[i]);
    CHECK_TEXT(signet_verdict_name((signet_verdict)6), "broken");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF(answers_as_the_table_says),
        TEST_OF(does_not_forget_a_key_that_it_cannot_read),
        TEST_OF(needs_the_bytes_only_for_what_has_no_attributes),
        TEST_OF(tries_a_bounded_number_of_keys),
        TEST_OF(shows_the_most_trustworthy_name_there_is),
        TEST_OF(never_calls_a_changed_message_good),
        TEST_OF(has_a_word_for_every_verdict),
    };

    return cmocka_run_group_tests(tests, make_people, free_people);
}
