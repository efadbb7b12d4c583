/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client that speaks all dialects, and the verifier that knows it: a token with its record, an
 * access token, a certificate, an agent.  A plan says which proofs the client sends and what is
 * odd about them.  No test framework, so that fuzz targets have the same client.
 */
#ifndef SG_TESTS_DIALECTS_H
#define SG_TESTS_DIALECTS_H

#include <signet/challenge.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/binding_text.h"
#include "http/dpop.h"
#include "http/header.h"
#include "http/jws.h"
#include "http/message_signature.h"
#include "http/record.h"
#include "http/target.h"

enum {
    PROOF = SIGNET_DIALECT_PROOF,
    SIGNED = SIGNET_DIALECT_MESSAGE_SIGNATURE,
    DPOP = SIGNET_DIALECT_DPOP,
    CERTIFICATE = SIGNET_DIALECT_CERTIFICATE,
    AGENT = 1 << 8, /* Web Bot Auth */
    ALL = SIGNET_DIALECTS,
    DIALECTS_NOW = 1700000000,
    DIALECTS_FIELDS = 12,
};

/* What is odd; nothing for an honest client. */
enum {
    FORGED_PROOF = 1 << 0,
    FORGED_SIGNATURE = 1 << 1,
    FORGED_DPOP = 1 << 2,
    FORGED_AGENT = 1 << 3,
    FORGED_TOKEN = 1 << 4,  /* the access token is signed by somebody else */
    STOLEN_TOKEN = 1 << 5,  /* the DPoP proof is of another key than the access token's */
    OTHER_CLIENT = 1 << 6,  /* access token and DPoP proof are another client's */
    OTHER_KEYID = 1 << 7,   /* the message signature names another Signet token */
    BY_THUMBPRINT = 1 << 8, /* it names the key by its thumbprint */
    OTHER_SIGNER = 1 << 9,  /* it is made with another key */
    AS_BEARER = 1 << 10,    /* the access token is presented as Bearer */
    NO_CERTIFICATE = 1 << 11,
    OTHER_CERTIFICATE = 1 << 12,
    RECORD_NAMES_IT = 1 << 13, /* the record is bound to the same certificate */
    FULL = 1 << 14,            /* the Signet token is presented */
    NO_TOKEN = 1 << 15,        /* a DPoP proof alone */
    NO_DIGESTS = 1 << 16,      /* without htq and htd, or Content-Digest */
    WRONG_NONCE = 1 << 17,
    WITH_NONCE = 1 << 18,
    SHA512 = 1 << 19, /* Content-Digest with that alone */
    BOTH_DIGESTS = 1 << 20,
    EXPIRED_TOKEN = 1 << 21,
    OTHER_AUDIENCE = 1 << 22,
    OTHER_ISSUER = 1 << 23,
    UNKNOWN_AGENT = 1 << 24,
    UNCOVERED = 1 << 25, /* the message signature came first, and covers no other proof */
    LATE = 1 << 26,      /* made two minutes ago */
    TWO_AUTHORIZATIONS = 1 << 27,
    EARLY = 1 << 28, /* made in two minutes */
};

typedef struct {
    const char *name;
    unsigned sends, odd;
    const char *method, *target, *body;                /* NULL: GET /a?b=c without content */
    const char *sent_method, *sent_target, *sent_body; /* what arrives; NULL: the same */
    const char *sent_host;
    const char *nonce; /* of DPoP, in place of one made here */
    int64_t announced; /* length; 0: as it is, -1: not known */
} dialects_plan;

typedef struct {
    signet_key *master, *ephemeral, *other, *issuer, *agent;
    const signet_algorithm *accepted[3]; /* of master and ephemeral keys */
    signet_buf token, sig1, binding, record, bound_record, jwks, agents;
    uint8_t certificate[32], token_hash[32];
    signet_verifier *verifier, *nonce_verifier; /* the second asks for nonces */
} dialects;

/* A request on its way; what the fields say lies in `texts`. */
typedef struct {
    signet_http_field fields[DIALECTS_FIELDS];
    size_t count;
    signet_buf texts[DIALECTS_FIELDS];
    size_t text_count;
} dialects_request;

/* The second in which all is made; programs that talk to a real server set it. */
static int64_t dialects_now = DIALECTS_NOW;

