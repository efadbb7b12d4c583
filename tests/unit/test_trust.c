/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include <signet/trust.h>

#include "base/text.h"
#include "harness.h"

#define ED1 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define ED2 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
/* ED1 as SubjectPublicKeyInfo */
#define SPKI1 "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

/* A raw ML-DSA-44 key is 1312 bytes; this module may not judge them, so any will do. */
static const char *
mldsa_text(bool as_spki)
{
    static const uint8_t head[] = {0x30, 0x82, 0x05, 0x32, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
        0x01, 0x65, 0x03, 0x04, 0x03, 0x11, 0x03, 0x82, 0x05, 0x21, 0x00};
    static char texts[2][2048];
    static uint8_t bytes[sizeof(head) + SIGNET_MLDSA44_PUBLIC_SIZE];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    size_t skipped = as_spki ? 0 : sizeof(head);

    memcpy(bytes, head, sizeof(head));
    for (size_t i = 0; i < SIGNET_MLDSA44_PUBLIC_SIZE; i++)
        bytes[sizeof(head) + i] = (uint8_t)(i * 7);
    REQUIRE(
        sg_base64_append(&out, (signet_slice){bytes + skipped, sizeof(bytes) - skipped}, 0, NULL));
    REQUIRE(out.len < sizeof(texts[0]));
    memcpy(texts[as_spki], out.data, out.len);
    texts[as_spki][out.len] = '\0';
    return texts[as_spki];
}

/* `text` with <ML> and <MLSPKI> replaced, in memory that lives until the next call but one. */
static signet_slice
expand(const char *text)
{
    static signet_buf buffers[2];
    static int turn;
    signet_buf *out = &buffers[turn++ & 1];

    signet_buf_free(out);
    while (*text) {
        bool is_spki = strncmp(text, "<MLSPKI>", 8) == 0;
        bool is_raw = strncmp(text, "<ML>", 4) == 0;

        if (is_spki || is_raw)
            REQUIRE(signet_buf_append(out, signet_slice_text(mldsa_text(is_spki)), NULL));
        else
            REQUIRE(signet_buf_append(out, (signet_slice){(const uint8_t *)text, 1}, NULL));
        text += is_spki ? 8 : is_raw ? 4 : 1;
    }
    return signet_buf_slice(out);
}

static signet_trust *
new_trust(void)
{
    signet_trust *trust = signet_trust_new(NULL);

    REQUIRE(trust);
    return trust;
}

static void
write_all(const signet_trust *trust, signet_buf *out)
{
    for (size_t i = 0; i < signet_trust_count(trust); i++)
        REQUIRE(signet_trust_write(signet_trust_at(trust, i), out, NULL));
}

#define LINE1 "alice ed25519=" ED1

