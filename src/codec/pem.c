/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "codec/pem.h"

static const char begin[] = "-----BEGIN ";
static const char end[] = "-----END ";
static const char dashes[] = "-----";

enum { PEM_LINE = 64 };

bool
sg_pem_write(signet_buf *out, const char *label, signet_slice bytes, signet_error *err)
{
    size_t before = out->len;

    if (signet_buf_printf(out, err, "-----BEGIN %s-----\n", label) &&
        sg_base64_append(out, bytes, PEM_LINE, err) &&
        signet_buf_printf(out, err, "-----END %s-----\n", label))
        return true;
    out->len = before;
    return false;
}

/* Cut the next line off, without its LF or CR LF.  False at the end of the text. */
static bool
next_line(signet_slice *text, signet_slice *ret_line)
{
    const uint8_t *newline = NULL;

    if (text->len == 0)
        return false;
    newline = memchr(text->ptr, '\n', text->len);
    *ret_line = (signet_slice){text->ptr, newline ? (size_t)(newline - text->ptr) : text->len};
    text->ptr += ret_line->len + (newline ? 1 : 0);
    text->len -= ret_line->len + (newline ? 1 : 0);
    if (ret_line->len > 0 && ret_line->ptr[ret_line->len - 1] == '\r')
        ret_line->len--;
    return true;
}

/* Whether `line` is a boundary that begins with `start`; what it is called goes to `ret_label`. */
static bool
is_boundary(signet_slice line, const char *start, signet_slice *ret_label)
{
    size_t head = strlen(start), tail = strlen(dashes);

    if (line.len < head + tail || memcmp(line.ptr, start, head) != 0 ||
        memcmp(line.ptr + line.len - tail, dashes, tail) != 0)
        return false;
    *ret_label = (signet_slice){line.ptr + head, line.len - head - tail};
    return true;
}

static bool
read_body(signet_slice *text, signet_slice label, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf base64 = {0};
    signet_slice line = {0}, last = {0};

    while (next_line(text, &line)) {
        if (is_boundary(line, end, &last)) {
            if (!signet_slice_is_equal(label, last))
                return signet_fail(
                    err, SIGNET_E_DECODE, "PEM block ends with another label than it begins with");
            return sg_base64_decode(signet_buf_slice(&base64), out, err);
        }
        if (line.len > 0 && memchr(line.ptr, ':', line.len))
            return signet_fail(err, SIGNET_E_DECODE, "PEM block has headers");
        if (!signet_buf_append(&base64, line, err))
            return false;
    }
    return signet_fail(err, SIGNET_E_DECODE, "PEM block has no END line");
}

bool
sg_pem_read(signet_slice text, sg_pem_block *ret_block, signet_error *err)
{
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};
    signet_slice line = {0}, label = {0};

    while (next_line(&text, &line)) {
        if (!is_boundary(line, begin, &label))
            continue;
        if (label.len == 0 || label.len > SG_PEM_LABEL_MAX || !sg_is_printable(label))
            return signet_fail(err, SIGNET_E_DECODE, "PEM block has no usable label");
        if (!read_body(&text, label, &block.bytes, err))
            return false;
        memcpy(block.label, label.ptr, label.len);
        block.rest = text;
        *ret_block = block;
        block = (sg_pem_block){0};
        return true;
    }
    return signet_fail(err, SIGNET_E_NOT_FOUND, "no PEM block");
}

void
sg_pem_block_free(sg_pem_block *block)
{
    if (!block)
        return;
    signet_buf_free(&block->bytes);
    *block = (sg_pem_block){0};
}
