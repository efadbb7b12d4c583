/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <signet/verifier.h>

#include "accept.h"

static const struct {
    const char *name;
    unsigned bit;
} dialects[] = {
    {"proof", SIGNET_DIALECT_PROOF},
    {"message-signature", SIGNET_DIALECT_MESSAGE_SIGNATURE},
    {"dpop", SIGNET_DIALECT_DPOP},
    {"certificate", SIGNET_DIALECT_CERTIFICATE},
};

enum {
    DIALECTS = sizeof(dialects) / sizeof(dialects[0]),
    OF_ACCESS_TOKENS = SIGNET_DIALECT_DPOP | SIGNET_DIALECT_CERTIFICATE,
    LARGEST_ISSUER = 256,
};

/* --- flags --- */

static unsigned
find_dialect(const char *name, size_t len)
{
    for (size_t i = 0; i < DIALECTS; i++) {
        if (strlen(dialects[i].name) == len && memcmp(dialects[i].name, name, len) == 0)
            return dialects[i].bit;
    }
    return 0;
}

/* Names with a comma between, each once. */
static bool
read_dialects(const char *text, unsigned *ret, signet_error *err)
{
    unsigned all = 0;

    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        unsigned bit = find_dialect(at, len);

        if (bit == 0 || (all & bit))
            return signet_fail(err, SIGNET_E_USAGE,
                "--dialects: not names of proof, message-signature, dpop and certificate, each "
                "once, with a comma between");
        all |= bit;
        at += len;
        if (*at == '\0')
            break;
    }
    *ret = all;
    return true;
}

static bool
check_dialects(proxy_settings *settings, signet_error *err)
{
    const proxy_flags *flags = &settings->flags;
    bool wants_tokens = false;

    if (flags->dialects && !read_dialects(flags->dialects, &settings->dialects, err))
        return false;
    wants_tokens = (settings->dialects & OF_ACCESS_TOKENS) != 0;
    if (wants_tokens && !flags->jwks[0])
        return signet_fail(err, SIGNET_E_USAGE,
            "--dialects: dpop and certificate want the keys of access tokens: --jwks ISSUER=FILE");
    if (!wants_tokens && (flags->jwks[0] || flags->pki))
        return signet_fail(err, SIGNET_E_USAGE,
            "--jwks and --pki are for access tokens: they want --dialects with dpop or "
            "certificate");
    if ((settings->dialects & SIGNET_DIALECT_CERTIFICATE) && !flags->tls_cert)
        return signet_fail(
            err, SIGNET_E_USAGE, "--dialects: certificate wants TLS: --tls-cert and --tls-key");
    return true;
}

static bool
check_issuers(const char *const *given, signet_error *err)
{
    for (; *given; given++) {
        const char *equals = strchr(*given, '=');

        if (!equals || equals == *given || equals[1] == '\0' || equals - *given >= LARGEST_ISSUER)
            return signet_fail(err, SIGNET_E_USAGE, "--jwks: not ISSUER=FILE: %s", *given);
    }
    return true;
}

static bool
check_scripts(const char *const *given, signet_error *err)
{
    for (; *given; given++) {
        proxy_upstream url = {0};

        if (strcmp(*given, "*") != 0 &&
            (!proxy_upstream_parse(*given, &url, NULL) || url.path[0] != '\0' ||
                (*given)[strlen(*given) - 1] == '/'))
            return signet_fail(
                err, SIGNET_E_USAGE, "--cors: not http[s]://HOST[:PORT], or *: %s", *given);
    }
    return true;
}

bool
proxy_accept_check(proxy_settings *settings, signet_error *err)
{
    return check_dialects(settings, err) && check_issuers(settings->flags.jwks, err) &&
           check_scripts(settings->flags.cors, err);
}

/* --- directives --- */

void
proxy_accept_write_http(config_writer *writer, const proxy_settings *settings)
{
    if (settings->flags.pki)
        config_file(writer, "signet_pki", settings->flags.pki);
}

void
proxy_accept_write_server(config_writer *writer, const proxy_settings *settings)
{
    const proxy_flags *flags = &settings->flags;

    if ((settings->dialects & SIGNET_DIALECT_CERTIFICATE) && !flags->tls_client_ca)
        config_put(writer, "    ssl_verify_client optional_no_ca;\n"); /* the token names it */
    if (flags->resource)
        config_file(writer, "    signet_resource", flags->resource);
    if (flags->cors[0])
        config_directive(writer, "    signet_cors", flags->cors);
}

static void
write_issuer(config_writer *writer, const char *given)
{
    const char *equals = strchr(given, '=');
    char issuer[LARGEST_ISSUER] = "", file[CONFIG_PATH_SIZE] = "";

    (void)snprintf(issuer, sizeof(issuer), "%.*s", (int)(equals - given), given);
    config_full_name(equals + 1, file);
    CONFIG(writer, "        signet_jwks", issuer, file);
}

void
proxy_accept_write_location(config_writer *writer, const proxy_settings *settings)
{
    const char *words[DIALECTS + 1] = {0};
    size_t count = 0;

    for (size_t i = 0; i < DIALECTS; i++) {
        if (settings->dialects & dialects[i].bit)
            words[count++] = dialects[i].name;
    }
    if (count > 0)
        config_directive(writer, "        signet_dialects", words);
    for (const char *const *given = settings->flags.jwks; *given; given++)
        write_issuer(writer, *given);
}
