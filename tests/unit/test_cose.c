/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <signet/pki.h>

#include "faults.h"
#include "json.h"
#include "wire.h"

#define SIG64 "5840" WIRE_CNF WIRE_EPH

static const signet_algorithm *const only_es256[] = {&signet_es256, NULL};
static const signet_algorithm *const only_mldsa44[] = {&signet_mldsa44, NULL};

static signet_slice
message_of(const signet_key *key, signet_slice payload)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    REQUIRE(signet_cose_sign(key, payload, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

/* --- form --- */

/* clang-format off */
static const struct {
    const char *name, *wire;
    signet_code expected;
    const char *says;
} forms[] = {
    {"what is written",                 "d28443a10127a0426869" SIG64,           SIGNET_OK, ""},
    {"an empty payload",                "d28443a10127a040" SIG64,               SIGNET_OK, ""},
    {"ES256",                           "d28443a10126a0426869" SIG64,           SIGNET_OK, ""},
    {"nothing",                         "",                                     SIGNET_E_COSE, "COSE message"},
    {"text that is no COSE",            "6e6f74206120434f5345",                 SIGNET_E_COSE, "COSE message"},
    {"no tag",                          "8443a10127a0426869" SIG64,             SIGNET_E_COSE, "COSE message"},
    {"tag 18 in two bytes",             "d8128443a10127a0426869" SIG64,         SIGNET_E_COSE, "COSE message"},
    {"tag 17",                          "d18443a10127a0426869" SIG64,           SIGNET_E_COSE, "COSE message is not tagged"},
    {"two tags",                        "d9d9f7d28443a10127a0426869" SIG64,     SIGNET_E_COSE, "COSE message is not tagged"},
    {"an array in a long head",         "d2980443a10127a0426869" SIG64,         SIGNET_E_COSE, "COSE message"},
    {"an array of no length",           "d29f43a10127a0426869" SIG64 "ff",      SIGNET_E_COSE, "COSE message"},
    {"an array of three",               "d28343a10127a0426869",                 SIGNET_E_COSE, "COSE message is not an array of four"},
    {"an array of five",                "d28543a10127a0426869" SIG64 "f6",      SIGNET_E_COSE, "COSE message is not an array of four"},
    {"a byte behind it",                "d28443a10127a0426869" SIG64 "00",      SIGNET_E_COSE, "COSE message has something after"},
    {"no protected header",             "d28440a0426869" SIG64,                 SIGNET_E_COSE, "protected header has no algorithm"},
    {"an empty protected map",          "d28441a0a0426869" SIG64,               SIGNET_E_COSE, "protected header has other"},
    {"a protected map outside of bytes", "d284a10127a0426869" SIG64,            SIGNET_E_COSE, "COSE message is of another type"},
    {"a protected array",               "d284438201" "27a0426869" SIG64,        SIGNET_E_COSE, "protected header"},
    {"protected bytes in a long head",  "d2845803a10127a0426869" SIG64,         SIGNET_E_COSE, "COSE message"},
    {"a protected map in a long head",  "d28444b8010127a0426869" SIG64,         SIGNET_E_COSE, "protected header"},
    {"an algorithm in a long head",     "d28444a1013807a0426869" SIG64,         SIGNET_E_COSE, "protected header"},
    {"something behind the algorithm",  "d28444a1012700a0426869" SIG64,         SIGNET_E_COSE, "protected header has something after"},
    {"another label",                   "d28443a10227a0426869" SIG64,           SIGNET_E_COSE, "protected header has another"},
    {"W-21 a key id beside it",         "d28446a20127044131a0426869" SIG64,     SIGNET_E_COSE, "protected header has other"},
    {"W-20 crit",                       "d28446a2012702" "8104a0426869" SIG64,  SIGNET_E_COSE, "protected header has other"},
    {"a content type",                  "d28445a201270300a0426869" SIG64,       SIGNET_E_COSE, "protected header has other"},
    {"an algorithm by name",            "d28448a1016545644453" "41a0426869" SIG64, SIGNET_E_COSE, "protected header"},
    {"W-22 -19, EdDSA by RFC 9864",     "d28443a10132a0426869" SIG64,           SIGNET_E_ALGORITHM, "COSE algorithm -19"},
    {"algorithm 0",                     "d28443a10100a0426869" SIG64,           SIGNET_E_ALGORITHM, "COSE algorithm 0"},
    {"ES384",                           "d28444a1013822a0426869" SIG64,         SIGNET_E_ALGORITHM, "COSE algorithm -35"},
    {"an unprotected key id",           "d28443a10127a1044131426869" SIG64,     SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"an unprotected algorithm",        "d28443a10127a10127426869" SIG64,       SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"an unprotected null",             "d28443a10127f6426869" SIG64,           SIGNET_E_COSE, "COSE message"},
    {"a payload elsewhere",             "d28443a10127a0f6" SIG64,               SIGNET_E_COSE, "COSE message has no payload"},
    {"an undefined payload",            "d28443a10127a0f7" SIG64,               SIGNET_E_COSE, "COSE message"},
    {"a payload in text",               "d28443a10127a0626869" SIG64,           SIGNET_E_COSE, "COSE message"},
    {"a payload in a long head",        "d28443a10127a058026869" SIG64,         SIGNET_E_COSE, "COSE message"},
    {"a payload in chunks",             "d28443a10127a05f426869ff" SIG64,       SIGNET_E_COSE, "COSE message"},
    {"an empty signature",              "d28443a10127a042686940",               SIGNET_E_SIGNATURE, "signature of 0 bytes, not 64"},
    {"a null signature",                "d28443a10127a0426869f6",               SIGNET_E_COSE, "COSE message"},
    {"a signature of 63 bytes",         "d28443a10127a0426869583f" WIRE_CNF WIRE_B16 "000102030405060708090a0b0c0d0e", SIGNET_E_SIGNATURE, "signature of 63 bytes"},
    {"a signature of 65 bytes",         "d28443a10127a04268695841" WIRE_CNF WIRE_EPH "00", SIGNET_E_SIGNATURE, "signature of 65 bytes"},
};
/* clang-format on */

TEST(takes_apart_the_one_encoding)
{
    for (EACH(row, forms)) {
        signet_error err = {0};
        signet_cose parts = {0};
        signet_slice wire = unhex(row->wire);
        bool done = false;

        faults_count_begin();
        done = signet_cose_read(signet_cose_algorithms, wire, &parts, &err);
        CHECK_INT(faults_count_end().bytes, 0);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        CHECK_INT(parts.algorithm != NULL, done);
        if (strncmp(err.message, row->says, strlen(row->says)) != 0)
            harness_fail(__FILE__, __LINE__, "says %s", err.message);
    }
}

TEST(accepts_only_the_algorithms_that_the_caller_names)
{
    static const struct {
        const char *name, *wire;
        signet_algorithms accepted;
        bool is_accepted;
    } rows[] = {
        {"EdDSA of all", "d28443a10127a040" SIG64, signet_cose_algorithms, true},
        {"EdDSA of EdDSA", "d28443a10127a040" SIG64, signet_only_ed25519, true},
        {"EdDSA of ES256", "d28443a10127a040" SIG64, only_es256, false},
        {"ES256 of EdDSA", "d28443a10126a040" SIG64, signet_only_ed25519, false},
        {"ES256 of ES256", "d28443a10126a040" SIG64, only_es256, true},
        {"ES256 of ML-DSA-44", "d28443a10126a040" SIG64, only_mldsa44, false},
    };

    for (EACH(row, rows)) {
        signet_error err = {0};
        signet_cose parts = {0};

        CHECK_INT(
            signet_cose_read(row->accepted, unhex(row->wire), &parts, &err), row->is_accepted);
        CHECK_INT(err.code, row->is_accepted ? SIGNET_OK : SIGNET_E_ALGORITHM);
    }
}

/* --- signing and verifying --- */

TEST(verifies_what_the_same_key_signed_and_nothing_else)
{
    static const struct {
        const char *name;
        const signet_algorithm *algorithm;
        signet_algorithms only;
        size_t overhead; /* beside a payload of two bytes and its head */
    } rows[] = {
        {"Ed25519", &signet_ed25519, signet_only_ed25519, 73},
        {"ES256", &signet_es256, only_es256, 73},
        {"ML-DSA-44", &signet_mldsa44, only_mldsa44, 7 + 1 + 3 + 2420},
    };

    for (EACH(row, rows)) {
        const signet_key *key = wire_key(row->algorithm, 1), *other = wire_key(row->algorithm, 2);
        signet_slice message = message_of(key, signet_slice_text("hi")), payload = {0};
        signet_error err = {0};

        CHECK_INT(message.len, row->overhead + 3);
        CHECK(signet_cose_verify(row->only, message, key, &payload, NULL));
        CHECK_BYTES(payload, signet_slice_text("hi"));
        payload = (signet_slice){0};
        CHECK(!signet_cose_verify(row->only, message, other, &payload, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
        CHECK(!payload.ptr);
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            if (rows[i].algorithm == row->algorithm)
                continue;
            CHECK(!signet_cose_verify(
                signet_cose_algorithms, message, wire_key(rows[i].algorithm, 1), &payload, &err));
            CHECK_INT(err.code, SIGNET_E_ALGORITHM);
            CHECK(!signet_cose_verify(rows[i].only, message, key, &payload, &err));
            CHECK_INT(err.code, SIGNET_E_ALGORITHM);
        }
    }
}

TEST(holds_payloads_of_every_size_up_to_the_limit)
{
    static const size_t sizes[] = {0, 1, 23, 24, 255, 256, 6079, 6080, 6081, 65535, 65536,
        SIGNET_COSE_MAX - 1, SIGNET_COSE_MAX};
    static const uint8_t heads[] = {1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 5, 5, 5};
    uint8_t *bytes = calloc(1, SIGNET_COSE_MAX + 1);
    const signet_key *key = wire_key(&signet_ed25519, 1);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    REQUIRE(bytes);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
        signet_slice payload = {bytes, sizes[i]}, found = {0};

        CHECK(signet_cose_sign(key, payload, &message, NULL));
        CHECK_INT(message.len, 73 + heads[i] + sizes[i]);
        CHECK(
            signet_cose_verify(signet_only_ed25519, signet_buf_slice(&message), key, &found, NULL));
        CHECK(signet_slice_is_equal(found, payload));
    }
    CHECK(!signet_cose_sign(key, (signet_slice){bytes, SIGNET_COSE_MAX + 1}, &out, &err));
    CHECK_INT(err.code, SIGNET_E_COSE);
    CHECK_INT(out.len, 0);
    free(bytes);
}

/* A message whose payload nobody could have signed here, although the message is no larger. */
TEST(reads_no_payload_beyond_the_limit)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t *bytes = calloc(1, SIGNET_COSE_MAX + 1);
    signet_cose parts = {0};
    signet_error err = {0};

    REQUIRE(bytes);
    REQUIRE(signet_buf_append(&message, unhex("d28443a10127a05a00100001"), NULL) &&
            signet_buf_append(&message, (signet_slice){bytes, SIGNET_COSE_MAX + 1}, NULL) &&
            signet_buf_append(&message, unhex(SIG64), NULL));
    CHECK(!signet_cose_read(signet_only_ed25519, signet_buf_slice(&message), &parts, &err));
    CHECK_INT(err.code, SIGNET_E_COSE);
    free(bytes);
}

/* --- every small change --- */

typedef struct {
    signet_algorithms accepted;
    const signet_key *key;
    size_t payload_at, payload_len; /* in the message */
    size_t most_bytes, seen;
} judged;

static signet_code
expected_of(const judged *with, const wire_mutant *mutant)
{
    bool is_content =
        mutant->kind == WIRE_BIT && ((mutant->index >= with->payload_at &&
                                         mutant->index < with->payload_at + with->payload_len) ||
                                        mutant->index >= with->payload_at + with->payload_len + 3);

    /* payload and signature the other way round are of the right types */
    if (is_content || (mutant->kind == WIRE_MOVED && mutant->index == 2))
        return SIGNET_E_SIGNATURE;
    return mutant->kind == WIRE_BIT ? SIGNET_OK : SIGNET_E_COSE;
}

static void
check_mutant(void *context, const wire_mutant *mutant)
{
    judged *with = context;
    signet_code expected = expected_of(with, mutant);
    signet_slice payload = {0};
    signet_error err = {0};
    faults_count count = {0};

    faults_count_begin();
    CHECK(!signet_cose_verify(with->accepted, mutant->bytes, with->key, &payload, &err));
    count = faults_count_end();
    CHECK(!payload.ptr);
    CHECK(count.bytes <= with->most_bytes);
    with->seen++;
    if (expected != SIGNET_OK && mutant->kind != WIRE_RETYPED)
        CHECK_INT(err.code, expected);
    /* a byte string in the place of another is of the right type; then it is its content */
    CHECK(err.code == SIGNET_E_COSE || err.code == SIGNET_E_ALGORITHM ||
          err.code == SIGNET_E_SIGNATURE);
}

TEST(refuses_every_changed_message)
{
    static const struct {
        const char *name;
        const signet_algorithm *algorithm;
        size_t head;       /* of the signature */
        size_t step;       /* bits of the signature */
        size_t most_bytes; /* of one refusal */
    } rows[] = {
        {"Ed25519", &signet_ed25519, 2, 1, 0},
        {"ES256", &signet_es256, 2, 1, 64 << 10},
        {"ML-DSA-44", &signet_mldsa44, 3, 17, 64 << 10},
    };

    for (EACH(row, rows)) {
        const signet_algorithm *const accepted[] = {row->algorithm, NULL};
        judged with = {accepted, wire_key(row->algorithm, 1), 8, 8, .most_bytes = row->most_bytes};
        signet_slice message = message_of(with.key, signet_slice_text("payload."));

        with.payload_at += row->algorithm->cose < -23;
        wire_each_bit(message, with.payload_at + 8 + 3, row->step, check_mutant, &with);
        wire_each_truncation(message, check_mutant, &with);
        wire_each_element(message, 1, check_mutant, &with);
        CHECK(with.seen > 700);
    }
}

/* --- examples of the COSE working group --- */

/* Why a genuine message of theirs is none of ours. */
static const struct {
    const char *name; /* of the file */
    bool is_genuine;  /* by RFC 9052 */
    signet_code expected;
    const char *says;
} examples[] = {
    {"sign1-tests/sign-pass-01", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"sign1-tests/sign-pass-02", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"sign1-tests/sign-pass-03", true, SIGNET_E_COSE, "COSE message is of another type"},
    {"sign1-tests/sign-fail-01", false, SIGNET_E_COSE, "COSE message is not tagged"},
    {"sign1-tests/sign-fail-02", false, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"sign1-tests/sign-fail-03", false, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"sign1-tests/sign-fail-04", false, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"sign1-tests/sign-fail-06", false, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"sign1-tests/sign-fail-07", false, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"ecdsa-examples/ecdsa-01", true, SIGNET_E_COSE, "COSE message is not tagged"}, /* COSE_Sign */
    {"ecdsa-examples/ecdsa-02", true, SIGNET_E_COSE, "COSE message is not tagged"},
    {"ecdsa-examples/ecdsa-03", true, SIGNET_E_COSE, "COSE message is not tagged"},
    {"ecdsa-examples/ecdsa-04", true, SIGNET_E_COSE, "COSE message is not tagged"},
    {"ecdsa-examples/ecdsa-sig-01", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"ecdsa-examples/ecdsa-sig-02", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"ecdsa-examples/ecdsa-sig-03", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"ecdsa-examples/ecdsa-sig-04", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"eddsa-examples/eddsa-01", true, SIGNET_E_COSE, "COSE message is not tagged"},
    {"eddsa-examples/eddsa-02", true, SIGNET_E_COSE, "COSE message is not tagged"},
    {"eddsa-examples/eddsa-sig-01", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
    {"eddsa-examples/eddsa-sig-02", true, SIGNET_E_COSE, "COSE message has an unprotected header"},
};

TEST(refuses_the_examples_of_others_each_for_its_reason)
{
    size_t genuine = 0;

    for (EACH(row, examples)) {
        char path[512];
        json_t *root = NULL;
        signet_cose parts = {0};
        signet_error err = {0};

        (void)snprintf(path, sizeof(path), VECTORS "/conformance/cose-wg/%s.json", row->name);
        root = json_of(path);
        CHECK_INT(json_is_true(json_object_get(root, "fail")), !row->is_genuine);
        CHECK(!signet_cose_read(signet_cose_algorithms,
            json_hex(json_object_get(root, "output"), "cbor"), &parts, &err));
        json_decref(root);
        CHECK_INT(err.code, row->expected);
        if (strncmp(err.message, row->says, strlen(row->says)) != 0)
            harness_fail(__FILE__, __LINE__, "says %s", err.message);
        genuine += row->is_genuine;
    }
    harness_row = "all";
    CHECK_INT(genuine, 15);
    CHECK_INT(sizeof(examples) / sizeof(examples[0]), 21);
}

/* eddsa-sig-01 put into our encoding: its signature covers a header that is not ours. */
TEST(takes_no_signature_over_another_header)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_slice payload = {0};
    signet_error err = {0};
    static const char message[] =
        "d28443a10127a054546869732069732074686520636f6e74656e742e58407142fd2ff96d56db85bee905a76ba1"
        "d0b7321a95c8c4d3607c5781932b7afb8711497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a4"
        "4d6fef0d";

    key = signet_key_from_public(&signet_ed25519,
        unhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), NULL);
    REQUIRE(key);
    CHECK(!signet_cose_verify(signet_only_ed25519, unhex(message), key, &payload, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
}

/* --- tokens.json --- */

TEST(keeps_the_behaviour_that_the_reference_pins)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL;
    size_t i = 0, seen = 0;

    json_array_foreach(json_object_get(root, "cose_sign_verify"), i, one)
    {
        static const char *const elsewhere[] = {"payload-null", /* a slice is never null */
            "payload-1MiB",  /* holds_payloads_of_every_size_up_to_the_limit */
            "after-destroy", /* a key that is freed is gone */
            "payload-empty", "wrong-key", "eddsa-message-es256-verifier"}; /* the tests above */
        const char *text = json_text(one, "message_ascii");
        bool is_elsewhere = false;
        signet_cose parts = {0};

        harness_row = json_text(one, "name");
        for (size_t k = 0; k < sizeof(elsewhere) / sizeof(elsewhere[0]); k++)
            is_elsewhere = is_elsewhere || strcmp(elsewhere[k], harness_row) == 0;
        seen += is_elsewhere;
        if (is_elsewhere)
            continue;
        CHECK_TEXT(json_text(one, "expect"), "reject");
        CHECK(!signet_cose_read(
            signet_cose_algorithms, signet_slice_text(text ? text : ""), &parts, NULL));
        seen++;
    }
    CHECK_INT(i, 8);
    CHECK_INT(seen, 8);
    CHECK_INT(json_array_size(json_object_get(root, "cose_constructor")), 10); /* test_es256 */
    json_decref(root);
    harness_row = "all";
}

TESTS(TEST_OF(takes_apart_the_one_encoding),
    TEST_OF(accepts_only_the_algorithms_that_the_caller_names),
    TEST_OF(verifies_what_the_same_key_signed_and_nothing_else),
    TEST_OF(holds_payloads_of_every_size_up_to_the_limit),
    TEST_OF(reads_no_payload_beyond_the_limit), TEST_OF(refuses_every_changed_message),
    TEST_OF(refuses_the_examples_of_others_each_for_its_reason),
    TEST_OF(takes_no_signature_over_another_header),
    TEST_OF(keeps_the_behaviour_that_the_reference_pins))
