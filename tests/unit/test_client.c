/* SPDX-License-Identifier: Apache-2.0 */
/* What a client does with answers; and what it makes besides Signet-Proof, judged by the readers.
 */
#include <signet/client.h>

#include "harness.h"
#include "http/dpop.h"
#include "http/message_signature.h"

enum { NOW = 784111777 }; /* Sun, 06 Nov 1994 08:49:37 GMT */

#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

typedef struct {
    const char *name, *code, *challenge, *date, *method;
    int status;
    unsigned attempt; /* 0: 1 */
    bool is_fake;     /* not authentic */
    int64_t now;      /* 0: NOW */
    signet_client_step step;
    int64_t offset;
} answer_row;

#define SKEW(...) .code = "CLOCK_SKEW", .status = 401, __VA_ARGS__
#define SAYS(text)                                                                                 \
    .status = 401, .challenge = "Signet realm=\"signet\", error=\"" text "\", max_skew=30"

/* clang-format off */
static const answer_row answers[] = {
    {"a clock behind", SKEW(.date = DATE, .now = NOW - 40), .step = SIGNET_CLIENT_SET_CLOCK, .offset = 40},
    {"a clock ahead", SKEW(.date = DATE, .now = NOW + 40), .step = SIGNET_CLIENT_SET_CLOCK, .offset = -40},
    {"at the limit", SKEW(.date = DATE, .now = NOW - 300), .step = SIGNET_CLIENT_SET_CLOCK, .offset = 300},
    {"above it", SKEW(.date = DATE, .now = NOW - 301), .step = SIGNET_CLIENT_SET_CLOCK, .offset = 300},
    {"below it", SKEW(.date = DATE, .now = NOW + 100000), .step = SIGNET_CLIENT_SET_CLOCK, .offset = -300},
    {"a clock, by the challenge", SAYS("clock_skew"), .date = DATE, .now = NOW - 1, .step = SIGNET_CLIENT_SET_CLOCK, .offset = 1},
    {"also for a method that is not idempotent", SKEW(.method = "POST", .date = DATE, .now = NOW - 40), .step = SIGNET_CLIENT_SET_CLOCK, .offset = 40},
    {"an expired token", .status = 401, .code = "TOKEN_EXPIRED", .step = SIGNET_CLIENT_RENEW},
    {"an unknown one", .status = 401, .code = "TOKEN_NOT_FOUND", .step = SIGNET_CLIENT_RENEW},
    {"a revoked one", .status = 401, .code = "TOKEN_REVOKED", .step = SIGNET_CLIENT_RENEW},
    {"an expired one, by the challenge", SAYS("expired_token"), .step = SIGNET_CLIENT_RENEW},
    {"an unknown one, by the challenge", SAYS("invalid_token"), .step = SIGNET_CLIENT_RENEW},
    {"a revoked one, by the challenge", SAYS("revoked_token"), .step = SIGNET_CLIENT_RENEW},
    {"error first", .status = 401, .challenge = "Signet error=\"expired_token\"", .step = SIGNET_CLIENT_RENEW},
    {"error without quotes", .status = 401, .challenge = "Signet max_skew=30, error=expired_token", .step = SIGNET_CLIENT_RENEW},
    {"a replay", .status = 401, .code = "REPLAY_DETECTED", .step = SIGNET_CLIENT_SIGN_AGAIN},
    {"a replay, by the challenge", SAYS("replayed"), .step = SIGNET_CLIENT_SIGN_AGAIN},
    {"a replay of DELETE", .status = 401, .code = "REPLAY_DETECTED", .method = "DELETE", .step = SIGNET_CLIENT_SIGN_AGAIN},

    /* handed over */
    {"accepted", .status = 200},
    {"accepted, whatever it says", .status = 200, .code = "TOKEN_EXPIRED"},
    {"a forged signature", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a forged signature, by the challenge", SAYS("invalid_signature")},
    {"a code that the challenge does not say", SAYS("expired_token"), .code = "INVALID_SIGNATURE"},
    {"no proof", .status = 401, .code = "MISSING_PROOF"},
    {"a token that begins later", .status = 401, .code = "TOKEN_NOT_YET_VALID"},
    {"a purpose", .status = 403, .code = "PURPOSE_MISMATCH"},
    {"a bad request", .status = 400, .code = "TOKEN_EXPIRED"},
    {"a store that is away", .status = 503, .code = "STORE_UNAVAILABLE"},
    {"nothing said", .status = 401},
    {"a code of lower case", .status = 401, .code = "token_expired"},
    {"half a code", .status = 401, .code = "TOKEN_EXPIRE"},
    {"a second time", .status = 401, .code = "TOKEN_EXPIRED", .attempt = 2},
    {"a third time", .status = 401, .code = "TOKEN_EXPIRED", .attempt = 3},
    {"a replay of POST", .status = 401, .code = "REPLAY_DETECTED", .method = "POST"},
    {"a replay of PATCH", .status = 401, .code = "REPLAY_DETECTED", .method = "PATCH"},
    {"a replay of another method", .status = 401, .code = "REPLAY_DETECTED", .method = "get"},
    {"a clock over a channel of anybody", SKEW(.date = DATE, .now = NOW - 40, .is_fake = true)},
    {"a clock without a date", SKEW(.now = NOW - 40)},
    {"a clock that is right", SKEW(.date = DATE)},
    {"another weekday", SKEW(.date = "Mon, 06 Nov 1994 08:49:37 GMT", .now = NOW - 40)},
    {"no such day", SKEW(.date = "Wed, 31 Nov 1994 08:49:37 GMT", .now = NOW - 40)},
    {"no such month", SKEW(.date = "Sun, 06 nov 1994 08:49:37 GMT", .now = NOW - 40)},
    {"another zone", SKEW(.date = "Sun, 06 Nov 1994 08:49:37 UTC", .now = NOW - 40)},
    {"an obsolete date", SKEW(.date = "Sunday, 06-Nov-94 08:49:37 GMT", .now = NOW - 40)},
    {"half a date", SKEW(.date = "Sun, 06 Nov 1994 08:49:37", .now = NOW - 40)},
    {"more than a date", SKEW(.date = "Sun, 06 Nov 1994 08:49:37 GMT ", .now = NOW - 40)},
    {"a letter in it", SKEW(.date = "Sun, 06 Nov 1994 0x:49:37 GMT", .now = NOW - 40)},
    {"an hour that is none", SKEW(.date = "Sun, 06 Nov 1994 24:49:37 GMT", .now = NOW - 40)},
    {"a challenge of another scheme", .status = 401, .challenge = "DPoP error=\"expired_token\""},
    {"a scheme that begins alike", .status = 401, .challenge = "Signets error=\"expired_token\""},
    {"a text that holds the word", .status = 401, .challenge = "Signet realm=\"error=\", x=\"expired_token\""},
    {"a quote without end", .status = 401, .challenge = "Signet error=\"expired_token"},
    {"an escape", .status = 401, .challenge = "Signet realm=\"\\\"\", error=\"expired_token\""},
    {"no equals sign", .status = 401, .challenge = "Signet error"},
    {"nothing but a scheme", .status = 401, .challenge = "Signet "},
};
/* clang-format on */

static signet_slice
text_or_nothing(const char *text)
{
    return text ? signet_slice_text(text) : (signet_slice){NULL, 0};
}

TEST(an_answer_says_what_is_next)
{
    for (EACH(row, answers)) {
        int64_t offset = 12345;
        const signet_client_answer answer = {
            .status = row->status,
            .code = text_or_nothing(row->code),
            .challenge = text_or_nothing(row->challenge),
            .date = text_or_nothing(row->date),
            .method = signet_slice_text(row->method ? row->method : "GET"),
            .is_authentic = !row->is_fake,
            .attempt = row->attempt ? row->attempt : 1,
            .now = row->now ? row->now : NOW,
        };

        CHECK_INT(signet_client_next(&answer, &offset), row->step);
        CHECK_INT(offset, row->step == SIGNET_CLIENT_SET_CLOCK ? row->offset : 12345);
        CHECK_INT(signet_client_next(&answer, NULL), row->step);
    }
}

/* --- message signatures --- */

static signet_key *
key_of_seed(void)
{
    uint8_t seed[SIGNET_SEED_SIZE];

    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    return signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
}

static signet_credential *
credential_of(const signet_key *master)
{
    const signet_credential_request request = {
        .master = master, .issuer = "me", .purpose = "test", .now = NOW};

    return signet_credential_new(&request, NULL);
}

typedef struct {
    const char *name, *method, *url, *body; /* no body: NULL */
    const char *field, *value;              /* one more, or NULL */
    signet_body_kind kind;                  /* of a body */
    int64_t late;
    bool has_digest;
    signet_code problem;
} message_row;

/* clang-format off */
static const message_row messages[] = {
    {"GET", "GET", "https://a.example/b?c=d"},
    {"no path", "GET", "https://A.example:443"},
    {"a body", "POST", "https://a.example/b", "{}", .kind = SIGNET_BODY_BYTES, .has_digest = true},
    {"POST without a body", "POST", "https://a.example/b", .has_digest = true},
    {"a body, and its type", "PUT", "https://a.example/b", "{}", "Content-Type", "application/json", SIGNET_BODY_BYTES, .has_digest = true},
    {"credentials", "GET", "http://a.example:8080/b", NULL, "Authorization", "Bearer x"},
    {"the last second", "GET", "https://a.example/b", .late = 300},
    {"an unsigned body", "POST", "https://a.example/b", .kind = SIGNET_BODY_UNSIGNED, .problem = SIGNET_E_USAGE},
    {"too late", "GET", "https://a.example/b", .late = 301, .problem = SIGNET_E_TIME},
    {"too early", "GET", "https://a.example/b", .late = -31, .problem = SIGNET_E_TIME},
    {"no scheme", "GET", "a.example/b", .problem = SIGNET_E_DECODE},
    {"a user", "GET", "https://me@a.example/b", .problem = SIGNET_E_DECODE},
    {"no method", "", "https://a.example/b", .problem = SIGNET_E_DECODE},
};
/* clang-format on */

static void
check_message(const message_row *row, const signet_credential *credential,
    const signet_sign_order *order, const signet_message_fields *made)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    bool has_path = strchr(row->url + 8, '/') != NULL;
    const char *port = strstr(row->url, ":8080");
    signet_http_field fields[4] = {
        {signet_slice_text("signature-input"), signet_buf_slice(&made->input)},
        {signet_slice_text("signature"), signet_buf_slice(&made->signature)},
    };
    signet_http_request request = {.method = signet_slice_text(row->method),
        .scheme = signet_slice_text(port ? "http" : "https"),
        .authority = signet_slice_text(port ? "a.example:8080" : "a.example"),
        .target = signet_slice_text(has_path ? strstr(row->url + 8, "/") : "/"),
        .fields = fields,
        .field_count = 2};

    if (made->digest.len > 0)
        fields[request.field_count++] = (signet_http_field){
            signet_slice_text("content-digest"), signet_buf_slice(&made->digest)};
    if (row->field)
        fields[request.field_count++] = order->request.fields[0];
    REQUIRE(
        sg_message_signature_read(&request, &sg_signature_pop, NOW + row->late, 30, &read, NULL));
    CHECK(sg_message_signature_verify(&read, signet_credential_describe(credential).key, NULL));
    CHECK_INT(read.keyid_kind, SG_KEYID_TOKEN);
    CHECK_INT(read.has_digest, row->has_digest);
    CHECK_INT(made->digest.len > 0, row->has_digest);
}

