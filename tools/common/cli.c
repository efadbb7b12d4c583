/* SPDX-License-Identifier: Apache-2.0 */
/* How every program begins, ends, fails and finds its commands. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/cli.h"

enum { PIECE = 64 << 10 };

static const char *program_name = "signet";

/*
 * A program that starts with a closed descriptor would get it back from its first open(), and print
 * its messages into a key file.  The wrong mode is on purpose: reading or writing there still
 * fails.
 */
static void
hold_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            _exit(CLI_FAILED);
    }
}

void
cli_start(const char *program)
{
    static char line[BUFSIZ]; /* else each character would be a system call, and lines would mix */
    const struct rlimit nothing = {0, 0};

    program_name = program;
    hold_descriptors();
    (void)setrlimit(RLIMIT_CORE, &nothing);
    (void)signal(SIGPIPE, SIG_IGN); /* writing fails instead, and is cleaned up after */
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)setvbuf(stderr, line, _IOLBF, sizeof(line));
    opterr = 0;
    cli_style_start();
}

int
cli_end(int status)
{
    bool was_lost = ferror(stdout) != 0;

    if (fflush(stdout) == 0 && !was_lost)
        return status;
    if (errno != EPIPE) /* whoever closed a pipe has read enough */
        (void)fprintf(stderr, "%s: cannot write to standard output\n", program_name);
    return status == CLI_OK ? CLI_FAILED : status;
}

/* Whether a command answers "no" to that, rather than "I could not tell". */
static bool
is_refusal(signet_code code)
{
    switch (code) {
    case SIGNET_OK:
    case SIGNET_E_USAGE:
    case SIGNET_E_NOMEM:
    case SIGNET_E_IO:
    case SIGNET_E_NETWORK:
    case SIGNET_E_NOT_FOUND:
    case SIGNET_E_LOCKED:
    case SIGNET_E_CRYPTO:
        return false;
    case SIGNET_E_EXISTS:
    case SIGNET_E_DECODE:
    case SIGNET_E_LEGACY:
    case SIGNET_E_KEY:
    case SIGNET_E_ALGORITHM:
    case SIGNET_E_CERT:
    case SIGNET_E_TIME:
    case SIGNET_E_SIGNATURE:
    case SIGNET_E_TRUST:
    case SIGNET_E_REVOKED:
    case SIGNET_E_TOKEN:
    case SIGNET_E_SIG1:
    case SIGNET_E_COSE:
    case SIGNET_E_EPR:
        return true;
    }
    return false;
}

int
cli_failed(const char *subject, const signet_error *err)
{
    size_t len = subject ? strlen(subject) : 0;
    bool is_named = len > 0 && strncmp(err->message, subject, len) == 0 && err->message[len] == ':';

    if (subject && !is_named)
        cli_print_plain(stderr, "%s: %s: %s\n", program_name, subject, err->message);
    else
        cli_print_plain(stderr, "%s: %s\n", program_name, err->message);
    return is_refusal(err->code) ? CLI_REFUSED : CLI_FAILED;
}

int
cli_help(const char *usage)
{
    (void)fputs(usage, stdout);
    return CLI_OK;
}

/* "try: signet verify --help", from the words of "usage: signet verify [--at TIME] FILE". */
static void
print_pointer(const char *usage)
{
    const char *words = strncmp(usage, "usage: ", 7) == 0 ? usage + 7 : usage;
    size_t len = 0, end = 0;

    while (words[len] == ' ' || words[len] == '-' || (words[len] >= 'a' && words[len] <= 'z')) {
        if (words[len] == ' ' && words[len + 1] == '-')
            break;
        len++;
        if (words[len] == ' ' || words[len] == '\n' || words[len] == '\0')
            end = len;
    }
    (void)fprintf(stderr, "try: %.*s --help\n", (int)end, words);
}

int
cli_misused(const char *usage)
{
    (void)fprintf(stderr, "%.*s\n", (int)strcspn(usage, "\n"), usage);
    print_pointer(usage);
    return CLI_FAILED;
}

int
cli_misused_because(const char *usage, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) >= 0)
        cli_print_plain(stderr, "%s: %s\n", program_name, text);
    va_end(args);
    free(text);
    print_pointer(usage);
    return CLI_FAILED;
}

int
cli_next_option(int argc, char **argv, const char *letters, const struct option *options)
{
    return getopt_long(argc, argv, letters, options, NULL); /* NOLINT(concurrency-mt-unsafe) */
}

int
cli_misused_option(int option, char **argv, const char *usage)
{
    const char *given = optind > 0 ? argv[optind - 1] : "";

    if (option == ':')
        return cli_misused_because(usage, "option %s needs an argument", given);
    if (optopt > ' ' && optopt < 0x7f && strncmp(given, "--", 2) != 0)
        return cli_misused_because(usage, "unknown option -%c", optopt);
    if (optopt != 0)
        return cli_misused_because(usage, "option %s takes no argument", given);
    return cli_misused_because(usage, "unknown or ambiguous option %s", given);
}

const cli_command *
cli_find(const cli_command *commands, const char *name)
{
    for (; commands->name; commands++) {
        if (strcmp(commands->name, name) == 0)
            return commands;
    }
    return NULL;
}

void
cli_list(FILE *stream, const cli_command *commands)
{
    int width = 0;

    for (const cli_command *command = commands; command->name; command++)
        width = (int)strlen(command->name) > width ? (int)strlen(command->name) : width;
    for (; commands->name; commands++)
        (void)fprintf(stream, "  %-*s  %s\n", width, commands->name, commands->summary);
}

bool
cli_parse_number(const char *what, const char *text, int64_t min, int64_t max, int64_t *ret_number,
    signet_error *err)
{
    char *end = NULL;
    intmax_t number = 0;

    errno = 0;
    number = strtoimax(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == ' ' || *text == '+' || number < min ||
        number > max)
        return signet_fail(err, SIGNET_E_USAGE,
            "%s must be a number from %" PRId64 " to %" PRId64 ", not '%s'", what, min, max, text);
    *ret_number = number;
    return true;
}

bool
cli_read_stream(FILE *stream, const char *name, size_t max, signet_buf *out, signet_error *err)
{
    size_t before = out->len, got = 0;
    uint8_t piece[4096];
    bool fits = true;

    while (fits && (got = fread(piece, 1, sizeof(piece), stream)) > 0) {
        if (got > max - (out->len - before))
            fits = signet_fail(err, SIGNET_E_DECODE, "%s: larger than %zu bytes", name, max);
        else
            fits = signet_buf_append(out, (signet_slice){piece, got}, err);
    }
    if (fits && ferror(stream))
        fits = signet_fail(err, SIGNET_E_IO, "%s: cannot read", name);
    if (!fits)
        out->len = before;
    return fits;
}

bool
cli_write_fd(int fd, signet_slice bytes, signet_error *err)
{
    char reason[128];

    while (bytes.len > 0) {
        ssize_t done = write(fd, bytes.ptr, bytes.len < PIECE ? bytes.len : PIECE);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return signet_fail(
                err, SIGNET_E_IO, "cannot write: %s", strerror_r(errno, reason, sizeof(reason)));
        bytes.ptr += done;
        bytes.len -= (size_t)done;
    }
    return true;
}
