/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer to "whose is this, and was the key good then".  Every signature is judged by itself
 * (genuine, whose, when), then all of them together (one signer, nothing missing).  A judge keeps
 * the worst that was found, so no later step can make a verdict better.
 *
 * The keys of the trust are anchors without age: neither the date of a commit nor the name in a
 * certificate decides, but the signature on the leaf, and the trust file's own dates.
 */
#include "trust/trust.h"

/* What was found about one signature. */
typedef struct {
    signet_verdict verdict;
    signet_error reason;
    const signet_trusted_signer *signer;
    signet_cert bridge;
    int64_t at;
} finding;

typedef struct {
    const signet_trust *trust;
    const signet_cms *cms;
    const signet_cms_content *content;
    const signet_judge_rules *rules;
} hearing;

const char *
signet_verdict_name(signet_verdict verdict)
{
    static const char *const names[] = {
        [SIGNET_VERDICT_GOOD] = "good",
        [SIGNET_VERDICT_UNKNOWN] = "unknown",
        [SIGNET_VERDICT_EXPIRED] = "expired",
        [SIGNET_VERDICT_REVOKED] = "revoked",
        [SIGNET_VERDICT_BAD] = "bad",
        [SIGNET_VERDICT_BROKEN] = "broken",
    };

    return (size_t)verdict < sizeof(names) / sizeof(names[0]) ? names[verdict] : "broken";
}

/* Every problem is an error first; what it means for the signature.  Others: nobody could tell. */
static signet_verdict
verdict_of(signet_code code)
{
    static const struct {
        signet_code code;
        signet_verdict verdict;
    } meanings[] = {
        {SIGNET_E_TRUST, SIGNET_VERDICT_UNKNOWN},
        {SIGNET_E_TIME, SIGNET_VERDICT_EXPIRED},
        {SIGNET_E_REVOKED, SIGNET_VERDICT_REVOKED},
        {SIGNET_E_SIGNATURE, SIGNET_VERDICT_BAD},
        {SIGNET_E_KEY, SIGNET_VERDICT_BAD},
        {SIGNET_E_CERT, SIGNET_VERDICT_BAD},
    };

    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (meanings[i].code == code)
            return meanings[i].verdict;
    }
    return SIGNET_VERDICT_BROKEN;
}

/* Keep the worst; of equals the first. */
static void
note(const signet_error *problem, signet_verdict *worst, signet_error *reason)
{
    signet_verdict verdict = verdict_of(problem->code);

    if (verdict <= *worst)
        return;
    *worst = verdict;
    *reason = *problem;
}

/* Whether this key vouches for the leaf.  What else is wrong with the leaf is then a finding. */
static bool
is_issued_by(const hearing *all, size_t index, const signet_trusted_signer *signer,
    const signet_key *key, finding *found)
{
    const signet_cms_signer_info *info = &all->cms->signers[index];
    int64_t at = found->at;
    signet_error problem = {0};

    /* Else a signature would be worth no more than the weaker algorithm on the way to it. */
    if (!signet_slice_is_equal(signet_key_algorithm(key)->oid, info->algorithm->oid))
        return false;
    /* Outside the leaf's window is a finding of its own; here the question is whose leaf it is. */
    if (at > info->leaf.not_after)
        at = info->leaf.not_after;
    if (at < info->leaf.not_before)
        at = info->leaf.not_before;
    if (!signet_cms_check_chain(all->cms, index, key, at, NULL, &found->bridge, &problem)) {
        if (problem.code == SIGNET_E_TRUST)
            return false;
        note(&problem, &found->verdict, &found->reason);
    }
    found->signer = signer;
    return true;
}

static bool
try_hint(const hearing *all, size_t index, signet_slice hint, finding *found)
{
    size_t count = 0;
    const sg_trust_entry *entry = sg_trust_entries_of(all->trust, hint, &count);

    for (; count > 0; count--, entry++) {
        const signet_trusted_signer *signer = &all->trust->signers[entry->signer];

        if (!entry->is_unread &&
            is_issued_by(all, index, signer, signer->keys[entry->place], found))
            return true;
    }
    return false;
}

/* Whether a certificate on the way from the leaf does not say which key issued it. */
static bool
lacks_hint(const signet_cms *cms, const signet_cert *leaf)
{
    if (leaf->aki.len == 0)
        return true;
    for (size_t i = 0; i < cms->cert_count; i++) {
        if (cms->certs[i].is_ca && cms->certs[i].aki.len == 0 &&
            signet_slice_is_equal(cms->certs[i].subject, leaf->issuer))
            return true;
    }
    return false;
}

