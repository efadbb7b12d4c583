/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/pki.h>

#include "faults.h"
#include "json.h"
#include "wire.h"

#define SEPARATOR "7369676e65742d657068656d6572616c2d62696e64696e672d76313a"
#define P16       "70707070707070707070707070707070"
#define P256      P16 P16 P16 P16 P16 P16 P16 P16 P16 P16 P16 P16 P16 P16 P16 P16

enum { NOW = 1700000000, EXPIRES = NOW + 300 };

/* --- the bytes that are signed --- */

/* clang-format off */
static const struct {
    const char *name;
    int64_t expires;
    const char *purpose; /* hex */
    const char *behind;  /* the key; NULL: refused */
} messages[] = {
    {"tokens.md 6.2",          1700000300, "68747470", "000000006553f22c" "00000004" "68747470"},
    {"no purpose",             0,          "",         "0000000000000000" "00000000"},
    {"a negative expiry",      -1,         "61",       "ffffffffffffffff" "00000001" "61"},
    {"the largest expiry",     INT64_MAX,  "61",       "7fffffffffffffff" "00000001" "61"},
    {"a purpose of 256",       1,          P256,       "0000000000000001" "00000100" P256},
    {"a purpose of 257",       1,          P256 "70",  NULL},
    {"a purpose not UTF-8",    1,          "ff",       NULL},
    {"a purpose cut inside",   1,          "61c3",     NULL},
};
/* clang-format on */

TEST(writes_separator_key_expiry_and_purpose)
{
    const signet_key *key = wire_key(&signet_ed25519, 2);

    for (EACH(row, messages)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};
        char expected[1024];
        bool done = false;

        REQUIRE(signet_buf_append(&out, signet_slice_text("x"), NULL));
        done = signet_binding_write(key, row->expires, unhex(row->purpose), &out, &err);
        CHECK_INT(done, row->behind != NULL);
        CHECK_INT(err.code, row->behind ? SIGNET_OK : SIGNET_E_EPR);
        if (!row->behind) {
            CHECK_INT(out.len, 1);
            continue;
        }
        (void)snprintf(expected, sizeof(expected),
            "78" SEPARATOR "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394%s",
            row->behind);
        CHECK_BYTES(signet_buf_slice(&out), unhex(expected));
    }
}

/* An ML-DSA-44 key of another's making: bytes 32 to 44 read as expiry and length of a purpose. */
static signet_key *
crafted_key(uint32_t length)
{
    uint8_t bytes[SIGNET_MLDSA44_PUBLIC_SIZE] = {0};

    for (size_t i = 0; i < 4; i++)
        bytes[40 + i] = (uint8_t)(length >> (24 - 8 * i));
    return signet_key_from_public(&signet_mldsa44, (signet_slice){bytes, sizeof(bytes)}, NULL);
}

TEST(binds_no_key_whose_bytes_also_bind_another) /* W-31 */
{
    static const struct {
        const char *name;
        uint32_t length; /* that stands where that of an Ed25519 purpose would */
        bool is_bound;
    } rows[] = {
        {"the purpose is too short by one", 1280 + 4 - 1, true},
        {"the purpose fits", 1280 + 4, false},
        {"the purpose is too long by one", 1280 + 4 + 1, true},
        {"zeros", 0, true},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        key = crafted_key(row->length);
        REQUIRE(key);
        CHECK_INT(signet_binding_write(key, EXPIRES, signet_slice_text("http"), &out, &err),
            row->is_bound);
        CHECK_INT(err.code, row->is_bound ? SIGNET_OK : SIGNET_E_EPR);
        CHECK_INT(out.len, row->is_bound ? 40 + 1312 + 4 : 0);
    }
}

/* --- making --- */