/* clang-format off */
static const struct {
    const char *name, *text, *written;
} taken[] = {
    {"one key",                  LINE1 "\n",                                     LINE1 "\n"},
    {"no newline at the end",    LINE1,                                          LINE1 "\n"},
    {"CRLF",                     "# a\r\n" LINE1 "\r\n\r\n",                     LINE1 "\n"},
    {"nothing",                  "",                                             ""},
    {"comments and blanks",      "# \xc3\xa9\n\n  \t\n  # x\n" LINE1 "\n#",      LINE1 "\n"},
    {"blanks around",            "  alice \t ed25519=" ED1 "\t \n",              LINE1 "\n"},
    {"the manual's example",
        "# signers of the release branch\n"
        "alice@example.com ed25519=" ED1 " valid-after=2026-01-01 revoked-since=2026-06-30T12:00:00Z\n"
        "\"Bob B. Builder\" spki=MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n",
        "alice@example.com ed25519=" ED1 " valid-after=2026-01-01T00:00:00Z revoked-since=2026-06-30T12:00:00Z\n"
        "\"Bob B. Builder\" ed25519=" ED2 "\n"},
    {"hex in upper case",
        "alice ed25519=D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A\n", LINE1 "\n"},
    {"a key as SPKI",            "alice spki=" SPKI1 "\n",                       LINE1 "\n"},
    {"an e-mail address",        "a@b ed25519=" ED1,                             "a@b ed25519=" ED1 "\n"},
    {"not ASCII",                "\xc3\x84nne ed25519=" ED1,                     "\xc3\x84nne ed25519=" ED1 "\n"},
    {"joiners inside a word",    "\xd9\x86\xe2\x80\x8c\xd9\x87 ed25519=" ED1,    "\xd9\x86\xe2\x80\x8c\xd9\x87 ed25519=" ED1 "\n"},
    {"quotes without need",      "\"alice\" ed25519=" ED1,                       LINE1 "\n"},
    {"quotes and backslashes",   "\"a \\\"b\\\" \\\\c\" ed25519=" ED1,           "\"a \\\"b\\\" \\\\c\" ed25519=" ED1 "\n"},
    {"an equals sign",           "\"a=b\" ed25519=" ED1,                         "\"a=b\" ed25519=" ED1 "\n"},
    {"a backslash alone",        "\"a\\\\b\" ed25519=" ED1,                      "\"a\\\\b\" ed25519=" ED1 "\n"},
    {"a number sign in front",   "\"#1\" ed25519=" ED1,                          "\"#1\" ed25519=" ED1 "\n"},
    {"a number sign inside",     "c#1 ed25519=" ED1,                             "c#1 ed25519=" ED1 "\n"},
    {"all times",
        "a valid-before=@2000000000 ed25519=" ED1 " revoked-since=1999-12-31 valid-after=1970-01-01T00:00:01Z",
        "a ed25519=" ED1 " valid-after=1970-01-01T00:00:01Z valid-before=2033-05-18T03:33:20Z revoked-since=1999-12-31T00:00:00Z\n"},
    {"algorithms that agree",    LINE1 " algorithms=ed25519",                    LINE1 "\n"},
    {"two keys",                 "a ed25519=" ED1 " ml-dsa-44=<ML>",             "a ed25519=" ED1 " ml-dsa-44=<ML>\n"},
    {"two keys, turned around",  "a ml-dsa-44=<ML> ed25519=" ED1,                "a ed25519=" ED1 " ml-dsa-44=<ML>\n"},
    {"two keys as SPKI",         "a spki=<MLSPKI> spki=" SPKI1,                  "a ed25519=" ED1 " ml-dsa-44=<ML>\n"},
    {"two keys and algorithms",  "a algorithms=ml-dsa-44,ed25519 ed25519=" ED1 " ml-dsa-44=<ML>", "a ed25519=" ED1 " ml-dsa-44=<ML>\n"},
    {"one of two is enough",     "a ed25519=" ED1 " ml-dsa-44=<ML> require=any", "a ed25519=" ED1 " ml-dsa-44=<ML> require=any\n"},
    {"both, said aloud",         "a ed25519=" ED1 " ml-dsa-44=<ML> require=both", "a ed25519=" ED1 " ml-dsa-44=<ML>\n"},
    {"only ML-DSA",              "a ml-dsa-44=<ML>",                             "a ml-dsa-44=<ML>\n"},
    {"rotation",                 LINE1 " valid-before=2026-01-01\nalice ed25519=" ED2 " valid-after=2026-01-01",
        LINE1 " valid-before=2026-01-01T00:00:00Z\nalice ed25519=" ED2 " valid-after=2026-01-01T00:00:00Z\n"},
};

#define NOT_A_TIME "not a time; write YYYY-MM-DD, YYYY-MM-DDThh:mm:ssZ or @SECONDS, in UTC"

