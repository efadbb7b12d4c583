/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "secret_file.h"

enum { SECRET_MAX = 4096 };

static bool
is_blank(uint8_t letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

static bool
take(signet_slice text, signet_buf *out, signet_error *err)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    if (text.len == 0)
        return signet_fail(err, SIGNET_E_DECODE, "the credential of the upstream is empty");
    if (text.len > SECRET_MAX || !sg_is_printable(text))
        return signet_fail(err, SIGNET_E_DECODE,
            "the credential of the upstream holds what no header field may, or is too long");
    return signet_buf_append(out, text, err);
}

bool
proxy_secret_read(const char *path, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    struct stat about;

    if (stat(path, &about) != 0)
        return signet_fail(err, SIGNET_E_IO, "%s: %s", path,
            errno == ENOENT ? "there is no such file" : "cannot be looked at");
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return signet_fail(
            err, SIGNET_E_USAGE, "%s: others may read it; chmod 600 makes it private", path);
    if (!sg_file_read(path, 2 * SECRET_MAX, SG_FILE_REGULAR, &text, err))
        return false;
    if (!take(signet_buf_slice(&text), out, err)) {
        signet_error_prefix(err, path);
        return false;
    }
    return true;
}

bool
proxy_secret_take(const char *text, signet_buf *out, signet_error *err)
{
    return take(signet_slice_text(text), out, err);
}
