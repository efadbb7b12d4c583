/* SPDX-License-Identifier: Apache-2.0 */
/* The examples in docs/formats are what the code makes. */
#include "crypto/digest.h"
#include "message.h"

/*
 * The bytes of a block that opens with "```hex NAME": each line is hex digits, and two spaces and a
 * comment behind them.  LEAF stands for the leaf.
 */
static signet_slice
example(const char *path, const char *name)
{
    signet_slice text = harness_file(path);
    char opening[64];
    const char *line = NULL, *end = NULL;
    signet_slice bytes = unhex("");

    (void)snprintf(opening, sizeof(opening), "```hex %s\n", name);
    line = strstr((const char *)text.ptr, opening);
    REQUIRE(line);
    for (line += strlen(opening); strncmp(line, "```", 3) != 0; line = end + 1) {
        char digits[128];
        size_t len = 0;

        line += strspn(line, " ");
        end = strchr(line, '\n');
        len = strcspn(line, " \n");
        REQUIRE(end && len < sizeof(digits));
        memcpy(digits, line, len);
        digits[len] = '\0';
        bytes = CONCAT(bytes, strcmp(digits, "LEAF") == 0 ? message_leaf() : unhex(digits));
    }
    return bytes;
}

TEST(the_leaf_of_the_document_is_issued)
{
    CHECK_BYTES(message_leaf(), example(DOCUMENTS "/certificate.md", "leaf"));
}

TEST(the_message_of_the_document_is_encoded)
{
    const signet_cms_leaf leaf = {message_leaf(), LEAF_KEY, NULL, 0};
    signet_slice expected = example(DOCUMENTS "/cms.md", "message");
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];

    sg_sha512(signet_slice_text("content"), digest);
    REQUIRE(signet_cms_encode(
        &leaf, 1, (signet_slice){digest, sizeof(digest)}, MESSAGE_NOW, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), expected);
    CHECK(message_is_accepted(expected, signet_slice_text("content"), MASTER_KEY, NULL));
}

TESTS(TEST_OF(the_leaf_of_the_document_is_issued), TEST_OF(the_message_of_the_document_is_encoded))
