/* SPDX-License-Identifier: Apache-2.0 */
/* docs/formats/config.md. */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "codec/json.h"
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
put_text(home *where, size_t offset, signet_slice text, signet_error *err)
{
    char **field = (char **)(void *)((uint8_t *)where + offset);
    char *copy = strndup((const char *)text.ptr, text.len);

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
take_text(home *where, size_t row, const sg_json *value, signet_error *err)
{
    const char *const *words = texts[row].words;

    if (value->type == SG_JSON_NULL || (value->type == SG_JSON_TEXT && value->text.len == 0))
        return true;
    if (value->type != SG_JSON_TEXT)
        return signet_fail(err, SIGNET_E_DECODE, "%s must be a string", texts[row].name);
    if (words[0] && !sg_json_is_text(value, words[0]) && !sg_json_is_text(value, words[1]))
        return signet_fail(err, SIGNET_E_DECODE, "%s must be \"%s\" or \"%s\"", texts[row].name,
            words[0], words[1]);
    return put_text(where, texts[row].offset, value->text, err);
}

static bool
take_number(home *where, size_t row, const sg_json *value, signet_error *err)
{
    int64_t number = value->number;

    if (value->type == SG_JSON_NULL)
        return true;
    if (value->type != SG_JSON_INT)
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
is_named(const sg_json *member, const char *name)
{
    return member->name.len == strlen(name) &&
           strncasecmp((const char *)member->name.ptr, name, member->name.len) == 0;
}

static bool
take_member(home *where, const sg_json *member, signet_error *err)
{
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (is_named(member, texts[i].name))
            return take_text(where, i, member, err);
    }
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        if (is_named(member, numbers[i].name))
            return take_number(where, i, member, err);
    }
    return true;
}

/* The object in config.json, and the text it was read from; no file is an empty object. */
static sg_json *
read_config(const char *path, signet_buf *text, signet_error *err)
{
    signet_error problem = {0};

    if (!sg_file_read(path, HOME_CONFIG_MAX, SG_FILE_REGULAR, text, &problem) &&
        (problem.code != SIGNET_E_NOT_FOUND ||
            !signet_buf_append(text, signet_slice_text("{}"), &problem)))
        return signet_fail_null(err, problem.code, "%s", problem.message);
    return sg_json_read_object(signet_buf_slice(text), path, err);
}

static bool
load_config(home *where, signet_error *err)
{
    SIGNET_AUTO(sg_json_free) sg_json *root = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, text = {0};

    if (!home_file(where, config_name, &path, err))
        return false;
    root = read_config((const char *)path.data, &text, err);
    if (!root)
        return false;
    for (const sg_json *one = sg_json_first(root); one; one = sg_json_next(root, one)) {
        if (!take_member(where, one, err)) {
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

        if (value && !put_text(where, texts[i].offset, signet_slice_text(value), err))
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
        return put_text(where, offsetof(home, key_directory), signet_slice_text(where->path), err);
    xdg = xdg_directory(err);
    if (!xdg)
        return false;
    if (!is_recorded && !has_key(xdg) && has_key(where->path)) {
        free(xdg);
        return put_text(where, offsetof(home, key_directory), signet_slice_text(where->path), err);
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

static bool
is_changed(const sg_json *member, const home_setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_named(member, settings[i].name))
            return true;
    }
    return false;
}

/* The members that stay, as they were written, and then the others. */
static bool
write_config(const sg_json *root, const uint8_t *text, const home_setting *settings, size_t count,
    signet_buf *out, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);
    const char *before = "{\n  ", *end = "{}\n";

    for (const sg_json *one = sg_json_first(root); one; one = sg_json_next(root, one)) {
        if (is_changed(one, settings, count))
            continue;
        sg_json_write(&to, before);
        sg_json_write_string(&to, one->name);
        sg_json_write(&to, ": ");
        sg_json_write_raw(&to, (signet_slice){text + one->at, one->len});
        before = ",\n  ";
        end = "\n}\n";
    }
    for (size_t i = 0; i < count; i++) {
        if (!settings[i].value)
            continue;
        if (!sg_is_utf8(signet_slice_text(settings[i].value)))
            return signet_fail(err, SIGNET_E_USAGE, "%s: the value is not UTF-8", settings[i].name);
        sg_json_write(&to, before);
        sg_json_write_string(&to, signet_slice_text(settings[i].name));
        sg_json_write(&to, ": ");
        sg_json_write_string(&to, signet_slice_text(settings[i].value));
        before = ",\n  ";
        end = "\n}\n";
    }
    sg_json_write(&to, end);
    return sg_json_write_end(&to, err);
}

static bool
change_config(const char *path, const home_setting *settings, size_t count, signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600};
    SIGNET_AUTO(sg_json_free) sg_json *root = NULL, *changed = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf before = {0}, after = {0};

    root = read_config(path, &before, err);
    if (!root || !write_config(root, before.data, settings, count, &after, err))
        return false;
    changed =
        sg_json_read_object(signet_buf_slice(&after), path, err); /* not too large, too long */
    return changed && sg_file_write(path, signet_buf_slice(&after), &rules, err);
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
