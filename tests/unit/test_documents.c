/* SPDX-License-Identifier: Apache-2.0 */
/* The examples in docs/formats are what the code makes. */
#include "crypto/digest.h"
#include "document.h"
#include "message.h"

TEST(the_leaf_of_the_document_is_issued)
{
    CHECK_BYTES(message_leaf(), document_hex(DOCUMENTS "/certificate.md", "leaf", unhex("")));
}

TEST(the_message_of_the_document_is_encoded)
{
    const signet_cms_leaf leaf = {message_leaf(), LEAF_KEY, NULL, 0};
    signet_slice expected = document_hex(DOCUMENTS "/cms.md", "message", message_leaf());
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];

    sg_sha512(signet_slice_text("content"), digest);
    REQUIRE(signet_cms_encode(
        &leaf, 1, (signet_slice){digest, sizeof(digest)}, MESSAGE_NOW, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), expected);
    CHECK(message_is_accepted(expected, signet_slice_text("content"), MASTER_KEY, NULL));
}

TESTS(TEST_OF(the_leaf_of_the_document_is_issued), TEST_OF(the_message_of_the_document_is_encoded))
