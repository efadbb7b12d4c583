/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "replay.h"

/* A key by name, or by its algorithm and raw public key.  `ret_key` stays NULL for a key that no
 * algorithm owns. */
static bool
key_of(const replay_case *one, const char *member, signet_key **ret_key, signet_error *err)
{
    const json_t *value = replay_input(one, member);
    const json_t *words = json_is_string(value) ? replay_key(one, json_string_value(value)) : value;
    const char *name = json_string_value(json_object_get(words, "algorithm"));
    const signet_algorithm *algorithm =
        name ? signet_algorithm_named(replay_algorithms, name) : NULL;
    bool has_seed = false;
    signet_slice seed = replay_hex(words, "seed", &has_seed);

    if (!name)
        return true;
    if (!algorithm)
        return signet_fail(err, SIGNET_E_ALGORITHM, "%s is not in this build", name);
    *ret_key = has_seed ? signet_key_from_seed(algorithm, seed, err)
                        : signet_key_from_public(algorithm, replay_hex(words, "public", NULL), err);
    return *ret_key != NULL;
}

static const char *
class_of(const signet_error *err)
{
    switch ((int)err->code) {
    case SIGNET_E_TIME:
        return "EXPIRED_PROOF";
    case SIGNET_E_SIGNATURE:
        return strstr(err->message, "request") ? "BAD_REQUEST_SIGNATURE"
                                               : "BAD_BINDING_SIGNATURE BAD_REQUEST_SIGNATURE";
    case SIGNET_E_ALGORITHM:
        return "KEY_TYPE";
    case SIGNET_E_KEY:
        return "KEY_TYPE PANIC BAD_BINDING_SIGNATURE BAD_REQUEST_SIGNATURE";
    default:
        return signet_code_name(err->code);
    }
}

static replay_verdict
reject(const replay_case *one, signet_buf *differences, const signet_error *err)
{
    replay_compare_class(one, differences, class_of(err));
    return REPLAY_REJECT;
}

static replay_verdict
refused_key(const replay_case *one, signet_buf *differences, const signet_error *err)
{
    return err->code == SIGNET_E_ALGORITHM ? REPLAY_SKIP : reject(one, differences, err);
}

static signet_slice
purpose_of(const replay_case *one)
{
    const char *text = json_string_value(replay_input(one, "purpose"));

    return text ? signet_slice_text(text) : replay_hex(one->inputs, "purpose_hex", NULL);
}

/* The reference's generator has no bounds (W-33); what is compared are the bytes that it signs. */
static replay_verdict
run_generate(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL, *ephemeral = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0}, signature = {0};

    if (json_is_true(replay_input(one, "cancelled")))
        return signet_error_set(err, SIGNET_E_USAGE, "there is no cancelling here"), REPLAY_REJECT;
    if (!key_of(one, "master", &master, err))
        return refused_key(one, differences, err);
    if (!master)
        return signet_error_set(err, SIGNET_E_KEY, "no master key"), REPLAY_REJECT;
    ephemeral = signet_key_from_seed(
        &signet_ed25519, replay_hex(one->outputs, "ephemeral_seed", NULL), err);
    if (!ephemeral ||
        !signet_binding_write(ephemeral, replay_number(one->outputs, "expires_at", 0),
            purpose_of(one), &message, err) ||
        !signet_key_sign(master, signet_buf_slice(&message), &signature, err))
        return reject(one, differences, err);
    replay_compare(differences, "binding_message", signet_buf_slice(&message),
        replay_hex(one->outputs, "binding_message", NULL));
    replay_compare(differences, "binding_signature", signet_buf_slice(&signature),
        replay_hex(one->outputs, "binding_signature", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_check(const replay_case *one, bool with_request, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL, *ephemeral = NULL;
    signet_binding binding = {
        .expires = replay_number(one->inputs, "expires_at", 0),
        .purpose = purpose_of(one),
        .signature = replay_hex(one->inputs, "binding_signature", NULL),
    };
    int64_t now = replay_number(one->inputs, "now", 0);
    bool done = false;

    if (!key_of(one, "master", &master, err) || !key_of(one, "ephemeral", &ephemeral, err))
        return refused_key(one, differences, err);
    binding.master = master;
    binding.ephemeral = ephemeral;
    done = with_request ? signet_proof_check(replay_algorithms, &binding,
                              replay_hex(one->inputs, "message", NULL),
                              replay_hex(one->inputs, "signature", NULL), now, err)
                        : signet_binding_check(replay_algorithms, &binding, now, err);
    return done ? REPLAY_ACCEPT : reject(one, differences, err);
}

static replay_verdict
run_binding(const replay_case *one, signet_buf *differences, signet_error *err)
{
    return run_check(one, false, differences, err);
}

static replay_verdict
run_proof(const replay_case *one, signet_buf *differences, signet_error *err)
{
    return run_check(one, true, differences, err);
}

static replay_verdict
run_request(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *ephemeral = NULL;

    if (!key_of(one, "ephemeral", &ephemeral, err))
        return refused_key(one, differences, err);
    return signet_request_check(ephemeral, replay_hex(one->inputs, "message", NULL),
               replay_hex(one->inputs, "signature", NULL), err)
               ? REPLAY_ACCEPT
               : reject(one, differences, err);
}

const replay_group replay_epr[] = {
    {"epr_generate", run_generate},
    {"epr_verify_binding", run_binding},
    {"epr_verify_request", run_request},
    {"epr_verify_proof", run_proof},
    {NULL, NULL},
};
