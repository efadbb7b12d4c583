/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "policy.h"
#include "secret_file.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { FIELDS_MAX = 4 };

/* The next word of `*at`, terminated, or NULL at the end. */
static char *
next_word(char **at, const char *between)
{
    char *word = *at + strspn(*at, between);
    size_t len = strcspn(word, between);

    if (len == 0)
        return NULL;
    *at = word + len;
    if (**at != '\0')
        *(*at)++ = '\0';
    return word;
}

static bool
split(char *list, const char **ret_words, const char *allowed, const char *what, signet_error *err)
{
    size_t count = 0;

    for (char *word = next_word(&list, ","); word; word = next_word(&list, ",")) {
        if (count == PROXY_WORDS_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "more than %d of %s", PROXY_WORDS_MAX, what);
        if (word[strspn(word, allowed)] != '\0')
            return signet_fail(err, SIGNET_E_USAGE, "a strange letter in %s", what);
        ret_words[count++] = word;
    }
    if (count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "no %s", what);
    return true;
}

/* Without empty segments and without `.` and `..`. */
static bool
is_clean(const char *path)
{
    if (*path != '/')
        return false;
    while (*path == '/') {
        size_t len = strcspn(++path, "/");

        if ((len == 0 && *path != '\0') || (len == 1 && path[0] == '.') ||
            (len == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        path += len;
    }
    return true;
}

static bool
check_prefixes(const char *const *prefixes, signet_error *err)
{
    for (; *prefixes; prefixes++) {
        if (!is_clean(*prefixes))
            return signet_fail(err, SIGNET_E_USAGE, "a prefix must be a clean path: %s", *prefixes);
    }
    return true;
}

static bool
read_rule(char *line, proxy_policy *policy, signet_error *err)
{
    static const char purpose_letters[] = LETTERS "._:/-";
    char *fields[FIELDS_MAX + 1] = {NULL};
    proxy_rule *rule = &policy->rules[policy->count];
    size_t count = 0;

    line[strcspn(line, "#")] = '\0';
    while (count <= FIELDS_MAX && (fields[count] = next_word(&line, " \t\r")) != NULL)
        count++;
    if (count == 0)
        return true;
    if (count < 3 || count > FIELDS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "not PURPOSE METHODS PREFIXES [CREDENTIAL-FILE]");
    if (policy->count == PROXY_RULES_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "more than %d rules", PROXY_RULES_MAX);
    if (fields[0][strspn(fields[0], purpose_letters)] != '\0')
        return signet_fail(err, SIGNET_E_USAGE, "a purpose may hold letters, digits and ._:/-");
    rule->purpose = fields[0];
    rule->credential_file = fields[3];
    if (!split(fields[1], rule->methods, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "methods", err) ||
        !split(fields[2], rule->prefixes, LETTERS "/._~-%", "prefixes", err) ||
        !check_prefixes(rule->prefixes, err))
        return false;
    policy->count++;
    return true;
}

bool
proxy_policy_parse(signet_slice text, proxy_policy *ret_policy, signet_error *err)
{
    static const uint8_t end = 0;
    char *line = NULL, *next = NULL;
    size_t number = 1;

    if (text.len > 0 && memchr(text.ptr, 0, text.len))
        return signet_fail(err, SIGNET_E_DECODE, "a policy is text");
    if (!signet_buf_append(&ret_policy->text, text, err) ||
        !signet_buf_append(&ret_policy->text, (signet_slice){&end, 1}, err))
        return false;
    for (line = (char *)ret_policy->text.data; line; line = next, number++) {
        char name[32];

        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        (void)snprintf(name, sizeof(name), "line %zu", number);
        if (!read_rule(line, ret_policy, err)) {
            signet_error_prefix(err, name);
            return false;
        }
    }
    if (ret_policy->count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "a policy without a rule allows nothing");
    return true;
}

static bool
read_credential(const char *policy_path, proxy_rule *rule, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    const char *slash = strrchr(policy_path, '/');
    int folder = slash && rule->credential_file[0] != '/' ? (int)(slash + 1 - policy_path) : 0;

    return signet_buf_printf(
               &path, err, "%.*s%s%c", folder, policy_path, rule->credential_file, 0) &&
           proxy_secret_read((const char *)path.data, &rule->credential, err);
}

bool
proxy_policy_read(const char *path, proxy_policy *ret_policy, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    if (!sg_file_read(path, PROXY_POLICY_MAX, SG_FILE_REGULAR, &text, err))
        return false;
    if (!proxy_policy_parse(signet_buf_slice(&text), ret_policy, err)) {
        signet_error_prefix(err, path);
        return false;
    }
    for (size_t i = 0; i < ret_policy->count; i++) {
        proxy_rule *rule = &ret_policy->rules[i];

        if (rule->credential_file && !read_credential(path, rule, err))
            return false;
    }
    return true;
}

void
proxy_policy_free(proxy_policy *policy)
{
    for (size_t i = 0; i < PROXY_RULES_MAX; i++)
        signet_buf_free(&policy->rules[i].credential);
    signet_buf_free(&policy->text);
    policy->count = 0;
}
