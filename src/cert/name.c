/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "cert/name.h"
#include "cert/oid.h"

static const char organization[] = "Signet";
static const char replacement[] = "Signet Ephemeral";

/* X.680 41.4 as the reference has it: without '*', '&' and '@'. */
static bool
is_printable_string(signet_slice text)
{
    static const char marks[] = " '()+,-./:=?";

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool is_alphanumeric =
            (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (!is_alphanumeric && (c == 0 || !strchr(marks, c)))
            return false;
    }
    return true;
}

static void
write_attribute(sg_der_writer *to, signet_slice type, signet_slice value)
{
    sg_der_begin(to, SG_DER_SET);
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, type);
    sg_der_write(
        to, is_printable_string(value) ? SG_DER_PRINTABLE_STRING : SG_DER_UTF8_STRING, value);
    sg_der_end(to);
    sg_der_end(to);
}

void
sg_name_write(sg_der_writer *to, signet_slice common_name)
{
    if (common_name.len > SG_COMMON_NAME_MAX)
        common_name = signet_slice_text(replacement);
    sg_der_begin(to, SG_DER_SEQUENCE);
    write_attribute(to, SG_OID(ORGANIZATION), signet_slice_text(organization));
    write_attribute(to, SG_OID(COMMON_NAME), common_name);
    sg_der_end(to);
}

static void
read_attribute(sg_der_reader *set, signet_slice *ret_common_name, const char *field)
{
    sg_der_reader attribute = sg_der_enter(set, SG_DER_SEQUENCE, field);
    signet_slice type = sg_der_read(&attribute, SG_DER_OID, field);
    signet_slice value = {0};

    if (signet_slice_is_equal(type, SG_OID(COMMON_NAME)) &&
        (sg_der_next_is(&attribute, SG_DER_UTF8_STRING) ||
            sg_der_next_is(&attribute, SG_DER_PRINTABLE_STRING))) {
        value = sg_der_read(&attribute, attribute.left.ptr[0], field);
        if (!sg_is_utf8(value) || (value.len > 0 && memchr(value.ptr, 0, value.len)))
            sg_der_refuse(&attribute, field, "has a common name that is not text");
        *ret_common_name = value;
    } else {
        (void)sg_der_read_any(&attribute, field);
    }
    sg_der_leave(set, &attribute, field);
}

signet_slice
sg_name_read(sg_der_reader *in, signet_slice *ret_common_name, const char *field)
{
    signet_slice whole = sg_der_read_whole(in, SG_DER_SEQUENCE, field);
    sg_der_reader outer = sg_der_reader_of(whole), name = {0};

    if (in->problem)
        return whole;
    name = sg_der_enter(&outer, SG_DER_SEQUENCE, field);
    while (sg_der_has_more(&name)) {
        sg_der_reader set = sg_der_enter(&name, SG_DER_SET, field);

        do
            read_attribute(&set, ret_common_name, field);
        while (sg_der_has_more(&set));
        sg_der_leave(&name, &set, field);
    }
    sg_der_leave(in, &name, field);
    return whole;
}
