/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "answer.h"
#include "base/text.h"
#include "object.h"
#include "roots.h"

enum { SHA512_NUMBER = 10 }; /* OpenPGP's */

/** OpenPGP's numbers of public key algorithms, by the beginning of a key's type. */
static const struct {
    const char *type;
    int number;
} public_key_numbers[] = {{"ed25519", 22}, {"Ed25519", 22}, {"RSA", 1}, {"ECDSA", 19}};

static int
public_key_number(const char *type)
{
    for (size_t i = 0; i < sizeof(public_key_numbers) / sizeof(public_key_numbers[0]); i++)
        if (strncmp(type, public_key_numbers[i].type, strlen(public_key_numbers[i].type)) == 0)
            return public_key_numbers[i].number;
    return 0;
}

bool
answer_judge_open(
    const home *config, const char *repository, answer_judge *ret_judge, signet_error *err)
{
    ret_judge->trust = identity_trust(config, repository, err);
    if (!ret_judge->trust || !roots_read(config, ret_judge, err)) {
        signet_trust_free(SIGNET_TAKE(ret_judge->trust));
        return false;
    }
    if (pthread_mutex_init(&ret_judge->loading, NULL) != 0) {
        signet_trust_free(SIGNET_TAKE(ret_judge->trust));
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a lock");
    }
    return true;
}

/** As much of a name as fits, cut between characters. */
static void
copy_name(char ret_name[ANSWER_NAME_MAX + 1], signet_slice name)
{
    size_t len = name.len;

    if (len > ANSWER_NAME_MAX) {
        len = ANSWER_NAME_MAX;
        while (len > 0 && (name.ptr[len] & 0xc0) == 0x80)
            len--;
    }
    for (size_t i = 0; i < len; i++)
        ret_name[i] = name.ptr[i] ? (char)name.ptr[i] : '?';
    ret_name[len] = 0;
}

static void
describe_signer(const signet_judgement *from, answer *ret_answer)
{
    const signet_cms_signer_info *first = &from->cms.signers[0];
    const signet_cert *below = from->bridge.der.len > 0 ? &from->bridge : &first->leaf;

    copy_name(ret_answer->name, signet_judgement_name(from));
    signet_cert_sha1(first->leaf.der, ret_answer->fingerprint);
    if (below->aki.len * 2 < sizeof(ret_answer->issuer))
        sg_hex(ret_answer->issuer, below->aki);
    ret_answer->public_key_number = public_key_number(first->algorithm->name);
    ret_answer->hash_number = SHA512_NUMBER;
    ret_answer->has_time = true;
    ret_answer->signed_at = from->signed_at;
    ret_answer->not_after = first->leaf.not_after;
}

static void
judge_signet(const answer_judge *judge, signet_algorithms accepted, signet_slice message,
    const answer_payload *payload, answer *ret_answer)
{
    const signet_cms_content content = {payload->digest, payload->has_bytes, payload->bytes};
    const signet_judge_rules rules = {0};
    signet_judgement judgement = {0};

    if (signet_judge(judge->trust, accepted, message, &content, &rules, &judgement))
        ret_answer->verdict = SIGNET_VERDICT_GOOD;
    else
        ret_answer->verdict = judgement.verdict;
    ret_answer->reason = judgement.reason;
    ret_answer->is_hybrid = judgement.is_hybrid;
    ret_answer->is_revoked_later = judgement.is_revoked_later;
    if (judgement.signer)
        ret_answer->revoked_since = judgement.signer->revoked_since;
    if (judgement.cms.signer_count > 0)
        describe_signer(&judgement, ret_answer);
}

/** A slice that is read to its end, for signet_content_source. */
static bool
read_payload(void *context, uint8_t *ret_bytes, size_t size, size_t *ret_len, signet_error *err)
{
    signet_slice *rest = context;
    size_t len = rest->len < size ? rest->len : size;

    (void)err;
    if (len > 0)
        memcpy(ret_bytes, rest->ptr, len);
    rest->ptr += len;
    rest->len -= len;
    *ret_len = len;
    return true;
}

