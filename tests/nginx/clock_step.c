/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of a nginx that a test steps: preloaded, it adds to the time of day as many seconds as
 * the file that SIGNET_CLOCK_STEP names says, a native int64_t.  The file is mapped once, because
 * nginx empties the environment of its workers.  The monotonic clock, by which nginx's timers run,
 * stays as it is, as when an administrator sets the time.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *step;

__attribute__((constructor)) static void
map_step(void)
{
    const char *name = getenv("SIGNET_CLOCK_STEP");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *place = MAP_FAILED;

    if (file < 0)
        return;
    place = mmap(NULL, sizeof(*step), PROT_READ, MAP_SHARED, file, 0);
    (void)close(file);
    if (place != MAP_FAILED)
        step = place;
}

__attribute__((visibility("default"))) int
gettimeofday(struct timeval *restrict ret_time, void *restrict zone)
{
    struct timespec now = {0};

    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    ret_time->tv_sec = now.tv_sec + (step ? (time_t)*step : 0);
    ret_time->tv_usec = now.tv_nsec / 1000;
    return 0;
}
