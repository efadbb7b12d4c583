/* SPDX-License-Identifier: Apache-2.0 */
/* Strings for JSON (RFC 8259).  What is not UTF-8 becomes U+FFFD, so that the document stays valid.
 */
#include <signet/base.h>

#include "base/text.h"
#include "common/cli.h"

/* Bytes of the UTF-8 character that begins `text`, or 0. */
static size_t
character_size(signet_slice text)
{
    for (size_t size = 1; size <= 4 && size <= text.len; size++) {
        if (sg_is_utf8((signet_slice){text.ptr, size}))
            return size;
    }
    return 0;
}

static bool
append_character(signet_buf *out, signet_slice character, signet_error *err)
{
    uint8_t first = character.ptr[0];

    if (first == '"' || first == '\\')
        return signet_buf_printf(out, err, "\\%c", first);
    if (first < 0x20 || first == 0x7f)
        return signet_buf_printf(out, err, "\\u%04x", first);
    return signet_buf_append(out, character, err);
}

bool
cli_json_string(signet_buf *out, signet_slice text, signet_error *err)
{
    size_t before = out->len;
    bool fits = signet_buf_printf(out, err, "\"");

    while (fits && text.len > 0) {
        size_t size = character_size(text);

        fits = size > 0 ? append_character(out, (signet_slice){text.ptr, size}, err)
                        : signet_buf_printf(out, err, "\\ufffd");
        text.ptr += size > 0 ? size : 1;
        text.len -= size > 0 ? size : 1;
    }
    fits = fits && signet_buf_printf(out, err, "\"");
    if (!fits)
        out->len = before;
    return fits;
}