static signet_verdict
general_verdict(bool is_good, signet_code code)
{
    static const struct {
        signet_code code;
        signet_verdict verdict;
    } verdicts[] = {
        {SIGNET_E_TRUST, SIGNET_VERDICT_UNKNOWN},
        {SIGNET_E_TIME, SIGNET_VERDICT_EXPIRED},
        {SIGNET_E_SIGNATURE, SIGNET_VERDICT_BAD},
        {SIGNET_E_CERT, SIGNET_VERDICT_BAD},
    };

    if (is_good)
        return SIGNET_VERDICT_GOOD;
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
        if (verdicts[i].code == code)
            return verdicts[i].verdict;
    return SIGNET_VERDICT_BROKEN;
}

static void
describe_general_signer(const signet_general_signer *signer, answer *ret_answer)
{
    copy_name(ret_answer->name, signet_slice_text(signer->name));
    memcpy(ret_answer->fingerprint, signer->fingerprint, sizeof(ret_answer->fingerprint));
    ret_answer->public_key_number = public_key_number(signer->key_type);
    ret_answer->has_time = signer->has_signing_time;
    ret_answer->signed_at = signer->signing_time;
    ret_answer->not_after = signer->not_after;
}

static const pki_functions *
load_pki(answer_judge *judge, signet_error *err)
{
    const pki_functions *pki = NULL;

    pthread_mutex_lock(&judge->loading);
    pki = pki_load(err);
    pthread_mutex_unlock(&judge->loading);
    return pki;
}

static void
judge_general(
    answer_judge *judge, signet_slice message, const answer_payload *payload, answer *ret_answer)
{
    const signet_chain_rules rules = {.anchors = judge->root,
        .anchor_count = judge->root_count,
        .purpose = SIGNET_PURPOSE_ANY,
        .at = -1};
    signet_general_signer signers[SIGNET_GENERAL_SIGNERS_MAX] = {0};
    signet_slice rest = payload->bytes;
    const signet_content_source content = {read_payload, &rest};
    const pki_functions *pki = NULL;
    size_t count = 0;
    bool is_good = false;

    if (!payload->has_bytes) {
        signet_error_set(&ret_answer->reason, SIGNET_E_NOMEM, "the payload is too large");
        return;
    }
    pki = load_pki(judge, &ret_answer->reason);
    if (!pki)
        return;
    is_good =
        pki->cms_verify_general(message, &content, &rules, signers, &count, &ret_answer->reason);
    ret_answer->verdict = general_verdict(is_good, ret_answer->reason.code);
    if (count > 0)
        describe_general_signer(&signers[0], ret_answer);
}

static signet_algorithms
algorithms_for(answer_judge *judge, signet_slice message, signet_error *err)
{
    signet_algorithms accepted = NULL;

    pthread_mutex_lock(&judge->loading);
    accepted = pki_algorithms_for(message, err);
    pthread_mutex_unlock(&judge->loading);
    return accepted;
}

void
answer_of(
    answer_judge *judge, signet_slice signature, const answer_payload *payload, answer *ret_answer)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    signet_algorithms accepted = NULL;
    answer given = {.verdict = SIGNET_VERDICT_BROKEN};

    memset(given.fingerprint, '0', sizeof(given.fingerprint) - 1);
    if (payload->has_bytes)
        given.has_git_date = object_date(payload->bytes, &given.git_date);
    if (signature.len > ANSWER_SIGNATURE_MAX)
        signet_error_set(
            &given.reason, SIGNET_E_DECODE, "a signature of %zu bytes is too large", signature.len);
    else if (!signet_cms_dearmor(signature, &message, &given.reason))
        given.verdict = SIGNET_VERDICT_BROKEN;
    else if (!signet_cms_is_signet(signet_buf_slice(&message)))
        judge_general(judge, signet_buf_slice(&message), payload, &given);
    else if ((accepted = algorithms_for(judge, signet_buf_slice(&message), &given.reason)))
        judge_signet(judge, accepted, signet_buf_slice(&message), payload, &given);
    *ret_answer = given;
}

bool
answer_has_odd_date(const answer *given)
{
    int64_t apart = 0;

    if (!given->has_git_date || !given->has_time)
        return false;
    return __builtin_sub_overflow(given->git_date, given->signed_at, &apart) ||
           apart > ANSWER_CLOCK_TOLERANCE || apart < -ANSWER_CLOCK_TOLERANCE;
}

void
answer_judge_close(answer_judge *judge)
{
    if (!judge->trust)
        return;
    pthread_mutex_destroy(&judge->loading);
    signet_trust_free(SIGNET_TAKE(judge->trust));
    signet_buf_free(&judge->roots);
}