static const struct {
    const char *name, *text;
    signet_code code;
    const char *message;
} refused[] = {
    {"a name alone",           "alice\n",                        SIGNET_E_DECODE, "line 1: there is no key"},
    {"the third line",         "#\n" LINE1 "\nbob\n",            SIGNET_E_DECODE, "line 3: there is no key"},
    {"no name",                "ed25519=" ED1,                   SIGNET_E_DECODE, "line 1: name: must stand in quotes when it holds \", \\ or ="},
    {"an empty name",          "\"\" ed25519=" ED1,              SIGNET_E_DECODE, "line 1: name: is empty"},
    {"no closing quote",       "\"alice ed25519=" ED1,           SIGNET_E_DECODE, "line 1: name: has no closing quote"},
    {"a quote escaped away",   "\"alice\\\"",                    SIGNET_E_DECODE, "line 1: name: has no closing quote"},
    {"a backslash at the end", "\"alice\\",                      SIGNET_E_DECODE, "line 1: name: has a backslash before something else than \" or \\"},
    {"an unknown escape",      "\"a\\n\" ed25519=" ED1,          SIGNET_E_DECODE, "line 1: name: has a backslash before something else than \" or \\"},
    {"glued to its quote",     "\"alice\"ed25519=" ED1,          SIGNET_E_DECODE, "line 1: name: has text behind its closing quote"},
    {"a quote inside",         "al\"ice ed25519=" ED1,           SIGNET_E_DECODE, "line 1: name: must stand in quotes when it holds \", \\ or ="},
    {"a backslash inside",     "al\\ice ed25519=" ED1,           SIGNET_E_DECODE, "line 1: name: must stand in quotes when it holds \", \\ or ="},
    {"a space in front",       "\" a\" ed25519=" ED1,            SIGNET_E_DECODE, "line 1: name: begins or ends with a space"},
    {"a space behind",         "\"a \" ed25519=" ED1,            SIGNET_E_DECODE, "line 1: name: begins or ends with a space"},
    {"a tab in quotes",        "\"a\tb\" ed25519=" ED1,          SIGNET_E_DECODE, "line 1: name: holds a control or an invisible character"},
    {"a control of C1",        "a\xc2\x9f ed25519=" ED1,         SIGNET_E_DECODE, "line 1: name: holds a control or an invisible character"},
    {"a no-break space",       "a\xc2\xa0" "b ed25519=" ED1,     SIGNET_E_DECODE, "line 1: name: holds a control or an invisible character"},
    {"turned around",          "a\xe2\x80\xae" "b ed25519=" ED1, SIGNET_E_DECODE, "line 1: name: holds a control or an invisible character"},
    {"a byte order mark",      "\xef\xbb\xbf" LINE1,             SIGNET_E_DECODE, "line 1: name: holds a control or an invisible character"},
    {"a tag",                  "a\xf3\xa0\x81\x81 ed25519=" ED1, SIGNET_E_DECODE, "line 1: name: holds a control or an invisible character"},
    {"a bell in a comment",    "# \a",                           SIGNET_E_DECODE, "line 1: holds the control character 0x07 at byte 3"},
    {"DEL",                    "a\x7f",                          SIGNET_E_DECODE, "line 1: holds the control character 0x7f at byte 2"},
    {"CR inside",              "a\rb",                           SIGNET_E_DECODE, "line 1: holds the control character 0x0d at byte 2"},
    {"CR at the end",          LINE1 "\r",                       SIGNET_E_DECODE, "line 1: holds the control character 0x0d at byte 79"},
    {"CR twice",               "a\r\r\n",                        SIGNET_E_DECODE, "line 1: holds the control character 0x0d at byte 2"},
    {"Latin-1",                "J\xf6rg ed25519=" ED1,           SIGNET_E_DECODE, "line 1: is not UTF-8"},
    {"a surrogate",            "\xed\xa0\x80 ed25519=" ED1,      SIGNET_E_DECODE, "line 1: is not UTF-8"},
    {"an unknown option",      LINE1 " colour=red",              SIGNET_E_DECODE, "line 1: unknown option colour"},
    {"another's spelling",     LINE1 " Valid-After=2026-01-01",  SIGNET_E_DECODE, "line 1: unknown option Valid-After"},
    {"a word without value",   LINE1 " require",                 SIGNET_E_DECODE, "line 1: require: has no value"},
    {"an option without name", LINE1 " =x",                      SIGNET_E_DECODE, "line 1: unknown option "},
    {"an option not in ASCII", LINE1 " \xc3\xa9=x",              SIGNET_E_DECODE, "line 1: unknown option ?"},
    {"an empty value",         "a ed25519=",                     SIGNET_E_DECODE, "line 1: ed25519: has no value"},
    {"a space behind =",       "a ed25519= " ED1,                SIGNET_E_DECODE, "line 1: ed25519: has no value"},
    {"not hex",                "a ed25519=zz",                   SIGNET_E_DECODE, "line 1: ed25519: not a hex digit at position 0"},
    {"half a byte",            "a ed25519=" ED1 "0",             SIGNET_E_DECODE, "line 1: ed25519: an odd number of hex digits"},
    {"33 bytes",               "a ed25519=" ED1 "00",            SIGNET_E_KEY,    "line 1: ed25519: a key of 33 bytes, not 32"},
    {"31 bytes",               "a ed25519=d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", SIGNET_E_KEY, "line 1: ed25519: a key of 31 bytes, not 32"},
    {"a key of small order",   "a ed25519=0100000000000000000000000000000000000000000000000000000000000000", SIGNET_E_KEY, "line 1: ed25519: the Ed25519 public key has small order"},
    {"two keys of a kind",     LINE1 " ed25519=" ED2,            SIGNET_E_DECODE, "line 1: ed25519: a second key of ed25519; begin a new line"},
    {"one key in two forms",   LINE1 " spki=" SPKI1,             SIGNET_E_DECODE, "line 1: spki: a second key of ed25519; begin a new line"},
    {"ML-DSA in hex",          "a ml-dsa-44=" ED1,               SIGNET_E_KEY,    "line 1: ml-dsa-44: a key of 48 bytes, not 1312"},
    {"ML-DSA, cut short",      "a ml-dsa-44=AAAA",               SIGNET_E_KEY,    "line 1: ml-dsa-44: a key of 3 bytes, not 1312"},
    {"not base64",             "a ml-dsa-44=????",               SIGNET_E_DECODE, "line 1: ml-dsa-44: not base64"},
    {"no padding",             "a spki=MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", SIGNET_E_DECODE, "line 1: spki: not base64"},
    {"an SPKI cut short",      "a spki=MCowBQYDK2Vw",            SIGNET_E_DECODE, NULL},
    {"X25519's SPKI",          "a spki=MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", SIGNET_E_ALGORITHM, "line 1: spki: a key of an unknown algorithm"},
    {"an unknown algorithm",   LINE1 " algorithms=ed448",        SIGNET_E_DECODE, "line 1: algorithms: holds an unknown name"},
    {"a key that was lost",    LINE1 " algorithms=ed25519,ml-dsa-44", SIGNET_E_DECODE, "line 1: algorithms: are not those of the keys on this line"},
    {"a key too many",         "a algorithms=ed25519 ed25519=" ED1 " ml-dsa-44=<ML>", SIGNET_E_DECODE, "line 1: algorithms: are not those of the keys on this line"},
    {"a comma at the end",     LINE1 " algorithms=ed25519,",     SIGNET_E_DECODE, "line 1: algorithms: holds an unknown name"},
    {"an algorithm twice",     LINE1 " algorithms=ed25519,ed25519", SIGNET_E_DECODE, "line 1: algorithms: ed25519 stands twice"},
    {"a policy for one key",   LINE1 " require=any",             SIGNET_E_DECODE, "line 1: require: needs two keys on the line"},
    {"both of one key",        LINE1 " require=both",            SIGNET_E_DECODE, "line 1: require: needs two keys on the line"},
    {"another policy",         LINE1 " require=all",             SIGNET_E_DECODE, "line 1: require: neither both nor any"},
    {"a date twice",           LINE1 " valid-after=2026-01-01 valid-after=2026-01-01", SIGNET_E_DECODE, "line 1: valid-after: stands twice"},
    {"no such day",            LINE1 " valid-before=2026-02-29", SIGNET_E_DECODE, "line 1: valid-before: " NOT_A_TIME},
    {"never valid",            LINE1 " valid-after=2026-01-01 valid-before=2026-01-01", SIGNET_E_DECODE, "line 1: valid-before: is not after valid-after"},
    {"the wrong way round",    LINE1 " valid-after=2026-01-02 valid-before=2026-01-01", SIGNET_E_DECODE, "line 1: valid-before: is not after valid-after"},
    {"a key twice",            LINE1 "\n\nbob ed25519=" ED1,     SIGNET_E_EXISTS, "line 3: the key of line 1 again (alice)"},
    {"a line twice",           LINE1 "\n" LINE1,                 SIGNET_E_EXISTS, "line 2: the key of line 1 again (alice)"},
    {"the first of two pairs", LINE1 "\nb ed25519=" ED2 "\nc ed25519=" ED2 "\nd ed25519=" ED1, SIGNET_E_EXISTS, "line 3: the key of line 2 again (b)"},
    {"an unread key twice",    "a ml-dsa-44=<ML>\nb ml-dsa-44=<ML>", SIGNET_E_EXISTS, "line 2: the key of line 1 again (a)"},
};

