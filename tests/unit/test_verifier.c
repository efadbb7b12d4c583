/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier of HTTP proofs: each row is a client, a store and a route; one thing is odd. */
#include <signet/verifier.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "harness.h"
#include "http/binding_text.h"
#include "http/header.h"
#include "http/record.h"
#include "http/target.h"

enum { NOW = 1700000000, EXPIRES = NOW + 300 };

/* http-pop.md 2.7 */
#define MASTER_SEED    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define EPHEMERAL_SEED "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define OTHER_SEED     "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f"
#define CAPABILITY     "bf57a8df16c7c4f0b41cb5612d44672c"
#define JTI            "31323334353637383930313233343536"
#define NONCE          "726571756573742d6e6f6e6365313233"
#define MAC_KEY        "6060606060606060606060606060606060606060606060606060606060606060"

static signet_key *
key_of(const char *seed)
{
    signet_key *key = signet_key_from_seed(&signet_ed25519, unhex(seed), NULL);

    REQUIRE(key);
    return key;
}

/* Zero is what an honest client, store and route do. */
typedef struct {
    const char *name;
    /* what the client signs, and what arrives */
    const char *method, *target, *host, *body;
    const char *sent_method, *sent_target, *sent_host, *sent_body, *sent_value;
    int64_t late;   /* seconds between signing and arriving */
    bool is_plain;  /* without x=2 */
    bool is_full;   /* the token is presented */
    bool is_issued; /* ... and signed by the master key */
    bool has_no_nonce, has_no_digest, has_wrong_capability, has_other_key, has_forged_plain;
    const char *certificate;
    int fields; /* of the proof; 0: one */
    /* the token and its record */
    signet_lookup lookup;
    int64_t expires, not_before; /* from the time of signing */
    const char *issuer, *purpose, *audience, *pop_min, *bound_certificate;
    uint64_t capability; /* 0: none */
    bool has_other_list; /* the id stays that of none */
    bool has_other_cnf, has_other_eph_kid, has_forged_binding, has_other_mac, has_other_jti;
    /* the route */
    signet_verifier_policy policy;
    signet_replay_answer answer; /* REFUSED stands for FRESH */
    bool store_fails, leaves_body, takes_unseen_body;
    int64_t announced; /* length; 0: as it is, -1: not known, -2: none */
    /* the end */
    int status; /* 0: accepted */
    const char *code;
} scenario;

static const char *const purposes[] = {"read", "api-access", NULL};
static const char *const other_purposes[] = {"read", "api", NULL};

#define PLAIN .is_plain = true, .policy.binding = SIGNET_BINDING_IF_PRESENT