static bool
try_all_keys(const hearing *all, size_t index, finding *found)
{
    size_t left = SIGNET_JUDGE_KEYS_MAX;

    for (size_t i = 0; i < all->trust->count; i++) {
        const signet_trusted_signer *signer = &all->trust->signers[i];

        for (size_t j = 0; j < signer->key_count && left > 0; j++, left--) {
            if (is_issued_by(all, index, signer, signer->keys[j], found))
                return true;
        }
    }
    return false;
}

/*
 * Certificates name the key that issued them by SHA-1 (their authority key identifier).  That only
 * says where to look; the signature decides.
 */
static bool
find_signer(const hearing *all, size_t index, finding *found, signet_error *err)
{
    const signet_cert *leaf = &all->cms->signers[index].leaf;

    if (try_hint(all, index, leaf->aki, found))
        return true;
    for (size_t i = 0; i < all->cms->cert_count; i++) {
        if (all->cms->certs[i].der.ptr != leaf->der.ptr &&
            try_hint(all, index, all->cms->certs[i].aki, found))
            return true;
    }
    if (lacks_hint(all->cms, leaf) && try_all_keys(all, index, found))
        return true;
    return signet_fail(
        err, SIGNET_E_TRUST, "signer certificate was issued by nobody who is trusted");
}

/* A stranger's bridge is shown, never believed; but it must at least have issued the leaf. */
static void
find_bridge_of_stranger(const hearing *all, size_t index, finding *found)
{
    const signet_cms_signer_info *info = &all->cms->signers[index];
    const signet_algorithm *accepted[] = {info->algorithm, NULL};

    for (size_t i = 0; i < all->cms->cert_count; i++) {
        const signet_cert *cert = &all->cms->certs[i];
        SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

        if (!cert->is_ca || !signet_slice_is_equal(cert->subject, info->leaf.issuer))
            continue;
        key = signet_cert_key(accepted, cert, NULL);
        if (key && signet_cert_check_signature(&info->leaf, key, NULL)) {
            found->bridge = *cert;
            return;
        }
    }
}

static bool
check_window(const hearing *all, size_t index, const finding *found, signet_error *err)
{
    const signet_cms_signer_info *info = &all->cms->signers[index];
    const char *what = all->rules->has_at ? "time to judge at" : "signing time";
    bool is_early = found->at < info->leaf.not_before - SIGNET_JUDGE_EARLY;
    char at[32], bound[32];

    if (!is_early && found->at <= info->leaf.not_after)
        return true;
    signet_time_format(found->at, at);
    signet_time_format(is_early ? info->leaf.not_before : info->leaf.not_after, bound);
    return signet_fail(err, SIGNET_E_TIME, "%s %s is %s second of the certificate, %s", what, at,
        is_early ? "before the first" : "after the last", bound);
}

static bool
check_trusted_then(const finding *found, signet_error *err)
{
    const signet_trusted_signer *signer = found->signer;
    char at[32], bound[32];

    if (!signer)
        return true;
    signet_time_format(found->at, at);
    if (signer->revoked_since != SIGNET_TIME_MAX && found->at >= signer->revoked_since) {
        signet_time_format(signer->revoked_since, bound);
        return signet_fail(err, SIGNET_E_REVOKED,
            "revoked-since: %s was revoked %s, this was signed %s", signer->name, bound, at);
    }
    if (found->at < signer->valid_after) {
        signet_time_format(signer->valid_after, bound);
        return signet_fail(err, SIGNET_E_TIME,
            "valid-after: %s is trusted from %s on, this was signed %s", signer->name, bound, at);
    }
    if (signer->valid_before != SIGNET_TIME_MAX && found->at >= signer->valid_before) {
        signet_time_format(signer->valid_before, bound);
        return signet_fail(err, SIGNET_E_TIME,
            "valid-before: %s is trusted before %s, this was signed %s", signer->name, bound, at);
    }
    return true;
}

static int64_t
time_of(const signet_cms_signer_info *info, const signet_judge_rules *rules)
{
    if (rules->has_at)
        return rules->at;
    return info->has_signing_time ? info->signing_time : info->leaf.not_before + 1;
}

static void
judge_signature(const hearing *all, size_t index, finding *found)
{
    const signet_cms_signer_info *info = &all->cms->signers[index];
    signet_error problem = {0};

    found->at = time_of(info, all->rules);
    if (!signet_cms_check_signature(all->cms, index, all->content, &problem))
        note(&problem, &found->verdict, &found->reason);
    if (!find_signer(all, index, found, &problem)) {
        note(&problem, &found->verdict, &found->reason);
        find_bridge_of_stranger(all, index, found);
    }
    if (!check_window(all, index, found, &problem))
        note(&problem, &found->verdict, &found->reason);
    if (!check_trusted_then(found, &problem))
        note(&problem, &found->verdict, &found->reason);
    if (all->cms->signer_count > 1 && found->verdict != SIGNET_VERDICT_GOOD)
        signet_error_prefix(&found->reason, info->algorithm->name);
}

