/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of JSON on standard output: time, level, msg, then fields. */
#ifndef SG_PROXY_LOG_H
#define SG_PROXY_LOG_H

#include <signet/base.h>

typedef enum { PROXY_DEBUG, PROXY_INFO, PROXY_WARN, PROXY_ERROR } proxy_level;

/** The level of that name in any case; anything else is PROXY_INFO. */
proxy_level proxy_level_named(const char *name);

/** What is below `level` is not printed. */
void proxy_log_start(proxy_level level);
bool proxy_log_is_on(proxy_level level);

/** One line; `fields` are pairs of name and text, ended by NULL. */
void proxy_log(proxy_level level, const char *message, const char *const *fields);

/** One line without fields. */
void proxy_say(proxy_level level, const char *message);

/** A line that is JSON already. */
void proxy_log_line(proxy_level level, signet_slice line);

#define PROXY_LOG(level, message, ...)                                                             \
    proxy_log((level), (message), (const char *const[]){__VA_ARGS__, NULL})

#endif