/* clang-format off */
static const struct {
    const char *name;
    const signet_algorithm *master;
    const char *purpose;
    int64_t now, validity_ms;
    signet_code expected;
    int64_t expires;
} requests[] = {
    {"5 minutes",              &signet_ed25519, "http", NOW, 300000, SIGNET_OK, NOW + 300},
    {"under ML-DSA-44",        &signet_mldsa44, "http", NOW, 300000, SIGNET_OK, NOW + 300},
    {"a second",               &signet_ed25519, "http", NOW, 1000,   SIGNET_OK, NOW + 1},
    {"a second and a bit",     &signet_ed25519, "http", NOW, 1999,   SIGNET_OK, NOW + 1},
    {"10 minutes",             &signet_ed25519, "http", NOW, 600000, SIGNET_OK, NOW + 600},
    {"W-33 10 minutes and 1 ms", &signet_ed25519, "http", NOW, 600001, SIGNET_E_USAGE, 0},
    {"W-33 less than a second", &signet_ed25519, "http", NOW, 999,   SIGNET_E_USAGE, 0},
    {"W-33 no time",           &signet_ed25519, "http", NOW, 0,      SIGNET_E_USAGE, 0},
    {"W-33 a negative time",   &signet_ed25519, "http", NOW, -1000,  SIGNET_E_USAGE, 0},
    {"beyond all time",        &signet_ed25519, "http", INT64_MAX, 1000, SIGNET_E_USAGE, 0},
    {"W-33 an empty purpose",  &signet_ed25519, "",     NOW, 300000, SIGNET_E_USAGE, 0},
    {"no purpose",             &signet_ed25519, NULL,   NOW, 300000, SIGNET_E_USAGE, 0},
    {"a purpose not UTF-8",    &signet_ed25519, "\xff", NOW, 300000, SIGNET_E_EPR, 0},
    {"no master",              NULL,            "http", NOW, 300000, SIGNET_E_KEY, 0},
    {"W-40 an ES256 master",   &signet_es256,   "http", NOW, 300000, SIGNET_E_ALGORITHM, 0},
};
/* clang-format on */

TEST(makes_proofs_and_tells_what_was_signed)
{
    for (EACH(row, requests)) {
        SIGNET_AUTO(signet_proof_free) signet_proof proof = {0};
        signet_proof_request request = {
            .master = row->master ? wire_key(row->master, 1) : NULL,
            .purpose = row->purpose,
            .now = row->now,
            .validity_ms = row->validity_ms,
        };
        signet_error err = {0};

        CHECK_INT(signet_proof_new(&request, &proof, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(proof.expires, row->expires);
        if (row->expected != SIGNET_OK) {
            CHECK(!proof.ephemeral && !proof.binding.data);
            continue;
        }
        signet_binding binding = {proof.ephemeral, request.master, proof.expires,
            signet_slice_text(row->purpose), signet_buf_slice(&proof.binding)};

        CHECK(signet_key_has_private(proof.ephemeral));
        CHECK(signet_binding_check(signet_cose_algorithms, &binding, row->now, NULL));
    }
    harness_row = "a public master";
    SIGNET_AUTO(signet_key_free)
    signet_key *public_key = signet_key_from_public(
        &signet_ed25519, signet_key_public(wire_key(&signet_ed25519, 1)), NULL);
    signet_proof_request request = {public_key, "http", NOW, 300000};
    signet_proof proof = {0};
    signet_error err = {0};

    CHECK(!signet_proof_new(&request, &proof, &err));
    CHECK_INT(err.code, SIGNET_E_KEY);
    signet_proof_free(NULL);
}

/* --- checking --- */

/* The signature of a binding that `master` made of `ephemeral`. */
static signet_slice
bind(const signet_key *ephemeral, const signet_key *master, int64_t expires, signet_slice purpose)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0}, signature = {0};

    REQUIRE(signet_binding_write(ephemeral, expires, purpose, &message, NULL));
    REQUIRE(signet_key_sign(master, signet_buf_slice(&message), &signature, NULL));
    return harness_keep(signet_buf_slice(&signature));
}

static signet_code
verdict(const signet_binding *binding, int64_t now)
{
    signet_error err = {0};
    faults_count count = {0};
    bool is_ed25519 = binding->master && binding->ephemeral &&
                      signet_key_algorithm(binding->master) == &signet_ed25519 &&
                      signet_key_algorithm(binding->ephemeral) == &signet_ed25519;
    bool done = false;

    faults_count_begin();
    done = signet_binding_check(signet_cose_algorithms, binding, now, &err);
    count = faults_count_end();
    CHECK_INT(done, err.code == SIGNET_OK);
    CHECK(count.bytes <= (is_ed25519 ? 0 : 64 << 10));
    return err.code;
}

