/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>
#include <sys/time.h>

#include "base/time.h"
#include "common/cli.h"
#include "log.h"

static const char *const names[] = {
    [PROXY_DEBUG] = "debug", [PROXY_INFO] = "info", [PROXY_WARN] = "warn", [PROXY_ERROR] = "error"};
static proxy_level lowest = PROXY_INFO;

proxy_level
proxy_level_named(const char *name)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcasecmp(name, names[i]) == 0)
            return (proxy_level)i;
    }
    return PROXY_INFO;
}

void
proxy_log_start(proxy_level level)
{
    lowest = level;
}

bool
proxy_log_is_on(proxy_level level)
{
    return level >= lowest;
}

static bool
write_text(signet_buf *line, const char *before, const char *text)
{
    return signet_buf_printf(line, NULL, "%s", before) &&
           cli_json_string(line, signet_slice_text(text), NULL);
}

static bool
write_head(signet_buf *line, proxy_level level, const char *message)
{
    struct timeval now = {0};
    sg_civil_time civil = {0};
    char level_name[8] = "";

    (void)gettimeofday(&now, NULL);
    (void)sg_civil_from_seconds((int64_t)now.tv_sec, &civil);
    for (size_t i = 0; names[level][i] != '\0'; i++)
        level_name[i] = (char)(names[level][i] - ('a' - 'A'));
    return signet_buf_printf(line, NULL, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"",
               civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second,
               (int)(now.tv_usec / 1000)) &&
           write_text(line, ",\"level\":", level_name) && write_text(line, ",\"msg\":", message);
}

void
proxy_log(proxy_level level, const char *message, const char *const *fields)
{
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};

    if (level < lowest || !write_head(&line, level, message))
        return;
    for (; fields[0] && fields[1]; fields += 2) {
        if (!write_text(&line, ",", fields[0]) || !write_text(&line, ":", fields[1]))
            return;
    }
    if (signet_buf_printf(&line, NULL, "}"))
        proxy_log_line(level, signet_buf_slice(&line));
}

void
proxy_say(proxy_level level, const char *message)
{
    const char *const none[] = {NULL};

    proxy_log(level, message, none);
}

void
proxy_log_line(proxy_level level, signet_slice line)
{
    if (level < lowest)
        return;
    (void)fwrite(line.ptr, 1, line.len, stdout);
    (void)putchar('\n');
    (void)fflush(stdout);
}
