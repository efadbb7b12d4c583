/* SPDX-License-Identifier: Apache-2.0 */
/* How signatures travel: PEM with one of three labels, base64, or DER (spec 1.6). */
#include "message.h"

static signet_slice
armored(const char *label)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    message_parts parts = message_good();

    REQUIRE(signet_cms_armor(message_build(&parts), label, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

static signet_slice
replaced(signet_slice text, const char *what, const char *with)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    size_t len = strlen(what);

    for (size_t i = 0; i < text.len;) {
        bool is_here = text.len - i >= len && memcmp(text.ptr + i, what, len) == 0;
        signet_slice piece = is_here ? signet_slice_text(with) : (signet_slice){text.ptr + i, 1};

        REQUIRE(signet_buf_append(&out, piece, NULL));
        i += is_here ? len : 1;
    }
    return harness_keep(signet_buf_slice(&out));
}

/* What stands between the first and the last line. */
static signet_slice
body_of(signet_slice text)
{
    const uint8_t *first = memchr(text.ptr, '\n', text.len);
    const uint8_t *last = memmem(text.ptr, text.len, "-----END", 8);

    REQUIRE(first && last);
    return (signet_slice){first + 1, (size_t)(last - first - 1)};
}

TEST(armor_has_one_form)
{
    signet_slice text = armored("SIGNED MESSAGE");
    signet_slice body = body_of(text);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    CHECK(memcmp(text.ptr, "-----BEGIN SIGNED MESSAGE-----\n", 31) == 0);
    CHECK(memcmp(text.ptr + text.len - 29, "-----END SIGNED MESSAGE-----\n", 29) == 0);
    for (size_t i = 64; i < body.len; i += 65)
        CHECK_INT(body.ptr[i], '\n');
    CHECK(!signet_cms_armor(text, "CERTIFICATE", &out, NULL));
    CHECK(!signet_cms_armor(text, "", &out, NULL));
    CHECK_INT(out.len, 0);
}

TEST(armor_comes_off)
{
    message_parts parts = message_good();
    signet_slice der = message_build(&parts), git = armored("SIGNED MESSAGE");
    const struct {
        const char *name;
        signet_slice text;
        bool expected;
    } rows[] = {
        {"git's label", git, true},
        {"CMS", armored("CMS"), true},
        {"PKCS7", armored("PKCS7"), true},
        {"DER", der, true},
        {"CR LF", replaced(git, "\n", "\r\n"), true},
        {"text before", CONCAT(signet_slice_text("tree 1\n\nhello\n"), git), true},
        {"blank lines behind", CONCAT(git, signet_slice_text("\n \r\n")), true},
        {"no newline at the end", {git.ptr, git.len - 1}, true},
        {"base64", body_of(git), true},
        {"base64 in one line", replaced(body_of(git), "\n", ""), true},
        {"base64 with CR LF", replaced(body_of(git), "\n", "\r\n"), true},
        {"nothing", {0}, false},
        {"blanks", signet_slice_text(" \n"), false},
        {"another label", replaced(git, "SIGNED MESSAGE", "CERTIFICATE"), false},
        {"a label in small letters", replaced(git, "SIGNED MESSAGE", "cms"), false},
        {"two labels", replaced(git, "END SIGNED MESSAGE", "END CMS"), false},
        {"no label", replaced(git, "SIGNED MESSAGE", ""), false},
        {"two blocks", CONCAT(git, git), false},
        {"a certificate behind",
            CONCAT(git, signet_slice_text(
                            "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")),
            false},
        {"text behind", CONCAT(git, signet_slice_text("hello\n")), false},
        {"no END", {git.ptr, git.len - 29}, false},
        {"no BEGIN", {git.ptr + 31, git.len - 31}, false},
        {"headers", replaced(git, "MESSAGE-----\nM", "MESSAGE-----\nVersion: 1\n\nM"), false},
        {"a letter that is none", replaced(git, "A", "*"), false},
        {"spaces at the start of lines", replaced(git, "\n", "\n "), false},
        {"base64 without its padding", {body_of(git).ptr, body_of(git).len - 2}, false},
        {"base64 with a minus", replaced(body_of(git), "A", "-"), false},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        REQUIRE(signet_buf_append(&out, signet_slice_text("before"), NULL));
        CHECK(signet_cms_dearmor(row->text, &out, &err) == row->expected);
        CHECK_INT(err.code == SIGNET_OK, row->expected);
        if (!row->expected)
            CHECK(strstr(err.message, "signature"));
        CHECK_BYTES(signet_buf_slice(&out),
            CONCAT(signet_slice_text("before"), row->expected ? der : (signet_slice){0}));
    }
}

TEST(armor_has_a_size_limit)
{
    size_t room = SIGNET_CMS_MAX + SIGNET_CMS_MAX / 2;
    uint8_t *bytes = malloc(room + 1);

    REQUIRE(bytes);
    memset(bytes, 0x30, room + 1);
    for (size_t over = 0; over < 2; over++) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

        CHECK(signet_cms_dearmor((signet_slice){bytes, room + over}, &out, NULL) == (over == 0));
    }
    free(bytes);
}

TEST(a_message_is_signets_by_its_organisation)
{
    message_parts parts = message_good();
    signet_slice good = message_build(&parts);
    const struct {
        const char *name;
        signet_slice message;
        bool expected;
    } rows[] = {
        {"a message of ours", good, true},
        {"the same, in UTF-8", replaced(good, "\x13\x06Signet", "\x0c\x06Signet"), true},
        {"broken, but ours", {good.ptr, good.len - 1}, true},
        {"another organisation", replaced(good, "Signet", "Signal"), false},
        {"nothing", {0}, false},
        {"text", signet_slice_text("O=Signet"), false},
    };

    for (EACH(row, rows))
        CHECK(signet_cms_is_signet(row->message) == row->expected);
}

TEST(fingerprints_are_sha1)
{
    char text[41] = "";

    signet_cert_sha1(signet_slice_text("abc"), text);
    CHECK_TEXT(text, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TESTS(TEST_OF(armor_has_one_form), TEST_OF(armor_comes_off), TEST_OF(armor_has_a_size_limit),
    TEST_OF(a_message_is_signets_by_its_organisation), TEST_OF(fingerprints_are_sha1))
