/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "program.h"

enum { ENVIRONMENT_MAX = 32, PATH_ROOM = 512 };

bool
scratch_make(scratch *ret_scratch)
{
    static const char *const folders[] = {"", "/home", "/work"};
    char path[PATH_ROOM];

    (void)snprintf(ret_scratch->path, sizeof(ret_scratch->path), "/tmp/signet-replay-XXXXXX");
    if (!mkdtemp(ret_scratch->path))
        return false;
    for (size_t i = 1; i < sizeof(folders) / sizeof(folders[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", ret_scratch->path, folders[i]);
        if (mkdir(path, 0700) != 0)
            return false;
    }
    return true;
}

bool
scratch_write(const scratch *where, const char *path, signet_slice bytes, unsigned mode)
{
    char whole[PATH_ROOM];
    int len = snprintf(whole, sizeof(whole), "%s/%s", where->path, path);
    int fd = -1;
    bool is_written = false;

    if (len < 0 || (size_t)len >= sizeof(whole))
        return false;
    for (char *slash = whole + strlen(where->path) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        if (mkdir(whole, 0700) != 0 && access(whole, F_OK) != 0)
            return false;
        *slash = '/';
    }
    fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    is_written = write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len && fchmod(fd, mode) == 0;
    return close(fd) == 0 && is_written;
}

static int
remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

void
scratch_remove(const scratch *where)
{
    (void)nftw(where->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

SIGNET_PRINTF(1, 2)
static char *
text(const char *format, ...)
{
    char *made = (char *)replay_alloc(PATH_ROOM);
    va_list values;

    va_start(values, format);
    (void)vsnprintf(made, PATH_ROOM, format, values);
    va_end(values);
    return made;
}

/** Only what is said here, and where to find programs. */
static void
make_environment(
    const scratch *where, const program_call *call, char *ret_environment[ENVIRONMENT_MAX])
{
    const char *name = NULL;
    const json_t *value = NULL;
    size_t count = 0;

    ret_environment[count++] = text("PATH=%s", getenv("PATH"));
    ret_environment[count++] = text("HOME=%s/home", where->path);
    ret_environment[count++] = text("SIGNET_NOW=%lld", (long long)call->now);
    json_object_foreach((json_t *)(uintptr_t)call->env, name, value)
    {
        if (count + 1 < ENVIRONMENT_MAX)
            ret_environment[count++] = text("%s=%s", name, json_string_value(value));
    }
    ret_environment[count] = NULL;
}

static const char *const streams[] = {"stdin", "stdout", "stderr", "third"};

static bool
open_streams(const scratch *where, const program_call *call, posix_spawn_file_actions_t *actions)
{
    if (!scratch_write(where, streams[0], call->input, 0600) ||
        posix_spawn_file_actions_addopen(
            actions, 0, text("%s/%s", where->path, streams[0]), O_RDONLY, 0) != 0)
        return false;
    for (int fd = 1; fd <= 3; fd++)
        if (posix_spawn_file_actions_addopen(actions, fd, text("%s/%s", where->path, streams[fd]),
                O_WRONLY | O_CREAT | O_TRUNC, 0600) != 0)
            return false;
    return posix_spawn_file_actions_addchdir_np(actions, text("%s/work", where->path)) == 0;
}

static bool
spawn_and_wait(const scratch *where, const program_call *call, int *ret_status)
{
    posix_spawn_file_actions_t actions;
    char *environment[ENVIRONMENT_MAX];
    pid_t pid = 0;
    int status = 0;
    bool is_run = false;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    make_environment(where, call, environment);
    is_run = open_streams(where, call, &actions) &&
             posix_spawn(&pid, call->program, &actions, NULL, (char *const *)(uintptr_t)call->argv,
                 environment) == 0 &&
             waitpid(pid, &status, 0) == pid;
    posix_spawn_file_actions_destroy(&actions);
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return is_run;
}

static bool
read_stream(const scratch *where, int fd, signet_slice *ret_bytes)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    uint8_t *kept = NULL;

    if (!sg_file_read(
            text("%s/%s", where->path, streams[fd]), PROGRAM_OUTPUT_MAX, SG_FILE_ANY, &bytes, NULL))
        return false;
    kept = replay_alloc(bytes.len);
    if (bytes.len > 0)
        memcpy(kept, bytes.data, bytes.len);
    *ret_bytes = (signet_slice){kept, bytes.len};
    return true;
}

bool
program_run(const scratch *where, const program_call *call, program_result *ret_result)
{
    return spawn_and_wait(where, call, &ret_result->status) &&
           read_stream(where, 1, &ret_result->output) &&
           read_stream(where, 2, &ret_result->errors) && read_stream(where, 3, &ret_result->third);
}
