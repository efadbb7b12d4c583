/* SPDX-License-Identifier: Apache-2.0 */
/* One plain line for people, or everything as JSON. */
#include "common/cli.h"
#include "json_out.h"
#include "verify.h"

/* Some reasons only mean that we could not find out. */
static int
status_of(const verify_result *found)
{
    switch (found->verdict) {
    case SIGNET_VERDICT_GOOD:
        return CLI_OK;
    case SIGNET_VERDICT_UNKNOWN:
    case SIGNET_VERDICT_EXPIRED:
    case SIGNET_VERDICT_REVOKED:
        return CLI_REFUSED;
    case SIGNET_VERDICT_BAD:
    case SIGNET_VERDICT_BROKEN:
        break;
    }
    if (found->reason.code == SIGNET_E_NOMEM || found->reason.code == SIGNET_E_IO ||
        found->reason.code == SIGNET_E_CRYPTO || found->reason.code == SIGNET_E_USAGE)
        return CLI_FAILED;
    return CLI_REFUSED;
}

static void
write_cert(json_out *json, const char *name, const signet_cert *cert)
{
    char fingerprint[41];

    signet_cert_sha1(cert->der, fingerprint);
    json_open(json, name, '{');
    json_text(json, "fingerprint", fingerprint);
    json_hex(json, "serial", cert->serial);
    json_slice(json, "common_name", cert->common_name);
    if (cert->email.len > 0)
        json_slice(json, "email", cert->email);
    if (cert->uri.len > 0)
        json_slice(json, "uri", cert->uri);
    json_time(json, "not_before", cert->not_before);
    json_time(json, "not_after", cert->not_after);
    json_close(json, '}');
}

static void
write_signers(json_out *json, const verify_result *found)
{
    const signet_cms *cms = found->judgement ? &found->judgement->cms : NULL;

    json_open(json, "signatures", '[');
    for (size_t i = 0; cms && i < cms->signer_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "algorithm", cms->signers[i].algorithm->name);
        write_cert(json, "leaf", &cms->signers[i].leaf);
        json_close(json, '}');
    }
    for (size_t i = 0; i < found->signer_count; i++) {
        const signet_general_signer *signer = &found->signers[i];

        json_open(json, NULL, '{');
        json_text(json, "algorithm", signer->key_type);
        json_text(json, "name", signer->name);
        json_text(json, "fingerprint", signer->fingerprint);
        json_time(json, "not_before", signer->not_before);
        json_time(json, "not_after", signer->not_after);
        if (signer->has_signing_time)
            json_time(json, "signed_at", signer->signing_time);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
write_trusted(json_out *json, const signet_trusted_signer *signer)
{
    json_open(json, "signer", '{');
    json_text(json, "name", signer->name);
    json_open(json, "keys", '[');
    for (size_t i = 0; i < signer->key_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "algorithm", signet_key_algorithm(signer->keys[i])->name);
        json_hex(json, "id", signet_key_public(signer->keys[i]));
        json_close(json, '}');
    }
    json_close(json, ']');
    if (signer->revoked_since != SIGNET_TIME_MAX)
        json_time(json, "revoked_since", signer->revoked_since);
    json_close(json, '}');
}

static int
report_json(const verify_order *order, const verify_result *found, int status)
{
    SIGNET_AUTO(json_free) json_out json = {0};

    json_open(&json, NULL, '{');
    json_text(&json, "file", order->path);
    json_text(&json, "verdict", signet_verdict_name(found->verdict));
    json_bool(&json, "good", found->verdict == SIGNET_VERDICT_GOOD);
    if (found->format)
        json_text(&json, "format", found->format);
    if (found->name.len > 0)
        json_slice(&json, "name", found->name);
    if (found->has_time)
        json_time(&json, "signed_at", found->signed_at);
    if (found->judgement) {
        json_bool(&json, "has_signing_time", found->judgement->has_signing_time);
        json_bool(&json, "hybrid", found->judgement->is_hybrid);
        json_bool(&json, "revoked_later", found->judgement->is_revoked_later);
        if (found->judgement->bridge.der.len > 0)
            write_cert(&json, "bridge", &found->judgement->bridge);
    }
    if (found->signer)
        write_trusted(&json, found->signer);
    write_signers(&json, found);
    if (found->verdict != SIGNET_VERDICT_GOOD)
        json_error(&json, "reason", &found->reason);
    json_close(&json, '}');
    return json_print(&json, status);
}

