/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "measure.h"

int64_t
measure_now(void)
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

int64_t
measure_percentile(int64_t *values, size_t count, unsigned percent)
{
    if (count == 0)
        return 0;
    qsort(values, count, sizeof(values[0]), compare);
    return values[(count - 1) * percent / 100];
}

int64_t
measure_median(int64_t *values, size_t count)
{
    return measure_percentile(values, count, 50);
}

static bool
run_often(const measure_row *row, int batch, int64_t *ret_time, signet_error *err)
{
    int64_t start = measure_now();

    for (int i = 0; i < batch; i++) {
        if (!row->run(err))
            return false;
    }
    *ret_time = measure_now() - start;
    return true;
}

bool
measure_rows(const measure_row *rows, size_t count, size_t rounds, int batch, signet_error *err)
{
    static int64_t times[MEASURE_ROWS_MAX][MEASURE_ROUNDS_MAX];

    if (count > MEASURE_ROWS_MAX || rounds > MEASURE_ROUNDS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "too much to measure");
    for (size_t round = 0; round < rounds; round++) {
        for (size_t row = 0; row < count; row++) {
            if (!run_often(&rows[row], batch, &times[row][round], err))
                return false;
        }
    }
    for (size_t row = 0; row < count; row++)
        printf(
            "%s\t%lld\n", rows[row].name, (long long)(measure_median(times[row], rounds) / batch));
    return true;
}
