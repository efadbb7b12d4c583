/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "accept.h"
#include "common/cli.h"
#include "settings.h"

static bool
check_listen(proxy_settings *settings, signet_error *err)
{
    const proxy_flags *flags = &settings->flags;
    char address[32] = "";

    if (flags->port && flags->listen)
        return signet_fail(err, SIGNET_E_USAGE, "--port and --listen: give one of them");
    (void)snprintf(address, sizeof(address), "127.0.0.1:%.10s", flags->port ? flags->port : "8080");
    if (!proxy_listen_parse(flags->listen ? flags->listen : address, &settings->listen, err))
        return false;
    if (!flags->tls_cert != !flags->tls_key)
        return signet_fail(err, SIGNET_E_USAGE, "--tls-cert and --tls-key belong together");
    if (flags->tls_client_ca && !flags->tls_cert)
        return signet_fail(err, SIGNET_E_USAGE, "--tls-client-ca wants --tls-cert");
    if (!flags->tls_cert && !settings->listen.is_loopback && !flags->insecure_http)
        return signet_fail(err, SIGNET_E_USAGE,
            "plain HTTP on other addresses than loopback wants --insecure-http, or --tls-cert");
    if (!flags->admin_listen)
        return true;
    settings->has_admin = true;
    if (!proxy_listen_parse(flags->admin_listen, &settings->admin, err))
        return false;
    if (!settings->admin.is_loopback && !flags->tls_cert && !flags->insecure_http)
        return signet_fail(err, SIGNET_E_USAGE,
            "--admin-listen: plain HTTP on other addresses than loopback wants --insecure-http");
    if (strcmp(settings->admin.address, settings->listen.address) == 0)
        return signet_fail(err, SIGNET_E_USAGE, "--admin-listen wants an address of its own");
    return true;
}

/* http[s]://HOST[:PORT], as the module wants it. */
static bool
check_origin(const char *flag, const char *text, char ret[PROXY_HOST_MAX + 16], signet_error *err)
{
    proxy_upstream url = {0};

    if (!proxy_upstream_parse(text, &url, NULL) || url.path[0] != '\0' ||
        text[strlen(text) - 1] == '/')
        return signet_fail(err, SIGNET_E_USAGE, "%s: not http[s]://HOST[:PORT]: %s", flag, text);
    (void)snprintf(ret, PROXY_HOST_MAX + 16, "%s", text);
    return true;
}

/* Where clients of a loopback address see it. */
static void
add_origins(proxy_settings *settings)
{
    const char *scheme = settings->flags.tls_cert ? "https" : "http";
    const char *hosts[] = {settings->listen.host, "localhost"};
    bool is_v6 = strchr(settings->listen.host, ':') != NULL;

    for (size_t i = 0; i < 2; i++) {
        if (i == 1 && strcmp(hosts[0], hosts[1]) == 0)
            continue;
        (void)snprintf(settings->origins[settings->origin_count++], PROXY_HOST_MAX + 16,
            i == 0 && is_v6 ? "%s://[%.200s]:%d" : "%s://%.200s:%d", scheme, hosts[i],
            settings->listen.port);
    }
}

static bool
check_origins(proxy_settings *settings, signet_error *err)
{
    const char *const *given = settings->flags.origins;

    for (; *given; given++) {
        if (!check_origin("--origin", *given, settings->origins[settings->origin_count++], err))
            return false;
    }
    if (settings->origin_count == 0) {
        if (settings->listen.is_unix || !settings->listen.is_loopback)
            return signet_fail(err, SIGNET_E_USAGE,
                "--origin is required, as clients see this server: --origin https://HOST[:PORT]");
        add_origins(settings);
    }
    if (settings->flags.admin_origin)
        return check_origin(
            "--admin-origin", settings->flags.admin_origin, settings->admin_origin, err);
    if (settings->has_admin && !settings->admin.is_unix)
        (void)snprintf(settings->admin_origin, sizeof(settings->admin_origin), "%s://%.250s",
            settings->flags.tls_cert ? "https" : "http", settings->admin.address);
    return true;
}

static bool
check_number(const char *flag, const char *text, int64_t otherwise, int64_t most, int64_t *ret,
    signet_error *err)
{
    *ret = otherwise;
    return !text || cli_parse_number(flag, text, 0, most, ret, err);
}

static bool
is_redis(const char *text)
{
    return strncmp(text, "redis://", 8) == 0 || strncmp(text, "rediss://", 9) == 0 ||
           strncmp(text, "unix:", 5) == 0;
}

