/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "codec/cbor.h"

sg_cbor_writer
sg_cbor_writer_to(signet_buf *out)
{
    return (sg_cbor_writer){.out = out, .before = out->len};
}

void
sg_cbor_write_raw(sg_cbor_writer *to, signet_slice cbor)
{
    if (to->problem.code == SIGNET_OK && !signet_buf_append(to->out, cbor, &to->problem))
        to->out->len = to->before;
}

static void
write_head(sg_cbor_writer *to, sg_cbor_type type, uint64_t value)
{
    size_t octets = value > 0xffffffff ? 8 : value > 0xffff ? 4 : value > 0xff ? 2 : value > 23;
    uint8_t bytes[9] = {(uint8_t)(type << 5 | value)};
    static const uint8_t infos[] = {0, 24, 25, 0, 26, 0, 0, 0, 27};

    if (octets > 0)
        bytes[0] = (uint8_t)(type << 5 | infos[octets]);
    for (size_t i = 0; i < octets; i++)
        bytes[1 + i] = (uint8_t)(value >> (8 * (octets - 1 - i)));
    sg_cbor_write_raw(to, (signet_slice){bytes, 1 + octets});
}

void
sg_cbor_write_null(sg_cbor_writer *to)
{
    write_head(to, SG_CBOR_SIMPLE, 22);
}

void
sg_cbor_write_uint(sg_cbor_writer *to, uint64_t value)
{
    write_head(to, SG_CBOR_UINT, value);
}

void
sg_cbor_write_int(sg_cbor_writer *to, int64_t value)
{
    write_head(to, value < 0 ? SG_CBOR_NINT : SG_CBOR_UINT,
        value < 0 ? (uint64_t)(-1 - value) : (uint64_t)value);
}

void
sg_cbor_write_bytes(sg_cbor_writer *to, signet_slice bytes)
{
    write_head(to, SG_CBOR_BYTES, bytes.len);
    sg_cbor_write_raw(to, bytes);
}

void
sg_cbor_write_text(sg_cbor_writer *to, signet_slice text)
{
    if (!sg_is_utf8(text) && to->problem.code == SIGNET_OK)
        signet_error_set(&to->problem, SIGNET_E_USAGE, "a text that is not UTF-8");
    write_head(to, SG_CBOR_TEXT, text.len);
    sg_cbor_write_raw(to, text);
}

void
sg_cbor_write_array(sg_cbor_writer *to, size_t count)
{
    write_head(to, SG_CBOR_ARRAY, count);
}

void
sg_cbor_write_map(sg_cbor_writer *to, size_t pairs)
{
    write_head(to, SG_CBOR_MAP, pairs);
}

void
sg_cbor_write_tag(sg_cbor_writer *to, uint64_t tag)
{
    write_head(to, SG_CBOR_TAG, tag);
}

bool
sg_cbor_write_end(sg_cbor_writer *to, signet_error *err)
{
    if (to->problem.code == SIGNET_OK)
        return true;
    to->out->len = to->before;
    return signet_fail(err, to->problem.code, "%s", to->problem.message);
}
