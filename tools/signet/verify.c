/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which verifier is asked is decided by the content of the signature, before anything is judged,
 * and only one is asked: what the strict verifier refused never gets a second chance elsewhere.
 */
#include "base/file.h"
#include "certificates.h"
#include "common/cli.h"
#include "key_argument.h"
#include "raw.h"
#include "verify.h"

/* Trust one signer who has these one or two keys, under a name made of the first key's id. */
static bool
trust_key(signet_trust *trust, signet_key *const *keys, size_t count, signet_algorithms accepted,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf id = {0}, line = {0};
    char name[32];

    if (!signet_key_write_id(keys[0], &id, err))
        return false;
    (void)snprintf(name, sizeof(name), "key %.16s", (const char *)id.data);
    return key_argument_trust_line(name, keys, count, &line, err) &&
           signet_trust_parse(trust, accepted, signet_buf_slice(&line), err);
}

/* Keys that were named one by one. */
typedef struct {
    signet_key *keys[VERIFY_KEYS_MAX];
    size_t count;
} key_list;

static void
free_list(key_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        signet_key_free(list->keys[i]);
}

/* Two keys of different algorithms are one signer's, as in a line of a trust file. */
static bool
trust_list(const key_list *list, signet_trust *trust, signet_algorithms accepted, signet_error *err)
{
    if (list->count == 2 &&
        signet_key_algorithm(list->keys[0]) != signet_key_algorithm(list->keys[1]))
        return trust_key(trust, list->keys, 2, accepted, err);
    for (size_t i = 0; i < list->count; i++) {
        if (!trust_key(trust, &list->keys[i], 1, accepted, err))
            return false;
    }
    return true;
}

static bool
trust_keys(
    const verify_order *order, signet_trust *trust, signet_algorithms accepted, signet_error *err)
{
    __attribute__((cleanup(free_list))) key_list list = {0};

    for (size_t i = 0; i < order->key_count; i++) {
        list.keys[i] = key_argument_read(order->keys[i], err);
        if (!list.keys[i])
            return false;
        list.count++;
    }
    return trust_list(&list, trust, accepted, err);
}