/* clang-format off */
static const struct {
    const char *name;
    int64_t now, expires;
    signet_code expected;
} clocks[] = {
    {"now",                             NOW,         EXPIRES,       SIGNET_OK},
    {"the last second",                 EXPIRES,     EXPIRES,       SIGNET_OK},
    {"a second late",                   EXPIRES + 1, EXPIRES,       SIGNET_E_TIME},
    {"as early as an honest one",       NOW,         NOW + 660,     SIGNET_OK},
    {"W-31 a second more",              NOW,         NOW + 661,     SIGNET_E_TIME},
    {"W-31 in decades",                 NOW,         (int64_t)NOW + (1 << 30), SIGNET_E_TIME},
    {"a negative expiry",               NOW,         -1,            SIGNET_E_TIME},
    {"before all time",                 INT64_MIN,   EXPIRES,       SIGNET_E_TIME},
    {"at the end of time",              INT64_MAX,   EXPIRES,       SIGNET_E_TIME},
    {"both at the end of time",         INT64_MAX,   INT64_MAX,     SIGNET_E_TIME},
    {"an expiry before all time",       NOW,         INT64_MIN,     SIGNET_E_TIME},
};
/* clang-format on */

TEST(judges_the_clock_before_any_cryptography)
{
    for (EACH(row, clocks)) {
        signet_binding binding = {wire_key(&signet_ed25519, 2), wire_key(&signet_ed25519, 1),
            row->expires, signet_slice_text("http"), {NULL, 0}};

        /* without a signature, what passes the clock fails there */
        CHECK_INT(verdict(&binding, row->now),
            row->expected == SIGNET_OK ? SIGNET_E_SIGNATURE : row->expected);
        binding.signature = bind(binding.ephemeral, binding.master, row->expires, binding.purpose);
        CHECK_INT(verdict(&binding, row->now), row->expected);
    }
}

TEST(binds_the_very_keys_expiry_and_purpose)
{
    static const signet_algorithm *const algorithms[] = {&signet_ed25519, &signet_mldsa44};
    signet_slice purpose = signet_slice_text("http");

    for (size_t i = 0; i < 4; i++) {
        const signet_algorithm *of = algorithms[i & 1], *by = algorithms[i >> 1];
        const signet_key *ephemeral = wire_key(of, 2), *master = wire_key(by, 1);
        signet_binding good = {
            ephemeral, master, EXPIRES, purpose, bind(ephemeral, master, EXPIRES, purpose)};
        signet_binding bad = good;

        harness_row = "good";
        CHECK_INT(verdict(&good, NOW), SIGNET_OK);
        harness_row = "another expiry";
        bad.expires++;
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
        harness_row = "another purpose";
        bad = good;
        bad.purpose = signet_slice_text("httq");
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
        harness_row = "a longer purpose";
        bad.purpose = signet_slice_text("http ");
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
        harness_row = "a purpose of 257";
        bad.purpose = unhex(P256 "70");
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_EPR);
        harness_row = "another master";
        bad = good;
        bad.master = wire_key(by, 3);
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
        harness_row = "another key";
        bad = good;
        bad.ephemeral = wire_key(of, 3);
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
        harness_row = "keys of the other algorithm";
        bad = good;
        bad.ephemeral = wire_key(algorithms[!(i & 1)], 2);
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
        bad = good;
        bad.master = wire_key(algorithms[!(i >> 1)], 1);
        CHECK_INT(verdict(&bad, NOW), SIGNET_E_SIGNATURE);
    }
}

