/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All dialects through the one verifier: each alone, each with each other, and whatever may be odd
 * about them.  The client is that of dialects.h.
 */
#include "dialects.h"
#include "harness.h"

/* The name is in the plan. */
#define ROWS(row, table)                                                                           \
    __typeof__(&(table)[0]) row = (table);                                                         \
    row < (table) + sizeof(table) / sizeof((table)[0]);                                            \
    row++

typedef struct {
    dialects_plan plan;
    unsigned open; /* what the route enables; 0: all */
    signet_verifier_policy policy;
    bool asks_nonces;
    unsigned replays; /* the number of the proof that was seen before */
    int status;       /* 0: accepted */
    const char *code;
    unsigned proofs;  /* how many had to be fresh */
    const char *text; /* what a text body says; NULL: anything */
} scenario;

static const char *const api[] = {"web", "api", NULL}, *const web[] = {"web", NULL};

#define BODY                  .method = "POST", .body = "{\"hello\": \"world\"}"
#define REFUSED(number, text) .status = (number), .code = (text)

/* clang-format off */
static const scenario scenarios[] = {
    /* each alone */
    {{"Signet-Proof", PROOF, 0}, .proofs = 1},
    {{"Signet-Proof, presented", PROOF, FULL}, .policy.allow_full = true, .proofs = 1},
    {{"a message signature", SIGNED, 0}, .proofs = 1},
    {{"DPoP", DPOP, 0}, .proofs = 1},
    {{"a certificate", CERTIFICATE, 0}, .proofs = 0},
    {{"Signet-Proof with content", PROOF, 0, BODY}, .proofs = 1},
    {{"a message signature with content", SIGNED, 0, BODY}, .proofs = 1},
    {{"a message signature with SHA-512", SIGNED, SHA512, BODY}, .proofs = 1},
    {{"a message signature with both digests", SIGNED, BOTH_DIGESTS, BODY}, .proofs = 1},
    {{"DPoP with content", DPOP, 0, BODY}, .proofs = 1},
    {{"a certificate with content", CERTIFICATE, 0, BODY}, .proofs = 0},
    {{"content of unknown length", SIGNED, 0, BODY, .announced = -1}, .proofs = 1},
    {{"DPoP as others make it", DPOP, NO_DIGESTS, BODY},
        .policy = {.allow_unsigned_query = true, .allow_unsigned_body = true}, .proofs = 1},
    {{"DPoP with nonce", DPOP, WITH_NONCE}, .asks_nonces = true, .proofs = 1},
    {{"DPoP with a nonce nobody asked for", DPOP, WITH_NONCE}, .proofs = 1},
    {{"a signature where there is no content", SIGNED, NO_DIGESTS}, .proofs = 1},
    {{"a scope that is served", DPOP, 0}, .policy.purposes = api, .proofs = 1},
    {{"a purpose that is served", SIGNED, 0}, .policy.purposes = api, .proofs = 1},
    {{"the authority otherwise written", SIGNED, 0, .sent_host = "API.example.com:443"}, .proofs = 1},
    {{"DPoP at the authority otherwise written", DPOP, 0, .sent_host = "API.example.com:443"}, .proofs = 1},

    /* each with each */
    {{"Signet-Proof and signature", PROOF | SIGNED, 0, BODY}, .proofs = 2},
    {{"Signet-Proof and signature, SHA-512", PROOF | SIGNED, SHA512, BODY}, .proofs = 2},
    {{"Signet-Proof and signature by thumbprint", PROOF | SIGNED, BY_THUMBPRINT}, .proofs = 2},
    {{"Signet-Proof presented, and signature", PROOF | SIGNED, FULL, BODY}, .policy.allow_full = true, .proofs = 2},
    {{"Signet-Proof and DPoP", PROOF | DPOP, 0, BODY}, .proofs = 2},
    {{"Signet-Proof and certificate", PROOF | CERTIFICATE, RECORD_NAMES_IT}, .proofs = 1},
    {{"signature and DPoP", SIGNED | DPOP, 0, BODY}, .proofs = 2},
    {{"signature by thumbprint, and DPoP", SIGNED | DPOP, BY_THUMBPRINT}, .proofs = 2},
    {{"both of another client", SIGNED | DPOP, BY_THUMBPRINT | OTHER_CLIENT}, .proofs = 2},
    {{"signature and certificate", SIGNED | CERTIFICATE, RECORD_NAMES_IT}, .proofs = 1},
    {{"three", PROOF | SIGNED | DPOP, 0, BODY}, .proofs = 3},
    {{"three with a certificate", PROOF | SIGNED | CERTIFICATE, RECORD_NAMES_IT}, .proofs = 2},

    /* what is not enabled is not looked at */
    {{"a forged signature nobody asks for", PROOF | SIGNED, FORGED_SIGNATURE}, .open = PROOF, .proofs = 1},
    {{"forged DPoP nobody asks for", PROOF | DPOP, FORGED_DPOP}, .open = PROOF | SIGNED, .proofs = 1},
    {{"a forged proof nobody asks for", PROOF | SIGNED, FORGED_PROOF}, .open = SIGNED, .proofs = 1},
    {{"the default is Signet-Proof: signature", SIGNED, 0}, .open = PROOF, REFUSED(401, "MISSING_PROOF")},
    {{"the default is Signet-Proof: DPoP", DPOP, 0}, .open = PROOF, REFUSED(401, "MISSING_PROOF")},
    {{"the default is Signet-Proof: certificate", CERTIFICATE, 0}, .open = PROOF, REFUSED(401, "MISSING_PROOF")},
    {{"nothing", 0, 0}, REFUSED(401, "MISSING_PROOF")},
    {{"nothing, where only DPoP is open", PROOF, 0}, .open = DPOP, REFUSED(401, "MISSING_PROOF")},

    /* a failed proof is not made good by another one */
    {{"proof forged, signature good", PROOF | SIGNED, FORGED_PROOF}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"proof good, signature forged", PROOF | SIGNED, FORGED_SIGNATURE}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"proof forged, DPoP good", PROOF | DPOP, FORGED_PROOF}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"proof good, DPoP forged", PROOF | DPOP, FORGED_DPOP}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"proof forged, certificate good", PROOF | CERTIFICATE, FORGED_PROOF | RECORD_NAMES_IT}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"proof good, certificate missing", PROOF | CERTIFICATE, NO_CERTIFICATE}, REFUSED(401, "INVALID_TOKEN")},
    {{"signature forged, DPoP good", SIGNED | DPOP, FORGED_SIGNATURE}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"signature good, DPoP forged", SIGNED | DPOP, FORGED_DPOP}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"signature forged, certificate good", SIGNED | CERTIFICATE, FORGED_SIGNATURE | RECORD_NAMES_IT}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"signature good, another certificate", SIGNED | CERTIFICATE, OTHER_CERTIFICATE}, REFUSED(401, "INVALID_TOKEN")},
    {{"three, and the last is stolen", PROOF | SIGNED | DPOP, STOLEN_TOKEN}, REFUSED(401, "INVALID_TOKEN")},
    {{"proof good, access token forged", PROOF | DPOP, FORGED_TOKEN}, REFUSED(401, "INVALID_TOKEN")},

    /* good ones that are not of one key */
    {{"a signature of another token", PROOF | SIGNED, OTHER_KEYID}, REFUSED(401, "PROOFS_DIFFER")},
    {{"a signature of another key, by thumbprint", PROOF | SIGNED, BY_THUMBPRINT | OTHER_SIGNER}, REFUSED(401, "PROOFS_DIFFER")},
    {{"a signature of another key", PROOF | SIGNED, OTHER_SIGNER}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"DPoP of another client", PROOF | DPOP, OTHER_CLIENT}, REFUSED(401, "PROOFS_DIFFER")},
    {{"DPoP of another client than the signature", SIGNED | DPOP, OTHER_CLIENT}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"a signature by a third key, and DPoP", SIGNED | DPOP, BY_THUMBPRINT | OTHER_SIGNER}, REFUSED(401, "PROOFS_DIFFER")},
    {{"a certificate the record does not name", PROOF | CERTIFICATE, 0}, REFUSED(401, "PROOFS_DIFFER")},
    {{"the same with a signature", SIGNED | CERTIFICATE, 0}, REFUSED(401, "PROOFS_DIFFER")},
    {{"a certificate a presented token does not name", PROOF | CERTIFICATE, FULL}, .policy.allow_full = true, REFUSED(401, "PROOFS_DIFFER")},

    /* one credential beside another must be covered by the signature */
    {{"a signature that came before the proof", PROOF | SIGNED, UNCOVERED}, REFUSED(401, "BINDING_REQUIRED")},
    {{"a signature that came before DPoP", SIGNED | DPOP, UNCOVERED}, REFUSED(401, "BINDING_REQUIRED")},
    {{"a signature that came before Bearer", SIGNED | CERTIFICATE, UNCOVERED}, REFUSED(401, "BINDING_REQUIRED")},

    /* replay: each proof has its entry */
    {{"a proof again", PROOF, 0}, .replays = 1, REFUSED(401, "REPLAY_DETECTED"), .proofs = 1},
    {{"a signature again", SIGNED, 0}, .replays = 1, REFUSED(401, "REPLAY_DETECTED"), .proofs = 1},
    {{"DPoP again", DPOP, 0}, .replays = 1, REFUSED(401, "REPLAY_DETECTED"), .proofs = 1},
    {{"the second of two again", PROOF | SIGNED, 0}, .replays = 2, REFUSED(401, "REPLAY_DETECTED"), .proofs = 2},
    {{"the third of three again", PROOF | SIGNED | DPOP, 0}, .replays = 3, REFUSED(401, "REPLAY_DETECTED"), .proofs = 3},

    /* another request */
    {{"another method, signed", SIGNED, 0, .sent_method = "HEAD"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another method, DPoP", DPOP, 0, .sent_method = "HEAD"}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"another path, signed", SIGNED, 0, .sent_target = "/x?b=c"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another path, DPoP", DPOP, 0, .sent_target = "/x?b=c"}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"another query, signed", SIGNED, 0, .sent_target = "/a?b=d"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another query, DPoP", DPOP, 0, .sent_target = "/a?b=d"}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"another host, signed", SIGNED, 0, .sent_host = "evil.example"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"another host, DPoP", DPOP, 0, .sent_host = "evil.example"}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"a broken target, signed", SIGNED, 0, .sent_target = "/a%2"}, REFUSED(400, "INVALID_REQUEST")},
    {{"an absolute target, DPoP", DPOP, 0, .sent_target = "https://api.example.com/a?b=c"}, REFUSED(400, "INVALID_REQUEST")},
    {{"other content, signed", SIGNED, 0, BODY, .sent_body = "{}"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"other content, SHA-512", SIGNED, SHA512, BODY, .sent_body = "{}"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"other content, both digests", SIGNED, BOTH_DIGESTS, BODY, .sent_body = "{}"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"other content, DPoP", DPOP, 0, BODY, .sent_body = "{}"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"other content, two proofs", PROOF | SIGNED, SHA512, BODY, .sent_body = "{}"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 2},
    {{"content where none was signed", SIGNED, 0, .sent_body = "x"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"content where DPoP had none", DPOP, 0, .sent_body = "x"}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"content that no field announces", SIGNED, NO_DIGESTS, .sent_body = "x"}, REFUSED(401, "BINDING_REQUIRED")},
    {{"no content where some was signed", SIGNED, 0, BODY, .sent_body = ""}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"less content than announced", SIGNED, 0, BODY, .announced = 1000}, REFUSED(401, "INVALID_SIGNATURE"), .proofs = 1},
    {{"too much content", SIGNED, 0, BODY}, .policy.body_max = 4, REFUSED(413, "REQUEST_TOO_LARGE")},
    {{"too much content that did not say so", SIGNED, 0, BODY, .announced = -1}, .policy.body_max = 4, REFUSED(413, "REQUEST_TOO_LARGE"), .proofs = 1},

    /* too late, or too early */
    {{"a late signature", SIGNED, LATE}, REFUSED(401, "CLOCK_SKEW"), .text = "clock skew detected: request too old"},
    {{"an early signature", SIGNED, EARLY}, REFUSED(401, "CLOCK_SKEW"), .text = "clock skew detected: request from future"},
    {{"an early proof", PROOF, EARLY}, REFUSED(401, "CLOCK_SKEW"), .text = "clock skew detected: request from future"},
    {{"a late DPoP proof", DPOP, LATE}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"a late proof with a late signature", PROOF | SIGNED, LATE}, REFUSED(401, "CLOCK_SKEW")},

    /* message signatures */
    {{"of a token that is not known", SIGNED, OTHER_KEYID}, REFUSED(401, "TOKEN_NOT_FOUND")},
    {{"of a key that nothing else brings", SIGNED, BY_THUMBPRINT}, REFUSED(401, "TOKEN_NOT_FOUND")},
    {{"of another key", SIGNED, OTHER_SIGNER}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"of a purpose that is not served", SIGNED, 0}, .policy.purposes = web, REFUSED(403, "PURPOSE_MISMATCH"), .proofs = 1},
    {{"of a record with another certificate", SIGNED, RECORD_NAMES_IT | OTHER_CERTIFICATE}, REFUSED(401, "INVALID_SIGNATURE")},

    /* access tokens */
    {{"of another issuer", DPOP, OTHER_ISSUER}, REFUSED(401, "INVALID_TOKEN")},
    {{"forged", DPOP, FORGED_TOKEN}, REFUSED(401, "INVALID_TOKEN")},
    {{"expired", DPOP, EXPIRED_TOKEN}, REFUSED(401, "INVALID_TOKEN")},
    {{"for another audience", DPOP, OTHER_AUDIENCE}, REFUSED(401, "INVALID_TOKEN")},
    {{"for the origin, where the route has a name", DPOP, 0}, .policy.audience = "https://api.example.com/v1", REFUSED(401, "INVALID_TOKEN")},
    {{"stolen", DPOP, STOLEN_TOKEN}, REFUSED(401, "INVALID_TOKEN")},
    {{"without its proof, as Bearer", DPOP, AS_BEARER}, REFUSED(401, "INVALID_TOKEN")},
    {{"of a key, as Bearer", CERTIFICATE, AS_BEARER}, REFUSED(401, "INVALID_TOKEN")},
    {{"of a key, as Bearer, where only DPoP is open", CERTIFICATE, AS_BEARER}, .open = DPOP, REFUSED(401, "INVALID_TOKEN")},
    {{"of a certificate, where only DPoP is open", CERTIFICATE, 0}, .open = DPOP, REFUSED(401, "INVALID_TOKEN")},
    {{"a proof without token", DPOP, NO_TOKEN}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"a proof without token, and another proof", PROOF | DPOP, NO_TOKEN}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"two tokens", DPOP, TWO_AUTHORIZATIONS}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"two Bearer tokens", CERTIFICATE, TWO_AUTHORIZATIONS}, .open = CERTIFICATE, REFUSED(401, "INVALID_TOKEN")},
    {{"without a scope that is served", DPOP, 0}, .policy.purposes = web, REFUSED(403, "INSUFFICIENT_SCOPE"), .proofs = 1},
    {{"no certificate", CERTIFICATE, NO_CERTIFICATE}, REFUSED(401, "INVALID_TOKEN")},
    {{"another certificate", CERTIFICATE, OTHER_CERTIFICATE}, REFUSED(401, "INVALID_TOKEN")},
    {{"a forged token with the certificate", CERTIFICATE, FORGED_TOKEN}, REFUSED(401, "INVALID_TOKEN")},
    {{"an expired token with the certificate", CERTIFICATE, EXPIRED_TOKEN}, REFUSED(401, "INVALID_TOKEN")},
    {{"DPoP without htq", DPOP, NO_DIGESTS}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"DPoP without htd", DPOP, NO_DIGESTS, BODY, .target = "/a"}, REFUSED(401, "INVALID_DPOP_PROOF")},
    {{"DPoP without nonce", DPOP, 0}, .asks_nonces = true, REFUSED(401, "USE_DPOP_NONCE")},
    {{"DPoP with an old nonce", DPOP, WRONG_NONCE}, .asks_nonces = true, REFUSED(401, "USE_DPOP_NONCE")},

    /* who the agent is proves nothing */
    {{"an agent", PROOF | AGENT, 0}, .proofs = 1},
    {{"an agent nobody knows", PROOF | AGENT, UNKNOWN_AGENT}, .proofs = 1},
    {{"an agent with a signature", SIGNED | AGENT, 0}, .proofs = 1},
    {{"an agent alone", AGENT, 0}, REFUSED(401, "MISSING_PROOF")},
    {{"a forged agent", PROOF | AGENT, FORGED_AGENT}, REFUSED(401, "INVALID_SIGNATURE")},
    {{"an agent with a forged proof", PROOF | AGENT, FORGED_PROOF}, REFUSED(401, "INVALID_SIGNATURE")},
};
/* clang-format on */

