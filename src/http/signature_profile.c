/* SPDX-License-Identifier: Apache-2.0 */
/* The profiles, and whether a signature obeys one, but for the clock. */
#include "base/text.h"
#include "http/message_signature.h"

static const char *const classic[] = {"ed25519", "es256", NULL};
static const char *const hybrid[] = {"ed25519", "es256", "ml-dsa-44", NULL};

enum {
    POP = SG_NEEDS_REQUEST | SG_NEEDS_TIMES | SG_NEEDS_FRESH | SG_NEEDS_NONCE | SG_NEEDS_KEYID,
    RESPONSE = SG_NEEDS_RESPONSE | SG_NEEDS_TIMES | SG_NEEDS_FRESH | SG_NEEDS_KEYID,
    WEB_BOT_AUTH = SG_NEEDS_ORIGIN | SG_NEEDS_TIMES | SG_NEEDS_KEYID,
};

const sg_signature_profile sg_signature_pop = {"signet-pop", classic, POP, true};
const sg_signature_profile sg_signature_pop_hybrid = {"signet-pop", hybrid, POP, true};
const sg_signature_profile sg_signature_web_bot_auth = {
    "web-bot-auth", classic, WEB_BOT_AUTH, false};
const sg_signature_profile sg_signature_response = {"signet-resp", classic, RESPONSE, false};
const sg_signature_profile sg_signature_plain = {NULL, hybrid, 0, false};

const char sg_accept_signature[] =
    "signet=(\"@method\" \"@target-uri\" \"content-digest\");created;"
    "expires;alg=\"ed25519\";tag=\"signet-pop\"";

/* Names of RFC 9421 (section 6.2) and, for ML-DSA-44, of C2SP httpsig-pq; and ours. */
static const struct {
    const char *alg, *algorithm;
} names[] = {
    {"ed25519", "ed25519"},
    {"ecdsa-p256-sha256", "es256"},
    {"ml-dsa-44", "ml-dsa-44"},
};

const char *
sg_signature_algorithm_name(const signet_key *key)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(signet_key_algorithm(key)->name, names[i].algorithm) == 0)
            return names[i].alg;
    }
    return NULL;
}

static bool
is_in(const char *const *list, const char *name)
{
    for (; *list; list++) {
        if (strcmp(*list, name) == 0)
            return true;
    }
    return false;
}

bool
sg_signature_algorithm_check(
    const sg_message_signature *signature, const signet_key *key, signet_error *err)
{
    const char *alg = NULL;

    if (!key)
        return signet_fail(err, SIGNET_E_ALGORITHM, "there is no key");
    alg = sg_signature_algorithm_name(key);
    if (!alg || !is_in(signature->profile->algorithms, signet_key_algorithm(key)->name))
        return signet_fail(err, SIGNET_E_ALGORITHM, "a key of %s signs no message here",
            signet_key_algorithm(key)->name);
    if (signature->alg[0] && strcmp(signature->alg, alg) != 0)
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "alg is %s, but the key is of %s", signature->alg, alg);
    return true;
}

/* --- parameters --- */

static bool
read_text(const sg_field *input, size_t member, const char *name, char *ret_text, size_t room,
    signet_error *err)
{
    const sg_field_node *node = sg_field_parameter(input, member, name);

    if (!node)
        return true;
    if (node->type != SG_VALUE_STRING)
        return signet_fail(err, SIGNET_E_DECODE, "parameter %s is no string", name);
    /* a backslash would give one text two spellings, and none of these needs one */
    if (node->text.len == 0 || node->text.len >= room ||
        memchr(node->text.ptr, '\\', node->text.len))
        return signet_fail(err, SIGNET_E_DECODE,
            "parameter %s is empty, longer than %zu characters, or has an escape", name, room - 1);
    memcpy(ret_text, node->text.ptr, node->text.len);
    ret_text[node->text.len] = '\0';
    return true;
}

