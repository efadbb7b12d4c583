/* SPDX-License-Identifier: Apache-2.0 */
/* A token is presented whole, becomes a record, and is then named by its id. */
#include <signet/enrolment.h>
#include <signet/signer.h>

#include "crypto/digest.h"
#include "harness.h"
#include "http/record.h"

enum { NOW = 1700000000 };

#define MAC_KEY "6060606060606060606060606060606060606060606060606060606060606060"
#define SEED    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define URL     "https://api.example.com/v1/pop/token"

typedef struct {
    signet_key *master;
    signet_credential *credential;
    signet_verifier *verifier;
} world;

static void
world_make(world *it, signet_slice record_key)
{
    static const char *const origins[] = {"https://api.example.com", NULL};
    signet_credential_request request = {.issuer = "issuer", .audience = "api", .purpose = "read"};
    signet_verifier_key key = {.issuer = "issuer"};
    signet_verifier_options options = {
        .keys = &key, .key_count = 1, .origins = origins, .record_key = record_key};

    it->master = signet_key_from_seed(&signet_ed25519, unhex(SEED), NULL);
    REQUIRE(it->master);
    request.master = key.key = it->master;
    request.now = NOW;
    it->credential = signet_credential_new(&request, NULL);
    it->verifier = signet_verifier_new(&options, NULL);
    REQUIRE(it->credential && it->verifier);
}

static void
world_free(world *it)
{
    signet_verifier_free(it->verifier);
    signet_credential_free(it->credential);
    signet_key_free(it->master);
}

static void
world_free_auto(world *it)
{
    world_free(it);
}

/* One request with that content and, when it names its token by the id, that record. */
typedef struct {
    signet_slice body, record;
    signet_verifier_policy policy;
    bool is_compact, is_unsigned;
} wish;

static signet_verification *
judge(const world *it, const wish *one, signet_buf *value)
{
    signet_sign_order order = {
        .url = URL, .request.method = signet_slice_text("POST"), .is_compact = one->is_compact};
    signet_http_field field = {.name = signet_slice_text("Signet-Proof")};
    signet_http_facts facts = {
        .request = {.method = signet_slice_text("POST"),
            .scheme = signet_slice_text("https"),
            .authority = signet_slice_text("api.example.com"),
            .target = signet_slice_text("/v1/pop/token"),
            .fields = &field,
            .field_count = 1},
        .content_length = (int64_t)one->body.len,
    };
    signet_verifier_policy policy = one->policy;
    signet_verification *verification = NULL;
    uint8_t digest[32];

    policy.allow_full = true;
    if (one->body.len > 0 || one->is_unsigned)
        order.body_kind = one->is_unsigned ? SIGNET_BODY_UNSIGNED : SIGNET_BODY_BYTES;
    order.body = one->is_unsigned ? (signet_slice){NULL, 0} : one->body;
    REQUIRE(signet_credential_sign(it->credential, &order, NOW, value, NULL));
    field.value = signet_buf_slice(value);
    verification = signet_verification_new(it->verifier, NULL, &policy, &facts, NOW, NULL);
    REQUIRE(verification);
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_RECORD)
        signet_verification_give_record(verification, SIGNET_LOOKUP_FOUND, one->record);
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_FRESH)
        signet_verification_give_fresh(verification, SIGNET_REPLAY_FRESH);
    sg_sha256(one->body, digest);
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_BODY)
        signet_verification_give_body(verification, digest, one->body.len);
    return verification;
}

/* clang-format off */
static const struct {
    const char *name, *body;
    signet_code code;
} bodies[] = {
    {"nothing", ""},
    {"nothing in particular", "{}"},
    {"the purpose", "{\"purpose\":\"read\"}"},
    {"both", " {\"audience\": \"api\", \"purpose\": \"\\u0072ead\"} "},
    {"another purpose", "{\"purpose\":\"reads\"}", SIGNET_E_TOKEN},
    {"an empty purpose", "{\"purpose\":\"\"}", SIGNET_E_TOKEN},
    {"another audience", "{\"audience\":\"web\"}", SIGNET_E_TOKEN},
    {"no audience", "{\"audience\":\"\"}", SIGNET_E_TOKEN},
    {"a purpose that is null", "{\"purpose\":null}", SIGNET_E_DECODE},
    {"a purpose that is no text", "{\"purpose\":[\"read\"]}", SIGNET_E_DECODE},
    {"a purpose twice", "{\"purpose\":\"read\",\"purpose\":\"read\"}", SIGNET_E_DECODE},
    {"another letter case", "{\"Purpose\":\"read\"}", SIGNET_E_DECODE},
    {"a member that is not known", "{\"purpose\":\"read\",\"ttl\":1}", SIGNET_E_DECODE},
    {"a list", "[]", SIGNET_E_DECODE},
    {"a text", "\"read\"", SIGNET_E_DECODE},
    {"no JSON", "purpose=read", SIGNET_E_DECODE},
    {"cut short", "{\"purpose\":\"read\"", SIGNET_E_DECODE},
    {"something behind it", "{}{}", SIGNET_E_DECODE},
    {"a space", " ", SIGNET_E_DECODE},
};
/* clang-format on */

TEST(takes_content_that_agrees_with_the_token)
{
    SIGNET_AUTO(world_free) world it = {0};

    world_make(&it, unhex(MAC_KEY));
    for (EACH(row, bodies)) {
        SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
        SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
        const wish one = {.body = signet_slice_text(row->body)};
        signet_error err = {0};

        verification = judge(&it, &one, &value);
        CHECK_INT(signet_verification_state(verification), SIGNET_VERIFICATION_ACCEPTED);
        CHECK_INT(signet_enrolment_check(verification, one.body, &err), row->code == SIGNET_OK);
        CHECK_INT(err.code, row->code);
    }
}

