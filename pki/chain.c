/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path validation, RFC 5280 section 6.1 as spec 1.9 has it, over OpenSSL's certificates,
 * signatures, name constraints and policies.
 *
 * The path itself is built here and not by X509_verify_cert(), which cannot find Signet's own:
 * every certificate of a local CA has the same subject and issuer, and OpenSSL takes a leaf like
 * that for self-signed when it has no authority key identifier, and does not count it against a
 * path length.
 *
 * First a path of names and signatures is found, then the rules are checked on it.  The first rule
 * that a whole path broke is what is reported when no other path is better.
 */
#include <openssl/err.h>

#include "chain.h"

enum {
    LONGEST_PATH = 10,    /* certificates, leaf and anchor included */
    CHECKS_AT_MOST = 100, /* signatures, so that no set of certificates keeps us busy */
};

typedef struct {
    const sg_chain_rules *rules;
    X509 *path[LONGEST_PATH]; /* leaf first */
    size_t length;
    size_t checks;
    bool is_short_of_memory;
    signet_error refusal; /* of the first path that reached an anchor */
} search;

/* What an issuer must be whatever the path; whether its extensions make sense is judged later. */
static bool
is_ca(X509 *cert)
{
    uint32_t flags = X509_get_extension_flags(cert);

    return (flags & EXFLAG_BCONS) && (flags & EXFLAG_CA) &&
           (X509_get_key_usage(cert) & KU_KEY_CERT_SIGN); /* no key usage: all bits */
}

static bool
is_on_path(const search *at, const X509 *cert)
{
    for (size_t i = 0; i < at->length; i++) {
        if (X509_cmp(at->path[i], cert) == 0)
            return true;
    }
    return false;
}

/* The key identifiers are not looked at: a pair that matches proves nothing, one that does not
 * proves as little (spec 1.9). */
static bool
has_issued(search *at, X509 *issuer, X509 *cert)
{
    SG_KEEP_ERRORS();
    bool is_issuer = false;

    if (X509_NAME_cmp(X509_get_subject_name(issuer), X509_get_issuer_name(cert)) != 0 ||
        !is_ca(issuer) || is_on_path(at, issuer) || at->checks == CHECKS_AT_MOST)
        return false;
    at->checks++;
    is_issuer = sg_is_yes(X509_verify(cert, X509_get0_pubkey(issuer)));
    at->is_short_of_memory = at->is_short_of_memory || sg_is_short_of_memory();
    return is_issuer;
}

/* Every CA says how many others may stand between it and the leaf.  Unlike RFC 5280, those that
 * have their issuer's name count too: under a local CA all of them do. */
static bool
check_path_lengths(const search *at, signet_error *err)
{
    for (size_t i = 1; i < at->length; i++) {
        long limit = X509_get_pathlen(at->path[i]);

        if (limit >= 0 && i - 1 > (size_t)limit)
            return signet_fail(
                err, SIGNET_E_CERT, "%zu certificates below one that allows %ld", i - 1, limit);
    }
    return true;
}

static const struct {
    unsigned purpose;
    uint32_t usage;
    const char *name;
} purposes[] = {
    {SIGNET_PURPOSE_CODE_SIGNING, XKU_CODE_SIGN, "code signing"},
    {SIGNET_PURPOSE_CLIENT_AUTH, XKU_SSL_CLIENT, "client authentication"},
    {SIGNET_PURPOSE_SERVER_AUTH, XKU_SSL_SERVER, "server authentication"},
    {SIGNET_PURPOSE_ANY, 0, "anything"},
};

static bool
is_purpose(unsigned purpose)
{
    for (size_t row = 0; row < sizeof(purposes) / sizeof(purposes[0]); row++) {
        if (purposes[row].purpose == purpose)
            return true;
    }
    return false;
}

/* Absent allows all; present must name the purpose, from the anchor down (spec 1.9). */
static bool
check_purpose(const search *at, signet_error *err)
{
    for (size_t row = 0; row < sizeof(purposes) / sizeof(purposes[0]); row++) {
        uint32_t usage = purposes[row].usage;

        if (purposes[row].purpose != at->rules->purpose)
            continue;
        for (size_t i = 0; i < at->length; i++) {
            uint32_t allowed = X509_get_extended_key_usage(at->path[i]);

            if (usage && !(allowed & (usage | XKU_ANYEKU)))
                return sg_refuse(
                    err, SIGNET_E_CERT, "a certificate that is not for %s", purposes[row].name);
        }
        return true;
    }
    return false; /* sg_chain_verify() has looked */
}

static bool
check_names_below(const search *at, size_t issuer, NAME_CONSTRAINTS *constraints, signet_error *err)
{
    for (size_t i = 0; i < issuer; i++) {
        int answer = X509_V_OK;

        if (i > 0 && (X509_get_extension_flags(at->path[i]) & EXFLAG_SI))
            continue; /* RFC 5280 section 6.1.3 (b) */
        answer = NAME_CONSTRAINTS_check(at->path[i], constraints);
        if (answer == X509_V_ERR_OUT_OF_MEM)
            return signet_fail(err, SIGNET_E_NOMEM, "out of memory for name constraints");
        if (answer != X509_V_OK)
            return signet_fail(err, SIGNET_E_CERT, "a name that its issuer may not certify: %s",
                X509_verify_cert_error_string(answer));
    }
    return true;
}

