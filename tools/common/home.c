/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/formats/config.md.  config.json is opened only when it exists, and a JSON parser runs only
 * then: git starts a process for each commit.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "common/cli.h"
#include "common/home.h"

static const char config_name[] = "config.json";
static const char key_name[] = "master.key";
static const char lock_name[] = ".lock";

/* A member that is a text, the words it may be, and the variable that overrides it. */
static const struct {
    const char *name;
    size_t offset;
    const char *words[2];
    const char *variable;
} texts[] = {
    {"issuer_did", offsetof(home, issuer_did), {NULL, NULL}, "SIGNET_DID"},
    {"algorithm", offsetof(home, algorithm), {NULL, NULL}, "SIGNET_ALGORITHM"},
    {"keystore", offsetof(home, keystore), {"file", "plaintext"}, NULL},
    {"key_location", offsetof(home, key_location), {"home", "xdg"}, NULL},
    {"auth_endpoint", offsetof(home, auth_endpoint), {NULL, NULL}, "SIGNET_AUTH_ENDPOINT"},
    {"mcp_url", offsetof(home, mcp_url), {NULL, NULL}, "SIGNET_MCP_URL"},
};

/* A member that is a number of minutes, and its largest value. */
static const struct {
    const char *name;
    size_t offset;
    int64_t min, max;
} numbers[] = {
    {"certificate_validity_minutes", offsetof(home, validity_minutes), 0, 5},
    {"passphrase_cache_minutes", offsetof(home, cache_minutes), -1, (int64_t)7 * 24 * 60},
};

enum {
    TEXT_COUNT = sizeof(texts) / sizeof(texts[0]),
    NUMBER_COUNT = sizeof(numbers) / sizeof(numbers[0]),
};

static const char *
environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static bool
put_text(home *where, size_t offset, const char *text, signet_error *err)
{
    char **field = (char **)(void *)((uint8_t *)where + offset);
    char *copy = strdup(text);

    if (!copy)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for the configuration");
    free(*field);
    *field = copy;
    return true;
}

/* `text`, absolute and without slashes at its end, in memory of its own. */
static char *
absolute(const char *text, signet_error *err)
{
    char *directory = text[0] == '/' ? strdup("") : getcwd(NULL, 0), *path = NULL;
    size_t len = strlen(text);

    while (len > 1 && text[len - 1] == '/')
        len--;
    if (!directory)
        return signet_fail_null(err, SIGNET_E_IO, "%s: the working directory is gone", text);
    if (asprintf(&path, "%s%s%.*s", directory, *directory ? "/" : "", (int)len, text) < 0)
        path = NULL;
    free(directory);
    if (!path)
        signet_error_set(err, SIGNET_E_NOMEM, "out of memory for a path");
    return path;
}

static char *
joined(const char *directory, const char *name, signet_error *err)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", directory, name) < 0)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a path");
    return path;
}

/* A home in the working directory, as the reference has it when HOME is unset, would be anybody's.
 */
static char *
find_home(const char *given, signet_error *err)
{
    const char *user_home = environment("HOME"), *signet_home = environment("SIGNET_HOME");

    if (given && !*given)
        return signet_fail_null(err, SIGNET_E_USAGE, "--home needs the name of a directory");
    if (given)
        return absolute(given, err);
    if (signet_home)
        return absolute(signet_home, err);
    if (!user_home || user_home[0] != '/')
        return signet_fail_null(err, SIGNET_E_USAGE,
            "HOME is not set to an absolute path; --home or SIGNET_HOME can name the home "
            "directory");
    return joined(user_home, ".signet", err);
}

