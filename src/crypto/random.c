/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/random.h>

#include "crypto/random.h"

static bool (*replacement)(uint8_t *ret_bytes, size_t len);

void
sg_random_set_source(bool (*source)(uint8_t *ret_bytes, size_t len))
{
    replacement = source;
}

bool
sg_random(uint8_t *ret_bytes, size_t len, signet_error *err)
{
    if (replacement)
        return replacement(ret_bytes, len)
                   ? true
                   : signet_fail(err, SIGNET_E_CRYPTO, "the source of randomness failed");
    while (len > 0) {
        ssize_t got = getrandom(ret_bytes, len, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return signet_fail(err, SIGNET_E_CRYPTO, "the system gives no randomness");
        ret_bytes += got;
        len -= (size_t)got;
    }
    return true;
}
