/* SPDX-License-Identifier: Apache-2.0 */
/* "2026/11/25 13:45:37 [warn] 1#1: *65 signet: CLOCK_SKEW: ts: 31 seconds from now, ..., client:
 * ..." */
#include "explain_log.h"

/* Where a text begins in another; the length of that when it is nowhere. */
static size_t
position(signet_slice text, const char *part)
{
    const uint8_t *found = text.len > 0 ? memmem(text.ptr, text.len, part, strlen(part)) : NULL;

    return found ? (size_t)(found - text.ptr) : text.len;
}

static signet_slice
behind(signet_slice text, size_t len)
{
    return (signet_slice){text.ptr + len, text.len - len};
}

/* "ts: -31 seconds from now" */
static void
read_clock(explain_log *log)
{
    enum { DIGITS_MAX = 15 };
    static const char before[] = "ts: ", after[] = " seconds from now";
    signet_slice rest = log->reason;
    bool is_behind = false;
    int64_t seconds = 0;
    size_t digits = 0;

    if (position(rest, before) != 0 || rest.len < sizeof(before))
        return;
    rest = behind(rest, sizeof(before) - 1);
    is_behind = rest.ptr[0] == '-';
    if (is_behind)
        rest = behind(rest, 1);
    for (; digits < rest.len && digits < DIGITS_MAX && rest.ptr[digits] >= '0' &&
           rest.ptr[digits] <= '9';
         digits++)
        seconds = seconds * 10 + (rest.ptr[digits] - '0');
    if (digits == 0 || digits == rest.len || position(behind(rest, digits), after) != 0)
        return;
    log->has_clock = true;
    log->ahead = is_behind ? -seconds : seconds;
}

static bool
read_line(signet_slice line, explain_log *ret_log)
{
    static const char mark[] = " signet: ";
    size_t at = position(line, mark), len = 0;
    explain_log log = {0};

    if (at == line.len)
        return false;
    line = behind(line, at + sizeof(mark) - 1);
    while (
        len < line.len && ((line.ptr[len] >= 'A' && line.ptr[len] <= 'Z') || line.ptr[len] == '_'))
        len++;
    if (len == 0 || position(behind(line, len), ": ") != 0 || line.len == len)
        return false;
    log.code = (signet_slice){line.ptr, len};
    line = behind(line, len + 2);
    log.reason = (signet_slice){line.ptr, position(line, ", client: ")};
    read_clock(&log);
    *ret_log = log;
    return true;
}

bool
explain_log_read(signet_slice text, explain_log *ret_log)
{
    bool is_found = false;

    while (text.len > 0) {
        size_t len = position(text, "\n");

        is_found = read_line((signet_slice){text.ptr, len}, ret_log) || is_found;
        text = behind(text, len < text.len ? len + 1 : len);
    }
    return is_found;
}