static bool
read_time(const sg_field *input, size_t member, const char *name, bool *ret_has, int64_t *ret_time,
    signet_error *err)
{
    const sg_field_node *node = sg_field_parameter(input, member, name);

    if (!node)
        return true;
    if (node->type != SG_VALUE_INTEGER || node->number < 0)
        return signet_fail(err, SIGNET_E_DECODE, "parameter %s is no time in seconds", name);
    *ret_has = true;
    *ret_time = node->number;
    return true;
}

static sg_keyid_kind
kind_of(const char *keyid)
{
    uint8_t bytes[32];
    size_t len = strlen(keyid), decoded = 0;

    if (len == 32 && strspn(keyid, "0123456789abcdef") == len)
        return SG_KEYID_TOKEN;
    if (len == 43 &&
        sg_base64url_decode(signet_slice_text(keyid), bytes, sizeof(bytes), &decoded) &&
        decoded == sizeof(bytes))
        return SG_KEYID_THUMBPRINT;
    return SG_KEYID_OTHER;
}

bool
sg_signature_parameters_read(
    const sg_field *input, size_t member, sg_message_signature *signature, signet_error *err)
{
    if (!read_text(input, member, "keyid", signature->keyid, sizeof(signature->keyid), err) ||
        !read_text(input, member, "nonce", signature->nonce, sizeof(signature->nonce), err) ||
        !read_text(input, member, "alg", signature->alg, sizeof(signature->alg), err) ||
        !read_time(input, member, "created", &signature->has_created, &signature->created, err) ||
        !read_time(input, member, "expires", &signature->has_expires, &signature->expires, err))
        return false;
    signature->keyid_kind = kind_of(signature->keyid);
    return true;
}

/* --- coverage --- */

static bool
equals(signet_slice a, const char *text)
{
    return signet_slice_is_equal(a, signet_slice_text(text));
}

/* A Content-Length that is not plainly zero counts, and so does one that is nonsense. */
static bool
announces_content(const signet_http_request *request)
{
    for (size_t i = 0; i < request->field_count; i++) {
        const signet_http_field *field = &request->fields[i];

        if (sg_http_name_is(field->name, signet_slice_text("transfer-encoding")) ||
            (sg_http_name_is(field->name, signet_slice_text("content-length")) &&
                !equals(field->value, "0")))
            return true;
    }
    return equals(request->method, "POST") || equals(request->method, "PUT") ||
           equals(request->method, "PATCH");
}

static bool
check_request(const signet_http_request *request, unsigned covers, signet_error *err)
{
    static const struct {
        const char *name;
        unsigned bit;
    } credentials[] = {
        {"authorization", SG_COVERS_AUTHORIZATION},
        {"dpop", SG_COVERS_DPOP},
        {"signet-proof", SG_COVERS_SIGNET_PROOF},
    };
    unsigned parts = SG_COVERS_AUTHORITY | SG_COVERS_PATH | SG_COVERS_QUERY;

    if (!(covers & SG_COVERS_METHOD))
        return signet_fail(err, SIGNET_E_EPR, "@method is not covered");
    if (!(covers & SG_COVERS_TARGET_URI) && (covers & parts) != parts)
        return signet_fail(err, SIGNET_E_EPR,
            "neither @target-uri nor all of @authority, @path and @query are covered");
    if (announces_content(request) && !(covers & SG_COVERS_CONTENT_DIGEST))
        return signet_fail(err, SIGNET_E_EPR, "content-digest is not covered");
    for (size_t i = 0; i < sizeof(credentials) / sizeof(credentials[0]); i++) {
        if (!(covers & credentials[i].bit) &&
            sg_http_has_field(request, signet_slice_text(credentials[i].name)))
            return signet_fail(
                err, SIGNET_E_EPR, "%s is there, but not covered", credentials[i].name);
    }
    return true;
}