static signet_verification *
judge(
    const dialects *it, const scenario *row, const dialects_request *request, unsigned *ret_proofs)
{
    const signet_http_facts facts = dialects_facts(it, &row->plan, request);
    signet_verifier_policy policy = row->policy;
    signet_verification *verification = NULL;
    signet_error err = {0};

    policy.dialects = row->open ? row->open : ALL;
    verification = signet_verification_new(row->asks_nonces ? it->nonce_verifier : it->verifier,
        NULL, &policy, &facts, DIALECTS_NOW, &err);
    if (!verification)
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    dialects_answer(it, &row->plan, row->replays, verification, ret_proofs);
    return verification;
}

static unsigned
used(const scenario *row)
{
    return row->plan.sends & (row->open ? row->open : (unsigned)ALL);
}

static void
check_identity(const scenario *row, const signet_http_identity *who)
{
    const unsigned dialects_used = used(row);
    const bool has_token =
        (dialects_used & PROOF) || ((dialects_used & SIGNED) && !(row->plan.odd & BY_THUMBPRINT));
    const bool is_bare = dialects_used == DPOP && (row->plan.odd & NO_DIGESTS);
    const bool has_access = (dialects_used & (DPOP | CERTIFICATE)) != 0;
    const bool has_agent = (row->plan.sends & AGENT) && !(row->plan.odd & UNKNOWN_AGENT);

    CHECK_INT(who->dialects, dialects_used);
    CHECK_BYTES(who->token_id, signet_slice_text(has_token ? dialects_token_id : ""));
    CHECK_BYTES(who->issuer, signet_slice_text(has_token ? "demo-server" : "https://as.example"));
    CHECK_BYTES(who->purpose, signet_slice_text(has_token ? "api" : ""));
    CHECK_BYTES(who->subject, signet_slice_text(has_access ? "user-1" : ""));
    CHECK_BYTES(who->scopes, signet_slice_text(has_access ? "read api" : ""));
    CHECK_INT(who->thumbprint.len, has_token || (dialects_used & DPOP) ? 43 : 0);
    CHECK_INT(who->agent.len, has_agent ? 43 : 0);
    CHECK_INT(who->expires, has_access ? DIALECTS_NOW + 200 : DIALECTS_NOW + 300);
    CHECK(who->covers_authority);
    CHECK_INT(who->covers_query, !is_bare);
    CHECK_INT(who->covers_body, !is_bare);
}