static const char dialects_token_id[] = "1234567890123456";
static const char dialects_keyid[] = "31323334353637383930313233343536";
static const uint8_t dialects_secret[32] = {0x60};

static inline void
dialects_free(dialects *it)
{
    signet_key *const keys[] = {it->master, it->ephemeral, it->other, it->issuer, it->agent};
    signet_buf *const bufs[] = {&it->token, &it->sig1, &it->binding, &it->record, &it->bound_record,
        &it->jwks, &it->agents};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        signet_key_free(keys[i]);
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        signet_buf_free(bufs[i]);
    signet_verifier_free(it->verifier);
    signet_verifier_free(it->nonce_verifier);
}

static inline void
dialects_request_free(dialects_request *request)
{
    for (size_t i = 0; i < DIALECTS_FIELDS; i++)
        signet_buf_free(&request->texts[i]);
}

static inline signet_slice
dialects_bytes(const void *ptr, size_t len)
{
    return (signet_slice){ptr, len};
}

static inline signet_key *
dialects_key_of(const signet_algorithm *algorithm, uint8_t number)
{
    uint8_t seed[SIGNET_SEED_SIZE] = {number};

    return signet_key_from_seed(algorithm, dialects_bytes(seed, sizeof(seed)), NULL);
}

static inline signet_key *
dialects_key(uint8_t number)
{
    return dialects_key_of(&signet_ed25519, number);
}

static inline bool
dialects_write_jwks(const signet_key *key, signet_buf *out)
{
    return signet_buf_printf(out, NULL, "{\"keys\":[") && sg_jwk_write(key, out, NULL) &&
           signet_buf_printf(out, NULL, "]}");
}

static inline bool
dialects_make_token(dialects *it)
{
    uint8_t confirmation[32], ephemeral_id[32];
    const signet_claims claims = {
        .issuer = signet_slice_text("demo-server"),
        .subject = {ephemeral_id, 32},
        .expires = dialects_now + 300,
        .not_before = dialects_now - 200,
        .issued = dialects_now - 200,
        .capability_id = dialects_bytes("capability------", 16),
        .confirmation = {confirmation, 32},
        .token_id = signet_slice_text(dialects_token_id),
        .ephemeral_id = {ephemeral_id, 32},
    };
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    signet_key_confirmation(it->master, confirmation);
    signet_key_confirmation(it->ephemeral, ephemeral_id);
    if (!signet_token_encode(&claims, &it->token, NULL) ||
        !signet_sig1_encode_token(signet_buf_slice(&it->token), it->ephemeral, &it->sig1, NULL) ||
        !signet_binding_write(it->ephemeral, claims.expires, signet_slice_text("api"), &text, NULL))
        return false;
    sg_sha256(signet_buf_slice(&it->token), it->token_hash);
    return signet_key_sign(it->master, signet_buf_slice(&text), &it->binding, NULL);
}

static inline bool
dialects_make_record(dialects *it, bool is_bound, signet_buf *out)
{
    const sg_record_rules rules = {SG_RECORD_V2, {dialects_secret, 32}, it->accepted};
    char thumbprint[64] = {0};
    sg_record record = {
        .token = signet_buf_slice(&it->token),
        .master = it->master,
        .ephemeral = it->ephemeral,
        .binding = signet_buf_slice(&it->binding),
        .issued_at = dialects_now,
        .purpose = signet_slice_text("api"),
    };

    sg_sha256(signet_slice_text("the certificate"), it->certificate);
    sg_base64url_encode(dialects_bytes(it->certificate, 32), thumbprint);
    if (is_bound)
        record.metadata[record.metadata_count++] = (sg_record_entry){
            signet_slice_text(SG_RECORD_CERTIFICATE), signet_slice_text(thumbprint)};
    return sg_record_write(&record, &rules, out, NULL);
}

