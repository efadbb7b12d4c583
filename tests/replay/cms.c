/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "replay.h"

/* Whatever algorithms this build has. */
static const signet_algorithm *
algorithm_of(const replay_case *one)
{
    return signet_algorithm_named(
        replay_algorithms, json_string_value(replay_input(one, "algorithm")));
}

static signet_slice
certificate_of(const replay_case *one, const json_t *name)
{
    return replay_hex(replay_key(one, json_string_value(name)), "certificate", NULL);
}

/* Certificates named by a list of names. */
static size_t
certificates_of(const replay_case *one, const char *member, signet_slice ret_certs[8])
{
    const json_t *names = replay_input(one, member);
    size_t count = json_array_size(names);

    if (count > 8)
        abort();
    for (size_t i = 0; i < count; i++)
        ret_certs[i] = certificate_of(one, json_array_get(names, i));
    return count;
}

static replay_verdict
run_sign(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    const json_t *key_words = replay_key(one, json_string_value(replay_input(one, "key")));
    const char *mode = json_string_value(replay_input(one, "mode"));
    int64_t now = replay_number(one->inputs, "now", 0);
    signet_slice intermediates[8];
    signet_cms_leaf leaf = {
        .leaf = certificate_of(one, replay_input(one, "certificate")),
        .intermediates = intermediates,
        .intermediate_count = certificates_of(one, "intermediates", intermediates),
    };
    bool has_content = false, done = false;
    signet_slice content = replay_content(one, &has_content);
    uint8_t digest[64];

    key = signet_key_from_seed(&signet_ed25519, replay_hex(key_words, "seed", NULL), err);
    if (!key)
        return REPLAY_REJECT;
    leaf.key = key;
    sg_sha512(content, digest);
    if (!has_content)
        signet_error_set(err, SIGNET_E_USAGE, "data: must not be absent");
    else if (mode && strcmp(mode, "no_attrs") == 0)
        done = signet_cms_encode_plain(&leaf, content, now, &message, err);
    else
        done =
            signet_cms_encode(&leaf, 1, (signet_slice){digest, sizeof(digest)}, now, &message, err);
    if (!done)
        return REPLAY_REJECT;
    replay_compare(
        differences, "cms", signet_buf_slice(&message), replay_hex(one->outputs, "cms", NULL));
    return REPLAY_ACCEPT;
}

static unsigned
purpose_of(const replay_case *one)
{
    static const struct {
        const char *name;
        unsigned purpose;
    } purposes[] = {
        {"codeSigning", SIGNET_PURPOSE_CODE_SIGNING},
        {"clientAuth", SIGNET_PURPOSE_CLIENT_AUTH},
        {"serverAuth", SIGNET_PURPOSE_SERVER_AUTH},
        {"any", SIGNET_PURPOSE_ANY},
    };
    const json_t *names = replay_input(one, "key_usages");
    unsigned wanted = 0;

    for (size_t i = 0; i < json_array_size(names); i++) {
        for (size_t j = 0; j < sizeof(purposes) / sizeof(purposes[0]); j++) {
            if (strcmp(json_string_value(json_array_get(names, i)), purposes[j].name) == 0)
                wanted |= purposes[j].purpose;
        }
    }
    return wanted;
}

/* Our anchors are keys; the vectors' are certificates, which also have a name and an age. */
static bool
is_anchored(const signet_cms *cms, signet_slice root_der, int64_t at,
    const signet_cms_chain_rules *rules, signet_cert *ret_root, signet_cert *ret_bridge,
    signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const signet_cert *leaf = &cms->signers[0].leaf;

    if (!signet_cert_read(root_der, ret_root, err))
        return false;
    key = signet_cert_key(replay_algorithms, ret_root, err);
    if (!key || !signet_cms_check_chain(cms, 0, key, at, rules, ret_bridge, err) ||
        !signet_cert_check_time(ret_root, at, 0, err))
        return false;
    if (!signet_slice_is_equal(
            ret_bridge->der.len > 0 ? ret_bridge->issuer : leaf->issuer, ret_root->subject))
        return signet_fail(err, SIGNET_E_TRUST, "the root has another name");
    return true;
}

static void
compare_chain(const replay_case *one, const signet_cert *const chain[3], signet_buf *differences)
{
    const json_t *expected = json_object_get(one->outputs, "chain");
    size_t index = 0;

    for (size_t i = 0; expected && i < 3; i++) {
        const char *digits = json_string_value(json_array_get(expected, index));
        uint8_t digest[32];
        char text[65] = "";

        if (chain[i]->der.len == 0)
            continue;
        sg_sha256(chain[i]->der, digest);
        for (size_t j = 0; j < sizeof(digest); j++)
            (void)snprintf(text + 2 * j, 3, "%02x", digest[j]);
        replay_compare(
            differences, "chain", signet_slice_text(text), signet_slice_text(digits ? digits : ""));
        index++;
    }
    if (expected && index < json_array_size(expected) &&
        !signet_buf_printf(differences, NULL, " the chain is shorter"))
        abort();
}

