/* SPDX-License-Identifier: Apache-2.0 */
/* Key files in bad places, disks that end, and many processes at once. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "keystores.h"
#include "scratch.h"

typedef struct {
    const char *name;
    void (*prepare)(const char *home, const char *path);
    signet_code expected;
    const char *says;
} place;

static void
be_link(const char *home, const char *path)
{
    scratch_write(scratch_path(home, "real"), signet_slice_text(good_plaintext), 0600);
    REQUIRE(symlink("real", path) == 0);
}

static void
be_fifo(const char *home, const char *path)
{
    (void)home;
    REQUIRE(mkfifo(path, 0600) == 0);
}

static void
be_directory(const char *home, const char *path)
{
    (void)home;
    REQUIRE(mkdir(path, 0700) == 0);
}

static void
be_readable(const char *home, const char *path)
{
    (void)home;
    scratch_write(path, signet_slice_text(good_plaintext), 0640);
}

static void
be_huge(const char *home, const char *path)
{
    (void)home;
    scratch_write(path, signet_slice_text(good_plaintext), 0600);
    REQUIRE(truncate(path, (off_t)1 << 40) == 0);
}

static void
be_in_open_directory(const char *home, const char *path)
{
    scratch_write(path, signet_slice_text(good_plaintext), 0600);
    REQUIRE(chmod(home, 0720) == 0);
}

static void
be_empty(const char *home, const char *path)
{
    (void)home;
    scratch_write(path, (signet_slice){0}, 0600);
}

static void
be_anothers(const char *home, const char *path)
{
    (void)home;
    scratch_write(path, signet_slice_text(good_plaintext), 0600);
    REQUIRE(chown(path, 1, 1) == 0);
}

static void
be_in_anothers_directory(const char *home, const char *path)
{
    scratch_write(path, signet_slice_text(good_plaintext), 0600);
    REQUIRE(chown(home, 1, 1) == 0);
}

static void
check_place(const place *row)
{
    signet_error err = {0};
    const char *home = scratch_directory();

    row->prepare(home, scratch_path(home, "master.key"));
    CHECK(!load(home, NULL, &err));
    CHECK_INT(err.code, row->expected);
    if (!strstr(err.message, row->says))
        harness_fail(__FILE__, __LINE__, "says: %s", err.message);
}

TEST(a_key_in_a_bad_place_is_refused)
{
    static const place rows[] = {
        {"a link", be_link, SIGNET_E_IO, "link"},
        {"a pipe", be_fifo, SIGNET_E_IO, "regular"},
        {"a directory", be_directory, SIGNET_E_IO, "regular"},
        {"readable by the group", be_readable, SIGNET_E_IO, "0640"},
        {"a terabyte", be_huge, SIGNET_E_DECODE, "larger"},
        {"in a directory that the group can write", be_in_open_directory, SIGNET_E_IO, "0720"},
        {"empty", be_empty, SIGNET_E_DECODE, "empty"},
    };

    for (EACH(row, rows))
        check_place(row);
}

TEST(a_key_of_somebody_else_is_refused)
{
    static const place rows[] = {
        {"the file", be_anothers, SIGNET_E_IO, "belongs to user 1"},
        {"the directory", be_in_anothers_directory, SIGNET_E_IO, "belongs to user 1"},
    };

    if (geteuid() != 0) {
        print_message("# SKIP only root can give files away\n");
        skip();
    }
    for (EACH(row, rows))
        check_place(row);
}

TEST(nothing_is_written_where_others_can_write)
{
    const char *home = scratch_directory();
    signet_error err = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();

    REQUIRE(chmod(home, 0770) == 0);
    CHECK(!create(home, key, NULL, false, &err));
    CHECK_INT(err.code, SIGNET_E_IO);
    CHECK_INT(scratch_count(home), 0);
}

/* What a write that cannot end leaves behind: the old key, and nothing else. */
static void
check_failed_write(const char *home, signet_slice before, signet_code expected)
{
    signet_error err = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = new_key();
    size_t entries = scratch_count(home);

    CHECK(!create(home, key, "secret", true, &err));
    CHECK_INT(err.code, expected);
    CHECK_BYTES(harness_file(scratch_path(home, "master.key")), before);
    CHECK(scratch_count(home) <= entries + 1); /* the lock may be new */
}

TEST(a_write_that_is_cut_off_keeps_the_old_key)
{
    const char *home = scratch_directory();
    struct rlimit limit = {0}, old = {0};

    scratch_write(scratch_path(home, "master.key"), signet_slice_text(good_plaintext), 0600);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &old) == 0);
    limit = (struct rlimit){20, old.rlim_max};
    REQUIRE(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &limit) == 0);
    check_failed_write(home, signet_slice_text(good_plaintext), SIGNET_E_IO);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &old) == 0 && signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
}

TEST(a_full_disk_keeps_the_old_key)
{
    const char *home = scratch_directory();
    static const uint8_t filling[1 << 16];
    size_t size = sizeof(filling);
    int fd = -1;

    if (mount("tmpfs", home, "tmpfs", 0, "size=64k,mode=0700") != 0) {
        print_message("# SKIP cannot mount a small disk\n");
        skip();
    }
    scratch_write(scratch_path(home, "master.key"), signet_slice_text(good_plaintext), 0600);
    fd = open(scratch_path(home, "filling"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (size > 0) {
        if (write(fd, filling, size) <= 0)
            size /= 2;
    }
    check_failed_write(home, signet_slice_text(good_plaintext), SIGNET_E_IO);
    REQUIRE(close(fd) == 0 && umount(home) == 0);
}

TEST(of_many_who_create_at_once_one_wins)
{
    enum { PROCESSES = 8 };
    const char *home = scratch_directory();
    int winners = 0, losers = 0;

    for (int i = 0; i < PROCESSES; i++) {
        pid_t child = fork();

        REQUIRE(child >= 0);
        if (child == 0) {
            signet_error err = {0};
            SIGNET_AUTO(signet_key_free) signet_key *key = new_key();

            _exit(create(home, key, "secret", false, &err) ? 0 : (int)err.code);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = 0;

        REQUIRE(wait(&status) > 0 && WIFEXITED(status));
        winners += WEXITSTATUS(status) == 0;
        losers += WEXITSTATUS(status) == SIGNET_E_EXISTS;
    }
    CHECK_INT(winners, 1);
    CHECK_INT(losers, PROCESSES - 1);
    CHECK_INT(scratch_count(home), 2); /* the key and the lock */
}

TESTS(TEST_OF(a_key_in_a_bad_place_is_refused), TEST_OF(a_key_of_somebody_else_is_refused),
    TEST_OF(nothing_is_written_where_others_can_write),
    TEST_OF(a_write_that_is_cut_off_keeps_the_old_key), TEST_OF(a_full_disk_keeps_the_old_key),
    TEST_OF(of_many_who_create_at_once_one_wins))