static inline signet_verifier *
dialects_verifier(const dialects *it, bool asks_nonces)
{
    static const char *const origins[] = {"https://api.example.com", NULL};
    const signet_verifier_key key = {.issuer = "demo-server", .key = it->master};
    const signet_verifier_issuer issuers[] = {
        {"https://other.example", signet_buf_slice(&it->agents)},
        {"https://as.example", signet_buf_slice(&it->jwks)},
    };
    const signet_verifier_options options = {
        .keys = &key,
        .key_count = 1,
        .origins = origins,
        .accepted = it->accepted,
        .record_key = {dialects_secret, 32},
        .issuers = issuers,
        .issuer_count = 2,
        .dpop_nonce_key = {dialects_secret, asks_nonces ? 32 : 0},
        .agents = signet_buf_slice(&it->agents),
        .token_algorithms = signet_only_ed25519,
    };

    return signet_verifier_new(&options, NULL);
}

/** With an ephemeral key of that algorithm. */
static inline bool
dialects_make_of(dialects *it, const signet_algorithm *algorithm)
{
    it->accepted[0] = &signet_ed25519;
    it->accepted[1] = algorithm == &signet_ed25519 ? NULL : algorithm;
    it->master = dialects_key(1);
    it->ephemeral = dialects_key_of(algorithm, 2);
    it->other = dialects_key(3);
    it->issuer = dialects_key(4);
    it->agent = dialects_key(5);
    if (!it->master || !it->ephemeral || !it->other || !it->issuer || !it->agent ||
        !dialects_write_jwks(it->issuer, &it->jwks) ||
        !dialects_write_jwks(it->agent, &it->agents) || !dialects_make_token(it) ||
        !dialects_make_record(it, false, &it->record) ||
        !dialects_make_record(it, true, &it->bound_record))
        return false;
    it->verifier = dialects_verifier(it, false);
    it->nonce_verifier = dialects_verifier(it, true);
    return it->verifier && it->nonce_verifier;
}

static inline bool
dialects_make(dialects *it)
{
    return dialects_make_of(it, &signet_ed25519);
}

/* --- the client --- */

static inline signet_slice
dialects_text(const char *given, const char *otherwise)
{
    return signet_slice_text(given ? given : otherwise);
}

static inline bool
dialects_is(const dialects_plan *plan, unsigned odd)
{
    return (plan->odd & odd) != 0;
}

static inline int64_t
dialects_time(const dialects_plan *plan)
{
    if (dialects_is(plan, EARLY))
        return dialects_now + 120;
    return dialects_is(plan, LATE) ? dialects_now - 120 : dialects_now;
}

static inline void
dialects_add(dialects_request *request, const char *name, const signet_buf *value)
{
    request->fields[request->count++] =
        (signet_http_field){signet_slice_text(name), signet_buf_slice(value)};
}

static inline bool
dialects_add_proof(const dialects *it, const dialects_plan *plan, dialects_request *request)
{
    SIGNET_AUTO(signet_buf_free)
    signet_buf text = {0}, strong_text = {0}, plain = {0}, strong = {0};
    signet_buf *value = &request->texts[request->text_count++];
    const sg_target_rules rules = {0};
    sg_target target = {0};
    uint8_t digest[32];
    uint8_t random[16];
    const signet_slice nonce = dialects_bytes(random, sizeof(random));
    const int64_t now = dialects_time(plan);
    sg_proof_header header = {
        .mode = signet_slice_text(dialects_is(plan, FULL) ? "full" : "compact"),
        .token_id = signet_slice_text(dialects_token_id),
        .capability_id = dialects_bytes("capability------", 16),
        .time = now,
        .nonce = nonce,
        .extension = signet_slice_text("2"),
        .digest = {digest, 32},
    };
    sg_request_text v1 = {dialects_text(plan->method, "GET"), &target, now, nonce};
    sg_binding_text m2 = {.method = v1.method,
        .authority = signet_slice_text("api.example.com"),
        .target = dialects_text(plan->target, "/a?b=c"),
        .digest = {digest, 32},
        .token_id = header.token_id,
        .nonce = nonce,
        .time = now,
        .token_hash = {it->token_hash, 32}};

    sg_sha256(dialects_text(plan->body, ""), digest);
    if (!sg_random(random, sizeof(random), NULL) ||
        !sg_target_read(m2.target, &rules, &target, NULL) ||
        !sg_request_text_write(&v1, &text, NULL) ||
        !signet_key_sign(it->ephemeral, signet_buf_slice(&text), &plain, NULL) ||
        !sg_binding_text_write(&m2, &strong_text, NULL) ||
        !signet_key_sign(it->ephemeral, signet_buf_slice(&strong_text), &strong, NULL))
        return false;
    strong.data[0] ^= dialects_is(plan, FORGED_PROOF);
    header.signature = signet_buf_slice(&plain);
    header.strong_signature = signet_buf_slice(&strong);
    if (dialects_is(plan, FULL)) {
        header.token = signet_buf_slice(&it->sig1);
        header.ephemeral_key = signet_key_public(it->ephemeral);
        header.binding = signet_buf_slice(&it->binding);
        header.purpose = signet_slice_text("api");
    }
    if (!sg_proof_header_write(&header, value, NULL))
        return false;
    dialects_add(request, "Signet-Proof", value);
    return true;
}