static bool
check_store(proxy_settings *settings, signet_error *err)
{
    const char *text = settings->flags.token_store;

    if (strcmp(text, "none") == 0) {
        settings->store = PROXY_STORE_NONE;
    } else if (strcmp(text, "memory") == 0) {
        settings->store = PROXY_STORE_MEMORY;
    } else if (strncmp(text, "file:/", 6) == 0) {
        settings->store = PROXY_STORE_FILE;
        settings->store_place = text + 5;
    } else if (is_redis(text)) {
        settings->store = PROXY_STORE_REDIS;
        settings->store_place = settings->redis = text;
    } else {
        return signet_fail(err, SIGNET_E_USAGE,
            "--token-store: not none, memory, file:/DIRECTORY or redis://HOST[:PORT]");
    }
    if (settings->store != PROXY_STORE_NONE && settings->store != PROXY_STORE_MEMORY &&
        !settings->flags.record_key_file)
        return signet_fail(err, SIGNET_E_USAGE,
            "--token-store wants --record-key-file: 32 secret bytes that authenticate its records");
    if (settings->store != PROXY_STORE_NONE && settings->has_admin &&
        settings->admin_origin[0] == '\0')
        return signet_fail(
            err, SIGNET_E_USAGE, "--admin-listen unix: with a token store wants --admin-origin");
    if (!settings->flags.no_full)
        return true;
    if (settings->store == PROXY_STORE_NONE)
        return signet_fail(err, SIGNET_E_USAGE,
            "no token can get in: --no-full wants a --token-store with records in it");
    if (settings->store == PROXY_STORE_MEMORY && !settings->has_admin)
        return signet_fail(err, SIGNET_E_USAGE,
            "nobody can fill the token store: --token-store memory with --no-full wants "
            "--admin-listen");
    return true;
}

static bool
check_replay(proxy_settings *settings, signet_error *err)
{
    const char *text = settings->flags.replay;

    if (strcmp(text, "zone") == 0)
        return true;
    if (strcmp(text, "redis") == 0) {
        if (!settings->redis)
            return signet_fail(err, SIGNET_E_USAGE,
                "--replay redis wants the address of Redis: --replay redis://HOST[:PORT]");
    } else if (!is_redis(text)) {
        return signet_fail(err, SIGNET_E_USAGE, "--replay: not zone or redis://HOST[:PORT]");
    } else if (settings->redis && strcmp(settings->redis, text) != 0) {
        return signet_fail(
            err, SIGNET_E_USAGE, "--replay and --token-store name different Redis servers");
    } else {
        settings->redis = text;
    }
    settings->needs_redis = true;
    return true;
}

static bool
check_health_path(const char *path, signet_error *err)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-";

    if (path[0] != '/' || path[1] == '\0' || path[strspn(path, allowed)] != '\0' ||
        strstr(path, "//") || strstr(path, "/."))
        return signet_fail(
            err, SIGNET_E_USAGE, "--health-path: not the clean path of a resource: %s", path);
    return true;
}

static bool
check_credentials(const proxy_flags *flags, signet_error *err)
{
    if (!flags->master_key && !flags->master_key_file)
        return signet_fail(err, SIGNET_E_USAGE,
            "master public key required: set --master-key or SIGNET_MASTER_PUBLIC_KEY");
    if (!flags->token && !flags->token_file)
        return signet_fail(err, SIGNET_E_USAGE,
            "github token required: set --github-token or GITHUB_TOKEN, or --github-token-file");
    return true;
}

/* Where a probe asks whether it is up; nowhere for a socket. */
static bool
find_redis(proxy_settings *settings, signet_error *err)
{
    const char *rest = settings->redis ? strstr(settings->redis, "://") : NULL, *at = NULL;
    char url[PROXY_HOST_MAX + PROXY_PATH_MAX] = "";

    if (!rest)
        return true;
    at = strrchr(rest, '@');
    (void)snprintf(url, sizeof(url), "http://%.1200s", at ? at + 1 : rest + 3);
    if (!proxy_upstream_parse(url, &settings->redis_place, NULL))
        return signet_fail(err, SIGNET_E_USAGE, "the Redis address: not redis://HOST[:PORT]");
    if (strcmp(settings->redis_place.host, settings->redis_place.authority) == 0)
        settings->redis_place.port = 6379;
    return true;
}

bool
proxy_settings_make(const proxy_flags *flags, proxy_settings *ret_settings, signet_error *err)
{
    proxy_settings settings = {.flags = *flags};

    if (!check_credentials(flags, err) ||
        !proxy_upstream_parse(flags->upstream, &settings.upstream, err) ||
        !check_listen(&settings, err) || !check_origins(&settings, err) ||
        !check_health_path(flags->health_path, err) || !check_store(&settings, err) ||
        !check_replay(&settings, err) || !proxy_accept_check(&settings, err) ||
        !find_redis(&settings, err) ||
        !check_number("--workers", flags->workers, 0, 256, &settings.workers, err) ||
        !check_number(
            "--body-max", flags->body_max, 1 << 20, INT64_C(1) << 40, &settings.body_max, err) ||
        !check_number("--token-rate", flags->token_rate, 256, 1 << 20, &settings.token_rate, err) ||
        !check_number(
            "--failure-rate", flags->failure_rate, 20, 50000, &settings.failure_rate, err))
        return false;
    *ret_settings = settings;
    return true;
}
