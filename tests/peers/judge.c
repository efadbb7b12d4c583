/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our side of the talks with peers: one order in JSON on standard input, one answer in JSON on
 * standard output.  Answers are {"ok":true,...}, or {"ok":false,"why":...} for what is refused;
 * exit status 2 when the order itself is wrong, which no test takes for a refusal.
 *
 * Orders have "do": read, sign (HTTP Message Signatures), proof, prove, nonce (DPoP),
 * issue (RFC 9068).
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include <signet/pki.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "http/access_token.h"
#include "http/jws.h"
#include "http/message_signature.h"

enum { FIELDS_MAX = 16 };

static const signet_algorithm *const accepted[] = {&signet_ed25519, &signet_es256, NULL};

static void
need(bool is_there, const char *what)
{
    if (is_there)
        return;
    (void)fprintf(stderr, "judge: no good order: %s\n", what);
    exit(2);
}

static const char *
text_or_null(const json_t *order, const char *name)
{
    return json_string_value(json_object_get(order, name));
}

static const char *
text(const json_t *order, const char *name)
{
    const char *value = text_or_null(order, name);

    need(value, name);
    return value;
}

static signet_slice
optional(const json_t *order, const char *name)
{
    const char *value = text_or_null(order, name);

    return value ? signet_slice_text(value) : (signet_slice){0};
}

static int64_t
number(const json_t *order, const char *name)
{
    need(json_is_integer(json_object_get(order, name)), name);
    return json_integer_value(json_object_get(order, name));
}

static signet_key *
private_key(const json_t *order)
{
    const signet_algorithm *algorithm =
        strcmp(text(order, "kind"), "ES256") == 0 ? &signet_es256 : &signet_ed25519;
    uint8_t seed[32] = {0};
    size_t len = 0;
    signet_key *key = NULL;

    need(sg_base64url_decode(signet_slice_text(text(order, "d")), seed, sizeof(seed), &len), "d");
    key = signet_key_from_seed(algorithm, (signet_slice){seed, len}, NULL);
    need(key, "d");
    return key;
}

/* A request whose parts are borrowed from the order. */
typedef struct {
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request;
} message;

static void
read_message(const json_t *order, message *it)
{
    const json_t *fields = json_object_get(order, "fields");

    need(json_array_size(fields) <= FIELDS_MAX, "fields");
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *pair = json_array_get(fields, i);
        const char *name = json_string_value(json_array_get(pair, 0));
        const char *value = json_string_value(json_array_get(pair, 1));

        need(name && value, "fields");
        it->fields[i] = (signet_http_field){signet_slice_text(name), signet_slice_text(value)};
    }
    it->request = (signet_http_request){signet_slice_text(text(order, "method")),
        signet_slice_text(text(order, "scheme")), signet_slice_text(text(order, "authority")),
        signet_slice_text(text(order, "target")), it->fields, json_array_size(fields)};
}

static const sg_signature_profile *
profile_of(const json_t *order)
{
    return strcmp(text(order, "profile"), "web-bot-auth") == 0 ? &sg_signature_web_bot_auth
                                                               : &sg_signature_pop;
}

/* As a server does it: judge, verify, and then the content. */
static bool
do_read(const json_t *order, json_t *answer, signet_error *err)
{
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    sg_content_digest content = {.has_sha256 = true, .has_sha512 = true};
    signet_slice body = signet_slice_text(text(order, "body"));
    message it = {0};

    read_message(order, &it);
    key = sg_jwk_read(accepted, signet_slice_text(text(order, "jwk")), NULL);
    need(key, "jwk");
    sg_sha256(body, content.sha256);
    sg_sha512(body, content.sha512);
    if (!sg_message_signature_read(
            &it.request, profile_of(order), number(order, "now"), 30, &read, err) ||
        !sg_message_signature_verify(&read, key, err))
        return false;
    if (read.has_digest && !sg_content_digest_check(&read.digest, &content, err))
        return false;
    if (!read.has_digest && read.profile->is_proof && body.len > 0)
        return signet_fail(err, SIGNET_E_EPR, "content that is not covered");
    (void)json_object_set_new(answer, "nonce", json_string(read.nonce));
    return true;
}

static void
put(json_t *answer, const char *name, const signet_buf *value)
{
    (void)json_object_set_new(answer, name, json_stringn((const char *)value->data, value->len));
}

static bool
do_sign(const json_t *order, json_t *answer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf input = {0}, signature = {0}, digest = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = private_key(order);
    sg_signature_plan plan = {.profile = profile_of(order),
        .key = key,
        .keyid = text(order, "keyid"),
        .created = number(order, "now"),
        .expires = number(order, "now") + 30};
    signet_slice body = signet_slice_text(text(order, "body"));
    sg_content_digest content = {.has_sha256 = true};
    message it = {0};

    read_message(order, &it);
    sg_sha256(body, content.sha256);
    if (!sg_content_digest_write(&content, &digest, err))
        return false;
    if (body.len > 0) {
        need(it.request.field_count < FIELDS_MAX, "fields");
        it.fields[it.request.field_count++] =
            (signet_http_field){signet_slice_text("content-digest"), signet_buf_slice(&digest)};
    }
    if (!sg_message_signature_sign(&it.request, &plan, &input, &signature, err))
        return false;
    put(answer, "content-digest", &digest);
    put(answer, "signature-input", &input);
    put(answer, "signature", &signature);
    return true;
}