/* cnf of an access token: the key of its client, or the certificate. */
static inline bool
dialects_write_access(const dialects *it, const dialects_plan *plan, signet_buf *out)
{
    SIGNET_AUTO(signet_buf_free) signet_buf claims = {0};
    const sg_jws_header header = {"EdDSA", "at+jwt", NULL, false};
    const bool has_key = (plan->sends & DPOP) || dialects_is(plan, AS_BEARER);
    char certificate[64] = {0}, key[SG_JWK_THUMBPRINT_LEN + 1] = {0};

    sg_base64url_encode(dialects_bytes(it->certificate, 32), certificate);
    return sg_jwk_thumbprint_text(
               dialects_is(plan, OTHER_CLIENT) ? it->other : it->ephemeral, key, NULL) &&
           signet_buf_printf(&claims, NULL,
               "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"user-1\",\"jti\":\"t-1\",\"scope\":"
               "\"read api\",\"iat\":%lld,\"exp\":%lld,\"cnf\":{\"%s\":\"%s\"}}",
               dialects_is(plan, OTHER_ISSUER) ? "https://evil.example" : "https://as.example",
               dialects_is(plan, OTHER_AUDIENCE) ? "https://web.example"
                                                 : "https://api.example.com",
               (long long)dialects_now - 100,
               (long long)dialects_now + (dialects_is(plan, EXPIRED_TOKEN) ? -90 : 200),
               has_key ? "jkt" : "x5t#S256", has_key ? key : certificate) &&
           sg_jws_sign(&header, dialects_is(plan, FORGED_TOKEN) ? it->other : it->issuer,
               signet_buf_slice(&claims), out, NULL);
}

static inline bool
dialects_add_dpop(
    const dialects *it, const dialects_plan *plan, signet_slice access, dialects_request *request)
{
    SIGNET_AUTO(signet_buf_free) signet_buf url = {0};
    signet_buf *value = &request->texts[request->text_count++];
    const bool is_other = dialects_is(plan, STOLEN_TOKEN) || dialects_is(plan, OTHER_CLIENT);
    char nonce[SG_DPOP_NONCE_LEN + 1] = {0};
    uint8_t digest[32];
    sg_dpop_request proof = {.key = is_other ? it->other : it->ephemeral,
        .algorithm = "EdDSA",
        .method = dialects_text(plan->method, "GET"),
        .access_token = access,
        .now = dialects_time(plan),
        .covers_query = !dialects_is(plan, NO_DIGESTS),
        .content_hash = dialects_is(plan, NO_DIGESTS) ? NULL : digest};

    if (strcmp(signet_key_algorithm(proof.key)->name, "es256") == 0)
        proof.algorithm = "ES256";
    sg_sha256(dialects_text(plan->body, ""), digest);
    if (!sg_dpop_nonce_make(dialects_bytes(dialects_secret, 32),
            dialects_is(plan, WRONG_NONCE) ? dialects_now - 1000 : dialects_now, nonce, NULL) ||
        !signet_buf_printf(
            &url, NULL, "https://api.example.com%s", plan->target ? plan->target : "/a?b=c"))
        return false;
    proof.url = signet_buf_slice(&url);
    if (dialects_is(plan, WITH_NONCE | WRONG_NONCE))
        proof.nonce = signet_slice_text(nonce);
    if (plan->nonce)
        proof.nonce = signet_slice_text(plan->nonce);
    if (dialects_is(plan, NO_TOKEN))
        proof.access_token = (signet_slice){NULL, 0};
    if (!sg_dpop_make(&proof, value, NULL))
        return false;
    if (dialects_is(plan, FORGED_DPOP))
        value->data[value->len - 10] ^= 1;
    dialects_add(request, "DPoP", value);
    return true;
}