/* Two signatures of one person, or nobody's. */
static bool
check_one_signer(const finding *found, signet_judgement *answer, signet_error *err)
{
    const char *first = found[0].signer ? found[0].signer->name : NULL;
    const char *second = found[1].signer ? found[1].signer->name : NULL;

    answer->signer = found[0].signer;
    if (answer->cms.signer_count < 2 || (first && second && strcmp(first, second) == 0))
        return true;
    answer->signer = NULL;
    if (!first || !second) /* which was found already */
        return true;
    return signet_fail(
        err, SIGNET_E_CERT, "signers: one signature is by %s, the other by %s", first, second);
}

static bool
has_algorithm(const signet_cms *cms, const char *name)
{
    for (size_t i = 0; i < cms->signer_count; i++) {
        if (strcmp(cms->signers[i].algorithm->name, name) == 0)
            return true;
    }
    return false;
}

static bool
needs_both(const signet_trusted_signer *signer)
{
    return signer && signer->key_count + signer->unread_key_count > 1 && !signer->any_is_enough;
}

/* A signature that is there but not good was found already; here the question is what is missing.
 */
static bool
check_requirement(const hearing *all, const finding *found, signet_error *err)
{
    static const struct {
        const char *algorithm;
        signet_requirement alone;
    } rows[] = {
        {"ed25519", SIGNET_REQUIRE_ED25519},
        {"ml-dsa-44", SIGNET_REQUIRE_MLDSA44},
    };
    signet_requirement require = all->rules->require;
    bool both = needs_both(found[0].signer) || needs_both(found[1].signer);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (has_algorithm(all->cms, rows[i].algorithm))
            continue;
        if (both)
            return signet_fail(err, SIGNET_E_SIGNATURE,
                "signers: both signatures of this signer are required, there is none by %s",
                rows[i].algorithm);
        if (require == SIGNET_REQUIRE_HYBRID || require == rows[i].alone)
            return signet_fail(err, SIGNET_E_SIGNATURE,
                "signers: a signature by %s is required, there is none", rows[i].algorithm);
    }
    return true;
}

static bool
check_name(const signet_judge_rules *rules, const signet_trusted_signer *signer, signet_error *err)
{
    if (!rules->signer || (signer && strcmp(signer->name, rules->signer) == 0))
        return true;
    return signet_fail(err, SIGNET_E_TRUST, "signer: is %s, not %s",
        signer ? signer->name : "unknown", rules->signer);
}

static void
judge_together(const hearing *all, const finding *found, signet_judgement *answer)
{
    signet_error problem = {0};

    if (!check_one_signer(found, answer, &problem))
        note(&problem, &answer->verdict, &answer->reason);
    if (!check_requirement(all, found, &problem))
        note(&problem, &answer->verdict, &answer->reason);
    if (!check_name(all->rules, answer->signer, &problem))
        note(&problem, &answer->verdict, &answer->reason);
}

bool
signet_judge(const signet_trust *trust, signet_algorithms accepted, signet_slice message,
    const signet_cms_content *content, const signet_judge_rules *rules,
    signet_judgement *ret_judgement)
{
    static const signet_judge_rules no_rules = {0};
    finding found[SIGNET_CMS_SIGNERS_MAX] = {0};
    signet_judgement *answer = ret_judgement;
    hearing all = {trust, &answer->cms, content, rules ? rules : &no_rules};

    *answer = (signet_judgement){0};
    if (!signet_cms_read(accepted, message, &answer->cms, &answer->reason)) {
        answer->verdict = SIGNET_VERDICT_BROKEN;
        return false;
    }
    for (size_t i = 0; i < answer->cms.signer_count; i++) {
        judge_signature(&all, i, &found[i]);
        if (found[i].verdict != SIGNET_VERDICT_GOOD)
            note(&found[i].reason, &answer->verdict, &answer->reason);
    }
    judge_together(&all, found, answer);
    answer->bridge = found[0].bridge;
    answer->signed_at = found[0].at;
    answer->has_signing_time = answer->cms.signers[0].has_signing_time;
    if (answer->verdict != SIGNET_VERDICT_GOOD)
        return false;
    answer->is_hybrid = answer->cms.signer_count == 2;
    for (size_t i = 0; i < answer->cms.signer_count; i++)
        answer->is_revoked_later |= found[i].signer->revoked_since != SIGNET_TIME_MAX;
    return true;
}

signet_slice
signet_judgement_name(const signet_judgement *judgement)
{
    if (judgement->signer)
        return signet_slice_text(judgement->signer->name);
    if (judgement->bridge.email.len > 0)
        return judgement->bridge.email;
    return judgement->cms.signers[0].leaf.common_name;
}
