/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/time.h"
#include "codec/der.h"

enum { LONGEST_HEADER = 6 };

sg_der_writer
sg_der_writer_to(signet_buf *out)
{
    return (sg_der_writer){.out = out, .before = out->len};
}

static void
append(sg_der_writer *to, signet_slice bytes)
{
    if (to->problem.code == SIGNET_OK && !signet_buf_append(to->out, bytes, &to->problem))
        to->out->len = to->before;
}

/* Tag and length, in the shortest form; answers how many bytes. */
static size_t
make_header(uint8_t tag, size_t len, uint8_t ret_header[LONGEST_HEADER])
{
    size_t octets = len > 0xffffff ? 4 : len > 0xffff ? 3 : len > 0xff ? 2 : 1;

    ret_header[0] = tag;
    if (len < 0x80) {
        ret_header[1] = (uint8_t)len;
        return 2;
    }
    ret_header[1] = (uint8_t)(0x80 | octets);
    for (size_t i = 0; i < octets; i++)
        ret_header[2 + i] = (uint8_t)(len >> (8 * (octets - 1 - i)));
    return 2 + octets;
}

void
sg_der_begin(sg_der_writer *to, uint8_t tag)
{
    uint8_t header[2] = {tag, 0};

    append(to, (signet_slice){header, sizeof(header)});
    if (to->problem.code != SIGNET_OK)
        return;
    if (to->depth == SG_DER_DEPTH_MAX) {
        signet_error_set(&to->problem, SIGNET_E_USAGE, "DER nested too deeply");
        return;
    }
    to->open[to->depth++] = to->out->len;
}

void
sg_der_end(sg_der_writer *to)
{
    uint8_t header[LONGEST_HEADER];
    size_t start = 0, len = 0, size = 0;

    if (to->problem.code != SIGNET_OK || to->depth == 0)
        return;
    start = to->open[--to->depth];
    len = to->out->len - start;
    size = make_header(to->out->data[start - 2], len, header);
    if (size > 2) { /* the long form needs more room than sg_der_begin() left */
        append(to, (signet_slice){header, size - 2});
        if (to->problem.code != SIGNET_OK)
            return;
        memmove(to->out->data + start + size - 2, to->out->data + start, len);
    }
    memcpy(to->out->data + start - 2, header, size);
}

void
sg_der_write(sg_der_writer *to, uint8_t tag, signet_slice content)
{
    uint8_t header[LONGEST_HEADER];
    size_t size = make_header(tag, content.len, header);

    append(to, (signet_slice){header, size});
    append(to, content);
}

void
sg_der_write_raw(sg_der_writer *to, signet_slice der)
{
    append(to, der);
}

void
sg_der_write_unsigned(sg_der_writer *to, signet_slice number)
{
    static const uint8_t zero = 0;

    while (number.len > 0 && number.ptr[0] == 0)
        number = (signet_slice){number.ptr + 1, number.len - 1};
    sg_der_begin(to, SG_DER_INTEGER);
    if (number.len == 0 || number.ptr[0] & 0x80)
        append(to, (signet_slice){&zero, 1});
    append(to, number);
    sg_der_end(to);
}

void
sg_der_write_bits(sg_der_writer *to, signet_slice bytes)
{
    static const uint8_t unused = 0;

    sg_der_begin(to, SG_DER_BIT_STRING);
    append(to, (signet_slice){&unused, 1});
    append(to, bytes);
    sg_der_end(to);
}

void
sg_der_write_time(sg_der_writer *to, int64_t seconds)
{
    sg_civil_time civil = {0};
    char text[72]; /* as long as seven ints could be */
    bool is_short = false;

    if (!sg_civil_from_seconds(seconds, &civil)) {
        if (to->problem.code == SIGNET_OK)
            signet_error_set(&to->problem, SIGNET_E_TIME,
                "the time %lld is outside the years 0 to 9999", (long long)seconds);
        return;
    }
    is_short = civil.year >= 1950 && civil.year <= 2049;
    (void)snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ", civil.year, civil.month,
        civil.day, civil.hour, civil.minute, civil.second);
    sg_der_write(to, is_short ? SG_DER_UTC_TIME : SG_DER_GENERALIZED_TIME,
        signet_slice_text(is_short ? text + 2 : text));
}

bool
sg_der_write_end(sg_der_writer *to, signet_error *err)
{
    if (to->problem.code == SIGNET_OK && to->depth == 0)
        return true;
    to->out->len = to->before;
    if (to->problem.code == SIGNET_OK)
        return signet_fail(err, SIGNET_E_USAGE, "DER that was not closed");
    return signet_fail(err, to->problem.code, "%s", to->problem.message);
}
