/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl reads the field and the body from memory that has no name and that only it inherits.  Its
 * own configuration file is not read, and it may not rewrite the path or expand braces: the request
 * is what was signed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "curl_run.h"

enum { OURS_MAX = 16, NAME_SIZE = 32 };

static bool
write_all(int fd, signet_slice bytes, signet_error *err)
{
    while (bytes.len > 0) {
        ssize_t done = write(fd, bytes.ptr, bytes.len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return signet_fail(err, SIGNET_E_IO, "curl: cannot hand over the request");
        bytes.ptr += done;
        bytes.len -= (size_t)done;
    }
    return true;
}

/* A descriptor that curl inherits, and how curl opens it: before is `prefix`. */
static bool
hand_over(signet_slice bytes, const char *prefix, char ret_name[NAME_SIZE], signet_error *err)
{
    int fd = memfd_create("signet", 0);

    if (fd < 0)
        return signet_fail(err, SIGNET_E_IO, "curl: cannot make memory to hand over");
    (void)snprintf(ret_name, NAME_SIZE, "%s/dev/fd/%d", prefix, fd);
    return write_all(fd, bytes, err);
}

/* exec wants them without const, and changes none. */
static char *
loose(const char *text)
{
    return (char *)(uintptr_t)text;
}

bool
curl_run(const curl_request *request, signet_slice proof, const char *head, signet_error *err)
{
    static char *arguments[2 * CURL_ARGUMENTS_MAX + OURS_MAX];
    char field[NAME_SIZE], body[NAME_SIZE];
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    bool has_body = request->has_data || request->is_upload;
    size_t count = 0;

    if (!signet_buf_append(&line, signet_slice_text("Signet-Proof: "), err) ||
        !signet_buf_append(&line, proof, err) ||
        !signet_buf_append(&line, signet_slice_text("\n"), err) ||
        !hand_over(signet_buf_slice(&line), "@", field, err))
        return false;
    if (has_body &&
        !hand_over(signet_buf_slice(&request->body), request->is_upload ? "" : "@", body, err))
        return false;
    arguments[count++] = loose("curl");
    arguments[count++] = loose("-q"); /* counts only as the first */
    for (size_t i = 0; i < request->kept_count; i++)
        arguments[count++] = loose(request->kept[i]);
    if (head) {
        arguments[count++] = loose("--fail");
        arguments[count++] = loose("--dump-header");
        arguments[count++] = loose(head);
    }
    arguments[count++] = loose("--path-as-is");
    arguments[count++] = loose("--globoff");
    arguments[count++] = loose("--header");
    arguments[count++] = field;
    if (has_body) {
        arguments[count++] = loose(request->is_upload ? "--upload-file"
                                   : request->is_json ? "--json"
                                                      : "--data-binary");
        arguments[count++] = body;
    }
    arguments[count++] = loose("--url");
    arguments[count++] = loose(request->url);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)execvp("curl", arguments);
    return signet_fail(err, errno == ENOENT ? SIGNET_E_NOT_FOUND : SIGNET_E_IO,
        "curl: cannot be run; is it installed?");
}