static const struct {
    const char *name, *text;
    bool is_time;
    int64_t seconds;
    const char *written;
} times[] = {
    {"the beginning",             "1970-01-01",           true,  0,             "1970-01-01T00:00:00Z"},
    {"a day",                     "2026-11-25",           true,  1795564800,    "2026-11-25T00:00:00Z"},
    {"a second",                  "2026-11-25T01:02:03Z", true,  1795568523,    "2026-11-25T01:02:03Z"},
    {"a leap day",                "2024-02-29",           true,  1709164800,    "2024-02-29T00:00:00Z"},
    {"before the beginning",      "1969-12-31T23:59:59Z", true,  -1,            "1969-12-31T23:59:59Z"},
    {"the last second",           "9999-12-31T23:59:59Z", true,  253402300799,  "9999-12-31T23:59:59Z"},
    {"the first second",          "0000-01-01",           true,  -62167219200,  "0000-01-01T00:00:00Z"},
    {"a number",                  "@1795568523",          true,  1795568523,    "2026-11-25T01:02:03Z"},
    {"zero",                      "@0",                   true,  0,             "1970-01-01T00:00:00Z"},
    {"the last as a number",      "@253402300799",        true,  253402300799,  "9999-12-31T23:59:59Z"},
    {"one more",                  "@253402300800",        false, 0, NULL},
    {"13 digits",                 "@1000000000000",       false, 0, NULL},
    {"a number below zero",       "@-1",                  false, 0, NULL},
    {"no number",                 "@",                    false, 0, NULL},
    {"a number without @",        "1795568523",           false, 0, NULL},
    {"a fraction",                "@1.5",                 false, 0, NULL},
    {"nothing",                   "",                     false, 0, NULL},
    {"no leap year",              "2023-02-29",           false, 0, NULL},
    {"a month 13",                "2026-13-01",           false, 0, NULL},
    {"a day 0",                   "2026-01-00",           false, 0, NULL},
    {"24 o'clock",                "2026-01-01T24:00:00Z", false, 0, NULL},
    {"a leap second",             "2016-12-31T23:59:60Z", false, 0, NULL},
    {"no zone",                   "2026-01-01T00:00:00",  false, 0, NULL},
    {"another zone",              "2026-01-01T00:00:00+01:00", false, 0, NULL},
    {"a space for the T",         "2026-01-01 00:00:00Z", false, 0, NULL},
    {"lower case",                "2026-01-01t00:00:00z", false, 0, NULL},
    {"no seconds",                "2026-01-01T00:00Z",    false, 0, NULL},
    {"one digit",                 "2026-1-1",             false, 0, NULL},
    {"no hyphens",                "20260101",             false, 0, NULL},
    {"letters for digits",        "2O26-01-01",           false, 0, NULL},
    {"a sign",                    "+026-01-01",           false, 0, NULL},
    {"text behind",               "2026-01-01x",          false, 0, NULL},
};
/* clang-format on */