TEST(accepts_what_is_genuine_and_nothing_else)
{
    __attribute__((cleanup(dialects_free))) dialects it = {0};

    REQUIRE(dialects_make(&it));
    for (ROWS(row, scenarios)) {
        __attribute__((cleanup(dialects_request_free))) dialects_request request = {0};
        SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
        const signet_refusal *refusal = NULL;
        signet_http_identity who = {0};
        unsigned proofs = 0;

        harness_row = row->plan.name;
        REQUIRE(dialects_send(&it, &row->plan, &request));
        verification = judge(&it, row, &request, &proofs);
        refusal = signet_verification_refusal(verification);
        who = signet_verification_identity(verification);
        CHECK_INT(proofs, row->proofs);
        if (row->status == 0 && refusal)
            harness_fail(__FILE__, __LINE__, "%s: %s", refusal->code,
                signet_verification_reason(verification)->message);
        if (row->status == 0) {
            check_identity(row, &who);
            continue;
        }
        REQUIRE(refusal);
        CHECK_TEXT(refusal->code, row->code);
        CHECK_INT(refusal->status, row->status);
        CHECK_TEXT(refusal->text, row->text ? row->text : refusal->text);
        CHECK(signet_verification_reason(verification)->code != SIGNET_OK);
        CHECK(who.dialects == 0 && who.token_id.len == 0 && who.subject.len == 0);
    }
}

