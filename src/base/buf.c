/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing means a new block, a copy, and wiping the old one: realloc would leave the old bytes
 * behind, and a buffer may hold a passphrase or a seed.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <signet/base.h>

enum { SMALLEST_BLOCK = 256 };

static bool
reserve(signet_buf *buf, size_t more, signet_error *err)
{
    size_t capacity = buf->capacity ? buf->capacity : SMALLEST_BLOCK;
    uint8_t *data = NULL;

    if (more <= buf->capacity - buf->len)
        return true;
    if (more > SIGNET_BUF_MAX - buf->len)
        return signet_fail(
            err, SIGNET_E_NOMEM, "more than %d MiB in one buffer", SIGNET_BUF_MAX >> 20);
    while (capacity - buf->len < more)
        capacity *= 2;
    data = malloc(capacity);
    if (!data)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %zu bytes", capacity);
    if (buf->len > 0)
        memcpy(data, buf->data, buf->len);
    if (buf->data) {
        sodium_memzero(buf->data, buf->capacity);
        free(buf->data);
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

bool
signet_buf_append(signet_buf *buf, signet_slice bytes, signet_error *err)
{
    if (!reserve(buf, bytes.len, err))
        return false;
    if (bytes.len > 0)
        memcpy(buf->data + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    return true;
}

bool
signet_buf_printf(signet_buf *buf, signet_error *err, const char *format, ...)
{
    va_list args, again;
    int len = 0;
    bool fits = false;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        signet_error_set(err, SIGNET_E_USAGE, "text that cannot be formatted");
    else
        fits = reserve(buf, (size_t)len + 1, err);
    if (fits) {
        (void)vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return fits;
}

void
signet_buf_free(signet_buf *buf)
{
    if (!buf)
        return;
    if (buf->data) {
        sodium_memzero(buf->data, buf->capacity);
        free(buf->data);
    }
    *buf = (signet_buf){0};
}