static bool
check_origin(const signet_http_request *request, unsigned covers, signet_error *err)
{
    if (!(covers & (SG_COVERS_AUTHORITY | SG_COVERS_TARGET_URI)))
        return signet_fail(err, SIGNET_E_EPR, "neither @authority nor @target-uri is covered");
    if (!(covers & SG_COVERS_SIGNATURE_AGENT) &&
        sg_http_has_field(request, signet_slice_text("signature-agent")))
        return signet_fail(err, SIGNET_E_EPR, "signature-agent is there, but not covered");
    return true;
}

static bool
check_response(unsigned covers, signet_error *err)
{
    static const struct {
        unsigned bit;
        const char *name;
    } needed[] = {
        {SG_COVERS_STATUS, "@status"},
        {SG_COVERS_CONTENT_DIGEST, "content-digest"},
        {(unsigned)SG_COVERS_METHOD << SG_COVERS_OF_REQUEST, "@method;req"},
        {(unsigned)SG_COVERS_TARGET_URI << SG_COVERS_OF_REQUEST, "@target-uri;req"},
        {SG_COVERS_REQUEST_SIGNATURE, "signature;req;key of the request's own signature"},
    };

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!(covers & needed[i].bit))
            return signet_fail(err, SIGNET_E_EPR, "%s is not covered", needed[i].name);
    }
    return true;
}

static bool
check_nonce(const char *nonce, signet_error *err)
{
    size_t len = 0;

    if (!nonce[0])
        return signet_fail(err, SIGNET_E_EPR, "there is no nonce");
    if (!sg_base64_read(signet_slice_text(nonce), NULL, 0, &len))
        return signet_fail(err, SIGNET_E_EPR, "the nonce is not canonical base64");
    if (len < SG_SIGNATURE_NONCE_BYTES_MIN)
        return signet_fail(err, SIGNET_E_EPR, "a nonce of %zu bytes, at least %d", len,
            SG_SIGNATURE_NONCE_BYTES_MIN);
    return true;
}

/* An alg that no key of the profile has is refused before a key is looked for. */
static bool
check_alg(const sg_message_signature *signature, signet_error *err)
{
    if (!signature->alg[0] || !signature->profile->is_proof)
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(signature->alg, names[i].alg) == 0 &&
            is_in(signature->profile->algorithms, names[i].algorithm))
            return true;
    }
    return signet_fail(err, SIGNET_E_ALGORITHM, "alg %s is not accepted", signature->alg);
}

bool
sg_signature_profile_check(
    const signet_http_request *request, const sg_message_signature *signature, signet_error *err)
{
    unsigned needs = signature->profile->needs;

    if ((needs & SG_NEEDS_TIMES) && (!signature->has_created || !signature->has_expires))
        return signet_fail(err, SIGNET_E_EPR, "created or expires is missing");
    if ((needs & SG_NEEDS_KEYID) && signature->keyid_kind == SG_KEYID_OTHER)
        return signet_fail(
            err, SIGNET_E_EPR, "keyid is missing, or neither a token id nor a thumbprint");
    if ((needs & SG_NEEDS_NONCE) && !check_nonce(signature->nonce, err))
        return false;
    if ((needs & SG_NEEDS_REQUEST) && !check_request(request, signature->covers, err))
        return false;
    if ((needs & SG_NEEDS_RESPONSE) && !check_response(signature->covers, err))
        return false;
    if ((needs & SG_NEEDS_ORIGIN) && !check_origin(request, signature->covers, err))
        return false;
    if (signature->has_created && signature->has_expires &&
        signature->expires <= signature->created)
        return signet_fail(err, SIGNET_E_EPR, "expires is not after created");
    if ((needs & SG_NEEDS_FRESH) && signature->expires - signature->created > SG_SIGNATURE_LIFE_MAX)
        return signet_fail(err, SIGNET_E_EPR, "expires is more than %d seconds after created",
            SG_SIGNATURE_LIFE_MAX);
    return check_alg(signature, err);
}
