/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "base/text.h"
#include "harness.h"

/* clang-format off */
static const struct {
    const char *name, *text, *bytes; /* NULL: refused */
} rows[] = {
    {"nothing",             "",         ""},
    {"a byte",              "_w",       "ff"},
    {"two",                 "__8",      "ffff"},
    {"three",               "____",     "ffffff"},
    {"four",                "AAAA-A",   "000000f8"},
    {"RFC 4648 section 10", "Zm9vYmFy", "666f6f626172"},
    {"one character",       "A",        NULL},
    {"five characters",     "AAAAA",    NULL},
    {"stray bits of four",  "AB",       NULL},
    {"the last of them",    "AI",       NULL},
    {"stray bits of two",   "AAB",      NULL},
    {"the other of them",   "AAC",      NULL},
    {"padding",             "AA==",     NULL},
    {"a plus",              "AA+A",     NULL},
    {"a slash",             "AA/A",     NULL},
    {"a blank",             "AA A",     NULL},
    {"a line feed",         "AAA\n",    NULL},
    {"a dot",               "AA.A",     NULL},
    {"not ASCII",           "AA\xc3\xa9", NULL},
    {"beside the letters",  "AA@A",     NULL},
    {"behind the letters",  "AA[A",     NULL},
    {"beside the small",    "AA`A",     NULL},
    {"behind the small",    "AA{A",     NULL},
    {"behind the digits",   "AA:A",     NULL},
};
/* clang-format on */

TEST(decodes_canonical_text_only)
{
    for (EACH(row, rows)) {
        uint8_t bytes[16];
        size_t len = 99;
        bool done = sg_base64url_decode(signet_slice_text(row->text), bytes, sizeof(bytes), &len);

        CHECK_INT(done, row->bytes != NULL);
        if (done)
            CHECK_BYTES(((signet_slice){bytes, len}), unhex(row->bytes));
        else
            CHECK_INT(len, 99);
    }
}

TEST(holds_the_room_it_is_given)
{
    uint8_t bytes[4] = {0, 0, 0, 0x77};
    size_t len = 0;

    CHECK(sg_base64url_decode(signet_slice_text("____"), bytes, 3, &len));
    CHECK(!sg_base64url_decode(signet_slice_text("____"), bytes, 2, &len));
    CHECK(!sg_base64url_decode(signet_slice_text("_____w"), bytes, 3, &len));
    CHECK_INT(bytes[3], 0x77);
}

/* Every length to 99, and then each character replaced by every byte there is. */
TEST(agrees_with_libsodium)
{
    uint8_t bytes[99], back[100];
    char text[200], ours[200];

    for (size_t len = 0; len <= sizeof(bytes); len++) {
        size_t size = sg_base64url_size(len);

        randombytes_buf(bytes, sizeof(bytes));
        sodium_bin2base64(text, sizeof(text), bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        CHECK_INT(size, strlen(text));
        sg_base64url_encode((signet_slice){bytes, len}, ours);
        CHECK_BYTES(((signet_slice){(uint8_t *)ours, size}), signet_slice_text(text));
        for (size_t at = 0; at < size && len < 9; at++) {
            char old = text[at];

            for (int c = 0; c < 128; c++) { /* libsodium 1.0.18 takes all others for digits */
                size_t their_len = 0, our_len = 0;
                uint8_t theirs[100];
                bool they = false;

                text[at] = (char)c;
                they = sodium_base642bin(theirs, sizeof(theirs), text, size, NULL, &their_len, NULL,
                           sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
                CHECK_INT(sg_base64url_decode(
                              (signet_slice){(uint8_t *)text, size}, back, sizeof(back), &our_len),
                    they);
                if (they)
                    CHECK_BYTES(
                        ((signet_slice){back, our_len}), ((signet_slice){theirs, their_len}));
            }
            text[at] = old;
        }
    }
}

/* The other base64, of PEM, is libsodium's. */
TEST(takes_no_byte_beyond_ascii_for_a_digit)
{
    for (int c = 0x80; c < 0x100; c++) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        uint8_t text[] = {'A', 'A', (uint8_t)c, 'A'}, bytes[3];
        size_t len = 0;

        CHECK(!sg_base64url_decode((signet_slice){text, 4}, bytes, sizeof(bytes), &len));
        CHECK(!sg_base64_decode((signet_slice){text, 4}, &out, NULL));
        text[2] = 'A';
        CHECK(sg_base64_decode((signet_slice){text, 4}, &out, NULL));
    }
}

TESTS(TEST_OF(decodes_canonical_text_only), TEST_OF(holds_the_room_it_is_given),
    TEST_OF(agrees_with_libsodium), TEST_OF(takes_no_byte_beyond_ascii_for_a_digit))
