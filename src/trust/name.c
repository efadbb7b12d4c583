/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names are what people read to decide whom they believe.  So everything in one is visible: no
 * controls, no space but U+0020 between other characters, nothing that turns the line around.
 */
#include "base/text.h"
#include "trust/trust.h"

static const struct {
    uint32_t first, last;
} invisible[] = {
    {0x0000, 0x001f},   /* C0 */
    {0x007f, 0x00a0},   /* DEL, C1, no-break space */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x1680, 0x1680},   /* Ogham space */
    {0x180e, 0x180e},   /* Mongolian vowel separator */
    {0x2000, 0x200b},   /* spaces of all widths; the joiners behind them are part of words */
    {0x200e, 0x200f},   /* marks of direction */
    {0x2028, 0x202f},   /* separators, embeddings, overrides */
    {0x205f, 0x206f},   /* mathematical space, invisible operators, isolates */
    {0x3000, 0x3000},   /* ideographic space */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xfff9, 0xfffb},   /* interlinear annotation */
    {0xe0000, 0xe007f}, /* tags */
};

static bool
is_invisible(uint32_t point)
{
    for (size_t i = 0; i < sizeof(invisible) / sizeof(invisible[0]); i++) {
        if (point >= invisible[i].first && point <= invisible[i].last)
            return true;
    }
    return false;
}

/* The first code point of text that is UTF-8, which is cut off. */
static uint32_t
take_point(signet_slice *text)
{
    uint8_t first = text->ptr[0];
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t point = len == 1 ? first : first & (0xffU >> (len + 1));

    for (size_t i = 1; i < len; i++)
        point = point << 6 | (text->ptr[i] & 0x3fU);
    text->ptr += len;
    text->len -= len;
    return point;
}

const char *
sg_trust_name_problem(signet_slice name)
{
    if (name.len == 0)
        return "is empty";
    if (name.len > SIGNET_TRUST_NAME_MAX)
        return "is longer than 256 bytes";
    if (!sg_is_utf8(name))
        return "is not UTF-8";
    if (name.ptr[0] == ' ' || name.ptr[name.len - 1] == ' ')
        return "begins or ends with a space";
    while (name.len > 0) {
        if (is_invisible(take_point(&name)))
            return "holds a control or an invisible character";
    }
    return NULL;
}

bool
signet_trust_name_check(const char *name, signet_error *err)
{
    const char *problem = sg_trust_name_problem(signet_slice_text(name));

    return !problem || signet_fail(err, SIGNET_E_USAGE, "name: %s", problem);
}

/* Up to the closing quote; \" and \\ are the only escapes. */
static const char *
read_quoted(signet_slice *line, uint8_t *ret_name, size_t *ret_len)
{
    size_t len = 0, at = 1;

    for (; at < line->len && line->ptr[at] != '"'; at++) {
        if (line->ptr[at] == '\\') {
            at++;
            if (at == line->len || (line->ptr[at] != '"' && line->ptr[at] != '\\'))
                return "has a backslash before something else than \" or \\";
        }
        if (len == SIGNET_TRUST_NAME_MAX)
            return "is longer than 256 bytes";
        ret_name[len++] = line->ptr[at];
    }
    if (at == line->len)
        return "has no closing quote";
    at++;
    if (at < line->len && line->ptr[at] != ' ' && line->ptr[at] != '\t')
        return "has text behind its closing quote";
    line->ptr += at;
    line->len -= at;
    *ret_len = len;
    return NULL;
}

static const char *
read_bare(signet_slice *line, uint8_t *ret_name, size_t *ret_len)
{
    size_t len = 0;

    for (; len < line->len && line->ptr[len] != ' ' && line->ptr[len] != '\t'; len++) {
        if (strchr("\"\\=", line->ptr[len]))
            return "must stand in quotes when it holds \", \\ or =";
        if (len == SIGNET_TRUST_NAME_MAX)
            return "is longer than 256 bytes";
        ret_name[len] = line->ptr[len];
    }
    line->ptr += len;
    line->len -= len;
    *ret_len = len;
    return NULL;
}

bool
sg_trust_read_name(signet_slice *line, char ret_name[SIGNET_TRUST_NAME_MAX + 1], signet_error *err)
{
    uint8_t *bytes = (uint8_t *)ret_name;
    size_t len = 0;
    bool is_quoted = line->len > 0 && line->ptr[0] == '"';
    const char *problem = is_quoted ? read_quoted(line, bytes, &len) : read_bare(line, bytes, &len);

    if (!problem)
        problem = sg_trust_name_problem((signet_slice){bytes, len});
    if (problem)
        return signet_fail(err, SIGNET_E_DECODE, "name: %s", problem);
    ret_name[len] = '\0';
    return true;
}

bool
sg_trust_write_name(const char *name, signet_buf *out, signet_error *err)
{
    if (!signet_trust_name_check(name, err))
        return false;
    if (name[0] != '#' && !strpbrk(name, " \"\\="))
        return signet_buf_append(out, signet_slice_text(name), err);
    if (!signet_buf_append(out, signet_slice_text("\""), err))
        return false;
    for (; *name; name++) {
        if (!signet_buf_printf(out, err, *name == '"' || *name == '\\' ? "\\%c" : "%c", *name))
            return false;
    }
    return signet_buf_append(out, signet_slice_text("\""), err);
}
