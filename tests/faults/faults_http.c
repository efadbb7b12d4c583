/* SPDX-License-Identifier: Apache-2.0 */
/* Fields, digests and message signatures: each with every allocation refused once. */
#include "faults.h"
#include "signed_request.h"

static signet_key *key;
static signet_http_field fields[FIELDS_MAX];

static bool
read_and_verify(signet_error *err)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    signet_http_request request = request_of(&good, fields);

    return sg_message_signature_read(&request, &sg_signature_pop, NOW, SKEW, &read, err) &&
           sg_message_signature_verify(&read, key, err);
}

static bool
sign(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0};
    signet_http_request request = request_of(&good, fields);
    sg_signature_plan plan = {&sg_signature_pop, key, NULL, KEYID, {NULL, 0}, NOW, NOW + 30};
    bool done = false;

    request.field_count = 1;
    done = sg_message_signature_sign(&request, &plan, &input, &signature, err);
    REQUIRE(done || (input.len == 0 && signature.len == 0));
    return done;
}

static bool
write_field(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_field_node nodes[16];
    sg_field field = {.nodes = nodes, .room = 16};
    bool done = false;

    REQUIRE(sg_field_read(
        signet_slice_text("a=(1 2.5);b, c=%\"x\""), SG_FIELD_DICTIONARY, &field, NULL));
    done = sg_field_write(&field, &out, err);
    REQUIRE(done || out.len == 0);
    return done;
}

static bool
write_digest(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_content_digest digest = {.has_sha256 = true, .has_sha512 = true};
    bool done = sg_content_digest_write(&digest, &out, err);

    REQUIRE(done || out.len == 0);
    return done;
}

TEST(survives_every_refused_allocation)
{
    static const faults_row rows[] = {
        {"read and verify", read_and_verify, 4},
        {"sign", sign, 4},
        {"write a field", write_field, 1},
        {"write a digest", write_digest, 1},
    };

    key = ephemeral();
    REQUIRE(key);
    for (EACH(row, rows))
        faults_exhaust(row);
    signet_key_free(key);
}

TEST(reads_fields_without_a_heap)
{
    sg_field_node nodes[64];
    sg_field field = {.nodes = nodes, .room = 64};
    sg_content_digest digest = {0};

    faults_count_begin();
    CHECK(sg_field_read(signet_slice_text(GOOD_INPUT), SG_FIELD_DICTIONARY, &field, NULL));
    CHECK(sg_content_digest_read(signet_slice_text(HELLO_DIGEST), &digest, NULL));
    CHECK_INT(faults_count_end().allocations, 0);
}

TESTS(TEST_OF(survives_every_refused_allocation), TEST_OF(reads_fields_without_a_heap))