TEST(takes_lines_and_writes_them_in_one_way)
{
    for (EACH(row, taken)) {
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
        SIGNET_AUTO(signet_trust_free) signet_trust *again = new_trust();
        SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
        signet_error err = {0};

        if (!signet_trust_parse(trust, signet_only_ed25519, expand(row->text), &err))
            harness_fail(__FILE__, __LINE__, "%s", err.message);
        write_all(trust, &once);
        CHECK_BYTES(signet_buf_slice(&once), expand(row->written));
        REQUIRE(signet_trust_parse(again, signet_only_ed25519, signet_buf_slice(&once), NULL));
        write_all(again, &twice);
        CHECK_BYTES(signet_buf_slice(&twice), signet_buf_slice(&once));
    }
}

TEST(refuses_everything_else_and_says_where)
{
    for (EACH(row, refused)) {
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
        signet_error err = {0};

        CHECK(!signet_trust_parse(trust, signet_only_ed25519, expand(row->text), &err));
        if (row->message)
            CHECK_TEXT(err.message, row->message);
        CHECK_INT(err.code, row->code);
        CHECK_INT(signet_trust_count(trust), 0);
    }
}

TEST(refuses_a_zero_byte_anywhere)
{
    static const uint8_t text[] = "# comment\nalice ed25519=" ED1 "\n";
    uint8_t copy[sizeof(text)];

    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();

        memcpy(copy, text, sizeof(text));
        copy[i] = 0;
        CHECK(!signet_trust_parse(
            trust, signet_only_ed25519, (signet_slice){copy, sizeof(copy) - 1}, NULL));
    }
}

