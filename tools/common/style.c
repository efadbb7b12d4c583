/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words on the terminal.  A file name or a certificate field is somebody else's text: whatever in
 * it could act on a terminal, or look like something that it is not, is shown as \xHH.  Colours are
 * decided once for each stream, so that `2>log` does not decide for stdout.
 */
#include <stdlib.h>
#include <unistd.h>

#include "common/cli.h"

typedef enum { NO_COLOUR, COLOURS_16, COLOURS_256 } palette;

static palette palettes[2]; /* stdout, stderr */

static const struct {
    const char *codes[3]; /* by palette */
} styles[] = {
    [CLI_SUCCESS] = {{NULL, "92", "38;5;42"}},
    [CLI_ERROR] = {{NULL, "91", "38;5;203"}},
    [CLI_WARNING] = {{NULL, "93", "38;5;221"}},
    [CLI_INFO] = {{NULL, "96", "38;5;86"}},
    [CLI_VALUE] = {{NULL, "1;96", "1;38;5;86"}},
    [CLI_CODE] = {{NULL, "94", "38;5;75"}},
    [CLI_SUBTLE] = {{NULL, "90", "38;5;240"}},
};

/* An environment variable, or "" when it is unset. */
static const char *
variable(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

static bool
is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(text, *words) == 0)
            return true;
    }
    return false;
}

static palette
palette_of_terminal(void)
{
    static const char *const rich_words[] = {"truecolor", "24bit", "yes", "true", NULL};
    static const char *const rich_terminals[] = {
        "alacritty", "contour", "rio", "wezterm", "xterm-ghostty", "xterm-kitty", NULL};
    static const char *const plain_terminals[] = {"xterm", "linux", NULL};
    const char *terminal = variable("TERM");

    if (is_one_of(variable("COLORTERM"), rich_words) || is_one_of(terminal, rich_terminals) ||
        strstr(terminal, "256color"))
        return COLOURS_256;
    if (is_one_of(terminal, plain_terminals) || strstr(terminal, "color") ||
        strstr(terminal, "ansi"))
        return COLOURS_16;
    return NO_COLOUR;
}

static palette
palette_for(int fd)
{
    const char *force = variable("FORCE_COLOR"), *also_force = variable("CLICOLOR_FORCE");
    bool is_forced = *also_force && strcmp(also_force, "0") != 0;
    palette found = NO_COLOUR;

    if (*variable("NO_COLOR"))
        return NO_COLOUR;
    if (*force)
        return strcmp(force, "0") == 0 ? NO_COLOUR : COLOURS_256;
    if (strcmp(variable("CLICOLOR"), "0") == 0 && !is_forced)
        return NO_COLOUR;
    if (!*variable("CI") && isatty(fd))
        found = palette_of_terminal();
    return found == NO_COLOUR && is_forced ? COLOURS_16 : found;
}

void
cli_style_start(void)
{
    palettes[0] = palette_for(STDOUT_FILENO);
    palettes[1] = palette_for(STDERR_FILENO);
}

/* A code point that shows as itself: no control (C1 is the rest), none that turns the direction. */
static bool
is_harmless(uint32_t value)
{
    return value >= 0xa0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff) &&
           value != 0x61c && value != 0x200e && value != 0x200f &&
           (value < 0x2028 || value > 0x202e) && (value < 0x2066 || value > 0x2069);
}

/* Bytes of the character at `text`, which ends with a zero, when it can be shown; else 0. */
static size_t
showable(const unsigned char *text)
{
    static const struct {
        unsigned char lead, mask;
        size_t size;
        uint32_t smallest; /* a longer form than needed is not UTF-8 */
    } forms[] = {{0xc0, 0xe0, 2, 0x80}, {0xe0, 0xf0, 3, 0x800}, {0xf0, 0xf8, 4, 0x10000}};

    if (text[0] < 0x80)
        return text[0] >= 0x20 && text[0] != 0x7f ? 1 : 0;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        uint32_t value = text[0] & (unsigned char)~forms[i].mask;

        if ((text[0] & forms[i].mask) != forms[i].lead)
            continue;
        for (size_t j = 1; j < forms[i].size; j++) {
            if ((text[j] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (text[j] & 0x3f);
        }
        return value >= forms[i].smallest && is_harmless(value) ? forms[i].size : 0;
    }
    return 0;
}

static void
print_escaped(FILE *stream, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t size = showable((const unsigned char *)text + i);

        if (size > 0) {
            (void)fwrite(text + i, 1, size, stream);
            i += size;
        } else {
            (void)fprintf(stream, "\\x%02x", (unsigned char)text[i]);
            i++;
        }
    }
}

/* Line breaks at the end of the format are ours; every other one is somebody's text. */
static size_t
own_newlines(const char *format)
{
    size_t len = strlen(format), count = 0;

    while (count < len && format[len - 1 - count] == '\n')
        count++;
    return count;
}

SIGNET_PRINTF(3, 0)
static void
print_formatted(FILE *stream, const char *code, const char *format, va_list args)
{
    char *text = NULL;
    int len = vasprintf(&text, format, args);
    size_t newlines = own_newlines(format);

    if (len < 0)
        return;
    if (code)
        (void)fprintf(stream, "\033[%sm", code);
    print_escaped(stream, text, (size_t)len - newlines);
    if (code)
        (void)fputs("\033[0m", stream);
    for (size_t i = 0; i < newlines; i++)
        (void)putc('\n', stream);
    free(text);
}

static const char *
code_for(FILE *stream, cli_style style)
{
    return styles[style].codes[palettes[fileno(stream) == STDERR_FILENO]];
}

void
cli_print(FILE *stream, cli_style style, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_formatted(stream, code_for(stream, style), format, args);
    va_end(args);
}

void
cli_print_plain(FILE *stream, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_formatted(stream, NULL, format, args);
    va_end(args);
}

SIGNET_PRINTF(4, 0)
static void
print_marked(FILE *stream, cli_style style, const char *mark, const char *format, va_list args)
{
    cli_print(stream, style, "%s", mark);
    (void)putc(' ', stream);
    print_formatted(stream, NULL, format, args);
    (void)putc('\n', stream);
}

void
cli_success(FILE *stream, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_marked(stream, CLI_SUCCESS, "\u2713", format, args);
    va_end(args);
}

void
cli_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_marked(stderr, CLI_ERROR, "\u2717", format, args);
    va_end(args);
}

void
cli_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_marked(stderr, CLI_WARNING, "\u26a0", format, args);
    va_end(args);
}

void
cli_hint(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_marked(stderr, CLI_INFO, "\u2192", format, args);
    va_end(args);
}
