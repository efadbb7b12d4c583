/* SPDX-License-Identifier: Apache-2.0 */
/* The example of docs/formats/http.md is what the code makes. */
#include "crypto/digest.h"
#include "document.h"
#include "http/binding_text.h"
#include "http/header.h"
#include "http/target.h"
#include "wire.h"

#define DOCUMENT  DOCUMENTS "/http.md"
#define SEED      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define TOKEN_SHA "0356fe450594f33282d10d393d00e5a0091f891d153b3fd34973bb4eafe0cb8c"
#define CAP       "bf57a8df16c7c4f0b41cb5612d44672c"

static const char raw_target[] = "/a%2Fb/c%20d?x=%7C";

/* Both texts, each held against the document. */
static void
write_texts(const sg_proof_header *header, signet_buf *plain, signet_buf *bound)
{
    sg_target_rules rules = {0};
    sg_target target = {0};
    sg_request_text text = {signet_slice_text("POST"), &target, header->time, header->nonce};
    sg_binding_text binding = {
        .method = text.method,
        .authority = signet_slice_text("api.example.com"),
        .target = signet_slice_text(raw_target),
        .digest = header->digest,
        .token_id = header->token_id,
        .nonce = header->nonce,
        .time = header->time,
        .token_hash = unhex(TOKEN_SHA),
    };

    REQUIRE(sg_target_read(binding.target, &rules, &target, NULL));
    REQUIRE(sg_request_text_write(&text, plain, NULL));
    CHECK_BYTES(signet_buf_slice(plain), document_text(DOCUMENT, "version1"));
    REQUIRE(sg_binding_text_write(&binding, bound, NULL));
    CHECK_BYTES(signet_buf_slice(bound), document_hex(DOCUMENT, "version2", (signet_slice){0}));
}

TEST(the_header_of_the_document_is_written)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free)
    signet_buf plain = {0}, bound = {0}, signature = {0}, strong = {0}, out = {0};
    uint8_t digest[32];
    sg_proof_header header = {
        .mode = signet_slice_text("compact"),
        .token_id = signet_slice_text("1234567890123456"),
        .capability_id = unhex(CAP),
        .nonce = signet_slice_text("request-nonce123"),
        .time = 1700000000,
        .extension = signet_slice_text("2"),
        .digest = {digest, sizeof(digest)},
    };

    sg_sha256(signet_slice_text("{\"hello\": \"world\"}"), digest);
    key = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);
    REQUIRE(key);
    write_texts(&header, &plain, &bound);
    REQUIRE(signet_key_sign(key, signet_buf_slice(&plain), &signature, NULL));
    REQUIRE(signet_key_sign(key, signet_buf_slice(&bound), &strong, NULL));
    header.signature = signet_buf_slice(&signature);
    header.strong_signature = signet_buf_slice(&strong);
    REQUIRE(sg_proof_header_write(&header, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), document_text(DOCUMENT, "header"));
}

TEST(the_header_of_the_document_is_admitted)
{
    uint8_t room[SG_PROOF_HEADER_ROOM];
    sg_proof_header header = {0};
    sg_proof_admission admission = {.signature_size = 64, .capability_id = unhex(CAP)};
    bool is_extended = false;

    REQUIRE(sg_proof_header_parse(document_text(DOCUMENT, "header"), room, &header, NULL));
    CHECK(sg_proof_header_admit(&header, &admission, &is_extended, NULL));
    CHECK(is_extended);
}

TESTS(
    TEST_OF(the_header_of_the_document_is_written), TEST_OF(the_header_of_the_document_is_admitted))
