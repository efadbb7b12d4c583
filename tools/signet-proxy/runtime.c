/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cli.h"
#include "runtime.h"

static const char allowed[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+@-";

bool
proxy_runtime_make(const char *parent, proxy_runtime *ret_runtime, signet_error *err)
{
    char path[PROXY_RUNTIME_MAX + 1] = "", temp[PROXY_RUNTIME_MAX + 8] = "";
    const char *from_environment = getenv("TMPDIR"); /* no other thread */
    mode_t mode = geteuid() == 0 ? 0711 : 0700;
    int len = 0;

    if (!parent)
        parent = from_environment && *from_environment == '/' ? from_environment : "/tmp";
    len = snprintf(path, sizeof(path), "%s/signet-proxy.XXXXXX", parent);
    if (parent[0] != '/' || parent[strspn(parent, allowed)] != '\0' || len < 0 ||
        (size_t)len >= sizeof(path))
        return signet_fail(err, SIGNET_E_USAGE,
            "--runtime-dir: not a short absolute path of letters, digits and /._+@-");
    if (!mkdtemp(path))
        return signet_fail(err, SIGNET_E_IO, "%s: no directory can be made there", parent);
    memcpy(ret_runtime->path, path, sizeof(path));
    (void)snprintf(temp, sizeof(temp), "%s/temp", path);
    if (chmod(path, mode) != 0 || mkdir(temp, mode) != 0)
        return signet_fail(err, SIGNET_E_IO, "%s: cannot be set up", path);
    return true;
}

static bool
write_all(int fd, signet_slice bytes, mode_t mode, signet_error *err)
{
    bool is_written = fchmod(fd, mode) == 0 && cli_write_fd(fd, bytes, err);

    return close(fd) == 0 && is_written;
}

bool
proxy_runtime_write(const proxy_runtime *runtime, const char *name, signet_slice bytes, mode_t mode,
    signet_error *err)
{
    char path[PROXY_RUNTIME_MAX + 64] = "", new_path[PROXY_RUNTIME_MAX + 70] = "";
    int fd = -1;

    (void)snprintf(path, sizeof(path), "%s/%s", runtime->path, name);
    (void)snprintf(new_path, sizeof(new_path), "%s.part", path);
    fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || !write_all(fd, bytes, mode, NULL) || rename(new_path, path) != 0) {
        (void)unlink(new_path);
        return signet_fail(err, SIGNET_E_IO, "%s: cannot be written", path);
    }
    return true;
}

void
proxy_runtime_remove_file(const proxy_runtime *runtime, const char *name)
{
    char path[PROXY_RUNTIME_MAX + 64] = "";

    (void)snprintf(path, sizeof(path), "%s/%s", runtime->path, name);
    (void)unlink(path);
}

static int
remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    (void)remove(path);
    return 0;
}

void
proxy_runtime_free(proxy_runtime *runtime)
{
    if (runtime->path[0] != '\0')
        (void)nftw(runtime->path, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    runtime->path[0] = '\0';
}
