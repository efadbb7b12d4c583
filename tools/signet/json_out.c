/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include <signet/signet.h>

#include "base/text.h"
#include "common/cli.h"
#include "json_out.h"

static void
append(json_out *to, const char *text)
{
    to->is_lost =
        to->is_lost || !signet_buf_append(&to->out, signet_slice_text(text), &to->problem);
}

static void
append_string(json_out *to, signet_slice text)
{
    to->is_lost = to->is_lost || !cli_json_string(&to->out, text, &to->problem);
}

/* The comma before a member, a line of its own, and its name. */
static void
begin_member(json_out *to, const char *name)
{
    if (to->depth > 0) {
        append(to, to->has_members[to->depth] ? ",\n" : "\n");
        for (size_t i = 0; i < to->depth; i++)
            append(to, "  ");
    }
    to->has_members[to->depth] = true;
    if (!name)
        return;
    append_string(to, signet_slice_text(name));
    append(to, ": ");
}

void
json_open(json_out *to, const char *name, char bracket)
{
    begin_member(to, name);
    append(to, bracket == '[' ? "[" : "{");
    if (to->depth + 1 < JSON_DEPTH_MAX)
        to->depth++;
    to->has_members[to->depth] = false;
}

void
json_close(json_out *to, char bracket)
{
    bool had_members = to->has_members[to->depth];

    if (to->depth > 0)
        to->depth--;
    if (had_members) {
        append(to, "\n");
        for (size_t i = 0; i < to->depth; i++)
            append(to, "  ");
    }
    append(to, bracket == ']' ? "]" : "}");
}

void
json_slice(json_out *to, const char *name, signet_slice text)
{
    begin_member(to, name);
    append_string(to, text);
}

void
json_text(json_out *to, const char *name, const char *text)
{
    json_slice(to, name, signet_slice_text(text));
}

void
json_hex(json_out *to, const char *name, signet_slice bytes)
{
    SIGNET_AUTO(signet_buf_free) signet_buf hex = {0};

    to->is_lost = to->is_lost || !sg_hex_append(&hex, bytes, &to->problem);
    json_slice(to, name, signet_buf_slice(&hex));
}

void
json_bool(json_out *to, const char *name, bool value)
{
    begin_member(to, name);
    append(to, value ? "true" : "false");
}

void
json_number(json_out *to, const char *name, int64_t value)
{
    char text[32];

    begin_member(to, name);
    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    append(to, text);
}

void
json_unsigned(json_out *to, const char *name, uint64_t value)
{
    char text[32];

    begin_member(to, name);
    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    append(to, text);
}

void
json_raw(json_out *to, const char *name, signet_slice json)
{
    begin_member(to, name);
    to->is_lost = to->is_lost || !signet_buf_append(&to->out, json, &to->problem);
}

void
json_time(json_out *to, const char *name, int64_t seconds)
{
    char text[32];

    signet_time_format(seconds, text);
    json_text(to, name, text);
}

void
json_error(json_out *to, const char *name, const signet_error *err)
{
    json_open(to, name, '{');
    json_text(to, "code", signet_code_name(err->code));
    json_text(to, "message", err->message);
    json_close(to, '}');
}

int
json_print(json_out *to, int status)
{
    if (to->is_lost)
        return cli_failed(NULL, &to->problem);
    (void)fwrite(to->out.data, 1, to->out.len, stdout);
    (void)putchar('\n');
    return status;
}

void
json_free(json_out *to)
{
    signet_buf_free(&to->out);
}