static bool
check_token(const json_t *order, const sg_dpop_proof *proof, int64_t now, signet_error *err)
{
    SIGNET_AUTO(sg_jwks_free) sg_jwks *keys = NULL;
    SIGNET_AUTO(sg_access_token_free) sg_access_token token = {0};
    sg_access_rules rules = {text(order, "issuer"), NULL, text(order, "resource"), now, 0};
    const sg_access_presentation presentation = {.scheme = SG_DPOP_SCHEME_DPOP, .proof = proof};

    keys = sg_jwks_read(accepted, signet_slice_text(text(order, "jwks")), NULL);
    need(keys, "jwks");
    rules.keys = keys;
    return sg_access_token_read(&rules, optional(order, "token"), &token, err) &&
           sg_access_token_check(&token, &presentation, err);
}

/* A proof, and the access token with it when the order has an issuer. */
static bool
do_proof(const json_t *order, json_t *answer, signet_error *err)
{
    SIGNET_AUTO(sg_dpop_free) sg_dpop_proof proof = {0};
    signet_slice secret = optional(order, "nonce_secret");
    const sg_dpop_nonce_rule rule = {sg_dpop_nonce_check, &secret};
    sg_dpop_verdict verdict = {0};
    sg_dpop_refusal refusal = SG_DPOP_REFUSE_PROOF;
    int64_t now = number(order, "now");
    sg_dpop_facts facts = {.method = signet_slice_text(text(order, "method")),
        .url = signet_slice_text(text(order, "url")),
        .access_token = optional(order, "token"),
        .now = now,
        .nonce = secret.len > 0 ? &rule : NULL};

    (void)answer;
    return sg_dpop_read(accepted, signet_slice_text(text(order, "proof")), &proof, err) &&
           sg_dpop_check(&proof, &facts, &verdict, &refusal, err) &&
           (!text_or_null(order, "issuer") || check_token(order, &proof, now, err));
}

static bool
do_prove(const json_t *order, json_t *answer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = private_key(order);
    const sg_dpop_request request = {.key = key,
        .algorithm = sg_dpop_choose_algorithm(key, signet_slice_text(text(order, "algorithms"))),
        .method = signet_slice_text(text(order, "method")),
        .url = signet_slice_text(text(order, "url")),
        .access_token = optional(order, "token"),
        .nonce = optional(order, "nonce"),
        .now = number(order, "now")};

    if (!sg_dpop_make(&request, &out, err))
        return false;
    put(answer, "proof", &out);
    return true;
}

/* The nonce that a server of that secret hands out. */
static bool
do_nonce(const json_t *order, json_t *answer, signet_error *err)
{
    char nonce[SG_DPOP_NONCE_LEN + 1] = {0};

    if (!sg_dpop_nonce_make(
            signet_slice_text(text(order, "nonce_secret")), number(order, "now"), nonce, err))
        return false;
    (void)json_object_set_new(answer, "nonce", json_string(nonce));
    return true;
}

/* An access token as an authority of ours would write it. */
static bool
do_issue(const json_t *order, json_t *answer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = private_key(order);
    const sg_jws_header header = {
        .algorithm = text(order, "algorithm"), .type = "at+jwt", .kid = text(order, "kid")};

    if (!sg_jws_sign(&header, key, signet_slice_text(text(order, "claims")), &out, err))
        return false;
    put(answer, "token", &out);
    return true;
}

static const struct {
    const char *name;
    bool (*run)(const json_t *order, json_t *answer, signet_error *err);
} orders[] = {
    {"read", do_read},
    {"sign", do_sign},
    {"proof", do_proof},
    {"prove", do_prove},
    {"nonce", do_nonce},
    {"issue", do_issue},
};

int
main(void)
{
    json_t *order = json_loadf(stdin, 0, NULL), *answer = json_object();
    signet_error err = {0};
    bool is_known = false, is_ok = false;

    need(order && answer, "JSON");
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (strcmp(orders[i].name, text(order, "do")) != 0)
            continue;
        is_known = true;
        is_ok = orders[i].run(order, answer, &err);
    }
    need(is_known, "do");
    (void)json_object_set_new(answer, "ok", json_boolean(is_ok));
    if (!is_ok)
        (void)json_object_set_new(answer, "why", json_string(err.message));
    (void)json_dumpf(answer, stdout, JSON_COMPACT);
    json_decref(order);
    json_decref(answer);
    return 0;
}
