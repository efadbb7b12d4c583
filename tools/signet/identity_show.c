/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cli.h"
#include "identity_show.h"
#include "input.h"
#include "key_argument.h"
#include "report.h"

/* What the rules of the library borrow from. */
typedef struct {
    signet_buf secret;
    signet_key *roots[IDENTITY_ROOTS_MAX];
    size_t root_count;
} material;

static void
free_material(material *bytes)
{
    signet_buf_free(&bytes->secret);
    for (size_t i = 0; i < bytes->root_count; i++)
        signet_key_free(bytes->roots[i]);
}

static void
show_text(report *to, const char *name, signet_slice text, const char *meaning)
{
    if (text.len > 0)
        report_text(to, name, text, meaning);
}

static void
show_word(report *to, const char *name, const char *word, const char *meaning)
{
    if (*word)
        report_word(to, name, word, meaning);
}

static void
show_surroundings(report *to, const signet_identity *who)
{
    if (who->has_environment && who->cluster_id.len + who->image_digest.len > 0) {
        report_open(to, "environment", "where it runs, says the token");
        show_text(to, "cluster_id", who->cluster_id, NULL);
        show_text(to, "image_digest", who->image_digest, NULL);
        report_unsigned(to, "attestations", who->attestation_count, "counted, not believed");
        report_close(to);
    }
    if (who->has_boundary && who->vpc.len + who->region.len + who->domain.len > 0) {
        report_open(to, "boundary", "where it may be used");
        show_text(to, "vpc", who->vpc, NULL);
        show_text(to, "region", who->region, NULL);
        show_text(to, "domain", who->domain, NULL);
        report_close(to);
    }
}

static void
show_identity(report *to, const signet_identity *who)
{
    report_open(to, "identity", NULL);
    show_word(to, "actor", who->actor, "who acts: a pseudonym");
    show_word(to, "delegator", who->delegator, "on whose behalf");
    show_text(to, "owner", who->owner, "whose certificate it is");
    show_text(to, "agent", who->agent, "what acts for the owner");
    show_text(to, "scope", who->scope, "what it may");
    if (who->owner.len > 0 && who->agent.len == 0)
        report_note(to, "(a person, without restriction)");
    show_word(to, "machine", who->machine, "SHA-256 of the public key");
    if (who->chain_count > 0) {
        report_open_list(to, "chain", "owners of the cells, first to last");
        for (size_t i = 0; i < who->chain_count; i++)
            report_word(to, NULL, who->chain[i], NULL);
        report_close_list(to);
    }
    show_text(to, "resource", who->resource, "what it is about");
    show_text(to, "issuer", who->issuer, "who says so");
    show_surroundings(to, who);
    report_time(to, "issued", who->issued, NULL);
    report_time(to, "expires", who->expires, "last second");
    report_close(to);
}

static bool
read_material(const identity_order *order, material *bytes, signet_error *err)
{
    if (order->secret_fd && !input_secret("--secret-fd", order->secret_fd, &bytes->secret, err))
        return false;
    for (size_t i = 0; i < order->root_count; i++) {
        bytes->roots[i] = key_argument_read_accepted(signet_only_ed25519, order->roots[i], err);
        if (!bytes->roots[i])
            return false;
        bytes->root_count++;
    }
    return true;
}

/* What the library says of a secret, in the words of the command. */
static bool
explain_secret(const signet_ppid_rules *rules, signet_error *err)
{
    if (err->code != SIGNET_E_USAGE || rules->secret.len > 0)
        return false;
    return signet_fail(
        err, SIGNET_E_USAGE, "its pseudonyms need a secret: --secret-fd N, or --reference");
}

/* Without a root nothing is believed, so what is not believed anyway is its own. */
static bool
anchor_in_itself(const signet_claims *claims, material *bytes, signet_error *err)
{
    signet_cell cells[SIGNET_CELLS_MAX];
    size_t count = 0;

    if (!signet_chain_read(claims->chain, cells, &count, err))
        return false;
    bytes->roots[0] = signet_key_from_public(&signet_ed25519, cells[0].owner, err);
    bytes->root_count = bytes->roots[0] != NULL;
    return bytes->root_count > 0;
}