TEST(a_credential_signs_messages_that_the_profile_takes)
{
    signet_key *master = key_of_seed();
    signet_credential *credential = credential_of(master);

    REQUIRE(credential);
    for (EACH(row, messages)) {
        SIGNET_AUTO(signet_message_fields_free) signet_message_fields made = {0};
        signet_error err = {0};
        const signet_http_field field = {text_or_nothing(row->field), text_or_nothing(row->value)};
        const signet_sign_order order = {.url = row->url,
            .request = {.method = signet_slice_text(row->method),
                .fields = &field,
                .field_count = row->field ? 1 : 0},
            .body_kind = row->kind,
            .body = text_or_nothing(row->body)};
        bool is_made =
            signet_credential_sign_message(credential, &order, NOW + row->late, &made, &err);

        CHECK_INT(err.code, row->problem);
        CHECK_INT(is_made, row->problem == SIGNET_OK);
        if (is_made)
            check_message(row, credential, &order, &made);
        else
            CHECK(!made.input.data && !made.signature.data && !made.digest.data);
    }
    signet_credential_free(credential);
    signet_key_free(master);
}

/* --- DPoP --- */

typedef struct {
    const char *name, *algorithms, *token, *nonce, *url;
    bool covers, is_public, has_no_key;
    signet_code problem;
} dpop_row;

