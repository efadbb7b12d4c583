/* SPDX-License-Identifier: Apache-2.0 */
/* Times in a trust file: always UTC, whole seconds, three spellings in and one out. */
#include <inttypes.h>
#include <stdio.h>

#include <signet/trust.h>

#include "base/time.h"

enum { LARGEST_SECOND_DIGITS = 12 };

/* '0' stands for a digit, everything else for itself. */
static bool
has_shape(signet_slice text, const char *shape)
{
    if (text.len != strlen(shape))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';

        if (shape[i] == '0' ? !is_digit : text.ptr[i] != (uint8_t)shape[i])
            return false;
    }
    return true;
}

static bool
read_seconds(signet_slice digits, int64_t *ret_seconds)
{
    sg_civil_time civil = {0};
    int64_t seconds = 0;

    if (digits.len == 0 || digits.len > LARGEST_SECOND_DIGITS)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
        seconds = seconds * 10 + (digits.ptr[i] - '0');
    }
    if (!sg_civil_from_seconds(seconds, &civil))
        return false;
    *ret_seconds = seconds;
    return true;
}

static bool
read_civil(signet_slice text, int64_t *ret_seconds)
{
    sg_civil_time civil = {0};
    bool has_clock = has_shape(text, "0000-00-00T00:00:00Z");

    if (!has_clock && !has_shape(text, "0000-00-00"))
        return false;
    civil.year = sg_digits(text.ptr, 4);
    civil.month = sg_digits(text.ptr + 5, 2);
    civil.day = sg_digits(text.ptr + 8, 2);
    if (has_clock) {
        civil.hour = sg_digits(text.ptr + 11, 2);
        civil.minute = sg_digits(text.ptr + 14, 2);
        civil.second = sg_digits(text.ptr + 17, 2);
    }
    return sg_civil_to_seconds(&civil, ret_seconds);
}

bool
signet_time_parse(signet_slice text, int64_t *ret_seconds, signet_error *err)
{
    bool is_number = text.len > 0 && text.ptr[0] == '@';

    if (is_number ? read_seconds((signet_slice){text.ptr + 1, text.len - 1}, ret_seconds)
                  : read_civil(text, ret_seconds))
        return true;
    return signet_fail(err, SIGNET_E_DECODE,
        "not a time; write YYYY-MM-DD, YYYY-MM-DDThh:mm:ssZ or @SECONDS, in UTC");
}

void
signet_time_format(int64_t seconds, char ret_text[32])
{
    sg_civil_time civil = {0};

    if (sg_civil_from_seconds(seconds, &civil))
        (void)snprintf(ret_text, 32, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)civil.year % 10000,
            (unsigned)civil.month % 100, (unsigned)civil.day % 100, (unsigned)civil.hour % 100,
            (unsigned)civil.minute % 100, (unsigned)civil.second % 100);
    else
        (void)snprintf(ret_text, 32, "@%" PRId64, seconds);
}