/* --- what is said --- */

#define SIGNET            "WWW-Authenticate: Signet realm=\"signet\""
#define REST              ", max_skew=30, versions=\"v1+x2\"\n"
#define DPOP_LINE         "WWW-Authenticate: DPoP algs=\"Ed25519 EdDSA\""
#define DPOP_ERROR(error) "WWW-Authenticate: DPoP error=\"" error "\", algs=\"Ed25519 EdDSA\""
#define BEARER_LINE       "WWW-Authenticate: Bearer resource_metadata=\"https://m\", scope=\"read\""
#define BEARER_REALM      "WWW-Authenticate: Bearer realm=\"signet\""
#define ACCEPT                                                                                     \
    "Accept-Signature: signet=(\"@method\" \"@target-uri\" "                                       \
    "\"content-digest\");created;expires;alg=\"ed25519\";tag=\"signet-pop\"\n"

static const signet_challenge rich = {.metadata = "https://m", .scope = "read"};

static const struct {
    scenario row;
    const signet_challenge *challenge;
    const char *lines;
} answers[] = {
    {{{"nothing, default", 0, 0}, .open = PROOF}, NULL, SIGNET REST},
    {{{"nothing, all", 0, 0}}, &rich, BEARER_LINE "\n" DPOP_LINE "\n" SIGNET REST ACCEPT},
    {{{"nothing, DPoP", 0, 0}, .open = DPOP}, NULL, DPOP_LINE "\n"},
    {{{"nothing, certificate", 0, 0}, .open = CERTIFICATE}, NULL, BEARER_REALM "\n"},
    {{{"nothing, signature", 0, 0}, .open = SIGNED}, NULL, SIGNET REST ACCEPT},
    {{{"metadata where no token is taken", 0, 0}, .open = PROOF}, &rich, SIGNET REST},
    {{{"a forged proof", PROOF, FORGED_PROOF}, .open = PROOF | DPOP}, NULL,
        DPOP_LINE "\n" SIGNET ", error=\"invalid_signature\"" REST},
    {{{"forged DPoP", DPOP, FORGED_DPOP}, .open = PROOF | DPOP}, NULL,
        DPOP_ERROR("invalid_dpop_proof") "\n" SIGNET REST},
    {{{"a stolen token", DPOP, STOLEN_TOKEN}, .open = DPOP}, NULL,
        DPOP_ERROR("invalid_token") "\n"},
    {{{"a Bearer token where DPoP is asked", CERTIFICATE, AS_BEARER}, .open = DPOP}, NULL,
        DPOP_ERROR("invalid_token") "\n"},
    {{{"another certificate", CERTIFICATE, OTHER_CERTIFICATE}, .open = CERTIFICATE | DPOP}, NULL,
        BEARER_REALM ", error=\"invalid_token\"\n" DPOP_LINE "\n"},
    {{{"a wrong scope", DPOP, 0}, .open = DPOP, .policy.purposes = web}, NULL,
        DPOP_ERROR("insufficient_scope") "\n"},
    {{{"a replay", DPOP, 0}, .open = DPOP, .replays = 1}, NULL,
        DPOP_ERROR("invalid_dpop_proof") "\n"},
    {{{"no nonce", DPOP, 0}, .open = DPOP, .asks_nonces = true}, NULL,
        DPOP_ERROR("use_dpop_nonce") "\nDPoP-Nonce: *\nCache-Control: no-store\n"},
    {{{"the next nonce", DPOP, WITH_NONCE}, .open = DPOP, .asks_nonces = true}, NULL,
        "DPoP-Nonce: *\nCache-Control: no-store\n"},
    {{{"accepted", PROOF, 0}}, NULL, ""},
    {{{"too much", SIGNED, 0, BODY}, .policy.body_max = 1}, NULL, ""},
    {{{"as the reference", 0, 0}},
        &(const signet_challenge){.metadata = "https://m", .as_reference = true},
        "WWW-Authenticate: Bearer resource_metadata=\"https://m\"\n"},
};