TEST(reads_and_writes_times)
{
    for (EACH(row, times)) {
        signet_error err = {0};
        int64_t seconds = 42;
        char text[32];

        CHECK_INT(signet_time_parse(signet_slice_text(row->text), &seconds, &err), row->is_time);
        CHECK_INT(err.code, row->is_time ? SIGNET_OK : SIGNET_E_DECODE);
        CHECK_INT(seconds, row->is_time ? row->seconds : 42);
        if (row->is_time) {
            signet_time_format(seconds, text);
            CHECK_TEXT(text, row->written);
        }
    }
    harness_row = NULL;
    char text[32];
    signet_time_format(SIGNET_TIME_MIN, text);
    CHECK_TEXT(text, "@-9223372036854775808");
}

/* The name, a value, a line, on both sides of each limit. */
TEST(keeps_to_its_limits)
{
    static const struct {
        const char *name;
        size_t name_len, line_len;
        bool is_quoted, is_taken;
    } rows[] = {
        {"the longest name", 256, 0, false, true},
        {"a longer name", 257, 0, false, false},
        {"the longest name in quotes", 256, 0, true, true},
        {"a longer name in quotes", 257, 0, true, false},
        {"the longest line", 5, SIGNET_TRUST_LINE_MAX, false, true},
        {"a longer line", 5, SIGNET_TRUST_LINE_MAX + 1, false, false},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

        if (row->is_quoted)
            REQUIRE(signet_buf_printf(&text, NULL, "\""));
        for (size_t i = 0; i < row->name_len; i++)
            REQUIRE(signet_buf_printf(&text, NULL, "n"));
        REQUIRE(signet_buf_printf(&text, NULL, "%s ed25519=" ED1 "", row->is_quoted ? "\"" : ""));
        while (text.len < row->line_len)
            REQUIRE(signet_buf_printf(&text, NULL, " "));
        REQUIRE(signet_buf_printf(&text, NULL, "\r\n"));
        CHECK_INT(signet_trust_parse(trust, signet_only_ed25519, signet_buf_slice(&text), NULL),
            row->is_taken);
    }
}

TEST(refuses_a_file_that_is_too_large_without_reading_it)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
    uint8_t *text = malloc(SIGNET_TRUST_FILE_MAX + 1);
    signet_error err = {0};

    REQUIRE(text);
    memset(text, '\n', SIGNET_TRUST_FILE_MAX + 1);
    CHECK(signet_trust_parse(
        trust, signet_only_ed25519, (signet_slice){text, SIGNET_TRUST_FILE_MAX}, NULL));
    CHECK(!signet_trust_parse(
        trust, signet_only_ed25519, (signet_slice){text, SIGNET_TRUST_FILE_MAX + 1}, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    free(text);
}

/* A second text that fails takes nothing with it and leaves nothing behind. */
TEST(adds_a_text_whole_or_not_at_all)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
    SIGNET_AUTO(signet_key_free)
    signet_key *second = signet_key_from_public(&signet_ed25519, unhex(ED2), NULL);
    SIGNET_AUTO(signet_key_free)
    signet_key *first = signet_key_from_public(&signet_ed25519, unhex(ED1), NULL);
    signet_error err = {0};

    REQUIRE(first && second);
    REQUIRE(signet_trust_parse(trust, signet_only_ed25519, signet_slice_text(LINE1), NULL));
    CHECK(!signet_trust_parse(
        trust, signet_only_ed25519, signet_slice_text("bob ed25519=" ED2 "\nbad"), NULL));
    CHECK(!signet_trust_parse(trust, signet_only_ed25519,
        signet_slice_text("bob ed25519=" ED2 "\nc ed25519=" ED1), &err));
    CHECK_TEXT(err.message, "line 2: the key of line 1 again (alice)");
    CHECK_INT(signet_trust_count(trust), 1);
    CHECK(!signet_trust_find(trust, second));
    REQUIRE(
        signet_trust_parse(trust, signet_only_ed25519, signet_slice_text("b ed25519=" ED2), NULL));
    CHECK_INT(signet_trust_count(trust), 2);
    REQUIRE(signet_trust_find(trust, first) && signet_trust_find(trust, second));
    CHECK_TEXT(signet_trust_find(trust, first)->name, "alice");
    CHECK_TEXT(signet_trust_find(trust, second)->name, "b");
}

