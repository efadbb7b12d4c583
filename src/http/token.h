/* SPDX-License-Identifier: Apache-2.0 */
/* The token of RFC 9110 section 5.6.2: methods, and the version of a proof. */
#ifndef SG_HTTP_TOKEN_H
#define SG_HTTP_TOKEN_H

#include <signet/base.h>

/** Whether `text` is one or more characters of a token. */
static inline bool
sg_http_is_token(signet_slice text)
{
    /* a bit for each of the 128 characters, from 0 */
    static const uint64_t is_character[2] = {
        UINT64_C(0x03ff6cfa00000000), UINT64_C(0x57ffffffc7fffffe)};

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= 128 || !(is_character[text.ptr[i] / 64] >> (text.ptr[i] % 64) & 1))
            return false;
    }
    return text.len > 0;
}

#endif