/* "alice@example.com (ed25519 + ml-dsa-44), signed 2026-11-25T02:00:00Z" */
static bool
describe(const verify_result *found, signet_buf *out)
{
    char time[32];

    if (!signet_buf_append(out, found->name, NULL))
        return false;
    for (size_t i = 0; i < found->algorithm_count; i++) {
        if (!signet_buf_printf(out, NULL, "%s%s", i == 0 ? " (" : " + ", found->algorithms[i]))
            return false;
    }
    if (found->algorithm_count > 0 && !signet_buf_printf(out, NULL, ")"))
        return false;
    if (found->has_time) {
        signet_time_format(found->signed_at, time);
        if (!signet_buf_printf(out, NULL, ", signed %s", time))
            return false;
    }
    return signet_buf_printf(out, NULL, "%c", '\0');
}

static void
print_good(const verify_order *order, const verify_result *found, const char *description)
{
    const signet_trusted_signer *signer = found->signer;
    const char *name = content_name(order->path);
    char time[32];

    cli_success(stdout, "%s: good signature by %s", name, description);
    if (!found->judgement || !found->judgement->is_revoked_later || !signer)
        return;
    signet_time_format(signer->revoked_since, time);
    cli_warning("the key of %s is revoked since %s; this signature is older", signer->name, time);
}

static void
print_refusal(const verify_order *order, const verify_result *found, const char *description)
{
    const char *reason = found->reason.message, *name = content_name(order->path);

    switch (found->verdict) {
    case SIGNET_VERDICT_GOOD:
        break;
    case SIGNET_VERDICT_UNKNOWN:
        cli_error(
            "%s: unknown signer: genuine signature by %s: %s", order->path, description, reason);
        break;
    case SIGNET_VERDICT_EXPIRED:
        cli_error("%s: outside its time: signature by %s: %s", name, description, reason);
        break;
    case SIGNET_VERDICT_REVOKED:
        cli_error("%s: revoked: signature by %s: %s", name, description, reason);
        break;
    case SIGNET_VERDICT_BAD:
        cli_error("%s: BAD signature: %s", name, reason);
        break;
    case SIGNET_VERDICT_BROKEN:
        cli_error("%s: not a signature that can be read: %s", name, reason);
        break;
    }
}

int
verify_report(const verify_order *order, const verify_result *found)
{
    SIGNET_AUTO(signet_buf_free) signet_buf description = {0};
    int status = status_of(found);

    if (order->json)
        return report_json(order, found, status);
    if (!describe(found, &description))
        return verify_report_error(
            order, &(signet_error){.code = SIGNET_E_NOMEM, .message = "out of memory"});
    if (found->verdict == SIGNET_VERDICT_GOOD)
        print_good(order, found, (const char *)description.data);
    else
        print_refusal(order, found, (const char *)description.data);
    return status;
}

int
verify_report_error(const verify_order *order, const signet_error *err)
{
    SIGNET_AUTO(json_free) json_out json = {0};
    bool is_named = strncmp(err->message, order->path, strlen(order->path)) == 0; /* or its .sig */
    int status = cli_failed(is_named ? NULL : content_name(order->path), err);

    if (!order->json)
        return status;
    json_open(&json, NULL, '{');
    json_text(&json, "file", order->path);
    json_text(&json, "verdict", "error");
    json_bool(&json, "good", false);
    json_error(&json, "reason", err);
    json_close(&json, '}');
    return json_print(&json, status);
}
