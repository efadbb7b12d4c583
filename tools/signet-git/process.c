/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

extern char **environ;

bool
process_words_add(process_words *words, const char *word, signet_error *err)
{
    size_t capacity = words->capacity ? words->capacity * 2 : 16;
    const char **grown = NULL;

    if (words->count + 1 >= words->capacity) {
        grown = reallocarray(words->word, capacity, sizeof(*grown));
        if (!grown)
            return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a command line");
        words->word = grown;
        words->capacity = capacity;
    }
    words->word[words->count++] = word;
    words->word[words->count] = NULL;
    return true;
}

void
process_words_free(process_words *words)
{
    free(words->word);
    *words = (process_words){0};
}

static void
close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/** The child's side: its two descriptors, and SIGPIPE as it is by default (ours is ignored). */
static int
spawn(const process_words *words, int in, int out, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int problem = 0;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    problem = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (problem == 0)
        problem = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (problem == 0)
        problem = posix_spawnattr_setsigdefault(&attributes, &defaults);
    if (problem == 0)
        problem = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (problem == 0)
        problem = posix_spawnp(ret_pid, words->word[0], &actions, &attributes,
            (char *const *)(uintptr_t)words->word, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

static bool
fail_to_start(const process_words *words, int problem, signet_error *err)
{
    char reason[64];

    return signet_fail(err, problem == ENOENT ? SIGNET_E_NOT_FOUND : SIGNET_E_IO,
        "cannot run %s: %s", words->word[0], strerror_r(problem, reason, sizeof(reason)));
}

/** Descriptors of a start: what the child gets, and what stays with us. */
typedef struct {
    int child_in, child_out;
    int our_in, our_out;
} ends;

static void
close_ends_auto(ends *all)
{
    close_end(&all->child_in);
    close_end(&all->child_out);
    close_end(&all->our_in);
    close_end(&all->our_out);
}

static int
open_ends(int reads, ends *all)
{
    int both[2] = {-1, -1};

    if (reads == PROCESS_READS_NOTHING)
        all->child_in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    else if (reads >= 0)
        all->child_in = fcntl(reads, F_DUPFD_CLOEXEC, 0);
    else if (pipe2(both, O_CLOEXEC) == 0) {
        all->child_in = both[0];
        all->our_in = both[1];
    }
    if (all->child_in < 0 || pipe2(both, O_CLOEXEC) != 0)
        return errno;
    all->our_out = both[0];
    all->child_out = both[1];
    return 0;
}

bool
process_start(const process_words *words, int reads, process *ret_process, signet_error *err)
{
    SIGNET_AUTO(close_ends) ends all = {-1, -1, -1, -1};
    pid_t pid = 0;
    int problem = open_ends(reads, &all);

    if (problem == 0)
        problem = spawn(words, all.child_in, all.child_out, &pid);
    if (problem != 0)
        return fail_to_start(words, problem, err);
    *ret_process = (process){pid, all.our_in, all.our_out};
    all.our_in = -1;
    all.our_out = -1;
    return true;
}

static int
wait_for(process *running)
{
    int status = 0;

    close_end(&running->in);
    close_end(&running->out);
    while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
        ;
    running->pid = 0;
    return status;
}

bool
process_finish(process *running, const char *name, signet_error *err)
{
    int status = wait_for(running);

    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFEXITED(status))
        return signet_fail(err, SIGNET_E_IO, "%s failed with status %d", name, WEXITSTATUS(status));
    return signet_fail(err, SIGNET_E_IO, "%s was ended by signal %d", name, WTERMSIG(status));
}

void
process_free(process *running)
{
    if (running->pid > 0)
        (void)wait_for(running);
}
