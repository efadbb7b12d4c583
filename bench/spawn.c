/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: spawn ROUNDS [-- NAME INPUT PROGRAM ARGUMENT...]...
 *
 * Runs all commands ROUNDS times in turn (A B C A B C), so that what else the machine does meets
 * each alike; stdin is the file INPUT, stdout and stderr are /dev/null.  Prints a line for each:
 * name, median and least time from posix_spawn() to the end in nanoseconds, peak memory in KiB,
 * separated by tabs.  A command that does not exit with 0 prints its name alone, and the exit
 * status is 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { COMMANDS_MAX = 16, ROUNDS_MAX = 10000, WARM_UP = 1 };

extern char **environ;

typedef struct {
    const char *name;
    char **argv;
    posix_spawn_file_actions_t files;
    int64_t *times, *processor;
    long peak;
    bool has_failed;
} command;

static int64_t
now(void)
{
    struct timespec time = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static int64_t
nanoseconds(struct timeval time)
{
    return ((int64_t)time.tv_sec * 1000000 + time.tv_usec) * 1000;
}

static int64_t
run(command *what, int64_t *ret_processor)
{
    struct rusage used = {0};
    int status = 0;
    pid_t child = 0;
    int64_t start = now();

    if (posix_spawnp(&child, what->argv[0], &what->files, NULL, what->argv, environ) != 0) {
        what->has_failed = true;
        return 0;
    }
    while (wait4(child, &status, 0, &used) < 0 && errno == EINTR)
        ;
    if (status != 0)
        what->has_failed = true;
    if (used.ru_maxrss > what->peak)
        what->peak = used.ru_maxrss;
    *ret_processor = nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
    return now() - start;
}

/* Cut argv at each "--"; the vectors end with a NULL in its place. */
static size_t
split(int argc, char **argv, command *commands)
{
    size_t count = 0;

    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        argv[i] = NULL;
        if (i + 3 >= argc || count == COMMANDS_MAX)
            return 0;
        commands[count].name = argv[i + 1];
        commands[count++].argv = argv + i + 3;
        i += 3;
    }
    return count;
}

static bool
prepare(command *what, size_t rounds)
{
    posix_spawn_file_actions_t *files = &what->files;
    const char *input = what->argv[-1];

    what->times = calloc(rounds, sizeof(*what->times));
    what->processor = calloc(rounds, sizeof(*what->processor));
    return what->times && what->processor && posix_spawn_file_actions_init(files) == 0 &&
           posix_spawn_file_actions_addopen(files, 0, input, O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(files, 1, "/dev/null", O_WRONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(files, 2, "/dev/null", O_WRONLY, 0) == 0;
}

static bool
report(command *what, size_t rounds)
{
    if (what->has_failed) {
        printf("%s\n", what->name);
        return false;
    }
    qsort(what->times, rounds, sizeof(*what->times), compare);
    qsort(what->processor, rounds, sizeof(*what->processor), compare);
    printf("%s\t%lld\t%lld\t%ld\t%lld\n", what->name, (long long)what->times[rounds / 2],
        (long long)what->times[0], what->peak, (long long)what->processor[rounds / 2]);
    return true;
}

int
main(int argc, char **argv)
{
    static command commands[COMMANDS_MAX];
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    size_t count = split(argc, argv, commands);
    bool all_ran = true;

    if (rounds == 0 || rounds > ROUNDS_MAX || count == 0) {
        fputs("usage: spawn ROUNDS [-- NAME INPUT PROGRAM ARGUMENT...]...\n", stderr);
        return 2;
    }
    for (size_t i = 0; i < count; i++) {
        if (!prepare(&commands[i], rounds))
            return 2;
    }
    for (size_t round = 0; round < rounds + WARM_UP; round++) {
        for (size_t i = 0; i < count; i++) {
            int64_t processor = 0;
            int64_t time = commands[i].has_failed ? 0 : run(&commands[i], &processor);

            if (round < WARM_UP)
                continue;
            commands[i].times[round - WARM_UP] = time;
            commands[i].processor[round - WARM_UP] = processor;
        }
    }
    for (size_t i = 0; i < count; i++)
        all_ran = report(&commands[i], rounds) && all_ran;
    return all_ran ? 0 : 1;
}
