/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/cert.h>

#include "codec/pem.h"

static const char label[] = "CERTIFICATE";

bool
signet_cert_from_pem(signet_slice text, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    if (text.len > 0 && text.ptr[0] == 0x30)
        return signet_buf_append(out, text, err);
    if (!sg_pem_read(text, &block, err))
        return false;
    if (strcmp(block.label, label) != 0)
        return signet_fail(
            err, SIGNET_E_DECODE, "a PEM block called %s holds no certificate", block.label);
    return signet_buf_append(out, signet_buf_slice(&block.bytes), err);
}

bool
signet_cert_write_pem(signet_slice der, signet_buf *out, signet_error *err)
{
    return sg_pem_write(out, label, der, err);
}
