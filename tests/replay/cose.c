/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "replay.h"

/* A key of the file: by its public half. */
static signet_key *
named_key(const replay_case *one, const char *name, signet_error *err)
{
    static const struct {
        const char *start;
        const char *algorithm;
        const char *member;
    } forms[] = {
        {"ed25519", "ed25519", "public"},
        {"mldsa44", "ml-dsa-44", "public"},
        {"p256", "es256", "public_uncompressed"},
    };
    const json_t *words = replay_key(one, name);

    for (size_t i = 0; words && i < sizeof(forms) / sizeof(forms[0]); i++) {
        const signet_algorithm *algorithm =
            signet_algorithm_named(replay_algorithms, forms[i].algorithm);

        if (strncmp(name, forms[i].start, strlen(forms[i].start)) != 0)
            continue;
        if (!algorithm)
            break;
        return signet_key_from_public(algorithm, replay_hex(words, forms[i].member, NULL), err);
    }
    signet_error_set(err, SIGNET_E_ALGORITHM, "%s is not in this build", name ? name : "no key");
    return NULL;
}

static replay_verdict
run_alg_sign(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    const signet_algorithm *algorithm = signet_algorithm_named(
        replay_algorithms, json_string_value(replay_input(one, "algorithm")));

    if (!algorithm) {
        signet_error_set(err, SIGNET_E_ALGORITHM, "unknown algorithm");
        return REPLAY_REJECT;
    }
    key = signet_key_from_seed(algorithm, replay_hex(one->inputs, "seed", NULL), err);
    if (!key || !signet_key_sign(key, replay_hex(one->inputs, "message", NULL), &signature, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "public", signet_key_public(key), replay_hex(one->outputs, "public", NULL));
    replay_compare(differences, "signature", signet_buf_slice(&signature),
        replay_hex(one->outputs, "signature", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_alg_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const signet_algorithm *algorithm = signet_algorithm_named(
        replay_algorithms, json_string_value(replay_input(one, "algorithm")));
    bool has_public = false;
    signet_slice raw = replay_hex(one->inputs, "public", &has_public);

    (void)differences;
    if (!algorithm)
        return signet_error_set(err, SIGNET_E_ALGORITHM, "unknown algorithm"), REPLAY_REJECT;
    key = has_public ? signet_key_from_public(algorithm, raw, err)
                     : named_key(one, json_string_value(replay_input(one, "key")), err);
    if (!key)
        return REPLAY_REJECT;
    if (signet_key_algorithm(key) != algorithm)
        return signet_error_set(err, SIGNET_E_KEY, "of another algorithm"), REPLAY_REJECT;
    return signet_key_verify(key, replay_hex(one->inputs, "message", NULL),
               replay_hex(one->inputs, "signature", NULL), err)
               ? REPLAY_ACCEPT
               : REPLAY_REJECT;
}

static replay_verdict
run_public_key(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const signet_algorithm *algorithm = signet_algorithm_named(
        replay_algorithms, json_string_value(replay_input(one, "algorithm")));

    if (!algorithm)
        return signet_error_set(err, SIGNET_E_ALGORITHM, "unknown algorithm"), REPLAY_REJECT;
    key = signet_key_from_public(algorithm, replay_hex(one->inputs, "raw", NULL), err);
    if (!key)
        return REPLAY_REJECT;
    replay_compare(
        differences, "raw", signet_key_public(key), replay_hex(one->outputs, "raw", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_cose_sign(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    bool has_payload = false;
    signet_slice payload = replay_hex(one->inputs, "payload", &has_payload);

    if (json_is_true(replay_input(one, "destroyed")) || !has_payload)
        return signet_error_set(err, SIGNET_E_USAGE, "no signer or no payload"), REPLAY_REJECT;
    key = signet_key_from_seed(&signet_ed25519, replay_hex(one->inputs, "seed", NULL), err);
    if (!key || !signet_cose_sign(key, payload, &message, err))
        return REPLAY_REJECT;
    replay_compare(differences, "cose_sign1", signet_buf_slice(&message),
        replay_hex(one->outputs, "cose_sign1", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_cose_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key = named_key(one, json_string_value(replay_input(one, "key")), err);
    signet_slice payload = {0};
    bool has_message = false;
    signet_slice message = replay_hex(one->inputs, "cose_sign1", &has_message);

    if (!key)
        return err->code == SIGNET_E_ALGORITHM ? REPLAY_SKIP : REPLAY_REJECT;
    if (!has_message || !signet_cose_verify(replay_algorithms, message, key, &payload, err))
        return REPLAY_REJECT;
    replay_compare(differences, "payload", payload, replay_hex(one->outputs, "payload", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_sig1_encode(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key =
        signet_key_from_seed(&signet_ed25519, replay_hex(one->inputs, "seed", NULL), err);
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    const char *expected = json_string_value(json_object_get(one->outputs, "sig1"));

    if (!key ||
        !signet_sig1_encode_token(replay_hex(one->inputs, "token_cbor", NULL), key, &text, err))
        return REPLAY_REJECT;
    replay_compare(differences, "sig1", signet_buf_slice(&text), signet_slice_text(expected));
    return REPLAY_ACCEPT;
}

static const char *
class_of_sig1(signet_code code)
{
    switch ((int)code) {
    case SIGNET_E_SIG1:
        return "SIG1_EMPTY SIG1_PARTS SIG1_PREFIX SIG1_NO_PAYLOAD SIG1_NO_SIGNATURE "
               "SIG1_B64_PAYLOAD SIG1_B64_SIGNATURE SIG1_MISMATCH";
    case SIGNET_E_COSE:
        return "COSE_MALFORMED COSE_NO_ALG COSE_NO_PAYLOAD COSE_NULL";
    case SIGNET_E_ALGORITHM:
        return "COSE_ALG_MISMATCH";
    case SIGNET_E_SIGNATURE:
        return "COSE_BAD_SIGNATURE";
    case SIGNET_E_LEGACY:
        return "LEGACY_LAYOUT";
    case SIGNET_E_TOKEN:
        return "INVALID_TOKEN";
    default:
        return signet_code_name(code);
    }
}

static replay_verdict
run_sig1_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *key_name = replay_input(one, "key");
    SIGNET_AUTO(signet_key_free)
    signet_key *key =
        json_is_string(key_name) ? named_key(one, json_string_value(key_name), err) : NULL;
    const char *text = json_string_value(replay_input(one, "sig1"));
    signet_sig1 sig1;

    if (json_is_string(key_name) && !key)
        return err->code == SIGNET_E_ALGORITHM ? REPLAY_SKIP : REPLAY_REJECT;
    if (!signet_sig1_verify(
            replay_algorithms, signet_slice_text(text ? text : ""), key, &sig1, err)) {
        /* only that ours checks the signature before the token can change the class */
        if (getenv("REPLAY_CLASSES"))
            replay_compare_class(one, differences, class_of_sig1(err->code));
        return REPLAY_REJECT;
    }
    replay_compare(differences, "token", (signet_slice){sig1.token, sig1.token_len},
        replay_hex(one->outputs, "token_cbor", NULL));
    return REPLAY_ACCEPT;
}

const replay_group replay_cose[] = {
    {"alg_sign", run_alg_sign},
    {"alg_verify", run_alg_verify},
    {"alg_public_key", run_public_key},
    {"cose_sign", run_cose_sign},
    {"cose_verify", run_cose_verify},
    {"sig1_encode", run_sig1_encode},
    {"sig1_verify", run_sig1_verify},
    {NULL, NULL},
};
