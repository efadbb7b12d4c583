/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>

#include "commands.h"
#include "common/pki_loader.h"
#include "doctor.h"

static const char usage[] =
    "usage: signet doctor [--json] [--home DIR]\n"
    "\n"
    "Look at libraries, keys, trust, git and the clock; say what is wrong and the command that\n"
    "mends it.  Changes nothing.\n"
    "\n"
    "      --home DIR  where keys and configuration are; default: ~/.signet\n"
    "      --json      report as JSON\n"
    "      --help      show this\n"
    "\n"
    "exit status: 0 all well, 1 something is wrong, 2 could not tell\n"
    "example:     signet doctor\n";

/* No clock is right that shows a time before this program was written: 2026-11-01. */
static const int64_t earliest_now = 1793491200;
static const int64_t latest_now = 4102444800; /* 2100-01-01 */

static const char *const state_names[] = {
    [DOCTOR_FINE] = "fine", [DOCTOR_NOTE] = "note", [DOCTOR_WRONG] = "wrong"};

static void
print_finding(doctor_state state, const char *what, const char *remedy, const char *text)
{
    static const struct {
        const char *mark;
        cli_style style;
    } marks[] = {
        [DOCTOR_FINE] = {"\u2713", CLI_SUCCESS},
        [DOCTOR_NOTE] = {"\u26a0", CLI_WARNING},
        [DOCTOR_WRONG] = {"\u2717", CLI_ERROR},
    };

    cli_print(stdout, marks[state].style, "%s", marks[state].mark);
    cli_print_plain(stdout, " %-12s %s\n", what, text);
    if (!remedy)
        return;
    cli_print_plain(stdout, "  %-12s ", "");
    cli_print(stdout, CLI_INFO, "\u2192");
    cli_print_plain(stdout, " %s\n", remedy);
}

void
doctor_say(
    doctor *who, doctor_state state, const char *what, const char *remedy, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    who->wrong += state == DOCTOR_WRONG;
    if (!who->json) {
        print_finding(state, what, remedy, text ? text : "out of memory");
    } else {
        json_open(&who->document, NULL, '{');
        json_text(&who->document, "check", what);
        json_text(&who->document, "state", state_names[state]);
        json_text(&who->document, "finding", text ? text : "out of memory");
        if (remedy)
            json_text(&who->document, "remedy", remedy);
        json_close(&who->document, '}');
    }
    free(text);
}

static void
check_libraries(doctor *who)
{
    const pki_functions *pki = NULL;
    signet_error err = {0};

    doctor_say(who, DOCTOR_FINE, "signet", NULL, "%s", signet_version());
    doctor_say(who, DOCTOR_FINE, "libsodium", NULL, "%s", sodium_version_string());
    doctor_say(who, DOCTOR_FINE, "ed25519", NULL, "verified by %s", signet_ed25519_backend());
    pki = pki_load(&err);
    if (pki)
        doctor_say(
            who, DOCTOR_FINE, "ml-dsa-44", NULL, "libsignet-pki with %s", pki->openssl_version());
    else
        doctor_say(who, DOCTOR_WRONG, "ml-dsa-44", "make install", "%s", err.message);
}

static void
check_clock(doctor *who)
{
    int64_t now = cli_now();
    char text[32];

    signet_time_format(now, text);
    if (now < earliest_now || now > latest_now)
        doctor_say(who, DOCTOR_WRONG, "clock", "timedatectl set-ntp true",
            "%s cannot be; signatures would carry this time", text);
    else
        doctor_say(who, DOCTOR_FINE, "clock", NULL, "%s", text);
}

static void
check_home(doctor *who, home *config, const char *directory)
{
    signet_error err = {0};

    if (command_home(directory, config, &err)) {
        who->config = config;
        doctor_say(who, DOCTOR_FINE, "home", NULL, "%s", config->path);
    } else {
        doctor_say(who, DOCTOR_WRONG, "home", NULL, "%s", err.message);
    }
}

static int
examine(const char *directory, bool json)
{
    SIGNET_AUTO(home_free) home config = {0};
    doctor who = {.json = json};
    int status = CLI_OK;

    json_open(&who.document, NULL, '{');
    json_open(&who.document, "findings", '[');
    check_libraries(&who);
    check_home(&who, &config, directory);
    if (who.config) {
        doctor_check_keys(&who);
        doctor_check_trust(&who);
    }
    doctor_check_git(&who);
    check_clock(&who);
    json_close(&who.document, ']');
    json_number(&who.document, "wrong", (int64_t)who.wrong);
    json_close(&who.document, '}');
    status = who.wrong > 0 ? CLI_REFUSED : CLI_OK;
    if (json)
        status = json_print(&who.document, status);
    json_free(&who.document);
    return status;
}

int
cmd_doctor(int argc, char **argv)
{
    static const struct option options[] = {
        {"home", required_argument, NULL, OPTION_HOME},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const char *directory = NULL;
    bool json = false;
    int option;

    while ((option = cli_next_option(argc, argv, ":", options)) != -1) {
        if (option == OPTION_HELP)
            return cli_help(usage);
        if (option != OPTION_HOME && option != OPTION_JSON)
            return cli_misused_option(option, argv, usage);
        if (option == OPTION_HOME)
            directory = optarg;
        else
            json = true;
    }
    if (optind < argc)
        return cli_misused(usage);
    return examine(directory, json);
}