/* The key of a Signet CA is an anchor; its certificate has no other meaning here. */
static bool
trust_ca(
    const verify_order *order, signet_trust *trust, signet_algorithms accepted, signet_error *err)
{
    __attribute__((cleanup(free_list))) key_list list = {0};
    SIGNET_AUTO(certificates_free) certificates found = {0};

    if (!certificates_read(order->ca_path, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        signet_algorithms known = pki_algorithms_for(found.slices[i], err);
        signet_cert cert = {0};

        if (!known || !signet_cert_read(found.slices[i], &cert, err))
            return false;
        if (!certificate_is_signet(&cert) || !cert.is_ca)
            continue;
        if (list.count == VERIFY_KEYS_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "%s: more than %d Signet signers",
                order->ca_path, VERIFY_KEYS_MAX);
        list.keys[list.count] = signet_cert_key(known, &cert, err);
        if (!list.keys[list.count])
            return false;
        list.count++;
    }
    if (list.count == 0)
        return signet_fail(err, SIGNET_E_CERT,
            "%s: no certificate of a Signet signer, which this signature needs", order->ca_path);
    return trust_list(&list, trust, accepted, err);
}

static bool
trust_files(
    const verify_order *order, signet_trust *trust, signet_algorithms accepted, signet_error *err)
{
    for (size_t i = 0; i < order->trust_count; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

        if (!sg_file_read(order->trust_paths[i], SIGNET_TRUST_FILE_MAX, SG_FILE_ANY, &text, err))
            return false;
        if (!signet_trust_parse(trust, accepted, signet_buf_slice(&text), err)) {
            signet_error_prefix(err, order->trust_paths[i]);
            return false;
        }
    }
    return true;
}

signet_trust *
verify_trust(const verify_order *order, signet_algorithms accepted, signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    bool is_given = order->key_count > 0 || order->ca_path;

    trust = is_given ? signet_trust_new(err) : identity_trust(order->config, NULL, err);
    if (!trust || !trust_keys(order, trust, accepted, err) ||
        (order->ca_path && !trust_ca(order, trust, accepted, err)) ||
        !trust_files(order, trust, accepted, err))
        return NULL;
    return SIGNET_TAKE(trust);
}

/* What the message needs: the digest, and for form P the bytes; of an unreadable message nothing.
 */
static bool
read_content(signet_slice message, signet_algorithms accepted, content *from, uint8_t *digest,
    signet_cms_content *ret_content, signet_error *err)
{
    signet_cms cms = {0};
    signet_sha512 state;
    bool is_plain = false;

    ret_content->digest = (signet_slice){digest, SIGNET_SHA512_SIZE};
    if (!signet_cms_read(accepted, message, &cms, NULL))
        return true; /* signet_judge() will say why */
    for (size_t i = 0; i < cms.signer_count; i++)
        is_plain = is_plain || cms.signers[i].attributes.len == 0;
    if (!is_plain)
        return content_digest(from, digest, err);
    if (!content_all(from, &ret_content->bytes, err))
        return false;
    ret_content->has_bytes = true;
    signet_sha512_init(&state);
    signet_sha512_update(&state, ret_content->bytes);
    signet_sha512_final(&state, digest);
    return true;
}

bool
verify_signet(const verify_order *order, signet_slice message, content *from, int *ret_status,
    signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    signet_algorithms accepted = pki_algorithms_for(message, err);
    uint8_t digest[SIGNET_SHA512_SIZE] = {0};
    signet_cms_content signed_content = {0};
    signet_judgement judgement = {0};
    verify_result found = {.format = "signet"};

    if (!accepted)
        return false;
    trust = verify_trust(order, accepted, err);
    if (!trust || !read_content(message, accepted, from, digest, &signed_content, err))
        return false;
    if (!signet_judge(trust, accepted, message, &signed_content, &order->rules, &judgement))
        found.reason = judgement.reason;
    found.verdict = judgement.verdict;
    found.judgement = &judgement;
    found.signer = judgement.signer;
    found.name = signet_judgement_name(&judgement);
    found.has_time = judgement.cms.signer_count > 0;
    found.signed_at = judgement.signed_at;
    for (size_t i = 0; i < judgement.cms.signer_count; i++)
        found.algorithms[found.algorithm_count++] = judgement.cms.signers[i].algorithm->name;
    *ret_status = verify_report(order, &found);
    return true;
}

static bool
read_signature(const verify_order *order, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};

    if (!signet_buf_printf(&path, err, order->signature_path ? "%s%c" : "%s.sig%c",
            order->signature_path ? order->signature_path : order->path, '\0'))
        return false;
    if (strcmp((const char *)path.data, "-") == 0)
        return cli_read_stream(stdin, "standard input", VERIFY_SIGNATURE_MAX, out, err);
    return sg_file_read((const char *)path.data, VERIFY_SIGNATURE_MAX, SG_FILE_ANY, out, err);
}

static bool
judge(const verify_order *order, int *ret_status, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, message = {0};
    SIGNET_AUTO(content_close) content from = {.fd = -1};
    verify_result broken = {.verdict = SIGNET_VERDICT_BROKEN};

    if (!read_signature(order, &text, err) || !content_open(order->path, &from, err))
        return false;
    if (raw_is_signature(signet_buf_slice(&text)))
        return verify_raw(order, signet_buf_slice(&text), &from, ret_status, err);
    if (!signet_cms_dearmor(signet_buf_slice(&text), &message, &broken.reason)) {
        *ret_status = verify_report(order, &broken);
        return true;
    }
    if (signet_cms_is_signet(signet_buf_slice(&message)))
        return verify_signet(order, signet_buf_slice(&message), &from, ret_status, err);
    return verify_general(order, signet_buf_slice(&message), &from, ret_status, err);
}

int
verify_file(const verify_order *order)
{
    signet_error err = {0};
    int status = CLI_FAILED;

    if (!judge(order, &status, &err))
        return verify_report_error(order, &err);
    return status;
}
