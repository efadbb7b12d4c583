/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "duration.h"
#include "flags.h"

typedef enum { TEXT, LIST, DURATION, SWITCH } kind;

#define ROW(name, kind, field)                                                                     \
    {                                                                                              \
        name, kind, offsetof(proxy_flags, field)                                                   \
    }

static const struct {
    const char *name;
    kind kind;
    size_t offset;
} table[] = {
    ROW("port", TEXT, port),
    ROW("listen", TEXT, listen),
    ROW("admin-listen", TEXT, admin_listen),
    ROW("admin-origin", TEXT, admin_origin),
    ROW("health-path", TEXT, health_path),
    ROW("log-level", TEXT, log_level),
    ROW("tls-cert", TEXT, tls_cert),
    ROW("tls-key", TEXT, tls_key),
    ROW("tls-client-ca", TEXT, tls_client_ca),
    ROW("insecure-http", SWITCH, insecure_http),
    ROW("upstream", TEXT, upstream),
    ROW("github-api", TEXT, upstream),
    ROW("upstream-ca", TEXT, upstream_ca),
    ROW("upstream-token", TEXT, token),
    ROW("github-token", TEXT, token),
    ROW("upstream-token-file", TEXT, token_file),
    ROW("github-token-file", TEXT, token_file),
    ROW("upstream-timeout", DURATION, upstream_timeout),
    ROW("master-key", TEXT, master_key),
    ROW("master-key-file", TEXT, master_key_file),
    ROW("issuer", TEXT, issuer),
    ROW("audience", TEXT, audience),
    ROW("origin", LIST, origins),
    ROW("dialects", TEXT, dialects),
    ROW("jwks", LIST, jwks),
    ROW("pki", TEXT, pki),
    ROW("resource", TEXT, resource),
    ROW("cors", LIST, cors),
    ROW("purpose", TEXT, purpose),
    ROW("token-store", TEXT, token_store),
    ROW("replay", TEXT, replay),
    ROW("redis-password-file", TEXT, redis_password_file),
    ROW("redis-ca", TEXT, redis_ca),
    ROW("record-key-file", TEXT, record_key_file),
    ROW("no-full", SWITCH, no_full),
    ROW("unsigned-body", SWITCH, unsigned_body),
    ROW("forward-cookies", SWITCH, forward_cookies),
    ROW("body-max", TEXT, body_max),
    ROW("token-rate", TEXT, token_rate),
    ROW("failure-rate", TEXT, failure_rate),
    ROW("workers", TEXT, workers),
    ROW("nginx", TEXT, nginx),
    ROW("module", TEXT, module),
    ROW("runtime-dir", TEXT, runtime_dir),
    ROW("user", TEXT, user),
    ROW("read-timeout", DURATION, read_timeout),
    ROW("body-timeout", DURATION, body_timeout),
    ROW("write-timeout", DURATION, write_timeout),
    ROW("idle-timeout", DURATION, idle_timeout),
    ROW("drain-timeout", DURATION, drain_timeout),
    ROW("help", SWITCH, help),
    ROW("h", SWITCH, help),
};

enum { ROWS = sizeof(table) / sizeof(table[0]) };

static size_t
find(const char *name, size_t len)
{
    size_t row = 0;

    while (
        row < ROWS && (strlen(table[row].name) != len || memcmp(table[row].name, name, len) != 0))
        row++;
    return row;
}

static bool
add(const char **list, const char *value)
{
    size_t count = 0;

    while (list[count])
        count++;
    if (count == PROXY_LIST_MAX)
        return false;
    list[count] = value;
    return true;
}

/* strconv.ParseBool */
static bool
read_switch(const char *value, bool *ret)
{
    static const char *const words[] = {
        "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"};
    size_t count = sizeof(words) / sizeof(words[0]), i = 0;

    while (i < count && strcmp(words[i], value) != 0)
        i++;
    *ret = i < count / 2;
    return i < count;
}

static bool
set(proxy_flags *flags, size_t row, const char *value, signet_error *err)
{
    void *field = (char *)flags + table[row].offset;
    bool is_good = true;

    switch (table[row].kind) {
    case TEXT:
        *(const char **)field = value;
        break;
    case LIST:
        is_good = add(field, value);
        break;
    case DURATION:
        is_good = proxy_duration_parse(value, field);
        break;
    case SWITCH:
        is_good = read_switch(value, field);
        break;
    }
    if (!is_good)
        return signet_fail(err, SIGNET_E_USAGE, "invalid value \"%s\" for flag -%s: %s", value,
            table[row].name, table[row].kind == LIST ? "too many" : "parse error");
    return true;
}

/* One flag; `*at` is behind it afterwards. */
static bool
take(int argc, char **argv, int *at, proxy_flags *flags, signet_error *err)
{
    const char *word = argv[(*at)++], *name = word + (word[1] == '-' ? 2 : 1);
    const char *equals = strchr(name, '='), *value = equals ? equals + 1 : NULL;
    size_t len = equals ? (size_t)(equals - name) : strlen(name), row = find(name, len);

    if (*name == '\0' || *name == '-' || *name == '=')
        return signet_fail(err, SIGNET_E_USAGE, "bad flag syntax: %s", word);
    if (row == ROWS)
        return signet_fail(
            err, SIGNET_E_USAGE, "flag provided but not defined: -%.*s", (int)len, name);
    if (!value && table[row].kind == SWITCH)
        value = "true";
    if (!value && *at == argc)
        return signet_fail(err, SIGNET_E_USAGE, "flag needs an argument: -%.*s", (int)len, name);
    if (!value)
        value = argv[(*at)++];
    return set(flags, row, value, err);
}

static const char *
environment(const char *given, const char *name)
{
    const char *value = given && *given != '\0' ? given : getenv(name); /* no other thread */

    return value && *value != '\0' ? value : NULL;
}

bool
proxy_flags_parse(int argc, char **argv, proxy_flags *ret_flags, signet_error *err)
{
    proxy_flags flags = {
        .health_path = "/healthz",
        .log_level = "info",
        .upstream = "https://api.github.com",
        .token_store = "none",
        .replay = "zone",
        .body_timeout = -1,
        .read_timeout = 30000,
        .write_timeout = 60000,
        .idle_timeout = 120000,
        .upstream_timeout = 60000,
        .drain_timeout = 30000,
    };
    int at = 1;

    while (at < argc && argv[at][0] == '-' && argv[at][1] != '\0') {
        if (strcmp(argv[at], "--") == 0)
            break;
        if (!take(argc, argv, &at, &flags, err))
            return false;
    }
    flags.token_in_argv = flags.token && *flags.token != '\0';
    flags.token = environment(flags.token, "GITHUB_TOKEN");
    flags.master_key = environment(flags.master_key, "SIGNET_MASTER_PUBLIC_KEY");
    *ret_flags = flags;
    return true;
}