static bool
check_names(const search *at, signet_error *err)
{
    for (size_t i = 1; i < at->length; i++) {
        SIGNET_AUTO(NAME_CONSTRAINTS_free) NAME_CONSTRAINTS *constraints = NULL;
        int critical = -1;

        constraints = X509_get_ext_d2i(at->path[i], NID_name_constraints, &critical, NULL);
        if (!constraints && critical != -1) /* -1: it has none */
            return sg_refuse(err, SIGNET_E_DECODE, "broken name constraints");
        if (constraints && !check_names_below(at, i, constraints, err))
            return false;
    }
    return true;
}

/* Any policy will do for us, but issuers may demand that there be one (RFC 5280 section 6.1.5). */
static bool
check_policies(const search *at, signet_error *err)
{
    SIGNET_AUTO(X509_policy_tree_free) X509_POLICY_TREE *tree = NULL;
    STACK_OF(X509) *path = sk_X509_new_null();
    STACK_OF(ASN1_OBJECT) *any = sk_ASN1_OBJECT_new_null();
    int is_explicit = 0, answer = X509_PCY_TREE_INTERNAL;
    bool is_filled = path && any && sk_ASN1_OBJECT_push(any, OBJ_nid2obj(NID_any_policy)) > 0;

    for (size_t i = 0; is_filled && i < at->length; i++)
        is_filled = sk_X509_push(path, at->path[i]) > 0;
    if (is_filled)
        answer = X509_policy_check(&tree, &is_explicit, path, any, 0);
    sk_X509_free(path); /* what is in the two stacks is borrowed */
    sk_ASN1_OBJECT_free(any);
    if (answer == X509_PCY_TREE_INTERNAL)
        return sg_fail_openssl(err, "cannot check policies");
    if (answer != X509_PCY_TREE_VALID)
        return sg_refuse(err, SIGNET_E_CERT, "a chain without a policy that its issuers demand");
    return true;
}

static bool
check_path(const search *at, signet_error *err)
{
    for (size_t i = 0; i < at->length; i++) {
        if (!sg_x509_check(at->path[i], at->rules->at, err))
            return false;
        if (i + 1 < at->length && !sg_x509_check_signature_strength(at->path[i], err))
            return false; /* the anchor's own signature means nothing */
    }
    return check_path_lengths(at, err) && check_purpose(at, err) && check_names(at, err) &&
           check_policies(at, err);
}

static bool
accept_path(search *at)
{
    SG_KEEP_ERRORS();
    signet_error refusal = {0};

    if (check_path(at, &refusal) && sg_is_yes(1))
        return true;
    if (refusal.code == SIGNET_OK)
        sg_openssl_error(&refusal, "cannot check a chain");
    if (at->refusal.code == SIGNET_OK)
        at->refusal = refusal;
    return false;
}

static bool climb(search *at);

/* Whether one of `candidates` issued the last certificate of the path and leads to an anchor. */
static bool
climb_over(search *at, const STACK_OF(X509) * candidates, bool are_anchors)
{
    for (int i = 0; candidates && i < sk_X509_num(candidates); i++) {
        X509 *issuer = sk_X509_value(candidates, i);

        if (at->length == LONGEST_PATH || !has_issued(at, issuer, at->path[at->length - 1]))
            continue;
        at->path[at->length++] = issuer;
        if (are_anchors ? accept_path(at) : climb(at))
            return true;
        at->length--;
    }
    return false;
}

static bool
climb(search *at)
{
    return climb_over(at, at->rules->anchors, true) ||
           climb_over(at, at->rules->intermediates, false) ||
           climb_over(at, at->rules->embedded, false);
}

static bool
is_anchor(const sg_chain_rules *rules, const X509 *cert)
{
    for (int i = 0; i < sk_X509_num(rules->anchors); i++) {
        if (X509_cmp(sk_X509_value(rules->anchors, i), cert) == 0)
            return true;
    }
    return false;
}

bool
sg_chain_verify(X509 *leaf, const sg_chain_rules *rules, signet_error *err)
{
    search at = {.rules = rules, .path = {leaf}, .length = 1};

    if (!is_purpose(rules->purpose))
        return signet_fail(err, SIGNET_E_USAGE, "no such purpose: %u", rules->purpose);
    if (!sg_x509_check(leaf, rules->at, err))
        return false;
    if (is_anchor(rules, leaf) ? accept_path(&at) : climb(&at))
        return true;
    if (at.refusal.code != SIGNET_OK)
        return signet_fail(err, at.refusal.code, "%s", at.refusal.message);
    if (at.is_short_of_memory)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for signatures");
    return signet_fail(err, SIGNET_E_TRUST, "no path from the certificate to one that is trusted");
}

bool
signet_chain_verify(signet_slice leaf, const signet_chain_rules *rules, signet_error *err)
{
    SG_KEEP_ERRORS();
    SIGNET_AUTO(X509_free) X509 *cert = NULL;
    SIGNET_AUTO(sg_certs_free) STACK_OF(X509) *anchors = NULL, *intermediates = NULL;

    cert = sg_x509_read(leaf, err);
    if (!cert)
        return false;
    anchors = sg_x509_read_all(rules->anchors, rules->anchor_count, "anchor", err);
    if (!anchors)
        return false;
    intermediates =
        sg_x509_read_all(rules->intermediates, rules->intermediate_count, "intermediate", err);
    if (!intermediates)
        return false;
    return sg_chain_verify(cert,
        &(sg_chain_rules){.anchors = anchors,
            .intermediates = intermediates,
            .purpose = rules->purpose,
            .at = rules->at},
        err);
}
