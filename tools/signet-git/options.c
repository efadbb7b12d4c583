/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of options and one pass over the words.  Not getopt_long(): that takes abbreviations, and
 * "--ver" must never come to mean --verify or --version by accident.
 */
#include <stddef.h>
#include <string.h>

#include "common/cli.h"
#include "options.h"

typedef enum { SWITCH, TEXT } option_kind;

typedef struct {
    const char *name;
    char letter; /* 0: none */
    option_kind kind;
    size_t field; /* offset in git_options */
} option_rule;

#define FIELD(name) offsetof(git_options, name)

static const option_rule rules[] = {
    {"sign", 's', SWITCH, FIELD(sign)},
    {"detach-sign", 'b', SWITCH, FIELD(detach)},
    {"armor", 'a', SWITCH, FIELD(armor)},
    {"help", 'h', SWITCH, FIELD(help)},
    {"version", 0, SWITCH, FIELD(version)},
    {"local-user", 'u', TEXT, FIELD(local_user)},
    {"verify", 0, TEXT, FIELD(verify)},
    {"status-fd", 0, TEXT, FIELD(status_fd_text)},
    {"keyid-format", 0, TEXT, FIELD(keyid_format)},
    {"home", 0, TEXT, FIELD(home)},
};

static const struct {
    const char *text;
    bool value;
} switch_values[] = {{"true", true}, {"1", true}, {"false", false}, {"0", false}};

enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };

/** The words that are still to be read. */
typedef struct {
    int argc;
    char **argv;
    int next;
    git_options *options;
} words;

static const option_rule *
rule_named(const char *name, size_t len)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (strlen(rules[i].name) == len && memcmp(rules[i].name, name, len) == 0)
            return &rules[i];
    return NULL;
}

static const option_rule *
rule_lettered(char letter)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (rules[i].letter == letter)
            return &rules[i];
    return NULL;
}

static void
set_switch(git_options *options, const option_rule *rule, bool value)
{
    memcpy((char *)options + rule->field, &value, sizeof(value));
}

static void
set_text(git_options *options, const option_rule *rule, const char *value)
{
    memcpy((char *)options + rule->field, &value, sizeof(value));
}

static bool
take_next_word(words *from, const option_rule *rule, const char *shown, signet_error *err)
{
    if (from->next >= from->argc)
        return signet_fail(err, SIGNET_E_USAGE, "option %s needs a value", shown);
    set_text(from->options, rule, from->argv[from->next++]);
    return true;
}

static bool
read_switch_value(
    words *from, const option_rule *rule, const char *value, const char *shown, signet_error *err)
{
    for (size_t i = 0; i < sizeof(switch_values) / sizeof(switch_values[0]); i++) {
        if (strcmp(value, switch_values[i].text) == 0) {
            set_switch(from->options, rule, switch_values[i].value);
            return true;
        }
    }
    return signet_fail(err, SIGNET_E_USAGE, "%s: a switch is true or false", shown);
}

static bool
read_long(words *from, const char *word, signet_error *err)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    const option_rule *rule = rule_named(name, equals ? (size_t)(equals - name) : strlen(name));

    if (!rule)
        return signet_fail(err, SIGNET_E_USAGE, "unknown option %s", word);
    if (rule->kind == SWITCH && equals)
        return read_switch_value(from, rule, equals + 1, word, err);
    if (rule->kind == SWITCH) {
        set_switch(from->options, rule, true);
        return true;
    }
    if (!equals)
        return take_next_word(from, rule, word, err);
    set_text(from->options, rule, equals + 1);
    return true;
}

static bool
read_cluster(words *from, const char *word, signet_error *err)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const char shown[] = {'-', *letter, 0};
        const option_rule *rule = rule_lettered(*letter);

        if (!rule)
            return signet_fail(err, SIGNET_E_USAGE, "unknown option %s in %s", shown, word);
        if (rule->kind == SWITCH) {
            set_switch(from->options, rule, true);
            continue;
        }
        if (letter[1] == 0)
            return take_next_word(from, rule, shown, err);
        set_text(from->options, rule, letter + 1);
        return true;
    }
    return true;
}

static void
take_word(git_options *options, const char *word)
{
    if (options->word_count++ == 0)
        options->data = word;
}

bool
git_options_read(int argc, char **argv, git_options *ret_options, signet_error *err)
{
    git_options options = {0};
    words from = {argc, argv, 1, &options};
    bool only_words = false;
    int64_t number = 0;

    while (from.next < argc) {
        const char *word = argv[from.next++];

        if (only_words || word[0] != '-' || word[1] == 0)
            take_word(&options, word);
        else if (strcmp(word, "--") == 0)
            only_words = true;
        else if (!(word[1] == '-' ? read_long(&from, word, err) : read_cluster(&from, word, err)))
            return false;
    }
    if (options.status_fd_text && !cli_parse_number("--status-fd", options.status_fd_text,
                                      INT32_MIN, INT32_MAX, &number, err))
        return false;
    options.status_fd = (int)number;
    *ret_options = options;
    return true;
}
