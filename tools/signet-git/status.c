/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "common/cli.h"
#include "status.h"

#define PREFIX "[GNUPG:] "

int
git_status_fd_for_signing(int number)
{
    return number > 0 ? number : -1;
}

int
git_status_fd_for_verifying(int number)
{
    return number == 0 ? STDERR_FILENO : number;
}

bool
git_status_add(git_status *status, signet_error *err, const char *format, ...)
{
    char line[256];
    va_list values;
    int len = 0;

    va_start(values, format);
    len = vsnprintf(line, sizeof(line), format, values);
    va_end(values);
    if (len < 0 || (size_t)len >= sizeof(line))
        return signet_fail(err, SIGNET_E_USAGE, "a status line is too long");
    return signet_buf_printf(&status->lines, err, PREFIX "%s\n", line);
}

static bool
add_escaped(signet_buf *out, signet_slice name, signet_error *err)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = name.ptr[i];
        bool escape = byte == '%' || byte < 0x20 || byte == 0x7f || (byte == ' ' && i == 0);

        if (escape ? !signet_buf_printf(out, err, "%%%02X", byte)
                   : !signet_buf_append(out, (signet_slice){&byte, 1}, err))
            return false;
    }
    return true;
}

bool
git_status_add_named(git_status *status, const char *keyword, const char *fingerprint,
    signet_slice name, signet_error *err)
{
    return signet_buf_printf(&status->lines, err, PREFIX "%s %s ", keyword, fingerprint) &&
           add_escaped(&status->lines, name, err) &&
           signet_buf_append(&status->lines, signet_slice_text("\n"), err);
}

bool
git_status_write(git_status *status, signet_error *err)
{
    signet_slice lines = signet_buf_slice(&status->lines);

    if (status->fd >= 0 && lines.len > 0 && !cli_write_fd(status->fd, lines, err)) {
        signet_error_prefix(err, "--status-fd");
        return false;
    }
    status->lines.len = 0;
    return true;
}

void
git_status_free(git_status *status)
{
    signet_buf_free(&status->lines);
}