TEST(knows_what_it_read)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
    const signet_trusted_signer *signer = NULL;

    REQUIRE(signet_trust_parse(
        trust, signet_only_ed25519, expand("#\n\n" LINE1 " ml-dsa-44=<ML> require=any"), NULL));
    signer = signet_trust_at(trust, 0);
    CHECK_INT(signer->line, 3);
    CHECK_INT(signer->key_count, 1);
    CHECK_INT(signer->unread_key_count, 1);
    CHECK(signer->any_is_enough);
    CHECK_INT(signer->valid_after, SIGNET_TIME_MIN);
    CHECK_INT(signer->valid_before, SIGNET_TIME_MAX);
    CHECK_INT(signer->revoked_since, SIGNET_TIME_MAX);
}

TEST(writes_nothing_that_could_not_be_read)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = signet_key_from_public(&signet_ed25519, unhex(ED1), NULL);
    signet_trusted_signer good = {.name = "alice",
        .keys = {key},
        .key_count = 1,
        .valid_after = SIGNET_TIME_MIN,
        .valid_before = SIGNET_TIME_MAX,
        .revoked_since = SIGNET_TIME_MAX};
    signet_trusted_signer bad[10];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    static char not_ours[] = "es256=AAAA", cut_short[] = "ml-dsa-44=AAAA";

    REQUIRE(key);
    for (size_t i = 0; i < 10; i++)
        bad[i] = good;
    bad[0].name[0] = '\0';
    memcpy(bad[1].name, "a\nb", 4);
    memcpy(bad[2].name, "a\xff", 3);
    bad[3].key_count = 0;
    bad[4].key_count = 2;
    bad[4].keys[1] = key;
    bad[5].any_is_enough = true;
    bad[6].valid_after = 253402300800;
    bad[7].valid_before = 5;
    bad[7].valid_after = 5;
    bad[8].unread_keys[0] = not_ours;
    bad[8].unread_key_count = 1;
    bad[9].unread_keys[0] = cut_short;
    bad[9].unread_key_count = 1;
    for (size_t i = 0; i < 10; i++) {
        signet_error err = {0};

        CHECK(!signet_trust_write(&bad[i], &out, &err));
        CHECK_INT(err.code, SIGNET_E_USAGE);
        CHECK_INT(out.len, 0);
    }
    REQUIRE(signet_trust_write(&good, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(LINE1 "\n"));
}

/* Whatever is accepted is written, and what was written stays as it is. */
static bool
check_fixed_point(signet_slice text)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
    SIGNET_AUTO(signet_trust_free) signet_trust *again = new_trust();
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    signet_error err = {0};

    if (!signet_trust_parse(trust, signet_only_ed25519, text, &err)) {
        CHECK(err.code != SIGNET_OK && err.message[0] != '\0');
        CHECK_INT(signet_trust_count(trust), 0);
        return false;
    }
    write_all(trust, &once);
    REQUIRE(signet_trust_parse(again, signet_only_ed25519, signet_buf_slice(&once), NULL));
    write_all(again, &twice);
    CHECK_BYTES(signet_buf_slice(&twice), signet_buf_slice(&once));
    return true;
}

/* One byte with each of its bits flipped, and the text cut in front of it.  Blocks of their own, so
 * that a read past the end is seen. */
static size_t
count_taken(signet_slice text, size_t at)
{
    uint8_t *copy = malloc(text.len), *cut = malloc(at + 1);
    size_t count = 0;

    REQUIRE(copy && cut);
    for (int bit = 0; bit < 8; bit++) {
        memcpy(copy, text.ptr, text.len);
        copy[at] ^= (uint8_t)(1U << bit);
        count += check_fixed_point((signet_slice){copy, text.len});
    }
    memcpy(cut, text.ptr, at);
    (void)check_fixed_point((signet_slice){cut, at});
    free(copy);
    free(cut);
    return count;
}

