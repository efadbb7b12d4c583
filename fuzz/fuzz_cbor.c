/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor_copy.h"
#include "fuzz.h"

/*
 * What the strict reader takes is well-formed for the wide one too, and, read value by value and
 * written again, the very same bytes.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice input = {data, size}, item = {0};
    sg_cbor_reader whole = sg_cbor_reader_of(input), in = whole;
    sg_cbor_writer to = sg_cbor_writer_to(&out);
    bool is_well_formed = sg_cbor_is_well_formed(input);

    if (is_well_formed)
        (void)sg_cbor_probe_map(input);
    item = sg_cbor_read_any(&whole);
    PROPERTY(!whole.problem || (item.len == 0 && whole.left.len == 0));
    if (whole.problem)
        return 0;
    PROPERTY(item.ptr == data && item.len + whole.left.len == size && item.len > 0);
    PROPERTY(is_well_formed == (whole.left.len == 0) || whole.left.len > 0);
    PROPERTY(sg_cbor_is_well_formed(item));
    cbor_copy(&in, &to);
    PROPERTY(!in.problem && sg_cbor_write_end(&to, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&out), item));
    return 0;
}
