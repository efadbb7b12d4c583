/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "common/cli.h"
#include "progress.h"

enum { PATIENCE_MS = 1000, INTERVAL_MS = 100, BAR_WIDTH = 24 };

static int64_t
clock_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
progress_begin(progress *shown, const char *name, uint64_t size)
{
    *shown = (progress){0};
    if (!isatty(STDERR_FILENO))
        return;
    shown->name = name;
    shown->size = size;
    shown->begun_ms = shown->shown_ms = clock_ms();
}

static void
draw(const progress *shown, uint64_t done, int64_t elapsed_ms)
{
    uint64_t rate = done / (uint64_t)elapsed_ms * 1000 >> 20;
    uint64_t whole = done > shown->size ? done : shown->size;
    int filled = (int)(done / (whole / BAR_WIDTH + 1));

    (void)fputs("\r\033[K", stderr);
    cli_print_plain(stderr, "%s ", shown->name);
    if (shown->size > 0) {
        (void)putc('[', stderr);
        for (int i = 0; i < BAR_WIDTH; i++)
            (void)putc(i < filled ? '#' : '.', stderr);
        (void)fprintf(stderr, "] %3u%% ", (unsigned)(done / (whole / 100 + 1)));
    }
    (void)fprintf(stderr, "%" PRIu64 " MiB, %" PRIu64 " MiB/s", done >> 20, rate);
    (void)fflush(stderr);
}

void
progress_show(progress *shown, uint64_t done)
{
    int64_t now = 0;

    if (!shown->name)
        return;
    now = clock_ms();
    if (now - shown->begun_ms < PATIENCE_MS || now - shown->shown_ms < INTERVAL_MS)
        return;
    draw(shown, done, now - shown->begun_ms);
    shown->shown_ms = now;
    shown->is_shown = true;
}

void
progress_end(progress *shown)
{
    if (shown->is_shown)
        (void)fputs("\r\033[K", stderr);
    *shown = (progress){0};
}
