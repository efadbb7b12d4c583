/* SPDX-License-Identifier: Apache-2.0 */
/* What every program shares: words on the terminal, exit statuses, commands, files. */
#ifndef SG_TOOLS_CLI_H
#define SG_TOOLS_CLI_H

#include <getopt.h>
#include <stdio.h>

#include <signet/signet.h>

/** Exit statuses of all programs. */
enum {
    CLI_OK = 0,      /* yes */
    CLI_REFUSED = 1, /* refused, or not genuine */
    CLI_FAILED = 2,  /* could not tell, or misused */
};

/** How a word is shown; the table of spec 6.1. */
typedef enum {
    CLI_SUCCESS,
    CLI_ERROR,
    CLI_WARNING,
    CLI_INFO,
    CLI_VALUE,
    CLI_CODE,
    CLI_SUBTLE
} cli_style;

/**
 * At the start of main(): the name for messages, no core dumps, descriptors 0 to 2 open, SIGPIPE
 * and SIGXFSZ ignored, colours decided for each stream (NO_COLOR, FORCE_COLOR, CLICOLOR,
 * CLICOLOR_FORCE, TERM, COLORTERM, CI).
 */
void cli_start(const char *program);

/** Decide the colours; part of cli_start(). */
void cli_style_start(void);

/** At the end of main(): flush stdout; a full disk or closed stdout turns CLI_OK into CLI_FAILED.
 */
int cli_end(int status);

/**
 * Print in a style: colour codes when `stream` shows them, control characters as \xHH always, so
 * that no file name or certificate can act on the terminal.  Newlines at the end of the format stay
 * newlines.
 */
void cli_print(FILE *stream, cli_style style, const char *format, ...) SIGNET_PRINTF(3, 4);

/** Print plain text with control characters as \xHH. */
void cli_print_plain(FILE *stream, const char *format, ...) SIGNET_PRINTF(2, 3);

/** "✓ text", "✗ text", "⚠ text", "→ text" and a newline. */
void cli_success(FILE *stream, const char *format, ...) SIGNET_PRINTF(2, 3);
void cli_error(const char *format, ...) SIGNET_PRINTF(1, 2);
void cli_warning(const char *format, ...) SIGNET_PRINTF(1, 2);
void cli_hint(const char *format, ...) SIGNET_PRINTF(1, 2);

/**
 * One line on stderr, "program: subject: message" (`subject` may be NULL), and the exit status for
 * it: CLI_REFUSED for what is refused or not genuine (DECODE, CERT, TIME, SIGNATURE, TRUST,
 * REVOKED, KEY, ALGORITHM, EXISTS, ...), CLI_FAILED for what could not be told (USAGE, IO, NOMEM,
 * NOT_FOUND, LOCKED, CRYPTO, NETWORK).
 */
int cli_failed(const char *subject, const signet_error *err);

/** Print `usage` to stdout, CLI_OK; or its first line and a pointer to --help to stderr,
 * CLI_FAILED. */
int cli_help(const char *usage);
int cli_misused(const char *usage);

/**
 * getopt_long(): the next option, -1 behind the last.  Options are read before there is a second
 * thread; `letters` begins with ':' (or "+:"), so that cli_misused_option() can tell what is wrong.
 */
int cli_next_option(int argc, char **argv, const char *letters, const struct option *options);

/**
 * The same with the reason: what cli_next_option() (opterr is 0, see cli_start()) answered in
 * `option`, as "program: unknown option --x" and the pointer; CLI_FAILED.
 */
int cli_misused_option(int option, char **argv, const char *usage);

/** The same with a reason of one's own. */
int cli_misused_because(const char *usage, const char *format, ...) SIGNET_PRINTF(2, 3);

/** A command: a row of a program's table, which ends with a row of NULLs. */
typedef struct {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
    const char *summary;
} cli_command;

/** The command of that name, or NULL. */
const cli_command *cli_find(const cli_command *commands, const char *name);

/** Print the table. */
void cli_list(FILE *stream, const cli_command *commands);

/** A decimal number within bounds; SIGNET_E_USAGE names `what`. */
bool cli_parse_number(const char *what, const char *text, int64_t min, int64_t max,
    int64_t *ret_number, signet_error *err) SIGNET_MUST_CHECK;

/** Seconds since 1970, now.  SIGNET_NOW (seconds) replaces the clock in test builds only. */
int64_t cli_now(void);

/** Append a JSON string in quotes: UTF-8 as it is, controls escaped, what is not UTF-8 as U+FFFD.
 */
bool cli_json_string(signet_buf *out, signet_slice text, signet_error *err) SIGNET_MUST_CHECK;

/** Append all of a stream, up to `max` bytes. */
bool cli_read_stream(FILE *stream, const char *name, size_t max, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Write all bytes to a descriptor. */
bool cli_write_fd(int fd, signet_slice bytes, signet_error *err) SIGNET_MUST_CHECK;

#endif
