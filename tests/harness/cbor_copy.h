/* SPDX-License-Identifier: Apache-2.0 */
/* Read one item with the reader's typed functions and write the same with the writer's. */
#ifndef SG_TESTS_CBOR_COPY_H
#define SG_TESTS_CBOR_COPY_H

#include "codec/cbor.h"

/* What neither side has a function for (floats, integers of more than 64 bits) goes over as it is.
 */
static void
cbor_copy(sg_cbor_reader *in, sg_cbor_writer *to) // NOLINT(misc-no-recursion)
{
    size_t count = 0;

    switch (sg_cbor_next(in)) {
    case SG_CBOR_UINT:
        sg_cbor_write_uint(to, sg_cbor_read_uint(in));
        break;
    case SG_CBOR_BYTES:
        sg_cbor_write_bytes(to, sg_cbor_read_bytes(in));
        break;
    case SG_CBOR_TEXT:
        sg_cbor_write_text(to, sg_cbor_read_text(in));
        break;
    case SG_CBOR_ARRAY:
        count = sg_cbor_read_array(in);
        sg_cbor_write_array(to, count);
        for (; count > 0 && !in->problem; count--)
            cbor_copy(in, to);
        break;
    case SG_CBOR_MAP:
        count = sg_cbor_read_map(in);
        sg_cbor_write_map(to, count);
        for (count *= 2; count > 0 && !in->problem; count--)
            cbor_copy(in, to);
        break;
    case SG_CBOR_TAG:
        sg_cbor_write_tag(to, sg_cbor_read_tag(in));
        cbor_copy(in, to);
        break;
    case SG_CBOR_NINT:
        if (in->left.ptr[0] != 0x3b)
            sg_cbor_write_int(to, sg_cbor_read_int(in));
        else
            sg_cbor_write_raw(to, sg_cbor_read_any(in));
        break;
    case SG_CBOR_SIMPLE:
        if (sg_cbor_read_null(in))
            sg_cbor_write_null(to);
        else
            sg_cbor_write_raw(to, sg_cbor_read_any(in));
        break;
    case SG_CBOR_NOTHING:
        (void)sg_cbor_read_any(in);
        break;
    }
}

#endif
