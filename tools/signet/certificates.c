/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "signet/certificates.h"

bool
certificates_read(const char *path, certificates *ret_found, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_slice rest = {0};
    signet_error reason = {0};

    if (!sg_file_read(path, CERTIFICATE_FILE_MAX, SG_FILE_ANY, &text, err))
        return false;
    rest = signet_buf_slice(&text);
    while (ret_found->count < CERTIFICATES_MAX &&
        signet_cert_dearmor(&rest, &ret_found->der[ret_found->count], &reason)) {
        ret_found->slices[ret_found->count] = signet_buf_slice(&ret_found->der[ret_found->count]);
        ret_found->count++;
    }
    if (ret_found->count == CERTIFICATES_MAX)
        return signet_fail(
            err, SIGNET_E_CERT, "%s: more than %d certificates", path, CERTIFICATES_MAX - 1);
    if (reason.code != SIGNET_E_NOT_FOUND)
        return signet_fail(err, reason.code, "%s: %s", path, reason.message);
    if (ret_found->count == 0)
        return signet_fail(err, SIGNET_E_CERT, "no valid certificates found in CA file %s", path);
    return true;
}

bool
certificate_is_signet(const signet_cert *cert)
{
    /* an organisation of six bytes, in the two kinds of text that certificates use for it */
    static const uint8_t names[][13] = {
        {0x06, 0x03, 0x55, 0x04, 0x0a, 0x13, 0x06, 'S', 'i', 'g', 'n', 'e', 't'},
        {0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 0x06, 'S', 'i', 'g', 'n', 'e', 't'},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (cert->subject.len > 0 &&
            memmem(cert->subject.ptr, cert->subject.len, names[i], sizeof(names[i])))
            return true;
    }
    return false;
}

void
certificates_free(certificates *found)
{
    for (size_t i = 0; i < found->count; i++)
        signet_buf_free(&found->der[i]);
    found->count = 0;
}
