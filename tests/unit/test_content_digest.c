/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"
#include "harness.h"
#include "http/content_digest.h"

#define HELLO "{\"hello\": \"world\"}"
#define H256  "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
#define H512                                                                                       \
    "sha-512=:WZDPaVn/"                                                                            \
    "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJw"                 \
    "ew==:"
#define EMPTY "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"

static sg_content_digest
digest_of(const char *content)
{
    sg_content_digest digest = {.has_sha256 = true, .has_sha512 = true};

    sg_sha256(signet_slice_text(content), digest.sha256);
    sg_sha512(signet_slice_text(content), digest.sha512);
    return digest;
}

/* clang-format off */
static const struct {
    const char *name, *value;
    signet_code read, check;
} rows[] = {
    {"sha-256",                      H256,                                 SIGNET_OK,          SIGNET_OK},
    {"sha-512, of RFC 9421 B.2",     H512,                                 SIGNET_OK,          SIGNET_OK},
    {"both",                         H256 ", " H512,                       SIGNET_OK,          SIGNET_OK},
    {"an unknown one beside it",     "x=:YQ==:, " H256,                    SIGNET_OK,          SIGNET_OK},
    {"an unknown one of any type",   "x=1;a, " H256,                       SIGNET_OK,          SIGNET_OK},
    {"a deprecated one beside it",   "md5=:YQ==:, " H256,                  SIGNET_OK,          SIGNET_OK},
    {"of other content",             EMPTY,                                SIGNET_OK,          SIGNET_E_SIGNATURE},
    {"one of two is another",        EMPTY ", " H512,                      SIGNET_OK,          SIGNET_E_SIGNATURE},
    {"only deprecated ones",         "md5=:YQ==:, sha=:YQ==:",             SIGNET_E_ALGORITHM, 0},
    {"unixsum",                      "unixsum=:YQ==:",                     SIGNET_E_ALGORITHM, 0},
    {"only unknown ones",            "sha-384=:YQ==:",                     SIGNET_E_ALGORITHM, 0},
    {"nothing",                      "",                                   SIGNET_E_ALGORITHM, 0},
    {"in capitals",                  "SHA-256=:YQ==:",                     SIGNET_E_DECODE,    0},
    {"a string",                     "sha-256=\"X48E\"",                   SIGNET_E_DECODE,    0},
    {"a token",                      "sha-256=X48E",                       SIGNET_E_DECODE,    0},
    {"no value",                     "sha-256",                            SIGNET_E_DECODE,    0},
    {"a list",                       "sha-256=(:YQ==:)",                   SIGNET_E_DECODE,    0},
    {"short",                        "sha-256=:YQ==:",                     SIGNET_E_DECODE,    0},
    {"empty",                        "sha-256=::",                         SIGNET_E_DECODE,    0},
    {"a byte more",                  "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPEA:", SIGNET_E_DECODE, 0},
    {"the size of the other",        "sha-512=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", SIGNET_E_DECODE, 0},
    {"a parameter",                  H256 ";a=1",                          SIGNET_E_DECODE,    0},
    {"twice",                        H256 ", " EMPTY,                      SIGNET_E_DECODE,    0},
    {"an unknown one twice",         "x, x, " H256,                        SIGNET_E_DECODE,    0},
    {"the old Digest field",         "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", SIGNET_E_DECODE, 0},
    {"garbage behind it",            H256 "x",                             SIGNET_E_DECODE,    0},
    {"stray bits",                   "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPF=:", SIGNET_E_DECODE, 0},
};
/* clang-format on */

TEST(reads_and_compares)
{
    sg_content_digest content = digest_of(HELLO);

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf again = {0};
        sg_content_digest wanted = {0};
        signet_error err = {0};

        CHECK_INT(sg_content_digest_read(signet_slice_text(row->value), &wanted, &err),
            row->read == SIGNET_OK);
        CHECK_INT(err.code, row->read);
        CHECK_INT(wanted.has_sha256 || wanted.has_sha512, row->read == SIGNET_OK);
        if (row->read != SIGNET_OK)
            continue;
        CHECK_INT(sg_content_digest_check(&wanted, &content, &err), row->check == SIGNET_OK);
        CHECK_INT(err.code, row->check);
        REQUIRE(sg_content_digest_write(&wanted, &again, NULL));
        CHECK(strstr(row->value, "x=") || strstr(row->value, "md5") ||
              signet_slice_is_equal(signet_buf_slice(&again), signet_slice_text(row->value)));
    }
}

TEST(compares_only_what_was_computed)
{
    sg_content_digest both = digest_of(""), one = both, none = {0};
    signet_error err = {0};

    one.has_sha512 = false;
    harness_row = "one wanted, both computed";
    CHECK(sg_content_digest_check(&one, &both, NULL));
    harness_row = "both wanted, one computed";
    CHECK(!sg_content_digest_check(&both, &one, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    harness_row = "nothing wanted";
    CHECK(!sg_content_digest_check(&none, &both, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    harness_row = "each bit";
    for (size_t bit = 0; bit < 768; bit++) {
        sg_content_digest bad = both;
        uint8_t *byte = bit < 256 ? &bad.sha256[bit / 8] : &bad.sha512[(bit - 256) / 8];

        *byte ^= (uint8_t)(1U << bit % 8);
        CHECK(!sg_content_digest_check(&both, &bad, &err));
        CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    }
}

TEST(writes_what_is_there)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_content_digest digest = digest_of(HELLO), none = {0};
    signet_error err = {0};

    harness_row = "both";
    REQUIRE(sg_content_digest_write(&digest, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(H256 ", " H512));
    harness_row = "none";
    CHECK(!sg_content_digest_write(&none, &out, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    harness_row = "of no content";
    out.len = 0;
    digest = digest_of("");
    digest.has_sha512 = false;
    REQUIRE(sg_content_digest_write(&digest, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(EMPTY));
}

TESTS(TEST_OF(reads_and_compares), TEST_OF(compares_only_what_was_computed),
    TEST_OF(writes_what_is_there))