/* clang-format off */
static const dpop_row proofs[] = {
    {"with a token", "EdDSA ES256", "abc.def-_~+/==", NULL, "https://a.example/b"},
    {"without", "Ed25519", NULL, NULL, "https://a.example/b?c"},
    {"a nonce", "ES256 EdDSA", "abc", "n0nce", "https://a.example/b"},
    {"all of the request", "EdDSA", "abc", NULL, "https://a.example/b?c=d", .covers = true},
    {"another algorithm", "ES256", "abc", NULL, "https://a.example/b", .problem = SIGNET_E_ALGORITHM},
    {"no algorithm", "", "abc", NULL, "https://a.example/b", .problem = SIGNET_E_ALGORITHM},
    {"none named", NULL, "abc", NULL, "https://a.example/b", .problem = SIGNET_E_USAGE},
    {"no key", "EdDSA", "abc", NULL, "https://a.example/b", .has_no_key = true, .problem = SIGNET_E_USAGE},
    {"a public key", "EdDSA", "abc", NULL, "https://a.example/b", .is_public = true, .problem = SIGNET_E_KEY},
    {"no token68", "EdDSA", "abc def", NULL, "https://a.example/b", .problem = SIGNET_E_DECODE},
    {"an empty token", "EdDSA", "", NULL, "https://a.example/b", .problem = SIGNET_E_DECODE},
    {"only its end", "EdDSA", "==", NULL, "https://a.example/b", .problem = SIGNET_E_DECODE},
    {"a line end", "EdDSA", "abc\n", NULL, "https://a.example/b", .problem = SIGNET_E_DECODE},
    {"no URL", "EdDSA", "abc", NULL, NULL, .problem = SIGNET_E_USAGE},
    {"another scheme", "EdDSA", "abc", NULL, "ftp://a.example/b", .problem = SIGNET_E_DECODE},
};
/* clang-format on */

