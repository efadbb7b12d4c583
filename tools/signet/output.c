/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "common/cli.h"
#include "output.h"

enum { SIGNATURE_MODE = 0644 };

bool
output_inputs_of(char *const *paths, size_t count, output_inputs *ret_inputs, signet_error *err)
{
    struct stat *files = calloc(count + 1, sizeof(*files));
    size_t found = 0;

    if (!files)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %zu files", count);
    for (size_t i = 0; i < count; i++) {
        int result = strcmp(paths[i], "-") == 0 ? fstat(STDIN_FILENO, &files[found])
                                                : stat(paths[i], &files[found]);

        found += result == 0;
    }
    *ret_inputs = (output_inputs){files, found};
    return true;
}

void
output_inputs_free(output_inputs *inputs)
{
    free(inputs->files);
    *inputs = (output_inputs){0};
}

bool
output_check(const output_inputs *inputs, const char *path, signet_error *err)
{
    struct stat there;

    if (strcmp(path, "-") == 0 || stat(path, &there) != 0 || !S_ISREG(there.st_mode))
        return true;
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->files[i].st_dev == there.st_dev && inputs->files[i].st_ino == there.st_ino)
            return signet_fail(err, SIGNET_E_EXISTS,
                "%s: is one of the files to sign, and would be overwritten", path);
    }
    return true;
}

/* /dev/stdout, /dev/null, a pipe with a name: renaming would put a file in its place. */
static bool
write_device(const char *path, signet_slice bytes, signet_error *err)
{
    char reason[128];
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool is_written = false;

    if (fd < 0)
        return signet_fail(
            err, SIGNET_E_IO, "%s: %s", path, strerror_r(errno, reason, sizeof(reason)));
    is_written = cli_write_fd(fd, bytes, err);
    if (!is_written)
        signet_error_prefix(err, path);
    (void)close(fd);
    return is_written;
}

static bool
write_file(const char *path, signet_slice bytes, signet_error *err)
{
    const sg_file_write_rules rules = {.mode = SIGNATURE_MODE};
    sigset_t ending, before;
    bool is_written = false;

    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGINT);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &ending, &before);
    is_written = sg_file_write(path, bytes, &rules, err);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_written;
}

bool
output_write(const char *path, signet_slice bytes, signet_error *err)
{
    struct stat there;

    if (strcmp(path, "-") == 0) {
        if (cli_write_fd(STDOUT_FILENO, bytes, err))
            return true;
        signet_error_prefix(err, "standard output");
        return false;
    }
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode)) {
        if (S_ISDIR(there.st_mode))
            return signet_fail(err, SIGNET_E_IO, "%s: is a directory", path);
        return write_device(path, bytes, err);
    }
    return write_file(path, bytes, err);
}
