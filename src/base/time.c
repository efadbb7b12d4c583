/* SPDX-License-Identifier: Apache-2.0 */
/* Days are counted in years that begin in March, so that the leap day comes last. */
#include "base/time.h"

enum { DAY = 86400, DAYS_IN_ERA = 146097, YEARS_IN_ERA = 400, EPOCH_DAYS = 719468 };

static const int64_t first_second = -62167219200; /* 0000-01-01T00:00:00Z */
static const int64_t last_second = 253402300799;  /* 9999-12-31T23:59:59Z */

bool
sg_civil_from_seconds(int64_t seconds, sg_civil_time *ret_civil)
{
    int64_t days = 0, rest = 0, era = 0, day_of_era = 0, year_of_era = 0, day_of_year = 0;
    int64_t shifted_month = 0;

    if (seconds < first_second || seconds > last_second)
        return false;
    days = seconds / DAY;
    rest = seconds % DAY;
    if (rest < 0) {
        rest += DAY;
        days--;
    }
    days += EPOCH_DAYS;
    era = (days >= 0 ? days : days - (DAYS_IN_ERA - 1)) / DAYS_IN_ERA;
    day_of_era = days - era * DAYS_IN_ERA;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    shifted_month = (5 * day_of_year + 2) / 153;
    ret_civil->day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    ret_civil->month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    ret_civil->year = (int)(year_of_era + era * YEARS_IN_ERA + (ret_civil->month <= 2));
    ret_civil->hour = (int)(rest / 3600);
    ret_civil->minute = (int)(rest / 60 % 60);
    ret_civil->second = (int)(rest % 60);
    return true;
}

static int
days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && is_leap ? 29 : days[month - 1];
}

bool
sg_civil_to_seconds(const sg_civil_time *civil, int64_t *ret_seconds)
{
    int64_t year = civil->year, era = 0, year_of_era = 0, day_of_year = 0, days = 0;

    if (civil->year < 0 || civil->year > 9999 || civil->month < 1 || civil->month > 12 ||
        civil->day < 1 || civil->day > days_in_month(civil->year, civil->month) ||
        civil->hour < 0 || civil->hour > 23 || civil->minute < 0 || civil->minute > 59 ||
        civil->second < 0 || civil->second > 59)
        return false;
    if (civil->month <= 2)
        year--;
    era = (year >= 0 ? year : year - (YEARS_IN_ERA - 1)) / YEARS_IN_ERA;
    year_of_era = year - era * YEARS_IN_ERA;
    day_of_year =
        (153 * (civil->month > 2 ? civil->month - 3 : civil->month + 9) + 2) / 5 + civil->day - 1;
    days = era * DAYS_IN_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
           day_of_year - EPOCH_DAYS;
    *ret_seconds =
        days * DAY + (int64_t)civil->hour * 3600 + (int64_t)civil->minute * 60 + civil->second;
    return true;
}

int
sg_digits(const uint8_t *text, size_t count)
{
    int value = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}
