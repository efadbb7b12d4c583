/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "codec/exact_json.h"

sg_exact_writer
sg_exact_writer_to(signet_buf *out)
{
    return (sg_exact_writer){.out = out, .before = out->len};
}

static void
append(sg_exact_writer *to, signet_slice bytes)
{
    if (to->problem.code == SIGNET_OK && !signet_buf_append(to->out, bytes, &to->problem))
        to->out->len = to->before;
}

void
sg_exact_write(sg_exact_writer *to, const char *literal)
{
    append(to, signet_slice_text(literal));
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
sg_exact_write_string(sg_exact_writer *to, signet_slice text)
{
    char room[8];
    size_t from = 0;

    if (to->problem.code == SIGNET_OK &&
        (!sg_is_utf8(text) || (text.len > 0 && memchr(text.ptr, 0, text.len))))
        signet_error_set(&to->problem, SIGNET_E_USAGE, "a text that is not UTF-8, or has a NUL");
    append(to, signet_slice_text("\""));
    for (size_t at = 0; at < text.len; at++) {
        const char *escape = escape_of(&text, at, room);

        if (!escape)
            continue;
        append(to, (signet_slice){text.ptr + from, at - from});
        append(to, signet_slice_text(escape));
        at += text.ptr[at] == 0xe2 ? 2 : 0;
        from = at + 1;
    }
    if (from < text.len)
        append(to, (signet_slice){text.ptr + from, text.len - from});
    append(to, signet_slice_text("\""));
}

void
sg_exact_write_base64(sg_exact_writer *to, signet_slice bytes)
{
    append(to, signet_slice_text("\""));
    if (to->problem.code == SIGNET_OK && !sg_base64_append(to->out, bytes, 0, &to->problem))
        to->out->len = to->before;
    append(to, signet_slice_text("\""));
}

void
sg_exact_write_base64url(sg_exact_writer *to, signet_slice bytes)
{
    append(to, signet_slice_text("\""));
    for (size_t at = 0; at < bytes.len; at += 48) { /* a multiple of 3, so the parts join */
        signet_slice part = {bytes.ptr + at, bytes.len - at < 48 ? bytes.len - at : 48};
        char text[64];

        sg_base64url_encode(part, text);
        append(to, (signet_slice){(const uint8_t *)text, sg_base64url_size(part.len)});
    }
    append(to, signet_slice_text("\""));
}

void
sg_exact_write_unsigned(sg_exact_writer *to, uint64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, value);
    sg_exact_write(to, text);
}

void
sg_exact_write_integer(sg_exact_writer *to, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    sg_exact_write(to, text);
}

bool
sg_exact_write_end(sg_exact_writer *to, signet_error *err)
{
    if (to->problem.code == SIGNET_OK)
        return true;
    to->out->len = to->before;
    return signet_fail(err, to->problem.code, "%s", to->problem.message);
}
