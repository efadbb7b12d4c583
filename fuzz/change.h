/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A good message, changed as the input says: a target that only threw bytes at a verifier would
 * never come near a genuine signature.
 */
#ifndef SG_FUZZ_CHANGE_H
#define SG_FUZZ_CHANGE_H

#include <string.h>

#include "fuzz.h"

/**
 * Copy `good` into `ret_bytes` and change it: each four bytes of input are one step (what, where in
 * two, how).  Returns what came out, at most `room` bytes, which may be the good one again.
 */
static inline signet_slice
fuzz_change(signet_slice good, const uint8_t *data, size_t size, uint8_t *ret_bytes, size_t room)
{
    size_t len = good.len;

    PROPERTY(good.len < room);
    memcpy(ret_bytes, good.ptr, good.len);
    for (; size >= 4 && len > 0; data += 4, size -= 4) {
        size_t at = ((size_t)data[1] << 8 | data[2]) % len;

        switch (data[0] % 6) {
        case 0:
            ret_bytes[at] ^= data[3];
            break;
        case 1:
            ret_bytes[at] = data[3];
            break;
        case 2:
            len = at;
            break;
        case 3: /* a byte less */
            memmove(ret_bytes + at, ret_bytes + at + 1, len - at - 1);
            len--;
            break;
        case 4: /* one from elsewhere */
            ret_bytes[at] = ret_bytes[data[3] % len];
            break;
        default: /* a byte more */
            if (len + 1 >= room)
                break;
            memmove(ret_bytes + at + 1, ret_bytes + at, len - at);
            ret_bytes[at] = data[3];
            len++;
        }
    }
    return (signet_slice){ret_bytes, len};
}

#endif