static inline bool
dialects_add_access(const dialects *it, const dialects_plan *plan, dialects_request *request)
{
    SIGNET_AUTO(signet_buf_free) signet_buf access = {0};
    signet_buf *value = &request->texts[request->text_count++];
    const bool is_dpop = (plan->sends & DPOP) && !dialects_is(plan, AS_BEARER);

    if (!dialects_write_access(it, plan, &access) ||
        !signet_buf_printf(value, NULL, "%s %.*s", is_dpop ? "DPoP" : "Bearer", (int)access.len,
            (const char *)access.data))
        return false;
    if (!dialects_is(plan, NO_TOKEN))
        dialects_add(request, "Authorization", value);
    if (dialects_is(plan, TWO_AUTHORIZATIONS))
        dialects_add(request, "authorization", value);
    return !(plan->sends & DPOP) || dialects_add_dpop(it, plan, signet_buf_slice(&access), request);
}

static inline bool
dialects_add_digest(const dialects_plan *plan, dialects_request *request)
{
    signet_buf *value = &request->texts[request->text_count++];
    const signet_slice body = dialects_text(plan->body, "");
    sg_content_digest digest = {.has_sha256 = !dialects_is(plan, SHA512),
        .has_sha512 = dialects_is(plan, SHA512 | BOTH_DIGESTS)};

    sg_sha256(body, digest.sha256);
    sg_sha512(body, digest.sha512);
    if (!sg_content_digest_write(&digest, value, NULL))
        return false;
    dialects_add(request, "Content-Digest", value);
    return true;
}

static inline bool
dialects_sign(const signet_key *key, const dialects_plan *plan, sg_signature_plan *how,
    dialects_request *request)
{
    signet_buf *input = &request->texts[request->text_count++];
    signet_buf *value = &request->texts[request->text_count++];
    const bool is_agent = how->profile == &sg_signature_web_bot_auth;
    const signet_http_request message = {.method = dialects_text(plan->method, "GET"),
        .scheme = signet_slice_text("https"),
        .authority = signet_slice_text("api.example.com"),
        .target = dialects_text(plan->target, "/a?b=c"),
        .fields = request->fields,
        .field_count = request->count};

    how->key = key;
    how->created = dialects_time(plan);
    how->expires = how->created + 30;
    how->label = is_agent ? "agent" : "signet";
    if (!sg_message_signature_sign(&message, how, input, value, NULL))
        return false;
    if (dialects_is(plan, is_agent ? FORGED_AGENT : FORGED_SIGNATURE))
        value->data[value->len - 10] = value->data[value->len - 10] == 'A' ? 'B' : 'A';
    dialects_add(request, "Signature-Input", input);
    dialects_add(request, "Signature", value);
    return true;
}

static inline bool
dialects_add_signature(const dialects *it, const dialects_plan *plan, dialects_request *request)
{
    const bool is_other = dialects_is(plan, OTHER_CLIENT) && !(plan->sends & PROOF);
    const signet_key *key = dialects_is(plan, OTHER_SIGNER) || is_other ? it->other : it->ephemeral;
    char thumbprint[SG_JWK_THUMBPRINT_LEN + 1] = {0};
    sg_signature_plan how = {
        .profile = it->accepted[1] ? &sg_signature_pop_hybrid : &sg_signature_pop,
        .keyid = dialects_keyid};

    if (dialects_is(plan, BY_THUMBPRINT) && !sg_jwk_thumbprint_text(key, thumbprint, NULL))
        return false;
    if (dialects_is(plan, OTHER_KEYID))
        how.keyid = "00000000000000000000000000000000";
    if (dialects_is(plan, BY_THUMBPRINT))
        how.keyid = thumbprint;
    return (dialects_is(plan, NO_DIGESTS) || dialects_add_digest(plan, request)) &&
           dialects_sign(key, plan, &how, request);
}

