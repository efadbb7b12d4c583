/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `htu` of a DPoP proof: an http or https URL without query and fragment, normalised as RFC
 * 3986 6.2.2 and 6.2.3 say, so that two of them name the same target when their bytes are equal.
 */
#ifndef SG_HTTP_HTU_H
#define SG_HTTP_HTU_H

#include <signet/base.h>

enum { SG_HTU_MAX = 2048 }; /* bytes of a URL that is read, its query included */

/** A normalised URL, and the query of the one that it was made of. */
typedef struct {
    char text[SG_HTU_MAX + 1]; /* one slash more than was read, at most */
    size_t len;
    signet_slice query; /* borrowed, raw; empty when there is none */
} sg_htu;

/**
 * Normalise: scheme and host in lower case, the port of the scheme dropped, unreserved characters
 * not escaped, escapes in upper case, dot segments removed, an empty path is "/".  Refused with
 * SIGNET_E_DECODE: what RFC 3986 does not allow, user names, escapes in the host, other schemes.
 */
bool sg_htu_read(signet_slice url, sg_htu *ret_htu, signet_error *err) SIGNET_MUST_CHECK;

static inline signet_slice
sg_htu_slice(const sg_htu *htu)
{
    signet_slice slice = {(const uint8_t *)htu->text, htu->len};

    return slice;
}

#endif