static void
check_proof(const dpop_row *row, signet_slice compact)
{
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
    sg_dpop_verdict verdict = {0};
    sg_dpop_refusal refusal = SG_DPOP_REFUSE_PROOF;
    uint8_t hash[32];
    signet_sha256 digest;
    sg_dpop_facts facts = {.method = signet_slice_text("POST"),
        .url = signet_slice_text(row->url),
        .access_token = text_or_nothing(row->token),
        .now = NOW,
        .content_hash = hash,
        .needs_query_hash = row->covers,
        .needs_content_hash = row->covers};

    signet_sha256_init(&digest);
    signet_sha256_update(&digest, signet_slice_text("{}"));
    signet_sha256_final(&digest, hash);
    REQUIRE(sg_dpop_read(signet_only_ed25519, compact, &proof, NULL));
    CHECK(sg_dpop_check(&proof, &facts, &verdict, &refusal, NULL));
    CHECK(signet_slice_is_equal(proof.nonce, text_or_nothing(row->nonce)));
    CHECK_INT(verdict.covers_content, row->covers);
}

TEST(a_dpop_proof_is_of_its_request)
{
    signet_key *key = key_of_seed();
    signet_key *public_key = signet_key_from_public(&signet_ed25519, signet_key_public(key), NULL);

    REQUIRE(key && public_key);
    for (EACH(row, proofs)) {
        SIGNET_AUTO(signet_buf_free) signet_buf made = {0};
        signet_error err = {0};
        const signet_dpop_request request = {.key = row->has_no_key  ? NULL
                                                    : row->is_public ? public_key
                                                                     : key,
            .algorithms = row->algorithms,
            .access_token = row->token,
            .nonce = row->nonce,
            .method = signet_slice_text("POST"),
            .url = row->url,
            .covers_request = row->covers,
            .body_kind = SIGNET_BODY_BYTES,
            .body = signet_slice_text("{}"),
            .now = NOW};
        bool is_made = signet_dpop_proof_new(&request, &made, &err);

        CHECK_INT(err.code, row->problem);
        CHECK_INT(is_made, row->problem == SIGNET_OK);
        if (is_made)
            check_proof(row, signet_buf_slice(&made));
        else
            CHECK(made.len == 0);
    }
    signet_key_free(public_key);
    signet_key_free(key);
}

TESTS(TEST_OF(an_answer_says_what_is_next),
    TEST_OF(a_credential_signs_messages_that_the_profile_takes),
    TEST_OF(a_dpop_proof_is_of_its_request))