TEST(accepts_only_the_algorithms_that_the_caller_names)
{
    static const signet_algorithm *const only_mldsa44[] = {&signet_mldsa44, NULL};
    static const struct {
        const char *name;
        const signet_algorithm *ephemeral, *master;
        signet_algorithms accepted;
        bool is_accepted;
    } rows[] = {
        {"both of the list", &signet_ed25519, &signet_ed25519, signet_only_ed25519, true},
        {"the master is not", &signet_ed25519, &signet_mldsa44, signet_only_ed25519, false},
        {"the ephemeral key is not", &signet_mldsa44, &signet_ed25519, signet_only_ed25519, false},
        {"the other list", &signet_ed25519, &signet_ed25519, only_mldsa44, false},
        {"both", &signet_mldsa44, &signet_mldsa44, only_mldsa44, true},
        {"W-40 an ES256 master", &signet_ed25519, &signet_es256, signet_cose_algorithms, false},
        {"W-40 an ES256 key", &signet_es256, &signet_ed25519, signet_cose_algorithms, false},
        {"no ephemeral key", NULL, &signet_ed25519, signet_cose_algorithms, false},
        {"no master key", &signet_ed25519, NULL, signet_cose_algorithms, false},
    };

    for (EACH(row, rows)) {
        signet_binding binding = {row->ephemeral ? wire_key(row->ephemeral, 2) : NULL,
            row->master ? wire_key(row->master, 1) : NULL, EXPIRES, signet_slice_text("http"),
            {NULL, 0}};
        signet_error err = {0};

        CHECK(!signet_binding_check(row->accepted, &binding, NOW, &err));
        CHECK_INT(err.code, row->is_accepted ? SIGNET_E_SIGNATURE : SIGNET_E_ALGORITHM);
    }
    harness_row = "what cannot be bound is not written";
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    CHECK(!signet_binding_write(
        wire_key(&signet_es256, 2), EXPIRES, signet_slice_text("http"), &out, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
}

/* --- requests, and both together --- */

TEST(judges_the_binding_then_the_request)
{
    const signet_key *ephemeral = wire_key(&signet_ed25519, 2),
                     *master = wire_key(&signet_ed25519, 1);
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    signet_slice message = signet_slice_text("GET|/protected|1700000000|"),
                 purpose = signet_slice_text("http"), genuine = {0};
    signet_binding binding = {
        ephemeral, master, EXPIRES, purpose, bind(ephemeral, master, EXPIRES, purpose)};
    signet_error err = {0};

    REQUIRE(signet_key_sign(ephemeral, message, &signature, NULL));
    genuine = signet_buf_slice(&signature);
    harness_row = "both good";
    CHECK(signet_proof_check(signet_only_ed25519, &binding, message, genuine, NOW, NULL));
    harness_row = "another message";
    CHECK(!signet_proof_check(signet_only_ed25519, &binding, purpose, genuine, NOW, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    CHECK(strncmp(err.message, "request: ", 9) == 0);
    harness_row = "a short signature";
    CHECK(!signet_proof_check(
        signet_only_ed25519, &binding, message, (signet_slice){genuine.ptr, 63}, NOW, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    harness_row = "the binding's signature as the request's";
    CHECK(
        !signet_proof_check(signet_only_ed25519, &binding, message, binding.signature, NOW, &err));
    CHECK(strncmp(err.message, "request: ", 9) == 0);
    harness_row = "the binding first";
    binding.expires++;
    CHECK(!signet_proof_check(signet_only_ed25519, &binding, purpose, genuine, NOW, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    CHECK(strncmp(err.message, "binding: ", 9) == 0);
    harness_row = "expired";
    CHECK(!signet_proof_check(signet_only_ed25519, &binding, message, genuine, NOW + 1000, &err));
    CHECK_INT(err.code, SIGNET_E_TIME);
    harness_row = "no key";
    CHECK(!signet_request_check(NULL, message, genuine, &err));
    CHECK_INT(err.code, SIGNET_E_ALGORITHM);
    harness_row = "the request signed by the master";
    CHECK(!signet_request_check(master, message, genuine, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
}

/* --- every small change --- */

static void
check_signature(void *context, const wire_mutant *mutant)
{
    signet_binding binding = *(const signet_binding *)context;

    binding.signature = mutant->bytes;
    CHECK_INT(verdict(&binding, NOW), SIGNET_E_SIGNATURE);
}

static void
check_purpose(void *context, const wire_mutant *mutant)
{
    signet_binding binding = *(const signet_binding *)context;
    signet_code code = SIGNET_OK;

    binding.purpose = mutant->bytes;
    code = verdict(&binding, NOW);
    CHECK(code == SIGNET_E_SIGNATURE || code == SIGNET_E_EPR);
}

static void
check_key(void *context, const wire_mutant *mutant)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_binding binding = *(const signet_binding *)context;

    key = signet_key_from_public(signet_key_algorithm(binding.ephemeral), mutant->bytes, NULL);
    binding.ephemeral = key;
    CHECK_INT(verdict(&binding, NOW), key ? SIGNET_E_SIGNATURE : SIGNET_E_ALGORITHM);
}

TEST(refuses_every_changed_binding)
{
    static const struct {
        const char *name;
        const signet_algorithm *ephemeral, *master;
        size_t step;
    } rows[] = {
        {"Ed25519 by Ed25519", &signet_ed25519, &signet_ed25519, 1},
        {"Ed25519 by ML-DSA-44", &signet_ed25519, &signet_mldsa44, 17},
        {"ML-DSA-44 by Ed25519", &signet_mldsa44, &signet_ed25519, 1},
    };

    for (EACH(row, rows)) {
        const signet_key *ephemeral = wire_key(row->ephemeral, 2),
                         *master = wire_key(row->master, 1);
        signet_slice purpose = signet_slice_text("http");
        signet_binding good = {
            ephemeral, master, EXPIRES, purpose, bind(ephemeral, master, EXPIRES, purpose)};

        wire_each_bit(good.signature, 0, row->step, check_signature, &good);
        wire_each_truncation(good.signature, check_signature, &good);
        wire_each_bit(purpose, purpose.len, 1, check_purpose, &good);
        wire_each_truncation(purpose, check_purpose, &good);
        wire_each_bit(signet_key_public(ephemeral), 0, 1, check_key, &good);
        for (int bit = 0; bit < 64; bit++) {
            signet_binding bad = good;
            signet_code code = SIGNET_OK;

            harness_row = "a bit of the expiry";
            bad.expires = (int64_t)((uint64_t)bad.expires ^ 1ULL << bit);
            code = verdict(&bad, NOW);
            CHECK(code == SIGNET_E_TIME || code == SIGNET_E_SIGNATURE);
        }
    }
}

/* --- tokens.json --- */

TEST(keeps_what_the_reference_pins)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *pinned = NULL, *one = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice separator = {0};
    size_t i = 0;

    pinned = json_object_get(root, "epr_binding_message");
    REQUIRE(signet_binding_write(
        wire_key(&signet_ed25519, 2), EXPIRES, signet_slice_text("purpose"), &out, NULL));
    separator = json_hex(pinned, "expect_prefix_hex");
    CHECK_BYTES(signet_slice_text(json_text(pinned, "domain_separator_ascii")), separator);
    CHECK_BYTES(((signet_slice){out.data, separator.len}), separator);
    CHECK_INT(out.len, 28 + 32 + 8 + 4 + strlen("purpose"));
    json_array_foreach(json_object_get(root, "algorithm_names"), i, one)
    {
        harness_row = json_text(one, "name");
        CHECK_INT(signet_algorithm_named(signet_cose_algorithms, harness_row) != NULL,
            json_is_true(json_object_get(one, "valid")));
    }
    CHECK_INT(i, 5);
    json_array_foreach(json_object_get(root, "public_key_unmarshal"), i, one)
    {
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
        const signet_algorithm *algorithm = NULL;

        harness_row = json_text(one, "reason");
        algorithm = signet_algorithm_named(signet_cose_algorithms, json_text(one, "algorithm"));
        if (algorithm)
            key = signet_key_from_public(algorithm, json_hex(one, "data_hex"), NULL);
        CHECK(!key);
    }
    CHECK_INT(i, 6);
    json_decref(root);
    harness_row = "all";
}

TESTS(TEST_OF(writes_separator_key_expiry_and_purpose),
    TEST_OF(binds_no_key_whose_bytes_also_bind_another),
    TEST_OF(makes_proofs_and_tells_what_was_signed),
    TEST_OF(judges_the_clock_before_any_cryptography),
    TEST_OF(binds_the_very_keys_expiry_and_purpose),
    TEST_OF(accepts_only_the_algorithms_that_the_caller_names),
    TEST_OF(judges_the_binding_then_the_request), TEST_OF(refuses_every_changed_binding),
    TEST_OF(keeps_what_the_reference_pins))
