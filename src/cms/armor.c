/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/cms.h>

#include "base/text.h"
#include "codec/pem.h"
#include "crypto/digest.h"

static bool
is_label_of_cms(const char *label)
{
    static const char *const labels[] = {"CMS", "PKCS7", "SIGNED MESSAGE"};

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        if (strcmp(labels[i], label) == 0)
            return true;
    }
    return false;
}

bool
signet_cms_armor(signet_slice message, const char *label, signet_buf *out, signet_error *err)
{
    if (!is_label_of_cms(label))
        return signet_fail(err, SIGNET_E_USAGE, "%s is not a label of CMS", label);
    return sg_pem_write(out, label, message, err);
}

static bool
is_blank(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!memchr(" \t\r\n", text.ptr[i], 4))
            return false;
    }
    return true;
}

/* The one block of a text; what a second block says could never be shown. */
static bool
read_armor(signet_slice text, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    if (!sg_pem_read(text, &block, err)) {
        signet_error_prefix(err, "signature");
        return false;
    }
    if (!is_label_of_cms(block.label))
        return signet_fail(err, SIGNET_E_DECODE,
            "signature: a PEM block called %s is not a CMS signature", block.label);
    if (!is_blank(block.rest))
        return signet_fail(
            err, SIGNET_E_DECODE, "signature: there is something after the PEM block");
    return signet_buf_append(out, signet_buf_slice(&block.bytes), err);
}

bool
signet_cms_dearmor(signet_slice text, signet_buf *out, signet_error *err)
{
    static const char boundary[] = "-----BEGIN ";
    enum { LARGEST = SIGNET_CMS_MAX + SIGNET_CMS_MAX / 2 }; /* base64 and its line ends */

    if (text.len == 0)
        return signet_fail(err, SIGNET_E_DECODE, "signature is empty");
    if (text.len > LARGEST)
        return signet_fail(err, SIGNET_E_DECODE, "signature of %zu bytes is too large", text.len);
    if (text.ptr[0] == 0x30) /* never the first letter of the base64 of a SEQUENCE, which is M */
        return signet_buf_append(out, text, err);
    if (memmem(text.ptr, text.len, boundary, sizeof(boundary) - 1))
        return read_armor(text, out, err);
    if (!sg_base64_decode(text, out, err))
        return signet_fail(err, SIGNET_E_DECODE, "signature is neither PEM, base64 nor DER");
    return true;
}

void
signet_cert_sha1(signet_slice der, char ret_fingerprint[41])
{
    uint8_t digest[20];

    sg_sha1(der, digest);
    sg_hex(ret_fingerprint, (signet_slice){digest, sizeof(digest)});
}