TEST(takes_no_content_that_is_too_long)
{
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    char body[SIGNET_ENROLMENT_BODY_MAX + 1];
    wish one = {.body = {(const uint8_t *)body, sizeof(body)}};
    signet_error err = {0};

    memset(body, ' ', sizeof(body));
    memcpy(body, "{}", 2);
    world_make(&it, unhex(MAC_KEY));
    verification = judge(&it, &one, &value);
    CHECK(!signet_enrolment_check(verification, one.body, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    one.body.len--;
    CHECK(signet_enrolment_check(verification, one.body, NULL));
}

static void
check_refused(const signet_verification *verification)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    CHECK(!signet_enrolment_check(verification, (signet_slice){NULL, 0}, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK(!signet_enrolment_record(verification, &out, NULL));
    CHECK(!signet_enrolment_answer(verification, &out, NULL));
    CHECK_INT(out.len, 0);
}

TEST(what_was_enrolled_is_named_by_its_id)
{
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *first = NULL, *second = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0}, again = {0}, record = {0};
    wish one = {0};

    world_make(&it, unhex(MAC_KEY));
    first = judge(&it, &one, &value);
    REQUIRE(signet_enrolment_record(first, &record, NULL));
    one.is_compact = true;
    one.record = signet_buf_slice(&record);
    second = judge(&it, &one, &again);
    CHECK_INT(signet_verification_state(second), SIGNET_VERIFICATION_ACCEPTED);
    CHECK_BYTES(signet_verification_identity(second).purpose, signet_slice_text("read"));
    check_refused(second); /* it is not presented whole */
}

TEST(a_record_demands_the_strong_proof)
{
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *first = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0}, text = {0};
    SIGNET_AUTO(sg_record_free) sg_record record = {0};
    const sg_record_rules rules = {
        .format = SG_RECORD_V2, .mac_key = unhex(MAC_KEY), .accepted = signet_only_ed25519};
    const wish one = {0};

    world_make(&it, unhex(MAC_KEY));
    first = judge(&it, &one, &value);
    REQUIRE(signet_enrolment_record(first, &text, NULL));
    REQUIRE(sg_record_read(
        signet_buf_slice(&text), signet_verification_token_id(first), &rules, &record, NULL));
    CHECK_BYTES(sg_record_metadata(&record, SG_RECORD_POP_MIN), signet_slice_text("x2"));
    CHECK_INT(record.issued_at, NOW);
}

TEST(what_was_not_accepted_is_not_enrolled)
{
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    static const char *const purposes[] = {"write", NULL};
    const wish one = {.policy.purposes = purposes};

    world_make(&it, unhex(MAC_KEY));
    verification = judge(&it, &one, &value);
    CHECK_INT(signet_verification_state(verification), SIGNET_VERIFICATION_REFUSED);
    check_refused(verification);
}

TEST(content_that_is_not_signed_enrols_nothing)
{
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    const wish one = {
        .body = signet_slice_text("{}"), .is_unsigned = true, .policy.allow_unsigned_body = true};

    world_make(&it, unhex(MAC_KEY));
    verification = judge(&it, &one, &value);
    CHECK_INT(signet_verification_state(verification), SIGNET_VERIFICATION_ACCEPTED);
    check_refused(verification);
}

TEST(without_a_key_for_records_there_is_none)
{
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0}, out = {0};
    const wish one = {0};
    signet_error err = {0};

    world_make(&it, (signet_slice){NULL, 0});
    verification = judge(&it, &one, &value);
    CHECK(!signet_enrolment_record(verification, &out, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

TEST(the_answer_has_the_members_that_clients_know)
{
    static const char *const members[] = {"{\"binding_signature\":\"", "\",\"capability_id\":\"",
        "\",\"ephemeral_public\":\"", "\",\"expires_at\":1700000300,\"master_public\":\"",
        "\",\"purpose\":\"read\",\"token\":\"SIG1", "\",\"token_id\":\"", "\",\"token_jti\":\"",
        "\"}\n"};
    SIGNET_AUTO(world_free) world it = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0}, out = {0};
    const wish one = {0};
    const char *at = NULL;

    world_make(&it, unhex(MAC_KEY));
    verification = judge(&it, &one, &value);
    REQUIRE(signet_enrolment_answer(verification, &out, NULL));
    CHECK(out.len <= SIGNET_ENROLMENT_ANSWER_MAX);
    REQUIRE(signet_buf_printf(&out, NULL, "%c", '\0'));
    at = (const char *)out.data;
    CHECK(strncmp(at, members[0], strlen(members[0])) == 0);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        at = strstr(at, members[i]);
        REQUIRE(at);
        at += strlen(members[i]);
    }
    CHECK_TEXT(at, "");
}

TESTS(TEST_OF(takes_content_that_agrees_with_the_token), TEST_OF(takes_no_content_that_is_too_long),
    TEST_OF(what_was_enrolled_is_named_by_its_id), TEST_OF(a_record_demands_the_strong_proof),
    TEST_OF(what_was_not_accepted_is_not_enrolled),
    TEST_OF(content_that_is_not_signed_enrols_nothing),
    TEST_OF(without_a_key_for_records_there_is_none),
    TEST_OF(the_answer_has_the_members_that_clients_know))
