/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: replay_WHAT FILE|DIRECTORY...
 *
 * The driver of a fuzz target without libFuzzer: every file, and every file directly in a
 * directory, is one input.  Prints how many there were; an input that breaks a property aborts.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { LARGEST_INPUT = 16 << 20 };

static size_t inputs;

static _Noreturn void
give_up(const char *path)
{
    perror(path);
    _Exit(2);
}

static void
replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    uint8_t *data = NULL;

    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size < 0 || size > LARGEST_INPUT || fseek(file, 0, SEEK_SET) != 0)
        give_up(path);
    data = malloc((size_t)size + (size == 0)); /* not a byte more, so that an overread is seen */
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size)
        give_up(path);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    inputs++;
}

static bool
is_directory(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        give_up(path);
    return S_ISDIR(status.st_mode);
}

static void
replay_directory(const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);

    if (count < 0)
        give_up(path);
    for (int i = 0; i < count; i++) {
        char name[4096];
        int len = snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);

        if (len < 0 || (size_t)len >= sizeof(name))
            give_up(path);
        if (entries[i]->d_name[0] != '.' && !is_directory(name))
            replay_file(name);
        free(entries[i]);
    }
    free(entries);
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (is_directory(argv[i]))
            replay_directory(argv[i]);
        else
            replay_file(argv[i]);
    }
    printf("%zu inputs\n", inputs);
    return inputs > 0 ? 0 : 2; /* a corpus that is not there is no success */
}
