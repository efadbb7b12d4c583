/* SPDX-License-Identifier: Apache-2.0 */
/* The value of the capability extension, spec 2.8: SEQUENCE OF UTF8String. */
#include <signet/cert.h>

#include "base/text.h"
#include "codec/der.h"

static bool
has_controls(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return true;
    }
    return false;
}

static bool
check_capability(signet_slice text, signet_error *err)
{
    if (text.len > SIGNET_CAPABILITY_MAX)
        return signet_fail(err, SIGNET_E_CERT, "capability of %zu bytes is too long", text.len);
    if (!sg_is_utf8(text) || has_controls(text))
        return signet_fail(err, SIGNET_E_CERT, "capability is not text");
    return true;
}

bool
signet_capabilities_write(
    const signet_slice *capabilities, size_t count, signet_buf *out, signet_error *err)
{
    sg_der_writer to = sg_der_writer_to(out);

    if (count > SIGNET_CAPABILITIES_MAX)
        return signet_fail(err, SIGNET_E_CERT, "%zu capabilities are too many", count);
    for (size_t i = 0; i < count; i++) {
        if (!check_capability(capabilities[i], err))
            return false;
    }
    sg_der_begin(&to, SG_DER_SEQUENCE);
    for (size_t i = 0; i < count; i++)
        sg_der_write(&to, SG_DER_UTF8_STRING, capabilities[i]);
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}

bool
signet_capabilities_read(
    signet_slice der, signet_slice *ret_capabilities, size_t *ret_count, signet_error *err)
{
    sg_der_reader in = sg_der_reader_of(der);
    sg_der_reader list = sg_der_enter(&in, SG_DER_SEQUENCE, "capabilities");
    size_t count = 0;

    while (sg_der_has_more(&list)) {
        signet_slice text = sg_der_read(&list, SG_DER_UTF8_STRING, "capability");

        if (list.problem)
            break;
        if (count == SIGNET_CAPABILITIES_MAX)
            return signet_fail(err, SIGNET_E_CERT, "capabilities are too many");
        if (!check_capability(text, err))
            return false;
        ret_capabilities[count++] = text;
    }
    sg_der_leave(&in, &list, "capabilities");
    if (!sg_der_read_end(&in, "capabilities", err))
        return false;
    *ret_count = count;
    return true;
}
