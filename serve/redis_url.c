/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "serve/redis_url.h"

enum { URL_MAX = 2048, CREDENTIAL_MAX = 512, DATABASE_MAX = 9999, PORT_MAX = 65535 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* A number without sign or leading zero, or -1. */
static int
read_number(signet_slice text, int most)
{
    int value = 0;

    if (text.len == 0 || text.len > 5 || (text.len > 1 && text.ptr[0] == '0'))
        return -1;
    value = sg_digits(text.ptr, text.len);
    return value > most ? -1 : value;
}

static bool
read_credential(signet_slice text, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf decoded = {0};
        signet_slice one = {text.ptr + i, 1};

        if (text.ptr[i] == '%') {
            if (text.len - i < 3 ||
                !sg_hex_decode((signet_slice){text.ptr + i + 1, 2}, &decoded, NULL) ||
                decoded.data[0] == 0)
                return signet_fail(err, SIGNET_E_USAGE,
                    "the Redis address: a percent sign in the "
                    "credentials that stands for no byte");
            one = signet_buf_slice(&decoded);
            i += 2;
        } else if (text.ptr[i] == '/' || text.ptr[i] == '?' || text.ptr[i] == '#') {
            return signet_fail(err, SIGNET_E_USAGE,
                "the Redis address: credentials write / ? and # as %%2F %%3F and %%23");
        }
        if (!signet_buf_append(out, one, err))
            return false;
    }
    if (out->len > CREDENTIAL_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: credentials are too long");
    return true;
}

/* [USER]:PASSWORD */
static bool
read_credentials(signet_slice text, sg_redis_url *url, signet_error *err)
{
    const uint8_t *colon = text.len > 0 ? memchr(text.ptr, ':', text.len) : NULL;
    size_t user = 0;

    if (!colon || colon + 1 == text.ptr + text.len)
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: there is no password before @");
    user = (size_t)(colon - text.ptr);
    return read_credential((signet_slice){text.ptr, user}, &url->user, err) &&
           read_credential((signet_slice){colon + 1, text.len - user - 1}, &url->password, err);
}

static bool
read_host(signet_slice text, const char *others, char ret_host[SG_REDIS_HOST_MAX + 1])
{
    if (text.len == 0 || text.len > SG_REDIS_HOST_MAX || text.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == 0 || (!strchr(letters, text.ptr[i]) && !strchr(others, text.ptr[i])))
            return false;
    }
    memcpy(ret_host, text.ptr, text.len);
    ret_host[text.len] = '\0';
    return true;
}

/* HOST[:PORT], HOST perhaps [v6] */
static bool
read_place(signet_slice text, sg_redis_url *url, signet_error *err)
{
    bool is_v6 = text.len > 0 && text.ptr[0] == '[';
    const uint8_t *end = text.len > 0 ? memchr(text.ptr, is_v6 ? ']' : ':', text.len) : NULL;
    size_t len = end ? (size_t)(end - text.ptr) : text.len;
    signet_slice rest = {text.ptr + len, text.len - len};
    bool is_host = false;

    if (is_v6 && end) {
        is_host = read_host((signet_slice){text.ptr + 1, len - 1}, ":.", url->host);
        rest.ptr++;
        rest.len--;
    } else if (!is_v6) {
        is_host = read_host((signet_slice){text.ptr, len}, ".-_", url->host);
    }
    if (!is_host)
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: no host, or a strange one");
    url->port = SG_REDIS_PORT;
    if (rest.len > 0)
        url->port = rest.ptr[0] == ':'
                        ? read_number((signet_slice){rest.ptr + 1, rest.len - 1}, PORT_MAX)
                        : -1;
    if (url->port <= 0)
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: no port from 1 to 65535");
    return true;
}

static bool
read_network(signet_slice text, sg_redis_url *url, signet_error *err)
{
    const uint8_t *at = NULL, *slash = NULL;
    signet_slice place = text;
    int database = 0;

    if (!text.ptr || text.len == 0)
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: no host");
    at = memrchr(text.ptr, '@', text.len);
    if (at) {
        if (!read_credentials((signet_slice){text.ptr, (size_t)(at - text.ptr)}, url, err))
            return false;
        place = (signet_slice){at + 1, text.len - (size_t)(at - text.ptr) - 1};
    }
    slash = place.len > 0 ? memchr(place.ptr, '/', place.len) : NULL;
    if (slash) {
        size_t len = (size_t)(slash - place.ptr);

        database = read_number((signet_slice){slash + 1, place.len - len - 1}, DATABASE_MAX);
        place.len = len;
    }
    if (database < 0)
        return signet_fail(
            err, SIGNET_E_USAGE, "the Redis address: no database from 0 to %d", DATABASE_MAX);
    url->database = (unsigned)database;
    return read_place(place, url, err);
}

static bool
read_socket(signet_slice path, sg_redis_url *url, signet_error *err)
{
    if (path.len < 2 || path.len > SG_REDIS_PATH_MAX || path.ptr[0] != '/' || path.ptr[1] == '/')
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: unix: wants an absolute path");
    memcpy(url->path, path.ptr, path.len);
    return true;
}

static bool
starts_with(signet_slice *text, const char *prefix)
{
    size_t len = strlen(prefix);

    if (text->len < len || memcmp(text->ptr, prefix, len) != 0)
        return false;
    text->ptr += len;
    text->len -= len;
    return true;
}

bool
sg_redis_url_parse(const char *text, sg_redis_url *ret_url, signet_error *err)
{
    SIGNET_AUTO(sg_redis_url_free) sg_redis_url url = {0};
    signet_slice left = signet_slice_text(text);
    bool done = false;

    if (left.len > URL_MAX || !sg_is_printable(left) || memchr(left.ptr, ' ', left.len))
        return signet_fail(
            err, SIGNET_E_USAGE, "the Redis address: too long, or a character that is not visible");
    url.is_tls = starts_with(&left, "rediss://");
    if (url.is_tls || starts_with(&left, "redis://"))
        done = read_network(left, &url, err);
    else if (starts_with(&left, "unix:"))
        done = read_socket(left, &url, err);
    else
        done = signet_fail(
            err, SIGNET_E_USAGE, "the Redis address begins with redis://, rediss:// or unix:");
    if (!done)
        return false;
    *ret_url = url;
    url = (sg_redis_url){0};
    return true;
}

bool
sg_redis_url_parse_node(signet_slice text, char ret_host[SG_REDIS_HOST_MAX + 1], int *ret_port)
{
    const uint8_t *colon = text.len > 0 ? memrchr(text.ptr, ':', text.len) : NULL;
    size_t len = colon ? (size_t)(colon - text.ptr) : 0;

    if (!colon)
        return false;
    *ret_port = read_number((signet_slice){colon + 1, text.len - len - 1}, PORT_MAX);
    ret_host[0] = '\0'; /* none: the host that was asked */
    return *ret_port > 0 &&
           (len == 0 || read_host((signet_slice){text.ptr, len}, ".-_:", ret_host));
}

void
sg_redis_url_free(sg_redis_url *url)
{
    if (!url)
        return;
    signet_buf_free(&url->user);
    signet_buf_free(&url->password);
    *url = (sg_redis_url){0};
}
