/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of the wire formats in docs/formats are what the code makes, and takes. */
#include "cells.h"
#include "document.h"
#include "json.h"

#define TOKEN DOCUMENTS "/token.md"

static signet_slice
hex_of(const char *path, const char *name)
{
    return document_hex(path, name, (signet_slice){NULL, 0});
}

TEST(the_token_of_the_document_is_encoded)
{
    signet_slice nonce = unhex("101112131415161718191a1b1c1d1e1f"), eph = unhex(WIRE_EPH);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims = {
        .issuer = signet_slice_text("cr\xc3\xa9"),
        .subject = eph,
        .expires = WIRE_EXPIRES,
        .not_before = WIRE_ISSUED,
        .issued = WIRE_ISSUED,
        .capability_id = unhex(WIRE_CAPB),
        .confirmation = unhex(WIRE_CNF),
        .token_id = unhex(WIRE_B16),
        .nonce = nonce,
        .ephemeral_id = eph,
    };

    REQUIRE(signet_token_encode(&claims, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), hex_of(TOKEN, "token"));
    CHECK(signet_token_decode(signet_buf_slice(&out), &claims, NULL));
    CHECK(signet_token_check_capabilities(&claims, NULL));
}

TEST(the_message_of_the_document_is_signed)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const signet_key *key = wire_key(&signet_ed25519, 1);
    signet_slice message = hex_of(DOCUMENTS "/cose.md", "message"), payload = {0};

    REQUIRE(signet_cose_sign(key, signet_slice_text("hi"), &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), message);
    CHECK(signet_cose_verify(signet_only_ed25519, message, key, &payload, NULL));
    CHECK(signet_key_verify(key, hex_of(DOCUMENTS "/cose.md", "signed"),
        (signet_slice){message.ptr + message.len - 64, 64}, NULL));
}

TEST(the_text_of_the_document_is_written)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const signet_key *key = wire_key(&signet_ed25519, 1);
    signet_sig1_expectations expected = {
        .now = WIRE_ISSUED, .issuer = signet_slice_text("cr\xc3\xa9")};
    signet_sig1 sig1;

    REQUIRE(signet_sig1_encode_token(hex_of(TOKEN, "token"), key, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), document_text(DOCUMENTS "/sig1.md", "sig1"));
    CHECK(signet_sig1_verify_by_issuer(
        signet_only_ed25519, signet_buf_slice(&out), key, true, &expected, &sig1, NULL));
}

TEST(the_binding_of_the_document_is_signed)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0}, signature = {0};
    signet_binding binding = {wire_key(&signet_ed25519, 2), wire_key(&signet_ed25519, 1),
        WIRE_EXPIRES, signet_slice_text("http"), hex_of(DOCUMENTS "/proof.md", "signature")};

    REQUIRE(
        signet_binding_write(binding.ephemeral, binding.expires, binding.purpose, &message, NULL));
    CHECK_BYTES(signet_buf_slice(&message), hex_of(DOCUMENTS "/proof.md", "binding"));
    REQUIRE(signet_key_sign(binding.master, signet_buf_slice(&message), &signature, NULL));
    CHECK_BYTES(signet_buf_slice(&signature), binding.signature);
    CHECK(signet_binding_check(signet_only_ed25519, &binding, WIRE_ISSUED, NULL));
}

TEST(the_chain_of_the_document_is_signed)
{
    static const cell_row rows[] = {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x", NULL}};
    const signet_key *const roots[] = {wire_key(&signet_ed25519, 1)};
    signet_chain_anchors anchors = {roots, 1, unhex(WIRE_EPH), {NULL, 0}};
    signet_cell cells[SIGNET_CELLS_MAX];
    signet_slice chain = hex_of(DOCUMENTS "/identity.md", "chain");
    size_t count = 0;

    CHECK_BYTES(cells_chain(rows, 2), chain);
    CHECK(signet_chain_read(chain, cells, &count, NULL));
    CHECK(signet_cell_chain_check(cells, count, &anchors, NULL));
    CHECK(signet_cells_allow(cells, count, signet_slice_text("x")));
    CHECK(!signet_cells_allow(cells, count, signet_slice_text("y")));
}

/* --- the tables of differences --- */

static bool
has_case(const json_t *root, const char *name, size_t len)
{
    json_t *group = NULL, *one = NULL;
    size_t i = 0, k = 0;

    json_array_foreach(json_object_get(root, "groups"), i, group)
    {
        json_array_foreach(json_object_get(group, "cases"), k, one)
        {
            const char *known = json_text(one, "name");

            if (strlen(known) == len && memcmp(known, name, len) == 0)
                return true;
        }
    }
    return false;
}

/* Each row has a W-number, or an H-number for HTTP, and what stands in backquotes in its first
 * column is a case. */
static size_t
check_row(const json_t *root, const char *row, const char *end)
{
    const char *first_ends = memchr(row + 1, '|', (size_t)(end - row - 1));
    size_t count = 0;

    CHECK(memmem(row, (size_t)(end - row), "W-", 2) || memmem(row, (size_t)(end - row), "H-", 2));
    for (const char *at = memchr(row, '`', (size_t)(first_ends - row)); at && at < first_ends;) {
        const char *close = strchr(at + 1, '`');

        REQUIRE(close && close < first_ends);
        if (!has_case(root, at + 1, (size_t)(close - at - 1)))
            harness_fail(
                __FILE__, __LINE__, "no case is called %.*s", (int)(close - at - 1), at + 1);
        count++;
        at = memchr(close + 1, '`', (size_t)(first_ends - close - 1));
    }
    return count;
}

/* The replay fails when a difference is not named (--documented); here: when a name is none. */
TEST(the_differences_of_the_documents_are_cases_with_a_reason)
{
    static const struct {
        const char *name, *vectors;
        size_t cases;
    } documents[] = {
        {"token.md", "token.json", 73},
        {"cose.md", "cose.json", 34},
        {"sig1.md", "cose.json", 11},
        {"proof.md", "epr.json", 24},
        {"identity.md", "ids.json", 13},
        {"http.md", "http.json", 42},
    };

    for (EACH(row, documents)) {
        char path[512], vectors[512];
        const char *line = NULL, *end = NULL;
        json_t *root = NULL;
        size_t cases = 0;

        (void)snprintf(path, sizeof(path), "%s/%s", DOCUMENTS, row->name);
        (void)snprintf(vectors, sizeof(vectors), "%s/interop/%s", VECTORS, row->vectors);
        root = json_of(vectors);
        line = strstr((const char *)harness_file(path).ptr, "Where we differ from the reference");
        REQUIRE(line);
        for (; (end = strchr(line, '\n')); line = end + 1) {
            if (*line == '|' && strncmp(line, "| ---", 5) != 0 && strncmp(line, "| cases", 7) != 0)
                cases += check_row(root, line, end);
        }
        json_decref(root);
        CHECK_INT(cases, row->cases);
    }
}

TESTS(TEST_OF(the_token_of_the_document_is_encoded), TEST_OF(the_message_of_the_document_is_signed),
    TEST_OF(the_text_of_the_document_is_written), TEST_OF(the_binding_of_the_document_is_signed),
    TEST_OF(the_chain_of_the_document_is_signed),
    TEST_OF(the_differences_of_the_documents_are_cases_with_a_reason))
