/* SPDX-License-Identifier: Apache-2.0 */
/* Any object or array, in one pass into one allocation.  (jansson is not used here: when it cannot
 * allocate while it reads a text, it goes on with a shorter one.) */
#include <stdlib.h>

#include "codec/json.h"

typedef struct {
    sg_json_reader in;
    signet_slice text;
    sg_json *values;
    size_t count, room;
    int depth;
} builder;

static void read_value(builder *it, signet_slice name);

static void
skip(sg_json_reader *in, const char *characters)
{
    while (sg_json_peek(in) && strchr(characters, sg_json_peek(in))) {
        in->left.ptr++;
        in->left.len--;
    }
}

static void
skip_space(sg_json_reader *in)
{
    skip(in, " \t\n\r");
}

static void
skip_digits(sg_json_reader *in)
{
    size_t before = in->left.len;

    skip(in, "0123456789");
    if (in->left.len == before)
        sg_json_refuse(in, "a value is missing, or is none");
}

/* What has neither fraction nor exponent is an integer, and refused when it is too large for one.
 */
static void
read_number(sg_json_reader *in, sg_json *value)
{
    signet_slice start = in->left;

    value->type = SG_JSON_NUMBER;
    (void)sg_json_has(in, "-");
    if (!sg_json_has(in, "0"))
        skip_digits(in);
    if (!sg_json_peek(in) || !strchr(".eE", sg_json_peek(in))) {
        value->type = SG_JSON_INT;
        in->left = start;
        value->number = sg_json_has(in, "-0") ? 0 : sg_json_integer(in);
        return;
    }
    if (sg_json_has(in, "."))
        skip_digits(in);
    if (!sg_json_has(in, "e") && !sg_json_has(in, "E"))
        return;
    if (!sg_json_has(in, "+"))
        (void)sg_json_has(in, "-");
    skip_digits(in);
}

/* The name of the next member, which no other has, and the colon. */
static signet_slice
read_name(builder *it, size_t object)
{
    signet_slice name = {0};
    size_t members = 0;

    skip_space(&it->in);
    name = sg_json_string(&it->in);
    for (size_t i = object + 1; i < it->count; i += it->values[i].size, members++) {
        if (signet_slice_is_equal(it->values[i].name, name))
            sg_json_refuse(&it->in, "a member twice");
    }
    if (members == SG_JSON_MEMBERS_MAX)
        sg_json_refuse(&it->in, "too many members");
    skip_space(&it->in);
    if (!sg_json_has(&it->in, ":"))
        sg_json_refuse(&it->in, "no colon after a name");
    return name;
}

/* What is in an object or array, and its end. */
static void
read_inside(builder *it, size_t self)
{
    bool is_object = it->values[self].type == SG_JSON_OBJECT;
    const char *close = is_object ? "}" : "]";

    if (it->depth == SG_JSON_DEPTH_MAX)
        sg_json_refuse(&it->in, "too deep");
    it->depth++;
    skip_space(&it->in);
    if (!sg_json_has(&it->in, close)) {
        do {
            read_value(it, is_object ? read_name(it, self) : (signet_slice){0});
        } while (sg_json_has(&it->in, ","));
        if (!sg_json_has(&it->in, close))
            sg_json_refuse(&it->in, "an object or array without end");
    }
    it->depth--;
}

static void
read_kind(builder *it, size_t self)
{
    sg_json *value = &it->values[self];
    sg_json_reader *in = &it->in;
    bool is_object = sg_json_has(in, "{");

    if (is_object || sg_json_has(in, "[")) {
        value->type = is_object ? SG_JSON_OBJECT : SG_JSON_ARRAY;
        read_inside(it, self);
    } else if (sg_json_peek(in) == '"') {
        value->type = SG_JSON_TEXT;
        value->text = sg_json_string(in);
    } else if (sg_json_has(in, "true")) {
        value->type = SG_JSON_BOOL;
        value->is_true = true;
    } else if (sg_json_has(in, "false")) {
        value->type = SG_JSON_BOOL;
    } else if (!sg_json_has(in, "null")) {
        read_number(in, value);
    }
}

/* A value and the white space around it. */
static void
read_value(builder *it, signet_slice name)
{
    size_t self = it->count, before = 0;

    if (self == it->room) {
        sg_json_refuse(&it->in, "too many values");
        return;
    }
    skip_space(&it->in);
    before = it->in.left.len;
    it->values[it->count++] = (sg_json){.name = name, .at = it->text.len - before};
    read_kind(it, self);
    it->values[self].size = it->count - self;
    it->values[self].len = before - it->in.left.len;
    skip_space(&it->in);
}

/* Each value is the first, or stands after one of these. */
static size_t
most_values(signet_slice text)
{
    size_t count = 1;

    for (size_t i = 0; i < text.len && count < SG_JSON_VALUES_MAX; i++)
        count += text.ptr[i] == ',' || text.ptr[i] == '[' || text.ptr[i] == '{';
    return count;
}

static size_t
line_of(const builder *it)
{
    size_t line = 1;

    for (size_t i = 0; i < it->text.len - it->in.left.len; i++)
        line += it->text.ptr[i] == '\n';
    return line;
}

static sg_json *
read_text(signet_slice text, char open, const char *what, signet_error *err)
{
    builder it = {.text = text, .room = most_values(text)};
    SIGNET_AUTO(sg_json_free) sg_json *values = NULL;

    if (text.len > SG_JSON_MAX)
        return signet_fail_null(
            err, SIGNET_E_DECODE, "%s: %zu bytes, at most %d", what, text.len, SG_JSON_MAX);
    values = calloc(1, it.room * sizeof(*values) + text.len);
    if (!values)
        return signet_fail_null(err, SIGNET_E_NOMEM, "%s: out of memory", what);
    it.values = values;
    it.in = sg_json_reader_of(text, (uint8_t *)(values + it.room), text.len);
    skip_space(&it.in);
    if (sg_json_peek(&it.in) != open)
        sg_json_refuse(&it.in, "another value, or none");
    read_value(&it, (signet_slice){0});
    if (it.in.left.len > 0)
        sg_json_refuse(&it.in, "something after its end");
    if (it.in.problem)
        return signet_fail_null(err, SIGNET_E_DECODE, "%s: not a JSON %s: line %zu: %s", what,
            open == '{' ? "object" : "array", line_of(&it), it.in.problem);
    return SIGNET_TAKE(values);
}

sg_json *
sg_json_read_object(signet_slice text, const char *what, signet_error *err)
{
    return read_text(text, '{', what, err);
}

sg_json *
sg_json_read_array(signet_slice text, const char *what, signet_error *err)
{
    return read_text(text, '[', what, err);
}

void
sg_json_free(sg_json *value)
{
    free(value);
}
