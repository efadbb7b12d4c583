/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "codec/json.h"

sg_json_writer
sg_json_writer_to(signet_buf *out)
{
    return (sg_json_writer){.out = out, .before = out->len};
}

void
sg_json_write_raw(sg_json_writer *to, signet_slice json)
{
    if (to->problem.code == SIGNET_OK && !signet_buf_append(to->out, json, &to->problem))
        to->out->len = to->before;
}

void
sg_json_write(sg_json_writer *to, const char *literal)
{
    sg_json_write_raw(to, signet_slice_text(literal));
}

/* How the reference spells one character, or NULL: as it is. */
static const char *
escape_of(const signet_slice *text, size_t at, char room[8])
{
    static const char names[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    static const uint8_t separators[2][3] = {{0xe2, 0x80, 0xa8}, {0xe2, 0x80, 0xa9}};
    uint8_t c = text->ptr[at];
    const char *name = c ? strchr(names, (char)c) : NULL;

    if (name) {
        (void)snprintf(room, 8, "\\%c", letters[name - names]);
        return room;
    }
    if (c < 0x20 || c == '<' || c == '>' || c == '&') {
        (void)snprintf(room, 8, "\\u%04x", c);
        return room;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (text->len - at >= 3 && memcmp(text->ptr + at, separators[i], 3) == 0) {
            (void)snprintf(room, 8, "\\u202%u", 8 + i);
            return room;
        }
    }
    return NULL;
}

void
sg_json_write_string(sg_json_writer *to, signet_slice text)
{
    char room[8];
    size_t from = 0;

    if (to->problem.code == SIGNET_OK &&
        (!sg_is_utf8(text) || (text.len > 0 && memchr(text.ptr, 0, text.len))))
        signet_error_set(&to->problem, SIGNET_E_USAGE, "a text that is not UTF-8, or has a NUL");
    sg_json_write(to, "\"");
    for (size_t at = 0; at < text.len; at++) {
        const char *escape = escape_of(&text, at, room);

        if (!escape)
            continue;
        sg_json_write_raw(to, (signet_slice){text.ptr + from, at - from});
        sg_json_write(to, escape);
        at += text.ptr[at] == 0xe2 ? 2 : 0;
        from = at + 1;
    }
    if (from < text.len)
        sg_json_write_raw(to, (signet_slice){text.ptr + from, text.len - from});
    sg_json_write(to, "\"");
}

void
sg_json_write_base64(sg_json_writer *to, signet_slice bytes)
{
    sg_json_write(to, "\"");
    if (to->problem.code == SIGNET_OK && !sg_base64_append(to->out, bytes, 0, &to->problem))
        to->out->len = to->before;
    sg_json_write(to, "\"");
}

void
sg_json_write_base64url(sg_json_writer *to, signet_slice bytes)
{
    sg_json_write(to, "\"");
    for (size_t at = 0; at < bytes.len; at += 48) { /* a multiple of 3, so the parts join */
        signet_slice part = {bytes.ptr + at, bytes.len - at < 48 ? bytes.len - at : 48};
        char text[64];

        sg_base64url_encode(part, text);
        sg_json_write_raw(to, (signet_slice){(const uint8_t *)text, sg_base64url_size(part.len)});
    }
    sg_json_write(to, "\"");
}

void
sg_json_write_unsigned(sg_json_writer *to, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    sg_json_write(to, text);
}

void
sg_json_write_integer(sg_json_writer *to, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    sg_json_write(to, text);
}

bool
sg_json_write_end(sg_json_writer *to, signet_error *err)
{
    if (to->problem.code == SIGNET_OK)
        return true;
    to->out->len = to->before;
    return signet_fail(err, to->problem.code, "%s", to->problem.message);
}

bool
sg_json_append_string(signet_buf *out, const char *before, signet_slice text, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);

    sg_json_write(&to, before);
    sg_json_write_string(&to, text);
    return sg_json_write_end(&to, err);
}
