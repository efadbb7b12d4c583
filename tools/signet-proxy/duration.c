/* SPDX-License-Identifier: Apache-2.0 */
#include "duration.h"

enum { DIGITS_MAX = 9 };
static const double longest = 24.0 * 24 * 60 * 60 * 1000; /* a timer of 31 bits holds it */

static const struct {
    const char *name;
    double ms;
} units[] = {
    /* clang-format off */
    {"ns", 1e-6}, {"us", 1e-3}, {"µs", 1e-3}, {"μs", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3},
    /* clang-format on */
};

static bool
read_digits(const char **at, double *value, double *scale)
{
    size_t count = strspn(*at, "0123456789");

    if (count > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        *value = *value * 10 + ((*at)[i] - '0');
        *scale *= 10;
    }
    *at += count;
    return true;
}

static bool
read_number(const char **at, double *ret_value)
{
    const char *start = *at;
    double value = 0, scale = 1;

    if (!read_digits(at, &value, &scale))
        return false;
    scale = 1;
    if (**at == '.') {
        start++;
        (*at)++;
        if (!read_digits(at, &value, &scale))
            return false;
    }
    *ret_value = value / scale;
    return *at > start;
}

static bool
read_unit(const char **at, double *ret_ms)
{
    size_t len = strcspn(*at, ".0123456789");

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strlen(units[i].name) == len && memcmp(units[i].name, *at, len) == 0) {
            *ret_ms = units[i].ms;
            *at += len;
            return true;
        }
    }
    return false;
}

bool
proxy_duration_parse(const char *text, int64_t *ret_ms)
{
    double total = 0;

    if (*text == '+')
        text++;
    if (strcmp(text, "0") == 0) {
        *ret_ms = 0;
        return true;
    }
    if (*text == '\0')
        return false;
    while (*text != '\0') {
        double value = 0, unit = 0;

        if (!read_number(&text, &value) || !read_unit(&text, &unit))
            return false;
        total += value * unit;
        if (total > longest)
            return false;
    }
    *ret_ms = (int64_t)total;
    return true;
}
