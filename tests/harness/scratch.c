/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "scratch.h"

enum { TEXTS_MAX = 4096 };

/* Everything that lives until the end; the directories among it are removed then. */
static struct {
    char *text;
    pid_t owner; /* who removes the directory; 0: just text */
} texts[TEXTS_MAX];
static size_t text_count;

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static void
clean_up(void)
{
    for (size_t i = 0; i < text_count; i++) {
        if (texts[i].owner == getpid())
            (void)nftw(texts[i].text, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        free(texts[i].text);
    }
    text_count = 0;
}

static const char *
keep(char *text, pid_t owner)
{
    if (!text || text_count == TEXTS_MAX)
        harness_fail(__FILE__, __LINE__, "out of memory for paths");
    if (text_count == 0)
        (void)atexit(clean_up);
    texts[text_count].text = text;
    texts[text_count++].owner = owner;
    return text;
}

const char *
scratch_directory(void)
{
    const char *parent = getenv("TMPDIR");
    char *text = NULL;

    if (asprintf(&text, "%s/signet-test-XXXXXX", parent && *parent ? parent : "/tmp") < 0 ||
        !mkdtemp(text))
        harness_fail(__FILE__, __LINE__, "cannot make a directory");
    return keep(text, getpid());
}

const char *
scratch_path(const char *directory, const char *name)
{
    char *text = NULL;

    if (asprintf(&text, "%s/%s", directory, name) < 0)
        text = NULL;
    return keep(text, 0);
}

void
scratch_write(const char *path, signet_slice bytes, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len || fchmod(fd, mode) != 0 ||
        close(fd) != 0)
        harness_fail(__FILE__, __LINE__, "cannot write %s", path);
}

bool
scratch_exists(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

mode_t
scratch_mode(const char *path)
{
    struct stat status;

    if (lstat(path, &status) != 0)
        harness_fail(__FILE__, __LINE__, "%s is not there", path);
    return status.st_mode & 07777;
}

size_t
scratch_count(const char *directory)
{
    DIR *stream = opendir(directory);
    size_t count = 0;

    if (!stream)
        harness_fail(__FILE__, __LINE__, "cannot list %s", directory);
    for (struct dirent *entry = readdir(stream); entry; entry = readdir(stream))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(stream);
    return count;
}
