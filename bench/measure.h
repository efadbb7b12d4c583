/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs of bench/ measure with. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include <signet/base.h>

/** Of the monotonic clock. */
int64_t measure_now(void);

/** Sorts `values`. */
int64_t measure_median(int64_t *values, size_t count);

/** The value that `percent` of all reach at most.  Sorts `values`. */
int64_t measure_percentile(int64_t *values, size_t count, unsigned percent);

/** One thing to measure: does it once. */
typedef struct {
    const char *name;
    bool (*run)(signet_error *err);
} measure_row;

enum { MEASURE_ROWS_MAX = 16, MEASURE_ROUNDS_MAX = 801 };

/**
 * Run all rows in turn, `rounds` times, each `batch` times in a row; print "name, tab, median in
 * nanoseconds of one" lines.  Stops at the first row that fails.
 */
bool measure_rows(const measure_row *rows, size_t count, size_t rounds, int batch,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
