/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"
#include "user.h"

static struct {
    const char *path;
    int saved;
} captures[3];

const char *
user_new(void)
{
    static const char *const variables[] = {"SIGNET_HOME", "SIGNET_DID", "SIGNET_ALGORITHM",
        "SIGNET_AUTH_ENDPOINT", "SIGNET_MCP_URL", "SIGNET_PASSPHRASE_FD", "XDG_CONFIG_HOME"};
    const char *user = scratch_directory();

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        REQUIRE(unsetenv(variables[i]) == 0);
    REQUIRE(setenv("HOME", user, 1) == 0 && setenv("USER", "tester", 1) == 0);
    return user;
}

void
user_capture(int fd)
{
    int file = -1;

    captures[fd].path = scratch_path(scratch_directory(), "captured");
    file = open(captures[fd].path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    (void)fflush(NULL);
    captures[fd].saved = dup(fd);
    REQUIRE(file >= 0 && captures[fd].saved >= 0 && dup2(file, fd) == fd && close(file) == 0);
}

const char *
user_captured(int fd)
{
    (void)fflush(NULL);
    REQUIRE(dup2(captures[fd].saved, fd) == fd && close(captures[fd].saved) == 0);
    return (const char *)harness_file(captures[fd].path).ptr;
}
