/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identifiers that become a URI of a certificate.  The reference parses them as a URL and prints
 * them again, which changes, or crashes on, what is not one (S-13).  Here only what comes out
 * unchanged is taken.
 */
#include <signet/cert.h>

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The characters of RFC 3986, without the brackets that only an IP literal may have. */
static bool
check_characters(const char *text, const char *what, signet_error *err)
{
    for (const char *at = text; *at; at++) {
        if (*at == '%' && !(is_hex(at[1]) && is_hex(at[2])))
            return signet_fail(err, SIGNET_E_USAGE, "%s has a broken percent escape", what);
        if (!is_alpha(*at) && !is_digit(*at) && !strchr("-._~:/?#@!$&'()*+,;=%", *at))
            return signet_fail(err, SIGNET_E_USAGE,
                "%s has the character 0x%02x, which a URL must not have", what,
                (unsigned)(unsigned char)*at);
    }
    return true;
}

bool
signet_did_check(const char *did, signet_error *err)
{
    size_t len = strlen(did), scheme = strcspn(did, ":/?#");

    if (len == 0 || len > SIGNET_DID_MAX)
        return signet_fail(err, SIGNET_E_USAGE,
            "the identifier has %zu bytes; it must have 1 to %d", len, SIGNET_DID_MAX);
    if (!check_characters(did, "the identifier", err))
        return false;
    if (did[scheme] != ':')
        return true;
    for (size_t i = 0; i < scheme; i++) {
        if (!is_alpha(did[i]) && (i == 0 || (!is_digit(did[i]) && !strchr("+-.", did[i]))))
            return signet_fail(
                err, SIGNET_E_USAGE, "the identifier has a colon, but no scheme before it");
    }
    return scheme > 0 ? true
                      : signet_fail(err, SIGNET_E_USAGE, "the identifier begins with a colon");
}

static bool
is_one_of(const char *text, size_t len, const char *characters)
{
    for (size_t i = 0; i < len; i++) {
        if (!strchr(characters, text[i]))
            return false;
    }
    return len > 0;
}

/* The SPIFFE-ID standard: segments of letters, digits and "._-", none of them "." or "..". */
static bool
check_spiffe_path(const char *path, signet_error *err)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    while (*path == '/') {
        size_t len = strcspn(++path, "/");

        if (!is_one_of(path, len, allowed) || (len == 1 && path[0] == '.') ||
            (len == 2 && path[0] == '.' && path[1] == '.'))
            return signet_fail(err, SIGNET_E_USAGE, "the SPIFFE ID has a path that is not one");
        path += len;
    }
    return true;
}

bool
signet_spiffe_check(const char *id, signet_error *err)
{
    static const char scheme[] = "spiffe://", allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const char *host = id + sizeof(scheme) - 1;
    size_t len = 0;

    if (strlen(id) > SIGNET_SPIFFE_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "the SPIFFE ID is longer than %d bytes", SIGNET_SPIFFE_MAX);
    if (strncmp(id, scheme, sizeof(scheme) - 1) != 0)
        return signet_fail(err, SIGNET_E_USAGE, "the SPIFFE ID does not begin with %s", scheme);
    len = strcspn(host, "/");
    if (len > SIGNET_SPIFFE_DOMAIN_MAX || !is_one_of(host, len, allowed))
        return signet_fail(err, SIGNET_E_USAGE, "the SPIFFE ID has no usable trust domain");
    if (host[len] == '\0')
        return signet_fail(err, SIGNET_E_USAGE, "the SPIFFE ID has no path");
    return check_spiffe_path(host + len, err);
}
