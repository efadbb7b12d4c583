/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, COSE, SIG1, proofs, cells: each with every allocation refused once. */
#include "cells.h"
#include "faults.h"

enum { NOW = WIRE_ISSUED };

/* Made while there was memory. */
static signet_slice token, holder, text, message, large, chain, binding_signature;

static bool
keeps(const signet_buf *out, bool done)
{
    REQUIRE(done || out->len == 0); /* a buffer is as it was */
    return done;
}

static bool
encode_token(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims = {0};

    return signet_token_decode(token, &claims, err) &&
           keeps(&out, signet_token_encode(&claims, &out, err));
}

static bool
hash_capabilities(signet_error *err)
{
    static const uint64_t numbers[] = {3, 1, 2};
    uint8_t id[SIGNET_CAPABILITY_ID_SIZE];

    return signet_capability_id(numbers, 3, id, err);
}

static bool
sign_message(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    return keeps(
        &out, signet_cose_sign(wire_key(&signet_ed25519, 1), signet_slice_text("hi"), &out, err));
}

static bool
verify_large_message(signet_error *err)
{
    signet_slice payload = {0};

    return signet_cose_verify(
        signet_only_ed25519, large, wire_key(&signet_ed25519, 1), &payload, err);
}

static bool
write_sig1(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims = {0};

    return signet_token_decode(token, &claims, err) &&
           keeps(&out, signet_sig1_encode(&claims, wire_key(&signet_ed25519, 1), &out, err));
}

static bool
make_proof(signet_error *err)
{
    SIGNET_AUTO(signet_proof_free) signet_proof proof = {0};
    signet_proof_request request = {wire_key(&signet_ed25519, 1), "http", NOW, 300000};

    if (signet_proof_new(&request, &proof, err))
        return true;
    REQUIRE(!proof.ephemeral && !proof.binding.data);
    return false;
}

static bool
make_http_proof(signet_error *err)
{
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const signet_credential_request request = {
        .master = wire_key(&signet_ed25519, 1), .issuer = "me", .purpose = "http", .now = NOW};
    const signet_sign_order order = {
        .url = "https://api.example.com/a?b", .request.method = signet_slice_text("GET")};

    credential = signet_credential_new(&request, err);
    return credential && keeps(&out, signet_credential_sign(credential, &order, NOW, &out, err));
}

static bool
put_credential_together(signet_error *err)
{
    static const uint8_t zeros[64] = {0};
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    const signet_key *key = wire_key(&signet_ed25519, 1);
    signet_credential_parts parts = {.ephemeral = key, .purpose = "http"};
    SIGNET_AUTO(signet_buf_free) signet_buf sig1 = {0};
    uint8_t id[32];
    signet_claims claims = {0};

    signet_key_confirmation(key, id);
    if (!signet_token_decode(token, &claims, err))
        return false;
    claims.ephemeral_id = (signet_slice){id, sizeof(id)};
    if (!signet_sig1_encode(&claims, key, &sig1, err))
        return false;
    parts.token = signet_buf_slice(&sig1);
    parts.binding = (signet_slice){zeros, sizeof(zeros)};
    credential = signet_credential_from_parts(&parts, err);
    return credential != NULL;
}

static bool
sign_cell(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0}, list = {0};
    const signet_key *key = wire_key(&signet_ed25519, 1);
    signet_slice patterns[] = {signet_slice_text("*")};
    signet_cell cell = {.resource = signet_slice_text("a"), .owner = signet_key_public(key)};

    if (!signet_cell_write_list(patterns, 1, &list, err))
        return false;
    cell.owner_permissions = (signet_permissions){true, false, signet_buf_slice(&list), {NULL, 0}};
    return keeps(&out, signet_cell_sign(&cell, key, &out, err));
}

static bool
take_identity(signet_error *err)
{
    static const char secret[] = "a secret of more than 16 bytes";
    const signet_key *const roots[] = {wire_key(&signet_ed25519, 1)};
    signet_chain_anchors anchors = {roots, 1, holder, {NULL, 0}};
    signet_ppid_rules rules = {.secret = signet_slice_text(secret)};
    signet_claims claims = {0};
    signet_identity identity = {0};

    if (!signet_token_decode(token, &claims, err))
        return false;
    claims.chain = chain;
    claims.environment = claims.boundary = (signet_slice){NULL, 0};
    return signet_identity_cell(&claims, &rules, &anchors, NOW, &identity, err);
}

