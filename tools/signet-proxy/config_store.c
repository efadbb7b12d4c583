/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "config_store.h"

enum { REDIS_OPTION_SIZE = 2 * PATH_MAX + 32 };

static void
add_file(const char **words, char text[REDIS_OPTION_SIZE], const char *name, const char *path)
{
    char here[PATH_MAX] = "";

    if (!path)
        return;
    while (*words)
        words++;
    if (path[0] == '/' || !getcwd(here, sizeof(here)))
        here[0] = '\0';
    (void)snprintf(text, REDIS_OPTION_SIZE, "%s=%s%s%.*s", name, here, here[0] == '\0' ? "" : "/",
        PATH_MAX, path);
    *words = text;
}

static void
write_redis(config_writer *writer, const proxy_settings *settings)
{
    char password[REDIS_OPTION_SIZE] = "", ca[REDIS_OPTION_SIZE] = "";
    const char *words[6] = {"proxy", settings->redis, "timeout=1000"};

    if (!settings->redis)
        return;
    add_file(words, password, "password_file", settings->flags.redis_password_file);
    add_file(words, ca, "ca", settings->flags.redis_ca);
    config_directive(writer, "signet_redis", words);
}

static void
write_records(config_writer *writer, const proxy_settings *settings)
{
    char place[PATH_MAX + 8] = "";

    switch (settings->store) {
    case PROXY_STORE_NONE:
        break;
    case PROXY_STORE_MEMORY:
        config_put(writer, "signet_record_zone signet_records:16m;\nsignet_records zone;\n");
        break;
    case PROXY_STORE_FILE:
        (void)snprintf(place, sizeof(place), "file=%s", settings->store_place);
        CONFIG(writer, "signet_records", place);
        break;
    case PROXY_STORE_REDIS:
        config_put(writer, "signet_records redis=proxy;\n");
        break;
    }
}

void
config_store(config_writer *writer, const proxy_settings *settings, const char *runtime)
{
    char key[PROXY_PATH_MAX] = "";

    config_put(
        writer, "signet_replay_zone signet_seen:32m quota=%" PRId64 ";\n", settings->token_rate);
    write_redis(writer, settings);
    if (settings->needs_redis)
        config_put(writer, "signet_replay redis=proxy;\n");
    write_records(writer, settings);
    if (settings->store == PROXY_STORE_NONE)
        return;
    (void)snprintf(key, sizeof(key), "%s/record.key", runtime);
    if (settings->flags.record_key_file)
        config_file(writer, "signet_record_key", settings->flags.record_key_file);
    else
        CONFIG(writer, "signet_record_key", key);
}