/* All lines in one text; a nonce, which has 43 characters, is a star. */
static signet_slice
lines_of(const signet_answer_fields *fields)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    for (size_t i = 0; i < fields->count; i++) {
        const signet_http_field *field = &fields->fields[i];
        bool is_nonce = field->name.len == 10 && memcmp(field->name.ptr, "DPoP-Nonce", 10) == 0;

        CHECK(!is_nonce || field->value.len == 43);
        REQUIRE(signet_buf_printf(&out, NULL, "%.*s: %.*s\n", (int)field->name.len, field->name.ptr,
            is_nonce ? 1 : (int)field->value.len,
            is_nonce ? (const uint8_t *)"*" : field->value.ptr));
    }
    return harness_keep(signet_buf_slice(&out));
}

TEST(says_which_ways_are_open_and_what_was_wrong)
{
    __attribute__((cleanup(dialects_free))) dialects it = {0};

    REQUIRE(dialects_make(&it));
    for (ROWS(row, answers)) {
        __attribute__((cleanup(dialects_request_free))) dialects_request request = {0};
        SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
        SIGNET_AUTO(signet_answer_fields_free) signet_answer_fields fields = {0};

        harness_row = row->row.plan.name;
        REQUIRE(dialects_send(&it, &row->row.plan, &request));
        verification = judge(&it, &row->row, &request, NULL);
        REQUIRE(signet_verification_fields(verification, row->challenge, &fields, NULL));
        CHECK_BYTES(lines_of(&fields), signet_slice_text(row->lines));
    }
}

