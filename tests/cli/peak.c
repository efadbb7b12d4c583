/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: peak FILE COMMAND...
 *
 * Runs COMMAND, writes its peak memory in KiB to FILE, and ends with its exit status.  A program of
 * our own, because what a larger one (a shell, python) had before it became COMMAND would count
 * too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    struct rusage usage = {0};
    int status = 0;
    pid_t child = -1;
    FILE *out = NULL;

    if (argc < 3)
        return 2;
    child = fork();
    if (child == 0) {
        (void)execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 2;
    out = fopen(argv[1], "w");
    if (!out || fprintf(out, "%ld\n", usage.ru_maxrss) < 0 || fclose(out) != 0)
        return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
