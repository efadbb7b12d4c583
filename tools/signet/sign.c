/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cli.h"
#include "content.h"
#include "json_out.h"
#include "output.h"
#include "raw.h"
#include "sign.h"

const char *
sign_format_name(sign_format format)
{
    static const char *const names[] = {
        [FORMAT_PEM] = "pem", [FORMAT_DER] = "der", [FORMAT_RAW_MLDSA] = "raw-mldsa"};

    return names[format];
}

static const signet_key *
mldsa_key(const identity *who)
{
    for (size_t i = 0; i < who->signer_count; i++) {
        const signet_key *key = who->signers[i].master;

        if (signet_key_algorithm(key)->signature_size == SIGNET_MLDSA44_SIGNATURE_SIZE)
            return key;
    }
    return NULL;
}

static bool
sign_cms(const sign_order *order, const identity *who, content *from, int64_t now, signet_buf *out,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];

    if (!content_digest(from, digest, err) ||
        !signet_cms_sign(who->signers, who->signer_count, (signet_slice){digest, sizeof(digest)},
            now, &message, err))
        return false;
    if (order->format == FORMAT_DER)
        return signet_buf_append(out, signet_buf_slice(&message), err);
    return signet_cms_armor(signet_buf_slice(&message), "CMS", out, err);
}

static bool
sign_one(const sign_order *order, const identity *who, const char *path, int64_t now,
    signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(content_close) content from = {.fd = -1};
    const signet_key *key = NULL;

    if (!content_open(path, &from, err))
        return false;
    if (order->format != FORMAT_RAW_MLDSA)
        return sign_cms(order, who, &from, now, out, err);
    key = mldsa_key(who);
    if (!key)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "there is no ML-DSA-44 key");
    return raw_sign(&from, key, out, err);
}

/* FILE.sig, as text with a terminator. */
static bool
output_path(const sign_order *order, const char *path, signet_buf *out, signet_error *err)
{
    if (order->output)
        return signet_buf_printf(out, err, "%s%c", order->output, '\0');
    return signet_buf_printf(out, err, strcmp(path, "-") == 0 ? "%s%c" : "%s.sig%c", path, '\0');
}

static void
report(const sign_order *order, const identity *who, const char *path, const char *output,
    int64_t now, json_out *json)
{
    if (order->json) {
        json_open(json, NULL, '{');
        json_bool(json, "signed", true);
        json_text(json, "input", path);
        json_text(json, "output", output);
        json_text(json, "format", sign_format_name(order->format));
        json_open(json, "algorithms", '[');
        for (size_t i = 0; i < who->signer_count; i++)
            json_text(json, NULL, signet_key_algorithm(who->signers[i].master)->name);
        json_close(json, ']');
        json_time(json, "signed_at", now);
        json_close(json, '}');
        return;
    }
    if (strcmp(output, "-") == 0)
        return; /* the signature went to stdout, and nothing else may */
    cli_success(stdout, "Signed successfully");
    cli_print_plain(stdout, "  Input: %s\n", path);
    cli_print_plain(stdout, "  Output: %s\n", output);
    cli_print_plain(stdout, "  Format: %s\n", sign_format_name(order->format));
}

static int
report_failure(const sign_order *order, const char *path, const signet_error *err, json_out *json)
{
    if (order->json) {
        json_open(json, NULL, '{');
        json_bool(json, "signed", false);
        json_text(json, "input", path);
        json_error(json, "error", err);
        json_close(json, '}');
    }
    return cli_failed(content_name(path), err);
}

static int
sign_and_report(const sign_order *order, const identity *who, const output_inputs *inputs,
    const char *path, json_out *json)
{
    SIGNET_AUTO(signet_buf_free) signet_buf output = {0}, signature = {0};
    signet_error err = {0};
    int64_t now = cli_now();

    if (!output_path(order, path, &output, &err) ||
        !output_check(inputs, (const char *)output.data, &err) ||
        !sign_one(order, who, path, now, &signature, &err) ||
        !output_write((const char *)output.data, signet_buf_slice(&signature), &err))
        return report_failure(order, path, &err, json);
    report(order, who, path, (const char *)output.data, now, json);
    return CLI_OK;
}

static int
no_identity(const sign_order *order, const signet_error *err)
{
    if (err->code == SIGNET_E_NOT_FOUND)
        cli_hint("Run signet sign --init to initialize");
    if (order->json) {
        SIGNET_AUTO(json_free) json_out json = {0};

        json_open(&json, NULL, '{');
        json_error(&json, "error", err);
        json_close(&json, '}');
        (void)json_print(&json, CLI_FAILED);
    }
    return cli_failed("failed to load master key", err);
}

int
sign_files(const sign_order *order, char *const *paths, size_t count)
{
    SIGNET_AUTO(identity_free) identity who = {0};
    SIGNET_AUTO(output_inputs_free) output_inputs inputs = {0};
    SIGNET_AUTO(json_free) json_out json = {0};
    signet_error err = {0};
    int worst = CLI_OK;

    if (!output_inputs_of(paths, count, &inputs, &err))
        return cli_failed(NULL, &err);
    if (!identity_load(order->config, order->algorithm, false, cli_now(), &who, &err))
        return no_identity(order, &err);
    json_open(&json, NULL, '{');
    json_open(&json, "files", '[');
    for (size_t i = 0; i < count; i++) {
        int status = sign_and_report(order, &who, &inputs, paths[i], &json);

        worst = status > worst ? status : worst;
    }
    json_close(&json, ']');
    json_close(&json, '}');
    return order->json ? json_print(&json, worst) : worst;
}
