/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error is one line in the caller's own memory.  Names of files and fields of certificates end
 * up in it, so control characters are replaced here, once, for every message there will ever be.
 */
#include <stdio.h>

#include <signet/base.h>

static void
replace_controls(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

void
signet_error_set(signet_error *err, signet_code code, const char *format, ...)
{
    va_list args;

    if (!err)
        return;
    err->code = code;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    replace_controls(err->message);
}

void
signet_error_prefix(signet_error *err, const char *prefix)
{
    char message[sizeof(err->message)];

    if (!err)
        return;
    memcpy(message, err->message, sizeof(message));
    signet_error_set(err, err->code, "%s: %s", prefix, message);
}

const char *
signet_code_name(signet_code code)
{
    static const char *const names[] = {
        [SIGNET_OK] = "OK",
        [SIGNET_E_USAGE] = "USAGE",
        [SIGNET_E_NOMEM] = "NOMEM",
        [SIGNET_E_IO] = "IO",
        [SIGNET_E_NETWORK] = "NETWORK",
        [SIGNET_E_NOT_FOUND] = "NOT_FOUND",
        [SIGNET_E_EXISTS] = "EXISTS",
        [SIGNET_E_LOCKED] = "LOCKED",
        [SIGNET_E_DECODE] = "DECODE",
        [SIGNET_E_LEGACY] = "LEGACY",
        [SIGNET_E_KEY] = "KEY",
        [SIGNET_E_ALGORITHM] = "ALGORITHM",
        [SIGNET_E_CERT] = "CERT",
        [SIGNET_E_TIME] = "TIME",
        [SIGNET_E_SIGNATURE] = "SIGNATURE",
        [SIGNET_E_TRUST] = "TRUST",
        [SIGNET_E_REVOKED] = "REVOKED",
        [SIGNET_E_CRYPTO] = "CRYPTO",
        [SIGNET_E_TOKEN] = "TOKEN",
        [SIGNET_E_SIG1] = "SIG1",
        [SIGNET_E_COSE] = "COSE",
        [SIGNET_E_EPR] = "EPR",
    };

    if ((size_t)code >= sizeof(names) / sizeof(names[0]))
        return "UNKNOWN";
    return names[code];
}