TEST(explains_what_each_signature_was_held_against)
{
    static const struct {
        scenario row;
        const char *dialect, *text, *reason;
        bool has_no_origin;
    } rows[] = {
        {{{"no origin", PROOF, 0, .sent_host = "evil.example"}}, "signet-proof", "|",
            "Host: evil.example is not one of our 1 origins, which is https://api.example.com",
            true},
        {{{"a path", SIGNED, 0, .sent_target = "/x?b=c"}}, "message-signature",
            "\"@target-uri\": https://api.example.com/x?b=c\n",
            "seen: GET https://api.example.com/x?b=c"},
        {{{"DPoP", DPOP, 0, .sent_target = "/x?b=c"}}, "dpop", ".",
            "signed is https://api.example.com/a, seen https://api.example.com/x"},
        {{{"a proof", PROOF, 0, .sent_target = "/x?b=c"}}, "signet-proof", "/x?b=c",
            "seen: GET /x?b=c at api.example.com"},
    };
    __attribute__((cleanup(dialects_free))) dialects it = {0};

    REQUIRE(dialects_make(&it));
    for (ROWS(row, rows)) {
        __attribute__((cleanup(dialects_request_free))) dialects_request request = {0};
        SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
        signet_explanation explanation = {0};

        harness_row = row->row.plan.name;
        REQUIRE(dialects_send(&it, &row->row.plan, &request));
        verification = judge(&it, &row->row, &request, NULL);
        explanation = signet_verification_explanation(verification);
        CHECK_TEXT(explanation.dialect, row->dialect);
        CHECK_BYTES(
            explanation.authority, signet_slice_text(row->has_no_origin ? "" : "api.example.com"));
        CHECK(memmem(explanation.text.ptr, explanation.text.len, row->text, strlen(row->text)));
        if (!strstr(signet_verification_reason(verification)->message, row->reason))
            harness_fail(
                __FILE__, __LINE__, "%s", signet_verification_reason(verification)->message);
    }
}

