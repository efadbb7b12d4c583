/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/der.h"
#include "fuzz.h"

enum { DEEPEST = SG_DER_DEPTH_MAX };

static const uint8_t constructed = 0x20;

/* Copy elements from reader to writer, going into whatever is constructed. */
static void
copy(sg_der_reader *in, sg_der_writer *to, int depth)
{
    while (sg_der_has_more(in)) {
        uint8_t tag = in->left.ptr[0];

        if (tag & constructed && depth < DEEPEST) {
            sg_der_reader inner = sg_der_enter(in, tag, "constructed");

            sg_der_begin(to, tag);
            copy(&inner, to, depth + 1);
            sg_der_end(to);
            sg_der_leave(in, &inner, "constructed");
        } else {
            sg_der_write(to, tag, sg_der_read(in, tag, "primitive"));
        }
    }
}

/* What the readers of values take from an element, its writer writes as the very same bytes. */
static void
check_values(signet_slice der)
{
    SIGNET_AUTO(signet_buf_free) signet_buf time = {0}, bits = {0}, number = {0};
    sg_der_reader in = sg_der_reader_of(der);
    sg_der_writer to = sg_der_writer_to(&time);
    int64_t seconds = sg_der_read_time(&in, "time");

    sg_der_write_time(&to, seconds);
    if (!in.problem)
        PROPERTY(sg_der_write_end(&to, NULL) && time.len == der.len - in.left.len &&
                 memcmp(time.data, der.ptr, time.len) == 0);

    in = sg_der_reader_of(der);
    to = sg_der_writer_to(&bits);
    sg_der_write_bits(&to, sg_der_read_bits(&in, "bits"));
    if (!in.problem)
        PROPERTY(sg_der_write_end(&to, NULL) && bits.len == der.len - in.left.len &&
                 memcmp(bits.data, der.ptr, bits.len) == 0);

    in = sg_der_reader_of(der);
    to = sg_der_writer_to(&number);

    uint32_t small = sg_der_read_small(&in, "number");
    const uint8_t big_endian[] = {
        (uint8_t)(small >> 24), (uint8_t)(small >> 16), (uint8_t)(small >> 8), (uint8_t)small};

    sg_der_write_unsigned(&to, (signet_slice){big_endian, sizeof(big_endian)});
    if (!in.problem)
        PROPERTY(sg_der_write_end(&to, NULL) && number.len == der.len - in.left.len &&
                 memcmp(number.data, der.ptr, number.len) == 0);
}

/*
 * Any bytes: what the strict reader accepts to the last byte has one encoding only, so that the
 * writer makes the same bytes of it.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_buf_free) signet_buf copied = {0};
    signet_slice der = {data, size};
    sg_der_reader in = sg_der_reader_of(der);
    sg_der_writer to = sg_der_writer_to(&copied);

    check_values(der);
    copy(&in, &to, 0);
    if (!sg_der_read_end(&in, "input", NULL))
        return 0;
    PROPERTY(sg_der_write_end(&to, NULL));
    PROPERTY(signet_slice_is_equal(der, signet_buf_slice(&copied)));
    return 0;
}
