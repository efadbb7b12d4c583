/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that a proof signs: those of version 1, and those of x=2. */
#include "crypto/digest.h"
#include "faults.h"
#include "http/binding_text.h"
#include "http/target.h"
#include "wire.h"

enum { NOW = 1700000000 };

static signet_slice
bytes_of(const char *text)
{
    return signet_slice_text(text);
}

static signet_slice
signed_text(signet_slice method, const sg_target *target, signet_slice nonce)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_request_text text = {method, target, NOW, nonce};

    REQUIRE(sg_request_text_write(&text, &out, NULL));
    return harness_keep(signet_buf_slice(&out));
}

/* --- what is signed --- */

static const char ephemeral_seed[] =
    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

/* clang-format off */
static const struct {
    const char *name, *method, *target, *text, *signature;
} examples[] = {
    {"E1", "GET", "/protected", "GET|/protected|1700000000|cmVxdWVzdC1ub25jZTEyMw",
        "32c1f29480b7cd97df2c66ea068ed883218cdda35dcce6dd4e049f572c706f97"
        "0dd2c1f70c5e29f514fa6d8a9a655bbe11cbb36103c9f86f9fcb5cc2996fc408"},
    {"E2", "GET", "/api/users?id=123", "GET|/api/users?id=123|1700000000|cmVxdWVzdC1ub25jZTEyMw",
        "ff43e03539ea6df077ede4ffaaacb12d52fd89912d245812fe2e89f160af5c8e"
        "b0d066d24198675678dc350f08ad61b7d3d32c1be307133345efd4d6b8b6aa06"},
    {"E3", "POST", "/a%2Fb/c%20d?x=%7C", "POST|/a/b/c d?x=%7C|1700000000|cmVxdWVzdC1ub25jZTEyMw",
        "99ecce427e468cf16d95a1d684d10fe18e8312512f960f23c6551c038cd068c4"
        "9c28458b92bc88f6fd4d719589c183b4c7fe20d618ed6196c58bac7fdfac7b03"},
};
/* clang-format on */

static void
check_signature(signet_slice message, signet_slice expected)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    key = signet_key_from_seed(&signet_ed25519, unhex(ephemeral_seed), NULL);
    REQUIRE(key && signet_key_sign(key, message, &signature, NULL));
    CHECK_BYTES(signet_buf_slice(&signature), expected);
    CHECK(signet_key_verify(key, message, expected, NULL));
}

TEST(signs_the_examples_of_version_1)
{
    for (EACH(row, examples)) {
        sg_target_rules rules = {0};
        sg_target target = {0};
        signet_slice text = {0};

        REQUIRE(sg_target_read(bytes_of(row->target), &rules, &target, NULL));
        text = signed_text(bytes_of(row->method), &target, bytes_of("request-nonce123"));
        CHECK_BYTES(text, bytes_of(row->text));
        check_signature(text, unhex(row->signature));
    }
}

#define TOKEN                                                                                      \
    "a9016b64656d6f2d73657276657203582024f6ed6acbfe1009c030d7ca567c33ca4830911498236b5561a6c82abe" \
    "c5de28041a6553f22c051a6553f100061a6553f1000750bf57a8df16c7c4f0b41cb5612d44672c09582056475aa7" \
    "5463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c0d5031323334353637383930313233343536" \
    "12582024f6ed6acbfe1009c030d7ca567c33ca4830911498236b5561a6c82abec5de28"
#define M2_HEAD "7369676e65742d687474702d70726f6f662d76323a00000004504f53540000000f"
#define M2_TARGET                                                                                  \
    "00000012"                                                                                     \
    "2f61253246622f63253230643f783d253743"
#define M2_TAIL                                                                                    \
    "31323334353637383930313233343536726571756573742d6e6f6e6365313233000000006553f1000356fe450594" \
    "f33282d10d393d00e5a0091f891d153b3fd34973bb4eafe0cb8c"