static bool
build_spiffe_id(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    return keeps(&out, signet_spiffe_build("example.org", "a/b", &out, err));
}

static const faults_row rows[] = {
    {"a token written", encode_token, 1},
    {"capabilities", hash_capabilities, 2},
    {"a message signed", sign_message, 4},
    {"a large message verified", verify_large_message, 1},
    {"a SIG1 text", write_sig1, 5},
    {"a proof", make_proof, 3},
    {"an HTTP proof", make_http_proof, 16},
    {"a credential of parts", put_credential_together, 9},
    {"a cell", sign_cell, 4},
    {"an identity of cells", take_identity, 3},
    {"a SPIFFE id", build_spiffe_id, 1},
};

TEST(survives_every_refused_allocation)
{
    for (EACH(row, rows))
        faults_exhaust(row);
}

/* --- and what allocates nothing --- */

static bool
read_token(signet_error *err)
{
    signet_claims claims;

    return signet_token_decode(token, &claims, err) &&
           signet_token_check_time(&claims, NOW, 0, err);
}

static bool
verify_message(signet_error *err)
{
    signet_slice payload = {0};

    return signet_cose_verify(
        signet_only_ed25519, message, wire_key(&signet_ed25519, 1), &payload, err);
}

static bool
verify_text(signet_error *err)
{
    signet_sig1 sig1;

    return signet_sig1_verify(signet_only_ed25519, text, wire_key(&signet_ed25519, 1), &sig1, err);
}

static bool
check_proof(signet_error *err)
{
    signet_binding binding = {wire_key(&signet_ed25519, 2), wire_key(&signet_ed25519, 1),
        WIRE_EXPIRES, signet_slice_text("http"), binding_signature};

    return signet_binding_check(signet_only_ed25519, &binding, NOW, err);
}

static bool
read_chain(signet_error *err)
{
    signet_cell cells[SIGNET_CELLS_MAX];
    size_t count = 0;

    return signet_chain_read(chain, cells, &count, err);
}

static const struct {
    const char *name;
    bool (*operation)(signet_error *err);
} free_rows[] = {
    {"a token read", read_token},
    {"a message verified", verify_message},
    {"a SIG1 text verified", verify_text},
    {"a binding checked", check_proof},
    {"a chain read", read_chain},
};

TEST(reads_without_a_heap)
{
    for (EACH(row, free_rows)) {
        signet_error err = {0};
        bool done = false;

        faults_count_begin();
        done = row->operation(&err);
        CHECK_INT(faults_count_end().allocations, 0);
        CHECK(done);
    }
}

static void
prepare(void)
{
    static const cell_row cells[] = {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x", NULL}};
    static uint8_t payload[10000];
    SIGNET_AUTO(signet_buf_free)
    signet_buf sig1 = {0}, small = {0}, big = {0}, bytes = {0}, by = {0};
    const signet_key *master = wire_key(&signet_ed25519, 1),
                     *ephemeral = wire_key(&signet_ed25519, 2);

    token = unhex(T_FULL);
    holder = unhex(WIRE_EPH);
    REQUIRE(signet_sig1_encode_token(token, master, &sig1, NULL));
    REQUIRE(signet_cose_sign(master, signet_slice_text("hi"), &small, NULL));
    REQUIRE(signet_cose_sign(master, (signet_slice){payload, sizeof(payload)}, &big, NULL));
    REQUIRE(signet_binding_write(ephemeral, WIRE_EXPIRES, signet_slice_text("http"), &bytes, NULL));
    REQUIRE(signet_key_sign(master, signet_buf_slice(&bytes), &by, NULL));
    text = harness_keep(signet_buf_slice(&sig1));
    message = harness_keep(signet_buf_slice(&small));
    large = harness_keep(signet_buf_slice(&big));
    binding_signature = harness_keep(signet_buf_slice(&by));
    chain = cells_chain(cells, 2);
}

static int
set_up(void **state __attribute__((unused)))
{
    prepare();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF(survives_every_refused_allocation), TEST_OF(reads_without_a_heap)};

    return cmocka_run_group_tests(tests, set_up, NULL);
}
