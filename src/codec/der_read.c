/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "codec/der.h"

enum { LONGEST_LENGTH = 4 }; /* octets of a long-form length */

sg_der_reader
sg_der_reader_of(signet_slice bytes)
{
    return (sg_der_reader){.left = bytes};
}

void
sg_der_refuse(sg_der_reader *in, const char *field, const char *problem)
{
    if (in->problem)
        return;
    in->field = field;
    in->problem = problem;
    in->left.len = 0;
}

/* Length octets of a long form: how many bytes of content; false when not the shortest form. */
static bool
long_length(const uint8_t *octets, size_t count, size_t *ret_len)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++)
        len = len << 8 | octets[i];
    *ret_len = len;
    return octets[0] != 0 && len > 0x7f;
}

/* Split the next element off; `ret_header` is the size of tag and length. */
static signet_slice
next_element(sg_der_reader *in, const char *field, size_t *ret_header)
{
    static const signet_slice nothing = {NULL, 0};
    signet_slice left = in->left;
    size_t header = 2, len = 0;

    if (in->problem)
        return nothing;
    if (left.len < 2) {
        sg_der_refuse(in, field, left.len == 0 ? "is missing" : "is cut short");
        return nothing;
    }
    if ((left.ptr[0] & 0x1f) == 0x1f) {
        sg_der_refuse(in, field, "has a tag of several bytes");
        return nothing;
    }
    len = left.ptr[1];
    if (len == 0x80 || len > 0x80 + LONGEST_LENGTH) {
        sg_der_refuse(in, field, len == 0x80 ? "has no definite length" : "is too long");
        return nothing;
    }
    if (len > 0x80) {
        size_t count = len & 0x7f;

        if (left.len - 2 < count) {
            sg_der_refuse(in, field, "is cut short");
            return nothing;
        }
        if (!long_length(left.ptr + 2, count, &len)) {
            sg_der_refuse(in, field, "has a length that is not in its shortest form");
            return nothing;
        }
        header += count;
    }
    if (len > left.len - header) {
        sg_der_refuse(in, field, "is cut short");
        return nothing;
    }
    *ret_header = header;
    in->left = (signet_slice){left.ptr + header + len, left.len - header - len};
    return (signet_slice){left.ptr, header + len};
}

static bool
check_tag(sg_der_reader *in, uint8_t tag, const char *field)
{
    if (!in->problem && in->left.len > 0 && in->left.ptr[0] != tag)
        sg_der_refuse(in, field, "is missing or of another type");
    return !in->problem;
}

signet_slice
sg_der_read_any(sg_der_reader *in, const char *field)
{
    size_t header = 0;

    return next_element(in, field, &header);
}

signet_slice
sg_der_read_whole(sg_der_reader *in, uint8_t tag, const char *field)
{
    size_t header = 0;

    (void)check_tag(in, tag, field);
    return next_element(in, field, &header);
}

signet_slice
sg_der_read(sg_der_reader *in, uint8_t tag, const char *field)
{
    size_t header = 0;
    signet_slice whole = {0};

    (void)check_tag(in, tag, field);
    whole = next_element(in, field, &header);
    if (in->problem)
        return whole;
    return (signet_slice){whole.ptr + header, whole.len - header};
}

sg_der_reader
sg_der_enter(sg_der_reader *in, uint8_t tag, const char *field)
{
    sg_der_reader inner = sg_der_reader_of(sg_der_read(in, tag, field));

    inner.field = in->field;
    inner.problem = in->problem;
    return inner;
}

void
sg_der_leave(sg_der_reader *in, const sg_der_reader *inner, const char *field)
{
    if (inner->problem)
        sg_der_refuse(in, inner->field, inner->problem);
    else if (inner->left.len > 0)
        sg_der_refuse(in, field, "has something after its last part");
}

bool
sg_der_next_is(const sg_der_reader *in, uint8_t tag)
{
    return sg_der_has_more(in) && in->left.ptr[0] == tag;
}

bool
sg_der_has_more(const sg_der_reader *in)
{
    return !in->problem && in->left.len > 0;
}

uint32_t
sg_der_read_small(sg_der_reader *in, const char *field)
{
    signet_slice content = sg_der_read(in, SG_DER_INTEGER, field);
    uint32_t value = 0;

    if (in->problem)
        return 0;
    if (content.len == 0 || content.len > 4 || content.ptr[0] & 0x80) {
        sg_der_refuse(in, field, "is not a small number");
        return 0;
    }
    if (content.len > 1 && content.ptr[0] == 0 && !(content.ptr[1] & 0x80)) {
        sg_der_refuse(in, field, "is not in its shortest form");
        return 0;
    }
    for (size_t i = 0; i < content.len; i++)
        value = value << 8 | content.ptr[i];
    return value;
}

bool
sg_der_read_boolean(sg_der_reader *in, const char *field)
{
    signet_slice content = sg_der_read(in, SG_DER_BOOLEAN, field);

    if (in->problem)
        return false;
    if (content.len != 1 || (content.ptr[0] != 0x00 && content.ptr[0] != 0xff)) {
        sg_der_refuse(in, field, "is neither true nor false");
        return false;
    }
    return content.ptr[0] == 0xff;
}

signet_slice
sg_der_read_bits(sg_der_reader *in, const char *field)
{
    signet_slice content = sg_der_read(in, SG_DER_BIT_STRING, field);

    if (in->problem)
        return content;
    if (content.len == 0 || content.ptr[0] != 0) {
        sg_der_refuse(in, field, "is not a string of whole bytes");
        return (signet_slice){NULL, 0};
    }
    return (signet_slice){content.ptr + 1, content.len - 1};
}

int64_t
sg_der_read_time(sg_der_reader *in, const char *field)
{
    bool is_long = sg_der_next_is(in, SG_DER_GENERALIZED_TIME);
    signet_slice text = sg_der_read(in, is_long ? SG_DER_GENERALIZED_TIME : SG_DER_UTC_TIME, field);
    const uint8_t *at = text.ptr;
    sg_civil_time civil = {0};
    int64_t seconds = 0;

    if (in->problem)
        return 0;
    if (text.len != (is_long ? 15U : 13U) || text.ptr[text.len - 1] != 'Z') {
        sg_der_refuse(in, field, "is not a time in UTC");
        return 0;
    }
    civil.year = sg_digits(at, is_long ? 4 : 2);
    at += is_long ? 4 : 2;
    if (!is_long && civil.year >= 0)
        civil.year += civil.year >= 50 ? 1900 : 2000;
    civil.month = sg_digits(at, 2);
    civil.day = sg_digits(at + 2, 2);
    civil.hour = sg_digits(at + 4, 2);
    civil.minute = sg_digits(at + 6, 2);
    civil.second = sg_digits(at + 8, 2);
    if (!sg_civil_to_seconds(&civil, &seconds))
        sg_der_refuse(in, field, "is not a time in UTC");
    else if (is_long && civil.year >= 1950 && civil.year <= 2049)
        sg_der_refuse(in, field, "is a time not in its shortest form");
    return seconds;
}

bool
sg_der_read_end(const sg_der_reader *in, const char *what, signet_error *err)
{
    if (in->problem)
        return signet_fail(err, SIGNET_E_DECODE, "%s %s", in->field, in->problem);
    if (in->left.len > 0)
        return signet_fail(
            err, SIGNET_E_DECODE, "%s has %zu bytes after its end", what, in->left.len);
    return true;
}
