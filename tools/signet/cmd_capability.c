/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "commands.h"
#include "json_out.h"

static const char usage[] =
    "usage: signet capability COMMAND [OPTION...]\n"
    "\n"
    "Name what tokens allow.\n"
    "\n"
    "  list               the capabilities that have names\n"
    "  id [NAME...]       the id of a list of capabilities (names or numbers), as tokens have it\n"
    "                     in cap_id; without a name that of the empty list\n"
    "\n"
    "      --json  print JSON\n"
    "      --help  show this\n"
    "\n"
    "exit status: 0 done, 2 could not\n"
    "example:     signet capability id read write 0x10001\n";

enum { NUMBERS_MAX = 4096 };

static int
list(char *const *words, size_t count, bool is_json)
{
    SIGNET_AUTO(json_free) json_out json = {0};
    const signet_capability *row = signet_capability_registry();

    (void)words;
    (void)count;
    json_open(&json, NULL, '{');
    json_open(&json, "capabilities", '[');
    for (; row->name; row++) {
        if (!is_json)
            cli_print_plain(stdout, "0x%04" PRIx64 "  %-12s %s\n", row->number, row->name,
                signet_capability_range(row->number));
        json_open(&json, NULL, '{');
        json_unsigned(&json, "number", row->number);
        json_text(&json, "name", row->name);
        json_text(&json, "range", signet_capability_range(row->number));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    return is_json ? json_print(&json, CLI_OK) : CLI_OK;
}

static int
compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Ascending and without doubles, as a token must have them. */
static size_t
normalise(uint64_t *numbers, size_t count)
{
    size_t unique = 0;

    qsort(numbers, count, sizeof(*numbers), compare);
    for (size_t i = 0; i < count; i++) {
        if (unique == 0 || numbers[unique - 1] != numbers[i])
            numbers[unique++] = numbers[i];
    }
    return unique;
}

static void
print_id(const uint64_t *numbers, size_t count, const uint8_t *id)
{
    char hex[2 * SIGNET_CAPABILITY_ID_SIZE + 1];

    sg_hex(hex, (signet_slice){id, SIGNET_CAPABILITY_ID_SIZE});
    cli_print_plain(stdout, "%s\n", hex);
    for (size_t i = 0; i < count; i++) {
        const char *name = signet_capability_name(numbers[i]);

        cli_print_plain(stdout, "  0x%04" PRIx64 "  %-12s %s\n", numbers[i], name ? name : "-",
            signet_capability_range(numbers[i]));
    }
}

static int
print_id_json(const uint64_t *numbers, size_t count, const uint8_t *id)
{
    SIGNET_AUTO(json_free) json_out json = {0};

    json_open(&json, NULL, '{');
    json_hex(&json, "cap_id", (signet_slice){id, SIGNET_CAPABILITY_ID_SIZE});
    json_open(&json, "cap_tokens", '[');
    for (size_t i = 0; i < count; i++)
        json_unsigned(&json, NULL, numbers[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    return json_print(&json, CLI_OK);
}

static int
id(char *const *words, size_t count, bool is_json)
{
    static uint64_t numbers[NUMBERS_MAX];
    uint8_t hash[SIGNET_CAPABILITY_ID_SIZE];
    signet_error err = {0};

    for (size_t i = 0; i < count; i++) {
        if (!signet_capability_parse(words[i], &numbers[i], &err))
            return cli_failed(NULL, &err);
    }
    count = normalise(numbers, count);
    if (!signet_capability_id(numbers, count, hash, &err))
        return cli_failed(NULL, &err);
    if (is_json)
        return print_id_json(numbers, count, hash);
    print_id(numbers, count, hash);
    return CLI_OK;
}

static const struct {
    const char *name;
    int (*run)(char *const *words, size_t count, bool is_json);
    size_t most; /* words */
} commands[] = {
    {"list", list, 0},
    {"id", id, NUMBERS_MAX},
};

static int
run(const char *name, char *const *words, size_t count, bool is_json)
{
    size_t i = 0;

    while (i < sizeof(commands) / sizeof(commands[0]) && strcmp(commands[i].name, name) != 0)
        i++;
    if (i == sizeof(commands) / sizeof(commands[0]))
        return cli_misused_because(usage, "unknown command: capability %s", name);
    if (count > commands[i].most)
        return cli_misused_because(usage, "capability %s does not take %zu words", name, count);
    return commands[i].run(words, count, is_json);
}

int
cmd_capability(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    bool json = false;
    const command_option targets[] = {{OPTION_JSON, NULL, &json}, {0, NULL, NULL}};
    int option = command_options(argc, argv, options, targets);

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (optind == argc)
        return cli_misused(usage);
    return run(argv[optind], argv + optind + 1, (size_t)(argc - optind - 1), json);
}