TEST(survives_every_flipped_bit_and_every_cut)
{
    static const char *const lines[] = {
        "\"A \\\" B\" ed25519=" ED1 " algorithms=ed25519 valid-after=2026-01-01T00:00:00Z "
        "valid-before=@2000000000 revoked-since=2026-06-30\r\n",
        "\xc3\x84nne@example.com spki=" SPKI1 " valid-after=2026-01-01",
        "# \xe2\x82\xac\nalice ed25519=" ED1 "\nalice ed25519=" ED2,
    };
    size_t flipped = 0, taken_count = 0;

    for (size_t line = 0; line < sizeof(lines) / sizeof(lines[0]); line++) {
        signet_slice text = signet_slice_text(lines[line]);

        CHECK(check_fixed_point(text));
        for (size_t i = 0; i < text.len; i++)
            taken_count += count_taken(text, i);
        flipped += 8 * text.len;
    }
    CHECK(taken_count > 500 && flipped - taken_count > 1000);
}

static double
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool
add_signers(signet_buf *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!signet_buf_printf(text, NULL, "signer-%zu@example.com ed25519=%016zx%048d\n", i,
                i * 0x9e3779b97f4a7c15U, 7))
            return false;
    }
    return true;
}

TEST(reads_a_hundred_thousand_signers_and_not_one_more)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
    SIGNET_AUTO(signet_trust_free) signet_trust *other = new_trust();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error err = {0};
    double start = 0, parsed = 0, found = 0;

    REQUIRE(add_signers(&text, SIGNET_TRUST_SIGNERS_MAX));
    start = now_ms();
    REQUIRE(signet_trust_parse(trust, signet_only_ed25519, signet_buf_slice(&text), NULL));
    parsed = now_ms();
    CHECK_INT(signet_trust_count(trust), SIGNET_TRUST_SIGNERS_MAX);
    for (size_t i = 0; i < SIGNET_TRUST_SIGNERS_MAX; i++)
        CHECK(signet_trust_find(trust, signet_trust_at(trust, i)->keys[0]) ==
              signet_trust_at(trust, i));
    found = now_ms();
    print_message("# %d signers: %.0f ms to read, %.0f ms to find them all\n",
        SIGNET_TRUST_SIGNERS_MAX, parsed - start, found - parsed);
    REQUIRE(signet_buf_printf(&text, NULL, "one-more ed25519=" ED1));
    CHECK(!signet_trust_parse(other, signet_only_ed25519, signet_buf_slice(&text), &err));
    CHECK_TEXT(err.message, "line 100001: more than 100000 signers");
    CHECK(!signet_trust_parse(trust, signet_only_ed25519, signet_slice_text(LINE1), &err));
    CHECK_TEXT(err.message, "line 1: more than 100000 signers");
}

/* The same key on every line: found without comparing each with each. */
TEST(refuses_a_key_a_hundred_thousand_times_quickly)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = new_trust();
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error err = {0};
    double start = 0;

    for (size_t i = 0; i < SIGNET_TRUST_SIGNERS_MAX; i++)
        REQUIRE(signet_buf_append(&text, signet_slice_text(LINE1 "\n"), NULL));
    start = now_ms();
    CHECK(!signet_trust_parse(trust, signet_only_ed25519, signet_buf_slice(&text), &err));
    CHECK_TEXT(err.message, "line 2: the key of line 1 again (alice)");
    print_message("# refused in %.0f ms\n", now_ms() - start);
}

TESTS(TEST_OF(takes_lines_and_writes_them_in_one_way),
    TEST_OF(refuses_everything_else_and_says_where), TEST_OF(refuses_a_zero_byte_anywhere),
    TEST_OF(reads_and_writes_times), TEST_OF(keeps_to_its_limits),
    TEST_OF(refuses_a_file_that_is_too_large_without_reading_it),
    TEST_OF(adds_a_text_whole_or_not_at_all), TEST_OF(knows_what_it_read),
    TEST_OF(writes_nothing_that_could_not_be_read),
    TEST_OF(survives_every_flipped_bit_and_every_cut),
    TEST_OF(reads_a_hundred_thousand_signers_and_not_one_more),
    TEST_OF(refuses_a_key_a_hundred_thousand_times_quickly))
