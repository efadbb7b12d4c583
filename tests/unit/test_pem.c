/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pem.h"
#include "harness.h"

#define BEGIN "-----BEGIN CMS-----\n"
#define END   "-----END CMS-----\n"

/* clang-format off */
static const struct {
    const char *name;
    const char *text;
    signet_code expected;
    const char *bytes, *rest;
} blocks[] = {
    {"one line",                BEGIN "AAEC\n" END,                                SIGNET_OK, "000102", ""},
    {"no final newline",        BEGIN "AAEC\n" "-----END CMS-----",                SIGNET_OK, "000102", ""},
    {"nothing inside",          BEGIN END,                                         SIGNET_OK, "", ""},
    {"CR LF",                   "-----BEGIN CMS-----\r\nAAEC\r\n-----END CMS-----\r\n", SIGNET_OK, "000102", ""},
    {"text before",             "hello\n" BEGIN "AAEC\n" END,                      SIGNET_OK, "000102", ""},
    {"text behind",             BEGIN "AAEC\n" END "bye\n",                        SIGNET_OK, "000102", "bye\n"},
    {"blank lines inside",      BEGIN "\nAA\n\nEC\n" END,                          SIGNET_OK, "000102", ""},
    {"empty",                   "",                                                SIGNET_E_NOT_FOUND, "", ""},
    {"no block",                "AAEC\n",                                          SIGNET_E_NOT_FOUND, "", ""},
    {"indented",                " " BEGIN "AAEC\n" END,                            SIGNET_E_NOT_FOUND, "", ""},
    {"no end",                  BEGIN "AAEC\n",                                    SIGNET_E_DECODE, "", ""},
    {"another end",             BEGIN "AAEC\n-----END PKCS7-----\n",               SIGNET_E_DECODE, "", ""},
    {"headers",                 BEGIN "Proc-Type: 4\n\nAAEC\n" END,                SIGNET_E_DECODE, "", ""},
    {"no padding",              BEGIN "AAE\n" END,                                 SIGNET_E_DECODE, "", ""},
    {"stray bits",              BEGIN "AAF=\n" END,                                SIGNET_E_DECODE, "", ""},
    {"data after padding",      BEGIN "AAE=AAEC\n" END,                            SIGNET_E_DECODE, "", ""},
    {"the other alphabet",      BEGIN "-_8A\n" END,                                SIGNET_E_DECODE, "", ""},
    {"spaces",                  BEGIN "AA EC\n" END,                               SIGNET_E_DECODE, "", ""},
    {"no label",                "-----BEGIN -----\nAAEC\n-----END -----\n",        SIGNET_E_DECODE, "", ""},
    {"a label with a bell",     "-----BEGIN C\aS-----\nAAEC\n-----END C\aS-----\n", SIGNET_E_DECODE, "", ""},
};
/* clang-format on */

TEST(reads_the_first_block)
{
    for (EACH(row, blocks)) {
        signet_error err = {0};
        SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};
        bool done = sg_pem_read(signet_slice_text(row->text), &block, &err);

        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        CHECK_BYTES(signet_buf_slice(&block.bytes), unhex(row->bytes));
        CHECK_BYTES(block.rest, signet_slice_text(row->rest));
    }
}

TEST(writes_lines_of_64)
{
    static const uint8_t zeros[49];
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    REQUIRE(sg_pem_write(&text, "CMS", (signet_slice){zeros, sizeof(zeros)}, NULL));
    CHECK_BYTES(signet_buf_slice(&text),
        signet_slice_text(BEGIN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                                "AA==\n" END));
}

TESTS(TEST_OF(reads_the_first_block), TEST_OF(writes_lines_of_64))
