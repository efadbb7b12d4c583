/* SPDX-License-Identifier: Apache-2.0 */
/* git's three options, as git itself reads them here. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cli.h"
#include "common/identity.h"
#include "doctor.h"

enum { ANSWER_MAX = 64 << 10 };

extern char **environ;

/* Run git with its output on a pipe; the process, or -1. */
static pid_t
spawn_git(char *const argv[], int *ret_output)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t ignored;
    int ends[2] = {-1, -1};
    pid_t child = -1;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    (void)sigemptyset(&ignored);
    (void)sigaddset(&ignored, SIGPIPE);
    (void)sigaddset(&ignored, SIGXFSZ);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigdefault(&attributes, &ignored);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&child, "git", &actions, &attributes, argv, environ) != 0)
        child = -1;
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    (void)close(ends[1]);
    *ret_output = ends[0];
    return child;
}

/* The first line that git answers, with a terminator; false when it fails or is not there. */
static bool
ask_git(char *const argv[], signet_buf *answer)
{
    int output = -1, status = -1;
    pid_t child = spawn_git(argv, &output);
    FILE *stream = output >= 0 ? fdopen(output, "r") : NULL;
    bool is_read = stream && cli_read_stream(stream, "git", ANSWER_MAX, answer, NULL);

    if (stream)
        (void)fclose(stream);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (child <= 0 || !is_read || status != 0 || !signet_buf_printf(answer, NULL, "%c", '\0'))
        return false;
    answer->data[strcspn((const char *)answer->data, "\n")] = '\0';
    return true;
}

static bool
ask_config(const char *name, signet_buf *answer)
{
    char git[] = "git", config[] = "config", get[] = "--get", key[64];

    (void)snprintf(key, sizeof(key), "%s", name);
    return ask_git((char *const[]){git, config, get, key, NULL}, answer);
}

static void
check_program(doctor *who)
{
    SIGNET_AUTO(signet_buf_free) signet_buf program = {0};
    const char *text = NULL, *name = NULL;

    if (!ask_config("gpg.x509.program", &program)) {
        doctor_say(who, DOCTOR_WRONG, "git program", "signet-git config --global",
            "gpg.format is x509, but gpg.x509.program is not set");
        return;
    }
    text = (const char *)program.data;
    name = strrchr(text, '/');
    if (strcmp(name ? name + 1 : text, "signet-git") != 0)
        doctor_say(who, DOCTOR_NOTE, "git program", "signet-git config --global",
            "git signs with %s, not with signet-git", text);
    else if (name && access(text, X_OK) != 0)
        doctor_say(who, DOCTOR_WRONG, "git program", "signet-git config --global",
            "%s cannot be run", text);
    else
        doctor_say(who, DOCTOR_FINE, "git program", NULL, "%s", text);
}

static void
check_signing_key(doctor *who)
{
    SIGNET_AUTO(signet_buf_free) signet_buf wanted = {0}, id = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    const char *text = NULL;
    size_t len = 0;

    if (!who->config || !ask_config("user.signingKey", &wanted))
        return; /* git then passes the committer, which signet-git accepts */
    key = identity_public(who->config, &signet_ed25519, NULL);
    if (!key || !signet_key_write_id(key, &id, NULL) || !signet_buf_printf(&id, NULL, "%c", '\0'))
        return;
    text = (const char *)wanted.data;
    len = strlen(text);
    if (strspn(text, "0123456789abcdefABCDEF") == len && len > 0 &&
        strncasecmp(text, (const char *)id.data, len) != 0)
        doctor_say(who, DOCTOR_WRONG, "git key", "signet-git config --global",
            "user.signingKey is %s, which is not your key", text);
    else
        doctor_say(who, DOCTOR_FINE, "git key", NULL, "%s", text);
}

void
doctor_check_git(doctor *who)
{
    SIGNET_AUTO(signet_buf_free) signet_buf version = {0}, format = {0};
    char git[] = "git", ask_version[] = "--version";

    if (!ask_git((char *const[]){git, ask_version, NULL}, &version)) {
        doctor_say(who, DOCTOR_NOTE, "git", NULL, "not found");
        return;
    }
    doctor_say(who, DOCTOR_FINE, "git", NULL, "%s", (const char *)version.data);
    if (!ask_config("gpg.format", &format)) {
        doctor_say(who, DOCTOR_NOTE, "git format", "signet-git config --global",
            "git does not sign with signet-git: gpg.format is not set");
        return;
    }
    if (strcmp((const char *)format.data, "x509") != 0) {
        doctor_say(who, DOCTOR_NOTE, "git format", "signet-git config --global",
            "git does not sign with signet-git: gpg.format is %s", (const char *)format.data);
        return;
    }
    doctor_say(who, DOCTOR_FINE, "git format", NULL, "x509");
    check_program(who);
    check_signing_key(who);
}