static bool
take_text(home *where, size_t row, const json_t *value, signet_error *err)
{
    const char *text = json_string_value(value), *const *words = texts[row].words;

    if (json_is_null(value) || (text && !*text))
        return true;
    if (!text)
        return signet_fail(err, SIGNET_E_DECODE, "%s must be a string", texts[row].name);
    if (words[0] && strcmp(text, words[0]) != 0 && strcmp(text, words[1]) != 0)
        return signet_fail(err, SIGNET_E_DECODE, "%s must be \"%s\" or \"%s\"", texts[row].name,
            words[0], words[1]);
    return put_text(where, texts[row].offset, text, err);
}

static bool
take_number(home *where, size_t row, const json_t *value, signet_error *err)
{
    int64_t number = json_integer_value(value);

    if (json_is_null(value))
        return true;
    if (!json_is_integer(value))
        return signet_fail(err, SIGNET_E_DECODE, "%s must be an integer", numbers[row].name);
    if (number > numbers[row].max)
        cli_warning("%s/%s: %s is more than %lld; %lld it is", where->path, config_name,
            numbers[row].name, (long long)numbers[row].max, (long long)numbers[row].max);
    number = number < numbers[row].min ? numbers[row].min : number;
    number = number > numbers[row].max ? numbers[row].max : number;
    memcpy((uint8_t *)where + numbers[row].offset, &number, sizeof(number));
    return true;
}

/* The reference finds members in any case. */
static bool
take_member(home *where, const char *name, const json_t *value, signet_error *err)
{
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (strcasecmp(texts[i].name, name) == 0)
            return take_text(where, i, value, err);
    }
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        if (strcasecmp(numbers[i].name, name) == 0)
            return take_number(where, i, value, err);
    }
    return true;
}

static void
free_json(json_t **value)
{
    json_decref(*value);
}

/* The object in config.json; NULL without an error when there is no such file. */
static bool
read_config(const char *path, json_t **ret_root, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error problem = {0};
    json_error_t reason;

    *ret_root = NULL;
    if (!sg_file_read(path, HOME_CONFIG_MAX, SG_FILE_REGULAR, &text, &problem)) {
        if (problem.code == SIGNET_E_NOT_FOUND)
            return true;
        if (err)
            *err = problem;
        return false;
    }
    json_object_seed(
        1); /* else jansson reads /dev/urandom, and nobody attacks with their own file */
    *ret_root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &reason);
    if (!*ret_root)
        return signet_fail(err, SIGNET_E_DECODE, "%s: line %d: %s", path, reason.line, reason.text);
    if (json_is_object(*ret_root))
        return true;
    json_decref(*ret_root);
    *ret_root = NULL;
    return signet_fail(err, SIGNET_E_DECODE, "%s: not a JSON object", path);
}

static bool
load_config(home *where, signet_error *err)
{
    __attribute__((cleanup(free_json))) json_t *root = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    const char *name = NULL;
    json_t *value = NULL;

    if (!home_file(where, config_name, &path, err) ||
        !read_config((const char *)path.data, &root, err))
        return false;
    json_object_foreach(root, name, value)
    {
        if (!take_member(where, name, value, err)) {
            signet_error_prefix(err, (const char *)path.data);
            return false;
        }
    }
    return true;
}

static bool
load_environment(home *where, signet_error *err)
{
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const char *value = texts[i].variable ? environment(texts[i].variable) : NULL;

        if (value && !put_text(where, texts[i].offset, value, err))
            return false;
    }
    return true;
}

/* Whether a directory has a master key, or something that hides whether it has one. */
static bool
has_key(const char *directory)
{
    char *path = joined(directory, key_name, NULL);
    struct stat status;
    bool is_there = !path || lstat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);

    free(path);
    return is_there;
}

/* $XDG_CONFIG_HOME/signet; without that variable the directory that stands for it by default. */
static char *
xdg_directory(signet_error *err)
{
    const char *config = environment("XDG_CONFIG_HOME"), *user_home = environment("HOME");

    if (config && config[0] != '/')
        return signet_fail_null(err, SIGNET_E_USAGE, "XDG_CONFIG_HOME must be an absolute path");
    if (config)
        return joined(config, "signet", err);
    if (user_home && user_home[0] == '/')
        return joined(user_home, ".config/signet", err);
    return signet_fail_null(err, SIGNET_E_USAGE,
        "the keys are in XDG_CONFIG_HOME (config.json, key_location), which is not set");
}

