/* SPDX-License-Identifier: Apache-2.0 */
/* The civil calendar in UTC, without the C library's time zones and static memory. */
#ifndef SG_BASE_TIME_H
#define SG_BASE_TIME_H

#include <signet/base.h>

typedef struct {
    int year; /* 0 to 9999 */
    int month, day, hour, minute, second;
} sg_civil_time;

/** False outside the years 0 to 9999. */
bool sg_civil_from_seconds(int64_t seconds, sg_civil_time *ret_civil);

/** False when there is no such day or time; a second of 60 is refused. */
bool sg_civil_to_seconds(const sg_civil_time *civil, int64_t *ret_seconds);

/** `count` decimal digits at `text` as a number, or -1. */
int sg_digits(const uint8_t *text, size_t count);

#endif