static bool
take_out(const identity_order *order, const signet_claims *claims, signet_identity *ret_identity,
    signet_error *err)
{
    __attribute__((cleanup(free_material))) material bytes = {0};
    signet_ppid_rules rules = {.audience = claims->audience, .as_reference = order->as_reference};
    signet_chain_anchors anchors = {
        .holder_ephemeral = claims->ephemeral_id, .holder_confirmation = claims->confirmation};
    const signet_key *roots[IDENTITY_ROOTS_MAX];

    if (!read_material(order, &bytes, err))
        return false;
    rules.secret = signet_buf_slice(&bytes.secret);
    if (claims->chain.len == 0)
        return signet_identity_basic(claims, &rules, order->rules.now, ret_identity, err) ||
               explain_secret(&rules, err);
    if (order->is_unverified && bytes.root_count == 0 && !anchor_in_itself(claims, &bytes, err))
        return false;
    for (size_t i = 0; i < bytes.root_count; i++)
        roots[i] = bytes.roots[i];
    anchors.roots = roots;
    anchors.root_count = bytes.root_count;
    return signet_identity_cell(claims, &rules, &anchors, order->rules.now, ret_identity, err) ||
           explain_secret(&rules, err);
}

static bool
read_token(const identity_order *order, signet_slice text, signet_sig1 *ret_sig1,
    signet_identity *ret_identity, signet_error *err)
{
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice cose = {0};
    bool is_read = order->is_unverified ? signet_sig1_inspect(text, ret_sig1, &cose, bytes, err)
                                        : token_order_verify(&order->token, &order->rules,
                                              order->config, text, ret_sig1, err);

    return is_read && take_out(order, &ret_sig1->claims, ret_identity, err);
}

static bool
check_certificate(const identity_order *order, const signet_cert *cert, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const signet_slice no_token = {0};

    if (order->is_unverified)
        return true;
    key = token_order_key(&order->rules, order->config, order->token.key, no_token, err);
    return key && signet_cert_check_signature(cert, key, err) &&
           signet_cert_check_time(cert, order->rules.now, order->rules.skew, err);
}

static bool
read_certificate(const identity_order *order, signet_slice text, signet_buf *der,
    signet_identity *ret_identity, signet_error *err)
{
    signet_cert cert = {0};

    return signet_cert_from_pem(text, der, err) &&
           signet_cert_read(signet_buf_slice(der), &cert, err) &&
           check_certificate(order, &cert, err) &&
           signet_identity_cert(&cert, order->as_reference, order->rules.now, ret_identity, err);
}

static int
show(const identity_order *order, const char *form, const signet_identity *who)
{
    SIGNET_AUTO(report_free) report to = {.json = order->json};

    if (order->is_unverified)
        cli_warning("NOT VERIFIED: this is only what is claimed there, by whoever made it");
    report_begin(&to);
    report_note(&to, order->is_unverified ? "NOT VERIFIED" : "verified");
    if (order->json)
        report_bool(&to, "verified", !order->is_unverified, NULL);
    report_word(&to, "form", form, NULL);
    show_identity(&to, who);
    return report_end(&to);
}

static int
refuse(const identity_order *order, const signet_error *err)
{
    SIGNET_AUTO(json_free) json_out json = {0};
    int status = cli_failed(input_name(order->path), err);

    if (!order->json)
        return status;
    json_open(&json, NULL, '{');
    json_bool(&json, "verified", false);
    json_error(&json, "problem", err);
    json_close(&json, '}');
    return json_print(&json, status);
}

int
identity_show(const identity_order *order)
{
    SIGNET_AUTO(signet_buf_free) signet_buf buf = {0}, der = {0};
    signet_identity who = {0};
    signet_sig1 sig1 = {0};
    signet_error err = {0};
    signet_slice text = {0};
    const char *problem = NULL;
    bool is_token = false, is_read = false;

    if (!input_read(order->path, IDENTITY_INPUT_MAX, &buf, &err))
        return refuse(order, &err);
    text = input_line(signet_buf_slice(&buf));
    is_token = text.len >= 4 && memcmp(text.ptr, "SIG1", 4) == 0;
    problem = is_token && !order->is_unverified ? token_order_problem(&order->token) : NULL;
    if (problem) {
        signet_error_set(&err, SIGNET_E_USAGE, "%s", problem);
        return refuse(order, &err);
    }
    is_read = is_token ? read_token(order, text, &sig1, &who, &err)
                       : read_certificate(order, signet_buf_slice(&buf), &der, &who, &err);
    return is_read ? show(order, is_token ? "token" : "certificate", &who) : refuse(order, &err);
}