/*
 * What init recorded counts.  Where nothing is recorded the reference's rule does: the XDG
 * directory when the variable is set, and the home when the former has no key at all but the latter
 * has one.
 */
static bool
find_keys(home *where, signet_error *err)
{
    char *xdg = NULL;
    bool is_recorded = where->key_location != NULL;

    if (is_recorded ? strcmp(where->key_location, "home") == 0 : !environment("XDG_CONFIG_HOME"))
        return put_text(where, offsetof(home, key_directory), where->path, err);
    xdg = xdg_directory(err);
    if (!xdg)
        return false;
    if (!is_recorded && !has_key(xdg) && has_key(where->path)) {
        free(xdg);
        return put_text(where, offsetof(home, key_directory), where->path, err);
    }
    where->key_directory = xdg;
    return true;
}

/* A home that others can write would let them choose the keys. */
static bool
check_home(const home *where, signet_error *err)
{
    signet_error problem = {0};

    if (sg_directory_check(where->path, &problem) || problem.code == SIGNET_E_NOT_FOUND)
        return true;
    if (err)
        *err = problem;
    return false;
}

bool
home_open(const char *given, home *ret_home, signet_error *err)
{
    SIGNET_AUTO(home_free) home where = {0};

    where.path = find_home(given, err);
    if (!where.path || !check_home(&where, err) || !load_config(&where, err) ||
        !load_environment(&where, err) || !find_keys(&where, err))
        return false;
    *ret_home = where;
    where = (home){0};
    return true;
}

static void
remove_member(json_t *root, const char *wanted)
{
    const char *name = NULL;
    json_t *value = NULL;
    void *next = NULL;

    json_object_foreach_safe(root, next, name, value)
    {
        if (strcasecmp(name, wanted) == 0)
            (void)json_object_del(root, name);
    }
}

static bool
change_config(const char *path, const home_setting *settings, size_t count, signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600};
    __attribute__((cleanup(free_json))) json_t *root = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    char *dumped = NULL;
    bool is_done = false;

    if (!read_config(path, &root, err))
        return false;
    if (!root)
        root = json_object();
    for (size_t i = 0; i < count; i++) {
        remove_member(root, settings[i].name);
        if (settings[i].value &&
            json_object_set_new(root, settings[i].name, json_string(settings[i].value)) != 0)
            return signet_fail(err, SIGNET_E_USAGE, "%s: the value is not UTF-8", settings[i].name);
    }
    dumped = json_dumps(root, JSON_INDENT(2));
    if (!dumped)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %s", path);
    is_done = signet_buf_printf(&text, err, "%s\n", dumped) &&
              sg_file_write(path, signet_buf_slice(&text), &rules, err);
    free(dumped);
    return is_done;
}

bool
home_save(const home *where, const home_setting *settings, size_t count, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, lock = {0};
    bool is_done = false;
    int fd = -1;

    if (!home_file(where, config_name, &path, err) || !home_file(where, lock_name, &lock, err) ||
        !sg_directory_make(where->path, err) || !sg_directory_check(where->path, err) ||
        !sg_file_lock((const char *)lock.data, &fd, err))
        return false;
    is_done = change_config((const char *)path.data, settings, count, err);
    sg_file_unlock(fd);
    return is_done;
}

bool
home_file(const home *where, const char *name, signet_buf *out, signet_error *err)
{
    return signet_buf_printf(out, err, "%s/%s%c", where->path, name, '\0');
}

void
home_free(home *where)
{
    if (!where)
        return;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        free(*(char **)(void *)((uint8_t *)where + texts[i].offset));
    free(where->path);
    free(where->key_directory);
    *where = (home){0};
}
