/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include <signet/signet.h>

#include "base/text.h"
#include "cbor_view.h"
#include "common/cli.h"
#include "report.h"

enum { INDENT = 2, NAME_WIDTH = 18, SHOWN_BYTES = 64 };

void
report_begin(report *to)
{
    if (to->json)
        json_open(&to->document, NULL, '{');
}

void
report_note(const report *to, const char *format, ...)
{
    char *text = NULL;
    va_list args;

    if (to->json)
        return;
    va_start(args, format);
    if (vasprintf(&text, format, args) >= 0)
        cli_print_plain(stdout, "%*s%s\n", (int)(to->depth * INDENT), "", text);
    va_end(args);
    free(text);
}

/* "  name   value   meaning" */
static void
print_line(const report *to, const char *name, const char *value, const char *meaning)
{
    int indent = (int)(to->depth * INDENT);
    bool is_alone = !name || (!value && !meaning);
    int width = is_alone || indent > NAME_WIDTH ? 0 : NAME_WIDTH - indent;

    cli_print_plain(stdout, "%*s", indent, "");
    cli_print(stdout, CLI_INFO, "%-*s", width, name ? name : "-");
    if (value)
        cli_print_plain(stdout, " %s", value);
    if (meaning) {
        cli_print_plain(stdout, value ? "  " : " ");
        cli_print(stdout, CLI_SUBTLE, "(%s)", meaning);
    }
    cli_print_plain(stdout, "\n");
}

/* The same of a buffer that is text without NUL; out of memory shows as a value that is missing. */
static void
print_buffer(
    const report *to, const char *name, signet_buf *value, bool is_whole, const char *meaning)
{
    bool fits = is_whole && signet_buf_append(value, (signet_slice){(const uint8_t *)"", 1}, NULL);

    print_line(to, name, fits ? (const char *)value->data : "?", meaning);
}

static void
open_group(report *to, const char *name, const char *meaning, char bracket)
{
    if (to->json)
        json_open(&to->document, name, bracket);
    else
        print_line(to, name, NULL, meaning);
    to->depth++;
}

static void
close_group(report *to, char bracket)
{
    to->depth--;
    if (to->json)
        json_close(&to->document, bracket);
}

void
report_open(report *to, const char *name, const char *meaning)
{
    open_group(to, name, meaning, '{');
}

void
report_close(report *to)
{
    close_group(to, '}');
}

void
report_open_list(report *to, const char *name, const char *meaning)
{
    open_group(to, name, meaning, '[');
}

void
report_close_list(report *to)
{
    close_group(to, ']');
}

void
report_text(report *to, const char *name, signet_slice text, const char *meaning)
{
    SIGNET_AUTO(signet_buf_free) signet_buf quoted = {0};

    if (to->json)
        json_slice(&to->document, name, text);
    else
        print_buffer(to, name, &quoted, cli_json_string(&quoted, text, NULL), meaning);
}

void
report_word(report *to, const char *name, const char *word, const char *meaning)
{
    if (to->json)
        json_text(&to->document, name, word);
    else
        print_line(to, name, word, meaning);
}

/* People see the beginning of what is long. */
void
report_hex(report *to, const char *name, signet_slice bytes, const char *meaning)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    bool is_long = bytes.len > SHOWN_BYTES, fits = true;
    signet_slice shown = {bytes.ptr, is_long ? SHOWN_BYTES / 2 : bytes.len};

    if (to->json) {
        json_hex(&to->document, name, bytes);
        return;
    }
    fits = sg_hex_append(&text, shown, NULL);
    if (is_long)
        fits = fits && signet_buf_printf(&text, NULL, "... %zu bytes", bytes.len);
    else if (bytes.len == 0)
        fits = signet_buf_printf(&text, NULL, "empty");
    print_buffer(to, name, &text, fits, meaning);
}

void
report_number(report *to, const char *name, int64_t value, const char *meaning)
{
    char text[32];

    if (to->json) {
        json_number(&to->document, name, value);
        return;
    }
    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    print_line(to, name, text, meaning);
}

void
report_unsigned(report *to, const char *name, uint64_t value, const char *meaning)
{
    char text[32];

    if (to->json) {
        json_unsigned(&to->document, name, value);
        return;
    }
    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    print_line(to, name, text, meaning);
}

void
report_bool(report *to, const char *name, bool value, const char *meaning)
{
    if (to->json)
        json_bool(&to->document, name, value);
    else
        print_line(to, name, value ? "yes" : "no", meaning);
}

void
report_time(report *to, const char *name, int64_t seconds, const char *meaning)
{
    char time[32], text[80];

    if (to->json) {
        json_number(&to->document, name, seconds);
        return;
    }
    signet_time_format(seconds, time);
    (void)snprintf(text, sizeof(text), "%" PRId64 " %s", seconds, time);
    print_line(to, name, text, meaning);
}

void
report_cbor(report *to, const char *name, signet_slice item, const char *meaning)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    cbor_form form = to->json ? CBOR_AS_JSON : CBOR_AS_NOTATION;
    bool fits = cbor_view_write(item, form, &text, NULL);

    if (!to->json)
        print_buffer(to, name, &text, fits, meaning);
    else if (fits)
        json_raw(&to->document, name, signet_buf_slice(&text));
    else
        json_hex(&to->document, name, item);
}

void
report_break(report *to, const char *where, const signet_error *err)
{
    if (to->is_broken)
        return;
    to->is_broken = true;
    to->problem = *err;
    if (where)
        signet_error_prefix(&to->problem, where);
}

int
report_end(report *to)
{
    int status = to->is_broken ? CLI_REFUSED : CLI_OK;

    if (to->json) {
        if (to->is_broken)
            json_error(&to->document, "problem", &to->problem);
        json_close(&to->document, '}');
        return json_print(&to->document, status);
    }
    if (to->is_broken) {
        cli_print(stdout, CLI_ERROR, "\u2717");
        cli_print_plain(stdout, " the first rule it breaks: %s (%s)\n", to->problem.message,
            signet_code_name(to->problem.code));
    }
    return status;
}

void
report_free(report *to)
{
    json_free(&to->document);
}

int
report_refusal(const char *name, bool is_json, const signet_error *err)
{
    SIGNET_AUTO(json_free) json_out json = {0};
    int status = cli_failed(name, err);

    if (!is_json)
        return status;
    json_open(&json, NULL, '{');
    json_bool(&json, "verified", false);
    json_error(&json, "problem", err);
    json_close(&json, '}');
    return json_print(&json, status);
}