static replay_verdict
verify(const replay_case *one, signet_slice message, signet_buf *differences, signet_error *err)
{
    bool has_content = false;
    signet_slice bytes = replay_content(one, &has_content);
    uint8_t digest[64];
    signet_cms_content content = {{digest, sizeof(digest)}, has_content, bytes};
    signet_slice roots[8], intermediates[8];
    size_t root_count = certificates_of(one, "roots", roots);
    signet_cms_chain_rules rules = {
        .purpose = purpose_of(one),
        .intermediates = intermediates,
        .intermediate_count = certificates_of(one, "intermediates", intermediates),
    };
    const json_t *skip_time = replay_input(one, "skip_time");
    const json_t *time_source = json_object_get(one->inputs, "time") ? one->inputs : one->common;
    int64_t at = replay_number(time_source, "time", 0);
    signet_cms cms = {0};

    if ((int64_t)message.len > replay_number(one->inputs, "max_size", SIGNET_CMS_MAX)) {
        signet_error_set(err, SIGNET_E_DECODE, "larger than allowed");
        return REPLAY_REJECT;
    }
    sg_sha512(bytes, digest);
    if (!signet_cms_read(replay_algorithms, message, &cms, err) ||
        !signet_cms_check_signature(&cms, 0, &content, err))
        return REPLAY_REJECT;
    if (json_is_true(skip_time))
        at = cms.signers[0].leaf.not_before + 1;
    signet_error_set(err, SIGNET_E_TRUST, "no root");
    for (size_t i = 0; i < root_count; i++) {
        signet_cert root = {0}, bridge = {0};

        if (is_anchored(&cms, roots[i], at, &rules, &root, &bridge, err)) {
            const signet_cert *const chain[3] = {&cms.signers[0].leaf, &bridge, &root};

            if (!signet_slice_is_equal(root.der, cms.signers[0].leaf.der))
                compare_chain(one, chain, differences);
            return REPLAY_ACCEPT;
        }
    }
    return REPLAY_REJECT;
}

static replay_verdict
run_verify(const replay_case *one, signet_buf *differences, signet_error *err)
{
    return verify(one, replay_hex(one->inputs, "cms", NULL), differences, err);
}

/* One byte of a good message replaced, taken out or put in. */
static replay_verdict
run_byte_change(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_slice good = replay_hex(one->common, "cms", NULL);
    const char *op = json_string_value(replay_input(one, "op"));
    size_t offset = (size_t)replay_number(one->inputs, "offset", 0);
    uint8_t value = (uint8_t)replay_number(one->inputs, "value", 0);
    uint8_t *bytes = replay_alloc(good.len + 1);
    size_t len = good.len;

    memcpy(bytes, good.ptr, good.len);
    if (strcmp(op, "xor") == 0) {
        bytes[offset] ^= value;
    } else if (strcmp(op, "delete") == 0) {
        memmove(bytes + offset, good.ptr + offset + 1, good.len - offset - 1);
        len--;
    } else {
        memcpy(bytes + offset + 1, good.ptr + offset, good.len - offset);
        bytes[offset] = value;
        len++;
    }
    return verify(one, (signet_slice){bytes, len}, differences, err);
}

static replay_verdict
run_raw_signature(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    const signet_algorithm *algorithm = algorithm_of(one);
    bool has_content = false;
    signet_slice content = replay_content(one, &has_content);

    if (!algorithm) {
        signet_error_set(err, SIGNET_E_ALGORITHM, "the algorithm is not in this build");
        return REPLAY_SKIP;
    }
    key = signet_key_from_seed(algorithm, replay_hex(one->inputs, "seed", NULL), err);
    if (!key || !signet_key_sign(key, content, &signature, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "public", signet_key_public(key), replay_hex(one->inputs, "public", NULL));
    replay_compare(differences, "signature", signet_buf_slice(&signature),
        replay_hex(one->outputs, "signature", NULL));
    return REPLAY_ACCEPT;
}

const replay_group replay_cms[] = {
    {"cms_sign", run_sign},
    {"cms_verify", run_verify},
    {"cms_byte_changes", run_byte_change},
    {"raw_signature", run_raw_signature},
    {NULL, NULL},
};