static inline bool
dialects_add_agent(const dialects *it, const dialects_plan *plan, dialects_request *request)
{
    const signet_key *key = dialects_is(plan, UNKNOWN_AGENT) ? it->other : it->agent;
    char thumbprint[SG_JWK_THUMBPRINT_LEN + 1] = {0};
    sg_signature_plan how = {.profile = &sg_signature_web_bot_auth, .keyid = thumbprint};

    return sg_jwk_thumbprint_text(key, thumbprint, NULL) && dialects_sign(key, plan, &how, request);
}

/** What the client sends, in the order in which it must sign. */
static inline bool
dialects_send(const dialects *it, const dialects_plan *plan, dialects_request *request)
{
    const bool is_first = dialects_is(plan, UNCOVERED) && (plan->sends & SIGNED);

    return (!is_first || dialects_add_signature(it, plan, request)) &&
           (!(plan->sends & PROOF) || dialects_add_proof(it, plan, request)) &&
           (!(plan->sends & (DPOP | CERTIFICATE)) || dialects_add_access(it, plan, request)) &&
           (is_first || !(plan->sends & SIGNED) || dialects_add_signature(it, plan, request)) &&
           (!(plan->sends & AGENT) || dialects_add_agent(it, plan, request));
}

/* --- the server --- */

static inline signet_http_facts
dialects_facts(const dialects *it, const dialects_plan *plan, const dialects_request *request)
{
    static const uint8_t other[32] = {1};
    const char *body = plan->sent_body ? plan->sent_body : plan->body;
    signet_http_facts facts = {
        .request = {.method = dialects_text(plan->sent_method, plan->method ? plan->method : "GET"),
            .scheme = signet_slice_text("http"),
            .authority = dialects_text(plan->sent_host, "api.example.com"),
            .target = dialects_text(plan->sent_target, plan->target ? plan->target : "/a?b=c"),
            .fields = request->fields,
            .field_count = request->count},
        .content_length = plan->announced ? plan->announced : (int64_t)(body ? strlen(body) : 0),
        .certificate = {it->certificate, 32},
    };

    if (dialects_is(plan, OTHER_CERTIFICATE))
        facts.certificate.ptr = other;
    if (dialects_is(plan, NO_CERTIFICATE))
        facts.certificate = (signet_slice){NULL, 0};
    return facts;
}

/** Answer what is asked; `replays` is the number of the proof that was seen, from 1; 0: none. */
static inline void
dialects_answer(const dialects *it, const dialects_plan *plan, unsigned replays,
    signet_verification *verification, unsigned *ret_proofs)
{
    const char *body = plan->sent_body ? plan->sent_body : plan->body;
    const signet_slice content = dialects_text(body, "");
    const bool is_bound = dialects_is(plan, RECORD_NAMES_IT);
    uint8_t sha256[32], sha512[64];
    unsigned proofs = 0, wants = 0;

    for (int i = 0; i < 8; i++) {
        switch (signet_verification_state(verification)) {
        case SIGNET_VERIFICATION_NEEDS_RECORD:
            signet_verification_give_record(verification,
                signet_slice_is_equal(signet_verification_token_id(verification),
                    signet_slice_text(dialects_token_id))
                    ? SIGNET_LOOKUP_FOUND
                    : SIGNET_LOOKUP_NONE,
                signet_buf_slice(is_bound ? &it->bound_record : &it->record));
            break;
        case SIGNET_VERIFICATION_NEEDS_FRESH:
            signet_verification_give_fresh(
                verification, ++proofs == replays ? SIGNET_REPLAY_SEEN : SIGNET_REPLAY_FRESH);
            break;
        case SIGNET_VERIFICATION_NEEDS_BODY:
            wants = signet_verification_body_wants(verification);
            sg_sha256(content, sha256);
            sg_sha512(content, sha512);
            signet_verification_give_digests(
                verification, &(signet_body_digests){wants & SIGNET_DIGEST_SHA256 ? sha256 : NULL,
                                  wants & SIGNET_DIGEST_SHA512 ? sha512 : NULL, content.len});
            break;
        case SIGNET_VERIFICATION_ACCEPTED:
        case SIGNET_VERIFICATION_REFUSED:
            i = 8;
            break;
        }
    }
    if (ret_proofs)
        *ret_proofs = proofs;
}

#endif