TEST(refuses_a_configuration_that_makes_no_sense)
{
    __attribute__((cleanup(dialects_free))) dialects it = {0};
    SIGNET_AUTO(signet_verifier_free) signet_verifier *bare = NULL;
    static const char *const origins[] = {"https://api.example.com", NULL};
    const signet_http_facts facts = {.request = {.method = signet_slice_text("GET")}};
    const signet_verifier_issuer broken = {"https://as.example", signet_slice_text("{}")},
                                 empty = {"https://as.example", signet_slice_text("{\"keys\":[]}")},
                                 nameless = {"", signet_slice_text("{\"keys\":[]}")};
    const struct {
        const char *name;
        signet_verifier_options options;
    } rows[] = {
        {"a broken set", {.issuers = &broken, .issuer_count = 1}},
        {"a set without keys", {.issuers = &empty, .issuer_count = 1}},
        {"an issuer without name", {.issuers = &nameless, .issuer_count = 1}},
        {"too many issuers", {.issuers = &empty, .issuer_count = 17}},
        {"agents that are no set", {.agents = signet_slice_text("[]")}},
        {"a short key of nonces", {.dpop_nonce_key = signet_slice_text("short")}},
    };
    const signet_verifier_key key = {.issuer = "demo-server", .key = NULL};

    REQUIRE(dialects_make(&it));
    for (EACH(row, rows)) {
        signet_verifier_key master = key;
        signet_verifier_options options = row->options;

        master.key = it.master;
        options.keys = &master;
        options.key_count = 1;
        CHECK(!signet_verifier_new(&options, NULL));
    }
    bare = signet_verifier_new(
        &(signet_verifier_options){.keys = &(signet_verifier_key){NULL, it.master, 0, 0},
            .key_count = 1,
            .origins = origins},
        NULL);
    REQUIRE(bare);
    for (unsigned open = DPOP; open <= (unsigned)SIGNET_DIALECTS + 1; open *= 2) {
        const signet_verifier_policy policy = {.dialects = open};

        CHECK(!signet_verification_new(bare, NULL, &policy, &facts, DIALECTS_NOW, NULL));
    }
}

TESTS(TEST_OF(accepts_what_is_genuine_and_nothing_else),
    TEST_OF(says_which_ways_are_open_and_what_was_wrong),
    TEST_OF(explains_what_each_signature_was_held_against),
    TEST_OF(refuses_a_configuration_that_makes_no_sense))