/* clang-format off */
static const scenario scenarios[] = {
    {"all bound"},
    {"a body", .body = "{\"hello\": \"world\"}"},
    {"a body of unknown length", .body = "x", .announced = -1},
    {"a plain proof where it may be", PLAIN},
    {"a plain proof where x=2 does not count", .is_plain = true, .policy.binding = SIGNET_BINDING_OFF},
    {"x=2 where it does not count", .policy.binding = SIGNET_BINDING_OFF},
    {"x=2 where it may be", .policy.binding = SIGNET_BINDING_IF_PRESENT},
    {"a plain proof without nonce", PLAIN, .has_no_nonce = true, .policy.allow_missing_nonce = true},
    {"a target with escapes", .target = "/a%2Fb/c%20d?x=%7C"},
    {"the authority otherwise written", .sent_host = "API.example.com:443"},
    {"as late as may be", .late = 30},
    {"as early as may be", .not_before = -40, .late = -30},
    {"the last second of the token", .expires = 10, .late = 10},
    {"the first second of the token", .not_before = 10, .late = 10},
    {"a purpose of the list", .policy.purposes = purposes},
    {"the audience", .audience = "api", .policy.audience = "api"},
    {"no audience in the token", .policy.audience = "api"},
    {"a body that somebody else compares", .body = "x", .leaves_body = true, .takes_unseen_body = true},
    {"an unsigned body where it may be", .body = "x", .has_no_digest = true, .policy.allow_unsigned_body = true},
    {"a token presented by its holder", .is_full = true, .policy.allow_full = true},
    {"a token presented that its issuer signed", .is_full = true, .is_issued = true, .policy.allow_full = true},
    {"with a capability", .is_full = true, .is_issued = true, .capability = 7, .policy.allow_full = true},
    {"with a capability that its holder claims", .is_full = true, .capability = 7, .policy.allow_full = true},
    {"x=2 that the record demands", .pop_min = "x2", .policy.binding = SIGNET_BINDING_IF_PRESENT},
    {"the certificate it is bound to", .certificate = "c1", .bound_certificate = "c1"},
    {"content as long as may be", .body = "0123456789", .policy.body_max = 10},
    {"s of x=2 is not what counts", .has_forged_plain = true},

    {"no field", .fields = -1, .status = 401, .code = "MISSING_PROOF"},
    {"an empty field", .sent_value = "", .status = 401, .code = "MISSING_PROOF"},
    {"two fields", .fields = 2, .status = 400, .code = "INVALID_PROOF"},
    {"no proof", .sent_value = "v1", .status = 400, .code = "INVALID_PROOF"},
    {"another method", .sent_method = "PUT", .status = 401, .code = "INVALID_SIGNATURE"},
    {"another method, plain", PLAIN, .sent_method = "PUT", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a method in lower case", .sent_method = "get", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a method that is no token", .sent_method = "G:T", .status = 400, .code = "INVALID_REQUEST"},
    {"another path", .sent_target = "/other", .status = 401, .code = "INVALID_SIGNATURE"},
    {"another path, plain", PLAIN, .sent_target = "/other", .status = 401, .code = "INVALID_SIGNATURE"},
    {"another query, plain", PLAIN, .sent_target = "/protected?a", .status = 401, .code = "INVALID_SIGNATURE"},
    {"the path otherwise written", .sent_target = "/p%72otected", .status = 401, .code = "INVALID_SIGNATURE"},
    {"an absolute target", .sent_target = "https://api.example.com/protected", .status = 400, .code = "INVALID_REQUEST"},
    {"a broken escape", .sent_target = "/a%2", .status = 400, .code = "INVALID_REQUEST"},
    {"a path with |", .target = "/a%7cb", .status = 400, .code = "INVALID_REQUEST"},
    {"another host that is ours", .sent_host = "old.example.com:8443", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a host that is not ours", .host = "evil.example", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a host that is none", .sent_host = "a b", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body that cannot be seen", .body = "x", .leaves_body = true, .status = 403, .code = "POLICY_MISMATCH"},
    {"another body", .body = "x", .sent_body = "y", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body cut short", .body = "xy", .sent_body = "x", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body grown", .body = "x", .sent_body = "xy", .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body where none was signed", .sent_body = "y", .status = 401, .code = "INVALID_SIGNATURE"},
    {"no body where one was signed", .body = "x", .announced = -2, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body shorter than announced", .body = "x", .announced = 2, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body that is not signed", .body = "x", .has_no_digest = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a body that is not signed, of unknown length", .body = "x", .has_no_digest = true, .announced = -1, .status = 401, .code = "INVALID_SIGNATURE"},
    {"content too long", .body = "0123456789a", .policy.body_max = 10, .status = 413, .code = "REQUEST_TOO_LARGE"},
    {"content too long, plain", PLAIN, .body = "0123456789a", .policy.body_max = 10, .status = 413, .code = "REQUEST_TOO_LARGE"},
    {"content too long that did not say so", .body = "0123456789a", .announced = -1, .policy.body_max = 10, .status = 413, .code = "REQUEST_TOO_LARGE"},
    {"a second too late", .late = 31, .status = 401, .code = "CLOCK_SKEW"},
    {"a second too early", .late = -31, .status = 401, .code = "CLOCK_SKEW"},
    {"later than a narrow route takes", .late = 6, .policy.skew = 5, .status = 401, .code = "CLOCK_SKEW"},
    {"an unknown token", .lookup = SIGNET_LOOKUP_NONE, .status = 401, .code = "TOKEN_NOT_FOUND"},
    {"a store that fails", .store_fails = true, .status = 503, .code = "STORE_UNAVAILABLE"},
    {"a record that somebody else wrote", .has_other_mac = true, .status = 503, .code = "STORE_UNAVAILABLE"},
    {"a record of another token", .has_other_jti = true, .status = 503, .code = "STORE_UNAVAILABLE"},
    {"a second after its end", .expires = 10, .late = 11, .status = 401, .code = "TOKEN_EXPIRED"},
    {"a second before its begin", .not_before = 10, .late = 9, .status = 401, .code = "TOKEN_NOT_YET_VALID"},
    {"an issuer that is not known", .issuer = "other", .status = 500, .code = "KEY_NOT_FOUND"},
    {"another master key", .has_other_cnf = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a key that the token does not name", .has_other_eph_kid = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a binding that is not genuine", .has_forged_binding = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a thief without the key", .has_other_key = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a thief without the key, plain", PLAIN, .has_other_key = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"a changed s, plain", PLAIN, .has_forged_plain = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"another capability", .has_wrong_capability = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"no nonce, plain", PLAIN, .has_no_nonce = true, .status = 400, .code = "INVALID_PROOF"},
    {"no nonce with x=2", .has_no_nonce = true, .policy.allow_missing_nonce = true, .status = 400, .code = "INVALID_PROOF"},
    {"a plain proof where all must be bound", .is_plain = true, .status = 401, .code = "BINDING_REQUIRED"},
    {"x=2 stripped, which the record demands", PLAIN, .pop_min = "x2", .status = 401, .code = "BINDING_REQUIRED"},
    {"a replay", .answer = SIGNET_REPLAY_SEEN, .status = 401, .code = "REPLAY_DETECTED"},
    {"a replay store that is full", .answer = SIGNET_REPLAY_FULL, .status = 503, .code = "STORE_UNAVAILABLE"},
    {"a token with its share", .answer = SIGNET_REPLAY_QUOTA, .status = 503, .code = "STORE_UNAVAILABLE"},
    {"a purpose not of the list", .policy.purposes = other_purposes, .status = 403, .code = "PURPOSE_MISMATCH"},
    {"another audience", .audience = "web", .policy.audience = "api", .status = 403, .code = "POLICY_MISMATCH"},
    {"a token presented where none may be", .is_full = true, .status = 400, .code = "INVALID_PROOF"},
    {"presented by a thief", .is_full = true, .has_other_key = true, .policy.allow_full = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"presented with a forged binding", .is_full = true, .has_forged_binding = true, .policy.allow_full = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"presented for another master key", .is_full = true, .has_other_cnf = true, .policy.allow_full = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"presented under another jti", .is_full = true, .has_other_jti = true, .policy.allow_full = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"presented too late", .is_full = true, .expires = 10, .late = 11, .policy.allow_full = true, .status = 401, .code = "TOKEN_EXPIRED"},
    {"presented, of an issuer that is not known", .is_full = true, .issuer = "other", .policy.allow_full = true, .status = 500, .code = "KEY_NOT_FOUND"},
    {"a capability that the id is not of", .is_full = true, .is_issued = true, .capability = 7, .has_other_list = true, .policy.allow_full = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"issued in the name of another", .is_full = true, .is_issued = true, .issuer = "other", .policy.allow_full = true, .status = 401, .code = "INVALID_SIGNATURE"},
    {"another certificate", .certificate = "c2", .bound_certificate = "c1", .status = 401, .code = "INVALID_SIGNATURE"},
    {"no certificate", .bound_certificate = "c1", .status = 401, .code = "INVALID_SIGNATURE"},
};
/* clang-format on */

static const char *
either(const char *first, const char *second)
{
    return first ? first : second;
}

/* --- making it --- */

typedef struct {
    signet_key *master, *ephemeral, *other;
    signet_buf token, binding, value, record, text, strong_text, strong, plain, sig1;
    uint8_t token_hash[32], digest[32], certificate[32];
} material;

static void
material_free(material *it)
{
    signet_buf *const bufs[] = {&it->token, &it->binding, &it->value, &it->record, &it->text,
        &it->strong_text, &it->strong, &it->plain, &it->sig1};

    signet_key_free(it->master);
    signet_key_free(it->ephemeral);
    signet_key_free(it->other);
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        signet_buf_free(bufs[i]);
}

static signet_slice
bytes(const uint8_t *ptr, size_t len)
{
    return (signet_slice){ptr, len};
}

static signet_slice
capability_id_of(const scenario *row)
{
    uint8_t id[SIGNET_CAPABILITY_ID_SIZE];

    if (row->capability == 0 || row->has_other_list)
        return unhex(CAPABILITY);
    REQUIRE(signet_capability_id(&row->capability, 1, id, NULL));
    return harness_keep(bytes(id, sizeof(id)));
}

static void
make_token(const scenario *row, material *it)
{
    uint8_t confirmation[32], ephemeral_id[32];
    int64_t expires = row->expires ? NOW + row->expires : EXPIRES;
    signet_claims claims = {
        .issuer = signet_slice_text(either(row->issuer, "demo-server")),
        .subject = bytes(ephemeral_id, 32),
        .expires = expires,
        .not_before = NOW + row->not_before,
        .issued = NOW + row->not_before,
        .capability_id = capability_id_of(row),
        .capabilities = {row->capability},
        .capability_count = row->capability != 0,
        .confirmation = bytes(confirmation, 32),
        .token_id = unhex(row->has_other_jti ? NONCE : JTI),
        .ephemeral_id = bytes(ephemeral_id, 32),
    };

    if (row->audience)
        claims.audience = signet_slice_text(row->audience);
    signet_key_confirmation(row->has_other_cnf ? it->other : it->master, confirmation);
    signet_key_confirmation(row->has_other_eph_kid ? it->other : it->ephemeral, ephemeral_id);
    REQUIRE(signet_token_encode(&claims, &it->token, NULL));
    sg_sha256(signet_buf_slice(&it->token), it->token_hash);
    REQUIRE(signet_sig1_encode_token(signet_buf_slice(&it->token),
        row->is_issued ? it->master : it->ephemeral, &it->sig1, NULL));
    REQUIRE(signet_binding_write(it->ephemeral, expires,
        signet_slice_text(either(row->purpose, "api-access")), &it->text, NULL));
    REQUIRE(signet_key_sign(it->master, signet_buf_slice(&it->text), &it->binding, NULL));
    it->binding.data[0] ^= row->has_forged_binding;
    it->text.len = 0;
}

static void
make_record(const scenario *row, material *it)
{
    sg_record record = {
        .token = signet_buf_slice(&it->token),
        .master = it->master,
        .ephemeral = it->ephemeral,
        .binding = signet_buf_slice(&it->binding),
        .issued_at = NOW,
        .purpose = signet_slice_text(either(row->purpose, "api-access")),
    };
    sg_record_rules rules = {.format = SG_RECORD_V2,
        .mac_key = unhex(row->has_other_mac ? OTHER_SEED : MAC_KEY),
        .accepted = signet_only_ed25519};
    char thumbprint[64] = {0};

    if (row->pop_min)
        record.metadata[record.metadata_count++] = (sg_record_entry){
            signet_slice_text(SG_RECORD_POP_MIN), signet_slice_text(row->pop_min)};
    if (row->bound_certificate) {
        sg_sha256(signet_slice_text(row->bound_certificate), it->certificate);
        sg_base64url_encode(bytes(it->certificate, 32), thumbprint);
        record.metadata[record.metadata_count++] = (sg_record_entry){
            signet_slice_text(SG_RECORD_CERTIFICATE), signet_slice_text(thumbprint)};
    }
    REQUIRE(sg_record_write(&record, &rules, &it->record, NULL));
}

static void
sign_request(const scenario *row, material *it, sg_proof_header *header)
{
    const signet_key *key = row->has_other_key ? it->other : it->ephemeral;
    const sg_target_rules lax = {.allow_ambiguous = true};
    signet_slice method = signet_slice_text(either(row->method, "GET"));
    sg_target target = {0};
    sg_request_text text = {method, &target, NOW, header->nonce};
    sg_binding_text strong = {
        .method = method,
        .authority = signet_slice_text(either(row->host, "api.example.com")),
        .digest = header->digest,
        .token_id = header->token_id,
        .nonce = unhex(NONCE),
        .time = NOW,
        .token_hash = bytes(it->token_hash, 32),
    };

    REQUIRE(
        sg_target_read(signet_slice_text(either(row->target, "/protected")), &lax, &target, NULL));
    strong.target = target.raw;
    REQUIRE(sg_request_text_write(&text, &it->text, NULL));
    REQUIRE(signet_key_sign(key, signet_buf_slice(&it->text), &it->plain, NULL));
    it->plain.data[0] ^= row->has_forged_plain;
    REQUIRE(sg_binding_text_write(&strong, &it->strong_text, NULL));
    REQUIRE(signet_key_sign(key, signet_buf_slice(&it->strong_text), &it->strong, NULL));
    header->signature = signet_buf_slice(&it->plain);
    if (!row->is_plain)
        header->strong_signature = signet_buf_slice(&it->strong);
}

static void
make_header(const scenario *row, material *it)
{
    sg_proof_header header = {
        .mode = signet_slice_text(row->is_full ? "full" : "compact"),
        .token_id = unhex(JTI),
        .capability_id = row->has_wrong_capability ? unhex(JTI) : capability_id_of(row),
        .time = NOW,
    };

    if (!row->has_no_nonce)
        header.nonce = unhex(NONCE);
    if (!row->is_plain)
        header.extension = signet_slice_text("2");
    if (!row->is_plain && !row->has_no_digest) {
        sg_sha256(signet_slice_text(either(row->body, "")), it->digest);
        header.digest = bytes(it->digest, 32);
    }
    if (row->is_full) {
        header.token = signet_buf_slice(&it->sig1);
        header.ephemeral_key = signet_key_public(it->ephemeral);
        header.binding = signet_buf_slice(&it->binding);
        header.purpose = signet_slice_text(either(row->purpose, "api-access"));
    }
    sign_request(row, it, &header);
    REQUIRE(sg_proof_header_write(&header, &it->value, NULL));
}

static void
make(const scenario *row, material *it)
{
    it->master = key_of(MASTER_SEED);
    it->ephemeral = key_of(EPHEMERAL_SEED);
    it->other = key_of(OTHER_SEED);
    make_token(row, it);
    make_record(row, it);
    make_header(row, it);
}

/* --- judging it --- */

static const char *const origins[] = {
    "https://api.example.com", "https://old.example.com:8443", NULL};

static signet_verifier *
verifier_of(const signet_key *master)
{
    const signet_verifier_key key = {.issuer = "demo-server", .key = master};
    const signet_verifier_options options = {
        .keys = &key, .key_count = 1, .origins = origins, .record_key = unhex(MAC_KEY)};
    signet_verifier *verifier = signet_verifier_new(&options, NULL);

    REQUIRE(verifier);
    return verifier;
}

static void
answer(signet_verification *it, const scenario *row, const material *with, const char *body)
{
    uint8_t digest[32];

    for (int i = 0; i < 4; i++) {
        switch (signet_verification_state(it)) {
        case SIGNET_VERIFICATION_NEEDS_RECORD:
            CHECK_BYTES(signet_verification_token_id(it), unhex(JTI));
            signet_verification_give_record(it,
                row->store_fails                                         ? SIGNET_LOOKUP_FAILED
                : row->code && strcmp(row->code, "TOKEN_NOT_FOUND") == 0 ? SIGNET_LOOKUP_NONE
                                                                         : SIGNET_LOOKUP_FOUND,
                signet_buf_slice(&with->record));
            break;
        case SIGNET_VERIFICATION_NEEDS_FRESH:
            CHECK_INT(signet_verification_entry(it).until, NOW + 61);
            signet_verification_give_fresh(it, row->answer ? row->answer : SIGNET_REPLAY_FRESH);
            break;
        case SIGNET_VERIFICATION_NEEDS_BODY:
            sg_sha256(signet_slice_text(body), digest);
            CHECK_INT(signet_verification_body_digest(it).len, sizeof(digest));
            if (row->leaves_body)
                signet_verification_leave_body(it, row->takes_unseen_body);
            else
                signet_verification_give_body(it, digest, strlen(body));
            break;
        case SIGNET_VERIFICATION_ACCEPTED:
        case SIGNET_VERIFICATION_REFUSED:
            return;
        }
    }
    harness_fail(__FILE__, __LINE__, "it asks for ever");
}

static signet_verification *
judge(const signet_verifier *verifier, signet_verifier_cache *cache, const scenario *row,
    const material *with)
{
    signet_slice name = signet_slice_text("signet-PROOF");
    signet_slice value =
        row->sent_value ? signet_slice_text(row->sent_value) : signet_buf_slice(&with->value);
    const signet_http_field fields[] = {{name, value}, {name, value}};
    const char *body = either(row->sent_body, either(row->body, ""));
    uint8_t certificate[32];
    signet_http_facts facts = {
        .request = {.method =
                        signet_slice_text(either(row->sent_method, either(row->method, "GET"))),
            .scheme = signet_slice_text("https"),
            .authority =
                signet_slice_text(either(row->sent_host, either(row->host, "api.example.com"))),
            .target =
                signet_slice_text(either(row->sent_target, either(row->target, "/protected"))),
            .fields = fields,
            .field_count = row->fields < 0 ? 0
                           : row->fields   ? (size_t)row->fields
                                           : 1},
        .content_length = row->announced == -2 ? 0
                          : row->announced     ? row->announced
                                               : (int64_t)strlen(body),
    };
    signet_error err = {0};
    signet_verification *it = NULL;

    if (row->certificate) {
        sg_sha256(signet_slice_text(row->certificate), certificate);
        facts.certificate = bytes(certificate, 32);
    }
    it = signet_verification_new(verifier, cache, &row->policy, &facts, NOW + row->late, &err);
    REQUIRE(it);
    answer(it, row, with, body);
    return it;
}

static void
check_end(const scenario *row, const signet_verification *it)
{
    const signet_refusal *refusal = signet_verification_refusal(it);
    signet_http_identity who = signet_verification_identity(it);

    if (row->status == 0) {
        if (refusal)
            harness_fail(__FILE__, __LINE__, "%s: %s", refusal->code,
                signet_verification_reason(it)->message);
        CHECK_BYTES(who.token_id, unhex(JTI));
        CHECK_BYTES(who.issuer, signet_slice_text("demo-server"));
        CHECK_BYTES(who.purpose, signet_slice_text("api-access"));
        CHECK_INT(who.is_attested, row->is_issued);
        CHECK_INT(who.capability_count, row->is_issued && row->capability != 0);
        CHECK(!who.covers_body || !row->leaves_body);
        CHECK_INT(
            who.covers_authority, !row->is_plain && row->policy.binding != SIGNET_BINDING_OFF);
        return;
    }
    REQUIRE(refusal);
    CHECK_TEXT(refusal->code, row->code);
    CHECK_INT(refusal->status, row->status);
    CHECK(signet_verification_reason(it)->code != SIGNET_OK);
    CHECK(who.token_id.len == 0 && !who.is_attested);
}

TEST(accepts_what_is_genuine_and_nothing_else)
{
    for (EACH(row, scenarios)) {
        __attribute__((cleanup(material_free))) material with = {0};
        SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
        SIGNET_AUTO(signet_verifier_cache_free)
        signet_verifier_cache *cache = signet_verifier_cache_new(4, NULL);

        make(row, &with);
        verifier = verifier_of(with.master);
        for (int i = 0; i < 3; i++) { /* without a cache, with an empty one, with a full one */
            SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;

            it = judge(verifier, i ? cache : NULL, row, &with);
            check_end(row, it);
        }
    }
}

/* http-pop.md 2.7 and 10.5, byte for byte. */
TEST(accepts_the_examples_of_the_specification)
{
    static const scenario row = {"E1", PLAIN};
    __attribute__((cleanup(material_free))) material with = {0};

    make(&row, &with);
    CHECK_BYTES(signet_buf_slice(&with.value),
        signet_slice_text("v1;m=compact;jti=MTIzNDU2Nzg5MDEyMzQ1Ng;cap=v1eo3xbHxPC0HLVhLURnLA;s="
                          "MsHylIC3zZffLGbqBo7YgyGM3aNdzObdTgSfVyxwb5cN0sH3DF4p9RT6bYqaZVu-"
                          "EcuzYQPJ-G-fy1zCmW_ECA;n=cmVxdWVzdC1ub25jZTEyMw;ts=1700000000"));
}

/* A record that changed under its id is read and verified again. */
TEST(believes_a_record_only_as_it_was)
{
    static const scenario good = {"good"}, forged = {"forged", .has_forged_binding = true,
                                               .status = 401, .code = "INVALID_SIGNATURE"};
    __attribute__((cleanup(material_free))) material with = {0}, other = {0};
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
    SIGNET_AUTO(signet_verifier_cache_free)
    signet_verifier_cache *cache = signet_verifier_cache_new(1, NULL);
    const scenario *rows[] = {&good, &forged, &good, &forged};

    make(&good, &with);
    make(&forged, &other);
    verifier = verifier_of(with.master);
    for (size_t i = 0; i < 4; i++) {
        SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;

        harness_row = rows[i]->name;
        it = judge(verifier, cache, rows[i], i % 2 ? &other : &with);
        check_end(rows[i], it);
    }
}

/* The replay key is that of the request: no other spelling of its proof has another. */
TEST(a_proof_has_one_replay_key)
{
    static const scenario rows[] = {
        {"all bound"},
        {"another s", .has_forged_plain = true},
        {"x=2 stripped", PLAIN},
        {"x=2 not looked at", .policy.binding = SIGNET_BINDING_OFF},
    };
    uint8_t key[SIGNET_REPLAY_KEY_SIZE] = {0};

    for (EACH(row, rows)) {
        __attribute__((cleanup(material_free))) material with = {0};
        SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
        SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;
        signet_replay_entry entry = {0};

        make(row, &with);
        verifier = verifier_of(with.master);
        it = judge(verifier, NULL, row, &with);
        check_end(row, it);
        entry = signet_verification_entry(it);
        if (row == rows)
            memcpy(key, entry.key, sizeof(key));
        CHECK_BYTES(bytes(entry.key, sizeof(key)), bytes(key, sizeof(key)));
    }
}

/* A caller that answers what was not asked gets no request accepted. */
TEST(an_answer_out_of_turn_refuses)
{
    static const scenario row = {"good"};
    __attribute__((cleanup(material_free))) material with = {0};
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
    uint8_t digest[32] = {0};

    make(&row, &with);
    verifier = verifier_of(with.master);
    for (int i = 0; i < 4; i++) {
        SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;

        it = judge(verifier, NULL, &row, &with);
        if (i == 0)
            signet_verification_give_fresh(it, SIGNET_REPLAY_FRESH);
        else if (i == 1)
            signet_verification_give_body(it, digest, 0);
        else if (i == 2)
            signet_verification_leave_body(it, true);
        else
            signet_verification_give_record(
                it, SIGNET_LOOKUP_FOUND, signet_buf_slice(&with.record));
        CHECK_INT(signet_verification_state(it), SIGNET_VERIFICATION_REFUSED);
        CHECK_INT(signet_verification_refusal(it)->status, 500);
    }
}

TEST(refuses_a_configuration_that_makes_no_sense)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = key_of(MASTER_SEED);
    const signet_verifier_key keys[] = {{"demo-server", key}, {"", key}, {"x", NULL}};
    static const char *const odd[] = {"api.example.com", NULL}, *const worse[] = {
                                                                    "https://a b", NULL};
    const struct {
        const char *name;
        signet_verifier_options options;
    } rows[] = {
        {"no key", {.key_count = 0}},
        {"an issuer without name", {.keys = keys + 1, .key_count = 1}},
        {"an issuer without key", {.keys = keys + 2, .key_count = 1}},
        {"an origin without scheme", {.keys = keys, .key_count = 1, .origins = odd}},
        {"an origin that is none", {.keys = keys, .key_count = 1, .origins = worse}},
        {"a short key of records",
            {.keys = keys, .key_count = 1, .record_key = signet_slice_text("short")}},
    };

    for (EACH(row, rows))
        CHECK(!signet_verifier_new(&row->options, NULL));
    CHECK(!signet_verifier_cache_new((size_t)SIGNET_VERIFIER_CACHE_MAX + 1, NULL));
}

TESTS(TEST_OF(accepts_what_is_genuine_and_nothing_else),
    TEST_OF(accepts_the_examples_of_the_specification), TEST_OF(believes_a_record_only_as_it_was),
    TEST_OF(a_proof_has_one_replay_key), TEST_OF(an_answer_out_of_turn_refuses),
    TEST_OF(refuses_a_configuration_that_makes_no_sense))
