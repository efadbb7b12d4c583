/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "replay.h"

/* A decimal number of up to 128 bits, big-endian. */
static void
decimal_to_bytes(const char *digits, uint8_t ret_bytes[16])
{
    memset(ret_bytes, 0, 16);
    for (; *digits; digits++) {
        unsigned carry = (unsigned)(*digits - '0');

        for (size_t i = 16; i-- > 0;) {
            carry += ret_bytes[i] * 10U;
            ret_bytes[i] = (uint8_t)carry;
            carry >>= 8;
        }
    }
}

static bool
kind_of(const char *name, signet_cert_kind *ret_kind)
{
    static const struct {
        const char *name;
        signet_cert_kind kind;
    } kinds[] = {
        {"ca", SIGNET_CERT_CA},
        {"leaf", SIGNET_CERT_LEAF},
        {"leaf_for_signer", SIGNET_CERT_LEAF},
        {"leaf_under_parent", SIGNET_CERT_LEAF},
        {"ephemeral", SIGNET_CERT_EPHEMERAL},
        {"bridge", SIGNET_CERT_CAPABILITY_BRIDGE},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret_kind = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static size_t
texts_of(const json_t *list, signet_slice ret_texts[SIGNET_CAPABILITIES_MAX + 1])
{
    size_t count = json_array_size(list);

    if (count > SIGNET_CAPABILITIES_MAX + 1)
        abort();
    for (size_t i = 0; i < count; i++) {
        const json_t *text = json_array_get(list, i);

        ret_texts[i] =
            (signet_slice){(const uint8_t *)json_string_value(text), json_string_length(text)};
    }
    return count;
}

/* The subject's key: a seed, or a SubjectPublicKeyInfo. */
static bool
subject_of(const replay_case *one, signet_buf *out_spki, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    bool has_seed = false;
    signet_slice seed = replay_hex(one->inputs, "subject_seed", &has_seed);

    if (!has_seed)
        return signet_buf_append(out_spki, replay_hex(one->inputs, "subject_spki", NULL), err);
    key = signet_key_from_seed(&signet_ed25519, seed, err);
    return key && signet_key_write_spki(key, out_spki, err);
}

static replay_verdict
run_issue(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *issuer = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0}, der = {0};
    const char *issuer_name = json_string_value(replay_input(one, "issuer"));
    const char *serial = json_string_value(replay_input(one, "serial"));
    signet_slice capabilities[SIGNET_CAPABILITIES_MAX + 1];
    bool has_parent = false;
    signet_slice parent_der = replay_hex(one->inputs, "parent", &has_parent);
    signet_cert parent = {0};
    uint8_t serial_bytes[16];
    signet_cert_template wanted = {
        .did = json_string_value(replay_input(one, "did")),
        .now = replay_number(one->inputs, "now", 0),
        .validity = replay_number(one->inputs, "validity_s", 0),
        .spiffe_id = json_string_value(replay_input(one, "spiffe_id")),
        .capabilities = capabilities,
        .capability_count = texts_of(replay_input(one, "capabilities"), capabilities),
    };

    if (!kind_of(json_string_value(replay_input(one, "kind")), &wanted.kind))
        return replay_skip(err, "certificates of the authority are not made by this program");
    if (wanted.kind != SIGNET_CERT_CA && replay_number(one->inputs, "validity_s", 0) == 0) {
        signet_error_set(err, SIGNET_E_USAGE, "validity must be positive");
        return REPLAY_REJECT; /* 0 is our default, and only the vectors mean it */
    }
    issuer = signet_key_from_seed(&signet_ed25519,
        replay_hex(replay_key(one, issuer_name ? issuer_name : "ca"), "seed", NULL), err);
    if (!issuer || !subject_of(one, &spki, err) ||
        (has_parent && !signet_cert_read(parent_der, &parent, err)))
        return REPLAY_REJECT;
    wanted.issuer = issuer;
    wanted.subject_spki = signet_buf_slice(&spki);
    wanted.parent = has_parent ? &parent : NULL;
    if (serial) {
        decimal_to_bytes(serial, serial_bytes);
        wanted.serial = (signet_slice){serial_bytes, sizeof(serial_bytes)};
    }
    if (!signet_cert_issue(&wanted, &der, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "der", signet_buf_slice(&der), replay_hex(one->outputs, "der", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_capabilities(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    signet_slice texts[SIGNET_CAPABILITIES_MAX + 1];
    size_t count = 0;
    const json_t *hex_list = replay_input(one, "capabilities_hex");

    if (strcmp(json_string_value(replay_input(one, "direction")), "decode") == 0) {
        signet_slice expected[SIGNET_CAPABILITIES_MAX + 1];

        if (!signet_capabilities_read(replay_hex(one->inputs, "der", NULL), texts, &count, err))
            return REPLAY_REJECT;
        if (count != texts_of(json_object_get(one->outputs, "capabilities"), expected) &&
            !signet_buf_printf(differences, NULL, " there are %zu capabilities", count))
            abort();
        for (size_t i = 0; i < count && differences->len == 0; i++)
            replay_compare(differences, "capability", texts[i], expected[i]);
        return REPLAY_ACCEPT;
    }
    count = texts_of(replay_input(one, "capabilities"), texts);
    if (hex_list) {
        json_t *holder = json_pack("{s:O}", "it", json_array_get(hex_list, 0));

        texts[0] = replay_hex(holder, "it", NULL);
        count = 1;
        json_decref(holder);
    }
    if (!signet_capabilities_write(texts, count, &der, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "der", signet_buf_slice(&der), replay_hex(one->outputs, "der", NULL));
    return REPLAY_ACCEPT;
}

/* The reference's verdict is whether there is a text to show. */
static replay_verdict
run_extension_text(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *repeat = replay_input(one, "value_repeat");
    signet_slice value = replay_hex(one->inputs, "value", NULL), text = {0};

    if (repeat) {
        size_t len = (size_t)replay_number(repeat, "count", 0);
        uint8_t *bytes = replay_alloc(len);

        memset(bytes, (int)replay_hex(repeat, "byte", NULL).ptr[0], len);
        value = (signet_slice){bytes, len};
    }
    text = signet_cert_text(value);
    if (text.len == 0) {
        signet_error_set(err, SIGNET_E_NOT_FOUND, "no text");
        return REPLAY_REJECT;
    }
    if (json_object_get(one->outputs, "text_hex"))
        replay_compare(differences, "text", text, replay_hex(one->outputs, "text_hex", NULL));
    return REPLAY_ACCEPT;
}

const replay_group replay_x509[] = {
    {"x509_issue", run_issue},
    {"capability_extension", run_capabilities},
    {"extension_text", run_extension_text},
    {NULL, NULL},
};