TEST(signs_the_example_of_the_extension)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0}, authority = {0};
    uint8_t token_hash[32], digest[32];
    sg_binding_text text = {
        .method = bytes_of("POST"),
        .target = bytes_of("/a%2Fb/c%20d?x=%7C"),
        .digest = {digest, sizeof(digest)},
        .token_id = bytes_of("1234567890123456"),
        .nonce = bytes_of("request-nonce123"),
        .time = NOW,
        .token_hash = {token_hash, sizeof(token_hash)},
    };

    sg_sha256(unhex(TOKEN), token_hash);
    sg_sha256(bytes_of("{\"hello\": \"world\"}"), digest);
    REQUIRE(sg_authority_normalise(bytes_of("API.Example.com:443"), 443, &authority, NULL));
    text.authority = signet_buf_slice(&authority);
    REQUIRE(sg_binding_text_write(&text, &out, NULL));
    CHECK_INT(out.len, 175);
    CHECK_BYTES(signet_buf_slice(&out),
        unhex(
            M2_HEAD "6170692e6578616d706c652e636f6d" M2_TARGET
                    "015f8f04f6a3a892aaabbddb6cf273894493773960d4a325b105fee46eef4304f1" M2_TAIL));
    check_signature(signet_buf_slice(&out),
        unhex("6daa4b3bafeec76a46c3660887abfd590e98001863c1d3ceaf73984e2242374f"
              "4fd5d094887591f541eb52fd0a1b96be464cb1aae89b6255ab8c553ec0d00902"));
    harness_row = "the content is not signed";
    out.len = 0;
    text.digest = (signet_slice){NULL, 0};
    REQUIRE(sg_binding_text_write(&text, &out, NULL));
    CHECK_BYTES(signet_buf_slice(&out),
        unhex(M2_HEAD "6170692e6578616d706c652e636f6d" M2_TARGET "00" M2_TAIL));
}

TEST(takes_no_field_of_another_length)
{
    const signet_slice any = bytes_of("0123456789abcdef0123456789abcdef0");
    const sg_binding_text good = {{any.ptr, 1}, {any.ptr, 1}, {any.ptr, 1}, {any.ptr, 32},
        {any.ptr, 16}, {any.ptr, 16}, 1, {any.ptr, 32}};
    static const struct {
        const char *name;
        size_t offset, len;
        bool is_right;
    } rows[] = {
        {"good", offsetof(sg_binding_text, digest), 32, true},
        {"no digest", offsetof(sg_binding_text, digest), 0, true},
        {"digest of 31", offsetof(sg_binding_text, digest), 31, false},
        {"digest of 33", offsetof(sg_binding_text, digest), 33, false},
        {"no method", offsetof(sg_binding_text, method), 0, false},
        {"no authority", offsetof(sg_binding_text, authority), 0, false},
        {"no target", offsetof(sg_binding_text, target), 0, false},
        {"token id of 15", offsetof(sg_binding_text, token_id), 15, false},
        {"token id of 17", offsetof(sg_binding_text, token_id), 17, false},
        {"nonce of 15", offsetof(sg_binding_text, nonce), 15, false},
        {"no nonce", offsetof(sg_binding_text, nonce), 0, false},
        {"token hash of 31", offsetof(sg_binding_text, token_hash), 31, false},
        {"token hash of 33", offsetof(sg_binding_text, token_hash), 33, false},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        sg_binding_text text = good;
        signet_slice field = {any.ptr, row->len};
        signet_error err = {0};

        memcpy((uint8_t *)&text + row->offset, &field, sizeof(field));
        CHECK_INT(sg_binding_text_write(&text, &out, &err), row->is_right);
        CHECK_INT(err.code, row->is_right ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_INT(out.len > 0, row->is_right);
    }
}

TEST(restores_what_it_could_not_write)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_target broken = {.path = bytes_of("/abc%2")}, good = {.path = bytes_of("/")};
    const sg_request_text rows[] = {
        {bytes_of("GET"), &broken, NOW, {NULL, 0}},
        {bytes_of("G T"), &good, NOW, {NULL, 0}},
        {bytes_of("GET"), &good, NOW, bytes_of("fifteen bytes..")},
        {bytes_of("GET"), &good, NOW, bytes_of("seventeen bytes..")},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CHECK(!sg_request_text_write(&rows[i], &out, NULL));
        CHECK_INT(out.len, 0);
    }
    CHECK(!sg_target_write_path(&broken, &out, NULL));
    CHECK_INT(out.len, 0);
}

/* --- no memory --- */

static bool
write_plain(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_target target = {.path = bytes_of("/a%20b"), .query = bytes_of("q")};
    sg_request_text text = {bytes_of("GET"), &target, NOW, {NULL, 0}};
    bool done = sg_request_text_write(&text, &out, err);

    CHECK_INT(out.len > 0, done);
    return done;
}

static bool
write_bound(signet_error *err)
{
    static const uint8_t zeros[32];
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice any = {zeros, 32}, id = {zeros, 16};
    sg_binding_text text = {any, any, any, any, id, id, NOW, any};
    bool done = sg_binding_text_write(&text, &out, err);

    CHECK_INT(out.len > 0, done);
    return done;
}

TEST(survives_without_memory)
{
    static const faults_row rows[] = {
        {"the text of version 1", write_plain, 1},
        {"the text of x=2", write_bound, 1},
    };

    for (EACH(row, rows))
        faults_exhaust(row);
}

TESTS(TEST_OF(signs_the_examples_of_version_1), TEST_OF(signs_the_example_of_the_extension),
    TEST_OF(takes_no_field_of_another_length), TEST_OF(restores_what_it_could_not_write),
    TEST_OF(survives_without_memory))
