/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "certificates.h"

enum { DER_SEQUENCE = 0x30 };

static bool
add(signet_slice text, certificates *found, signet_error *err)
{
    signet_buf *der = &found->der[found->count];

    if (found->count + 1 == CERTIFICATES_MAX)
        return signet_fail(err, SIGNET_E_CERT, "more than %d certificates", CERTIFICATES_MAX - 1);
    if (!signet_cert_from_pem(text, der, err))
        return false;
    found->slices[found->count++] = signet_buf_slice(der);
    return true;
}

bool
certificates_read(const char *path, certificates *ret_found, signet_error *err)
{
    static const char boundary[] = "-----BEGIN CERTIFICATE-----";
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_slice rest = {0};
    bool is_fine = true;

    if (!sg_file_read(path, CERTIFICATE_FILE_MAX, SG_FILE_ANY, &text, err))
        return false;
    rest = signet_buf_slice(&text);
    if (rest.len > 0 && rest.ptr[0] == DER_SEQUENCE)
        return add(rest, ret_found, err);
    while (is_fine && rest.len > 0) {
        const uint8_t *at = memmem(rest.ptr, rest.len, boundary, sizeof(boundary) - 1);

        if (!at)
            break;
        rest.len -= (size_t)(at - rest.ptr);
        rest.ptr = at;
        is_fine = add(rest, ret_found, err);
        rest.ptr += sizeof(boundary) - 1;
        rest.len -= sizeof(boundary) - 1;
    }
    if (!is_fine)
        signet_error_prefix(err, path);
    else if (ret_found->count == 0)
        is_fine =
            signet_fail(err, SIGNET_E_CERT, "no valid certificates found in CA file %s", path);
    return is_fine;
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
