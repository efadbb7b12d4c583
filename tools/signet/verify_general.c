/* SPDX-License-Identifier: Apache-2.0 */
/* CMS of others: gitsign, smimesign, openssl cms.  Their anchors come from --ca and nowhere else.
 */
#include "certificates.h"
#include "common/cli.h"
#include "verify.h"

/* A content, handed out in pieces of any size. */
typedef struct {
    content *from;
    signet_slice left;
} source;

static bool
read_source(void *context, uint8_t *ret_bytes, size_t size, size_t *ret_len, signet_error *err)
{
    source *in = context;
    size_t len = 0;

    if (in->left.len == 0 && !content_next(in->from, &in->left, err))
        return false;
    len = in->left.len < size ? in->left.len : size;
    if (len > 0)
        memcpy(ret_bytes, in->left.ptr, len);
    in->left.ptr += len;
    in->left.len -= len;
    *ret_len = len;
    return true;
}

/* A Signet CA here would let the lenient rules judge what the strict ones must. */
static bool
check_anchors(const certificates *anchors, const char *path, signet_error *err)
{
    for (size_t i = 0; i < anchors->count; i++) {
        signet_cert cert = {0};

        if (signet_cert_read(anchors->slices[i], &cert, NULL) && certificate_is_signet(&cert))
            return signet_fail(err, SIGNET_E_CERT,
                "%s: the CA of a Signet signer cannot vouch for signatures of other programs",
                path);
    }
    return true;
}

static const struct {
    signet_code code;
    signet_verdict verdict;
} verdicts[] = {
    {SIGNET_OK, SIGNET_VERDICT_GOOD},
    {SIGNET_E_SIGNATURE, SIGNET_VERDICT_BAD},
    {SIGNET_E_TRUST, SIGNET_VERDICT_UNKNOWN},
    {SIGNET_E_TIME, SIGNET_VERDICT_EXPIRED},
    {SIGNET_E_REVOKED, SIGNET_VERDICT_REVOKED},
    {SIGNET_E_CERT, SIGNET_VERDICT_BAD},
    {SIGNET_E_DECODE, SIGNET_VERDICT_BROKEN},
    {SIGNET_E_KEY, SIGNET_VERDICT_BROKEN},
    {SIGNET_E_ALGORITHM, SIGNET_VERDICT_BROKEN},
};

/* False when the error says that nothing could be told. */
static bool
verdict_of(signet_code code, signet_verdict *ret_verdict)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        if (verdicts[i].code == code) {
            *ret_verdict = verdicts[i].verdict;
            return true;
        }
    }
    return false;
}

static bool
has_key_type(const verify_result *found, const char *type)
{
    for (size_t i = 0; i < found->signer_count; i++) {
        if (strcasecmp(found->signers[i].key_type, type) == 0)
            return true;
    }
    return false;
}

/* --require and --signer, when everything else is good. */
static void
judge_rules(const verify_order *order, verify_result *found)
{
    signet_requirement require = order->rules.require;
    bool is_named = !order->rules.signer;

    for (size_t i = 0; i < found->signer_count; i++)
        is_named = is_named || strcmp(found->signers[i].name, order->rules.signer) == 0;
    if ((require == SIGNET_REQUIRE_ED25519 || require == SIGNET_REQUIRE_HYBRID) &&
        !has_key_type(found, "Ed25519"))
        signet_error_set(&found->reason, SIGNET_E_SIGNATURE, "an Ed25519 signature is required");
    else if ((require == SIGNET_REQUIRE_MLDSA44 || require == SIGNET_REQUIRE_HYBRID) &&
             !has_key_type(found, "ML-DSA-44"))
        signet_error_set(&found->reason, SIGNET_E_SIGNATURE, "an ML-DSA-44 signature is required");
    else if (!is_named)
        signet_error_set(
            &found->reason, SIGNET_E_TRUST, "the signer is not %s", order->rules.signer);
    else
        return;
    found->verdict =
        found->reason.code == SIGNET_E_TRUST ? SIGNET_VERDICT_UNKNOWN : SIGNET_VERDICT_BAD;
}

static void
describe(verify_result *found, const signet_general_signer *signers, size_t count)
{
    found->signers = signers;
    found->signer_count = count;
    if (count == 0)
        return;
    found->name = signet_slice_text(signers[0].name);
    found->has_time = signers[0].has_signing_time;
    found->signed_at = signers[0].signing_time;
    for (size_t i = 0; i < count && i < SIGNET_GENERAL_SIGNERS_MAX; i++)
        found->algorithms[found->algorithm_count++] = signers[i].key_type;
}

bool
verify_general(const verify_order *order, signet_slice message, content *from, int *ret_status,
    signet_error *err)
{
    SIGNET_AUTO(certificates_free) certificates anchors = {0};
    signet_general_signer signers[SIGNET_GENERAL_SIGNERS_MAX] = {0};
    const pki_functions *pki = pki_load(err);
    source in = {.from = from};
    const signet_content_source reading = {read_source, &in};
    signet_chain_rules rules = {.anchors = anchors.slices, .purpose = SIGNET_PURPOSE_ANY};
    verify_result found = {.format = "cms"};
    size_t count = 0;

    if (!pki)
        return false;
    if (order->ca_path && (!certificates_read(order->ca_path, &anchors, err) ||
                              !check_anchors(&anchors, order->ca_path, err)))
        return false;
    rules.anchor_count = anchors.count;
    rules.at = order->rules.has_at ? order->rules.at : -1;
    if (pki->cms_verify_general(message, &reading, &rules, signers, &count, &found.reason))
        found.reason = (signet_error){0};
    if (!verdict_of(found.reason.code, &found.verdict)) {
        *err = found.reason;
        return false;
    }
    describe(&found, signers, count);
    if (found.verdict == SIGNET_VERDICT_GOOD)
        judge_rules(order, &found);
    *ret_status = verify_report(order, &found);
    return true;
}
